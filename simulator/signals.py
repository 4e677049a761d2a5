"""A signal wakes everybody who waits for something to change."""

import asyncio


class Signal:
    """Fires without memory: only those who wait at that moment wake up."""

    __slots__ = ("_waiting",)

    def __init__(self) -> None:
        self._waiting: list[asyncio.Future[None]] = []

    def fire(self) -> None:
        """Wake all who wait."""
        if not self._waiting:
            return
        waiting, self._waiting = self._waiting, []
        for future in waiting:
            if not future.done():
                future.set_result(None)

    async def wait(self) -> None:
        """Sleep until the next firing."""
        future = asyncio.get_running_loop().create_future()
        self._waiting.append(future)
        await future
