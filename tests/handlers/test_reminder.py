"""Reminders and the day's list, as the rep sees them."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from crm import reminders, visits
from models.customer import Customer, Grade
from models.person import Person
from models.visit import Outcome, Reminder, ReminderState, Visit, VisitKind
from tests.chatter import Chatter
from tests.conftest import Clock, firm


@pytest.fixture
def promise(session: Session, li_wei: Person, east_bearings: Customer, clock: Clock) -> Reminder:
    """李伟 was at 华东轴承 yesterday and promised a quotation for Wednesday next week."""
    yesterday = clock.now - timedelta(days=1)
    visits.log(
        session,
        li_wei,
        customer=east_bearings,
        kind=VisitKind.ROUTINE,
        outcome=Outcome.OPEN,
        note="谈了3号线备件，下周三报价",
        next_visit=date(2026, 3, 18),
        at=yesterday,
    )
    reminder = session.scalars(select(Reminder)).one()
    clock.shows("2026-03-18 09:00")
    return reminder


def test_a_reminder_says_who_and_what_was_said_last(li: Chatter, promise: Reminder):
    li.opens(f"/reminders/{promise.id}")
    assert "华东轴承有限公司" in li.sees
    assert "谈了3号线备件，下周三报价" in li.sees
    assert "今天 3月18日" in li.sees


def test_a_planned_visit_takes_three_taps_from_its_reminder(li: Chatter, promise: Reminder, session: Session):
    li.opens(f"/reminders/{promise.id}")
    li.taps("记这次拜访")
    li.says("报价已交，等采购回复")
    li.taps("顺利")

    assert li.taps_made <= 3
    assert promise.state is ReminderState.DONE
    li.presses(f"/reminders/{promise.id}")
    assert "已经处理" in li.sees
    li.taps("拜访记录")
    assert "报价已交" in li.sees


def test_a_visit_logged_from_a_reminder_settles_it_and_asks_for_the_rest(
    li: Chatter, li_wei: Person, east_bearings: Customer, session: Session, clock: Clock
):
    today = date(2026, 3, 10)
    before = clock.now - timedelta(days=2)
    for why in ("等对方技术确认", "寄样品"):
        visit = visits.log(
            session, li_wei, customer=east_bearings, kind=VisitKind.ROUTINE, outcome=Outcome.OPEN, at=before
        )
        reminders.plan(session, li_wei, customer=east_bearings, day=today, why=why, at=before, visit=visit)

    li.says("/today")
    li.taps("华东轴承")
    li.taps("记这次拜访")
    li.says("参数已确认")
    li.taps("顺利")

    assert not [button for button in li.buttons if "等对方技术确认" in button]
    assert [button for button in li.buttons if "☐ 寄样品" in button]
    assert [one.why for one in reminders.due(session, li_wei, on_or_before=today)] == ["寄样品"]


@pytest.mark.parametrize("forged", ["x", "-1", "99999999999999999999", "٣", "%3Cb%3E"])
def test_a_forged_reminder_to_log_from_is_none(li: Chatter, promise: Reminder, forged: str):
    li.presses(f"/do/visit?customer={promise.customer_id}&reminder={forged}")
    li.says("谈了备件")
    li.taps("顺利")

    assert "已保存" in li.sees


def test_done_settles_it_and_the_second_tap_says_so(li: Chatter, promise: Reminder):
    li.opens(f"/reminders/{promise.id}")
    done = next(b.data for row in li.screen.keyboard for b in row if "已完成" in b.text)
    li.presses(done)
    assert promise.state is ReminderState.DONE
    assert "已经处理" in li.sees
    li.presses(done)
    assert "已经处理过" in (li.toast or "")
    assert "已完成" not in " ".join(li.buttons)


@pytest.mark.parametrize(("days", "day"), [(1, date(2026, 3, 19)), (3, date(2026, 3, 21))])
def test_it_is_put_off_with_one_tap(li: Chatter, promise: Reminder, days: int, day: date):
    li.opens(f"/reminders/{promise.id}")
    assert "明天" in li.buttons
    li.presses(f"/reminders/{promise.id}/snooze?days={days}&version={promise.version}")
    assert (promise.day, promise.state) == (day, ReminderState.PLANNED)
    assert f"{day.month}月{day.day}日" in li.sees


@pytest.mark.parametrize(("typed", "day"), [("下周三", date(2026, 3, 25)), ("4月2号", date(2026, 4, 2))])
def test_it_is_put_off_to_any_day(li: Chatter, promise: Reminder, typed: str, day: date):
    li.opens(f"/reminders/{promise.id}")
    li.taps("选日期")
    li.says("昨天吧")
    assert "请点一个日期" in li.sees
    li.says(typed)
    assert promise.day == day
    assert "华东轴承" in li.sees


def test_it_is_put_off_with_the_calendar(li: Chatter, promise: Reminder):
    li.opens(f"/reminders/{promise.id}")
    li.taps("选日期")
    li.taps("日历")
    li.taps("›")
    li.taps("15")
    assert promise.day == date(2026, 4, 15)


def test_the_card_says_until_when_it_was_put_off_and_takes_it_back(li: Chatter, promise: Reminder):
    li.opens(f"/reminders/{promise.id}")
    li.taps("选日期")
    li.says("4月15日下午3点")
    assert "已推迟到 4月15日 周三 15:00" in li.sees
    li.taps("↩️ 撤销")
    assert (promise.day, promise.hour, promise.state) == (date(2026, 3, 18), None, ReminderState.SENT)

    li.taps("明天")
    assert "已推迟到 明天 3月19日 09:00" in li.sees
    undo = next(button.data for row in li.screen.keyboard for button in row if "撤销" in button.text)
    assert len(undo) <= 64
    li.presses(f"/reminders/{promise.id}")
    assert "已推迟" not in li.sees
    li.presses(undo)
    li.presses(undo)
    assert "已经处理过" in (li.toast or "")
    assert promise.day == date(2026, 3, 18)


def test_what_an_hour_was_chosen_for_is_put_back_to_that_hour(li: Chatter, promise: Reminder):
    for typed in ("4月15日下午3点", "4月16日9点半"):
        li.presses(f"/do/snooze?reminder={promise.id}")
        li.says(typed)
    li.taps("撤销")
    assert (promise.day, promise.hour) == (date(2026, 4, 15), time(15))


@pytest.mark.parametrize("was", ["", "x", "99999999", "00010101", "99991231", "20260415T9", "20260415T2500"])
def test_a_forged_way_back_leads_nowhere(li: Chatter, promise: Reminder, was: str):
    li.presses(f"/reminders/{promise.id}/put_back?was={was}&version={promise.version}", 1)
    assert promise.day == date(2026, 3, 18)


def test_a_day_that_has_passed_is_refused(li: Chatter, promise: Reminder):
    li.presses(f"/do/snooze?reminder={promise.id}", 1)
    for typed, said in (("2026-03-01", "3月1日 周日"), ("上周三", "3月"), ("last Friday", "3月"), ("昨天", "昨天")):
        li.says(typed)
        assert "已经过去" in li.sees
        assert said in li.sees
        assert "下周三" in li.sees
    assert promise.day == date(2026, 3, 18)


def test_an_old_button_finds_the_reminder_changed_and_shows_it(li: Chatter, promise: Reminder):
    li.opens(f"/reminders/{promise.id}")
    stale = f"/reminders/{promise.id}/snooze?days=3&version={promise.version}"
    li.taps("明天")
    li.presses(stale)
    assert "已经处理过" in (li.toast or "")
    assert promise.day == date(2026, 3, 19)
    assert "3月19日" in li.sees


def test_a_reminder_settled_while_a_day_is_picked_says_so(
    li: Chatter, promise: Reminder, session: Session, li_wei: Person, clock: Clock
):
    li.presses(f"/do/snooze?reminder={promise.id}", 1)
    reminders.done(session, li_wei, promise.id, version=promise.version, at=clock.now)
    li.says("下周三")
    assert "已经处理" in li.sees
    assert promise.day == date(2026, 3, 18)


def test_a_push_does_not_seize_a_conversation(li: Chatter, promise: Reminder):
    li.says("/visit")
    li.opens(f"/reminders/{promise.id}")
    li.says("华东轴承有限公司")
    assert "谈了什么" in li.sees


def test_another_reps_reminder_is_not_found(li: Chatter, zhao: Chatter, promise: Reminder):
    for path in ("", "/done?version=1", "/snooze?days=1&version=1"):
        zhao.presses(f"/reminders/{promise.id}{path}", 1)
        assert "没有找到" in (zhao.toast or "")
    zhao.presses(f"/do/snooze?reminder={promise.id}", 1)
    assert "华东" not in zhao.sees
    assert promise.open


def test_a_leader_may_read_a_reminder_and_whose_it_is(chen: Chatter, promise: Reminder):
    chen.opens(f"/reminders/{promise.id}")
    assert "业务员：李伟" in chen.sees
    assert "✅ 已完成" not in chen.buttons


@pytest.mark.parametrize(
    "path",
    ["/snooze?days=100000000&version=1", "/snooze?days=-1&version=1", "/snooze?days=x&version=1", "/snooze?version=1",
     "/done", "/done?version=x", "/nothing"],
)  # fmt: skip
def test_a_forged_act_changes_nothing(li: Chatter, promise: Reminder, path: str):
    li.presses(f"/reminders/{promise.id}{path}", 1)
    assert li.toast
    assert (promise.day, promise.open) == (date(2026, 3, 18), True)


def test_today_shows_what_is_due_and_who_waits_too_long(
    li: Chatter, promise: Reminder, session: Session, li_wei: Person, clock: Clock
):
    firm(session, "宁波水泵厂", owner=li_wei).created_at = clock.now - timedelta(days=50)
    firm(session, "刚加的客户", owner=li_wei).created_at = clock.now
    li.says("/today")
    assert "要回访：1 家" in li.sees
    assert "建议安排：1 家" in li.sees
    assert "🔔 华东轴承有限公司" in li.buttons
    assert "⏳ 超期20天 · A 宁波水泵厂" in li.buttons

    li.taps("🔔 华东轴承")
    assert "谈了3号线备件" in li.sees
    li.says("/today")
    li.taps("宁波水泵厂")
    assert "还没有拜访记录" in li.sees


def test_a_customer_with_a_promise_due_is_listed_once(li: Chatter, promise: Reminder, session: Session, clock: Clock):
    clock.passes(days=60)
    li.says("/today")
    assert len([button for button in li.buttons if "华东轴承" in button]) == 1
    assert "超期未访" not in li.sees


def test_a_quiet_day_says_so(li: Chatter):
    li.says("/today")
    assert "没有要回访的客户" in li.sees


def test_a_long_day_is_turned_page_by_page_and_every_line_comes_once(
    li: Chatter, promise: Reminder, session: Session, li_wei: Person, clock: Clock
):
    for number in range(20):
        late = firm(session, f"客户{number:02}", owner=li_wei, grade=list(Grade)[number % 2])
        late.created_at = clock.now - timedelta(days=200)
    li.says("/today")
    seen = [button for button in li.buttons if button.startswith(("🔔", "⏳"))]
    while "›" in li.buttons:
        li.taps("›")
        seen += [button for button in li.buttons if button.startswith(("🔔", "⏳"))]
    assert len(seen) == len(set(seen)) == 21
    assert "建议安排：20 家" in li.sees
    for forged in ("/today?page=-1", "/today?page=99999999", "/today?page=x"):
        li.presses(forged)
        assert li.reply.screen or li.toast


def test_the_day_is_the_reps_own(li: Chatter, promise: Reminder, li_wei: Person, clock: Clock):
    li_wei.zone = "America/New_York"
    clock.now = datetime.fromisoformat("2026-03-18T03:00:00+00:00")  # still the 17th over there
    li.says("/today")
    assert "要回访：" not in li.sees
    assert "3月17日" in li.sees


def test_a_reminder_of_an_undone_visit_is_gone(li: Chatter, session: Session, east_bearings: Customer):
    li.says("/visit 华东轴承 下周三报价")
    li.taps("顺利")
    li.taps("撤销")
    reminder = session.scalars(select(Reminder)).one()
    li.presses(f"/reminders/{reminder.id}", 1)
    assert "已经处理" in li.sees
    assert session.scalars(select(Visit)).one().undone_at is not None
