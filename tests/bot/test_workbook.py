"""A spreadsheet holds what it was given, and no text in it is a formula, whoever opens it."""

from __future__ import annotations

import io
import zipfile
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from openpyxl import Workbook, load_workbook

from bot.workbook import MOST_CHARACTERS, write
from dialog.screen import Cell, Table
from tests.workbooks import formulas_in

DANGEROUS = [
    "=1+1",
    "+1",
    "-1",
    "@SUM(A1)",
    " =1",
    "\t=1",
    "＝1+1",
    "＋1",
    "－1",
    "＠x",
    '=HYPERLINK("http://x")',
    "=cmd|'/c'!A0",
]


def reopened(*rows: list[Cell], mark: str = "") -> list[tuple]:
    return list(load_workbook(io.BytesIO(write(Table("a", ["甲", "乙"], rows, mark)))).active.iter_rows())


@pytest.mark.parametrize("text", DANGEROUS)
def test_a_text_that_looks_like_a_formula_stays_a_text(text: str):
    table = Table(text, [text], [[text]], text)
    cells = [row[0] for row in load_workbook(io.BytesIO(write(table))).active.iter_rows()]
    assert [(cell.data_type, cell.value.strip()) for cell in cells] == [("s", text.strip())] * 3
    assert formulas_in(write(table)) == []


def test_the_second_reader_would_find_a_formula():
    book, out = Workbook(), io.BytesIO()
    book.active["A1"] = "=1+1"
    book.save(out)
    assert formulas_in(out.getvalue())


def test_numbers_and_days_are_what_they_are():
    when = datetime(2026, 3, 10, 10, 5, tzinfo=UTC).replace(tzinfo=None)
    _heads, row = reopened([12, Decimal("1234.50"), date(2026, 3, 10), when, None, ""])
    assert [cell.value for cell in row] == [12, 1234.5, datetime.fromisoformat("2026-03-10"), when]
    assert [cell.number_format for cell in row[1:]] == ["#,##0.00", "yyyy-mm-dd", "yyyy-mm-dd hh:mm"]


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("a\x00b\x07c", "abc"),
        ("\ud800x", "x"),
        ("\ufffex\uffff", "x"),
        ("x" * 40_000, "x" * MOST_CHARACTERS),
        ("<b>&", "<b>&"),
    ],
)
def test_what_a_workbook_cannot_hold_is_left_out(text: str, kept: str):
    assert reopened([text])[1][0].value == kept


@pytest.mark.parametrize(("mark", "frozen"), [("", "A2"), ("为 李伟", "A3")])
def test_the_header_stays_in_sight(mark: str, frozen: str):
    assert load_workbook(io.BytesIO(write(Table("a", ["甲"], [["x"]], mark)))).active.freeze_panes == frozen


def test_nobody_is_named_as_the_author():
    with zipfile.ZipFile(io.BytesIO(write(Table("a", ["甲"], [])))) as parts:
        assert b"<dc:creator>openpyxl</dc:creator>" in parts.read("docProps/core.xml")
