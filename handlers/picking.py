"""What is picked in many conversations: a customer, people at a customer."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any, Generic, TypeVar

from sqlalchemy.orm import Session

from crm import customers, places, search, spelling
from dialog.events import Event, Tap
from dialog.kept import Kept
from dialog.question import Answer, Frozen, Heard, Here
from dialog.questions import Pick, PickMany
from dialog.questions.pick import HasId
from dialog.screen import Key, Rows, Screen
from dialog.talk import Talk
from dialog.words import Label, _, brief, clean
from models.customer import Contact, Customer
from models.person import Permission, Person
from models.visit import Place

R = TypeVar("R", bound=HasId)


class ByDoor(Generic[R]):
    """One thing that a door has named, as the person may see it; nobody looks for it in a list."""

    def __init__(self, find: Callable[[Session, Person, int], R]) -> None:
        self._find = find

    def choices(self, talk: Talk, words: str, limit: int, offset: int) -> Sequence[R]:  # noqa: ARG002 - none to list
        """Return nothing."""
        return []

    def find(self, talk: Talk, id_: int) -> R:
        """Return it by its id. Raises NotFound."""
        return self._find(talk.session, talk.person, id_)

    def title(self, talk: Talk, row: R) -> str:  # noqa: ARG002 - it stands on no key
        """Return nothing."""
        return ""


class Customers:
    """The customers this person may see; those near a place she shared come first, then the ones used last."""

    def choices(self, talk: Talk, words: str, limit: int, offset: int) -> Sequence[Customer]:
        """Return what matches part of the name, its pinyin or its initials."""
        near = [] if words else _near(talk)
        if not near:
            return search.customers(talk.session, talk.person, words, limit=limit, offset=offset)
        others = search.recent(talk.session, talk.person, limit=offset + limit)
        return [*near, *(customer for customer in others if customer not in near)][offset : offset + limit]

    def find(self, talk: Talk, id_: int) -> Customer:
        """Return one by its id. Raises NotFound."""
        return customers.find(talk.session, talk.person, id_)

    def title(self, talk: Talk, row: Customer) -> str:  # noqa: ARG002 - names are the same everywhere
        """Return the name."""
        return row.name


def _near(talk: Talk) -> list[Customer]:
    """Return the customers near the place shared in this conversation, the nearest first."""
    spot = talk.kept.spot
    place = places.found(talk.session, talk.person, str(talk.answers.get("place", "")), now=talk.now)
    here = Place(latitude=spot.latitude, longitude=spot.longitude) if spot else place
    return [customer for customer, _metres in places.nearest(talk.session, talk.person, here)] if here else []


class Contacts:
    """The people at one customer."""

    def __init__(self, customer: Customer) -> None:
        self.customer = customer

    def choices(self, talk: Talk, words: str, limit: int, offset: int) -> Sequence[Contact]:  # noqa: ARG002 - the interface
        """Return those whose name holds the words."""
        return [contact for contact in self.customer.contacts if words in contact.name][offset : offset + limit]

    def find(self, talk: Talk, id_: int) -> Contact:
        """Return one by its id. Raises NotFound."""
        return customers.find_contact(talk.session, talk.person, id_)

    def title(self, talk: Talk, row: Contact) -> str:  # noqa: ARG002 - names are the same everywhere
        """Return the name with the position."""
        return f"{row.name} · {row.position}" if row.position else row.name


class PickCustomer(Pick[Customer]):
    """Which customer. ``words`` are searched for at first.

    With ``new`` a name that nobody bears may be answered too: the customer then has no id, because it is not
    in the file yet; whoever asked adds it at the end of the conversation.
    """

    def __init__(self, name: str, label: Label | None = None, *, words: str = "", new: bool = False) -> None:
        super().__init__(name, Customers(), label)
        self.words = words
        self.new = new

    def ask(self, here: Here) -> Screen:
        """Return the screen with what was found for the words."""
        return super().ask(self._searching(here))

    def facts(self, here: Here) -> Mapping[str, Any]:
        """Return what was typed, what it found, and whether it may be added."""
        return {**super().facts(here), "addable": self._addable(here)}

    def rows(self, here: Here) -> Rows:
        """Return the customers found, or the recent ones, and a key that adds what was typed."""
        words = self._addable(here)
        add = [[Key(_("➕ Add “{name}”", name=brief(words, 30)), "new")]] if words else []
        listed = super().rows(here)
        if not self._search.page(here)[0]:
            listed = super().rows(replace(here, note={**here.note, "words": ""}))
        return [*add, *listed]

    def hear(self, here: Here, event: Event) -> Heard[Customer]:
        """Return the customer tapped or named, or search for what was typed."""
        here = self._searching(here)
        if isinstance(event, Tap) and event.data == "new" and (words := self._addable(here)):
            return Answer(Customer(name=words))
        return super().hear(here, event)

    def freeze(self, value: Customer) -> Frozen:
        """Return its id, or the name of the one to be added."""
        return value.id or {"new": value.name}

    def thaw(self, talk: Talk, frozen: Frozen) -> Customer:
        """Return the customer. Raises Gone when the person may no longer see it."""
        if self.new and isinstance(frozen, dict):
            return Customer(name=frozen["new"])
        return super().thaw(talk, frozen)

    def _searching(self, here: Here) -> Here:
        return replace(here, note={"words": self.words} | here.note)

    def _addable(self, here: Here) -> str:
        """Return the name typed when no customer found bears it, and the person may add one."""
        words = clean(str(here.note.get("words", "")), line=True)
        if not (self.new and words and here.talk.may(Permission.EDIT_CUSTOMERS)):
            return ""
        found, _more = self._search.page(replace(here, note={"words": words}))
        return "" if any(_fold(words) in customer.search_key for customer in found) else words


class PickContacts(PickMany[Contact]):
    """Which people at this customer."""

    def __init__(self, name: str, label: Label | None = None, *, of: Customer) -> None:
        super().__init__(name, Contacts(of), label, later=True)


def looked_for(talk: Talk, line: str) -> tuple[Customer | None, str, str]:
    """Return the customer a typed line begins with, the words that stand for it, and the rest of the line.

    ``华东轴承 谈了备件`` gives the customer, ``华东轴承`` and ``谈了备件``. A name may have blanks in it. When the
    words may mean several customers, or none, the customer is None.
    """
    names = [line[: word.end()].strip() for word in WORD.finditer(line)][:MOST_WORDS]
    customer, count = search.first_meant(talk.session, talk.person, names)
    if customer is None:
        return None, names[0] if names else "", _behind(line, names[0]) if names else ""
    whole = _whole(customer, names[count:])
    return customer, whole, _behind(line, whole)


WORD = re.compile(r"[^\s，,、；;：:。]+")
MOST_WORDS = 5
MOST_NAME = 120


def without_name(customer: Customer, text: str, named: str) -> str:
    """Return a typed line without the words its customer was looked for by, if it begins with them."""
    known = customer.search_key or spelling.key_of(customer.name)
    return _behind(text, named) if named and text.startswith(named) and _fold(named) in known else text


def nameless(kept: Kept, customer: Customer | None) -> Kept:
    """Return what was kept without the messages that only say which customer it is about."""
    known = customer.search_key or spelling.key_of(customer.name) if customer else ""
    short = [part for part in kept.parts if 1 < len(part.text) <= MOST_NAME and not part.file]
    naming = [part for part in short if _fold(part.text) in known]
    return Kept([part for part in kept.parts if part not in naming])


def _fold(name: str) -> str:
    return spelling.key_of(name).partition(" ")[0]


def _whole(customer: Customer, names: Sequence[str]) -> str:
    """Return the longest of these beginnings of a line that is still a part of the customer's name."""
    parts = [name for name in names if _fold(name) in customer.search_key]
    return parts[-1] if parts else names[0]


def _behind(line: str, name: str) -> str:
    return line.strip()[len(name) :].lstrip(" \n\t，,、；;：:。").rstrip()
