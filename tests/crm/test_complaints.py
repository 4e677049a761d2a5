"""A complaint goes from gate to gate, on time, once, and its reporter sees each step."""

from datetime import UTC, datetime, timedelta
from itertools import product

import pytest
from sqlalchemy import select

from crm import asking, complaint_notices, complaints, filing, triage, visits
from crm.attachments import Sent
from crm.moves import acknowledge, feed_back, investigate, reopen, resolve
from models.attachment import FileKind
from models.audit import AuditEntry
from models.complaint import MOVES, Complaint, ComplaintKind, Severity, Stage
from models.customer import Grade
from models.notice import Notice, Reason
from models.person import Role
from models.problem import AlreadyDone, NotAllowed, NotFound
from models.questionnaire import Questionnaire
from models.visit import Outcome, VisitKind
from tests.conftest import joined

REOPENED = (Stage.RESOLVED, Stage.INVESTIGATING)


def local(words):
    return datetime.fromisoformat(f"{words}+08:00").astimezone(UTC)


@pytest.fixture
def files(session, wang_fang, east_bearings, clock):
    """File a complaint about 华东轴承, by 王芳 unless somebody else is named."""

    def file(actor=wang_fang, **facts):
        usual = {"customer": east_bearings, "words": "3号轴承异响", "at": clock.now}
        return filing.file(session, actor, **usual | facts)

    return file


@pytest.fixture
def moves(session, chen_jing, clock):
    """Take one step with a complaint, as the manager unless somebody else is named."""

    def move(verb, complaint, actor=chen_jing, **facts):
        usual = {"version": complaint.version, "at": clock.now}
        if verb is resolve:
            usual["remedy"] = "已更换轴承"
        return verb(session, actor, complaint.id, **usual | facts)

    return move


@pytest.fixture
def brought_to(moves):
    """Bring a complaint to a stage by the ordinary way."""

    def bring(complaint, stage):
        way = [acknowledge, investigate, resolve, feed_back]
        for verb in way[: list(Stage).index(stage)]:
            moves(verb, complaint)
        return complaint

    return bring


def notices_of(session, person):
    return session.scalars(select(Notice).where(Notice.to_id == person.id).order_by(Notice.id)).all()


def test_the_first_message_is_the_complaint(session, files, wang_fang, li_wei, clock):
    photo = Sent(FileKind.PHOTO, "file-1", "unique-1")

    complaint = files(words="", files=[photo])

    assert complaint.number == f"C{complaint.id:05d}"
    assert (complaint.reporter, complaint.owner, complaint.proxy) == (wang_fang, li_wei, False)
    assert (complaint.stage, complaint.severity) == (Stage.RECEIVED, Severity.S3)
    assert [kept.file_id for kept in complaint.attachments] == ["file-1"]


def test_a_complaint_says_or_shows_something(files):
    with pytest.raises(complaints.ReasonNeeded):
        files(words=" ")


@pytest.mark.parametrize(
    ("severity", "leaders"), [(Severity.S1, 1), (Severity.S2, 1), (Severity.S3, 0), (Severity.S4, 0)]
)
def test_the_owner_is_told_the_leaders_only_of_what_is_grave_and_who_filed_it_never(
    session, files, li_wei, chen_jing, sun_li, wang_fang, severity, leaders
):
    complaint = files(severity=severity)

    told = [len(notices_of(session, person)) for person in (li_wei, chen_jing, sun_li, wang_fang)]
    assert told == [1, leaders, leaders, 0]
    (told,) = notices_of(session, li_wei)
    assert (told.address, told.thread) == (f"/complaints/{complaint.id}", f"complaint:{complaint.id}")
    assert told.urgent is (severity is Severity.S1)


def test_the_leaders_are_told_when_the_owner_cannot_be(session, files, li_wei, chen_jing, clock):
    li_wei.unreachable_since = clock.now

    files()

    assert len(notices_of(session, chen_jing)) == 1


def test_a_rep_files_for_somebody_who_wrote_elsewhere(session, files, li_wei, wang_fang, chen_jing):
    by_phone = files(li_wei)
    forwarded = files(li_wei, reporter=wang_fang)

    assert (by_phone.reporter, by_phone.proxy, forwarded.reporter, forwarded.proxy) == (None, True, wang_fang, True)
    assert [notice.address for notice in notices_of(session, wang_fang)] == [f"/complaints/{forwarded.id}"]
    assert notices_of(session, li_wei) == []
    assert notices_of(session, chen_jing) == []


