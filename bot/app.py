"""The application: everything built once, started in order, stopped in order within 25 seconds."""

from __future__ import annotations

import asyncio
import os
import secrets
import socket
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import structlog
from aiohttp import web
from telegram import Bot
from telegram.error import BadRequest, InvalidToken, TelegramError

from bot import commands
from bot.clock import Clock
from bot.config import Config, ConfigError
from bot.database import Database, only_process
from bot.gate import Gate
from bot.health import Health
from bot.importer import Importer
from bot.intake import MOST_BODY, Polling, Webhook
from bot.keeper import Keeper
from bot.notifier import Notifier
from bot.recent import Recent
from bot.request import AiohttpRequest, Courier
from bot.send import Sender
from bot.spreadsheet import MOST_BYTES
from bot.store import Store
from crm import attachments
from crm.rules import Rules
from dialog import chart
from dialog.talk import House
from dialog.words import LANGUAGES, Words
from handlers.book import book
from handlers.names import NAMES
from models import migrations

log = structlog.get_logger()
TEMPLATES = Path(__file__).parent.parent / "templates"
STOP_WITHIN = 25.0
FINISH_WITHIN = 10.0
"""Seconds for turns that are under way when the process is asked to stop."""
CONFIRM_WITHIN = 2.0
PAUSES = (1.0, 2.0, 5.0, 10.0, 30.0)
"""Seconds between two tries to meet Telegram."""


def real_time() -> datetime:
    """Return what time it is: the one place where the clock is read."""
    return datetime.now(UTC)


