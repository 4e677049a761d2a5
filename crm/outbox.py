"""The outbox: the sender leases what is due and reports what became of each.

It never sends and never renders. Every report is a conditional UPDATE, so a sender who lost its lease changes nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Select, and_, case, func, or_, select, update
from sqlalchemy.orm import Session, aliased, contains_eager

from crm import duty
from crm.notices import quiet_until
from crm.rules import rules
from models import dialects
from models.chat import Posted
from models.notice import Lease, Notice, NoticeState
from models.person import Person

LEASE = timedelta(seconds=120)
BEFORE_RESENDING = timedelta(seconds=60)
"""How long to wait after an unknown outcome: twice the read timeout of a send."""
MANY = 5
"""When more pages than these wait for somebody at once, they come as one card that lists them."""


def lease(session: Session, *, holder: str, now: datetime, limit: int, lease_for: timedelta = LEASE) -> list[Notice]:
    """Return the notices this holder is to send now, at most one per person, urgent ones first.

    On the way it expires what is no longer worth sending, settles what a dead sender left behind, moves what is
    not urgent out of quiet hours, and gathers what waits in great number. Nobody who is being sent something is
    given a second notice meanwhile.
    """
    _settle_abandoned(session, now)
    _expire(session, now)
    _hold_in_quiet_hours(session, now)
    _gather(session, now)
    leased = list(session.scalars(dialects.claimed(_next_for_each(now).limit(limit), Notice)))
    for notice in leased:
        notice.state, notice.leased_by, notice.leased_until = NoticeState.SENDING, holder, now + lease_for
    session.flush()
    return leased


def sent(session: Session, notice_id: int, *, holder: str, message_id: int | None, at: datetime) -> bool:
    """Report it delivered. Return whether the holder still held it."""
    return _settle(session, notice_id, holder, NoticeState.SENT, at, message_id=message_id)


def refused(session: Session, notice_id: int, *, holder: str, why: str, at: datetime) -> bool:
    """Report that it can never be delivered. Return whether the holder still held it."""
    return _settle(session, notice_id, holder, NoticeState.REFUSED, at, why=why[: Notice.why.type.length])


def suppress(session: Session, notice_id: int, *, holder: str, why: str, at: datetime) -> bool:
    """Report that it was no longer wanted when it was looked at again. Return whether the holder still held it."""
    return _settle(session, notice_id, holder, NoticeState.SUPPRESSED, at, why=why[: Notice.why.type.length])


def later(session: Session, notice_id: int, *, holder: str, until: datetime, counts: bool) -> bool:
    """Put it back until then; ``counts`` tells a failed attempt from mere waiting. Return whether it was held."""
    return _report(session, notice_id, holder, **_back(until), attempts=Notice.attempts + int(counts))


def readdress(session: Session, notice: Notice, to: Person, *, holder: str, at: datetime) -> bool:
    """Let it go to somebody else; when she is told the same herself, to nobody. Return whether it was held."""
    same = and_(Notice.address == notice.address, Notice.valid_until == notice.valid_until)
    if session.scalar(select(Notice.id).where(Notice.to_id == to.id, same).limit(1)) is not None:
        return suppress(session, notice.id, holder=holder, why="told already", at=at)
    return _report(session, notice.id, holder, to_id=to.id, **_back(at))


def unknown(session: Session, notice_id: int, *, holder: str, at: datetime) -> bool:
    """Report that nobody knows whether it arrived: it is sent once more, unless it may go at most once."""
    again = _report(session, notice_id, holder, _may_go_again(), **_back(at + BEFORE_RESENDING), **_one_more_unknown())
    return again or _settle(session, notice_id, holder, NoticeState.UNKNOWN, at, **_one_more_unknown())


def living_message(session: Session, person_id: int, thread: str) -> int | None:
    """Return the message this thread is shown in for this person, if there is one."""
    posted = session.get(Posted, (person_id, thread))
    return posted.message_id if posted else None


def remember_message(session: Session, person_id: int, thread: str, message_id: int) -> None:
    """Remember the message this thread is shown in from now on."""
    values = {"person_id": person_id, "thread": thread, "message_id": message_id}
    dialects.upsert(session, Posted, values, keys=[Posted.person_id, Posted.thread])


def take_lead(session: Session, name: str, *, holder: str, now: datetime, for_: timedelta) -> bool:
    """Take or renew the lead of a job only one process may do; return whether this holder leads."""
    values = {"name": name, "holder": holder, "until": now + for_}
    free = or_(Lease.holder == holder, Lease.until < now)
    return dialects.upsert(session, Lease, values, keys=[Lease.name], only_if=free)


def _settle_abandoned(session: Session, now: datetime) -> None:
    """A sender that died may have sent: the same doubt as a lost answer, and the same policy."""
    abandoned = and_(Notice.state == NoticeState.SENDING, Notice.leased_until < now)
    again = update(Notice).where(abandoned, _may_go_again())
    session.execute(again.values(**_back(now), **_one_more_unknown()))
    settled = {"state": NoticeState.UNKNOWN, "settled_at": now, "why": "abandoned"}
    session.execute(update(Notice).where(abandoned).values(**settled, **_one_more_unknown()))


def _expire(session: Session, now: datetime) -> None:
    stale = update(Notice).where(Notice.state == NoticeState.READY, Notice.valid_until < now)
    session.execute(stale.values(state=NoticeState.EXPIRED, settled_at=now))


def _hold_in_quiet_hours(session: Session, now: datetime) -> None:
    """A notice that pings nobody may go at any hour: it edits a message that is there, or comes without a sound."""
    waiting = and_(_due(now), Notice.urgent.is_(False), Notice.ping)
    zones = session.scalars(select(Person.zone).join(Notice, Notice.to_id == Person.id).where(waiting).distinct())
    for zone in zones.all():
        morning = quiet_until(rules(session), ZoneInfo(zone or rules(session).zone), now)
        if morning is not None:
            asleep = select(Person.id).where(Person.zone.is_not_distinct_from(zone))
            session.execute(update(Notice).where(waiting, Notice.to_id.in_(asleep)).values(due_at=morning))


def _gather(session: Session, now: datetime) -> None:
    """Put what waits for somebody in great number into one card; what is urgent or asks something comes alone.

    What is somebody else's turn now is left for the sender to readdress.
    """
    her_turn = or_(Notice.work_of_id == Notice.to_id, Notice.work_of_id.in_(duty.AWAY))
    calm = and_(
        _due(now), Notice.reason.is_not(None), Notice.urgent.is_(False), her_turn, Notice.to_id.not_in(duty.AWAY)
    )
    pages = func.count(case((Notice.ping, Notice.address)).distinct())
    crowded = select(Notice.to_id).where(calm).group_by(Notice.to_id).having(pages > MANY)
    for to_id in session.scalars(crowded).all():
        theirs = select(Notice).where(calm, Notice.to_id == to_id).order_by(Notice.id)
        _put_together(session, session.scalars(dialects.claimed(theirs, Notice)).all(), now)


def _put_together(session: Session, waiting: Sequence[Notice], now: datetime) -> None:
    card = Notice(key=f"gathered:{waiting[-1].id}", to_id=waiting[-1].to_id, address="", due_at=now)
    card.valid_until = max(notice.valid_until for notice in waiting)
    session.add(card)
    session.flush()
    card.address = f"/waited/{card.id}"
    for notice in waiting:
        notice.state, notice.settled_at, notice.gathered_into_id = NoticeState.GATHERED, now, card.id
    session.flush()


def _next_for_each(now: datetime) -> Select[Any]:
    """Return what each person is to be sent next; what is not urgent waits for what came before in its thread."""
    earlier = aliased(Notice)
    same = and_(earlier.to_id == Notice.to_id, earlier.thread == Notice.thread, earlier.state == NoticeState.READY)
    in_turn = or_(Notice.urgent, ~select(earlier.id).where(same, earlier.id < Notice.id).exists())
    busy = select(Notice.to_id).where(Notice.state == NoticeState.SENDING)
    first = func.coalesce(func.min(case((Notice.urgent, Notice.id))), func.min(Notice.id))
    nexts = select(first).where(_due(now), in_turn, Notice.to_id.not_in(busy)).group_by(Notice.to_id)
    query = select(Notice).join(Notice.to).options(contains_eager(Notice.to))
    query = query.where(Notice.id.in_(nexts), Notice.state == NoticeState.READY)
    return query.order_by(Notice.urgent.desc(), Notice.due_at, Notice.id).execution_options(populate_existing=True)


def _due(now: datetime) -> Any:
    return and_(Notice.state == NoticeState.READY, Notice.due_at <= now)


def _may_go_again() -> Any:
    return and_(Notice.at_most_once.is_(False), Notice.unknowns == 0)


def _back(until: datetime) -> dict[str, Any]:
    return {"state": NoticeState.READY, "due_at": until, "leased_by": None, "leased_until": None}


def _one_more_unknown() -> dict[str, Any]:
    return {"unknowns": Notice.unknowns + 1}


def _settle(session: Session, notice_id: int, holder: str, state: NoticeState, at: datetime, **facts: Any) -> bool:
    return _report(session, notice_id, holder, state=state, settled_at=at, leased_until=None, **facts)


def _report(session: Session, notice_id: int, holder: str, *conditions: Any, **values: Any) -> bool:
    held = (Notice.id == notice_id, Notice.state == NoticeState.SENDING, Notice.leased_by == holder)
    reported = update(Notice).where(*held, *conditions).values(**values).returning(Notice.id)
    done: Sequence[int] = session.scalars(reported.execution_options(synchronize_session="fetch")).all()
    return bool(done)
