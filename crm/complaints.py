"""Complaints: filing them, moving them from gate to gate, and seeing which are late (domain 1).

It leaves notices and never sends. Every step is one conditional UPDATE on the version, so of two people who
take the same step one is told that it is done.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, false, not_, or_, select, update
from sqlalchemy.orm import Session, joinedload

from crm import attachments, audit, business_time, corrections, customers, duty, notices, people, surveys
from crm.attachments import Sent
from crm.permission import require
from crm.rules import Allowance, Rules, rules
from models import dialects
from models.complaint import MOVES, Complaint, ComplaintKind, ComplaintMove, Severity, Stage
from models.customer import Customer
from models.notice import Reason
from models.person import Permission, Person, Role
from models.problem import AlreadyDone, NotAllowed, NotFound, Problem

GRAVE = (Severity.S1, Severity.S2)
ORDER = list(Severity)
"""From the gravest to the lightest."""
CALM = timedelta(minutes=10)
"""What is added so soon after the last ping is shown in the same card, without another."""
FOR_LEADERS = frozenset({Reason.LATE_ANSWER, Reason.LATE_REMEDY})
"""What leaders are told of any complaint; of the rest, only of grave ones (domain 1.6)."""


class MoveRefused(Problem):
    """A complaint at this stage cannot take this step (``CMP-17``)."""

    audited = "complaint"


class NeedsALeader(Problem):
    """A grave complaint is closed, and any made lighter, by a leader who does not own it."""

    audited = "complaint"


class ReasonNeeded(Problem):
    """This step says why."""


def visible_to(actor: Person) -> Select[Complaint]:
    """Return the complaints this person may see (``CMP-03``).

    Staff see those of the customers they may see and those they filed or own; a customer's person her own.
    """
    if not actor.active:
        return select(Complaint).where(false())
    if customers.sees_all(actor):
        return select(Complaint)
    if actor.role is Role.CUSTOMER:
        return select(Complaint).where(Complaint.reporter_id == actor.id)
    hers = or_(Complaint.filed_by_id == actor.id, duty.is_hers(Complaint.owner_id, actor))
    return select(Complaint).where(or_(hers, Complaint.customer_id.in_(customers.ids_visible_to(actor))))


def find(session: Session, actor: Person, complaint_id: int) -> Complaint:
    """Return the complaint. Raises NotFound when there is none or it is not the actor's to see."""
    complaint = session.scalar(visible_to(actor).where(Complaint.id == complaint_id))
    if complaint is None:
        raise NotFound(what="complaint")
    return complaint


def open_ones(
    session: Session, actor: Person, *, now: datetime, overdue_only: bool = False, limit: int = 6, offset: int = 0
) -> list[Complaint]:
    """Return what the department still owes an answer, the gravest first, then what falls due first."""
    open_now = visible_to(actor).where(Complaint.stage != Stage.FED_BACK).options(joinedload(Complaint.customer))
    open_now = open_now.where(is_overdue(now)) if overdue_only else open_now
    open_now = open_now.order_by(Complaint.severity, Complaint.resolve_by, Complaint.id)
    return list(session.scalars(open_now.limit(limit).offset(offset)))


def between(
    session: Session, actor: Person, *, since: datetime, until: datetime, limit: int = 6, offset: int = 0
) -> list[Complaint]:
    """Return the complaints received from ``since`` until just before ``until``, the newest first."""
    received = visible_to(actor).where(Complaint.received_at >= since, Complaint.received_at < until)
    received = received.options(joinedload(Complaint.customer)).order_by(
        Complaint.received_at.desc(), Complaint.id.desc()
    )
    return list(session.scalars(received.limit(limit).offset(offset)))


def listed(
    session: Session,
    actor: Person,
    *,
    now: datetime,
    stages: Collection[Stage] = tuple(Stage),
    words: str = "",
    limit: int = 6,
    offset: int = 0,
) -> list[Complaint]:
    """Return complaints at these stages: late ones first, then what falls due first, closed ones last by date.

    ``words`` look for a number, or for a part of what was said or of the customer's name.
    """
    closed = Complaint.stage == Stage.FED_BACK
    place = case((closed, 2), (is_overdue(now), 0), else_=1)
    some = visible_to(actor).where(Complaint.stage.in_(stages)).options(joinedload(Complaint.customer))
    some = some.where(_matching(words)) if words.strip() else some
    new = and_(not_(closed), Complaint.acknowledged_at.is_(None))
    due = case((new, Complaint.acknowledge_by), (not_(closed), Complaint.resolve_by))
    some = some.order_by(place, due, Complaint.received_at.desc(), Complaint.id.desc())
    return list(session.scalars(some.limit(limit).offset(offset)))


