"""Days gone by in words: which past day a text means, and on which one a sentence says that somebody was there.

``上周五`` and ``昨天下午3点`` are past by themselves; ``周五`` or ``3月5日`` is the last one where a day gone by is
asked for. In a sentence a past day is mostly about something else (上周五发的货): it counts only beside a word for
having been there.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import date, timedelta

from dialog import days, hours
from dialog.days import When

_WEEKDAY = r"(?<![下本这每上个隔])(?:周|星期|礼拜)[一二三四五六日天]|\b(?:mon|tues?|wednes|thurs?|fri|satur|sun)day\b"
_OF_MONTH = r"(?<![\d月.#第])\d{1,2}[号日]"
_OF_YEAR = r"\d{1,2}月\d{1,2}[号日]?|\d{1,2}[/.-]\d{1,2}"
_AGAIN = ((re.compile(_OF_YEAR), 365), (re.compile(_OF_MONTH), 31), (re.compile(_WEEKDAY), 7))
"""What comes again and again, and after how many days at most: the last one is found by looking from so far back."""
_MINE = r"(?:我们?|刚|就|又|也|已经?|还|一起|专程|顺路|(?:和|跟|陪|带|给|与|同)[^,，。;；\s]{1,8}?)*"
_THERE = (
    r"(?:去(?![年掉除油])|到(?![货期位账款港])|拜访|走访|回访|上门|登门|过去|跑了|见(?![效好])|碰[面头]|碰了|面谈|谈|聊|沟通|开会"
    r"|看了|在(?!途)|培训|检修|安装|调试)"
)
_REACHED = r"(?:打|致电|电话|通了?话|通了?电|发|回复|回了|微信|邮件|联系)"
_DONE = r"(?:[^,，。;；\s]{0,6}?[的了过](?![^,，。;；\s]{0,2}(?:话|时候)))"
_ENGLISH = r"(?:i |we )?(?:visited|went|was|were|met|saw|called|talked|discussed)\b"
_LED_TO = re.compile(
    r"(?:补[记录登]?(?:一下|个)?|拜访(?:日期|时间)?[:：是于在]?|日期[:：是]?|\b(?:visited|went|there|met|saw|called)\b[^.,;]{0,40})\s*$"
)
_SAID_BY_OTHERS = re.compile(r"[说讲称]\s*$")
SHARP = re.compile(r"\d\s*[点时:]|[一二三四五六七八九十两]点|\d\s?[ap]m|\bnoon\b")
"""An hour. A part of the day, such as 下午, is none: it stays in the words."""
_GAP = re.compile(r"[\s,，、的]*")
_ENDS = re.compile(r"\s*(?:$|[,，。;；、:：\n])")


@dataclass(frozen=True, slots=True)
class Gone:
    """A day up to today as a sentence names it. ``rest`` is the sentence without that day."""

    when: When
    rest: str


def parse(text: str, today: date) -> When | None:
    """Return the moment up to today that the whole text means, or a later one if it can mean nothing else."""
    bare = unicodedata.normalize("NFKC", text).strip().lower()
    found = days.moment_gone_by(bare, today) or days.parse_moment(bare, today)
    if found is not None and found.day > today:
        found = _last(bare, today) or found
    return found if found is None or SHARP.search(bare) else When(found.day)


def said_in(text: str, today: date, *, from_afar: bool = False) -> Gone | None:
    """Return the day up to today on which a sentence says that one was there; ``from_afar``: called or wrote."""
    bare = unicodedata.normalize("NFKC", text).strip().lower()
    for start, end, day in sorted(days.mentioned(bare, today)):
        named, when = bare[start:end], None
        hour = hours.at(bare, _gap(bare, end))
        behind = hour[1] if hour else end
        if not _was_there(bare, start, behind, from_afar=from_afar):
            continue
        if day <= today:
            when = day
        elif re.match(rf"[\s的]*{_MINE}(?:{_THERE}|{_REACHED}){_DONE}|[\s的]*{_MINE}{_THERE}的", bare[behind:]):
            last = _last(named, today)
            when = last.day if last else None
        if when is not None:
            sharp = hour is not None and bool(SHARP.search(bare[end:behind]))
            return Gone(When(when, hour[0] if hour and sharp else None), bare[:start] + " " + bare[behind:])
    return None


def _last(bare: str, today: date) -> When | None:
    """Return the last such day, of those that come again: 周五, 5号, 3月5日."""
    for pattern, back in _AGAIN:
        if pattern.search(bare):
            found = days.parse_moment(bare, today - timedelta(back))
            return found if found and found.day <= today else None
    return None


def _was_there(bare: str, start: int, end: int, *, from_afar: bool) -> bool:
    """Whether the sentence says so: behind the day, before it, or by saying nothing else in this breath."""
    verbs = f"{_THERE}|{_REACHED}" if from_afar else _THERE
    behind = bare[_gap(bare, end) :]
    if _SAID_BY_OTHERS.search(bare[:start]):
        return False
    if re.match(rf"{_MINE}(?:{verbs})|{_ENGLISH}", behind) or _LED_TO.search(bare[:start]):
        return True
    alone = start == 0 or bool(re.search(r"[\s,，。;；、:：]$", bare[:start]))
    return alone and bool(_ENDS.match(bare, end))


def _gap(bare: str, end: int) -> int:
    match = _GAP.match(bare, end)
    return match.end() if match else end
