"""Exports: what a person may take out of the system as a table, and the trace it leaves (``PRV-06``).

A rep takes out few people at customers a day, a leader as many as she needs. Everybody gets what she may see anyway.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session, joinedload

from crm import audit, complaints, customers, surveys, visits
from crm.permission import require
from crm.rules import rules
from models.audit import AuditEntry
from models.base import Base
from models.complaint import Complaint
from models.customer import Contact, Customer
from models.person import Permission, Person
from models.problem import Problem
from models.questionnaire import AskState, Questionnaire
from models.visit import Visit

MOST_ROWS = 5_000
A_DAY = timedelta(days=1)


class What(StrEnum):
    """What can be exported."""

    CUSTOMERS = "customers"
    CONTACTS = "contacts"
    VISITS = "visits"
    COMPLAINTS = "complaints"
    ANSWERS = "answers"


class TooManyContacts(Problem):
    """More people at customers than a rep may take out in a day."""

    most: int
    left: int


@dataclass(frozen=True)
class Export:
    """The rows, the newest first, and how many there would be in all."""

    rows: Sequence[Any]
    total: int


def take(
    session: Session,
    actor: Person,
    what: What,
    *,
    customer_id: int | None = None,
    since: datetime | None = None,
    until: datetime | None = None,
    at: datetime,
) -> Export:
    """Return what the actor may see, of one customer or one stretch of time if so asked, and note that she took it.

    Raises NotAllowed, NotFound, TooManyContacts.
    """
    require(actor, Permission.EXPORT_TABLES)
    if customer_id is not None:
        customer_id = customers.find(session, actor, customer_id).id
    query = _within(what, _QUERIES[what](actor), customer_id, since, until)
    total = session.scalar(select(func.count()).select_from(query.order_by(None).subquery())) or 0
    if what is What.CONTACTS and not actor.is_leader:
        _must_be_few(session, actor, total, at)
    rows = session.scalars(query.options(*(joinedload(path) for path in _WITH[what])).limit(MOST_ROWS)).unique().all()
    audit.note(session, actor, f"export.{what.value}", actor, at, rows=len(rows), customer=customer_id)
    return Export(rows, total)


def _must_be_few(session: Session, actor: Person, wanted: int, at: datetime) -> None:
    """Many small exports are one large one: what was taken out within a day counts together."""
    taken = select(AuditEntry.facts).where(AuditEntry.actor_id == actor.id, AuditEntry.at > at - A_DAY)
    before = sum(facts["rows"] for facts in session.scalars(taken.where(AuditEntry.action == "export.contacts")))
    most = rules(session).export_contacts
    if before + wanted > most:
        raise TooManyContacts(most=most, left=max(most - before, 0))


def _contacts(actor: Person) -> Select[Any]:
    return select(Contact).where(Contact.customer_id.in_(customers.ids_visible_to(actor)))


def _answers(actor: Person) -> Select[Any]:
    return surveys.visible_to(actor).where(Questionnaire.state == AskState.ANSWERED)


_QUERIES: Mapping[What, Callable[[Person], Select[Any]]] = {
    What.CUSTOMERS: customers.visible_to,
    What.CONTACTS: _contacts,
    What.VISITS: visits.visible_to,
    What.COMPLAINTS: complaints.visible_to,
    What.ANSWERS: _answers,
}
_WITH: Mapping[What, Sequence[Any]] = {
    What.CUSTOMERS: (Customer.owner,),
    What.CONTACTS: (Contact.customer,),
    What.VISITS: (Visit.customer, Visit.rep),
    What.COMPLAINTS: (Complaint.customer, Complaint.owner),
    What.ANSWERS: (Questionnaire.customer,),
}
_FIRM: Mapping[What, Any] = {
    What.CUSTOMERS: Customer.id,
    What.CONTACTS: Contact.customer_id,
    What.VISITS: Visit.customer_id,
    What.COMPLAINTS: Complaint.customer_id,
    What.ANSWERS: Questionnaire.customer_id,
}
_AT: Mapping[What, Any] = {
    What.CUSTOMERS: Customer.created_at,
    What.CONTACTS: Contact.created_at,
    What.VISITS: Visit.at,
    What.COMPLAINTS: Complaint.received_at,
    What.ANSWERS: Questionnaire.answered_at,
}
_MODELS: Mapping[What, type[Base]] = {
    What.CUSTOMERS: Customer,
    What.CONTACTS: Contact,
    What.VISITS: Visit,
    What.COMPLAINTS: Complaint,
    What.ANSWERS: Questionnaire,
}


def _within(
    what: What, query: Select[Any], customer_id: int | None, since: datetime | None, until: datetime | None
) -> Select[Any]:
    moment, model = _AT[what], _MODELS[what]
    if customer_id is not None:
        query = query.where(_FIRM[what] == customer_id)
    if since is not None and until is not None:
        query = query.where(moment >= since, moment < until)
    return query.order_by(moment.desc(), model.__table__.c.id.desc())
