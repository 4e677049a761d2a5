"""Recall: finding a record by what somebody remembers of it: its number, a telephone number, a word of its note."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session, joinedload

from crm import complaints, contracts, search, spelling, touches, visits
from crm.customers import visible_to
from models.complaint import Complaint
from models.contract import Contract
from models.customer import Contact, Customer
from models.person import Person
from models.touch import Touch
from models.visit import Visit

A_YEAR = timedelta(days=365)
LONGEST = 12
"""Characters somebody types who looks for a record."""
NUMBER = re.compile(r"([VC])0*([1-9]\d{0,8})", re.IGNORECASE)


class Remembered(NamedTuple):
    """One record that words were found in, and the page it stands on."""

    at: datetime
    number: str
    customer: str
    address: str


def numbered(session: Session, actor: Person, words: str) -> Visit | Complaint | Contract | None:
    """Return the record of this number, such as V03009, C00181 or a contract's HT-1, as far as the actor sees it."""
    said = spelling.fold(words)
    number = NUMBER.fullmatch(said)
    if number and number[1].upper() == "V":
        return session.scalar(visits.visible_to(actor).where(Visit.id == int(number[2])))
    if number:
        return session.scalar(complaints.visible_to(actor).where(Complaint.id == int(number[2])))
    if not any(map(str.isdigit, said)):
        return None
    same = contracts.visible_to(actor).where(func.lower(Contract.number) == said)
    return session.scalars(same.order_by(Contract.ends.desc(), Contract.id).limit(1)).first()


def people(session: Session, actor: Person, words: str, *, limit: int = 6) -> Sequence[Contact]:
    """Return who has this telephone number, or one that ends so, at customers the actor sees."""
    ends = search.number_in(spelling.fold(words))
    if not ends:
        return []
    seen = visible_to(actor).where(Customer.id == Contact.customer_id).exists()
    whose = select(Contact).where(Contact.dialled.endswith(ends), seen).options(joinedload(Contact.customer))
    return session.scalars(whose.order_by(Contact.name, Contact.id).limit(limit)).all()


def records(session: Session, actor: Person, words: str, *, now: datetime, limit: int = 5) -> list[Remembered]:
    """Return the actor's own records of the last year in whose notes the words stand, the newest first.

    Only a word or two are looked for; a sentence is none.
    """
    sought = words.strip().replace("\0", "")
    if not 2 <= len(sought) <= LONGEST or not any(map(str.isalnum, sought)):
        return []
    since = now - A_YEAR
    visited = visits.visible_to(actor).where(Visit.rep_id == actor.id, Visit.at >= since)
    touched = touches.visible_to(actor).where(Touch.person_id == actor.id, Touch.at >= since)
    complained = complaints.visible_to(actor).where(Complaint.owner_id == actor.id, Complaint.received_at >= since)
    has = {"autoescape": True}
    found = [
        *_of(session, visited.where(Visit.note.contains(sought, **has)).order_by(Visit.at.desc()), limit),
        *_of(session, touched.where(Touch.note.contains(sought, **has)).order_by(Touch.at.desc()), limit),
        *_of(
            session,
            complained.where(Complaint.words.contains(sought, **has)).order_by(Complaint.received_at.desc()),
            limit,
        ),
    ]
    return sorted(found, reverse=True)[:limit]


def _of(session: Session, query: Select[Visit] | Select[Touch] | Select[Complaint], limit: int) -> list[Remembered]:
    return [_remembered(one) for one in session.scalars(query.limit(limit))]


def _remembered(record: Visit | Touch | Complaint) -> Remembered:
    name = record.customer.name
    if isinstance(record, Visit):
        return Remembered(record.at, record.number, name, f"/visits/{record.id}")
    if isinstance(record, Complaint):
        return Remembered(record.received_at, record.number, name, f"/complaints/{record.id}")
    return Remembered(record.at, "", name, f"/touches/{record.id}")
