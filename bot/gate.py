"""The gate: one update in, one turn, one reply out.

A person's updates are taken one after another; those of different people side by side. Everything an update
changes is committed, together with its seen-mark, before anything is sent.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from functools import partial
from typing import Any

import structlog
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session
from telegram import Bot, Update

from bot.commands import Menus
from bot.crash import crashpoint
from bot.database import Database, DatabaseAway
from bot.fate import Fate
from bot.reading import Arrival, Membership, read
from bot.recent import Recent
from bot.send import Sender
from crm import audit, joining, people
from dialog import memory, turn
from dialog.events import Event, Tap
from dialog.screen import Rendered
from dialog.talk import House
from dialog.turn import Reply
from dialog.words import closest_language
from handlers import stranger
from handlers.stranger import Stranger
from models.person import Person
from models.problem import Problem

log = structlog.get_logger()
Taken = tuple[Reply, Person | None]
"""A reply, and the person it is for; strangers are nobody."""


class Gate:
    """Takes updates for one bot."""

    def __init__(
        self,
        house: House,
        database: Database,
        bot: Bot,
        sender: Sender,
        *,
        recent: Recent,
        admins: frozenset[int],
        now: Callable[[], datetime],
    ) -> None:
        self._house = house
        self._database = database
        self._bot = bot
        self._sender = sender
        self._menus = Menus(bot, house)
        self._recent = recent
        self._admins = admins
        self._now = now
        self._queues: dict[int, tuple[asyncio.Lock, int]] = {}

    async def take(self, raw: Mapping[str, Any]) -> None:
        """Take one update, to the end. Raises DatabaseAway when it must be delivered again."""
        try:
            arrival = read(Update.de_json(dict(raw), self._bot), digest(raw))
        except Exception as error:  # noqa: BLE001 - an update nobody can read must not stop the others
            await self._set_aside(raw, error)
            return
        if isinstance(arrival, Membership):
            await self._note_membership(raw, arrival)
        elif arrival is not None:
            with self._queue(arrival.telegram_id) as lock:
                async with lock:
                    await self._serve(arrival)

    @contextmanager
    def _queue(self, telegram_id: int) -> Iterator[asyncio.Lock]:
        """Give this person's place in line; forget the line when nobody stands in it."""
        lock, waiting = self._queues.get(telegram_id, (asyncio.Lock(), 0))
        self._queues[telegram_id] = (lock, waiting + 1)
        try:
            yield lock
        finally:
            lock, waiting = self._queues[telegram_id]
            if waiting == 1:
                del self._queues[telegram_id]
            else:
                self._queues[telegram_id] = (lock, waiting - 1)

    async def _note_membership(self, raw: Mapping[str, Any], change: Membership) -> None:
        try:
            await self._database.run(partial(self._membership, change))
        except DatabaseAway:
            raise
        except Exception as error:  # noqa: BLE001 - the same as for every other update
            await self._set_aside(raw, error)

    async def _serve(self, arrival: Arrival) -> None:
        crashpoint("gate.received")
        reply, person = await self._turn(arrival)
        crashpoint("gate.committed")
        await self._show(arrival, reply, person)
        crashpoint("gate.sent")
        if person is not None:
            await self._menus.keep(person)

    # Inside: the transaction.

    async def _turn(self, arrival: Arrival) -> Taken:
        """Return the reply; a bug in one conversation is apologised for and must not stop the others."""
        try:
            return await self._take(arrival)
        except DatabaseAway:
            raise
        except Exception as error:  # noqa: BLE001 - whatever it was, this update must not come for ever
            return await self._apologise(arrival, error)

    async def _take(self, arrival: Arrival) -> Taken:
        """Take the update, or show again what it did before, or refuse it with the problem's words."""
        try:
            return await self._database.run(partial(self._in_transaction, arrival, turn.take))
        except Problem as problem:
            refuse = partial(_refuse, problem)
            return await self._database.run(partial(self._in_transaction, arrival, refuse))
        except IntegrityError:
            if not await self._database.run(lambda s: memory.seen(s, arrival.update_id, arrival.digest)):
                raise
            log.info("update.again", update=arrival.update_id)
            return await self._database.run(partial(self._in_transaction, arrival, turn.again))

    def _in_transaction(self, arrival: Arrival, way: Callable[..., Reply], session: Session) -> Taken:
        now = self._now()
        if way is not turn.again:
            memory.mark_seen(session, arrival.update_id, arrival.digest, now)
        crashpoint("gate.marked")
        person = self._recognise(session, arrival, now)
        if person is None:
            shown = Reply(self._answer_stranger(session, arrival, now))
            return shown, people.recognise(session, arrival.telegram_id)
        # Whoever writes can be written to, whatever became of the last notice.
        people.reachable(session, person)
        newest, shows = self._recent.of(person.id), self._recent.shown(person.id)
        reply = way(self._house, session, person, arrival.event, now=now, newest=newest, shown=shows)
        crashpoint("gate.decided")
        return reply, person

    def _recognise(self, session: Session, arrival: Arrival, now: datetime) -> Person | None:
        person = people.recognise(session, arrival.telegram_id)
        if person is None and arrival.telegram_id in self._admins:
            person = joining.ensure_admin(session, arrival.telegram_id, name=arrival.name, at=now)
            person.language = closest_language(arrival.language_code, self._house.language)
            session.flush()
        return person

    def _answer_stranger(self, session: Session, arrival: Arrival, now: datetime) -> Rendered | None:
        log.info("stranger", telegram_id=arrival.telegram_id)
        who = Stranger(arrival.telegram_id, arrival.name, arrival.language_code)
        return stranger.answer(self._house, session, who, arrival.event, now=now)

    def _membership(self, change: Membership, session: Session) -> None:
        person = people.recognise(session, change.telegram_id)
        if person is None:
            return
        if change.blocked:
            people.unreachable(session, person, reason="blocked", at=self._now())
        else:
            people.reachable(session, person)
        log.info("person.reach", person=person.id, blocked=change.blocked)

    async def _apologise(self, arrival: Arrival, error: Exception) -> Taken:
        """Set aside an update that a bug cannot digest: once, visibly, and without telling its words."""
        log.error("update.failed", update=arrival.update_id, error=type(error).__name__, exc_info=error)
        await self._mark(arrival.update_id, arrival.digest, "failed")
        try:
            words = await self._database.run(partial(self._sorry, arrival))
        except DatabaseAway:
            raise
        except Exception:  # noqa: BLE001 - not even an apology: the update is set aside all the same
            return Reply(), None
        if isinstance(arrival.event, Tap):
            return Reply(toast=words, alert=True), None
        return Reply(Rendered(words)), None

    def _sorry(self, arrival: Arrival, session: Session) -> str:
        person = people.recognise(session, arrival.telegram_id)
        return self._house.words_for(person).render("dialog/sorry", {"now": self._now(), "zone": self._house.zone})

    async def _set_aside(self, raw: Mapping[str, Any], error: Exception) -> None:
        log.error("update.unreadable", update=raw.get("update_id"), error=type(error).__name__)
        update_id = raw.get("update_id")
        if isinstance(update_id, int) and abs(update_id) < 2**63:
            await self._mark(update_id, digest(raw), "unreadable")

    async def _mark(self, update_id: int, mark: int, verdict: str) -> None:
        try:
            await self._database.run(lambda s: memory.mark_seen(s, update_id, mark, self._now(), verdict))
        except IntegrityError:
            log.info("update.set_aside_before", update=update_id)

    # Outside: Telegram.

    async def _show(self, arrival: Arrival, reply: Reply, person: Person | None) -> None:
        if arrival.query_id is not None:
            answered = self._sender.answer(arrival.query_id, reply.toast, alert=reply.alert)
            await asyncio.gather(answered, self._show_screen(arrival, reply, person))
        else:
            await self._show_screen(arrival, reply, person)

    async def _show_screen(self, arrival: Arrival, reply: Reply, person: Person | None) -> None:
        if reply.screen is None:
            return
        on_picture = isinstance(arrival.event, Tap) and arrival.event.on_picture
        outcome = await self._sender.show_patiently(
            arrival.telegram_id, reply.screen, edit=reply.edit, on_picture=on_picture
        )
        if outcome.fate is not Fate.SENT:
            log.warning("reply.not_sent", update=arrival.update_id, fate=outcome.fate.value, why=outcome.why)
        elif person is not None and outcome.message_id is not None:
            self._recent.showed(person.id, outcome.message_id, reply.screen, self._now())


def _refuse(
    problem: Problem, house: House, session: Session, person: Person, event: Event, *, now: datetime, **known: Any
) -> Reply:
    audit.refused(session, person, problem, now)
    return turn.refuse(house, session, person, event, problem, now=now, **known)


def digest(raw: Mapping[str, Any]) -> int:
    """Return 63 bits that tell a redelivered update from another one that was given the same number."""
    body = json.dumps(raw, sort_keys=True, separators=(",", ":")).encode("utf-8", "surrogatepass")
    return int.from_bytes(hashlib.blake2b(body, digest_size=8).digest()) >> 1
