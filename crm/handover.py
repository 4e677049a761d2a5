"""Handing over: all a rep looks after becomes her successor's, who is told, and so are the people at the customers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, func, select, update
from sqlalchemy.orm import InstrumentedAttribute, Session

from crm import audit, customers, notices, people
from crm.permission import require
from models.complaint import Complaint, Stage
from models.customer import Contact, Customer
from models.person import Permission, Person, Role
from models.pledge import Pledge, PledgeState
from models.problem import NotFound
from models.visit import Reminder, ReminderState

OPEN = (ReminderState.PLANNED, ReminderState.SENT)


@dataclass(frozen=True)
class Estate:
    """How much somebody looks after."""

    customers: int
    reminders: int
    pledges: int
    complaints: int


def estate(session: Session, actor: Person, person: Person) -> Estate:
    """Return how much this colleague looks after. Raises NotAllowed."""
    require(actor, Permission.MANAGE_PEOPLE)
    return looked_after(session, person)


def looked_after(session: Session, person: Person) -> Estate:
    """Return the same for whoever takes the work over; the caller has asked who may."""
    return Estate(
        customers=_count(session, select(Customer.id).where(*_owned(person))),
        reminders=_count(session, select(Reminder.id).where(Reminder.rep_id == person.id, Reminder.state.in_(OPEN))),
        pledges=_count(
            session, select(Pledge.id).where(Pledge.maker_id == person.id, Pledge.state == PledgeState.OPEN)
        ),
        complaints=_count(
            session, select(Complaint.id).where(Complaint.owner_id == person.id, Complaint.stage != Stage.FED_BACK)
        ),
    )


def hand_over(session: Session, actor: Person, from_id: int, to_id: int, *, at: datetime) -> Estate:
    """Return what was handed over: customers, plans, promises and open complaints, all at once.

    The successor is told, and the people at these customers who use the bot are introduced to her, at most once.
    Raises NotAllowed; NotFound when either does not work here, or both are one.
    """
    require(actor, Permission.MANAGE_PEOPLE)
    leaver, successor = (_colleague(session, actor, id_) for id_ in (from_id, to_id))
    if leaver.id == successor.id or not successor.active:
        raise NotFound(what="person")
    handed = estate(session, actor, leaver)
    firms = list(session.scalars(select(Customer).where(*_owned(leaver))))
    known = _people_at(session, [firm.id for firm in firms])
    pass_on(session, leaver, successor)
    session.expire_all()
    for firm in firms:
        firm.version += 1
        audit.note(session, actor, "customer.handed_over", firm, at, was=leaver.id, became=successor.id)
    audit.note(session, actor, "person.handed_over", leaver, at, to=successor.id, customers=handed.customers)
    key = f"handover:{leaver.id}:{successor.id}:{at.isoformat()}"
    notices.leave(session, successor, key=key, address=f"/people/{leaver.id}/handed_over", at=at, personal=True)
    for person in known:
        told = f"introduction:{person.id}:{successor.id}"
        day = 3 * notices.A_DAY
        notices.leave(session, person, key=told, address="/introduction", at=at, valid_for=day, at_most_once=True)
    session.flush()
    return handed


def pass_on(session: Session, leaver: Person, to: Person) -> None:
    """Give all that somebody looks after to somebody else: nothing is without a living owner (``CMP-21``, ``VIS-05``).

    Whoever calls it has asked who may.
    """
    session.execute(update(Customer).where(Customer.owner_id == leaver.id).values(owner_id=to.id))
    for table, whose, still_open in _TO_DO:
        session.execute(update(table).where(whose == leaver.id, still_open).values({whose: to.id}))
    give_back(session)


def give_back(session: Session, *whom: Person) -> None:
    """Give what these people, or all who work here, have still to do at customers they see no more to their owners.

    Nobody is responsible for a customer she cannot see: whoever changes who sees what calls this.
    """
    working = select(Person).where(Person.role != Role.CUSTOMER, Person.withdrawn_at.is_(None))
    for person in whom or session.scalars(working).all():
        for table, whose, still_open in _TO_DO:
            unseen = table.customer_id.not_in(customers.ids_visible_to(person))
            owner = select(Customer.owner_id).where(Customer.id == table.customer_id).scalar_subquery()
            given = update(table).where(whose == person.id, still_open, unseen).values({whose: owner})
            session.execute(given.execution_options(synchronize_session="fetch"))


_TO_DO: tuple[tuple[Any, InstrumentedAttribute[Any], ColumnElement[bool]], ...] = (
    (Reminder, Reminder.rep_id, Reminder.state.in_(OPEN)),
    (Pledge, Pledge.maker_id, Pledge.state == PledgeState.OPEN),
    (Complaint, Complaint.owner_id, Complaint.stage != Stage.FED_BACK),
)
"""What waits for somebody at a customer: whose it is, and until when."""


def _colleague(session: Session, actor: Person, person_id: int) -> Person:
    person = people.find(session, actor, person_id)
    if person.role is Role.CUSTOMER:
        raise NotFound(what="person")
    return person


def _owned(person: Person) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    return Customer.owner_id == person.id, Customer.merged_into_id.is_(None)


def _people_at(session: Session, customer_ids: list[int]) -> list[Person]:
    present = select(Person).join(Contact, Contact.id == Person.contact_id)
    present = present.where(Contact.customer_id.in_(customer_ids), Person.withdrawn_at.is_(None))
    return list(session.scalars(present.order_by(Person.id)))


def _count(session: Session, query: Select[int]) -> int:
    return session.scalar(select(func.count()).select_from(query.subquery())) or 0
