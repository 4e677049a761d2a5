"""The whole story in a real browser, in Chinese: a visit, its reminder, a complaint, a questionnaire, a summary.

Run by ``make browser``; ``make pictures`` also renews the screenshots that the README shows.
"""

from __future__ import annotations

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from playwright.async_api import Browser, Locator, Page, async_playwright, expect

from bot import demo

pytestmark = pytest.mark.browser
PICTURES = os.environ.get("PICTURES")
"""Where to keep screenshots; none are taken without it."""
QUIET_CHROMIUM = (
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-quic",
)
DESKTOP = {"width": 1400, "height": 900}
PHONE = {"width": 390, "height": 844}


@asynccontextmanager
async def chromium() -> AsyncIterator[Browser]:
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path="/usr/bin/chromium", args=[*QUIET_CHROMIUM])
        try:
            yield browser
        finally:
            await browser.close()


@pytest.fixture
async def page(tmp_path: Path) -> AsyncIterator[Page]:
    """The demo's page, just opened."""
    simulator = await demo.start_simulator(0, "zh_CN")
    app = await demo.start_bot(simulator, tmp_path, "zh_CN")
    async with chromium() as browser:
        page = await browser.new_page(viewport=DESKTOP, device_scale_factor=2)
        await page.goto(simulator.url)
        await page.wait_for_selector("body[data-ready]")
        yield page
    await app.stop()
    await simulator.stop()


class Hand:
    """One person's hand on her phone on the page. It counts its taps."""

    def __init__(self, page: Page, number: int) -> None:
        self.page = page
        self.phone: Locator = page.locator(f'[data-phone="{number}"]')
        self.taps = 0

    async def opens(self) -> None:
        """At phone width: turn to this person's phone."""
        tab = self.page.locator(f'[data-tab="{await self.phone.get_attribute("data-phone")}"]')
        if await tab.is_visible():
            await tab.click()

    async def taps_on(self, words: str) -> None:
        button = self.phone.locator("button[data-button]", has_text=words).last
        await button.scroll_into_view_if_needed()
        await button.click()
        self.taps += 1

    async def says(self, words: str) -> None:
        await self.phone.locator("[data-input]").fill(words)
        await self.phone.locator("[data-send]").click()

    async def sends_a_photo(self) -> None:
        await self.phone.locator("[data-attach]").click()
        await self.phone.locator('[data-attach-item="sample"]').click()

    async def reads(self, words: str) -> None:
        await expect(self.phone.locator("[data-message-id]", has_text=words).last).to_be_visible(timeout=10_000)

    async def does_not_read(self, words: str) -> None:
        await expect(self.phone.locator("[data-message-id]", has_text=words)).to_have_count(0)


async def pictured(page: Page, name: str) -> None:
    """Take a picture for the documentation once nothing moves any more."""
    if PICTURES:
        await page.wait_for_timeout(400)
        await page.screenshot(path=Path(PICTURES) / f"{name}.png", scale="css")


async def moves(page: Page, clock: str) -> None:
    await page.locator(f'[data-clock="{clock}"]').click()


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
    await pictured(page, "complaint-received")

    await li.taps_on("受理")
    await wang.reads("已受理")
    await li.taps_on("开始调查")
    await wang.reads("调查中")
    await li.taps_on("解决")
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
    await chen.taps_on("换个时段")
    await chen.taps_on("上周")
    await chen.reads("汇总 · 上周")
    await pictured(page, "summary")
    taps = chen.taps
    await chen.taps_on("😊 ")
    await chen.taps_on("有限公司")
    await chen.reads("评分")
    assert chen.taps == taps + 2
    await pictured(page, "summary-to-record")

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
