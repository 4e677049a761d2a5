"""Absences: when somebody is away, and who stands in for her."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base import Base, Id
from models.person import Person

LONGEST = 366
"""Days."""
_OPEN = text("ended_at IS NULL")


def fit(first: date, last: date) -> bool:
    """Return whether an absence may last from the first day to the last, both included."""
    return 0 <= (last - first).days < LONGEST


class Absence(Base):
    """One absence, from the first day to the last, both included, where the person lives.

    The clock begins it and ends it: ``began_at`` and ``ended_at`` say when that was. Between the two its person is
    away. One that ended without having begun was cancelled. A person has one at most that has not ended.
    """

    __tablename__ = "absence"
    __table_args__ = (
        Index("ix_absence_open", "person_id", unique=True, sqlite_where=_OPEN, postgresql_where=_OPEN),
        Index("ix_absence_deputy_id", "deputy_id"),
    )

    id: Mapped[Id]
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    deputy_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    first_day: Mapped[date]
    last_day: Mapped[date]
    begins_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    began_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    set_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    set_at: Mapped[datetime]
    version: Mapped[int] = mapped_column(default=1)

    person: Mapped[Person] = relationship(foreign_keys=person_id)
    deputy: Mapped[Person] = relationship(foreign_keys=deputy_id)
    set_by: Mapped[Person] = relationship(foreign_keys=set_by_id)

    @property
    def open(self) -> bool:
        """Whether it is to come, or lasts."""
        return self.ended_at is None

    @property
    def lasts(self) -> bool:
        """Whether the person is away now."""
        return self.began_at is not None and self.ended_at is None

    @property
    def stand_in(self) -> Person | None:
        """The deputy, as long as she can do it and is not away herself."""
        able = self.deputy.may_stand_in_for(self.person) and self.deputy.away is None
        return self.deputy if able else None
