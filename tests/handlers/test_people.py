"""Inviting, the team, roles and farewells."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from crm import joining
from models.customer import Contact, Customer
from models.person import Invite, Person, Role, Team
from tests.chatter import Chatter
from tests.conftest import Clock, added, joined

PNG = b"\x89PNG\r\n"


@pytest.fixture
def north_team(session: Session) -> Team:
    """The team for the north, which 陈静 does not lead."""
    return added(session, Team(name="北方组"))


def token(somebody: Chatter) -> str:
    found = re.search(r"https://t\.me/huifang_test_bot\?start=invite-([\w-]{43})", somebody.sees)
    assert found, somebody.sees
    return found[1]


def invites_wang(li: Chatter) -> str:
    li.says("/invite")
    li.taps("华东轴承")
    li.taps("王芳")
    li.taps("生成链接")
    return token(li)


def test_a_rep_invites_a_contact_with_a_link_and_a_picture(
    li: Chatter, session: Session, engineer: Contact, clock: Clock
):
    made = invites_wang(li)

    assert li.screen.picture is not None
    assert li.screen.picture.startswith(PNG)
    assert "3月13日 10:00 前有效" in li.sees
    assert li.taps_made == 3
    assert joining.invited(session, made, telegram_id=99, at=clock.now).contact_id == engineer.id
    share = next(button.url for row in li.screen.keyboard for button in row if button.url)
    assert share.startswith("https://t.me/share/url?url=https%3A%2F%2Ft.me%2Fhuifang_test_bot%3Fstart%3Dinvite-")


def test_the_link_is_shown_only_once(li: Chatter, engineer: Contact):
    made = invites_wang(li)
    for way in ("/menu", "/start", "/nonsense"):
        li.says(way)
        assert made not in li.sees
    assert li.screen.address is None or made not in li.screen.address


def test_the_button_that_makes_the_link_tapped_twice_makes_one(li: Chatter, session: Session, engineer: Contact):
    li.says("/invite 华东轴承")
    li.taps("王芳")
    make = next(button.data for row in li.screen.keyboard for button in row if "生成链接" in button.text)
    li.presses(make)
    li.presses(make)
    assert len(session.scalars(select(Invite)).all()) == 1


def test_a_contacts_page_leads_to_the_invitation_with_everything_filled_in(li: Chatter, engineer: Contact):
    li.presses(f"/contacts/{engineer.id}", 1)
    li.taps("邀请加入")
    assert "联系人：王芳" in li.sees
    assert "隐私说明" in li.sees
    assert "尚未保存" not in li.sees
    li.taps("生成链接")
    assert token(li)
    assert li.taps_made == 2


@pytest.mark.parametrize(("who", "roles"), [("chen_jing", {"客户联系人", "业务员", "主管"}), ("sun_li", {"管理员"})])
def test_leaders_invite_colleagues_too(
    request: pytest.FixtureRequest, meet: Callable[..., Chatter], who: str, roles: set[str]
):
    leader = meet(request.getfixturevalue(who))
    leader.says("/invite")
    assert roles <= set(leader.buttons)
    assert ("管理员" in leader.buttons) == (who == "sun_li")


def test_an_administrator_says_into_which_team_she_invites(sun: Chatter, session: Session, east_team: Team):
    sun.says("/invite")
    sun.taps("业务员")
    sun.taps("华东组")
    sun.taps("生成链接")
    made = session.scalars(select(Invite)).one()
    assert (made.role, made.team_id) == (Role.REP, east_team.id)


@pytest.mark.parametrize("role", ["业务员", "主管"])
def test_a_teams_manager_invites_into_her_own_team_without_being_asked(
    chen: Chatter, session: Session, east_team: Team, role: str
):
    chen.says("/invite")
    chen.taps(role)
    chen.taps("生成链接")
    assert session.scalars(select(Invite)).one().team_id == east_team.id
    assert token(chen)


def test_a_team_named_by_a_forged_door_is_not_taken(chen: Chatter, session: Session, east_team: Team, north_team: Team):
    chen.presses(f"/do/invite?role=rep&team={north_team.id}", 1)
    chen.taps("生成链接")
    assert session.scalars(select(Invite)).one().team_id == east_team.id


def test_what_is_another_teams_is_not_offered_to_a_manager(
    chen: Chatter, session: Session, li_wei: Person, north_team: Team
):
    he = joined(session, "何勇", Role.REP, 1101, team_id=north_team.id)
    chen.says("/team")
    chen.taps("何勇")
    assert not {"🎫 调整角色", "🚫 停用", "🌴 休假"} & set(chen.buttons)

    for forged in ("role", "farewell", "role/manager", "withdraw"):
        chen.presses(f"/people/{he.id}/{forged}", 1)
        assert "相关团队的主管或管理员" in chen.sees + chen.toast
    assert (he.role, he.active) == (Role.REP, True)

    chen.presses(f"/people/{li_wei.id}", 1)
    assert {"🎫 调整角色", "🚫 停用"} <= set(chen.buttons)


@pytest.mark.parametrize(
    "forged", ["/do/invite?role=admin", "/do/invite?role=rep", "/do/invite?role=rep&contact=1", "/do/invite?contact=zz"]
)
def test_a_rep_cannot_forge_an_invitation_for_a_colleague(
    li: Chatter, session: Session, east_bearings: Customer, forged: str
):
    li.presses(forged, 1)
    assert "哪家客户的联系人" in li.sees
    assert session.scalars(select(Invite)).all() == []


def test_a_rep_invites_nobody_of_another_reps_customer(
    zhao: Chatter, session: Session, engineer: Contact, east_bearings: Customer
):
    zhao.presses(f"/do/invite?customer={east_bearings.id}&contact={engineer.id}", 1)
    assert "哪家客户的联系人" in zhao.sees
    assert session.scalars(select(Invite)).all() == []


def test_cancelling_in_the_middle_leaves_no_invitation(li: Chatter, session: Session, engineer: Contact):
    li.says("/invite 华东轴承")
    li.taps("王芳")
    li.says("/cancel")
    assert "已取消" in li.sees
    assert session.scalars(select(Invite)).all() == []


def test_a_sentence_where_a_name_is_asked_is_not_searched_for(li: Chatter, engineer: Contact):
    li.says("/invite 华东轴承")
    li.says("x" * 5000)
    assert "作为名称太长了" in li.sees
    assert "王芳 · 设备工程师" in li.buttons


@pytest.mark.parametrize("sent", ["<b>x</b>", "=1+1", "不存在的人"])
def test_a_name_nobody_bears_finds_nobody_and_harms_nothing(li: Chatter, engineer: Contact, sent: str):
    li.says("/invite 华东轴承")
    li.says(sent)
    assert "没有找到。请先添加联系人" in li.sees
    assert "➕ 添加联系人" in li.buttons


def test_a_colleague_who_follows_a_customers_link_stays_a_colleague(
    chen: Chatter, li: Chatter, chen_jing: Person, engineer: Contact, session: Session, clock: Clock
):
    made = invites_wang(li)
    chen.says(f"/start invite-{made}")
    assert "这个邀请是给客户的" in chen.sees
    chen.presses(f"/invite/{made}/accept", 1)
    assert chen.toast
    assert chen_jing.role is Role.MANAGER
    assert joining.invited(session, made, telegram_id=99, at=clock.now)


def test_whoever_is_connected_already_is_told_so(wang: Chatter, li: Chatter):
    wang.says(f"/start invite-{invites_wang(li)}")
    assert "已经加入" in wang.sees


def test_a_rep_who_is_invited_as_a_manager_becomes_one_by_accepting(
    li: Chatter, li_wei: Person, sun_li: Person, session: Session, clock: Clock
):
    made = joining.invite(session, sun_li, role=Role.MANAGER, at=clock.now)[1]
    li.says(f"/start invite-{made}")
    assert "身份变为：主管" in li.sees
    accept = next(button.data for row in li.screen.keyboard for button in row if "接受" in button.text)
    assert len(accept.encode()) <= 64

    li.presses(accept)
    assert li_wei.role is Role.MANAGER
    assert "李伟 · 主管" in li.sees
    li.presses(accept)
    assert "不能使用" in (li.toast or li.sees)


@pytest.mark.parametrize("bad", ["x", "x" * 43, "a-b_c", "<b>"])
def test_a_bad_link_is_answered_kindly_to_somebody_we_know(li: Chatter, bad: str):
    li.says(f"/start invite-{bad}")
    assert "这个邀请不能使用" in li.sees
    assert "‹ 首页" in li.buttons


def test_guesses_of_somebody_we_know_are_counted_too(li: Chatter, chen_jing: Person, session: Session, clock: Clock):
    made = joining.invite(session, chen_jing, role=Role.MANAGER, at=clock.now)[1]
    for guess in range(5):
        li.says(f"/start invite-guess{guess}")
    li.says(f"/start invite-{made}")
    assert "不能使用" in li.sees


def test_a_manager_walks_from_the_team_to_another_role(chen: Chatter, li_wei: Person):
    chen.says("/team")
    chen.taps("李伟")
    assert "李伟 · 业务员" in chen.sees
    chen.taps("调整角色")
    assert chen.buttons == ["主管", "‹ 返回"]
    chen.taps("主管")
    assert li_wei.role is Role.MANAGER
    assert "李伟 · 主管" in chen.sees


def test_a_farewell_is_asked_twice_and_hands_the_work_over(
    chen: Chatter, li: Chatter, li_wei: Person, chen_jing: Person, east_bearings: Customer
):
    chen.presses(f"/people/{li_wei.id}", 1)
    chen.taps("停用")
    assert "确定停用李伟？" in chen.sees
    assert li_wei.active
    chen.taps("确定停用")
    assert not li_wei.active
    assert east_bearings.owner_id == chen_jing.id
    assert "停用" in chen.sees
    assert "🚫 停用" not in chen.buttons

    chen.presses(f"/people/{li_wei.id}/withdraw", 1)
    assert not li_wei.active


@pytest.mark.parametrize("page", ["/team", "/people/{id}/role", "/people/{id}/farewell", "/people/{id}/role/admin"])
def test_only_leaders_manage_people(li: Chatter, wang: Chatter, zhao_min: Person, page: str):
    for somebody in (li, wang):
        somebody.presses(page.format(id=zhao_min.id), 1)
        refusal = "没有这项权限" if somebody is li else "只供我们的同事使用"
        assert refusal in (somebody.toast or "")
    assert zhao_min.role is Role.REP


def test_a_manager_makes_no_administrator_and_leaves_herself_alone(
    chen: Chatter, chen_jing: Person, li_wei: Person, sun_li: Person
):
    for forged in (
        f"/people/{li_wei.id}/role/admin",
        f"/people/{li_wei.id}/role/customer",
        f"/people/{li_wei.id}/role/god",
        f"/people/{chen_jing.id}/withdraw",
        f"/people/{chen_jing.id}/role/rep",
        f"/people/{sun_li.id}/withdraw",
        "/people/999999/withdraw",
    ):
        chen.presses(forged, 1)
        assert chen.toast, forged
    assert (li_wei.role, chen_jing.role, sun_li.role) == (Role.REP, Role.MANAGER, Role.ADMIN)
    assert chen_jing.active
    assert sun_li.active


def test_people_are_seen_as_far_as_they_concern_one(
    wang: Chatter, zhao: Chatter, li: Chatter, wang_fang: Person, zhou_jie: Person, li_wei: Person
):
    wang.presses(f"/people/{li_wei.id}", 1)
    assert "李伟" in wang.sees
    assert "🚫 停用" not in wang.buttons
    wang.presses(f"/people/{zhou_jie.id}", 1)
    assert "没有找到" in (wang.toast or "")
    zhao.presses(f"/people/{wang_fang.id}/joined", 1)
    assert "没有找到" in (zhao.toast or "")
    li.presses(f"/people/{wang_fang.id}/joined", 1)
    assert "如果不是本人，请告诉主管" in li.sees


def test_a_manager_is_offered_no_button_for_an_administrator(chen: Chatter, sun_li: Person, chen_jing: Person):
    for person in (sun_li, chen_jing):
        chen.presses(f"/people/{person.id}", 1)
        assert chen.buttons == ["‹ 首页"]
