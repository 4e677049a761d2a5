"""Messages through the bot: what is no complaint reaches the rep, her answer comes back, both stand in the file."""

from __future__ import annotations

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from crm import letters
from dialog.events import Message
from models.attachment import FileKind
from models.complaint import Complaint
from models.customer import Customer
from models.letter import Letter
from models.notice import Notice
from models.person import Person
from models.visit import Visit
from tests.chatter import Chatter
from tests.conftest import Clock


def count(session: Session, table: type[Letter | Complaint]) -> int:
    return session.scalar(select(func.count()).select_from(table)) or 0


def passes_on(wang: Chatter, words: str = "<b>下周三能派人来讲课吗？") -> None:
    wang.says(words)
    wang.taps("给李伟留言")


def last(session: Session) -> Notice:
    return session.scalars(select(Notice).order_by(Notice.id.desc()).limit(1)).one()


def test_what_is_no_complaint_reaches_the_rep_with_its_context(
    wang: Chatter, li: Chatter, session: Session, east_bearings: Customer, li_wei: Person
):
    passes_on(wang)
    assert "已转给李伟" in wang.sees
    assert count(session, Complaint) == 0
    notice = last(session)
    assert notice.to_id == li_wei.id
    li.opens(notice.address)
    assert "王芳的留言" in li.sees
    assert "华东轴承有限公司 · A" in li.sees
    assert "<b>下周三能派人来讲课吗？" in li.sees


def test_the_answer_goes_back_and_can_be_answered_again(
    wang: Chatter, li: Chatter, session: Session, east_bearings: Customer
):
    passes_on(wang)
    li.opens(last(session).address)
    li.taps("回复")
    assert "下周三能派人" in li.sees
    li.says("可以，=1+1")
    assert "已发给王芳" in li.sees
    answer = last(session)
    assert answer.to_id == wang.person.id
    wang.opens(answer.address)
    assert "李伟的回复" in wang.sees
    assert "可以，=1+1" in wang.sees
    assert "下周三能派人" in wang.sees
    wang.taps("回复")
    wang.says("谢谢")
    assert count(session, Letter) == 3
    assert last(session).to_id == li.person.id


def test_both_stand_in_the_timeline_and_open(wang: Chatter, li: Chatter, session: Session, east_bearings: Customer):
    passes_on(wang)
    li.opens(last(session).address)
    li.taps("回复")
    li.says("可以")
    li.presses(f"/customers/{east_bearings.id}/timeline")
    assert "王芳 · <b>下周三能派人来讲课吗？" in li.sees
    assert "李伟 · 可以" in li.sees
    li.taps("王芳")
    assert "王芳的留言" in li.sees


def test_a_photo_goes_along(wang: Chatter, li: Chatter, session: Session, east_bearings: Customer):
    wang.sends(FileKind.PHOTO, caption="这是新铭牌")
    wang.taps("给李伟留言")
    li.opens(last(session).address)
    li.taps("📎")
    assert li.screen.files


def test_she_writes_from_the_page_of_her_contact_person(wang: Chatter, session: Session, east_bearings: Customer):
    wang.presses("/contact", 1)
    wang.taps("留言")
    wang.says("字" * 4001)
    assert "最多" in wang.sees
    wang.shares_place(31.2, 121.5)
    wang.says("请回电")
    assert count(session, Letter) == 1


def test_what_she_forgets_goes_nowhere(wang: Chatter, session: Session, east_bearings: Customer):
    wang.says("发错了")
    wang.taps("不用登记")
    assert "没有登记" in wang.sees
    assert count(session, Letter) == 0


def test_a_double_tap_sends_once(wang: Chatter, session: Session, east_bearings: Customer):
    wang.says("请回电")
    key = next(b.data for row in wang.screen.keyboard for b in row if "留言" in b.text)
    wang.taps("给李伟留言")
    wang.presses(key)
    assert count(session, Letter) == 1


def test_nobody_else_reads_or_answers(
    wang: Chatter, zhao: Chatter, session: Session, east_bearings: Customer, meet, zhou_jie: Person
):
    passes_on(wang)
    letter = session.scalars(select(Letter)).one()
    zhou = meet(zhou_jie)
    for other in (zhao, zhou):
        for tail in ("", "/files"):
            other.presses(f"/letters/{letter.id}{tail}", 1)
            assert "没有找到" in (other.toast or "")
    zhao.presses(f"/do/reply?letter={letter.id}", 1)
    zhao.says("可以")
    wang.presses(f"/do/reply?letter={letter.id}", 1)
    assert "只供我们的同事" in (wang.toast or "")
    assert count(session, Letter) == 1


