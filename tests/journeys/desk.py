"""A real process of the bot at the other end of HTTP, to be fed updates, killed and started again."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import sys
import tempfile
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any, Self

import aiohttp

SECRET = "a-secret-for-the-tests"
HEADERS = {"X-Telegram-Bot-Api-Secret-Token": SECRET}
START_WITHIN = 30.0


class Desk:
    """One process. In webhook mode updates are posted to it as Telegram would."""

    def __init__(
        self,
        *,
        token: str,
        telegram: str,
        database: str,
        folder: Path | None = None,
        admins: str = "",
        crash_at: str = "",
        mode: str = "webhook",
        log_level: str = "info",
        ready: bool = True,
    ) -> None:
        self._ready = ready
        self._own = tempfile.TemporaryDirectory(prefix="huifang-desk-")
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self._environment = {
            **os.environ,
            "HUIFANG_TELEGRAM_TOKEN": token,
            "HUIFANG_TELEGRAM_BASE_URL": telegram,
            "HUIFANG_TELEGRAM_MODE": mode,
            "HUIFANG_LOG_LEVEL": log_level,
            "HUIFANG_TELEGRAM_WEBHOOK_URL": f"{self.url}/hook",
            "HUIFANG_TELEGRAM_WEBHOOK_SECRET": SECRET,
            "HUIFANG_TELEGRAM_LISTEN": f"127.0.0.1:{self.port}",
            "HUIFANG_DATABASE_URL": database,
            "HUIFANG_ATTACHMENTS_FOLDER": str(folder or self._own.name),
            "HUIFANG_PEOPLE_ADMINS": admins,
            "CRASH_AT": crash_at,
        }
        self.process: asyncio.subprocess.Process | None = None
        self.log = tempfile.TemporaryFile()  # noqa: SIM115 - closed when the desk is left

    async def __aenter__(self) -> Self:
        self.process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "bot", "run", env=self._environment, stdout=self.log, stderr=self.log
        )
        if self._ready:
            await asyncio.wait_for(self._until_ready(), START_WITHIN)
        return self

    async def __aexit__(self, *_exc: object) -> None:
        await self.stops()
        self.log.close()
        self._own.cleanup()

    def told(self) -> str:
        """What the process has written so far."""
        self.log.seek(0)
        return self.log.read().decode()

    async def _until_ready(self) -> None:
        assert self.process is not None
        async with aiohttp.ClientSession() as http:
            while self.process.returncode is None:
                with suppress(aiohttp.ClientError):
                    async with http.get(f"{self.url}/readyz") as answer:
                        if answer.status == 200:
                            return
                await asyncio.sleep(0.05)
        self.log.seek(0)
        raise AssertionError(self.log.read().decode())

    async def receives(self, update: Mapping[str, Any]) -> int | None:
        """Post an update; return the status, or None when the process died over it."""
        async with aiohttp.ClientSession() as http:
            try:
                async with http.post(f"{self.url}/hook", json=update, headers=HEADERS) as answer:
                    await answer.read()
                    return answer.status
            except aiohttp.ClientError:
                return None

    async def dies(self) -> int:
        """Wait for the process to end by itself; return its exit code."""
        assert self.process is not None
        await asyncio.wait_for(self.process.wait(), 20)
        assert self.process.returncode is not None
        return self.process.returncode

    async def is_killed(self) -> None:
        """End the process as by ``kill -9``."""
        assert self.process is not None
        self.process.send_signal(signal.SIGKILL)
        await self.process.wait()

    async def stops(self) -> int | None:
        """Ask the process to stop, and wait until it has; return its exit code."""
        assert self.process is not None
        if self.process.returncode is None:
            with suppress(ProcessLookupError):
                self.process.terminate()
            await asyncio.wait_for(self.process.wait(), 30)
        return self.process.returncode


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def message(update_id: int, user: int, text: str, name: str = "李伟") -> dict[str, Any]:
    """The update of a message, as Telegram writes it."""
    return {"update_id": update_id, "message": _message(user, text, update_id, name)}


def tap(update_id: int, user: int, data: str, message_id: int, name: str = "李伟") -> dict[str, Any]:
    """The update of a tap."""
    person = {"id": user, "is_bot": False, "first_name": name, "language_code": "zh-hans"}
    query = {"id": str(update_id), "from": person, "chat_instance": "1", "data": data}
    return {"update_id": update_id, "callback_query": query | {"message": _message(user, "…", message_id, name)}}


def _message(user: int, text: str, message_id: int, name: str) -> dict[str, Any]:
    person = {"id": user, "is_bot": False, "first_name": name, "language_code": "zh-hans"}
    entities = [{"type": "bot_command", "offset": 0, "length": len(text.split()[0])}] if text.startswith("/") else []
    return {
        "message_id": message_id,
        "date": 1773100800,
        "from": person,
        "chat": {"id": user, "type": "private", "first_name": name},
        "text": text,
        "entities": entities,
    }
