"""The page in a real Chromium: a person uses two phones and the clock."""

from datetime import timedelta

import aiohttp
import pytest
from playwright.async_api import async_playwright, expect

from tests.simulator.samples import png

CHROMIUM = "/usr/bin/chromium"
SWITCHES = [
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@pytest.fixture
async def page():
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=SWITCHES)
        page = await browser.new_page(viewport={"width": 1400, "height": 900}, locale="zh-CN")
        problems = []
        page.on("pageerror", lambda error: problems.append(str(error)))
        page.on("console", lambda line: problems.append(line.text) if line.type == "error" else None)
        yield page
        await browser.close()
        assert problems == []


async def test_the_page_is_served_with_a_policy_that_keeps_strangers_out(sim):
    async with aiohttp.ClientSession() as session:
        async with session.get(sim.url) as answer:
            assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
        foreign = {"Sec-Fetch-Site": "cross-site"}
        async with session.post(f"{sim.url}/clock", json={"hours": 1}, headers=foreign) as answer:
            assert answer.status == 403
        async with session.get(f"{sim.url}/page/..%2fserver.py") as answer:
            assert answer.status == 404


@pytest.mark.browser
async def test_a_person_talks_taps_sends_a_picture_and_moves_the_clock(sim, call, unopened, page):
    await page.goto(sim.url)
    phone = page.locator('[data-phone="1001"]')

    await phone.locator("[data-start]").click()
    await expect(phone.locator('[data-mine="true"]')).to_contain_text("/start")
    await phone.locator("[data-input]").fill("<b>你好</b>")
    await phone.locator("[data-send]").click()
    await expect(phone.locator('[data-mine="true"]').last).to_contain_text("<b>你好</b>")

    buttons = {"inline_keyboard": [[{"text": "保存", "callback_data": "save"}]]}
    sent = await call.result(
        "sendMessage", chat_id=1001, text="<b>好</b> &lt;i&gt;", parse_mode="HTML", reply_markup=buttons
    )
    bubble = phone.locator(f'[data-message-id="{sent["message_id"]}"]')
    await expect(bubble.locator("b").first).to_have_text("好")
    await bubble.locator('button[data-button="save"]').click()
    query = await _tapped(call)
    await call.result("answerCallbackQuery", callback_query_id=query["id"], text="已保存")
    await call.result("editMessageText", chat_id=1001, message_id=sent["message_id"], text="完成")
    await expect(phone.locator("[data-toast]")).to_have_text("已保存")
    await expect(bubble.locator("[data-edited]")).to_be_visible()
    await expect(bubble.locator("button[data-button]")).to_have_count(0)

    picture = {"name": "现场.png", "mimeType": "image/png", "buffer": png(60, 40)}
    await phone.locator("[data-photo-input]").set_input_files(picture)
    await phone.locator("[data-input]").fill("现场")
    await phone.locator("[data-send]").click()
    await expect(phone.locator("[data-photo] img")).to_be_visible()
    assert unopened.last.photo == png(60, 40)
    assert unopened.last.text == "现场"

    before = sim.clock.now()
    shown = await page.locator("[data-now]").inner_text()
    await page.locator('[data-clock="+1h"]').click()
    await expect(page.locator("[data-now]")).not_to_have_text(shown)
    assert sim.clock.now() - before >= timedelta(hours=1)
    await page.locator('[data-clock="tomorrow"]').click()
    await expect(page.locator("[data-now]")).to_contain_text("09:00")


@pytest.mark.browser
async def test_a_deep_link_asks_which_phone_and_an_alert_wants_to_be_closed(sim, call, phone, bot, stranger, page):
    other = sim.phone(stranger, bot, legend="客户")
    await page.goto(sim.url)
    link = "https://t.me/huifang_demo_bot?start=inv_7"
    buttons = {"inline_keyboard": [[{"text": "看", "callback_data": "x"}]]}
    await call.result("sendMessage", chat_id=1001, text=f"邀请：{link}", reply_markup=buttons)
    mine = page.locator('[data-phone="1001"]')

    await mine.locator("[data-link]").click()
    await mine.locator('[data-choice="1002"]').click()
    await expect(page.locator('[data-phone="1002"] [data-mine="true"]')).to_contain_text("/start inv_7")
    assert other.started

    await mine.locator('button[data-button="x"]').click()
    query = await _tapped(call)
    await call.result("answerCallbackQuery", callback_query_id=query["id"], text="请注意", show_alert=True)
    await expect(mine.locator("[data-alert]")).to_have_text("请注意")
    await mine.locator("[data-alert-ok]").click()
    await expect(mine.locator("[data-alert]")).to_have_count(0)


