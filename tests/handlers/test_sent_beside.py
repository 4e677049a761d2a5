"""A file beside an answer is kept; only one's own words and nothing else stand for a key."""

from __future__ import annotations

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from crm import letters
from dialog.events import File, Message
from models.attachment import Attachment, FileKind
from models.customer import Customer
from models.person import Person
from models.visit import Visit
from tests.chatter import Chatter
from tests.conftest import Clock

KEYS = ("取消", "‹ 返回", "跳过")


def photo(who: Chatter, number: int, caption: str = "", album: str | None = None) -> None:
    file = File(FileKind.PHOTO, f"f{number}", f"u{number}", album=album, message_id=number)
    who.does(Message(number, caption, file=file, album=album))


def files(session: Session) -> int:
    return session.scalar(select(func.count()).select_from(Attachment)) or 0


@pytest.mark.parametrize("word", KEYS)
def test_a_key_s_word_that_was_forwarded_is_no_key(li: Chatter, east_bearings: Customer, word: str):
    li.says("/visit 华东轴承 谈了3号线备件")
    li.does(Message(300, word, forwarded_from="刘洋"))
    assert "谈了3号线备件" in li.sees
    assert "这段话先放在草稿里" in li.sees


@pytest.mark.parametrize("word", KEYS)
def test_a_key_s_word_under_a_photo_is_no_key(li: Chatter, east_bearings: Customer, word: str):
    li.says("/visit 华东轴承 谈了3号线备件")
    photo(li, 300, word)
    assert "谈了3号线备件" in li.sees
    assert "照片 1" in li.sees


def test_a_choice_that_was_forwarded_is_not_hers(li: Chatter, session: Session, east_bearings: Customer):
    li.says("/visit 华东轴承 谈了备件")
    li.does(Message(300, "⏳ 待跟进", forwarded_from="刘洋"))
    assert session.scalars(select(Visit)).all() == []


def test_cancel_typed_still_cancels(li: Chatter, east_bearings: Customer):
    li.says("/visit 华东轴承 谈了3号线备件")
    li.says("取消")
    assert "已取消" in li.sees


@pytest.mark.parametrize("flow", ["told", "visit", "complaint", "contract", "customer"])
def test_a_photo_whose_caption_answers_is_kept(
    wang: Chatter, li: Chatter, session: Session, east_bearings: Customer, flow: str
):
    if flow == "told":
        wang.says("3号线轴承异响，请处理")
        photo(wang, 300, "登记")
    elif flow == "visit":
        li.says("/visit 华东轴承 谈了备件")
        photo(li, 300, "⏳ 待跟进")
    elif flow == "complaint":
        li.says("/complaint 华东轴承 3号线轴承异响")
        photo(li, 300, "产品质量")
    elif flow == "contract":
        li.presses(f"/do/contract?customer={east_bearings.id}", 1)
        li.says("备件框架 一年")
        photo(li, 300, "保存")
    else:
        li.says("/visit")
        photo(li, 300, "华东轴承有限公司")
        li.taps("华东轴承")
        li.says("谈了备件")
        li.taps("待跟进")
    assert files(session) == 1


def test_a_photo_whose_caption_names_the_day_of_a_plan_is_said_not_to_be_kept(li: Chatter, east_bearings: Customer):
    li.says("/plan 华东轴承")
    for number in (300, 301):
        photo(li, number, "下周三" if number == 300 else "", album="A")
        assert "下周三 3月18日" in li.sees
        assert "文件没有保存" in li.sees


def test_a_photo_searched_with_is_kept(li: Chatter, wang: Chatter, session: Session, east_bearings: Customer):
    li.says("/complaint 华东轴承 3号线轴承异响")
    li.taps("反映人")
    photo(li, 300, "现场")
    li.taps("返回")
    li.taps("产品质量")
    assert files(session) == 1


def test_every_photo_of_an_album_whose_caption_answers_is_kept(li: Chatter, east_bearings: Customer):
    li.says("/visit 华东轴承 谈了备件")
    li.taps("下次回访")
    photo(li, 300, "下周三", album="A")
    photo(li, 301, album="A")
    photo(li, 302, album="A")
    assert "下周三 3月18日" in li.sees
    assert "照片 3" in li.sees


