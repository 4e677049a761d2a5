"""Pledges: what was promised to a customer, to whom, until when; kept, put off or dropped. It never sends."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy import Select, and_, false, or_, select
from sqlalchemy.orm import Session, joinedload

from crm import audit, cards, corrections, customers, duty, once
from crm.local_time import day_of, zone_of
from crm.permission import require
from crm.reminders import DayHasPassed
from crm.rules import rules
from models.customer import Contact, Customer
from models.person import Permission, Person
from models.pledge import Pledge, PledgeState
from models.problem import NotAllowed, NotFound
from models.visit import Visit


def visible_to(actor: Person) -> Select[Pledge]:
    """Return the pledges this person may see: her own, and those to customers she may see."""
    if not actor.may(Permission.SEE_VISITS):
        return select(Pledge).where(false())
    hers = Pledge.customer_id.in_(customers.ids_visible_to(actor))
    return select(Pledge).where(or_(duty.is_hers(Pledge.maker_id, actor), hers))


def find(session: Session, actor: Person, pledge_id: int) -> Pledge:
    """Return the pledge. Raises NotFound when there is none or it is not the actor's to see."""
    pledge = session.scalar(visible_to(actor).where(Pledge.id == pledge_id))
    if pledge is None:
        raise NotFound(what="pledge")
    return pledge


def due(session: Session, actor: Person, *, on_or_before: date) -> Sequence[Pledge]:
    """Return the open pledges up to that day that are the actor's to keep, the oldest first: her day."""
    own = visible_to(actor).where(duty.is_hers(Pledge.maker_id, actor), Pledge.state == PledgeState.OPEN)
    own = own.where(Pledge.day <= on_or_before).options(joinedload(Pledge.customer))
    return session.scalars(own.order_by(Pledge.day, Pledge.id)).all()


def open_to(session: Session, actor: Person, customer: Customer) -> Sequence[Pledge]:
    """Return what is still owed to this customer, the first due first."""
    owed = visible_to(actor).where(Pledge.customer_id == customer.id, Pledge.state == PledgeState.OPEN)
    return session.scalars(owed.order_by(Pledge.day, Pledge.id)).all()


def of(session: Session, actor: Person, customer: Customer, *, limit: int = 6, offset: int = 0) -> Sequence[Pledge]:
    """Return the customer's pledges: the open ones by their day, then the settled ones."""
    made = visible_to(actor).where(Pledge.customer_id == customer.id).options(joinedload(Pledge.contact))
    made = made.order_by(Pledge.state != PledgeState.OPEN, Pledge.day, Pledge.id)
    return session.scalars(made.limit(limit).offset(offset)).all()


def make(
    session: Session,
    actor: Person,
    *,
    customer: Customer,
    words: str,
    day: date,
    contact: Contact | None = None,
    visit: Visit | None = None,
    at: datetime,
) -> Pledge:
    """Return the pledge to do this until that day. Raises NotAllowed, NotFound, DayHasPassed."""
    require(actor, Permission.LOG_VISITS)
    customers.find(session, actor, customer.id)
    if any(record is not None and record.customer_id != customer.id for record in (contact, visit)):
        raise NotFound(what="contact")
    _not_over(session, actor, day, at)
    pledge = Pledge(customer_id=customer.id, maker_id=actor.id, words=words, day=day, made_at=at)
    pledge.contact_id, pledge.visit_id = contact.id if contact else None, visit.id if visit else None
    session.add(pledge)
    session.flush()
    audit.note(session, actor, "pledge.made", pledge, at, customer=customer.id, day=day.isoformat())
    cards.refresh(session, actor, at=at)
    return pledge


def reword(session: Session, actor: Person, pledge_id: int, *, words: str, at: datetime) -> Pledge:
    """Return the pledge in other words; what it said before is kept. Raises NotAllowed for another's, NotFound."""
    require(actor, Permission.LOG_VISITS)
    pledge = find(session, actor, pledge_id)
    if pledge.maker_id != actor.id:
        raise NotAllowed(permission=Permission.LOG_VISITS)
    if words != pledge.words:
        corrections.note(session, actor, pledge, "words", was=pledge.words, became=words, at=at)
        pledge.words, pledge.version = words, pledge.version + 1
        session.flush()
    return pledge


