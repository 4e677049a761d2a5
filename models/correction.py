"""Corrections: what a record said before, and which message its words came by."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base import Base, Id
from models.person import Person


class Correction(Base):
    """One field of one record put right: ``object`` is such as ``visit:7``. Rows are only ever added.

    What a list of people was stands there one name below the other.
    """

    __tablename__ = "correction"

    id: Mapped[Id]
    object: Mapped[str] = mapped_column(String(60), index=True)
    field: Mapped[str] = mapped_column(String(24))
    was: Mapped[str] = mapped_column(Text)
    became: Mapped[str] = mapped_column(Text)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    at: Mapped[datetime]

    person: Mapped[Person] = relationship()


class Origin(Base):
    """The message somebody said a record's words with: ``said`` is the part of them that stands in the record."""

    __tablename__ = "origin"

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True)
    message_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    object: Mapped[str] = mapped_column(String(60))
    said: Mapped[str] = mapped_column(Text)
