"""The parts of an album come one by one, and late; they are one thing all the same, with every word among them."""

from __future__ import annotations

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from crm import touches
from models.base import Base
from models.complaint import Complaint, ComplaintMove
from models.contract import Contract
from models.customer import Customer
from models.letter import Letter
from models.notice import Notice
from models.touch import Touch, TouchKind
from models.visit import Visit
from tests.chatter import Chatter
from tests.conftest import Clock


def album(who: Chatter, *captions: str) -> list[int]:
    """Send an album, one part after the other; return the ids of the messages."""
    return [who.sends(caption=caption, album="A") for caption in captions]


def the(session: Session, kind: type[Base]) -> Base:
    session.expire_all()
    return session.scalars(select(kind)).one()


def test_an_album_is_one_message_to_the_rep(wang: Chatter, li: Chatter, session: Session):
    wang.presses("/do/message", 1)
    album(wang, "请看这三处", "这里", "<b>这里")
    letter = the(session, Letter)
    assert isinstance(letter, Letter)
    assert (letter.words, len(letter.attachments)) == ("请看这三处\n这里\n<b>这里", 3)
    assert "已转给李伟" in wang.sees
    first, grown = session.scalars(select(Notice).where(Notice.to_id == li.person.id).order_by(Notice.id))
    assert (first.address, first.ping, grown.address, grown.ping) == (grown.address, True, first.address, False)


def test_an_album_is_one_answer_to_the_customer(wang: Chatter, li: Chatter, session: Session):
    wang.presses("/do/message", 1)
    wang.says("请发图纸")
    li.presses(f"/do/reply?letter={session.scalars(select(Letter.id)).one()}", 1)
    album(li, "图纸", "第二页")
    answer = session.scalars(select(Letter).order_by(Letter.id.desc())).first()
    assert answer is not None
    assert (answer.words, len(answer.attachments)) == ("图纸\n第二页", 2)


def test_a_late_part_of_somebody_elses_album_joins_nothing(wang: Chatter, zhao: Chatter, session: Session):
    wang.presses("/do/message", 1)
    album(wang, "请看")
    album(zhao, "请看")
    letter = the(session, Letter)
    assert isinstance(letter, Letter)
    assert len(letter.attachments) == 1


@pytest.mark.parametrize("saved_between", [False, True])
def test_every_caption_of_an_album_is_in_the_visit(
    li: Chatter, session: Session, east_bearings: Customer, saved_between: bool
):
    parts = album(li, "华东轴承3号线")
    if not saved_between:
        parts += album(li, "备件型号6205")
    li.taps("拜访")
    li.taps("待跟进")
    if saved_between:
        parts += album(li, "备件型号6205")
    visit = the(session, Visit)
    assert isinstance(visit, Visit)
    assert "备件型号6205" in visit.note
    assert len(visit.attachments) == 2
    li.edits(parts[1], "备件型号6206")
    assert "备件型号6206" in visit.note
    assert "6205" not in visit.note


def test_the_caption_of_a_further_part_is_edited_alone(li: Chatter, session: Session, east_bearings: Customer):
    first, second = album(li, "华东轴承3号线", "备件型号6205")
    li.edits(second, "备件型号6206")
    li.edits(first, "华东轴承4号线")
    li.taps("拜访")
    li.taps("待跟进")
    visit = the(session, Visit)
    assert isinstance(visit, Visit)
    assert "4号线" in visit.note
    assert "6206" in visit.note
    assert "6205" not in visit.note


def test_late_words_join_a_call_with_its_note(li: Chatter, session: Session, east_bearings: Customer, clock: Clock):
    touch = touches.log(session, li.person, east_bearings.id, kind=TouchKind.CALL, at=clock.now)
    li.presses(f"/do/touch_note?touch={touch.id}", 1)
    album(li, "催报价", "型号6205")
    touch = the(session, Touch)  # type: ignore[assignment]
    assert touch.note == "催报价\n型号6205"
    assert len(touch.attachments) == 2


def test_late_words_join_what_a_customer_has_reported(wang: Chatter, session: Session):
    wang.presses("/do/report", 1)
    album(wang, "3号线漏油", "4号线也漏")
    complaint = the(session, Complaint)
    assert isinstance(complaint, Complaint)
    assert complaint.moves[-1].words == "4号线也漏"
    assert len(complaint.attachments) == 2


def test_late_words_join_a_complaint_that_a_rep_has_registered(li: Chatter, session: Session, east_bearings: Customer):
    li.says("/complaint 华东轴承")
    album(li, "3号线漏油")
    li.taps("质量")
    album(li, "4号线也漏")
    complaint = the(session, Complaint)
    assert isinstance(complaint, Complaint)
    assert complaint.words == "3号线漏油\n4号线也漏"


def test_late_words_beside_a_remedy_stand_in_the_history(li: Chatter, session: Session, east_bearings: Customer):
    li.says("/complaint 华东轴承 3号线漏油")
    li.taps("质量")
    li.taps("受理")
    li.taps("开始调查")
    li.taps("标记解决")
    album(li, "换了密封", "旧密封在这里")
    steps = [move.words for move in session.scalars(select(ComplaintMove).order_by(ComplaintMove.id))]
    assert steps[-2:] == ["换了密封", "旧密封在这里"]


def test_late_words_join_the_papers_of_a_contract(li: Chatter, session: Session, east_bearings: Customer):
    li.presses(f"/do/contract?customer={east_bearings.id}", 1)
    album(li, "备件框架 一年")
    li.taps("保存")
    album(li, "附件二")
    contract = the(session, Contract)
    assert isinstance(contract, Contract)
    assert "附件二" in contract.note
    assert len(session.scalars(select(Contract)).one().attachments) == 2
