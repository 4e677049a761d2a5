# ruff: noqa: ARG005 - every reading takes the match and today, needed or not
"""Days in words: ``下周三``, ``三天后``, ``月底``, ``next Wed``, ``in 2 weeks``, ``3 Dec``.

A week begins on Monday. A weekday alone is the next one to come; *next* means the week after this one.
"""

from __future__ import annotations

import calendar
import re
import unicodedata
from collections.abc import Callable
from datetime import date, timedelta
from re import Match

_DIGITS = {character: number for number, character in enumerate("零一二三四五六七八九")} | {"两": 2, "〇": 0}
_WEEKDAYS = {c: n for n, c in enumerate("一二三四五六")} | {"日": 6, "天": 6, "末": 5}
_ENGLISH_DAYS = {name: n for n, name in enumerate(("mon", "tue", "wed", "thu", "fri", "sat", "sun"))}
_MONTHS = {
    name: n
    for n, name in enumerate(("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"), 1)
}
_N = r"(\d{1,3}|[零〇一二两三四五六七八九十]{1,3})"
_D = r"(mon|tue|wed|thu|fri|sat|sun)[a-z]*"
_M = r"(jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*"

Reading = Callable[[Match[str], date], date | None]


def parse(text: str, today: date) -> date | None:
    """Return the day the whole text means, or None."""
    bare = _plain(text)
    for pattern, reading in _READINGS:
        match = re.fullmatch(pattern, bare)
        if match and (day := reading(match, today)):
            return day
    return None


def find(text: str, today: date) -> date | None:
    """Return the first coming day mentioned in a sentence, or None. Days gone by and bare numbers do not count."""
    bare = _plain(text)
    hits: list[tuple[int, int, date]] = []
    for pattern, reading in _SURE:
        for match in re.finditer(pattern, bare):
            day = reading(match, today)
            if day is not None and day > today:
                hits.append((match.start(), -len(match.group()), day))
    return min(hits)[2] if hits else None


def _plain(text: str) -> str:
    return unicodedata.normalize("NFKC", text).strip().lower()


def _number(word: str) -> int:
    if word.isdigit():
        return int(word)
    if "十" not in word:
        return int("".join(str(_DIGITS[character]) for character in word))
    tens, _ten, ones = word.partition("十")
    return (_DIGITS[tens] if tens else 1) * 10 + (_DIGITS[ones] if ones else 0)


