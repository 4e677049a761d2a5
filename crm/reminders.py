"""Reminders: promises to come back, from the plan until they are kept.

It leaves notices when a promise falls due, and never sends them.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Select, and_, false, or_, select
from sqlalchemy.orm import Session, joinedload

from crm import audit, cards, corrections, customers, duty, notices, once
from crm.local_time import day_of, moment, zone_of
from crm.permission import require
from crm.rules import Rules, rules
from models import dialects
from models.audit import AuditEntry
from models.customer import Customer
from models.notice import Reason
from models.person import Permission, Person
from models.problem import NotAllowed, NotFound, Problem
from models.touch import Touch
from models.visit import DropReason, Outcome, Reminder, ReminderState, Visit

OPEN = (ReminderState.PLANNED, ReminderState.SENT)


class DayHasPassed(Problem):
    """A visit cannot be planned for a day that is over."""


class HourHasPassed(Problem):
    """A visit cannot be planned for a ``moment`` that is over."""


def visible_to(actor: Person) -> Select[Reminder]:
    """Return the reminders this person may see: a rep her own, a leader also those about customers she may see.

    Those of somebody whose deputy she is are as her own.
    """
    if not actor.may(Permission.SEE_VISITS):
        return select(Reminder).where(false())
    if customers.sees_all(actor):
        return select(Reminder)
    own = duty.is_hers(Reminder.rep_id, actor)
    seen = Reminder.customer_id.in_(customers.ids_visible_to(actor))
    return select(Reminder).where(or_(own, seen) if actor.is_leader else own)


def find(session: Session, actor: Person, reminder_id: int) -> Reminder:
    """Return the reminder. Raises NotFound when there is none or it is not the actor's to see."""
    reminder = session.scalar(visible_to(actor).where(Reminder.id == reminder_id))
    if reminder is None:
        raise NotFound(what="reminder")
    return reminder


def due(session: Session, actor: Person, *, on_or_before: date) -> Sequence[Reminder]:
    """Return the open promises up to that day that are the actor's to keep, the oldest first."""
    own = and_(duty.is_hers(Reminder.rep_id, actor), Reminder.state.in_(OPEN), Reminder.day <= on_or_before)
    query = visible_to(actor).where(own).options(joinedload(Reminder.customer))
    return session.scalars(query.order_by(Reminder.due_at, Reminder.id)).all()


def plan(
    session: Session,
    actor: Person,
    *,
    customer: Customer,
    day: date,
    hour: time | None = None,
    why: str = "",
    at: datetime,
    visit: Visit | None = None,
    touch: Touch | None = None,
) -> Reminder:
    """Return the promise to be back on that day, due at its hour, or at the reminder hour, where the rep lives.

    What is planned twice for one customer and day is one promise, with the words of both. What is due as it is
    planned needs no message: she has just said it herself.
    Raises NotAllowed, NotFound, DayHasPassed, HourHasPassed.
    """
    require(actor, Permission.LOG_VISITS)
    customers.find(session, actor, customer.id)
    there = planned_for(session, actor, customer, day) if visit is None and touch is None else None
    zone = ZoneInfo(there.zone) if there else zone_of(actor, rules(session))
    _not_over(day, hour, zone, at)
    reminder = there or Reminder(rep_id=actor.id, customer_id=customer.id, why="", hour=None)
    reminder.visit_id, reminder.touch_id = visit.id if visit else None, touch.id if touch else None
    reminder.why = "\n".join(dict.fromkeys(words for words in (reminder.why, why) if words))
    reminder.hour = hour or reminder.hour
    reminder.day, reminder.zone, reminder.due_at = day, zone.key, _due_at(day, reminder.hour, zone, rules(session))
    reminder.state = ReminderState.PLANNED if reminder.due_at > at else ReminderState.SENT
    session.add(reminder)
    session.flush()
    audit.note(session, actor, "reminder.planned", reminder, at, customer=customer.id, day=day.isoformat())
    cards.refresh(session, actor, at=at)
    return reminder


