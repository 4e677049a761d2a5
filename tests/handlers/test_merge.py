"""Two files of one firm become one; the work of a rep goes to her successor, and the customers are told."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from crm import access, buying, contracts, exports, filing, merging, pledges, profiles, reminders, touches, visits
from models.audit import AuditEntry
from models.complaint import Complaint
from models.contract import Contract
from models.customer import BuyingRole, Contact, Customer, Market
from models.notice import Notice
from models.order import Order
from models.person import Person, Role, Team
from models.pledge import Pledge
from models.touch import Touch, TouchKind
from models.visit import Outcome, Reminder, Visit, VisitKind
from tests.chatter import Chatter
from tests.conftest import Clock, added, firm, joined

NUMBER = "91350100M000100Y43"


@pytest.fixture
def double(session: Session, zhao_min: Person, li_wei: Person, clock: Clock) -> Customer:
    """华东轴承 once more, in 赵敏's hands, with something of everything."""
    customer = firm(session, "华东轴承 有限公司", owner=zhao_min)
    contact = added(session, Contact(customer_id=customer.id, name="何军", phone="021-6000 0000", created_at=clock.now))
    facts = {"customer": customer, "kind": VisitKind.ROUTINE, "outcome": Outcome.GOOD, "met": [contact]}
    day = date(2026, 3, 20)
    visits.log(session, zhao_min, **facts, next_visit=day, at=clock.now)  # type: ignore[arg-type]
    touches.log(session, zhao_min, customer.id, kind=TouchKind.CALL, after=0, at=clock.now)
    filing.file(session, zhao_min, customer=customer, words="发票写错", at=clock.now)
    term = {"number": "HT-1", "title": "备件", "starts": day, "ends": day}
    contracts.add(session, zhao_min, customer=customer, **term, at=clock.now)
    pledges.make(session, zhao_min, customer=customer, words="寄样品", day=day, at=clock.now)
    buying.toggle(session, zhao_min, contact.id, role=BuyingRole.USER, version=1, at=clock.now)
    profiles.register(session, zhao_min, customer.id, number=NUMBER, at=clock.now)
    profiles.choose(
        session, zhao_min, customer.id, field="market", to=Market.RESELLER, version=customer.version, at=clock.now
    )
    profiles.tag(session, zhao_min, customer.id, word="备件", at=clock.now)
    access.grant(session, zhao_min, customer.id, li_wei.id, at=clock.now)
    return customer


def previews(chen: Chatter, customer: Customer) -> None:
    chen.presses(f"/customers/{customer.id}/file", 1)
    chen.taps("合并")
    chen.taps("华东轴承 有限公司")


def test_a_leader_sees_what_moves_and_merges_with_one_tap(
    chen: Chatter, session: Session, east_bearings: Customer, double: Customer
):
    previews(chen, east_bearings)
    for line in ("联系人：1", "拜访记录：1", "投诉：1", "合同：1", "承诺：1"):
        assert line in chen.sees, line
    yes = next(b.data for row in chen.screen.keyboard for b in row if "确认合并" in b.text)
    chen.taps("确认合并")
    assert "华东轴承有限公司" in chen.sees
    for table in (Contact, Visit, Reminder, Touch, Complaint, Contract, Pledge):
        assert set(session.scalars(select(table.customer_id))) == {east_bearings.id}, table
    assert (east_bearings.registration, east_bearings.market) == (NUMBER, Market.RESELLER)
    assert [tag.word for tag in east_bearings.tags] == ["备件"]
    chen.presses(yes)
    assert "已经处理过" in (chen.toast or "")


def test_the_old_file_leads_to_the_survivor_and_is_found_no_more(
    chen: Chatter, li: Chatter, session: Session, east_bearings: Customer, double: Customer
):
    previews(chen, east_bearings)
    chen.taps("确认合并")
    li.presses(f"/customers/{double.id}", 1)
    assert "华东轴承有限公司" in li.sees
    chen.says("/customer 华东轴承")
    assert "华东轴承有限公司" in chen.sees
    chen.presses(f"/customers/{double.id}/timeline")
    assert "发票写错" in chen.sees


def test_the_owners_are_told_once_and_the_trail_says_it(
    chen: Chatter, zhao: Chatter, session: Session, east_bearings: Customer, double: Customer, li_wei: Person
):
    previews(chen, east_bearings)
    chen.taps("确认合并")
    told = session.scalars(select(Notice).where(Notice.key.startswith("merged:"))).all()
    assert {notice.to_id for notice in told} == {li_wei.id, zhao.person.id}
    li = Chatter(chen.house, session, li_wei, chen.now)
    li.opens(told[0].address)
    assert "已合并为一份" in li.sees
    noted = session.scalars(select(AuditEntry).where(AuditEntry.action == "customer.merged")).all()
    assert {entry.object for entry in noted} == {f"customer:{east_bearings.id}", f"customer:{double.id}"}
    chen.presses(f"/customers/{east_bearings.id}/views")
    assert "合并了客户" in chen.sees


