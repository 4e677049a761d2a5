"""The page's side of the simulator: its files, its live events, and what people do on it."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from aiohttp import BodyPartReader, web

from simulator.acts import ACTS, Given
from simulator.bots import World
from simulator.chats import Chat, Message, Toast
from simulator.phone import Phone, PhoneRefuses
from simulator.refusals import Refusal

PAGE = Path(__file__).parent / "page"
MOST_SHOWN = 300
MORNING = 9
SECURITY = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; media-src 'self'; "
        "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-cache",
}
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


class Window:
    """Shows the phones in a browser and passes on what is tapped there."""

    def __init__(self, world: World, phones: list[Phone], zone: ZoneInfo) -> None:
        self._world = world
        self._phones = phones
        self._zone = zone
        self._viewers: set[asyncio.Queue[str | None]] = set()
        self._stop_listening = world.clock.listen(self._clock_moved)
        world.watchers.append(self._happened)

    def add_to(self, router: web.UrlDispatcher) -> None:
        """Add the routes."""
        router.add_get("/", self._index)
        router.add_get("/page/{name}", self._page_file)
        router.add_get("/media/{file_id}", self._media)
        router.add_get("/events", self._events)
        router.add_post("/clock", _own_page_only(self._move_clock))
        router.add_post("/phones/{key}/{act}", _own_page_only(self._act))

    def close(self) -> None:
        """Say goodbye to the viewers."""
        self._stop_listening()
        self._world.watchers.remove(self._happened)
        for viewer in self._viewers:
            viewer.put_nowait(None)

    async def _index(self, _request: web.Request) -> web.StreamResponse:
        return web.FileResponse(PAGE / "index.html", headers=SECURITY)

    async def _page_file(self, request: web.Request) -> web.StreamResponse:
        files = {file.name: file for file in PAGE.iterdir()}
        file = files.get(request.match_info["name"])
        return web.FileResponse(file, headers=SECURITY) if file else web.Response(status=404)

    async def _media(self, request: web.Request) -> web.StreamResponse:
        file = self._world.files.find(request.match_info["file_id"])
        if file is None:
            return web.Response(status=404)
        shown = file.mime_type if file.kind in {"photo", "voice"} else "application/octet-stream"
        if file.content.startswith(b"RIFF") and file.kind == "voice":
            shown = "audio/wav"
        headers = SECURITY | {"Cache-Control": "private, max-age=86400, immutable"}
        return web.Response(body=file.content, content_type=shown, headers=headers)

    async def _events(self, request: web.Request) -> web.StreamResponse:
        stream = web.StreamResponse(headers={"Content-Type": "text/event-stream", "Cache-Control": "no-store"})
        await stream.prepare(request)
        viewer: asyncio.Queue[str | None] = asyncio.Queue()
        viewer.put_nowait(_event("hello", self._everything()))
        self._viewers.add(viewer)
        try:
            while event := await viewer.get():
                await stream.write(event.encode())
        finally:
            self._viewers.discard(viewer)
        return stream

    async def _move_clock(self, request: web.Request) -> web.StreamResponse:
        asked = await request.json()
        clock = self._world.clock
        if asked.get("to") == "tomorrow":
            await clock.move_to(_next_morning(clock.now().astimezone(self._zone)))
        else:
            await clock.move(timedelta(hours=float(asked.get("hours", 0))))
        return web.json_response(self._clock())

    async def _act(self, request: web.Request) -> web.StreamResponse:
        phone = next((phone for phone in self._phones if phone.key == request.match_info["key"]), None)
        act = ACTS.get(request.match_info["act"])
        if phone is None or act is None:
            return web.Response(status=404)
        try:
            await act(phone, await _read_given(request), self._phones)
        except (PhoneRefuses, Refusal, KeyError, ValueError) as problem:
            return web.json_response({"problem": str(problem)}, status=400)
        return web.Response(status=204)

    # What the page is told

    def _happened(self, event: str, chat: Chat, content: Any) -> None:
        if not self._viewers:
            return
        for phone in self._phones:
            if phone.chat is chat:
                self._broadcast(event, {"phone": phone.key} | _told(event, phone, content))

    async def _clock_moved(self, _now: datetime) -> None:
        self._broadcast("clock", self._clock())

    def _broadcast(self, event: str, content: dict[str, Any]) -> None:
        line = _event(event, content)
        for viewer in self._viewers:
            viewer.put_nowait(line)

    def _clock(self) -> dict[str, Any]:
        return {"now": self._world.clock.timestamp() * 1000, "zone": self._zone.key}

    def _everything(self) -> dict[str, Any]:
        return self._clock() | {"phones": [_whole_phone(phone) for phone in self._phones]}


def _told(event: str, phone: Phone, content: Any) -> dict[str, Any]:
    match content:
        case Message():
            return {"message": _message(content)}
        case Toast():
            return {"text": content.text, "alert": content.alert}
        case int():
            return {"message_id": content}
    return _surroundings(phone) if event == "phone" else {}


def _whole_phone(phone: Phone) -> dict[str, Any]:
    newest = list(phone.chat.messages.values())[-MOST_SHOWN:]
    return {
        "phone": phone.key,
        "account": {"id": phone.account.id, "name": phone.account.name},
        "legend": phone.legend,
        "messages": [_message(message) for message in newest],
    } | _surroundings(phone)


def _surroundings(phone: Phone) -> dict[str, Any]:
    bot = phone.bot
    return {
        "bot": {"name": bot.name, "username": bot.username, "description": bot.description},
        "commands": phone.commands,
        "keyboard": phone.chat.reply_keyboard,
        "started": phone.started,
        "blocked": phone.blocked,
    }


def _message(message: Message) -> dict[str, Any]:
    return {"raw": message.raw, "mine": not message.by_bot, "silent": message.silent}


def _event(name: str, content: dict[str, Any]) -> str:
    return f"event: {name}\ndata: {json.dumps(content)}\n\n"


def _next_morning(local: datetime) -> datetime:
    return (local + timedelta(days=1)).replace(hour=MORNING, minute=0, second=0, microsecond=0)


def _own_page_only(handler: Handler) -> Handler:
    """Turn away what another site's page sends here from the same browser."""

    async def guarded(request: web.Request) -> web.StreamResponse:
        if request.headers.get("Sec-Fetch-Site", "none") not in {"same-origin", "none"}:
            return web.Response(status=403)
        return await handler(request)

    return guarded


async def _read_given(request: web.Request) -> Given:
    if request.content_type != "multipart/form-data":
        return Given(await request.json() if request.body_exists else {})
    given = Given({})
    async for part in await request.multipart():
        if isinstance(part, BodyPartReader) and part.name:
            content = bytes(await part.read(decode=True))
            if part.filename is None:
                given.facts[part.name] = content.decode()
            else:
                given.files.append((part.filename, content))
    return given
