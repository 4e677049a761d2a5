"""Picking a day: quick picks, words such as ``下周三``, or a month's calendar."""

from __future__ import annotations

import calendar
import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from typing import Any

from dialog import days, days_gone
from dialog.days import When
from dialog.events import Event, Message, Tap
from dialog.question import Again, Answer, Frozen, Gone, Heard, Here, Question, Refusal
from dialog.screen import Button, Key, Rows, grid
from dialog.talk import Talk
from dialog.words import Label, _

_QUICK = ((1, _("Tomorrow")), (3, _("In 3 days")), (7, _("In a week")), (14, _("In 2 weeks")), (30, _("In a month")))
_QUICK_BACK = ((0, _("Today")), (1, _("Yesterday")), (2, _("2 days ago")), (3, _("3 days ago")), (7, _("A week ago")))
_YEAR = 366


class PickDay(Question[date]):
    """A day from today on (``past`` allows days gone by), at most so many ``years`` away."""

    rejection = _("Please tap a day, or type one such as 下周三, 12月3日, next Wed or 3 Dec.")

    def __init__(
        self,
        name: str,
        label: Label | None = None,
        *,
        past: bool = False,
        years: int = 3,
        optional: bool = False,
        later: bool = False,
    ) -> None:
        super().__init__(name, label, optional=optional, later=later)
        self.past = past
        self.years = years

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
            near = _near(event.data[1:], today, self.years)
            return Again({"month": event.data[1:]}) if near else Refusal(self.rejection)
        day = _tapped(event.data, today) if isinstance(event, Tap) else None
        if isinstance(event, Message):
            if days.no_such_day(event.text):
                return _none_such(event)
            day = days.parse(event.text, today) or days.gone_by(event.text, today)
            if day is None and (mentioned := days.find(event.text, today)):
                return _kept(self.judged(mentioned, here.talk))
        return _kept(self.judged(day, here.talk)) if day is None else self.judged(day, here.talk)

    def judged(self, day: date | None, talk: Talk) -> Heard[date]:
        """Return the day as the answer, or what is wrong with it."""
        today = talk.today
        if day is None:
            return Refusal(self.rejection)
        if day < today and not self.past:
            return Refusal(
                _(
                    "{day} has passed. Please choose today or a later day: 明天, 下周三, next Wed.",
                    day=self.show(talk, day),
                )
            )
        if abs((day - today).days) > _YEAR * self.years:
            return Refusal(_("That is more than {years} years away. Please choose a nearer day.", years=self.years))
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


class PickMoment(Question[When]):
    """A day from today on, with a time of day if one is typed: 下周三, 明天下午3点, next Wed 3pm."""

    rejection = _("Please tap a day, or type one, with or without an hour: 下周三, 明天下午3点, next Wed, 3 Dec 9:30.")

    def __init__(self, name: str, label: Label | None = None, *, optional: bool = False, later: bool = False) -> None:
        super().__init__(name, label, optional=optional, later=later)
        self._day = PickDay(name)
        self._day.rejection = self.rejection

    def facts(self, here: Here) -> Mapping[str, Any]:
        """Return the month shown, when the calendar is open."""
        return self._day.facts(here)

    def rows(self, here: Here) -> Rows:
        """Return the quick picks, or the calendar's keys."""
        return self._day.rows(here)

    def hear(self, here: Here, event: Event) -> Heard[When]:
        """Return the moment tapped or typed, or turn the calendar."""
        if isinstance(event, Message):
            if days.no_such_day(event.text):
                return _none_such(event)
            found = days.parse_moment(event.text, here.talk.today)
            day = found.day if found else days.gone_by(event.text, here.talk.today)
            if day is None and (mentioned := days.find(event.text, here.talk.today)):
                judged = self._day.judged(mentioned, here.talk)
                return Answer(When(mentioned), keep=True) if isinstance(judged, Answer) else _other(judged)
            heard = self._day.judged(day, here.talk)
            if found is None or not isinstance(heard, Answer):
                return _other(heard)
            when = still_to_come(here.talk, found, event.text)
            return Answer(when) if when else Refusal(self._passed(found, here.talk))
        heard = self._day.hear(here, event)
        return Answer(When(heard.value)) if isinstance(heard, Answer) else heard

    def _passed(self, when: When, talk: Talk) -> Label:
        moment = self.show(talk, when)
        return _("{moment} has passed. Please choose a later one: 下午3点, tomorrow 9am.", moment=moment)

    def freeze(self, value: When) -> Frozen:
        """Return the moment as ``2026-11-25`` or ``2026-11-25T15:00``."""
        return value.day.isoformat() + (f"T{value.hour:%H:%M}" if value.hour else "")

    def thaw(self, talk: Talk, frozen: Frozen) -> When:  # noqa: ARG002 - the interface
        """Return the moment."""
        try:
            day, _t, hour = frozen.partition("T")
            return When(date.fromisoformat(day), time.fromisoformat(hour) if hour else None)
        except (AttributeError, ValueError):
            raise Gone from None

    def show(self, talk: Talk, value: When) -> str:
        """Return the moment as people say it."""
        day = talk.words.day(value.day, talk.today)
        return f"{day} {value.hour:%H:%M}" if value.hour else day


