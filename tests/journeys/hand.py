"""Somebody's hand on a phone: each act waits for what it brings, so that a story reads as a list of acts."""

from __future__ import annotations

from datetime import timedelta

from simulator import Bubble, Phone
from simulator.clock import Clock

PATIENCE = 60


class Hand:
    """One person at her phone, and the clock by which messages come to it."""

    def __init__(self, phone: Phone, clock: Clock) -> None:
        self.phone = phone
        self._clock = clock

    async def says(self, words: str, sees: str) -> Bubble:
        """Type a message; return the answer in which she sees this."""
        await self.phone.say(words)
        return await self.sees(sees)

    async def taps(self, label: str, sees: str, on: Bubble | None = None) -> Bubble:
        """Tap a button of the newest message that has it, or of this one; return what she sees then."""
        await self.phone.tap(label, on)
        return await self.sees(sees)

    async def sees(self, words: str) -> Bubble:
        """Return what answers her last act with these words, in its text or on a button."""
        return await self.phone.waits_for(lambda bubble: words in bubble.text or bool(bubble.button(words)))

    async def sees_file(self) -> Bubble:
        """Return the file that answers her last act."""
        return await self.phone.waits_for(lambda bubble: bubble.document is not None)

    async def gets(self, words: str) -> Bubble:
        """Return the message with these words, which others have caused; a few seconds pass until it is there."""
        for _round in range(PATIENCE):
            for bubble in reversed(self.phone.messages):
                if bubble.by_bot and words in bubble.text:
                    return bubble
            await self._clock.move(timedelta(seconds=2))
        raise AssertionError(f"{self.phone.account.name} never got {words!r}; there was {self.phone.messages[-6:]}")
