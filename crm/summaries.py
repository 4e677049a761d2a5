"""Summaries: the numbers a manager asks for, and the rows behind them.

A rep gets the numbers of her own work. It only reads: a few statements that add up, whatever the number of reps.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, tzinfo
from enum import StrEnum
from itertools import pairwise
from typing import Any

from sqlalchemy import ColumnElement, ColumnExpressionArgument, Select, and_, case, func, or_, select
from sqlalchemy.orm import Session, joinedload

from crm import cadence, complaints, customers, deadlines, surveys, visits
from crm.local_time import day_of, moment, zone_of
from crm.permission import require
from crm.rules import rules
from crm.shares import wilson
from models.complaint import Complaint
from models.customer import Customer, Grade
from models.person import Permission, Person, Role
from models.questionnaire import Questionnaire
from models.visit import Visit

A_WEEK = timedelta(days=7)
WEEKS = 8
SATISFIED = 4


class Period(StrEnum):
    """The stretch of time a summary speaks of; each ends now, except last week."""

    THIS_WEEK = "this_week"
    LAST_WEEK = "last_week"
    MONTH = "month"
    QUARTER = "quarter"


@dataclass(frozen=True)
class Satisfaction:
    """Answers given in time within a period, to the one question of 1 to 5."""

    n: int
    satisfied: int
    mean: float | None
    interval: tuple[float, float] | None
    """Where the true share of the satisfied lies, 0 to 1, with 95 %; None under ten answers (``SUR-16``)."""
    previous_n: int
    previous_satisfied: int

    @property
    def share(self) -> float | None:
        """The share of the satisfied (4 or 5), 0 to 1; None when too few answered to speak of one (``SUR-16``)."""
        return self.satisfied / self.n if self.interval else None


@dataclass(frozen=True)
class Summary:
    """What happened from ``since`` until just before ``until``, and how things stand now."""

    period: Period
    since: datetime
    until: datetime
    visits: int
    visits_by_rep: Sequence[tuple[Person, int]]
    visits_by_grade: Mapping[Grade, int]
    overdue_by_grade: Mapping[Grade, tuple[int, int]]
    """Customers who wait longer than their grade allows, and all customers."""
    complaints_new: int
    complaints_open: int
    complaints_overdue: int
    satisfaction: Satisfaction
    weeks: Sequence[tuple[date, int]]
    """The Monday of each of the last eight weeks, oldest first, and the visits made in it."""


def span(period: Period, now: datetime, zone: tzinfo) -> tuple[datetime, datetime]:
    """Return when the period began and ends, in UTC: weeks from Monday, months and quarters from their first, there."""
    today = day_of(now, zone)
    monday = today - timedelta(days=today.weekday())
    quarter = today.replace(month=(today.month - 1) // 3 * 3 + 1, day=1)
    spans = {
        Period.THIS_WEEK: (_midnight(monday, zone), now),
        Period.LAST_WEEK: (_midnight(monday - A_WEEK, zone), _midnight(monday, zone)),
        Period.MONTH: (_midnight(today.replace(day=1), zone), now),
        Period.QUARTER: (_midnight(quarter, zone), now),
    }
    return spans[period]


def summary(session: Session, actor: Person, period: Period, *, now: datetime) -> Summary:
    """Return the numbers of the period as this person may see them. Raises NotAllowed."""
    require(actor, Permission.SEE_SUMMARY)
    zone = zone_of(actor, rules(session))
    since, until = span(period, now, zone)
    made = and_(Visit.at >= since, Visit.at < until)
    by_grade = _visits_by_grade(session, actor, made)
    new, open_, overdue = _complaints(session, actor, since, until, now)
    return Summary(
        period=period,
        since=since,
        until=until,
        visits=sum(by_grade.values()),
        visits_by_rep=_visits_by_rep(session, actor, made),
        visits_by_grade=by_grade,
        overdue_by_grade=_overdue_by_grade(session, actor, now),
        complaints_new=new,
        complaints_open=open_,
        complaints_overdue=overdue,
        satisfaction=_satisfaction(session, actor, since, until),
        weeks=_weeks(session, actor, now, zone),
    )


def answers(
    session: Session, actor: Person, *, since: datetime, until: datetime, limit: int = 6, offset: int = 0
) -> list[Questionnaire]:
    """Return the answers the satisfaction number counts, the newest first. Raises NotAllowed."""
    require(actor, Permission.SEE_SUMMARY)
    with_names = (joinedload(Questionnaire.customer), joinedload(Questionnaire.contact))
    rows = _hers(surveys.visible_to(actor), actor).where(_counted(since, until)).options(*with_names)
    newest = rows.order_by(Questionnaire.answered_at.desc(), Questionnaire.id.desc())
    return list(session.scalars(newest.limit(limit).offset(offset)))


def _midnight(day: date, zone: tzinfo) -> datetime:
    return moment(day, time(), zone)


def _own_visits(actor: Person) -> Select[Visit]:
    on_site = visits.visible_to(actor).where(*cadence.ON_SITE)
    return on_site if actor.is_leader else on_site.where(Visit.rep_id == actor.id)


def _hers(asked: Select[Questionnaire], actor: Person) -> Select[Questionnaire]:
    return asked if actor.is_leader else asked.where(Questionnaire.rep_id == actor.id)


def _visits_by_grade(session: Session, actor: Person, made: ColumnElement[bool]) -> dict[Grade, int]:
    counted = _own_visits(actor).join(Visit.customer).where(made).group_by(Customer.grade)
    counts: dict[Grade, int] = dict(session.execute(counted.with_only_columns(Customer.grade, func.count())).all())
    return {grade: counts.get(grade, 0) for grade in Grade}


def _visits_by_rep(session: Session, actor: Person, made: ColumnElement[bool]) -> list[tuple[Person, int]]:
    """Every working rep by name, those with no visit too: it is no ranking (``SUP-05``). A manager's own team."""
    counted = _own_visits(actor).where(made).group_by(Visit.rep_id)
    per_rep = counted.with_only_columns(Visit.rep_id, func.count().label("n")).subquery()
    visits_made = func.coalesce(per_rep.c.n, 0)
    shown = Person.id == actor.id if not actor.is_leader else and_(Person.role == Role.REP, _present(per_rep.c.n))
    if actor.is_leader and not customers.sees_all(actor):
        shown = and_(shown, or_(Person.team_id == actor.team_id, per_rep.c.n.is_not(None)))
    rows = select(Person, visits_made).outerjoin(per_rep, per_rep.c.rep_id == Person.id)
    return [(person, n) for person, n in session.execute(rows.where(shown).order_by(Person.name, Person.id))]


