"""Writing a table as XLSX: numbers and days as what they are, every text as text, never a formula."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal
from io import BytesIO
from typing import Any

from dialog.screen import Cell, Table

MOST_CHARACTERS = 32_767
WIDEST = 60
_SAMPLE = 200
_ILLEGAL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
_FORMULA = re.compile(r"[\s]*[=+\-@＝＋－＠]")
_FORMATS: tuple[tuple[type, str], ...] = ((datetime, "yyyy-mm-dd hh:mm"), (date, "yyyy-mm-dd"), (Decimal, "#,##0.00"))


def write(table: Table) -> bytes:
    """Return the workbook: a line saying whom it was made for, the header, which stays in sight, and the rows."""
    from openpyxl import Workbook

    book = Workbook(write_only=True)
    sheet: Any = book.create_sheet("1")
    above = [[table.mark]] if table.mark else []
    sheet.freeze_panes = f"A{len(above) + 2}"
    for column, width in enumerate(_widths(table), 1):
        sheet.column_dimensions[_letters(column)].width = width
    for row in above:
        sheet.append([_cell(sheet, text, italic=True) for text in row])
    sheet.append([_cell(sheet, head, bold=True) for head in table.heads])
    for line in table.rows:
        sheet.append([_cell(sheet, value) for value in line])
    out = BytesIO()
    book.save(out)
    return out.getvalue()


def tidy(text: str) -> str:
    """Return the text without what a workbook cannot hold."""
    return _ILLEGAL.sub("", text)[:MOST_CHARACTERS]


def _cell(sheet: Any, value: Cell, **font: bool) -> Any:
    from openpyxl.cell import WriteOnlyCell
    from openpyxl.styles import Font

    if value is None or value == "":
        return None
    cell: Any = WriteOnlyCell(sheet, None if isinstance(value, str) else value)
    if isinstance(value, str):
        # Given as it is, openpyxl makes a formula of any text that begins with "=".
        cell._value, cell.data_type = tidy(value), "s"  # noqa: SLF001 - the setter is what guesses
        cell.quotePrefix = bool(_FORMULA.match(value))
    for kind, shown in _FORMATS:
        if isinstance(value, kind):
            cell.number_format = shown
            break
    if font:
        cell.font = Font(**font)
    return cell


def _widths(table: Table) -> Iterable[float]:
    for at, head in enumerate(table.heads):
        shown = [str(head), *(str(row[at]) for row in table.rows[:_SAMPLE] if at < len(row) and row[at] is not None)]
        yield min(max(map(_width, shown)) + 2, WIDEST)


def _width(text: str) -> int:
    return sum(2 if ord(character) > 0x2E80 else 1 for character in text[:WIDEST])


def _letters(column: int) -> str:
    from openpyxl.utils import get_column_letter

    return str(get_column_letter(column))
