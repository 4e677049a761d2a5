"""The terms of a contract as people say them: one line that may hold all of it, and how long it runs."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from dialog import days
from dialog.events import Event, Message, Tap
from dialog.question import Answer, Frozen, Heard, Here, Question, Refusal
from dialog.questions import PickDay
from dialog.questions.number import amount_in
from dialog.reckoning import same_day
from dialog.screen import Key, Rows, grid
from dialog.talk import Talk
from dialog.words import Label, _

YEARS = 30
"""How far away a contract may begin or end."""
_MOST_MONTHS = 12 * YEARS
USUAL = ((12, _("1 year")), (24, _("2 years")), (36, _("3 years")))
_DAY = r"\d{4}[-/.年]\d{1,2}[-/.月]\d{1,2}日?"
_SPAN = re.compile(rf"({_DAY})\s*(?:至|到|-|–|—|~|to|until)\s*({_DAY})止?")
_END = re.compile(rf"(?:截至|截止|至|到|until\s|to\s)?\s*({_DAY})(?:止|到期)?")
_NUMBER = re.compile(r"(?<!\S)(?=[A-Za-z0-9/-]*\d)[A-Za-z]{1,8}[A-Za-z0-9]*(?:[-/][A-Za-z0-9]+)+(?!\S)")


@dataclass(frozen=True)
class Term:
    """How long a contract runs: so many months, or until a day."""

    months: int = 0
    day: date | None = None

    def until(self, first: date) -> date:
        """Return its last day."""
        return self.day or same_day(first, self.months) - timedelta(1)


@dataclass(frozen=True)
class Line:
    """What one line says of a contract, such as ``HT-2026-018 备件框架 30万 一年``; None for what it does not."""

    title: str
    number: str | None = None
    value: Decimal | None = None
    starts: date | None = None
    term: Term | None = None


def read(text: str, today: date) -> Line:
    """Return what the line says. What is left of it is the title."""
    starts, term, rest = _dated(text, today)
    if term is None:
        months, rest = days.lasting(rest)
        term = Term(months) if months and months <= _MOST_MONTHS else None
    value, rest = amount_in(rest)
    number = _NUMBER.search(rest)
    rest = rest.replace(number[0], " ", 1) if number else rest
    return Line(" ".join(rest.split()).strip("，,、；;。 "), number[0] if number else None, value, starts, term)


class HowLong(Question[Term]):
    """For how long it runs from its first day: by a key, by typing a time or a day, or in the calendar."""

    rejection = _("Please tap how long it runs, or type a time or its last day: 一年, 18个月, 2027-06-30.")

    def __init__(self, name: str, label: Label | None = None, *, first: date) -> None:
        super().__init__(name, label)
        self.first = first
        self._day = PickDay(name, past=True, years=YEARS)
        self._day.rejection = self.rejection

    def facts(self, here: Here) -> Mapping[str, Any]:
        """Return its first day, and the month shown when the calendar is open."""
        return {**self._day.facts(here), "first": self.first}

    def rows(self, here: Here) -> Rows:
        """Return the usual times, or the calendar's keys."""
        if "month" in here.note:
            return self._day.rows(here)
        in_a_year = same_day(self.first, 12)
        usual = [Key(label, f"{months}m") for months, label in USUAL]
        return grid([*usual, Key(_("📅 Another day"), f"m{in_a_year:%Y-%m}")], 2)

    def hear(self, here: Here, event: Event) -> Heard[Term]:
        """Return the time tapped or typed, or the day."""
        months = _months(event)
        if months is None:
            heard = self._day.hear(here, event)
            return Answer(Term(day=heard.value)) if isinstance(heard, Answer) else heard
        return Answer(Term(months)) if 0 < months <= _MOST_MONTHS else Refusal(self.rejection)

    def freeze(self, value: Term) -> Frozen:
        """Return it as ``12m`` or ``2027-06-30``."""
        return value.day.isoformat() if value.day else f"{value.months}m"

    def thaw(self, talk: Talk, frozen: Frozen) -> Term:
        """Return the term. Raises Gone for what is none."""
        months = re.fullmatch(r"(\d{1,3})m", str(frozen))
        return Term(int(months[1])) if months else Term(day=self._day.thaw(talk, frozen))

    def show(self, talk: Talk, value: Term) -> str:
        """Return its last day."""
        return talk.words.written(value.until(self.first), talk.today)


def _dated(text: str, today: date) -> tuple[date | None, Term | None, str]:
    """Return the first day and the end that a line writes out, and the rest of it. One day alone is the end."""
    span, end = _SPAN.search(text), _END.search(text)
    if span and (first := _day(span[1], today)) and (last := _day(span[2], today)):
        return first, Term(day=last), _SPAN.sub(" ", text, count=1)
    if end and (last := _day(end[1], today)):
        return None, Term(day=last), _END.sub(" ", text, count=1)
    return None, None, text


def _day(words: str, today: date) -> date | None:
    day = days.parse(words, today)
    return day if day and abs(day.year - today.year) <= YEARS else None


def _months(event: Event) -> int | None:
    if isinstance(event, Tap):
        tapped = re.fullmatch(r"(\d{1,3})m", event.data)
        return int(tapped[1]) if tapped else None
    months, rest = days.lasting(event.text) if isinstance(event, Message) else (None, "")
    return months if not rest.strip() else None
