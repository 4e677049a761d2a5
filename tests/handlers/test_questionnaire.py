"""Questionnaires: one tap is an answer."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from crm import asking, filing, moves, visits
from models.attachment import FileKind
from models.customer import Contact, Customer
from models.notice import Notice
from models.person import Person
from models.questionnaire import AskState, Questionnaire
from models.visit import Outcome, VisitKind
from tests.chatter import Chatter
from tests.conftest import Clock


@pytest.fixture
def asked(session: Session, li_wei: Person, wang_fang: Person, east_bearings: Customer, clock: Clock) -> Questionnaire:
    """王芳's complaint was resolved, and an hour later she is asked."""
    complaint = filing.file(session, wang_fang, customer=east_bearings, words="漏油", at=clock.now)
    for step, words in (
        (moves.acknowledge, {}),
        (moves.investigate, {}),
        (moves.resolve, {"remedy": "换新"}),
    ):
        step(session, li_wei, complaint.id, version=complaint.version, at=clock.now, **words)
    clock.passes(hours=1)
    asking.announce_due(session, now=clock.now)
    return session.scalars(select(Questionnaire)).one()


def sheet(asked: Questionnaire) -> str:
    return f"/questionnaires/{asked.id}"


def skip(somebody: Chatter) -> None:
    somebody.presses(next(b.data for row in somebody.screen.keyboard for b in row if b.data.endswith(":!skip")))


@pytest.mark.parametrize("score", [1, 2, 3, 4, 5])
def test_the_first_tap_is_the_answer_even_if_nothing_follows(
    session: Session, wang: Chatter, asked: Questionnaire, score: int, clock: Clock
):
    wang.opens(sheet(asked))
    wang.taps(str(score))
    assert wang.taps_made == 1
    assert (asked.score, asked.state, asked.answered_at) == (score, AskState.ANSWERED, clock.now)


def test_the_scale_is_balanced_and_says_what_its_ends_mean(wang: Chatter, asked: Questionnaire):
    wang.opens(sheet(asked))
    assert "1 非常不满意 … 5 非常满意" in wang.sees
    assert wang.buttons[:5] == ["1", "2", "3", "4", "5"]
    assert "不想回答" in wang.buttons
    assert all(len(b.data.encode()) <= 64 for row in wang.screen.keyboard for b in row)


def test_the_reason_may_be_skipped(session: Session, wang: Chatter, asked: Questionnaire):
    wang.opens(sheet(asked))
    wang.taps("4")
    skip(wang)
    assert (asked.score, asked.reason) == (4, "")
    assert "已记下：4 分" in wang.sees
    assert "✓ 4" in wang.buttons


def test_leaving_after_the_tap_does_not_claim_that_nothing_was_saved(wang: Chatter, asked: Questionnaire):
    wang.opens(sheet(asked))
    wang.taps("4")
    wang.taps("取消")
    assert asked.score == 4
    assert "都保存了" in wang.sees
    assert "什么都没有保存" not in wang.sees


@pytest.mark.parametrize("score", [1, 2])
def test_a_low_score_is_told_to_the_rep_and_the_manager_who_can_call(
    session: Session, wang: Chatter, li: Chatter, chen: Chatter, asked: Questionnaire, score: int
):
    wang.opens(sheet(asked))
    wang.taps(str(score))
    for somebody in (li, chen):
        told = session.scalars(select(Notice.address).where(Notice.to_id == somebody.person.id)).all()
        assert told.count(sheet(asked)) == 1
        somebody.opens(sheet(asked))
        assert f"评分：{score} 分" in somebody.sees
        assert "前联系客户" in somebody.sees
        assert "📞 登记回访" in somebody.buttons
        somebody.taps("📋 投诉")
        assert "漏油" in somebody.sees


def test_a_score_of_3_is_told_to_nobody(session: Session, wang: Chatter, li: Chatter, asked: Questionnaire):
    wang.opens(sheet(asked))
    wang.taps("3")
    told = session.scalars(select(Notice.address).where(Notice.to_id == li.person.id)).all()
    assert sheet(asked) not in told


def test_answering_twice_changes_the_score_while_it_is_open(session: Session, wang: Chatter, asked: Questionnaire):
    wang.opens(sheet(asked))
    first = wang.newest
    wang.taps("2")
    wang.says("等太久")
    wang.taps("5")
    assert (asked.score, asked.reason) == (5, "等太久")
    assert "✓ 5" in wang.buttons
    wang.presses(f"/do/questionnaire?q={asked.id}&score=3", first)
    assert asked.score == 3


def test_a_double_tap_is_one_answer(session: Session, wang: Chatter, asked: Questionnaire):
    wang.opens(sheet(asked))
    button = next(b.data for row in wang.screen.keyboard for b in row if b.text == "4")
    wang.presses(button)
    wang.presses(button)
    assert asked.score == 4
    assert "主要原因是什么" in wang.sees


def test_the_reason_can_still_be_given_afterwards(session: Session, wang: Chatter, asked: Questionnaire):
    wang.opens(sheet(asked))
    wang.taps("4")
    skip(wang)
    wang.taps("说明原因")
    wang.says("响应快")
    assert (asked.score, asked.reason) == (4, "响应快")


def test_a_photo_or_a_novel_is_no_reason(wang: Chatter, asked: Questionnaire):
    wang.opens(sheet(asked))
    wang.taps("4")
    wang.sends(FileKind.PHOTO)
    assert "请用文字回答" in wang.sees
    wang.says("好" * 5000)
    assert "最多 500 个字" in wang.sees
    wang.says("<b>好</b> =1+1")
    assert "<b>好</b> =1+1" in wang.sees
    assert asked.reason == "<b>好</b> =1+1"


