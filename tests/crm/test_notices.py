"""A notice is left once, leased by one sender, kept from the night, and its fate is known or said to be unknown."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select

from crm import notices, outbox, people
from crm.rules import Rules
from models.notice import Notice, NoticeState, Reason
from models.person import Role
from tests.conftest import joined

SHANGHAI, BERLIN = ZoneInfo("Asia/Shanghai"), ZoneInfo("Europe/Berlin")
HOLDER, OTHER = "process-1", "process-2"


@pytest.fixture
def leaves(session, li_wei, clock):
    """Leave a notice for 李伟 now."""
    numbers = iter(range(1000))

    def leave(to=li_wei, **facts):
        usual = {"key": f"test:{next(numbers)}", "address": "/today", "at": clock.now}
        return notices.leave(session, to, **usual | facts)

    return leave


@pytest.fixture
def leases(session, clock):
    """Lease what is to be sent now."""

    def lease(holder=HOLDER, **facts):
        return outbox.lease(session, holder=holder, now=clock.now, **{"limit": 10} | facts)

    return lease


def test_the_same_occasion_leaves_one_notice(session, leaves):
    assert leaves(key="reminder:1")
    assert leaves(key="reminder:1") is None
    assert len(session.scalars(select(Notice)).all()) == 1


@pytest.mark.parametrize("change", ["withdrawn_at", "unreachable_since"])
def test_nothing_is_left_for_who_cannot_be_reached(leaves, li_wei, clock, change):
    setattr(li_wei, change, clock.now)

    assert leaves() is None


def test_nothing_is_left_for_who_has_no_telegram(leaves, li_wei):
    li_wei.telegram_id = None

    assert leaves() is None


def test_a_person_is_sent_one_at_a_time_the_urgent_first(session, leaves, leases, zhao_min, clock):
    first, urgent, hers = leaves(), leaves(urgent=True), leaves(to=zhao_min)

    assert leases() == [urgent, hers]
    assert leases() == []  # until it is known what became of these

    assert outbox.sent(session, urgent.id, holder=HOLDER, message_id=7, at=clock.now)
    assert leases() == [first]


def test_a_lease_takes_no_more_than_asked_for(session, leaves, leases, zhao_min, chen_jing):
    for person in (zhao_min, chen_jing):
        leaves(to=person)
    leaves()

    assert [len(leases(limit=2)), len(leases(limit=2)), len(leases(limit=2))] == [2, 1, 0]


def test_what_is_not_due_waits(leaves, leases, clock):
    notice = leaves(at=clock.now + timedelta(minutes=5))

    assert leases() == []
    clock.passes(minutes=5)
    assert leases() == [notice]


def test_what_came_too_late_is_not_sent(session, leaves, leases, clock):
    notice = leaves(valid_for=timedelta(hours=1))
    clock.passes(hours=1, seconds=1)

    assert leases() == []
    session.refresh(notice)
    assert (notice.state, notice.settled_at) == (NoticeState.EXPIRED, clock.now)


def test_nobody_is_woken_except_for_danger(session, leaves, leases, clock):
    clock.shows("2026-03-10 23:00")
    usual, alarm = leaves(), leaves(urgent=True)

    assert leases() == [alarm]
    outbox.sent(session, alarm.id, holder=HOLDER, message_id=1, at=clock.now)
    assert leases() == []
    session.refresh(usual)
    assert usual.due_at == clock.shows("2026-03-11 07:30")
    assert leases() == [usual]


def test_it_is_night_where_the_reader_is(session, leaves, leases, li_wei, zhao_min, clock):
    li_wei.zone = "Europe/Berlin"
    clock.shows("2026-03-10 11:00")  # four in the morning in Berlin
    leaves()
    hers = leaves(to=zhao_min)

    assert leases() == [hers]


def test_many_pages_that_wait_at_once_come_as_one_card(session, leaves, leases, li_wei, clock):
    series = [leaves(address=f"/complaints/{number}", reason=Reason.NEW) for number in range(1, 7)]
    again = leaves(address="/complaints/6", reason=Reason.ADDED, ping=False)

    (card,) = leases()

    assert (card.address, card.reason) == (f"/waited/{card.id}", None)
    assert card.valid_until == series[0].valid_until
    assert {notice.state for notice in [*series, again]} == {NoticeState.GATHERED}
    assert notices.gathered(session, li_wei, card.id) == [*series[:5], again]
    outbox.sent(session, card.id, holder=HOLDER, message_id=1, at=clock.now)
    assert leases() == []


def test_a_few_pages_come_one_by_one(leaves, leases):
    first, *_others = [leaves(address=f"/complaints/{number}", reason=Reason.NEW) for number in (1, 2, 3, 4, 5, 5)]

    assert leases() == [first]


def test_danger_and_questions_are_not_gathered(session, leaves, leases, zhao_min, clock):
    for number in range(6):
        leaves(address=f"/complaints/{number}", reason=Reason.NEW)
    alarm = leaves(address="/complaints/9", reason=Reason.ALARM, urgent=True)
    question = leaves(address="/questionnaires/1")

    assert leases() == [alarm]
    assert (alarm.state, question.state) == (NoticeState.SENDING, NoticeState.READY)


def test_nothing_is_gathered_at_night_before_it_may_be_sent(session, leaves, leases, clock):
    clock.shows("2026-03-10 23:00")
    for number in range(6):
        leaves(address=f"/complaints/{number}", reason=Reason.NEW)
    assert leases() == []

    clock.shows("2026-03-11 07:30")
    assert [notice.address.split("/")[1] for notice in leases()] == ["waited"]


def test_nobody_opens_what_was_gathered_for_somebody_else(session, leaves, leases, zhao_min):
    for number in range(6):
        leaves(address=f"/complaints/{number}", reason=Reason.NEW)
    (card,) = leases()

    assert notices.gathered(session, zhao_min, card.id) == []


def test_an_addition_does_not_overtake_what_it_adds_to(session, leaves, leases, clock):
    clock.shows("2026-03-10 23:00")
    first = leaves(thread="complaint:1", reason=Reason.NEW)
    leases()
    added = leaves(thread="complaint:1", reason=Reason.ADDED, calm_for=timedelta(minutes=10))
    assert leases() == []

    clock.shows("2026-03-11 07:30")
    assert leases() == [first]
    outbox.sent(session, first.id, holder=HOLDER, message_id=1, at=clock.now)
    assert leases() == [added]
    assert not added.ping


@pytest.mark.parametrize(
    ("now", "zone", "until"),
    [
        ("2026-03-10T21:59+08:00", SHANGHAI, None),
        ("2026-03-10T22:00+08:00", SHANGHAI, "2026-03-11T07:30+08:00"),
        ("2026-03-11T03:00+08:00", SHANGHAI, "2026-03-11T07:30+08:00"),
        ("2026-03-11T07:29+08:00", SHANGHAI, "2026-03-11T07:30+08:00"),
        ("2026-03-11T07:30+08:00", SHANGHAI, None),
        ("2026-03-28T23:00+01:00", BERLIN, "2026-03-29T07:30+02:00"),  # the clocks change that night
    ],
)
def test_when_the_quiet_hours_end(now, zone, until):
    end = notices.quiet_until(Rules(), zone, datetime.fromisoformat(now))

    assert end == (datetime.fromisoformat(until).astimezone(UTC) if until else None)


@pytest.mark.parametrize(
    ("clock_time", "quiet"), [("12:59", False), ("13:00", True), ("13:59", True), ("14:00", False)]
)
def test_quiet_hours_may_lie_within_a_day(clock_time, quiet):
    siesta = Rules(quiet_from=time(13), quiet_to=time(14))
    now = datetime.fromisoformat(f"2026-03-10T{clock_time}+08:00")

    assert (notices.quiet_until(siesta, SHANGHAI, now) is not None) is quiet


def test_only_the_holder_reports(session, leaves, leases, clock):
    notice = leaves()
    leases()

    assert not outbox.sent(session, notice.id, holder=OTHER, message_id=7, at=clock.now)
    assert outbox.sent(session, notice.id, holder=HOLDER, message_id=7, at=clock.now)
    assert not outbox.refused(session, notice.id, holder=HOLDER, why="blocked", at=clock.now)
    session.refresh(notice)
    assert (notice.state, notice.message_id, notice.settled_at) == (NoticeState.SENT, 7, clock.now)


def test_a_refusal_is_final_and_says_why(session, leaves, leases, clock):
    notice = leaves()
    leases()

    assert outbox.refused(session, notice.id, holder=HOLDER, why="chat not found" + "." * 200, at=clock.now)
    session.refresh(notice)
    assert (notice.state, notice.why[:14], len(notice.why)) == (NoticeState.REFUSED, "chat not found", 120)


def test_what_is_no_longer_wanted_is_suppressed(session, leaves, leases, clock):
    notice = leaves()
    leases()

    assert outbox.suppress(session, notice.id, holder=HOLDER, why="visit logged", at=clock.now)
    session.refresh(notice)
    assert notice.state is NoticeState.SUPPRESSED


@pytest.mark.parametrize(("counts", "attempts"), [(True, 1), (False, 0)])
def test_what_has_to_wait_comes_again(session, leaves, leases, clock, counts, attempts):
    notice = leaves()
    leases()

    assert outbox.later(session, notice.id, holder=HOLDER, until=clock.now + timedelta(seconds=30), counts=counts)
    assert leases() == []
    clock.passes(seconds=30)
    assert leases() == [notice]
    assert notice.attempts == attempts


def test_what_may_have_arrived_is_sent_once_more_and_counted(session, leaves, leases, clock):
    notice = leaves()
    leases()
    assert outbox.unknown(session, notice.id, holder=HOLDER, at=clock.now)
    assert leases() == []

    clock.passes(seconds=60)
    assert leases() == [notice]
    assert outbox.unknown(session, notice.id, holder=HOLDER, at=clock.now)

    session.refresh(notice)
    assert (notice.state, notice.unknowns) == (NoticeState.UNKNOWN, 2)
    clock.passes(hours=1)
    assert leases() == []


def test_a_question_that_may_have_arrived_is_not_sent_again(session, leaves, leases, clock):
    notice = leaves(at_most_once=True)
    leases()

    assert outbox.unknown(session, notice.id, holder=HOLDER, at=clock.now)
    session.refresh(notice)
    assert (notice.state, notice.unknowns) == (NoticeState.UNKNOWN, 1)


def test_what_a_dead_sender_held_is_taken_over_once(session, leaves, leases, clock):
    usual = leaves()
    leases()
    clock.passes(seconds=119)
    assert leases(OTHER) == []

    clock.passes(seconds=2)
    assert leases(OTHER) == [usual]
    assert usual.unknowns == 1
    assert not outbox.sent(session, usual.id, holder=HOLDER, message_id=7, at=clock.now)

    clock.passes(seconds=121)
    assert leases() == []
    session.refresh(usual)
    assert usual.state is NoticeState.UNKNOWN


def test_a_question_a_dead_sender_held_is_not_sent_again(session, leaves, leases, clock):
    notice = leaves(at_most_once=True)
    leases()
    clock.passes(seconds=121)

    assert leases(OTHER) == []
    session.refresh(notice)
    assert notice.state is NoticeState.UNKNOWN


def test_a_living_message_is_remembered_by_its_subject(session, li_wei):
    assert outbox.living_message(session, li_wei.id, "complaint:1") is None

    outbox.remember_message(session, li_wei.id, "complaint:1", 10)
    outbox.remember_message(session, li_wei.id, "complaint:1", 11)
    outbox.remember_message(session, li_wei.id, "complaint:2", 12)

    assert outbox.living_message(session, li_wei.id, "complaint:1") == 11


def test_one_process_leads_until_its_time_is_over(session, clock):
    def leads(holder):
        return outbox.take_lead(session, "send", holder=holder, now=clock.now, for_=timedelta(seconds=30))

    assert (leads(HOLDER), leads(OTHER), leads(HOLDER)) == (True, False, True)
    clock.passes(seconds=31)
    assert (leads(OTHER), leads(HOLDER)) == (True, False)


def test_many_senders_at_once_send_each_notice_once(two_desks, clock):
    with two_desks() as session:
        for number in range(20):
            person = joined(session, f"代表{number}", Role.REP, 2000 + number)
            notices.leave(session, person, key=f"n:{number}", address="/today", at=clock.now)

    def send(process):
        with two_desks() as session:
            leased = outbox.lease(session, holder=f"process-{process}", now=clock.now, limit=5)
            return [notice.id for notice in leased]

    with ThreadPoolExecutor(4) as processes:
        taken = [notice for lease in processes.map(send, range(8)) for notice in lease]

    assert len(taken) == len(set(taken)) == 20


def test_the_same_occasion_left_by_many_processes_is_one_notice(two_desks, clock):
    with two_desks() as session:
        person_id = joined(session, "李伟", Role.REP, 1001).id

    def leave(_process):
        with two_desks() as session:
            person = people.recognise(session, 1001)
            return notices.leave(session, person, key="once", address="/today", at=clock.now) is not None

    with ThreadPoolExecutor(4) as processes:
        assert sum(processes.map(leave, range(8))) == 1
    with two_desks() as session:
        assert session.scalars(select(Notice.to_id)).all() == [person_id]
