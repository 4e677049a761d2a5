"""Handing over: all a rep looks after becomes her successor's, who is told, and so are the people at the customers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Select, func, select, update
from sqlalchemy.orm import Session

from crm import audit, notices, people
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
    unfinished = Reminder.state.in_(OPEN)
    session.execute(update(Customer).where(Customer.owner_id == leaver.id).values(owner_id=to.id))
    complaints = update(Complaint).where(Complaint.owner_id == leaver.id, Complaint.stage != Stage.FED_BACK)
    session.execute(complaints.values(owner_id=to.id))
    session.execute(update(Reminder).where(Reminder.rep_id == leaver.id, unfinished).values(rep_id=to.id))
    pledges = update(Pledge).where(Pledge.maker_id == leaver.id, Pledge.state == PledgeState.OPEN)
    session.execute(pledges.values(maker_id=to.id))


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
