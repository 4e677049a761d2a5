"""Free text always gets an answer."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sqlalchemy import Engine, event, select
from sqlalchemy.orm import Session

from crm import recall, search
from dialog.events import File, Message
from models.attachment import FileKind
from models.complaint import Complaint, ComplaintKind
from models.customer import Contact, Customer
from models.person import Person
from models.touch import Touch, TouchKind
from models.visit import Visit
from tests.chatter import Chatter
from tests.conftest import TUESDAY_MORNING, Clock, added, firm


@pytest.mark.parametrize("typed", ["华东轴承有限公司", "华东轴承", "hdzc", "HDZC", "huadongzhoucheng", " 华东 "])
def test_a_name_or_part_of_it_opens_the_customer(li: Chatter, east_bearings: Customer, typed: str):
    li.says(typed)
    assert li.sees.startswith("华东轴承有限公司")
    assert "📝 记拜访" in li.buttons


def test_a_name_that_may_mean_several_offers_them(li: Chatter, session: Session, li_wei: Person, east_bearings):
    firm(session, "华东水泵有限公司", owner=li_wei)
    li.says("华东")
    assert "“华东”指的是哪一家？" in li.sees
    li.taps("华东水泵")
    assert li.sees.startswith("华东水泵有限公司")


def test_the_full_name_opens_its_customer_even_when_others_hold_it(li: Chatter, session: Session, li_wei: Person):
    firm(session, "华东轴承", owner=li_wei)
    firm(session, "华东轴承销售", owner=li_wei)
    li.says("华东轴承")
    assert li.sees.startswith("华东轴承")
    assert "指的是哪一家" not in li.sees


def test_another_reps_customer_is_not_given_away(zhao: Chatter, east_bearings: Customer):
    zhao.says("华东轴承有限公司")
    assert "这要记成什么？" in zhao.sees
    assert "A级" not in zhao.sees


def test_a_sentence_becomes_a_visit_note(li: Chatter, session: Session, east_bearings: Customer):
    li.says("今天见了王工，说3号线轴承声音大")
    assert "这要记成什么？" in li.sees
    li.taps("拜访")
    li.taps("华东轴承")
    assert "今天见了王工" in li.sees
    li.taps("顺利")

    assert session.scalars(select(Visit)).one().note == "今天见了王工，说3号线轴承声音大"
    assert li.taps_made == 3


def test_a_sentence_that_begins_with_the_customer_leaves_less_to_ask(
    li: Chatter, session: Session, east_bearings: Customer
):
    li.says("华东轴承 谈了备件 下周三报价")
    assert "华东轴承有限公司" in li.sees
    li.taps("拜访")
    li.taps("顺利")

    visit = session.scalars(select(Visit)).one()
    assert (visit.customer, visit.note) == (east_bearings, "谈了备件 下周三报价")
    assert visit.next_visit is not None


def test_a_sentence_becomes_a_complaint(li: Chatter, session: Session, east_bearings: Customer):
    li.says("华东轴承 说3号线漏油")
    li.taps("投诉")
    li.taps("产品质量")

    complaint = session.scalars(select(Complaint)).one()
    assert (complaint.customer, complaint.words, complaint.kind) == (
        east_bearings,
        "说3号线漏油",
        ComplaintKind.QUALITY,
    )


def test_a_forwarded_message_becomes_a_complaint_in_two_taps(li: Chatter, session: Session, east_bearings: Customer):
    li.says("你们的泵又漏油了", forwarded_from="王芳")
    li.taps("华东轴承")
    li.taps("产品质量")

    assert session.scalars(select(Complaint)).one().words == "你们的泵又漏油了"
    assert li.taps_made == 2


@pytest.mark.parametrize("kind", [FileKind.PHOTO, FileKind.VOICE])
def test_a_photo_or_a_voice_message_offers_the_same(
    li: Chatter, session: Session, east_bearings: Customer, kind: FileKind
):
    li.sends(kind, "3号线")
    assert ("📷 照片 1" if kind is FileKind.PHOTO else "🎤 语音 1") in li.sees
    li.taps("拜访")
    li.taps("华东轴承")
    li.taps("顺利")
    visit = session.scalars(select(Visit)).one()
    assert [file.kind for file in visit.attachments] == [kind]
    assert visit.note == "3号线"


def test_an_album_and_a_sentence_after_it_are_one_record(li: Chatter, session: Session, east_bearings: Customer):
    for _part in range(3):
        li.sends(album="a1")
    li.says("轴承座有裂纹")
    assert "📷 照片 3" in li.sees
    li.taps("投诉")
    li.taps("华东轴承")
    li.taps("产品质量")

    complaint = session.scalars(select(Complaint)).one()
    assert len(complaint.attachments) == 3
    assert "轴承座有裂纹" in complaint.words


def test_a_forwarded_album_is_one_complaint(li: Chatter, session: Session, east_bearings: Customer):
    file = File(FileKind.PHOTO, "f1", "u1", album="a1")
    for part in range(3):
        li.does(
            Message(
                900 + part, "漏油" if not part else "", replace(file, unique_id=f"u{part}"), "a1", forwarded_from="王芳"
            )
        )
    li.taps("华东轴承")
    li.taps("产品质量")
    complaint = session.scalars(select(Complaint)).one()
    assert len(complaint.attachments) == 3
    assert complaint.words == "漏油"


def test_an_edited_message_corrects_what_it_became(li: Chatter, session: Session, east_bearings: Customer):
    said = li.says("谈了备见的价格")
    li.taps("拜访")
    li.edits(said, "谈了备件的价格")
    li.taps("华东轴承")
    li.taps("顺利")
    assert session.scalars(select(Visit)).one().note == "谈了备件的价格"


def test_a_late_part_of_an_album_joins_the_saved_visit_quietly(li: Chatter, session: Session, east_bearings: Customer):
    li.sends(album="a1")
    li.taps("拜访")
    li.taps("华东轴承")
    li.taps("顺利")
    card = li.newest
    li.ids = iter(range(card - 50, card - 40))
    li.sends(album="a1")

    visit = session.scalars(select(Visit)).one()
    session.expire(visit)
    assert len(visit.attachments) == 2
    assert li.newest == card
    assert visit.number in li.sees


def test_a_contact_card_begins_a_new_contact(li: Chatter, session: Session, east_bearings: Customer):
    li.shares_card("刘工", "13800000000")
    li.taps("联系人")
    li.taps("华东轴承")
    while "✅ 保存" not in li.buttons:
        li.taps("跳过")
    li.taps("保存")
    assert [contact.name for contact in session.scalars(select(Contact)).all()] == ["刘工"]


def test_what_cannot_be_used_is_answered_all_the_same(li: Chatter):
    li.says(" ")
    assert "这个用不上" in li.sees


def test_whatever_a_customer_sends_is_offered_as_a_report(wang: Chatter, session: Session):
    wang.says("华东轴承 3号线漏油")
    assert session.scalars(select(Complaint)).all() == []
    assert "3号线漏油" in wang.sees


@pytest.mark.parametrize("sent", ["<b>x</b>", "=1+1", "长" * 5000, "%_%", "\\", "'; drop table visit", "😀", "\u202e"])
def test_odd_text_is_only_text(li: Chatter, east_bearings: Customer, clock: Clock, sent: str):
    li.says(sent)
    assert li.sees
    li.says("/cancel")
    assert "首页" in li.sees or "李伟" in li.sees


def test_a_draft_that_is_left_can_be_resumed(li: Chatter, east_bearings: Customer):
    li.says("谈了备件的价格")
    li.says("/menu")
    assert "▶ 继续：刚发的内容" in li.buttons
    li.taps("继续")
    assert "谈了备件的价格" in li.sees


@pytest.mark.parametrize(
    ("typed", "seen"),
    [("你好", "李伟 · 业务员"), ("谢谢！", "李伟 · 业务员"), ("帮助", "帮助"), ("今天", "今天 3月10日")],
)
def test_a_greeting_leads_home_and_a_pages_name_opens_it(li: Chatter, session: Session, typed: str, seen: str):
    li.says(typed)
    assert li.sees.startswith(seen)
    assert session.scalars(select(Visit)).all() == []


def test_a_greeting_of_a_customers_person_is_no_problem_to_be_registered(wang: Chatter):
    wang.says("你好")
    assert wang.sees.startswith("王芳，您好")
    wang.says("我的投诉")
    assert "您报告的问题" in wang.sees


def test_typing_cancel_when_nothing_is_under_way_is_no_visit_note(li: Chatter):
    li.says("取消")
    assert "没有什么要取消的" in li.sees


def test_the_name_of_somebody_at_a_customer_opens_her_page(
    li: Chatter, zhao: Chatter, engineer: Contact, east_bearings: Customer
):
    li.says("王芳")
    assert li.sees.startswith("王芳 · 设备工程师")
    zhao.says("王芳")
    assert "设备工程师" not in zhao.sees


def test_an_exact_name_is_found_among_any_number_that_hold_it(
    li: Chatter, session: Session, east_bearings: Customer, engineer: Contact
):
    for number in range(30):
        added(session, Contact(customer_id=east_bearings.id, name=f"大{number:02}王芳", created_at=TUESDAY_MORNING))
    li.says("王芳")
    assert li.sees.startswith("王芳 · 设备工程师")


def test_several_of_exactly_one_name_are_offered(
    li: Chatter, session: Session, li_wei: Person, engineer: Contact, north_pumps: Customer
):
    second = firm(session, "西部<b>阀门", owner=li_wei)
    for customer in (second, north_pumps):
        added(session, Contact(customer_id=customer.id, name="王芳", created_at=TUESDAY_MORNING))
    li.says("王芳")
    assert [button for button in li.buttons if "王芳" in button] == ["王芳 · 华东轴承有限公司", "王芳 · 西部<b>阀门"]


FORWARDED = "谢谢李工，报价收到了"


def test_a_forward_that_is_no_complaint_asks_what_it_is(li: Chatter, session: Session, east_bearings: Customer):
    li.says(FORWARDED, forwarded_from="王总")
    assert "王总说" in li.sees
    assert li.buttons[:3] == ["📝 拜访", "✉️ 存为客户的消息", "⚠️ 投诉"]
    li.taps("存为客户的消息")
    li.taps("华东轴承")
    li.taps("微信")

    touch = session.scalars(select(Touch)).one()
    assert (touch.customer, touch.kind, touch.note) == (east_bearings, TouchKind.WECHAT, f"王总 “{FORWARDED}”")
    assert session.scalars(select(Complaint)).all() == []


def test_a_forward_can_be_a_visit_note_and_tells_who_said_it(li: Chatter, session: Session, east_bearings: Customer):
    li.says(FORWARDED, forwarded_from="<b>王总")
    li.taps("拜访")
    li.taps("华东轴承")
    li.taps("顺利")
    assert session.scalars(select(Visit)).one().note == f"<b>王总 “{FORWARDED}”"


def test_a_forwarded_complaint_names_who_said_it_and_finds_the_customer_in_it(
    li: Chatter, session: Session, east_bearings: Customer
):
    li.says("华东轴承这边3号泵又漏油了", forwarded_from="王总")
    li.taps("产品质量")

    complaint = session.scalars(select(Complaint)).one()
    assert (complaint.customer, complaint.said_by, complaint.words) == (
        east_bearings,
        "王总",
        "华东轴承这边3号泵又漏油了",
    )
    assert "王总" in li.sees
    assert li.taps_made == 1


def test_a_forward_of_many_words_by_somebody_of_a_long_name_breaks_nothing(
    li: Chatter, session: Session, east_bearings: Customer
):
    li.says("坏" * 4000, forwarded_from="王" * 200)
    li.taps("华东轴承")
    li.taps("其他")
    complaint = session.scalars(select(Complaint)).one()
    assert (len(complaint.words), len(complaint.said_by)) == (4000, 80)


def saved(li: Chatter, note: str) -> None:
    li.says(f"/visit 华东轴承 {note}")
    li.taps("顺利")


def test_a_record_is_found_by_its_number_and_not_anothers(li: Chatter, zhao: Chatter, east_bearings: Customer):
    saved(li, "谈了自吸泵")
    number = li.sees.split()[1]
    li.says(number.lower())
    assert "谈了自吸泵" in li.sees
    for typed in (number, "C00999"):
        zhao.says(typed)
        assert "没有找到。可能已经删除" in zhao.sees
        assert "谈了自吸泵" not in zhao.sees
    zhao.says("V99999999999")
    assert "这要记成什么" in zhao.sees


def test_a_word_of_a_note_finds_its_records_and_may_still_become_one(
    li: Chatter, zhao: Chatter, clock: Clock, east_bearings: Customer
):
    saved(li, "问了自吸泵的价格")
    clock.passes(days=30)
    li.says("自吸泵")
    assert "你的这些记录里提到过“自吸泵”" in li.sees
    assert "📝 拜访" in li.buttons
    li.taps("3月10日")
    assert "问了自吸泵的价格" in li.sees
    zhao.says("自吸泵")
    assert "提到过" not in zhao.sees
    clock.passes(days=366)
    li.says("/cancel")
    li.says("自吸泵")
    assert "提到过" not in li.sees


@pytest.mark.parametrize("typed", ["plc", "PLC", "Plc"])
def test_a_word_of_a_note_is_found_in_any_case(li: Chatter, clock: Clock, east_bearings: Customer, typed: str):
    saved(li, "谈了PLC备件")
    clock.passes(days=30)
    li.says(typed)
    assert f"你的这些记录里提到过“{typed}”" in li.sees


@pytest.mark.parametrize("typed", ["Peter Miller", "peter miller", "PETER MILLER"])
def test_a_name_in_letters_is_found_in_any_case(li: Chatter, session: Session, east_bearings: Customer, typed: str):
    added(session, Contact(customer_id=east_bearings.id, name="Peter Miller", created_at=TUESDAY_MORNING))
    li.says(typed)
    assert li.sees.startswith("Peter Miller")
    assert [one.name for one in search.contacts(session, li.person, typed[:5])] == ["Peter Miller"]


@pytest.mark.parametrize(
    ("typed", "looked"),
    [("3号线轴承异响", False), ("6789", False), ("ht-2026", True), ("2026-018", True), ("停机", False)],
)
def test_only_what_may_be_a_contracts_number_is_looked_for_among_contracts(
    session: Session, li_wei: Person, engine: Engine, typed: str, looked: bool
):
    asked: list[str] = []
    event.listen(engine, "before_cursor_execute", listener := lambda *said: asked.append(said[2]))
    assert recall.numbered(session, li_wei, typed) is None
    event.remove(engine, "before_cursor_execute", listener)
    assert any("FROM contract" in one for one in asked) == looked


def test_a_telephone_number_finds_whom_it_belongs_to(
    li: Chatter, zhao: Chatter, session: Session, engineer: Contact, east_bearings: Customer
):
    engineer.phone = "138 1234 5678"
    session.flush()
    for typed in ("13812345678", "+86 138-1234-5678", "5678", "45678"):
        li.says(typed)
        assert li.sees.startswith("王芳"), typed
        zhao.says(typed)
        assert "王芳" not in zhao.sees
        zhao.says("/cancel")
    li.says("678")
    assert "王芳" not in li.sees


def test_a_manager_finds_a_colleague_by_name_and_a_rep_does_not(chen: Chatter, zhao: Chatter, li_wei: Person):
    chen.says("李伟")
    assert chen.sees.startswith("李伟 · 业务员")
    zhao.says("李伟")
    assert "这要记成什么" in zhao.sees


@pytest.mark.parametrize("typed", ["华冬轴承", "华东周承", "华东轴成"])
def test_a_name_that_sounds_the_same_opens_the_customer(li: Chatter, east_bearings: Customer, typed: str):
    li.says(typed)
    assert li.sees.startswith("华东轴承有限公司")


def test_two_that_sound_the_same_are_asked_and_one_spelt_so_is_not(
    li: Chatter, session: Session, li_wei: Person, east_bearings: Customer
):
    firm(session, "华东周承有限公司", owner=li_wei)
    li.says("华冬轴乘")
    assert "指的是哪一家" in li.sees
    li.says("华东周承")
    assert li.sees.startswith("华东周承有限公司")


@pytest.mark.parametrize("typed", ["华东轴承，讨论付款", "华东轴承停了", "昨天去华东轴承谈付款", "华东轴承付款慢"])
def test_a_name_with_more_words_never_opens_a_card_that_swallows_them(
    li: Chatter, session: Session, east_bearings: Customer, typed: str
):
    li.says(typed)
    assert "华东轴承有限公司" in li.sees
    li.taps("拜访")
    li.taps("顺利")
    assert session.scalars(select(Visit)).one().note == typed.removeprefix("华东轴承，")
