"""``huifang import FILE``: a table taken over from the command line, in the same two steps as in the chat."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.app import house_of, real_time, rules_of
from bot.config import Config
from bot.database import Database, only_process
from bot.importer import Refused, Rows, keeping, rows_in
from bot.spreadsheet import MOST_BYTES
from crm import sheets, taking_over
from dialog.words import Words
from handlers.headings import why
from models import migrations
from models.person import GRANTS, Permission, Person
from models.sheet import Sheet, SheetKind, SheetState, Verdict

A_FEW = 10
Say = Callable[[str], None]


def run(config: Config, file: Path, kind: SheetKind, *, by: int | None, sure: bool, say: Say) -> int:
    """Read the file and say what it would do; with ``sure`` also do it. Return 0, or 1 when it was not taken.

    ``by`` is the Telegram number of whoever does it: the customers without an owner become hers.
    """
    if not file.is_file() or file.stat().st_size > MOST_BYTES:
        say(f"{file} is not a file of at most {MOST_BYTES >> 20} MB.")
        return 1
    release = only_process(config.database.url)
    database = Database(config.database.url, info={"rules": rules_of(config, bot_username="huifang_bot")})
    try:
        migrations.upgrade(database.engine)
        return _Desk(database, house_of(config, bot_username="huifang_bot").languages["en"], say).take(
            file, kind, by or next(iter(config.people.admins), None), sure=sure
        )
    finally:
        database.close()
        release()


class _Desk:
    def __init__(self, database: Database, words: Words, say: Say) -> None:
        self.do = database.do
        self.words = words
        self.say = say

    def take(self, file: Path, kind: SheetKind, by: int | None, *, sure: bool) -> int:
        sheet_id = self.do(partial(_received, file=file, kind=kind, by=by))
        if sheet_id is None:
            self.say("Say by whom: --by TELEGRAM_ID of somebody who may import (a leader who has met the bot).")
            return 1
        try:
            asyncio.run(self._read(file, sheet_id))
        except Refused as refused:
            self.do(partial(taking_over.refuse, sheet_id=sheet_id, why=refused.why, at=real_time()))
        return self.do(partial(self._preview, sheet_id=sheet_id)) or self._apply(sheet_id, sure=sure)

    async def _read(self, file: Path, sheet_id: int) -> None:
        content = file.read_bytes()  # noqa: ASYNC240 - nobody else is served by this process
        async with rows_in(content, file.name) as rows:
            self._keep(sheet_id, content, rows)

    def _keep(self, sheet_id: int, content: bytes, rows: Rows) -> None:
        steps, result = keeping(sheet_id, content, rows), None
        with suppress(StopIteration):
            while True:
                result = self.do(partial(steps.send(result), at=real_time()))

    def _preview(self, session: Session, sheet_id: int) -> int:
        """Say what would be done; return 1 when there is nothing to do."""
        sheet = session.get_one(Sheet, sheet_id)
        if sheet.state is not SheetState.READY:
            because = (
                why(self.words, sheet.kind, sheet.why) if sheet.why else f"import {sheet.same_as_id} was this file"
            )
            self.say(f"Not taken: {because}")
            return 1
        counts = ", ".join(f"{sheet.count(verdict)} {verdict.value}" for verdict in Verdict if sheet.count(verdict))
        self.say(f"Import {sheet.id}: {counts}")
        for row in sheets.rows_of(session, sheet.by, sheet, Verdict.WRONG, limit=A_FEW):
            self.say(f"  row {row.line}: {'; '.join(why(self.words, sheet.kind, one) for one in row.wrong)}")
        return 0

    def _apply(self, sheet_id: int, *, sure: bool) -> int:
        if not sure:
            self.do(partial(_settled, sheet_id=sheet_id, verb=sheets.discard))
            self.say("Nothing was taken over. Add --yes to do it.")
            return 0
        self.do(partial(_settled, sheet_id=sheet_id, verb=sheets.confirm))
        many = taking_over.PORTION * 10
        while self.do(partial(taking_over.apply_some, sheet_id=sheet_id, at=real_time(), limit=many)):
            pass
        self.say(self.do(partial(_summed_up, sheet_id=sheet_id)))
        return 0


def _received(session: Session, file: Path, kind: SheetKind, by: int | None) -> int | None:
    importing = [role for role, held in GRANTS.items() if Permission.IMPORT_TABLES in held]
    who = select(Person).where(Person.telegram_id == by, Person.role.in_(importing), Person.withdrawn_at.is_(None))
    person = session.scalar(who) if by is not None else None
    if person is None:
        return None
    return sheets.receive(session, person, kind=kind, name=file.name, file_id="", at=real_time()).id


def _settled(session: Session, sheet_id: int, verb: Any) -> None:
    sheet = session.get_one(Sheet, sheet_id)
    verb(session, sheet.by, sheet_id, version=sheet.version, at=real_time())


def _summed_up(session: Session, sheet_id: int) -> str:
    sheet = session.get_one(Sheet, sheet_id)
    return f"Taken over: {sheet.count(Verdict.MADE)}. It can be taken back in the chat (/import, Imports) for a week."
