"""What is picked in many conversations: a customer, people at a customer."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from itertools import accumulate
from typing import Any, Generic, Protocol, TypeVar

from sqlalchemy.orm import Session

from crm import customers, mentions, places, search, spelling
from crm.firm_words import TRADES, place_of
from crm.mentions import Mention
from dialog.events import Event, Message, Tap
from dialog.kept import Kept
from dialog.question import Again, Answer, Frozen, Heard, Here, Refusal
from dialog.questions import Pick, PickMany
from dialog.questions.pick import HasId
from dialog.screen import Key, Rows, Screen
from dialog.talk import Talk
from dialog.words import Label, _, brief, clean
from models.customer import Contact, Customer
from models.person import Permission, Person
from models.problem import NotFound
from models.visit import Place

R = TypeVar("R", bound=HasId)


class Named(Protocol):
    """Somebody with a name."""

    name: Any


N = TypeVar("N", bound=Named)


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
    """The customers this person may see: those near a place she shared, those in what she said, then the latest."""

    def choices(self, talk: Talk, words: str, limit: int, offset: int) -> Sequence[Customer]:
        """Return what matches part of the name, its pinyin or its initials, or is named in the words."""
        first = [] if words else [*_near(talk), *told_of(talk)]
        if not first:
            return search.customers(talk.session, talk.person, words, limit=limit, offset=offset)
        others = search.recent(talk.session, talk.person, limit=offset + limit)
        return list(dict.fromkeys([*first, *others]))[offset : offset + limit]

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


def told_of(talk: Talk) -> list[Customer]:
    """Return the customers that are named in what was said in this conversation so far, or by who said it."""
    answers = [talk.answers.get(name) for name in ("note", "words", "by")]
    said = [one.get("text", "") if isinstance(one, dict) else one for one in answers]
    text = "\n".join([*(one for one in said if isinstance(one, str)), talk.kept.text]).strip()
    return [mention.customer for mention in mentions.named_in(talk.session, talk.person, text)] if text else []


class Contacts:
    """The people at one customer."""

    def __init__(self, customer: Customer) -> None:
        self.customer = customer

    def choices(self, talk: Talk, words: str, limit: int, offset: int) -> Sequence[Contact]:  # noqa: ARG002 - the interface
        """Return those whose name holds the words, in characters or pinyin, or the surname with a title."""
        return people_called(words, self.customer.contacts)[offset : offset + limit]

    def find(self, talk: Talk, id_: int) -> Contact:
        """Return one by its id. Raises NotFound, also for somebody at another customer."""
        contact = customers.find_contact(talk.session, talk.person, id_)
        if contact.customer_id != self.customer.id:
            raise NotFound(what="contact")
        return contact

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
        """Return what was typed as far as it is a name, what it found, whether it may be added, whether it is kept."""
        facts, kept = super().facts(here), bool(here.note.get("kept"))
        typed = facts["words"]
        named = facts["found"] or spelling.may_be_a_firm(typed) or search.number_in(typed)
        words = facts["words"] if named and not kept else ""
        return {**facts, "words": words, "kept": kept, "addable": self._addable(here)}

    def rows(self, here: Here) -> Rows:
        """Return the customers found, or the recent ones, and a key that adds what was typed."""
        words = self._addable(here)
        add = [[Key(_("➕ Add “{name}”", name=brief(words, 30)), "new")]] if words else []
        found = self._search.page(here)[0]
        return [*super().rows(here), *add] if found else [*add, *super().rows(here)]

    def hear(self, here: Here, event: Event) -> Heard[Customer]:
        """Return the customer tapped or named, or search for what was typed; what else it says is kept."""
        here = self._searching(here)
        if isinstance(event, Tap) and event.data == "new" and (words := self._addable(here)):
            return Answer(Customer(name=words))
        keeps = here.talk.house.book.flows[here.flow].keeps
        if isinstance(event, Message) and event.text.strip() and not event.forwarded_from and keeps:
            return self._told(here, event)
        return super().hear(here, event)

    def _told(self, here: Here, message: Message) -> Heard[Customer]:
        """Return what a name leads to, or a sentence: the one customer it names, or those it may mean."""
        talk, text = here.talk, message.text.strip()
        may_be_new = spelling.may_be_a_firm(text)
        named = mentions.named_in(talk.session, talk.person, text)
        if message.file is None:
            found = search.called(talk.session, talk.person, text, limit=2)
            if found and [one.customer for one in named if one.surely] == found:
                return Answer(found[0])
            if found or search.number_in(text):
                return self._look_for(here, text)
            if may_be_new and not named:
                return self._looked_for_or_said(here, text)
        if len(named) == 1 and not may_be_new:
            return Answer(named[0].customer, keep=True)
        return Again({"words": text[:MOST_NAME], "kept": True}, keep=True)

    def _looked_for_or_said(self, here: Here, text: str) -> Heard[Customer]:
        """Return what a name leads to. Words that find nothing may have been meant for the record: they are kept."""
        heard = self._look_for(here, text)
        found = self.source.choices(here.talk, text, 1, 0)
        return replace(heard, keep=True) if isinstance(heard, Again) and not found else heard

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
        may_add = self.new and here.talk.may(Permission.EDIT_CUSTOMERS)
        if not (may_add and spelling.may_be_a_firm(words)):
            return ""
        found, _more = self._search.page(replace(here, note={"words": words}))
        return "" if any(_fold(words) in customer.search_key for customer in found) else words


class PickContacts(PickMany[Contact]):
    """Which people at this customer.

    A name nobody there bears may be answered too: she has no id yet, and whoever asked adds her at the end.
    """

    def __init__(self, name: str, label: Label | None = None, *, of: Customer) -> None:
        super().__init__(name, Contacts(of), label, later=True)
        self.customer = of

    def facts(self, here: Here) -> Mapping[str, Any]:
        """Return what was typed, whether it found anybody, and whether she may be added."""
        return {**super().facts(here), "addable": self._addable(here)}

    def rows(self, here: Here) -> Rows:
        """Return the people with their ticks, and a key that adds the name typed."""
        listed = super().rows(here)
        name = self._addable(here)
        add = [[Key(_("➕ Add “{name}”", name=brief(name, 30)), "new")]] if name else []
        return [*listed, *add] if self._search.page(here)[0] else [*add, *listed]

    def hear(self, here: Here, event: Event) -> Heard[list[Contact]]:
        """Return who was ticked, with her who was added."""
        if isinstance(event, Tap) and event.data == "new" and (name := self._addable(here)):
            ticked = [self.source.find(here.talk, id_) for id_ in here.note.get("ticked", [])]
            return Answer([*ticked, Contact(customer_id=self.customer.id, name=name)])
        if isinstance(event, Message) and self._says_more(event.text.strip()):
            return Refusal(self.rejection, keep=True)
        return super().hear(here, event)

    def freeze(self, value: list[Contact]) -> Frozen:
        """Return their ids, and the names of those to be added."""
        return [one.id or one.name for one in value]

    def thaw(self, talk: Talk, frozen: Frozen) -> list[Contact]:
        """Return them again; those gone in the meantime are left out."""
        names = [one for one in frozen if isinstance(one, str)]
        known = super().thaw(talk, [one for one in frozen if not isinstance(one, str)])
        return [*known, *(Contact(customer_id=self.customer.id, name=name) for name in names)]

    def _says_more(self, text: str) -> bool:
        """Whether it is a sentence, and nobody's name: it belongs to the record."""
        sentence = len(text) > MOST_PERSON or SEPARATED.search(text) or spelling.SENTENCE.search(text)
        return bool(sentence) and not people_called(text, self.customer.contacts)

    def _addable(self, here: Here) -> str:
        """Return the name typed when nobody here bears it, and the person may add one."""
        name = clean(str(here.note.get("words", "")), line=True)
        fit = 2 <= len(name) <= MOST_PERSON and any(map(str.isalpha, name)) and not SEPARATED.search(name)
        taken = any(contact.name == name for contact in self.customer.contacts)
        return name if fit and not taken and here.talk.may(Permission.EDIT_CUSTOMERS) else ""


