"""Putting right what was saved: by editing one's own message, or by *Edit* on a visit; what it was is kept."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from crm import (
    complaints,
    corrections,
    customers,
    data_requests,
    filing,
    happened,
    letters,
    mentions,
    pledges,
    reminders,
    touches,
    visit_changes,
    visits,
)
from dialog import days, days_gone
from dialog.events import Edit, Message
from dialog.flow import Script, flow
from dialog.page import page
from dialog.questions import Choice, Pick, PickDay, PickMany, Words
from dialog.screen import Go, Link, Screen
from dialog.talk import Talk
from dialog.words import Label, _, clean
from handlers.complaint import complaint_card
from handlers.data_request import request_page
from handlers.elsewhere import in_front, names_another
from handlers.letter import letter_page
from handlers.menu import to_home
from handlers.paging import leaf, turning
from handlers.picking import ByDoor, Contacts, PickCustomer, looked_for, without_name
from handlers.pledge import pledge_card
from handlers.reminder import reminder_card
from handlers.touch import touch_card
from handlers.visit import WhenItWas, day_in, visit_card
from models.complaint import Complaint
from models.correction import Origin
from models.customer import Contact, Customer
from models.person import Permission
from models.problem import NotFound
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


def edited(talk: Talk, edit: Edit) -> Screen | None:
    """Put right the record that an edited message has become, and say so.

    None when it has become nothing, or when no word has changed: Telegram sends such edits by itself.
    """
    origin = corrections.origin(talk.session, talk.person, edit.message_id)
    text = clean(edit.text)
    if origin is None or not text:
        return None
    try:
        return _put_right(talk, origin, text)
    except NotFound:  # taken back since, or no longer hers to see
        same = origin.said and text.endswith(origin.said)
        return None if same else Screen("correction/too_late", fresh=True, rows=[[to_home()]])


def _put_right(talk: Talk, origin: Origin, text: str) -> Screen | None:
    kind, _colon, number = origin.object.partition(":")
    put_right = _RIGHTED.get(kind)
    return put_right(talk, origin, int(number), text) if put_right else None


def _pledge_put_right(talk: Talk, origin: Origin, pledge_id: int, text: str) -> Screen | None:
    pledge = pledges.find(talk.session, talk.person, pledge_id)
    other, text = in_front(talk, text, pledge.customer)
    words = corrections.put_right(talk.session, origin, pledge.words, text)
    if words == pledge.words:
        return None
    pledges.reword(talk.session, talk.person, pledge.id, words=words, at=talk.now)
    return _put_right_on(pledge_card(talk, pledge.id), other)


def _letter_put_right(talk: Talk, origin: Origin, letter_id: int, text: str) -> Screen | None:
    letter = letters.find(talk.session, talk.person, letter_id)
    words = corrections.put_right(talk.session, origin, letter.words, text)
    if words == letter.words:
        return None
    letters.correct(talk.session, talk.person, letter.id, words=words, at=talk.now)
    return _put_right_on(letter_page(talk, letter.id))


def _request_put_right(talk: Talk, origin: Origin, request_id: int, text: str) -> Screen | None:
    request = data_requests.find(talk.session, talk.person, request_id)
    words = corrections.put_right(talk.session, origin, request.words, text)
    if words == request.words:
        return None
    data_requests.correct(talk.session, talk.person, request.id, words=words, at=talk.now)
    return _put_right_on(request_page(talk, request.id))


def _complaint_put_right(talk: Talk, origin: Origin, complaint_id: int, text: str) -> Screen | None:
    complaint = complaints.find(talk.session, talk.person, complaint_id)
    other, text = _named_anew(talk, text, complaint.customer)
    words = corrections.put_right(talk.session, origin, complaint.words, text)
    if words == complaint.words:
        return None
    filing.correct_words(talk.session, talk.person, complaint.id, words=words, at=talk.now)
    return _done(complaint.number, other, Go(_("📋 The complaint"), complaints.address(complaint)))


def _visit_put_right(talk: Talk, origin: Origin, visit_id: int, text: str) -> Screen | None:
    """Correct a visit's note, and its customer, its day and its reminder as far as the words said them before."""
    visit = visits.find(talk.session, talk.person, visit_id)
    other = _meant_instead(talk, origin, text, visit.customer)
    if other is not None:
        visit = visit_changes.made_to(talk.session, talk.person, visit.id, customer=other, at=talk.now)
    was = visit.note
    note = corrections.put_right(talk.session, origin, was, _without_name(talk, text, visit.customer))
    if note == was:
        return _righted(talk, visit.id) if other else None
    visits.correct(talk.session, talk.person, visit.id, note=note, at=talk.now)
    said_on = visit.logged_at.astimezone(talk.zone).date()
    _redate(talk, visit, was, note, said_on)
    before, after = day_in(was, said_on), day_in(note, said_on)
    if after in {None, before} or after < talk.today or before != visit.next_visit:
        return _righted(talk, visit.id)
    if not visit_changes.untouched(talk.session, visit):
        return _righted(talk, visit.id)
    visit_changes.next_on(talk.session, talk.person, visit.id, day=after, at=talk.now)
    return _righted(talk, visit.id, after)


