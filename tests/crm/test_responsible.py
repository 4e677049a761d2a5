"""Whatever happens to people and customers, nobody is told of, or has to do with, a customer she cannot see."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta
from random import Random

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from crm import (
    absences,
    access,
    complaint_notices,
    customers,
    filing,
    handover,
    joining,
    merging,
    moves,
    notices,
    people,
    pledges,
    reminders,
    roles,
    surveys,
)
from models.complaint import Complaint, Severity, Stage
from models.customer import Contact, Customer
from models.notice import Notice
from models.person import Person, Role, Team
from models.pledge import Pledge, PledgeState
from models.problem import Problem
from models.questionnaire import AskState, Occasion, Questionnaire
from models.visit import Reminder
from tests.conftest import Clock, added, firm, joined

STEPS = 30


@dataclass
class Department:
    """Two teams with a manager each, an administrator, and a customer with somebody on Telegram for each of them."""

    session: Session
    clock: Clock
    chance: Random
    staff: list[Person]
    customers: list[Customer] = field(default_factory=list)
    outside: list[Person] = field(default_factory=list)

    def found(self) -> None:
        for number, owner in enumerate(self.staff):
            customer = firm(self.session, f"客户{number}", owner=owner)
            contact = added(self.session, Contact(customer_id=customer.id, name="周", created_at=self.clock.now))
            self.customers.append(customer)
            self.outside.append(joined(self.session, "周", Role.CUSTOMER, 2000 + number, contact_id=contact.id))

    def something_happens(self) -> None:
        self.clock.passes(hours=self.chance.randint(1, 30))
        verbs: Sequence[Callable[[], object]] = (
            self.works,
            self.works,
            self.complains,
            self.complains,
            self.is_not_content,
            self.scores,
            self.grants,
            self.takes,
            self.hands_over,
            self.merges,
            self.gets_another_role,
            self.moves_to_another_team,
            self.goes_away,
        )
        with suppress(Problem), self.session.begin_nested():
            self.chance.choice(verbs)()
        self.session.flush()
        self.session.expire_all()

    def works(self) -> None:
        who = self.anybody()
        customer = self.any_customer()
        facts = {"customer": customer, "day": self.clock.now.date() + timedelta(5), "at": self.clock.now}
        reminders.plan(self.session, who, **facts)
        pledges.make(self.session, who, words="寄样品", **facts)

    def complains(self) -> None:
        who = self.chance.choice(self.outside)
        severity = self.chance.choice([Severity.S1, Severity.S3])
        facts = {"customer": who.contact.customer, "words": "异响", "severity": severity}
        filing.file(self.session, who, **facts, at=self.clock.now)

    def is_not_content(self) -> None:
        complaint = self.chance.choice(self.session.scalars(select(Complaint)).all() or [None])
        if complaint is not None:
            complaint.stage = Stage.RESOLVED
            facts = {"version": complaint.version, "words": "又响了", "at": self.clock.now}
            moves.reopen(self.session, complaint.reporter, complaint.id, **facts)

    def scores(self) -> None:
        who, rep = self.chance.choice(self.outside), self.anybody()
        asked = Questionnaire(occasion=Occasion.VISIT, state=AskState.SENT, rep_id=rep.id, person_id=who.id)
        asked.contact_id, asked.customer_id = who.contact_id, who.contact.customer_id
        asked.ask_at, asked.closes_at = self.clock.now, self.clock.now + timedelta(14)
        added(self.session, asked)
        surveys.record(self.session, who, asked.id, score=1, at=self.clock.now)

    def grants(self) -> None:
        access.grant(self.session, self.anybody(), self.any_customer().id, self.anybody().id, at=self.clock.now)

    def takes(self) -> None:
        access.take(self.session, self.anybody(), self.any_customer().id, self.anybody().id, at=self.clock.now)

    def hands_over(self) -> None:
        handover.hand_over(self.session, self.anybody(), self.anybody().id, self.anybody().id, at=self.clock.now)

    def merges(self) -> None:
        one, other = self.any_customer(), self.any_customer()
        if self.chance.random() < 0.2:
            facts = {"versions": (one.version, other.version), "at": self.clock.now}
            merging.merge(self.session, self.staff[-1], one.id, other.id, **facts)

    def gets_another_role(self) -> None:
        role = self.chance.choice([Role.REP, Role.MANAGER])
        roles.change_role(self.session, self.staff[-1], self.anybody().id, role=role, at=self.clock.now)

    def moves_to_another_team(self) -> None:
        who, team = self.chance.choice(self.staff[:-1]), self.chance.choice(self.session.scalars(select(Team)).all())
        _invite, token = joining.invite(self.session, self.staff[-1], role=who.role, team=team, at=self.clock.now)
        known = {"telegram_id": who.telegram_id, "name": who.name, "language": "zh_CN"}
        joining.accept(self.session, token, **known, at=self.clock.now)

    def goes_away(self) -> None:
        today = self.clock.now.date() + timedelta(1)
        facts = {"first": today, "last": today + timedelta(3), "deputy_id": self.anybody().id, "at": self.clock.now}
        who = self.anybody()
        absences.plan(self.session, who, who.id, **facts)

    def anybody(self) -> Person:
        return self.chance.choice(self.staff)

    def any_customer(self) -> Customer:
        return self.chance.choice([one for one in self.customers if one.merged_into_id is None])


@pytest.fixture
def department(session: Session, li_wei, zhao_min, chen_jing, sun_li, clock: Clock, request) -> Department:
    west = added(session, Team(name="西南组"))
    far = joined(session, "何强", Role.REP, 1010, team_id=west.id)
    leads = joined(session, "马超", Role.MANAGER, 1011, team_id=west.id)
    return Department(session, clock, Random(request.param), [li_wei, zhao_min, chen_jing, far, leads, sun_li])


@pytest.mark.parametrize("department", range(4), indirect=True)
def test_nobody_is_told_of_or_responsible_for_a_customer_she_cannot_see(department: Department):
    session, clock = department.session, department.clock
    department.found()
    seen_to = 0
    for _step in range(STEPS):
        department.something_happens()
        absences.take_effect(session, now=clock.now)
        reminders.announce_due(session, now=clock.now)
        complaint_notices.announce_late(session, now=clock.now)
        session.expire_all()
        nobody_has_to_do_with_what_she_cannot_see(session)
        seen_to = nobody_was_told_of_what_she_cannot_see(session, since=seen_to)


def nobody_has_to_do_with_what_she_cannot_see(session: Session) -> None:
    for customer in session.scalars(select(Customer).where(Customer.merged_into_id.is_(None))):
        for leader in people.leaders_of(session, customer):
            assert customers.may_see(session, leader, customer.id)
    for planned in session.scalars(select(Reminder).where(Reminder.state.in_(reminders.OPEN))):
        assert customers.may_see(session, planned.rep, planned.customer_id)
    for promised in session.scalars(select(Pledge).where(Pledge.state == PledgeState.OPEN)):
        assert customers.may_see(session, session.get_one(Person, promised.maker_id), promised.customer_id)
    for complaint in session.scalars(select(Complaint).where(Complaint.stage != Stage.FED_BACK)):
        assert customers.may_see(session, complaint.owner, complaint.customer_id)


def nobody_was_told_of_what_she_cannot_see(session: Session, *, since: int) -> int:
    """Look at the notices left since; return the last one."""
    about = {"complaints": Complaint, "reminders": Reminder, "questionnaires": Questionnaire}
    for notice in session.scalars(select(Notice).where(Notice.id > since).order_by(Notice.id)):
        since = notice.id
        kind, _slash, number = notice.address[1:].partition("/")
        receiver = notices.receiver(session, notice)
        if kind in about and receiver.role is not Role.CUSTOMER:
            record = session.get_one(about[kind], int(number))
            assert customers.may_see(session, receiver, record.customer_id), (notice.address, receiver.name)
    return since