def _safe(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _months_on(today: date, months: int) -> tuple[int, int]:
    count = today.year * 12 + today.month - 1 + months
    return count // 12, count % 12 + 1


def _same_day(today: date, months: int) -> date:
    year, month = _months_on(today, months)
    return date(year, month, min(today.day, calendar.monthrange(year, month)[1]))


def _last_day(today: date, months: int) -> date:
    year, month = _months_on(today, months)
    return date(year, month, calendar.monthrange(year, month)[1])


def _weekday(today: date, weekday: int, weeks: int | None) -> date:
    """Return that weekday so many weeks on; without a count, the next one to come."""
    if weeks is None:
        return today + timedelta((weekday - today.weekday() - 1) % 7 + 1)
    return today - timedelta(today.weekday()) + timedelta(7 * weeks + weekday)


def _coming(today: date, month: int, day: int) -> date | None:
    this_year = _safe(today.year, month, day)
    return this_year if this_year is None or this_year >= today else _safe(today.year + 1, month, day)


def _day_of_month(today: date, day: int, months: int | None) -> date | None:
    if months is None:
        months = 0 if day >= today.day else 1
    return _safe(*_months_on(today, months), day)


_SHIFTS = {
    "今天": 0, "今日": 0, "明天": 1, "明日": 1, "后天": 2, "大后天": 3,
    "today": 0, "tomorrow": 1, "the day after tomorrow": 2, "day after tomorrow": 2,
}  # fmt: skip
_WEEKS = {"": None, "本": 0, "这": 0, "这个": 0, "下": 1, "下个": 1, "下下": 2, "this": 0, "next": 1}
_MONTHS_ON = {"": None, "本": 0, "这个": 0, "这": 0, "下": 1, "下个": 1}
_END_OF_MONTH = {"": 0, "本": 0, "这个": 0, "这": 0, "下": 1, "下个": 1}

_SURE: list[tuple[str, Reading]] = [
    (r"(大后天|后天|明天|明日|今天|今日)", lambda m, t: t + timedelta(_SHIFTS[m[1]])),
    (
        r"\b((?:the )?day after tomorrow|tomorrow|today)\b",
        lambda m, t: t + timedelta(_SHIFTS[m[1]]),
    ),
    (rf"{_N}\s*[天日](?:之?后|以后)", lambda m, t: t + timedelta(_number(m[1]))),
    (rf"{_N}\s*(?:个?(?:星期|礼拜)|周)(?:之?后|以后)", lambda m, t: t + timedelta(weeks=_number(m[1]))),
    (rf"{_N}\s*个?月(?:之?后|以后)", lambda m, t: _same_day(t, _number(m[1]))),
    (
        r"(下下|下个|下|这个|这|本)(?:周|星期|礼拜)([一二三四五六日天末])",
        lambda m, t: _weekday(t, _WEEKDAYS[m[2]], _WEEKS[m[1]]),
    ),
    (r"(?<![下本这每上个])(?:周|星期|礼拜)([一二三四五六日天末])", lambda m, t: _weekday(t, _WEEKDAYS[m[1]], None)),
    (r"(下下|下个|下)(?:周|星期|礼拜)(?![一二三四五六日天末])", lambda m, t: _weekday(t, 0, _WEEKS[m[1]])),
    (r"(本|这个|这|下个|下|)月底", lambda m, t: _last_day(t, _END_OF_MONTH[m[1]])),
    (r"(本|这个|这|下个|下)月初", lambda m, t: _safe(*_months_on(t, _END_OF_MONTH[m[1]]), 1)),
    (rf"(本|这个|这|下个|下)月{_N}[号日]", lambda m, t: _day_of_month(t, _number(m[2]), _MONTHS_ON[m[1]])),
    (rf"(?<![\d年]){_N}月{_N}[号日]", lambda m, t: _coming(t, _number(m[1]), _number(m[2]))),
    (rf"(?<![\d月一二三四五六七八九十]){_N}号(?![线机楼门车店库])", lambda m, t: _day_of_month(t, _number(m[1]), None)),
    (r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?", lambda m, t: _safe(int(m[1]), int(m[2]), int(m[3]))),
    (r"\bin (\d{1,3}|a) days?\b", lambda m, t: t + timedelta(_count(m[1]))),
    (r"\bin (\d{1,3}|a) weeks?\b", lambda m, t: t + timedelta(weeks=_count(m[1]))),
    (r"\bin (\d{1,2}|a) months?\b", lambda m, t: _same_day(t, _count(m[1]))),
    (rf"\b(this|next) {_D}\b", lambda m, t: _weekday(t, _ENGLISH_DAYS[m[2]], _WEEKS[m[1]])),
    (r"\bnext week\b", lambda m, t: _weekday(t, 0, 1)),
    (r"\bnext month\b", lambda m, t: _same_day(t, 1)),
    (r"\bend of (?:the |this )?month\b", lambda m, t: _last_day(t, 0)),
    (r"\bend of next month\b", lambda m, t: _last_day(t, 1)),
    (rf"\b(\d{{1,2}})(?:st|nd|rd|th)? {_M}\b", lambda m, t: _coming(t, _MONTHS[m[2]], int(m[1]))),
    (rf"\b{_M} (\d{{1,2}})(?:st|nd|rd|th)?\b", lambda m, t: _coming(t, _MONTHS[m[1]], int(m[2]))),
    (rf"\b(?:on )?{_D}day\b", lambda m, t: _weekday(t, _ENGLISH_DAYS[m[1]], None)),
]

_READINGS: list[tuple[str, Reading]] = [
    *_SURE,
    (r"(?:下个?月)", lambda m, t: _same_day(t, 1)),
    (rf"{_N}\s*[天日]", lambda m, t: t + timedelta(_number(m[1]))),
    (rf"{_N}[号日]", lambda m, t: _day_of_month(t, _number(m[1]), None)),
    (r"(\d{1,2})[/.-](\d{1,2})", lambda m, t: _coming(t, int(m[1]), int(m[2]))),
    (rf"{_D}", lambda m, t: _weekday(t, _ENGLISH_DAYS[m[1]], None)),
]


def _count(word: str) -> int:
    return 1 if word == "a" else int(word)
