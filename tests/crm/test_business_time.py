"""Business time against the calendar of 2026 (domain 1.4)."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm import business_time
from crm.rules import Allowance, Rules

SHANGHAI = ZoneInfo("Asia/Shanghai")
FIRST, LAST = (datetime.fromisoformat(day) for day in ("2025-01-01", "2026-11-30"))
MOMENTS = st.datetimes(FIRST, LAST, timezones=st.just(UTC))
MINUTES = st.integers(0, 20 * 540)


def at(words: str) -> datetime:
    return datetime.fromisoformat(words).replace(tzinfo=SHANGHAI)


@pytest.mark.parametrize(
    ("start", "minutes", "due"),
    [
        ("2026-02-13 17:30", 4 * 60, "2026-02-14 12:30"),  # the Saturday is a make-up day
        ("2026-02-14 17:00", 8 * 60, "2026-02-24 16:00"),  # Spring Festival is skipped
        ("2026-02-27 17:00", 2 * 60, "2026-02-28 10:00"),  # another make-up Saturday
        ("2026-09-30 17:00", 9 * 60, "2026-10-08 17:00"),  # the National Day week is skipped
        ("2026-03-07 11:00", 4 * 60, "2026-03-09 13:00"),  # an ordinary Saturday does not count
        ("2026-03-10 09:00", 540, "2026-03-10 18:00"),  # one business day ends where it ends
        ("2026-03-10 18:00", 1, "2026-03-11 09:01"),  # after hours the next morning counts
        ("2026-03-10 06:00", 0, "2026-03-10 09:00"),  # no time at all, but nobody is there before nine
    ],
)
def test_a_promise_in_business_time_falls_due_when_the_calendar_says(start, minutes, due):
    assert business_time.add(at(start), minutes) == at(due)


def test_ten_and_a_half_hours_were_worked_around_spring_festival():
    assert business_time.between(at("2026-02-13 17:30"), at("2026-02-24 10:00")) == 630


@pytest.mark.parametrize("day", ["2026-01-04", "2026-02-14", "2026-02-28", "2026-05-09", "2026-09-20", "2026-10-10"])
def test_a_make_up_day_is_worked(day):
    assert business_time.is_working(date.fromisoformat(day))


def test_the_companys_own_calendar_beats_the_public_one():
    shutdown = Rules(days={date(2026, 3, 11): False, date(2026, 3, 14): True})

    assert business_time.add(at("2026-03-10 17:30"), 60, shutdown) == at("2026-03-12 09:30")
    assert business_time.add(at("2026-03-13 17:30"), 60, shutdown) == at("2026-03-14 09:30")


def test_an_urgent_promise_runs_through_the_night():
    assert business_time.after(at("2026-03-10 23:40"), Allowance(60, wall=True)) == at("2026-03-11 00:40")


def test_nothing_is_worked_backwards():
    assert business_time.between(at("2026-03-11 10:00"), at("2026-03-10 10:00")) == 0


@given(MOMENTS, MINUTES)
def test_what_was_added_lies_between(start, minutes):
    assert business_time.between(start, business_time.add(start, minutes)) == minutes


@given(MOMENTS, MINUTES, st.sampled_from(["Europe/Berlin", "America/New_York"]))
def test_what_was_added_lies_between_where_clocks_change_too(start, minutes, zone):
    there = Rules(zone=zone)

    assert business_time.between(start, business_time.add(start, minutes, there), there) == minutes


@given(MOMENTS, MINUTES, st.integers(0, 180))
def test_longer_opening_hours_never_make_a_promise_later(start, minutes, more):
    earlier = (at("2026-01-01 09:00") - timedelta(minutes=more)).time()

    assert business_time.add(start, minutes, Rules(opens=earlier)) <= business_time.add(start, minutes)
