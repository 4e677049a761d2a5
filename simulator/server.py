"""The Bot API over HTTP: reads calls, answers as Telegram does, writes the ledger."""

import asyncio
import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any
from urllib.parse import parse_qsl

from aiohttp import BodyPartReader, web

from simulator.bots import Bot
from simulator.faults import DOWNLOAD, Fault, Faults
from simulator.files import Upload
from simulator.ledger import Call, Ledger
from simulator.methods import NAMES, perform
from simulator.parameters import Parameters
from simulator.refusals import Refusal, bad_request

NOT_FOUND = Refusal(404, "Not Found")
UNAUTHORIZED = Refusal(401, "Unauthorized")
TOO_LARGE = Refusal(413, "Request Entity Too Large")


class BotApi:
    """Serves `/bot<token>/<method>` and `/file/bot<token>/<path>`."""

    def __init__(self, bots: Mapping[str, Bot], faults: Faults, ledger: Ledger) -> None:
        self._bots = bots
        self._faults = faults
        self._ledger = ledger
        self._closing = asyncio.Event()

    def add_to(self, router: web.UrlDispatcher) -> None:
        """Add the routes."""
        router.add_route("*", "/bot{token}/{method}", self._call)
        router.add_get("/file/bot{token}/{path:.+}", self._download)

    def close(self) -> None:
        """Let go of those whom a fault keeps hanging."""
        self._closing.set()

    async def _call(self, request: web.Request) -> web.StreamResponse:
        bot = self._bots.get(request.match_info["token"])
        if bot is None:
            return refused(UNAUTHORIZED)
        method = NAMES.get(request.match_info["method"].lower())
        if method is None:
            return refused(NOT_FOUND)
        try:
            asked = await read_parameters(request)
        except web.HTTPRequestEntityTooLarge:
            return refused(TOO_LARGE)
        except ValueError:
            return refused(bad_request("can't parse the request"))
        fault = self._faults.falling_on(method, asked.values) if self._faults else None
        if fault:
            return await self._go_wrong(fault, request, bot, method, asked)
        return await self._answer(bot, method, asked)

    async def _answer(
        self, bot: Bot, method: str, asked: Parameters, fault: str = "", **misstated: Any
    ) -> web.Response:
        try:
            result = await perform(method, bot, asked)
            if misstated:
                result |= misstated
        except Refusal as refusal:
            self._write(bot, method, asked, refusal, fault)
            return refused(refusal)
        now = bot.world.clock.timestamp()
        self._ledger.write(Call(now, bot.id, method, asked.values, True, 200, result=result, fault=fault))
        return web.Response(body=_encode({"ok": True, "result": result}), content_type="application/json")

    async def _go_wrong(
        self, fault: Fault, request: web.Request, bot: Bot, method: str, asked: Parameters
    ) -> web.StreamResponse:
        if fault.manner == "misstate":
            return await self._answer(bot, method, asked, fault.manner, **fault.facts)
        if fault.refusal:
            self._write(bot, method, asked, fault.refusal, fault.manner)
            return refused(fault.refusal)
        if fault.effect:
            await self._answer(bot, method, asked, fault.manner)
        else:
            self._write(bot, method, asked, Refusal(fault.status, ""), fault.manner)
        return await self._lose_the_answer(fault, request)

    async def _lose_the_answer(self, fault: Fault, request: web.Request) -> web.StreamResponse:
        if fault.manner == "fail":
            page = f"<html><body><h1>{fault.status} Bad Gateway</h1></body></html>"
            return web.Response(status=fault.status, text=page, content_type="text/html")
        if fault.manner == "hang":
            await self._closing.wait()
        if fault.manner == "garble":
            return web.Response(text='{"ok":true,"result":{"message_id":', content_type="application/json")
        if request.transport:
            request.transport.close()
        return web.Response()

    def _write(self, bot: Bot, method: str, asked: Parameters, refusal: Refusal, fault: str) -> None:
        now = bot.world.clock.timestamp()
        self._ledger.write(
            Call(now, bot.id, method, asked.values, False, refusal.code, refusal.description, fault=fault)
        )

    async def _download(self, request: web.Request) -> web.StreamResponse:
        bot = self._bots.get(request.match_info["token"])
        if bot is None:
            return refused(UNAUTHORIZED)
        asked = Parameters({"file_path": request.match_info["path"]})
        file = bot.world.files.at(bot.id, request.match_info["path"])
        if file is None:
            return refused(NOT_FOUND)
        fault = self._faults.falling_on(DOWNLOAD, asked.values) if self._faults else None
        if fault and fault.manner != "cut":
            return await self._go_wrong(replace(fault, effect=False), request, bot, DOWNLOAD, asked)
        now, content = bot.world.clock.timestamp(), file.content
        self._ledger.write(Call(now, bot.id, DOWNLOAD, asked.values, True, 200, fault=fault.manner if fault else ""))
        if fault:
            content = content[: len(content) // 2]
        return web.Response(body=content, content_type="application/octet-stream")


def refused(refusal: Refusal) -> web.Response:
    """Return the answer that says no."""
    answer: dict[str, Any] = {"ok": False, "error_code": refusal.code, "description": refusal.description}
    headers = {}
    if refusal.parameters:
        answer["parameters"] = refusal.parameters
    if "retry_after" in refusal.parameters:
        headers["Retry-After"] = str(refusal.parameters["retry_after"])
    return web.Response(status=refusal.code, body=_encode(answer), content_type="application/json", headers=headers)


async def read_parameters(request: web.Request) -> Parameters:
    """Return the parameters of a call; those in the body win over those in the address."""
    values: dict[str, Any] = dict(request.query) if request.query_string else {}
    kind = request.content_type
    if kind == "multipart/form-data":
        return await _read_multipart(request, values)
    if request.body_exists:
        body = (await request.read()).decode()
        if kind == "application/json":
            values |= _json_object(body)
        elif kind == "application/x-www-form-urlencoded":
            values |= parse_qsl(body, keep_blank_values=True)
    return Parameters(values)


async def _read_multipart(request: web.Request, values: dict[str, Any]) -> Parameters:
    uploads: dict[str, Upload] = {}
    async for part in await request.multipart():
        if not isinstance(part, BodyPartReader) or not part.name:
            continue
        content = bytes(await part.read(decode=True))
        if part.filename is None:
            values[part.name] = content.decode()
        else:
            uploads[part.name] = Upload(content, part.filename, part.headers.get("Content-Type", ""))
    return Parameters(values, uploads)


def _json_object(body: str) -> dict[str, Any]:
    decoded = json.loads(body or "{}")
    if not isinstance(decoded, dict):
        raise ValueError("the body is no JSON object")  # noqa: TRY004 (it came from outside)
    return decoded


def _encode(answer: dict[str, Any]) -> bytes:
    return json.dumps(answer, separators=(",", ":")).encode()