def reword(session: Session, actor: Person, reminder_id: int, *, why: str, at: datetime) -> Reminder:
    """Return the promise in other words; what it said before is kept. Raises NotAllowed for another's, NotFound."""
    reminder = find(session, actor, reminder_id)
    if reminder.rep_id != actor.id:
        raise NotAllowed(permission=Permission.LOG_VISITS)
    if why != reminder.why:
        corrections.note(session, actor, reminder, "why", was=reminder.why, became=why, at=at)
        reminder.why, reminder.version = why, reminder.version + 1
        session.flush()
    return reminder


def was_moved(session: Session, reminder: Reminder) -> bool:
    """Return whether somebody has put it off, or back, since it was planned."""
    moves = select(AuditEntry.id).where(AuditEntry.object == f"reminder:{reminder.id}")
    return session.scalar(moves.where(AuditEntry.action == "reminder.snoozed").limit(1)) is not None


def done(session: Session, actor: Person, reminder_id: int, *, version: int, at: datetime) -> Reminder:
    """Return the promise, kept. Raises NotFound; AlreadyDone when it was touched meanwhile."""
    reminder = find(session, actor, reminder_id)
    once.change(session, reminder, version, Reminder.state.in_(OPEN), state=ReminderState.DONE, settled_at=at)
    notices.take_back(session, address(reminder), at=at)
    audit.note(session, actor, "reminder.done", reminder, at)
    cards.refresh(session, reminder.rep, at=at)
    return reminder


def drop(
    session: Session,
    actor: Person,
    reminder_id: int,
    *,
    because: DropReason,
    words: str = "",
    version: int,
    at: datetime,
) -> Reminder:
    """Return the promise, dropped for this reason, which is kept. Raises NotFound, AlreadyDone."""
    reminder = find(session, actor, reminder_id)
    why = {"dropped_because": because, "dropped_words": words}
    once.change(session, reminder, version, Reminder.state.in_(OPEN), state=ReminderState.DROPPED, settled_at=at, **why)
    notices.take_back(session, address(reminder), at=at)
    audit.note(session, actor, "reminder.dropped", reminder, at, because=because.value)
    cards.refresh(session, reminder.rep, at=at)
    return reminder


def snooze(
    session: Session,
    actor: Person,
    reminder_id: int,
    *,
    until: date,
    hour: time | None = None,
    version: int,
    at: datetime,
) -> Reminder:
    """Return the promise, moved to another day; it keeps its hour.

    Raises NotFound, DayHasPassed, HourHasPassed, AlreadyDone.
    """
    reminder = find(session, actor, reminder_id)
    _not_over(until, hour, ZoneInfo(reminder.zone), at)
    return _move(session, actor, reminder, until, hour or reminder.hour, version=version, at=at)


def put_back(
    session: Session, actor: Person, reminder_id: int, *, day: date, hour: time | None, version: int, at: datetime
) -> Reminder:
    """Return the promise on the day it was put off from, which may be over. Raises NotFound, AlreadyDone."""
    reminder = find(session, actor, reminder_id)
    return _move(session, actor, reminder, day, hour, version=version, at=at)


def announce_due(session: Session, *, now: datetime, limit: int = 100) -> int:
    """Leave a notice for each promise that has fallen due; return how many promises were taken up.

    One without an hour of its own stands in the rep's morning card when she has that, and comes alone otherwise.

    A promise kept, moved or dropped meanwhile is not looked at: its state is read again while it is claimed.
    """
    waiting = select(Reminder).where(Reminder.state == ReminderState.PLANNED, Reminder.due_at <= now)
    waiting = waiting.join(Reminder.rep).order_by(Reminder.due_at, Reminder.id).limit(limit)
    fallen_due = session.scalars(dialects.claimed(waiting, Reminder)).all()
    for reminder in fallen_due:
        _announce(session, reminder, now)
    session.flush()
    return len(fallen_due)


