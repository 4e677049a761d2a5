"""Orders: adding them, and telling which are there already. Amounts are in fen."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from crm import audit
from crm.permission import require
from models.customer import Customer
from models.order import Order
from models.person import Permission, Person


def add(
    session: Session,
    actor: Person,
    *,
    customer: Customer,
    number: str,
    day: date,
    amount: int,
    family: str,
    at: datetime,
) -> Order:
    """Return the new order; ``amount`` is in fen. Raises NotAllowed."""
    require(actor, Permission.IMPORT_TABLES)
    order = Order(customer_id=customer.id, number=number, day=day, amount=amount, family=family, created_at=at)
    session.add(order)
    session.flush()
    audit.note(session, actor, "order.added", order, at, customer=customer.id, amount=amount)
    return order


def known(session: Session, customer_ids: Iterable[int]) -> set[tuple[int, str]]:
    """Return customer and number of every order of these customers."""
    rows = session.execute(select(Order.customer_id, Order.number).where(Order.customer_id.in_(set(customer_ids))))
    return {(customer_id, number) for customer_id, number in rows}
