"""Planning: /plan, the proposals of the cadence, and dropping with a reason."""

from __future__ import annotations

from datetime import date, time, timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from crm import reminders
from models.attachment import FileKind
from models.customer import Customer
from models.person import Person
from models.visit import DropReason, Reminder, ReminderState, Visit
from tests.chatter import Chatter
from tests.conftest import Clock, firm


def planned(session: Session) -> Reminder:
    return session.scalars(select(Reminder)).one()


@pytest.mark.parametrize(
    ("line", "day", "hour", "why"),
    [
        ("/plan 华东轴承 下周三 谈备件", date(2026, 3, 18), None, "谈备件"),
        ("/plan 华东轴承 明天下午3点谈备件", date(2026, 3, 11), time(15), "谈备件"),
        ("/plan 华东轴承 谈备件，月底前", date(2026, 3, 31), None, "谈备件，月底前"),
        ("/plan hdzc next Wed 3pm spare parts", date(2026, 3, 18), time(15), "spare parts"),
    ],
)
def test_one_line_and_one_tap_plan_a_visit(
    li: Chatter, session: Session, east_bearings: Customer, line: str, day: date, hour: time | None, why: str
):
    li.says(line)
    li.taps("保存")

    promise = planned(session)
    assert (promise.customer, promise.day, promise.hour, promise.why) == (east_bearings, day, hour, why)
    assert li.taps_made == 1
    assert f"{day.month}月{day.day}日" in li.sees
    assert (f"{hour:%H:%M}" if hour else why) in li.sees


def test_three_taps_plan_a_visit(li: Chatter, session: Session, east_bearings: Customer):
    li.says("/plan")
    li.taps("华东轴承")
    li.taps("一周后")
    li.taps("保存")

    assert planned(session).day == date(2026, 3, 17)
    assert li.taps_made == 3


def test_a_day_more_than_a_year_away_is_asked_again(li: Chatter, session: Session, east_bearings: Customer):
    li.says("/plan 华东轴承 2029-01-01")
    assert "什么时候去" in li.sees
    li.says("昨天")
    assert "昨天 3月9日已经过去" in li.sees
    li.says("2026-03-01")
    assert "已经过去" in li.sees
    li.sends(FileKind.PHOTO)
    assert "请点一个日期" in li.sees
    li.says("后天上午9点半")
    li.taps("保存")
    assert (planned(session).day, planned(session).hour) == (date(2026, 3, 12), time(9, 30))


def test_a_plan_may_be_left_and_no_promise_is_made(li: Chatter, session: Session, east_bearings: Customer):
    li.says("/plan 华东轴承 下周三")
    li.says("/cancel")
    assert session.scalar(select(func.count(Reminder.id))) == 0


def test_hostile_words_are_shown_as_they_are(li: Chatter, session: Session, east_bearings: Customer):
    li.says("/plan 华东轴承 下周三 <b>=1+1</b>")
    li.taps("保存")
    assert "<b>=1+1</b>" in li.sees
    li.says("/plan 华东轴承 下周四 " + "长" * 5000)
    assert "保存" in " ".join(li.buttons)
    li.taps("保存")
    assert len(session.scalars(select(Reminder).where(Reminder.day == date(2026, 3, 19))).one().why) == 300


@pytest.fixture
def waiting(session: Session, li_wei: Person, clock: Clock) -> Customer:
    """宁波水泵厂, an A customer nobody has seen for 50 days."""
    customer = firm(session, "宁波水泵厂", owner=li_wei)
    customer.created_at = clock.now - timedelta(days=50)
    return customer


def test_a_proposal_is_planned_with_one_tap(li: Chatter, session: Session, waiting: Customer):
    li.says("/today")
    assert "建议安排：1 家" in li.sees
    li.taps("宁波水泵厂")
    assert "已超期 20 天" in li.sees
    before = li.taps_made
    li.taps("今天去")
    assert li.taps_made - before == 1
    assert (planned(session).day, planned(session).customer) == (date(2026, 3, 10), waiting)

    li.presses(f"/proposals/{waiting.id}/plan?days=0")
    assert planned(session).day == date(2026, 3, 10)  # the second tap finds the same promise
    li.says("/today")
    assert "要回访：1 家" in li.sees
    assert "建议安排" not in li.sees


