"""What is typed in the middle of a record and is about something else: it does what it does outside; the record waits.

A page's name, a record's or a telephone number, another customer's name. What may be part of the record stays in it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from enum import StrEnum
from typing import Any, TypeVar

from crm import mentions, recall, search, spelling
from dialog.events import Event, Message
from dialog.question import Elsewhere, Heard, Here
from dialog.questions import SaveAs
from dialog.talk import Talk
from dialog.words import _
from handlers.menu import bare, called
from handlers.picking import SEPARATOR, is_called
from models.customer import Customer

E = TypeVar("E", bound=StrEnum)
IN_LETTERS = 30
"""A name in pinyin is longer than the name; anything longer than this is a sentence."""
A_FEW_LETTERS = 4
"""Letters that begin a name's pinyin or initials, such as hdzc."""
_REPORTED = re.compile(r"说|讲|提|听|他们|她们|介绍|对手|竞争|同行|像|比|\b(?:said|told|like|than)\b", re.IGNORECASE)
"""Who is named behind one of these is talked about, and was not met."""


class SaveAsOf(SaveAs[E]):
    """A choice whose tap saves a record of one customer; what is about something else leads there.

    When its words begin with another customer's name, it says whose record it stays.
    """

    def __init__(self, name: str, enum: type[E], *, of: Customer, words: str) -> None:
        super().__init__(name, enum)
        self.customer = of
        self.words = words

    def facts(self, here: Here) -> Mapping[str, Any]:
        """Return what will be saved, and the other customer its words begin with."""
        other, _behind = in_front(here.talk, self.words, self.customer)
        return {**super().facts(here), "customer": self.customer, "other": other}

    def hear(self, here: Here, event: Event) -> Heard[E]:
        """Return the member tapped; another customer's name opens it, and anything else joins the record."""
        if isinstance(event, Message) and leads_away(here.talk, event, self.customer):
            return Elsewhere()
        return super().hear(here, event)


def leads_away(talk: Talk, message: Message, customer: Customer | None) -> bool:
    """Return whether what was typed is the name or number of something else, and no part of this customer's record."""
    if not typed_alone(message):
        return False
    text = message.text.strip()
    if called(talk, message) is not None or undoes(talk, text):
        return True
    if recall.numbered(talk.session, talk.person, text) or recall.people(talk.session, talk.person, text, limit=1):
        return True
    return customer is not None and _is_anothers_name(talk, text, customer)


def names_another(talk: Talk, message: Message, customer: Customer) -> bool:
    """Return whether a sentence begins with another customer than this one, or says that she was with it."""
    text = message.text
    if message.forwarded_from is not None or not text.strip():
        return False
    named = mentions.named_in(talk.session, talk.person, text)
    if not named or any(mention.customer == customer for mention in named):
        return False
    first, alone = named[0], len(named) == 1
    before = text[: first.start]
    met = first.surely or (alone and (not before.strip() or mentions.LED_TO.search(before)))
    return first.end > first.start and bool(met) and _REPORTED.search(before) is None


def in_front(talk: Talk, text: str, customer: Customer) -> tuple[Customer | None, str]:
    """Return another customer whose name stands apart in front of the text, and what stands behind it."""
    named = mentions.named_in(talk.session, talk.person, text)
    first = [mention for mention in named if mention.start == 0 and mention.end]
    if len(first) != 1 or any(mention.customer == customer for mention in named):
        return None, text
    other, name, behind = first[0].customer, text[: first[0].end], text[first[0].end :]
    apart = is_called(other, name) and (not behind or SEPARATOR.match(behind))
    return (other, SEPARATOR.sub("", behind, count=1).strip()) if apart else (None, text)


def typed_alone(message: Message) -> bool:
    """Return whether it is a short line of her own and nothing else."""
    text = message.text.strip()
    more = message.file or message.spot or message.card or message.forwarded_from is not None
    return not more and 0 < len(text) <= IN_LETTERS and "\n" not in text


def undoes(talk: Talk, text: str) -> bool:
    """Return whether the label of Undo was typed."""
    return bool(bare(text)) and bare(text) == bare(talk.say(_("↩️ Undo")))


def _is_anothers_name(talk: Talk, text: str, customer: Customer) -> bool:
    if not spelling.may_be_a_firm(text) or is_called(customer, text):
        return False
    found = search.called(talk.session, talk.person, text, limit=2)
    if len(found) != 1 or found[0] == customer:
        return False
    typed = spelling.plain_of(text)
    begins = any(form.startswith(typed) for form in found[0].search_key.split())
    return is_called(found[0], text) or (begins and len(typed) >= A_FEW_LETTERS)
