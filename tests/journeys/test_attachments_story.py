"""What people send along is fetched, kept and shown again, whatever breaks on the way."""

from __future__ import annotations

import shutil
from collections import Counter
from contextlib import suppress
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import delete, make_url, select
from sqlalchemy.orm import Session

from bot.database import DatabaseAway
from bot.store import ASIDE
from crm import attachments
from crm.attachments import LEASE, Sent
from models.attachment import Attachment, FileKind, FileState, NotKept
from models.person import Person
from simulator import Bubble
from tests.journeys.conftest import TOKEN, Cast, Stage, Telegram_, opened, running
from tests.journeys.desk import Desk
from tests.journeys.test_intake import Proxy
from tests.journeys.test_processes import drop_what_waits, until
from tests.pictures import PDF, PROGRAM, VOICE, from_a_phone

POINTS = ["keeper.claimed", "keeper.fetched", "keeper.looked", "keeper.kept"]
PHOTO = from_a_phone()


def rows(url: str) -> list[Attachment]:
    with opened(url) as engine, Session(engine) as session:
        return list(session.scalars(select(Attachment).order_by(Attachment.id)))


def files(folder: Path) -> dict[str, bytes]:
    """What lies in the store, by its name: the copies, and whatever else there is but for what was set aside."""
    there = (path for path in folder.rglob("*") if path.is_file() and path.parent.name != ASIDE)
    return {path.name: path.read_bytes() for path in there}


async def send_to_the_store(telegram: Telegram_, url: str, cast: Cast, *contents: bytes) -> None:
    """Have 李伟 send documents that stand beside no record of interest, each waiting for its copy."""
    telegram.li._open()
    sent = [await telegram.li.document(f"{number}.pdf", content) for number, content in enumerate(contents)]
    await drop_what_waits(telegram)
    with opened(url) as engine, Session(engine) as session:
        li = session.get_one(Person, cast.li)
        for bubble in sent:
            part = bubble.raw["document"]
            told = Sent(FileKind.DOCUMENT, part["file_id"], part["file_unique_id"], part["file_name"])
            attachments.attach(session, li, told, at=telegram.simulator.clock.now())
        session.commit()


async def all_kept(url: str, patience: float = 30) -> list[Attachment]:
    await until(lambda: all(kept.state is FileState.STORED for kept in rows(url)), patience)
    return rows(url)


async def complains_with_a_photo_a_voice_and_a_program(stage: Stage) -> tuple[Attachment, Attachment, Attachment]:
    """王芳 reports a problem with three files; return what became of them."""
    wang = stage.wang
    await wang.photo(PHOTO, "3号线轴承异响")
    await wang.waits_for("附带 1 个文件")
    await wang.voice(VOICE)
    await wang.waits_for("附带 2 个文件")
    await wang.document("工具.exe", PROGRAM)
    await wang.waits_for("附带 3 个文件")
    await wang.tap("✅ 登记")
    await wang.waits_for("C00")
    await until(lambda: rows(stage.url) and all(kept.state is not FileState.WAITING for kept in rows(stage.url)))
    photo, voice, program = rows(stage.url)
    return photo, voice, program


async def looks_at_the_files(stage: Stage, complaint_id: int | None) -> list[Bubble]:
    """李伟 opens what was sent along; return what he is shown."""
    before = len(stage.li.messages)
    await stage.li.press(stage.li.last.id, f"/complaints/{complaint_id}/files")
    await stage.li.waits_for("工具.exe：为安全起见")
    return stage.li.messages[before:]


async def test_what_a_customer_sends_is_kept_and_shown_from_the_store_when_telegram_forgets(stage: Stage):
    photo, voice, program = await complains_with_a_photo_a_voice_and_a_program(stage)

    assert (photo.state, voice.state) == (FileState.STORED, FileState.STORED)
    assert (program.state, program.why) == (FileState.REFUSED, NotKept.PROGRAM)
    kept = files(stage.telegram.folder)
    assert kept.keys() == {photo.stored_as, voice.stored_as}
    assert kept[voice.stored_as] == VOICE
    assert b"CANARY" in PHOTO
    assert b"CANARY" not in kept[photo.stored_as]

    await stage.li.press(stage.li.last.id, f"/complaints/{photo.complaint_id}")
    await stage.li.waits_for("有 1 个附件未能存档")
    by_its_id = await looks_at_the_files(stage, photo.complaint_id)
    assert [bubble.kind for bubble in by_its_id] == ["photo", "voice", "text"]
    assert by_its_id[0].photo == PHOTO

    forgets(stage, photo.file_id, voice.file_id)
    for _ in range(2):
        from_the_store = await looks_at_the_files(stage, photo.complaint_id)
        assert [bubble.kind for bubble in from_the_store] == ["photo", "voice", "text"]
        assert from_the_store[0].photo == kept[photo.stored_as]
        assert from_the_store[1].voice == VOICE
        await until(lambda: all(kept.file_id not in {photo.file_id, voice.file_id} for kept in rows(stage.url)))
    sent = [call.code for call in stage.telegram.simulator.ledger.calls(method="sendPhoto")]
    assert sent == [200, 400, 200, 200]


