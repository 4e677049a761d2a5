"""A rep's whole day on a phone in a real browser, from the morning card to the evening card.

李伟 works; 王芳 of 华东轴承 and 陈静, his manager, are a tab away on the same page.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import pytest
from playwright.async_api import Page

from tests.journeys.browser import PHONE, Hand, demo_page, moves, pictured

pytestmark = pytest.mark.browser
TUESDAY = datetime.fromisoformat("2026-11-24T07:40+08:00")
NOTE = "3号线温度正常，自吸泵要两台，周五前报价"
CONTRACT = b"%PDF-1.4\n% an invented contract\n"


@dataclass
class Day:
    """The page and its three people; the clock goes on by the hour."""

    page: Page
    li: Hand
    wang: Hand
    chen: Hand
    pictures: int = 0

    async def goes_on(self, hours: int) -> None:
        for _ in range(hours):
            await moves(self.page, "+1h")

    async def station(self, name: str) -> None:
        """Keep a picture of this station; the numbers in the names are the order of the day."""
        self.pictures += 1
        await pictured(self.page, f"day-{self.pictures:02d}-{name}")


@pytest.fixture
async def day(tmp_path: Path) -> AsyncIterator[Day]:
    """A Tuesday, before the morning card."""
    async with demo_page(tmp_path, at=TUESDAY) as page:
        await page.set_viewport_size(PHONE)
        yield Day(page, *(Hand(page, number) for number in (1001, 1002, 1003)))


async def test_a_day_from_the_morning_card_to_the_evening_card(day: Day):
    await the_morning_card_comes(day)
    await a_planned_visit_is_prepared_and_logged(day)
    await a_visit_on_the_way(day)
    await a_line_is_typed(day)
    await a_call_is_logged(day)
    await the_customer_writes_and_is_answered(day)
    await the_customer_complains_and_is_helped(day)
    await a_contract_is_kept(day)
    await a_promise_is_kept(day)
    await a_message_is_put_right(day)
    await the_evening_card_tells_the_day(day)
    await the_manager_walks_from_a_number_to_the_record(day)


async def the_morning_card_comes(day: Day) -> None:
    await day.li.opens()
    await day.goes_on(1)
    await day.li.reads("到期的承诺")
    await day.station("morning-card")


async def a_planned_visit_is_prepared_and_logged(day: Day) -> None:
    li = day.li
    await li.taps_on("🔔 华东轴承")
    await li.taps_on("访前简报")
    await li.reads("还不知道谁是")
    await day.station("brief")
    await day.goes_on(1)
    await li.taps_on("记拜访")
    await li.says(NOTE)
    await li.taps_on("顺利")
    await li.reads("本月已拜访")
    await day.station("visit")


async def a_visit_on_the_way(day: Day) -> None:
    li = day.li
    await day.goes_on(1)
    await li.shares_a_place("people_square")
    await li.reads("你在哪家")
    await day.station("place")
    await li.taps_on("约 2")
    await li.says("路过，看了备件库存，够用到下个月")
    await li.taps_on("顺利")
    await li.reads("在客户附近")


async def a_line_is_typed(day: Day) -> None:
    li = day.li
    await day.goes_on(1)
    await li.says("/visit hdzc 送了检测报告 下周三报价")
    await li.taps_on("顺利")
    await li.reads("下次回访：下周三")
    await day.station("typed-line")


async def a_call_is_logged(day: Day) -> None:
    li = day.li
    await li.says("无锡瑞丰水泥")
    await li.reads("无锡瑞丰水泥有限公司")
    await li.taps_on("记联系")
    await li.taps_on("电话")
    await li.taps_on("备注")
    await li.says("约好周四上午去看磨机轴承")
    await li.reads("约好周四上午")
    await day.station("call")


async def the_customer_writes_and_is_answered(day: Day) -> None:
    li, wang = day.li, day.wang
    await day.goes_on(2)
    await wang.opens()
    await wang.taps_on("我的客户经理")
    await wang.taps_on("留言")
    await wang.says("自吸泵的报价能今天给吗？下午开会要用。")
    await wang.reads("李伟")
    await li.opens()
    await li.taps_on("↩️ 回复")
    await li.says("三点前发您，含运费。")
    await day.station("message")
    await wang.opens()
    await wang.reads("三点前发您")


async def the_customer_complains_and_is_helped(day: Day) -> None:
    li, wang = day.li, day.wang
    await wang.sends_a_photo()
    await wang.taps_on("✅ 登记")
    await wang.reads("已登记")
    await day.station("complaint")
    await li.opens()
    await li.taps_on("受理")
    await li.taps_on("开始调查")
    await li.taps_on("标记解决")
    await li.says("更换了机封，试机两小时不渗水")
    await li.reads("解决办法")
    await wang.opens()
    await wang.reads("更换了机封")
    await day.station("complaint-followed")


async def a_contract_is_kept(day: Day) -> None:
    li = day.li
    await day.goes_on(2)
    await li.opens()
    await li.says("华东轴承")
    await li.taps_on("更多")
    await li.taps_on("档案")
    await li.taps_on("合同")
    await li.taps_on("新增合同")
    await li.says("自吸泵供货合同 HT-2026-131 86000元 一年")
    await li.reads("到期日：2027年11月23日")
    await li.sends_a_file("自吸泵供货合同.pdf", CONTRACT)
    await li.reads("文件先放在草稿里")
    await li.taps_on("保存")
    await li.reads("¥86,000.00")
    await day.station("contract")


async def a_promise_is_kept(day: Day) -> None:
    li = day.li
    await li.says("/today")
    await li.reads("建议安排")
    await li.taps_on("把3号线轴承")
    await li.taps_on("已兑现")
    await li.reads("已兑现")
    await day.station("promise")


async def a_message_is_put_right(day: Day) -> None:
    li = day.li
    await li.edits(NOTE, NOTE.replace("两台", "三台"))
    await li.reads("已更正")
    await day.station("correction")


async def the_evening_card_tells_the_day(day: Day) -> None:
    await day.goes_on(2)
    await day.li.reads("拜访 3 次")
    await day.li.reads("其他联系 1 次")
    await day.station("evening-card")


async def the_manager_walks_from_a_number_to_the_record(day: Day) -> None:
    chen = day.chen
    await chen.opens()
    await chen.says("/summary")
    await chen.taps_on("🗒 拜访")
    await day.station("list")
    await chen.taps_on("华东轴承")
    await chen.reads("自吸泵要三台")
    await day.station("record")
