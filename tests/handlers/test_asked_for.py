"""What a sentence plainly asks for stands first, and goes on with what it says."""

from __future__ import annotations

from datetime import date, time

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from models.complaint import Complaint
from models.contract import Contract
from models.customer import Customer
from models.person import Person
from models.pledge import Pledge
from models.visit import Reminder, Visit
from tests.chatter import Chatter
from tests.conftest import firm


@pytest.mark.parametrize(
    ("said", "first"),
    [
        ("华东轴承投诉轴承发热", "⚠️ 投诉"),
        ("华东轴承3号线冒烟，有人受伤", "⚠️ 投诉"),
        ("明天上午10点去华东轴承", "📅 安排拜访"),
        ("下周三拜访华东轴承", "📅 安排拜访"),
        ("答应华东轴承月底前给检测报告", "🤝 记承诺"),
        ("华东轴承签了备件框架合同 30万 两年", "📑 合同"),
        # What was done is a visit, or a call, as ever.
        ("昨天去了华东轴承，明天上午10点送样", "📝 拜访"),
        ("处理投诉，华东轴承很满意", "📝 拜访"),
        ("华东轴承 谈了备件，下周三报价", "📝 拜访"),
        ("华东轴承的王总答应下周付款", "📝 拜访"),
        ("给华东轴承打了电话", "📞 电话"),
    ],
)
def test_what_a_sentence_asks_for_stands_first(li: Chatter, east_bearings: Customer, said: str, first: str):
    li.says(said)
    assert li.buttons[0] == first
    assert len(li.buttons) <= 7


def test_a_day_to_come_plans_a_visit_and_logs_none(li: Chatter, session: Session, east_bearings: Customer):
    li.says("明天上午10点去华东轴承")
    li.taps("安排拜访")
    li.taps("保存")
    planned = session.scalars(select(Reminder)).one()
    assert (planned.customer, planned.day, planned.hour) == (east_bearings, date(2026, 3, 11), time(10))
    assert session.scalars(select(Visit)).all() == []


def test_a_reminder_is_put_off_in_words(li: Chatter, session: Session, east_bearings: Customer):
    li.says("/plan 华东轴承 明天 送样")
    li.taps("保存")
    li.says("把华东轴承的回访推迟到下周一")
    li.taps("推迟提醒")
    assert session.scalars(select(Reminder)).one().day == date(2026, 3, 16)


def test_where_nothing_is_planned_a_visit_put_off_is_one_to_be_planned(li: Chatter, east_bearings: Customer):
    li.says("把华东轴承的回访推迟到下周一")
    assert li.buttons[0] == "📅 安排拜访"


def test_a_promise_and_a_contract_take_what_the_words_say(li: Chatter, session: Session, east_bearings: Customer):
    li.says("答应华东轴承月底前给检测报告")
    li.taps("承诺")
    assert session.scalars(select(Pledge)).one().day == date(2026, 3, 31)
    li.says("华东轴承签了备件框架合同 30万 两年")
    li.taps("合同")
    li.taps("保存")
    contract = session.scalars(select(Contract)).one()
    assert (contract.customer, contract.ends) == (east_bearings, date(2028, 3, 9))


def test_an_english_sentence_means_whom_it_names_in_pinyin(
    li: Chatter, session: Session, east_bearings: Customer, li_wei: Person
):
    firm(session, "无锡天工汽车零部件有限公司", owner=li_wei)
    li.says("华东轴承")
    li.says("visited Tiangong, they want a new pump")
    assert "无锡天工汽车零部件有限公司" in li.sees


@pytest.mark.parametrize("name", ["东海泵业", "包头正阳铸造有限公司", "Bosch Pumps Ltd"])
def test_a_firm_nobody_knows_is_said_to_be_unknown_and_may_be_added(
    li: Chatter, session: Session, east_bearings: Customer, li_wei: Person, name: str
):
    firm(session, "南通正阳铸造有限公司", owner=li_wei)
    li.says("华东轴承")
    li.says(name)
    assert f"没有找到名为“{name}”的客户" in li.sees
    assert li.buttons[0] == "🏭 新客户"
    li.taps("新客户")
    li.taps("B级")
    li.taps("机械")
    li.taps("华东")
    li.taps("保存")
    assert session.scalars(select(Customer).where(Customer.name == name)).one().owner == li_wei


@pytest.mark.parametrize("words", ["备件已到货", "客户满意", "3号线轴承", "公司" * 2500])
def test_words_are_no_unknown_firm(li: Chatter, session: Session, east_bearings: Customer, words: str):
    li.says(words)
    assert "没有找到" not in li.sees
    assert session.scalars(select(Complaint)).all() == []
