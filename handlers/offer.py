"""What a colleague sends out of the blue: gathered for some minutes, in any order, until she says what it is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from enum import StrEnum
from typing import Any

from crm import places, visits
from dialog.events import Event, Message
from dialog.flow import Enter, Script, flow
from dialog.question import Elsewhere, Heard, Here
from dialog.questions import Choice, Said, Words
from dialog.screen import Screen
from dialog.talk import Talk
from dialog.words import _
from handlers import gathered
from handlers.complaint import log_complaint
from handlers.contact import acquainted, new_contact
from handlers.importing import bring_in, is_table
from handlers.menu import called
from handlers.picking import looked_for, nameless
from handlers.report import MOST
from handlers.visit import log_visit, visit_card
from models.customer import Customer
from models.person import Permission
from models.problem import NotFound
from models.sheet import SheetKind

SOME_MINUTES = timedelta(minutes=10)
"""What is sent within this time of each other belongs together."""
A_FEW = 5


class Becomes(StrEnum):
    """What a colleague's message can become."""

    VISIT = "visit"
    COMPLAINT = "complaint"
    CONTACT = "contact"
    ADDITION = "addition"


class WhatItIs(Choice[Becomes]):
    """What is to be made of all that was sent within these minutes.

    A contact can be made of nothing but a card; a part of the last visit as long as that was saved just now.
    """

    rejection = _("Tap what it is to become, or Cancel.")

    def __init__(self, talk: Talk, said: Said) -> None:
        self.latest = visits.just_logged(talk.session, talk.person, now=talk.now)
        alone = len(talk.kept.cards) == 1 and not (said.text or said.files or talk.kept.text or talk.kept.files)
        without = {None if alone else Becomes.CONTACT, None if self.latest else Becomes.ADDITION}
        super().__init__("use", Becomes, only=[one for one in Becomes if one not in without])

    def facts(self, here: Here) -> Mapping[str, Any]:
        """Return all that was sent, and the customer it is about."""
        said: Said = here.known["words"]
        talk, placed = here.talk, "place" in here.talk.answers or here.talk.kept.spot is not None
        about, _given = _about(talk, said)
        return {
            "said": said,
            "kept": nameless(talk.kept, about),
            "customer": about,
            "placed": placed,
            "latest": self.latest,
        }

    def hear(self, here: Here, event: Event) -> Heard[Becomes]:
        """Return what was tapped. A page's name leads there; everything else joins what was sent."""
        address = called(here.talk, event) if isinstance(event, Message) else None
        return Elsewhere(address) if address is not None else super().hear(here, event)


@flow("offer", _("What you sent"), needs=Permission.LOG_VISITS, keeps=True, keeps_places=True, within=SOME_MINUTES)
def offer(talk: Talk) -> Script:
    """Whatever was sent within some minutes, in any order: ask what it is, and go on there with all of it."""
    said = yield from Words("words", most=MOST, voice=True, photos=10, files_alone=True)
    if _brings_a_table(talk, said):
        kind = yield from Choice("table", SheetKind, across=1, optional=True)
        if kind is not None:
            return Enter(bring_in, "file", said.files[0].frozen(), {"kind": kind.value})
    becomes = yield from WhatItIs(talk, said)
    if becomes is Becomes.ADDITION:
        return _added(talk, said)
    customer, given = _about(talk, said)
    known: dict[str, object] = {"customer": customer.id} if customer else {}
    frozen = Words("words").freeze(given) if given.text or given.files else None
    if becomes is Becomes.CONTACT:
        card = talk.kept.cards[0]
        return Enter(new_contact, "name", [card.name, card.phone], known)
    if becomes is Becomes.COMPLAINT:
        return Enter(log_complaint, "words", frozen, known)
    return Enter(log_visit, "note", frozen, known | _where(talk))


def _added(talk: Talk, said: Said) -> Screen:
    """Put it into the visit that was saved just now; a visit that is no longer there to be added to is not found."""
    visit = visits.just_logged(talk.session, talk.person, now=talk.now)
    if visit is None:
        raise NotFound(what="visit")
    words, met = gathered.words(talk, said), acquainted(talk, visit.customer)
    visits.add(talk.session, talk.person, visit.id, words=words, files=gathered.sent(talk, said), met=met, at=talk.now)
    gathered.remember(talk, visit, "words", said.text)
    return visit_card(talk, visit.id)


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


def _brings_a_table(talk: Talk, said: Said) -> bool:
    return talk.may(Permission.IMPORT_TABLES) and len(said.files) == 1 and is_table(said.files[0])
