"""Absences: who is away from which day until which, who stands in, and what happened meanwhile.

Who does the work meanwhile is decided in ``duty``. The clock begins and ends an absence. It leaves notices and
never sends.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, func, literal, or_, select, union_all
from sqlalchemy.orm import Session, joinedload

from crm import audit, business_time, cards, customers, handover, notices, people
from crm.handover import Estate
from crm.local_time import day_of, moment, zone_of
from crm.permission import require
from crm.reminders import DayHasPassed
from crm.rules import rules
from models import dialects
from models.absence import Absence, fit
from models.complaint import Complaint
from models.customer import Customer
from models.letter import Letter
from models.person import Permission, Person, Role
from models.problem import AlreadyDone, NotAllowed, NotFound, Problem
from models.visit import Visit

A_DAY = timedelta(days=1)


class UnfitDays(Problem):
    """An absence ends on its first day or later, and lasts a year at most."""


class UnfitDeputy(Problem):
    """A deputy is another colleague who may do the same work and is not away herself then."""


@dataclass(frozen=True)
class Happened:
    """How much came to one customer while its owner was away."""

    customer: Customer
    letters: int
    complaints: int
    visits: int


def may_set(actor: Person, person: Person) -> bool:
    """Return whether the actor says when this person is away: she herself, and who leads her team."""
    if actor.id == person.id:
        return actor.may(Permission.LOG_VISITS)
    own_kind = person.role is not Role.ADMIN or actor.role is Role.ADMIN
    colleague = person.active and person.role is not Role.CUSTOMER
    return customers.leads(actor, person) and own_kind and colleague


def whose(session: Session, actor: Person, person_id: int) -> Person:
    """Return the person whose absence the actor may set. Raises NotFound."""
    person = people.find(session, actor, person_id)
    if not may_set(actor, person):
        raise NotFound(what="person")
    return person


def find(session: Session, actor: Person, absence_id: int) -> Absence:
    """Return the absence; colleagues know when a colleague is away. Raises NotFound."""
    absence = session.get(Absence, absence_id) if actor.may(Permission.SEE_CUSTOMERS) else None
    if absence is None:
        raise NotFound(what="absence")
    return absence


def of(session: Session, person: Person) -> Absence | None:
    """Return the person's absence that lasts or is to come."""
    return session.scalar(_open_of(person))


def standing_in(session: Session, actor: Person) -> Sequence[Absence]:
    """Return the absences that last or are to come in which the actor stands in, the first first."""
    hers = select(Absence).where(Absence.deputy_id == actor.id, Absence.ended_at.is_(None))
    return session.scalars(hers.options(joinedload(Absence.person)).order_by(Absence.first_day, Absence.id)).all()


def deputies(
    session: Session, actor: Person, person: Person, *, first: date, last: date
) -> tuple[list[Person], list[Person]]:
    """Return who could stand in for the person in these days, and who could but is away herself then."""
    able = [one for one in people.staff(session, actor) if one.may_stand_in_for(person)]
    then = select(Absence.person_id).where(Absence.ended_at.is_(None))
    then = then.where(Absence.first_day <= last, Absence.last_day >= first)
    absent = set(session.scalars(then))
    return [one for one in able if one.id not in absent], [one for one in able if one.id in absent]