@pytest.mark.browser
async def test_a_narrow_window_shows_one_phone_at_a_time_in_either_language(sim, call, phone, bot, stranger, page):
    await sim.phone(stranger, bot).start()
    await page.set_viewport_size({"width": 390, "height": 844})
    await page.goto(sim.url)
    first, second = page.locator('[data-phone="1001"]'), page.locator('[data-phone="1002"]')

    await expect(first).to_be_visible()
    await expect(second).to_be_hidden()
    await call.result("sendMessage", chat_id=1002, text="有新消息")
    await expect(page.locator('[data-tab="1002"]')).to_contain_text("1")
    await page.locator('[data-tab="1002"]').click()
    await expect(second).to_be_visible()
    await page.locator("[data-language]").click()

    await expect(page.locator('[data-clock="tomorrow"]')).to_have_text("Tomorrow 9:00")
    await expect(second.locator("[data-input]")).to_have_attribute("placeholder", "Message")


@pytest.mark.browser
async def test_everything_in_the_attachment_menu_and_the_message_menu_works(sim, call, phone, bot, page):
    await page.goto(sim.url)
    mine = page.locator('[data-phone="1001"]')

    async def attach(what):
        await mine.locator("[data-attach]").click()
        await mine.locator(f'[data-attach-item="{what}"]').click()

    await attach("sample")
    await expect(mine.locator("[data-photo]")).to_have_count(1)
    await attach("place")
    await mine.locator('[data-place="suzhou"]').click()
    await attach("contact")
    await mine.locator("[data-own-card]").click()
    await mine.locator("[data-document-input]").set_input_files(
        {"name": "a.csv", "mimeType": "text/csv", "buffer": b"1"}
    )
    await mine.locator("[data-send]").click()
    await mine.locator("[data-voice]").click()
    await mine.locator("[data-voice]").click()
    await expect(mine.locator('[data-mine="true"]')).to_have_count(6)

    await mine.locator("[data-input]").fill("错")
    await mine.locator("[data-input]").press("Enter")
    bubble = mine.locator('[data-mine="true"]').last
    await expect(bubble).to_contain_text("错")
    await bubble.locator(".bubble").click(button="right")
    await mine.locator('[data-menu-item="edit"]').click()
    await mine.locator("[data-input]").fill("对")
    await mine.locator("[data-send]").click()
    await expect(bubble).to_contain_text("对")
    await mine.locator("[data-more]").click()
    await mine.locator('[data-menu-item="block"]').click()
    await mine.locator("[data-unblock]").click()
    await expect(mine.locator("[data-input]")).to_be_visible()

    kinds = [next(iter(update.keys() - {"update_id"})) for update in await call.result("getUpdates")]
    assert kinds == ["message"] * 6 + ["edited_message", "my_chat_member", "my_chat_member"]


async def _tapped(call):
    offset = 0
    while True:
        for update in await call.result("getUpdates", offset=offset, timeout=5):
            offset = update["update_id"] + 1
            if "callback_query" in update:
                return update["callback_query"]


@pytest.mark.browser
async def test_no_key_is_cut_under_a_short_question_on_a_phone(sim, call, unopened, page):
    await page.set_viewport_size({"width": 390, "height": 844})
    await page.goto(sim.url)
    phone = page.locator('[data-phone="1001"]')
    await phone.locator("[data-start]").click()
    labels = ["明天", "三天后", "一周后", "两周后", "一个月后", "📅 日历"]
    keys = [{"text": label, "callback_data": label} for label in labels]
    await call.result(
        "sendMessage", chat_id=1001, text="哪天？", reply_markup={"inline_keyboard": [keys[:3], keys[3:]]}
    )

    buttons = phone.locator("button[data-button]")
    await expect(buttons).to_have_count(len(labels))
    cut = await buttons.evaluate_all("all => all.filter(key => key.scrollWidth > key.clientWidth).length")
    assert cut == 0
