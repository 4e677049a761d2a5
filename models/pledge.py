"""Pledges: what somebody of ours promised somebody of theirs, and until when."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base import Base, Id
from models.customer import Contact, Customer
from models.person import Person


class PledgeState(StrEnum):
    """Where a pledge stands."""

    OPEN = "open"
    KEPT = "kept"
    DROPPED = "dropped"


class Pledge(Base):
    """One promise to a customer. ``day`` is the last day it is kept on; ``moved`` counts how often it was put off.

    ``visit_id`` is the visit it was made at, ``settled_by_id`` the one it was kept with.
    """

    __tablename__ = "pledge"
    __table_args__ = (
        Index("ix_pledge_customer_state", "customer_id", "state"),
        Index("ix_pledge_maker_state_day", "maker_id", "state", "day"),
    )

    id: Mapped[Id]
    customer_id: Mapped[int] = mapped_column(ForeignKey("customer.id"))
    maker_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    contact_id: Mapped[int | None] = mapped_column(ForeignKey("contact.id"), index=True)
    visit_id: Mapped[int | None] = mapped_column(ForeignKey("visit.id"), index=True)
    settled_by_id: Mapped[int | None] = mapped_column(ForeignKey("visit.id"), index=True)
    words: Mapped[str] = mapped_column(Text)
    day: Mapped[date]
    state: Mapped[PledgeState] = mapped_column(default=PledgeState.OPEN)
    moved: Mapped[int] = mapped_column(default=0)
    version: Mapped[int] = mapped_column(default=1)
    made_at: Mapped[datetime]
    settled_at: Mapped[datetime | None]

    customer: Mapped[Customer] = relationship()
    maker: Mapped[Person] = relationship()
    contact: Mapped[Contact | None] = relationship()

    @property
    def open(self) -> bool:
        """Whether somebody still has to keep it."""
        return self.state is PledgeState.OPEN
