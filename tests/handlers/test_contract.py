"""Contracts in the chat: keeping one with its papers, reading it, moving its end, taking it out."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from crm import contracts
from models.attachment import FileKind
from models.contract import Contract
from models.customer import Customer
from models.person import Person
from tests.chatter import Chatter
from tests.conftest import Clock


def count(session: Session) -> int:
    return session.scalar(select(func.count()).select_from(Contract)) or 0


def enters(li: Chatter, customer: Customer, *, number: str = "HT-2026-01", ends: str = "2026-12-31") -> None:
    li.presses(f"/customers/{customer.id}/contracts", 1)
    li.taps("新增合同")
    li.says(number)
    li.says("<b>备件框架合同")
    li.says("2026-01-01")
    li.says(ends)


def keeps(li: Chatter, customer: Customer) -> None:
    enters(li, customer)
    li.says("35万")
    li.sends(FileKind.DOCUMENT)
    li.taps("保存")


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


def test_value_and_papers_may_be_left_out_and_double_save_keeps_one(
    li: Chatter, session: Session, east_bearings: Customer
):
    enters(li, east_bearings, number="=1+1", ends="2040-12-31")
    li.taps("跳过")
    li.taps("跳过")
    save = next(b.data for row in li.screen.keyboard for b in row if "保存" in b.text)
    li.taps("保存")
    li.presses(save)
    assert count(session) == 1
    assert "=1+1" in li.sees


def test_what_is_no_day_or_no_amount_is_refused(li: Chatter, session: Session, east_bearings: Customer):
    enters(li, east_bearings, ends="2090-01-01")
    assert "30年" in li.sees
    li.says("2026-12-31")
    for wrong in ("很多", "-5", "1.234", "字" * 5000):
        li.says(wrong)
        assert "请" in li.sees
    li.says("/cancel")
    assert count(session) == 0


def test_a_contract_does_not_end_before_it_begins(li: Chatter, session: Session, east_bearings: Customer):
    enters(li, east_bearings, ends="2025-12-31")
    li.taps("跳过")
    li.taps("跳过")
    li.taps("保存")
    assert "早于开始日" in li.sees
    assert count(session) == 0


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
