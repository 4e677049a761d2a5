"""The buying centre: who does what when a customer buys, and how they stand towards us (domain 4.3).

Judgements are personal data: business facts only, with the fact that holds them up (``BUY-01``).
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from crm import audit, customers
from crm.permission import require
from models.customer import BuyingPart, BuyingRole, Contact, Customer
from models.person import Permission, Person
from models.problem import AlreadyDone, Problem

ATTITUDES = range(-2, 3)
INFLUENCES = range(1, 6)


class EvidenceNeeded(Problem):
    """A judgement on somebody names the fact it rests on."""


def toggle(
    session: Session, actor: Person, contact_id: int, *, role: BuyingRole, version: int, at: datetime
) -> Contact:
    """Return the person at a customer, with this role given or taken. Raises NotAllowed, NotFound, AlreadyDone."""
    require(actor, Permission.EDIT_CUSTOMERS)
    contact = customers.find_contact(session, actor, contact_id)
    if contact.version != version:
        raise AlreadyDone
    held = next((part for part in contact.parts if part.role is role), None)
    if held is None:
        contact.parts.append(BuyingPart(role=role))
    else:
        contact.parts.remove(held)
    contact.version += 1
    action = "contact.role_given" if held is None else "contact.role_taken"
    audit.note(session, actor, action, contact, at, role=role.value)
    session.flush()
    return contact


def judge(
    session: Session,
    actor: Person,
    contact_id: int,
    *,
    attitude: int | None,
    influence: int | None,
    evidence: str,
    at: datetime,
) -> Contact:
    """Return the person with attitude (-2 to +2) and influence (1 to 5); None is unknown.

    Raises NotAllowed, NotFound; EvidenceNeeded when something is claimed without a fact.
    """
    require(actor, Permission.EDIT_CUSTOMERS)
    contact = customers.find_contact(session, actor, contact_id)
    if (attitude is not None and attitude not in ATTITUDES) or (influence is not None and influence not in INFLUENCES):
        raise ValueError("attitude is -2 to +2, influence 1 to 5")
    if not evidence.strip() and (attitude, influence) != (None, None):
        raise EvidenceNeeded
    was = {"attitude": contact.attitude, "influence": contact.influence}
    contact.attitude, contact.influence, contact.evidence = attitude, influence, evidence.strip()
    contact.judged_at, contact.version = at, contact.version + 1
    audit.note(session, actor, "contact.judged", contact, at, was=was, attitude=attitude, influence=influence)
    session.flush()
    return contact


def missing_roles(session: Session, customer: Customer) -> Sequence[BuyingRole]:
    """Return the roles nobody known at the customer has, in the usual order; none while nobody is known at all."""
    known = select(Contact.id).where(Contact.customer_id == customer.id)
    if session.scalar(known.limit(1)) is None:
        return []
    held = session.scalars(select(BuyingPart.role).where(BuyingPart.contact_id.in_(known))).all()
    return [role for role in BuyingRole if role not in held]
