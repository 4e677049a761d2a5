"""The keeper: whatever goes wrong on the way, there is a whole copy, or a reason why there is none."""

from __future__ import annotations

import asyncio
import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import delete, select
from sqlalchemy.orm import Session
from telegram.error import BadRequest, Forbidden, InvalidToken, NetworkError, RetryAfter, TelegramError

from bot.database import Database, DatabaseAway
from bot.keeper import GRACE, Keeper
from bot.request import NotSent, OutcomeUnknown, TooLarge
from bot.store import Store
from crm import attachments
from crm.attachments import WAITS, Sent
from models import migrations
from models.attachment import Attachment, FileKind, FileState, NotKept
from models.person import Person, Role
from tests.conftest import Clock, added, joined
from tests.pictures import PDF, PROGRAM, picture

KINDS = {"jpg": FileKind.PHOTO}


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    database = Database(f"sqlite:///{tmp_path}/huifang.db")
    migrations.upgrade(database.engine)
    with database.transaction() as session:
        joined(session, "李伟", Role.REP, 1001)
    yield database
    database.close()


@pytest.fixture
def store(database: Database, tmp_path: Path) -> Store:
    return Store(tmp_path / "attachments", database.do(attachments.shelf))


class Telegram_:
    """Hands out what it was given; an error is raised instead."""

    def __init__(self) -> None:
        self.files: dict[str, bytes | Exception] = {}
        self.asked: list[str] = []
        self.meanwhile: Callable[[], object] = lambda: None

    async def fetch(self, file_id: str) -> bytes:
        self.asked.append(file_id)
        await asyncio.to_thread(self.meanwhile)
        given = self.files[file_id]
        if isinstance(given, Exception):
            raise given
        return given


@pytest.fixture
def telegram() -> Telegram_:
    return Telegram_()


@pytest.fixture
def keeper(database: Database, telegram: Telegram_, store: Store, clock: Clock) -> Keeper:
    return Keeper(database, telegram.fetch, store, lambda: clock.now)


@pytest.fixture
def sends(database: Database, telegram: Telegram_, clock: Clock) -> Callable[..., None]:
    """Have 李伟 send files, each under its name, with its content or Telegram's refusal to hand it out."""

    def sends(**files: bytes | Exception) -> None:
        with database.transaction() as session:
            li = session.scalars(select(Person)).one()
            for name, content in files.items():
                kind = KINDS.get(name.rpartition("__")[2], FileKind.DOCUMENT)
                attachments.attach(session, li, Sent(kind, name, name, name.replace("__", ".")), at=clock.now)
                telegram.files[name] = content

    return sends


def rows(database: Database) -> dict[str, Attachment]:
    with database.transaction() as session:
        return {kept.file_id: kept for kept in session.scalars(select(Attachment))}


def states(database: Database) -> dict[str, tuple[FileState, NotKept | None]]:
    return {name: (kept.state, kept.why) for name, kept in rows(database).items()}


async def test_everything_that_waits_is_dealt_with_one_by_one(keeper, database, store, sends):
    sends(a__jpg=picture(), b__pdf=PDF, c__pdf=PROGRAM, d__txt=b"")
    await keeper.run()

    assert states(database) == {
        "a__jpg": (FileState.STORED, None),
        "b__pdf": (FileState.STORED, None),
        "c__pdf": (FileState.REFUSED, NotKept.PROGRAM),
        "d__txt": (FileState.REFUSED, NotKept.EMPTY),
    }
    contract = rows(database)["b__pdf"]
    assert store.read(contract.stored_as) == PDF
    assert (contract.size, contract.media_type) == (len(PDF), "application/pdf")
    assert store.names() == {kept.stored_as for kept in rows(database).values() if kept.stored_as}
    assert not any("b" in name and "pdf" in name for name in store.names())


