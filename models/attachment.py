"""Attachments: what was sent along with a visit or a complaint, as Telegram knows it."""

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


class Attachment(Base):
    """A file somebody sent. ``album`` joins the parts Telegram delivers one by one."""

    __tablename__ = "attachment"
    __table_args__ = (Index("ix_attachment_sender_album", "sender_id", "album"),)

    id: Mapped[Id]
    visit_id: Mapped[int | None] = mapped_column(ForeignKey("visit.id"), index=True)
    complaint_id: Mapped[int | None] = mapped_column(ForeignKey("complaint.id"), index=True)
    contract_id: Mapped[int | None] = mapped_column(ForeignKey("contract.id"), index=True)
    letter_id: Mapped[int | None] = mapped_column(ForeignKey("letter.id"), index=True)
    sender_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    kind: Mapped[FileKind]
    file_id: Mapped[str] = mapped_column(String(200))
    unique_id: Mapped[str] = mapped_column(String(80))
    name: Mapped[str] = mapped_column(String(200), default="")
    album: Mapped[str | None] = mapped_column(String(40))
    message_id: Mapped[int | None] = mapped_column(BigInteger)
    at: Mapped[datetime]
