"""陈静 sends a table from her phone: it is fetched, read in another process, shown, taken over, and taken back."""

from __future__ import annotations

import io
from datetime import datetime

from openpyxl import load_workbook
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from models.customer import Customer
from tests.journeys.conftest import Story
from tests.workbooks import CUSTOMERS, formulas_in, xlsx

ROWS = [
    ["2026年客户名单"],
    CUSTOMERS,
    ["南海泵业", "A", "机械", "广东", "李伟"],
    ["西北化工", "D", "化工", "西北", ""],
    ["华东轴承有限公司", "A", "机械", "华东", ""],
    *([f"第{n}机械厂", "B", "机械", "华中", ""] for n in range(120)),
]


def customers(session: Session) -> int:
    return session.scalar(select(func.count()).select_from(Customer)) or 0


async def test_a_table_becomes_customers_and_goes_back(story: Story):
    chen = story.chen
    await chen.phone.document("客户.xlsx", xlsx(ROWS, merged="A1:E1"))
    await chen.sees("客户.xlsx 是一份表格")
    await chen.phone.tap("客户")

    preview = await chen.gets("预览，尚未导入")
    assert "新增：121" in preview.text
    assert "已有，保持不变：1" in preview.text
    assert "第 4 行：等级应为 A、B 或 C" in preview.text
    assert story.look(customers) == 1

    await chen.phone.tap("待更正的行")
    table = await chen.sees_file()
    assert table.protected
    assert table.file_name.startswith("待更正的行-20260310-")
    (_mark, heads, row) = load_workbook(io.BytesIO(table.document)).active.iter_rows(values_only=True)
    assert heads == ("行号", *CUSTOMERS, "问题")
    assert row == (4, "西北化工", "D", "化工", "西北", None, "等级应为 A、B 或 C")
    assert formulas_in(table.document) == []

    await chen.phone.tap("导入 121 条", preview)
    done = await chen.gets("已导入：121")
    assert story.look(customers) == 122

    await chen.taps("撤销整个导入", "确认全部撤销", on=done)
    await chen.phone.tap("确认全部撤销")
    await chen.gets("已撤销：121")
    assert story.look(customers) == 1


async def test_an_export_arrives_as_a_protected_spreadsheet_with_days_as_days_and_words_as_words(story: Story):
    li = story.li
    await li.says("/visit 华东轴承 =1+1 下周三报价", "=1+1")
    await li.taps("😊 顺利", "V00001")
    await li.says("/export", "谁在何时导出了什么")
    await li.phone.tap("拜访记录")
    table = await li.sees_file()

    assert table.protected
    assert formulas_in(table.document) == []
    sheet = load_workbook(io.BytesIO(table.document)).active
    made_for, heads, made = sheet.iter_rows()
    assert made_for[0].value.startswith("李伟 导出")
    assert sheet.freeze_panes == "A3"
    told = {head.value: (cell.value, cell.data_type) for head, cell in zip(heads, made, strict=True)}
    assert told["编号"] == ("V00001", "s")
    assert told["时间"] == (datetime.fromisoformat("2026-03-10T10:00"), "d")
    assert told["拜访纪要"] == ("=1+1 下周三报价", "s")
    assert told["下次回访"] == (datetime.fromisoformat("2026-03-18"), "d")


async def test_a_file_that_is_too_big_is_not_fetched(story: Story):
    chen = story.chen
    await chen.phone.document("客户.csv", b"x" * (6 << 20))
    await chen.sees("客户.csv 是一份表格")
    await chen.phone.tap("客户")
    await chen.gets("文件太大")
