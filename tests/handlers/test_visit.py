"""Logging a visit, as the rep sees it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from crm import pledges, reminders
from models.attachment import FileKind
from models.complaint import Complaint, Severity
from models.customer import Contact, Customer
from models.person import Person
from models.visit import Outcome, Reminder, ReminderState, Visit, VisitKind
from tests.chatter import Chatter
from tests.conftest import Clock, added, firm

NOTE = "谈了3号线备件 下周三报价"
NEXT_WEDNESDAY = date(2026, 3, 18)


def visits(session: Session) -> list[Visit]:
    return list(session.scalars(select(Visit).where(Visit.undone_at.is_(None)).order_by(Visit.id)))


def writes(li: Chatter, note: str = NOTE) -> None:
    li.presses("/do/visit", 1)
    li.taps("华东轴承")
    li.says(note)


def logs(li: Chatter) -> None:
    writes(li)
    li.taps("顺利")


def test_an_unplanned_visit_takes_three_taps_and_a_sentence(li: Chatter, session: Session, east_bearings: Customer):
    li.taps_made += 1  # the menu's button
    li.presses("/do/visit", 1)
    li.taps("华东轴承")
    li.says(NOTE)
    li.taps("顺利")

    assert li.taps_made == 3
    (visit,) = visits(session)
    assert (visit.customer, visit.outcome, visit.note) == (east_bearings, Outcome.GOOD, NOTE)
    assert visit.next_visit == NEXT_WEDNESDAY
    assert visit.number in li.sees
    assert "已保存" in li.sees
    assert NOTE in li.sees


def test_a_typed_line_takes_one_tap(li: Chatter, session: Session, east_bearings: Customer):
    li.says(f"/visit 华东轴承 {NOTE}")
    assert "下周三 3月18日" in li.sees
    assert "这次情况怎么样" in li.sees
    li.taps("顺利")

    assert li.taps_made == 1
    (visit,) = visits(session)
    assert (visit.note, visit.next_visit) == (NOTE, NEXT_WEDNESDAY)


def test_a_door_nobody_opened_is_logged_without_a_word(li: Chatter, session: Session, east_bearings: Customer):
    li.presses("/do/visit", 1)
    li.taps("华东轴承")
    li.taps("跳过")
    li.taps("没见到人")

    (visit,) = visits(session)
    assert (visit.outcome, visit.note, visit.met) == (Outcome.NOBODY, "", [])


def test_the_review_names_the_day_found_in_the_sentence_and_nothing_is_saved_yet(
    li: Chatter, session: Session, east_bearings: Customer
):
    writes(li)
    assert "下次回访：下周三 3月18日" in li.sees
    assert "点一下结果就保存" in li.sees
    assert visits(session) == []


def test_the_card_says_which_planned_visit_it_was_and_asks_about_the_rest(
    li: Chatter, session: Session, li_wei: Person, east_bearings: Customer, clock: Clock
):
    day, before = clock.now.date() + timedelta(2), clock.now - timedelta(days=5)
    visit = reminders.plan(session, li_wei, customer=east_bearings, day=day, at=before)
    task = reminders.plan(session, li_wei, customer=east_bearings, day=clock.now.date() - timedelta(0), at=before)
    task.why, task.day = "<b>寄样品", day - timedelta(9)
    session.flush()
    li.says("/visit 华东轴承 聊了年度框架")
    li.taps("顺利")
    assert "☑️ 已了结3月12日的提醒" in li.sees
    assert "这些也完成了吗" in li.sees
    assert (visit.state, task.state) == (ReminderState.DONE, ReminderState.PLANNED)
    li.taps("☐ <b>寄样品")
    assert task.state is ReminderState.DONE
    assert "☑️ 已了结3月3日的提醒 · <b>寄样品" in li.sees
    li.taps("撤销")
    assert visit.open
    assert task.open


def test_a_promise_to_the_customer_is_kept_at_the_visit_by_one_tap_and_open_again_after_undo(
    li: Chatter, session: Session, li_wei: Person, east_bearings: Customer, clock: Clock
):
    owed = pledges.make(session, li_wei, customer=east_bearings, words="送手册", day=clock.now.date(), at=clock.now)
    logs(li)
    assert owed.open
    ask = li.newest
    li.taps("🤝 送手册")
    assert not owed.open
    assert "已兑现：送手册" in li.sees
    li.presses(f"/visits/{visits(session)[0].id}/kept?pledge={owed.id}&version=1", ask)
    assert li.toast
    li.taps("撤销")
    assert owed.open


def test_a_task_of_another_customer_or_a_colleague_is_not_done_by_a_forged_button(
    li: Chatter,
    zhao: Chatter,
    session: Session,
    li_wei: Person,
    zhao_min: Person,
    east_bearings: Customer,
    clock: Clock,
):
    other, hers = firm(session, "无锡泵厂", owner=li_wei), firm(session, "常州泵厂", owner=zhao_min)
    plans = [
        reminders.plan(session, one.owner, customer=one, day=clock.now.date(), why="寄样品", at=clock.now)
        for one in (other, hers)
    ]
    logs(li)
    for plan in plans:
        li.presses(f"/visits/{visits(session)[0].id}/done?reminder={plan.id}&version=1")
        assert plan.open


@pytest.mark.parametrize(
    ("sentence", "day"),
    [
        ("谈了3号线备件，下周三报价", date(2026, 3, 18)),
        ("明天再去一次", date(2026, 3, 11)),
        ("三天后送样品", date(2026, 3, 13)),
        ("月底签合同", date(2026, 3, 31)),
        ("4月2号验收", date(2026, 4, 2)),
        ("看了3号机，一切正常", None),
        ("上次10月5日的问题已解决 quote next Wed", date(2026, 3, 18)),  # 上次 is no day to be back on
        ("合同到2030年12月31日", None),  # years away: not the next visit
        ("一切正常", None),
    ],
)
def test_the_next_visit_is_suggested_from_the_sentence(
    li: Chatter, session: Session, east_bearings: Customer, sentence: str, day: date | None
):
    writes(li, sentence)
    li.taps("顺利")
    assert visits(session)[0].next_visit == day


def test_a_suggested_day_can_be_changed_or_left_out(li: Chatter, session: Session, east_bearings: Customer):
    writes(li)
    li.taps("修改")
    li.taps("下次回访")
    li.taps("跳过")
    assert "下周三" not in li.sees.replace(NOTE, "")
    li.taps("下次回访")
    li.says("下周五")
    assert "下周五 3月20日" in li.sees
    li.taps("顺利")
    assert visits(session)[0].next_visit == date(2026, 3, 20)


@pytest.mark.parametrize(
    "said",
    ["客户说下周三要3号线的备件报价，还要求我们派人去看一下现场的设备", "王工说要换泵了", "他们想换一家供应商" * 10],
)
def test_a_sentence_where_people_met_are_asked_stays_with_the_visit(
    session: Session, li: Chatter, east_bearings: Customer, engineer: Contact, said: str
):
    li.says("/visit 华东轴承 谈了备件")
    li.taps("见到的人")
    li.says(said)
    assert "先放在草稿里" in li.sees
    li.taps("返回")
    li.taps("顺利")
    assert session.scalars(select(Visit)).one().note == f"谈了备件\n{said}"


@pytest.mark.parametrize("forged", ["99999999999999", "2147483648", "²", "p²", "p" + "9" * 50, "9" * 50])
def test_a_forged_number_picks_nobody(li: Chatter, east_bearings: Customer, forged: str):
    li.says("/visit")
    revision = next(button.data for row in li.screen.keyboard for button in row if button.data).split(":")[0]
    li.presses(f"{revision}:{forged}")
    assert li.toast
    li.presses(f"/do/visit?customer={forged}")
    assert "哪家客户" in li.sees


def test_kind_and_people_met_are_offered_at_the_review(
    li: Chatter, session: Session, east_bearings: Customer, engineer: Contact
):
    writes(li)
    li.taps("见到的人")
    li.taps("王芳")
    li.taps("选好了")
    li.taps("修改")
    li.taps("拜访类型")
    li.taps("售后拜访")
    li.taps("顺利")

    (visit,) = visits(session)
    assert visit.met == [engineer]
    assert visit.kind is VisitKind.AFTER_SALES
    assert "王芳" in li.sees


def test_photos_voice_and_words_sent_at_the_wrong_moment_go_into_the_note(
    li: Chatter, session: Session, east_bearings: Customer
):
    li.presses("/do/visit", 1)
    li.sends(FileKind.PHOTO)
    assert "照片先放在草稿里" in li.sees
    li.taps("华东轴承")
    li.says("主轴有异响，周五再看")
    assert "3月13日" in li.sees
    li.sends(FileKind.VOICE)
    assert "语音先放在草稿里" in li.sees
    li.taps("有问题")

    (visit,) = visits(session)
    assert visit.note == "主轴有异响，周五再看"
    assert [attached.kind for attached in visit.attachments] == [FileKind.PHOTO, FileKind.VOICE]
    assert visit.next_visit == date(2026, 3, 13)
    li.taps("📎")
    assert len(li.screen.files) == 2
    li.taps("‹ V")
    assert "主轴有异响" in li.sees


def test_an_album_is_one_note_with_all_its_pictures(li: Chatter, session: Session, east_bearings: Customer):
    li.presses("/do/visit", 1)
    li.taps("华东轴承")
    li.sends(FileKind.PHOTO, "漏油", album="a")
    li.sends(album="a")
    li.sends(album="a")
    li.taps("有问题")

    (visit,) = visits(session)
    assert visit.note == "漏油"
    assert len(visit.attachments) == 3


def test_undo_takes_the_visit_and_its_reminder_back_and_shows_what_was_said(
    li: Chatter, session: Session, east_bearings: Customer
):
    logs(li)
    li.taps("撤销")

    assert "已撤销" in li.sees
    assert NOTE in li.sees
    assert visits(session) == []
    assert [reminder.state for reminder in session.scalars(select(Reminder))] == [ReminderState.DROPPED]
    li.taps("重新记录")
    assert "谈了什么" in li.sees


def test_undo_is_gone_after_ten_minutes_and_an_old_button_says_until_when_it_worked(
    li: Chatter, session: Session, east_bearings: Customer, clock: Clock
):
    logs(li)
    card = li.newest
    undo = next(b.data for row in li.screen.keyboard for b in row if "撤销" in b.text)
    clock.passes(minutes=11)

    li.presses(undo, card)

    assert "10:10" in (li.toast or "")
    assert len(visits(session)) == 1
    li.opens(f"/visits/{visits(session)[0].id}")
    assert "↩️ 撤销" not in li.buttons
    assert "已保存" not in li.sees


def test_undo_tapped_twice_is_harmless(li: Chatter, session: Session, east_bearings: Customer):
    logs(li)
    undo = next(b.data for row in li.screen.keyboard for b in row if "撤销" in b.text)
    li.presses(undo)
    li.presses(undo)
    assert "已经处理过" in (li.toast or "")


def test_save_tapped_twice_logs_one_visit(li: Chatter, session: Session, east_bearings: Customer):
    writes(li)
    save = next(b.data for row in li.screen.keyboard for b in row if "顺利" in b.text)
    li.presses(save)
    li.presses(save)
    assert len(visits(session)) == 1


def test_cancelling_in_the_middle_saves_nothing(li: Chatter, session: Session, east_bearings: Customer):
    writes(li)
    li.says("/cancel")
    assert "什么都没有保存" in li.sees
    assert visits(session) == []


def test_a_customer_nobody_knows_is_added_on_the_way(li: Chatter, session: Session, east_bearings: Customer):
    li.says("/visit")
    li.says("苏州新泵")
    assert "没有找到“苏州新泵”" in li.sees
    li.taps("新增“苏州新泵”")
    li.says("第一次见面")
    assert "C级" in li.sees
    assert session.scalar(select(func.count()).select_from(Customer)) == 1
    li.taps("顺利")

    (visit,) = visits(session)
    assert (visit.customer.name, visit.customer.owner) == ("苏州新泵", li.person)
    assert li.taps_made == 2


def test_a_line_with_an_unknown_name_offers_to_add_it_and_keeps_every_word(
    li: Chatter, session: Session, east_bearings: Customer
):
    li.says("/visit 苏州新泵 送了样品 下周三回访")
    assert "没有找到“苏州新泵”" in li.sees
    assert "华东轴承有限公司" in li.buttons  # the recent ones stay at hand
    li.taps("新增“苏州新泵”")
    li.taps("顺利")
    (visit,) = visits(session)
    assert visit.note == "送了样品 下周三回访"
    assert visit.next_visit == NEXT_WEDNESDAY


def test_a_line_that_may_mean_two_customers_asks_which(
    li: Chatter, session: Session, east_bearings: Customer, li_wei: Person
):
    firm(session, "华东电机有限公司", owner=li_wei)
    li.says("/visit 华东 谈了备件")
    assert {"华东轴承有限公司", "华东电机有限公司"} <= set(li.buttons)
    li.taps("华东电机")
    li.taps("顺利")
    assert "谈了备件" in li.sees


@pytest.mark.parametrize(
    ("line", "customer", "note"),
    [
        ("siemens energy offered spare parts", "Siemens Energy 苏州", "offered spare parts"),
        ("Siemens Energy 苏州 送了样品", "Siemens Energy 苏州", "送了样品"),
        ("华东轴承，谈了备件，下周三报价", "华东轴承有限公司", "谈了备件，下周三报价"),
        ("华东轴承有限公司\n第一行\n第二行", "华东轴承有限公司", "第一行\n第二行"),
        ("hdzc 谈了备件", "华东轴承有限公司", "谈了备件"),
        ("  华东轴承   谈了 备件 ", "华东轴承有限公司", "谈了 备件"),
    ],
)
def test_a_line_is_taken_apart_into_customer_and_note(
    li: Chatter, session: Session, east_bearings: Customer, li_wei: Person, line: str, customer: str, note: str
):
    firm(session, "Siemens Energy 苏州", owner=li_wei)
    firm(session, "Siemens Motors 无锡", owner=li_wei)
    li.says(f"/visit {line}")
    li.taps("顺利")
    (visit,) = visits(session)
    assert (visit.customer.name, visit.note) == (customer, note)


def test_a_sentence_without_a_name_is_the_note_and_the_customer_is_asked(
    li: Chatter, session: Session, east_bearings: Customer
):
    li.says("/visit 今天上午去客户现场谈了三号线备件的价格，下周三报价")
    assert "拜访了哪家客户" in li.sees
    li.taps("华东轴承")
    li.taps("顺利")
    assert visits(session)[0].note.startswith("今天上午")


def test_another_reps_visit_is_not_found(
    li: Chatter, zhao: Chatter, session: Session, east_bearings: Customer, north_pumps: Customer
):
    logs(li)
    (visit,) = visits(session)
    for address in (f"/visits/{visit.id}", f"/visits/{visit.id}/undo", f"/do/visit?customer={east_bearings.id}"):
        zhao.presses(address, 1)
        assert "没有找到" in (zhao.toast or "") or "华东" not in zhao.sees
    assert len(visits(session)) == 1


def test_a_leader_sees_whose_visit_it_was(li: Chatter, chen: Chatter, session: Session, east_bearings: Customer):
    logs(li)
    chen.opens(f"/visits/{visits(session)[0].id}")
    assert "拜访人：李伟" in chen.sees
    assert not [button for button in chen.buttons if "撤销" in button]


def test_a_customers_person_cannot_log_visits(wang: Chatter, session: Session):
    wang.says("/visit 华东轴承 试试")
    assert "只供我们的同事使用" in wang.sees
    wang.presses("/visits/1", 1)
    assert "只供我们的同事使用" in (wang.toast or "")


@pytest.mark.parametrize("said", ["<b>粗体</b> & =1+1", "=1+1", "x" * 3999, "好" * 3999, "\u202e反过来", "😀" * 1999])
def test_whatever_is_said_fits_the_screen_and_is_kept(
    li: Chatter, session: Session, east_bearings: Customer, said: str
):
    writes(li, said)
    li.taps("顺利")
    (visit,) = visits(session)
    assert visit.note == said.lstrip("\u202e")
    assert "已保存" in li.sees


def test_too_long_a_note_is_refused_with_what_fits(li: Chatter, session: Session, east_bearings: Customer):
    writes(li, "长" * 5000)
    assert "最多 4000 个字" in li.sees


def test_a_photo_where_the_customer_is_asked_does_not_lose_the_list(li: Chatter, east_bearings: Customer):
    li.presses("/do/visit", 1)
    li.sends(FileKind.PHOTO)
    assert "华东轴承有限公司" in li.buttons


@pytest.mark.parametrize(
    "forged",
    ["/do/visit?customer=x", "/do/visit?customer=99999", "/do/visit?customer=%00", "/do/visit?outcome=splendid",
     "/do/visit?next_visit=soon", "/do/visit?met=1", "/do/visit?note=%00&outcome=good", "/do/visit?kind=1&met=x",
     "/do/visit?looking_for=%00%01%ff", "/visits/0", "/visits/-1", "/visits/99999999999999999999", "/visits/x/undo"],
)  # fmt: skip
def test_a_forged_address_does_no_harm(li: Chatter, session: Session, east_bearings: Customer, forged: str):
    li.presses(forged, 1)
    assert li.reply.toast or li.reply.screen
    assert visits(session) == []


def test_the_conversation_speaks_english_too(
    meet: Callable[..., Chatter], li_wei: Person, east_bearings: Customer, engineer: Contact
):
    li = meet(li_wei, "en")
    li.says("/visit")
    assert "Which customer did you visit?" in li.sees
    li.taps("华东轴承")
    li.says("talked about spare parts, quote next Wed")
    assert "Next visit: next Wed 18 Mar" in li.sees
    li.taps("People met")
    li.taps("王芳")
    li.taps("Done")
    li.taps("Went well")
    assert "saved" in li.sees
    assert "Next visit: next Wed 18 Mar" in li.sees


def test_a_typed_line_is_still_there_after_another_command(li: Chatter, east_bearings: Customer):
    li.says("/visit 华东轴承 谈了备件")
    li.says("/menu")
    li.taps("▶ 继续：记拜访")
    li.taps("顺利")
    assert "谈了备件" in li.sees


def test_a_sentence_sent_while_the_customer_is_asked_is_kept_for_the_visit(li: Chatter, east_bearings: Customer):
    note = "今天和王工一起看了三号线的主轴承，温度比上周高了五度，先加油观察。" * 3
    li.says("/visit")
    li.says(note)
    assert "先放在草稿里" in li.sees
    li.taps("华东轴承")
    assert note[:40] in li.sees
    li.taps("顺利")
    assert note[:40] in li.sees


def test_what_can_be_changed_has_one_way_back(li: Chatter, east_bearings: Customer):
    li.says("/visit 华东轴承 谈了备件")
    li.taps("修改")
    assert [label for label in li.buttons if label.startswith("‹")] == ["‹ 回到确认"]


def test_what_was_sent_besides_is_shown_without_a_stray_blank(li: Chatter, east_bearings: Customer):
    writes(li)
    li.says("另外要一份检测报告")
    assert "另外还说：另外要一份检测报告" in li.sees


def test_a_note_of_several_lines_is_one_line_in_a_list(li: Chatter, session: Session, east_bearings: Customer):
    logs(li)
    visits(session)[0].note = "谈了备件\n\n要检测报告"
    session.flush()
    for address in ("", "/visits", "/timeline", "/brief"):
        li.presses(f"/customers/{east_bearings.id}{address}")
        assert "谈了备件 要检测报告" in li.sees, address


SAID = "昨天去华东轴承，李总说付款要等到下个月15号"


def test_a_sentence_names_the_customer_who_is_asked_for_and_is_the_note(
    li: Chatter, session: Session, east_bearings: Customer
):
    li.says("/visit")
    said = li.says(SAID)
    assert "新增" not in " ".join(li.buttons)
    li.edits(said, SAID + "付")
    li.taps("顺利")
    (visit,) = visits(session)
    assert (visit.customer, visit.note) == (east_bearings, SAID + "付")


def test_a_sentence_about_two_offers_both_and_is_kept(
    li: Chatter, session: Session, li_wei: Person, east_bearings: Customer
):
    firm(session, "合肥中泰机械有限公司", owner=li_wei)
    firm(session, "无锡瑞丰水泥有限公司", owner=li_wei)
    li.says("/visit")
    li.says("昨天去了合肥中泰和无锡瑞丰")
    assert "先放在草稿里" in li.sees
    assert li.buttons == ["合肥中泰机械有限公司", "无锡瑞丰水泥有限公司", "✕ 取消"]
    li.taps("无锡瑞丰")
    li.taps("顺利")
    assert visits(session)[0].note == "昨天去了合肥中泰和无锡瑞丰"


@pytest.mark.parametrize("typed", ["😀", "13812345678", "刚从海天出来他们要降价", "visited them today"])
def test_only_what_may_be_a_firms_name_is_offered_as_a_new_one(li: Chatter, east_bearings: Customer, typed: str):
    for line in ("/visit", typed):
        li.says(line)
    assert "新增" not in " ".join(li.buttons)
    assert "华东轴承有限公司" in li.buttons
    li.says("/cancel")
    li.says(f"/visit {typed}")
    assert "新增" not in " ".join(li.buttons)


def test_a_photo_with_a_name_below_it_answers_and_stays(li: Chatter, session: Session, east_bearings: Customer):
    li.says("/visit")
    li.sends(FileKind.PHOTO, "在华东轴承拍的，轴承座漏油")
    li.taps("顺利")
    (visit,) = visits(session)
    assert (visit.customer, len(visit.attachments)) == (east_bearings, 1)
    assert visit.note == "在华东轴承拍的，轴承座漏油"


def test_a_telephone_number_answers_which_customer(
    li: Chatter, session: Session, engineer: Contact, east_bearings: Customer, li_wei: Person
):
    firm(session, "无锡瑞丰水泥有限公司", owner=li_wei)
    engineer.phone = "138 1234 5678"
    session.flush()
    li.says("/visit")
    li.says("13812345678")
    assert li.buttons[0] == "华东轴承有限公司"
    assert "无锡瑞丰水泥有限公司" not in li.buttons


def test_somebody_met_who_is_not_in_the_file_is_added_with_the_visit(
    li: Chatter, session: Session, engineer: Contact, east_bearings: Customer
):
    writes(li)
    li.taps("见到的人")
    li.says("张总")
    assert "没有找到“张总”" in li.sees
    assert li.buttons[:2] == ["➕ 新增“张总”", "☐ 王芳 · 设备工程师"]
    li.says("王工")
    assert li.buttons[0] == "☐ 王芳 · 设备工程师"
    li.taps("王芳")
    li.says("<b>张总")
    li.taps("新增")
    assert "王芳" in li.sees
    assert session.scalar(select(func.count(Contact.id))) == 1
    li.taps("顺利")
    assert [contact.name for contact in visits(session)[0].met] == ["王芳", "<b>张总"]


@pytest.mark.parametrize("typed", ["😀", "王", "长" * 200, "=1+1", "张总，李总"])
def test_what_is_no_name_is_not_added_to_those_met(li: Chatter, engineer: Contact, typed: str):
    writes(li)
    li.taps("见到的人")
    li.says(typed)
    assert "新增" not in " ".join(li.buttons)
    assert "☐ 王芳 · 设备工程师" in li.buttons


def test_a_visit_that_tells_of_an_accident_offers_to_log_the_complaint_that_alarms(
    li: Chatter, session: Session, east_bearings: Customer
):
    li.says("/visit 华东轴承 3号线起火，有人受伤")
    li.taps("有问题")
    assert "拜访记录不会提醒任何人" in li.sees
    assert li.buttons[0] == "⚠️ 记投诉"
    li.taps("记投诉")
    li.taps("质量")
    (complaint,) = session.scalars(select(Complaint))
    assert (complaint.customer, complaint.words, complaint.proposed) == (
        east_bearings,
        "3号线起火，有人受伤",
        Severity.S1,
    )


def test_an_ordinary_visit_offers_no_complaint(li: Chatter, east_bearings: Customer):
    logs(li)
    assert "⚠️ 记投诉" not in li.buttons


@pytest.fixture
def two_firms(session: Session, li: Chatter, east_bearings: Customer, north_pumps: Customer, engineer: Contact) -> None:
    """李伟 looks after two customers, each with somebody known for days."""
    north_pumps.owner_id = li.person.id
    engineer.created_at = li.now() - timedelta(days=9)
    added(session, Contact(customer_id=north_pumps.id, name="周杰", created_at=engineer.created_at))
    session.refresh(north_pumps)
    session.refresh(east_bearings)


def test_another_customer_means_other_people_met(li: Chatter, session: Session, two_firms: None):
    li.says("/visit 华东轴承 谈了备件")
    li.taps("见到的人")
    li.taps("王芳")
    li.taps("选好了")
    li.taps("修改")
    li.taps("客户")
    li.taps("北方泵业")
    assert "王芳" not in li.sees
    li.taps("待跟进")
    assert session.scalars(select(Visit)).one().met == []


def test_another_customer_means_other_people_invited(li: Chatter, session: Session, two_firms: None):
    li.says("/invite 华东轴承")
    li.taps("王芳")
    li.taps("修改")
    li.taps("客户")
    li.taps("北方泵业")
    assert "王芳" not in li.sees
    assert "周杰" in " ".join(li.buttons)
