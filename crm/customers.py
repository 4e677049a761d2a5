"""Customers: finding them by a few letters, keeping their file, and seeing who has waited too long.

Whoever may see a customer is decided here, in ``visible_to``, and nowhere else. It never merges or deletes.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from pypinyin import Style, lazy_pinyin
from rapidfuzz import fuzz
from sqlalchemy import ColumnElement, Select, and_, case, false, func, or_, select
from sqlalchemy.orm import Session, aliased, joinedload

from crm import audit, duty
from crm.permission import require
from crm.rules import rules
from models.customer import Access, Contact, Customer, Grade, Industry, Region
from models.person import Permission, Person, Role
from models.problem import NotFound, Problem
from models.touch import Touch
from models.visit import Outcome, Reminder, Visit, VisitKind

CANDIDATES = 400
LONGEST = 60
"""Letters of what was typed that are looked at."""
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
    absent = and_(leader.id.in_(duty.covered_by(actor)), leader.role.in_([Role.MANAGER, Role.ADMIN]))
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
    customer = session.scalar(visible_to(actor).where(Customer.id == customer_id))
    if customer is None:
        merged = select(Customer.merged_into_id).where(Customer.id == customer_id)
        customer = session.scalar(visible_to(actor).where(Customer.id == merged.scalar_subquery()))
    if customer is None:
        raise NotFound(what="customer")
    return customer


def find_contact(session: Session, actor: Person, contact_id: int) -> Contact:
    """Return the person at a customer. Raises NotFound when there is none or it is not the actor's to see."""
    visible = Contact.customer_id.in_(ids_visible_to(actor))
    contact = session.scalar(select(Contact).where(Contact.id == contact_id, visible))
    if contact is None:
        raise NotFound(what="contact")
    return contact


def contacts(session: Session, actor: Person, words: str, *, limit: int = 6, offset: int = 0) -> Sequence[Contact]:
    """Return people at the actor's customers whose name holds the words, by name."""
    mine = select(Contact).where(Contact.customer_id.in_(ids_visible_to(actor)))
    mine = mine.where(Contact.name.contains(words.replace("\0", ""), autoescape=True)).options(
        joinedload(Contact.customer)
    )
    return session.scalars(mine.order_by(Contact.name, Contact.id).limit(limit).offset(offset)).all()


def search(session: Session, actor: Person, words: str, *, limit: int = 6, offset: int = 0) -> list[Customer]:
    """Return the customers these words mean, the likeliest first; without words the recent ones.

    A part of the name, its pinyin or its initials will do (hdzc finds 华东轴承), in any case or width;
    when nothing contains the words, they are read as a typing mistake.
    """
    parts = _fold(words)[:LONGEST].split()
    if not parts:
        return recent(session, actor, limit=limit, offset=offset)
    containing = visible_to(actor).where(*(Customer.search_key.contains(part, autoescape=True) for part in parts))
    found = _ranked(session, containing, "".join(parts), least=0)
    return (found or _alike(session, visible_to(actor), "".join(parts), ALIKE))[offset : offset + limit]


def recent(session: Session, actor: Person, *, limit: int = 6, offset: int = 0) -> list[Customer]:
    """Return the customers this person had to do with last, by visit or plan, then the others by name."""
    used = _last_used(actor).subquery()
    by_use = visible_to(actor).outerjoin(used, used.c.customer_id == Customer.id)
    by_use = by_use.order_by(used.c.at.is_(None), used.c.at.desc(), Customer.name, Customer.id)
    return list(session.scalars(by_use.limit(limit).offset(offset)))


def likely_duplicates(session: Session, name: str) -> list[Customer]:
    """Return firms, whoever looks after them, that are probably meant by this name; show their names only."""
    core = _core(name)[:LONGEST]
    found = _alike(session, select(Customer).where(Customer.merged_into_id.is_(None)), core, 0) if core else []
    return [customer for customer in found if fuzz.ratio(_core(customer.name), core) >= THE_SAME][:5]


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


def _alike(session: Session, customers: Select[Customer], typed: str, least: int) -> list[Customer]:
    """Rank those that share at least two neighbouring letters with what was typed."""
    shares = or_(*(Customer.search_key.contains(pair, autoescape=True) for pair in sorted(set(_pairs(typed)))))
    return _ranked(session, customers.where(shares), typed, least=least)


def _pairs(word: str) -> Iterator[str]:
    return (word[at : at + 2] for at in range(max(len(word) - 1, 1)))


def _ranked(session: Session, customers: Select[Customer], typed: str, *, least: float) -> list[Customer]:
    candidates = session.scalars(customers.order_by(Customer.name).limit(CANDIDATES)).all()
    scored = [(_likeness(typed, customer), customer) for customer in candidates]
    good = [(score, customer) for score, customer in scored if score >= least]
    return [customer for _score, customer in sorted(good, key=lambda pair: -pair[0])]


def _likeness(typed: str, customer: Customer) -> float:
    """Of 100: how well the typed words match the best of name, initials and pinyin; beginnings come first.

    The name without its firm's words is looked for within the typed ones too: 华东轴承谈了备件 means 华东轴承.
    """
    forms = [*customer.search_key.split(), _core(customer.name)]
    return max(fuzz.partial_ratio(typed, form) - (not form.startswith(typed)) for form in forms)


def _fit(words: str, column: Any, *, required: bool = False) -> str:
    words, limit = words.strip(), column.type.length
    if len(words) > limit or (required and not words):
        raise NameUnfit(field=column.key, limit=limit)
    return words
