"""The buying centre: roles by taps, judgements with their fact, and what is not known yet on the customer's card."""

from __future__ import annotations

import pytest
from sqlalchemy.orm import Session

from crm import buying
from models.customer import BuyingRole, Contact, Customer
from models.person import Person
from tests.chatter import Chatter
from tests.conftest import Clock

EVERY = [BuyingRole.DECIDER, BuyingRole.USER, BuyingRole.BUYER, BuyingRole.GATEKEEPER, BuyingRole.INITIATOR]


def opens(li: Chatter, contact: Contact) -> None:
    li.presses(f"/contacts/{contact.id}", 1)


def test_roles_are_given_and_taken_by_taps(li: Chatter, engineer: Contact):
    opens(li, engineer)
    li.taps("采购角色")
    li.taps("☐ 决策者")
    li.taps("☐ 使用者")
    assert engineer.roles == [BuyingRole.USER, BuyingRole.DECIDER]
    old = next(b.data for row in li.screen.keyboard for b in row if "决策者" in b.text)
    li.taps("☑ 决策者")
    assert engineer.roles == [BuyingRole.USER]
    li.presses(old)
    assert "已经处理过" in (li.toast or "")
    assert engineer.roles == [BuyingRole.USER]
    li.taps("返回")
    assert "🎭 使用者" in li.sees


def test_the_customers_card_names_the_roles_nobody_has(
    li: Chatter, session: Session, east_bearings: Customer, engineer: Contact, li_wei: Person, clock: Clock
):
    li.presses(f"/customers/{east_bearings.id}", 1)
    assert "采购中心还没有记录" in li.sees
    assert "还不知道谁是" not in li.sees
    for role in EVERY:
        buying.toggle(session, li_wei, engineer.id, role=role, version=engineer.version, at=clock.now)
    li.presses(f"/customers/{east_bearings.id}", 1)
    assert "还不知道谁是影响者" in li.sees
    buying.toggle(session, li_wei, engineer.id, role=BuyingRole.INFLUENCER, version=engineer.version, at=clock.now)
    li.presses(f"/customers/{east_bearings.id}", 1)
    assert "还不知道" not in li.sees


def test_attitude_and_influence_are_kept_with_the_fact_and_its_day(li: Chatter, engineer: Contact, clock: Clock):
    opens(li, engineer)
    li.taps("态度与影响力")
    assert "只写业务事实" in li.sees
    li.taps("+1")
    assert "只写业务事实" in li.sees
    li.taps("4")
    assert "只写业务事实" in li.sees
    li.sends()
    assert "请" in li.sees
    li.says("<b>3月3日要求第二次报价")
    assert "态度：+1 · 有好感" in li.sees
    li.taps("保存")
    assert (engineer.attitude, engineer.influence, engineer.judged_at) == (1, 4, clock.now)
    assert "态度 +1（−2 至 +2）· 影响力 4" in li.sees
    assert "<b>3月3日要求第二次报价" in li.sees


def test_what_is_not_known_needs_no_fact(li: Chatter, engineer: Contact):
    opens(li, engineer)
    li.taps("态度与影响力")
    li.taps("不清楚")
    li.taps("跳过")
    li.taps("保存")
    assert (engineer.attitude, engineer.influence) == (None, None)
    assert "态度 —" in li.sees


def test_a_neutral_attitude_is_a_claim_and_shown_as_zero(li: Chatter, engineer: Contact):
    opens(li, engineer)
    li.taps("态度与影响力")
    li.taps("中立")
    li.taps("跳过")
    li.says("=1+1")
    li.taps("保存")
    assert engineer.attitude == 0
    assert "态度 0" in li.sees


def test_nothing_is_kept_of_what_was_cancelled_and_a_novel_is_refused(li: Chatter, engineer: Contact):
    opens(li, engineer)
    li.taps("态度与影响力")
    li.taps("−2")
    li.taps("5")
    li.says("长" * 5000)
    assert "最多" in li.sees
    li.says("/cancel")
    assert engineer.attitude is None
    assert engineer.judged_at is None


def test_a_claim_without_a_fact_is_refused(session: Session, li_wei: Person, engineer: Contact, clock: Clock):
    with pytest.raises(buying.EvidenceNeeded):
        buying.judge(session, li_wei, engineer.id, attitude=1, influence=None, evidence=" ", at=clock.now)


def test_another_reps_contacts_cannot_be_judged(zhao: Chatter, engineer: Contact):
    for address in (
        f"/contacts/{engineer.id}/roles",
        f"/contacts/{engineer.id}/roles/decider?version=1",
    ):
        zhao.presses(address, 1)
        assert "没有找到" in (zhao.toast or "")
    zhao.presses(f"/do/judge?contact={engineer.id}", 1)
    assert "哪位联系人" in zhao.sees
    assert "王芳" not in zhao.sees + " ".join(zhao.buttons)
    assert engineer.roles == []


@pytest.mark.parametrize("tail", ["roles/king?version=1", "roles/user", "roles/user?version=9"])
def test_forged_roles_change_nothing(li: Chatter, engineer: Contact, tail: str):
    li.presses(f"/contacts/{engineer.id}/{tail}", 1)
    assert li.toast or li.reply.screen
    assert engineer.roles == []