@pytest.mark.parametrize(
    ("error", "state", "why", "asked"),
    [
        (TooLarge(), FileState.REFUSED, NotKept.TOO_BIG, 1),
        (BadRequest("File is too big"), FileState.REFUSED, NotKept.TOO_BIG, 1),
        (BadRequest("Wrong file_id or the file is temporarily unavailable"), FileState.LOST, NotKept.GONE, 2),
        (Forbidden("bot was blocked"), FileState.LOST, NotKept.GONE, 2),
        (NotSent("cut short"), FileState.LOST, NotKept.UNREACHABLE, len(WAITS) + 1),
        (OutcomeUnknown("ServerTimeoutError"), FileState.LOST, NotKept.UNREACHABLE, len(WAITS) + 1),
        (NetworkError("Bad Gateway"), FileState.LOST, NotKept.UNREACHABLE, len(WAITS) + 1),
        (TelegramError("Telegram's answer is no JSON"), FileState.LOST, NotKept.UNREACHABLE, len(WAITS) + 1),
        (RetryAfter(60), FileState.WAITING, None, None),
        (NetworkError("Too Many Requests"), FileState.WAITING, None, None),
        (InvalidToken("Unauthorized"), FileState.WAITING, None, None),
    ],
    ids=lambda value: repr(value) if isinstance(value, Exception) else "",
)
async def test_what_telegram_does_not_hand_out_is_asked_for_again_and_at_last_given_up(
    keeper, database, telegram, sends, clock, error, state, why, asked
):
    sends(a__pdf=error)
    for _ in range(4 * 24):
        await keeper.run()
        clock.passes(hours=1)

    assert states(database) == {"a__pdf": (state, why)}
    assert len(telegram.asked) == (asked or 4 * 24)
    telegram.files["a__pdf"] = PDF
    await keeper.run()
    assert states(database) == {"a__pdf": (state if asked else FileState.STORED, why)}


async def test_a_file_that_came_in_the_end_is_kept(keeper, database, telegram, sends, clock):
    sends(a__pdf=NotSent("ClientPayloadError"))
    await keeper.run()
    telegram.files["a__pdf"] = PDF
    await keeper.run()
    assert telegram.asked == ["a__pdf"]

    clock.now += WAITS[0]
    await keeper.run()
    assert states(database) == {"a__pdf": (FileState.STORED, None)}


async def test_when_telegram_asks_for_silence_nothing_is_asked_for(keeper, database, telegram, sends, clock):
    sends(a__pdf=RetryAfter(600), b__pdf=PDF)
    for _ in range(9):
        await keeper.run()
        clock.passes(minutes=1)
    assert telegram.asked == ["a__pdf"]

    telegram.files["a__pdf"] = PDF
    clock.passes(minutes=1)
    await keeper.run()
    assert set(states(database).values()) == {(FileState.STORED, None)}


async def test_a_store_without_room_is_tried_again_and_costs_no_attempt(keeper, database, store, sends, clock):
    sends(a__pdf=PDF)
    store.folder.rename(store.folder.with_name("away"))
    for _ in range(20):
        await keeper.run()
        clock.passes(minutes=5)
    assert rows(database)["a__pdf"].attempts == 0

    store.folder.with_name("away").rename(store.folder)
    await keeper.run()
    assert states(database) == {"a__pdf": (FileState.STORED, None)}


async def test_who_took_too_long_changes_nothing_and_leaves_nothing(keeper, database, telegram, store, sends, clock):
    def another_takes_over() -> None:
        telegram.meanwhile = lambda: None
        clock.passes(hours=1)
        asyncio.run(Keeper(database, telegram.fetch, store, lambda: clock.now).run())

    sends(a__pdf=PDF)
    telegram.meanwhile = another_takes_over
    await keeper.run()

    assert telegram.asked == ["a__pdf", "a__pdf"]
    assert states(database) == {"a__pdf": (FileState.STORED, None)}
    assert store.names() == {rows(database)["a__pdf"].stored_as}


