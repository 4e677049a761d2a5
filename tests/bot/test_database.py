"""On SQLite what waits is committed together, and still each stands or falls alone."""

import asyncio
import threading
from collections.abc import AsyncIterator, Callable
from datetime import datetime
from pathlib import Path

import pytest
from sqlalchemy import event, text
from sqlalchemy.exc import StatementError
from sqlalchemy.orm import Session

from bot.database import Database
from models import migrations
from models.person import Invite, Team
from models.problem import NotFound


@pytest.fixture
async def database(tmp_path: Path) -> AsyncIterator[Database]:
    database = Database(f"sqlite:///{tmp_path}/huifang.db")
    migrations.upgrade(database.engine)
    yield database
    database.close()


@pytest.fixture
def commits(database: Database) -> list[str]:
    """Fills with the commits made."""
    made: list[str] = []
    event.listen(database.engine, "commit", lambda _connection: made.append("commit"))
    return made


async def all_at_once(database: Database, *works: Callable[[Session], object]) -> list[object]:
    """Let the works come while the one thread is busy, so that they wait there together."""
    first, lets_go = await busy(database)
    waiting = asyncio.gather(*(database.run(work) for work in works), return_exceptions=True)
    await asyncio.sleep(0)
    lets_go.set()
    await first
    return await waiting


async def busy(database: Database) -> tuple[asyncio.Task[None], threading.Event]:
    """Occupy the one thread until the event is set."""
    begun, lets_go = threading.Event(), threading.Event()

    def waits(_session: Session) -> None:
        begun.set()
        lets_go.wait(5)

    first = asyncio.create_task(database.run(waits))
    await asyncio.to_thread(begun.wait, 5)
    return first, lets_go


def founds(name: str) -> Callable[[Session], str]:
    def work(session: Session) -> str:
        session.add(Team(name=name))
        session.flush()
        return name

    return work


async def teams(database: Database) -> list[str]:
    return await database.run(lambda session: list(session.scalars(text("SELECT name FROM team ORDER BY id"))))


async def test_turns_that_wait_together_are_committed_together(database: Database, commits: list[str]) -> None:
    told = await all_at_once(database, founds("east"), founds("north"), founds("south"))

    assert told == ["east", "north", "south"]
    assert len(commits) == 1, "the one they waited for touched nothing"
    assert await teams(database) == ["east", "north", "south"]


async def test_a_refused_turn_undoes_nobody_elses(database: Database) -> None:
    def refused(session: Session) -> None:
        founds("nowhere")(session)
        raise NotFound

    told = await all_at_once(database, founds("east"), refused, founds("north"))

    assert told[0] == "east"
    assert isinstance(told[1], NotFound)
    assert told[2] == "north"
    assert await teams(database) == ["east", "north"]


async def test_a_turn_the_database_complains_of_undoes_nobody_elses(database: Database) -> None:
    def broken(session: Session) -> None:
        founds("nowhere")(session)
        session.execute(text("INSERT INTO team (id, name) SELECT id, name FROM team"))

    told = await all_at_once(database, founds("east"), broken, founds("north"))

    assert told[0] == "east"
    assert type(told[1]).__name__ == "IntegrityError"
    assert told[2] == "north"
    assert await teams(database) == ["east", "north"]


def slips(session: Session) -> None:
    raise KeyError("a bug")


def stores_nonsense(session: Session) -> None:
    session.add(Invite(created_at=datetime(2026, 3, 10)))  # noqa: DTZ001 - a moment without its zone is the mistake
    session.flush()


@pytest.mark.parametrize("broken", [slips, stores_nonsense])
async def test_a_bug_in_one_turn_undoes_nobody_elses(database: Database, broken: Callable[[Session], object]) -> None:
    def spoils(session: Session) -> None:
        founds("nowhere")(session)
        broken(session)

    told = await all_at_once(database, founds("east"), spoils, founds("north"))

    assert told[0] == "east"
    assert isinstance(told[1], KeyError | StatementError)
    assert told[2] == "north"
    assert await teams(database) == ["east", "north"]


async def test_nobody_is_told_that_all_is_well_when_the_commit_fails(database: Database) -> None:
    def full(_connection: object) -> None:
        raise OSError("no space left")

    event.listen(database.engine, "commit", full)
    told = await all_at_once(database, founds("east"), founds("north"))
    event.remove(database.engine, "commit", full)

    assert [type(error) for error in told] == [OSError, OSError]
    assert await teams(database) == []


async def test_a_turn_whose_asker_left_is_finished_all_the_same(database: Database) -> None:
    first, lets_go = await busy(database)
    second = asyncio.create_task(database.run(founds("east")))
    await asyncio.sleep(0)
    second.cancel()
    lets_go.set()
    await first

    assert await teams(database) == ["east"]
