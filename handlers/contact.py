"""The people at a customer: their list, one person's page, and adding one. Phone numbers stand on that page only."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from crm import access, corrections, customers, people, recall
from crm.exports import What
from dialog.events import Event, Message, Tap
from dialog.flow import Script, flow
from dialog.page import page
from dialog.question import Answer, Frozen, Gone, Heard, Here, Question, Refusal
from dialog.questions import Review, Said, Words
from dialog.screen import Door, Go, Key, Link, Rows, Screen
from dialog.talk import Talk
from dialog.words import _, brief, clean
from handlers.exporting import to_export
from handlers.paging import leaf, turning
from handlers.picking import Contacts, PickCustomer
from models.customer import Contact, Customer
from models.person import Permission

MOST_NAME = 80
MOST_PHONE = 40
A_FEW = 3
POINTS = " ,，、;；:：。"
NUMBER = re.compile(r"(?:电话|手机|tel\.?)?[\s:：,，、;；]*(\+?\d[\d\-() ]{5,36}\d)$", re.IGNORECASE)
"""A telephone number at the end of a line."""
SEPARATED = re.compile(r"([\u4e00-\u9fff]{2,4})[\s,，、;；]+(.{2,})|([^,，;；]+)[,，;；]\s*(.{2,})")
"""A name and a position behind it: of a Chinese name a blank sets it apart, of any other only a comma."""


@dataclass(frozen=True)
class Known:
    """What one line or a contact card says of a person."""

    name: str
    position: str = ""
    phone: str = ""


def read(line: str) -> Known:
    """Return what a line such as ``赵强 采购经理 13911112222`` says: the name, the position, the number."""
    line = clean(line, line=True)
    found = NUMBER.search(line)
    rest, phone = (
        (line[: found.start()].rstrip(POINTS), unicodedata.normalize("NFKC", found[1])) if found else (line, "")
    )
    apart = SEPARATED.match(rest)
    if apart is None:
        return Known(rest, phone=phone)
    return Known(apart[1] or apart[3].strip(), (apart[2] or apart[4]).strip(POINTS), phone)


class NameOrCard(Question[Known]):
    """A name typed, with position and number if one likes, or a contact card, which brings the number along."""

    rejection = _("Please type the name, or share a contact card from your phone.")

    def hear(self, here: Here, event: Event) -> Heard[Known]:  # noqa: ARG002 - a name needs no language
        """Return the name, with what else is said of the person."""
        if not isinstance(event, Message):
            return Refusal(self.rejection)
        if event.card is not None:
            phone = clean(event.card.phone, line=True)[:MOST_PHONE]
            return self._answer(Known(clean(event.card.name, line=True), phone=phone))
        return self._answer(read(event.text))

    def _answer(self, known: Known) -> Heard[Known]:
        if not any(map(str.isalnum, known.name)):
            return Refusal(self.rejection)
        longest = max(len(known.name), len(known.position))
        if longest > MOST_NAME:
            return Refusal(_("That is {count} characters; at most {most} fit here.", count=longest, most=MOST_NAME))
        return Answer(known)

    def freeze(self, value: Known) -> Frozen:
        """Return name, number and position."""
        return [value.name, value.phone, value.position]

    def thaw(self, talk: Talk, frozen: Frozen) -> Known:  # noqa: ARG002 - the interface
        """Return what is known; a door may have given the name alone, another conversation no position."""
        if isinstance(frozen, str):
            return Known(frozen[:MOST_NAME])
        name, phone, *position = frozen
        return Known(name, "".join(position), phone)

    def show(self, talk: Talk, value: Known) -> str:  # noqa: ARG002 - names are the same everywhere
        """Return the name."""
        return value.name


class SamePerson(Question[None]):
    """Somebody of this name or number is known already: open her page, or go on with another one."""

    typed = False
    rejection = _("Tap whom you mean, or the last button when yours is somebody else.")

    def __init__(self, name: str, alike: Sequence[Contact]) -> None:
        super().__init__(name)
        self.alike = alike

    def facts(self, here: Here) -> Mapping[str, Any]:
        """Return those who are known."""
        return {"known": here.known, "alike": self.alike}

    def rows(self, here: Here) -> Rows:  # noqa: ARG002 - the same keys everywhere
        """Return a key to the page of each, and one for adding somebody else."""
        same = [[Go(_("It is {name}", name=brief(one.name, 30)), f"/contacts/{one.id}")] for one in self.alike]
        return [*same, [Key(_("Somebody else, add"), "new")]]

    def hear(self, here: Here, event: Event) -> Heard[None]:  # noqa: ARG002 - nothing depends on who asks
        """Return that it is somebody else."""
        return Answer(None) if isinstance(event, Tap) and event.data == "new" else Refusal(self.rejection)

    def freeze(self, value: None) -> Frozen:  # noqa: ARG002 - the interface
        """Return whom it is none of."""
        return {"none_of": [one.id for one in self.alike]}

    def thaw(self, talk: Talk, frozen: Frozen) -> None:  # noqa: ARG002 - the interface
        """Return nothing. Raises Gone when others are alike now."""
        if not {one.id for one in self.alike} <= set(frozen["none_of"]):
            raise Gone


def _alike(talk: Talk, customer: Customer, person: Known) -> list[Contact]:
    """Return who is called so at the customer, or has this number at any customer the person sees."""
    called = [one for one in customer.contacts if one.name == person.name]
    numbered = recall.people(talk.session, talk.person, person.phone) if person.phone else []
    return list(dict.fromkeys([*called, *numbered]))[:A_FEW]


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
    """Name, position, phone; the last two may be left out, or said with the name in one line."""
    customer = yield from PickCustomer("customer", _("Customer"))
    person = yield from NameOrCard("name", _("Contact"))
    alike = _alike(talk, customer, person)
    if alike:
        yield from SamePerson("same", alike)
    named = Words("position", _("Position"), most=MOST_NAME, line=True, optional=True, later=bool(person.position))
    position = yield from named.suggesting(Said(person.position) if person.position else None)
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
