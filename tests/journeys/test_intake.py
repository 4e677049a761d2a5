"""How updates come in, good ones and others: what is acknowledged took effect once, and nothing stops the next."""

from __future__ import annotations

import asyncio
import json
import shutil
import socket
import tempfile
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from threading import Thread
from typing import Any

import aiohttp
import pytest
from sqlalchemy import Select, func, make_url, select, text
from sqlalchemy.orm import Session

from bot import intake
from bot.app import App
from models.chat import Conversation, SeenUpdate
from models.complaint import Complaint
from models.notice import Notice
from models.person import Person
from tests.conftest import added
from tests.journeys.conftest import TOKEN, Cast, Telegram_, everybody_starts, opened, running
from tests.journeys.desk import HEADERS, SECRET, Desk, free_port, message

LI, WANG = 1001, 1002
FIRST = 900_000_000
on_sqlite = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
on_postgresql = pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)


@dataclass
class Door:
    """A bot in this process that takes deliveries."""

    app: App
    telegram: Telegram_
    url: str

    async def receives(self, update: Mapping[str, Any]) -> int:
        """Deliver an update as Telegram would; return the status."""
        return (await self.takes(json.dumps(update).encode())).status

    async def takes(self, body: bytes | AsyncIterator[bytes], headers: Mapping[str, str] = HEADERS) -> Any:
        async with aiohttp.ClientSession() as http, http.post(f"{self.url}/hook", data=body, headers=headers) as answer:
            await answer.read()
            return answer

    async def asked(self, path: str) -> tuple[int, dict[str, Any]]:
        async with aiohttp.ClientSession() as http, http.get(f"{self.url}{path}") as answer:
            return answer.status, await answer.json()


@asynccontextmanager
async def door(telegram: Telegram_, database: str, answer_within: float = 30) -> AsyncIterator[Door]:
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    how = {"mode": "webhook", "webhook_url": f"{url}/hook", "webhook_secret": SECRET, "listen": f"127.0.0.1:{port}"}
    async with running(telegram, database, answer_within=answer_within, **how) as app:
        yield Door(app, telegram, url)


@pytest.fixture
async def one(telegram: Telegram_, database_url: str, cast: Cast) -> AsyncIterator[Door]:
    """A bot that takes deliveries."""
    for phone in (telegram.li, telegram.wang):
        phone._open()
    async with door(telegram, database_url) as one:
        yield one


def found(url: str, query: Select[Any]) -> list[Any]:
    with opened(url) as engine, Session(engine) as session:
        return list(session.execute(query).all())


def verdicts(url: str) -> dict[int, str]:
    return {row.update_id: row.verdict for row in found(url, select(SeenUpdate.update_id, SeenUpdate.verdict))}


def report(number: int, words: str = "3号线轴承异响") -> dict[str, Any]:
    """王芳 reports a problem: an effect that can be counted."""
    return message(number, WANG, f"/report {words}", "王芳")


def reports(url: str) -> int:
    return int(found(url, select(func.count()).select_from(Complaint))[0][0])


async def until(condition: Callable[[], object], patience: float = 10) -> None:
    async with asyncio.timeout(patience):
        while not condition():  # noqa: ASYNC110 - what is waited for has no event
            await asyncio.sleep(0.02)


# Who may deliver, and what.


async def spoken(url: str, head: str) -> bytes:
    """Say only the head of a request and return the first line of the answer."""
    port = int(url.rpartition(":")[2])
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(f"POST /hook HTTP/1.1\r\nHost: x\r\n{head}\r\n".encode("latin-1"))
    try:
        return await asyncio.wait_for(reader.readline(), 2)
    finally:
        writer.close()


@on_sqlite
async def test_the_door_stays_shut_to_whoever_does_not_know_the_word_or_brings_too_much(one: Door, database_url: str):
    for secret in ("", "X-Telegram-Bot-Api-Secret-Token: wrong\r\n", "X-Telegram-Bot-Api-Secret-Token: \xff\xfe\r\n"):
        assert b" 401 " in await spoken(one.url, f"{secret}Content-Length: 90000000\r\n")
    word = f"X-Telegram-Bot-Api-Secret-Token: {SECRET}\r\n"
    assert b" 413 " in await spoken(one.url, f"{word}Content-Length: 262145\r\n")

    async def endless() -> AsyncIterator[bytes]:
        for _ in range(40):
            yield b" " * 10_000

    with suppress(aiohttp.ClientError):
        assert (await one.takes(endless())).status == 413
    assert await one.receives(report(FIRST)) == 200
    assert reports(database_url) == 1


