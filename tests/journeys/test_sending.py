"""What Telegram may answer to a reply or a notice, and what becomes of it then.

The clock rings by hand here, so that what happens in between can be counted.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from datetime import timedelta
from itertools import count

import pytest
from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from bot import clock as clock_module
from crm import notices
from crm.rules import Rules
from models.audit import AuditEntry
from models.chat import Posted
from models.notice import Notice, NoticeState
from models.person import Person, Role
from simulator import Bubble, Call
from tests.conftest import joined
from tests.journeys.conftest import Cast, Stage, Telegram_, everybody_starts, opened, running

LI, WANG, CHEN = 1001, 1002, 1003
ON_SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
pytestmark = ON_SQLITE
NOT_MODIFIED = "Bad Request: message is not modified: specified new message content is exactly the same"
BROKEN = "Bad Request: can't parse entities: Unsupported start tag"
GONE = "Bad Request: message to edit not found"


class Office(Stage):
    """A running bot whose clock is rung by hand."""

    numbers = count(1)

    def leaves(self, who: int, address: str = "/help", **how: object) -> int:
        """Leave a notice for the person of this Telegram number; return its id."""

        def leave(session: Session) -> int:
            session.info["rules"] = Rules()
            person = session.scalars(select(Person).where(Person.telegram_id == who)).one()
            at = self.telegram.simulator.clock.now()
            notice = notices.leave(session, person, key=f"test:{next(self.numbers)}", address=address, at=at, **how)
            session.commit()
            assert notice is not None
            return notice.id

        return self.look(leave)  # type: ignore[return-value]

    def notice(self, notice_id: int) -> Notice:
        return self.look(lambda session: session.get_one(Notice, notice_id))  # type: ignore[return-value]

    def states(self) -> list[NoticeState]:
        """What became of what was left here; the house leaves notices of its own."""
        return list(
            self.look(
                lambda s: s.scalars(
                    select(Notice.state).where(Notice.key.startswith("test:")).order_by(Notice.id)
                ).all()
            )
        )  # type: ignore[call-overload]

    def person(self, who: int) -> Person:
        return self.look(lambda s: s.scalars(select(Person).where(Person.telegram_id == who)).one())  # type: ignore[return-value]

    async def rings(self) -> None:
        await self.app.clock.ring_all()

    async def passes(self, **by: float) -> None:
        """Let time pass; a halt of the sender's, which goes by the real clock, is over as well."""
        self.app.notifier._halted_until = 0.0
        await self.telegram.simulator.clock.move(timedelta(**by))

    def sent(self, who: int) -> list[Call]:
        """What reached this person since START."""
        return [call for call in self.telegram.simulator.ledger.deliveries(chat=who) if call.timestamp > self.started]

    def asked(self, method: str, who: int) -> list[Call]:
        calls = self.telegram.simulator.ledger.calls(method=method, chat=who)
        return [call for call in calls if call.timestamp > self.started]


@pytest.fixture
async def office(
    telegram: Telegram_, database_url: str, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Office]:
    for name in clock_module.EVERY:
        monkeypatch.setitem(clock_module.EVERY, name, 3600)
    async with running(telegram, database_url, answer_within=1.0) as app:
        await everybody_starts(telegram)
        office = Office(telegram, app, database_url)
        await app.clock._store()
        office.started = telegram.simulator.clock.timestamp()
        yield office
        telegram.simulator.faults.clear()


# Refusals of notices.


@pytest.mark.parametrize(
    ("code", "words", "reason"),
    [
        (403, "Forbidden: bot was blocked by the user", "blocked"),
        (403, "Forbidden: user is deactivated", "deactivated"),
        (403, "Forbidden: bot can't initiate conversation with a user", "never_started"),
        (400, "Bad Request: chat not found", "chat_not_found"),
    ],
)
async def test_who_cannot_be_reached_is_told_nothing_more_until_she_writes_again(
    office: Office, code: int, words: str, reason: str
):
    office.telegram.simulator.faults.refuse(code, words, times=None, chat=LI, method="sendMessage")
    series = [office.leaves(LI) for _ in range(3)]

    await office.rings()

    assert [office.notice(one).state for one in series] == [
        NoticeState.REFUSED,
        NoticeState.SUPPRESSED,
        NoticeState.SUPPRESSED,
    ]
    assert office.notice(series[0]).why == reason
    assert len(office.asked("sendMessage", LI)) == 1
    assert office.person(LI).unreachable_reason == reason

    office.telegram.simulator.faults.clear()
    await office.li.say("/help")
    await office.li.waits_for(lambda bubble: bubble.by_bot)
    assert office.person(LI).unreachable_since is None
    back = office.leaves(LI)
    await office.rings()
    assert office.notice(back).state is NoticeState.SENT


