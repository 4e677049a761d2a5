"""Visits and the reminders that follow from them."""

from __future__ import annotations

from datetime import date, datetime, time
from enum import StrEnum

from sqlalchemy import Column, ForeignKey, Index, String, Table, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.attachment import Attachment
from models.base import Base, Id
from models.customer import Contact, Customer
from models.person import Person


class VisitKind(StrEnum):
    """How the visit was made."""

    ROUTINE = "routine"
    AFTER_SALES = "after_sales"
    BUSINESS = "business"
    CARE = "care"
    CALL = "call"


class Outcome(StrEnum):
    """What came of the visit."""

    GOOD = "good"
    OPEN = "open"
    PROBLEM = "problem"
    NOBODY = "nobody"


visit_contact = Table(
    "visit_contact",
    Base.metadata,
    Column("visit_id", ForeignKey("visit.id"), primary_key=True),
    Column("contact_id", ForeignKey("contact.id"), primary_key=True),
)


class Visit(Base):
    """One visit a rep made to a customer. ``near`` tells whether the place she shared was the customer's.

    ``at`` is when she was there, ``logged_at`` when she said so. Without ``timed`` only the day of ``at`` is known.
    """

    __tablename__ = "visit"
    __table_args__ = (Index("ix_visit_customer_at", "customer_id", "at"), Index("ix_visit_rep_at", "rep_id", "at"))

    id: Mapped[Id]
    customer_id: Mapped[int] = mapped_column(ForeignKey("customer.id"))
    rep_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    kind: Mapped[VisitKind]
    outcome: Mapped[Outcome]
    note: Mapped[str] = mapped_column(Text, default="")
    next_step: Mapped[str] = mapped_column(Text, default="")
    next_visit: Mapped[date | None]
    at: Mapped[datetime]
    timed: Mapped[bool] = mapped_column(default=True)
    logged_at: Mapped[datetime]
    undone_at: Mapped[datetime | None]
    near: Mapped[bool | None]

    customer: Mapped[Customer] = relationship()
    rep: Mapped[Person] = relationship()
    met: Mapped[list[Contact]] = relationship(secondary=visit_contact, order_by=Contact.id)
    attachments: Mapped[list[Attachment]] = relationship(
        primaryjoin="Attachment.visit_id == Visit.id", order_by=Attachment.id
    )

    @property
    def number(self) -> str:
        """The number people quote."""
        return f"V{self.id:05d}"

    @property
    def counts(self) -> bool:
        """Whether it counts as a visit: calls do not, and neither do doors nobody opened (``VIS-02``)."""
        return self.kind is not VisitKind.CALL and self.outcome is not Outcome.NOBODY


class Place(Base):
    """Where a rep was when she shared it, by her own act, rounded to about 100 m. It is deleted after 30 days.

    It goes into one record: once it is ``used_at``, it is not spoken of again.
    """

    __tablename__ = "place"

    id: Mapped[Id]
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    latitude: Mapped[float]
    longitude: Mapped[float]
    at: Mapped[datetime] = mapped_column(index=True)
    used_at: Mapped[datetime | None]


class ReminderState(StrEnum):
    """Where a reminder stands."""

    PLANNED = "planned"
    SENT = "sent"
    DONE = "done"
    DROPPED = "dropped"


class DropReason(StrEnum):
    """Why something planned or proposed is not done."""

    PUT_OFF = "put_off"
    SETTLED = "settled"
    NOT_NEEDED = "not_needed"
    MISTAKE = "mistake"
    OTHER = "other_reason"


class Reminder(Base):
    """A promise to come back: a day in the rep's zone, and the moment it falls due. These rows are the rep's plan.

    ``hour`` is a time of her own choosing; without one it falls due at the reminder hour. ``visit_id`` is the visit,
    ``touch_id`` the call it was planned at, ``settled_by_id`` the one that kept the promise. What was dropped says why.
    """

    __tablename__ = "reminder"
    __table_args__ = (
        Index("ix_reminder_state_due", "state", "due_at"),
        Index("ix_reminder_rep_customer", "rep_id", "customer_id"),
    )

    id: Mapped[Id]
    rep_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    customer_id: Mapped[int] = mapped_column(ForeignKey("customer.id"))
    visit_id: Mapped[int | None] = mapped_column(ForeignKey("visit.id"), index=True)
    touch_id: Mapped[int | None] = mapped_column(ForeignKey("touch.id"), index=True)
    settled_by_id: Mapped[int | None] = mapped_column(ForeignKey("visit.id"), index=True)
    day: Mapped[date]
    hour: Mapped[time | None]
    zone: Mapped[str] = mapped_column(String(40))
    due_at: Mapped[datetime]
    why: Mapped[str] = mapped_column(Text, default="")
    state: Mapped[ReminderState] = mapped_column(default=ReminderState.PLANNED)
    version: Mapped[int] = mapped_column(default=1)
    settled_at: Mapped[datetime | None]
    dropped_because: Mapped[DropReason | None]
    dropped_words: Mapped[str] = mapped_column(Text, default="")

    rep: Mapped[Person] = relationship()
    customer: Mapped[Customer] = relationship()
    visit: Mapped[Visit | None] = relationship(foreign_keys=visit_id)
    settled_by: Mapped[Visit | None] = relationship(foreign_keys=settled_by_id)

    @property
    def open(self) -> bool:
        """Whether somebody still has to act on it."""
        return self.state in {ReminderState.PLANNED, ReminderState.SENT}
