"""Summaries: number, list, record; honest words; nobody sees more than is hers."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from crm import filing, visits
from dialog.words import width
from models.customer import Customer, Grade
from models.person import Person, Role
from models.questionnaire import AskState, Occasion, Questionnaire
from models.visit import Outcome, Visit, VisitKind
from tests.chatter import Chatter
from tests.conftest import Clock, added, firm, joined

PERIODS = ("this_week", "last_week", "month", "quarter")
PAGES = (
    "/summary",
    "/satisfaction",
    "/attention",
    "/attention/scores",
    "/attention/waiting",
    "/summary/how",
    "/summary/visits",
    "/summary/complaints",
    "/summary/answers",
)


@pytest.fixture
def logs(session: Session, clock: Clock) -> Callable[..., Visit]:
    """Somebody visits a customer now."""

    def logs(rep: Person, customer: Customer, **more: object) -> Visit:
        facts = {"kind": VisitKind.ROUTINE, "outcome": Outcome.GOOD, "at": clock.now} | more
        visit = visits.log(session, rep, customer=customer, **facts)
        clock.passes(minutes=1)
        return visit

    return logs


@pytest.fixture
def answers(session: Session, clock: Clock, wang_fang: Person, east_bearings: Customer) -> Callable[..., Questionnaire]:
    """王芳 answers a question."""

    def answers(score: int, **ago: float) -> Questionnaire:
        at = clock.now - timedelta(**ago)
        row = Questionnaire(contact_id=wang_fang.contact_id, person_id=wang_fang.id, customer_id=east_bearings.id)
        row.rep_id, row.occasion, row.state = east_bearings.owner_id, Occasion.VISIT, AskState.ANSWERED
        row.ask_at, row.closes_at, row.answered_at, row.score = at, at + timedelta(days=14), at, score
        return added(session, row)

    return answers


def test_the_manager_walks_from_the_number_to_the_record(
    chen: Chatter, logs: Callable[..., Visit], li_wei: Person, zhao_min: Person, east_bearings: Customer, north_pumps
):
    visit = logs(li_wei, east_bearings, note="谈了备件")
    logs(zhao_min, north_pumps)

    chen.says("/summary")
    assert "拜访 2 · A 1 · B 1 · C 0" in chen.sees
    assert "李伟 1 · 赵敏 1" in chen.sees
    assert chen.screen.picture

    chen.taps("拜访 2")
    assert "北方泵业" in chen.sees
    chen.taps("按业务员")
    chen.taps("李伟 · 1")
    assert "北方泵业" not in chen.sees
    chen.taps("华东轴承")
    assert visit.number in chen.sees
    assert "谈了备件" in chen.sees


def test_visits_of_one_grade_are_listed_alone(
    chen: Chatter, logs: Callable[..., Visit], li_wei: Person, zhao_min: Person, east_bearings: Customer, north_pumps
):
    logs(li_wei, east_bearings)
    logs(zhao_min, north_pumps)
    chen.presses("/summary/visits", 1)
    chen.taps("B")
    assert "• B" in chen.buttons
    assert "北方泵业" in chen.sees
    assert "华东轴承" not in chen.sees


def test_the_chosen_period_is_marked_and_kept_on_the_way(
    chen: Chatter, logs: Callable[..., Visit], li_wei: Person, east_bearings: Customer, clock: Clock
):
    logs(li_wei, east_bearings)
    clock.passes(days=7)
    chen.says("/summary")
    assert "拜访 0" in chen.sees
    chen.taps("换个时段")
    assert "• 本周" in chen.buttons

    chen.taps("上周")
    assert "3月9日–3月15日" in chen.sees
    chen.taps("拜访 1")
    assert "华东轴承" in chen.sees
    chen.taps("返回")
    assert "3月9日–3月15日" in chen.sees
    chen.taps("换个时段")
    assert "• 上周" in chen.buttons


def test_a_rep_sees_only_the_numbers_of_her_own_work(
    li: Chatter, logs: Callable[..., Visit], li_wei: Person, zhao_min: Person, east_bearings: Customer, north_pumps
):
    logs(li_wei, east_bearings)
    logs(zhao_min, north_pumps)
    li.says("/summary")
    assert "拜访 1 · A 1 · B 0 · C 0" in li.sees
    assert "赵敏" not in li.sees

    for forged in (f"/summary/visits?rep={zhao_min.id}", "/summary/visits?rep=99999", "/summary/visits?grade=B"):
        li.presses(forged, 1)
        assert "北方泵业" not in li.sees
    li.presses("/summary/reps", 1)
    assert "没有这项权限" in (li.toast or "")


def test_complaints_lead_to_their_lists_and_cards(
    chen: Chatter, session: Session, li_wei: Person, east_bearings: Customer, clock: Clock
):
    clock.shows("2026-03-09 09:30")
    complaint = filing.file(session, li_wei, customer=east_bearings, words="3号线漏油", at=clock.now)
    clock.shows("2026-03-13 09:30")

    chen.says("/summary")
    assert "投诉 新增 1 · 未结 1 · 逾期 1" in chen.sees
    for button in ("新增 1", "未结 1", "逾期 1"):
        chen.says("/summary")
        chen.taps(button)
        chen.taps("华东轴承")
        assert complaint.number in chen.sees


@pytest.mark.parametrize(
    ("scores", "said"),
    [
        ([], "还没有客户评价"),
        ([5], "1 份评价中 1 份满意；份数太少，不算百分比"),
        ([5] * 8 + [1], "9 份评价中 8 份满意；份数太少，不算百分比"),
        ([5] * 10, "满意率 100%（10 份中 10 份满意） · 95% 区间 72%–100%"),
        ([5] * 17 + [3] * 3, "满意率 85%（20 份中 17 份满意） · 95% 区间 64%–95%"),
    ],
)
def test_a_score_is_shown_with_its_size_and_only_then_as_a_percentage(
    chen: Chatter, answers: Callable[..., Questionnaire], scores: list[int], said: str
):
    for score in scores:
        answers(score, hours=1)
    for page in ("/summary", "/satisfaction?period=this_week"):
        chen.presses(page, 1)
        assert said in chen.sees


@pytest.mark.parametrize(
    ("before", "now", "said"),
    [
        ([5] * 12, [5] * 12, "无显著变化"),
        ([1] * 12, [5] * 12, "相比：上升"),
        ([5] * 12, [1] * 12, "相比：下降"),
        ([1] * 9, [5] * 12, "份数太少，不作比较"),
    ],
)
def test_a_change_is_told_only_as_far_as_it_is_proven(
    chen: Chatter, answers: Callable[..., Questionnaire], clock: Clock, before: list[int], now: list[int], said: str
):
    clock.shows("2026-03-13 18:00")
    for score in now:
        answers(score, days=1)
    for score in before:
        answers(score, days=5.5)
    chen.presses("/satisfaction?period=this_week", 1)
    assert said in chen.sees


def test_why_prints_the_formula_and_leads_to_the_rows(chen: Chatter, answers: Callable[..., Questionnaire]):
    answers(4, hours=2)
    answers(2, hours=1)
    chen.says("/summary")
    chen.taps("换个时段")
    chen.taps("怎么算的")
    assert "1 ÷ 2" in chen.sees
    assert "Wilson 95%" in chen.sees
    chen.taps("评价 2")
    assert [button[:1] for button in chen.buttons[:2]] == ["2", "4"]
    chen.taps("2 · 华东轴承")
    assert "华东轴承" in chen.sees


def test_what_needs_the_manager_is_exceptions_only(
    chen: Chatter,
    session: Session,
    logs: Callable[..., Visit],
    answers: Callable[..., Questionnaire],
    li_wei: Person,
    east_bearings: Customer,
    clock: Clock,
):
    logs(li_wei, east_bearings)
    chen.says("/attention")
    assert "没有。投诉没有新增也没有逾期" in chen.sees
    assert chen.buttons == ["‹ 首页"]

    filing.file(session, li_wei, customer=east_bearings, words="漏油", at=clock.now)
    clock.passes(days=40)
    answers(1, hours=1)
    chen.says("/attention")
    assert chen.buttons == ["❗ 逾期 1", "🆕 待受理 1", "🙁 低分 1", "⏳ A 类客户 1", "‹ 首页"]
    for button in chen.buttons[:4]:
        chen.says("/attention")
        chen.taps(button)
        chen.taps("华东轴承")
        assert "华东轴承" in chen.sees

    logs(li_wei, east_bearings)
    chen.says("/attention")
    assert chen.buttons == ["❗ 逾期 1", "🆕 待受理 1", "‹ 首页"]


def test_customers_who_wait_are_listed_with_days_and_last_visit(
    chen: Chatter, logs: Callable[..., Visit], li_wei: Person, east_bearings: Customer, clock: Clock
):
    logs(li_wei, east_bearings)
    clock.passes(days=35)
    chen.says("/summary")
    chen.taps("久未拜访 1")
    assert "李伟" in chen.sees, "a leader reads whose it is"
    assert "超 5 天 · 上次 3月10日" in chen.sees
    assert "A 30 · B 90 · C 365" in chen.sees
    chen.taps("B")
    assert "没有这样的客户" in chen.sees


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("query", ["", *(f"period={period}" for period in PERIODS), "grade=C", "page=3"])
@pytest.mark.parametrize("language", ["zh_CN", "en"])
def test_every_page_reads_for_rep_and_manager(
    meet: Callable[..., Chatter],
    answers: Callable[..., Questionnaire],
    li_wei: Person,
    chen_jing: Person,
    page: str,
    query: str,
    language: str,
):
    answers(1, hours=1)
    for person in (li_wei, chen_jing):
        somebody = meet(person, language)
        somebody.presses(f"{page}?{query}" if query else page, 1)
        assert somebody.sees
        assert re.search(r"[一-鿿]", somebody.sees) or language == "en"
        for row in somebody.screen.keyboard:
            for button in row:
                assert button.data is None or len(button.data.encode()) <= 64


@pytest.mark.parametrize(
    "forged",
    [
        "/summary?period=forever",
        "/summary/visits?rep=x",
        "/summary/visits?grade=Z",
        f"/summary/visits?rep={'9' * 40}",
        f"/summary/answers?page={'9' * 40}",
        "/summary/visits?period=%00",
    ],
)
def test_a_forged_period_or_grade_is_not_found(chen: Chatter, forged: str):
    chen.presses(forged, 1)
    assert chen.toast
    assert not chen.screens


@pytest.mark.parametrize("page", [-1, 10**9])
def test_a_page_beyond_the_end_is_empty_and_harmless(chen: Chatter, page: int):
    chen.presses(f"/summary/visits?page={page}", 1)
    assert "这里没有拜访" in chen.sees


def test_customers_see_no_summary(wang: Chatter):
    for page in PAGES:
        wang.presses(page, 1)
        assert "只供我们的同事使用" in (wang.toast or "")


def test_a_summary_of_many_reps_with_long_names_fits_below_a_picture(
    chen: Chatter, session: Session, logs: Callable[..., Visit], clock: Clock, meet: Callable[..., Chatter]
):
    for n in range(40):
        rep = joined(session, f"<b>{n}</b>" + "很长的名字" * 12, Role.REP, 5000 + n)
        logs(rep, firm(session, f"客户{n}" + "集团" * 50, owner=rep, grade=Grade.A))
    for language in ("zh_CN", "en"):
        manager = meet(chen.person, language)
        manager.says("/summary")
        assert width(manager.screen.text) <= 1024
        assert "25" in manager.sees
        for page in ("/summary/visits", "/summary/reps", "/attention/waiting", "/team"):
            manager.presses(page, 1)
            assert width(manager.screen.text) <= 4096


def test_on_a_monday_the_summary_is_of_last_week(chen: Chatter, clock: Clock):
    clock.shows("2026-03-16 09:30")
    chen.says("/summary")
    assert "汇总 · 上周" in chen.sees
