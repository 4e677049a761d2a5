"""How long something lasts, and amounts, found in a line."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from dialog import days
from dialog.questions.number import amount_in
from dialog.reckoning import same_day


@pytest.mark.parametrize(
    ("text", "months", "rest"),
    [
        ("一年", 12, ""),
        ("两年期", 24, ""),
        ("一年半", 18, ""),
        ("半年", 6, ""),
        ("备件 18个月", 18, "备件"),
        ("十二个月，30万", 12, "，30万"),
        ("parts for 2 Years", 24, "parts for"),
        ("six months", 6, ""),
        ("2026年度备件", None, "2026年度备件"),
        ("2026年", None, "2026年"),
        ("一年质保", None, "一年质保"),
        ("多年合作", None, "多年合作"),
        ("", None, ""),
    ],
)
def test_a_time_is_found_where_it_ends_a_word(text: str, months: int | None, rest: str):
    found, left = days.lasting(text)
    assert (found, left.strip()) == (months, rest)


def test_a_month_later_is_the_last_day_of_a_shorter_month():
    assert same_day(date(2026, 1, 31), 1) == date(2026, 2, 28)


@pytest.mark.parametrize(
    ("text", "found", "rest"),
    [
        ("备件 30万", "300000", "备件"),
        ("３０万元 备件", "300000", "备件"),
        ("¥1,280.50", "1280.50", ""),
        ("500元", "500", ""),
        ("0.5亿", "50000000", ""),
        ("20K", "20000", ""),
        ("2026 6308轴承 3号线", None, "2026 6308轴承 3号线"),
        ("1.234元", None, "1.234元"),
        ("¥" + "9" * 40, None, "¥" + "9" * 40),
    ],
)
def test_an_amount_is_found_by_its_unit_or_sign(text: str, found: str | None, rest: str):
    amount, left = amount_in(text)
    assert (amount, left.strip()) == (Decimal(found) if found else None, rest)
