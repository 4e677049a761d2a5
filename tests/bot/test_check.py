"""``huifang check`` says of each thing whether it is well, and otherwise what to do."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator
from pathlib import Path

import aiohttp
import pytest

from bot import check
from bot.check import Finding
from bot.config import Attachments, Company, Config, DatabaseSection, People, Telegram
from bot.database import connect, only_process
from bot.reading import ALLOWED_UPDATES
from bot.store import Store
from models import migrations
from simulator import Bot, Simulator
from tests.conftest import TUESDAY_MORNING

TOKEN = "123456789:CANARY-token-that-no-line-may-ever-show-1"
HOOK = "https://bot.example.com/hook-7f3a"


@pytest.fixture
async def telegram() -> AsyncIterator[Simulator]:
    async with Simulator(webhook_pace=0.005) as simulator:
        yield simulator


@pytest.fixture
def bot(telegram: Simulator) -> Bot:
    return telegram.bot(TOKEN, username="huifang_bot", name="回访")


@pytest.fixture
def database(tmp_path: Path) -> str:
    """The address of a database with today's tables."""
    url = f"sqlite:///{tmp_path / 'huifang.db'}"
    engine = connect(url)
    migrations.upgrade(engine)
    engine.dispose()
    return url


@pytest.fixture
async def call(telegram, bot):
    """Call a method of the Bot API as another program would."""
    async with aiohttp.ClientSession() as session:

        async def post(method: str, **parameters: object) -> None:
            async with session.post(f"{telegram.base_url}{TOKEN}/{method}", json=parameters) as answer:
                assert answer.status == 200

        yield post


def config(telegram: Simulator, database: str, **of_telegram: str) -> Config:
    return Config(
        telegram=Telegram.model_validate({"token": TOKEN, "base_url": telegram.url, **of_telegram}),
        database=DatabaseSection(url=database),
        people=People(admins=(1001,)),
    )


async def look(given: Config) -> dict[str, Finding]:
    findings = await check.look(given)
    assert TOKEN not in "\n".join(map(str, findings))
    return {finding.thing: finding for finding in findings}


async def test_all_is_well_with_a_migrated_database_and_a_bot_that_polls(telegram, bot, database):
    found = await look(config(telegram, database))

    ill = [thing for thing, finding in found.items() if not finding.well and not thing.startswith("catalogue")]
    assert ill == []
    assert found["token"].facts == "@huifang_bot"
    assert all(finding.advice for finding in found.values() if not finding.well)


async def test_a_token_telegram_does_not_know_is_told_without_showing_it(telegram, database):
    found = await look(config(telegram, database))

    assert not found["token"].well
    assert "@BotFather" in found["token"].advice


async def test_without_telegram_it_says_so_and_looks_at_the_rest(telegram, bot, database):
    found = await look(config(telegram, database, base_url="http://127.0.0.1:1"))

    assert "cannot be reached" in found["Telegram"].facts
    assert found["database"].well


async def test_a_database_that_is_not_there_is_not_made(telegram, bot, tmp_path):
    found = await look(config(telegram, f"sqlite:///{tmp_path / 'none.db'}"))

    assert "huifang migrate" in found["database"].advice
    assert list(tmp_path.iterdir()) == []


async def test_tables_of_yesterday_are_told(telegram, bot, database):
    engine = connect(database)
    migrations.downgrade(engine)
    engine.dispose()

    assert "no tables" in (await look(config(telegram, database)))["database"].facts


@pytest.mark.parametrize(
    ("there", "mode", "well", "words"),
    [
        ([], 0o700, True, "will be made"),
        (["files"], 0o700, True, "GB free"),
        (["files"], 0o705, False, "chmod 700"),
        (["files"], 0o500, False, "chown"),
    ],
)
async def test_the_folder_for_attachments_is_looked_at_and_not_made(
    telegram, bot, database, tmp_path, monkeypatch, there, mode, well, words
):
    monkeypatch.setattr(
        os, "access", lambda path, _mode: bool(Path(path).stat().st_mode & 0o200)
    )  # root may everything
    folder = tmp_path / "files"
    for name in there:
        (tmp_path / name).mkdir()
        (tmp_path / name).chmod(mode)

    given = config(telegram, database).model_copy(update={"attachments": Attachments(folder=folder)})
    found = (await look(given))["attachments"]

    assert found.well is well
    assert words in f"{found.facts} {found.advice}"
    assert folder.exists() == bool(there)


async def test_copies_that_no_record_names_are_counted(telegram, bot, database, tmp_path):
    store = Store(tmp_path / "files", "mark")
    for name in ("a1", "b2"):
        (store.folder / name).write_bytes(b"words")
    store.set_aside("b2", at=TUESDAY_MORNING)
    given = config(telegram, database).model_copy(update={"attachments": Attachments(folder=tmp_path / "files")})
    assert (await look(given))["attachments"].facts.endswith("set aside, as no record names them: 1")


async def test_a_folder_for_attachments_that_is_a_file_is_told(telegram, bot, database, tmp_path):
    (tmp_path / "files").write_text("words")
    given = config(telegram, database).model_copy(update={"attachments": Attachments(folder=tmp_path / "files")})

    assert not (await look(given))["attachments"].well


async def test_a_database_password_is_not_shown(telegram, bot):
    found = await look(config(telegram, "postgresql+psycopg://huifang:s3cret@127.0.0.1:1/huifang"))

    assert not found["database"].well
    assert "s3cret" not in str(found["database"])


async def test_a_bot_that_is_running_is_noticed(telegram, bot, database):
    release = only_process(database)
    found = await look(config(telegram, database))
    release()

    assert "do not start another" in found["second process"].facts


async def test_nobody_to_invite_others_is_told(telegram, bot, database):
    given = config(telegram, database).model_copy(update={"people": People()})

    assert not (await look(given))["administrators"].well


async def test_a_webhook_left_behind_is_told_to_who_polls(telegram, bot, database, call):
    await call("setWebhook", url=HOOK)

    assert not (await look(config(telegram, database)))["webhook"].well


async def test_a_webhook_is_compared_with_the_configuration(telegram, bot, database, call):
    await call("setWebhook", url="https://elsewhere.example.com/", allowed_updates=["message"])
    wanted = {"mode": "webhook", "webhook_url": HOOK, "webhook_secret": "not a secret!"}
    found = await look(config(telegram, database, **wanted))

    assert [thing for thing, finding in found.items() if "webhook" in thing and not finding.well] == [
        "webhook address",
        "webhook secret",
    ]
    assert not found["kinds of updates"].well


async def test_a_webhook_as_configured_is_well(telegram, bot, database, call):
    await call("setWebhook", url=HOOK, allowed_updates=ALLOWED_UPDATES)
    wanted = {"mode": "webhook", "webhook_url": HOOK, "webhook_secret": "a-good_secret"}
    found = await look(config(telegram, database, **wanted))

    assert found["webhook address"].well
    assert found["webhook secret"].well
    assert "kinds of updates" not in found


def test_the_exit_code_says_whether_all_is_well(tmp_path):
    lines: list[str] = []
    given = Config(database=DatabaseSection(url=f"sqlite:///{tmp_path / 'none.db'}"), company=Company())

    assert check.run(given, lines.append) == 1
    assert any(line.startswith("FAIL token") for line in lines)
