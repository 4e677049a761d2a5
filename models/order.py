"""Orders: what a customer bought, and for how much. They come in from tables; nobody types them here."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import BigInteger, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base import Base, Id
from models.customer import Customer


class Order(Base):
    """One order. ``amount`` is in fen; ``family`` is the product family as the firm calls it."""

    __tablename__ = "customer_order"
    __table_args__ = (Index("uq_customer_order_number", "customer_id", "number", unique=True),)

    id: Mapped[Id]
    customer_id: Mapped[int] = mapped_column(ForeignKey("customer.id"))
    number: Mapped[str] = mapped_column(String(60))
    day: Mapped[date] = mapped_column(index=True)
    amount: Mapped[int] = mapped_column(BigInteger)
    family: Mapped[str] = mapped_column(String(80), default="")
    created_at: Mapped[datetime]

    customer: Mapped[Customer] = relationship()
