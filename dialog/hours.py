"""Times of day in words: ``下午3点``, ``9点半``, ``上午``, ``3pm``, ``15:30``, ``noon``.

An hour from one to six without a word beside it is in the afternoon: nobody visits a customer at three at night.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import time
from re import Match

_PARTS = {
    "凌晨": 5, "清晨": 7, "一早": 8, "早上": 8, "早晨": 8, "早": 8, "上午": 9, "中午": 12, "下午": 14, "傍晚": 18,
    "晚上": 19, "晚": 19, "morning": 9, "noon": 12, "afternoon": 14, "evening": 19,
}  # fmt: skip
"""The hour a part of the day means by itself."""
_AFTER_NOON = {"下午": 12, "傍晚": 12, "晚上": 12, "晚": 12, "中午": 10}
"""Below which hour such a word adds twelve: 下午3点 is 15:00, 中午11点 is 11:00."""
_HOURS = {c: n for n, c in enumerate("零一二三四五六七八九十")} | {"两": 2, "十一": 11, "十二": 12}
_MINUTES = {None: 0, "半": 30, "一刻": 15, "三刻": 45}
_PART = "|".join(word for word in _PARTS if not word.isascii())
_HOUR = rf"\d{{1,2}}|{'|'.join(sorted(_HOURS, key=len, reverse=True))}"

Reading = Callable[[Match[str]], "time | None"]


def at(text: str, start: int = 0) -> tuple[time, int] | None:
    """Return the time of day that begins here and where it ends, or None. The text is in small letters."""
    for pattern, reading in _READINGS:
        match = pattern.match(text, start)
        if match and (hour := reading(match)):
            return hour, match.end()
    return None


def _in_figures(match: Match[str]) -> time | None:
    return _shown(_in_part(int(match[2]), match[1]), int(match[3]))


def _in_chinese(match: Match[str]) -> time | None:
    hour = int(match[2]) if match[2].isdigit() else _HOURS[match[2]]
    hour = hour + 12 if not match[1] and 1 <= hour <= 6 else _in_part(hour, match[1])
    rest = match[3]
    return _shown(hour, _MINUTES[rest] if rest in _MINUTES else int(rest.rstrip("分")))


def _in_halves(match: Match[str]) -> time | None:
    hour = int(match[1])
    return _shown(hour % 12 + (12 if match[3] == "pm" else 0), int(match[2] or 0)) if 1 <= hour <= 12 else None


def _in_part(hour: int, part: str | None) -> int:
    if part in {"晚", "晚上"} and hour in {0, 12}:
        return 0  # midnight, which begins the next day
    return hour + 12 if hour < _AFTER_NOON.get(part or "", 0) else hour


def _shown(hour: int, minute: int) -> time | None:
    return time(hour, minute) if 0 <= hour <= 23 and 0 <= minute <= 59 else None


_READINGS: list[tuple[re.Pattern[str], Reading]] = [
    (re.compile(rf"(?:({_PART})\s*|at )?(\d{{1,2}}):(\d\d)(?!\d)(?!\s?[ap]m)"), _in_figures),
    (re.compile(rf"({_PART})?\s*({_HOUR})[点时](?:整|钟|(半|一刻|三刻|\d{{1,2}}分?))?"), _in_chinese),
    (re.compile(r"(?:at )?(\d{1,2})(?::(\d\d))?\s?(am|pm)\b"), _in_halves),
    (re.compile(rf"({_PART})"), lambda m: time(_PARTS[m[1]])),
    (re.compile(r"(?:in the |at )?(morning|noon|afternoon|evening)\b"), lambda m: time(_PARTS[m[1]])),
]
