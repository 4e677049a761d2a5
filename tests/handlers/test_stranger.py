"""Whom the bot does not know: what a stranger is told, and how an invitation lets her in."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from crm import joining, people, roles
from dialog.events import Command, Edit, Event, Message, Tap
from dialog.screen import Rendered
from dialog.talk import House
from dialog.words import plain
from handlers.stranger import Stranger, answer
from models import Base
from models.customer import Contact
from models.notice import Notice
from models.person import Invite, Person, Role, Team
from tests.chatter import Chatter
from tests.conftest import Clock

FANG = Stranger(4242, "Fang", "zh-hans")
Knocks = Callable[..., Rendered | None]


@pytest.fixture
def knocks(house: House, session: Session, clock: Clock) -> Knocks:
    """A stranger does something."""

    def knocks(event: Event, who: Stranger = FANG) -> Rendered | None:
        return answer(house, session, who, event, now=clock.now)

    return knocks


@pytest.fixture
def for_wang(session: Session, li_wei: Person, engineer: Contact, clock: Clock) -> str:
    """An invitation for 王芳."""
    return joining.invite(session, li_wei, role=Role.CUSTOMER, contact=engineer, at=clock.now)[1]


@pytest.fixture
def for_a_rep(session: Session, chen_jing: Person, east_team: Team, clock: Clock) -> str:
    """An invitation for a rep."""
    return joining.invite(session, chen_jing, role=Role.REP, team=east_team, at=clock.now)[1]


def follows(token: str) -> Command:
    return Command("start", f"invite-{token}", 1)


def data(screen: Rendered | None, label: str) -> str:
    assert screen is not None
    return next(button.data for row in screen.keyboard for button in row if label in button.text and button.data)


def words(screen: Rendered | None) -> str:
    assert screen is not None
    return plain(screen.text)


def counts(session: Session) -> dict[str, int]:
    return {t.name: session.scalars(select(func.count()).select_from(t)).one() for t in Base.metadata.sorted_tables}


@pytest.mark.parametrize(
    "event",
    [
        Message(1, "你好"),
        Message(1, "华东轴承"),
        Command("start", "", 1),
        Command("start", "complaints-1", 1),
        Command("summary", "", 1),
        Command("invite", "", 1),
        Tap("/customers/1", 1),
        Tap("/do/visit", 1),
        Tap("7:save", 1),
        Tap("", 1),
    ],
)
def test_a_stranger_gets_one_kind_sentence_whatever_she_does(
    knocks: Knocks, session: Session, wang_fang: Person, event: Event
):
    before = counts(session)
    said = words(knocks(event))
    assert said == words(knocks(Message(1, "hello")))
    assert "请点开收到的邀请链接" in said
    assert "华东" not in said
    assert counts(session) == before


def test_an_edited_message_of_a_stranger_needs_no_answer(knocks: Knocks):
    assert knocks(Edit(1, "x")) is None


def test_nothing_is_kept_about_a_contact_before_she_agrees(knocks: Knocks, session: Session, for_wang: str):
    before = counts(session)
    asked = knocks(follows(for_wang))
    assert "恒远工业的李伟邀请您加入" in words(asked)
    assert "您同意之前，不保存任何信息" in words(asked)

    whole = knocks(Tap(data(asked, "看全文"), 2))
    assert "您的权利" in words(whole)
    assert "没有保存任何信息" in words(knocks(Tap(data(asked, "暂不"), 2)))
    assert counts(session) == before
    assert session.scalars(select(Invite.used_at)).one() is None


def test_agreeing_lets_her_in_and_tells_the_inviter(
    knocks: Knocks, session: Session, for_wang: str, engineer: Contact, li: Chatter
):
    home = knocks(Tap(data(knocks(follows(for_wang)), "同意"), 2))

    assert words(home).startswith("欢迎，您已加入。")
    assert "Fang，您好" in words(home)
    fang = people.recognise(session, FANG.telegram_id)
    assert fang is not None
    assert (fang.role, fang.contact_id, fang.language) == (Role.CUSTOMER, engineer.id, "zh_CN")
    assert fang.agreed_at
    told = session.scalars(select(Notice)).one()
    assert (told.to_id, told.address) == (li.person.id, f"/people/{fang.id}/joined")

    li.opens(told.address)
    assert "Fang已通过你的邀请加入" in li.sees
    assert "华东轴承有限公司 · 王芳 · 设备工程师" in li.sees
    li.taps("客户")
    assert "华东轴承有限公司" in li.sees


def test_a_second_tap_on_agree_shows_her_home(
    knocks: Knocks, session: Session, for_wang: str, meet: Callable[..., Chatter]
):
    agree = data(knocks(follows(for_wang)), "同意")
    knocks(Tap(agree, 2))

    fang = meet(people.recognise(session, FANG.telegram_id))
    fang.presses(agree, 2)
    assert "Fang，您好" in fang.sees
    for old in ("看全文", "暂不"):
        fang.presses("/later" if old == "暂不" else agree.replace("agree", "notice"), 2)
        assert fang.sees
        assert not fang.toast


def test_a_colleague_is_let_in_at_once(knocks: Knocks, session: Session, for_a_rep: str, east_team: Team):
    home = knocks(follows(for_a_rep), Stranger(777, "钱进", "en-GB"))

    assert words(home).startswith("Welcome, you are connected.")
    person = people.recognise(session, 777)
    assert person is not None
    assert (person.role, person.team_id, person.language) == (Role.REP, east_team.id, "en")


@pytest.mark.parametrize("way", ["start", "agree", "notice"])
def test_wrong_used_and_expired_invitations_are_answered_alike(
    knocks: Knocks, session: Session, for_wang: str, for_a_rep: str, clock: Clock, way: str
):
    def tries(token: str, telegram_id: int) -> str:
        event = follows(token) if way == "start" else Tap(f"/{way}/{token}", 1)
        return words(knocks(event, Stranger(telegram_id, "X", "zh")))

    knocks(follows(for_a_rep), Stranger(1, "first", "zh"))
    wrong, used, empty = tries("x" * 43, 2), tries(for_a_rep, 3), tries("", 4)
    clock.passes(hours=73)
    expired = tries(for_wang, 5)
    assert wrong == used == empty == expired
    assert "这个邀请不能使用" in wrong


def test_after_five_bad_guesses_a_good_invitation_is_not_looked_at_for_an_hour(
    knocks: Knocks, for_wang: str, clock: Clock
):
    for guess in range(5):
        knocks(follows(f"guess-{guess}"))
    assert "不能使用" in words(knocks(follows(for_wang)))

    clock.passes(minutes=61)
    assert "李伟邀请您加入" in words(knocks(follows(for_wang)))


def test_somebody_withdrawn_is_a_stranger_and_may_be_invited_again(
    knocks: Knocks, session: Session, chen_jing: Person, wang_fang: Person, for_wang: str, clock: Clock
):
    roles.withdraw(session, chen_jing, wang_fang.id, at=clock.now)
    wang = Stranger(1002, "王芳", "zh-hans")
    assert people.recognise(session, 1002) is None
    assert "请点开收到的邀请链接" in words(knocks(Message(1, "漏油"), wang))

    knocks(Tap(data(knocks(follows(for_wang), wang), "同意"), 2), wang)
    assert people.recognise(session, 1002) == wang_fang


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("", "#4242"),
        ("\u202e\u0000", "#4242"),
        ("<b>Fang</b>", "<b>Fang</b>"),
        ("=1+1", "=1+1"),
        ("长" * 5000, "长" * 59 + "…"),
    ],
)
def test_a_strangers_name_is_only_a_name(knocks: Knocks, session: Session, for_wang: str, name: str, kept: str):
    knocks(Tap(data(knocks(follows(for_wang), Stranger(4242, name, "zh")), "同意"), 2), Stranger(4242, name, "zh"))
    fang = people.recognise(session, 4242)
    assert fang is not None
    assert fang.name == kept


def test_every_button_a_stranger_sees_is_heard_and_fits(knocks: Knocks, for_wang: str):
    asked = knocks(follows(for_wang))
    assert asked is not None
    for row in asked.keyboard:
        for button in row:
            assert button.data is not None
            assert len(button.data.encode()) <= 64
            assert words(knocks(Tap(button.data, 2))) != words(knocks(Message(1, "?")))
