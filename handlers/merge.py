"""/customers/…/merge: a leader makes two files of one firm into one, after seeing what moves."""

from __future__ import annotations

from crm import merging
from dialog.flow import Script, flow
from dialog.page import act, page
from dialog.screen import Act, Door, Link, Screen
from dialog.talk import Talk
from dialog.words import _, brief
from handlers.customer import customer_card, to_customer
from handlers.picking import PickCustomer
from models.person import Permission

KINDS = {
    "contact": _("Contacts"),
    "visit": _("Visits"),
    "touch": _("Calls and mails"),
    "complaint": _("Complaints"),
    "questionnaire": _("Questionnaires"),
    "contract": _("Contracts"),
    "pledge": _("Promises"),
    "reminder": _("Plans"),
    "letter": _("Messages"),
}


@page("/customers/{customer_id}/merge", needs=Permission.MANAGE_PEOPLE)
def merging_with(talk: Talk, customer_id: int) -> Screen:
    """Which other file may be of the same firm."""
    customer = merging.find(talk.session, talk.person, customer_id)
    alike = merging.likely(talk.session, talk.person, customer_id)
    return Screen(
        "merge/likely",
        customer=customer,
        any=bool(alike),
        rows=[
            *[[Link(brief(other.name, 40), merge_preview, customer.id, other.id)] for other in alike],
            [Door(_("🔍 Another customer"), pick_other, customer=customer)],
            [Link(_("🏭 Customer"), customer_card, customer.id)],
        ],
    )


@flow("merge", _("Merge customers"), needs=Permission.MANAGE_PEOPLE)
def pick_other(talk: Talk) -> Script:
    """Which file is to be merged into this one."""
    customer = yield from PickCustomer("customer", _("Customer"))
    other = yield from PickCustomer("other", _("Customer"))
    return merging_with(talk, customer.id) if other.id == customer.id else merge_preview(talk, customer.id, other.id)


@page("/customers/{customer_id}/merge/{other_id}", needs=Permission.MANAGE_PEOPLE)
def merge_preview(talk: Talk, customer_id: int, other_id: int) -> Screen:
    """What moves, before anything does."""
    customer, other = (merging.find(talk.session, talk.person, id_) for id_ in (customer_id, other_id))
    if customer.id == other.id:
        return customer_card(talk, customer.id)
    moved = merging.moving(talk.session, talk.person, other.id)
    versions = {"v": customer.version, "w": other.version}
    return Screen(
        "merge/preview",
        customer=customer,
        other=other,
        moved=[(KINDS[name], count) for name, count in moved.items()],
        rows=[
            [Act(_("🔗 Yes, merge"), merge, customer.id, other.id, **versions)],
            [Link(_("‹ Back"), merging_with, customer.id)],
        ],
    )


@act("/customers/{customer_id}/merge/{other_id}/yes", needs=Permission.MANAGE_PEOPLE)
def merge(talk: Talk, customer_id: int, other_id: int, v: int, w: int) -> Screen:
    """Make two files one."""
    who = (talk.session, talk.person)
    survivor = merging.merge(*who, customer_id, other_id, versions=(v, w), at=talk.now)
    return customer_card(talk, survivor.id)


@page("/customers/{customer_id}/merged", needs=Permission.SEE_CUSTOMERS)
def merged(talk: Talk, customer_id: int) -> Screen:
    """Tell the owner that two files became one, and whose it is."""
    customer = merging.became(talk.session, talk.person, customer_id)
    return Screen("merge/merged", customer=customer, rows=[[to_customer(talk, customer.id)]])
