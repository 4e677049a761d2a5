"""Filing: a customer's words become a complaint, are added to and put right.

It leaves notices and never sends; it takes no step and judges nothing, words of danger only propose.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from crm import attachments, audit, complaints, corrections, customers, dangers, deadlines, moves
from crm.attachments import Sent
from crm.complaint_notices import tell_handlers, tell_reporter
from crm.complaints import MoveRefused, ReasonNeeded
from crm.permission import require
from crm.rules import rules
from models.complaint import Complaint, ComplaintKind, ComplaintMove, Severity
from models.customer import Customer
from models.notice import Reason
from models.person import Permission, Person, Role
from models.problem import NotAllowed, NotFound


def file(
    session: Session,
    actor: Person,
    *,
    customer: Customer,
    words: str,
    kind: ComplaintKind | None = None,
    severity: Severity = Severity.S3,
    files: Sequence[Sent] = (),
    reporter: Person | None = None,
    said_by: str = "",
    at: datetime,
) -> Complaint:
    """Return the complaint, registered, with its two clocks running; the customer's owner is told.

    ``said_by`` is the name of somebody who does not use the bot.

    A customer's person reports for her own firm; a rep may file for one who does not write here.
    Words of danger propose S1 and alert at once, a human confirms (``CMP-04``); of what is grave the leaders are
    told as well. The receipt stops no clock (``CMP-07``).
    Raises NotAllowed, NotFound, ReasonNeeded when there are neither words nor files.
    """
    by_customer = actor.role is Role.CUSTOMER
    require(actor, Permission.REPORT_PROBLEMS if by_customer else Permission.FILE_COMPLAINTS)
    customer = customers.find(session, actor, customer.id)
    reporter = actor if by_customer else reporter
    _of_this_firm(reporter, customer)
    if not words.strip() and not files:
        raise ReasonNeeded
    complaint = Complaint(customer_id=customer.id, reporter=reporter, filed_by_id=actor.id, owner_id=customer.owner_id)
    complaint.words, complaint.kind, complaint.severity, complaint.received_at = words, kind, severity, at
    complaint.said_by = said_by[: Complaint.said_by.type.length]
    complaint.proposed = dangers.proposed(words, severity, rules(session))
    deadlines.set_for(complaint, rules(session))
    session.add(complaint)
    session.flush()
    for sent in files:
        attachments.attach(session, actor, sent, complaint=complaint, at=at)
    moves.remember(session, actor, complaint, None, "", at)
    audit.note(session, actor, "complaint.filed", complaint, at, customer=customer.id, severity=severity.value)
    reason = Reason.ALARM if complaint.alarming else Reason.NEW
    tell_handlers(session, complaint, at, reason, but=actor, urgent=complaint.alarming)
    tell_reporter(session, actor, complaint, at)
    session.flush()
    return complaint


def add(
    session: Session, actor: Person, complaint_id: int, *, words: str, files: Sequence[Sent] = (), at: datetime
) -> Complaint:
    """Return the complaint with further words and files of its reporter's; whoever handles it is told.

    Words of danger propose S1 and alert as they do at first.
    Raises NotFound, ReasonNeeded when there are neither, MoveRefused when it is closed.
    """
    complaint = complaints.reported_by(session, actor, complaint_id)
    if not words.strip() and not files:
        raise ReasonNeeded
    if not complaint.open:
        raise MoveRefused(complaint=complaint, became=complaint.stage)
    for sent in files:
        attachments.attach(session, actor, sent, complaint=complaint, at=at)
    session.expire(complaint, ["attachments"])
    moves.remember(session, actor, complaint, complaint.stage, words, at)
    audit.note(session, actor, "complaint.added_to", complaint, at, files=len(files))
    was_alarming = complaint.alarming
    complaint.proposed = complaint.proposed or dangers.proposed(words, complaint.severity, rules(session))
    session.flush()
    alarm = complaint.alarming and not was_alarming
    key = f"complaint:{complaint.id}:added:{complaint.moves[-1].id}"
    tell_handlers(session, complaint, at, Reason.ALARM if alarm else Reason.ADDED, key=key, but=actor, urgent=alarm)
    return complaint


def correct_words(session: Session, actor: Person, complaint_id: int, *, words: str, at: datetime) -> Complaint:
    """Return the complaint in other words, by whoever wrote them; those before are kept, and the handlers are told.

    Words of danger that were not there before propose S1 and alert as they do at first.
    Raises NotFound, NotAllowed for the words of somebody else, MoveRefused when it is closed, ReasonNeeded when nothing
    would be left of it.
    """
    complaint = complaints.find(session, actor, complaint_id)
    if complaint.filed_by_id != actor.id:
        raise NotAllowed(permission=Permission.REPORT_PROBLEMS)
    if not complaint.open:
        raise MoveRefused(complaint=complaint, became=complaint.stage)
    if not words.strip() and not complaint.attachments:
        raise ReasonNeeded
    if words.strip() == complaint.words:
        return complaint
    corrections.note(session, actor, complaint, "words", was=complaint.words, became=words.strip(), at=at)
    new = dangers.signs_in(words, rules(session)) - dangers.signs_in(complaint.words, rules(session))
    complaint.words = words.strip()
    if new:  # what was there before, somebody may have judged to be none
        complaint.proposed = complaint.proposed or dangers.proposed(words, complaint.severity, rules(session))
    key, alarm = f"corrected:{complaint.id}:{at.isoformat()}", complaint.alarming and bool(new)
    tell_handlers(session, complaint, at, Reason.CORRECTED, key=key, but=actor, urgent=alarm)
    session.flush()
    return complaint


def added(session: Session, actor: Person, move_id: int) -> ComplaintMove:
    """Return what the actor has added to a complaint. Raises NotFound."""
    move = session.get(ComplaintMove, move_id)
    if move is None or move.actor_id != actor.id:
        raise NotFound(what="complaint")
    return move


def correct_added(session: Session, actor: Person, move_id: int, *, words: str, at: datetime) -> Complaint:
    """Return the complaint of which the actor has added something, and now says it in other words.

    Those before are kept, the handlers are told, and words of danger propose S1. Raises NotFound, MoveRefused when it
    is closed.
    """
    move = added(session, actor, move_id)
    complaint = complaints.find(session, actor, move.complaint_id)
    if not complaint.open:
        raise MoveRefused(complaint=complaint, became=complaint.stage)
    if words.strip() in {"", move.words}:
        return complaint
    corrections.note(session, actor, complaint, "words", was=move.words, became=words.strip(), at=at)
    move.words = words.strip()
    complaint.proposed = complaint.proposed or dangers.proposed(words, complaint.severity, rules(session))
    key = f"corrected:{complaint.id}:{at.isoformat()}"
    tell_handlers(session, complaint, at, Reason.CORRECTED, key=key, but=actor, urgent=complaint.alarming)
    session.flush()
    return complaint


def _of_this_firm(reporter: Person | None, customer: Customer) -> None:
    if reporter is not None and (reporter.contact is None or reporter.contact.customer_id != customer.id):
        raise NotFound(what="contact")
