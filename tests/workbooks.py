"""Tables for tests, good and bad, made here."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from openpyxl import Workbook

CUSTOMERS = ["客户名称", "等级", "行业", "地区", "负责人"]
CONTACTS = ["客户", "姓名", "职务", "电话"]
ORDERS = ["客户名称", "订单编号", "订单日期", "金额（元）", "产品系列"]


def xlsx(rows: Iterable[Sequence[Any]], *, merged: str = "") -> bytes:
    """A workbook of one sheet."""
    book = Workbook()
    for row in rows:
        book.active.append(row)
    if merged:
        book.active.merge_cells(merged)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def csv(rows: Iterable[Sequence[Any]], encoding: str = "utf-8-sig", between: str = ",") -> bytes:
    return "\r\n".join(between.join(str(cell) for cell in row) for row in rows).encode(encoding)


def changed(workbook: bytes, parts: Mapping[str, bytes | None]) -> bytes:
    """The workbook with some of its parts replaced, added or (None) taken out."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(workbook)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            if name not in parts:
                new.writestr(name, old.read(name))
        for name, content in parts.items():
            if content is not None:
                new.writestr(name, content)
    return out.getvalue()


def formulas_in(workbook: bytes) -> list[str]:
    """What a second reader finds of formulas: it knows nothing of the library that wrote them."""
    with zipfile.ZipFile(io.BytesIO(workbook)) as parts:
        sheets = [parts.read(name).decode() for name in parts.namelist() if name.startswith("xl/worksheets/")]
    return [sheet for sheet in sheets if "<f>" in sheet or "<f " in sheet or "<f/>" in sheet]
