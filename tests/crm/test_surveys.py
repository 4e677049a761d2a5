"""A customer is asked rarely, for a reason, once; what she answers is kept and her worries reach somebody."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from crm import asking, consent, filing, moves, surveys, visits
from models.complaint import Complaint, Severity, Stage
from models.customer import Contact
from models.notice import Notice, NoticeState
from models.person import Role
from models.problem import NotFound
from models.questionnaire import AskState, Occasion, Questionnaire
from models.visit import Outcome, VisitKind
from tests.conftest import added, joined

A_DAY = timedelta(days=1)


@pytest.fixture
def meets(session, li_wei, east_bearings, engineer, clock):
    """李伟 visits 华东轴承 and meets its engineer; return the question that comes of it."""

    def meet(*contacts):
        facts = {"kind": VisitKind.ROUTINE, "outcome": Outcome.GOOD, "met": contacts or [engineer], "at": clock.now}
        visit = visits.log(session, li_wei, customer=east_bearings, **facts)
        return session.scalar(select(Questionnaire).where(Questionnaire.visit_id == visit.id))

    return meet


@pytest.fixture
def asked(session, meets, wang_fang, clock):
    """王芳 has been asked about a visit."""
    question = meets()
    asking.announce_due(session, now=clock.passes(minutes=11))
    return question


@pytest.fixture
def resolved(session, li_wei, wang_fang, east_bearings, clock):
    """A complaint of 王芳, filed and resolved; return the question that comes of it."""

    def resolve(**facts):
        complaint = filing.file(session, wang_fang, customer=east_bearings, words="异响", at=clock.now, **facts)
        for verb, more in ((moves.acknowledge, {}), (moves.investigate, {}), (moves.resolve, REMEDY)):
            verb(session, li_wei, complaint.id, version=complaint.version, at=clock.now, **more)
        return session.scalar(select(Questionnaire).where(Questionnaire.complaint_id == complaint.id))

    return resolve


REMEDY = {"remedy": "已更换"}


def test_after_a_visit_one_of_those_met_is_asked_once_it_stands(session, meets, wang_fang, li_wei, clock):
    question = meets()

    assert (question.person, question.rep, question.occasion) == (wang_fang, li_wei, Occasion.VISIT)
    assert asking.announce_due(session, now=clock.passes(minutes=9)) == 0
    assert asking.announce_due(session, now=clock.passes(minutes=2)) == 1
    assert asking.announce_due(session, now=clock.now) == 0

    notice = session.scalars(select(Notice)).one()
    assert (notice.key, notice.address) == (f"questionnaire:{question.id}", f"/questionnaires/{question.id}")
    assert (notice.to, notice.at_most_once, question.state) == (wang_fang, True, AskState.SENT)


def test_of_those_met_the_first_who_may_be_asked_is_asked(session, meets, wang_fang, engineer, east_bearings, clock):
    silent = added(session, type(engineer)(customer_id=east_bearings.id, name="何强", created_at=clock.now))

    assert meets(silent, engineer).contact is engineer


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"stopped_at": True}, "opted_out"),
        ({"agreed_at": None}, "no_consent"),
        ({"unreachable_since": True}, "no_channel"),
        ({"telegram_id": None}, "no_channel"),
        ({"withdrawn_at": True}, "no_channel"),
        ({"stopped_at": True, "agreed_at": None, "unreachable_since": True}, "opted_out"),  # the first reason is kept
    ],
)
def test_why_somebody_is_not_asked_is_written_down(session, meets, wang_fang, clock, change, reason):
    for name, value in change.items():
        setattr(wang_fang, name, clock.now if value is True else value)
    session.flush()

    question = meets()

    assert (question.state, question.suppressed_because) == (AskState.SUPPRESSED, reason)


def test_a_contact_without_telegram_is_not_asked(meets):
    assert meets().suppressed_because == "no_channel"


@pytest.mark.parametrize(("days", "reason"), [(13, "cooldown"), (89, "cooldown"), (91, None)])
def test_nobody_is_asked_about_visits_twice_in_ninety_days(meets, wang_fang, clock, days, reason):
    meets()
    clock.passes(days=days)

    assert meets().suppressed_because == reason


def test_two_people_of_one_firm_are_not_asked_within_two_weeks(session, meets, wang_fang, engineer, clock):
    colleague = added(session, type(engineer)(customer_id=engineer.customer_id, name="何强", created_at=clock.now))
    joined(session, "何强", Role.CUSTOMER, 1020, contact_id=colleague.id)
    meets()

    assert meets(colleague).suppressed_because == "account"
    clock.passes(days=15)
    assert meets(colleague).suppressed_because is None


def test_three_questions_a_year_are_enough(session, meets, resolved, wang_fang, clock):
    for _ in range(3):
        resolved()
        clock.passes(days=100)

    assert meets().suppressed_because == "quota"
    assert resolved().suppressed_because == "quota"
    clock.passes(days=100)
    assert meets().suppressed_because is None


def test_nobody_is_asked_for_marks_while_something_grave_is_open(session, meets, wang_fang, east_bearings, clock):
    facts = {"customer": east_bearings, "words": "停线", "severity": Severity.S1}
    grave = filing.file(session, wang_fang, **facts, at=clock.now)
    assert meets().suppressed_because == "grave_complaint"

    grave.stage, grave.fed_back_at = Stage.FED_BACK, clock.now
    session.flush()
    clock.passes(days=13)
    assert meets().suppressed_because == "grave_complaint"
    clock.passes(days=2)
    assert meets().suppressed_because is None


def test_a_complaint_is_asked_about_in_spite_of_a_recent_visit(session, asked, resolved, wang_fang, clock):
    question = resolved()

    assert (question.state, question.occasion, question.person) == (AskState.QUEUED, Occasion.COMPLAINT, wang_fang)
    clock.passes(hours=1)
    assert asking.announce_due(session, now=clock.now) == 1


def test_even_a_grave_complaint_is_asked_about_when_it_is_the_one(resolved):
    assert resolved(severity=Severity.S1).state is AskState.QUEUED


def test_two_complaints_of_one_fortnight_are_asked_about_once(resolved, clock):
    resolved()
    clock.passes(days=13)
    assert resolved().suppressed_because == "cooldown"
    clock.passes(days=2)
    assert resolved().suppressed_because is None


def test_a_complaint_filed_for_somebody_elsewhere_is_not_asked_about(session, li_wei, east_bearings, clock):
    complaint = filing.file(session, li_wei, customer=east_bearings, words="电话投诉", at=clock.now)

    assert asking.after_complaint(session, complaint, at=clock.now) is None


def test_who_stopped_meanwhile_is_not_asked(session, meets, wang_fang, clock):
    question = meets()
    wang_fang.agreed_at = None
    session.flush()

    asking.announce_due(session, now=clock.passes(minutes=11))

    assert (question.state, question.suppressed_because) == (AskState.SUPPRESSED, "no_consent")
    assert session.scalars(select(Notice)).all() == []


def test_the_first_tap_is_the_answer_and_the_second_corrects_it(session, asked, wang_fang, clock):
    surveys.record(session, wang_fang, asked.id, score=4, at=clock.now)
    assert (asked.score, asked.state) == (4, AskState.ANSWERED)

    surveys.record(session, wang_fang, asked.id, score=5, at=clock.passes(days=1))
    surveys.add_reason(session, wang_fang, asked.id, words="响应快", at=clock.now)

    assert (asked.score, asked.reason, asked.late) == (5, "响应快", False)


def test_a_late_answer_is_kept_and_marked(session, asked, wang_fang, clock):
    clock.passes(days=15)
    assert asking.expire(session, now=clock.now) == 1
    assert asked.state is AskState.EXPIRED

    surveys.record(session, wang_fang, asked.id, score=3, at=clock.now)

    assert (asked.score, asked.state, asked.late) == (3, AskState.ANSWERED, True)


def test_an_answer_in_time_is_not_changed_after_it_closed(session, asked, wang_fang, clock):
    surveys.record(session, wang_fang, asked.id, score=2, at=clock.now)

    with pytest.raises(surveys.QuestionnaireClosed):
        surveys.record(session, wang_fang, asked.id, score=5, at=clock.passes(days=15))
    assert asked.score == 2


def test_who_would_rather_not_is_left_alone_and_may_think_again(session, asked, wang_fang, clock):
    assert surveys.decline(session, wang_fang, asked.id, at=clock.now).state is AskState.DECLINED
    assert surveys.record(session, wang_fang, asked.id, score=5, at=clock.now).state is AskState.ANSWERED
    assert surveys.decline(session, wang_fang, asked.id, at=clock.now).state is AskState.ANSWERED


@pytest.mark.parametrize(("score", "told"), [(1, True), (2, True), (3, False), (5, False)])
def test_a_low_score_is_told_to_the_rep_and_the_leaders_once(
    session, asked, wang_fang, li_wei, chen_jing, clock, score, told
):
    for _ in range(2):
        surveys.record(session, wang_fang, asked.id, score=score, at=clock.now)

    notices = session.scalars(select(Notice).where(Notice.key.startswith("low-score"))).all()
    assert {notice.to for notice in notices} == ({li_wei, chen_jing} if told else set())
    assert {notice.address for notice in notices} == ({f"/questionnaires/{asked.id}"} if told else set())


@pytest.mark.parametrize("score", [0, 6, -1])
def test_a_score_is_one_to_five(session, asked, wang_fang, clock, score):
    with pytest.raises(ValueError, match="1 to 5"):
        surveys.record(session, wang_fang, asked.id, score=score, at=clock.now)


@pytest.mark.parametrize("who", ["li_wei", "chen_jing", "zhou_jie"])
def test_nobody_answers_for_her(request, session, asked, clock, who):
    with pytest.raises(NotFound):
        surveys.record(session, request.getfixturevalue(who), asked.id, score=5, at=clock.now)


@pytest.mark.parametrize(
    ("who", "sees"),
    [("wang_fang", True), ("li_wei", True), ("chen_jing", True), ("zhao_min", False), ("zhou_jie", False)],
)
def test_who_sees_an_answer(request, session, asked, who, sees):
    assert session.scalars(surveys.visible_to(request.getfixturevalue(who))).all() == ([asked] if sees else [])


def test_a_question_waiting_for_the_morning_is_taken_back_with_the_visit(session, li_wei, meets, wang_fang, clock):
    question = meets()
    asking.announce_due(session, now=clock.passes(minutes=10))

    visits.undo(session, li_wei, question.visit_id, at=clock.now)

    notice = session.scalars(select(Notice).execution_options(populate_existing=True)).one()
    assert (question.state, notice.state) == (AskState.SUPPRESSED, NoticeState.SUPPRESSED)


def test_stopping_is_no_reason_to_lose_a_complaint(session, wang_fang, east_bearings, clock):
    consent.stop(session, wang_fang, at=clock.now)
    filing.file(session, wang_fang, customer=east_bearings, words="异响", at=clock.now)

    assert len(session.scalars(select(Complaint)).all()) == 1


def test_somebody_known_under_two_contacts_is_still_one_person(
    session, asked, meets, wang_fang, engineer, east_bearings, clock
):
    again = added(session, Contact(customer_id=east_bearings.id, name="王芳工", created_at=clock.now))
    wang_fang.contact_id = again.id
    session.flush()
    clock.passes(days=20)

    assert meets(again).suppressed_because == "cooldown"


@pytest.mark.parametrize(("days", "reason"), [(13, None), (15, "long_ago"), (54, "long_ago")])
def test_nobody_is_asked_about_a_visit_of_long_ago(
    session, li_wei, wang_fang, engineer, east_bearings, clock, days, reason
):
    facts = {"kind": VisitKind.ROUTINE, "outcome": Outcome.GOOD, "met": [engineer], "at": clock.now}
    day = clock.now.date() - days * A_DAY
    visits.log(session, li_wei, customer=east_bearings, day=day, **facts)

    assert session.scalars(select(Questionnaire)).one().suppressed_because == reason
