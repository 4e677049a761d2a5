"""Touches: logging that somebody called, wrote a mail or was in touch by WeChat; adding a note; taking it back.

A table of its own, not a kind of visit: every count, cadence and questionnaire about visits would have to leave
them out again.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time

from sqlalchemy import Select, false, func, or_, select
from sqlalchemy.orm import Session

from crm import attachments, audit, cards, corrections, customers, happened, reminders
from crm.attachments import Sent
from crm.permission import require
from crm.rules import rules
from models.customer import Customer
from models.person import Permission, Person
from models.problem import AlreadyDone, NotAllowed, NotFound, Problem
from models.touch import Touch, TouchKind
from models.visit import Reminder


class TooLateToTakeBack(Problem):
    """A contact can be taken back for ten minutes."""


def visible_to(actor: Person) -> Select[Touch]:
    """Return the contacts this person may see: her own, and those with customers she may see. Undone ones are gone."""
    standing = select(Touch).where(Touch.undone_at.is_(None))
    if not actor.may(Permission.SEE_VISITS):
        return standing.where(false())
    return standing.where(or_(Touch.person_id == actor.id, Touch.customer_id.in_(customers.ids_visible_to(actor))))


def find(session: Session, actor: Person, touch_id: int) -> Touch:
    """Return the contact. Raises NotFound when there is none, it was taken back, or it is not the actor's to see."""
    touch = session.scalar(visible_to(actor).where(Touch.id == touch_id))
    if touch is None:
        raise NotFound(what="touch")
    return touch


def newest(session: Session, actor: Person, customer: Customer) -> int:
    """Return the number of the actor's newest contact with the customer, 0 for none: what a button was made after."""
    own = select(func.max(Touch.id)).where(Touch.person_id == actor.id, Touch.customer_id == customer.id)
    return session.scalar(own) or 0


def log(
    session: Session,
    actor: Person,
    customer_id: int,
    *,
    kind: TouchKind,
    after: int | None = None,
    note: str = "",
    files: Sequence[Sent] = (),
    again: date | None = None,
    day: date | None = None,
    hour: time | None = None,
    at: datetime,
) -> Touch:
    """Return the contact, logged, with a reminder for the day one is in touch ``again``.

    It was on that ``day``, or now. ``after`` is what ``newest`` said when the button was made.
    Raises NotAllowed, NotFound, DayHasPassed, DayToCome, DayTooLongAgo; AlreadyDone for the second tap.
    """
    require(actor, Permission.LOG_VISITS)
    customer = customers.find(session, actor, customer_id)
    if after is not None and newest(session, actor, customer) != after:
        raise AlreadyDone
    touch = Touch(customer_id=customer.id, person_id=actor.id, kind=kind, note=note.strip(), logged_at=at)
    touch.at, touch.timed = happened.when(session, actor, day, hour, at=at)
    session.add(touch)
    session.flush()
    for sent in files:
        attachments.attach(session, actor, sent, touch=touch, at=at)
    if again is not None:
        reminders.plan(session, actor, customer=customer, day=again, at=at, touch=touch)
    audit.note(session, actor, "touch.logged", touch, at, customer=customer.id, kind=kind.value)
    cards.refresh(session, actor, at=at)
    return touch


def write(session: Session, actor: Person, touch_id: int, *, note: str, at: datetime) -> Touch:
    """Return the contact with this note; what it said before is kept. Raises NotAllowed for another's, NotFound."""
    touch, note = _own(session, actor, touch_id), note.strip()
    if touch.note and note != touch.note:
        corrections.note(session, actor, touch, "note", was=touch.note, became=note, at=at)
    touch.note = note
    audit.note(session, actor, "touch.noted", touch, at)
    session.flush()
    return touch


def add(
    session: Session,
    actor: Person,
    touch_id: int,
    *,
    words: str = "",
    files: Sequence[Sent] = (),
    again: date | None = None,
    at: datetime,
) -> Touch:
    """Return the contact with words and files that came afterwards, and a reminder if they name a day and it has none.

    Raises NotAllowed for somebody else's, NotFound, DayHasPassed.
    """
    touch = _own(session, actor, touch_id)
    touch.note = "\n".join(part for part in (touch.note, words.strip()) if part)
    for sent in files:
        attachments.attach(session, actor, sent, touch=touch, at=at)
    session.expire(touch, ["attachments"])
    if again is not None and promised(session, touch) is None:
        reminders.plan(session, actor, customer=touch.customer, day=again, at=at, touch=touch)
    audit.note(session, actor, "touch.noted", touch, at)
    session.flush()
    return touch


def plan_again(session: Session, actor: Person, touch_id: int, *, was: date | None, day: date, at: datetime) -> None:
    """Be in touch again on that day: moves the reminder if it is where it ``was`` put, or makes one if there was none.

    Raises NotAllowed for somebody else's, NotFound, DayHasPassed.
    """
    touch = _own(session, actor, touch_id)
    planned = promised(session, touch)
    if planned is not None and planned.day == was:
        reminders.snooze(session, actor, planned.id, until=day, version=planned.version, at=at)
    elif planned is None and was is None:
        reminders.plan(session, actor, customer=touch.customer, day=day, at=at, touch=touch)


def promised(session: Session, touch: Touch) -> Reminder | None:
    """Return the open reminder that was planned with this contact."""
    return next(iter(reminders.planned_at(session, touch=touch)), None)


def just_logged(session: Session, actor: Person, *, now: datetime) -> Touch | None:
    """Return the last contact the actor has logged, as long as it could be taken back."""
    since = now - rules(session).undo_for
    own = visible_to(actor).where(Touch.person_id == actor.id, Touch.logged_at >= since)
    return session.scalar(own.order_by(Touch.id.desc()).limit(1))


def undo(session: Session, actor: Person, touch_id: int, *, at: datetime) -> Touch:
    """Return the contact, taken back. Raises NotAllowed, NotFound, TooLateToTakeBack."""
    touch = _own(session, actor, touch_id)
    if not undoable(session, actor, touch, now=at):
        raise TooLateToTakeBack(touch=touch)
    touch.undone_at = at
    reminders.drop_planned_at(session, touch=touch, at=at)
    audit.note(session, actor, "touch.undone", touch, at)
    cards.refresh(session, actor, at=at)
    session.flush()
    return touch


def undoable(session: Session, actor: Person, touch: Touch, *, now: datetime) -> bool:
    """Return whether this person could take it back now."""
    return touch.person_id == actor.id and touch.undone_at is None and now <= touch.said_at + rules(session).undo_for


def last(session: Session, actor: Person, customer: Customer) -> Touch | None:
    """Return the last contact with the customer that was no visit."""
    made = visible_to(actor).where(Touch.customer_id == customer.id).order_by(Touch.at.desc(), Touch.id.desc())
    return session.scalar(made.limit(1))


def _own(session: Session, actor: Person, touch_id: int) -> Touch:
    require(actor, Permission.LOG_VISITS)
    touch = find(session, actor, touch_id)
    if touch.person_id != actor.id:
        raise NotAllowed(permission=Permission.LOG_VISITS)
    return touch
