"""Data requests: what a person asks to have done with her own data. They are no complaints, and none counts as one."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, Text, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base import Base, Id
from models.customer import Customer
from models.person import Person


class DataWish(StrEnum):
    """What she wants done."""

    SEE = "see"
    CORRECT = "correct"
    DELETE = "delete"
    WITHDRAW = "withdraw"


class RequestState(StrEnum):
    """Where it stands. The last two are final."""

    OPEN = "open"
    DONE = "done"
    REFUSED = "refused"


OPEN = text("state = 'open'")


class DataRequest(Base):
    """One request, with the day the law gives for it. There is one open request of each kind per person."""

    __tablename__ = "data_request"
    __table_args__ = (
        Index("uq_data_request_open", "person_id", "wish", unique=True, sqlite_where=OPEN, postgresql_where=OPEN),
        Index("ix_data_request_state_due", "state", "due_at"),
    )

    id: Mapped[Id]
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    customer_id: Mapped[int] = mapped_column(ForeignKey("customer.id"), index=True)
    wish: Mapped[DataWish]
    words: Mapped[str] = mapped_column(Text, default="")
    at: Mapped[datetime]
    due_at: Mapped[datetime]
    state: Mapped[RequestState] = mapped_column(default=RequestState.OPEN)
    version: Mapped[int] = mapped_column(default=1)
    settled_at: Mapped[datetime | None]
    settled_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    answer: Mapped[str] = mapped_column(Text, default="")

    person: Mapped[Person] = relationship(foreign_keys=person_id)
    customer: Mapped[Customer] = relationship()
    settled_by: Mapped[Person | None] = relationship(foreign_keys=settled_by_id)

    @property
    def number(self) -> str:
        """The number people quote."""
        return f"D{self.id:05d}"

    def late(self, now: datetime) -> bool:
        """Return whether the time the law gives is over and nobody has settled it."""
        return self.state is RequestState.OPEN and now > self.due_at