def keep(session: Session, actor: Person, pledge_id: int, *, version: int, at: datetime) -> Pledge:
    """Return the pledge, kept. Raises NotAllowed, NotFound; AlreadyDone when it was touched meanwhile."""
    return _settle(session, actor, pledge_id, PledgeState.KEPT, "pledge.kept", version, at)


def drop(session: Session, actor: Person, pledge_id: int, *, version: int, at: datetime) -> Pledge:
    """Return the pledge, which is no longer wanted. Raises as ``keep``."""
    return _settle(session, actor, pledge_id, PledgeState.DROPPED, "pledge.dropped", version, at)


def left_open_by(session: Session, visit: Visit, *, limit: int = 3) -> Sequence[Pledge]:
    """Return what was promised to the visit's customer before it, hers to keep, and may have been kept there."""
    other = or_(Pledge.visit_id.is_(None), Pledge.visit_id != visit.id)
    hers = and_(duty.is_hers(Pledge.maker_id, visit.rep), Pledge.customer_id == visit.customer_id)
    owed = select(Pledge).where(hers, other, Pledge.state == PledgeState.OPEN)
    return session.scalars(owed.order_by(Pledge.day, Pledge.id).limit(limit)).all()


def keep_at(session: Session, actor: Person, pledge_id: int, visit: Visit, *, version: int, at: datetime) -> Pledge:
    """Return the pledge, kept at this visit of the actor's. Raises as ``keep``."""
    pledge = find(session, actor, pledge_id)
    if pledge.customer_id != visit.customer_id:
        raise NotFound(what="pledge")
    keep(session, actor, pledge_id, version=version, at=at)
    pledge.settled_by_id = visit.id
    session.flush()
    return pledge


def kept_at(session: Session, visit: Visit) -> Sequence[Pledge]:
    """Return the pledges that were kept at this visit."""
    return session.scalars(select(Pledge).where(Pledge.settled_by_id == visit.id).order_by(Pledge.day, Pledge.id)).all()


def unsettle(session: Session, visit: Visit, *, at: datetime) -> None:
    """Open again the pledges that were kept at a visit which was none."""
    for pledge in kept_at(session, visit):
        pledge.state, pledge.settled_at, pledge.settled_by_id = PledgeState.OPEN, None, None
        pledge.version += 1
        cards.refresh(session, pledge.maker, at=at)
    session.flush()


def put_off(session: Session, actor: Person, pledge_id: int, *, until: date, version: int, at: datetime) -> Pledge:
    """Return the pledge with another day. Raises as ``keep``, and DayHasPassed."""
    require(actor, Permission.LOG_VISITS)
    pledge = find(session, actor, pledge_id)
    _not_over(session, actor, until, at)
    was = pledge.day
    once.change(session, pledge, version, Pledge.state == PledgeState.OPEN, day=until, moved=pledge.moved + 1)
    audit.note(session, actor, "pledge.put_off", pledge, at, was=was.isoformat(), became=until.isoformat())
    cards.refresh(session, pledge.maker, at=at)
    return pledge


def address(pledge: Pledge) -> str:
    """Return the page of this pledge."""
    return f"/pledges/{pledge.id}"


def _settle(
    session: Session, actor: Person, pledge_id: int, state: PledgeState, action: str, version: int, at: datetime
) -> Pledge:
    require(actor, Permission.LOG_VISITS)
    pledge = find(session, actor, pledge_id)
    once.change(session, pledge, version, Pledge.state == PledgeState.OPEN, state=state, settled_at=at)
    audit.note(session, actor, action, pledge, at, customer=pledge.customer_id)
    cards.refresh(session, pledge.maker, at=at)
    return pledge


def _not_over(session: Session, actor: Person, day: date, at: datetime) -> None:
    if day < day_of(at, zone_of(actor, rules(session))):
        raise DayHasPassed(day=day)
