"""Visits: logging them, taking one back, and reading what was logged.

A visit plans the next one and keeps the promises made before; it never sends anything.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time

from sqlalchemy import Select, false, or_, select
from sqlalchemy.orm import Session, joinedload

from crm import asking, attachments, audit, cadence, cards, corrections, customers, happened, places, pledges, reminders
from crm.attachments import Sent
from crm.local_time import day_of, zone_of
from crm.permission import require
from crm.rules import rules
from models.customer import Contact, Customer, Grade
from models.person import Permission, Person
from models.problem import AlreadyDone, NotAllowed, NotFound, Problem
from models.visit import Outcome, Place, Visit, VisitKind


class TooLateToUndo(Problem):
    """A visit can be taken back for ten minutes; this one's were over at ``until``."""


class TooLateToEdit(Problem):
    """A visit can be corrected for a week."""


def visible_to(actor: Person) -> Select[Visit]:
    """Return the visits this person may see: her own, and those to customers she may see.

    A visit that was taken back is seen by nobody.
    """
    standing = select(Visit).where(Visit.undone_at.is_(None))
    if not actor.may(Permission.SEE_VISITS):
        return standing.where(false())
    if customers.sees_all(actor):
        return standing
    return standing.where(or_(Visit.rep_id == actor.id, Visit.customer_id.in_(customers.ids_visible_to(actor))))


def find(session: Session, actor: Person, visit_id: int) -> Visit:
    """Return the visit. Raises NotFound when there is none, it was taken back, or it is not the actor's to see."""
    visit = session.scalar(visible_to(actor).where(Visit.id == visit_id))
    if visit is None:
        raise NotFound(what="visit")
    return visit


def between(
    session: Session,
    actor: Person,
    *,
    since: datetime,
    until: datetime,
    rep: Person | None = None,
    grade: Grade | None = None,
    customer: Customer | None = None,
    on_site: bool = False,
    limit: int = 6,
    offset: int = 0,
) -> list[Visit]:
    """Return the visits from ``since`` until just before ``until``, the newest first.

    ``on_site`` are those that count as visits: no calls, and no doors nobody opened.
    """
    made = visible_to(actor).where(Visit.at >= since, Visit.at < until)
    made = made.where(*cadence.ON_SITE) if on_site else made
    made = made if rep is None else made.where(Visit.rep_id == rep.id)
    made = made if customer is None else made.where(Visit.customer_id == customer.id)
    made = made if grade is None else made.where(Visit.customer.has(Customer.grade == grade))
    made = made.options(joinedload(Visit.customer), joinedload(Visit.rep)).order_by(Visit.at.desc(), Visit.id.desc())
    return list(session.scalars(made.limit(limit).offset(offset)))


def log(
    session: Session,
    actor: Person,
    *,
    customer: Customer,
    kind: VisitKind,
    outcome: Outcome,
    note: str = "",
    files: Sequence[Sent] = (),
    met: Sequence[Contact] = (),
    next_visit: date | None = None,
    next_step: str = "",
    reminder_id: int | None = None,
    place: Place | None = None,
    day: date | None = None,
    hour: time | None = None,
    at: datetime,
) -> Visit:
    """Return the visit, logged: what it was planned as is done, the next one is planned, a contact may be asked.

    It was made on that ``day``, or now; ``reminder_id`` is what it was logged from, which it keeps.
    Raises NotAllowed, NotFound, DayHasPassed, DayToCome, DayTooLongAgo.
    """
    require(actor, Permission.LOG_VISITS)
    made_at, timed = happened.when(session, actor, day, hour, at=at)
    customers.find(session, actor, customer.id)
    if any(contact.customer_id != customer.id for contact in met):
        raise NotFound(what="contact")
    visit = Visit(customer_id=customer.id, rep_id=actor.id, kind=kind, outcome=outcome, note=note, next_step=next_step)
    visit.near = places.is_near(customer, place) if place else None
    visit.met, visit.next_visit = list(met), next_visit
    visit.at, visit.timed, visit.logged_at = made_at, timed, at
    session.add(visit)
    session.flush()
    for sent in files:
        attachments.attach(session, actor, sent, visit=visit, at=at)
    if place is not None and place.id is not None:
        places.use(session, place, at=at)
    reminders.settle_by(session, visit, day=day_made(session, visit), logged_from=reminder_id, at=at)
    if next_visit is not None:
        reminders.plan(session, actor, customer=customer, day=next_visit, why=next_step, at=at, visit=visit)
    asking.after_visit(session, visit, at=at)
    facts = {"customer": customer.id, "kind": kind.value, "outcome": outcome.value}
    audit.note(session, actor, "visit.logged", visit, at, **facts | ({"reminder": reminder_id} if reminder_id else {}))
    cards.refresh(session, actor, at=at)
    return visit


def undo(session: Session, actor: Person, visit_id: int, *, at: datetime) -> Visit:
    """Return the visit, taken back with everything it did: its reminder, its questionnaire, the promises it kept.

    Raises NotFound, NotAllowed for somebody else's visit, TooLateToUndo, AlreadyDone for the second tap.
    """
    visit = own(session, actor, visit_id)
    until = visit.logged_at + rules(session).undo_for
    if at > until:
        raise TooLateToUndo(visit=visit, until=until)
    visit.undone_at = at
    reminders.unsettle(session, visit, at=at)
    reminders.drop_planned_at(session, visit=visit, at=at)
    pledges.unsettle(session, visit, at=at)
    asking.take_back(session, visit, at=at)
    audit.note(session, actor, "visit.undone", visit, at)
    cards.refresh(session, actor, at=at)
    session.flush()
    return visit


