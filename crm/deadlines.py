"""Deadlines: until when a complaint is to be answered and solved, and which is late (domain 1.3). It tells nobody."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ColumnElement, and_, or_

from crm import business_time
from crm.rules import Allowance, Rules
from models.complaint import Complaint


def set_for(complaint: Complaint, rules: Rules) -> None:
    """Set the clocks not met yet; a complaint opened again has half the time, from that day on."""
    promise = rules.promises[complaint.severity]
    if complaint.acknowledged_at is None:
        complaint.acknowledge_by = business_time.after(complaint.received_at, promise.acknowledge, rules)
    if complaint.resolved_at is None:
        since, allowed = complaint.received_at, promise.resolve
        if complaint.reopened_at is not None:
            since, allowed = complaint.reopened_at, Allowance(allowed.minutes // 2, wall=allowed.wall)
        complaint.resolve_by = business_time.after(since, allowed, rules)


def overdue(now: datetime) -> ColumnElement[bool]:
    """Return the condition that a promised step is late, the same as ``Complaint.overdue`` (``CMP-09``)."""
    return or_(unanswered(now), unresolved(now))


def unanswered(now: datetime) -> ColumnElement[bool]:
    """Return the condition that the first answer is late."""
    return and_(Complaint.acknowledged_at.is_(None), Complaint.acknowledge_by < now)


def unresolved(now: datetime) -> ColumnElement[bool]:
    """Return the condition that the remedy is late."""
    return and_(Complaint.resolved_at.is_(None), Complaint.resolve_by < now)
