"""The keeper: makes our own copy of each file that was sent along, one after another, beside people's turns.

The rows decide what there is to do, and which process does it. A file is looked at in a process apart before it gets
its name in the store. What the store holds beyond the rows is set aside, and forgotten after a grace.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path

import structlog
from telegram.error import TelegramError

from bot import apart, inspection
from bot.background import Background
from bot.crash import crashpoint
from bot.database import Database
from bot.fate import Fate, fate_of
from bot.request import TooLarge
from bot.store import Store
from crm import attachments
from crm.attachments import Claim
from models.attachment import FileKind, NotKept

log = structlog.get_logger()
LOOK_WITHIN = 60.0
"""Seconds of the wall clock a look may take; its own limit is on the processor's time."""
NO_ROOM = timedelta(minutes=5)
"""How long to wait when the store cannot be written to."""
ASKED_TO_WAIT = timedelta(seconds=30)
"""The least to wait when Telegram wants us to slow down, or does not take the token."""
GRACE = timedelta(days=30)
"""How long a copy that no row names is kept aside."""
TRIED = 2
"""How often to ask for a file: of one that is gone, and one that is away for a moment, Telegram says the same."""
INSPECTION = str(Path(inspection.__file__).resolve())
Fetch = Callable[[str], Awaitable[bytes]]


class Refused(Exception):
    """The file shall not be kept."""

    def __init__(self, why: NotKept) -> None:
        super().__init__(why.value)
        self.why = why


class Keeper(Background):
    """Fetches, looks, keeps; and tidies the store."""

    def __init__(self, database: Database, fetch: Fetch, store: Store, now: Callable[[], datetime]) -> None:
        super().__init__()
        self._database = database
        self._fetch = fetch
        self._store = store
        self._now = now
        self._paused_until: datetime | None = None

    async def do_one(self) -> bool:
        """Deal with the next file. Return whether to go on: not when there is none, nor after trouble on the way."""
        if self._paused_until is not None and self._now() < self._paused_until:
            return False
        claim = await self._database.run(partial(attachments.claim, now=self._now()))
        if claim is None:
            return False
        crashpoint("keeper.claimed")
        try:
            await self._copy(claim)
        except Refused as refused:
            await self._refuse(claim, refused.why)
        except TooLarge:
            await self._refuse(claim, NotKept.TOO_BIG)
        except TelegramError as error:
            return await self._not_fetched(claim, error)
        except OSError:
            log.exception("store.not_written", attachment=claim.attachment_id)
            await self._put_back(claim, NO_ROOM)
            return False
        return True

    async def tidy(self) -> None:
        """Set aside what no row names, put back what one names again, and forget what has waited long enough.

        Nobody's are the copies of records that are gone, attempts that failed, and work of processes that died; and,
        beside an older database that was restored, everything that came after it.
        """
        # The names first: one that comes to be in between has a row already.
        names, aside = await asyncio.to_thread(self._store.names), await asyncio.to_thread(self._store.names_aside)
        nobodys = await self._database.run(partial(attachments.nobodys, names=names | aside))
        await asyncio.to_thread(self._sort, names & nobodys, aside - nobodys)

    def _sort(self, nobodys: set[str], named_again: set[str]) -> None:
        now = self._now()
        for name in nobodys:
            self._store.set_aside(name, at=now)
            log.info("store.set_aside", name=name)
        for name in named_again:
            self._store.put_back(name)
            log.info("store.put_back", name=name)
        for name in self._store.forget(before=now - GRACE):
            log.info("store.forgotten", name=name)

    async def _copy(self, claim: Claim) -> None:
        content = await self._fetch(claim.file_id)
        crashpoint("keeper.fetched")
        with self._store.bench(claim.stored_as) as bench:
            media_type = await look(content, claim.kind, claim.name, bench)
            crashpoint("keeper.looked")
            size, digest = await asyncio.to_thread(self._store.keep, claim.stored_as, made(bench))
        crashpoint("keeper.kept")
        report = partial(attachments.stored, claim=claim, media_type=media_type, size=size, digest=digest)
        if not await self._database.run(report):
            await asyncio.to_thread(self._store.drop, claim.stored_as)

    async def _refuse(self, claim: Claim, why: NotKept) -> None:
        log.info("file.refused", attachment=claim.attachment_id, why=why.value)
        await self._database.run(partial(attachments.refuse, claim=claim, why=why, at=self._now()))

    async def _not_fetched(self, claim: Claim, error: TelegramError) -> bool:
        """Try again later, or not at all. Return whether the next file may fare better."""
        because, attempts = type(error).__name__, claim.attempts
        log.warning("file.not_fetched", attachment=claim.attachment_id, because=because, attempts=attempts)
        outcome = fate_of(error)
        if outcome.fate is Fate.STOP or outcome.why == "slow down":
            await self._put_back(claim, max(timedelta(seconds=outcome.wait), ASKED_TO_WAIT))
        elif "too big" in str(error).lower():
            await self._refuse(claim, NotKept.TOO_BIG)
        elif outcome.fate is Fate.REFUSED and attempts >= TRIED:
            await self._database.run(partial(attachments.lose, claim=claim, why=NotKept.GONE, at=self._now()))
        else:
            await self._database.run(partial(attachments.put_off, claim=claim, at=self._now()))
        return outcome.fate is Fate.REFUSED

    async def _put_back(self, claim: Claim, wait: timedelta) -> None:
        """Leave this file, and all others, alone for so long."""
        self._paused_until = self._now() + wait
        await self._database.run(partial(attachments.put_back, claim=claim, until=self._paused_until))


async def look(content: bytes, kind: FileKind, name: str, bench: Path) -> str:
    """Have the content looked at; leave what is to be kept on the bench and return its type. Raises Refused."""
    source, ending = bench / "sent", inspection.ending_of(name)  # others may see what a process is started with
    await asyncio.to_thread(source.write_bytes, content)
    found = await apart.run(
        INSPECTION,
        *(str(source), kind.value, ending, str(made(bench))),
        folder=bench,
        memory=inspection.MEMORY,
        cpu_seconds=inspection.CPU_SECONDS,
        within=LOOK_WITHIN,
    ) or {"refused": NotKept.BROKEN.value}
    if "refused" in found:
        raise Refused(NotKept(found["refused"]))
    return str(found["type"])


def made(bench: Path) -> Path:
    """Return where on the bench lies what is to be kept."""
    return bench / "made"
