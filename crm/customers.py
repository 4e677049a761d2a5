"""Customers: who may see which, and keeping their file.

Whoever may see a customer is decided here, in ``visible_to``, and nowhere else. It never merges or deletes.
"""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any, cast

from sqlalchemy import ColumnElement, Select, Table, bindparam, false, or_, select, true
from sqlalchemy.orm import InstrumentedAttribute, Session, aliased

from crm import audit, corrections, duty, spelling
from crm.permission import require
from models.customer import Access, Contact, Customer, Grade, Industry, Region
from models.person import Permission, Person, Role
from models.problem import NotFound, NotTheirLeader, Problem

MANY = 1000
"""As many owners or single customers are too many to name one by one."""
_BY_ID = select(Customer).where(Customer.id == bindparam("id"))
_CONTACT = cast("Table", Contact.__table__)
_ANY_CONTACT = select(_CONTACT.c.id).where(_CONTACT.c.customer_id == bindparam("customer")).limit(1)
"""Built once, both of them: the way to every visit asks them."""


class MergedAway(NotFound):
    """The actor's customer was merged into one that a colleague looks after: she is told which and whose."""


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
    return standing.where(or_(_answers_for(actor, Customer.owner_id), Customer.id.in_(_granted_to(actor))))


def looked_through(session: Session, actor: Person) -> Select[Customer]:
    """Return the query of ``visible_to`` for looking at all of them: whose and which they are is asked before.

    Otherwise PostgreSQL looks at everybody's customers, and asks of each whether it is among hers.
    """
    if not actor.active or sees_all(actor) or actor.role is Role.CUSTOMER:
        return visible_to(actor)
    owners = session.scalars(select(Person.id).where(_answers_for(actor, Person.id))).all()
    granted = session.scalars(_granted_to(actor).limit(MANY)).all()
    if max(len(owners), len(granted)) >= MANY:
        return visible_to(actor)
    hers = [column.in_(ids) for column, ids in ((Customer.owner_id, owners), (Customer.id, granted)) if ids]
    return select(Customer).where(Customer.merged_into_id.is_(None), or_(*hers))


def sees_all(actor: Person) -> bool:
    """Return whether no customer is hidden from this person: administrators, and managers without a team."""
    return actor.active and actor.is_leader and (actor.role is Role.ADMIN or actor.team_id is None)


def leads(actor: Person, person: Person) -> bool:
    """Return whether the actor leads this person: administrators and managers without a team all, others their team."""
    ours = actor.team_id is not None and actor.team_id == person.team_id
    return sees_all(actor) or (actor.active and actor.is_leader and ours)


def led_now_by(actor: Person) -> ColumnElement[bool]:
    """Return the condition that a person is led by the actor, or by an absent leader whose deputy she is."""
    if sees_all(actor):
        return true()
    if not actor.active or not actor.is_leader:
        return false()
    return or_(Person.team_id == actor.team_id, Person.id.in_(_led_by_the_absent(actor)))


def leads_now(session: Session, actor: Person, person: Person) -> bool:
    """Return whether the person's customers and work are the actor's to dispose of: who was granted sight only sees."""
    led = select(Person.id).where(Person.id == person.id, led_now_by(actor))
    return leads(actor, person) or session.scalar(led) is not None


def _answers_for(actor: Person, owner: InstrumentedAttribute[int]) -> ColumnElement[bool]:
    """The owner is she, or as a manager one of her team, or somebody in no team; or so for whom she covers."""
    own = duty.is_hers(owner, actor)
    if not actor.is_leader:
        return own
    team = select(Person.id).where(or_(Person.team_id == actor.team_id, Person.team_id.is_(None)))
    return or_(own, owner.in_(team), owner.in_(_led_by_the_absent(actor)))


def _granted_to(actor: Person) -> Select[int]:
    return select(Access.customer_id).where(duty.is_hers(Access.person_id, actor))


def _led_by_the_absent(actor: Person) -> Select[int]:
    """Return the ids of those led by a leader whose deputy the actor is now."""
    return _LED.where(_ABSENT.id.in_(duty.stood_in_for(actor)))


