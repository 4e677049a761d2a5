"""A visit has its own day: said in words, shown in the draft, correctable there and afterwards, never to come."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from crm import reminders
from models.customer import Customer
from models.person import Person
from models.visit import ReminderState, Visit
from tests.chatter import Chatter
from tests.conftest import Clock, firm

TODAY = date(2026, 3, 10)
"""A Tuesday."""


def visit_of(session: Session) -> Visit:
    return session.scalars(select(Visit)).one()


@pytest.mark.parametrize(
    ("words", "shown", "timed"),
    [
        ("昨天下午去的 谈付款", "昨天 3月9日", False),
        ("上周五拜访，看了3号线", "3月6日 周五", False),
        ("周五去的，谈了付款", "3月6日 周五", False),
        ("3月2日去了现场", "3月2日 周一", False),
        ("昨天下午3点见了李总", "昨天 3月9日 15:00", True),
        ("上周五发的货有问题", "今天 3月10日", True),
        ("谈了付款", "今天 3月10日", True),
        ("王工说昨天去过了", "今天 3月10日", True),
        ("今天下午3点去的", "今天 3月10日", True),  # it is ten o'clock
    ],
)
def test_the_words_say_on_which_day_it_was_and_the_draft_and_the_card_show_it(
    li: Chatter, session: Session, east_bearings: Customer, words: str, shown: str, timed: bool
):
    li.says(f"/visit 华东轴承 {words}")
    assert f"拜访日期：{shown}" in li.sees
    li.taps("顺利")
    assert li.taps_made == 1
    assert (shown if not shown.startswith("今天") else "今天 10:00") in li.sees
    visit = visit_of(session)
    assert (visit.timed, visit.note) == (timed, words)


def test_a_day_gone_by_is_no_next_visit(li: Chatter, session: Session, east_bearings: Customer):
    li.says("/visit 华东轴承 周五去的，下周三报价")
    assert "下次回访：下周三 3月18日" in li.sees
    li.taps("顺利")
    assert visit_of(session).next_visit == date(2026, 3, 18)


def test_the_day_can_be_corrected_in_the_draft(li: Chatter, session: Session, east_bearings: Customer):
    li.says("/visit 华东轴承 谈付款")
    li.taps("修改")
    li.taps("拜访日期")
    li.says("明天")
    assert "还没到" in li.sees
    li.says("1月2日")
    assert "超过60天" in li.sees
    li.says("<b>")
    assert "请点一个日期" in li.sees
    li.taps("日历")
    li.taps("‹")
    li.taps("27")
    assert "拜访日期：2月27日 周五" in li.sees
    li.taps("修改")
    li.taps("拜访日期")
    li.taps("前天")
    li.taps("顺利")
    assert "3月8日 周日" in li.sees


def test_the_day_can_be_corrected_after_saving_and_its_history_is_kept(
    li: Chatter, session: Session, east_bearings: Customer, clock: Clock
):
    li.says("/visit 华东轴承 谈付款")
    li.taps("顺利")
    li.taps("修改")
    li.taps("拜访日期")
    li.says("上周五下午3点")
    visit = visit_of(session)
    assert visit.at == clock.now - timedelta(days=3, hours=19)
    assert "3月6日 周五 15:00" in li.sees
    assert "已更正" in li.sees
    li.taps("原内容")
    assert "拜访日期：今天" in li.sees
    li.presses(f"/customers/{east_bearings.id}/visits")
    assert "3月6日" in li.sees
    li.presses("/summary?period=month")
    assert "1" in li.sees


def test_a_visit_of_the_past_keeps_only_what_was_planned_until_then(
    li: Chatter, session: Session, li_wei: Person, east_bearings: Customer, clock: Clock
):
    before = clock.now - timedelta(days=20)
    today = reminders.plan(session, li_wei, customer=east_bearings, day=TODAY, at=before)
    li.says("/visit 华东轴承 上周三去的")
    li.taps("顺利")
    assert today.open
    li.taps("修改")
    li.taps("拜访日期")
    li.taps("今天")
    assert today.state is ReminderState.DONE
    li.taps("修改")
    li.taps("拜访日期")
    li.says("上周三")
    assert today.open


def test_editing_the_words_moves_the_day_and_the_reminder_and_the_card_is_changed_in_place(
    li: Chatter, session: Session, east_bearings: Customer
):
    line = li.says("/visit 华东轴承 昨天去的，下周三报价")
    li.taps("顺利")
    card = li.newest
    li.edits(line, "/visit 华东轴承 前天去的，下周五报价")
    visit = visit_of(session)
    assert li.reply.edit == card
    assert "提醒改到下周五 3月20日" in li.sees
    assert "前天去的，下周五报价" in li.sees
    assert "3月8日" in li.sees
    assert visit.next_visit == date(2026, 3, 20)
    assert [one.day for one in reminders.planned_at(session, visit=visit)] == [visit.next_visit]


def test_a_reminder_put_off_since_stays_where_it_was_put(
    li: Chatter, session: Session, li_wei: Person, east_bearings: Customer, clock: Clock
):
    line = li.says("/visit 华东轴承 下周三报价")
    li.taps("顺利")
    (plan,) = reminders.planned_at(session, visit=visit_of(session))
    later = date(2026, 3, 25)
    reminders.snooze(session, li_wei, plan.id, until=later, version=plan.version, at=clock.now)
    li.edits(line, "/visit 华东轴承 下周五报价")
    assert plan.day == later
    assert "提醒改到" not in li.sees


def test_the_next_visit_can_be_changed_taken_away_and_planned_anew(
    li: Chatter, session: Session, east_bearings: Customer
):
    li.says("/visit 华东轴承 下周三报价")
    li.taps("顺利")
    visit = visit_of(session)
    for said, day in (("下周五", date(2026, 3, 20)), ("", None), ("明天", date(2026, 3, 11))):
        li.taps("修改")
        li.taps("下次回访")
        if said:
            li.says(said)
        else:
            li.taps("跳过")
        assert visit.next_visit == day
        assert [one.day for one in reminders.planned_at(session, visit=visit)] == ([day] if day else [])


def test_a_customer_picked_wrongly_is_corrected_with_all_that_goes_along(
    li: Chatter, session: Session, li_wei: Person, east_bearings: Customer, clock: Clock
):
    right = firm(session, "无锡瑞丰水泥有限公司", owner=li_wei)
    due = reminders.plan(session, li_wei, customer=east_bearings, day=TODAY, at=clock.now - timedelta(days=5))
    expected = reminders.plan(session, li_wei, customer=right, day=TODAY, at=clock.now - timedelta(days=5))
    li.presses(f"/do/visit?customer={east_bearings.id}", 1)
    li.shares_card("刘工", "13800000000")
    li.says("谈了泵，下周三报价")
    li.taps("顺利")
    assert not due.open
    li.presses(f"/do/pledge?customer={east_bearings.id}&visit={visit_of(session).id}")
    li.says("送手册")
    li.taps("跳过")
    li.says("明天")
    li.presses(f"/visits/{visit_of(session).id}")
    li.taps("修改")
    li.taps("客户")
    li.says("无锡瑞丰")
    li.taps("无锡瑞丰")
    visit = visit_of(session)
    assert visit.customer == right
    assert [one.name for one in visit.met] == ["刘工"]
    assert {one.customer_id for one in visit.met} == {right.id}
    assert {one.customer_id for one in reminders.planned_at(session, visit=visit)} == {right.id}
    assert due.open
    assert not expected.open
    li.presses(f"/customers/{right.id}/pledges")
    assert "送手册" in li.sees
    li.presses(f"/visits/{visit.id}/before")
    assert "客户：华东轴承有限公司" in li.sees


def test_an_undone_visit_offers_to_remove_the_customer_and_the_person_it_alone_had_brought(
    li: Chatter, session: Session, li_wei: Person
):
    li.says("/visit 嘉兴新锐泵业 谈了样品，下周三报价")
    li.taps("新增")
    li.shares_card("刘工", "13800000000")
    li.taps("顺利")
    customer_id = visit_of(session).customer_id
    li.taps("撤销")
    assert "只因这次拜访而新增：嘉兴新锐泵业、刘工" in li.sees
    remove = li.newest
    li.taps("也删除")
    assert "已删除" in li.sees
    assert session.get(Customer, customer_id) is None
    li.presses("/visits/1/remove", remove)
    assert li.toast


def test_a_new_customer_that_has_something_else_by_now_stays(li: Chatter, session: Session, li_wei: Person):
    li.says("/visit 嘉兴新锐泵业 谈了样品")
    li.taps("新增")
    li.taps("顺利")
    visit = visit_of(session)
    li.presses(f"/do/pledge?customer={visit.customer_id}&visit={visit.id}")
    li.says("明天送手册")
    li.presses(f"/visits/{visit.id}/undo")
    assert "也删除" not in " ".join(li.buttons)
    li.presses(f"/visits/{visit.id}/remove")
    assert session.get(Customer, visit.customer_id) is not None


def test_a_customer_known_before_is_never_removed(li: Chatter, session: Session, east_bearings: Customer):
    li.says("/visit 华东轴承 谈了样品")
    li.taps("顺利")
    li.taps("撤销")
    assert "也删除" not in " ".join(li.buttons)
    li.presses(f"/visits/{session.scalars(select(Visit)).one().id}/remove")
    assert session.get(Customer, east_bearings.id) is not None


def test_what_was_said_before_midnight_is_saved_after_it_as_it_was_shown(
    li: Chatter, session: Session, east_bearings: Customer, clock: Clock
):
    clock.shows("2026-03-10 23:50")
    li.says("/visit 华东轴承 今天谈了备件，明天报价")
    assert "拜访日期：今天 3月10日" in li.sees
    assert "下次回访：明天 3月11日" in li.sees
    clock.shows("2026-03-11 08:30")
    li.taps("待跟进")
    visit = visit_of(session)
    assert (visit.at.astimezone(li.house.zone).date(), visit.next_visit) == (TODAY, date(2026, 3, 11))


def test_an_hour_counts_from_when_it_was_said(li: Chatter, session: Session, east_bearings: Customer, clock: Clock):
    li.says("/visit 华东轴承 今天下午3点谈了备件")
    assert "拜访日期：今天 3月10日\n" in li.sees
    clock.shows("2026-03-11 08:30")
    li.taps("待跟进")
    assert not visit_of(session).timed


@pytest.mark.parametrize("how", ["taken up again", "still on the screen"])
def test_a_next_visit_that_has_passed_when_the_draft_is_saved_is_not_saved_silently(
    li: Chatter, session: Session, east_bearings: Customer, clock: Clock, how: str
):
    li.says("/visit 华东轴承 今天谈了备件，明天报价")
    if how == "taken up again":
        li.says("/today")
    clock.passes(days=7)
    if how == "taken up again":
        li.says("/drafts")
        li.taps("1.")
        li.taps("继续")
        assert "拜访日期：3月10日 周二" in li.sees
    li.taps("待跟进")
    assert "3月11日 周三已经过去" in li.sees
    assert session.scalars(select(Visit)).all() == []
    li.taps("修改")
    li.taps("下次回访")
    li.taps("跳过")
    li.taps("待跟进")
    visit = visit_of(session)
    assert (visit.at.astimezone(li.house.zone).date(), visit.next_visit) == (TODAY, None)


def test_words_answered_on_a_later_day_count_from_that_day(
    li: Chatter, session: Session, east_bearings: Customer, clock: Clock
):
    li.says("/visit 华东轴承")
    clock.passes(days=3)
    li.says("今天谈了备件，明天报价")
    assert "拜访日期：今天 3月13日" in li.sees
    assert "下次回访：明天 3月14日" in li.sees


def test_the_day_of_a_visit_without_words_is_the_one_it_was_shown_with(
    li: Chatter, session: Session, east_bearings: Customer, clock: Clock
):
    li.says("/visit")
    li.taps("华东轴承")
    li.taps("跳过")
    clock.shows("2026-03-11 08:30")
    li.taps("待跟进")
    assert visit_of(session).at.astimezone(li.house.zone).date() == TODAY


def test_what_was_sent_out_of_the_blue_counts_from_then(
    li: Chatter, session: Session, east_bearings: Customer, clock: Clock
):
    li.says("今天去华东轴承谈了备件，明天报价")
    clock.passes(days=1)
    li.taps("拜访")
    li.taps("待跟进")
    visit = visit_of(session)
    assert (visit.at.astimezone(li.house.zone).date(), visit.next_visit) == (TODAY, date(2026, 3, 11))
