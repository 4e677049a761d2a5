"""Contracts announce their end to the owner twice, once each, and again when the end is moved."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest
from sqlalchemy import select

from crm import contracts
from models.contract import Contract
from models.notice import Notice, NoticeState
from models.problem import AlreadyDone, NotFound

TODAY = date(2026, 3, 10)


@pytest.fixture
def contract(session, li_wei, east_bearings, clock) -> Contract:
    """备件框架, which runs for a hundred days more."""
    facts = {"number": "HT-1", "title": "备件框架", "starts": TODAY, "ends": TODAY + timedelta(100)}
    return contracts.add(session, li_wei, customer=east_bearings, **facts, value=Decimal("1280.55"), at=clock.now)


def told(session) -> list[str]:
    return list(session.scalars(select(Notice.key).order_by(Notice.id)))


def test_the_value_is_exact(contract):
    assert contract.fen == 128055
    assert contract.value == Decimal("1280.55")


def test_the_owner_is_told_90_and_30_days_before_the_end(session, contract, li_wei, clock):
    for day in range(101):
        contracts.announce_ending(session, now=clock.now)
        contracts.announce_ending(session, now=clock.now)
        assert len(told(session)) == (day >= 10) + (day >= 70), day
        clock.passes(days=1)
    assert contracts.announce_ending(session, now=clock.now) == 0
    assert {notice.to_id for notice in session.scalars(select(Notice))} == {li_wei.id}


def test_a_contract_entered_late_is_announced_once(session, contract, clock):
    clock.passes(days=80)
    assert contracts.announce_ending(session, now=clock.now) == 1
    assert contracts.announce_ending(session, now=clock.now) == 0
    assert [key.rpartition(":")[2] for key in told(session)] == ["30"]


def test_the_end_of_a_contract_whose_owner_cannot_be_reached_is_told_to_a_leader(
    session, contract, li_wei, chen_jing, clock
):
    li_wei.unreachable_since = clock.now
    clock.passes(days=80)
    contracts.announce_ending(session, now=clock.now)
    assert session.scalars(select(Notice)).one().to_id == chen_jing.id


def test_another_end_takes_the_notice_back_and_announces_anew(session, contract, li_wei, clock):
    clock.passes(days=20)
    contracts.announce_ending(session, now=clock.now)
    contracts.prolong(session, li_wei, contract.id, ends=TODAY + timedelta(400), version=1, at=clock.now)
    assert session.scalars(select(Notice.state)).one() is NoticeState.SUPPRESSED
    assert contracts.announce_ending(session, now=clock.now) == 0
    clock.passes(days=291)
    assert contracts.announce_ending(session, now=clock.now) == 1
    with pytest.raises(AlreadyDone):
        contracts.prolong(session, li_wei, contract.id, ends=TODAY, version=1, at=clock.now)


def test_a_dropped_contract_is_not_announced_and_not_found(session, contract, li_wei, clock):
    contracts.drop(session, li_wei, contract.id, version=1, at=clock.now)
    clock.passes(days=80)
    assert contracts.announce_ending(session, now=clock.now) == 0
    with pytest.raises(NotFound):
        contracts.find(session, li_wei, contract.id)


def test_contracts_in_force_come_first_by_their_end(session, contract, li_wei, east_bearings, clock):
    for number, ends in (("HT-2", 5), ("HT-3", -5), ("HT-4", -50)):
        facts = {"number": number, "title": number, "starts": TODAY - timedelta(99), "ends": TODAY + timedelta(ends)}
        contracts.add(session, li_wei, customer=east_bearings, **facts, at=clock.now)
    listed = contracts.of(session, li_wei, east_bearings, today=TODAY)
    assert [contract.number for contract in listed] == ["HT-2", "HT-1", "HT-3", "HT-4"]
    assert [c.number for c in contracts.of(session, li_wei, east_bearings, today=TODAY, limit=2, offset=1)] == [
        "HT-1",
        "HT-3",
    ]


def test_only_those_who_see_the_customer_see_its_contracts(session, contract, zhao_min, chen_jing, wang_fang):
    assert contracts.find(session, chen_jing, contract.id) is contract
    for other in (zhao_min, wang_fang):
        with pytest.raises(NotFound):
            contracts.find(session, other, contract.id)
