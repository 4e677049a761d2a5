"""Webhook delivery: in order within a queue, again until the bot answers 2xx."""

import asyncio
from dataclasses import dataclass
from typing import Any

import aiohttp

from simulator.clock import Clock
from simulator.mailbox import Letter, Mailbox, Queue

SECRET_HEADER = "X-Telegram-Bot-Api-Secret-Token"  # noqa: S105 (the header's name)
LONGEST_DELAY = 60.0
LONGEST_RETRY_AFTER = 3600.0
ANSWER_WITHIN = 60.0


@dataclass(slots=True)
class Webhook:
    """Where to deliver, and what went wrong last."""

    url: str
    secret: str = ""
    max_connections: int = 40
    last_error_at: int = 0
    last_error: str = ""


class Courier:
    """Carries one bot's updates to its webhook. `pace` shortens the pauses between attempts."""

    def __init__(self, mailbox: Mailbox, clock: Clock, *, pace: float) -> None:
        self.webhook: Webhook | None = None
        self._mailbox = mailbox
        self._clock = clock
        self._pace = pace
        self._session: aiohttp.ClientSession | None = None
        self._rounds: dict[Queue, asyncio.Task[None]] = {}

    async def serve(self, webhook: Webhook) -> None:
        """Deliver to this webhook from now on, beginning with what waits."""
        await self.stop()
        self.webhook = webhook
        connector = aiohttp.TCPConnector(limit=webhook.max_connections)
        self._session = aiohttp.ClientSession(connector=connector, timeout=aiohttp.ClientTimeout(ANSWER_WITHIN))
        self._mailbox.arrived = self._go
        for letter in self._mailbox.letters():
            self._go(letter)

    async def stop(self) -> None:
        """Stop delivering; what was not taken stays in the mailbox."""
        self._mailbox.arrived = None
        self.webhook = None
        rounds, self._rounds = list(self._rounds.values()), {}
        for task in rounds:
            task.cancel()
        await asyncio.gather(*rounds, return_exceptions=True)
        if self._session:
            await self._session.close()
            self._session = None

    def _go(self, letter: Letter) -> None:
        if letter.queue not in self._rounds:
            self._rounds[letter.queue] = asyncio.create_task(self._round(letter.queue))

    async def _round(self, queue: Queue) -> None:
        """Deliver a queue until it is empty: a failing update holds back those behind it."""
        try:
            while letter := self._next(queue):
                await self._deliver(letter)
        finally:
            self._rounds.pop(queue, None)

    def _next(self, queue: Queue) -> Letter | None:
        return next((letter for letter in self._mailbox.letters() if letter.queue == queue), None)

    async def _deliver(self, letter: Letter) -> None:
        failures = 0
        while letter.expires > self._clock.timestamp():
            asked_pause = await self._attempt(letter.update)
            if asked_pause is None:
                break
            failures += 1
            # Telegram tries again at once after the first failure, then doubles its pause from two seconds on.
            pause = 0.0 if failures == 1 else min(2.0 ** (failures - 1), LONGEST_DELAY)
            await asyncio.sleep(max(pause, asked_pause) * self._pace)
        self._mailbox.remove(letter)

    async def _attempt(self, update: dict[str, Any]) -> float | None:
        """Return None if the update was taken, otherwise how many seconds the bot asked us to wait."""
        webhook, session = self.webhook, self._session
        if webhook is None or session is None:
            return 0.0
        headers = {SECRET_HEADER: webhook.secret} if webhook.secret else {}
        try:
            async with session.post(webhook.url, json=update, headers=headers, allow_redirects=False) as answer:
                if 200 <= answer.status < 300:
                    return None
                self._blame(webhook, f"Wrong response from the webhook: {answer.status} {answer.reason}")
                return _retry_after(answer.headers.get("Retry-After", ""))
        except TimeoutError:
            self._blame(webhook, "Read timeout expired")
        except aiohttp.ClientError:
            self._blame(webhook, "Connection failed")
        return 0.0

    def _blame(self, webhook: Webhook, words: str) -> None:
        webhook.last_error_at = int(self._clock.timestamp())
        webhook.last_error = words


def _retry_after(header: str) -> float:
    return min(float(header), LONGEST_RETRY_AFTER) if header.isdecimal() else 0.0