def test_nobody_complains_for_another_firm(files, zhou_jie, north_pumps, zhao_min, li_wei):
    with pytest.raises(NotFound):
        files(zhou_jie)
    with pytest.raises(NotFound):
        files(customer=north_pumps)
    with pytest.raises(NotFound):
        files(zhao_min)
    with pytest.raises(NotFound):
        files(li_wei, reporter=zhou_jie)


@pytest.mark.parametrize(
    ("words", "proposed"),
    [
        ("液压站泄漏", Severity.S1),
        ("产线停线两小时", Severity.S1),
        ("有人受伤", Severity.S1),
        ("Oil LEAK at pump 3", Severity.S1),
        ("轴承有点响", None),
        ("泵坏了，没有人受伤", None),
        ("没人受伤，现场无泄漏", None),
        ("没有人受伤，但是着火了", Severity.S1),
        ("有没有人受伤还不知道", Severity.S1),
        ("不是没有人受伤", Severity.S1),
        ("没有。有人受伤", Severity.S1),
        ("Nobody was injured, no leak", None),
        ("Not sure. Fire!", Severity.S1),
        # Only harm is denied: a machine without a guard is dangerous, and a recall never harmless.
        ("机器没有安全防护罩，工人靠得很近", Severity.S1),
        ("现场没有任何安全措施", Severity.S1),
        ("没有安全联锁，也无安全阀", Severity.S1),
        ("没有安全隐患", None),
        ("未召回的那批还在用", Severity.S1),
        ("并非没有泄漏", Severity.S1),
        ("还没有起火，但冒烟了", Severity.S1),
        ("The pump has not stopped leaking", Severity.S1),
        ("It is not only leaking", Severity.S1),
        ("nobody fixed leaks since Monday", Severity.S1),
        # What people call it.
        *(
            (words, Severity.S1)
            for words in ("工人摔伤了", "腿骨折", "外壳漏电", "电机冒烟", "漏气中毒", "产线全停", "设备停机")
        ),
        *((words, Severity.S1) for words in ("someone got hurt", "I got an electric shock", "there is smoke")),
        # What only looks like it: an oil leak is a complaint like another, in both languages.
        *((words, None) for words in ("2号泵漏油", "the pump leaks oil", "油温安全", "安全帽少了两顶", "货已安全到货")),
        ("油温不安全", Severity.S1),
    ],
)
def test_words_of_danger_propose_the_gravest_and_alert_at_once(session, files, li_wei, words, proposed):
    complaint = files(words=words)

    assert (complaint.severity, complaint.proposed) == (Severity.S3, proposed)
    assert [notice.urgent for notice in notices_of(session, li_wei)] == [proposed is not None]


@pytest.mark.parametrize(
    ("severity", "acknowledge_by", "resolve_by"),
    [
        (Severity.S1, "2026-03-13 18:30", "2026-03-20 17:30"),  # CMP-08: the first contact runs on wall time
        (Severity.S2, "2026-03-16 10:30", "2026-03-27 17:30"),
        (Severity.S3, "2026-03-16 12:30", "2026-04-03 17:30"),
        (Severity.S4, "2026-03-16 17:30", "2026-04-13 17:30"),  # Qingming, Monday 6 April, is no working day
    ],
)
def test_how_soon_a_complaint_of_friday_1730_is_answered_and_resolved(
    files, clock, severity, acknowledge_by, resolve_by
):
    clock.shows("2026-03-13 17:30")

    complaint = files(severity=severity)

    assert complaint.acknowledge_by == local(acknowledge_by)
    assert complaint.resolve_by == local(resolve_by)


def test_a_grade_never_relaxes_a_deadline(session, files, east_bearings):
    important = files()
    east_bearings.grade = Grade.C
    session.flush()
    unimportant = files()

    assert (important.acknowledge_by, important.resolve_by) == (unimportant.acknowledge_by, unimportant.resolve_by)


def test_an_open_clock_past_its_time_counts_at_once(session, files, moves, chen_jing, clock):
    complaint = files()
    late = complaint.acknowledge_by

    def overdue():
        return complaints.open_ones(session, chen_jing, now=clock.now, overdue_only=True)

    clock.now = late
    assert (overdue(), complaint.overdue(clock.now)) == ([], False)
    clock.passes(seconds=1)
    assert (overdue(), complaint.overdue(clock.now)) == ([complaint], True)
    moves(acknowledge, complaint)
    assert (overdue(), complaint.overdue(clock.now)) == ([], False)


