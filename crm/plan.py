"""The plan: what a rep is to do, from the promises she made and from the gaps her customers' grades allow.

``VIS-01``: the next visit is due a gap after the last one, the next contact a shorter gap after the last contact.
Calls are contacts and not visits; a door nobody opened is neither (``VIS-02``). It only proposes: nothing here is a
promise until the rep plans it, and what she declines is not proposed again for a while.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, or_, select
from sqlalchemy.orm import Session

from crm import audit, cadence, customers, reminders
from crm.local_time import company_zone, day_of, moment, zone_of
from crm.permission import require
from crm.rules import Rules, rules
from models.customer import Customer
from models.person import Permission, Person
from models.touch import Touch
from models.visit import DropReason, Outcome, Reminder, ReminderState, Visit


class Need(StrEnum):
    """What a customer has waited for too long."""

    VISIT = "visit"
    CONTACT = "contact"


@dataclass(frozen=True)
class Proposal:
    """A customer whose time has come: for what, since which day, how many days ago, and when there was one last."""

    customer: Customer
    need: Need
    due: date
    over: int
    last: datetime | None


@dataclass(frozen=True)
class Day:
    """One day of a rep: promises for it, promises left over from before, and whom the cadence proposes."""

    due: Sequence[Reminder]
    overdue: Sequence[Reminder]
    proposed: int

    @property
    def firms_due(self) -> int:
        """How many customers the promises for it are about."""
        return len({reminder.customer_id for reminder in self.due})

    @property
    def firms_overdue(self) -> int:
        """How many customers the promises left over are about."""
        return len({reminder.customer_id for reminder in self.overdue})


def day(session: Session, actor: Person, *, now: datetime) -> Day:
    """Return the actor's own day."""
    today = day_of(now, zone_of(actor, rules(session)))
    promised = reminders.due(session, actor, on_or_before=today)
    late = [reminder for reminder in promised if reminder.day < today]
    due = sorted((r for r in promised if r.day == today), key=lambda r: (r.hour or time(), r.id))
    proposed = session.scalar(_due_by_cadence(session, actor, now).with_only_columns(func.count())) or 0
    return Day(due, late, proposed)


def proposals(session: Session, actor: Person, *, now: datetime, limit: int = 6, offset: int = 0) -> list[Proposal]:
    """Return the actor's own customers whose gap is used up and for whom nothing is planned, key customers first."""
    rows = _due_by_cadence(session, actor, now).order_by(
        Customer.grade, func.coalesce(_VISITED.c.at, Customer.created_at), Customer.id
    )
    found: Sequence[Any] = session.execute(rows.limit(limit).offset(offset)).all()
    return [_proposal(customer, visited, contacted, rules(session), now) for customer, visited, contacted in found]


def proposal(session: Session, customer: Customer, *, now: datetime) -> Proposal:
    """Return what is due next for this customer, and when, by the gaps of its grade."""
    seen = select(_VISITED.c.at).where(_VISITED.c.customer_id == customer.id)
    spoken = select(_CONTACTED.c.at).where(_CONTACTED.c.customer_id == customer.id)
    visited, contacted = session.scalar(seen), session.scalar(spoken)
    return _proposal(customer, visited, contacted, rules(session), now)


def next_visit_due(session: Session, customer: Customer) -> date:
    """Return until when this customer is to be visited on site (``VIS-01``)."""
    seen = session.scalar(select(_VISITED.c.at).where(_VISITED.c.customer_id == customer.id))
    return cadence.due_on(customer, seen, rules(session).cadence, rules(session))


def visits_this_month(session: Session, actor: Person, customer: Customer, *, now: datetime) -> int:
    """Return how often the customer was visited on site since the first of the month."""
    zone = zone_of(actor, rules(session))
    since = moment(day_of(now, zone).replace(day=1), time(0), zone)
    made = select(func.count(Visit.id)).where(*cadence.ON_SITE, Visit.customer_id == customer.id, Visit.at >= since)
    return session.scalar(made) or 0


def decline(
    session: Session, actor: Person, *, customer: Customer, because: DropReason, words: str = "", at: datetime
) -> Reminder:
    """Return the proposal, dropped for this reason, which is kept with the plan. Raises NotAllowed, NotFound."""
    require(actor, Permission.LOG_VISITS)
    customers.find(session, actor, customer.id)
    zone = zone_of(actor, rules(session))
    dropped = Reminder(rep_id=actor.id, customer_id=customer.id, day=day_of(at, zone), zone=zone.key, due_at=at)
    dropped.state, dropped.settled_at = ReminderState.DROPPED, at
    dropped.dropped_because, dropped.dropped_words = because, words
    session.add(dropped)
    session.flush()
    audit.note(session, actor, "proposal.declined", dropped, at, customer=customer.id, because=because.value)
    return dropped


def _last_contact() -> Any:
    """Whatever was two-way: a visit, a call, a mail or a message that was answered and logged."""
    visits = select(Visit.customer_id, Visit.at).where(Visit.undone_at.is_(None), Visit.outcome != Outcome.NOBODY)
    touches = select(Touch.customer_id, Touch.at).where(Touch.undone_at.is_(None))
    made = visits.union_all(touches).subquery()
    return select(made.c.customer_id, func.max(made.c.at).label("at")).group_by(made.c.customer_id)


_VISITED = cadence.last_visit().subquery("visited")
_CONTACTED = _last_contact().subquery("contacted")


def _due_by_cadence(session: Session, actor: Person, now: datetime) -> Select[Any]:
    """Return the query for the actor's own customers whose time has come, with the last visit and contact."""
    set_ = rules(session)
    today = day_of(now, company_zone(set_))
    own = customers.visible_to(actor).where(Customer.owner_id == actor.id)
    own = own.outerjoin(_VISITED, _VISITED.c.customer_id == Customer.id)
    own = own.outerjoin(_CONTACTED, _CONTACTED.c.customer_id == Customer.id)
    due = or_(
        cadence.due_by(_VISITED.c.at, set_.cadence, today, set_),
        cadence.due_by(_CONTACTED.c.at, set_.contact_cadence, today, set_),
    )
    planned = select(Reminder.customer_id).where(Reminder.rep_id == actor.id, _speaks_for_it(set_, now))
    return own.where(due, Customer.id.not_in(planned)).add_columns(_VISITED.c.at, _CONTACTED.c.at)


def _speaks_for_it(rules: Rules, now: datetime) -> ColumnElement[bool]:
    """It is planned already, or the rep has said no lately."""
    declined = and_(
        Reminder.state == ReminderState.DROPPED,
        Reminder.dropped_because.is_not(None),
        Reminder.settled_at > now - rules.proposed_again_after,
    )
    return or_(Reminder.state.in_(reminders.OPEN), declined)


def _proposal(
    customer: Customer,
    visited: datetime | None,
    contacted: datetime | None,
    rules: Rules,
    now: datetime,
) -> Proposal:
    """A visit that is due is proposed even when a call was due before it: it is both."""
    today = day_of(now, company_zone(rules))
    visit = cadence.due_on(customer, visited, rules.cadence, rules)
    contact = cadence.due_on(customer, contacted, rules.contact_cadence, rules)
    if visit <= max(contact, today):
        return Proposal(customer, Need.VISIT, visit, (today - visit).days, visited)
    return Proposal(customer, Need.CONTACT, contact, (today - contact).days, contacted)
