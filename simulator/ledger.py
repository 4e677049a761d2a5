"""The ledger: every call of the Bot API, and what really became of it."""

from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from simulator.methods import SENDING


@dataclass(slots=True, frozen=True)
class Call:
    """One call. `effective` tells whether it took effect, whatever the bot was answered."""

    timestamp: float
    bot_id: int
    method: str
    asked: dict[str, Any]
    effective: bool
    code: int
    description: str = ""
    result: Any = None
    fault: str = ""

    @property
    def at(self) -> datetime:
        """When it came, by the simulated clock."""
        return datetime.fromtimestamp(self.timestamp, UTC)

    @property
    def chat(self) -> int | None:
        """The chat it names."""
        try:
            return int(self.asked["chat_id"])
        except (KeyError, TypeError, ValueError):
            return None

    @property
    def messages(self) -> list[dict[str, Any]]:
        """The messages it made or changed, as they were then."""
        results = self.result if isinstance(self.result, list) else [self.result]
        return [result for result in results if isinstance(result, dict) and "message_id" in result]

    @property
    def text(self) -> str:
        """The text or caption, without its tags if it was accepted."""
        for source in (*self.messages, self.asked):
            if words := source.get("text") or source.get("caption"):
                return str(words)
        return ""

    @property
    def markup(self) -> Any:
        """The keyboard as it was sent."""
        return self.asked.get("reply_markup")


class Ledger:
    """Remembers the newest calls, `size` of them."""

    def __init__(self, size: int) -> None:
        self._calls: deque[Call] = deque(maxlen=size)

    def __iter__(self) -> Iterator[Call]:
        return iter(tuple(self._calls))

    def __len__(self) -> int:
        return len(self._calls)

    def write(self, call: Call) -> None:
        """Add a call."""
        self._calls.append(call)

    def clear(self) -> None:
        """Forget everything."""
        self._calls.clear()

    def calls(
        self, *, method: str = "", chat: int | None = None, bot: int | None = None,
        where: Callable[[Call], bool] = lambda _call: True,
    ) -> list[Call]:  # fmt: skip
        """Return the calls that match, refused ones too, oldest first."""
        return [
            call
            for call in self._calls
            if (not method or call.method == method)
            and (chat is None or call.chat == chat)
            and (bot is None or call.bot_id == bot)
            and where(call)
        ]

    def deliveries(self, *, chat: int | None = None, bot: int | None = None) -> list[Call]:
        """Return the sends that reached a chat, even if the bot never heard of its success."""
        return self.calls(chat=chat, bot=bot, where=lambda call: call.effective and call.method in SENDING)
