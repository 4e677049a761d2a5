"""Duty: who does somebody's work now. Herself; while she is away her deputy; or else a leader (``VIS-05``).

Whoever leaves a notice, sends it, or asks whose task something is asks here. It only reads.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, exists, func, or_, select
from sqlalchemy.orm import InstrumentedAttribute, Session, aliased

from models.absence import Absence
from models.person import GRANTS, Person, Role


def on_duty(session: Session, person: Person) -> Person:
    """Return who does this person's work now.

    Herself unless she is away; then her deputy, if she can; then a manager of the team, one of all teams, an
    administrator, the first who is there. When nobody is, herself: better told on a holiday than nobody told.
    """
    if person.away is None:
        return person
    leader = select(Person).where(Person.id == _leader_there(person))
    return person.away.stand_in or session.scalar(leader) or person


def reached_for(session: Session, person: Person) -> Person:
    """Return who is reached when somebody turns to this person: a leader when whoever is on duty is not on Telegram."""
    now = on_duty(session, person)
    leader = select(Person).where(Person.id == _leader_there(person))
    return now if now.reachable else session.scalar(leader) or now


def each_once(session: Session, people: Sequence[Person], *, but: Person | None = None) -> list[Person]:
    """Return whom to tell, so that nobody is told twice who is told for somebody else as well.

    ``but`` has done it herself and needs no telling, for whomever she did it.
    """
    on = [(on_duty(session, person), person) for person in people]
    on.sort(key=lambda pair: pair[0] is pair[1])
    told = {now.id: person for now, person in on}  # whoever is told as herself comes last, and stays
    return [person for now_id, person in told.items() if but is None or now_id != but.id]


def does_work_of(session: Session, actor: Person, person: Person) -> bool:
    """Return whether the work is the actor's to do: her own always, another's while she is on duty for her."""
    return actor.id in {person.id, on_duty(session, person).id}


def stood_in_for(actor: Person) -> Select[int]:
    """Return the ids of those who are away now and whose deputy the actor is."""
    return select(Absence.person_id).where(Absence.deputy_id == actor.id, *_LASTS)


def covered_by(actor: Person) -> Select[int]:
    """Return the ids of those who are away now and whose work the actor does: as deputy, or as the leader on duty."""
    covered = stood_in_for(actor)
    return select(Person.id).where(Person.id.in_(covered) | _falls_to(actor)) if actor.is_leader else covered


def is_hers(
    column: InstrumentedAttribute[int] | InstrumentedAttribute[int | None], actor: Person
) -> ColumnElement[bool]:
    """Return the condition that the column names the actor, or somebody whose work she does now."""
    return or_(column == actor.id, column.in_(covered_by(actor)))


_LASTS = (Absence.began_at.is_not(None), Absence.ended_at.is_(None))
AWAY = select(Absence.person_id).where(*_LASTS)
"""The ids of those who are away now."""


def _falls_to(leader: Person) -> ColumnElement[bool]:
    """Return whether a person is away, her deputy cannot stand in, and this leader is the first who is there."""
    deputy = aliased(Person)
    fit = [and_(Person.role == a, deputy.role == b) for a in Role for b in Role if GRANTS[a] <= GRANTS[b]]
    stands_in = exists().where(Absence.person_id == Person.id, *_LASTS)
    stands_in = stands_in.where(Absence.deputy_id == deputy.id, deputy.id != Person.id, or_(*fit), _there(deputy))
    return and_(Person.id.in_(AWAY), ~stands_in.correlate(Person), _leader_there(Person) == leader.id)


def _leader_there(person: Any) -> ColumnElement[int]:
    """Return the id of the leader a person's work falls to: of one person, or of each row of people."""
    leader = aliased(Person)
    there = select(func.min(leader.id)).where(leader.id != person.id, _there(leader)).correlate(Person)
    manager = leader.role == Role.MANAGER
    of_the_team, of_all = leader.team_id == person.team_id, leader.team_id.is_(None)
    first_to_last = (and_(manager, of_the_team), and_(manager, of_all), leader.role == Role.ADMIN)
    return func.coalesce(*(there.where(kind).scalar_subquery() for kind in first_to_last))


def _there(person: Any) -> ColumnElement[bool]:
    """Return the condition that a row is of somebody who is reached, and not away herself."""
    reachable = and_(person.withdrawn_at.is_(None), person.telegram_id.is_not(None), person.unreachable_since.is_(None))
    return and_(reachable, person.id.not_in(AWAY))
