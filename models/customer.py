"""Customers: the firms the department serves, and the people in them."""

from __future__ import annotations

import re
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING

from sqlalchemy import Column, ForeignKey, Function, Index, String, Table, Text, func, text
from sqlalchemy.orm import InstrumentedAttribute, Mapped, mapped_column, relationship, validates

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


class Market(StrEnum):
    """What the customer does with what it buys (domain 4.6)."""

    PRODUCER = "producer"
    RESELLER = "reseller"
    GOVERNMENT = "government"


class Size(StrEnum):
    """How many people work there, in the classes of the national statistics: to 19, 299, 999, and more."""

    MICRO = "micro"
    SMALL = "small"
    MEDIUM = "medium"
    LARGE = "large"


class Ownership(StrEnum):
    """Whose the firm is. Unknown counts as state-owned wherever gifts are concerned (``GFT-01``)."""

    UNKNOWN = "unknown"
    PRIVATE = "private"
    STATE_OWNED = "state_owned"
    PUBLIC = "public"
    GOVERNMENT = "government"


class BuyingRole(StrEnum):
    """What somebody does when the customer buys (Webster and Wind 1972, Bonoma 1982; domain 4.3)."""

    INITIATOR = "initiator"
    USER = "user"
    INFLUENCER = "influencer"
    DECIDER = "decider"
    BUYER = "buyer"
    GATEKEEPER = "gatekeeper"


customer_tag = Table(
    "customer_tag",
    Base.metadata,
    Column("customer_id", ForeignKey("customer.id"), primary_key=True),
    Column("tag_id", ForeignKey("tag.id"), primary_key=True, index=True),
)


class Tag(Base):
    """A word the department sorts its customers by."""

    __tablename__ = "tag"

    id: Mapped[Id]
    word: Mapped[str] = mapped_column(String(20), unique=True)


class Customer(Base):
    """One firm. ``search_key`` holds its name, its pinyin and its initials for finding it by typing.

    ``registration`` is the number it is registered under (统一社会信用代码), as far as it is known; the place is in
    degrees, rounded to about 100 m; ``merged_into_id`` makes it a signpost to the file it was merged into.
    """

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
    market: Mapped[Market | None]
    size: Mapped[Size | None]
    ownership: Mapped[Ownership] = mapped_column(default=Ownership.UNKNOWN)
    registration: Mapped[str] = mapped_column(String(32), default="", index=True)
    latitude: Mapped[float | None]
    longitude: Mapped[float | None]

    merged_into_id: Mapped[int | None] = mapped_column(ForeignKey("customer.id"))

    owner: Mapped[Person] = relationship(foreign_keys=owner_id)
    contacts: Mapped[list[Contact]] = relationship(back_populates="customer", order_by="Contact.id")
    tags: Mapped[list[Tag]] = relationship(secondary=customer_tag, order_by="Tag.word")

    @property
    def gifts_as(self) -> Ownership:
        """The ownership that the rules about gifts go by: unknown is state-owned until somebody sets it."""
        return Ownership.STATE_OWNED if self.ownership is Ownership.UNKNOWN else self.ownership


def _letters(column: InstrumentedAttribute[str], first: int, count: int) -> Function[str]:
    # An index on an expression serves the same expression only: its numbers must be written, not given.
    return func.substr(column, text(str(first)), text(str(count)))


BEGINNING = _letters(Customer.name, 1, 4)
"""How the name of a firm begins, by which people call it in a sentence."""
BRANDS = (_letters(Customer.name, 1, 2), _letters(Customer.name, 3, 2), _letters(Customer.name, 4, 2))
"""What may be its brand: two characters at the beginning, or behind a place of two or three."""
FIRST_LETTERS = _letters(Customer.search_key, 1, 3)
"""How the first word of a name in letters begins."""
_initials = func.substr(Customer.search_key, func.length(Customer.name) + text("2"), text("4"))
SOUND = func.replace(_initials, text("'n'"), text("'l'"))
"""How the first four characters begin to be said, n as l. In the key the initials stand behind the name."""

Index("ix_customer_beginning", BEGINNING)
Index("ix_customer_brand_first", BRANDS[0])
Index("ix_customer_brand_third", BRANDS[1])
Index("ix_customer_brand_fourth", BRANDS[2])
Index("ix_customer_first_letters", FIRST_LETTERS)
Index("ix_customer_sound", SOUND)

# Almost no file is merged. An index that held the others too would tempt SQLite to fetch every customer one by one.
_merged = Customer.merged_into_id.is_not(None)
Index("ix_customer_merged_into_id", Customer.merged_into_id, sqlite_where=_merged, postgresql_where=_merged)


class Access(Base):
    """A colleague who may see a customer she does not own, by whose word and since when."""

    __tablename__ = "access"

    customer_id: Mapped[int] = mapped_column(ForeignKey("customer.id"), primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", use_alter=True), primary_key=True, index=True)
    granted_by_id: Mapped[int] = mapped_column(ForeignKey("person.id", use_alter=True))
    at: Mapped[datetime]

    person: Mapped[Person] = relationship(foreign_keys=person_id)
    granted_by: Mapped[Person] = relationship(foreign_keys=granted_by_id)


class Contact(Base):
    """A person at a customer.

    ``attitude`` is -2 (against us) to +2 (for us) and ``influence`` 1 to 5; both are judgements on business, held up
    by the fact in ``evidence`` (``BUY-01``). None is unknown. ``dialled`` is the telephone number to compare by.
    """

    __tablename__ = "contact"

    id: Mapped[Id]
    customer_id: Mapped[int] = mapped_column(ForeignKey("customer.id"), index=True)
    name: Mapped[str] = mapped_column(String(80), index=True)
    position: Mapped[str] = mapped_column(String(80), default="")
    phone: Mapped[str] = mapped_column(String(40), default="")
    dialled: Mapped[str] = mapped_column(String(11), default="", index=True)
    created_at: Mapped[datetime]
    attitude: Mapped[int | None]
    influence: Mapped[int | None]
    evidence: Mapped[str] = mapped_column(Text, default="")
    judged_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column(default=1)

    customer: Mapped[Customer] = relationship(back_populates="contacts")
    parts: Mapped[list[BuyingPart]] = relationship(order_by="BuyingPart.role", cascade="all, delete-orphan")

    @validates("phone")
    def _dial(self, _field: str, phone: str) -> str:
        self.dialled = dialled(phone)
        return phone

    @property
    def roles(self) -> list[BuyingRole]:
        """What she does when the customer buys, in the usual order; several are possible."""
        held = {part.role for part in self.parts}
        return [role for role in BuyingRole if role in held]


class BuyingPart(Base):
    """One role of one person in the customer's buying."""

    __tablename__ = "buying_part"

    contact_id: Mapped[int] = mapped_column(ForeignKey("contact.id"), primary_key=True)
    role: Mapped[BuyingRole] = mapped_column(primary_key=True)


def dialled(phone: str) -> str:
    """Return the last eleven digits, whatever the number is written like; "" when there are too few to compare by."""
    digits = re.sub(r"\D", "", phone)
    return digits[-11:] if len(digits) >= 7 else ""
