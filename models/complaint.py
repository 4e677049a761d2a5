"""Complaints: their stages, the moves between them, and what is known of each."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, String, Text
from sqlalchemy.ext.hybrid import hybrid_property
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.attachment import Attachment
from models.base import Base, Id
from models.customer import Customer
from models.person import Person


class Stage(StrEnum):
    """Where a complaint stands (the regulation's gates: confirm, investigate, resolve, feed back)."""

    RECEIVED = "received"
    ACKNOWLEDGED = "acknowledged"
    INVESTIGATING = "investigating"
    RESOLVED = "resolved"
    FED_BACK = "fed_back"


class Severity(StrEnum):
    """How bad it is (domain 1.2), from the gravest. ``CMP-04``: S3 until a person says otherwise."""

    S1 = "S1"
    S2 = "S2"
    S3 = "S3"
    S4 = "S4"

    def lighter_than(self, other: Severity) -> bool:
        """Return whether it is less bad than the other."""
        return _ORDER.index(self) > _ORDER.index(other)

    @property
    def graver(self) -> Severity:
        """The next worse one; of the worst itself."""
        return _ORDER[max(_ORDER.index(self) - 1, 0)]


class Danger(StrEnum):
    """What in a complaint's words sounds as if it could not wait (``CMP-04``)."""

    SAFETY = "safety"
    STOPPED = "stopped"
    RECALL = "recall"


GRAVE = (Severity.S1, Severity.S2)
_ORDER = list(Severity)


class ComplaintKind(StrEnum):
    """What it is about."""

    QUALITY = "quality"
    DELIVERY = "delivery"
    SERVICE = "service"
    PAPERWORK = "paperwork"
    OTHER = "other"


MOVES: dict[Stage, frozenset[Stage]] = {
    Stage.RECEIVED: frozenset({Stage.ACKNOWLEDGED}),
    Stage.ACKNOWLEDGED: frozenset({Stage.INVESTIGATING}),
    Stage.INVESTIGATING: frozenset({Stage.RESOLVED}),
    Stage.RESOLVED: frozenset({Stage.FED_BACK, Stage.INVESTIGATING}),
    Stage.FED_BACK: frozenset(),
}


class Complaint(Base):
    """One complaint of a customer, in the customer's own words.

    ``proposed`` is the severity its words suggest, until a person has decided (``CMP-04``); ``late_told`` counts
    the clocks whose breach was reported: 1 for the first answer, 2 for the remedy. ``said_by`` names whose words a
    colleague has forwarded.
    """

    __tablename__ = "complaint"
    __table_args__ = (Index("ix_complaint_stage_received", "stage", "received_at"),)

    id: Mapped[Id]
    customer_id: Mapped[int] = mapped_column(ForeignKey("customer.id"), index=True)
    reporter_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)
    filed_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    owner_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)
    said_by: Mapped[str] = mapped_column(String(80), default="")
    words: Mapped[str] = mapped_column(Text)
    kind: Mapped[ComplaintKind | None]
    severity: Mapped[Severity] = mapped_column(default=Severity.S3)
    proposed: Mapped[Severity | None]
    stage: Mapped[Stage] = mapped_column(default=Stage.RECEIVED)
    version: Mapped[int] = mapped_column(default=1)
    remedy: Mapped[str] = mapped_column(Text, default="")
    received_at: Mapped[datetime]
    acknowledged_at: Mapped[datetime | None]
    resolved_at: Mapped[datetime | None]
    fed_back_at: Mapped[datetime | None]
    acknowledge_by: Mapped[datetime]
    resolve_by: Mapped[datetime]
    late_told: Mapped[int] = mapped_column(default=0)
    reopened: Mapped[int] = mapped_column(default=0)
    reopened_at: Mapped[datetime | None]

    customer: Mapped[Customer] = relationship()
    reporter: Mapped[Person | None] = relationship(foreign_keys=reporter_id)
    filed_by: Mapped[Person] = relationship(foreign_keys=filed_by_id)
    owner: Mapped[Person | None] = relationship(foreign_keys=owner_id)
    attachments: Mapped[list[Attachment]] = relationship(
        primaryjoin="Attachment.complaint_id == Complaint.id", order_by=Attachment.id
    )
    moves: Mapped[list[ComplaintMove]] = relationship(back_populates="complaint", order_by="ComplaintMove.id")

    @property
    def number(self) -> str:
        """The number people quote."""
        return f"C{self.id:05d}"

    @hybrid_property
    def open(self) -> bool:
        """Whether the department still owes the customer something: of one, or as the condition of a query."""
        return self.stage != Stage.FED_BACK

    @property
    def in_charge(self) -> Person:
        """Who looks after it: somebody of its own, or whoever looks after the customer."""
        return self.owner or self.customer.owner

    @property
    def proxy(self) -> bool:
        """Whether a rep filed it for a customer who did not write it here."""
        return self.filed_by_id != self.reporter_id

    @property
    def alarming(self) -> bool:
        """Whether it is of the gravest kind, or its words sound so and nobody has looked yet (``CMP-04``)."""
        return Severity.S1 in {self.severity, self.proposed}

    @property
    def pressing(self) -> bool:
        """Whether it is alarming and nothing was done about it yet: a remedy takes the mark away."""
        return self.alarming and self.resolved_at is None

    @property
    def said(self) -> str:
        """All its reporter said: the words it was filed with, and those added since."""
        added = (move.words for move in self.moves if move.actor_id == self.reporter_id)
        return "\n".join([self.words, *added])

    @property
    def grave(self) -> bool:
        """Whether its leaders are told of it from the beginning."""
        return self.severity in GRAVE or self.alarming

    def overdue(self, now: datetime) -> bool:
        """Return whether a promised step is late: an open overdue clock counts at once (``CMP-09``)."""
        if self.acknowledged_at is None and now > self.acknowledge_by:
            return True
        return self.resolved_at is None and now > self.resolve_by


class ComplaintMove(Base):
    """One step a complaint took: who, when, from where to where, and the words given (``CMP-18``)."""

    __tablename__ = "complaint_move"

    id: Mapped[Id]
    complaint_id: Mapped[int] = mapped_column(ForeignKey("complaint.id"), index=True)
    actor_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    at: Mapped[datetime]
    was: Mapped[Stage | None]
    became: Mapped[Stage]
    words: Mapped[str] = mapped_column(Text, default="")

    complaint: Mapped[Complaint] = relationship(back_populates="moves")
    actor: Mapped[Person] = relationship()
