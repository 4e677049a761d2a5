"""Attachments: what was sent along with a record, as Telegram knows it, and what became of our copy."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import BigInteger, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, Id


class FileKind(StrEnum):
    """What kind of file it is."""

    PHOTO = "photo"
    VOICE = "voice"
    DOCUMENT = "document"
    VIDEO = "video"


class FileState(StrEnum):
    """What became of our copy. Only what waits is work for the bot, to be done outside of any turn."""

    WAITING = "waiting"
    STORED = "stored"
    REFUSED = "refused"
    LOST = "lost"


class NotKept(StrEnum):
    """Why there is no copy: what the file was found to be, or what became of it at Telegram."""

    TOO_BIG = "too_big"
    PROGRAM = "program"
    MACROS = "macros"
    ARCHIVE = "archive"
    DISGUISED = "disguised"
    AS_PHOTO = "as_photo"
    BROKEN = "broken"
    EMPTY = "empty"
    GONE = "gone"
    UNREACHABLE = "unreachable"


STILL_SHOWN = frozenset({None, NotKept.TOO_BIG, NotKept.UNREACHABLE})
"""Nothing is wrong with these: Telegram may show them again, whether or not there is a copy."""


class Attachment(Base):
    """A file somebody sent. ``album`` joins the parts Telegram delivers one by one.

    ``stored_as`` is the random name of our copy. Each attempt to make one gets a new name before it begins, so that
    whoever comes too late changes nothing, and every file in the store has a row or is nobody's. Until the copy is
    there, ``due_at`` says when the next attempt may begin; None is at once.
    """

    __tablename__ = "attachment"
    __table_args__ = (
        Index("ix_attachment_sender_album", "sender_id", "album"),
        Index("ix_attachment_state_due_at", "state", "due_at"),
        Index("ix_attachment_stored_as", "stored_as", unique=True),
    )

    id: Mapped[Id]
    visit_id: Mapped[int | None] = mapped_column(ForeignKey("visit.id"), index=True)
    complaint_id: Mapped[int | None] = mapped_column(ForeignKey("complaint.id"), index=True)
    contract_id: Mapped[int | None] = mapped_column(ForeignKey("contract.id"), index=True)
    letter_id: Mapped[int | None] = mapped_column(ForeignKey("letter.id"), index=True)
    touch_id: Mapped[int | None] = mapped_column(ForeignKey("touch.id"), index=True)
    sender_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    kind: Mapped[FileKind]
    file_id: Mapped[str] = mapped_column(String(200))
    unique_id: Mapped[str] = mapped_column(String(80))
    name: Mapped[str] = mapped_column(String(200), default="")
    album: Mapped[str | None] = mapped_column(String(40))
    message_id: Mapped[int | None] = mapped_column(BigInteger)
    at: Mapped[datetime]

    state: Mapped[FileState] = mapped_column(default=FileState.WAITING)
    why: Mapped[NotKept | None]
    attempts: Mapped[int] = mapped_column(default=0)
    due_at: Mapped[datetime | None]
    stored_as: Mapped[str | None] = mapped_column(String(32))
    media_type: Mapped[str] = mapped_column(String(80), default="")
    size: Mapped[int | None]
    digest: Mapped[str] = mapped_column(String(64), default="")

    @property
    def shown_again(self) -> bool:
        """Whether it may be put before people again."""
        return self.why in STILL_SHOWN


class Shelf(Base):
    """The one part of the store that is this database's, by its random mark.

    Two databases that are given one folder by mistake do not sweep each other's files away.
    """

    __tablename__ = "shelf"

    id: Mapped[Id]
    mark: Mapped[str] = mapped_column(String(32))
