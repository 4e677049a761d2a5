"""What one may see can be taken out as a table; it is noted who took what."""

from __future__ import annotations

import io
from datetime import datetime
from typing import Any

import pytest
from openpyxl import load_workbook
from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.workbook import write
from crm import exports, filing, visits
from crm.exports import What
from dialog import turn
from dialog.events import Tap
from dialog.screen import Table
from models.audit import AuditEntry
from models.complaint import ComplaintKind
from models.customer import Contact, Customer
from models.person import Person
from models.questionnaire import AskState, Occasion, Questionnaire
from models.visit import Outcome, VisitKind
from tests.chatter import Chatter
from tests.conftest import TUESDAY_MORNING, Clock, added, firm
from tests.workbooks import formulas_in


def table(chatter: Chatter) -> Table:
    found = chatter.screen.table
    assert found is not None, chatter.sees
    return found


def contacts(session: Session, customer: Customer, many: int) -> None:
    for n in range(many):
        session.add(
            Contact(customer_id=customer.id, name=f"联系人{n}", phone="13800000000", created_at=TUESDAY_MORNING)
        )
    session.flush()


@pytest.fixture
def history(
    session: Session, li_wei: Person, chen_jing: Person, east_bearings: Customer, wang_fang: Person, clock: Clock
):
    """A visit, a complaint and an answer of 华东轴承, with words a spreadsheet could take for a formula."""
    visit = visits.log(
        session,
        li_wei,
        customer=east_bearings,
        kind=VisitKind.ROUTINE,
        outcome=Outcome.GOOD,
        note='=HYPERLINK("http://evil")',
        files=[],
        met=[],
        next_visit=None,
        at=clock.now,
    )
    filing.file(
        session, li_wei, customer=east_bearings, words="+漏油", kind=ComplaintKind.QUALITY, files=[], at=clock.now
    )
    asked = Questionnaire(contact_id=wang_fang.contact_id, person_id=wang_fang.id, customer_id=east_bearings.id)
    asked.rep_id, asked.occasion, asked.visit_id, asked.state = li_wei.id, Occasion.VISIT, visit.id, AskState.ANSWERED
    asked.ask_at, asked.closes_at, asked.answered_at, asked.score, asked.reason = *[clock.now] * 3, 2, "-慢"
    session.query(Questionnaire).delete()
    added(session, asked)


@pytest.mark.parametrize(
    ("label", "first", "text"),
    [
        ("客户", "客户名称", "华东轴承有限公司"),
        ("联系人", "客户名称", "王芳"),
        ("拜访记录", "编号", '=HYPERLINK("http://evil")'),
        ("投诉", "编号", "+漏油"),
        ("评价", "时间", "-慢"),
    ],
)
def test_each_kind_is_exported_as_text(chen: Chatter, history: Any, label: str, first: str, text: str):
    chen.says("/export")
    chen.taps(label)

    workbook = write(table(chen))
    rows = list(load_workbook(io.BytesIO(workbook)).active.iter_rows(values_only=True))
    assert rows[0][0].startswith("陈静 导出，2026-03-10 10:00")
    assert rows[1][0] == first
    assert text in rows[2]
    assert formulas_in(workbook) == []


def test_times_are_those_of_the_reader(chen: Chatter, history: Any):
    chen.says("/export")
    chen.taps("拜访记录")
    assert table(chen).rows[0][1] == datetime.fromisoformat("2026-03-10T10:00")


def test_a_file_name_tells_nothing_of_customers(chen: Chatter, history: Any):
    chen.says("/export")
    chen.taps("联系人")
    assert table(chen).name == f"联系人-20260310-{chen.person.id}"


def test_an_export_leaves_a_trace(chen: Chatter, session: Session, history: Any):
    chen.says("/export")
    chen.taps("联系人")
    entry = session.scalars(select(AuditEntry).where(AuditEntry.action == "export.contacts")).one()
    assert (entry.actor_id, entry.facts) == (chen.person.id, {"rows": 1, "customer": None})


