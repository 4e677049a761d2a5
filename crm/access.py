"""Access: who besides the owner and her leaders may see a customer, and who looked at whose telephone number.

What a grant means is decided in ``customers.visible_to``; here it is only given and taken.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import or_, select
from sqlalchemy.orm import Session, joinedload

from crm import audit, customers, handover, notices, people
from crm.permission import require
from models import dialects
from models.audit import AuditEntry
from models.customer import Access, Contact, Customer
from models.person import Permission, Person, Role
from models.problem import AlreadyDone, NotFound, NotTheirLeader

AGAIN = timedelta(hours=1)
"""Looking twice within this time is looking once."""


def granted(session: Session, actor: Person, customer_id: int) -> Sequence[Access]:
    """Return who was granted to see the customer. Raises NotFound."""
    customer = customers.find(session, actor, customer_id)
    given = select(Access).where(Access.customer_id == customer.id).options(joinedload(Access.person))
    return session.scalars(given.order_by(Access.at, Access.person_id)).all()


def may_grant(session: Session, actor: Person, customer: Customer) -> bool:
    """Return whether this person decides who else sees the customer: its owner, or who leads her."""
    hers = customer.owner_id == actor.id or customers.leads_now(session, actor, customer.owner)
    return actor.may(Permission.EDIT_CUSTOMERS) and hers


def grant(session: Session, actor: Person, customer_id: int, person_id: int, *, at: datetime) -> Access:
    """Return the colleague's access; she is told. Raises NotFound, NotAllowed; AlreadyDone when she has it."""
    customer = _decided_by(session, actor, customer_id)
    colleague = people.find(session, actor, person_id)
    if colleague.role is Role.CUSTOMER or not colleague.active:
        raise NotFound(what="person")
    if colleague.id == customer.owner_id:
        raise AlreadyDone
    values = {"customer_id": customer.id, "person_id": colleague.id, "granted_by_id": actor.id, "at": at}
    access = dialects.insert_unless_there(session, Access, values)
    if access is None:
        raise AlreadyDone
    audit.note(session, actor, "customer.granted", customer, at, to=colleague.id)
    key = f"access:{customer.id}:{colleague.id}:{at.isoformat()}"
    notices.leave(session, colleague, key=key, address=f"/customers/{customer.id}/granted", at=at, personal=True)
    return access


def take(session: Session, actor: Person, customer_id: int, person_id: int, *, at: datetime) -> None:
    """Take a colleague's access away. Raises NotFound, NotAllowed; AlreadyDone when she has none."""
    customer = _decided_by(session, actor, customer_id)
    access = session.get(Access, (customer.id, person_id))
    if access is None:
        raise AlreadyDone
    session.delete(access)
    session.flush()
    handover.give_back(session, session.get_one(Person, person_id))
    audit.note(session, actor, "customer.taken_away", customer, at, of=person_id)


def viewed(session: Session, actor: Person, contact: Contact, *, at: datetime) -> None:
    """Note that the person looked at somebody's contact details; once an hour is enough."""
    name = f"contact:{contact.id}"
    lately = select(AuditEntry.id).where(AuditEntry.object == name, AuditEntry.action == "contact.viewed")
    lately = lately.where(AuditEntry.actor_id == actor.id, AuditEntry.at > at - AGAIN)
    if session.scalar(lately.limit(1)) is None:
        audit.note(session, actor, "contact.viewed", contact, at, customer=contact.customer_id)


def trail(
    session: Session, actor: Person, customer_id: int, *, limit: int = 6, offset: int = 0
) -> Sequence[tuple[AuditEntry, Person | None, Contact | None]]:
    """Return who did or looked at what in the customer's file, the newest first. Raises NotAllowed, NotFound."""
    require(actor, Permission.MANAGE_PEOPLE)
    customer = customers.find(session, actor, customer_id)
    contacts = {f"contact:{contact.id}": contact for contact in customer.contacts}
    about = or_(AuditEntry.object == f"customer:{customer.id}", AuditEntry.object.in_(contacts))
    rows = select(AuditEntry, Person).outerjoin(Person, Person.id == AuditEntry.actor_id).where(about)
    found = session.execute(rows.order_by(AuditEntry.at.desc(), AuditEntry.id.desc()).limit(limit).offset(offset))
    return [(entry, person, contacts.get(entry.object)) for entry, person in found]


def _decided_by(session: Session, actor: Person, customer_id: int) -> Customer:
    customer = customers.find(session, actor, customer_id)
    if not may_grant(session, actor, customer):
        raise NotTheirLeader(led=customer.owner)
    return customer
