"""The clock: APScheduler rings, the tables decide.

Every process rings alike, from an in-memory job store; who does the work is settled in the database.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import datetime
from functools import partial

import structlog
from apscheduler.schedulers.asyncio import AsyncIOScheduler

from bot.database import Database, DatabaseAway
from bot.health import Health
from bot.importer import Importer
from bot.keeper import Keeper
from bot.notifier import Notifier
from bot.recent import Recent
from crm import absences, asking, card_rounds, complaint_notices, contracts, handover, merging, reminders, retention

log = structlog.get_logger()
EVERY = {"due": 5, "send": 1, "store": 1, "import": 2, "fetch": 2, "tidy": 3600}
"""Seconds between two rings."""
FINISH_WITHIN = 12.0
"""Seconds for what is running when the process is asked to stop."""


class Clock:
    """Rings for what is due, what is to be sent, what was sent, and what is to be forgotten."""

    def __init__(
        self,
        database: Database,
        notifier: Notifier,
        importer: Importer,
        keeper: Keeper,
        recent: Recent,
        health: Health,
        now: Callable[[], datetime],
    ) -> None:
        self._database = database
        self._notifier = notifier
        self._importer = importer
        self._keeper = keeper
        self._recent = recent
        self._health = health
        self._now = now
        self._scheduler = AsyncIOScheduler(timezone="UTC")
        self._running: set[asyncio.Task[None]] = set()

    def start(self) -> None:
        """Begin to ring."""
        for name, seconds in EVERY.items():
            self._scheduler.add_job(
                self._ring,
                "interval",
                args=[name],
                seconds=seconds,
                coalesce=True,
                max_instances=1,
                misfire_grace_time=None,
            )
        self._scheduler.start()

    async def stop(self) -> None:
        """Ring no more, finish what is running, and store what was sent."""
        self._notifier.stopping = True
        await asyncio.gather(self._importer.stop(), self._keeper.stop())
        if self._scheduler.running:
            self._scheduler.shutdown(wait=False)
        if self._running:
            await asyncio.wait(self._running, timeout=FINISH_WITHIN)
        try:
            await self._store()
        except DatabaseAway:
            log.warning("clock.database_away", tick="store")

    async def ring_all(self) -> None:
        """Do everything that is due now, at once: for when somebody has moved the hands."""
        await self._due()
        await self._importer.run()
        await self._keeper.run()
        while await self._notifier.run_once(patient=True):
            await self._store()

    async def _ring(self, name: str) -> None:
        task = asyncio.ensure_future(self._work(name))
        self._running.add(task)
        task.add_done_callback(self._running.discard)
        # APScheduler cancels its jobs when it is shut down; what is being sent is finished all the same.
        with suppress(asyncio.CancelledError):
            await asyncio.shield(task)

    async def _work(self, name: str) -> None:
        jobs: dict[str, Callable[[], Awaitable[object]]] = {
            "due": self._due,
            "send": self._send,
            "store": self._store,
            "import": self._importer.ring,
            "fetch": self._keeper.ring,
            "tidy": self._tidy,
        }
        if name != "tidy":
            self._health.beat(f"clock.{name}")
        try:
            await jobs[name]()
        except DatabaseAway:
            log.warning("clock.database_away", tick=name)
        except Exception:
            log.exception("clock.failed", tick=name)

    async def _due(self) -> None:
        now = self._now()
        announcing = (
            merging.move_strays,
            handover.give_back_of_the_gone,
            absences.take_effect,
            card_rounds.announce_due,
            reminders.announce_due,
            asking.announce_due,
            complaint_notices.announce_late,
            contracts.announce_ending,
        )
        for announce in announcing:
            while found := await self._database.run(partial(announce, now=now)):
                log.info("clock.due", what=announce.__module__, count=found)
        await self._database.run(partial(asking.expire, now=now))

    async def _send(self) -> None:
        """Send what is due until nothing is left; thousands may take longer than a part may be silent."""
        while await self._notifier.run_once():
            self._health.beat("clock.send")

    async def _store(self) -> None:
        if self._recent:
            self._recent.stored(await self._database.run(self._recent.store))

    async def _tidy(self) -> None:
        await self._database.run(partial(retention.forget_old, now=self._now()))
        await self._keeper.tidy()
