"""Several processes, or one that is killed: nothing is lost and nothing happens twice."""

from __future__ import annotations

import asyncio
import re
from collections import Counter
from contextlib import AsyncExitStack
from datetime import timedelta
from itertools import count
from pathlib import Path

import pytest
import telegram as telegram_sdk
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from models.chat import Conversation
from models.notice import Notice, NoticeState
from models.person import Person
from models.visit import Reminder, Visit
from simulator import Call
from tests.conftest import added
from tests.journeys.conftest import TOKEN, Cast, Telegram_, opened
from tests.journeys.desk import Desk, message, tap

LI = 1001
START_AND_THREE_STEPS = 4
GATE_POINTS = sorted(
    {
        name
        for file in Path("bot").glob("*.py")
        for name in re.findall(r'crashpoint\("(gate\.[a-z]+)"\)', file.read_text(encoding="utf-8"))
    }
)


def desk(telegram: Telegram_, url: str, crash_at: str = "") -> Desk:
    return Desk(token=TOKEN, telegram=telegram.simulator.url, database=url, crash_at=crash_at)


def keys(telegram: Telegram_, words: str) -> tuple[str, int]:
    """The data of the button with these words on 李伟's newest screen, and the message it hangs on."""
    for bubble in reversed(telegram.li.messages):
        for button in (button for row in bubble.rows for button in row):
            if words in button["text"]:
                return button["callback_data"], bubble.id
    raise AssertionError(words)


def visits(url: str) -> int:
    with opened(url) as engine, Session(engine) as session:
        return session.scalar(select(func.count()).select_from(Visit)) or 0


async def log_a_visit_up_to_saving(telegram: Telegram_, cast: Cast, desks: list[Desk], numbers: count[int]) -> None:
    """Log a visit, each step at the next desk in turn, up to the review."""
    await telegram.li.start()
    await telegram.li.waits_for(lambda bubble: bubble.by_bot)
    steps = [
        lambda n: message(n, LI, "/visit"),
        lambda n: tap(n, LI, *keys(telegram, "华东轴承")),
        lambda n: message(n, LI, "谈了3号线备件 下周三报价"),
    ]
    for step, make in enumerate(steps):
        assert await desks[step % len(desks)].receives(make(next(numbers))) == 200


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
async def test_two_processes_on_one_database_continue_one_conversation(
    telegram: Telegram_, database_url: str, cast: Cast
):
    numbers = count(900_000_000)
    async with desk(telegram, database_url) as first, desk(telegram, database_url) as second:
        await log_a_visit_up_to_saving(telegram, cast, [first, second], numbers)
        assert await first.receives(tap(next(numbers), LI, *keys(telegram, "顺利"))) == 200

    assert visits(database_url) == 1


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
async def test_a_button_tapped_sixteen_times_at_once_from_two_processes_stores_one_visit(
    telegram: Telegram_, database_url: str, cast: Cast
):
    numbers = count(900_000_000)
    async with desk(telegram, database_url) as first, desk(telegram, database_url) as second:
        await log_a_visit_up_to_saving(telegram, cast, [first], numbers)
        save = keys(telegram, "顺利")
        answers = await asyncio.gather(
            *((first if n % 2 else second).receives(tap(next(numbers), LI, *save)) for n in range(16))
        )

    assert answers == [200] * 16
    assert visits(database_url) == 1


@pytest.mark.parametrize("point", GATE_POINTS)
async def test_a_process_killed_anywhere_between_receiving_and_acknowledging_loses_and_doubles_nothing(
    telegram: Telegram_, database_url: str, cast: Cast, point: str
):
    numbers = count(900_000_000)
    async with desk(telegram, database_url, crash_at=f"{point}:{START_AND_THREE_STEPS + 1}") as doomed:
        await log_a_visit_up_to_saving(telegram, cast, [doomed], numbers)
        save = tap(next(numbers), LI, *keys(telegram, "顺利"))
        assert await doomed.receives(save) is None
        assert await doomed.dies() == 137

    async with desk(telegram, database_url) as second:
        assert await second.receives(save) == 200
        assert await second.receives(save) == 200

    assert visits(database_url) == 1
    assert any(re.search(r"V\d{5}", bubble.text) for bubble in telegram.li.messages)


