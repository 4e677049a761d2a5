"""Putting right what was saved by *Edit* on a visit, and reading what stood in a record before."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from crm import (
    complaints,
    corrections,
    customers,
    touches,
    visit_changes,
    visits,
)
from dialog.flow import Script, flow
from dialog.page import page
from dialog.questions import Choice, Pick, PickDay, PickMany, Words
from dialog.screen import Go, Link, Screen
from dialog.talk import Talk
from dialog.words import Label, _
from handlers.complaint import complaint_card
from handlers.paging import leaf, turning
from handlers.picking import ByDoor, Contacts, PickCustomer
from handlers.put_right import righted_visit
from handlers.touch import touch_card
from handlers.visit import WhenItWas, visit_card
from models.complaint import Complaint
from models.customer import Contact, Customer
from models.person import Permission
from models.touch import Touch
from models.visit import Outcome, Visit, VisitKind


class VisitField(StrEnum):
    """What of a visit can be put right."""

    OUTCOME = "outcome"
    NOTE = "note"
    DAY = "day"
    NEXT_VISIT = "next_visit"
    CUSTOMER = "customer"
    KIND = "kind"
    MET = "met"


FIELDS: dict[str, Label] = {
    "outcome": _("Outcome"),
    "note": _("Note"),
    "kind": _("Kind"),
    "met": _("People met"),
    "day": _("Visit date"),
    "next_visit": _("Next visit"),
    "customer": _("Customer"),
    "name": _("Name"),
    "position": _("Position"),
    "phone": _("Phone"),
    "words": _("Words"),
}
ENUMS: dict[str, type[StrEnum]] = {"outcome": Outcome, "kind": VisitKind}


@flow("correct_visit", _("Edit a visit"), needs=Permission.LOG_VISITS)
def correct_visit(talk: Talk) -> Script:
    """What is wrong, and what is right; one field at a time. An old button says at once that it is too late."""
    visit = yield from Pick("visit", ByDoor(visits.find))
    if not visits.editable(talk.session, talk.person, visit, now=talk.now):
        return _too_late(talk, visit)
    field = yield from Choice("field", VisitField)
    known = (talk.session, talk.person, visit.id)
    if field is VisitField.CUSTOMER:
        customer = yield from PickCustomer("customer")
        visit_changes.made_to(*known, customer=customer, at=talk.now)
        return righted_visit(talk, visit.id)
    if field is VisitField.DAY:
        when = yield from WhenItWas(talk, "day")
        visit_changes.made_on(*known, day=when.day, hour=when.hour, at=talk.now)
        return righted_visit(talk, visit.id)
    if field is VisitField.NEXT_VISIT:
        day = yield from PickDay("next_visit", optional=True)
        visit_changes.next_on(*known, day=day, at=talk.now)
        return righted_visit(talk, visit.id)
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
    visits.correct(*known, **facts, at=talk.now)
    return righted_visit(talk, visit.id)


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


@page("/touches/{touch_id}/before", needs=Permission.SEE_VISITS)
def touch_before(talk: Talk, touch_id: int, page: int = 0) -> Screen:
    """What was noted of a call before it was corrected."""
    touch = touches.find(talk.session, talk.person, touch_id)
    kind = talk.words.name(touch.kind)
    return _before(talk, touch, kind, page, Link(kind, touch_card, touch_id))


@page("/customers/{customer_id}/before", needs=Permission.SEE_CUSTOMERS)
def customer_before(talk: Talk, customer_id: int, page: int = 0) -> Screen:
    """What a customer was called before."""
    customer = customers.find(talk.session, talk.person, customer_id)
    return _before(talk, customer, customer.name, page, Go(_("🗂 File"), f"/customers/{customer_id}/file"))


@page("/contacts/{contact_id}/before", needs=Permission.SEE_CUSTOMERS)
def contact_before(talk: Talk, contact_id: int, page: int = 0) -> Screen:
    """What was kept of a person before."""
    contact = customers.find_contact(talk.session, talk.person, contact_id)
    return _before(talk, contact, contact.name, page, Go(_("‹ Back"), f"/contacts/{contact_id}"))


def _before(
    talk: Talk, record: Visit | Complaint | Touch | Customer | Contact, number: str, page: int, back: Link | Go
) -> Screen:
    made, more = leaf(page, lambda limit, offset: corrections.of(talk.session, record, limit=limit, offset=offset))
    routes: dict[type, Any] = {
        Visit: visit_before,
        Touch: touch_before,
        Complaint: complaint_before,
        Customer: customer_before,
        Contact: contact_before,
    }
    route = routes[type(record)]
    return Screen(
        "correction/before",
        number=number,
        lines=[(one, FIELDS[one.field], _shown(talk, one.field, one.was)) for one in made],
        rows=[turning(route, record.id, page=page, more=more), [back]],
    )


def _shown(talk: Talk, field: str, value: str) -> str:
    if field in {"day", "next_visit"}:
        return _dated(talk, value)
    if field in ENUMS:
        return talk.words.name(ENUMS[field](value))
    return talk.say(_(", ")).join(value.split("\n")) if field == VisitField.MET else value


def _dated(talk: Talk, value: str) -> str:
    """Return a day, or a moment where it was known, that stands in the history as ISO 8601 writes it."""
    if "T" not in value:
        return talk.words.day(date.fromisoformat(value), talk.today) if value else ""
    at = datetime.fromisoformat(value).astimezone(talk.zone)
    return f"{talk.words.day(at.date(), talk.today)} {at:%H:%M}"
