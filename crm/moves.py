"""Moves: a complaint goes from stage to stage, and sometimes back.

Every step is one conditional UPDATE, so of two people who take the same step one is told that it is done. It
leaves notices and never sends.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from crm import asking, attachments, audit, complaints, dangers, deadlines, once, people
from crm.attachments import Sent
from crm.complaint_notices import tell_handlers, tell_reporter
from crm.complaints import MoveRefused, NeedsALeader, ReasonNeeded
from crm.permission import require
from crm.rules import rules
from models.complaint import MOVES, Complaint, ComplaintMove, Severity, Stage
from models.notice import Reason
from models.person import Permission, Person


def steps_open_to(actor: Person, complaint: Complaint) -> frozenset[Stage]:
    """Return the stages the actor may take the complaint to now; asking first, the business checks all the same."""
    steps = MOVES[complaint.stage]
    if not actor.may(Permission.HANDLE_COMPLAINTS):
        own = actor.active and complaint.reporter_id == actor.id and complaint.stage is Stage.RESOLVED
        return steps & {Stage.INVESTIGATING} if own else frozenset()
    return steps if _may_close(actor, complaint) else steps - {Stage.FED_BACK}


def acknowledge(
    session: Session, actor: Person, complaint_id: int, *, version: int, words: str = "", at: datetime
) -> Complaint:
    """Return the complaint, taken up by a human. Raises NotFound, NotAllowed, AlreadyDone, MoveRefused."""
    require(actor, Permission.HANDLE_COMPLAINTS)
    complaint = complaints.find(session, actor, complaint_id)
    owner_id = complaint.owner_id or actor.id
    became = {"stage": Stage.ACKNOWLEDGED, "acknowledged_at": at, "owner_id": owner_id}
    return _move(session, actor, complaint, version=version, words=words, at=at, **became)


def investigate(
    session: Session, actor: Person, complaint_id: int, *, version: int, words: str = "", at: datetime
) -> Complaint:
    """Return the complaint, under investigation; one that is resolved is taken up again by ``reopen`` alone.

    Raises NotFound, NotAllowed, AlreadyDone, MoveRefused.
    """
    require(actor, Permission.HANDLE_COMPLAINTS)
    complaint = complaints.find(session, actor, complaint_id)
    if complaint.stage is Stage.RESOLVED and complaint.version == version:
        raise MoveRefused(complaint=complaint, became=Stage.INVESTIGATING)
    return _move(session, actor, complaint, version=version, words=words, at=at, stage=Stage.INVESTIGATING)


def resolve(
    session: Session, actor: Person, complaint_id: int, *, version: int, remedy: str, words: str = "", at: datetime
) -> Complaint:
    """Return the complaint with its remedy delivered; the reporter is asked how it went.

    Raises NotFound, NotAllowed, AlreadyDone, MoveRefused, ReasonNeeded without a remedy.
    """
    require(actor, Permission.HANDLE_COMPLAINTS)
    complaint = complaints.find(session, actor, complaint_id)
    if not remedy.strip():
        raise ReasonNeeded
    became = {"stage": Stage.RESOLVED, "remedy": remedy, "resolved_at": at}
    complaint = _move(session, actor, complaint, version=version, words=words or remedy, at=at, **became)
    asking.after_complaint(session, complaint, at=at)
    return complaint


def feed_back(
    session: Session, actor: Person, complaint_id: int, *, version: int, words: str = "", at: datetime
) -> Complaint:
    """Return the complaint, closed after the customer was asked whether she is content.

    S1 and S2 are closed by a leader who does not own them (domain 1.7, 12), and so is what sounds like S1 while
    nobody has judged it.
    Raises NotFound, NotAllowed, NeedsALeader, AlreadyDone, MoveRefused.
    """
    require(actor, Permission.HANDLE_COMPLAINTS)
    complaint = complaints.find(session, actor, complaint_id)
    if not _may_close(actor, complaint):
        raise NeedsALeader(complaint=complaint)
    became = {"stage": Stage.FED_BACK, "fed_back_at": at}
    return _move(session, actor, complaint, version=version, words=words, at=at, **became)


def reopen(
    session: Session,
    actor: Person,
    complaint_id: int,
    *,
    version: int,
    words: str,
    files: Sequence[Sent] = (),
    at: datetime,
) -> Complaint:
    """Return the complaint, under investigation again because the reporter is not content; a photo says it as well.

    It has half the usual time to be resolved; the second time it becomes graver and a leader owns it (``CMP-23``).
    Raises NotFound, NotAllowed, AlreadyDone, MoveRefused, ReasonNeeded.
    """
    complaint = complaints.find(session, actor, complaint_id)
    if complaint.reporter_id != actor.id:
        require(actor, Permission.HANDLE_COMPLAINTS)
    if not words.strip() and not files:
        raise ReasonNeeded
    if complaint.stage is not Stage.RESOLVED and complaint.version == version:
        raise MoveRefused(complaint=complaint, became=Stage.INVESTIGATING)
    severity, owner_id = _after_reopening(session, complaint)
    again = {"reopened": complaint.reopened + 1, "reopened_at": at, "resolved_at": None, "late_told": 1}
    became = {"stage": Stage.INVESTIGATING, "severity": severity, "owner_id": owner_id}
    complaint = _move(session, actor, complaint, version=version, words=words, at=at, **became, **again)
    complaint.proposed = complaint.proposed or dangers.proposed(words, complaint.severity, rules(session))
    deadlines.set_for(complaint, rules(session))
    for sent in files:
        attachments.attach(session, actor, sent, complaint=complaint, at=at)
    session.expire(complaint, ["attachments"])
    asking.hold_back(session, complaint, at=at)
    tell_handlers(session, complaint, at, Reason.REOPENED, but=actor, urgent=complaint.alarming)
    session.flush()
    return complaint


def remember(
    session: Session, actor: Person, complaint: Complaint, was: Stage | None, words: str, at: datetime
) -> None:
    """Keep what was done or said, by whom and when; without a step the stage stays what it was."""
    step = ComplaintMove(complaint_id=complaint.id, actor_id=actor.id, at=at, was=was, became=complaint.stage)
    step.words = words
    session.add(step)
    session.flush()
    session.expire(complaint, ["moves"])


def _move(
    session: Session, actor: Person, complaint: Complaint, *, version: int, words: str, at: datetime, **became: Any
) -> Complaint:
    """Take one step; record it, and let the reporter see it (``CMP-18``, ``CMP-19``)."""
    was = complaint.stage
    if complaint.version == version and became["stage"] not in MOVES[was]:
        raise MoveRefused(complaint=complaint, became=became["stage"])
    once.change(session, complaint, version, **became)
    remember(session, actor, complaint, was, words, at)
    audit.note(session, actor, "complaint.moved", complaint, at, was=was.value, became=complaint.stage.value)
    tell_reporter(session, actor, complaint, at)
    session.flush()
    return complaint


def _may_close(actor: Person, complaint: Complaint) -> bool:
    """A grave one, or one that may be, is closed by a leader who does not own it, nor stands in for its owner."""
    owns = complaint.owner_id == actor.id or actor.stands_in_for(complaint.owner)
    return not complaint.grave or (actor.is_leader and not owns)


def _after_reopening(session: Session, complaint: Complaint) -> tuple[Severity, int | None]:
    if not complaint.reopened:
        return complaint.severity, complaint.owner_id
    leader = next(iter(people.leaders_of(session, complaint.customer)), None)
    return complaint.severity.graver, leader.id if leader else complaint.owner_id
