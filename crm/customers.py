"""Customers: finding them by a few letters, keeping their file, and seeing who has waited too long.

Whoever may see a customer is decided here, in ``visible_to``, and nowhere else. It never merges or deletes.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from pypinyin import Style, lazy_pinyin
from rapidfuzz import fuzz
from sqlalchemy import ColumnElement, Select, and_, case, false, func, literal, or_, select
from sqlalchemy.orm import Session, aliased, joinedload

from crm import audit, duty
from crm.permission import require
from crm.rules import rules
from models.customer import Access, Contact, Customer, Grade, Industry, Region
from models.person import Permission, Person, Role
from models.problem import NotFound, Problem
from models.touch import Touch
from models.visit import Outcome, Reminder, Visit, VisitKind

HOLDING = 400
"""As many customers that contain the words are ranked, those beginning with them first."""
SHARING = 600
"""As many customers that share pieces with the words are ranked, those that share most first."""
LONGEST = 60
"""Letters of what was typed that are looked at."""
A_NAME = 12
"""Characters of it that pieces are taken from: a sentence begins with the name it is about."""
ALIKE = 75
"""How alike, of 100, typed words and a name must be to count as a typing mistake."""
THE_SAME = 86
"""How alike, of 100, two names must be to be suspected of meaning one firm."""
FIRM_WORDS = re.compile(r"股份|有限|责任|集团|公司|\(.*?\)|\b(co|ltd|inc|gmbh|company|limited)\b\.?")
KEY_LENGTH = 600


class NameUnfit(Problem):
    """A name is missing, or longer than the file has room for."""


def visible_to(actor: Person) -> Select[Customer]:
    """Return the customers this person may see.

    They are confidential: a rep sees her own, a team's manager those of her team, and either what she was granted.
    Leaders without a team see all; a customer's person sees her own firm. As long as somebody is away, her deputy
    sees what she sees.
    """
    standing = select(Customer).where(Customer.merged_into_id.is_(None))
    if not actor.active:
        return standing.where(false())
    if sees_all(actor):
        return standing
    if actor.role is Role.CUSTOMER:
        return standing.join(Contact).where(Contact.id == actor.contact_id)
    granted = Customer.id.in_(select(Access.customer_id).where(duty.is_hers(Access.person_id, actor)))
    return standing.where(or_(_answers_for(actor), granted))


def sees_all(actor: Person) -> bool:
    """Return whether no customer is hidden from this person: administrators, and managers without a team."""
    return actor.active and actor.is_leader and (actor.role is Role.ADMIN or actor.team_id is None)


def _answers_for(actor: Person) -> ColumnElement[bool]:
    """A customer is hers, or as a manager her team's, or of somebody who is in no team; or so for whom she covers."""
    own = duty.is_hers(Customer.owner_id, actor)
    if not actor.is_leader:
        return own
    team = select(Person.id).where(or_(Person.team_id == actor.team_id, Person.team_id.is_(None)))
    return or_(own, Customer.owner_id.in_(team), Customer.owner_id.in_(_led_by_the_absent(actor)))


def _led_by_the_absent(actor: Person) -> Select[int]:
    """Return the ids of those led by a leader whose deputy the actor is now."""
    leader = aliased(Person)
    leads = or_(leader.role == Role.ADMIN, leader.team_id.is_(None), leader.team_id == Person.team_id)
    absent = and_(leader.id.in_(duty.stood_in_for(actor)), leader.role.in_([Role.MANAGER, Role.ADMIN]))
    return select(Person.id).join(leader, leads).where(absent)


def ids_visible_to(actor: Person) -> Select[int]:
    """Return the ids of the customers this person may see, to narrow other queries by."""
    return visible_to(actor).with_only_columns(Customer.id)


def may_see(session: Session, actor: Person, customer_id: int) -> bool:
    """Return whether the actor may open this customer's file: one may own a record there and not see the rest."""
    try:
        find(session, actor, customer_id)
    except NotFound:
        return False
    return True


def find(session: Session, actor: Person, customer_id: int) -> Customer:
    """Return the customer, or the one it was merged into.

    Raises NotFound when there is none or it is not the actor's to see.
    """
    customer = session.get(Customer, customer_id)
    if customer is not None and _plainly_hers(actor, customer):
        return customer
    customer = session.scalar(visible_to(actor).where(Customer.id == customer_id))
    if customer is None:
        merged = select(Customer.merged_into_id).where(Customer.id == customer_id)
        customer = session.scalar(visible_to(actor).where(Customer.id == merged.scalar_subquery()))
    if customer is None:
        raise NotFound(what="customer")
    return customer


