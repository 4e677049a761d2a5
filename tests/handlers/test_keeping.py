"""Whatever a conversation says it has kept is in its record; what cannot be kept is said to be not kept."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from crm import filing, letters, moves
from dialog.events import File, Message
from models.attachment import Attachment, FileKind
from models.base import Base
from models.chat import Conversation
from models.complaint import Complaint, ComplaintKind, Severity, Stage
from models.customer import Contact, Customer
from models.data_request import DataRequest
from models.person import Person
from models.pledge import Pledge
from models.touch import Touch
from models.visit import Reminder
from tests.chatter import Chatter
from tests.conftest import Clock

CARD, WORDS = ("刘工", "13800000000"), "另外型号是6205"
NOT_KEPT = "这里只能保存文字，文件没有保存。"


@pytest.fixture
def complaint(session: Session, wang_fang: Person, east_bearings: Customer, clock: Clock) -> Complaint:
    """A customer's complaint that nobody has taken up."""
    facts = {"words": "3号线轴承异响", "kind": ComplaintKind.QUALITY, "severity": Severity.S3}
    return filing.file(session, wang_fang, customer=east_bearings, at=clock.now, **facts)  # type: ignore[arg-type]


def brings(session: Session, actor: Person, complaint: Complaint, stage: Stage, clock: Clock) -> None:
    """Take the complaint to this stage."""
    for step in list(Stage)[1:]:
        facts = {"version": complaint.version, "at": clock.now}
        if step is Stage.ACKNOWLEDGED:
            moves.acknowledge(session, actor, complaint.id, **facts)  # type: ignore[arg-type]
        elif step is Stage.INVESTIGATING:
            moves.investigate(session, actor, complaint.id, **facts)  # type: ignore[arg-type]
        elif step is Stage.RESOLVED:
            moves.resolve(session, actor, complaint.id, remedy="换了轴承", **facts)  # type: ignore[arg-type]
        if step is stage:
            return


def kept(who: Chatter) -> bool:
    """Send a photo that answers nothing; return whether it is said to be kept: if not, that is said."""
    who.sends()
    assert ("照片先放在草稿里" in who.sees) != (NOT_KEPT in who.sees)
    return NOT_KEPT not in who.sees


Tells = Callable[[Chatter, Chatter, Session, Complaint, Clock], bool]


def visits(_wang: Chatter, li: Chatter, *_more: object) -> bool:
    li.says("/visit 华东轴承")
    li.shares_card(*CARD)
    photo = kept(li)
    li.says("谈了备件")
    li.says(WORDS)
    li.taps("待跟进")
    return photo


def plans(_wang: Chatter, li: Chatter, *_more: object) -> bool:
    li.says("/plan 华东轴承")
    photo = kept(li)
    li.shares_card(*CARD)
    li.says("下周三")
    li.says(WORDS)
    li.taps("保存")
    return photo


def signs(_wang: Chatter, li: Chatter, _session: Session, complaint: Complaint, _clock: Clock) -> bool:
    li.presses(f"/do/contract?customer={complaint.customer_id}", 1)
    li.shares_card(*CARD)
    li.says("备件框架 一年")
    photo = kept(li)
    li.says(WORDS)
    li.taps("保存")
    return photo


def promises(_wang: Chatter, li: Chatter, _session: Session, complaint: Complaint, _clock: Clock) -> bool:
    li.presses(f"/do/pledge?customer={complaint.customer_id}", 1)
    li.shares_card(*CARD)
    photo = kept(li)
    li.says(f"寄样品，{WORDS}")
    li.taps("跳过")
    li.taps("明天")
    return photo


def calls(_wang: Chatter, li: Chatter, _session: Session, complaint: Complaint, _clock: Clock) -> bool:
    li.presses(f"/do/log_touch?customer={complaint.customer_id}", 1)
    li.shares_card(*CARD)
    photo = kept(li)
    li.says(WORDS)
    li.taps("电话")
    return photo


def complains(_wang: Chatter, li: Chatter, *_more: object) -> bool:
    li.says("/complaint 华东轴承 3号线轴承异响")
    li.shares_card(*CARD)
    photo = kept(li)
    li.says(WORDS)
    li.taps("质量")
    return photo


def keeps_a_message(_wang: Chatter, li: Chatter, *_more: object) -> bool:
    li.does(Message(300, "华东轴承的报价单收到了", forwarded_from="刘洋"))
    li.taps("存为客户的消息")
    li.shares_card(*CARD)
    photo = kept(li)
    li.says(WORDS)
    li.taps("微信")
    return photo


def sends_out_of_the_blue(_wang: Chatter, li: Chatter, *_more: object) -> bool:
    li.says(f"华东轴承谈了备件，{WORDS}")
    li.sends()
    li.shares_card(*CARD)
    li.taps("拜访")
    li.taps("待跟进")
    return True


def customer_out_of_the_blue(wang: Chatter, *_more: object) -> bool:
    wang.says(f"4号线漏油，{WORDS}")
    wang.sends()
    wang.shares_card(*CARD)
    wang.taps("另一个问题")
    return True


