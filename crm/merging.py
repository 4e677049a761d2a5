"""Merging: two files of one firm become one. Everything of the one moves to the other, in one transaction.

The file that was merged stays as a signpost: whoever opens it comes to the other.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Column, Table, delete, func, select, union, update
from sqlalchemy.orm import Session, aliased

from crm import audit, customers, handover, notices, search, spelling
from crm.permission import require
from models.base import Base
from models.customer import Contact, Customer, Ownership
from models.person import Permission, Person
from models.problem import AlreadyDone, NotFound

SHOWN = ("contact", "visit", "touch", "complaint", "questionnaire", "contract", "pledge", "reminder", "letter")
"""What a leader is told will move; everything else that belongs to the customer moves with it."""


def find(session: Session, actor: Person, customer_id: int) -> Customer:
    """Return the customer, which the actor may merge: she leads its owner. Raises NotAllowed, NotFound."""
    require(actor, Permission.MANAGE_PEOPLE)
    customer = customers.find(session, actor, customer_id)
    handover.must_lead(session, actor, customer.owner)
    return customer


def likely(session: Session, actor: Person, customer_id: int, *, limit: int = 5) -> list[Customer]:
    """Return other customers the actor may merge with it that are probably the same firm.

    They are called about the same or sound the same, somebody there has the same telephone number, or they are
    registered under the same number.
    """
    customer = find(session, actor, customer_id)
    alike = {other.id for other in search.likely_duplicates(session, customer.name)}
    alike |= _same_phone(session, customer) | _same_registration(session, customer)
    same = customers.visible_to(actor).where(Customer.id.in_(alike - {customer.id})).order_by(Customer.name)
    same = same.where(Customer.owner_id.in_(select(Person.id).where(customers.led_now_by(actor))))
    return list(session.scalars(same.limit(limit)))


def moving(session: Session, actor: Person, merged_id: int) -> dict[str, int]:
    """Return how much of each kind would move. Raises NotAllowed, NotFound."""
    customer = find(session, actor, merged_id)
    counts = {
        table.name: session.scalar(select(func.count()).select_from(table).where(column == customer.id)) or 0
        for table, column in _belonging()
    }
    return {name: counts[name] for name in SHOWN if counts.get(name)}


def merge(
    session: Session, actor: Person, survivor_id: int, merged_id: int, *, versions: tuple[int, int], at: datetime
) -> Customer:
    """Return the survivor with all that was the other's; its owners are told.

    ``versions`` are the survivor's and the other's as they were shown.
    Raises NotAllowed, NotFound; AlreadyDone when either was touched meanwhile.
    """
    require(actor, Permission.MANAGE_PEOPLE)
    customers.lock(session, Customer.id.in_([survivor_id, merged_id]))
    survivor, merged = (find(session, actor, id_) for id_ in (survivor_id, merged_id))
    if survivor_id == merged_id:
        raise NotFound(what="customer")
    if (survivor.id, merged.id, survivor.version, merged.version) != (survivor_id, merged_id, *versions):
        raise AlreadyDone
    moved = moving(session, actor, merged.id)
    _move(session, survivor.id, merged.id)
    _fill(survivor, merged)
    session.execute(update(Customer).where(Customer.merged_into_id == merged.id).values(merged_into_id=survivor.id))
    merged.merged_into_id, merged.version = survivor.id, merged.version + 1
    survivor.version += 1
    session.flush()
    handover.give_back(session)
    audit.note(session, actor, "customer.merged", survivor, at, merged=merged.id, moved=moved)
    audit.note(session, actor, "customer.merged", merged, at, into=survivor.id)
    files = {merged.owner: merged, survivor.owner: survivor}
    for owner in files.keys() - {actor}:
        key = f"merged:{survivor.id}:{merged.id}:{owner.id}"
        notices.leave(session, owner, key=key, address=f"/customers/{files[owner].id}/merged", at=at, personal=True)
    session.expire_all()
    return survivor


def move_strays(session: Session, *, now: datetime) -> int:  # noqa: ARG001 - as everything the clock does
    """Move what was written at a file while it was being merged to what the file became; return of how many files.

    Whoever writes there waits until both files are one, and does not look again at which it is.
    """
    survivor = aliased(Customer)
    signposts = select(Customer).join(survivor, survivor.id == Customer.merged_into_id)
    signposts = signposts.where(survivor.merged_into_id.is_(None))
    if session.scalar(signposts.limit(1)) is None:
        return 0
    ids = signposts.with_only_columns(Customer.id)
    there = union(*(select(column).where(column.in_(ids)) for _table, column in _belonging()))
    astray = session.scalars(signposts.where(Customer.id.in_(there))).all()
    for merged in astray:
        _move(session, merged.merged_into_id, merged.id)
    if astray:
        handover.give_back(session)
        session.expire_all()
    return len(astray)


def became(session: Session, actor: Person, customer_id: int) -> Customer:
    """Return what a file has become, also for whoever looked after it and does not see the other. Raises NotFound."""
    try:
        return customers.find(session, actor, customer_id)
    except customers.MergedAway as gone:
        return session.get_one(Customer, gone.facts["customer_id"])


def _belonging() -> list[tuple[Table, Column[Any]]]:
    """Return every column in the house that says to which customer something belongs."""
    keys = [(table, key) for table in Base.metadata.sorted_tables for key in table.foreign_keys]
    return [
        (table, key.parent) for table, key in keys if key.column.table.name == "customer" and table.name != "customer"
    ]


def _move(session: Session, survivor: int | None, merged: int) -> None:
    """Move the rows; what the survivor has already, such as a tag or an order of this number, is dropped instead."""
    for table, column in _belonging():
        for other in _once_per_customer(table, column):
            had = select(other).where(column == survivor)
            session.execute(delete(table).where(column == merged, other.in_(had)))
        session.execute(update(table).where(column == merged).values({column.name: survivor}))


def _once_per_customer(table: Table, column: Column[Any]) -> list[Column[Any]]:
    """Return the columns whose value a customer has once: they share a key with the customer's."""
    keys = [table.primary_key.columns, *(index.columns for index in table.indexes if index.unique)]
    shared = [[other for other in key if other is not column] for key in keys if column in list(key)]
    return [others[0] for others in shared if len(others) == 1]


def _fill(survivor: Customer, merged: Customer) -> None:
    """Fill what the survivor's file does not say, and let it be found by the other's name too."""
    survivor.market = survivor.market or merged.market
    survivor.size = survivor.size or merged.size
    survivor.registration = survivor.registration or merged.registration
    if survivor.ownership is Ownership.UNKNOWN:
        survivor.ownership = merged.ownership
    if survivor.latitude is None:
        survivor.latitude, survivor.longitude = merged.latitude, merged.longitude
    survivor.created_at = min(survivor.created_at, merged.created_at)
    survivor.search_key = f"{survivor.search_key} {merged.search_key}"[: spelling.KEY_LENGTH]
    merged.registration = ""


def _same_phone(session: Session, customer: Customer) -> set[int]:
    """Return the customers somebody has the same telephone number at, whatever it is written like."""
    numbers = {contact.dialled for contact in customer.contacts} - {""}
    return set(session.scalars(select(Contact.customer_id).where(Contact.dialled.in_(numbers))))


def _same_registration(session: Session, customer: Customer) -> set[int]:
    """Return the customers of the same number: entering one twice is refused, but two may do it at once."""
    if not customer.registration:
        return set()
    return set(session.scalars(select(Customer.id).where(Customer.registration == customer.registration)))
