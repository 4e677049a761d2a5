"""Mentions: the firms and the people that a sentence names, wherever in it, as people say them.

Nobody says a name in full: 合肥中泰 is 合肥中泰机械股份有限公司, and 中泰 may do if there is one of them.
It only reads.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import NamedTuple

from sqlalchemy import ColumnElement, case, or_, select
from sqlalchemy.orm import Session

from crm import spelling
from crm.customers import looked_through, visible_to
from crm.firm_words import PLACES, TRADES, other_place, place_before, place_of
from crm.spelling import ENGLISH, Heard
from models.customer import BEGINNING, BRANDS, FIRST_LETTERS, SOUND, Contact, Customer
from models.person import Person

LOOKED_AT = 300
"""Characters of a sentence that names are looked for in."""
MOST = 400
"""Firms that may be meant are compared letter by letter, those that begin like a part of the sentence first."""
A_BEGINNING = 4
SHOWN = 20
LED_TO = re.compile(r"(?:[去到]了?|访了?|[、和与及跟])$")
"""Behind one of these a brand alone names a firm as well as another's name elsewhere in the sentence."""
A_WORD = 6
"""Letters of a word that may be a name's pinyin in a sentence."""
A_FEW_WORDS = 3
"""Words of a name; more are a sentence."""
MOST_WORDS = 5
SURNAMED = (2, 3, 4)
"""Characters of a person's name."""


class Mention(NamedTuple):
    """A customer somebody named, and which characters of the sentence name it: none if only somebody there is named.

    ``surely`` it was, by its name from the beginning; a name that only sounds the same, or a brand alone, may be
    another's.
    """

    customer: Customer
    start: int
    end: int
    surely: bool


class _Firm(NamedTuple):
    id: int
    name: str
    owner_id: int
    key: str

    @property
    def plain(self) -> str:
        return self.key.partition(" ")[0]

    @property
    def pinyin(self) -> str:
        return self.key.split(" ")[2]


class _Hit(NamedTuple):
    """Where in the heard sentence a firm's name begins and ends, and how much that says."""

    firm: _Firm
    start: int
    end: int
    whole: bool
    surely: bool

    @property
    def weight(self) -> tuple[bool, int, bool]:
        return self.surely, self.end - self.start, self.whole


def named_in(session: Session, actor: Person, sentence: str) -> list[Mention]:
    """Return the customers the sentence names, in its order; of those that are named equally well, hers first.

    A name as it is written beats a brand alone, that beats a name that sounds the same, and that somebody at a
    customer. None is named when the sentence names none that the actor may see.
    """
    heard = spelling.heard(sentence[: LOOKED_AT * 2], most=LOOKED_AT)
    if len(heard.plain) < 2:
        return []
    hits = [hit for firm in _firms(session, actor, heard, _beginning(heard)) for hit in _hits(heard, firm)]
    if not hits and spelling.is_chinese(heard.plain):
        hits = _alike(heard, _firms(session, actor, heard, _sounding(heard)))
    if hits:
        telling = [hit for hit in hits if hit.surely]
        also = [hit for hit in hits if telling and not hit.surely and LED_TO.search(heard.plain[: hit.start])]
        return _mentions(session, actor, heard, _best([*telling, *also] or hits))
    if spelt := _in_pinyin(session, actor, heard):
        return _mentions(session, actor, heard, _best(spelt))
    return _through_people(session, actor, heard)


def _beginning(heard: Heard) -> ColumnElement[bool]:
    """A name begins like a part of the sentence, or has a brand of it behind the place, or its first word."""
    brands = spelling.brands_in(heard)
    wanted = [BEGINNING.in_(heard.grams(A_BEGINNING))]
    if brands:
        wanted += [brand.in_(brands) for brand in BRANDS]
    if heard.words:
        wanted.append(FIRST_LETTERS.in_(heard.word_starts(3)))
    return or_(*wanted)


def _sounding(heard: Heard) -> ColumnElement[bool]:
    """The initials of a name begin like those of a part of the sentence."""
    return SOUND.in_(heard.initials(A_BEGINNING))


def _firms(session: Session, actor: Person, heard: Heard, wanted: ColumnElement[bool]) -> list[_Firm]:
    """Return the firms that may be named; of too many those that begin like a part of the sentence."""
    first = case((BEGINNING.in_(heard.grams(A_BEGINNING)), 0), else_=1)
    book = looked_through(session, actor).where(wanted).order_by(first, Customer.id).limit(MOST)
    rows = session.execute(book.with_only_columns(Customer.id, Customer.name, Customer.owner_id, Customer.search_key))
    return [_Firm(*row) for row in rows]


def _hits(heard: Heard, firm: _Firm) -> list[_Hit]:
    """Return where the sentence has the beginning of the firm's name, or its brand without the place before it."""
    return _written(heard, firm) if spelling.is_chinese(firm.plain) else _spelt(heard, firm)


def _written(heard: Heard, firm: _Firm) -> list[_Hit]:
    core = spelling.core_of(firm.name)
    if not firm.plain.startswith(core) or len(core) < 2:
        core = firm.plain
    place = place_of(core)
    enough = max(min(A_BEGINNING, len(core)), len(place) + 2)
    found = []
    for start, length in _common(heard.plain, firm.plain):
        if length >= enough:
            found.append(_Hit(firm, start, start + length, length >= len(core), surely=length > 2))
    brand = firm.plain[len(place) :]
    if brand[:2] in PLACES or brand[:2] in TRADES or len(core) - len(place) < 2:
        return found
    branded = [
        (start, length)
        for start, length in _common(heard.plain, brand)
        if length >= 2 and not other_place(place_before(heard.plain[:start]), place)
    ]
    return found + [_Hit(firm, start, start + length, whole=False, surely=False) for start, length in branded]


