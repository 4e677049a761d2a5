"""Touches: calls, mails and WeChat contacts. In touch, but nobody was there, so it is not a visit."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.attachment import Attachment
from models.base import Base, Id
from models.customer import Customer
from models.person import Person


class TouchKind(StrEnum):
    """By which way."""

    CALL = "call"
    MAIL = "mail"
    WECHAT = "wechat"


class Touch(Base):
    """One contact with a customer that was no visit: it counts as contact, never against the visits' cadence.

    ``at`` is when they were in touch, ``logged_at`` when it was said. Without ``timed`` only its day is known.
    """

    __tablename__ = "touch"
    __table_args__ = (Index("ix_touch_customer_at", "customer_id", "at"),)

    id: Mapped[Id]
    customer_id: Mapped[int] = mapped_column(ForeignKey("customer.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    kind: Mapped[TouchKind]
    note: Mapped[str] = mapped_column(Text, default="")
    at: Mapped[datetime]
    timed: Mapped[bool] = mapped_column(default=True)
    logged_at: Mapped[datetime | None]
    undone_at: Mapped[datetime | None]

    customer: Mapped[Customer] = relationship()
    person: Mapped[Person] = relationship()
    attachments: Mapped[list[Attachment]] = relationship(
        primaryjoin="Attachment.touch_id == Touch.id", order_by=Attachment.id
    )

    @property
    def said_at(self) -> datetime:
        """When it was logged; a row of an earlier version knows no other moment."""
        return self.logged_at or self.at
