"""Handing over: all a rep looks after becomes her successor's, who is told, and so are the people at the customers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    CompoundSelect,
    Select,
    String,
    and_,
    cast,
    exists,
    func,
    literal,
    or_,
    select,
    true,
    union,
    update,
)
from sqlalchemy.orm import InstrumentedAttribute, Session

from crm import audit, customers, notices, people
from crm.permission import require
from models.audit import AuditEntry
from models.complaint import Complaint, Stage
from models.contract import Contract
from models.customer import Contact, Customer
from models.letter import Letter
from models.notice import Notice, NoticeState
from models.person import Permission, Person, Role
from models.pledge import Pledge, PledgeState
from models.problem import AlreadyDone, NotFound, NotTheirLeader
from models.questionnaire import Questionnaire
from models.visit import Reminder, ReminderState

OPEN = (ReminderState.PLANNED, ReminderState.SENT)


@dataclass(frozen=True)
class Estate:
    """How much somebody looks after."""

    customers: int
    reminders: int
    pledges: int
    complaints: int


NOTHING = Estate(customers=0, reminders=0, pledges=0, complaints=0)


@dataclass(frozen=True)
class Passed:
    """What passed once from one to another; of one customer when it was not everything."""

    leaver: Person
    successor: Person
    estate: Estate
    customer: Customer | None


def looked_after(session: Session, person: Person, customer: Customer | None = None) -> Estate:
    """Return how much somebody looks after, or how much of it is one customer's; the caller has asked who may."""
    firms = Customer.id == customer.id if customer else Customer.merged_into_id.is_(None)
    left = _left_to(person, customer)
    reminders, pledges, complaints = (_count(session, select(table.id).where(which)) for table, _whose, which in left)
    owned = _count(session, select(Customer.id).where(Customer.owner_id == person.id, firms))
    return Estate(customers=owned, reminders=reminders, pledges=pledges, complaints=complaints)


def hand_over(session: Session, actor: Person, from_id: int, to_id: int, *, at: datetime) -> AuditEntry:
    """Return the entry of what was handed over: customers, plans, promises and open complaints, all at once.

    Both colleagues are told, and the people at these customers who use the bot are introduced to the successor, at
    most once. Raises NotAllowed, also for what the actor may not see; NotFound when either does not work here, or
    both are one; AlreadyDone when she looks after nothing, or no more.
    """
    leaver, successor = _two(session, actor, from_id, to_id)
    must_lead(session, actor, leaver)
    firms = hold(session, leaver)
    handed = looked_after(session, leaver)
    if handed == NOTHING:
        raise AlreadyDone
    pass_on(session, leaver, successor)
    session.expire_all()
    for firm in firms:
        _note(session, actor, firm, leaver, successor, at)
    who = {"was": leaver.id, "became": successor.id}
    entry = audit.note(session, actor, "person.handed_over", leaver, at, **who, **vars(handed))
    _tell(session, actor, entry, (leaver, successor), firms, at)
    return entry


def led(session: Session, actor: Person) -> list[Person]:
    """Return the department's people whose work is the actor's to hand over, by team and name."""
    hers = set(session.scalars(select(Person.id).where(customers.led_now_by(actor))))
    return [person for person in people.staff(session, actor) if person.id in hers]


def must_lead(session: Session, actor: Person, person: Person) -> None:
    """Raise NotTheirLeader when the actor does not lead this person: her work is not the actor's to give."""
    if not customers.leads_now(session, actor, person):
        raise NotTheirLeader(led=person)


def give(session: Session, actor: Person, customer_id: int, from_id: int, to_id: int, *, at: datetime) -> AuditEntry:
    """Return the entry of one customer that its owner gave to a colleague, with what she had to do there.

    Whoever is concerned is told as by :func:`hand_over`. Raises NotAllowed; NotFound; AlreadyDone when somebody
    else looks after it by now.
    """
    customer = customers.find(session, actor, customer_id)
    leaver, successor = _two(session, actor, from_id, to_id)
    hold(session, leaver, customer)
    if customer.owner_id != leaver.id:
        raise AlreadyDone(customer=customer)
    must_lead(session, actor, leaver)
    handed = looked_after(session, leaver, customer)
    pass_on(session, leaver, successor, customer)
    session.expire_all()
    entry = _note(session, actor, customer, leaver, successor, at, **vars(handed))
    _tell(session, actor, entry, (leaver, successor), [customer], at)
    return entry


