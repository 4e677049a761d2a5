# ruff: noqa: ARG005 - every reading takes the match and today, needed or not
"""The phrases that mean a day, each with its reading: 下周三, 三天后, 月底, 国庆节后, next Wed, in 2 weeks, 3 Dec."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from datetime import date, timedelta
from re import Match

from dialog.feasts import FEASTS, around_feast
from dialog.reckoning import (
    coming,
    day_before,
    day_of_month,
    end_of_month,
    end_of_month_in,
    end_of_quarter,
    first_day,
    last_day,
    last_weekday,
    on_weekday,
    same_day,
    valid,
)

_DIGITS = {character: number for number, character in enumerate("零一二三四五六七八九")} | {"两": 2, "〇": 0}
_WEEKDAYS = {c: n for n, c in enumerate("一二三四五六")} | {"日": 6, "天": 6, "末": 5}
_ENGLISH_DAYS = {name: n for n, name in enumerate(("mon", "tue", "wed", "thu", "fri", "sat", "sun"))}
_MONTHS = {
    name: n
    for n, name in enumerate(("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"), 1)
}
_ENGLISH_NUMBERS = {"a": 1, "an": 1, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "ten": 10}
_ONE = "零〇一二两三四五六七八九"
_N = rf"(\d{{1,3}}|(?<![{_ONE}十])(?:[{_ONE[3:]}]?十[{_ONE[2:]}]?|[{_ONE}]))"
_E = rf"(\d{{1,3}}|{'|'.join(_ENGLISH_NUMBERS)})"
_D = r"(mon|tue|wed|thu|fri|sat|sun)(?:day|s|sday|nesday|rs|rsday|urday)?"
_M = r"(jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)(?:uary|ruary|ch|il|e|y|ust|t|tember|ober|ember)?"
_FULL_D = r"(mon|tues?|wednes|thurs?|fri|satur|sun)day"
_WEEK = r"(?:周|星期|礼拜)"
_SOMES = {"一两": 2, "两三": 3, "三四": 4, "三五": 5, "四五": 5, "五六": 6, "七八": 8}
"""So many or so many: the later one, for nobody is expected before."""
_SOME = f"({'|'.join(_SOMES)})"
_YEARS = {"今年": 0, "本年": 0, "明年": 1, "后年": 2}
_FEAST = "|".join(sorted((word for word in FEASTS if not word.isascii()), key=len, reverse=True))
_ENGLISH_FEAST = "|".join(sorted((word for word in FEASTS if word.isascii()), key=len, reverse=True))
_NOT_A_DAY = (
    r"(?!\s*(?:生?产?线|机|楼|门|车|店|库|泵|炉|罐|塔|仓|窑|轴|柜|站|井|阀|段|厂|房|位|炉|设备|装置|电机|电梯|电炉|高炉|转炉"
    r"|钢|油|液压|齿轮|导轨|柴油|汽油|润滑|合同|订单|工|文|桩|桥|件|箱|样|模|台|槽|磨|皮带|输送))"
)
"""What a number with 号 counts when it names a thing: 3号线, 15号机, 45号钢."""
_TO_DO = (
    r"(?=\s*(?:再|回访|拜访|走访|上门|过?去|过?来(?![料货电函])|见面|见(?!效)|碰头|交|发|送|寄|报价|给|安装|调试|检修|培训|开会|付"
    r"|上午|下午|早上|晚上|中午|\d{1,2}[点时:])(?![了过的]))"
)
"""What follows a day by which something is to be done; without it 25日 or 4/15 in a sentence may mean anything."""
Reading = Callable[[Match[str], date], date | None]
Readings = Sequence[tuple[str, Reading]]


def _number(word: str) -> int:
    if word.isdigit():
        return int(word)
    if "十" not in word:
        return _DIGITS[word]
    tens, _ten, ones = word.partition("十")
    return (_DIGITS[tens] if tens else 1) * 10 + (_DIGITS[ones] if ones else 0)


def _count(word: str) -> int:
    return _ENGLISH_NUMBERS.get(word) or int(word)


def _week_of(match: Match[str], today: date) -> date:
    return on_weekday(today, _WEEKDAYS[match[2]], _WEEKS[match[1] or ""])


_SHIFTS = {
    "今天": 0, "今日": 0, "今晚": 0, "明天": 1, "明日": 1, "明早": 1, "明晚": 1, "后天": 2, "大后天": 3,
    "today": 0, "tonight": 0, "tomorrow": 1, "the day after tomorrow": 2, "day after tomorrow": 2,
}  # fmt: skip
_WEEKS = {"": None, "本": 0, "这": 0, "这个": 0, "下": 1, "下个": 1, "下下": 2, "下下个": 2, "this": 0, "next": 1}
_MONTHS_ON = {"": None, "本": 0, "这个": 0, "这": 0, "下": 1, "下个": 1, "下下": 2, "下下个": 2}
_TENTHS = {"上": 5, "中": 15, "下": 25}
_LATER = r"(?:之?后|以后|过后)"
_THIS = r"(下下个?|下个?|这个?|本)"
_MONTH = r"(本|这个|这|下下个?|下个?)月"
SURE: list[tuple[str, Reading]] = [
    (r"(大后天|(?<!大)后天|明天|明日|今天|今日|明早|今晚|明晚)", lambda m, t: t + timedelta(_SHIFTS[m[1]])),
    (r"\b((?:the )?day after tomorrow|tomorrow|today|tonight)\b", lambda m, t: t + timedelta(_SHIFTS[m[1]])),
    (rf"{_N}\s*[天日]{_LATER}", lambda m, t: t + timedelta(_number(m[1]))),
    (rf"(?:过|再过){_N}\s*天", lambda m, t: t + timedelta(_number(m[1]))),
    (rf"{_N}\s*天(?:之?内|以内)", lambda m, t: t + timedelta(_number(m[1]))),
    (rf"{_N}\s*个?{_WEEK}{_LATER}", lambda m, t: t + timedelta(weeks=_number(m[1]))),
    (rf"{_N}\s*个?{_WEEK}(?:之?内|以内)", lambda m, t: t + timedelta(weeks=_number(m[1]))),
    (rf"{_N}\s*个月{_LATER}", lambda m, t: same_day(t, _number(m[1]))),
    (rf"(?<![第年]){_N}月{_LATER}", lambda m, t: same_day(t, _number(m[1]))),
    (rf"半个?月{_LATER}", lambda m, t: t + timedelta(15)),
    (rf"{_N}个半月{_LATER}", lambda m, t: same_day(t, _number(m[1])) + timedelta(15)),
    (rf"半年{_LATER}", lambda m, t: same_day(t, 6)),
    (rf"{_N}年{_LATER}", lambda m, t: same_day(t, 12 * _number(m[1]))),
    (rf"{_SOME}\s*[天日]{_LATER}", lambda m, t: t + timedelta(_SOMES[m[1]])),
    (rf"{_SOME}\s*个?{_WEEK}{_LATER}", lambda m, t: t + timedelta(weeks=_SOMES[m[1]])),
    (rf"{_SOME}\s*个?月{_LATER}", lambda m, t: same_day(t, _SOMES[m[1]])),
    (rf"{_THIS}{_WEEK}([一二三四五六日天末])", lambda m, t: on_weekday(t, _WEEKDAYS[m[2]], _WEEKS[m[1]])),
    (rf"(?<![下本这每上个隔]){_WEEK}([一二三四五六日天末])", lambda m, t: on_weekday(t, _WEEKDAYS[m[1]], None)),
    (rf"(下下个?|下个?){_WEEK}(?![一二三四五六日天末期])", lambda m, t: on_weekday(t, 0, _WEEKS[m[1]])),
    (rf"(?:本|这个?){_WEEK}(?:之?内|以内)", lambda m, t: max(on_weekday(t, 4, 0), t)),
    (rf"{_THIS}?{_WEEK}([一二三四五六日天末])(?:之?前|以前)", lambda m, t: day_before(_week_of(m, t), t)),
    (rf"(?:{_MONTH}|当月|月)(?:底|末)(?:之?前|以前)?", lambda m, t: last_day(t, _MONTHS_ON[m[1] or "本"] or 0)),
    (rf"{_MONTH}初", lambda m, t: first_day(t, _MONTHS_ON[m[1]])),
    (rf"{_MONTH}(上|中|下)旬", lambda m, t: day_of_month(t, _TENTHS[m[2]], _MONTHS_ON[m[1]])),
    (rf"(?<!\d){_N}月(?:份)?底", lambda m, t: end_of_month(t, _number(m[1]))),
    (rf"(?<!\d){_N}月(上|中|下)旬", lambda m, t: coming(t, _number(m[1]), _TENTHS[m[2]])),
    (rf"(?<!\d){_N}月初", lambda m, t: coming(t, _number(m[1]), 1)),
    (r"(今年|本年|明年|后年)年?[底末](?:之?前|以前)?", lambda m, t: date(t.year + _YEARS[m[1]], 12, 31)),
    (r"(?<![去前今本明后年\d])年[底末](?:之?前|以前)?", lambda m, t: date(t.year, 12, 31)),
    (r"(?<!\d)(20\d\d)年[底末](?:之?前|以前)?", lambda m, t: date(int(m[1]), 12, 31)),
    (rf"(明年|后年){_N}月{_N}[号日]?", lambda m, t: valid(t.year + _YEARS[m[1]], _number(m[2]), _number(m[3]))),
    (
        rf"(明年|后年){_N}月(?:份|初)?(?![\d{_ONE}十底末上中下])",
        lambda m, t: valid(t.year + _YEARS[m[1]], _number(m[2]), 1),
    ),
    (rf"(明年|后年){_N}月(?:份)?[底末]", lambda m, t: end_of_month_in(t.year + _YEARS[m[1]], _number(m[2]))),
    (r"(明年|后年)(?:年)?初", lambda m, t: date(t.year + _YEARS[m[1]], 1, 1)),
    (r"(?:本|这个?)?季度?[末底]", lambda m, t: end_of_quarter(t, 0)),
    (r"下个?季度(?:初)?", lambda m, t: end_of_quarter(t, 0) + timedelta(1)),
    (rf"{_MONTH}{_N}[号日]", lambda m, t: day_of_month(t, _number(m[2]), _MONTHS_ON[m[1]])),
    (rf"(?<![\d年]){_N}月{_N}[号日]?(?![\d天月个])", lambda m, t: coming(t, _number(m[1]), _number(m[2]))),
    (
        rf"(?<![\d年]){_N}月{_N}[号日]?(?:之?前|以前)",
        lambda m, t: day_before(coming(t, _number(m[1]), _number(m[2])), t),
    ),
    (rf"(?<![\d月.#第]){_N}号{_NOT_A_DAY}", lambda m, t: day_of_month(t, _number(m[1]), None)),
    (rf"(?<![\d月.#第]){_N}号(?:之?前|以前)", lambda m, t: day_before(day_of_month(t, _number(m[1]), None), t)),
    (rf"(?<![\d月.#第]){_N}日{_TO_DO}", lambda m, t: day_of_month(t, _number(m[1]), None)),
    (rf"(?<![\d/.])(\d{{1,2}})/(\d{{1,2}}){_TO_DO}", lambda m, t: coming(t, int(m[1]), int(m[2]))),
    (r"\bon (\d{1,2})/(\d{1,2})(?![\d/])", lambda m, t: coming(t, int(m[1]), int(m[2]))),
    (rf"(下下个?|下个?)月{_TO_DO}", lambda m, t: same_day(t, _MONTHS_ON[m[1]] or 0)),
    (r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?", lambda m, t: valid(int(m[1]), int(m[2]), int(m[3]))),
    (rf"({_FEAST})节?{_LATER}", lambda m, t: around_feast(m[1], t, 1)),
    (rf"({_FEAST})节?(?:之?前|以前)", lambda m, t: around_feast(m[1], t, -1)),
    (rf"\bafter (?:the )?({_ENGLISH_FEAST})\b", lambda m, t: around_feast(m[1], t, 1)),
    (rf"\b(?:before|by) (?:the )?({_ENGLISH_FEAST})\b", lambda m, t: around_feast(m[1], t, -1)),
    (rf"\b(?:in |within )?{_E} days?(?: from now| from today| later)\b", lambda m, t: t + timedelta(_count(m[1]))),
    (rf"\b(?:in|within) {_E} days?\b", lambda m, t: t + timedelta(_count(m[1]))),
    (rf"\b(?:in|within) {_E} weeks?\b", lambda m, t: t + timedelta(weeks=_count(m[1]))),
    (rf"\b{_E} weeks?(?: from now| from today| later)\b", lambda m, t: t + timedelta(weeks=_count(m[1]))),
    (rf"\b(?:in|within) {_E} months?\b", lambda m, t: same_day(t, _count(m[1]))),
    (r"\bin half a month\b", lambda m, t: t + timedelta(15)),
    (r"\b(?:in |within )?a fortnight(?: from now| from today| later)?\b", lambda m, t: t + timedelta(14)),
    (rf"\b(?:in|within) {_E} years?\b", lambda m, t: same_day(t, 12 * _count(m[1]))),
    (r"\beom\b", lambda m, t: last_day(t, 0)),
    (r"\beoy\b", lambda m, t: date(t.year, 12, 31)),
    (rf"\b(this|next) {_D}\b", lambda m, t: on_weekday(t, _ENGLISH_DAYS[m[2]], _WEEKS[m[1]])),
    (r"\bnext week\b", lambda m, t: on_weekday(t, 0, 1)),
    (r"\bnext month\b", lambda m, t: same_day(t, 1)),
    (r"\bend of (?:the |this )?week\b", lambda m, t: max(on_weekday(t, 4, 0), t)),
    (r"\bend of next week\b", lambda m, t: on_weekday(t, 4, 1)),
    (r"\b(?:the )?end of (?:the |this )?month\b", lambda m, t: last_day(t, 0)),
    (r"\b(?:the )?end of next month\b", lambda m, t: last_day(t, 1)),
    (r"\b(?:the )?(?:beginning|start) of next month\b", lambda m, t: first_day(t, 1)),
    (r"\b(?:the )?end of (?:the |this )?quarter\b", lambda m, t: end_of_quarter(t, 0)),
    (r"\b(?:the )?end of (?:the |this )?year\b", lambda m, t: date(t.year, 12, 31)),
    (
        rf"\b(\d{{1,2}})(?:st|nd|rd|th)? (?:of )?{_M}\b(?! \d{{4}})",
        lambda m, t: coming(t, _MONTHS[m[2]], int(m[1])),
    ),
    (rf"\b{_M} (\d{{1,2}})(?:st|nd|rd|th)?\b(?!,? \d{{4}})", lambda m, t: coming(t, _MONTHS[m[1]], int(m[2]))),
    (
        rf"\b(\d{{1,2}})(?:st|nd|rd|th)? (?:of )?{_M} (\d{{4}})\b",
        lambda m, t: valid(int(m[3]), _MONTHS[m[2]], int(m[1])),
    ),
    (
        rf"\b{_M} (\d{{1,2}})(?:st|nd|rd|th)?,? (\d{{4}})\b",
        lambda m, t: valid(int(m[3]), _MONTHS[m[1]], int(m[2])),
    ),
    (r"\bon the (\d{1,2})(?:st|nd|rd|th)\b", lambda m, t: day_of_month(t, int(m[1]), None)),
    (rf"\b(?:on )?{_FULL_D}\b", lambda m, t: on_weekday(t, _ENGLISH_DAYS[m[1][:3]], None)),
    (rf"\bby {_D}\b", lambda m, t: on_weekday(t, _ENGLISH_DAYS[m[1]], None)),
    (rf"\bbefore {_D}\b", lambda m, t: day_before(on_weekday(t, _ENGLISH_DAYS[m[1]], None), t)),
]
"""What means a day wherever it stands."""
ALONE: list[tuple[str, Reading]] = [
    *SURE,
    (r"(下下个?|下个?)月", lambda m, t: same_day(t, _MONTHS_ON[m[1]] or 0)),
    (r"月初", lambda m, t: first_day(t, None)),
    (r"月中", lambda m, t: day_of_month(t, 15, None)),
    (r"半个?月", lambda m, t: t + timedelta(15)),
    (r"半年", lambda m, t: same_day(t, 6)),
    (rf"{_N}年", lambda m, t: same_day(t, 12 * _number(m[1]))),
    (r"fortnight", lambda m, t: t + timedelta(14)),
    (rf"{_N}\s*天", lambda m, t: t + timedelta(_number(m[1]))),
    (rf"{_N}[号日]", lambda m, t: day_of_month(t, _number(m[1]), None)),
    (r"(\d{1,2})[/.-](\d{1,2})", lambda m, t: coming(t, int(m[1]), int(m[2]))),
    (r"(?:the )?(\d{1,2})(?:st|nd|rd|th)", lambda m, t: day_of_month(t, int(m[1]), None)),
    (rf"(?:on )?{_D}", lambda m, t: on_weekday(t, _ENGLISH_DAYS[m[1]], None)),
]
"""What means a day when nothing else was typed."""
_SHIFTS_BACK = {
    "昨天": 1, "昨日": 1, "前天": 2, "前日": 2, "大前天": 3, "yesterday": 1,
    "the day before yesterday": 2, "day before yesterday": 2,
}  # fmt: skip
_AGO = r"(?:之?前|以前)"
GONE_BY: list[tuple[str, Reading]] = [
    (rf"({'|'.join(_SHIFTS_BACK)})", lambda m, t: t - timedelta(_SHIFTS_BACK[m[1]])),
    (rf"(上+)个?{_WEEK}([一二三四五六日天末])", lambda m, t: on_weekday(t, _WEEKDAYS[m[2]], -len(m[1]))),
    (rf"(上+)个?{_WEEK}", lambda m, t: on_weekday(t, 0, -len(m[1]))),
    (rf"{_N}\s*[天日]{_AGO}", lambda m, t: t - timedelta(_number(m[1]))),
    (rf"{_N}\s*个?{_WEEK}{_AGO}", lambda m, t: t - timedelta(weeks=_number(m[1]))),
    (rf"{_N}\s*个月{_AGO}", lambda m, t: same_day(t, -_number(m[1]))),
    (rf"半个?月{_AGO}", lambda m, t: t - timedelta(15)),
    (rf"半年{_AGO}", lambda m, t: same_day(t, -6)),
    (r"上个?月", lambda m, t: same_day(t, -1)),
    (r"上个?月底", lambda m, t: last_day(t, -1)),
    (rf"上个?月{_N}[号日]", lambda m, t: day_of_month(t, _number(m[1]), -1)),
    (rf"去年{_N}月{_N}[号日]?", lambda m, t: valid(t.year - 1, _number(m[1]), _number(m[2]))),
    (rf"{_E} days? ago", lambda m, t: t - timedelta(_count(m[1]))),
    (rf"{_E} weeks? ago", lambda m, t: t - timedelta(weeks=_count(m[1]))),
    (rf"{_E} months? ago", lambda m, t: same_day(t, -_count(m[1]))),
    (rf"(?:on )?last {_D}", lambda m, t: last_weekday(t, _ENGLISH_DAYS[m[1]])),
    (r"last week", lambda m, t: on_weekday(t, 0, -1)),
    (r"last month", lambda m, t: same_day(t, -1)),
]
"""What means a day that is over. In a sentence it says what was, not what is to be."""

IN_SENTENCES = [(re.compile(pattern), reading) for pattern, reading in (*SURE, *GONE_BY)]
"""What is looked for in every sentence that is sent, so it is read once."""
IN_CHINESE = [(pattern, reading) for pattern, reading in IN_SENTENCES if not pattern.pattern.isascii()]
"""Those that a sentence without letters may hold: an English day has some."""

LENGTHS: list[tuple[re.Pattern[str], Callable[[Match[str]], int]]] = [
    (re.compile(rf"{pattern}(?=$|[\s,，、;；.。])", re.IGNORECASE), months)
    for pattern, months in (
        (rf"(?<!\d){_N}年半", lambda m: 12 * _number(m[1]) + 6),
        (r"半年期?", lambda m: 6),
        (rf"(?<!\d){_N}年期?", lambda m: 12 * _number(m[1])),
        (rf"(?<!\d){_N}个月", lambda m: _number(m[1])),
        (rf"\b{_E} years?", lambda m: 12 * _count(m[1].lower())),
        (rf"\b{_E} months?", lambda m: _count(m[1].lower())),
    )
]
"""What means a time of so many months. Where more follows without a blank, as in 一年质保, it says something else."""