def test_each_broken_promise_is_told_to_owner_and_leaders_once(session, files, li_wei, chen_jing, wang_fang, clock):
    complaint = files()

    def told():
        announced = complaint_notices.announce_late(session, now=clock.now)
        return announced, [notice.key for notice in notices_of(session, chen_jing)]

    assert told() == (0, [])
    clock.now = complaint.acknowledge_by + timedelta(seconds=1)
    first = f"late:{complaint.id}:1:0:{chen_jing.id}"
    assert told() == (1, [first])
    assert told() == (0, [first])
    clock.now = complaint.resolve_by + timedelta(seconds=1)
    assert told() == (1, [first, f"late:{complaint.id}:2:0:{chen_jing.id}"])
    assert told()[0] == 0
    assert (len(notices_of(session, li_wei)), len(notices_of(session, wang_fang))) == (3, 0)


def test_a_promise_broken_again_after_opening_again_is_told_again(session, files, brought_to, moves, wang_fang, clock):
    complaint = brought_to(files(), Stage.RESOLVED)
    moves(reopen, complaint, wang_fang, words="还在响")
    assert complaint_notices.announce_late(session, now=clock.now) == 0

    clock.now = complaint.resolve_by + timedelta(seconds=1)

    assert complaint_notices.announce_late(session, now=clock.now) == 1
    assert complaint_notices.announce_late(session, now=clock.now) == 0


def test_a_complaint_goes_from_gate_to_gate(files, brought_to, chen_jing, clock):
    complaint = brought_to(files(), Stage.FED_BACK)

    assert [(move.was, move.became) for move in complaint.moves] == [
        (None, Stage.RECEIVED),
        (Stage.RECEIVED, Stage.ACKNOWLEDGED),
        (Stage.ACKNOWLEDGED, Stage.INVESTIGATING),
        (Stage.INVESTIGATING, Stage.RESOLVED),
        (Stage.RESOLVED, Stage.FED_BACK),
    ]
    assert (complaint.version, complaint.remedy, complaint.open) == (5, "已更换轴承", False)
    assert clock.now == complaint.acknowledged_at == complaint.resolved_at == complaint.fed_back_at


@pytest.mark.parametrize(("stage", "became"), list(product(Stage, list(Stage)[1:])))
def test_a_complaint_takes_only_the_steps_that_are_written_down(files, brought_to, moves, stage, became):
    complaint = brought_to(files(), stage)
    verbs = {
        Stage.ACKNOWLEDGED: acknowledge,
        Stage.INVESTIGATING: reopen if stage is Stage.RESOLVED else investigate,
        Stage.RESOLVED: resolve,
        Stage.FED_BACK: feed_back,
    }
    why = {"words": "还在响"} if (stage, became) == REOPENED else {}

    if became in MOVES[stage]:
        assert moves(verbs[became], complaint, **why).stage is became
    else:
        with pytest.raises(complaints.MoveRefused) as problem:
            moves(verbs[became], complaint, **why)
        assert problem.value.facts == {"complaint": complaint, "became": became}


@pytest.mark.parametrize("stage", [stage for stage in Stage if stage is not Stage.RESOLVED])
def test_only_what_was_resolved_is_opened_again(files, brought_to, moves, stage):
    complaint = brought_to(files(), stage)

    with pytest.raises(complaints.MoveRefused):
        moves(reopen, complaint, words="还在响")


def test_the_second_finger_on_a_button_finds_it_done(session, files, moves, li_wei, chen_jing):
    complaint = files()
    moves(acknowledge, complaint, li_wei, version=1)

    with pytest.raises(AlreadyDone) as problem:
        moves(acknowledge, complaint, chen_jing, version=1)

    assert problem.value.facts == {"complaint": complaint}
    assert session.scalar(select(Complaint.version)) == 2


def test_the_reporter_sees_each_step_in_one_message_and_only_the_remedy_pings(session, files, brought_to, wang_fang):
    complaint = brought_to(files(), Stage.FED_BACK)

    told = notices_of(session, wang_fang)

    assert [notice.key for notice in told] == [f"complaint:{complaint.id}:{version}" for version in (2, 3, 4, 5)]
    assert {notice.thread for notice in told} == {f"complaint:{complaint.id}"}
    assert [notice.ping for notice in told] == [False, False, True, False]


