"""Faults on demand: what the network and Telegram do to a bot on a bad day."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Literal

from simulator.refusals import Refusal, forbidden, too_many_requests

Condition = Callable[[str, dict[str, Any]], bool]
POLLING = "getUpdates"
DOWNLOAD = "download"
UNDISTURBED = frozenset({POLLING, DOWNLOAD})
Manner = Literal["refuse", "fail", "hang", "close", "garble", "cut", "misstate"]


@dataclass(slots=True, eq=False)
class Fault:
    """What shall happen to the next calls that match.

    `times` counts down, None means until cleared. With `effect` the call is carried out before its answer is lost.
    """

    manner: Manner
    effect: bool = False
    refusal: Refusal | None = None
    status: int = 0
    times: int | None = 1
    method: str = ""
    chat: int | None = None
    when: Condition | None = None
    facts: dict[str, Any] = field(default_factory=dict)
    hits: int = field(default=0)

    def matches(self, method: str, asked: dict[str, Any]) -> bool:
        """Tell whether it falls on this call."""
        return (
            (self.times is None or self.hits < self.times)
            and (method == self.method if self.method else method not in UNDISTURBED)
            and (self.chat is None or str(asked.get("chat_id")) == str(self.chat))
            and (self.when is None or self.when(method, asked))
        )


class Faults:
    """The faults that wait for their call; the oldest that matches falls.

    Every maker takes `times` (1; None for ever), `method`, `chat` and `when(method, parameters)`.
    Polling and downloads go on undisturbed unless `method="getUpdates"` or `method="download"` is named; the only
    parameter of a download is its `file_path`.
    """

    def __init__(self) -> None:
        self._waiting: list[Fault] = []

    def __bool__(self) -> bool:
        return bool(self._waiting)

    def flood(self, retry_after: int = 1, **where: Any) -> Fault:
        """Answer 429 with `retry_after` seconds."""
        return self._add(Fault("refuse", refusal=too_many_requests(retry_after), **where))

    def forbid(self, words: str = "bot was blocked by the user", **where: Any) -> Fault:
        """Answer 403 with these words."""
        return self._add(Fault("refuse", refusal=forbidden(words), **where))

    def refuse(self, code: int, description: str, **where: Any) -> Fault:
        """Answer with this code and description."""
        return self._add(Fault("refuse", refusal=Refusal(code, description), **where))

    def fail(self, status: int = 502, *, effect: bool = False, **where: Any) -> Fault:
        """Answer an HTML error page, as a gateway does."""
        return self._add(Fault("fail", effect, status=status, **where))

    def hang(self, *, effect: bool = False, **where: Any) -> Fault:
        """Never answer."""
        return self._add(Fault("hang", effect, **where))

    def close(self, *, effect: bool = True, **where: Any) -> Fault:
        """Close the connection instead of answering."""
        return self._add(Fault("close", effect, **where))

    def garble(self, *, effect: bool = True, **where: Any) -> Fault:
        """Answer 200 with half of a JSON."""
        return self._add(Fault("garble", effect, **where))

    def cut(self, **where: Any) -> Fault:
        """Send the first half of a download, as if that were all."""
        return self._add(Fault("cut", **{"method": DOWNLOAD} | where))

    def misstate(self, facts: dict[str, Any], **where: Any) -> Fault:
        """Carry the call out, and put these facts into its result."""
        return self._add(Fault("misstate", facts=facts, **where))

    def clear(self) -> None:
        """Let everything go well again."""
        self._waiting.clear()

    def falling_on(self, method: str, asked: dict[str, Any]) -> Fault | None:
        """Return the fault for this call and count it."""
        for fault in self._waiting:
            if fault.matches(method, asked):
                fault.hits += 1
                return fault
        return None

    def _add(self, fault: Fault) -> Fault:
        self._waiting.append(fault)
        return fault