def settle_by(session: Session, visit: Visit, *, day: date, logged_from: int | None = None, at: datetime) -> None:
    """Keep what this visit was planned as: to be back by the ``day`` it was made, or a visit planned for that day.

    What was to be done besides, such as sending a sample, is not done by being there: see :func:`left_open_by`.
    When no visit was due, it keeps the next one if that is a few days off: whoever was there today need not come
    again tomorrow. One with an hour of its own, or made this very day, is still to come.

    The reminder the visit was ``logged_from`` is kept, whatever it asks for. A call keeps no other, and a door nobody
    opened keeps none (``VIS-02``).
    """
    if visit.outcome is Outcome.NOBODY:
        return
    soon = or_(Reminder.day <= day + rules(session).kept_early, Reminder.id == logged_from)
    promises = session.scalars(select(Reminder).where(_left_to(visit), soon).order_by(Reminder.day, Reminder.id)).all()
    visits = [reminder for reminder in promises if visit.counts and _is_a_visit(reminder, day)]
    due = [one for one in promises if one.id == logged_from or (one in visits and one.day <= day)]
    for reminder in due or [one for one in visits[:1] if _kept_early(session, one, day)]:
        _settle(session, reminder, visit, at)
    session.flush()


def logged_from(session: Session, visit: Visit) -> int | None:
    """Return the id of the reminder the visit was logged from; None for most."""
    logged = and_(AuditEntry.object == f"visit:{visit.id}", AuditEntry.action == "visit.logged")
    facts = session.scalar(select(AuditEntry.facts).where(logged).limit(1)) or {}
    return facts.get("reminder")


def left_open_by(session: Session, visit: Visit, *, limit: int = 3) -> Sequence[Reminder]:
    """Return what else was to be done for this customer when the visit was logged, and may have been done there."""
    planned = select(Reminder).where(_left_to(visit), Reminder.why != "")
    return session.scalars(planned.order_by(Reminder.day, Reminder.id).limit(limit)).all()


def done_at(session: Session, actor: Person, reminder_id: int, visit: Visit, *, version: int, at: datetime) -> Reminder:
    """Return the promise, kept at this visit of the actor's. Raises NotFound; AlreadyDone when it was touched."""
    reminder = find(session, actor, reminder_id)
    if reminder.customer_id != visit.customer_id:
        raise NotFound(what="reminder")
    done(session, actor, reminder_id, version=version, at=at)
    reminder.settled_by_id = visit.id
    session.flush()
    return reminder


def kept_by(session: Session, visit: Visit) -> Sequence[Reminder]:
    """Return the promises this visit has kept, the first due first."""
    kept = select(Reminder).where(Reminder.settled_by_id == visit.id).order_by(Reminder.day, Reminder.id)
    return session.scalars(kept).all()


def unsettle(session: Session, visit: Visit, *, at: datetime, of_itself: bool = False) -> None:
    """Open again the promises this visit had kept; ``of_itself`` those only that nobody said were done there."""
    kept = select(Reminder).where(Reminder.settled_by_id == visit.id)
    kept = kept.where(Reminder.settled_at == visit.logged_at) if of_itself else kept
    for reminder in session.scalars(kept).all():
        waits = reminder.due_at > at
        reminder.state = ReminderState.PLANNED if waits else ReminderState.SENT
        reminder.settled_at = reminder.settled_by_id = None
        reminder.version += 1
    session.flush()


def planned_at(session: Session, *, visit: Visit | None = None, touch: Touch | None = None) -> Sequence[Reminder]:
    """Return the open promises that were made at this visit, or at this contact."""
    origin = Reminder.touch_id == touch.id if touch is not None else Reminder.visit_id == (visit.id if visit else None)
    return session.scalars(select(Reminder).where(origin, Reminder.state.in_(OPEN)).order_by(Reminder.id)).all()


def drop_planned_at(session: Session, *, visit: Visit | None = None, touch: Touch | None = None, at: datetime) -> None:
    """Drop the promises that were made at a visit, or at a contact, that is taken back."""
    for reminder in planned_at(session, visit=visit, touch=touch):
        reminder.state, reminder.settled_at, reminder.version = ReminderState.DROPPED, at, reminder.version + 1
        notices.take_back(session, address(reminder), at=at)
    session.flush()