def test_whoever_loses_her_customer_by_it_learns_whose_it_is_now(
    chen: Chatter, zhao: Chatter, session: Session, east_bearings: Customer, double: Customer
):
    previews(chen, east_bearings)
    chen.taps("确认合并")
    told = select(Notice).where(Notice.key.startswith("merged:"), Notice.to_id == zhao.person.id)
    zhao.opens(session.scalars(told).one().address)
    assert "华东轴承有限公司" in zhao.sees
    assert "负责人：李伟" in zhao.sees
    assert zhao.buttons == []
    for tail in ("", "/timeline", "/contacts", "/brief"):
        zhao.presses(f"/customers/{double.id}{tail}")
        assert zhao.toast == "这份档案已并入华东轴承有限公司，由李伟负责。"
    zhao.presses(f"/customers/{east_bearings.id}")
    assert "没有找到" in (zhao.toast or "")


def test_the_place_of_the_merged_file_is_kept_when_the_other_has_none(
    session: Session, east_bearings: Customer, double: Customer, sun_li: Person, clock: Clock
):
    double.latitude, double.longitude = 31.23, 121.474
    versions = (east_bearings.version, double.version)
    merging.merge(session, sun_li, east_bearings.id, double.id, versions=versions, at=clock.now)
    assert (east_bearings.latitude, east_bearings.longitude) == (31.23, 121.474)


def test_what_is_exported_of_a_merged_file_is_what_it_became(
    session: Session, east_bearings: Customer, double: Customer, sun_li: Person, clock: Clock
):
    versions = (east_bearings.version, double.version)
    merging.merge(session, sun_li, east_bearings.id, double.id, versions=versions, at=clock.now)
    taken = exports.take(session, sun_li, exports.What.VISITS, customer_id=double.id, at=clock.now)
    assert [visit.customer for visit in taken.rows] == [east_bearings]


def test_a_tag_and_an_access_both_had_are_kept_once(
    session: Session, east_bearings: Customer, double: Customer, chen_jing: Person, li_wei: Person, sun_li, clock: Clock
):
    profiles.tag(session, li_wei, east_bearings.id, word="备件", at=clock.now)
    for customer in (east_bearings, double):
        access.grant(session, chen_jing, customer.id, sun_li.id, at=clock.now)
    versions = (east_bearings.version, double.version)
    merging.merge(session, chen_jing, east_bearings.id, double.id, versions=versions, at=clock.now)
    assert [tag.word for tag in east_bearings.tags] == ["备件"]
    assert sun_li.id in {given.person_id for given in access.granted(session, chen_jing, east_bearings.id)}


def test_an_order_that_stands_in_both_files_is_kept_once(
    session: Session, east_bearings: Customer, double: Customer, sun_li: Person, clock: Clock
):
    for customer, number in ((east_bearings, "SO-1"), (double, "SO-1"), (double, "SO-2")):
        facts = {"day": date(2026, 3, 1), "amount": 100, "created_at": clock.now}
        added(session, Order(customer_id=customer.id, number=number, **facts))
    versions = (east_bearings.version, double.version)
    merging.merge(session, sun_li, east_bearings.id, double.id, versions=versions, at=clock.now)
    kept = session.execute(select(Order.customer_id, Order.number).order_by(Order.number)).all()
    assert kept == [(east_bearings.id, "SO-1"), (east_bearings.id, "SO-2")]


def test_what_changed_since_the_preview_stops_the_merge(
    chen: Chatter, session: Session, east_bearings: Customer, double: Customer, zhao_min: Person, clock: Clock
):
    previews(chen, east_bearings)
    profiles.tag(session, zhao_min, double.id, word="新", at=clock.now)
    chen.taps("确认合并")
    assert "已经处理过" in (chen.toast or "")
    assert double.merged_into_id is None


def test_duplicates_are_proposed_by_name_and_by_telephone(
    chen: Chatter, session: Session, east_bearings: Customer, engineer: Contact, north_pumps: Customer, zhou_jie: Person
):
    chen.presses(f"/customers/{east_bearings.id}/merge", 1)
    assert "没有发现疑似重复" in chen.sees
    engineer.phone = "+86 138 0000 0000"
    assert zhou_jie.contact
    zhou_jie.contact.phone = "138-0000-0000"
    chen.presses(f"/customers/{east_bearings.id}/merge")
    chen.taps("北方泵业")
    assert "不能撤销" in chen.sees


