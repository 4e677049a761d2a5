"""The brief before a visit: what a rep should have read before she rings the bell."""

from __future__ import annotations

from crm import briefs, customers
from dialog.page import page
from dialog.screen import Button, Door, Go, Link, Screen
from dialog.talk import Talk
from dialog.words import _
from handlers.customer import complaints_of, customer_card
from handlers.visit import log_visit
from models.person import Permission


@page("/customers/{customer_id}/brief", needs=Permission.SEE_VISITS)
def brief_page(talk: Talk, customer_id: int) -> Screen:
    """The last contacts, what is open, the last score, who is there and who is missing, what was promised."""
    customer = customers.find(talk.session, talk.person, customer_id)
    found = briefs.preparation(talk.session, talk.person, customer, now=talk.now)
    log: list[Button] = [Door(_("📝 Log a visit"), log_visit, customer=customer_id)]
    return Screen(
        "customer/brief",
        customer=customer,
        found=found,
        known=found.known,
        rows=[
            log if talk.may(Permission.LOG_VISITS) else [],
            [
                Link(_("📋 Complaints"), complaints_of, customer_id) if found.complaints else None,
                Go(_("🕘 Timeline"), f"/customers/{customer_id}/timeline"),
            ],
            [Link(_("🏭 Customer"), customer_card, customer_id)],
        ],
    )