def test_everybody_gets_what_she_may_see(
    zhao: Chatter, li: Chatter, chen: Chatter, history: Any, north_pumps: Customer, session: Session
):
    for chatter, expected in ((zhao, {"北方泵业股份有限公司"}), (li, {"华东轴承有限公司"})):
        chatter.says("/export")
        chatter.taps("客户")
        assert {row[0] for row in table(chatter).rows} == expected
    zhao.says("/export")
    zhao.taps("投诉")
    assert table(zhao).rows == []
    chen.says("/export")
    chen.taps("客户")
    assert len(table(chen).rows) == 2


def test_another_reps_customer_is_not_found(zhao: Chatter, history: Any, east_bearings: Customer, session: Session):
    zhao.presses(f"/exports/contacts?customer={east_bearings.id}")
    assert zhao.toast
    assert session.scalars(select(AuditEntry).where(AuditEntry.action.startswith("export"))).all() == []


def test_a_customers_person_exports_nothing(wang: Chatter, session: Session, history: Any):
    wang.says("/export")
    for what in What:
        wang.presses(f"/exports/{what}")
    assert session.scalars(select(AuditEntry).where(AuditEntry.action.startswith("export"))).all() == []


def test_a_rep_takes_out_fifty_contacts_and_no_more(li: Chatter, session: Session, east_bearings: Customer):
    contacts(session, east_bearings, 50)
    li.says("/export")
    assert "联系人每天最多导出 50 位" in li.sees
    li.taps("联系人")
    assert len(table(li).rows) == 50


def test_more_than_fifty_need_a_leader(
    li: Chatter, chen: Chatter, session: Session, east_bearings: Customer, li_wei: Person
):
    contacts(session, east_bearings, 51)
    li.says("/export")
    li.taps("联系人")
    assert "需要更多请找主管" in (li.toast or "")
    assert li.screen.table is None
    chen.says("/export")
    chen.taps("联系人")
    assert len(table(chen).rows) == 51


def test_many_small_exports_are_one_large_one(
    li: Chatter, session: Session, east_bearings: Customer, li_wei: Person, clock: Clock
):
    other = firm(session, "南海泵业", owner=li_wei)
    contacts(session, east_bearings, 30)
    contacts(session, other, 30)
    li.presses(f"/exports/contacts?customer={east_bearings.id}")
    assert len(table(li).rows) == 30
    li.presses(f"/exports/contacts?customer={other.id}")
    assert "今天还可导出 20 位" in (li.toast or "")
    clock.passes(days=1, minutes=1)
    li.presses(f"/exports/contacts?customer={other.id}")
    assert len(table(li).rows) == 30


def test_a_long_list_is_cut_and_says_so(
    chen: Chatter, session: Session, history: Any, north_pumps: Customer, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(exports, "MOST_ROWS", 1)
    chen.says("/export")
    chen.taps("客户")
    assert "共 2 条，以上为最新的部分" in chen.sees


def test_lists_have_a_button_for_it(chen: Chatter, history: Any, east_bearings: Customer, clock: Clock):
    clock.passes(minutes=1)
    for address in (
        "/customers",
        f"/customers/{east_bearings.id}/contacts",
        f"/customers/{east_bearings.id}/visits",
        f"/customers/{east_bearings.id}/complaints",
        "/complaints",
        "/summary/visits?period=this_week",
        "/summary/complaints?period=this_week",
        "/summary/answers?period=this_week",
    ):
        chen.presses(address)
        chen.taps("Excel 表格")
        assert len(table(chen).rows) == 1, address


def test_a_redelivered_tap_exports_nothing_twice(chen: Chatter, session: Session, history: Any):
    again = turn.again(chen.house, session, chen.person, Tap("/exports/contacts", 1), now=chen.now())
    assert again.screen is not None
    assert again.screen.table is None
    assert session.scalars(select(AuditEntry).where(AuditEntry.action.startswith("export"))).all() == []
