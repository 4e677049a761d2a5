"""Satisfaction questionnaires: one row per question put to one person, with the answer beside it."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base import Base, Id
from models.complaint import Complaint
from models.customer import Contact, Customer
from models.person import Person
from models.visit import Visit


class Occasion(StrEnum):
    """Why we ask."""

    COMPLAINT = "complaint"
    VISIT = "visit"


class AskState(StrEnum):
    """Where a questionnaire stands."""

    QUEUED = "queued"
    SENT = "sent"
    ANSWERED = "answered"
    DECLINED = "declined"
    EXPIRED = "expired"
    SUPPRESSED = "suppressed"


class Questionnaire(Base):
    """A question of 1 to 5 and an optional reason (CSAT, domain 2.2). ``score`` 5 is very satisfied."""

    __tablename__ = "questionnaire"
    __table_args__ = (
        Index("ix_questionnaire_state_ask", "state", "ask_at"),
        Index("ix_questionnaire_answered", "answered_at"),
    )

    id: Mapped[Id]
    contact_id: Mapped[int] = mapped_column(ForeignKey("contact.id"), index=True)
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)
    customer_id: Mapped[int] = mapped_column(ForeignKey("customer.id"), index=True)
    rep_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    occasion: Mapped[Occasion]
    complaint_id: Mapped[int | None] = mapped_column(ForeignKey("complaint.id"), unique=True)
    visit_id: Mapped[int | None] = mapped_column(ForeignKey("visit.id"), unique=True)
    state: Mapped[AskState] = mapped_column(default=AskState.QUEUED)
    suppressed_because: Mapped[str | None] = mapped_column(String(24))
    ask_at: Mapped[datetime]
    closes_at: Mapped[datetime]
    score: Mapped[int | None]
    reason: Mapped[str] = mapped_column(Text, default="")
    answered_at: Mapped[datetime | None]

    contact: Mapped[Contact] = relationship()
    person: Mapped[Person | None] = relationship(foreign_keys=person_id)
    customer: Mapped[Customer] = relationship()
    rep: Mapped[Person] = relationship(foreign_keys=rep_id)
    complaint: Mapped[Complaint | None] = relationship()
    visit: Mapped[Visit | None] = relationship()

    @property
    def late(self) -> bool:
        """Whether it was answered after it had closed: kept, and left out of the score."""
        return self.answered_at is not None and self.answered_at > self.closes_at

    @property
    def held(self) -> bool:
        """Whether it was taken back because the complaint it asks about was opened again."""
        return self.state is AskState.QUEUED and self.complaint is not None and self.complaint.reopened > 0

    def closed(self, now: datetime) -> bool:
        """Return whether the time for answering is over."""
        return now > self.closes_at
