"""Putting right what was saved by editing the message it was made of; what it was is kept."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import date

from crm import (
    complaints,
    corrections,
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
from dialog.screen import Go, Screen
from dialog.talk import Talk
from dialog.words import _, clean
from handlers.data_request import request_page
from handlers.elsewhere import in_front, names_another
from handlers.letter import letter_page
from handlers.menu import to_home
from handlers.picking import looked_for, without_name
from handlers.pledge import pledge_card
from handlers.reminder import reminder_card
from handlers.touch import touch_card
from handlers.visit import day_in, visit_card
from models.correction import Origin
from models.customer import Customer
from models.person import Permission
from models.problem import NotFound
from models.visit import Visit


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
        return righted_visit(talk, visit.id) if other else None
    visits.correct(talk.session, talk.person, visit.id, note=note, at=talk.now)
    said_on = visit.logged_at.astimezone(talk.zone).date()
    _redate(talk, visit, was, note, said_on)
    before, after = day_in(was, said_on), day_in(note, said_on)
    if after in {None, before} or after < talk.today or before != visit.next_visit:
        return righted_visit(talk, visit.id)
    if not visit_changes.untouched(talk.session, visit):
        return righted_visit(talk, visit.id)
    visit_changes.next_on(talk.session, talk.person, visit.id, day=after, at=talk.now)
    return righted_visit(talk, visit.id, after)


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


def righted_visit(talk: Talk, visit_id: int, moved: date | None = None) -> Screen:
    """Return the card of a visit that was just put right, and to which day its reminder has ``moved`` if it has."""
    screen = visit_card(talk, visit_id)
    screen.facts["righted"] = {"moved": moved}
    return screen
