"""Two leaders who decide at once about one customer: one of them does, and nobody is told what is not so."""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextlib import AbstractContextManager

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from crm import absences, access, complaints, filing, handover, merging, notices, outbox, roles, triage
from models.audit import AuditEntry
from models.customer import Customer
from models.notice import Notice
from models.person import Person, Role, Team
from models.problem import AlreadyDone, NotAllowed
from tests.conftest import TUESDAY_MORNING, Clock, added, firm, joined

NOW = TUESDAY_MORNING
Desks = Callable[[], AbstractContextManager[Session]]


def test_of_two_leaders_who_give_one_customer_away_at_once_the_second_learns_that_it_is_done(two_desks: Desks):
    with two_desks() as session:
        sun, chen = (joined(session, name, Role.ADMIN, 2000 + n) for n, name in enumerate(("孙丽", "陈静")))
        li, zhao, wu = (joined(session, name, Role.REP, 2010 + n) for n, name in enumerate(("李伟", "赵敏", "吴倩")))
        customer = firm(session, "华东轴承有限公司", owner=li)
        ids = {person.name: person.id for person in (sun, chen, li, zhao, wu)}
        number = customer.id
    refused: list[AlreadyDone] = []

    def second() -> None:
        try:
            with two_desks() as session:
                actor = session.get_one(Person, ids["陈静"])
                handover.give(session, actor, number, ids["李伟"], ids["吴倩"], at=TUESDAY_MORNING)
        except AlreadyDone as problem:
            refused.append(problem)

    other = threading.Thread(target=second)
    with two_desks() as session:
        actor = session.get_one(Person, ids["孙丽"])
        handover.give(session, actor, number, ids["李伟"], ids["赵敏"], at=TUESDAY_MORNING)
        other.start()
        other.join(0.5)
    other.join(10)

    with two_desks() as session:
        assert session.get_one(Customer, number).owner_id == ids["赵敏"]
        assert len(session.scalars(select(AuditEntry).where(AuditEntry.action == "customer.handed_over")).all()) == 1
        assert set(session.scalars(select(Notice.to_id))) == {ids["李伟"], ids["赵敏"]}
    assert len(refused) == 1


@pytest.fixture
def zheng(session: Session, li_wei: Person, east_bearings: Customer) -> Person:
    """郑凯, who manages another team and was granted sight of 华东轴承."""
    team = added(session, Team(name="北方组"))
    zheng = joined(session, "郑凯", Role.MANAGER, 1102, team_id=team.id)
    access.grant(session, li_wei, east_bearings.id, zheng.id, at=NOW)
    return zheng


def test_a_manager_who_was_only_granted_sight_does_not_dispose_of_the_customer(
    session: Session, zheng: Person, li_wei: Person, zhao_min: Person, east_bearings: Customer
):
    own = firm(session, "华东轴承", owner=zheng)
    complaint = filing.file(session, li_wei, customer=east_bearings, words="异响", at=NOW)
    refused = (
        lambda: access.grant(session, zheng, east_bearings.id, zhao_min.id, at=NOW),
        lambda: access.take(session, zheng, east_bearings.id, zheng.id, at=NOW),
        lambda: handover.give(session, zheng, east_bearings.id, li_wei.id, zheng.id, at=NOW),
        lambda: handover.hand_over(session, zheng, li_wei.id, zheng.id, at=NOW),
        lambda: triage.assign(session, zheng, complaint.id, to_id=zheng.id, version=1, at=NOW),
        lambda: merging.merge(session, zheng, own.id, east_bearings.id, versions=(1, 1), at=NOW),
        lambda: merging.merge(session, zheng, east_bearings.id, own.id, versions=(1, 1), at=NOW),
    )
    for way in refused:
        with pytest.raises(NotAllowed):
            way()

    assert east_bearings.owner is li_wei
    assert merging.likely(session, zheng, own.id) == []
    assert handover.led(session, zheng) == [zheng]


def test_the_deputy_of_her_teams_manager_disposes_of_it_meanwhile(
    session: Session, zheng: Person, chen_jing: Person, li_wei: Person, zhao_min: Person, east_bearings: Customer
):
    today = NOW.date()
    absences.plan(session, chen_jing, chen_jing.id, first=today, last=today, deputy_id=zheng.id, at=NOW)

    assert li_wei in handover.led(session, zheng)
    handover.give(session, zheng, east_bearings.id, li_wei.id, zhao_min.id, at=NOW)
    assert east_bearings.owner is zhao_min


@pytest.mark.parametrize("way", ["all", "one", "withdrawn"])
def test_what_waited_over_night_for_the_leaver_comes_to_the_successor_in_the_morning(
    session: Session,
    clock: Clock,
    sun_li: Person,
    li_wei: Person,
    zhao_min: Person,
    wang_fang: Person,
    east_bearings: Customer,
    way: str,
):
    clock.shows("2026-03-10 22:30")
    other = firm(session, "另一家", owner=li_wei)
    complaint = filing.file(session, wang_fang, customer=east_bearings, words="异响", at=clock.now)
    elsewhere = filing.file(session, li_wei, customer=other, words="异响", at=clock.now)
    key = {"key": "elsewhere", "address": complaints.address(elsewhere)}
    notices.leave(session, li_wei, **key, at=clock.now)
    outbox.lease(session, holder="one", now=clock.now, limit=10)
    clock.shows("2026-03-10 22:45")
    if way == "all":
        handover.hand_over(session, sun_li, li_wei.id, zhao_min.id, at=clock.now)
    elif way == "one":
        handover.give(session, sun_li, east_bearings.id, li_wei.id, zhao_min.id, at=clock.now)
    else:
        roles.withdraw(session, sun_li, li_wei.id, at=clock.now)

    waiting = select(Notice).where(Notice.to_id == li_wei.id, Notice.work_of_id.is_not(None))
    goes_to = {notice.address: notices.receiver(session, notice) for notice in session.scalars(waiting)}
    successor = sun_li if way == "withdrawn" else zhao_min
    assert goes_to[complaints.address(complaint)] is successor
    assert goes_to[complaints.address(elsewhere)] is (li_wei if way == "one" else successor)
