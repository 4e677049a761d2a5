"""``python -m benchmarks.tables [ROWS]``: a table of 50,000 customers is imported while somebody else uses the bot.

Everything runs in this process except the reader of the file: the simulated Telegram, the bot, SQLite on disk. It
prints how long each step took, how long the other person waited for her answers, and the memory of both processes.
"""

from __future__ import annotations

import asyncio
import io
import sys
import tempfile
import time
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

from openpyxl import Workbook
from pydantic import SecretStr

from bot import importer, log
from bot.app import App
from bot.config import Attachments, Company, Config, DatabaseSection, Telegram
from models.chat import Chat
from models.person import Person, Role
from simulator import Bot, Phone, Simulator

TOKEN = "1000000001:a-token-of-the-simulated-telegram"
PAUSE = 0.1


def workbook(rows: int) -> bytes:
    book, out = Workbook(write_only=True), io.BytesIO()
    sheet = book.create_sheet()
    sheet.append(["客户名称", "等级", "行业", "地区", "负责人"])
    for n in range(rows):
        sheet.append([f"第{n}精密机械有限公司", "ABC"[n % 3], "机械", "华东", "李伟"])
    book.save(out)
    return out.getvalue()


def resident_mb() -> float:
    status = Path("/proc/self/status").read_text()
    return next(int(line.split()[1]) / 1024 for line in status.splitlines() if line.startswith("VmRSS"))


class Other:
    """Somebody who opens the menu again and again."""

    def __init__(self, phone: Phone) -> None:
        self.phone = phone
        self.waited: list[float] = []

    async def goes_on(self) -> None:
        while True:
            seen = len(self.phone.messages)
            begun = time.monotonic()
            await self.phone.say("/menu")
            await self.phone.waits_for(
                lambda bubble, seen=seen: bubble.by_bot and len(self.phone.messages) > seen + 1, 60
            )
            self.waited.append(time.monotonic() - begun)
            await asyncio.sleep(PAUSE)

    def told(self) -> str:
        waited, self.waited = sorted(self.waited), []
        if len(waited) < 2:
            return "too few answers"
        middle, late, last = (waited[min(int(len(waited) * part), len(waited) - 1)] * 1000 for part in (0.5, 0.99, 1))
        return f"{len(waited)} answers, median {middle:.0f} ms, p99 {late:.0f} ms, worst {last:.0f} ms"


async def main(rows: int) -> None:
    log.set_up("warning", "text")
    content = workbook(rows)
    peaks = {"reader": 0.0, "bot": 0.0}
    _note_the_reader(peaks)
    with tempfile.TemporaryDirectory() as folder:
        async with Simulator() as simulator:
            bot = simulator.bot(TOKEN, username="huifang_test_bot", name="回访")
            app = App(_config(simulator, folder))
            await app.start()
            chen, li = await _two_people(simulator, bot, app)
            print(f"{rows:,} rows, {len(content) / 1024:,.0f} kB; the bot holds {resident_mb():.0f} MB before")
            other = Other(li)
            watch = [asyncio.create_task(other.goes_on()), asyncio.create_task(_watch(peaks))]
            await asyncio.sleep(3)
            print(f"  nothing going on: {other.told()}")
            await _imports(chen, content, rows, other)
            for task in watch:
                task.cancel()
            await app.stop()
    print(f"  most memory: bot and simulator {peaks['bot']:.0f} MB, reader {peaks['reader']:.0f} MB")


async def _imports(chen: Phone, content: bytes, rows: int, other: Other) -> None:
    await chen.document("客户.xlsx", content)
    await chen.waits_for(lambda bubble: bubble.by_bot and "是一份表格" in bubble.text, 30)
    for tap, until in (
        ("客户", "尚未导入"),
        (f"导入 {rows} 条", "已导入"),
        ("撤销整个导入", "将删除"),
        ("确认全部撤销", "已撤销"),
    ):
        begun = time.monotonic()
        await chen.tap(tap)
        await chen.waits_for(lambda bubble, until=until: bubble.by_bot and until in bubble.text, 900)
        if "将" not in until:
            print(f"  until {until}: {time.monotonic() - begun:.1f} s; meanwhile {other.told()}")


async def _watch(peaks: dict[str, float]) -> None:
    while True:
        peaks["bot"] = max(peaks["bot"], resident_mb())
        await asyncio.sleep(0.1)


def _note_the_reader(peaks: dict[str, float]) -> None:
    read = importer.rows_in

    def noted(content: bytes, name: str):
        class Noted:
            async def __aenter__(self) -> importer.Rows:
                self.inner = read(content, name)
                rows = await self.inner.__aenter__()
                peaks["reader"] = rows.peak_kb / 1024
                return rows

            async def __aexit__(self, *error: object) -> None:
                await self.inner.__aexit__(*error)

        return Noted()

    importer.rows_in = noted  # type: ignore[assignment]


async def _two_people(simulator: Simulator, bot: Bot, app: App) -> tuple[Phone, Phone]:
    phones = []
    for number, name, role in ((1003, "陈静", Role.MANAGER), (1001, "李伟", Role.REP)):
        now = datetime.now(UTC)
        with app.database.transaction() as session:
            person = Person(name=name, role=role, telegram_id=number, joined_at=now, agreed_at=now, language="zh_CN")
            session.add(person)
            session.flush()
            session.add(Chat(person_id=person.id))
        phone = simulator.phone(simulator.account(number, name, language_code="zh-hans"), bot)
        await phone.start()
        await phone.waits_for(lambda bubble: bubble.by_bot)
        phones.append(phone)
    return phones[0], phones[1]


def _config(simulator: Simulator, folder: str) -> Config:
    return Config(
        telegram=Telegram(token=SecretStr(TOKEN), base_url=simulator.url, listen="127.0.0.1:0"),
        database=DatabaseSection(url=f"sqlite:///{folder}/huifang.db"),
        attachments=Attachments(folder=Path(folder) / "attachments"),
        company=Company(name="恒远工业"),
    )


if __name__ == "__main__":
    with suppress(KeyboardInterrupt):
        asyncio.run(main(int(sys.argv[1]) if len(sys.argv) > 1 else 50_000))
