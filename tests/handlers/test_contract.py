"""Contracts in the chat: keeping one with its papers, reading it, moving its end, taking it out."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from crm import contracts
from dialog.events import File
from models.attachment import FileKind
from models.contract import Contract
from models.customer import Customer
from models.person import Person
from tests.chatter import Chatter
from tests.conftest import Clock


def count(session: Session) -> int:
    return session.scalar(select(func.count()).select_from(Contract)) or 0


def enters(li: Chatter, customer: Customer, line: str = "<b>备件框架合同 HT-2026-01 35万") -> None:
    li.presses(f"/customers/{customer.id}/contracts", 1)
    li.taps("新增合同")
    li.says(line)


def keeps(li: Chatter, customer: Customer) -> None:
    enters(li, customer, "<b>备件框架合同 HT-2026-01 35万 2026-01-01至2026-12-31")
    li.sends(FileKind.DOCUMENT)
    li.taps("保存")


def kept(session: Session) -> Contract:
    return session.scalars(select(Contract)).one()


def test_a_contract_is_kept_with_its_value_and_papers(li: Chatter, session: Session, east_bearings: Customer):
    li.presses(f"/customers/{east_bearings.id}", 1)
    li.taps("更多")
    li.taps("档案")
    li.taps("合同")
    assert "还没有合同" in li.sees
    keeps(li, east_bearings)
    contract = session.scalars(select(Contract)).one()
    assert (contract.value, contract.starts, contract.ends) == (Decimal(350000), date(2026, 1, 1), date(2026, 12, 31))
    assert "¥350,000.00" in li.sees
    assert "<b>备件框架合同" in li.sees
    li.taps("📎")
    assert li.screen.files
    assert li.screen.files[0].file_id == contract.attachments[0].file_id
    li.presses(f"/customers/{east_bearings.id}")
    assert "<b>备件框架合同 · 12月31日到期" in li.sees


def test_one_line_and_one_tap_keep_a_contract(li: Chatter, session: Session, east_bearings: Customer):
    """It took four messages, a tap, and two taps that skipped, before the one that saved."""
    li.says("/contract 华东轴承 30万 一年")
    for line in ("客户：华东轴承有限公司", "名称：合同", "开始日：今天", "到期日：2027年3月9日", "金额：¥300,000.00"):
        assert line in li.sees, line
    li.taps("保存")
    assert li.taps_made == 1
    contract = kept(session)
    assert (contract.title, contract.number, contract.value) == ("合同", "", Decimal(300000))
    assert (contract.starts, contract.ends) == (date(2026, 3, 10), date(2027, 3, 9))


def test_from_the_customers_file_it_takes_one_message_and_three_taps(
    li: Chatter, session: Session, east_bearings: Customer
):
    li.presses(f"/customers/{east_bearings.id}/contracts", 1)
    li.taps("新增合同")
    li.says("备件框架")
    assert "从3月10日起，签多久" in li.sees
    li.taps("两年")
    li.taps("保存")
    assert li.taps_made == 3
    assert (kept(session).title, kept(session).ends, kept(session).value) == ("备件框架", date(2028, 3, 9), None)


@pytest.mark.parametrize(
    ("line", "title", "number", "value", "starts", "ends"),
    [
        ("备件框架 HT-2026-018 30万 两年", "备件框架", "HT-2026-018", 300000, "2026-03-10", "2028-03-09"),
        ("35万，年度备件2026，半年", "年度备件2026", "", 350000, "2026-03-10", "2026-09-09"),
        ("轴承 2026-01-01至2026-12-31 ¥1,280.50", "轴承", "", "1280.50", "2026-01-01", "2026-12-31"),
        ("6308轴承 到2027-06-30", "6308轴承", "", None, "2026-03-10", "2027-06-30"),
        ("带一年质保的泵 18个月", "带一年质保的泵", "", None, "2026-03-10", "2027-09-09"),
        ("=1+1 1.234元 一年", "=1+1 1.234元", "", None, "2026-03-10", "2027-03-09"),
        ("备件框架 2026-05-01起 一年", "备件框架", "", None, "2026-05-01", "2027-04-30"),
        ("备件框架 2026年5月1日开始 一年", "备件框架", "", None, "2026-05-01", "2027-04-30"),
        ("备件框架 一年 5月1日起", "备件框架", "", None, "2026-05-01", "2027-04-30"),
        ("备件框架 1月1日生效 两年", "备件框架", "", None, "2026-01-01", "2027-12-31"),
        ("备件框架 2025-06-01签 一年", "备件框架", "", None, "2025-06-01", "2026-05-31"),
        ("备件框架 2026-05-01 一年", "备件框架", "", None, "2026-05-01", "2027-04-30"),
        ("备件框架 一年 到2027-01-31", "备件框架", "", None, "2026-03-10", "2027-01-31"),
        ("备件框架 2026-05-01起 到2027-01-31", "备件框架", "", None, "2026-05-01", "2027-01-31"),
        ("spare parts from 2026-05-01 1 year", "spare parts", "", None, "2026-05-01", "2027-04-30"),
        ("spare parts 20k 2 years", "spare parts", "", 20000, "2026-03-10", "2028-03-09"),
    ],
)
def test_a_line_says_title_number_value_and_term(
    li: Chatter, session: Session, east_bearings: Customer, line: str, title: str, number: str, value, starts, ends
):
    enters(li, east_bearings, line)
    li.taps("保存")
    contract = kept(session)
    assert (contract.title, contract.number) == (title, number)
    assert contract.value == (None if value is None else Decimal(value))
    assert (contract.starts.isoformat(), contract.ends.isoformat()) == (starts, ends)


def test_a_line_without_a_customer_asks_whose_contract_it_is(li: Chatter, session: Session, east_bearings: Customer):
    li.says("/contract 30万 一年")
    li.taps("华东轴承")
    li.taps("保存")
    assert kept(session).customer is east_bearings


def test_another_first_day_moves_the_end_with_it(li: Chatter, session: Session, east_bearings: Customer):
    enters(li, east_bearings)
    li.says("三年")
    li.taps("修改")
    li.taps("开始日")
    li.says("2026-01-01")
    assert "到期日：2028年12月31日" in li.sees
    li.taps("保存")
    assert (kept(session).starts, kept(session).ends) == (date(2026, 1, 1), date(2028, 12, 31))


def test_what_is_skipped_while_changing_stays_as_it_stood(li: Chatter, session: Session, east_bearings: Customer):
    enters(li, east_bearings, "备件 一年 HT-1-2 30万")
    for field in ("名称", "开始日", "到期日", "合同编号", "金额"):
        li.taps("修改")
        li.taps(field)
        li.taps("跳过")
    li.taps("保存")
    contract = kept(session)
    assert (contract.title, contract.starts, contract.ends) == ("备件", date(2026, 3, 10), date(2027, 3, 9))
    assert (contract.number, contract.value) == ("", None)


def test_the_papers_may_come_first_and_at_any_time(li: Chatter, session: Session, east_bearings: Customer):
    li.presses(f"/do/contract?customer={east_bearings.id}", 1)
    li.sends(FileKind.PHOTO)
    assert "签多久" in li.sees
    li.sends(FileKind.PHOTO)
    assert "照片先放在草稿里" in li.sees
    li.taps("一年")
    li.sends(FileKind.DOCUMENT)
    li.taps("保存")
    assert (kept(session).title, len(kept(session).attachments)) == ("合同", 3)


def test_a_document_out_of_the_blue_becomes_a_contract(li: Chatter, session: Session, east_bearings: Customer):
    li.says("", file=File(FileKind.DOCUMENT, "file-1", "unique-1", name="备件框架合同.pdf", message_id=99))
    li.says("华东轴承")
    li.taps("📑 合同")
    assert "签多久" in li.sees
    li.taps("一年")
    assert "名称：备件框架合同" in li.sees
    li.taps("保存")
    assert (kept(session).customer, kept(session).title) == (east_bearings, "备件框架合同")
    assert [one.file_id for one in kept(session).attachments] == ["file-1"]
    assert kept(session).note == ""


def test_a_photo_out_of_the_blue_is_no_contract(li: Chatter, east_bearings: Customer):
    li.sends(FileKind.PHOTO)
    assert "📑 合同" not in li.buttons


def test_what_a_line_does_not_say_is_added_before_saving_and_double_save_keeps_one(
    li: Chatter, session: Session, east_bearings: Customer
):
    enters(li, east_bearings, "备件 一年")
    li.taps("➕ 合同编号")
    li.says("=1+1")
    li.taps("➕ 金额")
    li.says("1280.50")
    li.taps("➕ 附件")
    li.sends(FileKind.PHOTO, caption="<b>盖章页")
    save = next(b.data for row in li.screen.keyboard for b in row if "保存" in b.text)
    li.taps("保存")
    li.presses(save)
    assert count(session) == 1
    assert "=1+1" in li.sees
    assert (kept(session).value, kept(session).note) == (Decimal("1280.50"), "<b>盖章页")


def test_what_is_no_term_and_no_amount_is_refused(li: Chatter, session: Session, east_bearings: Customer):
    enters(li, east_bearings)
    for wrong in ("很久", "0个月", "99年", "字" * 5000, "2090-01-01"):
        li.says(wrong)
        assert "请" in li.sees
    li.presses(li.screen.keyboard[0][0].data.partition(":")[0] + ":999m")
    assert count(session) == 0
    li.taps("其他日期")
    assert "2027年3月" in li.sees
    li.taps("31")
    li.taps("修改")
    li.taps("金额")
    for wrong in ("很多", "-5", "1.234", "字" * 5000):
        li.says(wrong)
        assert "请" in li.sees
    li.says("/cancel")
    assert count(session) == 0


def test_a_line_longer_than_a_title_is_kept_whole(li: Chatter, session: Session, east_bearings: Customer):
    enters(li, east_bearings, f"{'长' * 200} 一年")
    li.taps("保存")
    assert len(kept(session).title) <= 120
    assert kept(session).note.startswith("长" * 200)


def test_a_contract_does_not_end_before_it_begins(li: Chatter, session: Session, east_bearings: Customer):
    enters(li, east_bearings)
    li.says("2025-12-31")
    li.taps("保存")
    assert "早于开始日" in li.sees
    assert count(session) == 0


def test_a_contract_is_prolonged_by_a_year_with_one_tap(li: Chatter, session: Session, east_bearings: Customer):
    keeps(li, east_bearings)
    li.taps("改到期日")
    assert "现在12月31日到期" in li.sees
    li.taps("一年")
    assert kept(session).ends == date(2027, 12, 31)


def test_the_end_is_moved_and_a_mistake_taken_out(li: Chatter, session: Session, east_bearings: Customer):
    keeps(li, east_bearings)
    contract = session.scalars(select(Contract)).one()
    li.taps("改到期日")
    li.says("2027-06-30")
    assert contract.ends == date(2027, 6, 30)
    li.taps("录错了")
    yes = next(b.data for row in li.screen.keyboard for b in row if "是，删除" in b.text)
    li.taps("是，删除")
    assert "还没有合同" in li.sees
    li.presses(yes)
    assert "没有找到" in (li.toast or "")
    assert contract.dropped_at is not None


def test_the_end_is_pushed_to_the_owner(
    li: Chatter, session: Session, east_bearings: Customer, li_wei: Person, clock: Clock
):
    keeps(li, east_bearings)
    contract = session.scalars(select(Contract)).one()
    clock.shows("2026-12-05 10:00")
    contracts.announce_ending(session, now=clock.now)
    li.opens(contracts.address(contract))
    assert "还有26天到期" in li.sees
    clock.shows("2027-01-05 10:00")
    li.opens(contracts.address(contract))
    assert "合同已到期" in li.sees


def test_another_reps_contracts_are_not_found(li: Chatter, zhao: Chatter, session: Session, east_bearings: Customer):
    keeps(li, east_bearings)
    contract = session.scalars(select(Contract)).one()
    for tail in ("", "/files", "/dropping", "/drop?version=1"):
        zhao.presses(f"/contracts/{contract.id}{tail}", 1)
        assert "没有找到" in (zhao.toast or "")
    zhao.presses(f"/customers/{east_bearings.id}/contracts", 1)
    assert "没有找到" in (zhao.toast or "")
    zhao.presses(f"/do/prolong?contract={contract.id}", 1)
    assert "指的是哪份合同" in zhao.sees
    assert contract.dropped_at is None


def test_a_contract_saved_later_begins_on_the_day_it_was_shown_with(
    li: Chatter, session: Session, east_bearings: Customer, clock: Clock
):
    li.presses(f"/do/contract?customer={east_bearings.id}", 1)
    li.says("备件框架 一年")
    clock.passes(days=5)
    li.taps("保存")
    assert session.scalars(select(Contract)).one().starts == date(2026, 3, 10)
