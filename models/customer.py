"""Customers: the firms the department serves, and the people in them."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base import Base, Id

if TYPE_CHECKING:
    from models.person import Person


class Grade(StrEnum):
    """How much a customer matters: A key partners, B steady, C potential or new."""

    A = "A"
    B = "B"
    C = "C"


class Industry(StrEnum):
    """What the customer does."""

    MACHINERY = "machinery"
    METALLURGY = "metallurgy"
    ENERGY = "energy"
    CHEMICALS = "chemicals"
    AUTOMOTIVE = "automotive"
    ELECTRONICS = "electronics"
    FOOD = "food"
    MINING = "mining"
    TRADE = "trade"
    OTHER = "other"


class Region(StrEnum):
    """Where the customer is."""

    EAST = "east"
    NORTH = "north"
    NORTHEAST = "northeast"
    CENTRAL = "central"
    SOUTH = "south"
    SOUTHWEST = "southwest"
    NORTHWEST = "northwest"
    ABROAD = "abroad"


class Customer(Base):
    """One firm. ``search_key`` holds its name, its pinyin and its initials for finding it by typing."""

    __tablename__ = "customer"

    id: Mapped[Id]
    name: Mapped[str] = mapped_column(String(120), index=True)
    search_key: Mapped[str] = mapped_column(String(600), default="")
    grade: Mapped[Grade]
    industry: Mapped[Industry]
    region: Mapped[Region]
    owner_id: Mapped[int] = mapped_column(ForeignKey("person.id", use_alter=True), index=True)
    created_at: Mapped[datetime]
    version: Mapped[int] = mapped_column(default=1)

    owner: Mapped[Person] = relationship(foreign_keys=owner_id)
    contacts: Mapped[list[Contact]] = relationship(back_populates="customer", order_by="Contact.id")


class Contact(Base):
    """A person at a customer."""

    __tablename__ = "contact"

    id: Mapped[Id]
    customer_id: Mapped[int] = mapped_column(ForeignKey("customer.id"), index=True)
    name: Mapped[str] = mapped_column(String(80))
    position: Mapped[str] = mapped_column(String(80), default="")
    phone: Mapped[str] = mapped_column(String(40), default="")
    created_at: Mapped[datetime]

    customer: Mapped[Customer] = relationship(back_populates="contacts")
