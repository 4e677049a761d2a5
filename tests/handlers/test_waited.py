"""What waited for somebody in great number comes as one card: number, list, record."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from crm import complaints, filing, outbox, reminders
from models.customer import Customer
from models.notice import Notice, NoticeState
from models.person import Person
from tests.chatter import Chatter
from tests.conftest import Clock


@pytest.fixture
def card(session: Session, wang_fang: Person, li_wei: Person, east_bearings: Customer, clock: Clock) -> str:
    """The address of what 李伟 is sent on the morning after a long holiday: seven complaints and a reminder."""
    tomorrow = clock.now.date() + timedelta(1)
    reminders.plan(session, li_wei, customer=east_bearings, day=tomorrow, at=clock.now)
    clock.shows("2026-03-11 09:00")
    for number in range(7):
        filing.file(session, wang_fang, customer=east_bearings, words=f"{number}号线<b>异响", at=clock.now)
    reminders.announce_due(session, now=clock.now)
    outbox.lease(session, holder="test", now=clock.now, limit=10)
    return session.scalars(select(Notice.address).where(Notice.state == NoticeState.SENDING)).one()


def test_the_card_counts_each_kind_and_opens_each_record(li: Chatter, card: str):
    li.opens(card)

    assert "这段时间的消息：8 条" in li.sees
    assert "🆕 新投诉 · 7" in li.sees
    assert "⏱ 该回访了 · 1" in li.sees
    assert len(li.buttons) == 8
    li.taps(li.buttons[0])
    assert "异响" in li.sees

    li.presses(card)
    li.taps("›")
    assert li.buttons[1:] == ["🔔 华东轴承有限公司", "‹", "‹ 首页"]
    li.taps("🔔")
    assert "记这次拜访" in li.buttons[0]


def test_a_card_sent_under_the_address_of_old_still_turns_its_pages(li: Chatter, card: str):
    li.presses(card.replace("waited", "meanwhile") + "?page=1", 1)

    assert li.buttons[1:] == ["🔔 华东轴承有限公司", "‹", "‹ 首页"]


def test_what_is_no_longer_hers_to_see_is_left_out(
    session: Session, li: Chatter, card: str, east_bearings: Customer, zhao_min: Person
):
    for complaint in session.scalars(select(complaints.Complaint)):
        complaint.owner_id = zhao_min.id
    east_bearings.owner_id = zhao_min.id
    session.flush()

    li.opens(card)

    assert "这段时间的消息：1 条" in li.sees
    assert li.buttons == ["🔔 华东轴承有限公司", "‹ 首页"]


def test_nobody_opens_the_card_of_somebody_else(
    meet: Callable[..., Chatter], li: Chatter, card: str, zhao_min: Person, wang_fang: Person
):
    for other in (meet(zhao_min), meet(wang_fang)):
        other.presses(card, 1)
        assert "这段时间的消息" not in (other.toast or "")
        assert other.screens == {}
    li.presses("/waited/999999", 1)
    assert li.screens == {}
