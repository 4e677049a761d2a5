"""Cadence: when a customer was last visited, and who has waited longer than the grade allows. It only reads."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, func, or_, select
from sqlalchemy.orm import Session

from crm.customers import visible_to
from crm.local_time import company_zone, day_of, moment
from crm.rules import Rules, rules
from models.customer import Customer, Grade
from models.person import Person
from models.visit import Outcome, Visit, VisitKind

ON_SITE = (Visit.undone_at.is_(None), Visit.kind != VisitKind.CALL, Visit.outcome != Outcome.NOBODY)
"""What counts as a visit: calls do not, and neither do doors nobody opened (``VIS-02``)."""


def last_visit() -> Select[int, datetime]:
    """Return the query for when each customer was last visited; those never visited are left out."""
    return select(Visit.customer_id, func.max(Visit.at).label("at")).where(*ON_SITE).group_by(Visit.customer_id)


def last_visits(session: Session, customers: Iterable[Customer]) -> dict[int, datetime]:
    """Return when each of these customers was last visited, by customer id; those never visited are left out."""
    ids = [customer.id for customer in customers]
    rows = session.execute(last_visit().where(Visit.customer_id.in_(ids))).all() if ids else []
    return {row.customer_id: row.at for row in rows}


def overdue(
    session: Session,
    actor: Person,
    *,
    now: datetime,
    grade: Grade | None = None,
    limit: int = 6,
    offset: int = 0,
) -> list[tuple[Customer, datetime | None, int]]:
    """Return who has waited longer for a visit than the grade allows: customer, last visit, whole days over.

    Key customers come first, then those who wait longest; a customer never visited waits since it was added.
    """
    visited = last_visit().subquery()
    late = visible_to(actor).outerjoin(visited, visited.c.customer_id == Customer.id)
    late = late.where(_waits_too_long(session, visited.c.at, now)).add_columns(visited.c.at)
    late = late.order_by(Customer.grade, func.coalesce(visited.c.at, Customer.created_at), Customer.id)
    late = late if grade is None else late.where(Customer.grade == grade)
    rows: Sequence[Any] = session.execute(late.limit(limit).offset(offset)).all()
    return [(customer, last, _days_over(session, customer, last, now)) for customer, last in rows]


def waiting_by_grade(session: Session, actor: Person, *, now: datetime) -> Select[Grade, int, int]:
    """Return the query for grade, customers who wait longer than it allows, and all customers of it."""
    visited = last_visit().subquery()
    late = func.count(case((_waits_too_long(session, visited.c.at, now), 1)))
    every = visible_to(actor).outerjoin(visited, visited.c.customer_id == Customer.id).group_by(Customer.grade)
    return every.with_only_columns(Customer.grade, late, func.count())


def due_by(
    last: ColumnElement[datetime], gaps: Mapping[Grade, timedelta], day: date, rules: Rules
) -> ColumnElement[bool]:
    """Return the condition that by this day the gap of its grade is used up, since that moment or since it was added.

    Gaps are counted in days of the calendar where the company is, as everybody counts them.
    """
    since, zone = func.coalesce(last, Customer.created_at), company_zone(rules)
    until = {grade: moment(day - gap + timedelta(days=1), time(0), zone) for grade, gap in gaps.items()}
    return or_(*(and_(Customer.grade == grade, since < before) for grade, before in until.items()))


def due_on(customer: Customer, last: datetime | None, gaps: Mapping[Grade, timedelta], rules: Rules) -> date:
    """Return the day on which the gap of its grade is used up, since that moment or since it was added."""
    return day_of(last or customer.created_at, company_zone(rules)) + gaps[customer.grade]


def _waits_too_long(session: Session, last: ColumnElement[datetime], now: datetime) -> ColumnElement[bool]:
    """Its visit was due yesterday or before."""
    set_ = rules(session)
    return due_by(last, set_.cadence, day_of(now, company_zone(set_)) - timedelta(days=1), set_)


def _days_over(session: Session, customer: Customer, last: datetime | None, now: datetime) -> int:
    set_ = rules(session)
    return (day_of(now, company_zone(set_)) - due_on(customer, last, set_.cadence, set_)).days