def _present(n: ColumnElement[Any]) -> ColumnElement[bool]:
    return Person.withdrawn_at.is_(None) | n.is_not(None)


def _overdue_by_grade(session: Session, actor: Person, now: datetime) -> dict[Grade, tuple[int, int]]:
    rows = session.execute(cadence.waiting_by_grade(session, actor, now=now)).all()
    counts = {grade: (late, every) for grade, late, every in rows}
    return {grade: counts.get(grade, (0, 0)) for grade in Grade}


def _complaints(
    session: Session, actor: Person, since: datetime, until: datetime, now: datetime
) -> tuple[int, int, int]:
    new = and_(Complaint.received_at >= since, Complaint.received_at < until)
    late = and_(Complaint.open, deadlines.overdue(now))
    counts = (_count(new), _count(Complaint.open), _count(late))
    row = session.execute(complaints.visible_to(actor).with_only_columns(*counts)).one()
    return row[0], row[1], row[2]


def _satisfaction(session: Session, actor: Person, since: datetime, until: datetime) -> Satisfaction:
    now, before = _counted(since, until), _counted(since - (until - since), since)
    content = Questionnaire.score >= SATISFIED
    mean = func.avg(case((now, Questionnaire.score)))
    counts = (_count(now), _count(and_(now, content)), mean, _count(before), _count(and_(before, content)))
    query = _hers(surveys.visible_to(actor), actor).with_only_columns(*counts)
    n, satisfied, average, previous_n, previous_satisfied = session.execute(query).one()
    return Satisfaction(
        n=n,
        satisfied=satisfied,
        mean=None if average is None else float(average),
        interval=wilson(satisfied, n) if n >= rules(session).percent_from else None,
        previous_n=previous_n,
        previous_satisfied=previous_satisfied,
    )


def _counted(since: datetime, until: datetime) -> ColumnElement[bool]:
    """Answers given in the period and before their questionnaire closed."""
    given = and_(Questionnaire.answered_at >= since, Questionnaire.answered_at < until)
    return and_(given, Questionnaire.score.is_not(None), Questionnaire.answered_at <= Questionnaire.closes_at)


def _weeks(session: Session, actor: Person, now: datetime, zone: tzinfo) -> list[tuple[date, int]]:
    today = day_of(now, zone)
    this = today - timedelta(days=today.weekday())
    mondays = [this - A_WEEK * back for back in reversed(range(WEEKS))]
    starts = [_midnight(monday, zone) for monday in [*mondays, this + A_WEEK]]
    within = [and_(Visit.at >= start, Visit.at < end) for start, end in pairwise(starts)]
    query = _own_visits(actor).where(Visit.at >= starts[0]).with_only_columns(*(_count(week) for week in within))
    return list(zip(mondays, session.execute(query).one(), strict=True))


def _count(which: ColumnExpressionArgument[bool]) -> ColumnElement[int]:
    return func.count(case((which, 1)))
