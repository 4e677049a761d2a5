"""The importer: fetches the tables people sent, has them read in a process of their own, and takes them over.

The tables decide what there is to do; every portion is a transaction of its own, so that people's turns go between.
Nothing of a file stays on this machine after it was read.
"""

from __future__ import annotations

import json
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable, Generator, Iterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from itertools import islice
from pathlib import Path
from typing import Any

import structlog
from telegram.error import BadRequest, TelegramError

from bot import apart, spreadsheet
from bot.background import Background
from bot.crash import crashpoint
from bot.database import Database
from bot.request import TooLarge
from crm import columns, taking_over
from models.sheet import Sheet, SheetState

log = structlog.get_logger()
READ_WITHIN = 60.0
"""Seconds of the wall clock a reader may take; its own limit is on the processor's time."""
AT_ONCE = 200
"""Rows kept in one transaction."""
LATER = timedelta(seconds=30)
Fetch = Callable[[str], Awaitable[bytes]]
Row = taking_over.Row


class Refused(Exception):
    """The reader would not take the file: ``why`` says it in facts."""

    def __init__(self, why: dict[str, Any]) -> None:
        super().__init__(why.get("what"))
        self.why = why


@dataclass(frozen=True)
class Rows:
    """What the reader made of a file: one line of JSON per row, and how many sheets there were."""

    file: Path
    count: int
    sheets: int
    peak_kb: int

    def portions(self, size: int) -> Iterator[list[Row]]:
        """Yield the rows, each with its number in the file, so many at a time; the first are those a header is in."""
        with self.file.open(encoding="utf-8") as lines:
            rows = (_row(line) for line in lines)
            while portion := list(islice(rows, size)):
                yield portion


class Importer(Background):
    """Does one thing after another, in the background."""

    def __init__(self, database: Database, fetch: Fetch, now: Callable[[], datetime]) -> None:
        super().__init__()
        self._database = database
        self._fetch = fetch
        self._now = now

    async def do_one(self) -> bool:
        """Read a table, take it over, or take it back; return whether there was one."""
        sheet = await self._database.run(partial(taking_over.claim, now=self._now()))
        if sheet is None:
            return False
        crashpoint("importer.claimed")
        await self._work(sheet)
        return True

    async def _work(self, sheet: Sheet) -> None:
        log.info("sheet.work", sheet=sheet.id, state=sheet.state.value)
        if sheet.state is SheetState.RECEIVED:
            await self._read(sheet)
            return
        portion = taking_over.apply_some if sheet.state is SheetState.CONFIRMED else taking_over.undo_some
        while not self.stopping and await self._database.run(partial(portion, sheet_id=sheet.id, at=self._now())):
            crashpoint("importer.portion")

    async def _read(self, sheet: Sheet) -> None:
        try:
            content = await self._fetch(sheet.file_id)
            async with rows_in(content, sheet.name) as rows:
                await self._keep(sheet, content, rows)
        except Refused as refused:
            await self._refuse(sheet, refused.why)
        except TooLarge:
            await self._refuse(sheet, {"what": "too_big"})
        except BadRequest:
            await self._refuse(sheet, {"what": "gone"})
        except TelegramError as error:
            log.warning("sheet.not_fetched", sheet=sheet.id, because=type(error).__name__)
            again = self._now() + LATER
            await self._database.run(partial(taking_over.put_back, sheet_id=sheet.id, until=again))

    async def _keep(self, sheet: Sheet, content: bytes, rows: Rows) -> None:
        steps, result = keeping(sheet.id, content, rows), None
        with suppress(StopIteration):
            while not self.stopping:
                result = await self._database.run(partial(steps.send(result), at=self._now()))

    async def _refuse(self, sheet: Sheet, why: dict[str, Any]) -> None:
        log.info("sheet.refused", sheet=sheet.id, why=why.get("what"))
        await self._database.run(partial(taking_over.refuse, sheet_id=sheet.id, why=why, at=self._now()))


def keeping(sheet_id: int, content: bytes, rows: Rows) -> Generator[Callable[..., Any], Any, None]:
    """Yield one piece of work after another, each for a transaction of its own; be sent what each returned."""
    portions = rows.portions(AT_ONCE)
    first = next(portions)
    digest = taking_over.digest_of(content)
    header = yield partial(taking_over.start, sheet_id=sheet_id, digest=digest, first=first[: columns.LOOKED_THROUGH])
    if header is None:
        return
    yield partial(taking_over.take_in, sheet_id=sheet_id, read=[row for row in first if row[0] > header])
    for portion in portions:
        yield partial(taking_over.take_in, sheet_id=sheet_id, read=portion)
    yield partial(taking_over.ready, sheet_id=sheet_id)


@asynccontextmanager
async def rows_in(content: bytes, name: str) -> AsyncIterator[Rows]:
    """Have the file read in a process of its own; its rows can be taken while the block lasts. Raises Refused."""
    with tempfile.TemporaryDirectory(prefix="huifang-") as folder:
        source, out = Path(folder) / "table", Path(folder) / "rows"
        source.write_bytes(content)
        found = await apart.run(
            spreadsheet.__file__,
            *(str(source), f"table.{name.rpartition('.')[2]}", str(out)),
            folder=Path(folder),
            memory=spreadsheet.MEMORY,
            cpu_seconds=spreadsheet.CPU_SECONDS,
            within=READ_WITHIN,
        ) or {"refused": {"what": "too_big"}}
        source.unlink()
        if "refused" in found:
            log.info("table.refused", why=found["refused"].get("what"), error=found.get("error"))
            raise Refused(found["refused"])
        yield Rows(out, found["rows"], found["sheets"], found["peak_kb"])


def _row(line: str) -> Row:
    number, cells = json.loads(line)
    return number, cells
