"""Triage: what a complaint is about and how grave it is, as people say. It moves no complaint to another stage."""

from __future__ import annotations

import re
from datetime import datetime

from sqlalchemy import and_, update
from sqlalchemy.orm import Session

from crm import audit, complaints, customers, deadlines, moves, notices, once, people
from crm.complaint_notices import tell_handlers
from crm.complaints import NeedsALeader, ReasonNeeded
from crm.permission import require
from crm.rules import rules
from models.complaint import GRAVE, Complaint, ComplaintKind, Severity, Stage
from models.customer import Customer
from models.notice import Reason
from models.person import Permission, Person
from models.problem import AlreadyDone, NotFound, NotTheirLeader, Problem


class SeesNoCustomer(Problem):
    """A colleague cannot look after what happens at a customer she may not see."""


COMPLAINING = re.compile(
    "投诉|漏|坏|裂|断了|断裂|异响|异常|声音大|噪音|振动大|发热|过热|烧|卡死|停机|停线|停产|故障|报警|不转|不行|不满|不合格|"
    "不好用|没人管|没人来|退货|索赔|赔偿|质量|太慢|太差|晚了|还没到|没收到|催|错了|少发|发错|"
    r"complain|leak|broke|crack|fail|fault|nois|wrong|late\b|defect|damage|stopp|refund|not work|n.t work",
    re.IGNORECASE,
)
"""What people say who complain."""


def complains(words: str) -> bool:
    """Return whether somebody's words sound like a complaint."""
    return COMPLAINING.search(words) is not None


def severities_open_to(actor: Person, complaint: Complaint) -> dict[Severity, bool]:
    """Return the severities the actor may give it now, each with whether it needs a reason (``CMP-05``)."""
    if not actor.may(Permission.HANDLE_COMPLAINTS) or not complaint.open:
        return {}
    others = (severity for severity in Severity if severity is not complaint.severity)
    lighter = {severity: severity.lighter_than(complaint.severity) for severity in others}
    return {severity: needs_reason for severity, needs_reason in lighter.items() if actor.is_leader or not needs_reason}


def set_severity(
    session: Session,
    actor: Person,
    complaint_id: int,
    *,
    severity: Severity,
    version: int,
    reason: str = "",
    at: datetime,
) -> Complaint:
    """Return the complaint at the severity a human gave it; clocks not met yet count anew from its receipt.

    Any handler may raise it, a leader may lower it and says why (``CMP-05``, ``CMP-10``).
    Raises NotFound, NotAllowed, NeedsALeader, ReasonNeeded, AlreadyDone.
    """
    require(actor, Permission.HANDLE_COMPLAINTS)
    complaint = complaints.find(session, actor, complaint_id)
    if not complaint.open:
        raise AlreadyDone(complaint=complaint)
    was = complaint.severity
    if severity.lighter_than(was):
        _may_lower(actor, complaint, reason)
    once.change(session, complaint, version, severity=severity, proposed=None)
    deadlines.set_for(complaint, rules(session))
    session.flush()
    audit.note(session, actor, "complaint.severity", complaint, at, was=was.value, became=severity.value)
    moves.remember(session, actor, complaint, complaint.stage, reason, at)
    if severity in GRAVE and was.lighter_than(severity):
        tell_handlers(session, complaint, at, Reason.GRAVER, but=actor, urgent=complaint.alarming)
    return complaint


def set_kind(
    session: Session, actor: Person, complaint_id: int, *, kind: ComplaintKind, version: int, at: datetime
) -> Complaint:
    """Return the complaint, told what it is about. Raises NotFound, NotAllowed, AlreadyDone."""
    require(actor, Permission.HANDLE_COMPLAINTS)
    complaint = complaints.find(session, actor, complaint_id)
    if not complaint.open:
        raise AlreadyDone(complaint=complaint)
    was = complaint.kind.value if complaint.kind else None
    once.change(session, complaint, version, kind=kind)
    audit.note(session, actor, "complaint.kind", complaint, at, was=was, became=kind.value)
    return complaint


def may_assign(session: Session, actor: Person, complaint: Complaint) -> bool:
    """Return whether the actor gives it to a colleague: who leads the customer's owner, or a leader who has it."""
    hers = complaint.in_charge.id == actor.id or customers.leads_now(session, actor, complaint.customer.owner)
    return complaint.open and actor.may(Permission.MANAGE_PEOPLE) and hers


def assign(session: Session, actor: Person, complaint_id: int, *, to_id: int, version: int, at: datetime) -> Complaint:
    """Return the complaint in the hands of a colleague who sees its customer; she is told. A leader decides it.

    Raises NotFound, NotAllowed, AlreadyDone; SeesNoCustomer when it is a customer the colleague may not see.
    """
    require(actor, Permission.MANAGE_PEOPLE)
    complaint = complaints.find(session, actor, complaint_id)
    if complaint.open and not may_assign(session, actor, complaint):
        raise NotTheirLeader(led=complaint.customer.owner)
    colleague = people.find(session, actor, to_id)
    if not colleague.may(Permission.HANDLE_COMPLAINTS):
        raise NotFound(what="person")
    if session.scalar(customers.visible_to(colleague).where(Customer.id == complaint.customer_id)) is None:
        raise SeesNoCustomer(name=colleague.name, firm=complaint.customer.name)
    was = complaint.in_charge.id
    once.change(session, complaint, version, Complaint.stage != Stage.FED_BACK, owner_id=colleague.id)
    audit.note(session, actor, "complaint.assigned", complaint, at, was=was, became=colleague.id)
    if colleague.id != actor.id:
        key = f"assigned:{complaint.id}:{complaint.version}"
        address, thread = complaints.address(complaint), complaints.thread(complaint)
        days = 3 * notices.A_DAY
        notices.leave(
            session, colleague, key=key, address=address, thread=thread, reason=Reason.GIVEN, at=at, valid_for=days
        )
    return complaint


def say_kind(session: Session, actor: Person, complaint_id: int, *, kind: ComplaintKind, at: datetime) -> Complaint:
    """Return the complaint with what it is about, said by its reporter; once, and no button of others ages by it.

    Raises NotFound, AlreadyDone.
    """
    complaint = complaints.reported_by(session, actor, complaint_id)
    unsaid = and_(Complaint.id == complaint.id, Complaint.kind.is_(None))
    said = update(Complaint).where(unsaid).values(kind=kind).returning(Complaint.id)
    won = session.scalar(said.execution_options(synchronize_session=False)) is not None
    session.refresh(complaint)
    if not won:
        raise AlreadyDone(complaint=complaint)
    audit.note(session, actor, "complaint.kind", complaint, at, was=None, became=kind.value)
    return complaint


def _may_lower(actor: Person, complaint: Complaint, reason: str) -> None:
    if not actor.is_leader:
        raise NeedsALeader(complaint=complaint)
    if not reason.strip():
        raise ReasonNeeded
