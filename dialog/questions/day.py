"""Picking a day: quick picks, words such as ``下周三``, or a month's calendar."""

from __future__ import annotations

import calendar
import re
from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from dialog import days
from dialog.events import Event, Message, Tap
from dialog.question import Again, Answer, Frozen, Gone, Heard, Here, Question, Refusal
from dialog.screen import Button, Key, Rows, grid
from dialog.talk import Talk
from dialog.words import Label, _

_QUICK = ((1, _("Tomorrow")), (3, _("In 3 days")), (7, _("In a week")), (14, _("In 2 weeks")), (30, _("In a month")))
_FAR = 366 * 3


class PickDay(Question[date]):
    """A day from today on (``past`` allows days gone by)."""

    rejection = _("Please tap a day, or type one such as 下周三, 12月3日, next Wed or 3 Dec.")

    def __init__(
        self, name: str, label: Label | None = None, *, past: bool = False, optional: bool = False, later: bool = False
    ) -> None:
        super().__init__(name, label, optional=optional, later=later)
        self.past = past

    def facts(self, here: Here) -> Mapping[str, Any]:
        """Return the month shown, when the calendar is open."""
        month = here.note.get("month")
        return {"known": here.known, "month": here.talk.words.month(_first(month)) if month else None}

    def rows(self, here: Here) -> Rows:
        """Return the quick picks, or the calendar's keys."""
        if "month" in here.note:
            return _calendar(here, _first(here.note["month"]))
        quick: list[Button] = [Key(label, f"+{ahead}") for ahead, label in _QUICK]
        return grid([*quick, Key(_("📅 Calendar"), f"m{here.talk.today:%Y-%m}")], 3)

    def hear(self, here: Here, event: Event) -> Heard[date]:
        """Return the day tapped or typed, or turn the calendar."""
        today = here.talk.today
        if isinstance(event, Tap) and re.fullmatch(r"m\d{4}-\d\d", event.data):
            return Again({"month": event.data[1:]}) if _near(event.data[1:], today) else Refusal(self.rejection)
        day = _tapped(event.data, today) if isinstance(event, Tap) else None
        if isinstance(event, Message):
            day = days.parse(event.text, today)
        if day is None:
            return Refusal(self.rejection)
        if day < today and not self.past:
            return Refusal(_("That day has passed. Please choose today or a later day."))
        if abs((day - today).days) > _FAR:
            return Refusal(_("That is more than three years away. Please choose a nearer day."))
        return Answer(day)

    def freeze(self, value: date) -> Frozen:
        """Return the day as ``2026-11-25``."""
        return value.isoformat()

    def thaw(self, talk: Talk, frozen: Frozen) -> date:  # noqa: ARG002 - the interface
        """Return the day."""
        try:
            return date.fromisoformat(frozen)
        except (TypeError, ValueError):
            raise Gone from None

    def show(self, talk: Talk, value: date) -> str:
        """Return the day as people say it."""
        return talk.words.day(value, talk.today)


def _first(month: str) -> date:
    return date.fromisoformat(f"{month}-01")


def _near(month: str, today: date) -> bool:
    try:
        return abs((_first(month) - today).days) <= _FAR
    except ValueError:
        return False


def _tapped(data: str, today: date) -> date | None:
    if re.fullmatch(r"\+\d{1,3}", data):
        return today + timedelta(int(data))
    try:
        return date.fromisoformat(data)
    except ValueError:
        return None


def _calendar(here: Here, month: date) -> Rows:
    """Return a month: weekday names, the days, and keys to the months beside it."""
    before, after = month - timedelta(1), month + timedelta(31)
    names: list[Button] = [Key(name, f"m{month:%Y-%m}") for name in here.talk.words.weekdays()]
    weeks: list[list[Button]] = [
        [
            Key(str(day.day), day.isoformat()) if day.month == month.month else Key("·", f"m{month:%Y-%m}")
            for day in week
        ]
        for week in calendar.Calendar().monthdatescalendar(month.year, month.month)
    ]
    turn: list[Button] = [Key("‹", f"m{before:%Y-%m}"), Key("›", f"m{after:%Y-%m}")]
    return [names, *weeks, turn]
