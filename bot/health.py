"""Health: is this process alive, and is it ready? It never asks Telegram."""

from __future__ import annotations

import time

from aiohttp import web
from sqlalchemy import text

from bot.database import Database, DatabaseAway

STALE = 90.0


class Health:
    """Heartbeats of the process's parts, and what is wrong right now."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._beats: dict[str, float] = {}
        self._faults: dict[str, str] = {}
        self.draining = False

    def beat(self, part: str) -> None:
        """Note that a part is working."""
        self._beats[part] = time.monotonic()

    def fail(self, part: str, why: str) -> None:
        """Note that a part cannot work until somebody does something."""
        self._faults[part] = why

    def mend(self, part: str) -> None:
        """Note that it works again."""
        self._faults.pop(part, None)

    async def live(self, request: web.Request) -> web.Response:  # noqa: ARG002 - the interface
        """Answer 200 while every part that ever worked still does."""
        still = [part for part, beat in self._beats.items() if time.monotonic() - beat > STALE]
        return web.json_response({"stale": still}, status=503 if still else 200)

    async def ready(self, request: web.Request) -> web.Response:  # noqa: ARG002 - the interface
        """Answer 200 when updates can be taken: the database answers, the token is good, nobody is leaving."""
        faults = dict(self._faults)
        if self.draining:
            faults["process"] = "stopping"
        try:
            await self._database.run(lambda session: session.execute(text("SELECT 1")).scalar())
        except DatabaseAway:
            faults["database"] = "away"
        return web.json_response({"faults": faults}, status=503 if faults else 200)
