"""Complaints: which there are, who may see them, and what they refuse (domain 1).

It only reads. They come from ``filing``, are judged in ``triage`` and go their way in ``moves``.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, Select, and_, case, false, not_, or_, select
from sqlalchemy.orm import Session, joinedload, selectinload

from crm import customers, deadlines, duty
from models.complaint import Complaint, Stage
from models.customer import Customer
from models.person import Permission, Person, Role
from models.problem import NotFound, Problem


class MoveRefused(Problem):
    """A complaint at this stage cannot take this step (``CMP-17``)."""

    audited = "complaint"


class NeedsALeader(Problem):
    """A grave complaint is closed, and any made lighter, by a leader who does not own it."""

    audited = "complaint"


class ReasonNeeded(Problem):
    """This step says why."""


def visible_to(actor: Person) -> Select[Complaint]:
    """Return the complaints this person may see (``CMP-03``).

    Staff see those of the customers they may see and those they filed or own; a customer's person her own.
    """
    if not actor.active:
        return select(Complaint).where(false())
    if customers.sees_all(actor):
        return select(Complaint)
    if actor.role is Role.CUSTOMER:
        return select(Complaint).where(Complaint.reporter_id == actor.id)
    hers = or_(Complaint.filed_by_id == actor.id, duty.is_hers(Complaint.owner_id, actor))
    return select(Complaint).where(or_(hers, Complaint.customer_id.in_(customers.ids_visible_to(actor))))


def find(session: Session, actor: Person, complaint_id: int) -> Complaint:
    """Return the complaint. Raises NotFound when there is none or it is not the actor's to see."""
    complaint = session.scalar(visible_to(actor).where(Complaint.id == complaint_id))
    if complaint is None:
        raise NotFound(what="complaint")
    return complaint


def reported_by(session: Session, actor: Person, complaint_id: int) -> Complaint:
    """Return the complaint, which the actor has reported herself. Raises NotFound."""
    complaint = find(session, actor, complaint_id)
    if complaint.reporter_id != actor.id or not actor.may(Permission.REPORT_PROBLEMS):
        raise NotFound(what="complaint")
    return complaint


def open_ones(
    session: Session, actor: Person, *, now: datetime, overdue_only: bool = False, limit: int = 6, offset: int = 0
) -> list[Complaint]:
    """Return what the department still owes an answer, the gravest first, then what falls due first."""
    open_now = visible_to(actor).where(Complaint.open).options(joinedload(Complaint.customer))
    open_now = open_now.where(deadlines.overdue(now)) if overdue_only else open_now
    open_now = open_now.order_by(Complaint.severity, Complaint.resolve_by, Complaint.id)
    return list(session.scalars(open_now.limit(limit).offset(offset)))


def still_open(session: Session, actor: Person) -> Sequence[Complaint]:
    """Return the actor's complaints that are not closed yet, with their history."""
    hers = visible_to(actor).where(Complaint.stage != Stage.FED_BACK).options(selectinload(Complaint.moves))
    return session.scalars(hers.order_by(Complaint.id)).all()


def between(
    session: Session, actor: Person, *, since: datetime, until: datetime, limit: int = 6, offset: int = 0
) -> list[Complaint]:
    """Return the complaints received from ``since`` until just before ``until``, the newest first."""
    received = visible_to(actor).where(Complaint.received_at >= since, Complaint.received_at < until)
    received = received.options(joinedload(Complaint.customer)).order_by(
        Complaint.received_at.desc(), Complaint.id.desc()
    )
    return list(session.scalars(received.limit(limit).offset(offset)))


def listed(
    session: Session,
    actor: Person,
    *,
    now: datetime,
    stages: Collection[Stage] = tuple(Stage),
    words: str = "",
    limit: int = 6,
    offset: int = 0,
) -> list[Complaint]:
    """Return complaints at these stages: late ones first, then what falls due first, closed ones last by date.

    ``words`` look for a number, or for a part of what was said or of the customer's name.
    """
    place = case((not_(Complaint.open), 2), (deadlines.overdue(now), 0), else_=1)
    some = visible_to(actor).where(Complaint.stage.in_(stages)).options(joinedload(Complaint.customer))
    some = some.where(_matching(words)) if words.strip() else some
    new = and_(Complaint.open, Complaint.acknowledged_at.is_(None))
    due = case((new, Complaint.acknowledge_by), (Complaint.open, Complaint.resolve_by))
    some = some.order_by(place, due, Complaint.received_at.desc(), Complaint.id.desc())
    return list(session.scalars(some.limit(limit).offset(offset)))


def address(complaint: Complaint) -> str:
    """Return the page of this complaint."""
    return f"/complaints/{complaint.id}"


def thread(complaint: Complaint) -> str:
    """Return the living message this complaint is shown in."""
    return f"complaint:{complaint.id}"


def _matching(words: str) -> ColumnElement[bool]:
    words = words.replace("\0", "").strip()
    number = words.lstrip("Cc")
    numbered = Complaint.id == int(number) if number.isdecimal() and len(number) < 10 else false()
    said = Complaint.words.icontains(words, autoescape=True)
    return or_(numbered, said, Complaint.customer.has(Customer.name.icontains(words, autoescape=True)))
