"""The brief before a visit, and what a saved visit changed."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy.orm import Session

from crm import filing, pledges, surveys, touches, visits
from models.complaint import ComplaintKind
from models.customer import Contact, Customer, Grade
from models.person import Person
from models.questionnaire import Questionnaire
from models.touch import TouchKind
from models.visit import Outcome, VisitKind
from tests.chatter import Chatter
from tests.conftest import Clock, added, firm

DAY = timedelta(days=1)


@pytest.fixture
def history(
    session: Session, li_wei: Person, wang_fang: Person, engineer: Contact, east_bearings: Customer, clock: Clock
) -> Customer:
    """Three visits, a call, an open complaint, a score of 2, a promise."""
    facts = {"customer": east_bearings, "outcome": Outcome.OPEN, "kind": VisitKind.ROUTINE}
    for days, note in ((40, "很久以前"), (9, "谈了3号线备件"), (5, "送了样品")):
        step = "下周报价" if days == 5 else ""
        visits.log(session, li_wei, note=note, next_step=step, at=clock.now - days * DAY, **facts)
    touch = touches.log(session, li_wei, east_bearings.id, kind=TouchKind.CALL, after=0, at=clock.now - DAY)
    touches.write(session, li_wei, touch.id, note="催报价", at=clock.now)
    filing.file(
        session, wang_fang, customer=east_bearings, words="3号线<b>异响</b>", kind=ComplaintKind.QUALITY, at=clock.now
    )
    asked = Questionnaire(contact_id=engineer.id, customer_id=east_bearings.id, rep_id=li_wei.id)
    asked.occasion, asked.state, asked.ask_at = "visit", "answered", clock.now - 3 * DAY
    asked.closes_at, asked.score, asked.reason = clock.now + DAY, 2, "等了两天才有人来"
    asked.answered_at = clock.now - 2 * DAY
    added(session, asked)
    pledges.make(session, li_wei, customer=east_bearings, words="带新样品", day=date(2026, 3, 20), at=clock.now)
    return east_bearings


def test_a_brief_says_what_to_know_at_the_door(li: Chatter, history: Customer):
    li.presses(f"/customers/{history.id}/brief", 1)
    for known in ("送了样品", "谈了3号线备件", "催报价", "3号线<b>异响</b>", "已登记", "2/5", "等了两天才有人来",
                  "王芳 · 设备工程师", "采购中心还没有记录", "带新样品", "下周报价"):  # fmt: skip
        assert known in li.sees, known
    assert "很久以前" not in li.sees  # the last three contacts, of whatever kind
    assert li.buttons[0] == "📝 记拜访"


def test_a_brief_of_a_new_customer_is_short(li: Chatter, session: Session, li_wei: Person):
    customer = firm(session, "宁波水泵厂", owner=li_wei)
    li.presses(f"/customers/{customer.id}/brief", 1)
    assert "还没有拜访记录" in li.sees


def test_a_brief_is_one_tap_from_a_promise_and_from_a_proposal(li: Chatter, history: Customer):
    li.says("/plan 华东轴承 下周三")
    li.taps("保存")
    before = li.taps_made
    li.taps("访前简报")
    assert li.taps_made - before == 1
    assert "送了样品" in li.sees
    li.presses(f"/proposals/{history.id}", 1)
    li.taps("访前简报")
    assert "送了样品" in li.sees


def test_a_brief_is_one_tap_from_a_shared_place(li: Chatter, history: Customer):
    history.latitude, history.longitude = 31.23, 121.474
    li.shares_place(31.23, 121.474)
    li.taps("🧾 华东轴承")
    assert "送了样品" in li.sees


def test_the_longest_words_fit(li: Chatter, session: Session, li_wei: Person, history: Customer, clock: Clock):
    facts = {"customer": history, "outcome": Outcome.OPEN, "kind": VisitKind.ROUTINE}
    for _number in range(4):
        visits.log(session, li_wei, note="长" * 4000, next_step="步" * 4000, at=clock.now, **facts)
        pledges.make(session, li_wei, customer=history, words="诺" * 500, day=date(2026, 3, 20), at=clock.now)
    li.presses(f"/customers/{history.id}/brief", 1)
    assert len(li.sees) < 4096


def test_another_reps_customer_has_no_brief(zhao: Chatter, wang: Chatter, history: Customer):
    for other in (zhao, wang):
        other.presses(f"/customers/{history.id}/brief", 1)
        assert other.toast
        assert not other.screens


def test_a_saved_visit_says_what_it_changed(li: Chatter, history: Customer):
    li.says("/visit 华东轴承 谈了备件")
    li.taps("顺利")
    assert "A 级客户，本月已拜访 3 次；下次不晚于 4月9日" in li.sees


def test_a_door_nobody_opened_changes_nothing(li: Chatter, session: Session, li_wei: Person, clock: Clock):
    customer = firm(session, "宁波水泵厂", owner=li_wei, grade=Grade.A)
    customer.created_at = clock.now - 50 * DAY
    li.says("/visit 宁波水泵厂")
    li.taps("跳过")
    li.taps("没见到人")
    assert "本月已拜访 0 次；上门拜访从 2月18日 起已到期" in li.sees


def test_an_old_visit_does_not_say_it_again(li: Chatter, history: Customer, clock: Clock):
    li.says("/visit 华东轴承 谈了备件")
    li.taps("顺利")
    address = "/visits/" + li.screen.keyboard[0][0].data.split("/")[2]
    clock.passes(hours=1)
    li.presses(address)
    assert "本月已拜访" not in li.sees


def test_the_score_is_only_shown_to_those_who_may_see_it(session: Session, li_wei: Person, history: Customer):
    assert session.scalars(surveys.visible_to(li_wei)).all()