def test_any_other_customer_can_be_searched_for(chen: Chatter, east_bearings: Customer, north_pumps: Customer):
    chen.presses(f"/customers/{east_bearings.id}/merge", 1)
    chen.taps("另选一家")
    chen.says("bfby")
    chen.taps("北方泵业")
    assert "北方泵业股份有限公司的全部内容将并入华东轴承有限公司" in chen.sees


def test_a_rep_merges_nothing_and_nothing_is_merged_with_itself(
    li: Chatter, chen: Chatter, session: Session, east_bearings: Customer, double: Customer
):
    for tail in ("merge", f"merge/{double.id}", f"merge/{double.id}/yes?v=1&w=1"):
        li.presses(f"/customers/{east_bearings.id}/{tail}", 1)
        assert "没有这项权限" in (li.toast or "")
    chen.presses(f"/customers/{east_bearings.id}/merge/{east_bearings.id}/yes?v=1&w=1", 1)
    assert "没有找到" in (chen.toast or "")
    assert session.scalar(select(func.count()).where(Customer.merged_into_id.is_not(None))) == 0


# Handing over


def hands_over(chen: Chatter, leaver: str, successor: str) -> None:
    chen.says("/handover")
    chen.taps(leaver)
    chen.taps(successor)


def test_everything_of_a_rep_goes_to_the_successor_in_one_command(
    chen: Chatter,
    li: Chatter,
    zhao: Chatter,
    wang: Chatter,
    session: Session,
    east_bearings: Customer,
    li_wei: Person,
    clock: Clock,
):
    reminders.plan(session, li_wei, customer=east_bearings, day=date(2026, 3, 20), at=clock.now)
    pledges.make(session, li_wei, customer=east_bearings, words="寄样品", day=date(2026, 3, 20), at=clock.now)
    complaint = filing.file(session, wang.person, customer=east_bearings, words="主轴异响", at=clock.now)
    hands_over(chen, "李伟", "赵敏")
    assert "客户1家 · 计划1项 · 承诺1项 · 未结投诉1件" in chen.sees
    chen.taps("确认移交")
    assert "李伟的客户现由赵敏负责" in chen.sees
    assert "客户1家 · 计划1项 · 承诺1项 · 未结投诉1件" in chen.sees
    hers = {east_bearings.owner_id, complaint.owner_id}
    hers |= set(session.scalars(select(Reminder.rep_id))) | set(session.scalars(select(Pledge.maker_id)))
    assert hers == {zhao.person.id}
    told = session.scalars(select(Notice).where(Notice.key.startswith("handover:")).order_by(Notice.id)).all()
    assert [notice.to_id for notice in told] == [li_wei.id, zhao.person.id]
    zhao.opens(told[1].address)
    assert "李伟的客户现在由你负责" in zhao.sees
    li.opens(told[0].address)
    assert "李伟的客户现由赵敏负责" in li.sees, "and he is not left to wonder where they have gone"
    intro = session.scalars(select(Notice).where(Notice.key.startswith("introduction:"))).one()
    assert (intro.to_id, intro.at_most_once, intro.ping) == (wang.person.id, True, True)
    wang.opens(intro.address)
    assert "从现在起，由赵敏为华东轴承有限公司服务" in wang.sees


def test_one_customer_is_given_to_a_colleague_with_what_is_open_there_and_the_rest_stays(
    chen: Chatter,
    li: Chatter,
    zhao: Chatter,
    session: Session,
    east_bearings: Customer,
    li_wei: Person,
    wang_fang: Person,
    clock: Clock,
):
    other = firm(session, "恒信机械", owner=li_wei)
    for customer in (east_bearings, other):
        reminders.plan(session, li_wei, customer=customer, day=date(2026, 3, 20), at=clock.now)
    chen.presses(f"/customers/{east_bearings.id}/access", 1)
    chen.taps("换负责人")
    chen.taps("赵敏")
    assert "华东轴承有限公司由李伟移交给赵敏" in chen.sees
    assert "客户1家 · 计划1项" in chen.sees
    chen.taps("确认移交")
    assert "华东轴承有限公司现由赵敏负责" in chen.sees
    assert (east_bearings.owner, other.owner) == (zhao.person, li_wei)
    planned = {plan.customer_id: plan.rep_id for plan in session.scalars(select(Reminder))}
    assert planned == {east_bearings.id: zhao.person.id, other.id: li_wei.id}
    told = session.scalars(select(Notice).order_by(Notice.id)).all()
    assert [notice.to_id for notice in told] == [li_wei.id, zhao.person.id, wang_fang.id]
    li.opens(told[0].address)
    assert "🏭 客户" not in li.buttons, "a button to what he may not see any more"
    zhao.opens(told[1].address)
    zhao.taps("🏭 客户")
    assert "华东轴承有限公司" in zhao.sees