async def test_who_unblocks_the_bot_is_told_again(office: Office):
    await office.li.block()
    await until(lambda: office.person(LI).unreachable_reason == "blocked")

    await office.li.unblock()

    await until(lambda: office.person(LI).unreachable_since is None)


@pytest.mark.parametrize(
    ("code", "words"), [(413, "Request Entity Too Large"), (400, "Bad Request: BUTTON_DATA_INVALID")]
)
async def test_what_telegram_will_never_take_is_not_tried_again(office: Office, code: int, words: str):
    office.telegram.simulator.faults.refuse(code, words, times=None, chat=LI, method="sendMessage")
    notice = office.leaves(LI)

    await office.rings()
    await office.passes(minutes=5)

    assert office.notice(notice).state is NoticeState.REFUSED
    assert len(office.asked("sendMessage", LI)) == 1
    assert office.person(LI).unreachable_since is None


async def test_a_broken_template_is_sent_once_more_as_plain_words(office: Office):
    office.telegram.simulator.faults.refuse(400, BROKEN, chat=LI, method="sendMessage")
    notice = office.leaves(LI)

    await office.rings()

    assert office.notice(notice).state is NoticeState.SENT
    calls = office.asked("sendMessage", LI)
    assert [("parse_mode" in call.asked, "<b>" in call.asked["text"]) for call in calls][1] == (False, False)
    assert len(calls) == 2
    assert office.li.last.buttons


# Slow down.


async def test_a_flood_silences_one_chat_for_so_long_and_nobody_else(office: Office):
    flood = office.telegram.simulator.faults.flood(retry_after=40, times=None, chat=LI)
    first, second, other = office.leaves(LI), office.leaves(LI), office.leaves(CHEN)

    await office.rings()
    for _ in range(3):
        await office.telegram.simulator.clock.move(timedelta(seconds=10))

    assert flood.hits == 1
    assert office.notice(other).state is NoticeState.SENT
    assert (office.notice(first).state, office.notice(first).attempts) == (NoticeState.READY, 0)

    office.telegram.simulator.faults.clear()
    await office.telegram.simulator.clock.move(timedelta(seconds=15))
    await office.telegram.simulator.clock.move(timedelta(seconds=2))
    assert [office.notice(one).state for one in (first, second)] == [NoticeState.SENT] * 2
    assert len(office.sent(LI)) == 2


async def test_one_chat_gets_one_notice_a_second(office: Office):
    for _ in range(3):
        office.leaves(LI)

    told = []
    for _ in range(3):
        await office.rings()
        told.append(len(office.sent(LI)))
        await office.telegram.simulator.clock.move(timedelta(seconds=2))

    assert told[0] == 1
    assert len(office.sent(LI)) == 3


async def test_a_flood_that_names_no_time_is_half_a_minute(office: Office):
    flood = office.telegram.simulator.faults.refuse(429, "Too Many Requests", times=None, chat=LI)
    notice = office.leaves(LI)

    await office.rings()
    await office.telegram.simulator.clock.move(timedelta(seconds=25))

    assert (flood.hits, office.notice(notice).attempts) == (1, 0)
    assert office.notice(notice).state is NoticeState.READY
    office.telegram.simulator.faults.clear()
    await office.telegram.simulator.clock.move(timedelta(seconds=10))
    assert office.notice(notice).state is NoticeState.SENT


async def test_a_flood_in_three_chats_halts_everything(office: Office):
    crowd = many_people(office, 12)
    flood = office.telegram.simulator.faults.flood(retry_after=40, times=None, method="sendMessage")
    for telegram_id in crowd:
        office.leaves(telegram_id)

    await office.rings()
    await office.rings()

    assert flood.hits <= 8
    assert set(office.states()) == {NoticeState.READY}
    office.telegram.simulator.faults.clear()
    await office.passes(seconds=41)
    assert set(office.states()) == {NoticeState.SENT}


