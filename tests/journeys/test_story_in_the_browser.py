"""The whole story in a real browser, in Chinese: a visit, its reminder, a complaint, a questionnaire, a summary.

Run by ``make browser``; ``make pictures`` also renews the screenshots that the README shows.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from playwright.async_api import Page, expect

from tests.journeys.browser import PHONE, Hand, demo_page, moves, pictured

pytestmark = pytest.mark.browser


@pytest.fixture
async def page(tmp_path: Path) -> AsyncIterator[Page]:
    """The demo's page, just opened."""
    async with demo_page(tmp_path) as page:
        yield page


async def test_the_whole_story_in_three_phones(page: Page):
    li, wang, chen = (Hand(page, number) for number in (1001, 1002, 1003))

    await li.reads("要回访")  # the morning card has come
    await li.taps_on("记拜访")
    await li.reads("拜访了哪家客户")
    await li.taps_on("华东轴承")
    await li.says("谈了3号线备件，下周三报价")
    await li.taps_on("顺利")
    await li.reads("已保存")
    assert li.taps == 3
    await pictured(page, "visit-saved")

    await wang.sends_a_photo()
    await wang.taps_on("✅ 登记")
    await wang.reads("C00")
    assert wang.taps == 1
    await li.reads("华东轴承")

    await li.taps_on("受理")
    await wang.reads("已受理")
    await li.taps_on("开始调查")
    await wang.reads("调查中")
    await li.taps_on("标记解决")
    await li.says("更换了3号线轴承，试机两小时正常，已免单")
    await wang.reads("更换了3号线轴承")
    await pictured(page, "complaint-resolved")

    await moves(page, "+1h")
    await wang.reads("满意")
    taps = wang.taps
    await wang.taps_on("2")
    await wang.reads("原因")
    assert wang.taps == taps + 1
    await wang.says("等了两天才有人来")
    await chen.reads("2")
    await pictured(page, "questionnaire")

    await chen.says("/summary")
    await expect(chen.phone.locator("[data-message-id] img").last).to_be_visible(timeout=10_000)
    await chen.reads("汇总 · 上周")  # it is Monday
    await pictured(page, "summary")
    taps = chen.taps
    await chen.taps_on("😊 ")
    await chen.taps_on("有限公司")
    await chen.reads("评分")
    assert chen.taps == taps + 2

    for _ in range(2):
        await moves(page, "+1w")
    await li.taps_on("华东轴承")  # the promise stands in the morning card
    await li.reads("下周三报价")
    await pictured(page, "reminder")


async def test_the_story_begins_as_well_at_the_width_of_a_phone(page: Page):
    await page.set_viewport_size(PHONE)
    li = Hand(page, 1001)
    await li.opens()
    await li.taps_on("记拜访")
    await li.says("hdzc")
    await li.reads("华东轴承")
    await pictured(page, "phone-search")
    await li.taps_on("华东轴承")
    await li.says("设备运行正常，下周三再来看备件库存")
    await li.reads("这次情况怎么样")
    await pictured(page, "phone-review")
    await li.taps_on("顺利")
    await li.reads("已保存")
