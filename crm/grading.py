"""Grading: what a customer's owner proposes, and whoever leads her decides (domain, section 8).

It leaves notices and never sends; the decision itself is ``customers.set_grade``.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from crm import audit, customers, duty, notices, people
from crm.permission import require
from models.customer import Customer, Grade
from models.person import Permission, Person

WORTH = 3 * notices.A_DAY


def propose(session: Session, actor: Person, customer_id: int, *, grade: Grade, at: datetime) -> Customer:
    """Return the customer; its leaders are told which grade is proposed, once. Raises NotAllowed, NotFound."""
    require(actor, Permission.EDIT_CUSTOMERS)
    customer = customers.find(session, actor, customer_id)
    address = f"/customers/{customer.id}/grade/{grade.value}/by/{actor.id}"
    for leader in duty.each_once(session, people.leaders_of(session, customer)):
        key = f"grade:{customer.id}:{customer.version}:{grade.value}:{leader.id}"
        notices.leave(session, leader, key=key, address=address, at=at, valid_for=WORTH)
    audit.note(session, actor, "customer.grade_proposed", customer, at, became=grade.value)
    return customer
