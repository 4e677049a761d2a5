"""What is about another firm is not filed under the first: it is something new, or she is asked; nothing is lost."""

from __future__ import annotations

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from models.attachment import FileKind
from models.customer import Contact, Customer
from models.person import Person
from models.touch import Touch
from models.visit import Visit
from tests.chatter import Chatter
from tests.conftest import Clock, firm


@pytest.fixture
def tiangong(session: Session, li_wei: Person) -> Customer:
    return firm(session, "无锡天工汽车零部件有限公司", owner=li_wei)


@pytest.fixture
def ruifeng(session: Session, li_wei: Person) -> Customer:
    return firm(session, "杭州瑞丰矿业有限公司", owner=li_wei)


def test_a_sentence_about_another_firm_is_a_record_of_its_own(
    li: Chatter, session: Session, tiangong: Customer, ruifeng: Customer, clock: Clock
):
    li.says("今天去了天工，谈了换型")
    clock.passes(minutes=3)
    li.says("杭州瑞丰矿业的郭浩然来电话，要报价")
    li.taps("电话")
    touch = session.scalars(select(Touch)).one()
    assert (touch.customer, touch.note) == (ruifeng, "杭州瑞丰矿业的郭浩然来电话，要报价")

    li.taps("继续：刚发的内容")
    li.taps("拜访")
    li.taps("顺利")
    visit = session.scalars(select(Visit)).one()
    assert (visit.customer, visit.note) == (tiangong, "今天去了天工，谈了换型")


def test_a_firm_that_is_only_talked_about_stays_in_the_note(
    li: Chatter, session: Session, tiangong: Customer, ruifeng: Customer
):
    li.says("今天去了天工，谈了换型")
    li.says("他们说杭州瑞丰矿业也在用")
    li.taps("拜访")
    li.taps("顺利")
    visit = session.scalars(select(Visit)).one()
    assert (visit.customer, visit.note) == (tiangong, "今天去了天工，谈了换型\n他们说杭州瑞丰矿业也在用")


@pytest.mark.parametrize("begun", ["天工 谈了换型", "/visit 天工 谈了换型", "/complaint 天工 轴承异响"])
@pytest.mark.parametrize("name", ["杭州瑞丰", "瑞丰", "hzrf", "杭州瑞丰矿业有限公司"])
def test_another_firms_name_alone_opens_it_and_the_record_waits(
    li: Chatter, tiangong: Customer, ruifeng: Customer, begun: str, name: str, clock: Clock
):
    li.says(begun)
    clock.passes(minutes=9)
    li.says(name)
    assert li.sees.startswith("杭州瑞丰矿业有限公司")
    li.taps("继续")
    assert "瑞丰" not in li.sees
    assert "天工" in li.sees


def test_the_records_own_firm_named_once_more_stays_where_it_is(li: Chatter, tiangong: Customer, ruifeng: Customer):
    li.says("/visit 天工 谈了换型")
    li.says("无锡天工")
    assert "这次情况怎么样" in li.sees


def test_numbers_and_the_menu_lead_where_they_always_lead(
    li: Chatter, session: Session, tiangong: Customer, engineer: Contact
):
    engineer.dialled = "13800008802"
    session.flush()
    li.says("/visit 天工 谈了换型")
    li.taps("顺利")
    number = session.scalars(select(Visit)).one().number
    li.says("/visit 天工 又谈了备件")
    for typed, seen in (("13800008802", "王芳"), ("菜单", "李伟"), (number, number), ("撤销", number)):
        li.says(typed)
        assert seen in li.sees.split("\n")[0]
        li.taps("继续：记拜访")
        assert "又谈了备件" in li.sees


def test_a_sentence_that_names_two_firms_asks_which(li: Chatter, session: Session, tiangong: Customer, li_wei: Person):
    boyuan = firm(session, "青岛博远钢铁有限公司", owner=li_wei)
    li.says("上午去了天工，下午去了青岛博远")
    li.taps("拜访")
    assert {tiangong.name, boyuan.name} <= set(li.buttons)
    li.taps(tiangong.name)
    li.taps("顺利")
    assert session.scalars(select(Visit)).one().customer == tiangong


