"""Search: finding a customer or a contact by a few letters, among those one may see. It only reads."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import NamedTuple

from rapidfuzz import fuzz
from sqlalchemy import ColumnElement, Select, and_, case, false, func, or_, select
from sqlalchemy.orm import Session, joinedload

from crm import mentions
from crm.customers import looked_through, visible_to
from crm.firm_words import PLACES, TRADES, other_place, place_of
from crm.spelling import LONGEST, core_of, homophones, is_chinese, names_said, parts_of, pieces_of, sound_of, sounds_of
from models.customer import BRANDS, Contact, Customer
from models.person import Person
from models.touch import Touch
from models.visit import Reminder, Visit

FEWEST_DIGITS = 4
"""Digits at the end of a telephone number that somebody remembers."""
REGISTERED = re.compile(r"[0-9][0-9a-z]{14,17}", re.IGNORECASE)
"""A registration number: 18 characters, or 15 of the older kind."""
A_NAME = 30
"""A longer text is a sentence, and no name that is mistyped."""
A_LONG_WORD = 5
"""Letters of a word at the beginning of a line that may be a mistyped name."""
A_SOUND = 3
"""Characters that are compared by their sound."""
HOLDING = 400
"""As many customers that contain the words are ranked, those beginning with them first."""
SHARING = 600
"""As many customers that share pieces with the words are ranked, those that share most first."""
ALIKE = 75
"""How alike, of 100, typed words and a name must be to count as a typing mistake."""
THE_SAME = 86
"""How alike, of 100, two names must be to be suspected of meaning one firm."""


def customers(session: Session, actor: Person, words: str, *, limit: int = 6, offset: int = 0) -> list[Customer]:
    """Return the customers these words mean, the likeliest first; without words the recent ones.

    A part of the name, its pinyin or its initials will do (hdzc finds 华东轴承), in any case or width;
    so will a telephone number of somebody there, a name that sounds the same, or a sentence that names the customer.
    When there is none of these, the words are read as a typing mistake.
    """
    parts = parts_of(words)
    if not parts:
        return recent(session, actor, limit=limit, offset=offset)
    found, typed = _called(session, actor, parts), "".join(parts)
    named = [] if found else mentions.named_in(session, actor, words)
    if not found and len(typed) <= A_NAME and not any(mention.surely for mention in named):
        alike = _ranked(_mistyped(session, looked_through(session, actor), typed), typed, least=ALIKE)
        found = alike if not named or any(_as_long(typed, one) for one in alike) else []
    meant = [_Candidate(one.id, one.name, one.search_key) for one in (mention.customer for mention in named)]
    found = found or sorted(meant, key=lambda one: not _as_long(typed, one))
    return _loaded(session, found[offset : offset + limit])


def called(session: Session, actor: Person, words: str, *, limit: int = 6) -> list[Customer]:
    """Return the customers that nothing but a name was typed for: all the words are part of it, or sound like it.

    Of a sentence that only mentions one, none.
    """
    parts = parts_of(words)
    found, typed = _called(session, actor, parts) if parts else [], "".join(parts)
    if parts and not found and len(typed) <= A_NAME and not mentions.named_in(session, actor, words):
        found = _ranked(_mistyped(session, looked_through(session, actor), typed), typed, least=ALIKE)
        found = [one for one in found if _as_long(typed, one) and not other_place(typed, place_of(core_of(one.name)))]
    return _loaded(session, found[:limit])


def _called(session: Session, actor: Person, parts: list[str]) -> list[_Candidate]:
    """Return those that contain every part, or else somebody's with this number, or else those that sound so."""
    book, typed = looked_through(session, actor), "".join(parts)
    if REGISTERED.fullmatch(typed) and (registered := _registered(session, book, typed)):
        return registered
    sounds = _telling_sounds(typed)
    near = _candidates(session, _holding(book, parts, sounds))
    holding = _closest([one for one in near if all(part in one.search_key for part in parts)], typed)
    numbered = [] if holding else _numbered(session, book, typed)
    found = numbered or _ranked(holding or [one for one in near if _sounds_so(one, sounds)], typed)
    return found or _branded_so(session, book, typed) or _divided(session, book, parts)


def _registered(session: Session, book: Select[Customer], typed: str) -> list[_Candidate]:
    return _candidates(session, book.where(Customer.registration == typed.upper()).limit(HOLDING))


def _closest(holding: list[_Candidate], typed: str) -> list[_Candidate]:
    """Return those that hold all of what was typed in a row, if it is letters: hua dong is huadong."""
    in_a_row = [one for one in holding if typed in one.search_key] if typed.isascii() else []
    return in_a_row or holding


