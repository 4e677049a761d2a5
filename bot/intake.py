"""Intake: how updates come in. Both ways say "received" only after the turn is committed and shown."""

from __future__ import annotations

import asyncio
import hmac
import json
import time
from collections.abc import Iterable, Mapping
from contextlib import suppress
from typing import Any

import structlog
from aiohttp import web
from telegram import Bot
from telegram.error import BadRequest, Conflict, InvalidToken, RetryAfter, TelegramError

from bot.database import DatabaseAway
from bot.gate import Gate
from bot.health import Health
from bot.reading import ALLOWED_UPDATES
from bot.request import Courier

log = structlog.get_logger()
MOST_BODY = 256 * 1024
MOST_DEPTH = 64
POLL_SECONDS = 25
PAUSES = {"second_poller": 30.0, "token_refused": 30.0, "database_away": 2.0, "telegram_away": 3.0, "failed": 5.0}
"""Seconds before Telegram is asked again."""
_SECRET_HEADER = "X-Telegram-Bot-Api-Secret-Token"  # noqa: S105 - the header's name


class Polling:
    """Asks Telegram for updates; the next offset confirms what is done."""

    def __init__(self, bot: Bot, gate: Gate, health: Health) -> None:
        self._bot = bot
        self._courier = Courier(bot)
        self._gate = gate
        self._health = health
        self._stopping = asyncio.Event()
        self._offset: int | None = None

    async def run(self) -> None:
        """Poll until :meth:`stop`. A revoked token or a second poller is waited out, never fought."""
        while not self._stopping.is_set():
            try:
                batch = await self._ask()
                self._health.beat("intake")
                if batch:
                    await self._take(batch)
            except Conflict:
                await self._pause("second_poller")
            except InvalidToken:
                self._health.fail("token", "Telegram refuses the token")
                await self._pause("token_refused")
            except DatabaseAway:
                await self._pause("database_away")
            except TelegramError as error:
                await self._pause("telegram_away", error)
            except Exception as error:
                # A poller that has died would leave a process that looks alive and hears nothing.
                log.exception("intake.failed")
                await self._pause("failed", error)

    async def stop(self) -> None:
        """Ask for nothing more and confirm what is done."""
        self._stopping.set()

    async def confirm(self) -> None:
        """Tell Telegram what was taken last, so that it is not delivered again after a restart."""
        if self._offset is not None:
            await self._bot.get_updates(offset=self._offset, timeout=0, limit=1, allowed_updates=ALLOWED_UPDATES)

    async def _ask(self) -> list[Mapping[str, Any]]:
        """Return the next updates as Telegram wrote them: one that cannot be read must not hide the others."""
        asking = asyncio.ensure_future(
            self._courier.call(
                "getUpdates",
                offset=self._offset,
                timeout=POLL_SECONDS,
                allowed_updates=ALLOWED_UPDATES,
                within=POLL_SECONDS + 10,
            )
        )
        stopping = asyncio.ensure_future(self._stopping.wait())
        await asyncio.wait({asking, stopping}, return_when=asyncio.FIRST_COMPLETED)
        stopping.cancel()
        if not asking.done():
            asking.cancel()
            return []
        found: list[Mapping[str, Any]] = asking.result()
        self._health.mend("token")
        return found

    async def _take(self, batch: list[Mapping[str, Any]]) -> None:
        """Take a batch, people side by side. If one must come again, confirm only what stands before it."""
        outcomes = await asyncio.gather(*(self._gate.take(update) for update in batch), return_exceptions=True)
        for update, outcome in zip(batch, outcomes, strict=True):
            if isinstance(outcome, BaseException):
                raise outcome
            if isinstance(update.get("update_id"), int):
                self._offset = update["update_id"] + 1

    async def _pause(self, because: str, error: Exception | None = None) -> None:
        wait = error.retry_after if isinstance(error, RetryAfter) else 0
        seconds = max(PAUSES[because], wait if isinstance(wait, int) else wait.total_seconds())
        log.warning("intake.paused", because=because, error=type(error).__name__, seconds=seconds)
        deadline = time.monotonic() + seconds
        while not self._stopping.is_set() and time.monotonic() < deadline:
            self._health.beat("intake")
            with suppress(TimeoutError):
                await asyncio.wait_for(self._stopping.wait(), min(30.0, max(0.0, deadline - time.monotonic())))


class Webhook:
    """Takes deliveries at a path nobody knows, with a secret nobody else has."""

    def __init__(self, bot: Bot, gate: Gate, *, url: str, secret: str) -> None:
        self._bot = bot
        self._gate = gate
        self._url = url
        self._secret = secret.encode()
        self.path = "/" + url.partition("://")[2].partition("/")[2]
        self.draining = False

    async def announce(self) -> None:
        """Tell Telegram where to deliver, and what."""
        try:
            await self._bot.set_webhook(
                self._url, secret_token=self._secret.decode(), allowed_updates=ALLOWED_UPDATES, max_connections=40
            )
        except BadRequest as error:
            log.error("webhook.refused", why=str(error))  # noqa: TRY400 - the reason is all there is to say
            raise

    async def receive(self, request: web.Request) -> web.Response:
        """Answer 200 when the update is taken, 503 when it must be delivered again, and little to others."""
        told = request.headers.get(_SECRET_HEADER, "").encode("utf-8", "surrogateescape")
        if not hmac.compare_digest(told, self._secret):
            return _refusal(401)
        if self.draining:
            return _again()
        if (request.content_length or 0) > MOST_BODY:
            return _refusal(413)
        try:
            raw = _update(await request.read())
        except web.HTTPRequestEntityTooLarge:
            return _refusal(413)
        except ValueError:
            return _refusal(400)
        try:
            await asyncio.shield(self._gate.take(raw))
        except DatabaseAway:
            return _again()
        except Exception:
            log.exception("intake.failed")
            return _again()
        return web.Response()


def _update(body: bytes) -> Mapping[str, Any]:
    """Return the update in a body. Raises ValueError when it is none."""
    try:
        raw = json.loads(body)
    except RecursionError:
        raise ValueError("nested too deep") from None
    if body.count(b"{") + body.count(b"[") > MOST_DEPTH and _deeper_than(raw, MOST_DEPTH):
        raise ValueError("nested too deep")
    if not isinstance(raw, dict) or type(raw.get("update_id")) is not int or abs(raw["update_id"]) >= 2**63:
        raise ValueError("no update")
    return raw


def _deeper_than(value: Any, levels: int) -> bool:
    layer = [value]
    for _level in range(levels):
        layer = [inner for outer in layer for inner in _inside(outer)]
        if not layer:
            return False
    return True


def _inside(value: Any) -> Iterable[Any]:
    if isinstance(value, dict):
        return value.values()
    return value if isinstance(value, list) else ()


def _refusal(status: int) -> web.Response:
    return web.Response(status=status, headers={"Connection": "close"})


def _again() -> web.Response:
    return web.Response(status=503, headers={"Retry-After": "5"})
