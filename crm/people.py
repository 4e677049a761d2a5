"""People: who they are, who may see whom, and how each is reached.

A person is known by her Telegram number alone. Nothing here looks at names to decide who somebody is.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Select, and_, bindparam, false, or_, select
from sqlalchemy.orm import Session

from crm import audit, customers
from models.customer import Contact, Customer
from models.person import Person, Role
from models.problem import NotFound

LEADERS = (Role.MANAGER, Role.ADMIN)


_RECOGNISE = (
    select(Person)
    .where(Person.telegram_id == bindparam("telegram_id"), Person.withdrawn_at.is_(None))
    .with_for_update(key_share=True, of=Person)
)
"""Built once: every update asks it."""


def recognise(session: Session, telegram_id: int) -> Person | None:
    """Return the person of this Telegram number; None when she is a stranger or was withdrawn. One statement.

    Her row is locked until the transaction ends: one person's turns follow each other, whichever process takes them.
    """
    return session.scalar(_RECOGNISE, {"telegram_id": telegram_id})


def visible_to(actor: Person) -> Select[Person]:
    """Return the people this person may see.

    Staff see their colleagues and the people of the customers they may see; a customer's person herself and the
    rep who looks after her firm.
    """
    if not actor.active:
        return select(Person).where(false())
    if customers.sees_all(actor):
        return select(Person)
    if actor.role is not Role.CUSTOMER:
        return select(Person).where(or_(Person.role != Role.CUSTOMER, Person.contact_id.in_(_contacts_of(actor))))
    return select(Person).where(or_(Person.id == actor.id, Person.id.in_(_looking_after(actor))))


def find(session: Session, actor: Person, person_id: int) -> Person:
    """Return the person. Raises NotFound when there is none or she is not the actor's to see."""
    person = session.scalar(visible_to(actor).where(Person.id == person_id))
    if person is None:
        raise NotFound(what="person")
    return person


def staff(session: Session, actor: Person) -> Sequence[Person]:
    """Return the department's people who are with it today, by team and name, as far as the actor sees them."""
    working = visible_to(actor).where(Person.role != Role.CUSTOMER, Person.withdrawn_at.is_(None))
    return session.scalars(working.order_by(Person.team_id, Person.name)).all()


def of_contact(session: Session, actor: Person, contact: Contact) -> Person | None:
    """Return who uses the bot in this contact's place today; None when nobody does, or not the actor's to see."""
    there = visible_to(actor).where(Person.contact_id == contact.id, Person.withdrawn_at.is_(None))
    return session.scalars(there.order_by(Person.joined_at.desc(), Person.id.desc()).limit(1)).first()


def at_customer(session: Session, actor: Person, customer: Customer) -> Sequence[Person]:
    """Return who of this customer's people uses the bot today, by name, as far as the actor sees them."""
    there = Person.contact_id.in_(select(Contact.id).where(Contact.customer_id == customer.id))
    using = visible_to(actor).where(there, Person.role == Role.CUSTOMER, Person.withdrawn_at.is_(None))
    return session.scalars(using.order_by(Person.name, Person.id)).all()


def leaders_of(session: Session, customer: Customer) -> Sequence[Person]:
    """Return who leads whoever looks after this customer and is on Telegram, her team's managers first.

    They all see the customer: the leaders of somebody else who works for it may not.
    """
    team = customer.owner.team_id
    leads = or_(Person.team_id == team, Person.team_id.is_(None)) if team else Person.team_id.is_(None)
    present = and_(Person.withdrawn_at.is_(None), Person.telegram_id.is_not(None))
    leaders = select(Person).where(Person.role.in_(LEADERS), present, leads)
    return session.scalars(leaders.order_by(Person.team_id.is_(None), Person.id)).all()


def set_language(session: Session, actor: Person, language: str) -> None:
    """Speak this language with her from now on."""
    actor.language = language
    session.flush()


def unreachable(session: Session, person: Person, *, reason: str, at: datetime) -> None:
    """Note that Telegram does not deliver to her: nothing more is left for her until she is back."""
    if person.unreachable_since is None:
        person.unreachable_since, person.unreachable_reason = at, reason[: Person.unreachable_reason.type.length]
        audit.note(session, None, "person.unreachable", person, at, reason=reason)
        session.flush()


def reachable(session: Session, person: Person) -> None:
    """Note that she can be reached again."""
    if person.unreachable_since is not None:
        person.unreachable_since = person.unreachable_reason = None
        session.flush()


def _contacts_of(actor: Person) -> Select[int]:
    return select(Contact.id).where(Contact.customer_id.in_(customers.ids_visible_to(actor)))


def _looking_after(person: Person) -> Select[int]:
    return select(Customer.owner_id).join(Contact).where(Contact.id == person.contact_id)
