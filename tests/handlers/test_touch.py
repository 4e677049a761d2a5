"""Calls, mails and WeChat from a sentence: what it offers first, what it keeps, what follows, and taking it back."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from crm import touches
from models.attachment import FileKind
from models.customer import Customer
from models.person import Person
from models.touch import Touch, TouchKind
from models.visit import Reminder, ReminderState
from tests.chatter import Chatter
from tests.conftest import Clock, firm


def touch_of(session: Session) -> Touch:
    return session.scalars(select(Touch).where(Touch.undone_at.is_(None))).one()


@pytest.mark.parametrize(
    ("words", "first"),
    [
        ("给华东轴承王工打了电话，确认到货日期，问题不大", "📞 电话"),
        ("华东轴承 发了邮件，附上新报价单给采购部看看", "✉️ 邮件"),
        ("华东轴承 微信上说下个月再谈合同的事情吧", "💬 微信"),
        ("华东轴承 谈了3号线备件，客户比较满意没有意见", "📝 拜访"),
    ],
)
def test_a_sentence_that_says_how_one_was_in_touch_offers_that_first(
    li: Chatter, east_bearings: Customer, words: str, first: str
):
    li.says(words)
    assert li.buttons[0] == first
    assert len([one for one in li.buttons if "取消" not in one]) <= 6
    assert "📝 拜访" in li.buttons[:2]


def test_a_call_from_a_sentence_is_saved_by_one_tap_with_its_day_and_its_reminder(
    li: Chatter, session: Session, east_bearings: Customer
):
    li.says("华东轴承 昨天给王工打了电话，<b>确认到货，下周三等回复")
    li.taps("📞 电话")
    touch = touch_of(session)
    assert li.taps_made == 1
    assert (touch.kind, touch.customer) == (TouchKind.CALL, east_bearings)
    assert "昨天 3月9日" in li.sees
    assert "<b>确认到货" in li.sees
    assert "下次联系：下周三 3月18日" in li.sees
    (plan,) = session.scalars(select(Reminder)).all()
    assert (plan.day, plan.touch_id) == (date(2026, 3, 18), touch.id)


def test_without_a_customer_it_is_asked_for_and_nothing_else(li: Chatter, session: Session, east_bearings: Customer):
    li.says("微信上说了一下三号线的备件下个月才要")
    li.taps("💬 微信")
    assert "和哪家客户联系的" in li.sees
    li.taps("华东轴承")
    assert touch_of(session).kind is TouchKind.WECHAT


def test_what_is_said_after_a_two_tap_call_is_offered_as_its_note_first(
    li: Chatter, session: Session, east_bearings: Customer, clock: Clock
):
    li.presses(f"/customers/{east_bearings.id}/touch", 1)
    li.taps("电话")
    li.says("对方说下周三等回复，价格要再谈一谈")
    assert "刚刚保存：📞 电话 · 华东轴承有限公司" in li.sees
    li.sends(FileKind.VOICE)
    assert li.buttons[0] == "➕ 补到刚才的联系"
    li.taps("补到刚才的联系")
    touch = touch_of(session)
    assert touch.note == "对方说下周三等回复，价格要再谈一谈"
    assert [file.kind for file in touch.attachments] == [FileKind.VOICE]
    assert "下次联系：下周三 3月18日" in li.sees
    li.taps("附件")
    assert li.screen.files
    clock.passes(minutes=11)
    li.says("这句话过了很久才说，应该是新的记录了")
    assert "补到刚才的联系" not in " ".join(li.buttons)


def test_a_note_takes_voice_photos_and_a_day(li: Chatter, session: Session, east_bearings: Customer):
    li.presses(f"/customers/{east_bearings.id}/touch", 1)
    li.taps("电话")
    li.taps("备注")
    li.sends(FileKind.VOICE)
    li.taps("备注")
    li.sends(FileKind.PHOTO, caption="旧铭牌，下周三再联系")
    touch = touch_of(session)
    assert {file.kind for file in touch.attachments} == {FileKind.VOICE, FileKind.PHOTO}
    assert touch.note == "旧铭牌，下周三再联系"
    assert "下次联系：下周三" in li.sees


def test_undoing_a_call_says_what_was_taken_back_and_takes_its_reminder(
    li: Chatter, session: Session, east_bearings: Customer
):
    li.says("华东轴承 打了电话，下周三等回复，<b>价格再谈")
    li.taps("📞 电话")
    li.taps("撤销")
    assert "已撤销：📞 电话 · 华东轴承有限公司" in li.sees
    assert "<b>价格再谈" in li.sees
    assert session.scalars(select(Reminder.state)).all() == [ReminderState.DROPPED]
    li.taps("重新记录")
    li.taps("微信")
    assert touch_of(session).kind is TouchKind.WECHAT


def test_editing_the_message_corrects_the_note_and_moves_the_reminder(
    li: Chatter, session: Session, east_bearings: Customer
):
    line = li.says("华东轴承 打了电话，下周三等回复，价格再谈")
    li.taps("📞 电话")
    card = li.newest
    li.edits(line, "华东轴承 打了电话，下周五等回复，价格再谈")
    touch = touch_of(session)
    assert li.reply.edit == card
    assert "已更正" in li.sees
    assert "下次联系：下周五 3月20日" in li.sees
    assert touch.note == "打了电话，下周五等回复，价格再谈"
    li.taps("原内容")
    assert "下周三等回复" in li.sees


def test_a_colleague_sees_a_call_and_changes_nothing(
    li: Chatter, chen: Chatter, session: Session, east_bearings: Customer, clock: Clock
):
    li.says("华东轴承 打了电话，价格再谈一谈，别的没有")
    li.taps("📞 电话")
    touch = touch_of(session)
    chen.presses(f"/touches/{touch.id}", 1)
    assert "备注" not in " ".join(chen.buttons)
    chen.presses(f"/do/touch_note?touch={touch.id}")
    chen.says("改掉")
    assert touch.note.startswith("打了电话")


def test_the_customer_just_looked_at_is_meant_when_nobody_else_is_named(
    li: Chatter, session: Session, li_wei: Person, east_bearings: Customer, clock: Clock
):
    other = firm(session, "无锡瑞丰水泥有限公司", owner=li_wei)
    li.presses(f"/customers/{other.id}", 1)
    li.sends(FileKind.PHOTO)
    assert "无锡瑞丰水泥有限公司" in li.sees
    assert "刚才看的客户" in li.sees
    li.taps("拜访")
    assert "客户：无锡瑞丰水泥有限公司" in li.sees
    li.taps("取消")
    li.presses(f"/customers/{other.id}")
    li.says("华东轴承 谈了3号线的备件，下周三再报价")
    assert "刚才看的客户" not in li.sees
    assert "华东轴承有限公司" in li.sees
    li.taps("取消")
    li.presses(f"/customers/{other.id}")
    clock.passes(minutes=11)
    li.sends(FileKind.PHOTO)
    assert "无锡瑞丰" not in li.sees


def test_a_customer_of_a_colleague_is_not_guessed_from_a_forged_page(
    li: Chatter, session: Session, zhao_min: Person, east_bearings: Customer
):
    hers = firm(session, "常州泵厂有限公司", owner=zhao_min)
    li.presses(f"/customers/{hers.id}", 1)
    li.sends(FileKind.PHOTO)
    assert "常州泵厂" not in li.sees


def test_a_place_is_spoken_of_once(li: Chatter, session: Session, east_bearings: Customer):
    li.shares_place(31.23041, 121.47371)
    li.says("谈了三号线的备件，下周三再报价给他们")
    assert "位置" in li.sees
    li.taps("取消")
    li.says("这是另外一件完全不相干的事情，和位置无关")
    assert "已收到你的位置" not in li.sees
    li.taps("取消")
    li.sends(FileKind.PHOTO)
    li.shares_place(31.23041, 121.47371)
    li.taps("拜访")
    li.taps("华东轴承")
    li.taps("顺利")
    li.says("这是另外一件完全不相干的事情，和位置无关")
    assert "已收到你的位置" not in li.sees


def test_the_reminder_of_a_call_is_not_made_twice(
    li: Chatter, session: Session, li_wei: Person, east_bearings: Customer
):
    li.says("华东轴承 打了电话，下周三等回复，价格再谈")
    li.taps("📞 电话")
    li.says("补一句：下周五之前要把图纸也发给他们看")
    li.taps("补到刚才的联系")
    assert touches.promised(session, touch_of(session)) is not None
    assert len(session.scalars(select(Reminder)).all()) == 1


def test_a_call_is_logged_on_the_day_its_words_were_said(
    li: Chatter, session: Session, east_bearings: Customer, clock: Clock
):
    clock.shows("2026-03-10 23:50")
    li.says("跟华东轴承通了电话，明天报价")
    clock.shows("2026-03-11 08:30")
    li.taps("电话")
    touch = session.scalars(select(Touch)).one()
    reminder = session.scalars(select(Reminder)).one()
    assert (touch.at.astimezone(li.house.zone).date(), reminder.day) == (date(2026, 3, 10), date(2026, 3, 11))


def test_a_call_logged_when_the_day_it_named_has_passed_is_no_reminder(
    li: Chatter, session: Session, east_bearings: Customer, clock: Clock
):
    li.says("跟华东轴承通了电话，明天报价")
    clock.passes(days=4)
    li.taps("电话")
    assert session.scalars(select(Reminder)).all() == []