def test_resolving_asks_the_reporter_how_it_went_once(session, files, brought_to, moves, wang_fang, clock):
    complaint = brought_to(files(), Stage.RESOLVED)
    moves(reopen, complaint, wang_fang, words="还在响")
    assert asking.announce_due(session, now=clock.now) == 0  # not while it is open again

    moves(resolve, complaint)
    clock.passes(minutes=59)
    assert asking.announce_due(session, now=clock.now) == 0
    clock.passes(minutes=1)
    assert asking.announce_due(session, now=clock.now) == 1
    assert session.scalars(select(Questionnaire.complaint_id)).all() == [complaint.id]


def test_a_remedy_is_named(files, brought_to, moves):
    complaint = brought_to(files(), Stage.INVESTIGATING)

    with pytest.raises(complaints.ReasonNeeded):
        moves(resolve, complaint, remedy=" ")


@pytest.mark.parametrize(
    ("severity", "who", "may"),
    [
        (Severity.S3, "li_wei", True),  # the owner closes what is not grave
        (Severity.S2, "li_wei", False),
        (Severity.S1, "li_wei", False),
        (Severity.S1, "chen_jing", True),
    ],
)
def test_who_closes_a_complaint(request, files, brought_to, moves, severity, who, may):
    complaint = brought_to(files(severity=severity), Stage.RESOLVED)
    actor = request.getfixturevalue(who)

    if may:
        assert moves(feed_back, complaint, actor).stage is Stage.FED_BACK
    else:
        with pytest.raises(complaints.NeedsALeader):
            moves(feed_back, complaint, actor)


def test_even_a_manager_does_not_close_her_own_grave_complaint(session, files, brought_to, moves, chen_jing):
    complaint = brought_to(files(severity=Severity.S1), Stage.RESOLVED)
    complaint.owner_id = chen_jing.id
    session.flush()

    with pytest.raises(complaints.NeedsALeader):
        moves(feed_back, complaint, chen_jing)


def test_a_complaint_opened_again_has_half_the_time(files, brought_to, moves, wang_fang, li_wei, session, clock):
    clock.shows("2026-03-10 09:00")
    complaint = brought_to(files(), Stage.RESOLVED)

    clock.shows("2026-03-16 09:00")
    moves(reopen, complaint, wang_fang, words="还在响")

    assert (complaint.stage, complaint.resolved_at, complaint.reopened) == (Stage.INVESTIGATING, None, 1)
    assert complaint.resolve_by == local("2026-03-25 13:30")  # 7.5 of 15 business days
    assert complaint.moves[-1].words == "还在响"
    assert len(notices_of(session, li_wei)) == 2


def test_the_second_time_it_is_graver_and_a_leaders(files, brought_to, moves, wang_fang, chen_jing):
    complaint = brought_to(files(), Stage.RESOLVED)
    moves(reopen, complaint, wang_fang, words="还在响")
    moves(resolve, complaint)

    moves(reopen, complaint, wang_fang, words="又响了")

    assert (complaint.severity, complaint.owner, complaint.reopened) == (Severity.S2, chen_jing, 2)


def test_opening_again_needs_a_reason_and_is_the_reporters_or_the_staffs(files, brought_to, moves, wang_fang, zhou_jie):
    complaint = brought_to(files(), Stage.RESOLVED)

    with pytest.raises(complaints.ReasonNeeded):
        moves(reopen, complaint, wang_fang, words="")
    with pytest.raises(NotFound):
        moves(reopen, complaint, zhou_jie, words="还在响")


def test_a_customers_person_takes_no_other_step(files, moves, wang_fang):
    with pytest.raises(NotAllowed):
        moves(acknowledge, files(), wang_fang)


def test_anybody_who_handles_it_makes_it_graver_and_leaders_are_alerted(session, files, moves, li_wei, chen_jing):
    complaint = files(words="油泄漏")

    moves(triage.set_severity, complaint, li_wei, severity=Severity.S1)

    assert (complaint.severity, complaint.proposed) == (Severity.S1, None)
    assert [notice.urgent for notice in notices_of(session, chen_jing)] == [True, True]


