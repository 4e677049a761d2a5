"""A promise to come back falls due once, at nine where the rep lives, and never at night."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from crm import notices, reminders
from crm.local_time import moment
from crm.rules import Rules
from models.notice import Notice, NoticeState
from models.person import Role
from models.problem import AlreadyDone, NotAllowed, NotFound
from models.visit import ReminderState
from tests.conftest import firm, joined

TODAY = date(2026, 3, 10)
FRIDAY = date(2026, 3, 13)
BERLIN = ZoneInfo("Europe/Berlin")


@pytest.fixture
def promise(session, li_wei, east_bearings, clock):
    """李伟 is to be back at 华东轴承 on Friday."""
    return reminders.plan(session, li_wei, customer=east_bearings, day=FRIDAY, why="报价", at=clock.now)


def test_a_promise_is_announced_once_when_it_falls_due(session, promise, li_wei, clock):
    assert reminders.announce_due(session, now=clock.shows("2026-03-13 08:59")) == 0
    assert reminders.announce_due(session, now=clock.shows("2026-03-13 09:00")) == 1
    assert reminders.announce_due(session, now=clock.shows("2026-03-13 09:01")) == 0

    notice = session.scalars(select(Notice)).one()
    assert (notice.key, notice.to) == (f"reminder:{promise.id}:2026-03-13T01:00Z", li_wei)
    assert notice.address == f"/reminders/{promise.id}"
    assert promise.state is ReminderState.SENT


def test_after_an_outage_every_missed_promise_is_announced_a_few_at_a_time(session, li_wei, east_bearings, clock):
    for day in range(11, 16):
        reminders.plan(session, li_wei, customer=east_bearings, day=date(2026, 3, day), at=clock.now)

    taken = [reminders.announce_due(session, now=clock.shows("2026-03-20 10:00"), limit=2) for _ in range(4)]

    assert taken == [2, 2, 1, 0]


def test_a_promise_to_somebody_unreachable_waits_in_her_list(session, li_wei, promise, clock):
    li_wei.unreachable_since = clock.now

    reminders.announce_due(session, now=clock.shows("2026-03-13 09:00"))

    assert session.scalars(select(Notice)).all() == []
    assert list(reminders.due(session, li_wei, on_or_before=FRIDAY)) == [promise]


def test_todays_list_holds_ones_own_open_promises(session, li_wei, chen_jing, east_bearings, promise, clock):
    sooner = reminders.plan(session, li_wei, customer=east_bearings, day=TODAY, at=clock.now)
    reminders.plan(session, chen_jing, customer=east_bearings, day=TODAY, at=clock.now)

    assert list(reminders.due(session, li_wei, on_or_before=FRIDAY)) == [sooner, promise]
    reminders.done(session, li_wei, sooner.id, version=1, at=clock.now)
    assert list(reminders.due(session, li_wei, on_or_before=FRIDAY)) == [promise]


def test_the_second_tap_on_done_finds_it_done(session, li_wei, promise, clock):
    reminders.done(session, li_wei, promise.id, version=1, at=clock.now)

    with pytest.raises(AlreadyDone):
        reminders.done(session, li_wei, promise.id, version=1, at=clock.now)
    with pytest.raises(AlreadyDone):
        reminders.done(session, li_wei, promise.id, version=2, at=clock.now)


def test_a_promise_put_off_is_announced_on_the_new_day(session, li_wei, promise, clock):
    reminders.announce_due(session, now=clock.shows("2026-03-13 09:00"))

    reminders.snooze(session, li_wei, promise.id, until=date(2026, 3, 16), version=1, at=clock.now)

    assert (promise.state, promise.version) == (ReminderState.PLANNED, 2)
    waiting = session.scalars(select(Notice).execution_options(populate_existing=True)).one()
    assert waiting.state is NoticeState.SUPPRESSED
    assert reminders.announce_due(session, now=clock.shows("2026-03-16 09:00")) == 1


def test_nothing_is_put_off_to_yesterday(session, li_wei, promise, clock):
    with pytest.raises(reminders.DayHasPassed):
        reminders.snooze(session, li_wei, promise.id, until=date(2026, 3, 9), version=1, at=clock.now)


def test_anothers_promise_is_not_found(session, zhao_min, chen_jing, promise, clock):
    assert reminders.find(session, chen_jing, promise.id) is promise
    with pytest.raises(NotFound):
        reminders.done(session, zhao_min, promise.id, version=1, at=clock.now)


def test_a_customers_person_plans_nothing(session, wang_fang, east_bearings, clock):
    with pytest.raises(NotAllowed):
        reminders.plan(session, wang_fang, customer=east_bearings, day=FRIDAY, at=clock.now)


def test_nine_in_the_morning_is_nine_in_the_morning_where_the_rep_lives(session, li_wei, east_bearings, clock):
    li_wei.zone = "Europe/Berlin"

    winter, summer = (
        reminders.plan(session, li_wei, customer=east_bearings, day=day, at=clock.now)
        for day in (date(2026, 3, 28), date(2026, 3, 30))  # the clocks change in between
    )

    assert [promise.due_at.hour for promise in (winter, summer)] == [8, 7]


@pytest.mark.parametrize(
    ("day", "clock_time", "utc"),
    [
        (date(2026, 3, 29), time(2, 30), "2026-03-29T01:00"),  # the clock jumps from 2 to 3: the first minute after
        (date(2026, 10, 25), time(2, 30), "2026-10-25T00:30"),  # the clock shows it twice: the first of the two
        (date(2026, 7, 1), time(9), "2026-07-01T07:00"),
    ],
)
def test_a_time_the_clock_skips_or_repeats_means_one_moment(day, clock_time, utc):
    assert moment(day, clock_time, BERLIN) == datetime.fromisoformat(utc).replace(tzinfo=UTC)


def test_a_reminder_hour_at_night_waits_for_the_morning(session, li_wei, east_bearings, clock):
    session.info["rules"] = Rules(reminder_hour=time(6))

    promise = reminders.plan(session, li_wei, customer=east_bearings, day=FRIDAY, at=clock.now)

    assert promise.due_at == clock.shows("2026-03-13 07:30")


@given(
    st.integers(0, 600).map(lambda days: date(2026, 1, 1) + timedelta(days=days)),
    st.times().map(lambda wall: wall.replace(second=0, microsecond=0)),
    st.sampled_from(["Asia/Shanghai", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe"]),
)
def test_no_reminder_falls_into_quiet_hours(day, hour, zone):
    there = ZoneInfo(zone)
    wanted = moment(day, hour, there)

    due = notices.quiet_until(Rules(), there, wanted) or wanted

    assert notices.quiet_until(Rules(), there, due) is None
    assert timedelta() <= due - wanted < timedelta(hours=11)


def test_two_processes_announce_a_promise_once(two_desks, clock):
    with two_desks() as session:
        li_wei = joined(session, "李伟", Role.REP, 1001)
        east_bearings = firm(session, "华东轴承有限公司", owner=li_wei)
        reminders.plan(session, li_wei, customer=east_bearings, day=TODAY, at=clock.now - timedelta(hours=2))

    def announce(_process):
        with two_desks() as session:
            return reminders.announce_due(session, now=clock.now)

    with ThreadPoolExecutor(4) as processes:
        assert sorted(processes.map(announce, range(4))) == [0, 0, 0, 1]
