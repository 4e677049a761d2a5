"""陈静 sends a table from her phone: it is fetched, read in another process, shown, taken over, and taken back."""

from __future__ import annotations

import io

from openpyxl import load_workbook
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from models.customer import Customer
from simulator import Phone
from simulator.bubbles import Bubble
from tests.journeys.conftest import Stage
from tests.workbooks import CUSTOMERS, formulas_in, xlsx

PATIENCE = 20.0
ROWS = [
    ["2026年客户名单"],
    CUSTOMERS,
    ["南海泵业", "A", "机械", "广东", "李伟"],
    ["西北化工", "D", "化工", "西北", ""],
    ["华东轴承有限公司", "A", "机械", "华东", ""],
    *([f"第{n}机械厂", "B", "机械", "华中", ""] for n in range(120)),
]


async def sees(phone: Phone, words: str) -> Bubble:
    return await phone.waits_for(lambda bubble: bubble.by_bot and words in bubble.text, timeout=PATIENCE)


def customers(session: Session) -> int:
    return session.scalar(select(func.count()).select_from(Customer)) or 0


async def test_a_table_becomes_customers_and_goes_back(stage: Stage):
    chen = stage.chen
    await chen.document("客户.xlsx", xlsx(ROWS, merged="A1:E1"))
    await sees(chen, "客户.xlsx 是一份表格")
    await chen.tap("客户")

    preview = await sees(chen, "预览，尚未导入")
    assert "新增：121" in preview.text
    assert "已有，保持不变：1" in preview.text
    assert "第 4 行：等级应为 A、B 或 C" in preview.text
    assert stage.look(customers) == 1

    await chen.tap("待更正的行")
    table = await chen.waits_for(lambda bubble: bubble.by_bot and bubble.document is not None, timeout=PATIENCE)
    assert table.protected
    assert table.file_name.startswith("待更正的行-20260310-")
    (_mark, heads, row) = load_workbook(io.BytesIO(table.document)).active.iter_rows(values_only=True)
    assert heads == ("行号", *CUSTOMERS, "问题")
    assert row == (4, "西北化工", "D", "化工", "西北", None, "等级应为 A、B 或 C")
    assert formulas_in(table.document) == []

    await chen.tap("导入 121 条", preview)
    done = await sees(chen, "已导入：121")
    assert stage.look(customers) == 122

    await chen.tap("撤销整个导入", done)
    await chen.tap("确认全部撤销")
    await sees(chen, "已撤销：121")
    assert stage.look(customers) == 1


async def test_an_export_arrives_as_a_protected_spreadsheet(stage: Stage):
    await stage.li.say("/export")
    await sees(stage.li, "谁在何时导出了什么")
    await stage.li.tap("客户")
    table = await stage.li.waits_for(lambda bubble: bubble.by_bot and bubble.document is not None, timeout=PATIENCE)

    assert table.protected
    assert formulas_in(table.document) == []
    rows = list(load_workbook(io.BytesIO(table.document)).active.iter_rows(values_only=True))
    assert rows[0][0].startswith("李伟 导出")
    assert rows[2][0] == "华东轴承有限公司"


async def test_a_file_that_is_too_big_is_not_fetched(stage: Stage):
    await stage.chen.document("客户.csv", b"x" * (6 << 20))
    await sees(stage.chen, "客户.csv 是一份表格")
    await stage.chen.tap("客户")
    await sees(stage.chen, "文件太大")
