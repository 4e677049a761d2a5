"""A customer's name, and a person's name, position and telephone, put right by whoever may edit the file."""

from __future__ import annotations

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from models.correction import Correction
from models.customer import Contact, Customer
from models.person import Person
from tests.chatter import Chatter
from tests.conftest import firm


def test_a_customer_gets_its_right_name_and_is_still_found_by_the_old_one(
    li: Chatter, session: Session, east_bearings: Customer
):
    li.presses(f"/customers/{east_bearings.id}/fields", 1)
    li.taps("名称")
    li.sends()
    li.says("字" * 200)
    assert "最多" in li.sees
    li.says("华东<b>轴承集团")
    assert east_bearings.name == "华东<b>轴承集团"
    assert "华东<b>轴承集团" in li.sees
    li.presses(f"/customers/{east_bearings.id}/fields")
    li.taps("原内容")
    assert "名称：华东轴承有限公司" in li.sees
    for name in ("hdzcjt", "华东轴承"):
        li.says(name)
        assert "华东<b>轴承集团" in li.sees


def test_whoever_gives_a_customer_anothers_name_is_told_whose_it_is_and_may_do_it_all_the_same(
    li: Chatter, session: Session, zhao_min: Person, east_bearings: Customer
):
    firm(session, "常州泵厂有限公司", owner=zhao_min)
    for stays in ("/cancel", "常州泵厂有限公司"):
        li.presses(f"/do/rename?customer={east_bearings.id}", 1)
        li.says("常州泵厂有限公司")
        assert "常州泵厂有限公司 · 负责人：赵敏" in li.sees
        assert east_bearings.name == "华东轴承有限公司"
        li.says(stays)
    li.taps("是另一家，就用这个名称")
    assert east_bearings.name == "常州泵厂有限公司"


def test_whoever_finds_that_the_name_is_another_files_comes_to_that_file(
    li: Chatter, session: Session, li_wei: Person, east_bearings: Customer
):
    firm(session, "常州泵厂有限公司", owner=li_wei)
    li.presses(f"/do/rename?customer={east_bearings.id}", 1)
    li.says("常州泵厂")
    li.taps("就是常州泵厂有限公司")
    assert "常州泵厂有限公司" in li.sees
    assert east_bearings.name == "华东轴承有限公司"


@pytest.mark.parametrize(
    ("field", "value", "kept"),
    [("姓名", "王芬", "王芳"), ("职务", "=1+1", ""), ("电话", "13900001111", None)],
)
def test_a_persons_data_are_put_right(
    li: Chatter, session: Session, engineer: Contact, field: str, value: str, kept: str | None
):
    engineer.phone = "13812345678"
    session.flush()
    li.presses(f"/contacts/{engineer.id}", 1)
    li.taps("修改")
    li.taps(field)
    li.says(value)
    assert value in li.sees
    correction = session.scalars(select(Correction)).one()
    assert "13812345678" not in correction.was
    if kept:
        assert correction.was == kept


def test_a_number_can_be_taken_away_and_a_name_cannot(li: Chatter, session: Session, engineer: Contact):
    engineer.phone = "13812345678"
    session.flush()
    li.presses(f"/do/correct_contact?contact={engineer.id}", 1)
    li.taps("姓名")
    assert "跳过" not in " ".join(li.buttons)
    li.taps("返回")
    li.taps("电话")
    li.taps("跳过")
    assert (engineer.phone, engineer.dialled) == ("", "")


def test_a_colleagues_customer_cannot_be_renamed_by_a_forged_button(
    li: Chatter, session: Session, zhao_min: Person, east_bearings: Customer
):
    hers = firm(session, "常州泵厂有限公司", owner=zhao_min)
    li.presses(f"/do/rename?customer={hers.id}", 1)
    li.says("别的名称")
    assert hers.name == "常州泵厂有限公司"
