"""The simulator: a local Telegram with bots, accounts, phones, a clock, faults and a ledger."""

from datetime import timedelta
from typing import Any, Self
from zoneinfo import ZoneInfo

from aiohttp import web

from simulator.bots import Bot, World
from simulator.chats import Account
from simulator.clock import Clock
from simulator.faults import Faults
from simulator.files import LARGEST_UPLOAD, MEGABYTE
from simulator.ledger import Ledger
from simulator.phone import Phone
from simulator.server import BotApi
from simulator.window import Window

GRACE = 0.5


class Simulator:
    """One Telegram.

    ```python
    async with Simulator() as sim:
        bot = sim.bot("123456:TEST-token", username="huifang_demo_bot", name="回访")
        phone = sim.phone(sim.account(1001, "李伟", language_code="zh-hans"), bot, legend="业务员")
        ...  # the bot under test talks to sim.base_url and sim.base_file_url
        await phone.start()
        await phone.waits_for("您好")
        assert await phone.tap("登记拜访") == ""
    ```
    Taps may be answered within `query_lifetime` of the simulated clock.

    `webhook_pace` stretches or shortens the pauses between webhook attempts (1.0 is Telegram's own pace),
    `zone` is the one the page shows its clock in, `ledger_size` is how many calls are remembered.
    """

    def __init__(
        self,
        *,
        zone: str = "Asia/Shanghai",
        query_lifetime: timedelta = timedelta(seconds=15),
        webhook_pace: float = 1.0,
        ledger_size: int = 100_000,
    ) -> None:
        self.zone = ZoneInfo(zone)
        self.world = World(query_lifetime=query_lifetime, webhook_pace=webhook_pace)
        self.bots: dict[str, Bot] = {}
        self.phones: list[Phone] = []
        self.faults = Faults()
        self.ledger = Ledger(ledger_size)
        self.url = ""
        self._api: BotApi | None = None
        self._window: Window | None = None
        self._runner: web.AppRunner | None = None

    @property
    def clock(self) -> Clock:
        """The simulated clock."""
        return self.world.clock

    @property
    def base_url(self) -> str:
        """What goes before the token in a method's address."""
        return f"{self.url}/bot"

    @property
    def base_file_url(self) -> str:
        """What goes before the token in a file's address."""
        return f"{self.url}/file/bot"

    def bot(self, token: str, *, username: str, name: str) -> Bot:
        """Register a bot."""
        self.bots[token] = Bot(self.world, token, username=username, name=name)
        return self.bots[token]

    def account(
        self, id: int, first_name: str, *, last_name: str = "", username: str = "", language_code: str = ""  # noqa: A002
    ) -> Account:  # fmt: skip
        """Register a person's account."""
        account = Account(id, first_name, last_name, username, language_code)
        self.world.accounts[id] = account
        return account

    def phone(self, account: Account, bot: Bot, *, legend: str = "") -> Phone:
        """Hand out a phone with this account and the chat with this bot; the page shows it."""
        taken = any(phone.account is account for phone in self.phones)
        key = f"{account.id}-{bot.username}" if taken else str(account.id)
        phone = Phone(account, bot, key=key, legend=legend)
        self.phones.append(phone)
        return phone

    def push(self, bot: Bot, raw_update: dict[str, Any]) -> None:
        """Give a bot any update, however strange; without an `update_id` it gets the next one."""
        bot.mailbox.inject(raw_update)

    async def start(self, host: str = "127.0.0.1", port: int = 0) -> None:
        """Serve the Bot API and the page; port 0 takes a free one."""
        app = web.Application(client_max_size=LARGEST_UPLOAD + MEGABYTE)
        self._api = BotApi(self.bots, self.faults, self.ledger)
        self._api.add_to(app.router)
        self._window = Window(self.world, self.phones, self.zone)
        self._window.add_to(app.router)
        self._runner = web.AppRunner(app, access_log=None, handler_cancellation=True, shutdown_timeout=GRACE)
        await self._runner.setup()
        await web.TCPSite(self._runner, host, port).start()
        bound = self._runner.addresses[0]
        self.url = f"http://{bound[0]}:{bound[1]}"

    async def stop(self) -> None:
        """Stop serving; polls and hanging calls end."""
        for bot in self.bots.values():
            bot.mailbox.interrupt()
            await bot.courier.stop()
        if self._api:
            self._api.close()
        if self._window:
            self._window.close()
        if self._runner:
            await self._runner.cleanup()

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(self, *_failure: object) -> None:
        await self.stop()
