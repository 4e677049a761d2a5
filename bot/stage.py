"""The stage: the whole house in memory, an invented year, and three people to look through it with.

For whoever wants to see every screen: the gallery, the diagrams, the tests. Nothing is sent and nothing stays.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import create_engine
from sqlalchemy.orm import Session

from bot.app import house_of, rules_of
from bot.config import Config
from bot.crawler import Crawl, Crawler
from crm import reminders, seed, surveys
from dialog.talk import House
from models import Base, dialects
from models.person import Person

BOT = "huifang_bot"
NOW = datetime(2026, 11, 24, 2, 0, tzinfo=UTC)
"""10:00 in Shanghai on a working Tuesday: the same screens on every day the page is made."""


@dataclass(frozen=True)
class Stage:
    """The house, a session that is never committed, the moment, and the people by what they are."""

    house: House
    session: Session
    now: datetime
    people: dict[str, Person]

    def crawl(self, *languages: str) -> Crawl:
        """Return everything these people can see."""
        crawler = Crawler(self.house, self.session, now=self.now, languages=languages)
        for person in self.people.values():
            crawler.visit(person)
        return crawler.crawl


@contextmanager
def stage(*, now: datetime = NOW) -> Iterator[Stage]:
    """Set the stage for a while."""
    config = Config()
    engine = dialects.prepare(create_engine("sqlite://"))
    Base.metadata.create_all(engine)
    with Session(engine, info={"rules": rules_of(config, bot_username=BOT)}) as session:
        seed.fill(session, now=now)
        for announce in (reminders.announce_due, surveys.announce_due):
            announce(session, now=now)
        session.flush()
        yield Stage(house_of(config, bot_username=BOT), session, now, seed.people(session))
    engine.dispose()
