"""A table is read within limits, and a bad one is refused with a reason; the bot outlives them all."""

from __future__ import annotations

import asyncio
import time
from datetime import date, datetime

import pytest

from bot import importer, spreadsheet
from bot.importer import Refused, rows_in
from crm import columns
from tests.workbooks import CUSTOMERS, changed, csv, xlsx

HUADONG = ["华东轴承有限公司", "A", "机械", "华东", "李伟"]
GOOD = xlsx([CUSTOMERS, HUADONG])
SHEET = "xl/worksheets/sheet1.xml"
SPREADSHEETML = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
LAUGHS = f"""<?xml version="1.0"?><!DOCTYPE l [<!ENTITY a "ha">{
    "".join(f'<!ENTITY {b} "{f"&{a};" * 10}">' for a, b in zip("abcdefgh", "bcdefghi", strict=True))
}]><worksheet {
    SPREADSHEETML
}><sheetData><row r="1"><c t="inlineStr"><is><t>&i;</t></is></c></row></sheetData></worksheet>"""
FAR_CELL = f"""<worksheet {SPREADSHEETML}><dimension ref="A1:XFD1048576"/><sheetData><row r="1">
<c r="A1" t="inlineStr"><is><t>客户名称</t></is></c><c r="XFD1" t="inlineStr"><is><t>far</t></is></c></row>
</sheetData></worksheet>"""
TINY_ROWS = f"<worksheet {SPREADSHEETML}><sheetData>{'<row/>' * 5_000_000}</sheetData></worksheet>"


def read(content: bytes, name: str) -> list[tuple[int, list[str]]]:
    async def reading() -> list[tuple[int, list[str]]]:
        async with rows_in(content, name) as rows:
            return [row for portion in rows.portions(100) for row in portion]

    return asyncio.run(reading())


def refusal(content: bytes, name: str = "客户.xlsx") -> str:
    with pytest.raises(Refused) as refused:
        read(content, name)
    return str(refused.value.why["what"])


@pytest.mark.parametrize(
    ("content", "name"),
    [
        (GOOD, "客户.xlsx"),
        (GOOD, "客户.XLSX"),
        (csv([CUSTOMERS, HUADONG], "utf-8-sig"), "a.csv"),
        (csv([CUSTOMERS, HUADONG], "utf-8"), "a.csv"),
        (csv([CUSTOMERS, HUADONG], "gb18030"), "a.csv"),
        (csv([CUSTOMERS, HUADONG], "gb18030", between=";"), "a.csv"),
        (csv([CUSTOMERS, HUADONG], "utf-16", between="\t"), "a.csv"),
    ],
)
def test_a_table_is_read_whatever_wrote_it(content: bytes, name: str):
    assert read(content, name) == [(1, CUSTOMERS), (2, HUADONG)]


def test_cells_are_read_as_people_see_them():
    row = [
        "=1+1",
        13800000000,
        13800000000.0,
        0.1 + 0.2,
        date(2026, 3, 1),
        datetime.fromisoformat("2026-03-01T08:30"),
        True,
        " a\nb ",
    ]
    assert read(xlsx([row]), "a.xlsx")[0][1] == [
        "#FORMULA!",  # a formula nobody has calculated yet
        "13800000000",
        "13800000000",
        "0.3",
        "2026-03-01",
        "2026-03-01T08:30:00",
        "1",
        "a b",
    ]


def test_empty_rows_keep_their_numbers():
    assert [line for line, _cells in read(xlsx([["名称"], [], [None], ["甲"]]), "a.xlsx")] == [1, 4]


def test_what_a_file_says_of_its_size_is_not_believed():
    (line, cells), *rest = read(changed(GOOD, {SHEET: FAR_CELL.encode()}), "a.xlsx")
    assert (line, cells[0], len(cells) <= spreadsheet.MOST_COLUMNS, rest) == (1, "客户名称", True, [])


@pytest.mark.parametrize(
    ("content", "name", "why"),
    [
        (b"", "a.csv", "empty"),
        (b"\r\n,,\r\n", "a.csv", "empty"),
        (xlsx([]), "a.xlsx", "empty"),
        (b"nothing of the kind", "a.xlsx", "broken"),
        (b"\xd0\xcf\x11\xe0" + bytes(600), "a.xlsx", "locked"),
        (GOOD, "a.xlsm", "macros"),
        (GOOD, "a.ods", "kind"),
        (changed(GOOD, {"xl/vbaProject.bin": b"x"}), "a.xlsx", "macros"),
        (changed(GOOD, {"[Content_Types].xml": None}), "a.xlsx", "broken"),
        (changed(GOOD, {SHEET: b"<worksheet><sheetData><row"}), "a.xlsx", "broken"),
        (changed(GOOD, {SHEET: LAUGHS.encode()}), "a.xlsx", "broken"),
        (changed(GOOD, {SHEET: bytes(60 << 20)}), "a.xlsx", "bomb"),
        (changed(GOOD, {SHEET: TINY_ROWS.encode()}), "a.xlsx", "bomb"),
        (changed(GOOD, {"xl/embeddings/inner.xlsx": GOOD}), "a.xlsx", "bomb"),
        (changed(GOOD, {"../../etc/cron.d/x": b"x"}), "a.xlsx", "bomb"),
        (changed(GOOD, {f"xl/media/{n}.png": b"x" for n in range(200)}), "a.xlsx", "bomb"),
        (b"a,b\n" + b"x" * 9_000, "a.csv", "long_cell"),
        (b'"' + b"x,\n" * 4_000, "a.csv", "long_cell"),
        (xlsx([["x" * 9_000]]), "a.xlsx", "long_cell"),
        (b"a,b\n" * 50_002, "a.csv", "too_many_rows"),
        (bytes(range(256)) * 10, "a.csv", "encoding"),
        (b"a\0b,c\n", "a.csv", "encoding"),
        (b"x" * (5 << 20) + b"x", "a.csv", "too_big"),
    ],
    ids=lambda value: value[:12] if isinstance(value, str) else "",
)
def test_a_bad_file_is_refused_with_a_reason_and_soon(content: bytes, name: str, why: str):
    begun = time.monotonic()
    assert refusal(content, name) == why
    assert time.monotonic() - begun < 10


def test_a_reader_that_takes_too_long_is_stopped(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(importer, "READ_WITHIN", 0.01)
    assert refusal(GOOD) == "too_big"


def test_a_file_that_lies_about_its_size_is_refused():
    """The archive declares a byte where there are megabytes; the reader stops at what was declared and says so."""
    bomb = bytearray(changed(GOOD, {SHEET: b"<a/>" * 1_000_000}))
    size = (4_000_000).to_bytes(4, "little")
    while (at := bomb.find(size)) >= 0:
        bomb[at : at + 4] = (100_000).to_bytes(4, "little")
    assert refusal(bytes(bomb)) in {"broken", "bomb"}


def test_both_sides_know_what_stands_for_a_formula_without_a_result():
    assert spreadsheet.NO_RESULT == columns.NO_RESULT
