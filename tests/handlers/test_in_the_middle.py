"""Whatever changes around a half-written draft ends in a friendly word, and nothing is lost that may be kept."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from crm import absences, access, handover, letters, roles
from models.base import Base
from models.complaint import Complaint
from models.contract import Contract
from models.customer import Customer
from models.person import Person, Role, Team
from models.visit import Visit
from tests.chatter import Chatter
from tests.conftest import Clock, added, firm, joined

WORDS = "<b>谈了备件=1+1"


def visits(rep: Chatter) -> None:
    rep.says("/visit")
    rep.taps("华东轴承")
    rep.says(WORDS)


def complains(rep: Chatter) -> None:
    rep.says("/complaint")
    rep.taps("华东轴承")
    rep.says(WORDS)


def signs(rep: Chatter) -> None:
    rep.says("华东轴承")
    rep.taps("更多")
    rep.taps("档案")
    rep.taps("合同")
    rep.taps("新增合同")
    rep.says(f"{WORDS} HT-1 2026-01-01至2026-12-31")
    rep.sends()


DRAFTS = pytest.mark.parametrize(
    ("writes", "kind", "last"),
    [
        (visits, Visit, ("顺利", "Went well")),
        (complains, Complaint, ("质量", "quality")),
        (signs, Contract, ("保存", "Save")),
    ],
)
GONE = "先前选的内容已经不在，或已不由本人负责，请重新选择；其余内容都还在。"


def saved(session: Session, kind: type[Base]) -> int:
    return session.scalar(select(func.count()).select_from(kind)) or 0


def words_of(record: Base) -> str:
    names = {Visit: "note", Complaint: "words", Contract: "title"}
    return str(getattr(record, names[type(record)]))


@pytest.fixture
def north_too(session: Session, li_wei: Person) -> Customer:
    """北方泵业, which stays 李伟's whatever happens to the other."""
    return firm(session, "北方泵业股份有限公司", owner=li_wei)


@pytest.fixture
def hand_over(session: Session, chen_jing: Person, zhao_min: Person, clock: Clock) -> Callable[[Chatter], None]:
    """Hand all that somebody looks after over to 赵敏, but for 北方泵业."""

    def hand_over(rep: Chatter) -> None:
        handover.hand_over(session, chen_jing, rep.person.id, zhao_min.id, at=clock.now)
        for customer in session.scalars(select(Customer).where(Customer.name.startswith("北方"))):
            customer.owner_id = rep.person.id
        session.flush()
        session.expire_all()

    return hand_over


@DRAFTS
@pytest.mark.parametrize("way", ["resumed", "by the key left there"])
def test_another_language_in_the_middle_loses_nothing(
    li: Chatter, east_bearings: Customer, session: Session, writes, kind, last, way: str
):
    writes(li)
    old = [button.data for row in li.screen.keyboard for button in row]
    li.says("/language")
    li.taps("English")
    assert any(label.startswith("▶ Resume") for label in li.buttons)
    if way == "resumed":
        li.taps("Resume")
        assert WORDS in li.sees
        li.taps(last[1])
    else:
        li.presses(old[0] or "", 1)
    assert words_of(session.scalars(select(kind)).one()) == WORDS
    li.presses(old[0] or "", 1)
    assert "done already" in (li.toast or "")
    assert saved(session, kind) == 1


def test_a_customer_goes_on_with_her_report_in_another_language(wang: Chatter, session: Session):
    wang.sends(caption="3号线<b>漏油")
    wang.says("/language")
    wang.taps("English")
    wang.taps("Resume")
    assert "3号线<b>漏油" in wang.sees
    wang.taps("Send")
    complaint = session.scalars(select(Complaint)).one()
    assert complaint.words == "3号线<b>漏油"
    assert len(complaint.attachments) == 1


@DRAFTS
def test_who_goes_away_in_the_middle_saves_what_she_began(
    li: Chatter, zhao_min: Person, east_bearings: Customer, session: Session, clock: Clock, writes, kind, last
):
    tomorrow = clock.now.date() + timedelta(1)
    absences.plan(session, li.person, li.person.id, first=tomorrow, last=tomorrow, deputy_id=zhao_min.id, at=clock.now)
    clock.shows("2026-03-10 23:58")
    writes(li)
    clock.shows("2026-03-11 00:00")
    absences.take_effect(session, now=clock.now)
    session.expire_all()
    li.taps(last[0])
    assert words_of(session.scalars(select(kind)).one()) == WORDS


@DRAFTS
@pytest.mark.parametrize("resumed", [False, True])
def test_a_customer_handed_over_in_the_middle_is_asked_again_and_the_rest_is_kept(
    li: Chatter, east_bearings: Customer, north_too: Customer, session: Session, hand_over, writes, kind, last, resumed
):
    writes(li)
    hand_over(li)
    if resumed:
        li.says("/menu")
        li.taps("继续")
    else:
        li.taps(last[0])
    assert li.sees.startswith(GONE)
    assert "华东轴承" not in str(li.buttons)
    assert saved(session, kind) == 0
    li.taps("北方泵业")
    assert GONE not in li.sees
    assert WORDS in li.sees
    li.taps(last[0])
    record = session.scalars(select(kind)).one()
    assert words_of(record) == WORDS
    assert record.customer_id == north_too.id