def answers_at(door: str, stage: Stage | None = None, *, customers: bool = False) -> Tells:
    """Return how one answers the only question behind this door, with a card before."""

    def tells(wang: Chatter, li: Chatter, session: Session, complaint: Complaint, clock: Clock) -> bool:
        who = wang if customers else li
        if stage is not None:
            brings(session, li.person, complaint, stage, clock)
        written = letters.write(session, wang.person, words="请回电", at=clock.now)
        who.presses(door.format(complaint=complaint.id, letter=written.id), 1)
        who.shares_card(*CARD)
        who.sends(caption=WORDS)
        return True

    return tells


def asks_about_data(wang: Chatter, *_more: object) -> bool:
    wang.presses("/do/data_request", 1)
    photo = kept(wang)
    wang.shares_card(*CARD)
    wang.taps("更正")
    wang.says(WORDS)
    return photo


TOLD: dict[str, Tells] = {
    "visit": visits,
    "plan": plans,
    "contract": signs,
    "pledge": promises,
    "log_touch": calls,
    "complaint": complains,
    "keep_message": keeps_a_message,
    "offer": sends_out_of_the_blue,
    "told": customer_out_of_the_blue,
    "data_request": asks_about_data,
    "reply": answers_at("/do/reply?letter={letter}"),
    "resolve": answers_at("/do/resolve?complaint={complaint}", Stage.INVESTIGATING),
    "take_up_again": answers_at("/do/take_up_again?complaint={complaint}", Stage.RESOLVED),
    "message": answers_at("/do/message", customers=True),
    "report": answers_at("/do/report", customers=True),
    "add_to_complaint": answers_at("/do/add_to_complaint?complaint={complaint}", customers=True),
    "reopen": answers_at("/do/reopen?complaint={complaint}", Stage.RESOLVED, customers=True),
}


def recorded(session: Session, words: str) -> bool:
    """Return whether these words stand in any record; a draft is none."""
    tables = [table for table in Base.metadata.sorted_tables if table.name != Conversation.__tablename__]
    return any(words in str(row) for table in tables for row in session.execute(select(table)))


@pytest.mark.parametrize("flow", sorted(TOLD))
def test_what_is_kept_is_in_the_record(
    wang: Chatter, li: Chatter, session: Session, complaint: Complaint, clock: Clock, flow: str
):
    photo = TOLD[flow](wang, li, session, complaint, clock)
    assert recorded(session, WORDS)
    assert recorded(session, CARD[1])
    assert len(session.scalars(select(Attachment)).all()) == photo
    assert li.house.book.flows[flow].keeps_files is photo
    assert session.scalars(select(Conversation)).all() == []


def test_every_conversation_that_keeps_is_tried(li: Chatter):
    assert set(TOLD) == {name for name, flow in li.house.book.flows.items() if flow.keeps}


def test_long_words_are_kept_in_a_plan_and_in_a_promise(li: Chatter, session: Session, engineer: Contact):
    li.says("/plan 华东轴承 下周三")
    li.taps("拜访目的")
    li.says("谈" * 250)
    li.says("带样品" * 30)
    li.taps("保存")
    assert session.scalars(select(Reminder)).one().why == "谈" * 250 + "\n" + "带样品" * 30
    li.presses(f"/do/pledge?customer={engineer.customer_id}", 1)
    li.says("寄样品" * 160 + "下周三")
    li.does(Message(300, "带说明书" * 30, forwarded_from="刘洋"))
    li.taps("跳过")
    assert session.scalars(select(Pledge)).one().words.endswith("“" + "带说明书" * 30 + "”")


def test_a_customers_forwarded_file_is_kept_with_her_message(li: Chatter, session: Session, east_bearings: Customer):
    file = File(FileKind.PHOTO, "f", "u", message_id=300)
    li.does(Message(300, "华东轴承的报价单收到了", file=file, forwarded_from="刘洋"))
    li.taps("存为客户的消息")
    li.taps("微信")
    assert len(session.scalars(select(Touch)).one().attachments) == 1


def test_a_card_shown_with_a_call_just_saved_is_in_it(li: Chatter, session: Session, east_bearings: Customer):
    li.presses(f"/customers/{east_bearings.id}/touch/call?after=0", 1)
    li.says("跟华东轴承通了电话，催报价")
    li.shares_card(*CARD)
    li.taps("补到刚才")
    assert session.scalars(select(Touch)).one().note.endswith("👤 刘工 13800000000")


def test_a_photo_sent_before_a_wish_about_data_is_said_to_be_not_kept(wang: Chatter, session: Session):
    wang.sends()
    wang.says("请删除我的全部信息")
    wang.taps("🔒")
    assert session.scalars(select(DataRequest)).one().words == "请删除我的全部信息"
    assert NOT_KEPT in wang.sees
    wang.opens(f"/requests/{session.scalars(select(DataRequest.id)).one()}")
    assert NOT_KEPT not in wang.sees


def test_a_caption_counts_where_its_file_cannot_be_kept(li: Chatter, session: Session, east_bearings: Customer):
    li.says("/plan")
    li.sends(caption="华东轴承要6205的样品")
    assert NOT_KEPT in li.sees
    li.taps("华东轴承")
    li.says("下周三")
    li.taps("保存")
    assert "6205" in session.scalars(select(Reminder)).one().why