def _branded_so(session: Session, book: Select[Customer], typed: str) -> list[_Candidate]:
    """Return those whose brand of two characters sounds like these two: 瑞峰 may be 瑞丰."""
    if len(typed) != 2 or not all(map(is_chinese, typed)) or typed in PLACES | TRADES:
        return []
    alike = homophones(typed)
    branded = book.where(or_(*(brand.in_(alike) for brand in BRANDS))).order_by(Customer.name, Customer.id)
    return _ranked([one for one in _candidates(session, branded.limit(HOLDING)) if _brand_of(one) in alike], typed)


def _brand_of(one: _Candidate) -> str:
    plain = one.search_key.split()[0]
    return plain.removeprefix(place_of(plain))[:2]


def _divided(session: Session, book: Select[Customer], parts: list[str]) -> list[_Candidate]:
    """Return those meant by a place and a trade without the brand between: 青岛钢铁 is 青岛博远钢铁."""
    whole = core_of(parts[0])
    place = place_of(whole)
    trade = whole.removeprefix(place)
    if len(parts) > 1 or not place or trade not in TRADES:
        return []
    return _ranked(_candidates(session, _holding(book, [place, trade], [])), whole)


def _as_long(typed: str, one: _Candidate) -> bool:
    """Whether the words are a mistyped name and nothing else: as much of the name as they are long is like them."""
    forms = [*one.search_key.split(), core_of(one.name)]
    return any(fuzz.ratio(typed, form[: len(typed)]) >= ALIKE for form in forms)


def contacts(session: Session, actor: Person, words: str, *, limit: int = 6, offset: int = 0) -> Sequence[Contact]:
    """Return people at the actor's customers whose name holds the words, by name."""
    sought = words.replace("\0", "")
    holds = Contact.name.contains if _has_no_case(sought) else Contact.name.icontains
    holding = _contacts_of(actor).where(holds(sought, autoescape=True))
    # Ordered by the name as it is, PostgreSQL goes through its index and fetches everybody one by one.
    return session.scalars(holding.order_by(func.lower(Contact.name), Contact.id).limit(limit).offset(offset)).all()


def namesakes(session: Session, actor: Person, name: str, *, limit: int = 6) -> Sequence[Contact]:
    """Return people at the actor's customers of exactly this name, in any case or in pinyin, the first known first."""
    sought = name.replace("\0", "")
    # Most names have no case, and are found by their index.
    same = Contact.name == sought if _has_no_case(sought) else func.lower(Contact.name) == func.lower(sought)
    found = session.scalars(_contacts_of(actor).where(same).order_by(Contact.id).limit(limit)).all()
    said = [] if found else names_said(sought)
    if not said:
        return found
    # Asked by themselves: only this way each name is looked up in its index.
    known = session.scalars(select(Contact.name).where(Contact.name.in_(said)).distinct()).all()
    return session.scalars(_contacts_of(actor).where(Contact.name.in_(known)).order_by(Contact.id).limit(limit)).all()


def _has_no_case(words: str) -> bool:
    return words.lower() == words.upper()


def _contacts_of(actor: Person) -> Select[Contact]:
    # Asked one by one: most of a large book is never looked at.
    hers = visible_to(actor).where(Customer.id == Contact.customer_id).exists()
    return select(Contact).where(hers).options(joinedload(Contact.customer))


def first_meant(session: Session, actor: Person, beginnings: Sequence[str]) -> tuple[Customer | None, int]:
    """Return the customer that one of these ever longer beginnings of a line means, and which of them does.

    The shortest decides. It means a customer when it is its whole name, or finds no other. A longer word in letters
    may be mistyped.
    """
    book = looked_through(session, actor)
    named = _named(session, book, beginnings)
    holding, mistyped = None, None
    for count, words in enumerate(beginnings):
        parts = parts_of(words)
        if not parts:
            break
        holding = _still_holding(session, book, parts, holding)
        found = holding
        if not found and words.isascii() and len(words) >= A_LONG_WORD:
            typed = "".join(parts)
            mistyped = _mistyped(session, book, typed) if mistyped is None else mistyped
            found = [one for one in _ranked(mistyped, typed, least=ALIKE) if _as_long(typed, one)]
        if not found:
            break
        if words in named or len(found) == 1:
            return session.get_one(Customer, named.get(words, found[0].id)), count
    return None, 0


