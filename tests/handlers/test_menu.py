"""Home, More, help, language and privacy, as each role sees them."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from sqlalchemy.orm import Session

from crm import filing, reminders
from dialog.page import split
from dialog.talk import House
from models.customer import Customer
from models.person import GRANTS, Person, Role
from tests.chatter import Chatter
from tests.conftest import Clock

HOMES = {
    "li_wei": ["📝 记拜访", "⚠️ 记投诉", "📅 今天", "🔍 查找客户", "📊 我的数据", "⋯ 更多"],
    "chen_jing": ["📊 汇总", "❗ 待我处理", "⚠️ 投诉", "😊 满意度", "👥 团队", "⋯ 更多"],
    "wang_fang": ["⚠️ 报告问题", "📋 我的投诉", "💬 满意度评价", "👤 我的客户经理", "🔒 隐私", "🌐 语言"],
}


@pytest.fixture
def everybody(li: Chatter, chen: Chatter, wang: Chatter, sun: Chatter) -> list[Chatter]:
    return [li, chen, wang, sun]


@pytest.fixture
def sun(meet: Callable[..., Chatter], sun_li: Person) -> Chatter:
    return meet(sun_li)


@pytest.mark.parametrize(("who", "buttons"), HOMES.items())
def test_home_has_what_the_role_does_most_always_in_the_same_place(
    request: pytest.FixtureRequest, meet: Callable[..., Chatter], who: str, buttons: list[str]
):
    somebody = meet(request.getfixturevalue(who))
    for way_home in ("/menu", "/start"):
        somebody.says(way_home)
        assert somebody.buttons == buttons
        assert len(somebody.buttons) <= 6


def test_every_button_of_home_and_more_leads_somewhere_the_person_may_go(house: House, everybody: list[Chatter]):
    for somebody in everybody:
        for page in ("/", "/more", "/help", "/privacy"):
            somebody.presses(page, 1)
            for data in [button.data for row in somebody.screen.keyboard for button in row if button.data]:
                thing = found(house, data)
                assert thing, f"{data} on {page} leads nowhere"
                assert somebody.person.may(thing.needs), f"{somebody.person.role} sees {data} on {page} in vain"


def found(house: House, data: str):
    path, _query = split(data)
    if path.startswith("/do/"):
        return house.book.flows.get(path.removeprefix("/do/"))
    route = house.book.find(data)
    return route[0] if route else None


def test_every_command_is_described_and_named_once(house: House):
    things = [*house.book.flows.values(), *{route.pattern: route for route in house.book.routes}.values()]
    commands = [thing for thing in things if thing.command]
    names = [thing.command for thing in commands]
    assert sorted(names) == sorted(set(names))
    assert not [thing.command for thing in commands if not thing.title]
    assert not [name for name in names if not (name.isascii() and name.islower() and 1 <= len(name) <= 32)]


@pytest.mark.parametrize("role", Role)
def test_help_lists_exactly_the_commands_of_the_role(
    house: House, session: Session, meet: Callable[..., Chatter], li_wei: Person, role: Role
):
    li_wei.role = role
    li = meet(li_wei)
    li.says("/help")
    allowed = {name for name, _title in house.book.commands_with(GRANTS[role])}
    named = re.findall(r"/(\w+)", li.sees)
    assert sorted(named) == sorted(allowed | {"cancel"})
    assert len([line for line in li.sees.splitlines() if line.startswith("/")]) <= 6
    assert len(li.sees.splitlines()) <= 16


def test_a_rep_sees_at_home_how_many_customers_wait_today(
    li: Chatter, session: Session, li_wei: Person, east_bearings: Customer, clock: Clock
):
    li.says("/menu")
    assert "今天没有到期的跟进" in li.sees

    reminders.plan(session, li_wei, customer=east_bearings, day=clock.now.date(), at=clock.now)
    li.says("/menu")
    assert "今天要跟进的客户：1" in li.sees


def test_a_manager_sees_at_home_what_is_overdue(
    chen: Chatter, session: Session, li_wei: Person, east_bearings: Customer, clock: Clock
):
    chen.says("/menu")
    assert "没有逾期的投诉" in chen.sees

    filing.file(session, li_wei, customer=east_bearings, words="漏油", at=clock.now)
    clock.passes(days=5)
    chen.says("/menu")
    assert "逾期投诉：1" in chen.sees


def test_a_customer_sees_at_home_how_many_of_her_complaints_are_open(
    wang: Chatter, session: Session, wang_fang: Person, east_bearings: Customer, clock: Clock
):
    filing.file(session, wang_fang, customer=east_bearings, words="漏油", at=clock.now)
    wang.says("/menu")
    assert "华东轴承有限公司 · 恒远工业为您服务" in wang.sees
    assert "您未结的投诉：1" in wang.sees


def test_a_customer_finds_her_contact_person_and_can_leave_word(wang: Chatter):
    wang.says("/menu")
    wang.taps("我的客户经理")
    assert "李伟负责华东轴承有限公司" in wang.sees

    wang.taps("留言")
    assert wang.sees != ""
    assert not wang.toast


def test_a_customer_without_a_firm_still_has_a_home(wang: Chatter, session: Session, wang_fang: Person):
    wang_fang.contact_id = None
    session.flush()
    session.expire(wang_fang)
    wang.says("/menu")
    assert "王芳，您好" in wang.sees
    wang.taps("我的客户经理")
    assert "暂时还没有指定您的客户经理" in wang.sees


def test_the_language_changes_at_one_tap_and_the_next_screen_speaks_it(li: Chatter, li_wei: Person):
    li.says("/language")
    assert li.buttons[:2] == ["✓ 中文", "English"]
    li.taps("English")
    assert "Nothing is due today." in li.sees
    assert "📝 Log a visit" in li.buttons
    assert li_wei.language == "en"

    li.says("/language")
    li.taps("中文")
    assert "今天没有到期的跟进" in li.sees


@pytest.mark.parametrize("forged", ["/language/fr", "/language/..", "/language/" + "x" * 50])
def test_a_language_nobody_speaks_here_changes_nothing(li: Chatter, li_wei: Person, forged: str):
    li.presses(forged, 1)
    assert li.toast
    assert li_wei.language == "zh_CN"


def test_a_customer_stops_the_questionnaires_at_once_and_may_take_it_back(wang: Chatter, wang_fang: Person):
    wang.says("/stop")
    assert "不再给您发问卷" in wang.sees
    assert wang_fang.stopped_at

    stopped = wang_fang.stopped_at
    wang.says("/stop")
    assert wang_fang.stopped_at == stopped

    wang.taps("恢复接收问卷")
    assert wang_fang.stopped_at is None
    wang.says("/privacy")
    assert "不再接收问卷" in "".join(wang.buttons)


def test_the_notice_says_who_what_why_how_long_and_which_rights(wang: Chatter, wang_fang: Person, session: Session):
    wang.says("/privacy")
    for head in ("谁在处理", "处理什么", "用来做什么", "保存多久", "存放在哪里", "您的权利"):
        assert head in wang.sees
    assert "同意" in wang.sees
    assert "✅ 同意" not in wang.buttons

    wang_fang.agreed_at = None
    session.flush()
    wang.says("/privacy")
    wang.taps("✅ 同意")
    assert wang_fang.agreed_at


def test_a_colleague_has_nothing_to_stop(li: Chatter, li_wei: Person):
    li.says("/stop")
    assert "没有这项权限" in li.sees
    assert li_wei.stopped_at is None


@pytest.mark.parametrize("name", ["<b>李</b> & =1+1", "x" * 80])
def test_a_name_that_looks_like_markup_is_only_a_name(
    meet: Callable[..., Chatter], li_wei: Person, chen_jing: Person, wang_fang: Person, name: str
):
    for person in (li_wei, chen_jing, wang_fang):
        person.name = name
        somebody = meet(person)
        somebody.says("/menu")
        assert name[:59] in somebody.sees


@pytest.mark.parametrize("language", ["zh_CN", "en"])
def test_every_page_of_the_house_reads_in_both_languages(
    meet: Callable[..., Chatter],
    li_wei: Person,
    chen_jing: Person,
    wang_fang: Person,
    language: str,
):
    for person in (li_wei, chen_jing, wang_fang):
        somebody = meet(person, language)
        for page in ("/", "/more", "/help", "/language", "/privacy", "/contact", "/questionnaires/mine", "/team"):
            somebody.presses(page, 1)
            assert somebody.toast or somebody.sees
