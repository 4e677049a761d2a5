"""A sender that dies: everybody is told once, or twice where nobody could know, and that is counted."""

from __future__ import annotations

import asyncio
import re
from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from models.notice import Notice, NoticeState
from models.person import Person
from tests.conftest import added
from tests.journeys.conftest import TOKEN, Cast, Telegram_, opened, running
from tests.journeys.desk import Desk

POINTS = sorted(
    {
        name
        for file in Path("bot").glob("*.py")
        for name in re.findall(r'crashpoint\("(notifier\.[a-z]+)"\)', file.read_text(encoding="utf-8"))
    }
)
ONCE = 1003


def test_there_are_points_to_die_at():
    assert POINTS == ["notifier.leased", "notifier.sent", "notifier.settled"]


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize("point", POINTS)
async def test_a_sender_that_dies_anywhere_tells_everybody_once_or_counts_the_doubt(
    telegram: Telegram_, database_url: str, cast: Cast, point: str
):
    # The process that dies goes by the real clock.
    now = datetime.now(UTC)
    await telegram.simulator.clock.move_to(now)
    for phone in (telegram.li, telegram.wang, telegram.chen):
        phone._open()
    leave_one_for_each(database_url, now)
    where = {"telegram": telegram.simulator.url, "database": database_url}
    async with Desk(token=TOKEN, crash_at=point, ready=False, **where) as doomed:
        assert await doomed.dies() == 137

    await telegram.simulator.clock.move_to(now + timedelta(minutes=3))
    async with running(telegram, database_url) as app:
        await app.clock.ring_all()
        await telegram.simulator.clock.move(timedelta(minutes=3))

    told = Counter(call.chat for call in telegram.simulator.ledger.deliveries())
    with opened(database_url) as engine, Session(engine) as session:
        left = session.execute(select(Person.telegram_id, Notice.state, Notice.unknowns).join(Notice.to)).all()
    for telegram_id, state, unknowns in left:
        assert state is NoticeState.SENT or (telegram_id == ONCE and state is NoticeState.UNKNOWN)
        assert told[telegram_id] <= (1 if telegram_id == ONCE else 1 + unknowns)
        assert told[telegram_id] >= 1 or (telegram_id == ONCE and unknowns)


def leave_one_for_each(url: str, now: datetime) -> None:
    """Leave everybody a notice that may go at any hour; 陈静's may go at most once."""
    with opened(url) as engine, Session(engine) as session:
        for person in session.scalars(select(Person)).all():
            person.morning_card = person.evening_card = False  # these come at their hour, whenever the test is run
            facts = {"address": "/help", "due_at": now, "valid_until": now + timedelta(days=1), "urgent": True}
            once = person.telegram_id == ONCE
            added(session, Notice(key=f"n{person.id}", to_id=person.id, at_most_once=once, **facts))
        session.commit()


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_who_moves_the_hands_waits_for_a_sender_that_is_at_it(telegram: Telegram_, database_url: str, cast: Cast):
    now = datetime.now(UTC)
    await telegram.simulator.clock.move_to(now)
    leave_one_for_each(database_url, now)
    async with running(telegram, database_url) as app:
        notifier = app.clock._notifier
        async with notifier._busy:
            moving = asyncio.create_task(app.clock.ring_all())
            await asyncio.sleep(0.3)
            assert not moving.done()
        await moving