def undoable(session: Session, actor: Person, visit: Visit, *, now: datetime) -> bool:
    """Return whether this person could take the visit back now."""
    in_time = now <= visit.logged_at + rules(session).undo_for
    return visit.rep_id == actor.id and visit.undone_at is None and in_time


def correct(
    session: Session,
    actor: Person,
    visit_id: int,
    *,
    outcome: Outcome | None = None,
    kind: VisitKind | None = None,
    note: str | None = None,
    met: Sequence[Contact] | None = None,
    at: datetime,
) -> Visit:
    """Return the visit with what is given put right; what it was is kept. For a week, by whoever logged it.

    What followed from what was wrong follows: which promises it kept, and who is asked about it.
    Raises NotFound, NotAllowed for somebody else's visit, TooLateToEdit.
    """
    visit = to_be_corrected(session, actor, visit_id, at=at)
    if met is not None and any(contact.customer_id != visit.customer_id for contact in met):
        raise NotFound(what="contact")
    counted, had_met = visit.counts, list(visit.met)
    for field, value in (("outcome", outcome), ("kind", kind), ("note", note)):
        if value is not None and value != getattr(visit, field):
            corrections.note(session, actor, visit, field, was=str(getattr(visit, field)), became=str(value), at=at)
            setattr(visit, field, value)
    if met is not None and list(met) != visit.met:
        was, became = ("\n".join(contact.name for contact in people) for people in (visit.met, met))
        corrections.note(session, actor, visit, "met", was=was, became=became, at=at)
        visit.met = list(met)
    session.flush()
    if visit.counts != counted:
        settle_anew(session, actor, visit, at=at)
    if visit.counts != counted or visit.met != had_met:
        asking.ask_anew(session, visit, at=at)
    return visit


def add(
    session: Session,
    actor: Person,
    visit_id: int,
    *,
    words: str = "",
    files: Sequence[Sent] = (),
    met: Sequence[Contact] = (),
    at: datetime,
) -> Visit:
    """Return the visit with words, files and people that came afterwards: nothing of it was wrong before.

    Raises as :func:`correct` does.
    """
    visit = own(session, actor, visit_id)
    to_be_corrected(session, actor, visit_id, at=at)
    if any(contact.customer_id != visit.customer_id for contact in met):
        raise NotFound(what="contact")
    visit.note = "\n".join(part for part in (visit.note, words) if part)
    visit.met = [*visit.met, *(contact for contact in met if contact not in visit.met)]
    audit.note(session, actor, "visit.added_to", visit, at)
    for sent in files:
        attachments.attach(session, actor, sent, visit=visit, at=at)
    session.expire(visit, ["attachments"])
    return visit


def settle_anew(session: Session, actor: Person, visit: Visit, *, at: datetime) -> None:
    """Look anew for what the visit was planned as; what somebody said was done there stays done."""
    reminders.unsettle(session, visit, at=at, of_itself=True)
    of, day = reminders.logged_from(session, visit), day_made(session, visit)
    reminders.settle_by(session, visit, day=day, logged_from=of, at=visit.logged_at)
    cards.refresh(session, actor, at=at)


def just_logged(session: Session, actor: Person, *, now: datetime) -> Visit | None:
    """Return the last visit the actor has logged, as long as it could be taken back."""
    since = now - rules(session).undo_for
    own = visible_to(actor).where(Visit.rep_id == actor.id, Visit.logged_at >= since)
    return session.scalar(own.order_by(Visit.id.desc()).limit(1))


def day_made(session: Session, visit: Visit) -> date:
    """Return the day of the visit where its rep lives."""
    return day_of(visit.at, zone_of(visit.rep, rules(session)))


def editable(session: Session, actor: Person, visit: Visit, *, now: datetime) -> bool:
    """Return whether this person could correct the visit now."""
    in_time = now <= visit.logged_at + rules(session).edit_for
    return visit.rep_id == actor.id and visit.undone_at is None and in_time


def to_be_corrected(session: Session, actor: Person, visit_id: int, *, at: datetime) -> Visit:
    """Return the actor's own visit, as long as she may correct it. Raises as :func:`correct` does."""
    visit = own(session, actor, visit_id)
    if not editable(session, actor, visit, now=at):
        raise TooLateToEdit(visit=visit)
    return visit


def own(session: Session, actor: Person, visit_id: int) -> Visit:
    """Return the actor's own visit. Raises NotFound, NotAllowed for somebody else's, AlreadyDone for one taken back."""
    visit = session.get(Visit, visit_id)
    if visit is not None and visit.rep_id == actor.id and visit.undone_at is not None:
        raise AlreadyDone(visit=visit)
    if find(session, actor, visit_id).rep_id != actor.id:
        raise NotAllowed(permission=Permission.LOG_VISITS)
    require(actor, Permission.LOG_VISITS)
    return find(session, actor, visit_id)
