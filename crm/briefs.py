"""Briefs: what a rep should know of a customer before ringing the bell.

It only reads, in as many statements as there are lists, and only what the actor may see.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import case, func, not_
from sqlalchemy.orm import Session, joinedload

from crm import buying, complaints, contracts, deadlines, pledges, reminders, surveys, touches, visits
from crm.local_time import day_of, zone_of
from crm.rules import rules
from models.complaint import Complaint
from models.contract import Contract
from models.customer import BuyingRole, Customer
from models.person import Person
from models.pledge import Pledge
from models.questionnaire import Questionnaire
from models.touch import Touch
from models.visit import Reminder, Visit

LAST = 3
"""As many contacts, and complaints, as one looks at in a car park."""


@dataclass(frozen=True)
class Brief:
    """The last visits, newest first; how many complaints are open, and late; the promises still to be kept.

    ``missing_roles`` are those in the customer's buying that nobody known there has; ``touch`` is the last call,
    mail or WeChat contact, ``contract`` the one that ends next, ``pledges`` what is still owed.
    """

    visits: Sequence[Visit]
    complaints: int
    late: int
    reminders: Sequence[Reminder]
    missing_roles: Sequence[BuyingRole]
    touch: Touch | None
    contract: Contract | None
    pledges: Sequence[Pledge]

    @property
    def no_role_known(self) -> bool:
        """Whether there are people on file, and nobody's part in buying is."""
        return len(self.missing_roles) == len(BuyingRole)

    @property
    def last(self) -> Visit | None:
        """The visit before this one."""
        return self.visits[0] if self.visits else None


def brief(session: Session, actor: Person, customer: Customer, *, now: datetime) -> Brief:
    """Return what is known of the customer."""
    open_ones, late = _complaints(session, actor, customer, now)
    return Brief(
        made_to(session, actor, customer, limit=3),
        open_ones,
        late,
        promised(session, actor, customer),
        buying.missing_roles(session, customer),
        touches.last(session, actor, customer),
        contracts.next_end(session, actor, customer, today=day_of(now, zone_of(actor, rules(session)))),
        pledges.open_to(session, actor, customer),
    )


@dataclass(frozen=True)
class Preparation:
    """What to know at the door: the last contacts of any kind, open complaints, the last score, the last next step."""

    known: Brief
    contacts: Sequence[Visit | Touch]
    complaints: Sequence[Complaint]
    score: Questionnaire | None
    step: Visit | None


def preparation(session: Session, actor: Person, customer: Customer, *, now: datetime) -> Preparation:
    """Return what is to be known before a visit to the customer."""
    known = brief(session, actor, customer, now=now)
    spoken = touches.visible_to(actor).where(Touch.customer_id == customer.id).order_by(Touch.at.desc()).limit(LAST)
    both: list[Visit | Touch] = [*known.visits, *session.scalars(spoken)]
    listed = complaints_of(session, actor, customer, limit=LAST)
    scores = surveys.visible_to(actor).where(Questionnaire.customer_id == customer.id, Questionnaire.score.is_not(None))
    return Preparation(
        known,
        sorted(both, key=lambda one: one.at, reverse=True)[:LAST],
        [complaint for complaint in listed if complaint.open],
        session.scalar(scores.order_by(Questionnaire.answered_at.desc()).limit(1)),
        next((visit for visit in known.visits if visit.next_step), None),
    )


def made_to(session: Session, actor: Person, customer: Customer, *, limit: int = 6, offset: int = 0) -> Sequence[Visit]:
    """Return the visits made to this customer, the newest first."""
    made = visits.visible_to(actor).where(Visit.customer_id == customer.id).options(joinedload(Visit.rep))
    return session.scalars(made.order_by(Visit.at.desc(), Visit.id.desc()).limit(limit).offset(offset)).all()


def complaints_of(
    session: Session, actor: Person, customer: Customer, *, limit: int = 6, offset: int = 0
) -> Sequence[Complaint]:
    """Return the customer's complaints, the open ones first, then the newest."""
    made = complaints.visible_to(actor).where(Complaint.customer_id == customer.id)
    made = made.order_by(not_(Complaint.open), Complaint.received_at.desc(), Complaint.id.desc())
    return session.scalars(made.limit(limit).offset(offset)).all()


def promised(session: Session, actor: Person, customer: Customer) -> Sequence[Reminder]:
    """Return the open promises to come back to this customer, the first due first."""
    mine = reminders.visible_to(actor).where(Reminder.customer_id == customer.id, Reminder.state.in_(reminders.OPEN))
    return session.scalars(mine.order_by(Reminder.due_at, Reminder.id)).all()


def _complaints(session: Session, actor: Person, customer: Customer, now: datetime) -> tuple[int, int]:
    """Return how many complaints of the customer are open, and how many of these are late."""
    open_ones = complaints.visible_to(actor).where(Complaint.customer_id == customer.id, Complaint.open)
    late = func.count(case((deadlines.overdue(now), 1)))
    row = session.execute(open_ones.with_only_columns(func.count(), late)).one()
    return row[0], row[1]