def recent(session: Session, actor: Person, *, limit: int = 6, offset: int = 0) -> list[Customer]:
    """Return the customers this person had to do with last, by visit or plan, then the others by name."""
    mine, used = visible_to(actor), _last_used(actor).subquery()
    lately = mine.join(used, used.c.customer_id == Customer.id)
    by_use = lately.order_by(used.c.at.desc(), Customer.name, Customer.id)
    listed = list(session.scalars(by_use.limit(limit).offset(offset)))
    if len(listed) == limit:
        return listed
    before = session.scalar(lately.with_only_columns(func.count())) or 0
    others = mine.where(Customer.id.not_in(select(used.c.customer_id))).order_by(Customer.name, Customer.id)
    others = others.limit(limit - len(listed)).offset(max(offset - before, 0))
    return [*listed, *session.scalars(others)]


def used_any(session: Session, actor: Person) -> bool:
    """Return whether this person has had to do with any customer she may see, by visit, contact or plan."""
    used = _last_used(actor).subquery()
    lately = visible_to(actor).join(used, used.c.customer_id == Customer.id)
    return session.scalar(lately.with_only_columns(Customer.id).limit(1)) is not None


def likely_duplicates(session: Session, name: str) -> list[Customer]:
    """Return firms, whoever looks after them, that are probably meant by this name; show their names only.

    They are called about the same, or sound the same: 华东轴承, 华冬轴承 and Huadong Zhoucheng Co. are one.
    """
    core = core_of(name)[:LONGEST]
    if not core:
        return []
    sound, standing = sound_of(core), select(Customer).where(Customer.merged_into_id.is_(None))
    same = [one for one in _sharing(session, standing, core, sound) if _called_the_same(one, core, sound)]
    return _loaded(session, _ranked(same, core, least=-1)[:5])  # a name in other letters is alike in nothing


def _called_the_same(one: _Candidate, core: str, sound: str) -> bool:
    name = core_of(one.name)
    if fuzz.ratio(name, core) >= THE_SAME:
        return True
    return all(piece in one.search_key for piece in pieces_of(sound)) and sound_of(name) == sound


def _last_used(actor: Person) -> Select[int, datetime]:
    visited = select(Visit.customer_id, Visit.at).where(Visit.rep_id == actor.id, Visit.undone_at.is_(None))
    planned = select(Reminder.customer_id, Reminder.settled_at).where(Reminder.rep_id == actor.id)
    touched = select(Touch.customer_id, Touch.at).where(Touch.person_id == actor.id, Touch.undone_at.is_(None))
    uses = visited.union_all(planned.where(Reminder.settled_at.is_not(None)), touched).subquery()
    return select(uses.c.customer_id, func.max(uses.c.at).label("at")).group_by(uses.c.customer_id)


class _Candidate(NamedTuple):
    """What ranking a customer needs to know of it."""

    id: int
    name: str
    search_key: str


def _holding(book: Select[Customer], parts: Sequence[str], sounds: Sequence[str]) -> Select[Customer]:
    """Choose those that contain every part, then those that may sound so, as one look at them all.

    When there are many, those beginning with what was typed come first.
    """
    key, typed = Customer.search_key, "".join(parts)
    begins = or_(key.startswith(typed, autoescape=True), _holds(f" {typed}"))
    holds, closest = and_(*map(_holds, parts)), [(begins, 0), (_holds(typed), 1)]
    if sounds:
        # In the key the initials stand behind the name. What n and l leave alone of them is sought through quicker.
        begun, alike = "".join(sound[:1] for sound in sounds), func.replace(key, "n", "l")
        sound = and_(_holds(max(begun.split("l"), key=len)), alike.contains(begun, autoescape=True))
        closest += [(holds, 2), (alike.contains(f" {begun}", autoescape=True), 3)]
        holds = or_(holds, sound)
    return book.where(holds).order_by(case(*closest, else_=4), Customer.name, Customer.id).limit(HOLDING)


def _still_holding(
    session: Session, book: Select[Customer], parts: Sequence[str], before: list[_Candidate] | None
) -> list[_Candidate]:
    """Return some that contain every part, in no order: among those of fewer parts, unless there are more of them."""
    if before is None or len(before) == HOLDING:
        return _candidates(session, book.where(*map(_holds, parts)).limit(HOLDING))
    return [one for one in before if all(part in one.search_key for part in parts)]