MOST_PERSON = 20
TITLES = re.compile(
    r"(?:老板|师傅|经理|主任|厂长|总监|主管|科长|部长|班长|工程师|先生|女士|小姐|总|工|董|姐|哥)$"
    r"|^(?:mr|ms|mrs|dr)\.? ",
    re.IGNORECASE,
)
SEPARATED = re.compile(r"[，,、；;：:。！？!?]")


def people_called(words: str, people: Sequence[N]) -> list[N]:
    """Return those whose name or pinyin holds the words; for 王总, 老王 or 小王 those of the surname."""
    sought = spelling.plain_of(words)
    found = [one for one in people if sought in spelling.key_of(one.name)]
    surname = TITLES.sub("", words.strip()).removeprefix("老").removeprefix("小")
    called = surname != words.strip() and surname
    return found or [one for one in people if called and one.name.casefold().startswith(surname.casefold())]


def looked_for(talk: Talk, line: str) -> tuple[Customer | None, str, str]:
    """Return the customer a typed line names, the words that stand for it, and the rest of the line.

    ``华东轴承 谈了备件`` gives the customer, ``华东轴承`` and ``谈了备件``; of ``昨天去华东轴承谈备件`` the rest is all
    of it, for only a name in front of the words is no part of what they say. When the line may mean several
    customers, or none, the customer is None.
    """
    if line not in talk.looked_for:
        talk.looked_for[line] = _looked_for(talk, line)
    found: tuple[Customer | None, str, str] = talk.looked_for[line]
    return found


