"""Notices: pages left to be put before people, whose work each is, and taking back what is not wanted any more.

It never sends and never renders; what is left waits in the outbox.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta, tzinfo

from sqlalchemy import ColumnElement, and_, func, select, update
from sqlalchemy.orm import Session

from crm import duty
from crm.local_time import day_of, moment
from crm.rules import Rules
from models import dialects
from models.notice import Notice, NoticeState, Reason
from models.person import Person

A_DAY = timedelta(days=1)


def leave(
    session: Session,
    to: Person,
    *,
    key: str,
    address: str,
    at: datetime,
    valid_for: timedelta = A_DAY,
    urgent: bool = False,
    thread: str | None = None,
    reason: Reason | None = None,
    ping: bool = True,
    calm_for: timedelta | None = None,
    at_most_once: bool = False,
    personal: bool = False,
) -> Notice | None:
    """Leave a page to be put before a person; return None when it was left before or she cannot be reached.

    While she is away it goes to whoever does her work, unless it is ``personal``: that waits in her chat, without a
    sound. What is not urgent and comes ``calm_for`` so long after a ping of the same thread edits its message
    silently.
    """
    receiver = to if personal else duty.on_duty(session, to)
    if not receiver.reachable:
        return None
    if thread and calm_for and not urgent and _pinged(session, receiver, thread, since=at - calm_for):
        ping = False
    facts = {"urgent": urgent, "thread": thread, "reason": reason, "ping": ping, "at_most_once": at_most_once}
    whose = {"to_id": receiver.id, "work_of_id": None if personal else to.id}
    values = {"key": key, "address": address, "due_at": at, "valid_until": at + valid_for, **whose, **facts}
    return dialects.insert_unless_there(session, Notice, values)


def receiver(session: Session, notice: Notice) -> Person:
    """Return to whom the notice goes now: who is away, or back, or has gone, may have changed since it was left."""
    if notice.work_of and notice.work_of.has_left:
        return duty.reached_for(session, notice.work_of)
    return duty.on_duty(session, notice.work_of) if notice.work_of else notice.to


def comes_without_a_sound(notice: Notice) -> bool:
    """Return whether it makes no sound: it asks for nothing, or waits for somebody who is away."""
    return not notice.ping or (notice.work_of_id is None and notice.to.away is not None)


def take_back(session: Session, address: str, *, at: datetime) -> None:
    """Suppress what has not been sent yet of this address, for everybody: its reason is gone."""
    _suppress_waiting(session, Notice.address == address, at)


def take_back_beneath(session: Session, prefix: str, *, to: Person, at: datetime) -> None:
    """Suppress what has not been sent yet to this person of addresses that begin so."""
    beneath = Notice.address.startswith(prefix, autoescape=True)
    _suppress_waiting(session, and_(Notice.to_id == to.id, beneath), at)


def quiet_until(rules: Rules, zone: tzinfo, now: datetime) -> datetime | None:
    """Return when the quiet hours end that now falls into there, in UTC; None outside of them (``CMP-16``)."""
    today, clock = day_of(now, zone), now.astimezone(zone).time()
    over_midnight = rules.quiet_from > rules.quiet_to
    evening, morning = clock >= rules.quiet_from, clock < rules.quiet_to
    if not (evening or morning if over_midnight else evening and morning):
        return None
    return moment(today + A_DAY if over_midnight and evening else today, rules.quiet_to, zone)


def quiet_since(rules: Rules, zone: tzinfo, now: datetime) -> datetime | None:
    """Return when the quiet hours began that now falls into there, in UTC; None outside of them."""
    morning = quiet_until(rules, zone, now)
    if morning is None:
        return None
    over_midnight = rules.quiet_from > rules.quiet_to
    return moment(day_of(morning, zone) - A_DAY * over_midnight, rules.quiet_from, zone)


def gathered(session: Session, actor: Person, notice_id: int) -> Sequence[Notice]:
    """Return what was gathered into this notice of the actor's, the newest word on each page, the oldest first."""
    rows = select(Notice).where(Notice.gathered_into_id == notice_id, Notice.to_id == actor.id).order_by(Notice.id)
    return list({notice.address: notice for notice in session.scalars(rows).all()}.values())


def was_shown(session: Session, to: Person, thread: str) -> bool:
    """Return whether this thread has come to her, or is just being sent."""
    there = (NoticeState.SENDING, NoticeState.SENT, NoticeState.UNKNOWN)
    hers = and_(Notice.to_id == to.id, Notice.thread == thread, Notice.state.in_(there))
    return session.scalar(select(Notice.id).where(hers).limit(1)) is not None


def _suppress_waiting(session: Session, which: ColumnElement[bool], at: datetime) -> None:
    waiting = update(Notice).where(which, Notice.state == NoticeState.READY)
    session.execute(waiting.values(state=NoticeState.SUPPRESSED, settled_at=at, why="taken back"))


def _pinged(session: Session, to: Person, thread: str, *, since: datetime) -> bool:
    """Return whether this thread has pinged her since then, or is about to."""
    states = (NoticeState.READY, NoticeState.SENDING, NoticeState.SENT, NoticeState.UNKNOWN)
    hers = and_(Notice.to_id == to.id, Notice.thread == thread, Notice.ping, Notice.state.in_(states))
    lately = func.coalesce(Notice.settled_at, Notice.due_at) > since
    return session.scalar(select(Notice.id).where(hers, lately).limit(1)) is not None
