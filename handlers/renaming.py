"""Names put right: what a customer is called, and a person's name, position and telephone. What it was is kept."""

from __future__ import annotations

from enum import StrEnum

from crm import customers, search
from dialog.flow import Script, flow
from dialog.questions import Choice, Pick, Words
from dialog.talk import Talk
from dialog.words import _
from handlers.contact import MOST_NAME, MOST_PHONE, contact_page
from handlers.customer import customer_card
from handlers.new_customer import MOST_NAME as MOST_FIRM
from handlers.new_customer import SameFirm
from handlers.picking import ByDoor
from handlers.profile import customer_file
from models.person import Permission

ALL_THE_SAME = _("Another firm, use this name")


class ContactField(StrEnum):
    """What of a person at a customer can be put right."""

    NAME = "name"
    POSITION = "position"
    PHONE = "phone"


MOST = {ContactField.NAME: MOST_NAME, ContactField.POSITION: MOST_NAME, ContactField.PHONE: MOST_PHONE}


@flow("rename", _("Customer name"), needs=Permission.EDIT_CUSTOMERS)
def rename(talk: Talk) -> Script:
    """What a customer is called; it is still found by the name it had. Two files of one name are rarely meant."""
    customer = yield from Pick("customer", ByDoor(customers.find))
    said = yield from Words("name", most=MOST_FIRM, line=True)
    alike = [other for other in search.likely_duplicates(talk.session, said.text) if other.id != customer.id]
    if alike and (same := (yield from SameFirm("customer.same", alike, another=ALL_THE_SAME))):
        return customer_card(talk, same.id)
    customers.rename(talk.session, talk.person, customer.id, name=said.text, at=talk.now)
    return customer_file(talk, customer.id)


@flow("correct_contact", _("Edit a contact"), needs=Permission.EDIT_CUSTOMERS)
def correct_contact(talk: Talk) -> Script:
    """What is wrong of a person, and what is right. Position and telephone may be left out."""
    contact = yield from Pick("contact", ByDoor(customers.find_contact))
    field = yield from Choice("field", ContactField, across=3)
    said = yield from Words("value", most=MOST[field], line=True, optional=field is not ContactField.NAME)
    value = said.text if said else ""
    customers.correct_contact(talk.session, talk.person, contact.id, field=field.value, value=value, at=talk.now)
    return contact_page(talk, contact.id)