class App:
    """One bot in one process."""

    def __init__(self, config: Config, *, now: Callable[[], datetime] = real_time, answer_within: float = 30.0) -> None:
        self.config = config
        self.now = now
        self.holder = f"{socket.gethostname()[:20]}-{os.getpid()}-{secrets.token_hex(3)}"
        root = config.telegram.base_url.rstrip("/")
        self.bot = Bot(
            config.telegram.secret_token(),
            base_url=f"{root}/bot",
            base_file_url=f"{root}/file/bot",
            request=AiohttpRequest(read_timeout=answer_within),
            get_updates_request=AiohttpRequest(connections=2),
        )
        self._release: Callable[[], None] = lambda: None
        self._runner: web.AppRunner | None = None
        self._polling: Polling | None = None
        self._webhook: Webhook | None = None
        self._poller: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Open the database, meet Telegram, and begin to listen and to ring."""
        self._release = only_process(self.config.database.url)
        await self._insist(self.bot.initialize)
        rules = rules_of(self.config, bot_username=self.bot.username)
        self.database = Database(self.config.database.url, threads=self.config.database.threads, info={"rules": rules})
        migrations.upgrade(self.database.engine)
        self.house = house_of(self.config, bot_username=self.bot.username)
        self.recent = Recent()
        self.health = Health(self.database)
        store = await self._open_store()
        sender = Sender(self.bot, store, self.recent)
        admins = frozenset(self.config.people.admins)
        self.gate = Gate(self.house, self.database, self.bot, sender, recent=self.recent, admins=admins, now=self.now)
        self.notifier = Notifier(
            self.house, self.database, sender, recent=self.recent, health=self.health, holder=self.holder, now=self.now
        )
        fetch = Courier(self.bot).fetch
        importer = Importer(self.database, partial(fetch, most=MOST_BYTES), self.now)
        keeper = Keeper(self.database, partial(fetch, most=rules.largest_file), store, self.now)
        self.clock = Clock(self.database, self.notifier, importer, keeper, self.recent, self.health, self.now)
        await commands.announce(self.bot, self.house)
        await self._listen()
        self.clock.start()
        await asyncio.get_running_loop().run_in_executor(None, _draw_once)
        log.info("app.started", bot=self.bot.username, mode=self.config.telegram.mode, database=self._backend())

    async def stop(self) -> None:
        """Take nothing new, finish what is running, store, let go."""
        self.health.draining = True
        if self._webhook:
            self._webhook.draining = True
        if self._polling:
            await self._polling.stop()
        if self._poller:
            await asyncio.wait({self._poller}, timeout=FINISH_WITHIN)
            self._poller.cancel()
        await self.clock.stop()
        if self._runner:
            await self._runner.cleanup()
        await self._leave_telegram()
        self.database.close()
        self._release()
        log.info("app.stopped")

    async def _open_store(self) -> Store:
        folder = self.config.attachments.folder
        mark = await self.database.run(attachments.shelf)
        try:
            return await asyncio.to_thread(Store, folder, mark)
        except OSError as error:
            raise ConfigError(f"attachments.folder: {folder} cannot be made ({error.strerror})") from None

    async def _insist(self, ask: Callable[[], Awaitable[object]]) -> None:
        """Ask Telegram; while it cannot be reached, or wants us to slow down, wait and try again.

        Raises ConfigError when Telegram does not know the token, and when it stays away.
        """
        for pause in PAUSES:
            try:
                await ask()
            except InvalidToken:
                await self.bot.shutdown()
                # python-telegram-bot's own words hold the token.
                raise ConfigError("telegram.token: Telegram does not know it; ask @BotFather (/token)") from None
            except BadRequest:
                raise
            except TelegramError as error:
                log.warning("telegram.unreachable", because=type(error).__name__, again_in=pause)
                await asyncio.sleep(pause)
            else:
                return
        await self.bot.shutdown()
        raise ConfigError(f"telegram.base_url: {self.config.telegram.base_url} cannot be reached")

    async def _leave_telegram(self) -> None:
        if self._polling:
            try:
                await asyncio.wait_for(self._polling.confirm(), CONFIRM_WITHIN)
            except (TelegramError, TimeoutError) as error:
                log.info("intake.unconfirmed", because=type(error).__name__)
        await self.bot.shutdown()

    async def _listen(self) -> None:
        web_app = web.Application(client_max_size=MOST_BODY)
        web_app.router.add_get("/livez", self.health.live)
        web_app.router.add_get("/readyz", self.health.ready)
        telegram = self.config.telegram
        if telegram.mode == "webhook":
            secret = telegram.webhook_secret.get_secret_value()
            self._webhook = Webhook(self.bot, self.gate, url=telegram.webhook_url, secret=secret)
            web_app.router.add_post(self._webhook.path, self._webhook.receive)
        self._runner = web.AppRunner(web_app, access_log=None, handle_signals=False, shutdown_timeout=FINISH_WITHIN)
        await self._runner.setup()
        await web.TCPSite(self._runner, *telegram.address).start()
        if self._webhook:
            await self._insist(self._webhook.announce)
            return
        await self._insist(self.bot.delete_webhook)
        self._polling = Polling(self.bot, self.gate, self.health)
        self._poller = asyncio.create_task(self._polling.run())

    def _backend(self) -> str:
        return self.database.engine.dialect.name


def rules_of(config: Config, *, bot_username: str) -> Rules:
    """Return the department's rules as the configuration sets them."""
    return Rules(
        company=config.company.name,
        bot_username=bot_username,
        language=config.company.language,
        zone=config.company.timezone,
        emergency_phone=config.company.emergency_phone.strip(),
        quiet_from=config.quiet_hours.start,
        quiet_to=config.quiet_hours.end,
        largest_file=config.attachments.largest_mb << 20,
    )


def house_of(config: Config, *, bot_username: str) -> House:
    """Return the flows, pages and languages."""
    languages = {language: Words(language, TEMPLATES, NAMES) for language in LANGUAGES}
    company = config.company
    return House(book(), languages, company.language, company.zone, company.name, bot_username)


def _draw_once() -> None:
    """Draw a picture nobody sees: the first one takes a third of a second, and no turn shall wait for it."""
    chart.bars("", [])


async def run(config: Config, stopping: asyncio.Event) -> None:
    """Run until asked to stop. A second request to stop changes nothing: the first is being carried out."""
    app = App(config)
    await app.start()
    await stopping.wait()
    await asyncio.wait_for(app.stop(), STOP_WITHIN)
