"""Chats: where a person and the bot stand with each other, and the conversations they are in."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, Id


class Chat(Base):
    """One private chat. ``revision`` is the highest a conversation here has used; ``page`` is where the last one ended.

    ``last_message_id`` is the newest message the bot sent: a screen that is not older may be edited in place;
    ``shown`` is the page it showed and ``shown_at`` since when, "" for a question.
    """

    __tablename__ = "chat"

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True)
    revision: Mapped[int] = mapped_column(default=0)
    page: Mapped[str] = mapped_column(String(120), default="/")
    last_message_id: Mapped[int | None] = mapped_column(BigInteger)
    shown: Mapped[str] = mapped_column(String(120), default="")
    shown_at: Mapped[datetime | None]


class Conversation(Base):
    """A conversation that is not finished: its flow and the answers given so far, by question name.

    ``current`` is true for the one the person is in; the others are drafts.
    """

    __tablename__ = "conversation"
    __table_args__ = (
        Index("ix_conversation_person", "person_id"),
        Index(
            "uq_conversation_current",
            "person_id",
            unique=True,
            sqlite_where=text("current"),
            postgresql_where=text("current"),
        ),
    )

    id: Mapped[Id]
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    flow: Mapped[str] = mapped_column(String(40))
    current: Mapped[bool] = mapped_column(default=True)
    revision: Mapped[int]
    answers: Mapped[dict[str, Any]]
    memo: Mapped[dict[str, Any]]
    started_at: Mapped[datetime]
    touched_at: Mapped[datetime] = mapped_column(index=True)


class Posted(Base):
    """The message in a person's chat that a living subject (``complaint:7``) is shown in."""

    __tablename__ = "posted"

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True)
    thread: Mapped[str] = mapped_column(String(60), primary_key=True)
    message_id: Mapped[int] = mapped_column(BigInteger)


class SeenUpdate(Base):
    """An update whose effects are in the database. The digest tells a re-used number from a redelivery."""

    __tablename__ = "seen_update"

    update_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    digest: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    at: Mapped[datetime] = mapped_column(index=True)
    verdict: Mapped[str] = mapped_column(String(12), default="done")
