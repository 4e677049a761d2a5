"""Customers are confidential: who sees one, who grants it, and who looked at a telephone number."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from crm import access, complaints, customers, filing, reminders, surveys, visits
from models.audit import AuditEntry
from models.customer import Access, Contact, Customer
from models.notice import Notice
from models.person import Person, Role, Team
from models.visit import Outcome, VisitKind
from tests.chatter import Chatter
from tests.conftest import Clock, added, joined


@pytest.fixture
def stranger(session: Session, meet: Callable[..., Chatter]) -> Chatter:
    """何强, who manages another team."""
    west = added(session, Team(name="西南组"))
    return meet(joined(session, "何强", Role.MANAGER, 1010, team_id=west.id))


def counted(session: Session, table: type[Access | Notice]) -> int:
    return session.scalar(select(func.count()).select_from(table)) or 0


def grants(li: Chatter, customer: Customer, name: str) -> None:
    li.presses(f"/customers/{customer.id}/access", 1)
    li.taps("授予权限")
    li.taps(name)


def test_only_the_owner_her_teams_manager_and_leaders_of_all_see_a_customer(
    session: Session, east_bearings: Customer, li_wei, zhao_min, chen_jing, sun_li, stranger: Chatter
):
    sees = {
        person.name: bool(list(session.scalars(customers.visible_to(person))))
        for person in (li_wei, zhao_min, chen_jing, sun_li, stranger.person)
    }
    assert sees == {"李伟": True, "赵敏": False, "陈静": True, "孙丽": True, "何强": False}


def test_what_happened_with_a_hidden_customer_is_hidden_too(
    session: Session, east_bearings: Customer, engineer: Contact, li_wei: Person, stranger: Chatter, clock: Clock
):
    facts = {"customer": east_bearings, "kind": VisitKind.ROUTINE, "outcome": Outcome.GOOD, "met": [engineer]}
    visits.log(session, li_wei, **facts, next_visit=clock.now.date(), at=clock.now)  # type: ignore[arg-type]
    filing.file(session, li_wei, customer=east_bearings, words="主轴异响", at=clock.now)
    for area in (visits, complaints, reminders, surveys):
        assert list(session.scalars(area.visible_to(stranger.person))) == [], area
        assert len(list(session.scalars(area.visible_to(li_wei)))) == 1, area
    stranger.presses(f"/customers/{east_bearings.id}", 1)
    assert "没有找到" in (stranger.toast or "")
    stranger.presses(f"/contacts/{engineer.id}", 1)
    assert "没有找到" in (stranger.toast or "")


def test_the_owner_grants_a_colleague_who_is_told_and_may_work(
    li: Chatter, zhao: Chatter, session: Session, east_bearings: Customer, zhao_min: Person
):
    grants(li, east_bearings, "赵敏")
    assert "赵敏 · 由李伟于3月10日授权" in li.sees
    notice = session.scalars(select(Notice)).one()
    assert notice.to_id == zhao_min.id
    zhao.opens(notice.address)
    assert "你现在可以查看这家客户了" in zhao.sees
    zhao.taps("客户")
    assert "负责人：李伟" in zhao.sees
    zhao.taps("记拜访")
    zhao.says("代李伟跑了一趟")
    zhao.taps("顺利")
    assert "已保存" in zhao.sees


def test_a_second_grant_changes_nothing(li: Chatter, session: Session, east_bearings: Customer, zhao_min: Person):
    grants(li, east_bearings, "赵敏")
    grants(li, east_bearings, "赵敏")
    assert "已经处理过" in (li.toast or "")
    assert counted(session, Access) == counted(session, Notice) == 1


def test_access_is_taken_away_and_the_second_tap_says_so(
    li: Chatter, zhao: Chatter, session: Session, east_bearings: Customer, zhao_min: Person
):
    grants(li, east_bearings, "赵敏")
    old = next(b.data for row in li.screen.keyboard for b in row if "✕ 赵敏" in b.text)
    li.taps("✕ 赵敏")
    zhao.presses(f"/customers/{east_bearings.id}", 1)
    assert "没有找到" in (zhao.toast or "")
    li.presses(old)
    assert "已经处理过" in (li.toast or "")


def test_a_granted_colleague_passes_nothing_on(
    li: Chatter, zhao: Chatter, session: Session, east_bearings: Customer, zhao_min: Person
):
    grants(li, east_bearings, "赵敏")
    zhao.presses(f"/customers/{east_bearings.id}/access", 1)
    assert not {"➕ 授予权限", "✕ 赵敏"} & set(zhao.buttons)
    zhao.presses(f"/customers/{east_bearings.id}/access/{zhao_min.id}/take")
    assert "没有这项权限" in (zhao.toast or "")
    zhao.presses(f"/do/grant?customer={east_bearings.id}&colleague={li.person.id}")
    assert "没有这项权限" in zhao.sees + (zhao.toast or "")
    assert counted(session, Access) == 1


def test_a_customers_person_is_granted_nothing(
    session: Session, east_bearings: Customer, li_wei: Person, wang_fang: Person, li: Chatter, clock: Clock
):
    li.presses(f"/do/grant?customer={east_bearings.id}&colleague={wang_fang.id}", 1)
    assert "让哪位同事" in li.sees
    assert "王芳" not in " ".join(li.buttons)
    assert counted(session, Access) == 0


def test_looking_at_a_phone_number_is_noted_once_an_hour_and_leaders_see_it(
    li: Chatter, chen: Chatter, session: Session, east_bearings: Customer, engineer: Contact, clock: Clock
):
    li.presses(f"/contacts/{engineer.id}", 1)
    viewed = select(func.count()).where(AuditEntry.action == "contact.viewed")
    assert session.scalar(viewed) == 0
    engineer.phone = "138 0000 0000"
    for _again in range(3):
        li.presses(f"/contacts/{engineer.id}", 1)
    assert session.scalar(viewed) == 1
    clock.passes(hours=2)
    li.presses(f"/contacts/{engineer.id}", 1)
    assert session.scalar(viewed) == 2
    chen.presses(f"/customers/{east_bearings.id}/access", 1)
    chen.taps("查看记录")
    assert "李伟 · 查看了联系方式 · 王芳" in chen.sees


def test_reps_and_strangers_do_not_read_who_looked(li: Chatter, stranger: Chatter, east_bearings: Customer):
    li.presses(f"/customers/{east_bearings.id}/views", 1)
    assert "没有这项权限" in (li.toast or "")
    stranger.presses(f"/customers/{east_bearings.id}/views", 1)
    assert "没有找到" in (stranger.toast or "")


def test_the_trail_turns_its_pages(chen: Chatter, session: Session, east_bearings: Customer, li_wei, clock: Clock):
    for number in range(8):
        customers.add_contact(session, li_wei, customer=east_bearings, name=f"联系人{number}", at=clock.now)
        clock.passes(minutes=1)
    chen.presses(f"/customers/{east_bearings.id}/views", 1)
    assert "联系人7" in chen.sees
    chen.taps("›")
    assert "联系人0" in chen.sees


def test_whoever_left_sees_nothing(session: Session, east_bearings: Customer, li_wei, zhao_min, clock: Clock):
    access.grant(session, li_wei, east_bearings.id, zhao_min.id, at=clock.now)
    assert list(session.scalars(customers.visible_to(zhao_min))) == [east_bearings]
    zhao_min.withdrawn_at = clock.now
    assert list(session.scalars(customers.visible_to(zhao_min))) == []
