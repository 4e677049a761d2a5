"""Contracts with customers: what was agreed, for how much, and until when."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import BigInteger, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.attachment import Attachment
from models.base import Base, Id
from models.customer import Customer
from models.person import Person


class Contract(Base):
    """One contract. ``fen`` is its value in fen; ``told`` the days before its end that were announced last."""

    __tablename__ = "contract"
    __table_args__ = (Index("ix_contract_ends_told", "ends", "told"),)

    id: Mapped[Id]
    customer_id: Mapped[int] = mapped_column(ForeignKey("customer.id"), index=True)
    added_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    number: Mapped[str] = mapped_column(String(60))
    title: Mapped[str] = mapped_column(String(120))
    fen: Mapped[int | None] = mapped_column(BigInteger)
    starts: Mapped[date]
    ends: Mapped[date]
    note: Mapped[str] = mapped_column(Text, default="")
    told: Mapped[int | None]
    version: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[datetime]
    dropped_at: Mapped[datetime | None]

    customer: Mapped[Customer] = relationship()
    added_by: Mapped[Person] = relationship()
    attachments: Mapped[list[Attachment]] = relationship(
        primaryjoin="Attachment.contract_id == Contract.id", order_by=Attachment.id
    )

    @property
    def value(self) -> Decimal | None:
        """The value in yuan, exact; None when it is not known."""
        return None if self.fen is None else Decimal(self.fen) / 100
