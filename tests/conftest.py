"""The stage for every test: a database of each kind, a clock nobody else moves, and people with names.

The whole suite runs on SQLite and on PostgreSQL. Each test works inside one outer transaction that is rolled
back; a ``commit`` in it ends a savepoint only. A test that needs two real connections takes ``two_desks``.
"""

import os
import re
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from datetime import UTC, datetime, timedelta
from typing import TypeVar

import pytest
from hypothesis import HealthCheck, settings
from sqlalchemy import Engine, create_engine, make_url
from sqlalchemy.orm import Session, sessionmaker

from bot.crawl import Crawl
from bot.stage import Set, stage
from crm import spelling
from crm.rules import Rules
from dialog.words import LANGUAGES
from models import Base, dialects, migrations
from models.chat import Chat
from models.customer import Contact, Customer, Grade, Industry, Region
from models.person import Person, Role, Team
from tests.postgres import server

# The first example loads a calendar, on a busy machine slowly. What is tried is the same every time, so that a change
# is not refused for what was there before; EXPLORE=1 (make explore) tries what chance brings, and more of it.
settings.register_profile("usual", deadline=None, derandomize=True)
settings.register_profile("exploring", deadline=None, max_examples=2000)
EXPLORING = bool(os.environ.get("EXPLORE"))
settings.load_profile("exploring" if EXPLORING else "usual")

# Every example is asked in the same book: none of them writes.
same_book = settings(
    max_examples=2000 if EXPLORING else 60, suppress_health_check=[HealthCheck.function_scoped_fixture]
)

Row = TypeVar("Row", bound=Base)
RULES = Rules(bot_username="huifang_test_bot")
TUESDAY_MORNING = datetime(2026, 3, 10, 2, 0, tzinfo=UTC)
"""10:00 in Shanghai on a working Tuesday."""


class Clock:
    """The only clock in the tests; it moves when told to."""

    def __init__(self, now: datetime) -> None:
        self.now = now

    def passes(self, **by: float) -> datetime:
        """Move on by so many minutes, hours, days; return the new now."""
        self.now += timedelta(**by)
        return self.now

    def shows(self, local: str) -> datetime:
        """Move to this time in Shanghai, such as ``2026-03-11 08:59``; return it."""
        self.now = datetime.fromisoformat(f"{local}+08:00").astimezone(UTC)
        return self.now


@pytest.fixture(scope="session")
def scene() -> Iterator[Set]:
    """An invented department, with everything in it that people can come to see."""
    with stage() as scene:
        yield scene


@pytest.fixture(scope="session")
def crawl(scene: Set) -> Crawl:
    """Every screen of it, in every language."""
    return scene.crawl(*LANGUAGES)