def steps_open_to(actor: Person, complaint: Complaint) -> frozenset[Stage]:
    """Return the stages the actor may take the complaint to now; asking first, the business checks all the same."""
    steps = MOVES[complaint.stage]
    if not actor.may(Permission.HANDLE_COMPLAINTS):
        own = actor.active and complaint.reporter_id == actor.id and complaint.stage is Stage.RESOLVED
        return steps & {Stage.INVESTIGATING} if own else frozenset()
    return steps if _may_close(actor, complaint) else steps - {Stage.FED_BACK}


def severities_open_to(actor: Person, complaint: Complaint) -> dict[Severity, bool]:
    """Return the severities the actor may give it now, each with whether it needs a reason (``CMP-05``)."""
    if not actor.may(Permission.HANDLE_COMPLAINTS) or not complaint.open:
        return {}
    now = ORDER.index(complaint.severity)
    others = {severity: place > now for place, severity in enumerate(ORDER) if place != now}
    return {severity: lighter for severity, lighter in others.items() if actor.is_leader or not lighter}


def is_overdue(now: datetime) -> ColumnElement[bool]:
    """Return the condition that a promised step is late, the same as ``Complaint.overdue`` (``CMP-09``)."""
    return or_(_unanswered(now), _unresolved(now))


def announce_late(session: Session, *, now: datetime, limit: int = 100) -> int:
    """Tell owner and leaders of each promise that was broken, once for each clock (``CMP-15``); return how many."""
    answer, remedy = (and_(late, Complaint.late_told < told) for told, late in _breaches(now).items())
    waiting = select(Complaint).where(Complaint.stage != Stage.FED_BACK, or_(answer, remedy))
    waiting = waiting.order_by(Complaint.severity, Complaint.id).limit(limit)
    broken = session.scalars(dialects.claimed(waiting, Complaint)).all()
    for complaint in broken:
        unresolved = complaint.resolved_at is None and complaint.resolve_by < now
        complaint.late_told = 2 if unresolved else 1
        reason = Reason.LATE_REMEDY if unresolved else Reason.LATE_ANSWER
        key = f"late:{complaint.id}:{complaint.late_told}:{complaint.reopened}"
        _tell_handlers(session, complaint, now, reason, key=key)
    session.flush()
    return len(broken)


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
    at: datetime,
) -> Complaint:
    """Return the complaint, registered, with its two clocks running; the customer's owner is told.

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
    complaint.proposed = _proposed(words, severity, rules(session))
    _set_clocks(complaint, rules(session))
    session.add(complaint)
    session.flush()
    for sent in files:
        attachments.attach(session, actor, sent, complaint=complaint, at=at)
    _remember(session, actor, complaint, None, "", at)
    audit.note(session, actor, "complaint.filed", complaint, at, customer=customer.id, severity=severity.value)
    reason = Reason.ALARM if _alarming(complaint) else Reason.NEW
    _tell_handlers(session, complaint, at, reason, but=actor, urgent=_alarming(complaint))
    _tell_reporter(session, actor, complaint, at)
    session.flush()
    return complaint


def acknowledge(
    session: Session, actor: Person, complaint_id: int, *, version: int, words: str = "", at: datetime
) -> Complaint:
    """Return the complaint, taken up by a human. Raises NotFound, NotAllowed, AlreadyDone, MoveRefused."""
    require(actor, Permission.HANDLE_COMPLAINTS)
    complaint = find(session, actor, complaint_id)
    owner_id = complaint.owner_id or actor.id
    became = {"stage": Stage.ACKNOWLEDGED, "acknowledged_at": at, "owner_id": owner_id}
    return _move(session, actor, complaint, version=version, words=words, at=at, **became)


def investigate(
    session: Session, actor: Person, complaint_id: int, *, version: int, words: str = "", at: datetime
) -> Complaint:
    """Return the complaint, under investigation. Raises NotFound, NotAllowed, AlreadyDone, MoveRefused."""
    require(actor, Permission.HANDLE_COMPLAINTS)
    complaint = find(session, actor, complaint_id)
    return _move(session, actor, complaint, version=version, words=words, at=at, stage=Stage.INVESTIGATING)


def resolve(
    session: Session, actor: Person, complaint_id: int, *, version: int, remedy: str, words: str = "", at: datetime
) -> Complaint:
    """Return the complaint with its remedy delivered; the reporter is asked how it went.

    Raises NotFound, NotAllowed, AlreadyDone, MoveRefused, ReasonNeeded without a remedy.
    """
    require(actor, Permission.HANDLE_COMPLAINTS)
    complaint = find(session, actor, complaint_id)
    _say_why(remedy)
    became = {"stage": Stage.RESOLVED, "remedy": remedy, "resolved_at": at}
    complaint = _move(session, actor, complaint, version=version, words=words or remedy, at=at, **became)
    surveys.after_complaint(session, complaint, at=at)
    return complaint


def feed_back(
    session: Session, actor: Person, complaint_id: int, *, version: int, words: str = "", at: datetime
) -> Complaint:
    """Return the complaint, closed after the customer was asked whether she is content.

    S1 and S2 are closed by a leader who does not own them (domain 1.7, 12).
    Raises NotFound, NotAllowed, NeedsALeader, AlreadyDone, MoveRefused.
    """
    require(actor, Permission.HANDLE_COMPLAINTS)
    complaint = find(session, actor, complaint_id)
    if not _may_close(actor, complaint):
        raise NeedsALeader(complaint=complaint)
    became = {"stage": Stage.FED_BACK, "fed_back_at": at}
    return _move(session, actor, complaint, version=version, words=words, at=at, **became)


def reopen(session: Session, actor: Person, complaint_id: int, *, version: int, words: str, at: datetime) -> Complaint:
    """Return the complaint, under investigation again because the reporter is not content.

    It has half the usual time to be resolved; the second time it becomes graver and a leader owns it (``CMP-23``).
    Raises NotFound, NotAllowed, AlreadyDone, MoveRefused, ReasonNeeded.
    """
    complaint = find(session, actor, complaint_id)
    if complaint.reporter_id != actor.id:
        require(actor, Permission.HANDLE_COMPLAINTS)
    _say_why(words)
    if complaint.stage is not Stage.RESOLVED and complaint.version == version:
        raise MoveRefused(complaint=complaint, became=Stage.INVESTIGATING)
    severity, owner_id = _after_reopening(session, complaint)
    again = {"reopened": complaint.reopened + 1, "reopened_at": at, "resolved_at": None, "late_told": 1}
    became = {"stage": Stage.INVESTIGATING, "severity": severity, "owner_id": owner_id}
    complaint = _move(session, actor, complaint, version=version, words=words, at=at, **became, **again)
    _set_clocks(complaint, rules(session))
    _tell_handlers(session, complaint, at, Reason.REOPENED, but=actor, urgent=_alarming(complaint))
    session.flush()
    return complaint


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
    complaint = find(session, actor, complaint_id)
    was = complaint.severity
    if ORDER.index(severity) > ORDER.index(was):
        _lower(actor, complaint, reason)
    _change(session, complaint, version, severity=severity, proposed=None)
    _set_clocks(complaint, rules(session))
    session.flush()
    audit.note(session, actor, "complaint.severity", complaint, at, was=was.value, became=severity.value)
    _remember(session, actor, complaint, complaint.stage, reason, at)
    if severity in GRAVE and ORDER.index(severity) < ORDER.index(was):
        _tell_handlers(session, complaint, at, Reason.GRAVER, but=actor, urgent=_alarming(complaint))
    return complaint


def set_kind(
    session: Session, actor: Person, complaint_id: int, *, kind: ComplaintKind, version: int, at: datetime
) -> Complaint:
    """Return the complaint, told what it is about. Raises NotFound, NotAllowed, AlreadyDone."""
    require(actor, Permission.HANDLE_COMPLAINTS)
    complaint = find(session, actor, complaint_id)
    if not complaint.open:
        raise AlreadyDone(complaint=complaint)
    was = complaint.kind.value if complaint.kind else None
    _change(session, complaint, version, kind=kind)
    audit.note(session, actor, "complaint.kind", complaint, at, was=was, became=kind.value)
    return complaint


def say_kind(session: Session, actor: Person, complaint_id: int, *, kind: ComplaintKind, at: datetime) -> Complaint:
    """Return the complaint with what it is about, said by its reporter; once, and no button of others ages by it.

    Raises NotFound, AlreadyDone.
    """
    complaint = _reported_by(session, actor, complaint_id)
    unsaid = and_(Complaint.id == complaint.id, Complaint.kind.is_(None))
    said = update(Complaint).where(unsaid).values(kind=kind).returning(Complaint.id)
    won = session.scalar(said.execution_options(synchronize_session=False)) is not None
    session.refresh(complaint)
    if not won:
        raise AlreadyDone(complaint=complaint)
    audit.note(session, actor, "complaint.kind", complaint, at, was=None, became=kind.value)
    return complaint


def correct_words(session: Session, actor: Person, complaint_id: int, *, words: str, at: datetime) -> Complaint:
    """Return the complaint in other words, by whoever wrote them; those before are kept, and the handlers are told.

    Words of danger propose S1 as they do at first. Raises NotFound, NotAllowed for the words of somebody else,
    MoveRefused when it is closed, ReasonNeeded when nothing would be left of it.
    """
    complaint = find(session, actor, complaint_id)
    if complaint.filed_by_id != actor.id:
        raise NotAllowed(permission=Permission.REPORT_PROBLEMS)
    if not complaint.open:
        raise MoveRefused(complaint=complaint, became=complaint.stage)
    if not words.strip() and not complaint.attachments:
        raise ReasonNeeded
    if words.strip() == complaint.words:
        return complaint
    corrections.note(session, actor, complaint, "words", was=complaint.words, became=words.strip(), at=at)
    complaint.words = words.strip()
    complaint.proposed = complaint.proposed or _proposed(words, complaint.severity, rules(session))
    key = f"corrected:{complaint.id}:{at.isoformat()}"
    _tell_handlers(session, complaint, at, Reason.CORRECTED, key=key, but=actor, urgent=_alarming(complaint))
    session.flush()
    return complaint


def add(
    session: Session, actor: Person, complaint_id: int, *, words: str, files: Sequence[Sent] = (), at: datetime
) -> Complaint:
    """Return the complaint with further words and files of its reporter's; whoever handles it is told.

    Raises NotFound, ReasonNeeded when there are neither, MoveRefused when it is closed.
    """
    complaint = _reported_by(session, actor, complaint_id)
    if not words.strip() and not files:
        raise ReasonNeeded
    if not complaint.open:
        raise MoveRefused(complaint=complaint, became=complaint.stage)
    for sent in files:
        attachments.attach(session, actor, sent, complaint=complaint, at=at)
    session.expire(complaint, ["attachments"])
    _remember(session, actor, complaint, complaint.stage, words, at)
    audit.note(session, actor, "complaint.added_to", complaint, at, files=len(files))
    key = f"complaint:{complaint.id}:added:{complaint.moves[-1].id}"
    _tell_handlers(session, complaint, at, Reason.ADDED, key=key, but=actor)
    return complaint


def address(complaint: Complaint) -> str:
    """Return the page of this complaint."""
    return f"/complaints/{complaint.id}"


def thread(complaint: Complaint) -> str:
    """Return the living message this complaint is shown in."""
    return f"complaint:{complaint.id}"


def _breaches(now: datetime) -> dict[int, ColumnElement[bool]]:
    return {1: _unanswered(now), 2: _unresolved(now)}


def _unanswered(now: datetime) -> ColumnElement[bool]:
    return and_(Complaint.acknowledged_at.is_(None), Complaint.acknowledge_by < now)


def _unresolved(now: datetime) -> ColumnElement[bool]:
    return and_(Complaint.resolved_at.is_(None), Complaint.resolve_by < now)


def _move(
    session: Session, actor: Person, complaint: Complaint, *, version: int, words: str, at: datetime, **became: Any
) -> Complaint:
    """Take one step; record it, and let the reporter see it (``CMP-18``, ``CMP-19``)."""
    was = complaint.stage
    if complaint.version == version and became["stage"] not in MOVES[was]:
        raise MoveRefused(complaint=complaint, became=became["stage"])
    _change(session, complaint, version, **became)
    _remember(session, actor, complaint, was, words, at)
    audit.note(session, actor, "complaint.moved", complaint, at, was=was.value, became=complaint.stage.value)
    _tell_reporter(session, actor, complaint, at)
    session.flush()
    return complaint


def _change(session: Session, complaint: Complaint, version: int, **values: Any) -> None:
    same = and_(Complaint.id == complaint.id, Complaint.version == version)
    changed = update(Complaint).where(same).values(version=version + 1, **values).returning(Complaint.id)
    won = session.scalar(changed.execution_options(synchronize_session=False)) is not None
    session.refresh(complaint)
    if not won:
        raise AlreadyDone(complaint=complaint)


def _remember(
    session: Session, actor: Person, complaint: Complaint, was: Stage | None, words: str, at: datetime
) -> None:
    step = ComplaintMove(complaint_id=complaint.id, actor_id=actor.id, at=at, was=was, became=complaint.stage)
    step.words = words
    session.add(step)
    session.flush()
    session.expire(complaint, ["moves"])


def _tell_reporter(session: Session, actor: Person, complaint: Complaint, at: datetime) -> None:
    """Show her the step in the message she knows, without a sound: only the questionnaire asks something of her."""
    reporter = complaint.reporter
    if reporter is None or reporter.id == actor.id:
        return
    notices.leave(
        session,
        reporter,
        key=f"complaint:{complaint.id}:{complaint.version}",
        address=address(complaint),
        thread=thread(complaint),
        ping=False,
        at=at,
        valid_for=7 * notices.A_DAY,
    )


def _tell_handlers(
    session: Session,
    complaint: Complaint,
    at: datetime,
    reason: Reason,
    *,
    key: str | None = None,
    but: Person | None = None,
    urgent: bool = False,
) -> None:
    """Tell the owner; the leaders as well when it is grave or late, or when the owner cannot be told."""
    key = key or f"complaint:{complaint.id}:{complaint.version}"
    owner = complaint.owner or complaint.customer.owner
    for_leaders = reason in FOR_LEADERS or _grave(complaint) or not duty.on_duty(session, owner).reachable
    told = [owner, *(people.leaders_of(session, complaint.customer) if for_leaders else [])]
    for person in duty.each_once(session, told, but=but):
        notices.leave(
            session,
            person,
            key=f"{key}:{person.id}",
            address=address(complaint),
            thread=thread(complaint),
            reason=Reason.YOURS if _passed_to(person, complaint, reason) else reason,
            urgent=urgent,
            calm_for=CALM if reason in {Reason.ADDED, Reason.CORRECTED} else None,
            at=at,
            valid_for=3 * notices.A_DAY,
        )


def _passed_to(person: Person, complaint: Complaint, reason: Reason) -> bool:
    """Return whether it became hers just now: what is opened a second time is a leader's (``CMP-23``)."""
    again = reason is Reason.REOPENED and complaint.reopened > 1
    return again and person.is_leader and complaint.owner_id == person.id


