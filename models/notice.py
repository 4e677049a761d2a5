"""Notices: what the bot has decided to tell somebody, until it is known what became of it."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import BigInteger, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base import Base, Id
from models.person import Person


class NoticeState(StrEnum):
    """Where a notice stands. All but the first two are final."""

    READY = "ready"
    SENDING = "sending"
    SENT = "sent"
    REFUSED = "refused"
    EXPIRED = "expired"
    SUPPRESSED = "suppressed"
    GATHERED = "gathered"
    UNKNOWN = "unknown"


class Reason(StrEnum):
    """Why a page is put before somebody, when the page itself does not say so."""

    NEW = "new"
    ALARM = "alarm"
    ADDED = "added"
    CORRECTED = "corrected"
    REOPENED = "reopened"
    GRAVER = "graver"
    YOURS = "yours"
    GIVEN = "given"
    LATE_ANSWER = "late_answer"
    LATE_REMEDY = "late_remedy"
    CONTRACT_ENDS = "contract_ends"
    DUE = "due"
    DATA_REQUEST = "data_request"


class Notice(Base):
    """A page to put before a person. It is rendered when it is sent, from that day's facts.

    ``key`` is unique: the same occasion leaves one notice. ``thread`` names a living message: a later
    notice of the same thread edits the message of the earlier one, unless it ``pings``. ``work_of`` is whose work
    it is: it goes to whoever does that when it is sent. Without it the notice is for nobody else. ``reason`` is said
    above the page when it is pushed, and not when it is opened again. What waited in great number is
    ``gathered_into`` one notice that lists it.
    """

    __tablename__ = "notice"
    __table_args__ = (Index("ix_notice_state_due", "state", "due_at"), Index("ix_notice_thread", "to_id", "thread"))

    id: Mapped[Id]
    key: Mapped[str] = mapped_column(String(120), unique=True)
    to_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    work_of_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    address: Mapped[str] = mapped_column(String(120))
    thread: Mapped[str | None] = mapped_column(String(60))
    reason: Mapped[Reason | None]
    gathered_into_id: Mapped[int | None] = mapped_column(ForeignKey("notice.id"), index=True)
    ping: Mapped[bool] = mapped_column(default=True)
    urgent: Mapped[bool] = mapped_column(default=False)
    at_most_once: Mapped[bool] = mapped_column(default=False)
    due_at: Mapped[datetime]
    valid_until: Mapped[datetime]
    state: Mapped[NoticeState] = mapped_column(default=NoticeState.READY)
    leased_until: Mapped[datetime | None]
    leased_by: Mapped[str | None] = mapped_column(String(40))
    attempts: Mapped[int] = mapped_column(default=0)
    unknowns: Mapped[int] = mapped_column(default=0)
    settled_at: Mapped[datetime | None]
    why: Mapped[str] = mapped_column(String(120), default="")
    message_id: Mapped[int | None] = mapped_column(BigInteger)

    to: Mapped[Person] = relationship(foreign_keys=to_id)
    work_of: Mapped[Person | None] = relationship(foreign_keys=work_of_id)


class Lease(Base):
    """Who does a job that only one process may do, and until when."""

    __tablename__ = "lease"

    name: Mapped[str] = mapped_column(String(60), primary_key=True)
    holder: Mapped[str] = mapped_column(String(40))
    until: Mapped[datetime]
