"""Putting right what hangs together with a visit: its day, its customer, and when the next one is.

Whoever logged it may, as long as she may correct it; what it was is kept. What followed from it follows.
"""

from __future__ import annotations

from datetime import date, datetime, time

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from crm import asking, audit, cards, corrections, customers, happened, pledges, reminders, visits
from models.customer import Contact, Customer
from models.person import Person
from models.pledge import Pledge
from models.visit import DropReason, Reminder, Visit, visit_contact


def made_on(
    session: Session, actor: Person, visit_id: int, *, day: date, hour: time | None = None, at: datetime
) -> Visit:
    """Return the visit, made on that day. What it was planned as is looked for anew.

    It was made before it was logged. Raises as ``visits.correct`` does, and DayToCome, DayTooLongAgo.
    """
    visit = visits.to_be_corrected(session, actor, visit_id, at=at)
    was = visits.day_made(session, visit)
    moment, timed = happened.when(session, actor, day, hour, at=visit.logged_at)
    if (day, hour) == (was, None) or (moment, timed) == (visit.at, visit.timed):
        return visit
    corrections.note(session, actor, visit, "day", was=_said(visit.at, was, visit), became=day.isoformat(), at=at)
    visit.at, visit.timed = moment, timed
    visits.settle_anew(session, actor, visit, at=at)
    return visit


def made_to(session: Session, actor: Person, visit_id: int, *, customer: Customer, at: datetime) -> Visit:
    """Return the visit, made to another customer: its reminder, its promises, its people and its question follow.

    Raises as ``visits.correct`` does.
    """
    visit = visits.to_be_corrected(session, actor, visit_id, at=at)
    customer = customers.find(session, actor, customer.id)
    wrong = visit.customer
    if customer.id == wrong.id:
        return visit
    corrections.note(session, actor, visit, "customer", was=wrong.name, became=customer.name, at=at)
    reminders.unsettle(session, visit, at=at)
    pledges.unsettle(session, visit, at=at)
    visit.met = _people_at(session, customer, visit)
    visit.customer, visit.near = customer, None
    for reminder in session.scalars(select(Reminder).where(Reminder.visit_id == visit.id)):
        reminder.customer_id = customer.id
    for pledge in session.scalars(select(Pledge).where(Pledge.visit_id == visit.id)):
        pledge.customer_id = customer.id
        pledge.contact_id = pledge.contact_id if pledge.contact in visit.met else None
    session.flush()
    session.expire_all()
    reminders.settle_by(session, visit, day=visits.day_made(session, visit), at=visit.logged_at)
    asking.ask_anew(session, visit, at=at)
    audit.note(session, actor, "visit.moved", visit, at, was=wrong.id, became=customer.id)
    cards.refresh(session, actor, at=at)
    return visit


def next_on(session: Session, actor: Person, visit_id: int, *, day: date | None, at: datetime) -> Visit:
    """Return the visit with another day for the next one, or none: its reminder is moved, planned or dropped.

    Raises as ``visits.correct`` does, and DayHasPassed.
    """
    visit = visits.to_be_corrected(session, actor, visit_id, at=at)
    if day == visit.next_visit:
        return visit
    was, became = (str(one or "") for one in (visit.next_visit, day))
    corrections.note(session, actor, visit, "next_visit", was=was, became=became, at=at)
    visit.next_visit = day
    planned = reminders.planned_at(session, visit=visit)
    for reminder in planned:
        version = reminder.version
        if day is None:
            because = DropReason.MISTAKE
            reminders.drop(session, actor, reminder.id, because=because, version=version, at=at)
        else:
            reminders.snooze(session, actor, reminder.id, until=day, version=version, at=at)
    if day is not None and not planned:
        reminders.plan(session, actor, customer=visit.customer, day=day, at=at, visit=visit)
    session.flush()
    return visit


def untouched(session: Session, visit: Visit) -> bool:
    """Return whether the next visit is still as it was planned here: nobody has put it off, kept or dropped it."""
    if visit.next_visit is None:
        return session.scalar(select(Reminder.id).where(Reminder.visit_id == visit.id).limit(1)) is None
    planned = reminders.planned_at(session, visit=visit)
    return len(planned) == 1 and planned[0].day == visit.next_visit and planned[0].hour is None


def _said(at: datetime, day: date, visit: Visit) -> str:
    """Return the day, and the moment when it was known, as the history keeps it."""
    return at.isoformat() if visit.timed else day.isoformat()


def _people_at(session: Session, customer: Customer, visit: Visit) -> list[Contact]:
    """Return whom of those met the other customer has: of the same name, or added with this visit and moved along."""
    there = {contact.name: contact for contact in customer.contacts}
    met = []
    for contact in visit.met:
        if contact.name in there:
            met.append(there[contact.name])
        elif _came_with(session, contact, visit):
            contact.customer_id = customer.id
            met.append(contact)
    return met


def _came_with(session: Session, contact: Contact, visit: Visit) -> bool:
    """Whether the person is known from this visit alone."""
    elsewhere = exists().where(visit_contact.c.contact_id == contact.id, visit_contact.c.visit_id != visit.id)
    writes = exists().where(Person.contact_id == contact.id)
    known = session.scalar(select(elsewhere)) or session.scalar(select(writes))
    return contact.created_at >= visit.logged_at and not known
