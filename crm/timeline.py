"""The timeline: everything that passed between the department and one customer, in one list.

It only reads, and only what the actor may see. One statement finds a page of it, one more for each kind on the page.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Select, String, literal, select, union_all
from sqlalchemy.orm import Session

from crm import complaints, letters, surveys, touches, visits
from models.base import Base
from models.complaint import Complaint
from models.customer import Customer
from models.letter import Letter
from models.person import Person
from models.questionnaire import Questionnaire
from models.touch import Touch
from models.visit import Visit


class Happening(StrEnum):
    """What a line of the timeline is."""

    VISIT = "visit"
    TOUCH = "touch"
    COMPLAINT = "complaint"
    ANSWER = "answer"
    LETTER = "letter"


@dataclass(frozen=True)
class Entry:
    """One line: what it is, its record, and when it was."""

    what: Happening
    record: Any
    at: datetime


@dataclass(frozen=True)
class _Source:
    model: Any
    at: Any
    visible_to: Callable[[Person], Select[Any]]


_SOURCES: dict[Happening, _Source] = {
    Happening.VISIT: _Source(Visit, Visit.at, visits.visible_to),
    Happening.TOUCH: _Source(Touch, Touch.at, touches.visible_to),
    Happening.LETTER: _Source(Letter, Letter.at, letters.visible_to),
    Happening.COMPLAINT: _Source(Complaint, Complaint.received_at, complaints.visible_to),
    Happening.ANSWER: _Source(
        Questionnaire,
        Questionnaire.answered_at,
        lambda actor: surveys.visible_to(actor).where(Questionnaire.score.is_not(None)),
    ),
}


def of(session: Session, actor: Person, customer: Customer, *, limit: int = 6, offset: int = 0) -> list[Entry]:
    """Return what happened with this customer, the newest first."""
    every = union_all(*(_rows(what, actor, customer) for what in _SOURCES)).subquery()
    page = select(every).order_by(every.c.at.desc(), every.c.what, every.c.id.desc())
    found = session.execute(page.limit(limit).offset(offset)).all()
    records = _records(session, {(Happening(row.what), row.id) for row in found})
    return [Entry(Happening(row.what), records[row.what, row.id], row.at) for row in found]


def _rows(what: Happening, actor: Person, customer: Customer) -> Select[Any]:
    source = _SOURCES[what]
    seen = source.visible_to(actor).where(source.model.customer_id == customer.id)
    return seen.with_only_columns(
        literal(what.value, String).label("what"), source.model.id.label("id"), source.at.label("at")
    )


def _records(session: Session, wanted: set[tuple[Happening, int]]) -> dict[tuple[str, int], Base]:
    found: dict[tuple[str, int], Base] = {}
    for what, source in _SOURCES.items():
        ids = [id_ for kind, id_ in wanted if kind is what]
        if ids:
            rows = session.scalars(select(source.model).where(source.model.id.in_(ids)))
            found |= {(what.value, row.id): row for row in rows}
    return found
