"""The cadence: who is proposed, for what, since when; and what is declined."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

import pytest

from crm import cadence, plan, reminders, touches, visits
from crm.plan import Need
from crm.rules import Rules
from models.customer import Grade
from models.problem import NotFound
from models.touch import TouchKind
from models.visit import DropReason, Outcome, ReminderState, VisitKind
from tests.conftest import firm

TODAY = date(2026, 3, 10)
DAY = timedelta(days=1)


@pytest.fixture
def logs(session, li_wei, east_bearings, clock):
    def logs(days_ago, kind=VisitKind.ROUTINE, outcome=Outcome.GOOD):
        at = clock.now - days_ago * DAY
        return visits.log(session, li_wei, customer=east_bearings, kind=kind, outcome=outcome, at=at)

    return logs


@pytest.mark.parametrize(
    ("grade", "visit_gap", "contact_gap"), [(Grade.A, 30, 14), (Grade.B, 90, 30), (Grade.C, 365, 90)]
)
def test_the_gaps_are_those_of_the_regulation(grade, visit_gap, contact_gap):
    assert (Rules().cadence[grade].days, Rules().contact_cadence[grade].days) == (visit_gap, contact_gap)


@pytest.mark.parametrize(
    ("done", "proposed"),
    [
        ([], []),  # added ten days ago: nothing is due before the 14th day
        ([(13, VisitKind.ROUTINE)], []),
        ([(14, VisitKind.ROUTINE)], [(Need.CONTACT, TODAY)]),
        ([(30, VisitKind.ROUTINE), (2, VisitKind.CALL)], [(Need.VISIT, TODAY)]),  # a call is a contact, no visit
        ([(29, VisitKind.ROUTINE), (2, VisitKind.CALL)], []),
        ([(40, VisitKind.ROUTINE)], [(Need.VISIT, TODAY - 10 * DAY)]),  # both are due: the visit is both
    ],
)
def test_a_key_customer_is_proposed_when_a_gap_is_used_up(session, li_wei, logs, clock, done, proposed):
    for days_ago, kind in done:
        logs(days_ago, kind)

    found = plan.proposals(session, li_wei, now=clock.now)

    assert [(one.need, one.due) for one in found] == proposed
    assert plan.day(session, li_wei, now=clock.now).proposed == len(proposed)


def test_a_door_nobody_opened_is_no_contact(session, li_wei, logs, clock):
    logs(20)
    logs(1, outcome=Outcome.NOBODY)

    assert [one.need for one in plan.proposals(session, li_wei, now=clock.now)] == [Need.CONTACT]


def test_a_message_is_a_contact_and_no_visit(session, li_wei, east_bearings, logs, clock):
    logs(40)
    touches.log(session, li_wei, east_bearings.id, kind=TouchKind.WECHAT, after=0, at=clock.now - DAY)

    assert [one.need for one in plan.proposals(session, li_wei, now=clock.now)] == [Need.VISIT]
    logs(20)
    assert plan.proposals(session, li_wei, now=clock.now) == []


def test_the_department_may_set_other_gaps(session, li_wei, logs, clock):
    session.info["rules"] = Rules(contact_cadence={grade: timedelta(days=3) for grade in Grade})
    logs(3)

    assert [one.due for one in plan.proposals(session, li_wei, now=clock.now)] == [TODAY]


def test_what_is_planned_is_not_proposed(session, li_wei, east_bearings, logs, clock):
    logs(40)
    reminders.plan(session, li_wei, customer=east_bearings, day=TODAY + 5 * DAY, at=clock.now)

    assert plan.proposals(session, li_wei, now=clock.now) == []


def test_what_is_declined_comes_back_after_a_while_and_its_reason_is_kept(session, li_wei, east_bearings, logs, clock):
    logs(40)
    dropped = plan.decline(
        session, li_wei, customer=east_bearings, because=DropReason.OTHER, words="客户在盘点", at=clock.now
    )

    assert plan.proposals(session, li_wei, now=clock.now) == []
    assert plan.proposals(session, li_wei, now=clock.passes(days=13)) == []
    assert len(plan.proposals(session, li_wei, now=clock.passes(days=2))) == 1
    assert (dropped.state, dropped.dropped_because, dropped.dropped_words) == (
        ReminderState.DROPPED,
        DropReason.OTHER,
        "客户在盘点",
    )


def test_only_ones_own_customers_are_proposed(session, li_wei, zhao_min, chen_jing, logs, clock):
    logs(40)

    assert plan.proposals(session, zhao_min, now=clock.now) == []
    assert plan.proposals(session, chen_jing, now=clock.now) == []


def test_key_customers_come_first_then_those_who_wait_longest(session, li_wei, clock):
    for name, grade, days in (("乙", Grade.B, 200), ("甲一", Grade.A, 50), ("甲二", Grade.A, 90)):
        firm(session, name, owner=li_wei, grade=grade).created_at = clock.now - days * DAY

    assert [one.customer.name for one in plan.proposals(session, li_wei, now=clock.now)] == ["甲二", "甲一", "乙"]
    assert [one.customer.name for one in plan.proposals(session, li_wei, now=clock.now, limit=1, offset=1)] == ["甲一"]


def test_a_gap_is_counted_in_days_of_the_calendar(session, li_wei, logs, clock):
    logs(13)
    assert plan.proposals(session, li_wei, now=clock.shows("2026-03-10 23:59")) == []
    assert len(plan.proposals(session, li_wei, now=clock.shows("2026-03-11 00:01"))) == 1


def test_a_visit_is_due_a_gap_after_the_last(session, li_wei, east_bearings, logs, clock):
    logs(10)
    assert plan.next_visit_due(session, east_bearings) == TODAY + 20 * DAY


def test_two_plans_for_one_customer_and_day_are_one(session, li_wei, east_bearings, clock):
    first = reminders.plan(session, li_wei, customer=east_bearings, day=TODAY + DAY, why="报价", at=clock.now)
    again = reminders.plan(
        session, li_wei, customer=east_bearings, day=TODAY + DAY, hour=time(15), why="送样", at=clock.now
    )

    assert first is again
    assert (again.why, again.hour) == ("报价\n送样", time(15))


def test_a_promise_with_an_hour_falls_due_then(session, li_wei, east_bearings, clock):
    promise = reminders.plan(session, li_wei, customer=east_bearings, day=TODAY, hour=time(15), at=clock.now)

    assert promise.due_at == clock.shows("2026-03-10 15:00")
    moved = reminders.snooze(session, li_wei, promise.id, until=TODAY + DAY, version=1, at=clock.now)
    assert moved.due_at == clock.shows("2026-03-11 15:00")


def test_what_is_due_as_it_is_planned_needs_no_message(session, li_wei, east_bearings, clock):
    reminders.plan(session, li_wei, customer=east_bearings, day=TODAY, at=clock.now)

    assert reminders.announce_due(session, now=clock.now) == 0


def test_another_reps_customer_cannot_be_declined(session, zhao_min, east_bearings, clock):
    with pytest.raises(NotFound):
        plan.decline(session, zhao_min, customer=east_bearings, because=DropReason.MISTAKE, at=clock.now)


def test_a_day_is_due_and_overdue(session, li_wei, east_bearings, clock):
    for day, hour in ((TODAY, time(16)), (TODAY, None), (TODAY + DAY, None)):
        customer = firm(session, f"客户{day}{hour}", owner=li_wei)
        reminders.plan(session, li_wei, customer=customer, day=day, hour=hour, at=clock.now)
    late = reminders.plan(session, li_wei, customer=east_bearings, day=TODAY, at=clock.now)
    late.day = TODAY - DAY

    found = plan.day(session, li_wei, now=clock.now)

    assert [r.hour for r in found.due] == [None, time(16)]
    assert found.overdue == [late]
    assert isinstance(found.due[0].due_at, datetime)


@pytest.mark.parametrize("hour", ["00:30", "10:00", "23:30"])
@pytest.mark.parametrize("zone", [None, "America/New_York"])
def test_the_rep_and_her_manager_read_the_same_number_of_days(
    session, li_wei, chen_jing, east_bearings, logs, clock, hour, zone
):
    li_wei.zone = zone
    clock.shows("2026-03-10 15:00")
    logs(33)
    clock.shows(f"2026-03-10 {hour}")

    [proposed] = plan.proposals(session, li_wei, now=clock.now)
    [(_customer, _last, over)] = cadence.overdue(session, chen_jing, now=clock.now)

    assert (proposed.over, over) == (3, 3)


def test_a_visit_due_today_is_proposed_and_not_yet_over(session, li_wei, chen_jing, logs, clock):
    logs(30)

    assert [one.over for one in plan.proposals(session, li_wei, now=clock.now)] == [0]
    assert cadence.overdue(session, chen_jing, now=clock.now) == []
    assert len(cadence.overdue(session, chen_jing, now=clock.shows("2026-03-11 00:01"))) == 1


def test_the_day_counts_customers_however_many_things_are_planned_for_one(session, li_wei, logs, clock):
    visit = logs(1)
    facts = {"customer": visit.customer, "day": TODAY, "at": clock.now}
    reminders.plan(session, li_wei, **facts, why="报价", visit=visit)
    reminders.plan(session, li_wei, **facts, why="送样")

    day = plan.day(session, li_wei, now=clock.now)

    assert (len(day.due), day.firms_due, day.firms_overdue) == (2, 1, 0)