def test_every_caption_of_an_album_is_kept(li: Chatter, session: Session, east_bearings: Customer):
    photo(li, 301, "华东轴承3号线", album="A")
    photo(li, 302, "备件型号6205", album="A")
    li.taps("拜访")
    li.taps("待跟进")
    assert session.scalars(select(Visit)).one().note == "华东轴承3号线\n备件型号6205"


@pytest.mark.parametrize("how", ["an edit", "a part of an album"])
def test_what_was_pushed_is_not_written_over(
    li: Chatter, wang_fang: Person, session: Session, east_bearings: Customer, clock: Clock, how: str
):
    letter = letters.write(session, wang_fang, words="请明天来一趟，3号线停了", files=[], at=clock.now)
    li.says("/visit 华东轴承")
    mine = 300
    photo(li, mine, "谈了备件", album="A")
    li.opens(f"/letters/{letter.id}")
    pushed = li.newest
    li.edits(mine, "谈了3号线备件") if how == "an edit" else photo(li, 301, album="A")
    assert li.reply.edit != pushed
    assert li.screens[pushed].address == f"/letters/{letter.id}"


def test_a_sentence_edited_moves_the_day_it_answered(li: Chatter, session: Session, east_bearings: Customer):
    li.says("/plan 华东轴承")
    mine = li.says("我下周三去谈备件")
    assert "下周三 3月18日" in li.sees
    li.edits(mine, "我下周四去谈备件")
    assert "下周四 3月19日" in li.sees
    assert "另外还说：我下周四去谈备件" in li.sees
    li.edits(mine, "我去谈备件")
    assert "下周四 3月19日" in li.sees
    assert "另外还说：我去谈备件" in li.sees


def test_a_sentence_edited_moves_no_day_that_was_picked_since(li: Chatter, east_bearings: Customer):
    li.says("/plan 华东轴承")
    mine = li.says("我下周三去谈备件")
    li.taps("修改")
    li.taps("日期")
    li.taps("明天")
    li.edits(mine, "我下周四去谈备件")
    assert "明天 3月11日" in li.sees


def test_a_sentence_edited_changes_the_customer_it_named(
    li: Chatter, session: Session, east_bearings: Customer, north_pumps: Customer
):
    north_pumps.owner_id = li.person.id
    session.flush()
    li.says("/visit")
    mine = li.says("今天去华东轴承谈了备件，下周三报价")
    li.edits(mine, "今天去北方泵业谈了备件，下周三报价")
    assert "客户：北方泵业" in li.sees
    li.taps("待跟进")
    visit = session.scalars(select(Visit)).one()
    li.edits(mine, "今天去北方泵业谈了轴承，下周三报价")
    session.refresh(visit)
    assert visit.note == "今天去北方泵业谈了轴承，下周三报价"


def test_a_forwarded_note_says_whose_words_they_are(li: Chatter, session: Session, east_bearings: Customer):
    li.says("/visit 华东轴承")
    li.does(Message(300, "你们的轴承漏油", forwarded_from="刘洋"))
    li.taps("待跟进")
    assert session.scalars(select(Visit)).one().note == "刘洋 “你们的轴承漏油”"


@pytest.mark.parametrize("nothing", ["\u200b", "\u200b \ufeff", "\u3164", "\u2800"])
def test_words_in_which_there_is_nothing_to_see_are_no_note(li: Chatter, east_bearings: Customer, nothing: str):
    li.says("/visit 华东轴承")
    li.says(nothing)
    assert "请写一句话，或发一条语音" in li.sees


@pytest.mark.parametrize("name", ["👍", "👨\u200d👩\u200d👧", "……"])
def test_a_picture_is_nobody_s_name(li: Chatter, session: Session, east_bearings: Customer, name: str):
    li.presses("/do/new_customer", 1)
    li.says(name)
    assert "请用文字、字母或数字填写" in li.sees
    li.presses(f"/do/new_contact?customer={east_bearings.id}", 1)
    li.says(name)
    assert "请输入姓名" in li.sees