def test_an_empty_message_is_refused(session: Session, wang_fang: Person, east_bearings: Customer, clock: Clock):
    with pytest.raises(letters.NothingSaid):
        letters.write(session, wang_fang, words=" ", at=clock.now)


def test_a_message_waits_in_her_day_until_it_is_answered(
    wang: Chatter, li: Chatter, chen: Chatter, east_bearings: Customer
):
    passes_on(wang)
    li.says("/menu")
    assert "待回复的留言：1" in li.sees
    li.says("/today")
    li.taps("✉️ 王芳")
    li.taps("回复")
    li.says("/today")
    assert "待回复的留言：1" in li.sees, "leaving the answer for later leaves it to be answered"
    chen.says("/attention")
    chen.taps("✉️ 未回复 1")
    assert "下周三能派人来讲课吗" in chen.sees
    assert "李伟" in chen.sees
    li.taps("✉️ 王芳")
    li.taps("回复")
    li.says("可以")
    li.says("/today")
    assert "待回复" not in li.sees
    chen.says("/attention")
    assert "没有" in chen.sees


def test_thanks_need_no_answer_when_somebody_says_so(
    wang: Chatter, li: Chatter, session: Session, east_bearings: Customer
):
    passes_on(wang, "备件收到了，谢谢您")
    li.opens(last(session).address)
    li.taps("✔️ 无需回复")
    assert "无需回复。" in li.sees
    assert "✔️ 无需回复" not in li.buttons
    li.says("/today")
    assert "待回复" not in li.sees


def test_a_call_since_then_takes_a_message_up(
    wang: Chatter, li: Chatter, session: Session, east_bearings: Customer, clock: Clock
):
    passes_on(wang)
    clock.passes(minutes=5)
    li.presses(f"/customers/{east_bearings.id}", 1)
    li.taps("记联系")
    li.taps("电话")
    li.says("/today")
    assert "待回复" not in li.sees


def test_another_reps_message_is_not_hers_to_settle(
    wang: Chatter, zhao: Chatter, session: Session, east_bearings: Customer
):
    passes_on(wang)
    zhao.presses(f"{last(session).address}/settle", 1)
    assert session.scalars(select(Letter)).one().settled_at is None


def under_a_letter(wang: Chatter, li: Chatter) -> None:
    """A customer's letter is the last thing the rep was shown."""
    wang.presses("/do/message", 1)
    wang.says("下周三能来吗")
    li.opens("/letters/1")


def test_what_is_typed_under_a_letter_is_offered_as_its_answer_first(wang: Chatter, li: Chatter, session: Session):
    under_a_letter(wang, li)
    li.says("可以，<b>上午十点到")
    assert li.buttons[0] == "↩️ 回复王芳"
    assert "华东轴承有限公司" in li.sees
    li.taps("回复王芳")
    answer = session.scalars(select(Letter).order_by(Letter.id.desc())).first()
    assert answer is not None
    assert (answer.words, answer.author_id) == ("可以，<b>上午十点到", li.person.id)


def test_it_may_be_a_visit_to_that_customer_all_the_same(wang: Chatter, li: Chatter, session: Session):
    under_a_letter(wang, li)
    li.says("今天已经去过了")
    li.taps("拜访")
    li.taps("待跟进")
    assert session.scalars(select(Visit)).one().customer.name == "华东轴承有限公司"
    assert count(session, Letter) == 1


@pytest.mark.parametrize("why", ["another customer", "forwarded", "another page", "own answer", "long ago"])
def test_what_is_not_her_answer_is_not_offered_as_one(
    wang: Chatter, li: Chatter, session: Session, north_pumps: Customer, clock: Clock, why: str
):
    north_pumps.owner_id = li.person.id
    under_a_letter(wang, li)
    words = "可以，上午十点到"
    if why == "another customer":
        words = "北方泵业谈了备件"
    elif why == "another page":
        li.says("/today")
    elif why == "own answer":
        li.presses("/do/reply?letter=1", 1)
        li.says("可以")
    elif why == "long ago":
        clock.passes(hours=13)
    if why == "forwarded":
        li.does(Message(900, words, forwarded_from="刘洋"))
    else:
        li.says(words)
    assert "回复王芳" not in " ".join(li.buttons)


def test_a_letter_of_another_reps_customer_is_answered_by_nobody_else(
    wang: Chatter, li: Chatter, zhao: Chatter, session: Session
):
    under_a_letter(wang, li)
    li.says("可以，上午十点到")
    reply = next(button.data for row in li.screen.keyboard for button in row if "回复王芳" in button.text)
    wang.person.contact.customer.owner_id = zhao.person.id  # type: ignore[union-attr]
    session.flush()
    li.presses(reply or "")
    assert count(session, Letter) == 1
