"""Business time: minutes counted only while the department works (domain 1.4).

It knows the Chinese calendar with its make-up days and the company's own exceptions, and never reads a clock.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from functools import cache
from itertools import count

from holidays import HolidayBase, country_holidays

from crm.local_time import day_of, moment
from crm.rules import Allowance, Rules

STANDARD = Rules()


def add(start: datetime, minutes: int, rules: Rules = STANDARD) -> datetime:
    """Return the moment, in UTC, when this many business minutes have passed since the start."""
    start, left = start.astimezone(UTC), timedelta(minutes=minutes)
    for opens, closes in _windows(start, rules):
        begin = max(opens, start)
        if left <= closes - begin:
            return begin + left
        left -= closes - begin
    raise AssertionError("there is always another working day")


def between(start: datetime, end: datetime, rules: Rules = STANDARD) -> int:
    """Return the whole business minutes from start to end; 0 when the end comes first."""
    start, end, worked = start.astimezone(UTC), end.astimezone(UTC), timedelta()
    for opens, closes in _windows(start, rules):
        if opens >= end:
            break
        worked += max(min(closes, end) - max(opens, start), timedelta())
    return worked // timedelta(minutes=1)


def after(start: datetime, allowance: Allowance, rules: Rules = STANDARD) -> datetime:
    """Return the moment, in UTC, when the allowance is used up, on wall or business time (``CMP-08``)."""
    if allowance.wall:
        return start.astimezone(UTC) + timedelta(minutes=allowance.minutes)
    return add(start, allowance.minutes, rules)


def is_working(day: date, rules: Rules = STANDARD) -> bool:
    """Return whether the department works that day: its own word first, then the public calendar (``CAL-01``)."""
    if day in rules.days:
        return rules.days[day]
    return _china().is_working_day(day)


def _windows(start: datetime, rules: Rules) -> Iterator[tuple[datetime, datetime]]:
    """Yield the working windows that end after the start, in order, without end."""
    first = day_of(start, rules.tz)
    for day in (first + timedelta(days=n) for n in count()):
        closes = moment(day, rules.closes, rules.tz)
        if closes > start and is_working(day, rules):
            yield moment(day, rules.opens, rules.tz), closes


@cache
def _china() -> HolidayBase:
    return country_holidays("CN")
