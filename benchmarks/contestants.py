"""The contestants: one process each, fed by webhook, whose processor time can be read."""

from __future__ import annotations

import asyncio
import os
import socket
import sys
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Self

from benchmarks.load import SECRET
from benchmarks.stage import Stage

TOKEN = "1000000001:the-token-of-a-bot-that-only-runs"
PATH = "/hook"
START_WITHIN = 30.0


class Contestant:
    """A bot in a process of its own. ``stage`` is set when it remembers anything."""

    def __init__(self, name: str, command: tuple[str, ...], port: int, environment: Mapping[str, str]) -> None:
        self.name = name
        self.port = port
        self.stage: Stage | None = None
        self._command = command
        self._environment = {**os.environ, **environment}
        self._process: asyncio.subprocess.Process | None = None

    async def __aenter__(self) -> Self:
        self._process = await asyncio.create_subprocess_exec(sys.executable, *self._command, env=self._environment)
        await asyncio.wait_for(self._until_it_listens(), START_WITHIN)
        return self

    async def __aexit__(self, *_exc: object) -> None:
        assert self._process is not None
        with suppress(ProcessLookupError):
            self._process.terminate()
        await asyncio.wait_for(self._process.wait(), START_WITHIN)
        if self.stage:
            self.stage.close()

    def processor_seconds(self) -> float:
        """Return how long all threads of the process have run so far."""
        assert self._process is not None
        threads = Path(f"/proc/{self._process.pid}/task").iterdir()
        return sum(int((thread / "schedstat").read_text().split()[0]) for thread in threads) / 1e9

    async def _until_it_listens(self) -> None:
        assert self._process is not None
        while self._process.returncode is None:
            with suppress(ConnectionError):
                _reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
                writer.close()
                return
            await asyncio.sleep(0.05)
        raise RuntimeError(f"{self.name} ended with {self._process.returncode}")


def huifang(name: str, telegram: str, database: str, folder: str) -> Contestant:
    """Return Huifang on a database with the people in it, keeping what they send in this folder."""
    port = _free_port()
    stage = Stage(database)
    stage.set_up()
    settings = {
        "TELEGRAM_TOKEN": TOKEN,
        "TELEGRAM_BASE_URL": telegram,
        "TELEGRAM_MODE": "webhook",
        "TELEGRAM_WEBHOOK_URL": f"http://127.0.0.1:{port}{PATH}",
        "TELEGRAM_WEBHOOK_SECRET": SECRET,
        "TELEGRAM_LISTEN": f"127.0.0.1:{port}",
        "DATABASE_URL": database,
        "ATTACHMENTS_FOLDER": folder,
        "LOG_LEVEL": "warning",
    }
    environment = {f"HUIFANG_{key}": value for key, value in settings.items()}
    contestant = Contestant(name, ("-m", "bot", "run"), port, environment)
    contestant.stage = stage
    return contestant


def echo(name: str, module: str, telegram: str) -> Contestant:
    """Return an echo bot."""
    port = _free_port()
    return Contestant(name, ("-m", module, TOKEN, telegram, str(port)), port, {})


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