def _touch_put_right(talk: Talk, origin: Origin, touch_id: int, text: str) -> Screen | None:
    """Correct what was said of a call, and its reminder as long as that is where the words had put it."""
    touch = touches.find(talk.session, talk.person, touch_id)
    was, said_on = touch.note, touch.said_at.astimezone(talk.zone).date()
    other, text = _named_anew(talk, text, touch.customer)
    note = corrections.put_right(talk.session, origin, was, text)
    if note == was:
        return _put_right_on(touch_card(talk, touch.id), other) if other else None
    touches.write(talk.session, talk.person, touch.id, note=note, at=talk.now)
    before, after = day_in(was, said_on), day_in(note, said_on)
    if after is not None and after != before and after >= talk.today:
        touches.plan_again(talk.session, talk.person, touch.id, was=before, day=after, at=talk.now)
    return _put_right_on(touch_card(talk, touch.id), other)


def _plan_put_right(talk: Talk, origin: Origin, reminder_id: int, text: str) -> Screen | None:
    """Correct what a visit is planned for, and its day as long as nobody has moved it."""
    reminder = reminders.find(talk.session, talk.person, reminder_id)
    other, text = _named_anew(talk, text, reminder.customer)
    when, rest = days.leading(text, talk.today)
    why = corrections.put_right(talk.session, origin, reminder.why, rest)
    if why == reminder.why and (when is None or (when.day, when.hour) == (reminder.day, reminder.hour)):
        return None
    reminders.reword(talk.session, talk.person, reminder.id, why=why, at=talk.now)
    moved = when is not None and (when.day, when.hour or reminder.hour) != (reminder.day, reminder.hour)
    if when is not None and moved and reminder.open and not reminders.was_moved(talk.session, reminder):
        until, hour, version = when.day, when.hour, reminder.version
        reminders.snooze(talk.session, talk.person, reminder.id, until=until, hour=hour, version=version, at=talk.now)
    return _put_right_on(reminder_card(talk, reminder.id), other)


def _added_put_right(talk: Talk, origin: Origin, move_id: int, text: str) -> Screen | None:
    """Correct what was added to a complaint."""
    added = filing.added(talk.session, talk.person, move_id)
    words = corrections.put_right(talk.session, origin, added.words, text)
    if words == added.words:
        return None
    complaint = filing.correct_added(talk.session, talk.person, added.id, words=words, at=talk.now)
    return _done(complaint.number, None, Go(_("📋 The complaint"), complaints.address(complaint)))


_RIGHTED: Mapping[str, Callable[[Talk, Origin, int, str], Screen | None]] = {
    "visit": _visit_put_right,
    "touch": _touch_put_right,
    "pledge": _pledge_put_right,
    "reminder": _plan_put_right,
    "letter": _letter_put_right,
    "complaint": _complaint_put_right,
    "complaint_move": _added_put_right,
    "data_request": _request_put_right,
}
"""How each kind of record is put right when the message it was made of is edited."""


def _put_right_on(card: Screen, other: Customer | None = None) -> Screen:
    """Return the card of a record, saying that it was just put right, and not moved to the other customer named."""
    card.facts["righted"] = {"stays": other}
    return card


def _meant_instead(talk: Talk, origin: Origin, text: str, customer: Customer) -> Customer | None:
    """Return the other customer that the words name now, in front or where they named the visit's before."""
    other, _behind = in_front(talk, text, customer)
    before = mentions.named_in(talk.session, talk.person, origin.said)
    if (
        other is None
        and [one.customer for one in before] == [customer]
        and names_another(talk, Message(0, text), customer)
    ):
        return mentions.named_in(talk.session, talk.person, text)[0].customer
    return other


def _named_anew(talk: Talk, text: str, customer: Customer) -> tuple[Customer | None, str]:
    """Return another customer that a colleague's line begins with now, and the line without any customer's name."""
    if not talk.may(Permission.SEE_CUSTOMERS):
        return None, text
    other, text = in_front(talk, text, customer)
    return other, text if other else _without_name(talk, text, customer)


def _redate(talk: Talk, visit: Visit, was: str, note: str, said_on: date) -> None:
    """Move the visit to the day its words name now, if it was on the one they named before."""
    before, after = days_gone.said_in(was, said_on), days_gone.said_in(note, said_on)
    named = before.when.day if before else said_on
    if after is None or (before and before.when == after.when) or visits.day_made(talk.session, visit) != named:
        return
    with suppress(happened.DayTooLongAgo, happened.DayToCome):
        known = (talk.session, talk.person, visit.id)
        visit_changes.made_on(*known, day=after.when.day, hour=after.when.hour, at=talk.now)


def _without_name(talk: Talk, text: str, customer: Customer) -> str:
    """A colleague's line may begin with the customer's name, which is no part of the note."""
    if not talk.may(Permission.SEE_CUSTOMERS):
        return text
    named, words, rest = looked_for(talk, text)
    return (rest if named is customer else without_name(customer, text, words)) or text


def _done(number: str, other: Customer | None, button: Go) -> Screen:
    return Screen("correction/done", number=number, stays=other, fresh=True, rows=[[button]])


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
        return _righted(talk, visit.id)
    if field is VisitField.DAY:
        when = yield from WhenItWas(talk, "day")
        visit_changes.made_on(*known, day=when.day, hour=when.hour, at=talk.now)
        return _righted(talk, visit.id)
    if field is VisitField.NEXT_VISIT:
        day = yield from PickDay("next_visit", optional=True)
        visit_changes.next_on(*known, day=day, at=talk.now)
        return _righted(talk, visit.id)
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
    return _righted(talk, visit.id)


def _righted(talk: Talk, visit_id: int, moved: date | None = None) -> Screen:
    """Return the card of a visit that was just put right, and to which day its reminder has ``moved`` if it has."""
    screen = visit_card(talk, visit_id)
    screen.facts["righted"] = {"moved": moved}
    return screen


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
