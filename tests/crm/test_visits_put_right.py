"""What was logged wrongly is put right, and what followed from it follows; a visit keeps what it was planned as."""

from datetime import date, time, timedelta

import pytest
from sqlalchemy import select

from crm import absences, asking, corrections, happened, reminders, visit_changes, visits
from models.customer import Contact
from models.notice import Notice
from models.questionnaire import AskState, Questionnaire
from models.visit import Outcome, ReminderState, VisitKind
from tests.conftest import added

TODAY = date(2026, 3, 10)
THURSDAY = date(2026, 3, 12)


@pytest.fixture
def logs(session, li_wei, east_bearings, clock):
    """Log a visit of 李伟 to 华东轴承 now."""

    def log(**facts):
        usual = {"customer": east_bearings, "kind": VisitKind.ROUTINE, "outcome": Outcome.GOOD, "at": clock.now}
        return visits.log(session, li_wei, **usual | facts)

    return log


@pytest.fixture
def promise(session, li_wei, east_bearings, clock):
    """李伟 said three days ago that he would come on Thursday."""
    at = clock.now - timedelta(days=3)
    return reminders.plan(session, li_wei, customer=east_bearings, day=THURSDAY, at=at)


@pytest.fixture
def other_engineer(session, east_bearings, clock):
    return added(session, Contact(customer_id=east_bearings.id, name="李工", created_at=clock.now))


def asked_about(session):
    return session.scalars(select(Questionnaire)).all()


@pytest.mark.parametrize("wrong", [{"outcome": Outcome.NOBODY}, {"kind": VisitKind.CALL}])
def test_a_promise_comes_back_when_the_visit_turns_out_to_be_none(session, li_wei, logs, promise, clock, wrong):
    visit = logs()
    assert promise.state is ReminderState.DONE

    visits.correct(session, li_wei, visit.id, **wrong, at=clock.passes(minutes=5))
    assert (promise.state, promise.settled_by_id) == (ReminderState.PLANNED, None)

    right = {"outcome": Outcome.GOOD, "kind": VisitKind.ROUTINE}
    visits.correct(session, li_wei, visit.id, **right, at=clock.passes(minutes=5))
    assert (promise.state, promise.settled_by_id) == (ReminderState.DONE, visit.id)


def test_what_somebody_said_was_done_there_stays_done(session, li_wei, logs, east_bearings, clock):
    sample = reminders.plan(session, li_wei, customer=east_bearings, day=THURSDAY, why="寄样品", at=clock.now)
    visit = logs()
    reminders.done_at(session, li_wei, sample.id, visit, version=sample.version, at=clock.passes(minutes=1))

    visits.correct(session, li_wei, visit.id, outcome=Outcome.NOBODY, at=clock.passes(minutes=1))

    assert sample.state is ReminderState.DONE


def test_nobody_is_asked_about_a_visit_corrected_to_nobody_met(session, li_wei, logs, wang_fang, engineer, clock):
    visit = logs(met=[engineer])

    visits.correct(session, li_wei, visit.id, outcome=Outcome.NOBODY, met=[], at=clock.passes(minutes=5))
    asking.announce_due(session, now=clock.passes(minutes=60))

    assert asked_about(session) == []
    assert session.scalars(select(Notice).where(Notice.to_id == wang_fang.id)).all() == []


def test_who_was_not_met_after_all_is_not_asked(session, li_wei, logs, wang_fang, engineer, other_engineer, clock):
    visit = logs(met=[engineer])

    visits.correct(session, li_wei, visit.id, met=[other_engineer], at=clock.passes(minutes=3))
    asking.announce_due(session, now=clock.passes(minutes=60))

    [question] = asked_about(session)
    assert (question.contact, question.state) == (other_engineer, AskState.SUPPRESSED)


def test_who_was_asked_already_and_not_met_after_all_is_asked_no_more(
    session, li_wei, logs, wang_fang, engineer, other_engineer, clock
):
    visit = logs(met=[engineer])
    asking.announce_due(session, now=clock.passes(minutes=11))
    visits.correct(session, li_wei, visit.id, met=[other_engineer], at=clock.passes(minutes=3))

    [question] = asked_about(session)
    assert (question.contact, question.state, question.suppressed_because) == (engineer, AskState.SUPPRESSED, "undone")

    visits.correct(session, li_wei, visit.id, met=[engineer], at=clock.passes(minutes=3))
    assert [one.state for one in asked_about(session)] == [AskState.SUPPRESSED]  # nobody is asked twice


@pytest.mark.parametrize("right", [{"outcome": Outcome.OPEN}, {"kind": VisitKind.CARE}, {"note": "谈了备件"}])
def test_a_correction_that_changes_nothing_for_her_leaves_her_question_alone(
    session, li_wei, logs, wang_fang, engineer, other_engineer, clock, right
):
    visit = logs(met=[engineer])
    [before] = asked_about(session)
    when = before.ask_at

    visits.correct(session, li_wei, visit.id, **right, met=[engineer, other_engineer], at=clock.passes(minutes=3))

    assert [(one.id, one.ask_at) for one in asked_about(session)] == [(before.id, when)]