async def test_a_database_that_goes_away_leaves_the_file_for_later(
    keeper, database, telegram, store, sends, clock, monkeypatch
):
    async def away(_work: object) -> None:
        raise DatabaseAway

    sends(a__pdf=PDF)
    with monkeypatch.context() as patch:
        telegram.meanwhile = lambda: patch.setattr(database, "run", away)
        with pytest.raises(DatabaseAway):
            await keeper.run()
    (orphan,) = store.names()
    telegram.meanwhile = lambda: None

    clock.passes(hours=1)
    await keeper.run()
    assert states(database) == {"a__pdf": (FileState.STORED, None)}
    assert len(store.names()) == 2

    await keeper.tidy()
    assert store.names() == {rows(database)["a__pdf"].stored_as}
    assert store.names_aside() == {orphan}


async def test_tidying_takes_away_what_was_deleted_and_nothing_else(keeper, database, store, sends):
    sends(a__pdf=PDF, b__pdf=PDF, c__pdf=PROGRAM)
    await keeper.run()
    (store.folder / "stray.part").mkdir()
    left, gone = (rows(database)[name].stored_as for name in ("a__pdf", "b__pdf"))

    def forget(session: Session) -> None:
        session.execute(delete(Attachment).where(Attachment.file_id == "b__pdf"))

    database.do(forget)
    assert store.read(gone) == PDF
    await keeper.tidy()

    assert store.names() == {left}
    assert store.names_aside() == {gone}
    assert store.read(left) == PDF


async def test_what_was_set_aside_goes_for_good_after_its_grace(keeper, database, store, sends, clock):
    sends(a__pdf=PDF, b__pdf=PDF)
    await keeper.run()
    left, gone = (rows(database)[name].stored_as for name in ("a__pdf", "b__pdf"))
    clock.passes(days=200)  # the grace counts from when it was found to be nobody's

    database.do(lambda session: session.execute(delete(Attachment).where(Attachment.file_id == "b__pdf")))
    await keeper.tidy()
    clock.passes(days=GRACE.days)
    await keeper.tidy()
    assert store.names_aside() == {gone}

    clock.passes(hours=1)
    await keeper.tidy()
    assert (store.names(), store.names_aside()) == ({left}, set())


async def test_beside_an_older_database_nothing_is_lost_and_beside_the_newer_one_all_is_back(
    keeper, database, telegram, store, sends, clock, tmp_path
):
    sends(a__pdf=PDF)
    await keeper.run()
    with closing(sqlite3.connect(tmp_path / "huifang.db")) as opened, closing(sqlite3.connect(":memory:")) as older:
        opened.backup(older)
        sends(b__pdf=PDF + b"newer")
        await keeper.run()
        newer = rows(database)["b__pdf"].stored_as
        with closing(sqlite3.connect(":memory:")) as newest:
            opened.backup(newest)
            older.backup(opened)
            for _ in range(3):
                await keeper.tidy()
                clock.passes(days=9)
            assert store.names() == {rows(database)["a__pdf"].stored_as}
            newest.backup(opened)
        await keeper.tidy()

    assert store.read(newer) == PDF + b"newer"
    assert store.names_aside() == set()


async def test_work_that_is_going_on_is_not_tidied_away(keeper, database, telegram, store, sends, clock):
    sends(a__pdf=PDF)
    telegram.meanwhile = lambda: asyncio.run(keeper.tidy())
    await keeper.run()

    assert states(database) == {"a__pdf": (FileState.STORED, None)}


async def test_asked_to_stop_it_finishes_the_file_at_hand_and_begins_no_other(keeper, database, telegram, sends):
    sends(a__pdf=PDF, b__pdf=PDF)
    asked = threading.Event()
    telegram.meanwhile = asked.set
    await keeper.ring()
    await asyncio.to_thread(asked.wait)
    await keeper.stop()

    assert [state for state, _why in states(database).values()] == [FileState.STORED, FileState.WAITING]


async def test_rows_from_before_there_was_a_store_are_fetched_too(keeper, database, telegram, store, clock):
    with database.transaction() as session:
        li = session.scalars(select(Person)).one()
        added(
            session,
            Attachment(
                kind=FileKind.DOCUMENT, file_id="old", unique_id="old", sender_id=li.id, at=clock.now - timedelta(90)
            ),
        )
    telegram.files["old"] = PDF
    await keeper.run()

    assert states(database) == {"old": (FileState.STORED, None)}