def _plainly_hers(actor: Person, customer: Customer) -> bool:
    """Whether ``visible_to`` need not be asked: most look-ups of a turn are of a rep's own customer."""
    own = customer.owner_id == actor.id and customer.merged_into_id is None
    return own and actor.active and actor.role is not Role.CUSTOMER


def find_contact(session: Session, actor: Person, contact_id: int) -> Contact:
    """Return the person at a customer. Raises NotFound when there is none or it is not the actor's to see."""
    visible = Contact.customer_id.in_(ids_visible_to(actor))
    contact = session.scalar(select(Contact).where(Contact.id == contact_id, visible))
    if contact is None:
        raise NotFound(what="contact")
    return contact


def contacts(session: Session, actor: Person, words: str, *, limit: int = 6, offset: int = 0) -> Sequence[Contact]:
    """Return people at the actor's customers whose name holds the words, by name."""
    holding = _contacts_of(actor).where(Contact.name.contains(words.replace("\0", ""), autoescape=True))
    return session.scalars(holding.order_by(Contact.name, Contact.id).limit(limit).offset(offset)).all()


def namesakes(session: Session, actor: Person, name: str, *, limit: int = 6) -> Sequence[Contact]:
    """Return people at the actor's customers of exactly this name, the first known first."""
    called = _contacts_of(actor).where(Contact.name == name.replace("\0", ""))
    return session.scalars(called.order_by(Contact.id).limit(limit)).all()


def _contacts_of(actor: Person) -> Select[Contact]:
    # Asked one by one: most of a large book is never looked at.
    hers = visible_to(actor).where(Customer.id == Contact.customer_id).exists()
    return select(Contact).where(hers).options(joinedload(Contact.customer))


def search(session: Session, actor: Person, words: str, *, limit: int = 6, offset: int = 0) -> list[Customer]:
    """Return the customers these words mean, the likeliest first; without words the recent ones.

    A part of the name, its pinyin or its initials will do (hdzc finds 华东轴承), in any case or width;
    when nothing contains the words, they are read as a typing mistake.
    """
    parts = _parts(words)
    if not parts:
        return recent(session, actor, limit=limit, offset=offset)
    book, typed = visible_to(actor), "".join(parts)
    found = _ranked(_holding(session, book, parts), typed)
    found = found or _ranked(_mistyped(session, book, typed), typed, least=ALIKE)
    return _loaded(session, found[offset : offset + limit])


def first_meant(session: Session, actor: Person, beginnings: Sequence[str]) -> tuple[Customer | None, int]:
    """Return the customer that one of these ever longer beginnings of a line means, and which of them does.

    The shortest decides. It means a customer when it is its whole name, or finds no other.
    """
    book = visible_to(actor)
    named = _named(session, book, beginnings)
    holding, mistyped = None, None
    for count, words in enumerate(beginnings):
        parts = _parts(words)
        if not parts:
            break
        holding = _still_holding(session, book, parts, holding)
        found = holding
        if not found:
            mistyped = _mistyped(session, book, "".join(parts)) if mistyped is None else mistyped
            found = _ranked(mistyped, "".join(parts), least=ALIKE)
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


def likely_duplicates(session: Session, name: str) -> list[Customer]:
    """Return firms, whoever looks after them, that are probably meant by this name; show their names only."""
    core = _core(name)[:LONGEST]
    if not core:
        return []
    sharing = _sharing(session, select(Customer).where(Customer.merged_into_id.is_(None)), core)
    same = [one for one in sharing if fuzz.ratio(_core(one.name), core) >= THE_SAME]
    return _loaded(session, _ranked(same, core)[:5])


def search_key(name: str) -> str:
    """Return what a customer of this name is found by: the name folded, its initials and its pinyin."""
    folded = _fold(name).replace(" ", "")
    initials = "".join(lazy_pinyin(folded, style=Style.FIRST_LETTER))
    return " ".join([folded, initials, "".join(lazy_pinyin(folded))])[:KEY_LENGTH]


def add(
    session: Session, actor: Person, *, name: str, grade: Grade, industry: Industry, region: Region, at: datetime
) -> Customer:
    """Return the new customer, whom the actor looks after. Raises NotAllowed, NameUnfit."""
    require(actor, Permission.EDIT_CUSTOMERS)
    name = _fit(name, Customer.name, required=True)
    customer = Customer(name=name, search_key=search_key(name), grade=grade, industry=industry, region=region)
    customer.owner_id, customer.created_at = actor.id, at
    session.add(customer)
    session.flush()
    audit.note(session, actor, "customer.added", customer, at, grade=grade.value)
    return customer