def test_somebody_met_who_was_forgotten_is_asked(session, li_wei, logs, wang_fang, engineer, clock):
    visit = logs()

    visits.correct(session, li_wei, visit.id, met=[engineer], at=clock.passes(minutes=3))

    assert [(one.person, one.state) for one in asked_about(session)] == [(wang_fang, AskState.QUEUED)]


@pytest.mark.parametrize("none", [{"outcome": Outcome.NOBODY}, {"kind": VisitKind.CALL}])
@pytest.mark.parametrize("facts", [{"hour": time(15), "why": "现场带样品"}, {}])
def test_neither_a_closed_door_nor_a_call_is_the_visit_that_was_planned(
    session, li_wei, logs, east_bearings, clock, none, facts
):
    planned = reminders.plan(session, li_wei, customer=east_bearings, day=TODAY, **facts, at=clock.now)

    logs(**none)

    assert planned.open


def test_a_visit_logged_from_a_reminder_keeps_it_whatever_it_asks_for(session, li_wei, logs, east_bearings, clock):
    ours, other = (
        reminders.plan(session, li_wei, customer=east_bearings, day=day, why=why, at=clock.now)
        for day, why in ((date(2026, 4, 20), "等对方技术确认"), (THURSDAY, "寄样品"))
    )

    visit = logs(reminder_id=ours.id)

    assert (ours.state, ours.settled_by_id) == (ReminderState.DONE, visit.id)
    assert list(reminders.left_open_by(session, visit)) == [other]


def test_what_a_visit_was_logged_from_is_not_forgotten_when_the_visit_is_put_right(
    session, li_wei, logs, east_bearings, clock
):
    ours = reminders.plan(session, li_wei, customer=east_bearings, day=THURSDAY, why="等确认", at=clock.now)
    visit = logs(reminder_id=ours.id)

    visits.correct(session, li_wei, visit.id, outcome=Outcome.NOBODY, at=clock.passes(minutes=3))
    assert ours.open
    visits.correct(session, li_wei, visit.id, outcome=Outcome.OPEN, at=clock.passes(minutes=3))
    assert ours.state is ReminderState.DONE
    visit_changes.made_on(session, li_wei, visit.id, day=date(2026, 3, 9), at=clock.passes(minutes=3))
    assert ours.state is ReminderState.DONE


@pytest.mark.parametrize("forged", [0, 999_999_999])
def test_a_reminder_that_is_not_there_keeps_nothing(logs, promise, forged):
    assert logs(outcome=Outcome.GOOD, kind=VisitKind.CALL, reminder_id=forged).id
    assert promise.open


def test_nobody_keeps_anothers_reminder(session, li_wei, zhao_min, logs, north_pumps, clock):
    hers = reminders.plan(session, zhao_min, customer=north_pumps, day=TODAY, why="报价", at=clock.now)

    logs(reminder_id=hers.id)

    assert hers.open


def test_who_has_just_put_a_visit_off_to_friday_still_comes_on_friday(session, li_wei, logs, east_bearings, clock):
    at = clock.now - timedelta(days=3)
    planned = reminders.plan(session, li_wei, customer=east_bearings, day=TODAY, at=at)
    facts = {"until": date(2026, 3, 13), "version": planned.version}
    reminders.snooze(session, li_wei, planned.id, **facts, at=clock.now)

    logs(at=clock.passes(minutes=3))

    assert planned.open


def test_a_visit_was_made_before_it_was_logged(session, li_wei, logs, clock):
    visit = logs(day=date(2026, 3, 9))
    logged_at = clock.now
    clock.passes(hours=7)

    visit_changes.made_on(session, li_wei, visit.id, day=TODAY, at=clock.now)
    assert (visit.at, visit.timed) == (logged_at, True)

    clock.passes(days=2)
    with pytest.raises(happened.DayToCome):
        visit_changes.made_on(session, li_wei, visit.id, day=THURSDAY, at=clock.now)


def test_a_message_corrected_after_its_note_was_rewritten_is_not_lost(session, li_wei, logs, clock):
    visit = logs(note="谈了轴承")
    corrections.remember(session, li_wei, visit, [11], said="谈了轴承")
    visits.correct(session, li_wei, visit.id, note="谈了备件价格", at=clock.passes(minutes=1))
    origin = corrections.origin(session, li_wei, 11)

    note = corrections.put_right(session, origin, visit.note, "谈了轴承和交期")
    assert note == "谈了备件价格\n谈了轴承和交期"
    assert corrections.put_right(session, origin, note, "谈了交期") == "谈了备件价格\n谈了交期"


def test_a_deputy_who_adds_to_a_plan_leaves_it_in_its_own_zone(session, li_wei, zhao_min, east_bearings, clock):
    zhao_min.zone = "Europe/Berlin"
    planned = reminders.plan(session, li_wei, customer=east_bearings, day=THURSDAY, hour=time(14), at=clock.now)
    due_at, zone = planned.due_at, planned.zone
    facts = {"first": TODAY, "last": date(2026, 3, 11), "deputy_id": zhao_min.id}
    absences.plan(session, li_wei, li_wei.id, **facts, at=clock.now)

    again = reminders.plan(session, zhao_min, customer=east_bearings, day=THURSDAY, why="带样品", at=clock.now)

    assert again is planned
    assert (again.due_at, again.zone, again.rep_id) == (due_at, zone, li_wei.id)
