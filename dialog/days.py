# ruff: noqa: ARG005 - every reading takes the match and today, needed or not
"""Days in words: ``下周三``, ``三天后``, ``月底``, ``国庆节后``, ``next Wed``, ``in 2 weeks``, ``3 Dec``.

A week begins on Monday. A weekday alone is the next one to come; *next* means the week after this one. *Before* a
day means the day before it, so that the promise is kept either way; before or after a feast means the last working
day before its days off, or the first one after them. Why this is our own: ``docs/decisions/0006``.
"""

from __future__ import annotations

import calendar
import re
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, time, timedelta
from functools import cache
from re import Match

from holidays import HolidayBase, country_holidays

from dialog import hours

_DIGITS = {character: number for number, character in enumerate("零一二三四五六七八九")} | {"两": 2, "〇": 0}
_WEEKDAYS = {c: n for n, c in enumerate("一二三四五六")} | {"日": 6, "天": 6, "末": 5}
_ENGLISH_DAYS = {name: n for n, name in enumerate(("mon", "tue", "wed", "thu", "fri", "sat", "sun"))}
_MONTHS = {
    name: n
    for n, name in enumerate(("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"), 1)
}
_ENGLISH_NUMBERS = {"a": 1, "an": 1, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "ten": 10}
_SHORT = {"昨": "昨天", "今": "今天", "明": "明天", "后": "后天", "last": "yesterday", "this": "today"}
"""How a day is cut short before a part of it: 明晚, this afternoon, last evening."""
_ONE = "零〇一二两三四五六七八九"
_N = rf"(\d{{1,3}}|(?<![{_ONE}十])(?:[{_ONE[3:]}]?十[{_ONE[2:]}]?|[{_ONE}]))"
_E = rf"(\d{{1,3}}|{'|'.join(_ENGLISH_NUMBERS)})"
_D = r"(mon|tue|wed|thu|fri|sat|sun)(?:day|s|sday|nesday|rs|rsday|urday)?"
_M = r"(jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)(?:uary|ruary|ch|il|e|y|ust|t|tember|ober|ember)?"
_FULL_D = r"(mon|tues?|wednes|thurs?|fri|satur|sun)day"
_WEEK = r"(?:周|星期|礼拜)"
_FEASTS = {
    "元旦": "元旦", "新年": "元旦", "春节": "春节", "过年": "春节", "年": "春节", "清明": "清明节", "五一": "劳动节",
    "劳动节": "劳动节", "端午": "端午节", "中秋": "中秋节", "国庆": "国庆节", "十一": "国庆节",
    "new year": "元旦", "spring festival": "春节", "chinese new year": "春节", "labour day": "劳动节",
    "national day": "国庆节", "mid-autumn": "中秋节",
}  # fmt: skip
_FEAST = "|".join(sorted((word for word in _FEASTS if not word.isascii()), key=len, reverse=True))
_ENGLISH_FEAST = "|".join(sorted((word for word in _FEASTS if word.isascii()), key=len, reverse=True))
_NOT_A_DAY = (
    r"(?!\s*(?:生?产?线|机|楼|门|车|店|库|泵|炉|罐|塔|仓|窑|轴|柜|站|井|阀|段|厂|房|位|炉|设备|装置|电机|电梯|电炉|高炉|转炉"
    r"|钢|油|液压|齿轮|导轨|柴油|汽油|润滑|合同|订单|工|文|桩|桥|件|箱|样|模|台|槽|磨|皮带|输送))"
)
"""What a number with 号 counts when it names a thing: 3号线, 15号机, 45号钢."""

Reading = Callable[[Match[str], date], date | None]
Readings = Sequence[tuple[str, Reading]]


@dataclass(frozen=True, slots=True)
class When:
    """A day, and the time of day if one was named."""

    day: date
    hour: time | None = None


def parse(text: str, today: date) -> date | None:
    """Return the day the whole text means, or None. A time of day beside it is understood, and left out."""
    found = parse_moment(text, today)
    return found.day if found else None


def parse_moment(text: str, today: date) -> When | None:
    """Return the day and the time of day the whole text means, or None. A time alone is today's."""
    return _moment(_plain(text), today, _READINGS)


