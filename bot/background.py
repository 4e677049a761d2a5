"""Work in the background: rung by the clock, done one thing after another, stopped in good order."""

from __future__ import annotations

import asyncio
from contextlib import suppress

import structlog

from bot.database import DatabaseAway

log = structlog.get_logger()
FINISH_WITHIN = 15.0
"""Seconds for the thing at hand when the process is asked to stop."""


class Background:
    """Does what there is to do; whoever inherits says what one thing is."""

    def __init__(self) -> None:
        self._task: asyncio.Task[None] | None = None
        self._busy = asyncio.Lock()
        self.stopping = False

    async def ring(self) -> None:
        """Begin to work, unless the work of an earlier ring is still going on."""
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._quietly())

    async def stop(self) -> None:
        """Finish the thing at hand; the rest is taken up after the next start."""
        self.stopping = True
        if self._task is not None:
            with suppress(asyncio.CancelledError, TimeoutError):
                await asyncio.wait_for(self._task, FINISH_WITHIN)

    async def run(self) -> None:
        """Do all there is to do now."""
        async with self._busy:
            while not self.stopping and await self.do_one():
                pass

    async def do_one(self) -> bool:
        """Do the next thing; return whether to go on."""
        raise NotImplementedError

    async def _quietly(self) -> None:
        worker = type(self).__name__.lower()
        try:
            await self.run()
        except DatabaseAway:
            log.warning("background.database_away", worker=worker)
        except Exception:
            log.exception("background.failed", worker=worker)