def set_grade(session: Session, actor: Person, customer_id: int, *, grade: Grade, at: datetime) -> Customer:
    """Return the customer in its new grade. Raises NotAllowed, NotFound."""
    require(actor, Permission.EDIT_CUSTOMERS)
    customer = find(session, actor, customer_id)
    if customer.grade is not grade:
        audit.note(session, actor, "customer.graded", customer, at, was=customer.grade.value, became=grade.value)
        customer.grade, customer.version = grade, customer.version + 1
        session.flush()
    return customer


def add_contact(
    session: Session,
    actor: Person,
    *,
    customer: Customer,
    name: str,
    position: str = "",
    phone: str = "",
    at: datetime,
) -> Contact:
    """Return the new person at the customer. Raises NotAllowed, NotFound, NameUnfit."""
    require(actor, Permission.EDIT_CUSTOMERS)
    find(session, actor, customer.id)
    contact = Contact(customer_id=customer.id, name=_fit(name, Contact.name, required=True), created_at=at)
    contact.position, contact.phone = _fit(position, Contact.position), _fit(phone, Contact.phone)
    session.add(contact)
    session.flush()
    session.expire(customer, ["contacts"])
    audit.note(session, actor, "contact.added", contact, at, customer=customer.id)
    return contact


def acquaint(
    session: Session, actor: Person, *, customer: Customer, name: str, phone: str = "", at: datetime
) -> Contact:
    """Return the person at the customer with this number or name, added if there is none.

    Raises NotAllowed, NotFound, NameUnfit.
    """
    digits = re.sub(r"\D", "", phone)[-11:]
    for contact in customer.contacts:
        same_number = bool(digits) and re.sub(r"\D", "", contact.phone)[-11:] == digits
        if same_number or contact.name == name:
            return contact
    return add_contact(session, actor, customer=customer, name=name, phone=phone, at=at)


def last_visits(session: Session, customers: Iterable[Customer]) -> dict[int, datetime]:
    """Return when each of these customers was last visited, by customer id; those never visited are left out."""
    ids = [customer.id for customer in customers]
    rows = session.execute(_visited().where(Visit.customer_id.in_(ids))).all() if ids else []
    return {row.customer_id: row.at for row in rows}


def overdue(
    session: Session,
    actor: Person,
    *,
    now: datetime,
    grade: Grade | None = None,
    limit: int = 6,
    offset: int = 0,
) -> list[tuple[Customer, datetime | None, int]]:
    """Return who has waited longer for a visit than the grade allows: customer, last visit, whole days over.

    Key customers come first, then those who wait longest; a customer never visited waits since it was added.
    """
    visited = _visited().subquery()
    late = visible_to(actor).outerjoin(visited, visited.c.customer_id == Customer.id)
    late = late.where(_waits_too_long(visited.c.at, rules(session).cadence, now)).add_columns(visited.c.at)
    late = late.order_by(Customer.grade, func.coalesce(visited.c.at, Customer.created_at), Customer.id)
    late = late if grade is None else late.where(Customer.grade == grade)
    rows: Sequence[Any] = session.execute(late.limit(limit).offset(offset)).all()
    return [(customer, last, _days_over(session, customer, last, now)) for customer, last in rows]


def waiting_by_grade(session: Session, actor: Person, *, now: datetime) -> Select[Grade, int, int]:
    """Return the query for grade, customers who wait longer than it allows, and all customers of it."""
    visited = _visited().subquery()
    late = func.count(case((_waits_too_long(visited.c.at, rules(session).cadence, now), 1)))
    every = visible_to(actor).outerjoin(visited, visited.c.customer_id == Customer.id).group_by(Customer.grade)
    return every.with_only_columns(Customer.grade, late, func.count())


def _waits_too_long(
    last: ColumnElement[datetime], cadence: Mapping[Grade, timedelta], now: datetime
) -> ColumnElement[bool]:
    """A full day over the gap its grade allows has passed since the last visit, or since it was added."""
    latest = {grade: now - gap - timedelta(days=1) for grade, gap in cadence.items()}
    since = func.coalesce(last, Customer.created_at)
    return or_(*(and_(Customer.grade == grade, since <= moment) for grade, moment in latest.items()))


def _visited() -> Select[int, datetime]:
    """Last visit by customer. Calls, and doors nobody opened, are not visits (``VIS-02``)."""
    counts = and_(Visit.undone_at.is_(None), Visit.kind != VisitKind.CALL, Visit.outcome != Outcome.NOBODY)
    return select(Visit.customer_id, func.max(Visit.at).label("at")).where(counts).group_by(Visit.customer_id)


def _days_over(session: Session, customer: Customer, last: datetime | None, now: datetime) -> int:
    return (now - (last or customer.created_at) - rules(session).cadence[customer.grade]).days