NOT_UPDATES = (
    b"", b"{", b"null", b"[]", b'"x"', b"\xff\xfe{}", b"{}", b'{"message": {}}', b'{"update_id": "1"}',
    b'{"update_id": null}', b'{"update_id": 1.5}', b'{"update_id": true}', b'{"update_id": 9223372036854775808}',
    b'{"update_id": -9223372036854775808}', b"[" * 100_000, b'{"a":' * 40_000,
    *(b'{"update_id": 1, "x": ' + b"[" * deep + b"]" * deep + b"}" for deep in (65, 300, 500, 900, 990, 5000)),
)  # fmt: skip


@on_sqlite
async def test_what_is_no_update_is_refused_and_harms_nobody(one: Door, database_url: str):
    statuses = [(await one.takes(body)).status for body in NOT_UPDATES]

    assert statuses == [400] * len(NOT_UPDATES)
    assert verdicts(database_url) == {}
    assert await one.receives(report(FIRST)) == 200
    assert reports(database_url) == 1


def without(update: dict[str, Any], *path: str) -> dict[str, Any]:
    """The update lacking something Telegram has always written."""
    copy = json.loads(json.dumps(update))
    inner = copy["message"]
    for step in path[:-1]:
        inner = inner[step]
    del inner[path[-1]]
    return copy


def poisons(first: int) -> list[dict[str, Any]]:
    good = [message(first + n, LI, "你好") for n in range(6)]
    huge = message(first + 6, 2**70, "你好")
    return [
        without(good[0], "date"),
        without(good[1], "message_id"),
        without(good[2], "from", "id"),
        good[3] | {"message": "text"},
        good[4] | {"message": good[4]["message"] | {"date": "yesterday"}},
        good[5] | {"message": good[5]["message"] | {"date": 10**30}},
        huge,
    ]


@on_sqlite
async def test_poison_is_set_aside_once_for_all_to_see_while_its_neighbours_are_served(one: Door, database_url: str):
    bad = poisons(FIRST)
    unheard = {"update_id": FIRST + 50, "never_heard_of": {"x": 1}}

    statuses = await asyncio.gather(*(one.receives(update) for update in [*bad, unheard, report(FIRST + 51), *bad]))

    assert statuses == [200] * len(statuses)
    assert reports(database_url) == 1
    told = verdicts(database_url)
    assert {update["update_id"] for update in bad} == {n for n, verdict in told.items() if verdict != "done"}
    assert set(told.values()) == {"done", "unreadable", "failed"}
    # A kind of update we never asked for is none of our business: taken, and nothing more.
    assert unheard["update_id"] not in told


# Once.


@on_sqlite
async def test_a_delivery_that_comes_again_and_again_takes_effect_once(one: Door, database_url: str):
    again = report(FIRST)

    assert await one.receives(again) == 200
    assert await asyncio.gather(*(one.receives(again) for _ in range(6))) == [200] * 6

    assert reports(database_url) == 1


@on_postgresql
async def test_a_delivery_at_two_doors_at_once_takes_effect_once(one: Door, telegram: Telegram_, database_url: str):
    async with door(telegram, database_url) as other:
        for number in range(5):
            same = report(FIRST + number)
            assert await asyncio.gather(*(which.receives(same) for which in (one, other) * 2)) == [200] * 4

    assert reports(database_url) == 5


@on_sqlite
async def test_a_number_used_again_for_something_else_is_something_else(one: Door, database_url: str):
    assert await one.receives(report(FIRST, "第一件")) == 200
    assert await one.receives(report(FIRST, "第二件")) == 200

    assert reports(database_url) == 2
    assert len(found(database_url, select(SeenUpdate.digest).where(SeenUpdate.update_id == FIRST))) == 2


# The database is away.


class Proxy:
    """Stands between the bot and PostgreSQL's socket, in a thread of its own, and can hang up."""

    def __init__(self, url: str) -> None:
        self.home = tempfile.mkdtemp(prefix="huifang-proxy-")
        self._to = f"{make_url(url).query['host']}/.s.PGSQL.5432"
        self.url = make_url(url).update_query_dict({"host": self.home}).render_as_string(hide_password=False)
        self._lines: set[socket.socket] = set()
        self.opens()

    def opens(self) -> None:
        self._door = socket.socket(socket.AF_UNIX)
        self._door.bind(f"{self.home}/.s.PGSQL.5432")
        self._door.listen()
        Thread(target=self._serve, args=[self._door], daemon=True).start()

    def hangs_up(self) -> None:
        (Path(self.home) / ".s.PGSQL.5432").unlink()
        for line in [self._door, *self._lines]:
            with suppress(OSError):
                line.shutdown(socket.SHUT_RDWR)
            line.close()
        self._lines.clear()

    def _serve(self, door: socket.socket) -> None:
        with suppress(OSError):
            while True:
                near, _address = door.accept()
                far = socket.socket(socket.AF_UNIX)
                far.connect(self._to)
                self._lines |= {near, far}
                for one, other in ((near, far), (far, near)):
                    Thread(target=_pipe, args=[one, other], daemon=True).start()


