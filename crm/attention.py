"""Attention: what waits for somebody. Late complaints, low scores nobody followed up, A customers, messages.

It only reads, and counts as the person may see.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Select, and_, exists, func, select
from sqlalchemy.orm import Session, joinedload

from crm import cadence, complaints, data_requests, deadlines, letters, surveys
from models.complaint import Complaint, Stage
from models.customer import Grade
from models.person import Person
from models.questionnaire import Questionnaire
from models.touch import Touch
from models.visit import Outcome, Visit

FRESH = timedelta(days=90)
"""How long a low score asks for a call; older ones belong to the summary."""


@dataclass(frozen=True)
class Attention:
    """How many things of each kind wait."""

    new: int
    complaints: int
    scores: int
    customers: int
    letters: int
    requests: int

    @property
    def nothing(self) -> bool:
        """Whether nothing waits."""
        waits = (self.new, self.complaints, self.scores, self.customers, self.letters, self.requests)
        return not any(waits)


def waiting(session: Session, actor: Person, *, now: datetime) -> Attention:
    """Return how many of each kind wait, as the actor may see: the customers are A customers overdue for a visit."""
    scores = _unheeded(actor, now).with_only_columns(func.count())
    late = {grade: late for grade, late, _every in session.execute(cadence.waiting_by_grade(session, actor, now=now))}
    unanswered = complaints.visible_to(actor).where(Complaint.stage == Stage.RECEIVED)
    return Attention(
        new=session.scalars(unanswered.with_only_columns(func.count())).one(),
        complaints=overdue_complaints(session, actor, now=now),
        scores=session.scalars(scores).one(),
        customers=late.get(Grade.A, 0),
        letters=session.scalar(select(func.count()).select_from(letters.unanswered(actor, now=now).subquery())) or 0,
        requests=data_requests.count_waiting(session, actor),
    )


def open_complaints(session: Session, actor: Person) -> int:
    """Return how many complaints of the actor's are not settled yet."""
    still_open = complaints.visible_to(actor).where(Complaint.open)
    return session.scalars(still_open.with_only_columns(func.count())).one()


def overdue_complaints(session: Session, actor: Person, *, now: datetime) -> int:
    """Return how many open complaints have a promised step that is late."""
    late = complaints.visible_to(actor).where(Complaint.open, deadlines.overdue(now))
    return session.scalars(late.with_only_columns(func.count())).one()


def low_scores(
    session: Session, actor: Person, *, now: datetime, limit: int = 6, offset: int = 0
) -> list[Questionnaire]:
    """Return the scores of 1 or 2 after which nobody has visited or called the customer, the oldest first."""
    rows = _unheeded(actor, now).options(joinedload(Questionnaire.customer), joinedload(Questionnaire.contact))
    rows = rows.order_by(Questionnaire.answered_at, Questionnaire.id)
    return list(session.scalars(rows.limit(limit).offset(offset)))


def _unheeded(actor: Person, now: datetime) -> Select[Questionnaire]:
    low = and_(Questionnaire.score <= surveys.LOW, Questionnaire.answered_at > now - FRESH)
    since = and_(Visit.customer_id == Questionnaire.customer_id, Visit.at > Questionnaire.answered_at)
    visited = exists(select(Visit.id).where(since, Visit.undone_at.is_(None), Visit.outcome != Outcome.NOBODY))
    later = and_(Touch.customer_id == Questionnaire.customer_id, Touch.at > Questionnaire.answered_at)
    called = exists(select(Touch.id).where(later, Touch.undone_at.is_(None)))
    return surveys.visible_to(actor).where(low, ~visited, ~called)
