"""Removing what an undone visit alone has brought into the file: its new customer, its new people.

Nothing else is ever removed: as soon as any other record speaks of them, they stay.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Column, Table, delete, exists, false, func, not_, select
from sqlalchemy.orm import Session

from crm import audit
from crm.permission import require
from models.attachment import Attachment
from models.base import Base
from models.customer import Contact, Customer
from models.person import Permission, Person
from models.problem import NotFound
from models.questionnaire import Questionnaire
from models.visit import Reminder, Visit, visit_contact

GO_ALONG = {"attachment", "reminder", "questionnaire", "visit_contact"}
"""What the visit itself has brought; a promise, a message or an order is reason enough to keep a customer."""


def brought_by(session: Session, visit: Visit) -> tuple[Customer | None, list[Contact]]:
    """Return the customer and the people that are in the file because of this undone visit, and of nothing else."""
    people = [
        contact
        for contact in visit.met
        if contact.created_at == visit.logged_at and not _spoken_of(session, visit, contact, ())
    ]
    customer = visit.customer
    fresh = customer.created_at == visit.logged_at and customer.owner_id == visit.rep_id
    alone = fresh and not _spoken_of(session, visit, customer, [contact.id for contact in people])
    return (customer if alone else None), people


def remove(session: Session, actor: Person, visit_id: int, *, at: datetime) -> Customer | None:
    """Remove what the actor's undone visit has brought; return its customer unless that is gone, too.

    Raises NotAllowed; NotFound when it is not hers, was not undone, or nothing can be removed any more.
    """
    require(actor, Permission.EDIT_CUSTOMERS)
    visit = session.get(Visit, visit_id)
    if visit is None or visit.rep_id != actor.id or visit.undone_at is None:
        raise NotFound(what="visit")
    customer, people = brought_by(session, visit)
    if customer is None and not people:
        raise NotFound(what="customer")
    session.execute(delete(visit_contact).where(visit_contact.c.visit_id == visit.id))
    session.execute(delete(Questionnaire).where(Questionnaire.visit_id == visit.id))
    for contact in people:
        audit.note(session, actor, "contact.removed", contact, at, customer=contact.customer_id)
        session.execute(delete(Contact).where(Contact.id == contact.id))
    if customer is not None:
        audit.note(session, actor, "customer.removed", customer, at, visit=visit.id)
        session.execute(delete(Attachment).where(Attachment.visit_id == visit.id))
        session.execute(delete(Reminder).where(Reminder.visit_id == visit.id))
        session.execute(delete(Visit).where(Visit.id == visit.id))
        session.execute(delete(Customer).where(Customer.id == customer.id))
    left = visit.customer if customer is None else None
    session.flush()
    session.expire_all()
    return left


def _spoken_of(session: Session, visit: Visit, record: Customer | Contact, but_people: Any) -> bool:
    """Whether any row but the visit's own, and the people who go with it, points to this record."""
    return any(
        session.scalar(select(exists().where(column == record.id, not_(_goes_along(table, visit, but_people)))))
        for table, column in _pointing_to(record.__tablename__)
    )


def _goes_along(table: Table, visit: Visit, people: Any) -> Any:
    if table.name == "contact":
        return table.c.id.in_(people)
    if table.name == "visit":
        return table.c.id == visit.id
    return func.coalesce(table.c.visit_id, 0) == visit.id if table.name in GO_ALONG else false()


def _pointing_to(name: str) -> list[tuple[Table, Column[Any]]]:
    tables = Base.metadata.sorted_tables
    return [(table, key.parent) for table in tables for key in table.foreign_keys if key.column.table.name == name]
