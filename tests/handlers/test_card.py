"""The morning and the evening card, as the rep sees them, and switching them off."""

from __future__ import annotations

import re
from datetime import date

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from crm import cards, notices, outbox, pledges, reminders, visits
from models.customer import Customer
from models.notice import Notice, NoticeState
from models.person import Person
from models.visit import Outcome, Reminder, VisitKind
from tests.chatter import Chatter
from tests.conftest import Clock, firm


@pytest.fixture
def promise(session: Session, li_wei: Person, east_bearings: Customer, clock: Clock) -> Reminder:
    return reminders.plan(session, li_wei, customer=east_bearings, day=date(2026, 3, 10), why="谈备件", at=clock.now)


def test_the_morning_card_says_what_the_day_holds(li: Chatter, promise: Reminder, session: Session, li_wei: Person):
    late = firm(session, "宁波水泵厂", owner=li_wei)
    late.created_at = late.created_at.replace(year=2025)
    li.opens("/cards/morning")
    assert "要回访：1 家" in li.sees
    assert "建议安排：1 家" in li.sees
    assert [button[:2] for button in li.buttons[:2]] == ["🔔 ", "⏳ "]
    li.taps("华东轴承")
    assert "谈备件" in li.sees


def test_a_card_stays_where_it_is_and_what_it_opens_comes_below(
    li: Chatter, promise: Reminder, session: Session, li_wei: Person
):
    li.opens("/cards/morning")
    card = li.newest
    outbox.remember_message(session, li_wei.id, "card:morning:2026-03-10", card)
    li.taps("华东轴承")
    assert li.newest > card
    assert "要回访：1 家" in li.screens[card].text


def test_the_card_is_true_after_the_visit_was_logged(li: Chatter, promise: Reminder):
    li.opens("/cards/morning")
    li.taps("华东轴承")
    li.taps("记这次拜访")
    li.says("谈妥了")
    li.taps("顺利")
    assert li.taps_made == 3  # the card's line, the visit, the outcome that saves
    li.opens("/cards/morning")
    assert "没有要回访的客户" in li.sees


@pytest.mark.parametrize("label", ["已兑现", "不再需要", "明天"])
def test_the_card_is_kept_true_when_a_promise_is_settled_or_put_off(
    li: Chatter, session: Session, li_wei: Person, east_bearings: Customer, clock: Clock, label: str
):
    pledges.make(session, li_wei, customer=east_bearings, words="寄样本", day=clock.now.date(), at=clock.now)
    key = cards.key(cards.Card.MORNING, li_wei.id, clock.now.date())
    sent = notices.leave(session, li_wei, key=key, address="/cards/morning", at=clock.now)
    assert sent
    sent.state = NoticeState.SENT
    li.opens("/cards/morning")
    li.taps("寄样本")
    clock.passes(minutes=1)
    li.taps(label)
    refreshed = session.scalars(select(Notice).where(Notice.state == NoticeState.READY)).one()
    assert (refreshed.address, refreshed.ping) == ("/cards/morning", False)


def test_the_evening_card_names_what_is_missing(
    li: Chatter, promise: Reminder, session: Session, li_wei: Person, clock: Clock
):
    other = firm(session, "宁波水泵厂", owner=li_wei)
    facts = {"kind": VisitKind.ROUTINE, "outcome": Outcome.GOOD, "at": clock.now}
    visits.log(session, li_wei, customer=other, **facts)
    li.opens("/cards/evening")
    assert "拜访 1 次" in li.sees
    assert "还没写纪要的拜访：1 条" in li.sees
    assert "安排了还没去的：1 家" in li.sees
    li.taps("宁波水泵厂 · 没有纪要")
    assert re.search(r"V\d{5}", li.sees)


def test_the_evening_card_tells_promises_from_visits(
    li: Chatter, session: Session, li_wei: Person, east_bearings: Customer, clock: Clock
):
    pledges.make(session, li_wei, customer=east_bearings, words="寄样本", day=clock.now.date(), at=clock.now)
    li.opens("/cards/evening")
    assert "到期的承诺：1 项" in li.sees
    assert "还没去" not in li.sees
    assert "没有遗漏" not in li.sees


def test_an_evening_without_anything_missing_says_so(li: Chatter):
    li.opens("/cards/evening")
    assert "今天没有遗漏" in li.sees


def test_a_card_is_switched_off_and_on(li: Chatter, li_wei: Person):
    li.says("/cards")
    assert "8:00" in li.sees
    li.taps("早卡：已开")
    assert (li_wei.morning_card, li_wei.evening_card) == (False, True)
    li.taps("晚卡：已开")
    assert (li_wei.morning_card, li_wei.evening_card) == (False, False)
    li.taps("早卡：已关")
    assert li_wei.morning_card


@pytest.mark.parametrize("path", ["/cards/noon/switch?on=True", "/cards/morning/switch", "/cards/noon"])
def test_a_forged_card_is_none(li: Chatter, li_wei: Person, path: str):
    li.presses(path, 1)
    assert li.toast
    assert li_wei.morning_card


def test_a_customer_has_no_cards(wang: Chatter):
    wang.presses("/cards/morning/switch?on=False", 1)
    assert wang.toast
    wang.says("/cards")
    assert "早卡" not in wang.sees


def test_a_manager_is_told_that_cards_are_for_reps(chen: Chatter):
    chen.says("/cards")
    assert "主管不会收到" in chen.sees