def plan(
    session: Session, actor: Person, person_id: int, *, first: date, last: date, deputy_id: int, at: datetime
) -> Absence:
    """Return the person's absence, to come or begun at once; the one that stands already is changed.

    The deputy is told, and so is the person when somebody else sets it. What has begun keeps its first day.
    Raises NotAllowed, NotFound, UnfitDays, DayHasPassed, UnfitDeputy; AlreadyDone when it was set this moment.
    """
    require(actor, Permission.LOG_VISITS)
    person = whose(session, actor, person_id)
    zone = zone_of(person, rules(session))
    standing = session.scalar(_open_of(person).with_for_update().execution_options(populate_existing=True))
    first = standing.first_day if standing and standing.lasts else first
    if not fit(first, last):
        raise UnfitDays
    for day in (last,) if standing and standing.lasts else (first, last):
        if day < day_of(at, zone):
            raise DayHasPassed(day=day)
    deputy = people.find(session, actor, deputy_id)
    if deputy not in deputies(session, actor, person, first=first, last=last)[0]:
        raise UnfitDeputy(deputy=deputy)
    days = {
        "first_day": first,
        "last_day": last,
        "begins_at": moment(first, time(), zone),
        "ends_at": moment(last + A_DAY, time(), zone),
    }
    absence = _set(session, standing, actor, person, deputy, at, **days)
    facts = {"person": person.id, "deputy": deputy.id, "first": first.isoformat(), "last": last.isoformat()}
    audit.note(session, actor, "absence.planned", absence, at, **facts)
    if absence.began_at is None and absence.begins_at <= at:
        _begin(session, absence, at)
    return absence


def end(session: Session, actor: Person, absence_id: int, *, at: datetime) -> Absence:
    """Return the absence, over: she is back early, or it was cancelled. The others are told.

    Raises NotFound, NotAllowed; AlreadyDone for the second tap.
    """
    absence = find(session, actor, absence_id)
    if not may_set(actor, absence.person):
        raise NotAllowed(permission=Permission.MANAGE_PEOPLE)
    session.refresh(absence, with_for_update=True)
    if not absence.open:
        raise AlreadyDone
    _finish(session, absence, actor, at)
    _tell(session, absence, actor, at, absence.person, absence.deputy)
    return absence


def take_effect(session: Session, *, now: datetime, limit: int = 100) -> int:
    """Begin the absences whose first day has come and end those whose last is over; return how many."""
    gone = or_(Absence.ends_at <= now, Absence.person.has(Person.withdrawn_at.is_not(None)))
    over = session.scalars(dialects.claimed(_open().where(gone).limit(limit), Absence)).all()
    for absence in over:
        _finish(session, absence, None, now)
    due = _open().where(Absence.began_at.is_(None), Absence.begins_at <= now)
    begun = session.scalars(dialects.claimed(due.limit(limit), Absence)).all()
    for absence in begun:
        _begin(session, absence, now)
    return len(over) + len(begun)


def to_take_over(session: Session, actor: Person, absence: Absence) -> Estate | None:
    """Return how much the person looks after, for her deputy; None for anybody else."""
    return handover.looked_after(session, absence.person) if absence.deputy_id == actor.id else None


def meanwhile(
    session: Session, actor: Person, absence: Absence, *, now: datetime, limit: int = 6, offset: int = 0
) -> list[Happened]:
    """Return what came to the person's customers while she was away, customer by customer. Raises NotFound."""
    if absence.person_id != actor.id or absence.began_at is None:
        raise NotFound(what="absence")
    rows = _happened(session, absence, now).order_by(Customer.name, Customer.id)
    return [Happened(*row) for row in session.execute(rows.limit(limit).offset(offset))]


def address(absence: Absence) -> str:
    """Return the page of this absence."""
    return f"/away/{absence.id}"


def _open() -> Select[Absence]:
    return select(Absence).where(Absence.ended_at.is_(None)).order_by(Absence.id)


def _open_of(person: Person) -> Select[Absence]:
    return _open().where(Absence.person_id == person.id)


def _set(
    session: Session,
    standing: Absence | None,
    actor: Person,
    person: Person,
    deputy: Person,
    at: datetime,
    **days: Any,
) -> Absence:
    """Write it down, anew or over what stands, and tell those it concerns."""
    values = {"deputy_id": deputy.id, "set_by_id": actor.id, "set_at": at, **days}
    before = standing.deputy if standing else deputy
    if standing is None:
        absence = dialects.insert_unless_there(session, Absence, {"person_id": person.id, **values})
        if absence is None:
            raise AlreadyDone
    else:
        absence = standing
        for name, value in values.items():
            setattr(absence, name, value)
        absence.version += 1
        session.flush()
        session.refresh(absence)
        session.expire(person, ["away"])
        handover.give_back(session)
    _tell(session, absence, actor, at, person, before, deputy)
    return absence