def _pipe(one: socket.socket, other: socket.socket) -> None:
    with suppress(OSError):
        while data := one.recv(65536):
            other.sendall(data)
        other.shutdown(socket.SHUT_RDWR)


@on_postgresql
async def test_while_postgresql_is_away_nothing_is_acknowledged_and_afterwards_all_is_well(
    telegram: Telegram_, database_url: str, cast: Cast
):
    if "host" not in make_url(database_url).query:
        pytest.skip("this PostgreSQL is not behind a socket")
    proxy = Proxy(database_url)
    telegram.wang._open()
    async with door(telegram, proxy.url) as one:
        proxy.hangs_up()
        answer = await one.takes(json.dumps(report(FIRST)).encode())
        assert (answer.status, answer.headers["Retry-After"]) == (503, "5")
        assert (await one.asked("/readyz"))[0] == 503
        assert (await one.asked("/livez"))[0] == 200

        proxy.opens()
        statuses = [await one.receives(report(FIRST)) for _ in range(12)]
        assert statuses[-1] == 200
        assert (await one.asked("/readyz"))[0] == 200
    proxy.hangs_up()
    shutil.rmtree(proxy.home)
    assert reports(database_url) == 1


@on_sqlite
async def test_while_the_file_cannot_be_written_nothing_is_acknowledged(one: Door, database_url: str):
    await one.app.database.run(lambda session: session.execute(text("PRAGMA query_only = ON")))
    answer = await one.takes(json.dumps(report(FIRST)).encode())
    assert (answer.status, answer.headers["Retry-After"]) == (503, "5")

    one.app.database.engine.dispose()
    assert await one.receives(report(FIRST)) == 200
    assert reports(database_url) == 1


# Stopping.


@on_sqlite
async def test_whoever_comes_while_we_are_leaving_is_asked_to_come_again(
    telegram: Telegram_, database_url: str, cast: Cast
):
    telegram.li._open()
    telegram.simulator.faults.hang(chat=LI, method="sendMessage")
    async with door(telegram, database_url, answer_within=1.5) as one:
        with opened(database_url) as engine, Session(engine) as session:
            now = telegram.simulator.clock.now()
            li = session.scalars(select(Person).where(Person.telegram_id == LI)).one()
            added(
                session, Notice(key="n", to_id=li.id, address="/help", due_at=now, valid_until=now.replace(year=2100))
            )
            session.commit()
        await until(lambda: telegram.simulator.faults._waiting[0].hits)
        leaving = asyncio.create_task(one.app.stop())
        await asyncio.sleep(0.1)

        answer = await one.takes(json.dumps(report(FIRST)).encode())
        assert (answer.status, answer.headers["Retry-After"]) == (503, "5")
        assert (await one.asked("/readyz"))[1] == {"faults": {"process": "stopping"}}
        await leaving
        one.app.stop = _stopped  # type: ignore[method-assign]
    assert verdicts(database_url) == {}


async def _stopped() -> None:
    """It has been."""


@on_sqlite
async def test_a_process_stopped_under_load_finishes_in_time_and_loses_nothing(
    telegram: Telegram_, database_url: str, cast: Cast
):
    telegram.wang._open()
    load = [report(FIRST + n, f"第{n}件") for n in range(40)]
    async with Desk(token=TOKEN, telegram=telegram.simulator.url, database=database_url) as busy:
        deliveries = [asyncio.create_task(busy.receives(update)) for update in load]
        await asyncio.wait(deliveries, return_when=asyncio.FIRST_COMPLETED)
        assert busy.process
        busy.process.terminate()
        await asyncio.sleep(0.05)
        with suppress(ProcessLookupError):
            busy.process.terminate()
        async with asyncio.timeout(25):
            assert await busy.dies() == 0
        answers = await asyncio.gather(*deliveries)
        assert "Traceback" not in busy.told()

    taken = {update["update_id"] for update, answer in zip(load, answers, strict=True) if answer == 200}
    assert taken
    assert taken <= verdicts(database_url).keys()
    async with door(telegram, database_url) as one:
        assert [await one.receives(update) for update in load] == [200] * len(load)
    assert reports(database_url) == len(load)