def planned_for(session: Session, actor: Person, customer: Customer, day: date) -> Reminder | None:
    """Return what the rep has planned by herself for this customer and day, if it is still open."""
    same = and_(duty.is_hers(Reminder.rep_id, actor), Reminder.customer_id == customer.id, Reminder.day == day)
    mine = select(Reminder).where(
        same, Reminder.state.in_(OPEN), Reminder.visit_id.is_(None), Reminder.touch_id.is_(None)
    )
    return session.scalars(mine.order_by(Reminder.id).limit(1)).first()


def begins(reminder: Reminder) -> datetime | None:
    """Return the moment she chose, in UTC, which may be in quiet hours, where nothing rings; None without an hour."""
    return moment(reminder.day, reminder.hour, ZoneInfo(reminder.zone)) if reminder.hour else None


def address(reminder: Reminder) -> str:
    """Return the page of this reminder."""
    return f"/reminders/{reminder.id}"


def _move(
    session: Session, actor: Person, reminder: Reminder, day: date, hour: time | None, *, version: int, at: datetime
) -> Reminder:
    was, due_at = reminder.day, _due_at(day, hour, ZoneInfo(reminder.zone), rules(session))
    state = ReminderState.PLANNED if due_at > at else ReminderState.SENT
    once.change(session, reminder, version, Reminder.state.in_(OPEN), state=state, day=day, hour=hour, due_at=due_at)
    notices.take_back(session, address(reminder), at=at)
    audit.note(session, actor, "reminder.snoozed", reminder, at, was=was.isoformat(), became=day.isoformat())
    cards.refresh(session, reminder.rep, at=at)
    return reminder


def _announce(session: Session, reminder: Reminder, now: datetime) -> None:
    reminder.state = ReminderState.SENT
    if reminder.hour is None and cards.covers(session, duty.on_duty(session, reminder.rep), now=now):
        return
    key = f"reminder:{reminder.id}:{reminder.due_at.astimezone(UTC):%Y-%m-%dT%H:%MZ}"
    notices.leave(
        session,
        reminder.rep,
        key=key,
        address=address(reminder),
        reason=Reason.DUE,
        at=now,
        valid_for=rules(session).reminder_valid_for,
    )


def _left_to(visit: Visit) -> ColumnElement[bool]:
    """What was open for the visit's customer, hers to do, and not planned at the visit itself."""
    hers = and_(duty.is_hers(Reminder.rep_id, visit.rep), Reminder.customer_id == visit.customer_id)
    other = or_(Reminder.visit_id.is_(None), Reminder.visit_id != visit.id)
    return and_(hers, other, Reminder.state.in_(OPEN))


def _is_a_visit(reminder: Reminder, day: date) -> bool:
    """Whether being there is all it asks for: it says nothing else, or she planned a visit for that very day."""
    planned_as_one = reminder.visit_id is None and reminder.touch_id is None and reminder.day == day
    return not reminder.why or planned_as_one


def _settle(session: Session, reminder: Reminder, visit: Visit, at: datetime) -> None:
    reminder.state, reminder.settled_at, reminder.settled_by_id = ReminderState.DONE, at, visit.id
    reminder.version += 1
    notices.take_back(session, address(reminder), at=at)


def _kept_early(session: Session, reminder: Reminder, today: date) -> bool:
    """Whether it was put on its day before today: who has just put it off to Friday still means to come then."""
    if reminder.hour is not None:
        return False
    put = AuditEntry.action.in_(["reminder.planned", "reminder.snoozed"])
    plans = and_(AuditEntry.object == f"reminder:{reminder.id}", put)
    planned = session.scalar(select(AuditEntry.at).where(plans).order_by(AuditEntry.id.desc()).limit(1))
    return planned is not None and day_of(planned, ZoneInfo(reminder.zone)) < today


def _due_at(day: date, hour: time | None, zone: ZoneInfo, rules: Rules) -> datetime:
    wanted = moment(day, hour or rules.reminder_hour, zone)
    return notices.quiet_until(rules, zone, wanted) or wanted


def _not_over(day: date, hour: time | None, zone: ZoneInfo, at: datetime) -> None:
    if day < day_of(at, zone):
        raise DayHasPassed(day=day)
    if hour is not None and moment(day, hour, zone) < at:
        raise HourHasPassed(moment=moment(day, hour, zone))