def test_a_visit_is_logged_from_a_proposal(li: Chatter, session: Session, waiting: Customer):
    li.presses(f"/proposals/{waiting.id}", 1)
    li.taps("记拜访")
    li.says("看了水泵")
    li.taps("顺利")
    assert session.scalars(select(Visit)).one().customer == waiting


def test_a_proposal_is_declined_with_a_reason_in_words(li: Chatter, session: Session, waiting: Customer):
    li.presses(f"/proposals/{waiting.id}", 1)
    li.taps("暂不安排")
    li.sends(FileKind.PHOTO)
    assert "请点一个原因" in li.sees
    li.says("长" * 301)
    assert "301" in li.sees
    li.says("年底盘点，不接待")
    assert (planned(session).dropped_because, planned(session).dropped_words) == (DropReason.OTHER, "年底盘点，不接待")
    assert "已取消：其他原因" in li.sees
    assert "年底盘点，不接待" in li.sees
    li.says("/today")
    assert "没有要回访的客户" in li.sees


@pytest.fixture
def promise(session: Session, li_wei: Person, east_bearings: Customer, clock: Clock) -> Reminder:
    return reminders.plan(session, li_wei, customer=east_bearings, day=date(2026, 3, 11), why="谈备件", at=clock.now)


def test_a_promise_is_dropped_with_a_reason_and_it_is_kept(li: Chatter, promise: Reminder):
    li.opens(f"/reminders/{promise.id}")
    li.taps("不去了")
    li.taps("客户要求推后")
    assert (promise.state, promise.dropped_because) == (ReminderState.DROPPED, DropReason.PUT_OFF)
    assert "已取消：客户要求推后" in li.sees

    li.presses(f"/do/drop?reminder={promise.id}")
    assert "已取消" in li.sees  # a stale door shows what became of it


def test_a_forged_reason_is_refused(li: Chatter, promise: Reminder):
    li.presses(f"/do/drop?reminder={promise.id}&why=x", 1)
    assert "为什么不去了" in li.sees
    li.presses(li.screen.keyboard[0][0].data.split(":")[0] + ":other_reason")
    assert promise.open


def test_a_promise_is_put_off_to_an_hour(li: Chatter, promise: Reminder):
    li.opens(f"/reminders/{promise.id}")
    li.taps("选日期")
    li.says("下周三下午3点")
    assert (promise.day, promise.hour) == (date(2026, 3, 18), time(15))
    assert "15:00" in li.sees


def test_anothers_customers_are_neither_proposed_nor_planned(zhao: Chatter, waiting: Customer, session: Session):
    zhao.presses(f"/proposals/{waiting.id}", 1)
    assert "没有找到" in (zhao.toast or "")
    zhao.presses(f"/proposals/{waiting.id}/plan?days=0", 1)
    assert "没有找到" in (zhao.toast or "")
    assert session.scalar(select(func.count(Reminder.id))) == 0


@pytest.mark.parametrize("days", ["-1", "2", "400", "x"])
def test_a_forged_day_plans_nothing(li: Chatter, waiting: Customer, session: Session, days: str):
    li.presses(f"/proposals/{waiting.id}/plan?days={days}", 1)
    assert li.toast
    assert session.scalar(select(func.count(Reminder.id))) == 0


def test_a_customer_plans_nothing(wang: Chatter, east_bearings: Customer, session: Session):
    wang.says("/plan 华东轴承 下周三")
    wang.presses(f"/proposals/{east_bearings.id}", 1)
    assert session.scalar(select(func.count(Reminder.id))) == 0


def test_editing_the_line_corrects_what_a_visit_is_planned_for_and_its_day(
    li: Chatter, session: Session, east_bearings: Customer
):
    line = li.says("/plan 华东轴承 下周三 谈备件")
    li.taps("保存")
    li.edits(line, "/plan 华东轴承 下周五 谈<b>续约")
    planned = session.scalars(select(Reminder)).one()
    assert (planned.day, planned.why) == (date(2026, 3, 20), "谈<b>续约")
    assert "已更正" in li.sees