def _last_used(actor: Person) -> Select[int, datetime]:
    visited = select(Visit.customer_id, Visit.at).where(Visit.rep_id == actor.id, Visit.undone_at.is_(None))
    planned = select(Reminder.customer_id, Reminder.settled_at).where(Reminder.rep_id == actor.id)
    touched = select(Touch.customer_id, Touch.at).where(Touch.person_id == actor.id, Touch.undone_at.is_(None))
    uses = visited.union_all(planned.where(Reminder.settled_at.is_not(None)), touched).subquery()
    return select(uses.c.customer_id, func.max(uses.c.at).label("at")).group_by(uses.c.customer_id)


def _fold(words: str) -> str:
    # PostgreSQL takes no NUL, and a forged address may hold one.
    return unicodedata.normalize("NFKC", words).replace("\0", "").casefold().strip()


def _core(name: str) -> str:
    """The name without what every firm's name carries, and without spaces."""
    return re.sub(r"\s", "", FIRM_WORDS.sub("", _fold(name)))


class _Candidate(NamedTuple):
    """What ranking a customer needs to know of it."""

    id: int
    name: str
    search_key: str


def _parts(words: str) -> list[str]:
    return _fold(words)[:LONGEST].split()


def _holding(session: Session, book: Select[Customer], parts: Sequence[str]) -> list[_Candidate]:
    """Return those that contain every part; when there are many, those beginning with what was typed."""
    key, typed = Customer.search_key, "".join(parts)
    begins = or_(key.startswith(typed, autoescape=True), _holds(f" {typed}"))
    closest = case((begins, 0), (_holds(typed), 1), else_=2)
    holding = book.where(*map(_holds, parts)).order_by(closest, Customer.name, Customer.id)
    return _candidates(session, holding.limit(HOLDING))


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


def _mistyped(session: Session, book: Select[Customer], typed: str) -> list[_Candidate]:
    """Return those that may be meant by a typing mistake: two letters or fewer are none."""
    return _sharing(session, book, typed) if len(typed) > 2 else []


def _sharing(session: Session, book: Select[Customer], typed: str) -> list[_Candidate]:
    """Return those that share two neighbouring letters with what was typed.

    Of a small book all of them; of a large one those that share most of a few pieces, the shortest names first.
    """
    closest = _candidates(session, book.limit(SHARING))
    if len(closest) == SHARING:
        shares = [_has(piece) for piece in _pieces(typed)]
        most = sum((case((has, 1), else_=0) for has in shares), literal(0)).desc()
        sharing = book.where(or_(*shares)).order_by(most, func.length(Customer.name), Customer.id)
        closest = _candidates(session, sharing.limit(SHARING))
    pairs = {typed[at : at + 2] for at in range(max(len(typed) - 1, 1))}
    return [one for one in closest if any(pair in one.search_key for pair in pairs)]


def _pieces(typed: str) -> list[str]:
    """Return three short pieces, spread evenly: a mistake leaves some of them as they are.

    Two characters are telling; of letters it takes more. What every firm's name carries tells nothing.
    """
    typed = _core(typed) or typed
    if not typed.isascii() or len(typed) <= 4:
        length, span = 2, A_NAME
    else:
        length, span = (3 if len(typed) <= 8 else 4), 2 * A_NAME
    last = max(len(typed[:span]) - length, 0)
    return [typed[at : at + length] for at in sorted({0, last // 2, last})]


def _holds(part: str) -> ColumnElement[bool]:
    return Customer.search_key.contains(part, autoescape=True)


def _has(piece: str) -> ColumnElement[bool]:
    """The customer shares the piece. The name is sought through quicker, and holds all there is but letters."""
    own = Customer.search_key if any(map(str.isascii, piece)) else Customer.name
    return own.contains(piece, autoescape=True)


def _candidates(session: Session, customers: Select[Customer]) -> list[_Candidate]:
    rows = session.execute(customers.with_only_columns(Customer.id, Customer.name, Customer.search_key))
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
    forms = [*one.search_key.split(), _core(one.name)]
    return max(fuzz.partial_ratio(typed, form, score_cutoff=least) - (not form.startswith(typed)) for form in forms)


def _loaded(session: Session, candidates: Sequence[_Candidate]) -> list[Customer]:
    """Return the customers themselves, in this order."""
    there = select(Customer).where(Customer.id.in_([one.id for one in candidates]))
    customers = {customer.id: customer for customer in session.scalars(there)} if candidates else {}
    return [customers[one.id] for one in candidates]


def _fit(words: str, column: Any, *, required: bool = False) -> str:
    words, limit = words.strip(), column.type.length
    if len(words) > limit or (required and not words):
        raise NameUnfit(field=column.key, limit=limit)
    return words
