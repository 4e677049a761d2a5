"""Questions: how one is asked, how its answer is heard, and how the answer is kept as JSON.

A script writes ``value = yield from Question(...)``; the value's type follows from the question.
"""

from __future__ import annotations

from collections.abc import Generator, Mapping
from dataclasses import dataclass, field
from typing import Any, Generic, Self, TypeVar

from dialog.events import Event, Message
from dialog.screen import Key, Rows, Screen
from dialog.talk import Talk
from dialog.words import Label

T = TypeVar("T")
Frozen = Any
"""An answer as JSON: text, number, list or mapping of these, or None."""


@dataclass(frozen=True)
class Answer(Generic[T]):
    """The event answers the question. With ``keep`` the message says more than that: it stays with the draft."""

    value: T
    keep: bool = False


@dataclass(frozen=True)
class Again:
    """Ask again with another note: a page turned, words searched for, a box ticked.

    With ``keep`` the message belongs to the record as well: it stays with the draft.
    """

    note: dict[str, Any]
    keep: bool = False


@dataclass(frozen=True)
class Refusal:
    """The event does not answer the question; the words say what would be right."""

    words: Label
    keep: bool = False
    """What was typed is not about this question, but may belong to the record."""


@dataclass(frozen=True)
class Reconsider:
    """Drop one earlier answer, keep the rest, and ask that question again."""

    name: str


@dataclass(frozen=True)
class Elsewhere:
    """The event is about something else, and the draft waits.

    It leads to the page at this address, or, without one, to whatever a message leads to outside a conversation.
    """

    address: str = ""


Heard = Answer[T] | Again | Refusal | Reconsider | Elsewhere


class Gone(Exception):
    """A stored answer names something that no longer exists: the question is asked anew."""


@dataclass
class Here:
    """Where the conversation stands when a question is asked or hears something."""

    talk: Talk
    flow: str
    title: Label
    path: list[tuple[Question[Any], Any]] = field(default_factory=list)
    note: dict[str, Any] = field(default_factory=dict)

    @property
    def known(self) -> dict[str, Any]:
        """The answers given so far, by name."""
        return {question.name: value for question, value in self.path}


class Question(Generic[T]):
    """One thing to ask. ``name`` keys its answer in the conversation's row and must not change lightly.

    ``label`` is what the review calls it. An ``optional`` question may be skipped; a ``later`` one is not
    asked in line but offered at the review. Both then give None, or what a later one has
    ``suggested``. ``typed`` questions are answered by typing.
    """

    rejection: Label = Label("Please use the buttons.")
    typed = True
    takes_files = False
    """Whether a file that comes with the answer is part of it."""
    has_own_cancel = False
    """Whether one of its answers already means leaving without a record; the engine then offers no Cancel."""

    def __init__(self, name: str, label: Label | None = None, *, optional: bool = False, later: bool = False) -> None:
        self.name = name
        self.label = label
        self.optional = optional or later
        self.later = later
        self.suggested: T | None = None

    def suggesting(self, value: T | None) -> Self:
        """Return the question with the answer it gives while nobody has answered it (for later questions)."""
        self.suggested = value
        return self

    def __iter__(self) -> Generator[Question[Any], Any, T]:
        answer: T = yield self
        return answer

    def ask(self, here: Here) -> Screen:
        """Return the screen that asks it: the template ``<flow>/<name>`` and the keys that answer it."""
        return Screen(self.template(here), rows=self.rows(here), **self.facts(here))

    def template(self, here: Here) -> str:
        """Return the template: ``visit/note``; a question named ``contact.name`` has ``contact/name`` in any flow."""
        return self.name.replace(".", "/") if "." in self.name else f"{here.flow}/{self.name}"

    def facts(self, here: Here) -> Mapping[str, Any]:
        """Return what the template may mention."""
        return {"known": here.known}

    def rows(self, here: Here) -> Rows:  # noqa: ARG002 - for those that have keys
        """Return the rows of keys."""
        return []

    def has_own_back(self, note: Mapping[str, Any]) -> bool:  # noqa: ARG002 - for those with a screen behind the screen
        """Return whether a key of its own leads back from where it stands; the engine then offers none."""
        return False

    def hear(self, here: Here, event: Event) -> Heard[T]:
        """Return what the event means to this question."""
        raise NotImplementedError

    def amend(self, here: Here, frozen: Frozen, event: Message) -> Heard[T]:  # noqa: ARG002 - for answers in parts
        """Return the answer after its message was edited, or a further part of its album came."""
        return self.hear(here, event)

    def freeze(self, value: T) -> Frozen:
        """Return the answer as JSON."""
        return value

    def thaw(self, talk: Talk, frozen: Frozen) -> T:  # noqa: ARG002 - for those that look things up
        """Return the answer from its JSON. Raises Gone when what it names no longer exists."""
        value: T = frozen
        return value

    def show(self, talk: Talk, value: T) -> str:  # noqa: ARG002 - for those that need the language
        """Return the answer as the review shows it (plain text)."""
        return str(value)


def is_an_id(text: str) -> bool:
    """Return whether a text from outside may be a row's id: PostgreSQL takes no larger number."""
    return len(text) <= 10 and text.isdecimal() and int(text) < 2**31


def or_as_it_stands(question: Question[T], value: T | None) -> Generator[Question[Any], Any, T]:
    """Ask; what stands already is offered for change at the review instead."""
    question.later = question.optional = value is not None
    answer = yield from question.suggesting(value)
    return value if answer is None and value is not None else answer


def paging(page: int, *, more: bool) -> list[Key]:
    """Return the keys that turn pages."""
    back = [Key("‹", f"p{page - 1}")] if page else []
    on = [Key("›", f"p{page + 1}")] if more else []
    return back + on
