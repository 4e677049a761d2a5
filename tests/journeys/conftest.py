"""The stage for journeys: a simulated Telegram, a database of each kind, three people with phones."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeVar

import pytest
from pydantic import SecretStr
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from bot.app import App
from bot.config import Attachments, Company, Config, DatabaseSection, Telegram
from bot.database import connect
from models import migrations
from models.customer import Contact
from models.person import Role, Team
from simulator import Bot, Phone, Simulator
from tests.conftest import added, empty_tables, firm, joined
from tests.journeys.hand import Hand

Seen = TypeVar("Seen")

TOKEN = "1000000001:a-token-of-the-simulated-telegram"
TUESDAY_MORNING = datetime(2026, 3, 10, 2, 0, tzinfo=UTC)


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The address of a migrated, empty database that several processes may open."""
    url = f"sqlite:///{tmp_path}/huifang.db"
    if request.param == "postgresql":
        url = request.getfixturevalue("postgresql_url")
    with opened(url) as engine:
        migrations.upgrade(engine)
    yield url
    if request.param == "postgresql":
        with opened(url) as engine:
            empty_tables(engine)


class opened:
    """An engine for the length of a block."""

    def __init__(self, url: str) -> None:
        self.engine = connect(url)

    def __enter__(self) -> Engine:
        return self.engine

    def __exit__(self, *_exc: object) -> None:
        self.engine.dispose()


@dataclass
class Cast:
    """Who and what is there: ids of rows, so that any process can look them up."""

    li: int
    wang: int
    chen: int
    customer: int
    team: int


@pytest.fixture
def cast(database_url: str) -> Cast:
    """李伟 the rep, 王芳 at 华东轴承, 陈静 the manager."""
    with opened(database_url) as engine, Session(engine) as session:
        team = added(session, Team(name="华东组"))
        li = joined(session, "李伟", Role.REP, 1001, team_id=team.id)
        chen = joined(session, "陈静", Role.MANAGER, 1003, team_id=team.id)
        customer = firm(session, "华东轴承有限公司", owner=li)
        contact = added(
            session, Contact(customer_id=customer.id, name="王芳", position="设备工程师", created_at=TUESDAY_MORNING)
        )
        wang = joined(session, "王芳", Role.CUSTOMER, 1002, contact_id=contact.id)
        cast = Cast(li.id, wang.id, chen.id, customer.id, team.id)
        session.commit()
    return cast


@dataclass
class Telegram_:
    """A simulated Telegram with the bot and three phones."""

    simulator: Simulator
    bot: Bot
    folder: Path
    li: Phone
    wang: Phone
    chen: Phone

    async def moves_to(self, local: str) -> None:
        """Move the clock to this time in Shanghai."""
        await self.simulator.clock.move_to(datetime.fromisoformat(f"{local}+08:00"))


@pytest.fixture
async def telegram(tmp_path: Path) -> AsyncIterator[Telegram_]:
    """Telegram, on a Tuesday morning, and an empty folder for what people send."""
    simulator = Simulator(webhook_pace=0.05)
    bot = simulator.bot(TOKEN, username="huifang_test_bot", name="回访")
    phones = [
        simulator.phone(simulator.account(number, name, language_code="zh-hans"), bot)
        for number, name in ((1001, "李伟"), (1002, "王芳"), (1003, "陈静"))
    ]
    await simulator.start()
    await simulator.clock.move_to(TUESDAY_MORNING)
    yield Telegram_(simulator, bot, tmp_path / "attachments", *phones)
    await simulator.stop()


@dataclass
class Stage:
    """Everything of one journey in this process."""

    telegram: Telegram_
    app: App
    url: str

    @property
    def li(self) -> Phone:
        return self.telegram.li

    @property
    def wang(self) -> Phone:
        return self.telegram.wang

    @property
    def chen(self) -> Phone:
        return self.telegram.chen

    def look(self, work: Callable[[Session], Seen]) -> Seen:
        """Look something up in the database."""
        with opened(self.url) as engine, Session(engine) as session:
            return work(session)


def config(telegram: Telegram_, url: str, **how: object) -> Config:
    """The configuration of a bot at this Telegram."""
    reached = {"token": SecretStr(TOKEN), "base_url": telegram.simulator.url, "listen": "127.0.0.1:0"}
    return Config(
        telegram=Telegram.model_validate(reached | how),
        database=DatabaseSection(url=url),
        attachments=Attachments(folder=telegram.folder),
        company=Company(name="恒远工业"),
    )


@asynccontextmanager
async def running(telegram: Telegram_, url: str, *, answer_within: float = 30.0, **how: object) -> AsyncIterator[App]:
    """The bot, running in this process with the simulator's clock."""
    app = App(config(telegram, url, **how), now=telegram.simulator.clock.now, answer_within=answer_within)
    await app.start()
    stop_listening = telegram.simulator.clock.listen(lambda _now: app.clock.ring_all())
    try:
        yield app
    finally:
        stop_listening()
        await app.stop()


@pytest.fixture
async def stage(telegram: Telegram_, database_url: str, cast: Cast) -> AsyncIterator[Stage]:
    """A running bot with its three people, all of whom have pressed START."""
    async with running(telegram, database_url) as app:
        await everybody_starts(telegram)
        yield Stage(telegram, app, database_url)


async def everybody_starts(telegram: Telegram_) -> None:
    """The three press START and are greeted."""
    for phone in (telegram.li, telegram.wang, telegram.chen):
        await phone.start()
        await phone.waits_for(lambda bubble: bubble.by_bot)


@dataclass
class Story:
    """A stage on which everybody has a hand; 赵敏, a rep of the same team, is there too."""

    stage: Stage
    cast: Cast
    li: Hand
    wang: Hand
    chen: Hand
    zhao: Hand

    async def moves_to(self, local: str) -> None:
        """Move the clock to this time in Shanghai; what is due then is sent."""
        await self.stage.telegram.moves_to(local)

    def look(self, work: Callable[[Session], Seen]) -> Seen:
        """Look something up in the database."""
        return self.stage.look(work)

    def change(self, work: Callable[[Session], object]) -> None:
        """Have something in the database that the story does not tell."""
        with opened(self.stage.url) as engine, Session(engine) as session:
            work(session)
            session.commit()


@pytest.fixture
def story(stage: Stage, cast: Cast) -> Story:
    """李伟, 王芳 and 陈静, and 赵敏, a rep of their team."""
    simulator = stage.telegram.simulator
    zhao = simulator.phone(simulator.account(1004, "赵敏", language_code="zh-hans"), stage.telegram.bot)
    zhao._open()
    hands = (Hand(phone, simulator.clock) for phone in (stage.li, stage.wang, stage.chen, zhao))
    story = Story(stage, cast, *hands)
    story.change(lambda session: joined(session, "赵敏", Role.REP, 1004, team_id=cast.team))
    return story