def still_to_come(talk: Talk, when: When, words: str) -> When | None:
    """Return the moment if it is not over where the person is, or None.

    A part of the day in the words, such as 下午, is no sharp hour: once that has begun, it means the day.
    """
    if when.hour is None or datetime.combine(when.day, when.hour, talk.zone) >= talk.now:
        return when
    return None if days_gone.SHARP.search(words) else When(when.day)


class PickPast(PickMoment):
    """A day up to today, at most ``back`` days gone by, with a time of day if one is typed: 昨天, 上周五下午3点."""

    rejection = _("Please tap a day, or type one that is over: 昨天, 上周五下午3点, last Friday.")

    def __init__(self, name: str, label: Label | None = None, *, back: int, later: bool = False) -> None:
        super().__init__(name, label, later=later)
        self._day = PickDay(name, past=True)
        self._day.rejection = self.rejection
        self.back = back

    def rows(self, here: Here) -> Rows:
        """Return the quick picks, or the calendar's keys."""
        if "month" in here.note:
            return super().rows(here)
        quick: list[Button] = [Key(label, f"-{ago}") for ago, label in _QUICK_BACK]
        return grid([*quick, Key(_("📅 Calendar"), f"m{here.talk.today:%Y-%m}")], 3)

    def hear(self, here: Here, event: Event) -> Heard[When]:
        """Return the moment tapped or typed, or turn the calendar."""
        today = here.talk.today
        if isinstance(event, Message):
            if days.no_such_day(event.text):
                return _none_such(event)
            return self._over(days_gone.parse(event.text, today), here.talk)
        if isinstance(event, Tap) and re.fullmatch(r"-\d{1,3}", event.data):
            return self._over(When(today - timedelta(int(event.data[1:]))), here.talk)
        heard = self._day.hear(here, event)
        return self._over(When(heard.value), here.talk) if isinstance(heard, Answer) else heard

    def _over(self, when: When | None, talk: Talk) -> Heard[When]:
        """Return the moment as the answer, or what is wrong with it."""
        if when is None:
            return Refusal(self.rejection)
        if when.day > talk.today:
            return Refusal(_("{day} is still to come. Please choose today or a day before.", day=self.show(talk, when)))
        if (talk.today - when.day).days > self.back:
            return Refusal(_("{day} is more than {days} days ago.", day=self.show(talk, when), days=self.back))
        return Answer(when)


def _none_such(event: Message) -> Refusal:
    return Refusal(_("No calendar has {day}. Please choose another day.", day=event.text.strip()))


def _kept(heard: Heard[date]) -> Heard[date]:
    """Return it for a sentence: what else it says belongs to the record."""
    return replace(heard, keep=True) if isinstance(heard, Answer | Refusal) else heard


def _other(heard: Heard[date]) -> Refusal:
    assert isinstance(heard, Refusal)  # noqa: S101 - a day is judged to be right or refused
    return heard


def _first(month: str) -> date:
    return date.fromisoformat(f"{month}-01")


def _near(month: str, today: date, years: int) -> bool:
    try:
        return abs((_first(month) - today).days) <= _YEAR * years
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
