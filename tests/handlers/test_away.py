"""Being away: the deputy gets the work and the customers for exactly that time, and it all comes back."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from crm import (
    absences,
    asking,
    card_rounds,
    complaint_notices,
    complaints,
    contracts,
    customers,
    filing,
    letters,
    moves,
    notices,
    outbox,
    pledges,
    reminders,
    roles,
    visits,
)
from models.absence import Absence
from models.audit import AuditEntry
from models.complaint import Severity, Stage
from models.customer import Access, Customer
from models.letter import Letter
from models.notice import Notice, NoticeState
from models.person import Person, Role, Team
from models.pledge import Pledge, PledgeState
from models.visit import Outcome, Reminder, VisitKind
from tests.chatter import Chatter
from tests.conftest import Clock, added, firm, joined

pytestmark = pytest.mark.usefixtures("zhao_min")


@pytest.fixture
def ring(session: Session, clock: Clock) -> Callable[[str], None]:
    """Move to a time in Shanghai and let the clock ring."""

    def ring(local: str) -> None:
        now = clock.shows(local)
        absences.take_effect(session, now=now)
        card_rounds.announce_due(session, now=now)
        reminders.announce_due(session, now=now)
        complaint_notices.announce_late(session, now=now)

    return ring


@pytest.fixture
def he_qiang(session: Session) -> Person:
    """何强, a rep of another team."""
    return joined(session, "何强", Role.REP, 1010, team_id=added(session, Team(name="西南组")).id)


def goes_away(rep: Chatter, *, first: str = "今天", last: str = "3月13日", deputy: str = "赵敏") -> None:
    rep.says("/away")
    rep.taps("登记休假")
    if "谁要休假" in rep.sees:
        rep.taps(rep.person.name)
    rep.says(first)
    rep.says(last)
    rep.taps(deputy)
    rep.taps("保存")


def told(session: Session, person: Person) -> list[str]:
    """Where the notices lead that were left for her, but for those about absences themselves."""
    left = select(Notice.address).where(Notice.to_id == person.id, ~Notice.address.startswith("/away"))
    return list(session.scalars(left.order_by(Notice.id)))


def send(session: Session, clock: Clock) -> dict[int, list[str]]:
    """Send all that is due, as the notifier does it; return what reached whom."""
    sent: dict[int, list[str]] = {}
    while leased := outbox.lease(session, holder="test", now=clock.now, limit=10):
        for notice in leased:
            receiver = notices.receiver(session, notice)
            if receiver.id != notice.to_id:
                outbox.readdress(session, notice, receiver, holder="test", at=clock.now)
                continue
            outbox.sent(session, notice.id, holder="test", message_id=None, at=clock.now)
            sent.setdefault(receiver.id, []).append(notice.address)
    return sent


def writes(wang: Chatter, words: str = "请回电") -> None:
    wang.presses("/contact", 1)
    wang.taps("留言")
    wang.says(words)


def sees(session: Session, person: Person) -> set[str]:
    return {customer.name for customer in session.scalars(customers.visible_to(person))}


# Entering it.


def test_a_rep_says_until_when_she_is_away_and_who_stands_in(
    li: Chatter, zhao: Chatter, session: Session, east_bearings: Customer
):
    goes_away(li)
    assert "今天 3月10日 – 本周五 3月13日" in li.sees
    assert "代理人：赵敏" in li.sees
    notice = session.scalars(select(Notice)).one()
    assert notice.to_id == zhao.person.id
    zhao.opens(notice.address)
    assert "3月10日至3月13日由你代理李伟的工作" in zhao.sees
    assert "客户1家" in zhao.sees
    zhao.taps("查找客户")
    zhao.taps("华东轴承")
    assert "代李伟处理，休假至3月13日" in zhao.sees
    assert {"absence.planned", "absence.began"} <= set(session.scalars(select(AuditEntry.action)))


def test_it_begins_and_ends_by_itself_in_the_zone_of_her_who_is_away(
    li: Chatter, session: Session, east_bearings: Customer, li_wei: Person, zhao_min: Person, ring
):
    goes_away(li, first="明天", last="3月12日")
    assert sees(session, zhao_min) == set()
    ring("2026-03-10 23:59")
    assert sees(session, zhao_min) == set()
    ring("2026-03-11 00:00")
    assert sees(session, zhao_min) == {"华东轴承有限公司"}
    ring("2026-03-12 23:59")
    assert sees(session, zhao_min) == {"华东轴承有限公司"}
    ring("2026-03-13 00:00")
    assert sees(session, zhao_min) == set()
    assert li_wei.away is None


def test_of_an_outage_that_outlasts_an_absence_nothing_begins(
    li: Chatter, session: Session, zhao_min: Person, east_bearings: Customer, ring
):
    goes_away(li, first="明天", last="明天")
    ring("2026-03-20 10:00")
    assert session.scalars(select(Absence)).one().began_at is None
    assert sees(session, zhao_min) == set()


def test_what_makes_no_sense_is_refused_kindly(li: Chatter, zhao: Chatter, zhao_min: Person, session: Session):
    goes_away(zhao, first="3月16日", last="3月20日", deputy="李伟")
    li.says("/away")
    li.taps("登记休假")
    li.says("昨天")
    assert "昨天 3月9日已经过去" in li.sees
    li.sends()
    li.says("<b>=1+1")
    li.says("3月18日")
    li.says("3月17日")
    assert "不能早于第一天" in li.sees
    li.says("2027年3月20日")
    assert "最长一年" in li.sees
    li.taps("3 天")
    assert "赵敏这段时间也休假" in li.sees
    assert not [button for button in li.buttons if "赵敏" in button or "李伟" in button]
    for who in (zhao_min.id, li.person.id, 999999):
        li.presses(f"/do/away?first=2026-03-18&last=2026-03-19&deputy={who}", 1)
        assert "这段时间由谁代理" in li.sees
    li.says("字" * 5000)
    assert "这段时间由谁代理" in li.sees
    li.says("/cancel")
    assert session.scalar(select(func.count()).where(Absence.person_id == li.person.id)) == 0


def test_the_business_refuses_what_no_button_offers(
    session: Session, li_wei: Person, zhao_min: Person, wang_fang: Person, chen_jing: Person, clock: Clock
):
    def plan(actor: Person = li_wei, first: int = 10, last: int = 12, deputy: Person = zhao_min, **more: int) -> None:
        days = {"first": date(2026, 3, first), "last": date(2026 + more.get("years", 0), 3, last)}
        absences.plan(session, actor, more.get("who", li_wei.id), **days, deputy_id=deputy.id, at=clock.now)

    for facts, problem in (
        ({"last": 9}, absences.UnfitDays),
        ({"years": 1}, absences.UnfitDays),
        ({"first": 9}, absences.DayHasPassed),
        ({"deputy": li_wei}, absences.UnfitDeputy),
        ({"who": zhao_min.id}, absences.NotFound),
        ({"actor": wang_fang}, absences.NotAllowed),
        ({"actor": chen_jing, "who": chen_jing.id}, absences.UnfitDeputy),  # a rep does not stand in for a leader
    ):
        with pytest.raises(problem):
            plan(**facts)  # type: ignore[arg-type]


def test_she_is_away_once_at_a_time_and_changes_it(
    li: Chatter, chen: Chatter, session: Session, east_bearings: Customer, zhao_min: Person
):
    goes_away(li)
    li.presses("/do/away", 1)
    assert "今天 3月10日" not in li.sees  # what has begun keeps its first day
    li.taps("修改")
    li.taps("结束")
    li.says("3月20日")
    li.taps("修改")
    li.taps("代理人")
    li.taps("陈静")
    li.taps("保存")
    assert "3月20日" in li.sees
    assert "代理人：陈静" in li.sees
    assert session.scalar(select(func.count()).select_from(Absence)) == 1
    assert sees(session, zhao_min) == set()
    notice = session.scalars(select(Notice).where(Notice.to_id == zhao_min.id).order_by(Notice.id.desc())).first()
    assert notice is not None
    zhao = Chatter(li.house, session, zhao_min, li.now)
    zhao.opens(notice.address)
    assert "李伟 3月10日至3月20日休假，由陈静代理" in zhao.sees


def test_one_to_come_is_changed_as_a_whole_or_cancelled(li: Chatter, zhao: Chatter, session: Session):
    goes_away(li, first="3月16日", last="3月18日")
    li.taps("更改")
    assert "开始：下周一 3月16日" in li.sees
    li.taps("修改")
    li.taps("开始")
    li.says("3月19日")  # after its last day: that is asked again
    assert "休到哪天" in li.sees
    li.taps("1 天")
    li.taps("保存")
    assert "下周四 3月19日 – 下周四 3月19日" in li.sees
    old = next(b.data for row in li.screen.keyboard for b in row if "取消休假" in b.text)
    li.taps("取消休假")
    assert "目前没有登记休假" in li.sees
    li.presses(old)
    assert "已经处理过" in (li.toast or "")
    zhao.opens(session.scalars(select(Notice.address).order_by(Notice.id.desc())).first() or "")
    assert "原定3月19日至3月19日的休假已取消" in zhao.sees


def test_a_double_tap_saves_once(li: Chatter, zhao: Chatter, session: Session):
    li.presses(f"/do/away?first=2026-03-10&last=2026-03-12&deputy={zhao.person.id}", 1)
    save = next(b.data for row in li.screen.keyboard for b in row if "保存" in b.text)
    li.presses(save)
    li.presses(save)
    assert session.scalar(select(func.count()).select_from(Absence)) == 1
    assert session.scalar(select(func.count()).select_from(Notice)) == 1


def test_her_manager_enters_it_for_her_who_fell_ill_and_others_do_not(
    chen: Chatter, zhao: Chatter, li: Chatter, session: Session, he_qiang: Person, li_wei: Person, zhao_min: Person
):
    chen.says("/team")
    chen.taps("李伟")
    chen.taps("休假代理")
    chen.taps("登记休假")
    chen.taps("今天")
    chen.taps("3 天")
    assert not [button for button in chen.buttons if "李伟" in button]
    chen.taps("赵敏")
    chen.taps("保存")
    assert "由陈静于3月10日登记" in chen.sees
    own = session.scalars(select(Notice).where(Notice.to_id == li_wei.id)).one()
    assert notices.comes_without_a_sound(own)
    li.opens(own.address)
    assert "李伟 3月10日至3月12日休假" in li.sees
    absence = session.scalars(select(Absence)).one()
    zhao.presses(f"/away/{absence.id}/end", 1)
    assert "没有这项权限" in (zhao.toast or "")
    zhao.presses(f"/people/{li_wei.id}/away", 1)
    assert "没有这项权限" in (zhao.toast or "")
    zhao.presses(f"/away/{absence.id}/meanwhile", 1)
    assert "没有找到" in (zhao.toast or "")
    chen.presses(f"/people/{he_qiang.id}/away", 1)
    assert "没有找到" in (chen.toast or "")
    chen.presses(f"/people/{li_wei.id}/away", 1)
    chen.taps("提前回来")
    assert "目前没有登记休假" in chen.sees


# While she is away.


def test_the_customer_is_told_and_the_deputy_answers(
    li: Chatter, zhao: Chatter, wang: Chatter, session: Session, east_bearings: Customer, meet
):
    goes_away(li)
    wang.presses("/contact", 1)
    assert "李伟休假至3月13日，期间由赵敏回复您" in wang.sees
    writes(wang, "<b>备件到了吗？")
    assert "李伟休假至3月13日，赵敏已收到您的留言，会在这里回复您" in wang.sees
    assert told(session, li.person) == []
    [address] = told(session, zhao.person)
    zhao.opens(address)
    assert "代李伟处理，休假至3月13日" in zhao.sees
    zhao.taps("回复")
    zhao.says("明天到")
    answer = session.scalars(select(Letter).order_by(Letter.id.desc())).first()
    assert answer is not None
    assert answer.author_id == zhao.person.id
    wang.opens(f"/letters/{answer.id}")
    assert "赵敏的回复" in wang.sees
    assert told(session, wang.person) == [f"/letters/{answer.id}"]
    english = meet(wang.person, "en")
    english.presses("/contact", 1)
    english.taps("Leave a message")
    english.says("Thank you")
    assert "李伟 is away until 13 Mar. 赵敏 has your message" in english.sees


def test_complaints_and_their_deadlines_go_to_the_deputy(
    li: Chatter, zhao: Chatter, wang: Chatter, chen: Chatter, session: Session, east_bearings: Customer, ring
):
    goes_away(li)
    wang.says("/report")
    wang.says("主轴异响")
    complaint = session.scalars(complaints.visible_to(zhao.person)).one()
    assert "已收到，由赵敏负责" in wang.sees
    assert (told(session, zhao.person), told(session, chen.person)) == ([f"/complaints/{complaint.id}"], [])
    zhao.opens(f"/complaints/{complaint.id}")
    assert "代李伟处理" in zhao.sees
    chen.opens(f"/complaints/{complaint.id}")
    assert "李伟休假至3月13日，由赵敏代理" in chen.sees
    ring("2026-03-11 17:00")
    assert told(session, zhao.person)[1:2] == [f"/complaints/{complaint.id}"]
    assert not [address for address in told(session, li.person) if "complaints" in address]
    zhao.presses(f"/complaints/{complaint.id}", 1)
    zhao.taps("受理")
    moved = session.scalars(select(AuditEntry).where(AuditEntry.action == "complaint.moved")).one()
    assert moved.actor_id == zhao.person.id
    session.refresh(complaint)
    assert complaint.owner_id == li.person.id


def test_a_deputy_who_leads_too_is_told_once_and_does_not_close_for_herself(
    li: Chatter, chen: Chatter, session: Session, east_bearings: Customer, li_wei: Person, sun_li: Person, clock: Clock
):
    goes_away(li, deputy="陈静")
    complaint = filing.file(session, li_wei, customer=east_bearings, words="停线，请马上来", at=clock.now)
    assert told(session, chen.person) == [f"/complaints/{complaint.id}"]
    complaint.stage = Stage.RESOLVED
    complaint.severity = Severity.S1
    steps = [Stage.FED_BACK in moves.steps_open_to(who, complaint) for who in (chen.person, sun_li)]
    assert steps == [False, True]


def test_visits_due_stand_in_the_deputys_day_and_she_keeps_them(
    li: Chatter, zhao: Chatter, session: Session, east_bearings: Customer, li_wei: Person, ring, clock: Clock
):
    for day in (12, 13):
        at = {"day": date(2026, 3, day), "at": clock.now}
        reminders.plan(session, li_wei, customer=east_bearings, why="谈备件", **at)  # type: ignore[arg-type]
    pledges.make(session, li_wei, customer=east_bearings, words="寄样品", day=date(2026, 3, 12), at=clock.now)
    goes_away(li, first="明天")
    ring("2026-03-11 00:00")
    ring("2026-03-12 08:00")
    assert told(session, li_wei) == []
    assert told(session, zhao.person) == ["/cards/morning"]
    send(session, clock)
    ring("2026-03-12 09:00")
    assert told(session, zhao.person) == ["/cards/morning"]  # the card has said it
    zhao.opens("/cards/morning")
    assert "🔔 华东轴承有限公司（代李伟）" in zhao.buttons
    assert "🤝 华东轴承有限公司（代李伟） · 寄样品" in zhao.buttons
    zhao.taps("🔔 华东轴承")
    assert "代李伟处理" in zhao.sees
    zhao.taps("记这次拜访")
    zhao.says("谈妥了")
    zhao.taps("顺利")
    kept, left = session.scalars(select(Reminder).order_by(Reminder.id)).all()
    assert not kept.open
    assert left.open
    ring("2026-03-13 08:00")
    zhao.presses(f"/reminders/{left.id}", 1)
    zhao.taps("完成")
    session.refresh(left)
    assert not left.open


def test_what_falls_due_comes_alone_where_there_is_no_card(
    li: Chatter, session: Session, east_bearings: Customer, li_wei: Person, zhao_min: Person, ring, clock: Clock
):
    reminder = reminders.plan(session, li_wei, customer=east_bearings, day=date(2026, 3, 12), at=clock.now)
    zhao_min.morning_card = False
    goes_away(li)
    ring("2026-03-12 09:00")
    assert f"/reminders/{reminder.id}" in told(session, zhao_min)
    assert f"/reminders/{reminder.id}" not in told(session, li_wei)


def test_low_scores_and_ending_contracts_go_to_the_deputy(
    li: Chatter, wang: Chatter, session: Session, east_bearings: Customer, engineer, zhao_min: Person, ring, clock
):
    facts = {"customer": east_bearings, "kind": VisitKind.ROUTINE, "outcome": Outcome.GOOD, "met": [engineer]}
    visits.log(session, li.person, **facts, at=clock.now)
    term = {"number": "HT-1", "title": "备件", "starts": date(2026, 1, 1), "ends": date(2026, 4, 1)}
    contract = contracts.add(session, li.person, customer=east_bearings, **term, at=clock.now)
    goes_away(li)
    clock.passes(hours=1)
    asking.announce_due(session, now=clock.now)
    [address] = told(session, wang.person)
    wang.opens(address)
    wang.taps("1")
    assert told(session, zhao_min) == [address]
    contracts.announce_ending(session, now=clock.now)
    assert told(session, zhao_min)[1:] == [f"/contracts/{contract.id}"]
    assert told(session, li.person) == []


def test_her_own_news_waits_in_her_chat_without_a_sound(
    li: Chatter, zhao: Chatter, session: Session, north_pumps: Customer, li_wei: Person, clock: Clock
):
    goes_away(li)
    zhao.presses(f"/customers/{north_pumps.id}/access", 1)
    zhao.taps("授予权限")
    zhao.taps("李伟")
    notice = session.scalars(select(Notice).where(Notice.address.contains("granted"))).one()
    assert notice.to_id == li_wei.id
    assert notices.comes_without_a_sound(notice)


def test_her_cards_rest_and_begin_again(
    li: Chatter, session: Session, east_bearings: Customer, li_wei: Person, ring, clock: Clock
):
    reminders.plan(session, li_wei, customer=east_bearings, day=date(2026, 3, 16), at=clock.now)
    goes_away(li, last="3月15日")
    for day in (11, 12, 13):
        ring(f"2026-03-{day} 08:00")
        ring(f"2026-03-{day} 17:30")
    assert told(session, li_wei) == []
    ring("2026-03-16 08:00")
    assert told(session, li_wei) == ["/cards/morning"]


# When the deputy cannot.


@pytest.mark.parametrize("how", ["withdrawn_at", "unreachable_since", "away"])
def test_work_goes_to_the_manager_when_the_deputy_cannot(
    li: Chatter, zhao: Chatter, wang: Chatter, chen: Chatter, session: Session, east_bearings: Customer, how, clock
):
    goes_away(li)
    writes(wang)
    if how == "away":
        goes_away(zhao, deputy="陈静")
    else:
        setattr(zhao.person, how, clock.now)
    session.flush()
    [address] = told(session, zhao.person)
    assert send(session, clock)[chen.person.id][-1] == address  # it waited, and is looked at again when it is sent
    writes(wang)
    assert "陈静已收到您的留言" in wang.sees
    li.says("/away")
    assert "赵敏目前无法代理，工作暂转给陈静" in li.sees
    chen.opens(address)
    chen.taps("回复")
    chen.says("我来处理")
    assert "已发给王芳" in chen.sees


@pytest.mark.parametrize("how", ["withdrawn_at", "unreachable_since", "away"])
def test_whoever_the_work_falls_to_has_it_in_her_day_and_keeps_it(
    li: Chatter,
    zhao: Chatter,
    chen: Chatter,
    sun_li: Person,
    meet,
    session: Session,
    east_bearings: Customer,
    how,
    clock,
):
    day = {"day": date(2026, 3, 11), "at": clock.now}
    reminder = reminders.plan(session, li.person, customer=east_bearings, why="谈备件", **day)  # type: ignore[arg-type]
    pledge = pledges.make(session, li.person, customer=east_bearings, words="寄样品", **day)  # type: ignore[arg-type]
    goes_away(li)
    clock.shows("2026-03-11 10:00")
    chen.says("/today")
    assert not [button for button in chen.buttons if "华东轴承" in button]
    if how == "away":
        goes_away(zhao, deputy="陈静")
    else:
        setattr(zhao.person, how, clock.now)
    session.flush()
    sun = meet(sun_li)
    sun.says("/today")
    assert not [button for button in sun.buttons if "华东轴承" in button]
    chen.says("/today")
    assert [b for b in chen.buttons if "代李伟" in b] == [
        "🔔 华东轴承有限公司（代李伟）",
        "🤝 华东轴承有限公司（代李伟） · 寄样品",
    ]
    chen.taps("🔔 华东轴承")
    chen.taps("完成")
    chen.presses(f"/pledges/{pledge.id}", 1)
    chen.taps("兑现")
    session.refresh(reminder)
    session.refresh(pledge)
    assert not reminder.open
    assert pledge.state is not PledgeState.OPEN
    li.says("/away")
    li.taps("提前回来")
    chen.says("/today")
    assert not [button for button in chen.buttons if "代李伟" in button]


def test_what_the_leader_planned_while_nobody_stood_in_is_given_back_where_she_sees_nothing_any_more(
    li: Chatter, zhao: Chatter, chen: Chatter, session: Session, he_qiang: Person, clock: Clock
):
    far = firm(session, "重庆齿轮厂", owner=he_qiang)
    added(session, Access(customer_id=far.id, person_id=li.person.id, granted_by_id=he_qiang.id, at=clock.now))
    goes_away(li)
    goes_away(zhao, deputy="陈静")
    assert "重庆齿轮厂" in sees(session, chen.person)
    planned = reminders.plan(session, chen.person, customer=far, day=date(2026, 3, 20), at=clock.now)
    zhao.says("/away")
    zhao.taps("提前回来")
    session.refresh(planned)
    assert sees(session, chen.person) == set()
    assert planned.rep_id == he_qiang.id


def test_without_a_manager_it_is_an_administrators_and_with_nobody_her_own(
    li: Chatter, wang: Chatter, session: Session, east_bearings: Customer, zhao_min: Person, sun_li: Person, clock
):
    goes_away(li)
    zhao_min.withdrawn_at = clock.now
    session.flush()
    writes(wang)
    assert [address[:9] for address in told(session, sun_li)] == ["/letters/"]
    sun_li.unreachable_since = clock.now
    session.flush()
    writes(wang)
    assert "已转给李伟" in wang.sees
    notice = session.scalars(select(Notice).order_by(Notice.id.desc())).first()
    assert notice is not None
    assert notice.to_id == li.person.id
    assert not notices.comes_without_a_sound(notice)  # nobody else would hear of it


def test_a_leader_is_stood_in_for_by_a_leader_with_all_she_leads(
    chen: Chatter, session: Session, east_bearings: Customer, li_wei: Person, sun_li: Person, clock: Clock
):
    team = added(session, Team(name="西南组"))
    west = joined(session, "马超", Role.MANAGER, 1011, team_id=team.id)
    assert sees(session, west) == set()
    goes_away(chen, deputy="马超")
    assert sees(session, west) == {"华东轴承有限公司"}
    facts = {"customer": east_bearings, "words": "主轴异响", "severity": Severity.S2}
    complaint = filing.file(session, li_wei, **facts, at=clock.now)
    assert told(session, west) == told(session, sun_li) == [f"/complaints/{complaint.id}"]
    assert told(session, chen.person) == []
    assert session.scalars(complaints.visible_to(west)).all() == [complaint]


# When it is over.


def test_all_returns_and_nothing_is_left_with_the_deputy(
    li: Chatter, zhao: Chatter, wang: Chatter, session: Session, east_bearings: Customer, north_pumps, ring, clock
):
    goes_away(li, last="3月12日")
    writes(wang)
    letter = session.scalars(select(Letter)).one()
    facts = {"customer": east_bearings, "kind": VisitKind.ROUTINE, "outcome": Outcome.GOOD}
    visits.log(session, zhao.person, **facts, next_visit=date(2026, 3, 20), next_step="报价", at=clock.now)
    pledges.make(session, zhao.person, customer=east_bearings, words="寄样品", day=date(2026, 3, 20), at=clock.now)
    reminders.plan(session, zhao.person, customer=north_pumps, day=date(2026, 3, 20), at=clock.now)
    send(session, clock)
    clock.shows("2026-03-12 23:30")
    writes(wang, "还在等")
    ring("2026-03-13 00:00")
    assert sees(session, zhao.person) == {"北方泵业股份有限公司"}
    assert not session.scalars(letters.visible_to(zhao.person)).all()
    zhao.presses(f"/letters/{letter.id}", 1)
    assert "没有找到" in (zhao.toast or "")
    session.expire_all()
    whose = {(row.customer.name[:4], row.rep.name) for row in session.scalars(select(Reminder))}
    assert whose == {("华东轴承", "李伟"), ("北方泵业", "赵敏")}
    assert session.scalars(select(Pledge)).one().maker_id == li.person.id
    ring("2026-03-13 08:00")
    sent = send(session, clock)
    kinds = {address.split("/")[1] for address in sent[li.person.id]}
    assert {"letters", "away"} <= kinds  # what came in the night had been left for the deputy
    assert not [address for address in sent.get(zhao.person.id, []) if "letters" in address]
    writes(wang)
    assert "已转给李伟" in wang.sees


def test_on_her_first_morning_one_quiet_card_says_what_happened(
    li: Chatter, wang: Chatter, session: Session, east_bearings: Customer, zhao_min: Person, ring, clock: Clock
):
    goes_away(li, last="3月14日")  # a Saturday
    writes(wang)
    filing.file(session, zhao_min, customer=east_bearings, words="<b>异响", at=clock.now)
    facts = {"customer": east_bearings, "kind": VisitKind.ROUTINE, "outcome": Outcome.GOOD}
    visits.log(session, zhao_min, **facts, at=clock.now)
    ring("2026-03-15 00:00")
    card = session.scalars(select(Notice).where(Notice.key.endswith(":meanwhile"))).one()
    assert card.due_at == clock.shows("2026-03-16 08:00")
    assert notices.comes_without_a_sound(card)
    li.opens(card.address)
    assert "3月10日至3月14日由赵敏代理" in li.sees
    assert "华东轴承有限公司 · 留言 1 · 投诉 1 · 拜访 1" in li.sees
    li.taps("华东轴承")
    assert "王芳" in li.sees


def test_after_an_absence_in_which_nothing_happened_no_card_comes(
    li: Chatter, session: Session, east_bearings: Customer, ring
):
    goes_away(li, last="今天")
    ring("2026-03-11 00:00")
    assert not session.scalars(select(Notice).where(Notice.key.endswith(":meanwhile"))).all()


def test_back_early_shows_it_at_once(
    li: Chatter, zhao: Chatter, wang: Chatter, session: Session, east_bearings: Customer, clock: Clock
):
    goes_away(li)
    writes(wang)
    clock.shows("2026-03-11 10:00")
    li.says("/away")
    li.taps("提前回来")
    assert "3月10日至3月11日由赵敏代理" in li.sees
    assert "留言 1" in li.sees
    assert sees(session, zhao.person) == set()
    notice = session.scalars(select(Notice).order_by(Notice.id.desc())).first()
    assert notice is not None
    zhao.opens(notice.address)
    assert "李伟已回来上班" in zhao.sees


def test_who_leaves_for_good_is_away_no_longer(
    li: Chatter, session: Session, east_bearings: Customer, zhao_min: Person, chen_jing: Person, clock: Clock
):
    goes_away(li)
    reminders.plan(session, zhao_min, customer=east_bearings, day=date(2026, 3, 20), at=clock.now)
    roles.withdraw(session, chen_jing, li.person.id, at=clock.now)
    absences.take_effect(session, now=clock.now)
    assert not session.scalars(select(Absence)).one().open
    assert sees(session, zhao_min) == set()
    session.expire_all()
    assert session.scalars(select(Reminder)).one().rep_id == chen_jing.id


# Beside it.


def test_handing_over_says_who_is_away(li: Chatter, chen: Chatter, session: Session, east_bearings: Customer):
    goes_away(li)
    chen.says("/handover")
    chen.taps("李伟")
    chen.taps("赵敏")
    assert "李伟休假至3月13日，由赵敏代理" in chen.sees
    chen.says("/cancel")
    chen.says("/handover")
    chen.taps("赵敏")
    chen.taps("李伟")
    assert "李伟休假至3月13日，由赵敏代理" in chen.sees


def test_nobody_else_gains_anything(
    li: Chatter,
    session: Session,
    east_bearings: Customer,
    north_pumps,
    he_qiang,
    zhao_min,
    chen_jing,
    sun_li,
    wang_fang,
):
    everybody = (li.person, he_qiang, chen_jing, sun_li, wang_fang)
    before = [sees(session, person) for person in everybody]
    goes_away(li)
    assert [sees(session, person) for person in everybody] == before
    assert sees(session, zhao_min) == {"华东轴承有限公司", "北方泵业股份有限公司"}
    assert session.scalar(select(func.count()).select_from(Access)) == 0


def test_the_deputy_sees_what_was_granted_to_her_who_is_away_but_passes_nothing_on(
    li: Chatter, session: Session, zhao_min: Person, he_qiang: Person, clock: Clock
):
    far = firm(session, "重庆齿轮厂", owner=he_qiang)
    added(session, Access(customer_id=far.id, person_id=li.person.id, granted_by_id=he_qiang.id, at=clock.now))
    goes_away(li)
    assert sees(session, zhao_min) == {"重庆齿轮厂"}
    zhao = Chatter(li.house, session, zhao_min, li.now)
    zhao.presses(f"/customers/{far.id}/access", 1)
    assert "➕ 授予权限" not in zhao.buttons


def test_notices_that_wait_are_looked_at_when_she_has_gone(
    li: Chatter, wang: Chatter, session: Session, east_bearings: Customer, zhao_min: Person, chen_jing, ring, clock
):
    clock.shows("2026-03-10 23:00")
    writes(wang)
    facts = {"customer": east_bearings, "words": "异响", "severity": Severity.S2}
    filing.file(session, wang.person, **facts, at=clock.now)
    assert send(session, clock) == {}  # the night is quiet
    goes_away(li, first="明天", deputy="陈静")
    ring("2026-03-11 00:00")
    clock.shows("2026-03-11 07:30")
    sent = send(session, clock)
    assert li.person.id not in sent
    kinds = sorted(address.split("/")[1] for address in sent[chen_jing.id])
    assert kinds == ["away", "complaints", "letters"]
    states = set(session.scalars(select(Notice.state).where(Notice.work_of_id.is_not(None))))
    assert states == {NoticeState.SENT, NoticeState.SUPPRESSED}
    clock.shows("2026-03-12 10:00")
    li.says("/away")
    li.taps("提前回来")
    assert "华东轴承有限公司 · 留言 1 · 投诉 1 · 拜访 0" in li.sees  # he was told of neither


def test_what_she_was_told_of_before_she_went_is_not_told_again(
    li: Chatter, wang: Chatter, session: Session, east_bearings: Customer, ring, clock
):
    clock.shows("2026-03-10 20:00")
    writes(wang)
    assert li.person.id in send(session, clock)
    goes_away(li, first="明天")
    ring("2026-03-11 00:00")
    ring("2026-03-14 00:00")
    assert not session.scalars(select(Notice).where(Notice.key.endswith(":meanwhile"))).all()