@DRAFTS
def test_what_is_said_after_the_customer_was_handed_over_is_kept_and_searched_for_nowhere(
    li: Chatter, east_bearings: Customer, north_too: Customer, session: Session, hand_over, writes, kind, last
):
    writes(li)
    hand_over(li)
    li.says("5号线也要")
    assert GONE in li.sees
    assert "这段话先放在草稿里" in li.sees
    assert "没有找到" not in li.sees
    li.says("字" * 5000)
    li.says("/cancel")
    assert "已取消" in li.sees
    assert saved(session, kind) == 0


@DRAFTS
def test_a_deputy_whose_time_ends_in_the_middle_is_told_so(
    li: Chatter, zhao: Chatter, east_bearings: Customer, session: Session, clock: Clock, writes, kind, last
):
    today = clock.now.date()
    absences.plan(session, li.person, li.person.id, first=today, last=today, deputy_id=zhao.person.id, at=clock.now)
    clock.shows("2026-03-10 23:59")
    writes(zhao)
    old = [button.data for row in zhao.screen.keyboard for button in row]
    clock.shows("2026-03-11 00:00")
    absences.take_effect(session, now=clock.now)
    session.expire_all()
    zhao.taps(last[0])
    assert zhao.sees.startswith(GONE)
    for stale in old:
        zhao.presses(stale or "")
    assert saved(session, kind) == 0
    assert "华东轴承" not in zhao.sees


@DRAFTS
def test_access_taken_away_in_the_middle_is_told_so(
    li: Chatter, session: Session, east_bearings: Customer, meet, clock: Clock, writes, kind, last
):
    west = added(session, Team(name="西南组"))
    he = meet(joined(session, "何强", Role.REP, 1010, team_id=west.id))
    access.grant(session, li.person, east_bearings.id, he.person.id, at=clock.now)
    writes(he)
    access.take(session, li.person, east_bearings.id, he.person.id, at=clock.now)
    session.expire_all()
    he.taps(last[0])
    assert he.sees.startswith(GONE)
    assert saved(session, kind) == 0


@DRAFTS
@pytest.mark.parametrize("by", ["a tap", "a word"])
def test_who_may_do_it_no_more_is_told_so_and_is_not_trapped(
    li: Chatter, session: Session, east_bearings: Customer, engineer, writes, kind, last, by
):
    writes(li)
    li.person.role, li.person.contact_id = Role.CUSTOMER, engineer.id
    session.flush()
    if by == "a tap":
        li.taps(last[0])
        assert "只供我们的同事使用" in (li.toast or "")
    else:
        li.says("再补一句")
        assert "只供我们的同事使用" in li.sees
    li.says("/menu")
    assert "李伟，您好" in li.sees
    assert not [label for label in li.buttons if "继续" in label]
    assert saved(session, kind) == 0


@DRAFTS
def test_a_manager_who_becomes_a_rep_goes_on_with_what_reps_do(
    chen: Chatter, sun_li: Person, session: Session, east_bearings: Customer, clock: Clock, writes, kind, last
):
    east_bearings.owner_id = chen.person.id
    session.flush()
    writes(chen)
    roles.change_role(session, sun_li, chen.person.id, role=Role.REP, at=clock.now)
    chen.taps(last[0])
    assert words_of(session.scalars(select(kind)).one()) == WORDS


def test_a_manager_in_the_middle_of_what_only_leaders_do_is_told_so(
    chen: Chatter, sun_li: Person, li_wei: Person, session: Session, clock: Clock
):
    chen.says("/handover")
    chen.taps("李伟")
    roles.change_role(session, sun_li, chen.person.id, role=Role.REP, at=clock.now)
    chen.taps("陈静")
    assert "没有这项权限" in (chen.toast or "")
    chen.says("/menu")
    assert "业务员" in chen.sees


def test_an_answer_to_a_customer_who_was_handed_over_is_kept(
    li: Chatter, wang: Chatter, session: Session, east_bearings: Customer, hand_over, clock: Clock
):
    letter = letters.write(session, wang.person, words="备件到了吗", at=clock.now)
    li.presses(f"/do/reply?letter={letter.id}", 1)
    hand_over(li)
    li.says("明天到")
    assert GONE in li.sees
    assert "这段话先放在草稿里" in li.sees
    assert saved(session, letters.Letter) == 1
    li.says("/menu")
    li.taps("继续")
    li.says("/cancel")
    assert "已取消" in li.sees


def test_an_absence_half_entered_when_midnight_comes_names_the_day_and_keeps_the_rest(
    li: Chatter, zhao_min: Person, session: Session, clock: Clock
):
    li.says("/away")
    li.taps("登记休假")
    li.taps("今天")
    li.taps("3 天")
    clock.shows("2026-03-11 00:01")
    li.taps("赵敏")
    li.taps("保存")
    assert "昨天 3月10日已经过去" in li.sees
    li.taps("修改")
    li.taps("开始")
    li.taps("今天")
    li.taps("保存")
    absence = session.scalars(select(absences.Absence)).one()
    assert (absence.first_day, absence.last_day) == (date(2026, 3, 11), date(2026, 3, 12))
