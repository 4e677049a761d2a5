"""Drafts: what was left waits, is found again, and can be thrown away."""

from __future__ import annotations

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from models.chat import Conversation
from models.customer import Customer
from models.person import Person
from models.visit import Visit
from tests.chatter import Chatter
from tests.conftest import Clock


def leaves_two(li: Chatter) -> None:
    li.says("谈了备件的价格")
    li.says("/menu")
    li.says("/complaint 华东轴承")
    li.says("<b>3号线异响")
    li.says("/menu")


def drafts(session: Session) -> int:
    return session.scalar(select(func.count()).select_from(Conversation)) or 0


def test_two_drafts_are_listed_with_what_was_said_and_each_goes_on(li: Chatter, east_bearings: Customer):
    leaves_two(li)
    li.taps("🗂 草稿 2")
    assert "1. 登记投诉 · 华东轴承有限公司 · 今天 10:00 · “<b>3号线异响”" in li.sees
    assert "2. 刚发的内容 · 今天 10:00 · “谈了备件的价格”" in li.sees
    li.taps("2. 刚发的内容")
    li.taps("▶ 继续")
    assert "谈了备件的价格" in li.sees


def test_a_draft_is_thrown_away_on_its_own_page_and_a_second_tap_is_harmless(
    li: Chatter, session: Session, east_bearings: Customer
):
    leaves_two(li)
    li.says("/drafts")
    li.taps("1. 登记投诉")
    assert "“<b>3号线异响”" in li.sees
    discard = next(button.data for row in li.screen.keyboard for button in row if "丢弃" in button.text)
    li.taps("🗑 丢弃")
    li.presses(discard)
    assert drafts(session) == 1
    assert "谈了备件的价格" in li.sees
    assert "3号线异响" not in li.sees


def test_nobody_throws_away_anothers_draft(li: Chatter, zhao: Chatter, session: Session, east_bearings: Customer):
    leaves_two(li)
    for draft in session.scalars(select(Conversation.id)).all():
        zhao.presses(f"/drafts/{draft}/discard", 1)
    assert drafts(session) == 2


def test_a_draft_of_days_ago_waits_at_home_and_litters_no_other_page(
    li: Chatter, clock: Clock, east_bearings: Customer
):
    leaves_two(li)
    li.says("/today")
    assert "▶ 继续：登记投诉" in li.buttons
    clock.passes(days=3)
    li.says("/today")
    assert "▶ 继续：登记投诉" not in li.buttons
    li.says("/menu")
    assert "▶ 继续：登记投诉" in li.buttons


def test_cancelling_when_nothing_is_under_way_leaves_the_draft_where_it_is_seen(
    li: Chatter, session: Session, east_bearings: Customer
):
    leaves_two(li)
    li.says("/cancel")
    assert "没有什么要取消的" in li.sees
    assert "▶ 继续：登记投诉" in li.buttons
    assert drafts(session) == 2


def test_a_draft_names_its_customer_in_the_list_on_its_button_and_on_its_page(
    li: Chatter, session: Session, east_bearings: Customer
):
    li.says("/visit")
    li.taps("华东轴承")
    li.says("/menu")
    li.says("/complaint 华东轴承")
    li.says("/drafts")
    assert "1. 登记投诉 · 华东轴承有限公司 · 今天 10:00" in li.sees
    assert "2. 记拜访 · 华东轴承有限公司" in li.buttons
    li.taps("2. 记拜访")
    assert "记拜访 · 华东轴承有限公司 · 今天" in li.sees


def test_a_draft_about_a_customer_no_longer_hers_names_nobody(
    li: Chatter, session: Session, east_bearings: Customer, zhao_min: Person
):
    li.says("/visit 华东轴承")
    east_bearings.owner_id = zhao_min.id
    session.flush()
    li.says("/drafts")
    assert "华东" not in li.sees + "".join(li.buttons)


def test_a_draft_names_a_customer_that_is_new_or_that_its_record_is_of(
    wang: Chatter, li: Chatter, session: Session, east_bearings: Customer
):
    wang.presses("/do/message", 1)
    wang.says("请回电")
    li.presses("/do/reply?letter=1", 1)
    li.shares_card("刘工", "13800000000")
    li.says("/visit 宁波<b>水泵厂")
    li.taps("新增")
    li.says("/drafts")
    assert li.buttons[:2] == ["1. 记拜访 · 宁波<b>水泵厂", "2. 回复 · 华东轴承有限公司"]


def test_a_skipped_question_says_nothing_in_the_list_of_drafts(li: Chatter, east_bearings: Customer):
    li.says("/visit")
    li.taps("华东轴承")
    li.taps("跳过")
    li.says("/drafts")
    assert "None" not in li.sees


def test_a_key_of_a_draft_that_was_left_there_takes_it_up_again(li: Chatter, session: Session, east_bearings: Customer):
    li.says("/visit 华东轴承 谈了A")
    left = li.newest
    li.says("/today")
    li.taps("顺利", left)
    assert session.scalars(select(Visit)).one().note == "谈了A"
    li.taps("顺利", left)
    assert "这一步已经完成了" in (li.toast or "")
    assert len(session.scalars(select(Visit)).all()) == 1


def test_a_key_of_a_draft_that_was_left_puts_the_one_in_hand_aside(
    li: Chatter, session: Session, east_bearings: Customer
):
    li.says("/visit 华东轴承 谈了A")
    left = li.newest
    li.says("/complaint 华东轴承 3号线异响")
    li.taps("修改", left)
    assert "谈了A" in li.sees
    li.says("/drafts")
    assert "谈了A" in li.sees
    assert "3号线异响" in li.sees


def test_an_older_key_of_a_draft_that_was_left_says_where_it_waits(
    li: Chatter, session: Session, east_bearings: Customer
):
    li.says("/visit 华东轴承")
    older = li.newest
    li.says("谈了A")
    li.says("/today")
    li.taps("跳过", older)
    assert "还没保存的内容在 /drafts 里" in (li.toast or "")
    assert session.scalars(select(Visit)).all() == []
