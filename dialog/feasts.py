"""Feasts: the working day before or after the days off around one. It knows China's, and no other country's."""

from __future__ import annotations

from datetime import date, timedelta
from functools import cache

from holidays import HolidayBase, country_holidays

FEASTS = {
    "元旦": "元旦", "新年": "元旦", "春节": "春节", "过年": "春节", "年": "春节", "清明": "清明节", "五一": "劳动节",
    "劳动节": "劳动节", "端午": "端午节", "中秋": "中秋节", "国庆": "国庆节", "十一": "国庆节",
    "new year": "元旦", "spring festival": "春节", "chinese new year": "春节", "labour day": "劳动节",
    "national day": "国庆节", "mid-autumn": "中秋节",
}  # fmt: skip


def around_feast(word: str, today: date, step: int) -> date | None:
    """Return the working day next to the days off around a feast: the last before (-1) or the first after (1)."""
    feasts = [_feasts(year).get(FEASTS[word]) for year in (today.year, today.year + 1)]
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
    return {feast: day for day, name in named for feast in set(FEASTS.values()) if name.startswith(feast)}


@cache
def _china(year: int) -> HolidayBase:
    return country_holidays("CN", years=[year], language="zh_CN")