@pytest.fixture(scope="session", params=["sqlite", "postgresql"])
def engine(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    """An engine on a migrated, empty database."""
    url = f"sqlite:///{tmp_path_factory.mktemp('db')}/huifang.db"
    if request.param == "postgresql":
        url = request.getfixturevalue("postgresql_url")
    engine = dialects.prepare(create_engine(url))
    migrations.upgrade(engine)
    yield engine
    engine.dispose()


@pytest.fixture(scope="session")
def postgresql_url() -> Iterator[str]:
    """The address of an empty PostgreSQL database: the one in TEST_DATABASE_URL, or a server of our own."""
    given = os.environ.get("TEST_DATABASE_URL")
    if not given:
        with server() as url:
            yield url
        return
    url = re.sub(r"^postgres(ql)?://", "postgresql+psycopg://", given)
    empty_schema(url)
    yield url


def empty_schema(url: str) -> None:
    """Drop what an earlier run left behind, in a database that is there for tests only."""
    if "test" not in (make_url(url).database or ""):
        raise ValueError("TEST_DATABASE_URL is emptied: the database's name must say that it is for tests")
    engine = create_engine(url)
    with engine.begin() as connection:
        connection.exec_driver_sql("DROP SCHEMA public CASCADE")
        connection.exec_driver_sql("CREATE SCHEMA public")
    engine.dispose()


@pytest.fixture
def session(engine: Engine) -> Iterator[Session]:
    """A session whose work is gone after the test."""
    with engine.connect() as connection, connection.begin() as outer:
        with Session(connection, join_transaction_mode="create_savepoint", info={"rules": RULES}) as session:
            yield session
        outer.rollback()


@pytest.fixture
def two_desks(engine: Engine) -> Iterator[Callable[[], AbstractContextManager[Session]]]:
    """Sessions that really commit, each on its own connection; the tables are emptied afterwards."""
    make = sessionmaker(engine, info={"rules": RULES}, expire_on_commit=False)
    yield make.begin
    empty_tables(engine)


def empty_tables(engine: Engine) -> None:
    """Delete every row; the owners of customers and the people at them refer to each other."""
    with engine.begin() as connection:
        if engine.dialect.name == "postgresql":
            names = ", ".join(f'"{table}"' for table in Base.metadata.tables)
            connection.exec_driver_sql(f"TRUNCATE {names} RESTART IDENTITY")
            return
        connection.exec_driver_sql("PRAGMA defer_foreign_keys=ON")
        for table in reversed(Base.metadata.sorted_tables):
            connection.execute(table.delete())


@pytest.fixture
def rules() -> Rules:
    """The rules the tests work under."""
    return RULES


@pytest.fixture
def clock() -> Clock:
    """It is Tuesday 10 March 2026, 10:00 in Shanghai."""
    return Clock(TUESDAY_MORNING)


@pytest.fixture
def east_team(session: Session) -> Team:
    """The team for the east."""
    return added(session, Team(name="华东组"))


@pytest.fixture
def li_wei(session: Session, east_team: Team) -> Person:
    """李伟, a rep."""
    return joined(session, "李伟", Role.REP, 1001, team_id=east_team.id)


@pytest.fixture
def zhao_min(session: Session, east_team: Team) -> Person:
    """赵敏, a rep of the same team."""
    return joined(session, "赵敏", Role.REP, 1004, team_id=east_team.id)


@pytest.fixture
def chen_jing(session: Session, east_team: Team) -> Person:
    """陈静, the team's manager."""
    return joined(session, "陈静", Role.MANAGER, 1003, team_id=east_team.id)


@pytest.fixture
def sun_li(session: Session) -> Person:
    """孙丽, the administrator, without a team."""
    return joined(session, "孙丽", Role.ADMIN, 1005)


@pytest.fixture
def east_bearings(session: Session, li_wei: Person) -> Customer:
    """华东轴承, an A customer of 李伟."""
    return firm(session, "华东轴承有限公司", owner=li_wei)


@pytest.fixture
def north_pumps(session: Session, zhao_min: Person) -> Customer:
    """北方泵业, a B customer of 赵敏."""
    return firm(session, "北方泵业股份有限公司", owner=zhao_min, grade=Grade.B, region=Region.NORTH)


@pytest.fixture
def engineer(session: Session, east_bearings: Customer) -> Contact:
    """王芳 as 华东轴承's file knows her."""
    contact = Contact(customer_id=east_bearings.id, name="王芳", position="设备工程师", created_at=TUESDAY_MORNING)
    return added(session, contact)


@pytest.fixture
def wang_fang(session: Session, engineer: Contact) -> Person:
    """王芳, who uses the bot and agreed to be asked."""
    return joined(session, "王芳", Role.CUSTOMER, 1002, contact_id=engineer.id)


@pytest.fixture
def zhou_jie(session: Session, north_pumps: Customer) -> Person:
    """周杰 of 北方泵业."""
    contact = Contact(customer_id=north_pumps.id, name="周杰", position="采购", created_at=TUESDAY_MORNING)
    return joined(session, "周杰", Role.CUSTOMER, 1006, contact_id=added(session, contact).id)


def joined(session: Session, name: str, role: Role, telegram_id: int, **more: int) -> Person:
    """Somebody who came in and agreed a month ago."""
    month_ago = TUESDAY_MORNING - timedelta(days=30)
    person = Person(name=name, role=role, telegram_id=telegram_id, joined_at=month_ago, agreed_at=month_ago, **more)
    added(session, person)
    added(session, Chat(person_id=person.id))
    return person


def firm(
    session: Session, name: str, *, owner: Person, grade: Grade = Grade.A, region: Region = Region.EAST
) -> Customer:
    """A customer added ten days ago."""
    customer = Customer(name=name, search_key=spelling.key_of(name), grade=grade, region=region)
    customer.industry, customer.owner_id = Industry.MACHINERY, owner.id
    customer.created_at = TUESDAY_MORNING - timedelta(days=10)
    return added(session, customer)


def added(session: Session, row: Row) -> Row:
    """Flush the row, so that it has its number."""
    session.add(row)
    session.flush()
    return row
