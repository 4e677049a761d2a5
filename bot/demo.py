"""The demo: the real bot on an embedded database, talking to a simulated Telegram in the browser.

The page's clock moves time for both, so that reminders and questionnaires can be seen coming.
"""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import Callable
from contextlib import AsyncExitStack
from datetime import datetime, time, timedelta
from functools import partial
from pathlib import Path

from pydantic import SecretStr

from bot.app import App
from bot.config import Attachments, Company, Config, DatabaseSection, Telegram
from crm import seed
from simulator import Simulator

TOKEN = "1000000001:demo-token-of-the-simulated-telegram"  # noqa: S105 - good for the simulator only
PEOPLE = {"rep": 1001, "customer": 1002, "manager": 1003}
PHONE = "400-820-0119"
"""What the demo's customers may call at any hour."""
SATURDAY = 5
MORNING = time(9, 30)
EVENING = time(17)
_LEGENDS = {
    "zh_CN": {"rep": "业务员", "customer": "客户 · 华东轴承设备工程师", "manager": "市场部经理"},
    "en": {"rep": "field rep", "customer": "customer · engineer", "manager": "manager"},
}
_NAMES = {"rep": "李伟", "customer": "王芳", "manager": "陈静"}


async def run(*, port: int, language: str, stopping: asyncio.Event, say: Callable[[str], None]) -> None:
    """Run the demo until it is stopped; ``say`` is told the address to open."""
    async with AsyncExitStack() as stack:
        folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="huifang-demo-"))
        simulator = await start_simulator(port, language)
        stack.push_async_callback(simulator.stop)
        app = await start_bot(simulator, Path(folder), language)
        stack.push_async_callback(app.stop)
        say(f"Huifang is running. Open {simulator.url} in a browser; Ctrl-C ends it, and what was said in it is gone.")
        await stopping.wait()


async def start_simulator(port: int, language: str) -> Simulator:
    """Start a Telegram with three phones: a rep, a customer's engineer, a manager."""
    simulator = Simulator()
    bot = simulator.bot(TOKEN, username="huifang_demo_bot", name="回访")
    for who, telegram_id in PEOPLE.items():
        code = "zh-hans" if language == "zh_CN" else "en"
        account = simulator.account(telegram_id, _NAMES[who], language_code=code)
        simulator.phone(account, bot, legend=_LEGENDS[language][who])
    await simulator.start(port=port)
    await simulator.clock.move_to(next_office_hour(simulator.clock.now().astimezone(simulator.zone)))
    return simulator


def next_office_hour(now: datetime) -> datetime:
    """Return now if it is an hour to show things, else the next weekday's 9:30: at night nothing would be sent."""
    if now.weekday() < SATURDAY and MORNING <= now.time() < EVENING:
        return now
    ahead = 0 if now.time() < MORNING else 1
    while (now + timedelta(ahead)).weekday() >= SATURDAY:
        ahead += 1
    return datetime.combine(now.date() + timedelta(ahead), MORNING, now.tzinfo)


async def start_bot(simulator: Simulator, folder: Path, language: str) -> App:
    """Start the bot on a fresh database with an invented year, its clock tied to the simulator's."""
    config = Config(
        telegram=Telegram(token=SecretStr(TOKEN), base_url=simulator.url, listen="127.0.0.1:0"),
        database=DatabaseSection(url=f"sqlite:///{folder / 'demo.db'}"),
        attachments=Attachments(folder=folder / "attachments"),
        company=Company.model_validate({"name": "恒远工业", "language": language, "emergency_phone": PHONE}),
    )
    app = App(config, now=simulator.clock.now)
    await app.start()
    fill = partial(seed.fill, now=simulator.clock.now(), demo_people=PEOPLE)
    await app.database.run(fill)
    simulator.clock.listen(lambda _now: app.clock.ring_all())
    for phone in simulator.phones:
        await phone.start()
    return app
