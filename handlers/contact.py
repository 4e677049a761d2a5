"""The people at a customer: their list, one person's page, and adding one. Phone numbers stand on that page only."""

from __future__ import annotations

import re
import unicodedata

from crm import access, corrections, customers, people
from crm.exports import What
from dialog.events import Card, Event, Message
from dialog.flow import Script, flow
from dialog.page import page
from dialog.question import Answer, Frozen, Heard, Here, Question, Refusal
from dialog.questions import Review, Words
from dialog.screen import Door, Go, Link, Screen
from dialog.talk import Talk
from dialog.words import _, brief, clean
from handlers.exporting import to_export
from handlers.paging import leaf, turning
from handlers.picking import Contacts, PickCustomer
from models.customer import Contact, Customer
from models.person import Permission

MOST_NAME = 80
MOST_PHONE = 40


class NameOrCard(Question[Card]):
    """A name typed, or a contact card from the phone, which brings the number along."""

    rejection = _("Please type the name, or share a contact card from your phone.")

    def hear(self, here: Here, event: Event) -> Heard[Card]:  # noqa: ARG002 - a name needs no language
        """Return the name, with the number if there is one."""
        if not isinstance(event, Message):
            return Refusal(self.rejection)
        if event.card is not None:
            return self._answer(event.card.name, clean(event.card.phone, line=True)[:MOST_PHONE])
        return self._answer(event.text, "")

    def _answer(self, name: str, phone: str) -> Heard[Card]:
        name = clean(name, line=True)
        if not any(map(str.isalnum, name)):
            return Refusal(self.rejection)
        if len(name) > MOST_NAME:
            return Refusal(_("That is {count} characters; at most {most} fit here.", count=len(name), most=MOST_NAME))
        return Answer(Card(name, phone))

    def freeze(self, value: Card) -> Frozen:
        """Return name and number."""
        return [value.name, value.phone]

    def thaw(self, talk: Talk, frozen: Frozen) -> Card:  # noqa: ARG002 - the interface
        """Return the card; a door may have given the name alone."""
        return Card(frozen[:MOST_NAME], "") if isinstance(frozen, str) else Card(*frozen)

    def show(self, talk: Talk, value: Card) -> str:  # noqa: ARG002 - names are the same everywhere
        """Return the name."""
        return value.name


class Phone(Question[str]):
    """A telephone number, or several, as people write them; a contact card will do too."""

    rejection = _("Please type a phone number, such as 138 0000 0000 or 021-6000 0000 ext. 12.")

    def hear(self, here: Here, event: Event) -> Heard[str]:  # noqa: ARG002 - numbers need no language
        """Return the number with ordinary digits."""
        if not isinstance(event, Message):
            return Refusal(self.rejection)
        number = " ".join(unicodedata.normalize("NFKC", event.card.phone if event.card else event.text).split())
        fits = re.fullmatch(r"[\d+()\-.,;/ 转分机ext]+", number) and sum(map(str.isdigit, number)) >= 5
        return Answer(number) if fits and len(number) <= MOST_PHONE else Refusal(self.rejection)


@page("/customers/{customer_id}/contacts", needs=Permission.SEE_CUSTOMERS)
def contacts_of(talk: Talk, customer_id: int, page: int = 0) -> Screen:
    """The people at one customer."""
    customer = customers.find(talk.session, talk.person, customer_id)
    listed, more = leaf(page, lambda limit, offset: customer.contacts[offset : offset + limit])
    source = Contacts(customer)
    return Screen(
        "contact/list",
        customer=customer,
        count=len(customer.contacts),
        rows=[
            *[[Link(brief(source.title(talk, contact), 40), contact_page, contact.id)] for contact in listed],
            turning(contacts_of, customer_id, page=page, more=more),
            [
                Door(_("➕ Add a contact"), new_contact, customer=customer_id),
                to_export(talk, What.CONTACTS, customer=customer_id) if listed else None,
            ],
            [Go(_("🏭 Customer"), f"/customers/{customer_id}")],
        ],
    )


@page("/contacts/{contact_id}", needs=Permission.SEE_CUSTOMERS)
def contact_page(talk: Talk, contact_id: int) -> Screen:
    """One person at a customer, with the telephone number."""
    contact = customers.find_contact(talk.session, talk.person, contact_id)
    if contact.phone:
        access.viewed(talk.session, talk.person, contact, at=talk.now)
    inviting, editing = talk.may(Permission.INVITE), talk.may(Permission.EDIT_CUSTOMERS)
    joined = people.of_contact(talk.session, talk.person, contact)
    invite = _("💌 Invite again") if joined else _("💌 Invite to the bot")
    door = f"/do/invite?role=customer&customer={contact.customer_id}&contact={contact_id}"
    return Screen(
        "contact/card",
        contact=contact,
        joined=joined,
        rows=[
            [
                Go(_("🎭 Roles"), f"/contacts/{contact_id}/roles") if editing else None,
                Go(_("⚖️ Attitude and influence"), f"/do/judge?contact={contact_id}") if editing else None,
            ],
            [
                Go(_("✏️ Edit"), f"/do/correct_contact?contact={contact_id}") if editing else None,
                Go(invite, door) if inviting else None,
            ],
            [
                Link(_("👥 Contacts"), contacts_of, contact.customer_id),
                Go(_("🏭 Customer"), f"/customers/{contact.customer_id}"),
            ],
            [Go(_("🕰 Before"), f"/contacts/{contact_id}/before") if corrections.last(talk.session, contact) else None],
        ],
    )


def acquainted(talk: Talk, customer: Customer) -> list[Contact]:
    """Return the people at the customer whose cards were shared in this conversation; who is new there is added."""
    if not talk.may(Permission.EDIT_CUSTOMERS):
        return []
    named = [(clean(card.name, line=True)[:MOST_NAME], card.phone[:MOST_PHONE]) for card in talk.kept.cards]
    return [
        customers.acquaint(talk.session, talk.person, customer=customer, name=name, phone=phone, at=talk.now)
        for name, phone in named
        if name
    ]


@flow("new_contact", _("Add a contact"), needs=Permission.EDIT_CUSTOMERS)
def new_contact(talk: Talk) -> Script:
    """Name, position, phone; the last two may be left out."""
    customer = yield from PickCustomer("customer", _("Customer"))
    person = yield from NameOrCard("name", _("Contact"))
    position = yield from Words("position", _("Position"), most=MOST_NAME, line=True, optional=True)
    phone = yield from Phone("phone", _("Phone"), optional=True, later=bool(person.phone)).suggesting(
        person.phone or None
    )
    yield from Review("save")
    contact = customers.add_contact(
        talk.session,
        talk.person,
        customer=customer,
        name=person.name,
        position=position.text if position else "",
        phone=phone or "",
        at=talk.now,
    )
    return contact_page(talk, contact.id)
