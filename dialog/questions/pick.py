"""Picking one thing, or several, from a query: a short list, pages, and search by typing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, Protocol, TypeVar

from dialog.events import Event, Message, Tap
from dialog.question import Again, Answer, Frozen, Gone, Heard, Here, Question, Refusal, paging
from dialog.screen import Button, Key, Rows
from dialog.talk import Talk
from dialog.words import Label, _, brief
from models.problem import NotFound

ON_A_PAGE = 6
MOST_NAME = 80
"""Nobody looks for a longer name: such a text is meant for something else."""
_TOO_LONG = _("That is too long for a name. Please tap one, or type part of a name.")


class HasId(Protocol):
    """A row that can be picked."""

    id: Any


R = TypeVar("R", bound=HasId)


class Source(Protocol[R]):
    """Where things to pick come from; every method reads as the person may."""

    def choices(self, talk: Talk, words: str, limit: int, offset: int) -> Sequence[R]:
        """Return what matches the words, best first; all of it for no words."""

    def find(self, talk: Talk, id_: int) -> R:
        """Return one by its id. Raises NotFound."""

    def title(self, talk: Talk, row: R) -> str:
        """Return what stands on its key."""


class _Search:
    """What picking one and picking many share: the list on the screen, the words typed, the page."""

    def __init__(self, source: Source[Any]) -> None:
        self.source = source
        self._pages: dict[tuple[str, int], list[Any]] = {}

    def page(self, here: Here) -> tuple[list[Any], bool]:
        """Return the things on this page, and whether there are more. A screen asks several times, the source once."""
        words, page = str(here.note.get("words", "")), int(here.note.get("page", 0))
        if (words, page) not in self._pages:
            found = self.source.choices(here.talk, words, ON_A_PAGE + 1, page * ON_A_PAGE)
            self._pages[words, page] = list(found)
        found = self._pages[words, page]
        return found[:ON_A_PAGE], len(found) > ON_A_PAGE

    def listed(self, here: Here) -> tuple[list[Any], bool]:
        """Return what is on the screen: never nothing as long as there is anything to pick."""
        found, more = self.page(here)
        if found or not here.note.get("words"):
            return found, more
        return self.page(replace(here, note={**here.note, "words": ""}))

    def facts(self, here: Here) -> dict[str, Any]:
        """Return what was typed and whether anything was found, for the template."""
        return {"known": here.known, "words": here.note.get("words", ""), "found": bool(self.page(here)[0])}

    def turned(self, here: Here, data: str) -> Again | None:
        """Return the page turned to, if that is what was tapped."""
        if data[:1] == "p" and data[1:].isdigit():
            return Again(here.note | {"page": min(int(data[1:]), 1000)})
        return None

    def found(self, here: Here, key: str) -> Any | None:
        """Return the thing a key stands for, or None."""
        if not key.isdigit() or len(key) > 18:
            return None
        try:
            return self.source.find(here.talk, int(key))
        except NotFound:
            return None

    def thaw(self, talk: Talk, frozen: Frozen) -> Any:
        """Return the thing with this id. Raises Gone when the person may no longer see it."""
        try:
            return self.source.find(talk, int(frozen))
        except (NotFound, TypeError, ValueError):
            raise Gone from None


class Pick(Question[R]):
    """One thing. Typing searches; a name typed in full is an answer."""

    rejection = _("Please tap one of the names, or type part of a name to search.")

    def __init__(
        self,
        name: str,
        source: Source[R],
        label: Label | None = None,
        *,
        extra: Sequence[Button] = (),
        optional: bool = False,
        later: bool = False,
    ) -> None:
        super().__init__(name, label, optional=optional, later=later)
        self._search = _Search(source)
        self.source = source
        self.extra = extra

    def facts(self, here: Here) -> Mapping[str, Any]:
        """Return what was typed, and whether it found anything."""
        return self._search.facts(here)

    def rows(self, here: Here) -> Rows:
        """Return a key for each thing on the page, keys to turn it, and the extra buttons."""
        found, more = self._search.listed(here)
        keys: list[list[Button]] = [[Key(brief(self.source.title(here.talk, row), 40), str(row.id))] for row in found]
        return [*keys, paging(int(here.note.get("page", 0)), more=more), list(self.extra)]

    def hear(self, here: Here, event: Event) -> Heard[R]:
        """Return the thing tapped or named, or search for what was typed."""
        if isinstance(event, Tap):
            row = self._search.found(here, event.data)
            return Answer(row) if row is not None else self._search.turned(here, event.data) or Refusal(self.rejection)
        if isinstance(event, Message) and (len(event.text.strip()) > MOST_NAME or event.forwarded_from):
            return Refusal(self.rejection if event.forwarded_from else _TOO_LONG, keep=True)
        if isinstance(event, Message) and event.text.strip():
            return self._look_for(here, event.text.strip())
        return Refusal(self.rejection)

    def _look_for(self, here: Here, words: str) -> Heard[R]:
        found = self.source.choices(here.talk, words, 2, 0)
        if len(found) >= 1 and self.source.title(here.talk, found[0]).casefold() == words.casefold():
            return Answer(found[0])
        return Again({"words": words})

    def freeze(self, value: R) -> Frozen:
        """Return its id."""
        return value.id

    def thaw(self, talk: Talk, frozen: Frozen) -> R:
        """Return the thing again, as the person may see it now."""
        row: R = self._search.thaw(talk, frozen)
        return row

    def show(self, talk: Talk, value: R) -> str:
        """Return its title."""
        return self.source.title(talk, value)


class PickMany(Question[list[R]]):
    """Several things: tapping ticks and unticks, Done answers."""

    rejection = _("Tap to tick or untick, then Done; or type part of a name to search.")

    def __init__(
        self,
        name: str,
        source: Source[R],
        label: Label | None = None,
        *,
        optional: bool = False,
        later: bool = False,
    ) -> None:
        super().__init__(name, label, optional=optional, later=later)
        self._search = _Search(source)
        self.source = source

    def facts(self, here: Here) -> Mapping[str, Any]:
        """Return what was typed, and whether it found anything."""
        return self._search.facts(here)

    def rows(self, here: Here) -> Rows:
        """Return the things with their ticks, keys to turn the page, and Done."""
        found, more = self._search.listed(here)
        ticked = here.note.get("ticked", [])
        keys = [
            [Key(("☑ " if row.id in ticked else "☐ ") + brief(self.source.title(here.talk, row), 40), str(row.id))]
            for row in found
        ]
        done = [Key(_("Done ({count})", count=len(ticked)), "done")] if ticked else []
        return [*keys, paging(int(here.note.get("page", 0)), more=more), done]

    def hear(self, here: Here, event: Event) -> Heard[list[R]]:
        """Return the things ticked once Done is tapped."""
        if isinstance(event, Message) and event.text.strip():
            return Again({"words": event.text.strip()[:80], "ticked": here.note.get("ticked", [])})
        if not isinstance(event, Tap):
            return Refusal(self.rejection)
        ticked = list(here.note.get("ticked", []))
        if event.data == "done" and ticked:
            return Answer([row for id_ in ticked if (row := self._search.found(here, str(id_))) is not None])
        row = self._search.found(here, event.data)
        if row is None:
            return self._search.turned(here, event.data) or Refusal(self.rejection)
        toggled = [id_ for id_ in ticked if id_ != row.id] if row.id in ticked else [*ticked, row.id]
        return Again(here.note | {"ticked": toggled})

    def freeze(self, value: list[R]) -> Frozen:
        """Return their ids."""
        return [row.id for row in value]

    def thaw(self, talk: Talk, frozen: Frozen) -> list[R]:
        """Return the things again; those gone in the meantime are left out."""
        ids = frozen if isinstance(frozen, list) else [frozen]
        here = Here(talk, "", Label(""))
        return [row for id_ in ids if (row := self._search.found(here, str(id_))) is not None]

    def show(self, talk: Talk, value: list[R]) -> str:
        """Return their titles."""
        return talk.say(_(", ")).join(self.source.title(talk, row) for row in value)
