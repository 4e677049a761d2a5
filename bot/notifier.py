"""The notifier: sends what the tables say is due, at most 25 messages a second, one a second per chat.

One process per bot holds the lease; the others stand by. A notice is rendered when it is sent, from that
moment's facts, in the recipient's language, as the recipient may see it.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

import structlog
from sqlalchemy.orm import Session

from bot.crash import crashpoint
from bot.database import Database
from bot.recent import Recent
from bot.send import Fate, Sender, Sending
from crm import notices, people
from dialog import turn
from dialog.screen import Rendered
from dialog.talk import House
from models.notice import Notice
from models.person import Person
from models.problem import Problem

log = structlog.get_logger()
PER_SECOND = 25
_AT_ONCE = 8
_LEADERSHIP = timedelta(seconds=15)
_LEASE = timedelta(seconds=45)
"""Longer than the longest send may take."""
_LATER = timedelta(seconds=30)


@dataclass(frozen=True)
class _Letter:
    """One notice, rendered."""

    notice_id: int
    person_id: int
    chat_id: int
    screen: Rendered
    edit: int | None


class Notifier:
    """Sends notices for one bot."""

    def __init__(
        self,
        house: House,
        database: Database,
        sender: Sender,
        *,
        recent: Recent,
        holder: str,
        now: Callable[[], datetime],
    ) -> None:
        self._house = house
        self._database = database
        self._sender = sender
        self._recent = recent
        self._holder = holder
        self._now = now
        self._next_slot = 0.0
        self._halted_until = 0.0
        self._busy = asyncio.Lock()
        self.stopping = False

    async def run(self) -> None:
        """Send what is due until nothing is left, or until told to stop."""
        while not self.stopping and await self.run_once():
            pass

    async def run_once(self) -> int:
        """Send what is due now and return how many were tried; none when another process leads."""
        if self._busy.locked() or time.monotonic() < self._halted_until:
            return 0
        async with self._busy:
            letters = await self._database.run(self._lease)
            crashpoint("notifier.leased")
            for start in range(0, len(letters), _AT_ONCE):
                await asyncio.gather(*(self._deliver(letter) for letter in letters[start : start + _AT_ONCE]))
            return len(letters)

    # Inside a transaction.

    def _lease(self, session: Session) -> list[_Letter]:
        now = self._now()
        if not notices.take_lead(session, "notifier", holder=self._holder, now=now, for_=_LEADERSHIP):
            return []
        leased = notices.lease(session, holder=self._holder, now=now, limit=PER_SECOND, lease_for=_LEASE)
        letters = [self._letter(session, notice, now) for notice in leased]
        return [letter for letter in letters if letter is not None]

    def _letter(self, session: Session, notice: Notice, now: datetime) -> _Letter | None:
        """Render a notice, or settle it when there is nothing to say any more."""
        person = session.get_one(Person, notice.to_id)
        if person.telegram_id is None or not person.active or person.unreachable_since is not None:
            notices.suppress(session, notice.id, holder=self._holder, why="unreachable", at=now)
            return None
        try:
            with session.begin_nested():
                screen = turn.open_page(self._house, session, person, notice.address, now=now)
        except Problem as problem:
            notices.suppress(session, notice.id, holder=self._holder, why=type(problem).__name__, at=now)
            return None
        except Exception:  # one broken page must not hold up the others
            log.exception("notice.broken", notice=notice.id)
            notices.refused(session, notice.id, holder=self._holder, why="broken page", at=now)
            return None
        living = notices.living_message(session, person.id, notice.thread) if notice.thread else None
        return _Letter(notice.id, person.id, person.telegram_id, screen, None if notice.ping else living)

    def _settle(self, letter: _Letter, outcome: Sending, session: Session) -> None:
        now = self._now()
        settle = {"holder": self._holder}
        match outcome.fate:
            case Fate.SENT:
                notices.sent(session, letter.notice_id, message_id=outcome.message_id, at=now, **settle)
            case Fate.REFUSED:
                notices.refused(session, letter.notice_id, why=outcome.why, at=now, **settle)
                self._note_unreachable(session, letter, outcome, now)
            case Fate.LATER | Fate.STOP:
                until = now + max(
                    timedelta(seconds=outcome.wait), _LATER if outcome.fate is Fate.STOP else timedelta(0)
                )
                counts = outcome.why == "not sent"
                notices.later(session, letter.notice_id, until=until, counts=counts, **settle)
            case Fate.UNKNOWN:
                notices.unknown(session, letter.notice_id, at=now, **settle)

    def _note_unreachable(self, session: Session, letter: _Letter, outcome: Sending, now: datetime) -> None:
        if outcome.why in {"blocked", "deactivated", "never_started", "chat_not_found"}:
            person = session.get_one(Person, letter.person_id)
            people.unreachable(session, person, reason=outcome.why, at=now)

    # Outside.

    async def _deliver(self, letter: _Letter) -> None:
        await self._wait_for_a_slot()
        outcome = await self._sender.show(letter.chat_id, letter.screen, edit=letter.edit)
        crashpoint("notifier.sent")
        if outcome.fate is Fate.STOP or outcome.wait > 1:
            self._halted_until = time.monotonic() + min(max(outcome.wait, 5.0), 60.0)
        if outcome.fate is Fate.SENT and outcome.message_id is not None:
            self._recent.showed(letter.person_id, outcome.message_id, letter.screen.thread)
        else:
            log.warning("notice.not_sent", notice=letter.notice_id, fate=outcome.fate.value, why=outcome.why)
        await self._database.run(partial(self._settle, letter, outcome))
        crashpoint("notifier.settled")

    async def _wait_for_a_slot(self) -> None:
        """Keep to 25 a second, so that 5 remain for replies to people."""
        now = time.monotonic()
        self._next_slot = max(self._next_slot, now) + 1 / PER_SECOND
        await asyncio.sleep(self._next_slot - now - 1 / PER_SECOND)
