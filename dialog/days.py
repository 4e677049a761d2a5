"""Days in words: ``下周三``, ``三天后``, ``月底``, ``国庆节后``, ``next Wed``, ``in 2 weeks``, ``3 Dec``.

A week begins on Monday. A weekday alone is the next one to come; *next* means the week after this one. *Before* a
day, 周五前, means the day before it, so that the promise is kept either way; *by Friday* is Friday. Before or after a
feast means the last working day before its days off, or the first one after them. Why this is our own:
``docs/decisions/0006``.
"""

from __future__ import annotations

import re
import unicodedata
from calendar import monthrange
from dataclasses import dataclass
from datetime import date, time, timedelta

from dialog import hours
from dialog.day_phrases import ALONE, GONE_BY, IN_CHINESE, IN_SENTENCES, LENGTHS, Readings
from dialog.reckoning import last_day

_SHORT = {"昨": "昨天", "今": "今天", "明": "明天", "后": "后天", "last": "yesterday", "this": "today"}
"""How a day is cut short before a part of it: 明晚, this afternoon, last evening."""
_MIDNIGHT = re.compile(r"晚上?\s*(?:12|0|十二|零)[点时:]")
"""An hour of tonight that is tomorrow by the calendar: 今晚12点."""
_ALMOST_A_YEAR = timedelta(days=305)
_OF_THE_YEAR = re.compile(r"\d{1,2}月\d{1,2}[号日]?|\d{1,2}/\d{1,2}")
_THEN = re.compile(r"(?:上次|上回|那次|当时|之前)的?\s*$")
_DENIED = re.compile(r"(?:(?<![特级类区分])别|不要|不用|不必|不是)\s*$")
_NOT_FOR_IT = re.compile(
    r"(?:上午|下午|早上|晚上)?(?:生产|制造|出厂|发货?|送货?|交货?|到货?|寄|买|采购|签|装|安装|换|更换|做|订|下单|修|维修|收到?|提|报)"
    r"(?:了|过|来|给[我你他她]们?|去)*的"
    r"|(?:上午|下午|早上|晚上)?[^,，。;；\s]{0,3}?(?:没空|没时间|没有空|没有时间|不在|不方便|不行|不用[去来]|不[去来]|不上班|(?:休息|放假)(?!之?[前后]))"
)
_BETWEEN = " \n\t,，、;；:：。."
_LETTER = re.compile("[a-z]")


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
    return _moment(_plain(text), today, ALONE)


def gone_by(text: str, today: date) -> date | None:
    """Return the day before today that the whole text means, such as 昨天 or last Friday, or None."""
    found = moment_gone_by(text, today)
    return found.day if found else None


def moment_gone_by(text: str, today: date) -> When | None:
    """Return the day before today that the whole text means, with its time of day if it names one, or None."""
    found = _moment(_plain(text), today, GONE_BY)
    return found if found and found.day < today else None


def _moment(bare: str, today: date, readings: Readings) -> When | None:
    if day := _whole(bare, today, readings):
        return When(day)
    for start in range(len(bare)):
        found = hours.at(bare, start)
        if found is None:
            continue
        hour, end = found
        before, after = bare[:start].strip(" ,，的"), bare[end:].strip(" ,，的")
        if not before and not after:
            return _at(today, hour, bare)
        rest = "" if before and after else before or after
        if rest and (day := _whole(_SHORT.get(rest, rest), today, readings)):
            return _at(day, hour, bare)
    return None


def _at(day: date, hour: time, bare: str) -> When:
    return When(day + timedelta(1) if _MIDNIGHT.search(bare) else day, hour)


def find(text: str, today: date) -> date | None:
    """Return the first coming day mentioned in a sentence, or None. Days gone by and bare numbers do not count."""
    bare = _plain(text)
    hits = [(start, -end, _again(bare[start:end], day, today)) for start, end, day in mentioned(bare, today)]
    ahead = [hit for hit in hits if hit[2] > today and _to_be_back(bare, hit[0], -hit[1], hit[2], today)]
    return min(ahead)[2] if ahead else None


def no_such_day(text: str) -> bool:
    """Return whether the text is a day that no calendar shows, such as 2月30号."""
    match = re.fullmatch(r"(\d{1,2})月(\d{1,2})[号日]?", _plain(text))
    return match is not None and 1 <= int(match[1]) <= 12 and int(match[2]) > monthrange(2024, int(match[1]))[1]


def _again(said: str, day: date, today: date) -> date:
    """Return the end of the next month for 月底 said on its last day: that is not when she comes again."""
    return last_day(today, 1) if day == today and re.match("月[底末]", said) else day


def _to_be_back(bare: str, start: int, end: int, day: date, today: date) -> bool:
    """Whether the day is one to be back on, as far as its neighbours tell.

    It is not where something was made or sent then (12月1号生产的轴承), nobody is there (明天没空), or it is denied
    (别明天去). A day of the year that is just over is hardly meant for the next one.
    """
    if day - today > _ALMOST_A_YEAR and _OF_THE_YEAR.fullmatch(bare[start:end]):
        return False
    return not (_THEN.search(bare[:start]) or _DENIED.search(bare[:start]) or _NOT_FOR_IT.match(bare, end))


def leading(text: str, today: date) -> tuple[When | None, str]:
    """Return the moment a line begins with, today or later, and what the line says behind it."""
    written = unicodedata.normalize("NFKC", text).strip()
    bare = _plain(text)
    begins = [(-end, day) for start, end, day in mentioned(bare, today) if start == 0 and day >= today]
    if figures := re.match(r"\d{1,2}/\d{1,2}(?=\s|$)", bare):
        begins += [(-figures.end(), day) for day in [_whole(figures[0], today, ALONE)] if day]
    if not begins or len(bare) != len(written):
        return None, text
    end, day = min(begins)
    end = -end
    part = end - 1 if bare[end - 1] in "早晚" else end
    found = hours.at(bare, _behind(bare, part))
    if found is None or found[1] <= end:
        return When(day), written[end:].lstrip(_BETWEEN)
    return _at(day, found[0], bare[part : found[1]]), written[found[1] :].lstrip(_BETWEEN)


def lasting(text: str) -> tuple[int | None, str]:
    """Return the months a line says something lasts (一年, 18个月, 2 years), and the line without them."""
    written = unicodedata.normalize("NFKC", text)
    rest = text if len(text) == len(written) else written
    for pattern, months in LENGTHS:
        if match := pattern.search(written):
            return months(match), f"{rest[: match.start()]} {rest[match.end() :]}"
    return None, text


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


def mentioned(bare: str, today: date) -> list[tuple[int, int, date]]:
    """Return the days mentioned: where each begins and ends, and which it is. A longer reading hides those in it.

    The text is in small letters, as ``find`` makes it.

    Days gone by are among them: the 月底 of 上月底 is not this month's.
    """
    hits: list[tuple[int, int, date]] = []
    for pattern, reading in IN_SENTENCES if _LETTER.search(bare) else IN_CHINESE:
        for match in pattern.finditer(bare):
            day = reading(match, today)
            if day is not None:
                hits.append((match.start(), match.end(), day))
    return [hit for hit in hits if not any(_hides(other, hit) for other in hits)]


def _hides(other: tuple[int, int, date], hit: tuple[int, int, date]) -> bool:
    wider = other[0] <= hit[0] and hit[1] <= other[1]
    return wider and other[1] - other[0] > hit[1] - hit[0]


def _plain(text: str) -> str:
    return unicodedata.normalize("NFKC", text).strip().lower()
