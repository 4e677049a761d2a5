"""What a customer sends out of the blue is about her open complaint first; one tap puts it where it belongs."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from crm import asking, moves
from models.attachment import FileKind
from models.complaint import Complaint, Stage
from models.letter import Letter
from models.notice import Notice, Reason
from models.person import Person
from models.questionnaire import AskState, Questionnaire
from tests.chatter import Chatter
from tests.conftest import Clock

LEAK = "2号泵机封漏油"


def filed(session: Session) -> list[Complaint]:
    return list(session.scalars(select(Complaint).order_by(Complaint.id)))


def reports(wang: Chatter, words: str = LEAK) -> Complaint:
    wang.presses("/do/report", 1)
    wang.says(words)
    return filed(wang.session)[-1]


def brought_to(li: Chatter, complaint: Complaint, stage: Stage, clock: Clock) -> None:
    for step, words in ((moves.acknowledge, {}), (moves.investigate, {}), (moves.resolve, {"remedy": "已换机封"})):
        if complaint.stage is not stage:
            step(li.session, li.person, complaint.id, version=complaint.version, at=clock.now, **words)


@pytest.fixture
def leak(wang: Chatter) -> Complaint:
    return reports(wang)


@pytest.fixture
def solved(wang: Chatter, li: Chatter, leak: Complaint, clock: Clock) -> Complaint:
    brought_to(li, leak, Stage.RESOLVED, clock)
    return leak


@pytest.fixture
def asked(session: Session, solved: Complaint, clock: Clock) -> Questionnaire:
    clock.passes(hours=1)
    asking.announce_due(session, now=clock.now)
    return session.scalars(select(Questionnaire)).one()


def added(complaint: Complaint) -> list[str]:
    return [move.words for move in complaint.moves if move.was is move.became]


def test_a_correction_of_what_was_said_joins_the_open_complaint_by_one_tap(
    session: Session, wang: Chatter, leak: Complaint
):
    wang.says("刚才说错了，不是泵，是控制柜")
    assert wang.buttons[0] == f"➕ 补充到 {leak.number}（{LEAK}）"
    wang.taps("补充到")
    assert added(leak) == ["刚才说错了，不是泵，是控制柜"]
    assert filed(session) == [leak]
    assert "通知了负责人" in wang.sees
    assert "刚才说错了" in wang.sees


@pytest.mark.parametrize("words", ["什么时候好？", "到哪一步了", "when will it be done"])
def test_a_question_shows_how_it_stands_and_reaches_the_rep(
    session: Session, wang: Chatter, li: Chatter, leak: Complaint, words: str
):
    wang.says(words)
    assert wang.buttons[0] == f"📋 看 {leak.number} 的进度"
    wang.taps("进度")
    assert wang.sees.startswith(leak.number)
    assert "通知了负责人" in wang.sees
    assert added(leak) == [words]
    li.opens(f"/complaints/{leak.id}")
    assert words in li.sees


@pytest.mark.parametrize("words", ["没修好，还在漏！", "又漏了", "it still leaks oil"])
def test_what_is_not_solved_is_taken_up_again_by_one_tap(
    session: Session, wang: Chatter, solved: Complaint, words: str
):
    wang.says(words)
    assert wang.buttons[0].startswith(f"🔁 {solved.number} 还没解决")
    wang.taps("还没解决")
    assert (solved.stage, solved.moves[-1].words) == (Stage.INVESTIGATING, words)
    assert filed(session) == [solved]


def test_a_photo_after_the_remedy_is_offered_as_not_solved_and_stays_with_it(
    session: Session, wang: Chatter, solved: Complaint
):
    wang.sends(FileKind.PHOTO)
    wang.taps("还没解决")
    assert solved.stage is Stage.INVESTIGATING
    assert len(solved.attachments) == 1


@pytest.mark.parametrize("words", ["好的，谢谢", "谢谢李工", "收到", "ok, thanks", "👍", "辛苦了。", "知道了"])
def test_thanks_get_a_friendly_word_and_nothing_is_asked(session: Session, wang: Chatter, leak: Complaint, words: str):
    wang.says(words)
    assert "不客气" in wang.sees
    assert leak.number in wang.sees
    assert (filed(session), added(leak)) == ([leak], [])


def test_of_several_open_complaints_the_one_that_the_words_mean_comes_first(session: Session, wang: Chatter):
    leak, cabinet = reports(wang), reports(wang, "控制柜跳闸")
    wang.says("泵的机封今天还是老样子")
    assert leak.number in wang.buttons[0]
    assert any(cabinet.number in label for label in wang.buttons)
    wang.taps("不用了")
    wang.says(f"{leak.number} 的照片等会发")
    assert leak.number in wang.buttons[0]
    wang.taps("不用了")
    wang.says("跳闸的时候温度很高")
    assert cabinet.number in wang.buttons[0]


def test_another_problem_gets_its_own_number(session: Session, wang: Chatter, leak: Complaint):
    wang.says("轴承箱异响")
    wang.taps("另一个问题")
    assert [one.words for one in filed(session)] == [LEAK, "轴承箱异响"]


def test_it_may_go_to_the_rep_as_a_message(session: Session, wang: Chatter, leak: Complaint):
    wang.says("下周的培训改到周三")
    wang.taps("给李伟留言")
    assert session.scalars(select(Letter.words)).all() == ["下周的培训改到周三"]
    assert added(leak) == []


def test_a_number_alone_and_a_word_for_progress_open_the_complaint(wang: Chatter, leak: Complaint):
    for words in (leak.number, "进度"):
        wang.says(words)
        assert wang.sees.startswith(leak.number)
    assert added(leak) == []


@pytest.mark.parametrize(
    ("typed", "seen"),
    [
        ("满意度评价", "没有需要您评价的"),
        ("报告问题", "出了什么问题"),
        ("我的投诉", "您报告的问题"),
        ("🔒 隐私", "隐私"),
    ],
)
def test_a_label_typed_does_what_its_button_does(session: Session, wang: Chatter, typed: str, seen: str):
    wang.says(typed)
    assert seen in wang.sees
    assert filed(session) == []


def test_an_answer_tapped_twice_is_one_addition(session: Session, wang: Chatter, leak: Complaint):
    wang.says("今天更严重")
    key = next(b.data for row in wang.screen.keyboard for b in row if "补充到" in b.text)
    wang.presses(key)
    wang.presses(key)
    assert added(leak) == ["今天更严重"]


def test_a_place_that_closed_meanwhile_is_shown_no_more(
    session: Session, wang: Chatter, li: Chatter, solved: Complaint, clock: Clock
):
    wang.says("还在漏")
    moves.feed_back(session, li.person, solved.id, version=solved.version, words="可以", at=clock.now)
    wang.taps("还没解决")
    assert solved.stage is Stage.FED_BACK
    assert wang.buttons == ["✅ 登记", "✉️ 给李伟留言", "不用登记"]
    assert "还在漏" in wang.sees


@pytest.mark.parametrize("words", ["<b>还漏</b> & =1+1", "漏" * 4096, "'; drop table complaint; --"])
def test_odd_words_arrive_as_they_are(session: Session, wang: Chatter, leak: Complaint, words: str):
    wang.says(words)
    wang.taps("补充到")
    assert added(leak) == [words]


def test_nobody_reaches_the_complaint_of_another(
    session: Session, wang: Chatter, leak: Complaint, meet: Callable[..., Chatter], zhou_jie: Person
):
    zhou = meet(zhou_jie)
    zhou.says("还在漏")
    revision = zhou.screen.keyboard[0][0].data.partition(":")[0]
    zhou.presses(f"{revision}:add.{leak.id}")
    zhou.says(leak.number)
    assert LEAK not in zhou.sees
    assert added(leak) == []


@pytest.mark.parametrize(
    "words",
    ["有人受伤", "电机起火了", "there is a fire", "触电了", "漏气中毒", "失火了", "3号线停产了", "产线全停"],
)
def test_an_accident_waits_for_no_tap_and_says_who_was_told(
    session: Session, wang: Chatter, chen: Chatter, clock: Clock, words: str
):
    clock.shows("2026-03-10 23:00")
    wang.says(words)
    (complaint,) = filed(session)
    assert complaint.pressing
    assert "已立即通知：李伟、陈静" in wang.sees
    assert "明天" not in wang.sees
    told = session.scalars(select(Notice).where(Notice.to_id == chen.person.id)).one()
    assert told.urgent
    wang.says("又有人受伤")
    assert filed(session) == [complaint]
    assert added(complaint) == ["又有人受伤"]


def test_the_firms_number_is_named_when_it_has_one(session: Session, wang: Chatter, clock: Clock):
    rules = session.info["rules"]
    session.info["rules"] = type(rules)(emergency_phone="400-820-0119")
    try:
        wang.says("车间泄漏")
        assert "400-820-0119" in wang.sees
    finally:
        session.info["rules"] = rules


def test_dangerous_words_added_to_an_open_complaint_alarm_as_well(
    session: Session, wang: Chatter, chen: Chatter, leak: Complaint
):
    wang.says("再不来怕要停产")
    wang.taps("补充到")
    told = session.scalars(select(Notice).where(Notice.to_id == chen.person.id)).one()
    assert (told.urgent, told.reason) == (True, Reason.ALARM)


def test_a_stopped_line_is_not_called_a_matter_of_safety_and_a_remedy_takes_the_mark_away(
    wang: Chatter, li: Chatter, clock: Clock
):
    complaint = reports(wang, "3号线停产")
    li.opens(f"/complaints/{complaint.id}")
    assert "停产停线" in li.sees
    assert "涉及安全" not in li.sees
    assert "建议定为 S1" in li.sees
    brought_to(li, complaint, Stage.RESOLVED, clock)
    li.opens(f"/complaints/{complaint.id}")
    assert "停产停线" not in li.sees
    assert "定为 S1" not in "".join(li.buttons)


@pytest.mark.parametrize(("typed", "score"), [("5", 5), ("４分", 4), ("三分", 3), ("不满意", 2), ("非常满意。", 5)])
def test_a_word_or_a_number_answers_the_question_that_waits(
    wang: Chatter, asked: Questionnaire, typed: str, score: int
):
    wang.says(typed)
    assert asked.score == score
    assert f"已记下：{score} 分" in wang.sees


def test_a_sentence_is_kept_as_the_reason_and_the_score_asked_for(
    session: Session, wang: Chatter, li: Chatter, asked: Questionnaire, solved: Complaint
):
    sentence = "你们处理得太慢了，一点也不满意"
    wang.says(sentence)
    assert asked.reason == sentence
    assert "您打几分" in wang.sees
    assert wang.buttons[:5] == ["1", "2", "3", "4", "5"]
    li.opens(f"/questionnaires/{asked.id}")
    assert sentence in li.sees
    wang.taps("2")
    assert (asked.score, asked.reason) == (2, sentence)
    assert filed(session) == [solved]


def test_what_is_not_solved_is_no_reason_for_a_score(wang: Chatter, asked: Questionnaire, solved: Complaint):
    wang.says("还在漏，很不满意")
    assert asked.reason == ""
    wang.taps("还没解决")
    assert solved.moves[-1].words == "还在漏，很不满意"


@pytest.mark.parametrize("words", ["停工", "不行", "好吗", "没好"])
def test_what_only_looks_polite_is_asked_about(wang: Chatter, leak: Complaint, words: str):
    wang.says(words)
    assert "补充到" in "".join(wang.buttons)


def test_other_words_may_be_her_rating_by_one_tap(wang: Chatter, asked: Questionnaire):
    wang.says("人来得挺快，换得也仔细")
    wang.taps("这是我的评价")
    wang.taps("5")
    assert (asked.score, asked.reason) == (5, "人来得挺快，换得也仔细")


def test_without_a_question_a_number_is_no_answer(session: Session, wang: Chatter):
    wang.says("5")
    assert "要登记为问题吗" in wang.sees


def test_the_question_is_taken_back_while_it_is_not_solved_and_comes_again_an_hour_after_the_next_remedy(
    session: Session, wang: Chatter, li: Chatter, asked: Questionnaire, solved: Complaint, clock: Clock
):
    sent = session.scalars(select(Notice).where(Notice.address == f"/questionnaires/{asked.id}")).one()
    sent.state = sent.state.SENT
    wang.opens(f"/questionnaires/{asked.id}")
    old = wang.newest
    wang.says("还在漏")
    wang.taps("还没解决")
    assert asked.state is AskState.QUEUED
    told = session.scalars(select(Notice).where(Notice.thread == f"questionnaire:{asked.id}")).all()
    assert [notice.ping for notice in told] == [True, False]
    wang.presses(f"/do/questionnaire?q={asked.id}&score=5", old)
    assert asked.score is None
    assert "解决后再请您评价" in (wang.toast or "")
    wang.opens(f"/questionnaires/{asked.id}")
    assert "先收回" in wang.sees
    clock.passes(days=20)
    asking.expire(session, now=clock.now)
    assert asking.announce_due(session, now=clock.now) == 0
    moves.resolve(session, li.person, solved.id, version=solved.version, remedy="换泵", at=clock.now)
    assert asking.announce_due(session, now=clock.passes(minutes=59)) == 0
    assert asking.announce_due(session, now=clock.passes(minutes=1)) == 1
    assert asked.state is AskState.SENT
    wang.says("4")
    assert asked.score == 4


def test_a_remedy_is_a_new_message_and_the_steps_before_it_are_quiet(
    session: Session, wang: Chatter, solved: Complaint
):
    told = session.scalars(select(Notice.ping).where(Notice.to_id == wang.person.id).order_by(Notice.id)).all()
    assert told == [False, False, True]


def test_a_long_complaint_is_read_as_a_whole_page_by_page(wang: Chatter, li: Chatter, clock: Clock):
    complaint = reports(wang, "一" * 2000 + "\n" + "二😀" * 1000)
    assert len(wang.sees) < 1200
    for somebody in (wang, li):
        somebody.opens(f"/complaints/{complaint.id}")
        somebody.taps("看全文")
        seen = somebody.sees
        somebody.taps("›")
        assert (seen + somebody.sees).count("😀") == 1000
        somebody.presses(f"/complaints/{complaint.id}/text?page=99", somebody.newest)
        assert somebody.reply.screen is not None
    brought_to(li, complaint, Stage.ACKNOWLEDGED, clock)
    wang.opens(f"/complaints/{complaint.id}")
    assert len(wang.sees) < 400


def test_a_contact_card_goes_to_the_rep_and_a_place_to_the_complaint(session: Session, wang: Chatter, leak: Complaint):
    wang.shares_card("赵工", "13800000001")
    assert wang.buttons[0] == "✉️ 给李伟留言"
    wang.taps("给李伟留言")
    assert "13800000001" in session.scalars(select(Letter.words)).one()
    wang.shares_place(31.2, 121.5)
    wang.taps("补充到")
    assert added(leak) == ["📍 31.200, 121.500"]


def test_a_sticker_gets_a_friendly_word(session: Session, wang: Chatter):
    wang.says("")
    assert "请直接发文字" in wang.sees
    assert filed(session) == []


def test_what_comes_much_later_is_something_new(session: Session, wang: Chatter, clock: Clock):
    wang.says("泵漏油")
    clock.passes(hours=2)
    wang.says("想要一份样本")
    assert "泵漏油" not in wang.sees


def test_while_it_waits_for_its_tap_thanks_are_no_part_of_it_and_a_label_leads_away(session: Session, wang: Chatter):
    wang.says("2号泵机封渗油")
    wang.says("什么时候来人？")
    wang.says("好的，谢谢")
    assert "谢谢" not in wang.sees
    assert wang.buttons[0] == "✅ 登记"
    wang.says("满意度评价")
    assert "没有需要您评价的" in wang.sees
    wang.taps("继续")
    wang.taps("登记")
    assert filed(session)[0].words == "2号泵机封渗油\n什么时候来人？"


def test_it_reads_in_english_too(session: Session, meet: Callable[..., Chatter], wang_fang: Person):
    wang = meet(wang_fang, "en")
    wang.says("/report the pump leaks oil")
    wang.says("when will somebody come?")
    assert wang.buttons[0].startswith("📋 How C")
    wang.says("thank you")
    wang.taps("How C")
    assert "we were told" in wang.sees
