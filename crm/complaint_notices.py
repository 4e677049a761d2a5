"""Who is told of a complaint: its reporter of every step, its handlers of what asks something of them.

It leaves notices and never sends; it changes nothing about a complaint but which lateness was told.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session

from crm import complaints, deadlines, duty, notices, people
from models import dialects
from models.complaint import Complaint, Stage
from models.notice import Reason
from models.person import Person

CALM = timedelta(minutes=10)
"""What is added so soon after the last ping is shown in the same card, without another."""
FOR_LEADERS = frozenset({Reason.LATE_ANSWER, Reason.LATE_REMEDY})
"""What leaders are told of any complaint; of the rest, only of grave ones (domain 1.6)."""


def tell_reporter(session: Session, actor: Person, complaint: Complaint, at: datetime) -> None:
    """Show her the step. What asks something of her is a new message: a remedy to be looked at, or that it is taken
    up again; every other step is seen in the message she knows, without a sound.
    """
    reporter = complaint.reporter
    if reporter is None or reporter.id == actor.id:
        return
    again = complaint.stage is Stage.INVESTIGATING and complaint.reopened_at == at
    notices.leave(
        session,
        reporter,
        key=f"complaint:{complaint.id}:{complaint.version}",
        address=complaints.address(complaint),
        thread=complaints.thread(complaint),
        ping=again or complaint.stage is Stage.RESOLVED,
        at=at,
        valid_for=7 * notices.A_DAY,
    )


def tell_handlers(
    session: Session,
    complaint: Complaint,
    at: datetime,
    reason: Reason,
    *,
    key: str | None = None,
    but: Person | None = None,
    urgent: bool = False,
) -> None:
    """Tell the owner; the leaders as well when it is grave or late, or when the owner cannot be told."""
    key = key or f"complaint:{complaint.id}:{complaint.version}"
    told = handlers_of(session, complaint, leaders=reason in FOR_LEADERS)
    for person in duty.each_once(session, told, but=but):
        notices.leave(
            session,
            person,
            key=f"{key}:{person.id}",
            address=complaints.address(complaint),
            thread=complaints.thread(complaint),
            reason=Reason.YOURS if _passed_to(person, complaint, reason) else reason,
            urgent=urgent,
            calm_for=CALM if reason in {Reason.ADDED, Reason.CORRECTED} else None,
            at=at,
            valid_for=3 * notices.A_DAY,
        )


def handlers_of(session: Session, complaint: Complaint, *, leaders: bool = False) -> list[Person]:
    """Return whose work it is: the owner's; with leaders, or when it is grave or the owner cannot be told, theirs."""
    owner = complaint.in_charge
    leaders = leaders or complaint.grave or not duty.on_duty(session, owner).reachable
    return [owner, *(people.leaders_of(session, complaint.customer) if leaders else [])]


def who_is_told(session: Session, complaint: Complaint) -> list[Person]:
    """Return who is reached now when it cannot wait, for the customer to know."""
    reached = [duty.on_duty(session, person) for person in handlers_of(session, complaint)]
    return [person for person in dict.fromkeys(reached) if person.reachable]


def announce_late(session: Session, *, now: datetime, limit: int = 100) -> int:
    """Tell owner and leaders of each promise that was broken, once for each clock (``CMP-15``); return how many."""
    answer = and_(deadlines.unanswered(now), Complaint.late_told < 1)
    remedy = and_(deadlines.unresolved(now), Complaint.late_told < 2)
    waiting = select(Complaint).where(Complaint.open, or_(answer, remedy))
    waiting = waiting.order_by(Complaint.severity, Complaint.id).limit(limit)
    broken = session.scalars(dialects.claimed(waiting, Complaint)).all()
    for complaint in broken:
        unresolved = complaint.resolved_at is None and complaint.resolve_by < now
        complaint.late_told = 2 if unresolved else 1
        reason = Reason.LATE_REMEDY if unresolved else Reason.LATE_ANSWER
        key = f"late:{complaint.id}:{complaint.late_told}:{complaint.reopened}"
        tell_handlers(session, complaint, now, reason, key=key)
    session.flush()
    return len(broken)


def _passed_to(person: Person, complaint: Complaint, reason: Reason) -> bool:
    """Return whether it became hers just now: what is opened a second time is a leader's (``CMP-23``)."""
    again = reason is Reason.REOPENED and complaint.reopened > 1
    return again and person.is_leader and complaint.owner_id == person.id
