"""Customers: finding, reading, adding and grading them, and the people there."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import event, func, select
from sqlalchemy.orm import Session

from crm import filing, visits
from handlers.contact import read
from models.customer import Contact, Customer, Grade, Industry, Region
from models.notice import Notice
from models.person import Person
from models.visit import Outcome, VisitKind
from tests.chatter import Chatter
from tests.conftest import Clock, added, firm


def count(session: Session, table: type[Customer | Contact]) -> int:
    return session.scalar(select(func.count()).select_from(table)) or 0


# Finding


@pytest.mark.parametrize("typed", ["华东轴承", "轴承", "hdzc", "HDZC", "ｈｄｚｃ", "huadong", "华东轴乘有限公司"])
def test_a_customer_is_found_by_part_of_its_name_its_pinyin_or_its_initials(
    li: Chatter, east_bearings: Customer, typed: str
):
    li.says(f"/customer {typed}")
    assert "华东轴承有限公司" in li.sees
    assert "A级 · 重点" in li.sees


def test_a_search_that_finds_several_asks_which(li: Chatter, session: Session, east_bearings: Customer, li_wei: Person):
    firm(session, "华东电机有限公司", owner=li_wei)
    li.says("/customer 华东")
    assert "“华东”的查找结果" in li.sees
    li.taps("华东电机")
    assert "华东电机有限公司" in li.sees


def test_a_search_goes_on_by_typing(li: Chatter, east_bearings: Customer):
    li.says("/customer")
    li.says("没有这家")
    assert "没有找到" in li.sees
    li.says("hdzc")
    li.taps("华东轴承")
    assert "负责人：李伟" in li.sees


def test_what_was_typed_is_searched_for_to_hear_it_and_to_show_it_and_no_more(
    li: Chatter, session: Session, east_bearings: Customer, li_wei: Person
):
    firm(session, "华东电机有限公司", owner=li_wei)
    li.says("/customer")
    statements: list[str] = []
    connection = session.connection()
    event.listen(connection, "before_cursor_execute", lambda *call: statements.append(call[2]))

    li.says("华东")

    assert any("华东电机有限公司" in button for button in li.buttons)
    assert len([statement for statement in statements if "search_key" in statement and "LIKE" in statement]) == 2


def test_another_reps_customer_is_not_found(li: Chatter, north_pumps: Customer, zhou_jie: Person):
    contact = north_pumps.contacts[0] if north_pumps.contacts else zhou_jie.contact
    assert contact
    for address in (
        f"/customers/{north_pumps.id}",
        f"/customers/{north_pumps.id}/visits",
        f"/customers/{north_pumps.id}/contacts",
        f"/customers/{north_pumps.id}/complaints",
        f"/customers/{north_pumps.id}/grade",
        f"/customers/{north_pumps.id}/grade/A?version=1",
        f"/contacts/{contact.id}",
    ):
        li.presses(address, 1)
        assert "没有找到" in (li.toast or ""), address
    assert north_pumps.grade is Grade.B
    li.says("/customer 北方泵业")
    assert "北方泵业股份" not in " ".join(li.buttons)


def test_a_leader_finds_every_customer(chen: Chatter, north_pumps: Customer):
    chen.says("/customer bfby")
    assert "负责人：赵敏" in chen.sees


def test_a_customers_person_sees_no_files(wang: Chatter, east_bearings: Customer):
    for address in (f"/customers/{east_bearings.id}", "/customers", "/do/find", "/do/new_customer", "/today"):
        wang.presses(address, 1)
        assert "只供我们的同事使用" in (wang.toast or "")


# The card


def test_the_card_tells_what_is_owed_and_what_was_said(
    li: Chatter, session: Session, east_bearings: Customer, engineer: Contact, li_wei: Person, clock: Clock
):
    for day in range(5):
        visits.log(
            session,
            li_wei,
            customer=east_bearings,
            kind=VisitKind.ROUTINE,
            outcome=Outcome.GOOD,
            note=f"第{day}次",
            at=clock.now - timedelta(days=10 - day),
        )
    filing.file(session, li_wei, customer=east_bearings, words="主轴异响", at=clock.now - timedelta(days=30))
    filing.file(session, li_wei, customer=east_bearings, words="发票写错", at=clock.now)

    li.presses(f"/customers/{east_bearings.id}", 1)

    assert "未结投诉 2 件，其中逾期 1 件" in li.sees
    assert "第4次" in li.sees
    assert "第1次" not in li.sees
    assert "王芳（设备工程师）" in li.sees
    li.taps("更多")
    li.taps("📋 投诉")
    assert "主轴异响" in li.sees


def test_the_phone_number_stands_on_the_contacts_page_only(
    li: Chatter, session: Session, east_bearings: Customer, engineer: Contact
):
    engineer.phone = "138 0000 0000"
    for address in ("", "/contacts", "/visits"):
        li.presses(f"/customers/{east_bearings.id}{address}", 1)
        assert "138" not in li.sees
        assert "138" not in " ".join(li.buttons)
    li.presses(f"/contacts/{engineer.id}", 1)
    assert "138 0000 0000" in li.sees
    assert "💌 邀请加入" in li.buttons


def test_every_visit_in_the_list_opens_and_pages_turn(
    li: Chatter, session: Session, east_bearings: Customer, li_wei: Person, clock: Clock
):
    for day in range(9):
        facts = {"customer": east_bearings, "kind": VisitKind.ROUTINE, "outcome": Outcome.GOOD, "note": f"第{day}次"}
        visits.log(session, li_wei, **facts, at=clock.now - timedelta(days=30 - day))  # type: ignore[arg-type]
    li.presses(f"/customers/{east_bearings.id}/visits", 1)
    assert "第8次" in li.sees
    assert "第2次" not in li.sees
    li.taps("›")
    assert "第2次" in li.sees
    li.taps("顺利")
    assert re.search(r"V\d{5}", li.sees)


def test_a_grade_is_changed_with_three_taps_and_an_old_button_is_harmless(chen: Chatter, east_bearings: Customer):
    chen.presses(f"/customers/{east_bearings.id}", 1)
    chen.taps("更多")
    chen.taps("改等级")
    old = next(b.data for row in chen.screen.keyboard for b in row if "C级" in b.text)
    chen.taps("B级")
    assert east_bearings.grade is Grade.B
    assert "B级 · 稳定" in chen.sees
    chen.presses(old)
    assert "已经处理过" in (chen.toast or "")
    assert east_bearings.grade is Grade.B


def test_a_rep_proposes_a_grade_and_her_manager_takes_it_with_one_tap(
    li: Chatter, chen: Chatter, session: Session, east_bearings: Customer
):
    li.presses(f"/customers/{east_bearings.id}/grade", 1)
    assert "由主管决定" in li.sees
    forged = f"/customers/{east_bearings.id}/grade/C?version=1"
    li.taps("B级")
    assert "已提出" in li.sees
    li.presses(forged, 1)
    assert east_bearings.grade is Grade.A

    left = session.scalars(select(Notice).where(Notice.to_id == chen.person.id)).one()
    li.presses(f"/customers/{east_bearings.id}/grade/B/propose", 1)
    assert session.scalars(select(Notice)).one() is left
    chen.opens(left.address)
    assert "李伟建议调为：B级" in chen.sees
    chen.taps("B级")
    assert east_bearings.grade is Grade.B
    chen.opens(left.address)
    assert not [button for button in chen.buttons if "B级" in button]


@pytest.mark.parametrize(
    "tail",
    ["grade/Z?version=1", "grade/A", "grade/A?version=x", "visits?page=-5", "visits?page=y", "contacts?page=9999999",
     "contacts?page=-1"],
)  # fmt: skip
def test_forged_addresses_of_a_customer_do_no_harm(li: Chatter, east_bearings: Customer, tail: str):
    li.presses(f"/customers/{east_bearings.id}/{tail}", 1)
    assert li.reply.screen or li.toast
    assert east_bearings.version == 1


# Adding one


def adds(li: Chatter, name: str) -> None:
    li.presses("/do/new_customer", 1)
    li.says(name)


def test_a_customer_is_added_with_grade_industry_and_region(li: Chatter, session: Session, li_wei: Person):
    adds(li, "苏州新泵有限公司")
    li.taps("B级")
    li.taps("能源")
    li.taps("华东")
    assert count(session, Customer) == 0
    li.taps("保存")

    customer = session.scalars(select(Customer)).one()
    assert (customer.grade, customer.industry, customer.region) == (Grade.B, Industry.ENERGY, Region.EAST)
    assert customer.owner == li_wei
    assert "苏州新泵有限公司" in li.sees


def test_a_likely_duplicate_is_shown_and_opening_it_adds_nothing(
    li: Chatter, session: Session, east_bearings: Customer
):
    adds(li, "华东轴承有限责任公司")
    assert "已有名称相近" in li.sees
    assert "华东轴承有限公司 · 负责人：李伟" in li.sees
    li.taps("就是华东轴承")
    assert "A级 · 重点" in li.sees
    assert count(session, Customer) == 1


def test_another_firm_of_a_similar_name_is_added_when_confirmed(li: Chatter, session: Session, east_bearings: Customer):
    adds(li, "华东轴承集团")
    li.taps("是另一家")
    li.taps("A级")
    li.taps("机械")
    li.taps("华东")
    li.taps("保存")
    assert count(session, Customer) == 2


def test_a_colleagues_firm_is_named_but_cannot_be_opened(li: Chatter, session: Session, north_pumps: Customer):
    adds(li, "北方泵业")
    assert "北方泵业股份有限公司 · 负责人：赵敏" in li.sees
    assert not [button for button in li.buttons if button.startswith("就是")]
    revision = next(b.data for row in li.screen.keyboard for b in row if "另一家" in b.text).partition(":")[0]
    li.presses(f"{revision}:{north_pumps.id}")
    assert "B级" not in li.sees


def test_a_changed_name_is_compared_anew(li: Chatter, session: Session, east_bearings: Customer, north_pumps: Customer):
    adds(li, "华东轴承集团")
    li.taps("是另一家")
    li.taps("A级")
    li.taps("机械")
    li.taps("华东")
    li.taps("修改")
    li.taps("名称")
    li.says("北方泵业")
    assert "北方泵业股份有限公司" in li.sees


def test_a_new_customer_is_added_from_the_search(li: Chatter, session: Session, east_bearings: Customer):
    li.says("/customer 苏州新泵")
    li.taps("新增“苏州新泵”")
    li.taps("C级")
    li.taps("其他")
    li.taps("华东")
    li.taps("保存")
    assert "苏州新泵" in li.sees
    assert count(session, Customer) == 2


@pytest.mark.parametrize("name", ["<b>粗体</b>公司", "=1+1", "{name} %s %(x)s", "😀泵业", "A" * 120, "换\n行 公司"])
def test_any_name_is_kept_and_shown_as_it_is(li: Chatter, session: Session, name: str):
    adds(li, name)
    li.taps("B级")
    li.taps("能源")
    li.taps("华东")
    li.taps("保存")
    kept = session.scalars(select(Customer)).one().name
    assert kept == " ".join(name.split())
    assert kept in li.sees
    li.taps("记拜访")
    li.taps("跳过")
    li.taps("顺利")
    assert kept[:50] in li.sees
    li.presses("/customers", 1)
    assert kept[:30] in " ".join(li.buttons)


def test_a_name_too_long_or_a_photo_is_refused(li: Chatter, session: Session):
    adds(li, "长" * 5000)
    assert "最多 120 个字" in li.sees
    li.sends()
    assert "请用文字回答" in li.sees
    li.says("/cancel")
    assert count(session, Customer) == 0


# People there


def test_a_contact_is_added_by_typing(li: Chatter, session: Session, east_bearings: Customer):
    li.presses(f"/customers/{east_bearings.id}/contacts", 1)
    li.taps("添加联系人")
    li.says("陆明")
    li.says("采购经理")
    li.says("０２１－６０００ 0000 转 12")
    li.taps("保存")

    contact = session.scalars(select(Contact)).one()
    assert (contact.name, contact.position, contact.phone) == ("陆明", "采购经理", "021-6000 0000 转 12")
    assert "021-6000 0000 转 12" in li.sees


def test_a_shared_contact_card_brings_the_number_along(li: Chatter, session: Session, east_bearings: Customer):
    li.presses(f"/do/new_contact?customer={east_bearings.id}", 1)
    li.shares_card("陆明", "+8613800000000")
    li.taps("跳过")
    assert "电话：+8613800000000" in li.sees
    li.taps("保存")
    contact = session.scalars(select(Contact)).one()
    assert (contact.name, contact.phone) == ("陆明", "+8613800000000")


@pytest.mark.parametrize("number", ["明天打给我", "123", "<b>138</b>", "1" * 60, "=138+000+00"])
def test_what_is_no_phone_number_is_refused(li: Chatter, session: Session, east_bearings: Customer, number: str):
    li.presses(f"/do/new_contact?customer={east_bearings.id}", 1)
    li.says("陆明")
    li.taps("跳过")
    li.says(number)
    assert "请输入电话号码" in li.sees


def test_a_contacts_name_must_fit(li: Chatter, session: Session, east_bearings: Customer):
    li.presses(f"/do/new_contact?customer={east_bearings.id}", 1)
    li.says("名" * 200)
    assert "最多 80 个字" in li.sees
    li.sends()
    assert "请输入姓名" in li.sees


def test_a_contact_cannot_be_put_into_anothers_file(li: Chatter, session: Session, north_pumps: Customer):
    li.presses(f"/do/new_contact?customer={north_pumps.id}&name=x", 1)
    assert "北方" not in li.sees
    assert count(session, Contact) == 0


# The whole area


@pytest.mark.parametrize("language", ["zh_CN", "en"])
@pytest.mark.parametrize("who", ["li_wei", "chen_jing"])
def test_every_button_leads_somewhere(
    request: pytest.FixtureRequest,
    meet: Callable[..., Chatter],
    session: Session,
    east_bearings: Customer,
    engineer: Contact,
    li_wei: Person,
    clock: Clock,
    language: str,
    who: str,
):
    east_bearings.name, engineer.name, engineer.position = "华" * 120, "<b>" * 20, "&" * 80
    for number in range(8):
        added(session, Contact(customer_id=east_bearings.id, name=f"人{number}", created_at=clock.now))
        firm(session, f"别的{number}", owner=li_wei).created_at = clock.now - timedelta(days=400)
    session.expire(east_bearings)
    for ahead in (3, 4):
        visit = visits.log(
            session,
            li_wei,
            customer=east_bearings,
            kind=VisitKind.CALL,
            outcome=Outcome.PROBLEM,
            note="😀" * 2000,
            met=[engineer],
            next_visit=(clock.now + timedelta(days=ahead)).date(),
            at=clock.now,
        )
    filing.file(session, li_wei, customer=east_bearings, words="<i>" * 900, at=clock.now)
    talker = meet(request.getfixturevalue(who), language)
    waiting = ["/today", "/customers", f"/customers/{east_bearings.id}", f"/visits/{visit.id}", "/do/snooze"]
    seen: set[str] = set()
    while waiting:
        address = waiting.pop()
        if address in seen or not (talker.house.book.find(address) or address.startswith("/do/")):
            continue
        seen.add(address)
        talker.presses(address, 1)
        assert talker.toast is None or "/do/" in address, (address, talker.toast)
        data = [button.data for row in talker.screen.keyboard for button in row if button.data]
        links = {each for each in data if each.startswith("/")}
        assert all(len(each.encode()) <= 64 for each in data)
        waiting += [each for each in links if not ((found := talker.house.book.find(each)) and found[0].acts)]
    assert len(seen) > 15


def test_the_page_of_a_contact_who_has_joined_says_so(li: Chatter, wang_fang: Person, engineer: Contact):
    li.presses(f"/contacts/{engineer.id}", 1)
    assert "✅ " in li.sees
    assert "加入" in li.sees
    assert "💌 再次邀请" in li.buttons


def test_the_list_says_how_it_is_ordered(li: Chatter, chen: Chatter, session: Session, east_bearings: Customer):
    chen.presses("/customers", 1)
    assert "按名称排列。" in chen.sees
    li.presses("/customers", 1)
    assert "按名称排列。" in li.sees
    li.says("/visit 华东轴承 谈了备件")
    li.taps("待跟进")
    li.presses("/customers", 1)
    assert "最近打过交道的排在前面。" in li.sees


def test_who_undoes_too_late_is_told_of_the_edit(li: Chatter, east_bearings: Customer, clock: Clock):
    li.says("/visit 华东轴承 谈了备件")
    li.taps("待跟进")
    undo = next(button.data for row in li.screen.keyboard for button in row if "撤销" in button.text)
    clock.passes(minutes=11)
    li.presses(undo or "")
    assert "七天内可以点卡片上的“修改”来更正" in (li.toast or "")


def test_of_several_reminders_the_card_leads_to_the_list(li: Chatter, chen: Chatter, east_bearings: Customer):
    li.says("/plan 华东轴承 下周三 谈<b>备件")
    li.taps("保存")
    li.presses(f"/customers/{east_bearings.id}/more", 1)
    li.taps("🔔 提醒")
    assert "谈<b>备件" in li.sees
    li.says("/plan 华东轴承 下周四下午3点 送样品")
    li.taps("保存")
    chen.presses(f"/customers/{east_bearings.id}/more", 1)
    chen.taps("🔔 提醒 2")
    assert "3月18日 · 李伟 · 谈<b>备件" in chen.sees
    assert "3月19日 15:00 · 李伟 · 送样品" in chen.sees
    chen.taps("送样品")
    assert "送样品" in chen.sees


def test_the_list_of_reminders_may_be_empty_and_is_nobody_elses(
    li: Chatter, zhao: Chatter, wang: Chatter, east_bearings: Customer
):
    li.presses(f"/customers/{east_bearings.id}/reminders", 1)
    assert "暂无安排。" in li.sees
    for other in (zhao, wang):
        other.presses(f"/customers/{east_bearings.id}/reminders", 1)
        assert other.problem is not None


@pytest.mark.parametrize(
    ("line", "known"),
    [
        ("赵强 采购经理 13911112222", ("赵强", "采购经理", "13911112222")),
        ("赵强，采购经理，139 1111 2222", ("赵强", "采购经理", "139 1111 2222")),
        ("赵强 采购经理 电话：021-6000 0000", ("赵强", "采购经理", "021-6000 0000")),
        ("John Smith, purchasing manager, +49 30 123456", ("John Smith", "purchasing manager", "+49 30 123456")),
        ("赵强 <b>采购 １３９１１１１２２２２", ("赵强", "<b>采购", "13911112222")),
    ],
)
def test_one_line_says_name_position_and_number_and_nothing_more_is_asked(
    li: Chatter, session: Session, east_bearings: Customer, line: str, known: tuple[str, str, str]
):
    li.presses(f"/do/new_contact?customer={east_bearings.id}", 1)
    li.says(line)
    li.taps("保存")
    contact = session.scalars(select(Contact)).one()
    assert (contact.name, contact.position, contact.phone) == known


@pytest.mark.parametrize(
    ("line", "known"),
    [
        ("赵强", ("赵强", "", "")),
        ("赵 强", ("赵 强", "", "")),
        ("John Smith", ("John Smith", "", "")),
        ("赵强 采购经理", ("赵强", "采购经理", "")),
        ("赵强13911112222", ("赵强", "", "13911112222")),
        ("张3", ("张3", "", "")),
    ],
)
def test_what_a_line_says_of_a_person(line: str, known: tuple[str, str, str]):
    said = read(line)
    assert (said.name, said.position, said.phone) == known


def test_a_second_person_of_one_name_is_asked_about(li: Chatter, session: Session, engineer: Contact):
    li.presses(f"/do/new_contact?customer={engineer.customer_id}", 1)
    li.says("王芳")
    assert "档案里已有同名或同号码的联系人" in li.sees
    li.taps("另一个人")
    li.taps("跳过")
    li.taps("跳过")
    li.taps("保存")
    assert count(session, Contact) == 2


def test_a_card_with_a_known_number_leads_to_whose_it_is(li: Chatter, session: Session, engineer: Contact):
    engineer.phone = "138 0000 0000"
    session.flush()
    li.shares_card("王工", "+86 13800000000")
    li.taps("👤")
    li.taps("华东轴承")
    assert "王芳" in li.sees
    li.taps("就是王芳")
    assert "138 0000 0000" in li.sees
    assert count(session, Contact) == 1


def test_whose_number_it_is_at_a_customer_of_another_stays_unsaid(
    li: Chatter, session: Session, east_bearings: Customer, north_pumps: Customer
):
    added(session, Contact(customer_id=north_pumps.id, name="周杰", phone="13800000000", created_at=li.now()))
    li.presses(f"/do/new_contact?customer={east_bearings.id}", 1)
    li.shares_card("王工", "13800000000")
    assert "周杰" not in li.sees