def forgets(stage: Stage, *file_ids: str) -> None:
    """Telegram knows these files no more, as after a change of the bot's token."""
    for method, part in (("sendPhoto", "photo"), ("sendVoice", "voice")):
        stage.telegram.simulator.faults.refuse(
            400,
            "Bad Request: wrong file identifier/HTTP URL specified",
            times=None,
            method=method,
            when=lambda _method, asked, part=part: asked.get(part) in file_ids,
        )


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize("point", POINTS)
async def test_a_process_killed_anywhere_leaves_no_half_file_and_the_next_one_keeps_it_whole(
    telegram: Telegram_, database_url: str, cast: Cast, point: str
):
    await send_to_the_store(telegram, database_url, cast, PDF)
    where = {"telegram": telegram.simulator.url, "database": database_url, "folder": telegram.folder}
    async with Desk(token=TOKEN, mode="polling", crash_at=point, ready=False, **where) as doomed:
        assert await doomed.dies() == 137
    (waiting,) = rows(database_url)
    assert waiting.state is FileState.WAITING

    # The process that died went by the real clock.
    assert waiting.due_at is not None
    await telegram.simulator.clock.move_to(waiting.due_at + timedelta(minutes=1))
    async with running(telegram, database_url) as app:
        (kept,) = await all_kept(database_url)
        await app.clock._tidy()

    assert files(telegram.folder) == {kept.stored_as: PDF}


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
async def test_two_processes_share_the_work_and_do_each_piece_once(telegram: Telegram_, database_url: str, cast: Cast):
    contents = [PDF + bytes([number]) for number in range(24)]
    await send_to_the_store(telegram, database_url, cast, *contents)
    where = {"telegram": telegram.simulator.url, "database": database_url, "folder": telegram.folder}
    async with Desk(token=TOKEN, **where) as first, Desk(token=TOKEN, **where) as second:
        kept = await all_kept(database_url, 60)
        told = first.told() + second.told()

    asked = Counter(call.asked["file_id"] for call in telegram.simulator.ledger.calls(method="getFile"))
    assert set(asked.values()) == {1}
    assert len(asked) == len(contents)
    assert "exception" not in told.lower()
    assert files(telegram.folder) == {row.stored_as: content for row, content in zip(kept, contents, strict=True)}


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
async def test_a_database_that_goes_away_in_the_middle_gets_its_copy_later(
    telegram: Telegram_, database_url: str, cast: Cast
):
    if "host" not in make_url(database_url).query:
        pytest.skip("this PostgreSQL is not behind a socket")
    await send_to_the_store(telegram, database_url, cast, PDF)
    proxy = Proxy(database_url)

    def hang_up(_method: str, _asked: object) -> bool:
        proxy.hangs_up()
        telegram.simulator.faults.clear()
        return False

    telegram.simulator.faults.cut(when=hang_up)
    async with running(telegram, proxy.url) as app:
        await until(lambda: rows(database_url)[0].stored_as in files(telegram.folder))
        (waiting,) = rows(database_url)
        assert waiting.state is FileState.WAITING

        proxy.opens()
        for _ in range(12):  # the connections that were cut are found out one by one
            with suppress(DatabaseAway):
                await telegram.simulator.clock.move(LEASE / 10)
        (kept,) = await all_kept(database_url)
        assert files(telegram.folder).keys() == {waiting.stored_as, kept.stored_as}
        await app.clock._tidy()
    shutil.rmtree(proxy.home)

    assert files(telegram.folder) == {kept.stored_as: PDF}


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_a_bad_line_to_telegram_costs_time_and_no_file(telegram: Telegram_, database_url: str, cast: Cast):
    await send_to_the_store(telegram, database_url, cast, PDF)
    faults, clock = telegram.simulator.faults, telegram.simulator.clock
    faults.cut()
    faults.fail(502, method="download")
    faults.misstate({"file_size": len(PDF) + 1}, method="getFile", when=_at_the(telegram, 3))
    faults.flood(retry_after=40, method="getFile", when=_at_the(telegram, 4))
    async with running(telegram, database_url) as app:
        for _ in range(6):
            await app.clock.ring_all()
            await clock.move(timedelta(hours=1))
        (kept,) = await all_kept(database_url)

    assert files(telegram.folder) == {kept.stored_as: PDF}
    assert kept.attempts == 4  # the flood was not the file's fault


def _at_the(telegram: Telegram_, number: int):
    return lambda _method, _asked: len(telegram.simulator.ledger.calls(method="getFile")) == number - 1


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_a_file_larger_than_it_says_is_let_go_of_on_the_way(telegram: Telegram_, database_url: str, cast: Cast):
    large = PDF + bytes(21 << 20)
    telegram.simulator.faults.misstate({"file_size": 10}, method="getFile")
    telegram.li._open()
    await send_to_the_store(telegram, database_url, cast, PDF)
    stored = telegram.simulator.world.files.find(rows(database_url)[0].file_id)
    assert stored is not None
    object.__setattr__(stored, "content", large)
    async with running(telegram, database_url):
        await until(lambda: rows(database_url)[0].state is FileState.REFUSED)

    assert rows(database_url)[0].why is NotKept.TOO_BIG
    assert files(telegram.folder) == {}


async def test_files_go_when_their_records_have_gone(stage: Stage, cast: Cast):
    photo, voice, _program = await complains_with_a_photo_a_voice_and_a_program(stage)

    with opened(stage.url) as engine, Session(engine) as session:
        session.execute(delete(Attachment).where(Attachment.id == photo.id))
        session.commit()
    assert files(stage.telegram.folder).keys() == {photo.stored_as, voice.stored_as}
    await stage.app.clock._tidy()

    assert files(stage.telegram.folder).keys() == {voice.stored_as}


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_a_folder_that_cannot_be_made_is_said_at_the_start(telegram: Telegram_, database_url: str, cast: Cast):
    telegram.folder.write_text("not a folder")
    where = {"telegram": telegram.simulator.url, "database": database_url, "folder": telegram.folder}
    async with Desk(token=TOKEN, mode="polling", ready=False, **where) as desk:
        assert await desk.dies() == 1
        assert "attachments.folder" in desk.told()