def _looked_for(talk: Talk, line: str) -> tuple[Customer | None, str, str]:
    names = [line[: word.end()].strip() for word in WORD.finditer(line)][:MOST_WORDS]
    named = mentions.named_in(talk.session, talk.person, line)
    if len(named) == 1 and not _another_in_front(talk, names[:1], named[0]):
        return named[0].customer, *_without_mention(line, named[0])
    if named:
        return None, line, line
    customer, count = search.first_meant(talk.session, talk.person, [one for one in names if len(one) <= MOST_NAME])
    if customer is None:
        return None, names[0] if names else "", _behind(line, names[0]) if names else ""
    whole = _whole(customer, names[count:])
    return customer, whole, _behind(line, whole)


def named_among(talk: Talk, texts: Sequence[str]) -> Customer | None:
    """Return the customer that the first of these messages to name one alone names, or is a part of the name of.

    They are looked through together, the last first as far as that goes: many cost hardly more than one.
    """
    ends = list(accumulate(len(text) + 1 for text in reversed(texts)))
    named = mentions.named_in(talk.session, talk.person, "。".join(reversed(texts)))
    told: dict[int, list[Customer]] = {}
    for mention in named:
        told.setdefault(bisect_right(ends, mention.start), []).append(mention.customer)
    alone = [told[at][0] for at in sorted(told, reverse=True) if len(told[at]) == 1]
    if alone:
        return alone[0]
    names = [word[0] for text in texts if (word := WORD.search(text)) and _may_stand_for_a_name(word[0])]
    meant = (search.first_meant(talk.session, talk.person, [name])[0] for name in names)
    return next((customer for customer in meant if customer is not None), None)


def _may_stand_for_a_name(word: str) -> bool:
    """Whether a word may be a part of a name, its pinyin or its initials, and no sentence."""
    most = A_SHORT_NAME if spelling.is_chinese(word) else 4 * A_SHORT_NAME
    return len(word) <= most and spelling.may_be_a_firm(word)


WORD = re.compile(r"[^\s，,、；;：:。]+")
MOST_WORDS = 5
MOST_NAME = 120
A_SHORT_NAME = 8


def _another_in_front(talk: Talk, first: Sequence[str], mention: Mention) -> bool:
    """Whether the line begins with the name of another customer: ``hdzc 说北方泵业也在用``."""
    if not first or mention.start < len(first[0]) or len(first[0]) > A_SHORT_NAME:
        return False
    customer, _count = search.first_meant(talk.session, talk.person, first)
    return customer not in {None, mention.customer}


def _without_mention(line: str, mention: Mention) -> tuple[str, str]:
    """Return the words that name the customer, and the line without them if they stand alone in front of the rest."""
    words, behind = line[mention.start : mention.end], line[mention.end :]
    alone = not line[: mention.start].strip() and (not behind.strip() or SEPARATOR.match(behind))
    is_the_name = not behind.strip() or _fold(words) in mention.customer.search_key
    return words, _behind(line.strip(), words.strip()) if words and alone and is_the_name else line.strip()


SEPARATOR = re.compile(r"[\s，,、；;：:。]")


def without_name(customer: Customer, text: str, named: str) -> str:
    """Return a typed line without the words its customer was looked for by, if it begins with them."""
    known = customer.search_key or spelling.key_of(customer.name)
    own = bool(spelling.core_of(named)) and _fold(named) in known
    alone = text.startswith(named) and (text == named or SEPARATOR.match(text[len(named) :]))
    return _behind(text, named) if named and own and alone else text


def without_own_name(customer: Customer, text: str) -> str:
    """Return words without the customer's name, if it stands apart in front of them."""
    name = WORD.match(text)
    behind = _behind(text, name[0]) if name else ""
    return behind if name and behind and is_called(customer, name[0]) else text


def nameless(kept: Kept, customer: Customer | None) -> Kept:
    """Return what was kept without the messages that only say which customer it is about."""
    if customer is None:
        return kept
    return Kept([part for part in kept.parts if part.file or not is_called(customer, part.text)])


def is_called(customer: Customer, text: str) -> bool:
    """Return whether this is the customer's name, its pinyin or initials, or as much of the name as tells it apart."""
    keys = [customer.search_key or spelling.key_of(customer.name), spelling.key_of(spelling.core_of(customer.name))]
    typed, name = spelling.plain_of(text), spelling.plain_of(customer.name)
    telling = bool(spelling.core_of(text)) and typed not in TRADES
    enough = len(typed) >= (2 if spelling.is_chinese(typed) else 3)
    begins = name.startswith(typed) or name.removeprefix(place_of(name)).startswith(typed)
    return typed in " ".join(keys).split() or (enough and telling and begins)


def _fold(name: str) -> str:
    return spelling.key_of(name).partition(" ")[0]


def _whole(customer: Customer, names: Sequence[str]) -> str:
    """Return the longest of these beginnings of a line that is a part of the customer's name; "" when none is."""
    parts = [name for name in names if _fold(name) in customer.search_key]
    return parts[-1] if parts else ""


def _behind(line: str, name: str) -> str:
    return line.strip()[len(name) :].lstrip(" \n\t，,、；;：:。").rstrip()
