"""Days gone by: on which day somebody says she was there, and which past day a typed one means."""

from __future__ import annotations

from datetime import date, time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dialog import days_gone
from dialog.days import When

TODAY = date(2026, 3, 10)
"""A Tuesday."""


@pytest.mark.parametrize(
    ("said", "when"),
    [
        ("昨天下午去的 谈付款", When(date(2026, 3, 9))),
        ("昨天下午3点见了李总", When(date(2026, 3, 9), time(15))),
        ("昨天下午三点半去的", When(date(2026, 3, 9), time(15, 30))),
        ("前天和王工去了现场", When(date(2026, 3, 8))),
        ("上周五拜访，谈了泵", When(date(2026, 3, 6))),
        ("周五去的，谈了付款", When(date(2026, 3, 6))),
        ("3月2日去了现场", When(date(2026, 3, 2))),
        ("补昨天的拜访", When(date(2026, 3, 9))),
        ("昨天，讨论付款", When(date(2026, 3, 9))),
        ("yesterday visited them", When(date(2026, 3, 9))),
        ("went there last Friday, talked about pumps", When(date(2026, 3, 6))),
    ],
)
def test_the_day_one_was_there_is_found(said: str, when: When):
    found = days_gone.said_in(said, TODAY)
    assert found is not None
    assert found.when == when


@pytest.mark.parametrize(
    "said",
    [
        "上周五发的货有问题",
        "上周五王工去了德国",
        "王工说昨天去过",
        "昨天到货",
        "3号线漏油",
        "下周五去了再说",
        "周五去",
        "下周三报价",
        "昨天给王总打了电话",
    ],
)
def test_a_day_of_something_else_or_to_come_is_none(said: str):
    assert days_gone.said_in(said, TODAY) is None


def test_a_call_was_on_the_day_it_was_made():
    found = days_gone.said_in("昨天给王总打了电话", TODAY, from_afar=True)
    assert found is not None
    assert found.when == When(date(2026, 3, 9))


@pytest.mark.parametrize(
    ("typed", "when"),
    [
        ("昨天", When(date(2026, 3, 9))),
        ("昨天下午", When(date(2026, 3, 9))),
        ("周五", When(date(2026, 3, 6))),
        ("5号", When(date(2026, 3, 5))),
        ("2月20日", When(date(2026, 2, 20))),
        ("上周五下午3点", When(date(2026, 3, 6), time(15))),
        ("last friday", When(date(2026, 3, 6))),
        ("今天", When(TODAY)),
        ("明天", When(date(2026, 3, 11))),  # to be refused by whoever asked
        ("谈了付款", None),
    ],
)
def test_a_typed_day_is_the_last_one(typed: str, when: When | None):
    assert days_gone.parse(typed, TODAY) == when


@given(st.text(alphabet="昨前上周一五日月号的去见了 ,，。0123456789点半说w", max_size=30))
def test_whatever_is_written_no_day_to_come_is_said_to_be_over(text: str):
    found = days_gone.said_in(text, TODAY, from_afar=True)
    assert found is None or found.when.day <= TODAY
