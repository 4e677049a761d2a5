"""Tables from the command line, and what the importer does when Telegram does not give the file."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy import select
from telegram.error import BadRequest

from bot import importing
from bot.config import Config, DatabaseSection, People
from bot.database import Database
from bot.importer import Importer
from bot.request import NotSent, TooLarge
from crm import sheets
from models import migrations
from models.customer import Customer
from models.person import Person, Role
from models.sheet import Sheet, SheetKind, SheetState
from tests.conftest import Clock, joined
from tests.workbooks import CUSTOMERS, xlsx

SUN_LI = 1005
ROWS = [CUSTOMERS, ["南海泵业", "A", "机械", "广东", ""], ["西北化工", "D", "化工", "西北", ""]]


@pytest.fixture
def config(tmp_path: Path) -> Config:
    return Config(database=DatabaseSection(url=f"sqlite:///{tmp_path}/huifang.db"), people=People(admins=(SUN_LI,)))


@pytest.fixture
def database(config: Config) -> Iterator[Database]:
    database = Database(config.database.url)
    migrations.upgrade(database.engine)
    with database.transaction() as session:
        joined(session, "孙丽", Role.ADMIN, SUN_LI)
        joined(session, "李伟", Role.REP, 1001)
    yield database
    database.close()


@pytest.fixture
def take(config: Config, database: Database, tmp_path: Path) -> Callable[..., tuple[int, str]]:
    """Run the command on a file with these bytes; return its code and what it said."""

    def take(content: bytes, name: str = "a.xlsx", by: int | None = None, *, sure: bool = False) -> tuple[int, str]:
        (tmp_path / name).write_bytes(content)
        said: list[str] = []
        code = importing.run(config, tmp_path / name, SheetKind.CUSTOMERS, by=by, sure=sure, say=said.append)
        return code, "\n".join(said)

    return take


def customers(database: Database) -> list[str]:
    with database.transaction() as session:
        return list(session.scalars(select(Customer.name)))


def test_without_yes_it_only_says_what_it_would_do(take, database: Database):
    code, said = take(xlsx(ROWS))
    assert code == 0
    assert "1 new, 1 wrong" in said
    assert "row 3: Customer grade should be A, B or C" in said
    assert "Nothing was taken over. Add --yes to do it." in said
    assert customers(database) == []


def test_with_yes_it_is_done_once(take, database: Database):
    assert take(xlsx(ROWS))[0] == 0
    content = xlsx(ROWS)
    code, said = take(content, sure=True)
    assert (code, customers(database)) == (0, ["南海泵业"])
    assert "Taken over: 1" in said
    code, said = take(content, sure=True)
    assert code == 1
    assert "was this file" in said


@pytest.mark.parametrize("by", [1001, 4711])
def test_it_is_done_in_the_name_of_somebody_who_may(take, database: Database, by: int):
    code, said = take(xlsx(ROWS), by=by, sure=True)
    assert code == 1
    assert "--by" in said
    assert customers(database) == []


@pytest.mark.parametrize(
    ("content", "words"),
    [(b"PK nothing", "It cannot be read"), (xlsx([["a"]]), "No column is headed"), (b"x" * (6 << 20), "at most 5 MB")],
)
def test_a_bad_file_is_explained(take, content: bytes, words: str):
    code, said = take(content)
    assert code == 1
    assert words in said


@pytest.mark.parametrize(
    ("error", "state", "why"),
    [
        (BadRequest("wrong file_id"), SheetState.REFUSED, "gone"),
        (TooLarge(), SheetState.REFUSED, "too_big"),
        (NotSent("away"), SheetState.RECEIVED, None),
    ],
)
async def test_a_file_telegram_does_not_give_is_refused_or_tried_again(
    database: Database, clock: Clock, error: Exception, state: SheetState, why: str | None
):
    asked: list[str] = []

    async def fetch(file_id: str) -> bytes:
        asked.append(file_id)
        raise error

    with database.transaction() as session:
        sun_li = session.scalars(select(Person).where(Person.telegram_id == SUN_LI)).one()
        sheets.receive(session, sun_li, kind=SheetKind.CUSTOMERS, name="a.csv", file_id="f-1", at=clock.now)
    importer = Importer(database, fetch, lambda: clock.now)
    await importer.run()
    await importer.run()

    with database.transaction() as session:
        sheet = session.scalars(select(Sheet)).one()
        assert (sheet.state, sheet.why.get("what")) == (state, why)
    assert asked == ["f-1"]
    clock.passes(seconds=31)
    await importer.run()
    assert len(asked) == (1 if why else 2)
