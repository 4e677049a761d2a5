"""A shared place: whom it is near, a visit in four taps, where a customer is, and how little of it is kept."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from crm import places, retention
from models.customer import Customer
from models.person import Person
from models.visit import Outcome, Place, Reminder, Visit
from tests.chatter import Chatter
from tests.conftest import Clock, firm

CAR_PARK = (31.23041, 121.47371)


@pytest.fixture
def located(session: Session, li_wei: Person, east_bearings: Customer) -> Customer:
    """华东轴承 is here; three more are 1, 5 and 60 km away."""
    for name, latitude in (("宁波水泵厂", 31.239), ("上海风机厂", 31.275), ("远方钢厂", 31.77)):
        customer = firm(session, name, owner=li_wei)
        customer.latitude, customer.longitude = latitude, 121.474
    east_bearings.latitude, east_bearings.longitude = 31.231, 121.474
    session.flush()
    return east_bearings


def visit(session: Session) -> Visit:
    return session.scalars(select(Visit)).one()


def test_an_unplanned_visit_takes_four_acts(li: Chatter, session: Session, located: Customer):
    acts = 0
    li.shares_place(*CAR_PARK)
    acts += 1
    li.taps("华东轴承")
    li.says("谈了3号线备件，下周三报价")
    acts += 1
    li.taps("顺利")
    acts += li.taps_made

    assert acts == 4  # share the place, pick one of the three, speak, save
    assert "已保存" in li.sees
    assert "在客户附近" in li.sees
    made = visit(session)
    assert (made.customer, made.near, made.outcome, made.note) == (
        located,
        True,
        Outcome.GOOD,
        "谈了3号线备件，下周三报价",
    )
    assert session.scalars(select(Reminder)).one().visit_id == made.id


def test_the_three_nearest_are_offered_with_their_distance(li: Chatter, located: Customer):
    li.shares_place(*CAR_PARK)
    offered = [button for button in li.buttons if button.startswith("📝")]
    assert offered == ["📝 就在这里 · 华东轴承有限公司", "📝 约 1.0 公里 · 宁波水泵厂", "📝 约 5.0 公里 · 上海风机厂"]


def test_a_visit_far_from_the_customer_is_allowed_and_says_so(li: Chatter, session: Session, located: Customer):
    li.shares_place(*CAR_PARK)
    li.taps("上海风机厂")
    li.says("在半路约了面谈，没去厂里")
    li.taps("顺利")
    assert visit(session).near is False
    assert "不在客户附近" in li.sees


def test_another_customer_may_be_picked_and_nothing_is_said_of_where_it_is(
    li: Chatter, session: Session, located: Customer, li_wei: Person
):
    firm(session, "苏州新泵", owner=li_wei)
    li.shares_place(*CAR_PARK)
    li.taps("🔍")
    li.taps("苏州新泵")
    li.taps("跳过")
    li.taps("顺利")
    assert visit(session).near is None
    assert "附近" not in li.sees


def test_a_visit_without_a_place_is_logged_as_ever(li: Chatter, session: Session, located: Customer):
    li.says("/visit 华东轴承 谈了备件")
    li.taps("顺利")
    assert visit(session).near is None


def test_this_is_said_after_sharing_tells_where_a_customer_is(li: Chatter, session: Session, east_bearings: Customer):
    li.shares_place(*CAR_PARK)
    assert "还没有已知位置的客户" in li.sees
    li.says("这里是华东轴承")
    assert (east_bearings.latitude, east_bearings.longitude) == (31.23, 121.474)
    assert "位置已记下" in li.sees
    li.taps("在这里记拜访")
    li.says("看了设备")
    li.taps("顺利")
    assert visit(session).near is True


def test_where_a_customer_is_is_replaced_only_when_she_says_so(li: Chatter, located: Customer):
    li.shares_place(30.0, 120.0)
    li.says("这里是华东轴承")
    assert located.latitude == 31.231
    li.taps("替换")
    assert located.latitude == 30.0


def test_it_is_told_from_the_customers_page_too(li: Chatter, east_bearings: Customer):
    li.presses(f"/customers/{east_bearings.id}/place", 1)
    assert "还不知道这家在哪里" in li.sees
    li.taps("我现在就在这家")
    assert li.screen.share is not None
    li.says("就在上海")
    assert "请分享一个位置" in li.sees or "位置" in li.sees
    li.shares_place(*CAR_PARK)
    assert east_bearings.latitude == 31.23


def test_the_sentence_means_nothing_without_a_fresh_place(li: Chatter, east_bearings: Customer, clock: Clock):
    li.says("这里是华东轴承")
    assert east_bearings.latitude is None
    li.says("/cancel")
    li.shares_place(*CAR_PARK)
    clock.passes(hours=5)
    li.says("这里是华东轴承")
    assert east_bearings.latitude is None


def test_a_place_is_rounded_and_forgotten_after_thirty_days(
    li: Chatter, session: Session, located: Customer, clock: Clock
):
    li.shares_place(*CAR_PARK)
    li.taps("华东轴承")
    li.says("看了设备")
    li.taps("顺利")
    kept = session.scalars(select(Place)).one()
    assert (kept.latitude, kept.longitude) == (31.23, 121.474)

    retention.forget_old(session, now=clock.now + timedelta(days=30))
    assert session.scalar(select(func.count(Place.id))) == 1
    retention.forget_old(session, now=clock.now + timedelta(days=31))
    assert session.scalar(select(func.count(Place.id))) == 0
    assert visit(session).near is True


def test_an_old_button_logs_a_visit_that_says_nothing_of_the_place(
    li: Chatter, session: Session, located: Customer, clock: Clock
):
    li.shares_place(*CAR_PARK)
    old = next(b.data for row in li.screen.keyboard for b in row if "华东" in b.text)
    clock.passes(hours=5)
    li.presses(old)
    li.taps("跳过")
    li.taps("顺利")
    assert visit(session).near is None


def test_the_place_of_another_is_nobodys(li: Chatter, zhao: Chatter, session: Session, located: Customer):
    li.shares_place(*CAR_PARK)
    place = session.scalars(select(Place)).one()
    zhao.presses(f"/places/{place.id}", 1)
    assert "没有找到" in (zhao.toast or "")
    zhao.shares_place(*CAR_PARK)
    assert "华东轴承" not in " ".join(zhao.buttons)


@pytest.mark.parametrize("number", ["0", "-1", "x", "99999999999", "1e3"])
def test_a_forged_place_is_none(li: Chatter, session: Session, located: Customer, number: str):
    li.presses(f"/do/visit?customer={located.id}&place={number}", 1)
    assert "谈了什么" in li.sees  # as without a place
    li.presses(f"/places/{number}", 1)
    assert li.toast


def test_a_double_tap_saves_one_visit(li: Chatter, session: Session, located: Customer):
    li.shares_place(*CAR_PARK)
    li.taps("华东轴承")
    li.says("<b>=1+1</b>")
    asked = li.newest
    saving = next(b.data for row in li.screen.keyboard for b in row if "顺利" in b.text)
    li.presses(saving, asked)
    li.presses(saving, asked)
    assert session.scalar(select(func.count(Visit.id))) == 1
    assert "<b>=1+1</b>" in li.sees


def test_a_customers_place_is_not_taken(wang: Chatter, session: Session):
    wang.shares_place(*CAR_PARK)
    assert session.scalar(select(func.count(Place.id))) == 0


def test_privacy_says_what_becomes_of_a_place(li: Chatter):
    li.says("/privacy")
    assert "30 天后删除" in li.sees
    assert "不跟踪行踪" in li.sees


def test_a_kilometre_is_a_kilometre():
    shanghai, beijing = Place(latitude=31.23, longitude=121.47), Customer(latitude=39.9, longitude=116.4)
    assert 1_060_000 < places.metres(shanghai, beijing) < 1_075_000
    assert places.metres(shanghai, Customer(latitude=31.239, longitude=121.47)) == 1001


def test_a_place_is_forgotten_with_cancel(li: Chatter, located: Customer, clock: Clock):
    li.shares_place(31.2304, 121.4737)
    clock.passes(minutes=1)
    li.sends()
    assert "已收到你的位置" in li.sees
    li.says("/cancel")
    li.shares_place(31.2304, 121.4737)
    clock.passes(minutes=1)
    li.says("/cancel")
    clock.passes(minutes=1)
    li.sends()
    assert "已收到你的位置" not in li.sees