def passed(session: Session, actor: Person, entry_id: int) -> Passed:
    """Return what was handed over once. Raises NotFound for whoever has no part in it and may not see what it is."""
    entry = session.get(AuditEntry, entry_id)
    if entry is None or entry.action not in {"person.handed_over", "customer.handed_over"}:
        raise NotFound(what="handover")
    was, became = entry.facts.get("was"), entry.facts.get("became")
    kind, _colon, number = entry.object.partition(":")
    firm = session.get(Customer, int(number)) if kind == "customer" else None
    seen = customers.may_see(session, actor, firm.id) if firm else customers.sees_all(actor)
    if was is None or became is None or not (seen or actor.id in {was, became, entry.actor_id}):
        raise NotFound(what="handover")
    handed = Estate(**{what: entry.facts.get(what, 0) for what in Estate.__dataclass_fields__})
    return Passed(session.get_one(Person, was), session.get_one(Person, became), handed, firm)


def hold(session: Session, leaver: Person, customer: Customer | None = None) -> list[Customer]:
    """Return all her customers, or the one, as they are now: until the work is done she writes nothing, nobody there.

    Of two leaders who decide at once, the second reads who has it.
    """
    session.refresh(leaver, with_for_update={"key_share": True})
    which = (Customer.id == customer.id,) if customer else _owned(leaver)
    return customers.lock(session, *which)


def pass_on(session: Session, leaver: Person, to: Person, customer: Customer | None = None) -> None:
    """Give all that somebody looks after to somebody else: nothing is without a living owner (``CMP-21``, ``VIS-05``).

    Or what is one customer's alone. Whoever calls it has asked who may.
    """
    firms = Customer.id == customer.id if customer else true()
    session.execute(update(Customer).where(Customer.owner_id == leaver.id, firms).values(owner_id=to.id))
    for table, whose, which in _left_to(leaver, customer):
        session.execute(update(table).where(which).values({whose: to.id}))
    pages = Notice.address.in_(_pages_of(customer)) if customer else true()
    waiting = update(Notice).where(Notice.work_of_id == leaver.id, Notice.state == NoticeState.READY, pages)
    session.execute(waiting.values(work_of_id=to.id))  # whoever sends it puts it before her
    give_back(session, *_busy(session, customer))


def give_back(session: Session, *whom: Person) -> None:
    """Give what these people, or all who work here, have still to do at customers they see no more to their owners.

    Nobody is responsible for a customer she cannot see: whoever changes who sees what calls this.
    """
    for person in whom or _busy(session):
        for table, whose, still_open in _TO_DO:
            unseen = table.customer_id.not_in(customers.ids_visible_to(person))
            owner = select(Customer.owner_id).where(Customer.id == table.customer_id).scalar_subquery()
            given = update(table).where(whose == person.id, still_open, unseen).values({whose: owner})
            session.execute(given.execution_options(synchronize_session="fetch"))


def give_back_of_the_gone(session: Session, *, now: datetime) -> int:  # noqa: ARG001 - as everything the clock does
    """Give what came to somebody while she was being withdrawn to whoever has the customers now; return of how many."""
    at_others = Customer.owner_id != Person.id
    left = (
        exists().where(whose == Person.id, still_open, table.customer_id == Customer.id, at_others)
        for table, whose, still_open in _TO_DO
    )
    gone = session.scalars(select(Person).where(Person.withdrawn_at.is_not(None), or_(*left))).all()
    if gone:
        give_back(session, *gone)
    return len(gone)


