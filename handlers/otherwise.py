"""Whatever is sent outside a conversation gets an answer: a name opens the customer, a sentence becomes a record."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from enum import StrEnum
from typing import Any

from crm import attachments, customers, places
from dialog.events import Event, Message
from dialog.flow import Enter, Script, flow
from dialog.kept import Part
from dialog.page import Route
from dialog.question import Elsewhere, Heard, Here
from dialog.questions import Choice, Said, Words, said_in
from dialog.screen import Link, Rows, Screen
from dialog.talk import Talk
from dialog.words import _, brief
from handlers import files
from handlers.complaint import complaint_card, log_complaint
from handlers.contact import contact_page, new_contact
from handlers.contract import contract_card
from handlers.customer import customer_card
from handlers.importing import bring_in, is_table
from handlers.letter import letter_page
from handlers.menu import home, to_home
from handlers.picking import looked_for
from handlers.place import shared, this_is
from handlers.report import MOST, offer_report
from handlers.visit import log_visit, visit_card
from models.customer import Customer
from models.person import Permission, Role
from models.sheet import SheetKind

A_FEW = 5
GREETINGS = frozenset({"你好", "您好", "在吗", "谢谢", "多谢", "好的", "收到", "hi", "hello", "thanks", "thank you"})
"""Nobody's record: they lead home."""
SOME_MINUTES = timedelta(minutes=10)
"""What is sent within this time of each other belongs together."""
IN_LETTERS = 30
"""A name in pinyin is longer than the name; anything longer than this is a sentence."""


class Becomes(StrEnum):
    """What a colleague's message can become."""

    VISIT = "visit"
    COMPLAINT = "complaint"
    CONTACT = "contact"


class WhatItIs(Choice[Becomes]):
    """What is to be made of all that was sent within these minutes; a contact of nothing but a card."""

    rejection = _("Tap what it is to become, or Cancel.")

    def __init__(self, talk: Talk, said: Said) -> None:
        alone = len(talk.kept.cards) == 1 and not (said.text or said.files or talk.kept.text or talk.kept.files)
        members = [one for one in Becomes if one is not Becomes.CONTACT or alone]
        super().__init__("use", Becomes, only=members)

    def facts(self, here: Here) -> Mapping[str, Any]:
        """Return all that was sent, and the customer it is about."""
        said: Said = here.known["words"]
        place = places.found(
            here.talk.session, here.talk.person, str(here.talk.answers.get("place", "")), now=here.talk.now
        )
        about, _given = _about(here.talk, said)
        return {"said": said, "kept": here.talk.kept, "customer": about, "placed": bool(place or here.talk.kept.spot)}

    def hear(self, here: Here, event: Event) -> Heard[Becomes]:
        """Return what was tapped. A page's name leads there; everything else joins what was sent."""
        called = _called(here.talk, event) if isinstance(event, Message) else None
        return Elsewhere(called) if called is not None else super().hear(here, event)


@flow("offer", _("What you sent"), needs=Permission.LOG_VISITS, keeps=True, within=SOME_MINUTES)
def offer(talk: Talk) -> Script:
    """Whatever was sent within some minutes, in any order: ask what it is, and go on there with all of it."""
    said = yield from Words("words", most=MOST, voice=True, photos=10, files_alone=True)
    if _brings_a_table(talk, said):
        kind = yield from Choice("table", SheetKind, across=1, optional=True)
        if kind is not None:
            return Enter(bring_in, "file", said.files[0].frozen(), {"kind": kind.value})
    becomes = yield from WhatItIs(talk, said)
    customer, given = _about(talk, said)
    known: dict[str, object] = {"customer": customer.id} if customer else {}
    frozen = Words("words").freeze(given) if given.text or given.files else None
    if becomes is Becomes.CONTACT:
        card = talk.kept.cards[0]
        return Enter(new_contact, "name", [card.name, card.phone], known)
    if becomes is Becomes.COMPLAINT:
        return Enter(log_complaint, "words", frozen, known)
    return Enter(log_visit, "note", frozen, known | _where(talk))


def _about(talk: Talk, said: Said) -> tuple[Customer | None, Said]:
    """Return the customer that what was sent is about, and the first message without its name."""
    customer, _words, rest = looked_for(talk, said.text)
    if customer is not None:
        return customer, replace(said, text=rest)
    named = (looked_for(talk, part.text)[0] for part in talk.kept.parts[-A_FEW:] if part.text and not part.by)
    return next((found for found in named if found is not None), None), said


