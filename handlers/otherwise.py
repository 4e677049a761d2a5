"""Whatever is sent outside a conversation gets an answer: a name opens the customer, a sentence becomes a record."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from crm import people, places, recall, search, triage
from dialog.events import Message
from dialog.flow import Enter
from dialog.kept import Part
from dialog.questions import said_in
from dialog.screen import Link, Rows, Screen
from dialog.talk import Talk
from dialog.words import brief, clean
from handlers import late
from handlers.complaint import complaint_card, log_complaint
from handlers.contact import contact_page
from handlers.contract import contract_card
from handlers.customer import customer_card
from handlers.elsewhere import typed_alone, undoes
from handlers.letter import letter_page
from handlers.menu import called, home, to_home
from handlers.offer import SOME_MINUTES, just_logged, looking_at, offer
from handlers.people import person_card
from handlers.picking import looked_for
from handlers.place import shared, this_is
from handlers.told import hear_customer
from handlers.touch import touch_card
from handlers.visit import visit_card
from models.complaint import Complaint
from models.contract import Contract
from models.customer import Contact, Customer
from models.person import Permission, Role
from models.problem import NotFound
from models.visit import Visit

A_FEW = 5


def otherwise(talk: Talk, message: Message) -> Screen | Enter:
    """Return what a message outside a conversation leads to."""
    if talk.person.role is Role.CUSTOMER:
        return hear_customer(talk, message)
    address = called(talk, message)
    found = talk.house.book.find(address) if address is not None else None
    if found is not None:
        return found[0](talk)
    if message.spot is not None:
        return shared(talk, message.spot)
    if not Part.of(message).what:
        return Screen("otherwise/not_understood", rows=[[to_home()]])
    known = _joined(talk, message) or this_is(talk, message) or _recalled(talk, message) or _named(talk, message)
    return known or _kept(talk, message)


def _kept(talk: Talk, message: Message) -> Enter:
    """What somebody else has said is a complaint if it sounds so; the rest may become several things.

    A visit is where she is just now.
    """
    if message.forwarded_from is not None:
        by: dict[str, object] = {"by": clean(message.forwarded_from, line=True)}
        named = looked_for(talk, message.text)[0]
        if triage.complains(message.text):
            return Enter(log_complaint, "words", said_in(message), by | ({"customer": named.id} if named else {}))
        return Enter(offer, "words", said_in(message), looking_at(talk) | by)
    known = looking_at(talk)
    place = places.latest(talk.session, talk.person, now=talk.now)
    if place is not None and talk.now - place.at <= SOME_MINUTES and not _left_since(talk, place.at):
        known["place"] = places.use(talk.session, place, at=talk.now).id
    return Enter(offer, "words", said_in(message), known)


def _left_since(talk: Talk, at: datetime) -> bool:
    """Whether she has gone home since then: by Cancel, or by Menu."""
    return talk.looked_at == "/" and talk.looked_when is not None and talk.looked_when >= at


def _joined(talk: Talk, message: Message) -> Screen | None:
    """Put a late part of an album where its earlier parts are, and show that record again."""
    earlier = late.joined(talk, message)
    if earlier is None:
        return None
    if earlier.visit_id is not None:
        return visit_card(talk, earlier.visit_id)
    if earlier.touch_id is not None:
        return touch_card(talk, earlier.touch_id)
    if earlier.letter_id is not None:
        return letter_page(talk, earlier.letter_id)
    if earlier.contract_id is not None:
        return contract_card(talk, earlier.contract_id)
    return complaint_card(talk, earlier.complaint_id) if earlier.complaint_id is not None else home(talk)


def _recalled(talk: Talk, message: Message) -> Screen | None:
    """Open the record whose number was typed, or whoever has this telephone number."""
    text = message.text.strip()
    if not typed_alone(message):
        return None
    if undoes(talk, text):
        return _last_saved(talk)
    record = recall.numbered(talk.session, talk.person, text)
    if isinstance(record, Visit):
        return visit_card(talk, record.id)
    if isinstance(record, Complaint):
        return complaint_card(talk, record.id)
    if isinstance(record, Contract):
        return contract_card(talk, record.id)
    if recall.NUMBER.fullmatch(text):
        raise NotFound(what="record")
    called = recall.people(talk.session, talk.person, text)
    if len(called) == 1:
        return contact_page(talk, called[0].id)
    return Screen("otherwise/several", words=text, rows=[*_people(called), [to_home()]]) if called else None


def _last_saved(talk: Talk) -> Screen:
    """Show what can still be taken back, with the button that does it."""
    latest = just_logged(talk)
    if latest is None:
        return home(talk)
    return visit_card(talk, latest.id) if isinstance(latest, Visit) else touch_card(talk, latest.id)


def _named(talk: Talk, message: Message) -> Screen | None:
    """Open the customer whose name was typed and nothing else, or offer those it may mean."""
    text = message.text.strip()
    if message.file is not None or message.forwarded_from is not None or not text:
        return None
    found = search.called(talk.session, talk.person, text, limit=A_FEW) if typed_alone(message) else []
    if not found:
        return _somebody(talk, text)
    if len(found) == 1 or found[0].name == text:
        return customer_card(talk, found[0].id)
    return Screen("otherwise/several", words=text, rows=_customers(found))


def _somebody(talk: Talk, name: str) -> Screen | None:
    """Open the page of the colleague or of the person at a customer of this name, or offer those it may mean."""
    team = people.staff(talk.session, talk.person) if talk.may(Permission.MANAGE_PEOPLE) else []
    colleagues = [one for one in team if one.name.casefold() == name.casefold()]
    called = search.namesakes(talk.session, talk.person, name, limit=A_FEW)
    if len(called) == 1 and not colleagues:
        return contact_page(talk, called[0].id)
    if len(colleagues) == 1 and not called:
        return person_card(talk, colleagues[0].id)
    rows: Rows = [[Link(f"{one.name} · {talk.words.name(one.role)}", person_card, one.id)] for one in colleagues]
    rows = [*rows, *_people(called)]
    return Screen("otherwise/several", words=name, rows=[*rows, [to_home()]]) if rows else None


def _people(contacts: Sequence[Contact]) -> Rows:
    return [[Link(brief(f"{one.name} · {one.customer.name}", 40), contact_page, one.id)] for one in contacts]


def _customers(found: Sequence[Customer]) -> Rows:
    return [*([Link(brief(one.name, 40), customer_card, one.id)] for one in found), [to_home()]]