def _named(session: Session, book: Select[Customer], names: Sequence[str]) -> dict[str, int]:
    """Return the customers of these names by name; of two with one name, the first."""
    called = book.where(Customer.name.in_([name for name in names if "\0" not in name]))
    return {one.name: one.id for one in _candidates(session, called.order_by(Customer.id.desc()))}


def _numbered(session: Session, book: Select[Customer], typed: str) -> list[_Candidate]:
    """Return those at whom somebody has this telephone number, or one that ends so."""
    ends = number_in(typed)
    if not ends:
        return []
    hers = select(Contact.customer_id).where(Contact.dialled.endswith(ends))
    return _candidates(session, book.where(Customer.id.in_(hers)).order_by(Customer.name, Customer.id).limit(HOLDING))


def number_in(words: str) -> str:
    """Return the digits of a telephone number or of its end, at least four; "" when the words are something else."""
    digits = re.sub(r"\D", "", words)
    return digits[-11:] if len(digits) >= FEWEST_DIGITS and re.fullmatch(r"[\d+()\-./ ]+", words) else ""


def _telling_sounds(typed: str) -> tuple[str, ...]:
    """Return how these characters are said; two sound like too much, and letters are no sounds."""
    return sounds_of(typed) if is_chinese(typed) and len(typed) >= A_SOUND else ()


def _sounds_so(one: _Candidate, sounds: Sequence[str]) -> bool:
    """Whether a part of the name sounds like this."""
    return bool(sounds) and f" {' '.join(sounds)} " in f" {' '.join(sounds_of(one.search_key.split()[0]))} "


def _mistyped(session: Session, book: Select[Customer], typed: str) -> list[_Candidate]:
    """Return those that may be meant by a typing mistake: two letters or fewer are none."""
    return _sharing(session, book, typed) if len(typed) > 2 else []


def _sharing(session: Session, book: Select[Customer], typed: str, sound: str = "") -> list[_Candidate]:
    """Return those that share two neighbouring letters with what was typed, or with how it sounds.

    Of a small book all of them; of a large one those that share all pieces of the sound or most of a few of what was
    typed, the shortest names first.
    """
    closest = _candidates(session, book.limit(SHARING))
    if len(closest) == SHARING:
        shares = [_has(piece) for piece in pieces_of(typed)]
        sounds_so = and_(*map(_holds, pieces_of(sound))) if sound else false()
        most = sum((case((has, 1), else_=0) for has in shares), case((sounds_so, len(shares)), else_=0)).desc()
        sharing = book.where(or_(sounds_so, *shares)).order_by(most, func.length(Customer.name), Customer.id)
        closest = _candidates(session, sharing.limit(SHARING))
    pairs = {said[at : at + 2] for said in (typed, sound) for at in range(max(len(said) - 1, 1))} - {""}
    return [one for one in closest if any(pair in one.search_key for pair in pairs)]


def _holds(part: str) -> ColumnElement[bool]:
    return Customer.search_key.contains(part, autoescape=True)


def _has(piece: str) -> ColumnElement[bool]:
    """The customer shares the piece. The name is sought through quicker, and holds all there is but letters."""
    own = Customer.search_key if any(map(str.isascii, piece)) else Customer.name
    return own.contains(piece, autoescape=True)


def _candidates(session: Session, book: Select[Customer]) -> list[_Candidate]:
    rows = session.execute(book.with_only_columns(Customer.id, Customer.name, Customer.search_key))
    return [_Candidate(*row) for row in rows]


def _ranked(candidates: Iterable[_Candidate], typed: str, *, least: float = 0) -> list[_Candidate]:
    """Return those that are at least so alike, the likeliest first, then by name."""
    scored = [(-_likeness(typed, one, least), one.name, one.id, one) for one in candidates]
    return [one for score, _name, _id, one in sorted(scored) if -score >= least]


def _likeness(typed: str, one: _Candidate, least: float) -> float:
    """Of 100: how well the typed words match the best of name, initials and pinyin; beginnings come first.

    The name without its firm's words is looked for within the typed ones too: 华东轴承谈了备件 means 华东轴承.
    Less than the least is not worked out.
    """
    forms = [*one.search_key.split(), core_of(one.name)]
    return max(fuzz.partial_ratio(typed, form, score_cutoff=least) - (not form.startswith(typed)) for form in forms)


def _loaded(session: Session, candidates: Sequence[_Candidate]) -> list[Customer]:
    """Return the customers themselves, in this order."""
    there = select(Customer).where(Customer.id.in_([one.id for one in candidates]))
    found = {customer.id: customer for customer in session.scalars(there)} if candidates else {}
    return [found[one.id] for one in candidates]
