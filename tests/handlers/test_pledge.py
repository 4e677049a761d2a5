"""What we promised a customer: made from the card or a visit, due on the page of the day, kept or put off by a tap."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from crm import pledges, visits
from models.customer import Contact, Customer
from models.person import Person
from models.pledge import Pledge, PledgeState
from models.visit import Outcome, VisitKind
from tests.chatter import Chatter
from tests.conftest import Clock

TODAY = date(2026, 3, 10)


@pytest.fixture
def pledge(session: Session, li_wei: Person, east_bearings: Customer, clock: Clock) -> Pledge:
    return pledges.make(session, li_wei, customer=east_bearings, words="寄样品", day=TODAY, at=clock.now)


def count(session: Session) -> int:
    return session.scalar(select(func.count()).select_from(Pledge)) or 0


def test_a_promise_is_made_from_the_card(li: Chatter, session: Session, east_bearings: Customer, engineer: Contact):
    li.presses(f"/customers/{east_bearings.id}", 1)
    li.taps("更多")
    li.taps("承诺")
    assert "还没有承诺" in li.sees
    li.taps("新承诺")
    li.sends()
    li.says("字" * 5000)
    assert "最多" in li.sees
    li.says("<b>寄样品")
    li.taps("王芳")
    li.says("下周三")
    made = session.scalars(select(Pledge)).one()
    assert (made.contact_id, made.day) == (engineer.id, date(2026, 3, 18))
    assert "对方：王芳" in li.sees
    assert "<b>寄样品" in li.sees
    li.presses(f"/customers/{east_bearings.id}")
    assert "下周三 3月18日 · <b>寄样品" in li.sees


def test_a_promise_made_at_a_visit_remembers_it(
    li: Chatter, session: Session, east_bearings: Customer, li_wei: Person, clock: Clock
):
    visit = visits.log(
        session, li_wei, customer=east_bearings, kind=VisitKind.ROUTINE, outcome=Outcome.GOOD, at=clock.now
    )
    li.presses(f"/visits/{visit.id}", 1)
    li.taps("记承诺")
    li.says("=1+1")
    li.taps("明天")
    assert session.scalars(select(Pledge)).one().visit_id == visit.id


def test_a_promise_cannot_be_tied_to_a_visit_elsewhere(
    li: Chatter, session: Session, east_bearings: Customer, north_pumps: Customer, zhao_min: Person, clock: Clock
):
    facts = {"customer": north_pumps, "kind": VisitKind.ROUTINE, "outcome": Outcome.GOOD}
    visit = visits.log(session, zhao_min, **facts, at=clock.now)  # type: ignore[arg-type]
    li.presses(f"/do/pledge?customer={east_bearings.id}&visit={visit.id}", 1)
    li.says("寄样品")
    li.taps("明天")
    assert "没有找到" in li.sees
    assert count(session) == 0


def test_a_promise_begun_at_a_visit_taken_back_is_tied_to_nothing(
    li: Chatter, session: Session, east_bearings: Customer
):
    li.says("/visit 华东轴承 谈了备件")
    li.taps("待跟进")
    undo = next(button.data for row in li.screen.keyboard for button in row if "撤销" in button.text)
    li.taps("承诺")
    li.presses(undo or "")
    li.says("给客户寄样品，下周三")
    assert li.problem is None
    assert session.scalars(select(Pledge)).one().visit_id is None


def test_due_promises_stand_on_the_page_of_the_day_and_are_kept_by_a_tap(li: Chatter, pledge: Pledge):
    li.says("/today")
    li.taps("🤝 华东轴承有限公司 · 寄样品")
    old = next(b.data for row in li.screen.keyboard for b in row if "已兑现" in b.text)
    li.taps("已兑现")
    assert pledge.state is PledgeState.KEPT
    li.presses(old)
    assert "已经处理过" in (li.toast or "")
    li.says("/today")
    assert "🤝" not in " ".join(li.buttons)


def test_a_promise_is_put_off_by_a_tap_or_to_any_day(li: Chatter, pledge: Pledge, clock: Clock):
    clock.passes(days=2)
    li.opens(f"/pledges/{pledge.id}")
    assert "尚未完成" in li.sees
    li.taps("明天")
    assert pledge.day == TODAY + timedelta(3)
    li.taps("选日期")
    li.says("昨天")
    li.says("4月1日")
    assert (pledge.day, pledge.moved) == (date(2026, 4, 1), 2)
    assert "已推迟2次" in li.sees


def test_a_promise_no_longer_wanted_leaves_the_card(li: Chatter, pledge: Pledge, east_bearings: Customer):
    li.presses(f"/pledges/{pledge.id}", 1)
    li.taps("不再需要")
    assert pledge.state is PledgeState.DROPPED
    li.presses(f"/customers/{east_bearings.id}")
    assert "寄样品" not in li.sees


def test_a_leader_sees_whose_promise_it_is(chen: Chatter, pledge: Pledge):
    chen.presses(f"/pledges/{pledge.id}", 1)
    assert "承诺人：李伟" in chen.sees


@pytest.mark.parametrize(
    "tail", ["later?days=2&version=1", "later?days=-1&version=1", "kept", "kept?version=7", "drop"]
)
def test_forged_addresses_settle_nothing(li: Chatter, pledge: Pledge, tail: str):
    li.presses(f"/pledges/{pledge.id}/{tail}", 1)
    assert li.toast or li.reply.screen
    assert (pledge.state, pledge.day) == (PledgeState.OPEN, TODAY)


def test_another_rep_neither_sees_nor_settles_it(zhao: Chatter, wang: Chatter, pledge: Pledge):
    for tail in ("", "/kept?version=1", "/later?days=1&version=1"):
        zhao.presses(f"/pledges/{pledge.id}{tail}", 1)
        assert "没有找到" in (zhao.toast or "")
        wang.presses(f"/pledges/{pledge.id}{tail}", 1)
        assert "只供我们的同事" in (wang.toast or "")
    assert pledge.open


def test_who_picks_from_people_is_not_told_to_type_pinyin(li: Chatter, east_bearings: Customer, engineer: Contact):
    li.presses(f"/do/pledge?customer={east_bearings.id}", 1)
    li.says("寄样品")
    assert "点一个，或输入姓名中的字" in li.sees
    li.says("张工")
    assert "没有找到“张工”" in li.sees
    assert "王芳 · 设备工程师" in li.buttons
    assert "拼音" not in li.sees


@pytest.mark.parametrize("words", ["周五前把报价发给王工", "周五前把报价发给王芳"])
def test_the_words_of_a_promise_say_to_whom_and_until_when(
    li: Chatter, session: Session, east_bearings: Customer, engineer: Contact, words: str
):
    li.presses(f"/do/pledge?customer={east_bearings.id}", 1)
    li.says(words)
    made = session.scalars(select(Pledge)).one()
    assert (made.contact_id, made.day, made.words) == (engineer.id, date(2026, 3, 12), words)
    assert li.taps_made == 0


def test_a_sentence_at_the_question_of_the_day_gives_the_day_and_is_kept(
    li: Chatter, session: Session, east_bearings: Customer
):
    li.presses(f"/do/pledge?customer={east_bearings.id}", 1)
    message = li.says("催款")
    li.says("财务那边再看看")
    assert "请点一个日期" in li.sees
    li.says("财务说月底付")
    made = session.scalars(select(Pledge)).one()
    assert (made.day, made.words) == (date(2026, 3, 31), "催款\n财务那边再看看\n财务说月底付")
    li.edits(message, "催<b>尾款")
    assert made.words == "催<b>尾款\n财务那边再看看\n财务说月底付"
    assert "已更正" in li.sees


def test_home_counts_the_promises_that_are_due(
    li: Chatter, li_wei: Person, east_bearings: Customer, session, clock: Clock
):
    li.presses("/", 1)
    assert "今天没有到期的跟进" in li.sees
    pledges.make(session, li_wei, customer=east_bearings, words="送手册", day=clock.now.date(), at=clock.now)
    li.presses("/")
    assert "今天没有到期的跟进" not in li.sees
    assert "到期的承诺" in li.sees


def test_a_promise_is_due_on_the_day_its_words_meant_when_they_were_said(
    li: Chatter, session: Session, engineer: Contact, clock: Clock
):
    li.presses(f"/do/pledge?customer={engineer.customer_id}", 1)
    li.says("后天寄样品")
    clock.passes(days=1)
    li.taps("跳过")
    assert session.scalars(select(Pledge)).one().day == date(2026, 3, 12)


def test_a_promise_whose_day_has_passed_meanwhile_asks_for_another(
    li: Chatter, session: Session, engineer: Contact, clock: Clock
):
    li.presses(f"/do/pledge?customer={engineer.customer_id}", 1)
    li.says("明天寄样品")
    clock.passes(days=5)
    li.taps("跳过")
    li.taps("明天")
    assert session.scalars(select(Pledge)).one().day == date(2026, 3, 16)
