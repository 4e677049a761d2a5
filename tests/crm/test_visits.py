"""Logging a visit keeps old promises, makes new ones, and can be taken back for ten minutes."""

from datetime import date, time, timedelta

import pytest
from sqlalchemy import select

from crm import attachments, reminders, surveys, visits
from crm.attachments import Sent
from models.attachment import Attachment, FileKind
from models.customer import Grade
from models.notice import Notice, NoticeState
from models.problem import AlreadyDone, NotAllowed, NotFound
from models.questionnaire import AskState, Questionnaire
from models.visit import Outcome, Reminder, ReminderState, VisitKind

TODAY = date(2026, 3, 10)
NEXT_WEEK = date(2026, 3, 17)


@pytest.fixture
def logs(session, li_wei, east_bearings, clock):
    """Log a visit of 李伟 to 华东轴承 now."""

    def log(**facts):
        usual = {"customer": east_bearings, "kind": VisitKind.ROUTINE, "outcome": Outcome.GOOD, "at": clock.now}
        return visits.log(session, facts.pop("rep", li_wei), **usual | facts)

    return log


def test_a_visit_needs_no_more_than_a_customer_and_an_outcome(session, li_wei, logs):
    visit = logs()

    assert visit.number == f"V{visit.id:05d}"
    assert visits.find(session, li_wei, visit.id) is visit


def test_a_visit_keeps_whom_was_met_and_what_was_sent(session, logs, engineer, clock):
    photo = Sent(FileKind.PHOTO, "file-1", "unique-1", "", "album-1", 7)

    visit = logs(met=[engineer], files=[photo], note="谈了3号线备件", next_step="报价")

    assert visit.met == [engineer]
    assert [(kept.file_id, kept.album, kept.message_id) for kept in visit.attachments] == [("file-1", "album-1", 7)]


def test_the_late_part_of_an_album_finds_its_visit(session, li_wei, zhao_min, logs):
    visit = logs(files=[Sent(FileKind.PHOTO, "file-1", "unique-1", album="album-1")])
    second = Sent(FileKind.PHOTO, "file-2", "unique-2", album="album-1")

    assert attachments.late(session, li_wei, second)
    assert not attachments.late(session, zhao_min, second)
    assert not attachments.late(session, li_wei, Sent(FileKind.PHOTO, "file-3", "unique-3"))
    assert session.scalars(select(Attachment.file_id).where(Attachment.visit_id == visit.id)).all() == [
        "file-1",
        "file-2",
    ]


def test_nobody_logs_a_visit_to_anothers_customer(logs, zhao_min, wang_fang):
    with pytest.raises(NotFound):
        logs(rep=zhao_min)
    with pytest.raises(NotAllowed):
        logs(rep=wang_fang)


def test_somebody_of_another_firm_was_not_met(logs, zhou_jie):
    with pytest.raises(NotFound):
        logs(met=[zhou_jie.contact])


def test_the_next_visit_is_promised_for_nine_in_the_morning_there(session, li_wei, logs, clock):
    visit = logs(next_visit=NEXT_WEEK, next_step="报价")

    (promise,) = session.scalars(reminders.visible_to(li_wei))
    assert (promise.visit_id, promise.day, promise.why) == (visit.id, NEXT_WEEK, "报价")
    assert promise.due_at == clock.shows("2026-03-17 09:00")


def test_no_visit_is_planned_for_yesterday(logs):
    with pytest.raises(reminders.DayHasPassed):
        logs(next_visit=TODAY - timedelta(days=1))


@pytest.mark.parametrize(("day", "state"), [(TODAY, ReminderState.DONE), (NEXT_WEEK, ReminderState.PLANNED)])
def test_a_visit_keeps_the_promises_up_to_today(session, li_wei, east_bearings, logs, clock, day, state):
    promise = reminders.plan(session, li_wei, customer=east_bearings, day=day, at=clock.now)

    visit = logs()

    assert promise.state is state
    assert promise.settled_by_id == (visit.id if state is ReminderState.DONE else None)


@pytest.mark.parametrize(
    ("days", "facts", "state"),
    [
        (1, {}, ReminderState.DONE),
        (3, {}, ReminderState.DONE),
        (4, {}, ReminderState.PLANNED),
        (1, {"kind": VisitKind.CALL}, ReminderState.PLANNED),
        (1, {"outcome": Outcome.NOBODY}, ReminderState.PLANNED),
    ],
)
def test_a_visit_a_little_early_keeps_the_promise(session, li_wei, east_bearings, logs, clock, days, facts, state):
    day = TODAY + timedelta(days)
    promise = reminders.plan(session, li_wei, customer=east_bearings, day=day, at=clock.now - timedelta(days=5))

    visit = logs(**facts)

    assert promise.state is state
    assert reminders.kept_by(session, visit) == ([promise] if state is ReminderState.DONE else [])


def test_an_appointment_and_what_was_promised_today_are_still_to_come(session, li_wei, east_bearings, logs, clock):
    tomorrow, long_ago = TODAY + timedelta(days=1), clock.now - timedelta(days=5)
    plans = {"customer": east_bearings, "day": tomorrow}
    today = reminders.plan(session, li_wei, **plans, at=clock.now)
    logs()
    assert today.open

    reminders.plan(session, li_wei, **plans, hour=time(15), at=long_ago)
    logs()
    assert today.open


def test_a_visit_that_was_due_keeps_no_later_promise(session, li_wei, east_bearings, logs, clock):
    long_ago = clock.now - timedelta(days=5)
    due, next_one = (
        reminders.plan(session, li_wei, customer=east_bearings, day=TODAY + timedelta(days), at=long_ago)
        for days in (0, 1)
    )
    logs()

    assert (due.open, next_one.open) == (False, True)


