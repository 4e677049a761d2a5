"""Sheets: tables somebody sent to be taken into the file, row by row, and what became of each row."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base import Base, Id
from models.person import Person


class SheetKind(StrEnum):
    """What stands in its rows."""

    CUSTOMERS = "customers"
    CONTACTS = "contacts"
    ORDERS = "orders"


class SheetState(StrEnum):
    """Where a sheet stands. The first, third and fifth are work for the bot, to be done outside of any turn."""

    RECEIVED = "received"
    READY = "ready"
    CONFIRMED = "confirmed"
    DONE = "done"
    UNDOING = "undoing"
    UNDONE = "undone"
    DISCARDED = "discarded"
    REFUSED = "refused"
    REPEATED = "repeated"


WORK = frozenset({SheetState.RECEIVED, SheetState.CONFIRMED, SheetState.UNDOING})
STANDING = frozenset({SheetState.READY, SheetState.CONFIRMED, SheetState.DONE, SheetState.UNDOING})
"""While a sheet is in one of these, the same file is not read a second time."""


class Verdict(StrEnum):
    """What is to become of a row, or what became of it."""

    NEW = "new"
    KNOWN = "known"
    TWICE = "twice"
    WRONG = "wrong"
    MADE = "made"
    UNDONE = "undone"
    STAYED = "stayed"


class Sheet(Base):
    """One file. ``heads`` is its header as it stands there, ``columns`` what each column means to us.

    ``why`` says in facts why it was refused; ``counts`` how many rows have each verdict; ``digest`` is of its bytes.
    """

    __tablename__ = "sheet"
    __table_args__ = (
        Index("ix_sheet_kind_digest", "kind", "digest"),
        Index("ix_sheet_state", "state"),
    )

    id: Mapped[Id]
    by_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    kind: Mapped[SheetKind]
    name: Mapped[str] = mapped_column(String(200))
    file_id: Mapped[str] = mapped_column(String(200))
    digest: Mapped[str] = mapped_column(String(64), default="")
    state: Mapped[SheetState] = mapped_column(default=SheetState.RECEIVED)
    version: Mapped[int] = mapped_column(default=1)
    heads: Mapped[list[Any]]
    columns: Mapped[list[Any]]
    why: Mapped[dict[str, Any]]
    counts: Mapped[dict[str, Any]]
    same_as_id: Mapped[int | None] = mapped_column(ForeignKey("sheet.id"))
    attempts: Mapped[int] = mapped_column(default=0)
    leased_until: Mapped[datetime | None]
    at: Mapped[datetime]
    done_at: Mapped[datetime | None]
    undone_at: Mapped[datetime | None]

    by: Mapped[Person] = relationship()

    def count(self, verdict: Verdict) -> int:
        """Return how many rows have this verdict."""
        return int(self.counts.get(verdict.value, 0))


class SheetRow(Base):
    """One row, by its number in the file. ``given`` is what it says to us, ``cells`` what stands there if it is wrong.

    ``key`` tells rows that mean the same thing; ``made_id`` is what it became.
    """

    __tablename__ = "sheet_row"
    __table_args__ = (
        Index("ix_sheet_row_verdict", "sheet_id", "verdict", "line"),
        Index("ix_sheet_row_key", "sheet_id", "key"),
    )

    sheet_id: Mapped[int] = mapped_column(ForeignKey("sheet.id"), primary_key=True)
    line: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    verdict: Mapped[Verdict]
    key: Mapped[str] = mapped_column(String(32), default="")
    given: Mapped[dict[str, Any]]
    cells: Mapped[list[Any]]
    wrong: Mapped[list[Any]]
    made_id: Mapped[int | None]
    at: Mapped[datetime] = mapped_column(index=True)