def test_what_customers_write_to_a_successor_who_is_not_on_telegram_reaches_a_leader(
    chen: Chatter, wang: Chatter, session: Session, east_bearings: Customer, li_wei: Person, zhao_min: Person
):
    zhao_min.telegram_id = None
    session.flush()
    hands_over(chen, "李伟", "赵敏")
    assert "赵敏还没有加入 Telegram" in chen.sees
    chen.taps("确认移交")
    wang.says("备件到了吗")
    wang.taps("给陈静留言")
    assert "已转给陈静" in wang.sees, "who is named is who gets it"
    letter = session.scalars(select(Notice).where(Notice.key.startswith("letter:"))).one()
    assert letter.to_id == chen.person.id


def test_a_hand_over_is_nobody_elses_to_read(
    chen: Chatter, zhao: Chatter, session: Session, east_bearings: Customer, li_wei: Person, sun_li: Person
):
    hands_over(chen, "李伟", "孙丽")
    chen.taps("确认移交")
    told = session.scalars(select(Notice.address).where(Notice.key.startswith("handover:"))).all()[0]
    zhao.presses(told, 1)
    assert "没有找到" in (zhao.toast or "")


def test_nothing_is_handed_over_until_one_is_sure(chen: Chatter, east_bearings: Customer, li_wei: Person):
    hands_over(chen, "李伟", "陈静")
    chen.taps("否")
    assert east_bearings.owner_id == li_wei.id


def test_nobody_hands_over_to_herself(chen: Chatter, east_bearings: Customer, li_wei: Person, zhao_min: Person):
    chen.says("/handover")
    chen.taps("李伟")
    assert "赵敏 · 业务员" in chen.buttons
    assert "李伟 · 业务员" not in chen.buttons
    chen.presses(f"/do/handover?leaver={li_wei.id}&successor={li_wei.id}&sure=yes")
    assert east_bearings.owner is li_wei
    assert "由谁接手" in chen.sees


def other_team(session: Session) -> tuple[Person, Person]:
    west = added(session, Team(name="华西组"))
    manager = joined(session, "马超", Role.MANAGER, 2001, team_id=west.id)
    return manager, joined(session, "何勇", Role.REP, 2002, team_id=west.id)


def test_what_a_manager_may_not_see_is_not_hers_to_hand_over_to_withdraw_or_to_read(
    meet: Callable[..., Chatter],
    chen: Chatter,
    zhao_min: Person,
    session: Session,
    east_bearings: Customer,
    li_wei: Person,
):
    manager, rep = other_team(session)
    boss = meet(manager)
    boss.says("/handover")
    assert "何勇 · 业务员" in boss.buttons
    assert "李伟 · 业务员" not in boss.buttons
    boss.presses(f"/do/handover?leaver={li_wei.id}&successor={rep.id}&sure=yes", 1)
    assert "确认移交" not in " ".join(boss.buttons)
    assert "1 家客户" not in boss.sees
    boss.presses(f"/people/{li_wei.id}/withdraw", 1)
    assert li_wei.withdrawn_at is None
    assert east_bearings.owner is li_wei

    chen.presses(f"/do/give?customer={east_bearings.id}&successor={zhao_min.id}&sure=yes", 1)
    told = session.scalars(select(Notice.address).where(Notice.key.startswith("handover:"))).all()[0]
    chen.opens(told)
    assert "华东轴承有限公司现由赵敏负责" in chen.sees
    boss.presses(told, 1)
    assert "没有找到" in (boss.toast or "")


def test_a_customer_that_changed_hands_in_the_middle_is_not_taken_from_who_has_it_now(
    chen: Chatter, sun: Chatter, session: Session, east_bearings: Customer, li_wei: Person, zhao_min: Person
):
    chen.presses(f"/customers/{east_bearings.id}/access", 1)
    chen.taps("换负责人")
    chen.taps("陈静")
    sun.presses(f"/do/give?customer={east_bearings.id}&owner={li_wei.id}&successor={zhao_min.id}&sure=yes", 1)
    chen.taps("确认移交")
    assert east_bearings.owner is zhao_min


def test_a_customer_that_goes_out_of_sight_in_the_middle_is_asked_for_again(
    chen: Chatter, sun: Chatter, session: Session, east_bearings: Customer, zhao_min: Person
):
    rep = other_team(session)[1]
    chen.presses(f"/do/give?customer={east_bearings.id}", 1)
    sun.presses(f"/do/give?customer={east_bearings.id}&successor={rep.id}&sure=yes", 1)
    chen.taps("赵敏")
    assert "哪家客户" in chen.sees


def test_a_rep_hands_nothing_over(li: Chatter, zhao_min: Person, east_bearings: Customer, li_wei: Person):
    li.says("/handover")
    assert "没有这项权限" in li.sees
    li.presses(f"/do/handover?leaver={li_wei.id}&successor={zhao_min.id}&sure=yes", 1)
    assert east_bearings.owner_id == li_wei.id
