"""Duty: who does somebody's work now. Herself; while she is away her deputy; or else a leader (``VIS-05``).

Whoever leaves a notice, sends it, or asks whose task something is asks here. It only reads.
"""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import ColumnElement, Select, and_, case, or_, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from models.absence import Absence
from models.person import Person, Role


def on_duty(session: Session, person: Person) -> Person:
    """Return who does this person's work now.

    Herself unless she is away; then her deputy, if she can; then a manager of the team, one of all teams, an
    administrator, the first who is there. When nobody is, herself: better told on a holiday than nobody told.
    """
    if person.away is None:
        return person
    return person.away.stand_in or session.scalar(_leaders_there(person)) or person


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


def covered_by(actor: Person) -> Select[int]:
    """Return the ids of those who are away now and whose deputy the actor is."""
    return select(Absence.person_id).where(Absence.deputy_id == actor.id, *_LASTS)


def is_hers(
    column: InstrumentedAttribute[int] | InstrumentedAttribute[int | None], actor: Person
) -> ColumnElement[bool]:
    """Return the condition that the column names the actor, or somebody whose deputy she is now."""
    return or_(column == actor.id, column.in_(covered_by(actor)))


_LASTS = (Absence.began_at.is_not(None), Absence.ended_at.is_(None))
AWAY = select(Absence.person_id).where(*_LASTS)
"""The ids of those who are away now."""


def _leaders_there(person: Person) -> Select[Person]:
    manager = Person.role == Role.MANAGER
    rank = case(
        (and_(manager, Person.team_id == person.team_id), 0),
        (and_(manager, Person.team_id.is_(None)), 1),
        (Person.role == Role.ADMIN, 2),
    )
    there = and_(Person.withdrawn_at.is_(None), Person.telegram_id.is_not(None), Person.unreachable_since.is_(None))
    leaders = select(Person).where(rank.is_not(None), there, Person.id != person.id, Person.id.not_in(AWAY))
    return leaders.order_by(rank, Person.id).limit(1)