def _common(sentence: Sequence[str], name: Sequence[str]) -> Iterable[tuple[int, int]]:
    """Return where the name begins in the sentence, and how much of it stands there."""
    for start in range(len(sentence)):
        if sentence[start] == name[0]:
            pairs = zip(sentence[start:], name, strict=False)
            different = next((at for at, (one, other) in enumerate(pairs) if one != other), None)
            yield start, different if different is not None else min(len(sentence) - start, len(name))


def _spelt(heard: Heard, firm: _Firm) -> list[_Hit]:
    """Return where the first words of a name in letters stand, one after the other."""
    name, said = spelling.words_of(firm.name), [word for word, _at in heard.words]
    own, found = len(spelling.own_words_of(firm.name)), []
    for at, length in _common(said, name) if own else ():
        telling = name[0] not in PLACES and name[0] not in TRADES and len(name[0]) >= 3
        if length >= 2 or telling:
            word, start = heard.words[at + length - 1]
            whole = length >= own
            found.append(_Hit(firm, heard.words[at][1], start + len(word), whole, surely=whole or length >= 2))
    return found


def _alike(heard: Heard, firms: list[_Firm]) -> list[_Hit]:
    """Return where something is said that sounds like the beginning of a firm's name."""
    said = {spelling.loosened("".join(heard.syllables[at : at + A_BEGINNING])) for at in range(len(heard.plain))}
    lengths = sorted({len(sound) for sound in said})
    hits = []
    for firm in firms:
        sound = spelling.loosened(firm.pinyin)
        if not any(sound[:length] in said for length in lengths):
            continue
        enough = max(A_BEGINNING, len(place_of(firm.plain)) + 2)
        for start, length in _common(heard.sounds, spelling.sounds_of(firm.plain)):
            if length >= enough and spelling.is_chinese(firm.plain[:enough]):
                hits.append(_Hit(firm, start, start + length, whole=False, surely=False))
    return hits


def _in_pinyin(session: Session, actor: Person, heard: Heard) -> list[_Hit]:
    """Return where a word in letters is the pinyin of a name's beginning or brand: visited Tiangong."""
    words = [(word, at) for word, at in heard.words if len(word) >= A_WORD and word.isalpha() and word.isascii()]
    words = [(word, at) for word, at in words if word not in ENGLISH][:MOST_WORDS]
    said = {word for word, _at in heard.words}
    a_sentence = spelling.is_chinese(heard.plain) or ENGLISH & said or len(said) > A_FEW_WORDS
    if not (words and a_sentence):
        return []
    hits = []
    for firm in _firms(session, actor, heard, or_(*(Customer.search_key.contains(word) for word, _at in words))):
        syllables, place = spelling.syllables_of(firm.plain), len(place_of(firm.plain))
        spelt = {"".join(syllables[start:end]) for start in (0, place) for end in range(start + 2, place + 5)}
        hits += [_Hit(firm, at, at + len(word), whole=False, surely=False) for word, at in words if word in spelt]
    return hits


def _best(hits: list[_Hit]) -> list[_Hit]:
    """Return the hits without those that are part of one that says more, each firm once."""
    kept: list[_Hit] = []
    for hit in sorted(hits, key=lambda one: one.weight, reverse=True):
        beaten = any(other.weight > hit.weight and _overlap(other, hit) for other in kept)
        if not beaten and hit.firm not in [other.firm for other in kept]:
            kept.append(hit)
    return kept


def _overlap(one: _Hit, other: _Hit) -> bool:
    return one.start < other.end and other.start < one.end


def _mentions(session: Session, actor: Person, heard: Heard, hits: list[_Hit]) -> list[Mention]:
    ordered = sorted(hits, key=lambda hit: (hit.start, hit.firm.owner_id != actor.id, hit.firm.name))
    return [
        Mention(session.get_one(Customer, hit.firm.id), *heard.span(hit.start, hit.end), surely=hit.surely)
        for hit in ordered[:SHOWN]
    ]


def _through_people(session: Session, actor: Person, heard: Heard) -> list[Mention]:
    """Return the customers of the people named, when the sentence names no firm; of names in each other the longest."""
    pairs = [f"{one} {other}".title() for (one, _at), (other, _there) in pairwise(heard.words)]
    names = [gram for length in SURNAMED for gram in heard.grams(length) if spelling.is_chinese(gram)]
    # Their names are looked up before it is asked who may be seen: PostgreSQL would go through everybody.
    called = select(Contact.name, Contact.customer_id).where(Contact.name.in_([*names, *pairs]))
    known = called.cte("called").prefix_with("MATERIALIZED", dialect="postgresql")
    seen = visible_to(actor).where(Customer.id == known.c.customer_id).exists()
    people = session.execute(select(known).where(seen).limit(MOST)).all()
    longest = [one for one in people if not any(one.name != other.name and one.name in other.name for other in people)]
    found = [session.get_one(Customer, id_) for id_ in dict.fromkeys(one.customer_id for one in longest[:SHOWN])]
    return [
        Mention(customer, 0, 0, surely=True)
        for customer in sorted(found, key=lambda one: (one.owner_id != actor.id, one.name))
    ]
