"""Score readers of days against our table: ``python docs/decisions/demonstrations/days_in_words.py``.

Run it from the root of the project, where dateparser, parsedatetime, recognizers-text-suite, jionlp, ctparse and
timefhuman are installed; those that are missing are left out. Each is asked for a whole phrase on Tuesday 10 March
2026, 10:00, and for no coming day in sentences that name none.
"""
# ruff: noqa: D103, DTZ001  a script; the readers take local time without a zone

from __future__ import annotations

import sys
import time
import warnings
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[3]))
warnings.filterwarnings("ignore")

from tests.dialog.phrases import CHINESE, ENGLISH, NO_DAY, TODAY  # noqa: E402 - after the path is set

NOW = datetime(2026, 3, 10, 10)
Reader = Callable[[str], "datetime | date | None"]


def dateparser() -> Reader:
    import dateparser

    settings: Any = {"RELATIVE_BASE": NOW, "PREFER_DATES_FROM": "future"}
    return lambda text: dateparser.parse(text, languages=["zh", "en"], settings=settings)


def dateparser_in_sentences() -> Reader:
    from dateparser.search import search_dates

    settings: Any = {"RELATIVE_BASE": NOW, "PREFER_DATES_FROM": "future"}

    def read(text: str) -> datetime | None:
        found = search_dates(text, languages=["zh", "en"], settings=settings)
        return found[0][1] if found else None

    return read


def parsedatetime() -> Reader:
    import parsedatetime

    calendar = parsedatetime.Calendar()

    def read(text: str) -> datetime | None:
        found, kind = calendar.parseDT(text, NOW)
        return found if kind else None

    return read


def recognizers() -> Reader:
    from recognizers_date_time import recognize_datetime

    def values(text: str) -> list[dict[str, str]]:
        culture = "en-us" if text.isascii() else "zh-cn"
        found = recognize_datetime(text, culture, reference=NOW)
        return [value for one in found for value in (one.resolution or {}).get("values", [])]

    def read(text: str) -> date | None:
        days = [value.get("value") or value.get("start") or value.get("end") or "" for value in values(text)]
        good = sorted(day for day in days if day[:2] == "20")
        coming = [day for day in good if day[:10] >= TODAY.isoformat()]
        return datetime.fromisoformat((coming or good)[0]) if good else None

    return read


def jionlp() -> Reader:
    import jionlp

    def read(text: str) -> datetime:
        found = jionlp.parse_time(text, time_base=NOW.timestamp())
        return datetime.fromisoformat(found["time"][0])

    return read


def ctparse() -> Reader:
    from ctparse import ctparse as parse

    def read(text: str) -> datetime | None:
        found = parse(text, ts=NOW)
        return getattr(found.resolution, "dt", None) if found else None

    return read


def timefhuman() -> Reader:
    from timefhuman import tfhConfig, timefhuman

    def read(text: str) -> Any:
        found: Any = timefhuman(text, tfhConfig(now=NOW))
        while isinstance(found, list | tuple):
            found = found[0] if found else None
        return found

    return read


def ours() -> Reader:
    from dialog import days

    return lambda text: days.parse(text, TODAY)


def our_find() -> Reader:
    from dialog import days

    return lambda text: days.find(text, TODAY)


def day_of(read: Reader, phrase: str) -> date | None:
    try:
        found = read(phrase)
    except BaseException:  # noqa: BLE001 - some give up by raising whatever comes
        return None
    return found.date() if isinstance(found, datetime) else found if isinstance(found, date) else None


def main() -> None:
    for make, finds in (
        (dateparser, dateparser_in_sentences),
        (parsedatetime, parsedatetime),
        (recognizers, recognizers),
        (jionlp, jionlp),
        (ctparse, ctparse),
        (timefhuman, timefhuman),
        (ours, our_find),
    ):
        try:
            read, find = make(), finds()
        except ImportError as error:
            sys.stdout.write(f"{make.__name__}: not installed ({error})\n")
            continue
        began = time.perf_counter()
        chinese = [phrase for phrase, (day, _hour) in CHINESE.items() if day_of(read, phrase) == day]
        english = [phrase for phrase, (day, _hour) in ENGLISH.items() if day_of(read, phrase) == day]
        took = (time.perf_counter() - began) / (len(CHINESE) + len(ENGLISH)) * 1000
        wrong = [p for p, (day, _h) in (CHINESE | ENGLISH).items() if day_of(read, p) not in {None, day}]
        false = [sentence for sentence in NO_DAY if (day_of(find, sentence) or TODAY) > TODAY]
        sys.stdout.write(
            f"{make.__name__}: Chinese {len(chinese)}/{len(CHINESE)}, English {len(english)}/{len(ENGLISH)}, "
            f"another day {len(wrong)}, day where none is {len(false)}/{len(NO_DAY)}, {took:.1f} ms a phrase\n"
            f"   e.g. wrong: {wrong[:6]}; found: {false[:5]}\n"
        )


if __name__ == "__main__":
    main()