def _where(talk: Talk) -> dict[str, object]:
    """Return the place that was shared before or among it."""
    spot = talk.kept.spot
    if spot is None:
        return {name: value for name, value in talk.answers.items() if name == "place"}
    kept = places.share(talk.session, talk.person, latitude=spot.latitude, longitude=spot.longitude, at=talk.now)
    return {"place": kept.id}


def otherwise(talk: Talk, message: Message) -> Screen | Enter:
    """Return what a message outside a conversation leads to."""
    called = _called(talk, message)
    found = talk.house.book.find(called) if called is not None else None
    if found is not None:
        return found[0](talk)
    if talk.person.role is Role.CUSTOMER:
        return offer_report(talk, message)
    if message.spot is not None:
        return shared(talk, message.spot)
    if not Part.of(message).what:
        return Screen("otherwise/not_understood", rows=[[to_home()]])
    return _joined(talk, message) or this_is(talk, message) or _named(talk, message) or _kept(talk, message)


def _called(talk: Talk, message: Message) -> str | None:
    """Return the address of the page that was called by its name, such as 帮助; a greeting leads home."""
    typed = message.text.strip(" \n。.!！~～?？").casefold()
    if message.file is not None or message.forwarded_from is not None or not typed:
        return None
    if typed in GREETINGS:
        return "/"
    book = talk.house.book
    named = [name for name, title in book.commands_for(talk.person) if talk.say(title).casefold() == typed]
    found = book.command(named[0]) if named else None
    return found.pattern if isinstance(found, Route) and not found.acts else None


def _brings_a_table(talk: Talk, said: Said) -> bool:
    return talk.may(Permission.IMPORT_TABLES) and len(said.files) == 1 and is_table(said.files[0])


def _kept(talk: Talk, message: Message) -> Enter:
    """What is forwarded is somebody's complaint; the rest may be one, or a visit where she is just now."""
    if message.forwarded_from is not None:
        return Enter(log_complaint, "words", said_in(message))
    place = places.latest(talk.session, talk.person, now=talk.now)
    just_now = place is not None and talk.now - place.at <= SOME_MINUTES
    return Enter(offer, "words", said_in(message), {"place": place.id} if place and just_now else {})


def _joined(talk: Talk, message: Message) -> Screen | None:
    """Put a late part of an album where its earlier parts are, and show that record again."""
    earlier = attachments.of_album(talk.session, talk.person, message.album)
    if earlier is None or message.file is None:
        return None
    attachments.late(talk.session, talk.person, *files.kept([message.file]))
    talk.session.expire_all()
    if earlier.visit_id is not None:
        return visit_card(talk, earlier.visit_id)
    if earlier.letter_id is not None:
        return letter_page(talk, earlier.letter_id)
    if earlier.contract_id is not None:
        return contract_card(talk, earlier.contract_id)
    return complaint_card(talk, earlier.complaint_id) if earlier.complaint_id is not None else home(talk)


def _named(talk: Talk, message: Message) -> Screen | None:
    """Open the customer whose name was typed, or offer those it may mean."""
    text = message.text.strip()
    if message.file is not None or message.forwarded_from is not None or not text:
        return None
    found = [customer for customer in _found(talk, text) if _may_be(text, customer)]
    if not found:
        return _somebody(talk, text)
    if len(found) == 1 or found[0].name == text:
        return customer_card(talk, found[0].id)
    return Screen("otherwise/several", words=text, rows=_customers(found))


def _somebody(talk: Talk, name: str) -> Screen | None:
    """Open the page of the person of this name at a customer, or offer those it may mean."""
    holding = customers.contacts(talk.session, talk.person, name, limit=A_FEW)
    called = [contact for contact in holding if contact.name == name]
    if len(called) == 1:
        return contact_page(talk, called[0].id)
    rows: Rows = [[Link(brief(f"{one.name} · {one.customer.name}", 40), contact_page, one.id)] for one in called]
    return Screen("otherwise/several", words=name, rows=[*rows, [to_home()]]) if called else None


def _found(talk: Talk, text: str) -> Sequence[Customer]:
    if len(text) > IN_LETTERS or "\n" in text:
        return []
    return customers.search(talk.session, talk.person, text, limit=A_FEW)


def _may_be(text: str, customer: Customer) -> bool:
    """A sentence that mentions a customer is longer than the name; only letters may stand for it at length."""
    return text.isascii() or len(text) <= len(customer.name)


def _customers(found: Sequence[Customer]) -> Rows:
    return [*([Link(brief(one.name, 40), customer_card, one.id)] for one in found), [to_home()]]
