"""A summary counts what happened, says how many answered, and shows a rep no more than her own."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm import filing, moves, summaries, visits
from crm.shares import wilson
from crm.summaries import Period
from models.customer import Grade
from models.problem import NotAllowed
from models.questionnaire import AskState, Occasion, Questionnaire
from models.visit import Outcome, VisitKind

SHANGHAI = ZoneInfo("Asia/Shanghai")


def local(words):
    return datetime.fromisoformat(f"{words}+08:00").astimezone(UTC)


@pytest.fixture
def logs(session, li_wei, east_bearings, clock):
    """Log a visit."""

    def log(rep=li_wei, customer=east_bearings, at=None):
        facts = {"customer": customer, "kind": VisitKind.ROUTINE, "outcome": Outcome.GOOD}
        return visits.log(session, rep, **facts, at=at or clock.now)

    return log


@pytest.fixture
def answers(session, li_wei, engineer, east_bearings, clock):
    """Let people have answered with these scores, an hour ago unless told otherwise."""

    def answer(*scores, rep=li_wei, hours=1, late=False):
        at = clock.now - timedelta(hours=hours)
        closes_at = at + timedelta(days=-1 if late else 1)
        for score in scores:
            given = Questionnaire(contact_id=engineer.id, customer_id=east_bearings.id, rep_id=rep.id, score=score)
            given.occasion, given.state, given.answered_at = Occasion.VISIT, AskState.ANSWERED, at
            given.ask_at, given.closes_at = at, closes_at
            session.add(given)
        session.flush()

    return answer


@pytest.mark.parametrize(
    ("period", "since", "until"),
    [
        (Period.THIS_WEEK, "2026-03-09 00:00", "2026-03-10 10:00"),
        (Period.LAST_WEEK, "2026-03-02 00:00", "2026-03-09 00:00"),
        (Period.MONTH, "2026-03-01 00:00", "2026-03-10 10:00"),
        (Period.QUARTER, "2026-01-01 00:00", "2026-03-10 10:00"),
    ],
)
def test_a_week_begins_on_monday_and_months_on_their_first_there(period, since, until, clock):
    assert summaries.span(period, clock.now, SHANGHAI) == (local(since), local(until))


def test_late_on_sunday_in_london_it_is_monday_in_shanghai():
    now = datetime(2026, 3, 8, 16, 30, tzinfo=UTC)

    assert summaries.span(Period.THIS_WEEK, now, SHANGHAI)[0] == local("2026-03-09 00:00")
    assert summaries.span(Period.THIS_WEEK, now, UTC)[0] == datetime(2026, 3, 2, tzinfo=UTC)


def test_visits_are_counted_by_rep_and_grade(
    session, li_wei, zhao_min, chen_jing, east_bearings, north_pumps, logs, clock
):
    clock.shows("2026-03-09 00:00")
    logs()
    logs()
    logs(rep=zhao_min, customer=north_pumps)
    logs(at=clock.now - timedelta(seconds=1))  # still last week
    undone = logs()
    visits.undo(session, li_wei, undone.id, at=clock.now)
    clock.shows("2026-03-10 10:00")

    seen = summaries.summary(session, chen_jing, Period.THIS_WEEK, now=clock.now)

    assert seen.visits == 3
    assert seen.visits_by_rep == [(li_wei, 2), (zhao_min, 1)]
    assert seen.visits_by_grade == {Grade.A: 2, Grade.B: 1, Grade.C: 0}
    assert seen.weeks[-2:] == [(date(2026, 3, 2), 1), (date(2026, 3, 9), 3)]
    assert (len(seen.weeks), seen.weeks[0]) == (8, (date(2026, 1, 19), 0))


def test_the_number_and_the_rows_behind_it_agree(session, chen_jing, logs, clock):
    for _ in range(5):
        logs()
    clock.passes(seconds=1)

    seen = summaries.summary(session, chen_jing, Period.THIS_WEEK, now=clock.now)

    assert seen.visits == len(visits.between(session, chen_jing, since=seen.since, until=seen.until, limit=100)) == 5


def test_a_rep_sees_her_own_numbers_only(
    session, li_wei, zhao_min, chen_jing, east_bearings, north_pumps, logs, answers, clock
):
    logs()
    logs(rep=zhao_min, customer=north_pumps)
    logs(rep=chen_jing, customer=north_pumps)
    filing.file(session, zhao_min, customer=north_pumps, words="漏水", at=clock.now)
    answers(5, rep=zhao_min)
    clock.passes(seconds=1)

    seen = summaries.summary(session, li_wei, Period.THIS_WEEK, now=clock.now)

    assert (seen.visits, seen.visits_by_rep) == (1, [(li_wei, 1)])
    assert seen.overdue_by_grade[Grade.B] == (0, 0)
    assert (seen.complaints_new, seen.complaints_open, seen.satisfaction.n) == (0, 0, 0)
    assert seen.weeks[-1][1] == 1


def test_customers_who_wait_too_long_are_counted_by_grade(session, chen_jing, east_bearings, north_pumps, clock):
    east_bearings.created_at = clock.now - timedelta(days=31)
    session.flush()

    seen = summaries.summary(session, chen_jing, Period.MONTH, now=clock.now)

    assert seen.overdue_by_grade == {Grade.A: (1, 1), Grade.B: (0, 1), Grade.C: (0, 0)}


def test_complaints_are_counted_new_open_and_overdue(session, chen_jing, li_wei, wang_fang, east_bearings, clock):
    clock.shows("2026-03-02 09:00")
    old = filing.file(session, wang_fang, customer=east_bearings, words="异响", at=clock.now)
    moves.acknowledge(session, li_wei, old.id, version=1, at=clock.now)
    clock.shows("2026-03-09 09:00")
    filing.file(session, wang_fang, customer=east_bearings, words="漏油", at=clock.now)
    clock.shows("2026-03-10 10:00")

    seen = summaries.summary(session, chen_jing, Period.THIS_WEEK, now=clock.now)

    assert (seen.complaints_new, seen.complaints_open, seen.complaints_overdue) == (1, 2, 1)


def test_under_ten_answers_there_is_no_percentage(session, chen_jing, answers, clock):
    answers(5, 5, 4, 3, 1)

    seen = summaries.summary(session, chen_jing, Period.THIS_WEEK, now=clock.now).satisfaction

    assert (seen.n, seen.satisfied, seen.interval, seen.share) == (5, 3, None, None)
    assert seen.mean == pytest.approx(3.6)


def test_from_ten_answers_on_the_share_comes_with_its_interval(session, chen_jing, answers, clock):
    answers(*[5] * 17, *[2] * 3)

    seen = summaries.summary(session, chen_jing, Period.THIS_WEEK, now=clock.now).satisfaction

    assert seen.share == pytest.approx(0.85)
    assert seen.interval == pytest.approx((0.6396, 0.9476), abs=1e-4)


def test_a_late_answer_is_left_out_of_the_score(session, chen_jing, answers, clock):
    answers(5, 5)
    answers(1, late=True)

    seen = summaries.summary(session, chen_jing, Period.THIS_WEEK, now=clock.now)

    assert (seen.satisfaction.n, seen.satisfaction.satisfied) == (2, 2)
    rows = summaries.answers(session, chen_jing, since=seen.since, until=seen.until)
    assert [row.score for row in rows] == [5, 5]


def test_the_period_before_is_shown_beside(session, chen_jing, answers, clock):
    answers(5)
    answers(5, 1, hours=40)

    seen = summaries.summary(session, chen_jing, Period.THIS_WEEK, now=clock.now).satisfaction

    assert (seen.n, seen.previous_n, seen.previous_satisfied) == (1, 2, 1)


def test_nobody_answered_yet(session, chen_jing, clock):
    seen = summaries.summary(session, chen_jing, Period.MONTH, now=clock.now).satisfaction

    assert (seen.n, seen.mean, seen.interval) == (0, None, None)


def test_customers_people_get_no_summary(session, wang_fang, clock):
    with pytest.raises(NotAllowed):
        summaries.summary(session, wang_fang, Period.MONTH, now=clock.now)


@pytest.mark.parametrize(
    ("satisfied", "n", "low", "high"),
    [(17, 20, 0.6396, 0.9476), (5, 8, 0.3057, 0.8632), (0, 10, 0, 0.2775), (10, 10, 0.7225, 1)],
)
def test_wilsons_interval_is_wilsons(satisfied, n, low, high):
    assert wilson(satisfied, n) == pytest.approx((low, high), abs=1e-4)


@given(st.integers(1, 500).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_the_interval_holds_the_share_itself(counts):
    low, high = wilson(*counts)

    assert 0 <= low <= counts[0] / counts[1] + 1e-12
    assert counts[0] / counts[1] - 1e-12 <= high <= 1
