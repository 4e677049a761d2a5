"""Putting right what was saved: editing one's own message, and Edit on a visit. What it was is kept and shown."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from crm import filing, moves, visits
from models.attachment import FileKind
from models.complaint import Complaint, ComplaintMove, Severity
from models.correction import Correction
from models.customer import Contact, Customer
from models.data_request import DataRequest
from models.letter import Letter
from models.notice import Notice, Reason
from models.person import Person
from models.problem import NotFound
from models.visit import Outcome, Visit, VisitKind
from tests.chatter import Chatter
from tests.conftest import TUESDAY_MORNING, Clock, added, firm


def logs(li: Chatter, customer: Customer, words: str = "谈了备件") -> int:
    li.presses(f"/do/visit?customer={customer.id}", 1)
    message = li.says(words)
    li.taps("顺利")
    return message


def visit_of(session: Session) -> Visit:
    return session.scalars(select(Visit)).one()


def test_editing_ones_message_corrects_the_note_and_keeps_what_it_was(
    li: Chatter, chen: Chatter, session: Session, east_bearings: Customer
):
    message = logs(li, east_bearings)
    li.edits(message, "谈了<b>3号线备件")
    assert re.search(r"V\d{5}", li.sees)
    assert "已更正" in li.sees
    visit = visit_of(session)
    assert visit.note == "谈了<b>3号线备件"
    kept = session.scalars(select(Correction)).one()
    assert (kept.field, kept.was, kept.became, kept.person_id) == ("note", "谈了备件", visit.note, li.person.id)
    chen.presses(f"/visits/{visit.id}", 1)
    assert "已更正 · 今天" in chen.sees
    chen.taps("原内容")
    assert "纪要：谈了备件" in chen.sees


def test_a_second_edit_corrects_again_and_the_same_words_do_nothing(
    li: Chatter, session: Session, east_bearings: Customer
):
    message = logs(li, east_bearings)
    for words in ("谈了轴承", "谈了轴承", "谈了泵"):
        li.edits(message, words)
    assert visit_of(session).note == "谈了泵"
    assert [one.was for one in session.scalars(select(Correction).order_by(Correction.id))] == ["谈了备件", "谈了轴承"]


def test_only_the_edited_part_of_a_note_changes(li: Chatter, session: Session, east_bearings: Customer):
    li.presses(f"/do/visit?customer={east_bearings.id}", 1)
    message = li.says("谈了备件")
    second = li.says("另外要报价")
    li.taps("顺利")
    li.edits(message, "谈了轴承")
    assert visit_of(session).note == "谈了轴承\n另外要报价"
    li.edits(second, "下周报价")
    assert visit_of(session).note == "谈了轴承\n下周报价"


def test_a_caption_is_corrected_too(li: Chatter, session: Session, east_bearings: Customer):
    li.presses(f"/do/visit?customer={east_bearings.id}", 1)
    message = li.sends(FileKind.PHOTO, caption="旧铭牌")
    li.taps("顺利")
    li.edits(message, "新铭牌")
    assert visit_of(session).note == "新铭牌"


def test_a_line_that_begins_with_the_customers_name_is_corrected_without_it(
    li: Chatter, session: Session, east_bearings: Customer
):
    message = li.says("华东轴承 谈了备件下周三报价")
    li.taps("拜访")
    li.taps("顺利")
    li.edits(message, "华东轴承 谈了备件周四报价")
    assert visit_of(session).note == "谈了备件周四报价"


@pytest.mark.parametrize("named", ["华东轴承", "hdzc", "华东"])
def test_a_line_typed_behind_the_command_is_corrected_too(
    li: Chatter, session: Session, east_bearings: Customer, li_wei: Person, named: str
):
    firm(session, "华东水泵厂", owner=li_wei)
    line = li.says(f"/visit {named} 谈了两台泵")
    if "谈了两台泵" not in li.sees:
        li.taps("华东轴承")
    li.taps("顺利")
    li.edits(line, f"/visit {named} 谈了三台泵")
    assert "已更正" in li.sees
    assert visit_of(session).note == "谈了三台泵"


def test_a_line_edited_before_it_is_saved_is_taken_as_it_is_now(li: Chatter, session: Session, east_bearings: Customer):
    line = li.says("/visit 华东轴承 谈了两台泵")
    li.edits(line, "/visit 华东轴承 谈了三台泵")
    assert "谈了三台泵" in li.sees
    li.taps("修改")
    li.taps("纪要")
    li.says("谈了四台泵")
    li.edits(line, "/visit 华东轴承 谈了五台泵，下周三报价")
    li.taps("顺利")
    assert visit_of(session).note == "谈了四台泵"


def test_words_added_to_a_line_that_only_named_the_customer_become_the_note(
    li: Chatter, session: Session, east_bearings: Customer
):
    line = li.says("/visit 华东轴承")
    li.taps("跳过")
    li.taps("顺利")
    li.edits(line, "/visit 华东轴承 谈了备件")
    assert visit_of(session).note == "谈了备件"


def test_a_complaint_typed_behind_the_command_is_corrected_too(
    li: Chatter, wang: Chatter, session: Session, east_bearings: Customer
):
    for chatter, command in ((li, "/complaint 华东轴承"), (wang, "/report")):
        line = chatter.says(f"{command} 主轴异响")
        if chatter is li:
            li.taps("质量")
        chatter.edits(line, f"{command} 主轴过热")
    assert list(session.scalars(select(Complaint.words))) == ["主轴过热"] * 2


def test_an_edit_does_not_disturb_a_conversation(li: Chatter, session: Session, east_bearings: Customer):
    message = logs(li, east_bearings)
    li.presses(f"/do/visit?customer={east_bearings.id}")
    li.says("漏油")
    li.edits(message, "谈了泵")
    assert "已更正" in li.sees
    assert li.reply.edit is None
    li.taps("继续")
    assert "漏油" in li.sees
    assert visit_of(session).note == "谈了泵"


@pytest.mark.parametrize("text", ["", "   ", "谈了别的"])
def test_messages_that_have_become_nothing_are_not_answered(
    li: Chatter, zhao: Chatter, session: Session, east_bearings: Customer, text: str
):
    message = logs(li, east_bearings)
    li.edits(message + 500, text)
    assert li.reply.screen is None
    zhao.edits(message, text)
    assert zhao.reply.screen is None
    assert visit_of(session).note == "谈了备件"


def test_after_a_week_an_edit_is_refused_and_after_undo_it_changes_nothing(
    li: Chatter, session: Session, east_bearings: Customer, clock: Clock
):
    message = logs(li, east_bearings)
    clock.passes(days=7, minutes=1)
    li.edits(message, "谈了泵")
    assert "七天内" in li.sees
    assert visit_of(session).note == "谈了备件"
    clock.passes(days=-7, minutes=-1)
    li.presses(f"/visits/{visit_of(session).id}/undo")
    li.edits(message, "谈了泵")
    assert "没有改动" in li.sees
    assert visit_of(session).note == "谈了备件"


def test_a_customer_corrects_her_complaint_and_the_handlers_are_told(
    wang: Chatter, li: Chatter, session: Session, east_bearings: Customer, clock: Clock
):
    message = wang.says("/report") or 0
    message = wang.says("主轴异响")
    complaint = session.scalars(select(Complaint)).one()
    before = session.scalars(select(Notice.key)).all()
    clock.passes(minutes=5)
    wang.edits(message, "主轴异响，而且漏油，怕起火")
    assert complaint.number in wang.sees
    assert complaint.words == "主轴异响，而且漏油，怕起火"
    assert complaint.proposed is Severity.S1
    told = [notice for notice in session.scalars(select(Notice)) if notice.key not in before]
    assert told
    assert all(notice.urgent for notice in told)
    li.presses(f"/complaints/{complaint.id}", 1)
    assert "已更正" in li.sees
    li.taps("原内容")
    assert "内容：主轴异响" in li.sees
    wang.presses(f"/complaints/{complaint.id}/before", 1)
    assert "只供我们的同事" in (wang.toast or "")


def test_a_closed_complaint_is_not_rewritten(
    wang: Chatter, session: Session, east_bearings: Customer, li_wei, clock: Clock
):
    wang.says("/report")
    message = wang.says("主轴异响")
    complaint = session.scalars(select(Complaint)).one()
    for step, facts in (
        (moves.acknowledge, {}),
        (moves.investigate, {}),
        (moves.resolve, {"remedy": "换轴承"}),
        (moves.feed_back, {}),
    ):
        step(session, li_wei, complaint.id, version=complaint.version, at=clock.now, **facts)
    wang.edits(message, "其实没事")
    assert complaint.words == "主轴异响"


def test_a_proxy_complaint_is_corrected_by_whoever_filed_it(li: Chatter, session: Session, east_bearings: Customer):
    li.presses(f"/do/complaint?customer={east_bearings.id}", 1)
    message = li.says("主轴异响")
    li.taps("质量")
    li.edits(message, "主轴过热")
    assert session.scalars(select(Complaint)).one().words == "主轴过热"


# Edit


def test_every_field_of_a_visit_is_put_right_by_taps(
    li: Chatter, session: Session, east_bearings: Customer, engineer: Contact
):
    logs(li, east_bearings)
    visit = visit_of(session)
    for field, value in (("结果", "有问题"), ("类型", "售后"), ("见到的人", "王芳")):
        li.presses(f"/visits/{visit.id}")
        li.taps("修改")
        li.taps(field)
        li.taps(value)
        if field == "见到的人":
            li.taps("选好了")
    assert (visit.outcome, visit.kind, visit.met) == (Outcome.PROBLEM, VisitKind.AFTER_SALES, [engineer])
    li.taps("修改")
    li.taps("纪要")
    li.says("=1+1")
    assert visit.note == "=1+1"
    li.taps("原内容")
    for line in ("纪要：谈了备件", "结果：😊 顺利", "见到的人：—"):
        assert line in li.sees


@pytest.mark.parametrize(("language", "names"), [("zh_CN", "见到的人：王芳、何军"), ("en", "People met: 王芳, 何军")])
def test_the_people_met_before_are_joined_as_the_reader_writes(
    li_wei: Person,
    meet: Callable[..., Chatter],
    session: Session,
    east_bearings: Customer,
    engineer: Contact,
    language: str,
    names: str,
):
    other = added(session, Contact(customer_id=east_bearings.id, name="何军", created_at=TUESDAY_MORNING))
    visit = visits.log(
        session,
        li_wei,
        customer=east_bearings,
        kind=VisitKind.ROUTINE,
        outcome=Outcome.GOOD,
        met=[engineer, other],
        at=TUESDAY_MORNING,
    )
    visits.correct(session, li_wei, visit.id, met=[other], at=TUESDAY_MORNING)
    li = meet(li_wei, language)
    li.opens(f"/visits/{visit.id}/before")
    assert names in li.sees


def test_edit_is_for_a_week_and_for_oneself(
    li: Chatter, chen: Chatter, session: Session, east_bearings: Customer, clock: Clock
):
    logs(li, east_bearings)
    visit = visit_of(session)
    chen.presses(f"/visits/{visit.id}", 1)
    assert "✏️ 修改" not in chen.buttons
    chen.presses(f"/do/correct_visit?visit={visit.id}&field=outcome&outcome=nobody")
    assert visit.outcome is Outcome.GOOD
    clock.now += timedelta(days=8)
    li.taps("修改")
    assert "七天内" in li.sees
    assert "✏️ 修改" not in li.buttons
    li.presses(f"/visits/{visit.id}")
    assert "七天内" not in li.sees
    li.presses(f"/do/correct_visit?visit={visit.id}&field=outcome&outcome=nobody")
    assert visit.outcome is Outcome.GOOD


def test_a_forged_visit_is_not_corrected(zhao: Chatter, session: Session, li: Chatter, east_bearings: Customer):
    logs(li, east_bearings)
    zhao.presses(f"/do/correct_visit?visit={visit_of(session).id}&field=outcome&outcome=nobody", 1)
    assert visit_of(session).outcome is Outcome.GOOD


def test_an_edit_that_changes_no_word_is_no_correction(
    li: Chatter, wang: Chatter, session: Session, east_bearings: Customer
):
    visited = logs(li, east_bearings)
    li.edits(visited, "谈了备件")
    assert li.reply.screen is None
    planned = li.says("/plan 华东轴承 下周三 谈备件")
    li.taps("保存")
    li.edits(planned, "/plan 华东轴承 下周三 谈备件")
    assert li.reply.screen is None
    told = wang.says("3号线轴承异响，请处理")
    wang.taps("登记")
    wang.edits(told, "3号线轴承异响，请处理")
    assert wang.reply.screen is None


def test_an_edit_that_changes_no_word_of_a_draft_shows_nothing(li: Chatter, east_bearings: Customer):
    begun = li.says("/visit 华东轴承 谈了备件")
    li.edits(begun, "/visit 华东轴承 谈了备件")
    assert li.reply.screen is None
    li.says("/complaint 华东轴承")
    words = li.says("3号线异响")
    li.edits(words, "3号线异响")
    assert li.reply.screen is None


def test_a_message_edited_after_its_record_was_taken_back_is_answered(
    li: Chatter, session: Session, east_bearings: Customer
):
    message = logs(li, east_bearings)
    li.taps("撤销")
    li.edits(message, "谈了备件")
    assert li.reply.screen is None
    li.edits(message, "谈了3号线备件")
    assert "没有改动" in li.sees
    assert visit_of(session).note == "谈了备件"


@pytest.mark.parametrize("way", ["letter", "reply", "added words", "added out of the blue", "data request"])
def test_editing_any_message_of_a_customers_or_to_her_corrects_what_it_has_become(
    wang: Chatter, li: Chatter, session: Session, way: str
):
    who = wang
    if way in {"letter", "reply"}:
        wang.presses("/do/message", 1)
        mine = wang.says("<b>请明天来")
    elif way == "data request":
        wang.presses("/do/data_request", 1)
        wang.taps("更正")
        mine = wang.says("<b>请明天来")
    else:
        wang.presses("/do/report", 1)
        wang.says("3号线轴承异响")
        if way == "added words":
            wang.taps("补充")
        mine = wang.says("<b>请明天来")
        if way != "added words":
            wang.taps("补充到")
    if way == "reply":
        li.presses("/do/reply?letter=1", 1)
        mine, who = li.says("<b>请明天来"), li
    who.edits(mine, "请后天来")
    assert "已更正" in who.sees
    kept = session.scalars(select(Correction)).one()
    assert (kept.field, kept.was, kept.became) == ("words", "<b>请明天来", "请后天来")
    who.edits(mine, "请大后天来")
    said = [one.words for kind in (Letter, ComplaintMove, DataRequest) for one in session.scalars(select(kind))]
    assert "请大后天来" in said
    who.edits(mine, "请大后天来")
    assert who.reply.screen is None


def test_who_has_a_letter_before_her_is_told_of_its_other_words(wang: Chatter, li: Chatter, session: Session):
    wang.presses("/do/message", 1)
    mine = wang.says("请明天来，电话13800000000")
    wang.edits(mine, "请后天来，电话13900000000")
    first, again = session.scalars(select(Notice).where(Notice.to_id == li.person.id).order_by(Notice.id))
    assert (again.address, again.reason) == (first.address, Reason.CORRECTED)
    li.opens(again.address, again.reason)
    assert "请后天来，电话13900000000" in li.sees
    assert "已更正 · 今天 10:00 · 请明天来，电话13800000000" in li.sees


def test_words_added_to_a_complaint_of_another_are_not_hers_to_correct(
    wang: Chatter, li: Chatter, session: Session, zhou_jie: Person
):
    wang.presses("/do/report", 1)
    wang.says("3号线轴承异响")
    move = session.scalars(select(ComplaintMove)).one()
    with pytest.raises(NotFound):
        filing.correct_added(session, zhou_jie, move.id, words="没事了", at=TUESDAY_MORNING)


def test_what_was_added_to_a_complaint_that_is_closed_stays_as_it_was(
    wang: Chatter, session: Session, li: Chatter, chen_jing: Person, clock: Clock
):
    wang.presses("/do/report", 1)
    wang.says("3号线轴承异响")
    wang.taps("补充")
    mine = wang.says("4号线也是")
    complaint = session.scalars(select(Complaint)).one()
    at = clock.now
    moves.acknowledge(session, li.person, complaint.id, version=complaint.version, at=at)
    moves.investigate(session, li.person, complaint.id, version=complaint.version, at=at)
    moves.resolve(session, li.person, complaint.id, version=complaint.version, remedy="换了", at=at)
    moves.feed_back(session, chen_jing, complaint.id, version=complaint.version, at=at)
    wang.edits(mine, "5号线也是")
    assert wang.problem is not None
    assert session.scalars(select(Correction)).all() == []
