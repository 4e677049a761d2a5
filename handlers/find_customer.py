"""/customer: finding a customer by a few letters, and opening its card; and the list of all of them."""

from __future__ import annotations

from collections.abc import Mapping

from crm import search
from crm.exports import What
from dialog.flow import Script, flow
from dialog.page import page
from dialog.questions import Review
from dialog.screen import Door, Link, Screen
from dialog.talk import Talk
from dialog.words import _, brief
from handlers.customer import customer_card
from handlers.exporting import to_export
from handlers.menu import to_home
from handlers.new_customer import added, introduced, new_customer
from handlers.paging import leaf, turning
from handlers.picking import PickCustomer, looked_for
from models.person import Permission


def from_words(talk: Talk, text: str) -> Mapping[str, object]:
    """Return the customer these words mean, or the words to look for."""
    customer, _words, rest = looked_for(talk, text)
    return {"customer": customer.id} if customer is not None and not rest else {"looking_for": text[:80]}


@flow("find", _("Find a customer"), needs=Permission.SEE_CUSTOMERS, command="customer", prefill=from_words)
def find_customer(talk: Talk) -> Script:
    """Which one; a name that nobody bears may be added."""
    words = str(talk.answers.get("looking_for", ""))
    picked = yield from PickCustomer("customer", _("Customer"), words=words, new=True)
    customer = yield from introduced(talk, picked)
    if customer.id is None:
        yield from Review("save")
    return customer_card(talk, added(talk, customer).id)


@page("/customers", needs=Permission.SEE_CUSTOMERS)
def customer_list(talk: Talk, page: int = 0) -> Screen:
    """The customers this person may see, those used last first."""
    listed, more = leaf(
        page, lambda limit, offset: search.recent(talk.session, talk.person, limit=limit, offset=offset)
    )
    adding = talk.may(Permission.EDIT_CUSTOMERS)
    return Screen(
        "customer/list",
        any=bool(listed),
        used=bool(listed) and search.used_any(talk.session, talk.person),
        rows=[
            *[[Link(brief(customer.name, 40), customer_card, customer.id)] for customer in listed],
            turning(customer_list, page=page, more=more),
            [
                Door(_("🔍 Search"), find_customer),
                Door(_("➕ Add a customer"), new_customer) if adding else None,
                to_export(talk, What.CUSTOMERS) if listed else None,
            ],
            [to_home()],
        ],
    )