# Asking for updates.


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Half a minute is half a second."""
    for name in intake.PAUSES:
        monkeypatch.setitem(intake.PAUSES, name, 0.5)


@pytest.fixture
async def poller(impatient: None, telegram: Telegram_, database_url: str, cast: Cast) -> AsyncIterator[Door]:
    """A bot that asks for updates."""
    async with running(telegram, database_url) as app:
        await everybody_starts(telegram)
        assert app._runner
        host, port = app._runner.addresses[0][:2]
        yield Door(app, telegram, f"http://{host}:{port}")


def polls(telegram: Telegram_) -> list[dict[str, Any]]:
    return [call.asked for call in telegram.simulator.ledger.calls(method="getUpdates")]


async def is_served(telegram: Telegram_) -> None:
    await telegram.li.say("/help")
    await telegram.li.waits_for(lambda bubble: bubble.by_bot)


@on_sqlite
async def test_each_question_confirms_what_was_done_and_says_what_is_wanted(poller: Door, telegram: Telegram_):
    for _ in range(3):
        await is_served(telegram)
    await poller.app.stop()
    poller.app.stop = _stopped  # type: ignore[method-assign]

    wanted = ["message", "edited_message", "callback_query", "my_chat_member"]
    assert all(asked["allowed_updates"] in (wanted, json.dumps(wanted)) for asked in polls(telegram))
    offsets = [int(asked["offset"]) for asked in polls(telegram) if asked.get("offset")]
    assert offsets == sorted(offsets)
    assert len(telegram.bot.mailbox) == 0


@on_sqlite
async def test_a_second_poller_is_waited_out(poller: Door, telegram: Telegram_):
    before = len(polls(telegram))
    fault = telegram.simulator.faults.refuse(
        409, "Conflict: terminated by other getUpdates request", times=2, method="getUpdates"
    )
    await is_served(telegram)
    await until(lambda: fault.hits == 2)
    await is_served(telegram)

    assert len(polls(telegram)) - before < 10
    assert (await poller.asked("/readyz"))[0] == 200


@on_sqlite
async def test_a_revoked_token_makes_it_unready_but_not_dead_and_a_good_one_mends_it(poller: Door, telegram: Telegram_):
    refused = telegram.simulator.faults.refuse(401, "Unauthorized", times=None, method="getUpdates")
    await telegram.li.say("/help")
    await until(lambda: refused.hits > 1)
    assert (await poller.asked("/readyz"))[1]["faults"].keys() == {"token"}
    assert (await poller.asked("/livez"))[0] == 200

    telegram.simulator.faults.clear()
    await is_served(telegram)

    assert (await poller.asked("/readyz"))[0] == 200


@on_sqlite
async def test_a_bad_gateway_half_an_answer_and_no_database_are_waited_out(
    poller: Door, telegram: Telegram_, database_url: str
):
    telegram.simulator.faults.fail(502, method="getUpdates")
    telegram.simulator.faults.garble(method="getUpdates", effect=False)
    telegram.simulator.faults.close(method="getUpdates", effect=False)
    telegram.simulator.faults.flood(retry_after=1, method="getUpdates")
    await is_served(telegram)

    await poller.app.database.run(lambda session: session.execute(text("PRAGMA query_only = ON")))
    await telegram.wang.say("/report 3号线轴承异响")
    await asyncio.sleep(0.7)
    assert len(telegram.bot.mailbox) == 1
    poller.app.database.engine.dispose()
    await telegram.wang.waits_for("C00")
    assert reports(database_url) == 1


@on_sqlite
async def test_poison_among_good_updates_stops_nobody(poller: Door, telegram: Telegram_, database_url: str):
    before = len(polls(telegram))
    bad = poisons(800_000_000)
    for update in bad:
        telegram.simulator.push(telegram.bot, update)
    telegram.simulator.push(telegram.bot, {"update_id": 800_000_100, "never_heard_of": {}})
    telegram.simulator.push(telegram.bot, message(800_000_101, LI, "/help"))

    await telegram.li.waits_for(lambda bubble: bubble.by_bot)
    await until(lambda: len(telegram.bot.mailbox) == 0)

    told = verdicts(database_url)
    assert {update["update_id"] for update in bad} == {n for n, verdict in told.items() if verdict != "done"}
    assert len(polls(telegram)) - before < 20


@on_sqlite
async def test_what_was_done_when_the_process_died_is_not_done_again(
    telegram: Telegram_, database_url: str, cast: Cast
):
    async with Desk(
        token=TOKEN, telegram=telegram.simulator.url, database=database_url, mode="polling", crash_at="gate.sent:2"
    ) as doomed:
        await telegram.wang.start()
        await telegram.wang.waits_for(lambda bubble: bubble.by_bot)
        await telegram.wang.say("/report 3号线轴承异响")
        assert await doomed.dies() == 137
    assert reports(database_url) == 1

    async with running(telegram, database_url):
        await until(lambda: len(telegram.bot.mailbox) == 0)

    assert reports(database_url) == 1
    assert found(database_url, select(func.count()).select_from(Conversation))[0][0] == 0