_TO_DO: tuple[tuple[Any, InstrumentedAttribute[Any], ColumnElement[bool]], ...] = (
    (Reminder, Reminder.rep_id, Reminder.state.in_(OPEN)),
    (Pledge, Pledge.maker_id, Pledge.state == PledgeState.OPEN),
    (Complaint, Complaint.owner_id, Complaint.stage != Stage.FED_BACK),
)
"""What waits for somebody at a customer: whose it is, and until when."""


def _busy(session: Session, customer: Customer | None = None) -> Sequence[Person]:
    """Return who has something to do, everywhere or at one customer."""
    left = [
        select(whose).where(still_open, table.customer_id == customer.id if customer else true())
        for table, whose, still_open in _TO_DO
    ]
    working = select(Person).where(Person.role != Role.CUSTOMER, Person.withdrawn_at.is_(None))
    return session.scalars(working.where(Person.id.in_(union(*left)))).all()


def _left_to(
    person: Person, customer: Customer | None
) -> list[tuple[Any, InstrumentedAttribute[Any], ColumnElement[bool]]]:
    """Return what waits for somebody, everywhere or at one customer: the table, whose it is, and which rows."""
    left = ((table, whose, and_(whose == person.id, still_open)) for table, whose, still_open in _TO_DO)
    if customer is None:
        return list(left)
    return [(table, whose, and_(hers, table.customer_id == customer.id)) for table, whose, hers in left]


_PAGES: dict[str, Any] = {
    "/complaints/": Complaint,
    "/contracts/": Contract,
    "/letters/": Letter,
    "/pledges/": Pledge,
    "/questionnaires/": Questionnaire,
    "/reminders/": Reminder,
}


def _pages_of(customer: Customer) -> CompoundSelect[str]:
    """Return the addresses of what may wait to be put before whoever looks after this customer."""
    pages = ((literal(start) + cast(table.id, String), table.customer_id) for start, table in _PAGES.items())
    return union(*(select(page).where(firm == customer.id) for page, firm in pages))


def _note(
    session: Session, actor: Person, firm: Customer, leaver: Person, successor: Person, at: datetime, **handed: int
) -> AuditEntry:
    firm.version += 1
    who = {"was": leaver.id, "became": successor.id}
    return audit.note(session, actor, "customer.handed_over", firm, at, **who, **handed)


def _tell(
    session: Session,
    actor: Person,
    entry: AuditEntry,
    colleagues: tuple[Person, Person],
    firms: Sequence[Customer],
    at: datetime,
) -> None:
    """Tell both colleagues, but for who did it herself, and introduce the successor to the people at the customers."""
    session.flush()
    for colleague in colleagues:
        if colleague.id != actor.id:
            key = f"handover:{entry.id}:{colleague.id}"
            notices.leave(session, colleague, key=key, address=f"/handovers/{entry.id}", at=at, personal=True)
    successor = colleagues[1]
    for person in _people_at(session, [firm.id for firm in firms]):
        told = f"introduction:{person.id}:{successor.id}"
        day = 3 * notices.A_DAY
        notices.leave(session, person, key=told, address="/introduction", at=at, valid_for=day, at_most_once=True)
    session.flush()


def _two(session: Session, actor: Person, from_id: int, to_id: int) -> tuple[Person, Person]:
    require(actor, Permission.MANAGE_PEOPLE)
    leaver, successor = (_colleague(session, actor, id_) for id_ in (from_id, to_id))
    if leaver.id == successor.id or not successor.active:
        raise NotFound(what="person")
    return leaver, successor


def _colleague(session: Session, actor: Person, person_id: int) -> Person:
    person = people.find(session, actor, person_id)
    if person.role is Role.CUSTOMER:
        raise NotFound(what="person")
    return person


def _owned(person: Person) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    return Customer.owner_id == person.id, Customer.merged_into_id.is_(None)


def _people_at(session: Session, customer_ids: list[int]) -> list[Person]:
    present = select(Person).join(Contact, Contact.id == Person.contact_id)
    present = present.where(Contact.customer_id.in_(customer_ids), Person.withdrawn_at.is_(None))
    return list(session.scalars(present.order_by(Person.id)))


def _count(session: Session, query: Select[int]) -> int:
    return session.scalar(select(func.count()).select_from(query.subquery())) or 0
