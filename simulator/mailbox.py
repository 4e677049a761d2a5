"""Updates on their way to a bot: kept until confirmed, handed out by long polling."""

import asyncio
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from simulator.clock import Clock
from simulator.refusals import OTHER_POLLER, Refusal, conflict

Update = dict[str, Any]
Queue = tuple[str, int]

UPDATE_KINDS = (
    "message", "edited_message", "channel_post", "edited_channel_post", "business_connection", "business_message",
    "edited_business_message", "deleted_business_messages", "message_reaction", "message_reaction_count",
    "inline_query", "chosen_inline_result", "callback_query", "shipping_query", "pre_checkout_query",
    "purchased_paid_media", "poll", "poll_answer", "my_chat_member", "chat_member", "chat_join_request",
    "chat_boost", "removed_chat_boost",
)  # fmt: skip
ONLY_ON_REQUEST = frozenset({"chat_member", "message_reaction", "message_reaction_count"})
LIFETIME = timedelta(hours=24)
CALLBACK_LIFETIME = timedelta(seconds=150)
LONGEST_POLL = 50
MOST_UPDATES = 100


@dataclass(slots=True, eq=False)
class Letter:
    """One update that waits to be confirmed."""

    update: Update
    queue: Queue
    expires: float
    injected: bool = False
    handed_out: bool = False

    def is_confirmed_by(self, offset: int) -> bool:
        """Tell whether a poll from this offset says that the update was received."""
        number = self.update.get("update_id")
        if self.injected:
            # What a test injects may carry any number, even one confirmed long ago: it is handed out once at least.
            return self.handed_out and (not isinstance(number, int) or number < offset)
        return isinstance(number, int) and number < offset


class Mailbox:
    """The updates of one bot."""

    def __init__(self, clock: Clock, *, first_id: int) -> None:
        self._clock = clock
        self._next_id = first_id
        self._letters: list[Letter] = []
        self._poll: asyncio.Future[None] | None = None
        self.allowed: list[str] | None = None
        self.arrived: Callable[[Letter], None] | None = None

    def __len__(self) -> int:
        self._forget_expired()
        return len(self._letters)

    def put(self, kind: str, content: dict[str, Any], queue: Queue) -> None:
        """Queue an update, unless the bot did not ask for this kind."""
        if not self._wants(kind):
            return
        lifetime = CALLBACK_LIFETIME if kind == "callback_query" else LIFETIME
        expires = self._clock.timestamp() + lifetime.total_seconds()
        self._add(Letter({"update_id": self._new_id(), kind: content}, queue, expires))

    def inject(self, raw: Update) -> None:
        """Queue any update as it is; without a number it gets the next one."""
        update = raw if "update_id" in raw else {"update_id": self._new_id(), **raw}
        self._add(Letter(update, ("injected", 0), float("inf"), injected=True))

    def allow(self, kinds: Iterable[Any]) -> None:
        """Remember which kinds the bot wants; unknown names are ignored, an empty list means the default."""
        self.allowed = [kind for kind in UPDATE_KINDS if kind in set(kinds)] or None

    def clear(self) -> None:
        """Forget everything."""
        self._letters.clear()

    def letters(self) -> list[Letter]:
        """Return what waits, oldest first."""
        self._forget_expired()
        return list(self._letters)

    def remove(self, letter: Letter) -> None:
        """Forget one letter: a webhook took it."""
        if letter in self._letters:
            self._letters.remove(letter)

    async def poll(self, offset: int, limit: int, timeout: float) -> list[Update]:  # noqa: ASYNC109 (Telegram's word)
        """Confirm what is before the offset and return what is there, waiting up to `timeout` seconds.

        A negative offset keeps only that many of the newest. A newer poll or a webhook ends this one with a 409.
        """
        self._confirm(offset)
        self.interrupt(conflict(OTHER_POLLER))
        if not self._letters and timeout > 0:
            await self._wait(min(timeout, LONGEST_POLL))
        return self._hand_out(max(1, min(limit, MOST_UPDATES)))

    def interrupt(self, refusal: Refusal | None = None) -> None:
        """End a waiting poll, with a refusal or with what is there."""
        if self._poll is None:
            return
        if refusal and not self._poll.done():
            self._poll.set_exception(refusal)
        else:
            _finish(self._poll)

    async def _wait(self, seconds: float) -> None:
        self._poll = mine = asyncio.get_running_loop().create_future()
        alarm = asyncio.get_running_loop().call_later(seconds, _finish, mine)
        try:
            await mine
        finally:
            alarm.cancel()
            if self._poll is mine:
                self._poll = None

    def _add(self, letter: Letter) -> None:
        self._letters.append(letter)
        self.interrupt()
        if self.arrived:
            self.arrived(letter)

    def _new_id(self) -> int:
        self._next_id += 1
        return self._next_id - 1

    def _wants(self, kind: str) -> bool:
        return kind in self.allowed if self.allowed else kind not in ONLY_ON_REQUEST

    def _confirm(self, offset: int) -> None:
        self._forget_expired()
        if offset < 0:
            del self._letters[:offset]
        elif offset:
            self._letters = [letter for letter in self._letters if not letter.is_confirmed_by(offset)]

    def _forget_expired(self) -> None:
        if self._letters:
            now = self._clock.timestamp()
            self._letters = [letter for letter in self._letters if letter.expires > now]

    def _hand_out(self, limit: int) -> list[Update]:
        handed = self._letters[:limit]
        for letter in handed:
            letter.handed_out = True
        return [letter.update for letter in handed]


def _finish(poll: asyncio.Future[None]) -> None:
    if not poll.done():
        poll.set_result(None)
