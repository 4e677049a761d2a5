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
from bot.fate import Fate, Sending
from bot.health import Health
from bot.recent import Recent
from bot.send import Sender
from crm import notices, outbox, people
from dialog import turn
from dialog.screen import Rendered
from dialog.talk import House
from models.notice import Notice
from models.person import Person
from models.problem import Problem

log = structlog.get_logger()
PER_SECOND = 25
PER_CHAT = timedelta(seconds=1)
"""Between two messages to one chat."""
_AT_ONCE = 8
_FLOODED = 3
"""When so many chats ask for silence within a few seconds, everybody is given it."""
_LEADERSHIP = timedelta(seconds=15)
_LEASE = timedelta(seconds=45)
"""Longer than the longest send may take."""
_BEGIN_WITHIN = 5.0
"""Seconds after the lease in which a send may still begin, so that it ends within the lease."""
_REFUSED_TOKEN, _NO_CONNECTION, _LONGEST_HALT = 30.0, 2.0, 60.0


@dataclass(frozen=True)
class _Letter:
    """One notice, rendered."""

    notice_id: int
    person_id: int
    chat_id: int
    screen: Rendered
    edit: int | None
    silent: bool


class Notifier:
    """Sends notices for one bot."""

    def __init__(
        self,
        house: House,
        database: Database,
        sender: Sender,
        *,
        recent: Recent,
        health: Health,
        holder: str,
        now: Callable[[], datetime],
    ) -> None:
        self._house = house
        self._database = database
        self._sender = sender
        self._recent = recent
        self._health = health
        self._holder = holder
        self._now = now
        self._next_slot = 0.0
        self._halted_until = 0.0
        self._begin_until = 0.0
        self._silent: dict[int, datetime] = {}
        self._told: dict[int, datetime] = {}
        self._floods: dict[int, float] = {}
        self._busy = asyncio.Lock()
        self.stopping = False

    async def run_once(self, *, patient: bool = False) -> int:
        """Deal with what is due now and return how many that were; none when another process leads.

        None either while it is at it already, unless whoever asks is ``patient`` and waits for that to end.
        """
        busy = self._busy.locked() and not patient
        if self.stopping or busy or time.monotonic() < self._halted_until:
            return 0
        async with self._busy:
            self._begin_until = time.monotonic() + _BEGIN_WITHIN
            leased = await self._database.run(self._lease)
            letters = [letter for letter in leased if letter is not None]
            crashpoint("notifier.leased")
            for start in range(0, len(letters), _AT_ONCE):
                await asyncio.gather(*(self._deliver(letter) for letter in letters[start : start + _AT_ONCE]))
            return len(leased)

    # Inside a transaction.

    def _lease(self, session: Session) -> list[_Letter | None]:
        now = self._now()
        if not outbox.take_lead(session, "notifier", holder=self._holder, now=now, for_=_LEADERSHIP):
            return []
        leased = outbox.lease(session, holder=self._holder, now=now, limit=PER_SECOND, lease_for=_LEASE)
        return [self._letter(session, notice, now) for notice in leased]

    def _letter(self, session: Session, notice: Notice, now: datetime) -> _Letter | None:
        """Render a notice, or settle it when there is nothing to say any more."""
        person = notices.receiver(session, notice)
        if person.id != notice.to_id:
            outbox.readdress(session, notice, person, holder=self._holder, at=now)
            return None
        if person.telegram_id is None or not person.reachable:
            outbox.suppress(session, notice.id, holder=self._holder, why="unreachable", at=now)
            return None
        silence = self._silence(person.telegram_id, now)
        if silence is not None:
            outbox.later(session, notice.id, holder=self._holder, until=silence, counts=False)
            return None
        try:
            with session.begin_nested():
                screen = turn.open_page(self._house, session, person, notice.address, now=now, because=notice.reason)
        except Problem as problem:
            outbox.suppress(session, notice.id, holder=self._holder, why=type(problem).__name__, at=now)
            return None
        except Exception:  # one broken page must not hold up the others
            log.exception("notice.broken", notice=notice.id)
            outbox.refused(session, notice.id, holder=self._holder, why="broken page", at=now)
            return None
        edit = None if notice.ping else self._living(session, notice)
        return _Letter(
            notice.id, person.id, person.telegram_id, screen, edit, silent=notices.comes_without_a_sound(notice)
        )

    def _living(self, session: Session, notice: Notice) -> int | None:
        """Return the message this notice's thread is shown in: there may be a newer one than is stored."""
        if notice.thread is None:
            return None
        lately = self._recent.living(notice.to_id, notice.thread)
        return lately or outbox.living_message(session, notice.to_id, notice.thread)

    def _silence(self, chat_id: int, now: datetime) -> datetime | None:
        """Return until when this chat is left alone: Telegram asked for it, or it had a message this very second."""
        asked = self._silent.get(chat_id)
        if asked is not None and asked > now:
            return asked
        told = self._told.get(chat_id)
        return told + PER_CHAT if told is not None and told + PER_CHAT > now else None

    def _settle(self, letter: _Letter, outcome: Sending, session: Session) -> None:
        now = self._now()
        settle = {"holder": self._holder}
        match outcome.fate:
            case Fate.SENT:
                outbox.sent(session, letter.notice_id, message_id=outcome.message_id, at=now, **settle)
            case Fate.REFUSED:
                outbox.refused(session, letter.notice_id, why=outcome.why, at=now, **settle)
                self._note_unreachable(session, letter, outcome, now)
            case Fate.LATER | Fate.STOP:
                wait = _REFUSED_TOKEN if outcome.fate is Fate.STOP else outcome.wait
                counts = outcome.why == "not sent"
                outbox.later(session, letter.notice_id, until=now + timedelta(seconds=wait), counts=counts, **settle)
            case Fate.UNKNOWN:
                outbox.unknown(session, letter.notice_id, at=now, **settle)

    def _note_unreachable(self, session: Session, letter: _Letter, outcome: Sending, now: datetime) -> None:
        if outcome.why in {"blocked", "deactivated", "never_started", "chat_not_found"}:
            person = session.get_one(Person, letter.person_id)
            people.unreachable(session, person, reason=outcome.why, at=now)

    # Outside.

    async def _deliver(self, letter: _Letter) -> None:
        await self._wait_for_a_slot()
        outcome = self._held() or await self._sender.show(
            letter.chat_id, letter.screen, edit=letter.edit, silent=letter.silent
        )
        crashpoint("notifier.sent")
        self._learn(letter, outcome)
        await self._database.run(partial(self._settle, letter, outcome))
        crashpoint("notifier.settled")

    def _held(self) -> Sending | None:
        """Return that a leased letter goes back unsent: we are stopping, were told to halt, or its lease runs out."""
        halted = self._halted_until - time.monotonic()
        if halted > 0:
            return Sending(Fate.LATER, why="held", wait=halted)
        if self.stopping or time.monotonic() > self._begin_until:
            return Sending(Fate.LATER, why="held")
        return None

    def _learn(self, letter: _Letter, outcome: Sending) -> None:
        """Remember what the outcome means for the next letters."""
        if outcome.fate is Fate.SENT and outcome.message_id is not None:
            now = self._now()
            self._told = {chat: at for chat, at in self._told.items() if at > now - PER_CHAT} | {letter.chat_id: now}
            self._recent.showed(letter.person_id, outcome.message_id, letter.screen, now)
            self._health.mend("token")
            return
        if outcome.why == "held":
            return
        log.warning("notice.not_sent", notice=letter.notice_id, fate=outcome.fate.value, why=outcome.why)
        if outcome.fate is Fate.STOP:
            self._health.fail("token", "Telegram refuses the token")
            self._halt(_REFUSED_TOKEN)
        elif outcome.why == "not sent":
            self._halt(_NO_CONNECTION)
        elif outcome.fate is Fate.LATER:
            self._be_silent(letter.chat_id, outcome.wait)

    def _be_silent(self, chat_id: int, seconds: float) -> None:
        """Say nothing in this chat for so long; and nowhere, when many chats ask for it at once."""
        now = self._now()
        self._silent = {chat: until for chat, until in self._silent.items() if until > now}
        self._silent[chat_id] = now + timedelta(seconds=seconds)
        lately = time.monotonic() - _BEGIN_WITHIN
        self._floods = {chat: at for chat, at in self._floods.items() if at > lately} | {chat_id: time.monotonic()}
        if len(self._floods) >= _FLOODED:
            self._halt(seconds)

    def _halt(self, seconds: float) -> None:
        self._halted_until = max(self._halted_until, time.monotonic() + min(seconds, _LONGEST_HALT))

    async def _wait_for_a_slot(self) -> None:
        """Keep to 25 a second, so that 5 remain for replies to people."""
        now = time.monotonic()
        self._next_slot = max(self._next_slot, now) + 1 / PER_SECOND
        await asyncio.sleep(self._next_slot - now - 1 / PER_SECOND)