def gone_by(text: str, today: date) -> date | None:
    """Return the day before today that the whole text means, such as 昨天 or last Friday, or None."""
    found = _moment(_plain(text), today, _GONE_BY)
    return found.day if found and found.day < today else None


def _moment(bare: str, today: date, readings: Readings) -> When | None:
    if day := _whole(bare, today, readings):
        return When(day)
    for start in range(len(bare)):
        found = hours.at(bare, start)
        if found is None:
            continue
        hour, end = found
        before, after = bare[:start].strip(" ,，的"), bare[end:].strip(" ,，的")
        rest = f"{before}{after}" if not (before and after) else ""
        if not before and not after:
            return When(today, hour)
        if rest and (day := _whole(_SHORT.get(rest, rest), today, readings)):
            return When(day, hour)
    return None


def find(text: str, today: date) -> date | None:
    """Return the first coming day mentioned in a sentence, or None. Days gone by and bare numbers do not count."""
    bare = _plain(text)
    hits = [(start, -end, day) for start, end, day in _mentioned(bare, today) if day > today]
    return min(hits)[2] if hits else None


def leading(text: str, today: date) -> tuple[When | None, str]:
    """Return the moment a line begins with, today or later, and what the line says behind it."""
    written = unicodedata.normalize("NFKC", text).strip()
    bare = _plain(text)
    begins = [(-end, day) for start, end, day in _mentioned(bare, today) if start == 0 and day >= today]
    if not begins or len(bare) != len(written):
        return None, text
    end, day = min(begins)
    found = hours.at(bare, _behind(bare, -end))
    when, end = (When(day, found[0]), found[1]) if found else (When(day), -end)
    return when, written[end:].lstrip(" \n\t,，、;；:：。.")


def lasting(text: str) -> tuple[int | None, str]:
    """Return the months a line says something lasts (一年, 18个月, 2 years), and the line without them.

    Where something follows without a blank, as in 一年质保, it says something else.
    """
    written = unicodedata.normalize("NFKC", text)
    for pattern, reading in _LENGTHS:
        match = re.search(rf"{pattern}(?=$|[\s,，、;；.。])", written, re.IGNORECASE)
        if match:
            rest = text if len(text) == len(written) else written
            return reading(match), f"{rest[: match.start()]} {rest[match.end() :]}"
    return None, text


def months_later(day: date, months: int) -> date:
    """Return the same day so many months on, or the last one of that month."""
    year, month = _months_on(day, months)
    return date(year, month, min(day.day, calendar.monthrange(year, month)[1]))


def _behind(bare: str, end: int) -> int:
    """Return where the text goes on: 下周三的下午, next Wed at 3pm."""
    match = re.compile(r"[\s,，的]*").match(bare, end)
    return match.end() if match else end


def _whole(bare: str, today: date, readings: Readings) -> date | None:
    for pattern, reading in readings:
        match = re.fullmatch(pattern, bare)
        if match and (day := reading(match, today)):
            return day
    return None


def _mentioned(bare: str, today: date) -> list[tuple[int, int, date]]:
    """Return the days mentioned: where each begins and ends, and which it is. A longer reading hides those in it.

    Days gone by are among them: the 月底 of 上月底 is not this month's.
    """
    hits: list[tuple[int, int, date]] = []
    for pattern, reading in (*_SURE, *_GONE_BY):
        for match in re.finditer(pattern, bare):
            day = reading(match, today)
            if day is not None:
                hits.append((match.start(), match.end(), day))
    return [hit for hit in hits if not any(_hides(other, hit) for other in hits)]


def _hides(other: tuple[int, int, date], hit: tuple[int, int, date]) -> bool:
    wider = other[0] <= hit[0] and hit[1] <= other[1]
    return wider and other[1] - other[0] > hit[1] - hit[0]


def _plain(text: str) -> str:
    return unicodedata.normalize("NFKC", text).strip().lower()