async def test_an_update_delivered_again_shows_the_screen_again_and_changes_nothing(
    telegram: Telegram_, database_url: str, cast: Cast
):
    await telegram.li.start()
    async with desk(telegram, database_url) as only:
        opening = message(900_000_001, LI, "/visit")
        for _ in range(3):
            assert await only.receives(opening) == 200

    with opened(database_url) as engine, Session(engine) as session:
        assert session.scalar(select(func.count()).select_from(Conversation)) == 1
        assert session.scalar(select(Conversation.revision)) == 2
    assert "哪" in telegram.simulator.ledger.deliveries(chat=LI)[-1].text


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
async def test_six_hundred_due_reminders_are_each_sent_once_though_one_of_three_processes_is_killed(
    telegram: Telegram_, database_url: str, cast: Cast
):
    people = await many_reps_with_a_reminder_due(telegram, database_url, cast, 600)
    async with AsyncExitStack() as stack:
        desks = [await stack.enter_async_context(desk(telegram, database_url)) for _ in range(3)]
        await until(lambda: len(told(telegram, people)) > 60)
        await desks[0].is_killed()
        await until(lambda: len(told(telegram, people)) >= 600, patience=90)
        await asyncio.sleep(2)

    counts = Counter(call.chat for call in reminders_sent(telegram))
    with opened(database_url) as engine, Session(engine) as session:
        unknown = session.scalar(select(func.sum(Notice.unknowns))) or 0
        theirs = select(Notice).join(Notice.to).where(Person.telegram_id.in_(people))  # a card may wait for 李伟
        unsent = session.scalars(theirs.where(Notice.state != NoticeState.SENT)).all()
    assert unsent == []
    assert counts.keys() == set(people)
    assert counts.total() - 600 <= unknown


def told(telegram: Telegram_, people: list[int]) -> set[int]:
    return {call.chat for call in reminders_sent(telegram) if call.chat}.intersection(people)


def reminders_sent(telegram: Telegram_) -> list[Call]:
    return [call for call in telegram.simulator.ledger.deliveries() if "华东轴承" in call.text]


async def many_reps_with_a_reminder_due(telegram: Telegram_, url: str, cast: Cast, number: int) -> list[int]:
    """Reps who each promised to be somewhere a minute ago; nobody is in quiet hours."""
    simulator = telegram.simulator
    people = list(range(50_000, 50_000 + number))
    for telegram_id in people:
        await simulator.phone(simulator.account(telegram_id, "代表"), telegram.bot).start()
    await drop_what_waits(telegram)
    with opened(url) as engine, Session(engine) as session:
        now = session.scalar(select(func.now()))
        li = session.get_one(Person, cast.li)
        for telegram_id in people:
            person = added(
                session,
                Person(name="代表", role=li.role, telegram_id=telegram_id, joined_at=now, zone=_daytime_zone(now)),
            )
            session.add(
                Reminder(
                    rep_id=person.id,
                    customer_id=cast.customer,
                    day=now.date(),
                    zone="UTC",
                    due_at=now - timedelta(minutes=1),
                )
            )
        session.execute(Person.__table__.update().values(role="admin").where(Person.telegram_id.in_(people)))
        session.commit()
    return people


async def drop_what_waits(telegram: Telegram_) -> None:
    async with telegram_sdk.Bot(TOKEN, base_url=telegram.simulator.base_url) as bot:
        await bot.delete_webhook(drop_pending_updates=True)


def _daytime_zone(now: object) -> str:
    """A zone where it is about noon, so that the test runs at any hour."""
    hour = now.hour  # type: ignore[attr-defined]
    offset = 12 - hour
    return f"Etc/GMT{-offset:+d}" if offset else "Etc/GMT"


async def until(condition: object, patience: float = 30) -> None:
    async with asyncio.timeout(patience):
        while not condition():  # type: ignore[operator]  # noqa: ASYNC110 - what is waited for happens in other processes
            await asyncio.sleep(0.1)
