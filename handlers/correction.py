"""Putting right what was saved: by editing one's own message, or by *Edit* on a visit; what it was is kept."""

from __future__ import annotations

from enum import StrEnum
from typing import Any

from crm import complaints, corrections, filing, visits
from dialog.events import Edit
from dialog.flow import Script, flow
from dialog.page import page
from dialog.questions import Choice, Pick, PickMany, Words
from dialog.screen import Go, Link, Screen
from dialog.talk import Talk
from dialog.words import Label, _, clean
from handlers.complaint import complaint_card
from handlers.paging import leaf, turning
from handlers.picking import ByDoor, Contacts, looked_for, without_name
from handlers.visit import visit_card
from models.complaint import Complaint
from models.correction import Origin
from models.customer import Customer
from models.person import Permission
from models.problem import NotFound
from models.visit import Outcome, Visit, VisitKind


class VisitField(StrEnum):
    """What of a visit can be put right."""

    OUTCOME = "outcome"
    NOTE = "note"
    KIND = "kind"
    MET = "met"


FIELDS: dict[str, Label] = {
    "outcome": _("Outcome"),
    "note": _("Note"),
    "kind": _("Kind"),
    "met": _("People met"),
    "words": _("Words"),
}
ENUMS: dict[str, type[StrEnum]] = {"outcome": Outcome, "kind": VisitKind}


def edited(talk: Talk, edit: Edit) -> Screen | None:
    """Put right the record that an edited message has become, and say so; None when it has become nothing."""
    origin = corrections.origin(talk.session, talk.person, edit.message_id)
    text = clean(edit.text)
    if origin is None or not text:
        return None
    try:
        return _put_right(talk, origin, text)
    except NotFound:  # taken back since, or no longer hers to see
        return None


def _put_right(talk: Talk, origin: Origin, text: str) -> Screen | None:
    kind, _colon, number = origin.object.partition(":")
    if kind == "visit":
        visit = visits.find(talk.session, talk.person, int(number))
        note = corrections.put_right(talk.session, origin, visit.note, _without_name(talk, text, visit.customer))
        visits.correct(talk.session, talk.person, visit.id, note=note, at=talk.now)
        return _done(visit.number, Go(_("📄 The visit"), f"/visits/{visit.id}"))
    if kind == "complaint":
        complaint = complaints.find(talk.session, talk.person, int(number))
        text = _without_name(talk, text, complaint.customer)
        words = corrections.put_right(talk.session, origin, complaint.words, text)
        filing.correct_words(talk.session, talk.person, complaint.id, words=words, at=talk.now)
        return _done(complaint.number, Go(_("📋 The complaint"), complaints.address(complaint)))
    return None


def _without_name(talk: Talk, text: str, customer: Customer) -> str:
    """A colleague's line may begin with the customer's name, which is no part of the note."""
    if not talk.may(Permission.SEE_CUSTOMERS):
        return text
    named, words, rest = looked_for(talk, text)
    return (rest if named is customer else without_name(customer, text, words)) or text


def _done(number: str, button: Go) -> Screen:
    return Screen("correction/done", number=number, fresh=True, rows=[[button]])


@flow("correct_visit", _("Edit a visit"), needs=Permission.LOG_VISITS)
def correct_visit(talk: Talk) -> Script:
    """What is wrong, and what is right; one field at a time. An old button says at once that it is too late."""
    visit = yield from Pick("visit", ByDoor(visits.find))
    if not visits.editable(talk.session, talk.person, visit, now=talk.now):
        return _too_late(talk, visit)
    field = yield from Choice("field", VisitField)
    facts: dict[str, Any] = {}
    if field is VisitField.OUTCOME:
        facts["outcome"] = yield from Choice("outcome", Outcome)
    elif field is VisitField.KIND:
        facts["kind"] = yield from Choice("kind", VisitKind)
    elif field is VisitField.MET:
        facts["met"] = yield from PickMany("met", Contacts(visit.customer))
    else:
        said = yield from Words("note")
        facts["note"] = said.text
    visits.correct(talk.session, talk.person, visit.id, **facts, at=talk.now)
    return visit_card(talk, visit.id)


def _too_late(talk: Talk, visit: Visit) -> Screen:
    screen = visit_card(talk, visit.id)
    screen.facts["too_late"] = visit.rep_id == talk.person.id
    return screen


@page("/visits/{visit_id}/before", needs=Permission.SEE_VISITS)
def visit_before(talk: Talk, visit_id: int, page: int = 0) -> Screen:
    """What a visit said before it was corrected."""
    visit = visits.find(talk.session, talk.person, visit_id)
    return _before(talk, visit, visit.number, page, Link(_("📄 The visit"), visit_card, visit_id))


@page("/complaints/{complaint_id}/before", needs=Permission.SEE_COMPLAINTS)
def complaint_before(talk: Talk, complaint_id: int, page: int = 0) -> Screen:
    """What a complaint said before it was corrected."""
    complaint = complaints.find(talk.session, talk.person, complaint_id)
    return _before(talk, complaint, complaint.number, page, Link(_("📋 The complaint"), complaint_card, complaint_id))


def _before(talk: Talk, record: Visit | Complaint, number: str, page: int, back: Link) -> Screen:
    made, more = leaf(page, lambda limit, offset: corrections.of(talk.session, record, limit=limit, offset=offset))
    route = visit_before if isinstance(record, Visit) else complaint_before
    return Screen(
        "correction/before",
        number=number,
        lines=[(one, FIELDS[one.field], _shown(talk, one.field, one.was)) for one in made],
        rows=[turning(route, record.id, page=page, more=more), [back]],
    )


def _shown(talk: Talk, field: str, value: str) -> str:
    return talk.words.name(ENUMS[field](value)) if field in ENUMS else value