def _begin(session: Session, absence: Absence, at: datetime) -> None:
    absence.began_at = at
    session.flush()
    session.expire(absence.person, ["away"])
    handover.give_back(session)  # she may have stood in for somebody herself
    audit.note(session, None, "absence.began", absence, at, person=absence.person_id, deputy=absence.deputy_id)
    if day_of(absence.set_at, zone_of(absence.person, rules(session))) < absence.first_day:
        notices.take_back(session, address(absence), at=at)
        key = f"away:{absence.id}:begins:{absence.deputy_id}"
        notices.leave(session, absence.deputy, key=key, address=address(absence), at=at, personal=True)
    cards.refresh(session, absence.person, at=at)


def _finish(session: Session, absence: Absence, actor: Person | None, at: datetime) -> None:
    absence.ended_at, absence.version = at, absence.version + 1
    if absence.began_at is not None:  # she may be back early
        absence.last_day = min(absence.last_day, day_of(at, zone_of(absence.person, rules(session))))
    session.flush()
    session.expire(absence.person, ["away"])
    audit.note(session, actor, "absence.ended", absence, at, person=absence.person_id, deputy=absence.deputy_id)
    handover.give_back(session)
    for person in (absence.deputy, absence.person):
        cards.refresh(session, person, at=at)
    if absence.began_at is not None and actor is not absence.person:
        _welcome_back(session, absence, at)


def _tell(session: Session, absence: Absence, actor: Person, at: datetime, *whom: Person) -> None:
    """Put it before these people as it is now, but not before whoever has just set it."""
    notices.take_back(session, address(absence), at=at)
    for person in {one.id: one for one in whom if one.id != actor.id}.values():
        key = f"away:{absence.id}:{absence.version}:{person.id}"
        valid_for = 3 * notices.A_DAY
        notices.leave(session, person, key=key, address=address(absence), at=at, valid_for=valid_for, personal=True)


def _welcome_back(session: Session, absence: Absence, at: datetime) -> None:
    """Leave word of what happened meanwhile, without a sound, for her first working morning; of nothing, none."""
    if not session.execute(_happened(session, absence, at).limit(1)).first():
        return
    set_, zone = rules(session), zone_of(absence.person, rules(session))
    day = day_of(at, zone)
    while moment(day, set_.morning_card_at, zone) < at or not business_time.is_working(day, set_):
        day += A_DAY
    notices.leave(
        session,
        absence.person,
        key=f"away:{absence.id}:meanwhile",
        address=f"{address(absence)}/meanwhile",
        at=moment(day, set_.morning_card_at, zone),
        valid_for=7 * notices.A_DAY,
        ping=False,
        personal=True,
    )


def _happened(session: Session, absence: Absence, now: datetime) -> Select[Customer, int, int, int]:
    """Return the query for her customers to which something came, with how many messages, complaints and visits."""
    assert absence.began_at is not None  # noqa: S101 - the callers have looked
    zone = zone_of(absence.person, rules(session))
    # What came in the quiet hours it began in was not put before her any more, but before her deputy.
    since = notices.quiet_since(rules(session), zone, absence.began_at) or absence.began_at
    until = absence.ended_at or now

    def rows(model: Any, at: Any, *conditions: Any) -> Select[int, str]:
        came = select(model.customer_id.label("customer_id"), literal(model.__tablename__).label("what"))
        return came.where(at >= since, at <= until, *conditions)

    every = union_all(
        rows(Letter, Letter.at, Letter.author_id == Letter.person_id),
        rows(Complaint, Complaint.received_at),
        rows(Visit, Visit.at, Visit.undone_at.is_(None), Visit.rep_id != absence.person_id),
    ).subquery()

    def count(what: str) -> ColumnElement[int]:
        return func.count().filter(every.c.what == what)

    counted = select(Customer, count("letter"), count("complaint"), count("visit"))
    hers = counted.join(every, every.c.customer_id == Customer.id)
    return hers.where(Customer.owner_id == absence.person_id).group_by(Customer.id)
