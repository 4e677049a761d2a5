"""In touch without a visit, and the one list of everything that passed between us and a customer."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from crm import attention, cadence, filing, search, touches, visits
from models.customer import Contact, Customer
from models.person import Person
from models.questionnaire import AskState, Occasion, Questionnaire
from models.touch import Touch, TouchKind
from models.visit import Outcome, VisitKind
from tests.chatter import Chatter
from tests.conftest import Clock, added


def count(session: Session) -> int:
    return session.scalar(select(func.count()).select_from(Touch).where(Touch.undone_at.is_(None))) or 0


def answer(session: Session, customer: Customer, contact: Contact, rep: Person, score: int, at) -> Questionnaire:
    asked = Questionnaire(contact_id=contact.id, customer_id=customer.id, rep_id=rep.id, occasion=Occasion.VISIT)
    asked.state, asked.ask_at, asked.closes_at = AskState.ANSWERED, at, at + timedelta(14)
    asked.score, asked.answered_at = score, at
    return added(session, asked)


@pytest.mark.parametrize(
    ("label", "kind"), [("电话", TouchKind.CALL), ("邮件", TouchKind.MAIL), ("微信", TouchKind.WECHAT)]
)
def test_a_contact_is_logged_with_two_taps_from_the_card(
    li: Chatter, session: Session, east_bearings: Customer, label: str, kind: TouchKind
):
    li.presses(f"/customers/{east_bearings.id}", 1)
    li.taps_made = 0
    li.taps("记联系")
    old = next(b.data for row in li.screen.keyboard for b in row if label in b.text)
    li.taps(label)
    assert li.taps_made == 2
    assert session.scalars(select(Touch)).one().kind is kind
    li.presses(old)
    assert "已经处理过" in (li.toast or "")
    assert count(session) == 1


def test_a_note_is_added_later_and_shown_on_the_card(li: Chatter, session: Session, east_bearings: Customer):
    li.presses(f"/customers/{east_bearings.id}/touch", 1)
    li.taps("电话")
    li.taps("备注")
    li.says("<b>确认到货日期")
    assert "<b>确认到货日期" in li.sees
    li.taps("客户")
    assert "📞 电话 3月10日" in li.sees
    assert "<b>确认到货日期" in li.sees


def test_a_contact_is_taken_back_for_ten_minutes(li: Chatter, session: Session, east_bearings: Customer, clock: Clock):
    li.presses(f"/customers/{east_bearings.id}/touch", 1)
    li.taps("微信")
    undo = next(b.data for row in li.screen.keyboard for b in row if "撤销" in b.text)
    clock.passes(minutes=11)
    li.presses(undo)
    assert "十分钟" in (li.toast or "")
    assert count(session) == 1
    clock.passes(minutes=-11)
    li.presses(undo)
    assert count(session) == 0
    li.presses(undo)
    assert "没有找到" in (li.toast or "")


def test_a_call_is_contact_but_no_visit(
    session: Session, east_bearings: Customer, engineer: Contact, li_wei: Person, clock: Clock
):
    answer(session, east_bearings, engineer, li_wei, 1, clock.now - timedelta(days=1))
    east_bearings.created_at = clock.now - timedelta(days=60)
    assert len(attention.low_scores(session, li_wei, now=clock.now)) == 1
    touches.log(session, li_wei, east_bearings.id, kind=TouchKind.CALL, after=0, at=clock.now)
    assert attention.low_scores(session, li_wei, now=clock.now) == []
    assert cadence.last_visits(session, [east_bearings]) == {}
    assert [row[0] for row in cadence.overdue(session, li_wei, now=clock.now)] == [east_bearings]
    assert search.recent(session, li_wei)[0] == east_bearings


def test_everything_stands_in_one_list_newest_first_and_opens(
    li: Chatter, session: Session, east_bearings: Customer, engineer: Contact, li_wei: Person, clock: Clock
):
    facts = {"customer": east_bearings, "kind": VisitKind.ROUTINE, "outcome": Outcome.GOOD}
    visits.log(session, li_wei, **facts, note="谈了备件", at=clock.now - timedelta(days=5))  # type: ignore[arg-type]
    touches.log(session, li_wei, east_bearings.id, kind=TouchKind.MAIL, after=0, at=clock.now - timedelta(days=4))
    filing.file(session, li_wei, customer=east_bearings, words="主轴<b>异响", at=clock.now - timedelta(days=3))
    answer(session, east_bearings, engineer, li_wei, 4, clock.now - timedelta(days=2))
    li.presses(f"/customers/{east_bearings.id}", 1)
    li.taps("往来记录")
    order = [li.sees.index(word) for word in ("4/5", "主轴<b>异响", "✉️ 邮件", "谈了备件")]
    assert order == sorted(order)
    for line, shown in (("★★★★", "4"), ("C0", "主轴"), ("邮件", "✉️"), ("顺利", "谈了备件")):
        li.presses(f"/customers/{east_bearings.id}/timeline")
        li.taps(line)
        assert shown in li.sees


def test_the_timeline_turns_its_pages(
    li: Chatter, session: Session, east_bearings: Customer, li_wei: Person, clock: Clock
):
    last = 0
    for day in range(8):
        at = clock.now - timedelta(days=20 - day)
        last = touches.log(session, li_wei, east_bearings.id, kind=TouchKind.CALL, after=last, at=at).id
        touches.write(session, li_wei, last, note=f"第{day}次", at=at)
    li.presses(f"/customers/{east_bearings.id}/timeline", 1)
    assert "第7次" in li.sees
    assert "第1次" not in li.sees
    li.taps("›")
    assert "第1次" in li.sees


def test_an_empty_timeline_says_so(li: Chatter, east_bearings: Customer):
    li.presses(f"/customers/{east_bearings.id}/timeline", 1)
    assert "还没有任何往来" in li.sees


def test_nobody_else_sees_it_or_writes_to_it(
    li: Chatter, zhao: Chatter, wang: Chatter, session: Session, east_bearings: Customer, li_wei: Person, clock: Clock
):
    touch = touches.log(session, li_wei, east_bearings.id, kind=TouchKind.CALL, after=0, at=clock.now)
    for address in (
        f"/customers/{east_bearings.id}/timeline",
        f"/customers/{east_bearings.id}/touch/call?after=0",
        f"/touches/{touch.id}",
        f"/touches/{touch.id}/undo",
    ):
        zhao.presses(address, 1)
        assert "没有找到" in (zhao.toast or "")
        wang.presses(address, 1)
        assert "只供我们的同事" in (wang.toast or "")
    assert count(session) == 1


def test_a_leader_reads_but_does_not_write_somebody_elses_contact(
    chen: Chatter, session: Session, east_bearings: Customer, li_wei: Person, clock: Clock
):
    touch = touches.log(session, li_wei, east_bearings.id, kind=TouchKind.CALL, after=0, at=clock.now)
    chen.presses(f"/touches/{touch.id}", 1)
    assert "李伟" in chen.sees
    assert "✏️ 备注" not in chen.buttons
    chen.presses(f"/touches/{touch.id}/undo")
    assert "没有这项权限" in (chen.toast or "")


@pytest.mark.parametrize("tail", ["touch/fax?after=0", "touch/call", "touch/call?after=x", "timeline?page=-3"])
def test_forged_addresses_log_nothing(li: Chatter, session: Session, east_bearings: Customer, tail: str):
    li.presses(f"/customers/{east_bearings.id}/{tail}", 1)
    assert li.toast or li.reply.screen
    assert count(session) == 0
