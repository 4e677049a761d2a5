"""Screens: what a person sees at once. A template, its facts, and rows of buttons.

A button is a ``Key`` (an answer to the question being asked), a ``Link`` (another page), a ``Door`` (into a
conversation), an ``Act`` (one thing done), or a ``Url``.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from dialog.events import File
    from dialog.flow import Flow
    from dialog.page import Route


class Button(Protocol):
    """Something to press."""

    @property
    def label(self) -> str:
        """What stands on it."""

    def data(self, revision: int) -> str:
        """Return the callback data: at most 64 bytes, never personal data."""


@dataclass(frozen=True, slots=True)
class Key:
    """Answers the question being asked; stale as soon as the conversation has moved on."""

    label: str
    id: str

    def data(self, revision: int) -> str:
        """Return ``revision:id``."""
        return f"{revision}:{self.id}"


class Link:
    """Opens a page."""

    def __init__(self, label: str, route: Route[Any], *args: object, **query: object) -> None:
        self.label = label
        self.address = route.address(*args, **query)

    def data(self, revision: int) -> str:  # noqa: ARG002 - an address does not age
        """Return the address."""
        return self.address


class Act(Link):
    """Does one thing to one record; its version makes the second tap find it done."""


class Door:
    """Opens a conversation with some answers already given."""

    def __init__(self, label: str, flow: Flow, **prefill: object) -> None:
        self.label = label
        self.address = flow.address(**prefill)

    def data(self, revision: int) -> str:  # noqa: ARG002 - an address does not age
        """Return the address."""
        return self.address


@dataclass(frozen=True, slots=True)
class Go:
    """Opens an address that is already known."""

    label: str
    address: str

    def data(self, revision: int) -> str:  # noqa: ARG002 - an address does not age
        """Return the address."""
        return self.address


@dataclass(frozen=True, slots=True)
class Url:
    """Opens something outside."""

    label: str
    url: str

    def data(self, revision: int) -> str:  # noqa: ARG002 - the interface
        """Return nothing: a link outside is not heard."""
        return ""


Rows = Sequence[Sequence[Button | None]]


Cell = str | int | Decimal | date | datetime | None
"""What may stand in a table; a time stands as it is where the reader is, without a zone."""


@dataclass(frozen=True, slots=True)
class Table:
    """A spreadsheet to be made of these rows and sent with the screen as its caption, for its reader alone.

    ``name`` is the file's, without ending; ``mark`` says above the header for whom it was made. No text in it is
    ever a formula.
    """

    name: str
    heads: Sequence[str]
    rows: Sequence[Sequence[Cell]] = field(repr=False)
    mark: str = ""


@dataclass(frozen=True, slots=True)
class Document:
    """A file made here, to be sent with the screen as its caption. ``name`` is the file's, with its ending."""

    name: str
    content: bytes = field(repr=False)


class Share(StrEnum):
    """Something only the phone itself can give, asked for with a key of the phone's keyboard."""

    PLACE = "place"


class Screen:
    """A template with its facts and buttons, not yet in any language.

    ``files`` are sent before it, by their ids: what somebody had sent is shown again. With a ``table`` or a
    ``document`` it is the caption of a file, and always a new message.
    """

    def __init__(
        self,
        template: str,
        *,
        rows: Rows = (),
        picture: bytes | None = None,
        thread: str | None = None,
        share: Share | None = None,
        fresh: bool = False,
        files: Sequence[File] = (),
        table: Table | None = None,
        document: Document | None = None,
        **facts: Any,
    ) -> None:
        self.template = template
        self.rows: list[list[Button]] = tidy(rows)
        self.picture = picture
        self.thread = thread
        self.share = share
        self.fresh = fresh or table is not None or document is not None
        self.files = tuple(files)
        self.table = table
        self.document = document
        self.facts = facts
        self.address: str | None = None

    def with_rows(self, rows: Rows) -> Screen:
        """Return this screen with further rows of buttons below."""
        self.rows = [*self.rows, *tidy(rows)]
        return self


def tidy(rows: Rows) -> list[list[Button]]:
    """Return the rows without the buttons that are not for this person, and without empty rows."""
    kept = [[button for button in row if button is not None] for row in rows]
    return [row for row in kept if row]


def grid(buttons: Iterable[Button], across: int) -> list[list[Button]]:
    """Return the buttons in rows of ``across``."""
    listed = list(buttons)
    return [listed[start : start + across] for start in range(0, len(listed), across)]


@dataclass(frozen=True, slots=True)
class Pressable:
    """A button as the messenger gets it: words and either data or a link."""

    text: str
    data: str | None
    url: str | None = None


@dataclass(frozen=True, slots=True)
class Rendered:
    """A screen in one person's language, ready to be sent."""

    text: str
    keyboard: tuple[tuple[Pressable, ...], ...] = ()
    picture: bytes | None = field(default=None, repr=False)
    thread: str | None = None
    share: Share | None = None
    share_label: str = ""
    fresh: bool = False
    address: str | None = None
    files: tuple[File, ...] = ()
    table: Table | None = None
    document: Document | None = None
