"""Reckoning: one day from another, by weekdays, months and quarters. It reads no words and looks at no clock."""

from __future__ import annotations

import calendar
from datetime import date, timedelta


def valid(year: int, month: int, day: int) -> date | None:
    """Return the day, or None when the month has no such one."""
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _months_on(today: date, months: int) -> tuple[int, int]:
    count = today.year * 12 + today.month - 1 + months
    return count // 12, count % 12 + 1


def same_day(today: date, months: int) -> date:
    """Return the same day so many months on, or the last of a shorter month."""
    year, month = _months_on(today, months)
    return date(year, month, min(today.day, calendar.monthrange(year, month)[1]))


def last_day(today: date, months: int) -> date:
    """Return the last day of the month so many months on."""
    year, month = _months_on(today, months)
    return date(year, month, calendar.monthrange(year, month)[1])


def first_day(today: date, months: int | None) -> date:
    """Return the first of a month; without a count the next first to come."""
    return date(*_months_on(today, int(today.day > 1) if months is None else months), 1)


def end_of_quarter(today: date, quarters: int) -> date:
    """Return the last day of the quarter so many quarters on."""
    return last_day(today, 2 - (today.month - 1) % 3 + 3 * quarters)


def on_weekday(today: date, weekday: int, weeks: int | None) -> date:
    """Return that weekday so many weeks on; without a count, the next one to come."""
    if weeks is None:
        return today + timedelta((weekday - today.weekday() - 1) % 7 + 1)
    return today - timedelta(today.weekday()) + timedelta(7 * weeks + weekday)


def last_weekday(today: date, weekday: int) -> date:
    """Return the last such weekday that is over."""
    return today - timedelta((today.weekday() - weekday - 1) % 7 + 1)


def coming(today: date, month: int, day: int) -> date | None:
    """Return this day of the year, today or the next time it comes; None when there is none."""
    this_year = valid(today.year, month, day)
    return this_year if this_year is None or this_year >= today else valid(today.year + 1, month, day)


def day_of_month(today: date, day: int, months: int | None) -> date | None:
    """Return this day so many months on, without a count the next one to come; None when there is none."""
    if months is None:
        months = 0 if day >= today.day else 1
    return valid(*_months_on(today, months), day)


def end_of_month(today: date, month: int) -> date | None:
    """Return the last day of a month of the year, the next to come; None for a thirteenth."""
    if not 1 <= month <= 12:
        return None
    return last_day(today, (month - today.month) % 12)


def end_of_month_in(year: int, month: int) -> date | None:
    """Return the last day of a month of that year; None for a thirteenth."""
    return date(year, month, calendar.monthrange(year, month)[1]) if 1 <= month <= 12 else None


def day_before(day: date | None, today: date) -> date | None:
    """Return the day before, but not one gone by."""
    return max(day - timedelta(1), today) if day is not None else None