def test_after_it_closed_the_answer_stands_and_she_gets_a_friendly_word(
    session: Session, wang: Chatter, asked: Questionnaire, clock: Clock
):
    wang.opens(sheet(asked))
    old = wang.newest
    wang.taps("4")
    skip(wang)
    clock.passes(days=15)
    wang.presses(f"/do/questionnaire?q={asked.id}&score=1", old)
    assert asked.score == 4
    assert "评价已经截止" in (wang.toast or "")
    wang.opens(sheet(asked))
    assert "已记下：4 分" in wang.sees


def test_an_answer_after_the_close_is_kept_and_marked_late(
    session: Session, wang: Chatter, li: Chatter, asked: Questionnaire, clock: Clock
):
    wang.opens(sheet(asked))
    clock.passes(days=15)
    asking.expire(session, now=clock.now)
    wang.taps("5")
    skip(wang)
    assert asked.late
    assert "照样会看" in wang.sees
    li.opens(sheet(asked))
    assert "不计入统计" in li.sees


def test_a_question_nobody_answered_in_time_says_that_it_is_over(
    session: Session, wang: Chatter, asked: Questionnaire, clock: Clock
):
    clock.passes(days=15)
    wang.opens(sheet(asked))
    assert "评价已经截止" in wang.sees
    assert "1" not in wang.buttons


def test_she_may_decline_and_may_change_her_mind(session: Session, wang: Chatter, asked: Questionnaire):
    wang.opens(sheet(asked))
    wang.taps("不想回答")
    assert asked.state is AskState.DECLINED
    assert "不再打扰" in wang.sees
    wang.taps("还是评一下")
    wang.taps("5")
    assert (asked.score, asked.state) == (5, AskState.ANSWERED)


def test_a_push_does_not_seize_the_conversation_she_is_in(session: Session, wang: Chatter, asked: Questionnaire):
    wang.says("2号泵漏油")
    wang.opens(sheet(asked))
    wang.taps("4")
    skip(wang)
    wang.taps("继续：刚发的内容")
    assert "2号泵漏油" in wang.sees


def test_the_menus_button_finds_what_is_waiting(
    session: Session, wang: Chatter, meet: Callable[..., Chatter], zhou_jie: Person, asked: Questionnaire
):
    wang.says("/answer")
    assert asked.complaint is not None
    wang.taps(asked.complaint.number)
    wang.taps("5")
    assert asked.score == 5
    zhou = meet(zhou_jie)
    zhou.says("/answer")
    assert "没有需要您评价的" in zhou.sees


def test_nobody_answers_or_reads_for_another(
    session: Session,
    wang: Chatter,
    li: Chatter,
    zhao: Chatter,
    meet: Callable[..., Chatter],
    zhou_jie: Person,
    asked: Questionnaire,
):
    zhou = meet(zhou_jie)
    for somebody in (zhou, zhao, li):
        somebody.presses(f"/do/questionnaire?q={asked.id}&score=5", 1)
        somebody.presses(f"{sheet(asked)}/decline", 1)
        assert (asked.score, asked.state) == (None, AskState.SENT)
    for stranger in (zhou, zhao):
        stranger.presses(sheet(asked), 1)
        assert stranger.toast
        assert stranger.reply.screen is None


@pytest.mark.parametrize("score", ["0", "6", "-1", "x", "5.0"])
def test_a_forged_score_is_no_score(session: Session, wang: Chatter, asked: Questionnaire, score: str):
    wang.presses(f"/do/questionnaire?q={asked.id}&score={score}", 1)
    assert asked.score is None
    wang.taps("5")
    assert asked.score == 5


@pytest.mark.parametrize("language", ["zh_CN", "en"])
def test_a_question_after_a_visit_names_the_visit(
    session: Session,
    meet: Callable[..., Chatter],
    wang_fang: Person,
    li_wei: Person,
    east_bearings: Customer,
    engineer: Contact,
    clock: Clock,
    language: str,
):
    visits.log(
        session,
        li_wei,
        customer=east_bearings,
        kind=VisitKind.ROUTINE,
        outcome=Outcome.GOOD,
        met=[engineer],
        at=clock.now,
    )
    clock.passes(days=1)
    asking.announce_due(session, now=clock.now)
    asked = session.scalars(select(Questionnaire)).one()
    wang, li = meet(wang_fang, language), meet(li_wei, language)
    wang.says("/answer")
    wang.opens(sheet(asked))
    assert "李伟" in wang.sees
    wang.taps("1")
    skip(wang)
    li.opens(sheet(asked))
    assert "王芳" in li.sees
    clock.passes(days=20)
    wang.opens(sheet(asked))


def test_a_line_of_a_list_of_answers_is_short(house, wang: Chatter, asked: Questionnaire, clock: Clock):
    wang.opens(sheet(asked))
    wang.taps("2")
    wang.says("等太久")
    line = house.languages["zh_CN"].render("questionnaire/line", {"asked": asked, "now": clock.now, "zone": house.zone})
    assert line == "<b>2</b>/5 · 华东轴承有限公司 · 王芳 · 今天 3月10日 · “等太久”"


def test_asking_for_a_question_when_there_is_none_leads_home(wang: Chatter):
    wang.says("/answer")
    assert "目前没有需要您评价的" in wang.sees
    assert wang.buttons == ["‹ 首页"]