async def test_a_refused_token_stops_all_sending_says_so_and_burns_nothing(office: Office):
    refused = office.telegram.simulator.faults.refuse(401, "Unauthorized", times=None, method="sendMessage")
    crowd = [office.leaves(telegram_id) for telegram_id in many_people(office, 12)]

    await office.rings()
    await office.rings()

    assert refused.hits <= 8
    assert "token" in office.app.health._faults
    assert all(office.notice(one).attempts == 0 for one in crowd)
    office.telegram.simulator.faults.clear()
    await office.passes(seconds=31)
    assert set(office.states()) == {NoticeState.SENT}
    assert office.app.health._faults == {}


# Nobody knows.


def hanging(office: Office) -> object:
    return office.telegram.simulator.faults.hang(effect=True, chat=LI, method="sendMessage")


def closing(office: Office) -> object:
    return office.telegram.simulator.faults.close(chat=LI, method="sendMessage")


def garbling(office: Office) -> object:
    return office.telegram.simulator.faults.garble(chat=LI, method="sendMessage")


def failing(office: Office) -> object:
    return office.telegram.simulator.faults.fail(502, effect=True, chat=LI, method="sendMessage")


@pytest.mark.parametrize("happening", [hanging, closing, garbling, failing])
async def test_what_may_have_arrived_is_sent_once_more_or_never_and_counted(
    office: Office, happening: Callable[[Office], object]
):
    happening(office)
    again = office.leaves(LI)
    await office.rings()
    assert (office.notice(again).state, office.notice(again).unknowns) == (NoticeState.READY, 1)
    await office.passes(seconds=61)
    assert (office.notice(again).state, office.notice(again).unknowns) == (NoticeState.SENT, 1)
    assert len(office.sent(LI)) == 2

    happening(office)
    once = office.leaves(LI, at_most_once=True)
    await office.rings()
    await office.passes(minutes=5)
    assert (office.notice(once).state, office.notice(once).unknowns) == (NoticeState.UNKNOWN, 1)
    assert len(office.sent(LI)) == 3


async def test_what_stays_unknown_twice_is_given_up(office: Office):
    office.telegram.simulator.faults.fail(500, times=None, chat=LI, method="sendMessage")
    notice = office.leaves(LI)

    await office.rings()
    await office.passes(minutes=2)
    await office.passes(minutes=2)

    assert (office.notice(notice).state, office.notice(notice).unknowns) == (NoticeState.UNKNOWN, 2)
    assert len(office.asked("sendMessage", LI)) == 2


async def test_what_surely_was_not_sent_is_tried_until_it_is(office: Office):
    real = office.app.bot._base_url
    notice = office.leaves(LI, at_most_once=True)
    office.app.bot._base_url = "http://127.0.0.1:9/bot"
    await office.rings()
    await office.passes(seconds=3)
    assert (office.notice(notice).state, office.notice(notice).attempts) == (NoticeState.READY, 2)

    office.app.bot._base_url = real
    await office.passes(seconds=3)

    assert (office.notice(notice).state, office.notice(notice).unknowns) == (NoticeState.SENT, 0)
    assert len(office.sent(LI)) == 1


# Replies.


async def test_a_reply_is_patient_when_asked_to_wait_a_second(office: Office):
    office.telegram.simulator.faults.flood(retry_after=1, chat=LI, method="sendMessage")

    await office.li.say("/help")

    await office.li.waits_for(lambda bubble: bubble.by_bot)
    assert len(office.sent(LI)) == 1


@pytest.mark.parametrize("happening", [hanging, closing, garbling, failing])
async def test_a_reply_that_may_have_arrived_is_not_repeated(office: Office, happening: Callable[[Office], object]):
    happening(office)

    await office.li.say("/visit")
    await office.li.waits_for("哪")
    await office.li.say("华东")
    await office.li.waits_for(lambda bubble: bubble.by_bot)

    assert len(office.sent(LI)) == 2


