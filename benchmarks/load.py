"""The load: so many updates in flight, each of another person, until everybody has had a turn."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from benchmarks.loopback import Loopback

SECRET = "a-secret-for-the-bench"
PATIENCE = 60.0
WORDS = "谈了备件供应，对方希望下周三看到报价"


@dataclass(frozen=True)
class Kind:
    """What the people do, and which calls an update of theirs must lead to."""

    name: str
    calls: frozenset[str]


SAID = Kind("words", frozenset({"sendMessage"}))
TAPPED = Kind("tap", frozenset({"editMessageText", "answerCallbackQuery"}))


@dataclass(frozen=True)
class Update:
    """An update ready to be posted, and whose it is."""

    person: int
    body: bytes


class Link:
    """One kept-alive connection to a bot's webhook."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, path: str) -> None:
        self._reader = reader
        self._writer = writer
        self._head = (
            f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
            f"X-Telegram-Bot-Api-Secret-Token: {SECRET}\r\nContent-Length: "
        ).encode()

    @classmethod
    async def to(cls, port: int, path: str) -> Link:
        """Open a connection."""
        return cls(*await asyncio.open_connection("127.0.0.1", port), path)

    def post(self, body: bytes) -> None:
        """Send an update."""
        self._writer.write(self._head + str(len(body)).encode() + b"\r\n\r\n" + body)

    async def acknowledged(self) -> None:
        """Read the answer, which must be 200."""
        head = (await self._reader.readuntil(b"\r\n\r\n")).lower()
        if b" 200 " not in head.partition(b"\r\n")[0]:
            raise RuntimeError(head.decode())
        length = head.partition(b"content-length:")[2].partition(b"\r\n")[0]
        await self._reader.readexactly(int(length))

    def close(self) -> None:
        """Close the connection."""
        self._writer.close()


async def turns(
    telegram: Loopback, port: int, path: str, kind: Kind, updates: Sequence[Update], *, in_flight: int
) -> tuple[float, list[float]]:
    """Post all updates, so many at a time; return how long it took, and each one's latency, in seconds.

    A turn is over when all its calls have reached Telegram and the update is acknowledged; the latency ends
    with the last call, since some bots acknowledge before they have done anything.
    """
    waiting = iter(updates)
    latencies: list[float] = []

    async def one_after_another(link: Link) -> None:
        for update in waiting:
            done = telegram.expect(update.person, kind.calls)
            begun = time.perf_counter()
            link.post(update.body)
            latencies.append(await done - begun)
            await link.acknowledged()

    links = [await Link.to(port, path) for _ in range(in_flight)]
    begun = time.perf_counter()
    async with asyncio.timeout(PATIENCE):
        await asyncio.gather(*(one_after_another(link) for link in links))
    took = time.perf_counter() - begun
    for link in links:
        link.close()
    return took, latencies


def says(telegram: Loopback, people: Iterable[int], text: str = WORDS) -> list[Update]:
    """Return one message of each person."""
    return [_update(telegram, person, "message", _message(telegram, person, text)) for person in people]


def taps(telegram: Loopback, data: dict[int, str]) -> list[Update]:
    """Return one tap of each person."""
    return [
        _update(
            telegram,
            person,
            "callback_query",
            {
                "id": str(person),
                "from": _user(person),
                "message": _message(telegram, person, "进展如何？"),
                "chat_instance": "-3788012345678901234",
                "data": on_button,
            },
        )
        for person, on_button in data.items()
    ]


def _update(telegram: Loopback, person: int, kind: str, content: dict[str, Any]) -> Update:
    return Update(person, json.dumps({"update_id": next(telegram.ids), kind: content}, ensure_ascii=False).encode())


def _message(telegram: Loopback, person: int, text: str) -> dict[str, Any]:
    chat = {"id": person, "type": "private", "first_name": "李伟", "username": f"li_wei_{person}"}
    return {
        "message_id": next(telegram.ids),
        "from": _user(person),
        "chat": chat,
        "date": 1_773_100_800,
        "text": text,
    }


def _user(person: int) -> dict[str, Any]:
    return {
        "id": person,
        "is_bot": False,
        "first_name": "李伟",
        "username": f"li_wei_{person}",
        "language_code": "zh-hans",
    }
