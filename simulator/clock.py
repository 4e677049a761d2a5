"""The simulated clock: real time plus an offset that tests and the page move."""

import time
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta

Listener = Callable[[datetime], Awaitable[None]]


class Clock:
    """Ticks like the real one, and jumps when told to."""

    def __init__(self) -> None:
        self._offset = 0.0
        self._listeners: list[Listener] = []

    def now(self) -> datetime:
        """Return the simulated moment, aware and in UTC."""
        return datetime.fromtimestamp(self.timestamp(), UTC)

    def timestamp(self) -> float:
        """Return the simulated moment in seconds since 1970."""
        return time.time() + self._offset

    async def move(self, by: timedelta) -> datetime:
        """Jump by this much (back, if negative), wait for the listeners, return the new moment."""
        self._offset += by.total_seconds()
        now = self.now()
        for listener in tuple(self._listeners):
            await listener(now)
        return now

    async def move_to(self, moment: datetime) -> datetime:
        """Jump to an aware moment, wait for the listeners, return it."""
        if moment.tzinfo is None:
            raise ValueError("the clock moves to aware moments only")
        return await self.move(moment - self.now())

    def listen(self, listener: Listener) -> Callable[[], None]:
        """Await `listener(now)` after every jump; return what ends the listening."""
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener)