@pytest.mark.parametrize(
    ("line", "hour", "rings"),
    [
        ("今天晚上11点半", time(23, 30), "2026-03-11 07:30"),
        ("今晚11点半", time(23, 30), "2026-03-11 07:30"),
        ("明天早上6点", time(6), "2026-03-11 07:30"),
    ],
)
def test_an_hour_of_the_night_is_kept_and_rings_after_the_quiet_hours(
    li: Chatter, session: Session, east_bearings: Customer, clock: Clock, line: str, hour: time, rings: str
):
    li.says(f"/plan 华东轴承 {line} 看夜班")
    assert f"{hour:%H:%M}" in li.sees
    li.taps("保存")

    promise = planned(session)
    assert promise.hour == hour
    assert "计划已保存" in li.sees
    assert f"{hour:%H:%M}" in li.sees
    assert "07:30 提醒" in li.sees
    assert promise.due_at == clock.shows(rings)
    assert reminders.announce_due(session, now=clock.now) == 1


def test_midnight_is_the_beginning_of_tomorrow(li: Chatter, session: Session, east_bearings: Customer):
    li.says("/plan 华东轴承 今晚0点 看夜班")
    li.taps("保存")

    assert (planned(session).day, planned(session).hour) == (date(2026, 3, 11), time(0))
    assert "明天" in li.sees


@pytest.mark.parametrize("line", ["今天上午9点", "今天0点", "today 9am"])
def test_a_moment_that_has_passed_is_not_planned(li: Chatter, session: Session, east_bearings: Customer, line: str):
    li.says(f"/plan 华东轴承 {line}")
    assert "已经过去了" in li.sees
    li.says(line)
    assert "已经过去，请换一个以后的时间" in li.sees
    li.says("今天下午3点")
    li.taps("保存")

    assert planned(session).hour == time(15)


def test_a_part_of_the_day_that_has_begun_means_the_day(
    li: Chatter, session: Session, east_bearings: Customer, clock: Clock
):
    clock.shows("2026-03-10 15:00")
    li.says("/plan 华东轴承 今天下午 谈备件")
    li.taps("保存")

    assert (planned(session).day, planned(session).hour) == (date(2026, 3, 10), None)


def test_an_hour_that_passes_while_the_plan_waits_is_said_at_saving(
    li: Chatter, session: Session, east_bearings: Customer, clock: Clock
):
    li.says("/plan 华东轴承 今天11点 谈备件")
    clock.passes(hours=2)
    li.taps("保存")

    assert "11:00已经过去了" in li.sees
    assert session.scalars(select(Reminder)).all() == []


def test_a_second_plan_for_the_day_says_what_becomes_of_the_first(
    li: Chatter, session: Session, east_bearings: Customer
):
    li.says("/plan 华东轴承 明天9点 谈备件")
    li.taps("保存")
    li.says("/plan 华东轴承 明天下午3点 看样品")
    assert "这一天已计划 09:00 去" in li.sees
    li.taps("保存")

    promise = planned(session)
    assert (promise.hour, promise.why) == (time(15), "谈备件\n看样品")
    assert "计划已保存" in li.sees


def test_the_card_says_that_it_was_saved_once(li: Chatter, session: Session, east_bearings: Customer):
    li.says("/plan 华东轴承 明天 谈备件")
    li.taps("保存")
    assert "计划已保存" in li.sees

    li.opens(f"/reminders/{planned(session).id}")
    assert "计划已保存" not in li.sees


def test_nothing_is_put_off_to_an_hour_that_has_passed(li: Chatter, promise: Reminder):
    li.opens(f"/reminders/{promise.id}")
    li.taps("选日期")
    li.says("今天8点")
    assert "已经过去" in li.sees
    li.says("今天晚上10点半")

    assert promise.hour == time(22, 30)
    assert "22:30" in li.sees


def test_a_day_no_calendar_shows_is_called_so(li: Chatter, session: Session, east_bearings: Customer):
    li.says("/plan 华东轴承")
    li.says("2月30号")
    assert "没有2月30号这一天" in li.sees
    li.says("3月5号")
    assert "2027年3月5日" in li.sees
    li.taps("保存")

    assert "2027年3月5日" in li.sees