def test_only_a_leader_makes_it_lighter_and_says_why(files, moves, li_wei, chen_jing):
    complaint = files()

    with pytest.raises(complaints.NeedsALeader):
        moves(triage.set_severity, complaint, li_wei, severity=Severity.S4, reason="小事")
    with pytest.raises(complaints.ReasonNeeded):
        moves(triage.set_severity, complaint, chen_jing, severity=Severity.S4)
    assert moves(triage.set_severity, complaint, severity=Severity.S4, reason="只是外观").severity is Severity.S4


def test_a_new_severity_counts_the_clocks_not_met_from_the_receipt(files, moves, clock):
    clock.shows("2026-03-10 09:00")
    complaint = files()
    clock.shows("2026-03-10 10:00")
    moves(acknowledge, complaint)
    met = complaint.acknowledge_by

    moves(triage.set_severity, complaint, severity=Severity.S2)

    assert complaint.acknowledge_by == met
    assert complaint.resolve_by == local("2026-03-23 18:00")  # 10 business days from the receipt


def test_a_complaint_is_told_what_it_is_about(files, moves):
    complaint = files()

    moves(triage.set_kind, complaint, kind=ComplaintKind.QUALITY)

    assert (complaint.kind, complaint.version) == (ComplaintKind.QUALITY, 2)
    with pytest.raises(AlreadyDone):
        moves(triage.set_kind, complaint, kind=ComplaintKind.OTHER, version=1)


@pytest.mark.parametrize(
    ("who", "found"),
    [
        ("wang_fang", True),
        ("li_wei", True),
        ("chen_jing", True),
        ("sun_li", True),
        ("zhao_min", False),
        ("zhou_jie", False),
    ],
)
def test_who_sees_a_complaint(request, session, files, who, found):
    complaint = files()
    seen = session.scalars(complaints.visible_to(request.getfixturevalue(who))).all()

    assert seen == ([complaint] if found else [])


def test_a_colleague_of_the_reporter_does_not_see_it(session, files, engineer):
    files()
    colleague = joined(session, "吴磊", Role.CUSTOMER, 1010, contact_id=engineer.id)

    assert session.scalars(complaints.visible_to(colleague)).all() == []


def test_the_gravest_stand_first_in_the_list(session, files, brought_to, chen_jing, clock):
    usual, grave, closed = files(), files(severity=Severity.S1), brought_to(files(), Stage.FED_BACK)

    listed = complaints.open_ones(session, chen_jing, now=clock.now)

    assert listed == [grave, usual]
    assert closed not in listed
    assert complaints.open_ones(session, chen_jing, now=clock.now, limit=1, offset=1) == [usual]


def test_every_step_is_in_the_audit_trail_without_words(session, files, brought_to):
    complaint = brought_to(files(words="秘密的话"), Stage.FED_BACK)

    trail = session.scalars(select(AuditEntry).where(AuditEntry.object == f"complaint:{complaint.id}")).all()
    assert [entry.action for entry in trail] == ["complaint.filed", *["complaint.moved"] * 4]
    assert not any("秘密" in str(entry.facts) for entry in trail)


def test_each_notice_says_why_it_came(session, files, brought_to, moves, wang_fang, li_wei, clock):
    complaint = files()
    filing.add(session, wang_fang, complaint.id, words="还漏油", at=clock.now)
    clock.now = complaint.acknowledge_by + timedelta(seconds=1)
    complaint_notices.announce_late(session, now=clock.now)
    brought_to(complaint, Stage.RESOLVED)
    moves(reopen, complaint, wang_fang, words="还在响")

    assert [notice.reason for notice in notices_of(session, li_wei)] == [
        Reason.NEW,
        Reason.ADDED,
        Reason.LATE_ANSWER,
        Reason.REOPENED,
    ]


def test_a_complaint_made_graver_is_told_to_the_leaders(session, files, moves, li_wei, chen_jing):
    complaint = files(severity=Severity.S4)
    moves(triage.set_severity, complaint, li_wei, severity=Severity.S3)
    assert notices_of(session, chen_jing) == []

    moves(triage.set_severity, complaint, li_wei, severity=Severity.S2)

    (told,) = notices_of(session, chen_jing)
    assert (told.reason, told.urgent) == (Reason.GRAVER, False)