def _grave(complaint: Complaint) -> bool:
    return complaint.severity in GRAVE or _alarming(complaint)


def _alarming(complaint: Complaint) -> bool:
    return Severity.S1 in {complaint.severity, complaint.proposed}


def _proposed(words: str, severity: Severity, rules: Rules) -> Severity | None:
    dangerous = any(word in words.casefold() for word in rules.safety_words)
    return Severity.S1 if dangerous and severity is not Severity.S1 else None


def _set_clocks(complaint: Complaint, rules: Rules) -> None:
    """Set the clocks not met yet; a complaint opened again has half the time, from that day on."""
    promise = rules.promises[complaint.severity]
    if complaint.acknowledged_at is None:
        complaint.acknowledge_by = business_time.after(complaint.received_at, promise.acknowledge, rules)
    if complaint.resolved_at is None:
        since, allowed = complaint.received_at, promise.resolve
        if complaint.reopened_at is not None:
            since, allowed = complaint.reopened_at, Allowance(allowed.minutes // 2, wall=allowed.wall)
        complaint.resolve_by = business_time.after(since, allowed, rules)


def _after_reopening(session: Session, complaint: Complaint) -> tuple[Severity, int | None]:
    if not complaint.reopened:
        return complaint.severity, complaint.owner_id
    leader = next(iter(people.leaders_of(session, complaint.customer)), None)
    graver = ORDER[max(ORDER.index(complaint.severity) - 1, 0)]
    return graver, leader.id if leader else complaint.owner_id


def _may_close(actor: Person, complaint: Complaint) -> bool:
    """A grave one is closed by a leader who does not own it, nor stands in for its owner."""
    owns = complaint.owner_id == actor.id or actor.stands_in_for(complaint.owner)
    return complaint.severity not in GRAVE or (actor.is_leader and not owns)


def _reported_by(session: Session, actor: Person, complaint_id: int) -> Complaint:
    complaint = find(session, actor, complaint_id)
    if complaint.reporter_id != actor.id or not actor.may(Permission.REPORT_PROBLEMS):
        raise NotFound(what="complaint")
    return complaint


def _matching(words: str) -> ColumnElement[bool]:
    number = words.strip().lstrip("Cc")
    numbered = Complaint.id == int(number) if number.isdecimal() and len(number) < 10 else false()
    said = Complaint.words.icontains(words.strip(), autoescape=True)
    return or_(numbered, said, Complaint.customer.has(Customer.name.icontains(words.strip(), autoescape=True)))


def _lower(actor: Person, complaint: Complaint, reason: str) -> None:
    if not actor.is_leader:
        raise NeedsALeader(complaint=complaint)
    _say_why(reason)


def _say_why(words: str) -> None:
    if not words.strip():
        raise ReasonNeeded


def _of_this_firm(reporter: Person | None, customer: Customer) -> None:
    if reporter is not None and (reporter.contact is None or reporter.contact.customer_id != customer.id):
        raise NotFound(what="contact")
