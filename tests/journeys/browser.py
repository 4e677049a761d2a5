"""The demo's page in a real Chromium, and people's hands on the phones there."""

from __future__ import annotations

import io
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime
from pathlib import Path

from PIL import Image
from playwright.async_api import Browser, Locator, Page, async_playwright, expect

from bot import demo

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
COLOURS = 128
"""Enough for words and flat colours; a picture is a sixth of its size then."""
PATIENCE = 10_000


@asynccontextmanager
async def demo_page(folder: Path, *, at: datetime | None = None) -> AsyncIterator[Page]:
    """The demo's page, just opened: at an office hour, or at this moment."""
    simulator = await demo.start_simulator(0, "zh_CN")
    if at is not None:
        await simulator.clock.move_to(at)
    app = await demo.start_bot(simulator, folder, "zh_CN")
    async with chromium() as browser:
        page = await browser.new_page(viewport=DESKTOP, device_scale_factor=2)
        await page.goto(simulator.url)
        await page.wait_for_selector("body[data-ready]")
        yield page
    await app.stop()
    await simulator.stop()


@asynccontextmanager
async def chromium() -> AsyncIterator[Browser]:
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path="/usr/bin/chromium", args=[*QUIET_CHROMIUM])
        try:
            yield browser
        finally:
            await browser.close()


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
        await self._attaches("sample")

    async def sends_a_file(self, name: str, content: bytes) -> None:
        file = {"name": name, "mimeType": "application/octet-stream", "buffer": content}
        await self.phone.locator("[data-document-input]").set_input_files([file])
        await self.phone.locator("[data-send]").click()

    async def shares_a_place(self, name: str) -> None:
        await self._attaches("place")
        await self.phone.locator(f'[data-place="{name}"]').click()

    async def edits(self, was: str, becomes: str) -> None:
        """Change an own message by its menu."""
        bubble = self.phone.locator('[data-mine="true"]', has_text=was).last
        await bubble.locator("[data-message-menu]").click(force=True)
        await self.phone.locator('[data-menu-item="edit"]').click()
        await self.says(becomes)

    async def reads(self, words: str) -> None:
        await expect(self.phone.locator("[data-message-id]", has_text=words).last).to_be_visible(timeout=PATIENCE)

    async def does_not_read(self, words: str) -> None:
        await expect(self.phone.locator("[data-message-id]", has_text=words)).to_have_count(0)

    async def _attaches(self, what: str) -> None:
        await self.phone.locator("[data-attach]").click()
        await self.phone.locator(f'[data-attach-item="{what}"]').click()


async def moves(page: Page, clock: str) -> None:
    """Move the clock with one of its buttons, and wait until what was due then has been dealt with."""
    button = page.locator(f'[data-clock="{clock}"]')
    await button.click()
    await expect(button).to_be_enabled(timeout=PATIENCE)


async def pictured(page: Page, name: str) -> None:
    """Take a picture for the documentation once nothing moves any more."""
    if PICTURES:
        await page.wait_for_timeout(400)
        shot = Image.open(io.BytesIO(await page.screenshot(scale="css")))
        few = shot.convert("RGB").quantize(COLOURS, method=Image.Quantize.FASTOCTREE, dither=Image.Dither.NONE)
        few.save(Path(PICTURES) / f"{name}.png", optimize=True)
