"""The plan as a calendar file."""

from __future__ import annotations

from datetime import UTC, date, datetime, time

from icalendar import Calendar
from sqlalchemy.orm import Session

from crm import reminders
from models.customer import Customer
from models.person import Person
from tests.chatter import Chatter
from tests.conftest import Clock, firm


def events(chatter: Chatter) -> list[object]:
    document = chatter.screen.document
    assert document is not None
    return list(Calendar.from_ical(document.content).walk("VEVENT"))


def test_the_plan_is_sent_as_a_file_any_calendar_reads(
    li: Chatter, session: Session, li_wei: Person, east_bearings: Customer, clock: Clock
):
    plan = {"session": session, "actor": li_wei, "at": clock.now}
    reminders.plan(**plan, customer=east_bearings, day=date(2026, 3, 18), why="谈备件; 报价,\n<b>=1+1</b>")
    other = firm(session, "宁波水泵厂", owner=li_wei)
    reminders.plan(**plan, customer=other, day=date(2026, 3, 11), hour=time(15))
    li.says("/today")
    li.taps("日历文件")

    assert "2 次拜访安排" in li.sees
    assert li.screen.document.name == "huifang-2026-03-10.ics"
    timed, whole = events(li)
    assert timed["summary"] == "拜访 宁波水泵厂"
    assert timed["dtstart"].dt == datetime(2026, 3, 11, 7, tzinfo=UTC)
    assert whole["dtstart"].dt == date(2026, 3, 18)
    assert whole["description"] == "谈备件; 报价,\n<b>=1+1</b>"
    assert li.taps_made == 1


def test_a_promise_put_off_keeps_its_place_in_the_calendar(
    li: Chatter, session: Session, li_wei: Person, east_bearings: Customer, clock: Clock
):
    promise = reminders.plan(session, li_wei, customer=east_bearings, day=date(2026, 3, 18), at=clock.now)
    li.presses("/calendar", 1)
    [before] = events(li)
    reminders.snooze(session, li_wei, promise.id, until=date(2026, 3, 20), version=1, at=clock.now)
    li.presses("/calendar", 1)
    [after] = events(li)

    assert after["uid"] == before["uid"]
    assert after["sequence"] > before["sequence"]


def test_without_a_plan_there_is_no_file(li: Chatter):
    li.presses("/calendar", 1)
    assert li.screen.document is None
    assert "没有日历文件" in li.sees


def test_the_plan_of_others_is_theirs(
    zhao: Chatter, wang: Chatter, session: Session, li_wei: Person, east_bearings: Customer, clock: Clock
):
    reminders.plan(session, li_wei, customer=east_bearings, day=date(2026, 3, 18), at=clock.now)
    zhao.presses("/calendar", 1)
    assert zhao.screen.document is None
    wang.presses("/calendar", 1)
    assert wang.toast
