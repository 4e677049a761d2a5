"""The file of a customer: each field set by taps, the number checked, tags put on and taken off."""

from __future__ import annotations

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from crm import profiles
from models.audit import AuditEntry
from models.customer import Customer, Market, Ownership, Size
from models.person import Person
from tests.chatter import Chatter
from tests.conftest import firm

CODE = "91350100M000100Y43"


def opens_file(li: Chatter, customer: Customer) -> None:
    li.presses(f"/customers/{customer.id}", 1)
    li.taps("更多")
    li.taps("档案")


def test_a_field_is_set_with_three_taps_from_the_file(li: Chatter, session: Session, east_bearings: Customer):
    opens_file(li, east_bearings)
    li.taps("✏️ 修改")
    li.taps("市场类型")
    li.taps("中间商")
    assert east_bearings.market is Market.RESELLER
    assert "市场类型：中间商" in li.sees
    noted = session.scalars(select(AuditEntry).where(AuditEntry.action == "customer.market")).one()
    assert noted.facts == {"was": None, "became": "reseller"}


def test_every_field_can_be_set(li: Chatter, east_bearings: Customer):
    for field, value in (("所有制", "国有企业"), ("规模", "300–999人"), ("行业", "化工"), ("区域", "华南")):
        opens_file(li, east_bearings)
        li.taps("✏️ 修改")
        li.taps(field)
        li.taps(value)
        assert value in li.sees
    assert (east_bearings.ownership, east_bearings.size) == (Ownership.STATE_OWNED, Size.MEDIUM)


def test_unknown_ownership_counts_as_state_owned_for_gifts(li: Chatter, east_bearings: Customer):
    assert east_bearings.gifts_as is Ownership.STATE_OWNED
    opens_file(li, east_bearings)
    assert "一律按国有企业处理" in li.sees
    li.taps("✏️ 修改")
    li.taps("所有制")
    li.taps("民营")
    assert east_bearings.gifts_as is Ownership.PRIVATE
    assert "按国有企业" not in li.sees


def test_a_government_customer_says_what_that_forbids(li: Chatter, east_bearings: Customer):
    opens_file(li, east_bearings)
    li.taps("✏️ 修改")
    li.taps("市场类型")
    li.taps("政府")
    assert "不送礼品" in li.sees


def test_an_old_button_changes_nothing(li: Chatter, east_bearings: Customer):
    opens_file(li, east_bearings)
    li.taps("✏️ 修改")
    li.taps("市场类型")
    old = next(b.data for row in li.screen.keyboard for b in row if "政府" in b.text)
    li.taps("生产商")
    li.presses(old)
    assert "已经处理过" in (li.toast or "")
    assert east_bearings.market is Market.PRODUCER


@pytest.mark.parametrize(
    "tail",
    ["file/name", "file/name/x?version=1", "file/market/king?version=1", "file/market/producer",
     "file/owner_id/1?version=1",
     "tags/999?version=1", "tags/1", "file/ownership/unknown?version=x"],
)  # fmt: skip
def test_forged_addresses_change_nothing(li: Chatter, east_bearings: Customer, tail: str):
    li.presses(f"/customers/{east_bearings.id}/{tail}", 1)
    assert li.toast or li.reply.screen
    assert east_bearings.version == 1


def test_another_reps_file_is_not_found(li: Chatter, north_pumps: Customer):
    for tail in ("file", "file/market", "file/market/producer?version=1", "tags"):
        li.presses(f"/customers/{north_pumps.id}/{tail}", 1)
        assert "没有找到" in (li.toast or ""), tail
    assert north_pumps.market is None


def test_the_check_character_of_a_credit_code_is_checked():
    assert profiles.check_character(CODE[:17]) == CODE[17]
    assert profiles.registration("9135 0100-m000100y43") == CODE
    assert profiles.registration("91350100M000100Y44") == ""
    assert profiles.registration("HRB 12345") == "HRB12345"
    assert profiles.registration("没有") == profiles.registration("=1+1") == profiles.registration("<b>1234</b>") == ""


def test_a_registration_number_is_typed_and_a_wrong_one_refused(li: Chatter, east_bearings: Customer):
    opens_file(li, east_bearings)
    li.taps("✏️ 修改")
    li.taps("注册号")
    for wrong in ("91350100M000100Y44", "字" * 5000, "=1+1"):
        li.says(wrong)
        assert east_bearings.registration == ""
    li.sends()
    li.says(CODE.lower())
    assert east_bearings.registration == CODE
    assert f"注册号：{CODE}" in li.sees


def test_the_number_of_another_customer_is_refused_with_its_name(
    li: Chatter, session: Session, east_bearings: Customer, north_pumps: Customer
):
    north_pumps.registration = CODE
    opens_file(li, east_bearings)
    li.taps("✏️ 修改")
    li.taps("注册号")
    li.says(CODE)
    assert "北方泵业股份有限公司已登记" in li.sees
    assert east_bearings.registration == ""
    li.says("/cancel")


def test_a_tag_is_typed_once_and_tapped_ever_after(
    li: Chatter, session: Session, east_bearings: Customer, li_wei: Person
):
    opens_file(li, east_bearings)
    li.taps("✏️ 修改")
    li.taps("标签")
    li.taps("新标签")
    li.says("<b>备件")
    li.taps("☑ <b>备件")
    assert east_bearings.tags == []
    other = firm(session, "苏州新泵有限公司", owner=li_wei)
    li.presses(f"/customers/{other.id}/tags")
    assert "☐" not in " ".join(li.buttons)
    li.taps("新标签")
    li.says("备件  大客户")
    opens_file(li, east_bearings)
    li.taps("✏️ 修改")
    li.taps("标签")
    li.taps("☐ 备件 大客户")
    assert [tag.word for tag in east_bearings.tags] == ["备件 大客户"]
    li.presses(f"/customers/{east_bearings.id}")
    assert "#备件 大客户" in li.sees


def test_a_customer_has_only_so_many_tags(
    li: Chatter, session: Session, east_bearings: Customer, li_wei: Person, clock
):
    for number in range(profiles.MOST_TAGS):
        profiles.tag(session, li_wei, east_bearings.id, word=f"标签{number}", at=clock.now)
    li.presses(f"/do/tag?customer={east_bearings.id}", 1)
    li.says("再来一个")
    assert "最多10个标签" in li.sees
    assert len(east_bearings.tags) == profiles.MOST_TAGS
