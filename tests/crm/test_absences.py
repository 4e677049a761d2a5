"""At any moment every task has one living owner who may see it, and nobody sees more than a deputy has to."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from datetime import timedelta
from random import Random

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from crm import absences, customers, duty, filing, pledges, reminders
from models.absence import Absence
from models.customer import Customer
from models.notice import Notice
from models.person import Person, Role, Team
from models.problem import Problem
from tests.conftest import Clock, added, firm, joined

STEPS = 25


@pytest.fixture
def staff(session: Session, li_wei, zhao_min, chen_jing, sun_li) -> list[Person]:
    """Two teams with a manager each, and an administrator."""
    west = added(session, Team(name="西南组"))
    far = joined(session, "何强", Role.REP, 1010, team_id=west.id)
    return [li_wei, zhao_min, chen_jing, sun_li, far, joined(session, "马超", Role.MANAGER, 1011, team_id=west.id)]


@pytest.mark.parametrize("seed", range(4))
def test_every_task_has_one_living_owner_who_may_see_it(session: Session, staff: list[Person], clock: Clock, seed: int):
    chance = Random(seed)
    for number, owner in enumerate(staff):
        customer = firm(session, f"客户{number}", owner=owner)
        day = clock.now.date() + timedelta(days=chance.randint(0, 30))
        reminders.plan(session, owner, customer=customer, day=day, at=clock.now)
        pledges.make(session, owner, customer=customer, words="寄样品", day=day, at=clock.now)
    for _step in range(STEPS):
        something_happens(session, staff, chance, clock)
        absences.take_effect(session, now=clock.now)
        reminders.announce_due(session, now=clock.now)
        session.expire_all()
        look_around(session, staff)

    clock.passes(days=400)
    for person in staff:
        person.unreachable_since = None
    while absences.take_effect(session, now=clock.now):
        session.expire_all()
    assert all(sees(session, person) == usually_sees(session, person) for person in staff)
    assert not session.scalars(select(Absence).where(Absence.ended_at.is_(None))).all()
    for person in staff:
        for promise in [*reminders.due(session, person, on_or_before=clock.now.date())]:
            assert promise.rep_id == person.id
            assert promise.customer_id in sees(session, person)


def something_happens(session: Session, staff: Sequence[Person], chance: Random, clock: Clock) -> None:
    """Somebody goes away or comes back, works, or falls silent; or time passes."""
    clock.passes(hours=chance.randint(1, 30))
    who, other = chance.sample(list(staff), 2)
    today = clock.now.date()
    match chance.randint(0, 5):
        case 0 | 1:
            days = {"first": today + timedelta(chance.randint(0, 2)), "last": today + timedelta(chance.randint(0, 6))}
            tries(absences.plan, session, who, who.id, **days, deputy_id=other.id, at=clock.now)
        case 2:
            absence = absences.of(session, who)
            if absence is not None:
                tries(absences.end, session, who, absence.id, at=clock.now)
        case 3:
            who.unreachable_since = None if who.unreachable_since else clock.now
        case _:
            customer = chance.choice(session.scalars(customers.visible_to(who)).all() or [None])
            if customer is not None:
                reminders.plan(session, who, customer=customer, day=today + timedelta(3), at=clock.now)
                filing.file(session, who, customer=customer, words="异响", at=clock.now)
    session.flush()


def tries(verb, *args, **facts) -> None:
    """Do it, or be refused: both are well."""
    with suppress(Problem):
        verb(*args, **facts)


def look_around(session: Session, staff: Sequence[Person]) -> None:
    for customer in session.scalars(select(Customer)):
        now = duty.on_duty(session, customer.owner)
        assert now.active
        assert customer.id in sees(session, now)
        somebody = any(one.reachable and one.away is None and one.is_leader for one in staff if one.role is Role.ADMIN)
        if customer.owner.away is not None and somebody:
            assert now.reachable
            assert now.away is None
    for person in staff:
        others = [one for one in staff if one.away and one is not person]
        hers = {one.id for one in others if person in {one.away.deputy, duty.on_duty(session, one)}}
        assert set(session.scalars(duty.covered_by(person))) == hers
        covered = [one.person for one in absences.standing_in(session, person) if one.lasts]
        allowed = usually_sees(session, person).union(*(usually_sees(session, one) for one in covered))
        assert sees(session, person) <= allowed
        for one in covered:
            own = {customer.id for customer in session.scalars(select(Customer).where(Customer.owner_id == one.id))}
            assert own <= sees(session, person)
    for promise in session.scalars(select(reminders.Reminder).where(reminders.Reminder.state.in_(reminders.OPEN))):
        now = duty.on_duty(session, promise.rep)
        assert promise in reminders.due(session, now, on_or_before=promise.day)
        assert promise.customer_id in sees(session, now)


def sees(session: Session, person: Person) -> set[int]:
    seen = set(session.scalars(customers.ids_visible_to(person)))
    searched = {customer.id for customer in session.scalars(customers.looked_through(session, person))}
    assert searched == seen
    return seen


def usually_sees(session: Session, person: Person) -> set[int]:
    """What she sees while she stands in for nobody."""
    every = select(Customer.id)
    if customers.sees_all(person):
        return set(session.scalars(every))
    if person.is_leader:
        return set(
            session.scalars(
                every.join(Customer.owner).where((Person.team_id == person.team_id) | Person.team_id.is_(None))
            )
        )
    return set(session.scalars(every.where(Customer.owner_id == person.id)))


def test_what_is_entered_twice_stands_once(two_desks, clock: Clock):
    with two_desks() as desk:
        li = joined(desk, "李伟", Role.REP, 1001)
        zhao = joined(desk, "赵敏", Role.REP, 1004)
        days = {"first": clock.now.date(), "last": clock.now.date(), "deputy_id": zhao.id, "at": clock.now}
        absences.plan(desk, li, li.id, **days)
        absences.plan(desk, li, li.id, **days)
        assert len(desk.scalars(select(Absence)).all()) == 1
        assert {notice.to_id for notice in desk.scalars(select(Notice))} == {zhao.id}
