"""Fate: what became of a message, and what Telegram's refusals mean for it.

A refusal becomes a fact (blocked, gone, slow down) for the caller to store. It sends nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from telegram.error import BadRequest, ChatMigrated, Conflict, Forbidden, InvalidToken, RetryAfter, TelegramError

from bot.request import NotSent


class Fate(StrEnum):
    """What became of a message."""

    SENT = "sent"
    REFUSED = "refused"
    LATER = "later"
    UNKNOWN = "unknown"
    STOP = "stop"


@dataclass(frozen=True, slots=True)
class Sending:
    """The outcome of sending: its fate, the message's id, the reason of a refusal, seconds to wait.

    ``files`` is how many of the screen's files were sent before it.
    """

    fate: Fate
    message_id: int | None = None
    why: str = ""
    wait: float = 0.0
    files: int = 0


def fate_of(error: TelegramError) -> Sending:
    """Return what an error of Telegram's means for the message. The order matters: BadRequest is a NetworkError."""
    if isinstance(error, RetryAfter):
        return Sending(Fate.LATER, why="slow down", wait=_seconds(error))
    if isinstance(error, ChatMigrated):
        return Sending(Fate.REFUSED, why="migrated")
    if isinstance(error, Forbidden):
        return Sending(Fate.REFUSED, why=_why_forbidden(str(error)))
    if isinstance(error, InvalidToken | Conflict):
        return Sending(Fate.STOP, why="token")
    if isinstance(error, BadRequest):
        gone = "chat not found" in str(error).lower()
        return Sending(Fate.REFUSED, why="chat_not_found" if gone else "bad_request")
    if isinstance(error, NotSent):
        return Sending(Fate.LATER, why="not sent", wait=1.0)
    if "too many requests" in str(error).lower():
        return Sending(Fate.LATER, why="slow down", wait=30.0)
    return Sending(Fate.UNKNOWN, why=type(error).__name__)


def _seconds(error: RetryAfter) -> float:
    wait = error.retry_after
    return float(wait if isinstance(wait, int) else wait.total_seconds())


def _why_forbidden(words: str) -> str:
    if "blocked" in words:
        return "blocked"
    return "deactivated" if "deactivated" in words else "never_started"
