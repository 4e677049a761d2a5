"""A Telegram on the loopback that takes messages and remembers nothing: the same small cost for every contestant.

It answers as Telegram does, with the whole message, and tells the load when the calls it waits for have come.
"""

from __future__ import annotations

import asyncio
import itertools
import json
import time
from typing import Any, Self
from urllib.parse import parse_qsl

from aiohttp import web

ME = {"id": 1_000_000_001, "is_bot": True, "first_name": "回访", "username": "huifang_bench_bot"}


class Waiting:
    """The calls one update must lead to."""

    def __init__(self, methods: frozenset[str]) -> None:
        self.methods = set(methods)
        self.all_came: asyncio.Future[float] = asyncio.get_running_loop().create_future()

    def came(self, method: str) -> None:
        """Cross a call off; the last one sets the time."""
        self.methods.discard(method)
        if not self.methods and not self.all_came.done():
            self.all_came.set_result(time.perf_counter())


class Loopback:
    """The Bot API server. An update's callback query has the person's number as its id."""

    def __init__(self) -> None:
        self.ids = itertools.count(1_000)
        self.url = ""
        self._waiting: dict[str, Waiting] = {}
        self._runner = web.ServerRunner(web.Server(self._answer))

    async def __aenter__(self) -> Self:
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", 0)
        await site.start()
        host, port = self._runner.addresses[0][:2]
        self.url = f"http://{host}:{port}"
        return self

    async def __aexit__(self, *_exc: object) -> None:
        await self._runner.cleanup()

    def expect(self, person: int, methods: frozenset[str]) -> asyncio.Future[float]:
        """Return what will hold the time when the last of these calls came for this person."""
        waiting = self._waiting[str(person)] = Waiting(methods)
        return waiting.all_came

    async def _answer(self, request: web.BaseRequest) -> web.Response:
        method = request.path.rpartition("/")[2]
        asked = _parameters(request.content_type, await request.read())
        person = asked.get("chat_id") or asked.get("callback_query_id")
        if str(person) in self._waiting:
            self._waiting[str(person)].came(method)
        body = json.dumps({"ok": True, "result": self._result(method, asked)}, ensure_ascii=False)
        return web.Response(body=body.encode(), content_type="application/json")

    def _result(self, method: str, asked: dict[str, Any]) -> Any:
        if method == "getMe":
            return ME
        if method not in {"sendMessage", "editMessageText"}:
            return True
        message = {
            "message_id": int(asked.get("message_id") or next(self.ids)),
            "from": ME,
            "chat": {"id": int(asked["chat_id"]), "first_name": "李伟", "type": "private"},
            "date": 1_773_100_800,
            "text": asked["text"],
        }
        markup = asked.get("reply_markup")
        if markup:
            message["reply_markup"] = json.loads(markup) if isinstance(markup, str) else markup
        return message


def _parameters(content_type: str, body: bytes) -> dict[str, Any]:
    if not body:
        return {}
    if content_type == "application/json":
        return dict(json.loads(body))
    if content_type == "application/x-www-form-urlencoded":
        return dict(parse_qsl(body.decode()))
    raise ValueError(content_type)