def test_after_a_sentence_about_two_firms_a_third_one_is_something_new_and_one_of_the_two_is_not(
    li: Chatter, session: Session, tiangong: Customer, ruifeng: Customer, li_wei: Person
):
    firm(session, "青岛博远钢铁有限公司", owner=li_wei)
    li.says("上午去了天工，下午去了青岛博远")
    li.says("青岛博远要报价")
    assert "上午去了天工" in li.sees
    li.says("杭州瑞丰矿业的郭浩然来电话，要样品")
    assert "上午去了天工" not in li.sees
    assert "杭州瑞丰矿业有限公司" in li.sees


def test_what_names_another_firm_is_not_offered_to_the_record_just_saved(
    li: Chatter, tiangong: Customer, ruifeng: Customer
):
    li.says("/visit 天工 谈了换型")
    li.taps("顺利")
    li.says("杭州瑞丰矿业要报价")
    assert "➕ 补到刚才的拜访" not in li.buttons
    li.taps("取消")
    li.sends(FileKind.PHOTO, "铭牌")
    assert "➕ 补到刚才的拜访" in li.buttons


@pytest.mark.parametrize(
    ("said", "corrected", "note"),
    [
        ("天工 谈了3号线", "瑞丰 谈了4号线", "谈了4号线"),
        ("天工 谈了3号线", "瑞丰 谈了3号线", "谈了3号线"),
        ("今天去天工谈了3号线", "今天去瑞丰谈了4号线", "今天去瑞丰谈了4号线"),
        ("今天去无锡天工谈了3号线", "杭州瑞丰矿业，谈了4号线", "谈了4号线"),
    ],
)
def test_a_saved_visit_moves_to_the_customer_its_words_name_now(
    li: Chatter, session: Session, tiangong: Customer, ruifeng: Customer, said: str, corrected: str, note: str
):
    message = li.says(said)
    li.taps("拜访")
    li.taps("顺利")
    li.edits(message, corrected)
    session.expire_all()
    visit = session.scalars(select(Visit)).one()
    assert (visit.customer, visit.note) == (ruifeng, note)
    assert "已更正" in li.sees
    assert ruifeng.name in li.sees


def test_a_visit_stays_where_it_is_when_another_firm_is_only_talked_about(
    li: Chatter, session: Session, tiangong: Customer, ruifeng: Customer
):
    message = li.says("天工 谈了3号线")
    li.taps("拜访")
    li.taps("顺利")
    li.edits(message, "谈了3号线，他们说杭州瑞丰矿业也在用")
    session.expire_all()
    assert session.scalars(select(Visit)).one().customer == tiangong


def test_a_call_that_cannot_move_says_so_and_takes_no_name(
    li: Chatter, session: Session, tiangong: Customer, ruifeng: Customer
):
    message = li.says("天工 打了电话")
    li.taps("电话")
    li.edits(message, "瑞丰 打了电话，要报价")
    touch = session.scalars(select(Touch)).one()
    assert (touch.customer, touch.note) == (tiangong, "打了电话，要报价")
    assert f"没有改到{ruifeng.name}" in li.sees


def test_before_saving_it_is_said_whose_the_record_is(
    li: Chatter, session: Session, tiangong: Customer, ruifeng: Customer
):
    message = li.says("天工 谈了3号线")
    li.taps("拜访")
    li.edits(message, "瑞丰 谈了4号线")
    assert f"这条会记在{tiangong.name}名下" in li.sees
    li.taps("修改")
    li.taps("客户")
    li.taps(ruifeng.name)
    assert "名下" not in li.sees
    li.taps("顺利")
    visit = session.scalars(select(Visit)).one()
    assert (visit.customer, visit.note) == (ruifeng, "谈了4号线")
