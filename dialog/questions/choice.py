"""Choices by key: one of an enum's words, yes or no, a number on a scale."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum
from typing import TypeVar

from dialog.events import Event, Message, Tap
from dialog.question import Answer, Frozen, Gone, Heard, Here, Question, Refusal
from dialog.screen import Key, Rows, grid
from dialog.talk import Talk
from dialog.words import Label, _

E = TypeVar("E", bound=StrEnum)


class Choice(Question[E]):
    """One of an enum's members, by key or by typing what stands on it."""

    typed = False
    rejection = _("Please tap one of the buttons, or type what stands on it.")

    def __init__(
        self,
        name: str,
        enum: type[E],
        label: Label | None = None,
        *,
        only: Sequence[E] | None = None,
        across: int = 2,
        optional: bool = False,
        later: bool = False,
    ) -> None:
        super().__init__(name, label, optional=optional, later=later)
        self.enum = enum
        self.members = list(only if only is not None else enum)
        self.across = across

    def rows(self, here: Here) -> Rows:
        """Return a key for each member."""
        return grid((Key(here.talk.words.name(member), member.value) for member in self.members), self.across)

    def hear(self, here: Here, event: Event) -> Heard[E]:
        """Return the member tapped or typed."""
        for member in self.members:
            if _means(event, member.value, here.talk.words.name(member)):
                return Answer(member)
        return Refusal(self.rejection)

    def freeze(self, value: E) -> Frozen:
        """Return the member's word."""
        return value.value

    def thaw(self, talk: Talk, frozen: Frozen) -> E:  # noqa: ARG002 - the interface
        """Return the member. Raises Gone for a word the enum no longer has."""
        try:
            return self.enum(frozen)
        except ValueError:
            raise Gone from None

    def show(self, talk: Talk, value: E) -> str:
        """Return what people call the member."""
        return talk.words.name(value)


class YesNo(Question[bool]):
    """Yes or no."""

    typed = False
    rejection = _("Please answer yes or no.")
    across = 2
    _keys = (("yes", _("Yes")), ("no", _("No")))

    def rows(self, here: Here) -> Rows:  # noqa: ARG002 - the same keys everywhere
        """Return the two keys."""
        return grid((Key(label, key) for key, label in self._keys), self.across)

    def hear(self, here: Here, event: Event) -> Heard[bool]:
        """Return True for yes."""
        for key, label in self._keys:
            if _means(event, key, here.talk.say(label)):
                return Answer(key == "yes")
        return Refusal(self.rejection)

    def thaw(self, talk: Talk, frozen: Frozen) -> bool:  # noqa: ARG002 - the interface
        """Return the answer; a door may have given it as a word."""
        return frozen in {True, "yes", "True"}

    def show(self, talk: Talk, value: bool) -> str:
        """Return the word for it."""
        return talk.say(self._keys[0 if value else 1][1])


class Scale(Question[int]):
    """A whole number from ``low`` to ``high``: a rating of 1 to 5, or a likelihood of 0 to 10."""

    def __init__(
        self,
        name: str,
        label: Label | None = None,
        *,
        low: int = 1,
        high: int = 5,
        ends: tuple[Label, Label] | None = None,
        optional: bool = False,
    ) -> None:
        super().__init__(name, label, optional=optional)
        self.low = low
        self.high = high
        self.ends = ends
        self.rejection = _("Please tap a number from {low} to {high}.", low=low, high=high)

    def rows(self, here: Here) -> Rows:  # noqa: ARG002 - the same keys everywhere
        """Return a key for each number, at most six in a row."""
        numbers = range(self.low, self.high + 1)
        return grid((Key(str(number), str(number)) for number in numbers), min(len(numbers), 6))

    def hear(self, here: Here, event: Event) -> Heard[int]:  # noqa: ARG002 - numbers need no language
        """Return the number tapped or typed."""
        for number in range(self.low, self.high + 1):
            if _means(event, str(number), str(number)):
                return Answer(number)
        return Refusal(self.rejection)

    def thaw(self, talk: Talk, frozen: Frozen) -> int:  # noqa: ARG002 - the interface
        """Return the number. Raises Gone when it is not on the scale."""
        try:
            number = int(frozen)
        except (TypeError, ValueError):
            raise Gone from None
        if not self.low <= number <= self.high:
            raise Gone
        return number


def _means(event: Event, key: str, label: str) -> bool:
    if isinstance(event, Tap):
        return event.data == key
    return (
        isinstance(event, Message)
        and not event.forwarded_from
        and event.text.strip().casefold() == label.casefold() != ""
    )
