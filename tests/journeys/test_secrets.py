"""The token is in every address the process calls. It must be in nothing the process writes."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.journeys.conftest import TOKEN, Cast, Telegram_
from tests.journeys.desk import SECRET, Desk, message

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
WORDS = "3号线轴承异响"


def chatty(telegram: Telegram_, url: str, *, ready: bool = True) -> Desk:
    where = {"telegram": telegram.simulator.url, "database": url}
    return Desk(token=TOKEN, mode="polling", log_level="debug", ready=ready, **where)


def holds_no_secret(told: str) -> bool:
    number, _colon, secret = TOKEN.partition(":")
    assert told
    return not any(word in told for word in (secret, f"{number}:", f"{number}%3A", SECRET, WORDS))


async def test_a_process_in_every_trouble_at_once_tells_no_token_and_nobodys_words(
    telegram: Telegram_, database_url: str, cast: Cast
):
    faults = telegram.simulator.faults
    faults.refuse(401, "Unauthorized", method="setMyCommands")
    faults.fail(500, method="setMyCommands")
    faults.close(method="getUpdates", effect=False)
    faults.garble(chat=1002, method="sendMessage")
    faults.flood(retry_after=1, chat=1001, method="sendMessage")
    async with chatty(telegram, database_url) as process:
        telegram.simulator.push(telegram.bot, message(800_000_000, 2**70, WORDS))
        telegram.simulator.push(telegram.bot, {"update_id": 800_000_001, "message": {"text": WORDS}})
        await telegram.wang.start()
        await telegram.li.start()
        await telegram.li.waits_for(lambda bubble: bubble.by_bot, timeout=15)
        faults.refuse(401, "Unauthorized", times=None, chat=1001)
        await telegram.li.say(f"/visit {WORDS}")
        await telegram.wang.say(f"/report {WORDS}")
        await telegram.wang.waits_for("C00")
        faults.hang(method="getUpdates")
        await telegram.wang.say("/help")
        assert await process.stops() == 0
        told = process.told()

    assert holds_no_secret(told)
    for trouble in ("update.unreadable", "update.failed", "OverflowError", "intake.paused", "commands.refused"):
        assert trouble in told


def refusing(telegram: Telegram_) -> object:
    return telegram.simulator.faults.refuse(401, "Unauthorized", times=None)


def quarrelling(telegram: Telegram_) -> object:
    return telegram.simulator.faults.refuse(400, "Bad Request: no", times=None, method="deleteWebhook")


@pytest.mark.parametrize(("trouble", "words"), [(refusing, "does not know it"), (quarrelling, "process.failed")])
async def test_a_process_that_cannot_start_says_why_without_the_token(
    telegram: Telegram_, database_url: str, cast: Cast, trouble: Callable[[Telegram_], object], words: str
):
    trouble(telegram)
    async with chatty(telegram, database_url, ready=False) as process:
        assert await process.dies() == 1

        assert words in process.told()
        assert holds_no_secret(process.told())
