"""Letters: what a customer's person and her rep write to each other through the bot."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.attachment import Attachment
from models.base import Base, Id
from models.customer import Customer
from models.person import Person


class Letter(Base):
    """One message. ``person_id`` is the customer's person it is exchanged with, whoever of the two wrote it."""

    __tablename__ = "letter"
    __table_args__ = (Index("ix_letter_customer_at", "customer_id", "at"),)

    id: Mapped[Id]
    customer_id: Mapped[int] = mapped_column(ForeignKey("customer.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    author_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    words: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime]
    settled_at: Mapped[datetime | None]
    """When somebody said that it needs no answer."""

    customer: Mapped[Customer] = relationship()
    person: Mapped[Person] = relationship(foreign_keys=person_id)
    author: Mapped[Person] = relationship(foreign_keys=author_id)
    attachments: Mapped[list[Attachment]] = relationship(
        primaryjoin="Attachment.letter_id == Letter.id", order_by=Attachment.id
    )

    @property
    def from_customer(self) -> bool:
        """Whether the customer's person wrote it."""
        return self.author_id == self.person_id