def test_what_is_added_within_minutes_rings_once(session, files, wang_fang, li_wei, clock):
    complaint = files()

    def adds(words):
        filing.add(session, wang_fang, complaint.id, words=words, at=clock.now)
        return [notice.ping for notice in notices_of(session, li_wei)]

    clock.passes(minutes=3)
    assert adds("还漏油") == [True, False]
    clock.passes(minutes=6)
    assert adds("照片随后") == [True, False, False]
    clock.passes(minutes=2)
    assert adds("请快点") == [True, False, False, True]


def test_danger_rings_however_short_after(session, files, wang_fang, li_wei, clock):
    complaint = files()
    clock.passes(minutes=1)

    filing.correct_words(session, wang_fang, complaint.id, words="起火了", at=clock.now)

    assert [(notice.ping, notice.urgent) for notice in notices_of(session, li_wei)] == [(True, False), (True, True)]


def test_what_is_opened_a_second_time_says_whose_it_is_now(session, files, brought_to, moves, wang_fang, chen_jing):
    complaint = brought_to(files(), Stage.RESOLVED)
    moves(reopen, complaint, wang_fang, words="还在响")
    moves(resolve, complaint)

    moves(reopen, complaint, wang_fang, words="又响了")

    assert notices_of(session, chen_jing)[-1].reason is Reason.YOURS


def test_a_forged_investigation_takes_nothing_up_that_was_resolved(files, brought_to, moves, li_wei):
    complaint = brought_to(files(), Stage.RESOLVED)

    with pytest.raises(complaints.MoveRefused):
        moves(investigate, complaint, actor=li_wei)

    assert (complaint.stage, complaint.reopened) == (Stage.RESOLVED, 0)
    assert complaint.resolved_at is not None


@pytest.mark.parametrize("severity", [Severity.S1, Severity.S4])
def test_what_is_closed_is_judged_no_more_and_rings_nobody(session, files, brought_to, moves, severity):
    complaint = brought_to(files(), Stage.FED_BACK)
    before = len(session.scalars(select(Notice)).all())

    with pytest.raises(AlreadyDone):
        moves(triage.set_severity, complaint, severity=severity, reason="误报")

    assert complaint.severity is Severity.S3
    assert len(session.scalars(select(Notice)).all()) == before


def test_a_slip_of_the_pen_put_right_does_not_overrule_who_judged(session, files, moves, wang_fang, chen_jing, clock):
    complaint = files(words="安全阀标签贴错了字")
    assert complaint.proposed is Severity.S1
    moves(triage.set_severity, complaint, severity=Severity.S3)
    clock.shows("2026-03-11 02:00")

    filing.correct_words(session, wang_fang, complaint.id, words="安全阀标签贴错了。", at=clock.now)
    assert complaint.proposed is None
    assert not [notice for notice in notices_of(session, chen_jing) if notice.reason is Reason.CORRECTED]

    filing.correct_words(session, wang_fang, complaint.id, words="安全阀标签贴错了，有人受伤", at=clock.now)
    assert complaint.proposed is Severity.S1
    assert [notice.urgent for notice in notices_of(session, chen_jing) if notice.reason is Reason.CORRECTED] == [True]


def test_what_sounds_gravest_and_nobody_judged_is_closed_by_a_leader(files, brought_to, moves, li_wei, chen_jing):
    complaint = brought_to(files(words="泄漏，车间停产"), Stage.RESOLVED)
    assert (complaint.severity, complaint.proposed) == (Severity.S3, Severity.S1)

    with pytest.raises(complaints.NeedsALeader):
        moves(feed_back, complaint, actor=li_wei)
    moves(feed_back, complaint, actor=chen_jing)

    assert complaint.stage is Stage.FED_BACK


def test_nobody_is_asked_for_marks_while_something_may_be_grave(session, files, li_wei, wang_fang, engineer, clock):
    files(words="油泵泄漏，已停产")
    facts = {"kind": VisitKind.ROUTINE, "outcome": Outcome.GOOD, "met": [engineer], "at": clock.now}
    visits.log(session, li_wei, customer=engineer.customer, **facts)

    assert session.scalars(select(Questionnaire)).one().suppressed_because == "grave_complaint"


def test_a_character_no_database_holds_finds_what_stands_beside_it(session, files, li_wei, clock):
    complaint = files(words="3号轴承异响")

    assert complaints.listed(session, li_wei, now=clock.now, words="异\0响") == [complaint]