_ABSENT = aliased(Person)
_LED = (
    select(Person.id)
    .join(_ABSENT, or_(_ABSENT.role == Role.ADMIN, _ABSENT.team_id.is_(None), _ABSENT.team_id == Person.team_id))
    .where(_ABSENT.role.in_([Role.MANAGER, Role.ADMIN]))
)
"""Who is led by whom; built once, for every look asks it."""


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

    Raises NotFound when there is none or it is not the actor's to see; MergedAway when it was hers until then.
    """
    known = session.identity_map.get(session.identity_key(Customer, customer_id))
    customer = known or session.scalar(_BY_ID, {"id": customer_id})
    if customer is not None and _plainly_hers(actor, customer):
        return customer
    customer = session.scalar(visible_to(actor).where(Customer.id == customer_id))
    if customer is None:
        merged = select(Customer.merged_into_id).where(Customer.id == customer_id)
        customer = session.scalar(visible_to(actor).where(Customer.id == merged.scalar_subquery()))
    if customer is None:
        raise _not_found(session, actor, customer_id)
    return customer


def _not_found(session: Session, actor: Person, customer_id: int) -> NotFound:
    hers = select(Customer.merged_into_id).where(Customer.id == customer_id, Customer.owner_id == actor.id)
    became = session.scalar(select(Customer).where(Customer.id == hers.scalar_subquery())) if actor.active else None
    if became is None:
        return NotFound(what="customer")
    return MergedAway(customer_id=became.id, firm=became.name, owner=became.owner.name)


def _plainly_hers(actor: Person, customer: Customer) -> bool:
    """Whether ``visible_to`` need not be asked: most look-ups of a turn are of a rep's own customer."""
    own = customer.owner_id == actor.id and customer.merged_into_id is None
    return own and actor.active and actor.role is not Role.CUSTOMER


def lock(session: Session, *which: ColumnElement[bool]) -> list[Customer]:
    """Return these customers as they are now; they stay so, and nothing is written at them, until the work is done.

    Of two who decide at once the second reads here what the first has made of it. By number, so that neither waits
    for the other for ever.
    """
    locked = select(Customer).where(*which).order_by(Customer.id).with_for_update(of=Customer)
    return list(session.scalars(locked.execution_options(populate_existing=True)))


def find_contact(session: Session, actor: Person, contact_id: int) -> Contact:
    """Return the person at a customer. Raises NotFound when there is none or it is not the actor's to see."""
    visible = Contact.customer_id.in_(ids_visible_to(actor))
    contact = session.scalar(select(Contact).where(Contact.id == contact_id, visible))
    if contact is None:
        raise NotFound(what="contact")
    return contact


def has_contacts(session: Session, customer: Customer) -> bool:
    """Return whether anybody at this customer is known; one not yet in the file has nobody."""
    return session.connection().execute(_ANY_CONTACT, {"customer": customer.id}).first() is not None


def add(
    session: Session, actor: Person, *, name: str, grade: Grade, industry: Industry, region: Region, at: datetime
) -> Customer:
    """Return the new customer, whom the actor looks after. Raises NotAllowed, NameUnfit."""
    require(actor, Permission.EDIT_CUSTOMERS)
    name = _fit(name, Customer.name, required=True)
    customer = Customer(name=name, search_key=spelling.key_of(name), grade=grade, industry=industry, region=region)
    customer.owner_id, customer.created_at = actor.id, at
    session.add(customer)
    session.flush()
    audit.note(session, actor, "customer.added", customer, at, grade=grade.value)
    return customer


def set_grade(session: Session, actor: Person, customer_id: int, *, grade: Grade, at: datetime) -> Customer:
    """Return the customer in its new grade: who leads its owner decides. Raises NotAllowed, NotFound."""
    customer = find(session, actor, customer_id)
    if not leads_now(session, actor, customer.owner):
        raise NotTheirLeader(led=customer.owner)
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


def rename(session: Session, actor: Person, customer_id: int, *, name: str, at: datetime) -> Customer:
    """Return the customer under its right name; it is still found by the one it had, which is kept.

    Raises NotAllowed, NotFound, NameUnfit.
    """
    require(actor, Permission.EDIT_CUSTOMERS)
    customer, name = find(session, actor, customer_id), _fit(name, Customer.name, required=True)
    if name != customer.name:
        corrections.note(session, actor, customer, "name", was=customer.name, became=name, at=at)
        customer.search_key = f"{spelling.key_of(name)} {customer.search_key}"[: spelling.KEY_LENGTH]
        customer.name, customer.version = name, customer.version + 1
        session.flush()
    return customer


def correct_contact(
    session: Session, actor: Person, contact_id: int, *, field: str, value: str, at: datetime
) -> Contact:
    """Return the person with name, position or phone put right; what it was is kept, of a number its end.

    Raises NotAllowed, NotFound, NameUnfit.
    """
    require(actor, Permission.EDIT_CUSTOMERS)
    contact = find_contact(session, actor, contact_id)
    was, value = getattr(contact, field), _fit(value, getattr(Contact, field), required=field == "name")
    if value != was:
        shown = (f"…{one[-4:]}" if one and field == "phone" else one for one in (was, value))
        corrections.note(session, actor, contact, field, **dict(zip(("was", "became"), shown, strict=True)), at=at)
        setattr(contact, field, value)
        contact.version += 1
        session.flush()
    return contact


def _fit(words: str, column: Any, *, required: bool = False) -> str:
    words, limit = words.strip(), column.type.length
    if len(words) > limit or (required and not words):
        raise NameUnfit(field=column.key, limit=limit)
    return words
