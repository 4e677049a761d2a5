"""Contracts: keeping them, and reminding the owner before one ends. It leaves notices and never sends."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal

from sqlalchemy import ColumnElement, Select, and_, false, or_, select
from sqlalchemy.orm import Session, joinedload

from crm import attachments, audit, customers, duty, notices, once
from crm.attachments import Sent
from crm.local_time import day_of
from crm.permission import require
from crm.rules import rules
from models import dialects
from models.contract import Contract
from models.customer import Customer
from models.notice import Reason
from models.person import Permission, Person
from models.problem import NotFound, Problem


class EndsBeforeItStarts(Problem):
    """A contract ends on the day it starts, or later."""


def visible_to(actor: Person) -> Select[Contract]:
    """Return the contracts of the customers this staff member may see; dropped ones are gone."""
    standing = select(Contract).where(Contract.dropped_at.is_(None))
    if not actor.may(Permission.SEE_CUSTOMERS):
        return standing.where(false())
    return standing.where(Contract.customer_id.in_(customers.ids_visible_to(actor)))


def find(session: Session, actor: Person, contract_id: int) -> Contract:
    """Return the contract. Raises NotFound when there is none or it is not the actor's to see."""
    contract = session.scalar(visible_to(actor).where(Contract.id == contract_id))
    if contract is None:
        raise NotFound(what="contract")
    return contract


def of(
    session: Session, actor: Person, customer: Customer, *, today: date, limit: int = 6, offset: int = 0
) -> Sequence[Contract]:
    """Return the customer's contracts: those in force by their end, then those over, the last first."""
    over = Contract.ends < today
    signed = visible_to(actor).where(Contract.customer_id == customer.id)
    current = signed.where(~over).order_by(Contract.ends, Contract.id).limit(limit + offset)
    past = signed.where(over).order_by(Contract.ends.desc(), Contract.id.desc()).limit(limit + offset)
    return [*session.scalars(current), *session.scalars(past)][offset : offset + limit]


def next_end(session: Session, actor: Person, customer: Customer, *, today: date) -> Contract | None:
    """Return the contract of this customer that ends next."""
    running = visible_to(actor).where(Contract.customer_id == customer.id, Contract.ends >= today)
    return session.scalar(running.order_by(Contract.ends, Contract.id).limit(1))


def add(
    session: Session,
    actor: Person,
    *,
    customer: Customer,
    number: str,
    title: str,
    starts: date,
    ends: date,
    value: Decimal | None = None,
    note: str = "",
    files: Sequence[Sent] = (),
    at: datetime,
) -> Contract:
    """Return the contract, kept with its papers. Raises NotAllowed, NotFound, EndsBeforeItStarts."""
    require(actor, Permission.EDIT_CUSTOMERS)
    customers.find(session, actor, customer.id)
    if ends < starts:
        raise EndsBeforeItStarts(starts=starts, ends=ends)
    contract = Contract(customer_id=customer.id, added_by_id=actor.id, number=number, title=title, note=note)
    contract.starts, contract.ends, contract.created_at = starts, ends, at
    contract.fen = None if value is None else int(value * 100)
    session.add(contract)
    session.flush()
    for sent in files:
        attachments.attach(session, actor, sent, contract=contract, at=at)
    audit.note(session, actor, "contract.added", contract, at, customer=customer.id, ends=ends.isoformat())
    return contract


def add_note(session: Session, actor: Person, contract_id: int, *, words: str, at: datetime) -> Contract:
    """Return the contract with words that came with a late part of its papers. Raises NotAllowed, NotFound."""
    require(actor, Permission.EDIT_CUSTOMERS)
    contract = find(session, actor, contract_id)
    contract.note = "\n".join(part for part in (contract.note, words.strip()) if part)
    audit.note(session, actor, "contract.noted", contract, at, customer=contract.customer_id)
    session.flush()
    return contract


def prolong(session: Session, actor: Person, contract_id: int, *, ends: date, version: int, at: datetime) -> Contract:
    """Return the contract with another end; it is announced anew. Raises NotAllowed, NotFound, AlreadyDone."""
    require(actor, Permission.EDIT_CUSTOMERS)
    contract = find(session, actor, contract_id)
    if ends < contract.starts:
        raise EndsBeforeItStarts(starts=contract.starts, ends=ends)
    was = contract.ends
    once.change(session, contract, version, ends=ends, told=None)
    notices.take_back(session, address(contract), at=at)
    audit.note(session, actor, "contract.prolonged", contract, at, was=was.isoformat(), became=ends.isoformat())
    return contract


def drop(session: Session, actor: Person, contract_id: int, *, version: int, at: datetime) -> Contract:
    """Return the contract, which was entered by mistake and is shown no more. Raises as ``prolong``."""
    require(actor, Permission.EDIT_CUSTOMERS)
    contract = find(session, actor, contract_id)
    once.change(session, contract, version, dropped_at=at)
    notices.take_back(session, address(contract), at=at)
    audit.note(session, actor, "contract.dropped", contract, at, customer=contract.customer_id)
    return contract


def announce_ending(session: Session, *, now: datetime, limit: int = 100) -> int:
    """Tell the owner 90 and 30 days before a contract ends, once each; return how many contracts were taken up.

    One entered late, or after an outage, is announced by the nearer of the two alone.
    """
    today = day_of(now, rules(session).tz)
    standing = select(Contract).where(Contract.dropped_at.is_(None), Contract.ends >= today)
    near = or_(*(_untold(today, days) for days in sorted(rules(session).contract_notice)))
    waiting = standing.where(near).options(joinedload(Contract.customer).joinedload(Customer.owner))
    ending = session.scalars(dialects.claimed(waiting.order_by(Contract.ends, Contract.id).limit(limit), Contract))
    found = ending.all()
    for contract in found:
        _announce(session, contract, (contract.ends - today).days, now)
    session.flush()
    return len(found)


def address(contract: Contract) -> str:
    """Return the page of this contract."""
    return f"/contracts/{contract.id}"


def _untold(today: date, days: int) -> ColumnElement[bool]:
    told_before = or_(Contract.told.is_(None), Contract.told > days)
    return and_(Contract.ends <= today + timedelta(days), told_before)


def _announce(session: Session, contract: Contract, left: int, now: datetime) -> None:
    days = min(days for days in rules(session).contract_notice if left <= days)
    key = f"contract:{contract.id}:{contract.ends.isoformat()}:{days}"
    notices.leave(
        session,
        duty.reached_for(session, contract.customer.owner),
        key=key,
        address=address(contract),
        reason=Reason.CONTRACT_ENDS,
        at=now,
        valid_for=rules(session).contract_notice_valid_for,
    )
    contract.told = days