async def test_a_reply_whose_html_is_broken_comes_in_plain_words(office: Office):
    office.telegram.simulator.faults.refuse(400, BROKEN, chat=LI, method="editMessageText")
    await office.li.say("/help")
    shown = await office.li.waits_for(lambda bubble: bubble.by_bot)

    await office.li.tap("‹ 首页")
    await office.li.waits_for(lambda bubble: bubble.edited)

    calls = office.asked("editMessageText", LI)
    assert ["parse_mode" in call.asked for call in calls] == [True, False]
    assert calls[1].effective
    assert office.li.last.id == shown.id


async def test_an_edit_that_changes_nothing_is_as_good_as_done(office: Office):
    await office.li.say("/help")
    await office.li.waits_for(lambda bubble: bubble.by_bot)
    office.telegram.simulator.faults.refuse(400, NOT_MODIFIED, chat=LI, method="editMessageText")

    await office.li.tap("‹ 首页")
    await until(lambda: office.asked("editMessageText", LI))
    await office.li.say("/help")
    await office.li.waits_for(lambda bubble: bubble.by_bot)

    assert len(office.sent(LI)) == 2


async def test_a_screen_that_cannot_be_edited_comes_anew(office: Office):
    await office.li.say("/help")
    await office.li.waits_for(lambda bubble: bubble.by_bot)
    office.telegram.simulator.faults.refuse(400, GONE, chat=LI, method="editMessageText")

    await office.li.tap("‹ 首页")
    await office.li.waits_for(lambda bubble: bubble.by_bot)

    assert len(office.sent(LI)) == 2


async def test_a_tap_too_old_to_be_answered_has_its_effect(office: Office):
    office.telegram.simulator.faults.refuse(
        400, "Bad Request: query is too old and response timeout expired", method="answerCallbackQuery"
    )
    await office.li.say("/visit")
    await office.li.waits_for("哪")

    await office.li.press(office.li.last.id, office.li.last.rows[0][0]["callback_data"], timeout=0.01)

    await office.li.waits_for("华东轴承")
    assert not office.li.toasts


# Living messages, quiet hours, and what is too late.


async def complaint_on_her_phone(office: Office) -> Bubble:
    """王芳 files a complaint and sees its card; 李伟 is told."""
    await office.wang.say("/report 3号线轴承异响")
    await office.wang.waits_for("C00")
    await office.app.clock._store()
    await office.rings()
    await office.li.waits_for("3号线轴承异响")
    return next(bubble for bubble in office.wang.messages if "C00" in bubble.text)


async def test_a_living_message_is_edited_at_night_while_the_rest_waits_for_the_morning(office: Office):
    card = await complaint_on_her_phone(office)
    await office.telegram.moves_to("2026-03-10 23:00")
    before = len(office.sent(WANG))

    await office.li.tap("受理")
    waiting, urgent = office.leaves(WANG), office.leaves(CHEN, urgent=True)
    await office.rings()

    assert any(bubble.id == card.id and "已受理" in bubble.text for bubble in office.wang.messages)
    assert len(office.sent(WANG)) == before
    assert office.notice(waiting).state is NoticeState.READY
    assert office.notice(urgent).state is NoticeState.SENT

    await office.telegram.moves_to("2026-03-11 07:31")
    assert office.notice(waiting).state is NoticeState.SENT


@pytest.mark.parametrize("why", ["never shown", "gone"])
async def test_a_living_message_that_must_come_anew_comes_without_a_sound(office: Office, why: str):
    card = await complaint_on_her_phone(office)
    if why == "gone":
        office.telegram.simulator.faults.refuse(400, GONE, chat=WANG, method="editMessageText")
    else:
        office.look(lambda session: (session.execute(delete(Posted)), session.commit()))
    await office.telegram.moves_to("2026-03-10 23:00")

    await office.li.tap("受理")
    await office.rings()

    assert office.wang.last.id != card.id
    assert "已受理" in office.wang.last.text
    assert office.wang.last.silent
    assert not card.silent


async def test_a_card_says_why_it_comes_and_no_more_when_it_is_opened_again(office: Office):
    await complaint_on_her_phone(office)
    card = office.li.last
    assert card.text.startswith("🆕 新投诉")

    await office.li.tap("类别")
    await office.li.waits_for(lambda bubble: bool(bubble.button("产品质量")))
    await office.li.tap("‹ C00")
    await office.li.waits_for(lambda bubble: "3号线轴承异响" in bubble.text)

    assert "新投诉" not in office.li.last.text