def test_an_early_visit_that_is_taken_back_opens_the_promise_again(session, li_wei, east_bearings, logs, clock):
    day = TODAY + timedelta(days=2)
    promise = reminders.plan(session, li_wei, customer=east_bearings, day=day, at=clock.now - timedelta(days=5))
    visit = logs()

    visits.undo(session, li_wei, visit.id, at=clock.now)

    assert (promise.state, promise.settled_by_id) == (ReminderState.PLANNED, None)


def test_a_reminder_is_gone_when_the_visit_is_already_logged(session, li_wei, east_bearings, logs, clock):
    reminders.plan(session, li_wei, customer=east_bearings, day=TODAY, at=clock.now)
    logs()

    assert reminders.announce_due(session, now=clock.shows("2026-03-11 09:01")) == 0


def test_a_reminder_announced_but_not_sent_is_taken_back_by_the_visit(session, li_wei, east_bearings, logs, clock):
    reminders.plan(session, li_wei, customer=east_bearings, day=TODAY, at=clock.now - timedelta(hours=2))
    reminders.announce_due(session, now=clock.now)

    logs()

    notice = session.scalars(select(Notice).execution_options(populate_existing=True)).one()
    assert notice.state is NoticeState.SUPPRESSED


def test_a_visit_is_taken_back_with_everything_it_did(session, li_wei, wang_fang, engineer, east_bearings, logs, clock):
    kept = reminders.plan(session, li_wei, customer=east_bearings, day=TODAY, at=clock.now)
    visit = logs(met=[engineer], next_visit=NEXT_WEEK)

    visits.undo(session, li_wei, visit.id, at=clock.passes(minutes=10))

    promised = session.scalars(select(Reminder).where(Reminder.visit_id == visit.id)).one()
    asked = session.scalars(select(Questionnaire)).one()
    assert (promised.state, kept.open, kept.settled_by_id) == (ReminderState.DROPPED, True, None)
    assert (asked.state, asked.suppressed_because) == (AskState.SUPPRESSED, "undone")
    with pytest.raises(NotFound):
        visits.find(session, li_wei, visit.id)


def test_a_promise_for_later_today_is_still_announced_after_the_undo(session, li_wei, east_bearings, logs, clock):
    clock.shows("2026-03-10 08:50")
    reminders.plan(session, li_wei, customer=east_bearings, day=TODAY, at=clock.now)
    visit = logs()
    visits.undo(session, li_wei, visit.id, at=clock.passes(minutes=5))

    assert reminders.announce_due(session, now=clock.passes(minutes=10)) == 1


def test_after_ten_minutes_a_visit_stands(session, li_wei, logs, clock):
    visit = logs()
    until = clock.now + timedelta(minutes=10)
    assert visits.undoable(session, li_wei, visit, now=until)

    clock.passes(minutes=10, seconds=1)

    assert not visits.undoable(session, li_wei, visit, now=clock.now)
    with pytest.raises(visits.TooLateToUndo) as problem:
        visits.undo(session, li_wei, visit.id, at=clock.now)
    assert problem.value.facts == {"visit": visit, "until": until}


def test_the_second_tap_on_undo_finds_it_done(session, li_wei, logs, clock):
    visit = logs()
    visits.undo(session, li_wei, visit.id, at=clock.now)

    with pytest.raises(AlreadyDone):
        visits.undo(session, li_wei, visit.id, at=clock.now)


def test_nobody_takes_back_anothers_visit(session, zhao_min, chen_jing, logs, clock):
    visit = logs()

    assert not visits.undoable(session, chen_jing, visit, now=clock.now)
    with pytest.raises(NotAllowed):
        visits.undo(session, chen_jing, visit.id, at=clock.now)
    with pytest.raises(NotFound):
        visits.undo(session, zhao_min, visit.id, at=clock.now)


@pytest.mark.parametrize(
    ("who", "found"),
    [("li_wei", True), ("chen_jing", True), ("sun_li", True), ("zhao_min", False), ("wang_fang", False)],
)
def test_who_sees_a_visit(request, session, logs, who, found):
    visit = logs()
    seen = session.scalars(visits.visible_to(request.getfixturevalue(who))).all()

    assert seen == ([visit] if found else [])


def test_a_colleagues_visit_to_ones_own_customer_is_seen(session, li_wei, chen_jing, logs):
    visit = logs(rep=chen_jing)

    assert visits.find(session, li_wei, visit.id) is visit


def test_visits_are_listed_newest_first_and_narrowed_down(
    session, li_wei, zhao_min, chen_jing, east_bearings, north_pumps, logs, clock
):
    first = logs()
    second = logs(rep=zhao_min, customer=north_pumps, at=clock.passes(hours=1))
    third = logs(at=clock.passes(hours=1))
    day = {"since": first.at, "until": third.at + timedelta(seconds=1)}

    assert visits.between(session, chen_jing, **day) == [third, second, first]
    assert visits.between(session, chen_jing, **day, limit=1, offset=1) == [second]
    assert visits.between(session, chen_jing, since=first.at, until=third.at) == [second, first]
    assert visits.between(session, chen_jing, **day, rep=zhao_min) == [second]
    assert visits.between(session, chen_jing, **day, grade=Grade.B) == [second]
    assert visits.between(session, chen_jing, **day, customer=east_bearings) == [third, first]
    assert visits.between(session, li_wei, **day) == [third, first]


def test_only_a_visit_in_person_leads_to_a_question(session, wang_fang, engineer, logs):
    logs(met=[engineer], kind=VisitKind.CALL)
    logs(met=[engineer], outcome=Outcome.NOBODY)
    logs()

    assert session.scalars(surveys.visible_to(wang_fang)).all() == []