def _number(word: str) -> int:
    if word.isdigit():
        return int(word)
    if "十" not in word:
        return _DIGITS[word]
    tens, _ten, ones = word.partition("十")
    return (_DIGITS[tens] if tens else 1) * 10 + (_DIGITS[ones] if ones else 0)


def _count(word: str) -> int:
    return _ENGLISH_NUMBERS.get(word) or int(word)


def _safe(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _months_on(today: date, months: int) -> tuple[int, int]:
    count = today.year * 12 + today.month - 1 + months
    return count // 12, count % 12 + 1


def _last_day(today: date, months: int) -> date:
    year, month = _months_on(today, months)
    return date(year, month, calendar.monthrange(year, month)[1])


def _first_day(today: date, months: int | None) -> date:
    """Return the first of a month; without a count the next first to come."""
    return date(*_months_on(today, int(today.day > 1) if months is None else months), 1)


def _end_of_quarter(today: date, quarters: int) -> date:
    return _last_day(today, 2 - (today.month - 1) % 3 + 3 * quarters)


def _weekday(today: date, weekday: int, weeks: int | None) -> date:
    """Return that weekday so many weeks on; without a count, the next one to come."""
    if weeks is None:
        return today + timedelta((weekday - today.weekday() - 1) % 7 + 1)
    return today - timedelta(today.weekday()) + timedelta(7 * weeks + weekday)


def _last_weekday(today: date, weekday: int) -> date:
    """Return the last such weekday that is over."""
    return today - timedelta((today.weekday() - weekday - 1) % 7 + 1)


def _coming(today: date, month: int, day: int) -> date | None:
    this_year = _safe(today.year, month, day)
    return this_year if this_year is None or this_year >= today else _safe(today.year + 1, month, day)


def _day_of_month(today: date, day: int, months: int | None) -> date | None:
    if months is None:
        months = 0 if day >= today.day else 1
    return _safe(*_months_on(today, months), day)


def _week_of(match: Match[str], today: date) -> date:
    return _weekday(today, _WEEKDAYS[match[2]], _WEEKS[match[1] or ""])


def _end_of(today: date, month: int) -> date | None:
    if not 1 <= month <= 12:
        return None
    return _last_day(today, (month - today.month) % 12)


def _before(day: date | None, today: date) -> date | None:
    """Return the day before, but not one gone by."""
    return max(day - timedelta(1), today) if day is not None else None


def _around_feast(word: str, today: date, step: int) -> date | None:
    """Return the working day next to the days off around a feast: the last before (-1) or the first after (1)."""
    feasts = [_feasts(year).get(_FEASTS[word]) for year in (today.year, today.year + 1)]
    near = [_beside(day, step) for day in feasts if day is not None]
    return next((day for day in near if day >= today), None)


def _beside(day: date, step: int) -> date:
    china = _china(day.year)
    while not china.is_working_day(day):
        day += timedelta(step)
    return day


@cache
def _feasts(year: int) -> dict[str, date]:
    """Return the first day of each feast of a year, by its Chinese name."""
    named = sorted(_china(year).items(), reverse=True)
    return {feast: day for day, name in named for feast in set(_FEASTS.values()) if name.startswith(feast)}


@cache
def _china(year: int) -> HolidayBase:
    return country_holidays("CN", years=[year], language="zh_CN")


_SHIFTS = {
    "今天": 0, "今日": 0, "今晚": 0, "明天": 1, "明日": 1, "明早": 1, "明晚": 1, "后天": 2, "大后天": 3,
    "today": 0, "tonight": 0, "tomorrow": 1, "the day after tomorrow": 2, "day after tomorrow": 2,
}  # fmt: skip
_WEEKS = {"": None, "本": 0, "这": 0, "这个": 0, "下": 1, "下个": 1, "下下": 2, "下下个": 2, "this": 0, "next": 1}
_MONTHS_ON = {"": None, "本": 0, "这个": 0, "这": 0, "下": 1, "下个": 1}
_TENTHS = {"上": 5, "中": 15, "下": 25}
_LATER = r"(?:之?后|以后|过后)"
_THIS = r"(下下个?|下个?|这个?|本)"
_MONTH = r"(本|这个|这|下个|下)月"

_LENGTHS: list[tuple[str, Callable[[Match[str]], int]]] = [
    (rf"(?<!\d){_N}年半", lambda m: 12 * _number(m[1]) + 6),
    (r"半年期?", lambda m: 6),
    (rf"(?<!\d){_N}年期?", lambda m: 12 * _number(m[1])),
    (rf"(?<!\d){_N}个月", lambda m: _number(m[1])),
    (rf"\b{_E} years?", lambda m: 12 * _count(m[1].lower())),
    (rf"\b{_E} months?", lambda m: _count(m[1].lower())),
]
_SURE: list[tuple[str, Reading]] = [
    (r"(大后天|(?<!大)后天|明天|明日|今天|今日|明早|今晚|明晚)", lambda m, t: t + timedelta(_SHIFTS[m[1]])),
    (r"\b((?:the )?day after tomorrow|tomorrow|today|tonight)\b", lambda m, t: t + timedelta(_SHIFTS[m[1]])),
    (rf"{_N}\s*[天日]{_LATER}", lambda m, t: t + timedelta(_number(m[1]))),
    (rf"(?:过|再过){_N}\s*天", lambda m, t: t + timedelta(_number(m[1]))),
    (rf"{_N}\s*天(?:之?内|以内)", lambda m, t: t + timedelta(_number(m[1]))),
    (rf"{_N}\s*个?{_WEEK}{_LATER}", lambda m, t: t + timedelta(weeks=_number(m[1]))),
    (rf"{_N}\s*个?{_WEEK}(?:之?内|以内)", lambda m, t: t + timedelta(weeks=_number(m[1]))),
    (rf"{_N}\s*个月{_LATER}", lambda m, t: months_later(t, _number(m[1]))),
    (rf"(?<![第年]){_N}月{_LATER}", lambda m, t: months_later(t, _number(m[1]))),
    (rf"半个?月{_LATER}", lambda m, t: t + timedelta(15)),
    (rf"{_N}个半月{_LATER}", lambda m, t: months_later(t, _number(m[1])) + timedelta(15)),
    (rf"半年{_LATER}", lambda m, t: months_later(t, 6)),
    (rf"{_THIS}{_WEEK}([一二三四五六日天末])", lambda m, t: _weekday(t, _WEEKDAYS[m[2]], _WEEKS[m[1]])),
    (rf"(?<![下本这每上个隔]){_WEEK}([一二三四五六日天末])", lambda m, t: _weekday(t, _WEEKDAYS[m[1]], None)),
    (rf"(下下个?|下个?){_WEEK}(?![一二三四五六日天末期])", lambda m, t: _weekday(t, 0, _WEEKS[m[1]])),
    (rf"(?:本|这个?){_WEEK}(?:之?内|以内)", lambda m, t: max(_weekday(t, 4, 0), t)),
    (rf"{_THIS}?{_WEEK}([一二三四五六日天末])(?:之?前|以前)", lambda m, t: _before(_week_of(m, t), t)),
    (rf"(?:{_MONTH}|当月|月)(?:底|末)(?:之?前|以前)?", lambda m, t: _last_day(t, _MONTHS_ON[m[1] or "本"] or 0)),
    (rf"{_MONTH}初", lambda m, t: _first_day(t, _MONTHS_ON[m[1]])),
    (rf"{_MONTH}(上|中|下)旬", lambda m, t: _day_of_month(t, _TENTHS[m[2]], _MONTHS_ON[m[1]])),
    (rf"(?<!\d){_N}月(?:份)?底", lambda m, t: _end_of(t, _number(m[1]))),
    (rf"(?<!\d){_N}月(上|中|下)旬", lambda m, t: _coming(t, _number(m[1]), _TENTHS[m[2]])),
    (rf"(?<!\d){_N}月初", lambda m, t: _coming(t, _number(m[1]), 1)),
    (r"(?:年底|年末)", lambda m, t: date(t.year, 12, 31)),
    (r"(?:本|这个?)?季度?[末底]", lambda m, t: _end_of_quarter(t, 0)),
    (r"下个?季度(?:初)?", lambda m, t: _end_of_quarter(t, 0) + timedelta(1)),
    (rf"{_MONTH}{_N}[号日]", lambda m, t: _day_of_month(t, _number(m[2]), _MONTHS_ON[m[1]])),
    (rf"(?<![\d年]){_N}月{_N}[号日]?(?![\d天月个])", lambda m, t: _coming(t, _number(m[1]), _number(m[2]))),
    (
        rf"(?<![\d年]){_N}月{_N}[号日]?(?:之?前|以前)",
        lambda m, t: _before(_coming(t, _number(m[1]), _number(m[2])), t),
    ),
    (rf"(?<![\d月.#第]){_N}号{_NOT_A_DAY}", lambda m, t: _day_of_month(t, _number(m[1]), None)),
    (rf"(?<![\d月.#第]){_N}号(?:之?前|以前)", lambda m, t: _before(_day_of_month(t, _number(m[1]), None), t)),
    (r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?", lambda m, t: _safe(int(m[1]), int(m[2]), int(m[3]))),
    (rf"({_FEAST})节?{_LATER}", lambda m, t: _around_feast(m[1], t, 1)),
    (rf"({_FEAST})节?(?:之?前|以前)", lambda m, t: _around_feast(m[1], t, -1)),
    (rf"\bafter (?:the )?({_ENGLISH_FEAST})\b", lambda m, t: _around_feast(m[1], t, 1)),
    (rf"\b(?:before|by) (?:the )?({_ENGLISH_FEAST})\b", lambda m, t: _around_feast(m[1], t, -1)),
    (rf"\b(?:in |within )?{_E} days?(?: from now| from today| later)\b", lambda m, t: t + timedelta(_count(m[1]))),
    (rf"\b(?:in|within) {_E} days?\b", lambda m, t: t + timedelta(_count(m[1]))),
    (rf"\b(?:in|within) {_E} weeks?\b", lambda m, t: t + timedelta(weeks=_count(m[1]))),
    (rf"\b{_E} weeks?(?: from now| from today| later)\b", lambda m, t: t + timedelta(weeks=_count(m[1]))),
    (rf"\b(?:in|within) {_E} months?\b", lambda m, t: months_later(t, _count(m[1]))),
    (r"\bin half a month\b", lambda m, t: t + timedelta(15)),
    (r"\bin a fortnight\b", lambda m, t: t + timedelta(14)),
    (rf"\b(this|next) {_D}\b", lambda m, t: _weekday(t, _ENGLISH_DAYS[m[2]], _WEEKS[m[1]])),
    (r"\bnext week\b", lambda m, t: _weekday(t, 0, 1)),
    (r"\bnext month\b", lambda m, t: months_later(t, 1)),
    (r"\bend of (?:the |this )?week\b", lambda m, t: max(_weekday(t, 4, 0), t)),
    (r"\bend of next week\b", lambda m, t: _weekday(t, 4, 1)),
    (r"\b(?:the )?end of (?:the |this )?month\b", lambda m, t: _last_day(t, 0)),
    (r"\b(?:the )?end of next month\b", lambda m, t: _last_day(t, 1)),
    (r"\b(?:the )?(?:beginning|start) of next month\b", lambda m, t: _first_day(t, 1)),
    (r"\b(?:the )?end of (?:the |this )?quarter\b", lambda m, t: _end_of_quarter(t, 0)),
    (r"\b(?:the )?end of (?:the |this )?year\b", lambda m, t: date(t.year, 12, 31)),
    (rf"\b(\d{{1,2}})(?:st|nd|rd|th)? (?:of )?{_M}\b(?! \d{{4}})", lambda m, t: _coming(t, _MONTHS[m[2]], int(m[1]))),
    (rf"\b{_M} (\d{{1,2}})(?:st|nd|rd|th)?\b(?!,? \d{{4}})", lambda m, t: _coming(t, _MONTHS[m[1]], int(m[2]))),
    (
        rf"\b(\d{{1,2}})(?:st|nd|rd|th)? (?:of )?{_M} (\d{{4}})\b",
        lambda m, t: _safe(int(m[3]), _MONTHS[m[2]], int(m[1])),
    ),
    (rf"\b{_M} (\d{{1,2}})(?:st|nd|rd|th)?,? (\d{{4}})\b", lambda m, t: _safe(int(m[3]), _MONTHS[m[1]], int(m[2]))),
    (r"\bon the (\d{1,2})(?:st|nd|rd|th)\b", lambda m, t: _day_of_month(t, int(m[1]), None)),
    (rf"\b(?:on )?{_FULL_D}\b", lambda m, t: _weekday(t, _ENGLISH_DAYS[m[1][:3]], None)),
    (rf"\b(?:before|by) {_D}\b", lambda m, t: _before(_weekday(t, _ENGLISH_DAYS[m[1]], None), t)),
]
"""What means a day wherever it stands."""

_READINGS: list[tuple[str, Reading]] = [
    *_SURE,
    (r"下个?月", lambda m, t: months_later(t, 1)),
    (r"月初", lambda m, t: _first_day(t, None)),
    (r"月中", lambda m, t: _day_of_month(t, 15, None)),
    (r"半个?月", lambda m, t: t + timedelta(15)),
    (rf"{_N}\s*天", lambda m, t: t + timedelta(_number(m[1]))),
    (rf"{_N}[号日]", lambda m, t: _day_of_month(t, _number(m[1]), None)),
    (r"(\d{1,2})[/.-](\d{1,2})", lambda m, t: _coming(t, int(m[1]), int(m[2]))),
    (r"(?:the )?(\d{1,2})(?:st|nd|rd|th)", lambda m, t: _day_of_month(t, int(m[1]), None)),
    (rf"(?:on )?{_D}", lambda m, t: _weekday(t, _ENGLISH_DAYS[m[1]], None)),
]
"""What means a day when nothing else was typed."""

_SHIFTS_BACK = {
    "昨天": 1, "昨日": 1, "前天": 2, "前日": 2, "大前天": 3, "yesterday": 1,
    "the day before yesterday": 2, "day before yesterday": 2,
}  # fmt: skip
_AGO = r"(?:之?前|以前)"
_GONE_BY: list[tuple[str, Reading]] = [
    (rf"({'|'.join(_SHIFTS_BACK)})", lambda m, t: t - timedelta(_SHIFTS_BACK[m[1]])),
    (rf"(上+)个?{_WEEK}([一二三四五六日天末])", lambda m, t: _weekday(t, _WEEKDAYS[m[2]], -len(m[1]))),
    (rf"(上+)个?{_WEEK}", lambda m, t: _weekday(t, 0, -len(m[1]))),
    (rf"{_N}\s*[天日]{_AGO}", lambda m, t: t - timedelta(_number(m[1]))),
    (rf"{_N}\s*个?{_WEEK}{_AGO}", lambda m, t: t - timedelta(weeks=_number(m[1]))),
    (rf"{_N}\s*个月{_AGO}", lambda m, t: months_later(t, -_number(m[1]))),
    (rf"半个?月{_AGO}", lambda m, t: t - timedelta(15)),
    (rf"半年{_AGO}", lambda m, t: months_later(t, -6)),
    (r"上个?月", lambda m, t: months_later(t, -1)),
    (r"上个?月底", lambda m, t: _last_day(t, -1)),
    (rf"上个?月{_N}[号日]", lambda m, t: _day_of_month(t, _number(m[1]), -1)),
    (rf"去年{_N}月{_N}[号日]?", lambda m, t: _safe(t.year - 1, _number(m[1]), _number(m[2]))),
    (rf"{_E} days? ago", lambda m, t: t - timedelta(_count(m[1]))),
    (rf"{_E} weeks? ago", lambda m, t: t - timedelta(weeks=_count(m[1]))),
    (rf"{_E} months? ago", lambda m, t: months_later(t, -_count(m[1]))),
    (rf"(?:on )?last {_D}", lambda m, t: _last_weekday(t, _ENGLISH_DAYS[m[1]])),
    (r"last week", lambda m, t: _weekday(t, 0, -1)),
    (r"last month", lambda m, t: months_later(t, -1)),
]
"""What means a day that is over. In a sentence it says what was, not what is to be."""