async def test_a_step_that_is_refused_is_kept_in_the_audit_trail(office: Office):
    await complaint_on_her_phone(office)
    number = int(office.li.last.text.partition("C0")[2][:4])

    await office.li.press(office.li.last.id, f"/complaints/{number}/investigate?version=1")

    trail = office.look(
        lambda session: session.scalars(select(AuditEntry).where(AuditEntry.action == "complaint.refused")).all()
    )
    (refused,) = trail
    assert (refused.object, refused.facts) == (
        f"complaint:{number}",
        {"why": "MoveRefused", "became": "investigating"},
    )


async def test_what_is_added_within_minutes_is_shown_in_the_card_that_was_pushed(office: Office):
    await complaint_on_her_phone(office)
    card, before = office.li.last, len(office.sent(LI))

    for words in ("还漏油", "请快点"):
        await office.wang.tap("➕ 补充")
        await office.wang.say(words)
        await office.wang.waits_for(f"➕ {words}")
        await office.passes(minutes=2)

    assert len(office.sent(LI)) == before
    shown = next(bubble for bubble in office.li.messages if bubble.id == card.id)
    assert shown.text.startswith("➕ 客户补充了内容")
    assert "还漏油" in shown.text
    assert "请快点" in shown.text


async def test_what_nobody_needs_any_more_expires(office: Office):
    office.telegram.simulator.faults.flood(retry_after=50, chat=LI)
    notice = office.leaves(LI, valid_for=timedelta(seconds=30))

    await office.rings()
    await office.passes(seconds=60)

    assert office.notice(notice).state is NoticeState.EXPIRED
    assert office.sent(LI) == []


# Speed.


async def test_notices_keep_to_their_pace_and_a_reply_does_not_wait_for_them(office: Office):
    for telegram_id in many_people(office, 60):
        office.leaves(telegram_id)
    sending = asyncio.create_task(office.rings())
    await until(lambda: len(crowd_was_sent(office)) > 5)

    await office.li.say("/help")
    await office.li.waits_for(lambda bubble: bubble.by_bot, timeout=2)
    behind = len(crowd_was_sent(office))
    await sending

    moments = [call.timestamp for call in crowd_was_sent(office)]
    assert behind < 60 == len(moments)
    assert max(sum(start <= at < start + 1 for at in moments) for start in moments) <= 30
    assert moments[-1] - moments[0] > 2


def crowd_was_sent(office: Office) -> list[Call]:
    return [call for call in office.telegram.simulator.ledger.deliveries() if (call.chat or 0) >= 50_000]


def many_people(office: Office, number: int) -> list[int]:
    """People who have pressed START."""
    people = list(range(50_000, 50_000 + number))
    for telegram_id in people:
        account = office.telegram.simulator.account(telegram_id, "代表")
        office.telegram.simulator.phone(account, office.telegram.bot)._open()
    with opened(office.url) as engine, Session(engine) as session:
        for telegram_id in people:
            joined(session, "代表", Role.REP, telegram_id)
        session.commit()
    return people


# The menu behind the slash.


async def test_everybody_has_the_menu_of_her_role_and_language(office: Office):
    promoted = update(Person).where(Person.telegram_id == LI).values(role=Role.MANAGER)
    assert {"visit", "summary", "cancel"} <= names(office.li)
    assert "team" in names(office.chen)
    assert "team" not in names(office.li)
    assert "visit" not in names(office.wang)
    assert "拜访" in described(office.li, "visit")

    await office.li.say("/language")
    await office.li.waits_for(lambda bubble: bool(bubble.button("English")))
    await office.li.tap("English")
    await until(lambda: "visit" in described(office.li, "visit").lower())

    office.look(lambda session: (session.execute(promoted), session.commit()))
    await office.li.say("/help")
    await until(lambda: "team" in names(office.li))


def names(phone: object) -> set[str]:
    return {command["command"] for command in phone.commands}  # type: ignore[attr-defined]


def described(phone: object, name: str) -> str:
    return next(command["description"] for command in phone.commands if command["command"] == name)  # type: ignore[attr-defined]


async def until(condition: Callable[[], object], patience: float = 10) -> None:
    async with asyncio.timeout(patience):
        while not condition():  # noqa: ASYNC110 - what is waited for has no event
            await asyncio.sleep(0.02)
