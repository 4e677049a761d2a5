"""The bot libraries of this field work against the simulator as they do against Telegram."""

import asyncio
from io import BytesIO

import aiogram
import pytest
import telegram
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import TelegramAPIServer
from aiogram.exceptions import TelegramForbiddenError
from aiogram.types import BufferedInputFile
from telegram import InlineKeyboardButton, InlineKeyboardMarkup, InputMediaPhoto
from telegram.request import HTTPXRequest

from tests.simulator.conftest import TOKEN
from tests.simulator.samples import PNG


@pytest.fixture
async def ptb(sim, bot):
    async with telegram.Bot(TOKEN, base_url=sim.base_url, base_file_url=sim.base_file_url) as ptb:
        yield ptb


@pytest.fixture
async def gram(sim, bot):
    server = TelegramAPIServer(base=f"{sim.url}/bot{{token}}/{{method}}", file=f"{sim.url}/file/bot{{token}}/{{path}}")
    async with AiohttpSession(api=server) as session:
        yield aiogram.Bot(TOKEN, session=session)


async def test_python_telegram_bot_hears_a_text_and_answers_with_a_button(ptb, phone):
    await phone.say("你好 /help")
    (update,) = await ptb.get_updates(timeout=5)

    buttons = InlineKeyboardMarkup([[InlineKeyboardButton("好", callback_data="ok")]])
    await ptb.send_message(update.message.chat_id, "<b>您好</b>，李伟", parse_mode="HTML", reply_markup=buttons)

    assert update.message.text == "你好 /help"
    assert phone.last.html == "<b>您好</b>，李伟"
    assert phone.last.buttons == [["好"]]


async def test_python_telegram_bot_answers_a_tap(ptb, phone):
    await ptb.send_message(1001, "?", reply_markup=InlineKeyboardMarkup.from_button(_button()))
    tapping = asyncio.create_task(phone.tap("好"))
    (update,) = await ptb.get_updates(timeout=5)

    await update.callback_query.answer("已保存")
    await update.callback_query.edit_message_text("!")

    assert await tapping == "已保存"
    assert (phone.last.text, phone.last.edited, phone.last.buttons) == ("!", True, [])


async def test_python_telegram_bot_sends_and_downloads_files(ptb, phone):
    sent = await ptb.send_photo(1001, PNG, caption="现场")
    await ptb.send_media_group(1001, [InputMediaPhoto(PNG), InputMediaPhoto(sent.photo[-1].file_id, caption="二")])
    await phone.photo(PNG, "泵")
    (update,) = await ptb.get_updates(timeout=5)

    file = await update.message.photo[-1].get_file()

    assert await file.download_as_bytearray() == PNG
    assert [bubble.photo for bubble in phone.messages[-4:]] == [PNG] * 4


async def test_python_telegram_bot_understands_refusals_and_silence(sim, ptb, phone, monkeypatch):
    monkeypatch.setenv("PTB_TIMEDELTA", "1")
    await phone.block()
    with pytest.raises(telegram.error.Forbidden, match="blocked"):
        await ptb.send_message(1001, "x")
    await phone.unblock()

    sim.faults.flood(retry_after=7)
    with pytest.raises(telegram.error.RetryAfter) as flood:
        await ptb.send_message(1001, "x")
    assert flood.value.retry_after.total_seconds() == 7

    sim.faults.close()
    with pytest.raises(telegram.error.NetworkError):
        await ptb.send_message(1001, "一")
    assert phone.last.text == "一"


async def test_python_telegram_bot_reads_its_surroundings(ptb, phone):
    await ptb.set_my_commands([("visit", "登记拜访")], scope=telegram.BotCommandScopeChat(1001))

    assert (await ptb.get_me()).username == "huifang_demo_bot"
    assert (await ptb.get_chat(1001)).first_name == "李伟"
    assert (await ptb.get_webhook_info()).url == ""
    assert phone.commands == [{"command": "visit", "description": "登记拜访"}]


async def test_python_telegram_bot_times_out_when_the_server_hangs_though_the_message_arrived(sim, bot, phone):
    patience = HTTPXRequest(read_timeout=0.1)
    async with telegram.Bot(TOKEN, base_url=sim.base_url, request=patience) as hasty:
        sim.faults.hang(effect=True, method="sendMessage")
        with pytest.raises(telegram.error.TimedOut):
            await hasty.send_message(1001, "到了吗")

    assert phone.last.text == "到了吗"
    assert [delivery.text for delivery in sim.ledger.deliveries(chat=1001)] == ["到了吗"]


async def test_every_kind_of_message_is_understood_by_both_libraries(ptb, gram, phone):
    await phone.album([PNG, PNG], "两张")
    await phone.voice(b"OggS", seconds=4)
    await phone.document("报价.xlsx", b"PK")
    await phone.place(31.2, 121.4)
    await phone.contact("张三", "+8613900000000", user_id=1001)
    await phone.forward("转来的话", "客户")
    await phone.forward_message(phone.last)
    await phone.sticker()
    await phone.edit((await phone.say("错字")).id, "对的字")
    await phone.block()

    of_ptb = await ptb.get_updates()
    of_gram = await gram.get_updates()

    assert [update.update_id for update in of_ptb] == [update.update_id for update in of_gram]
    assert of_ptb[-2].edited_message.text == of_gram[-2].edited_message.text == "对的字"
    assert of_ptb[-1].my_chat_member.new_chat_member.status == of_gram[-1].my_chat_member.new_chat_member.status


async def test_aiogram_sends_edits_downloads_and_is_refused(gram, phone):
    sent = await gram.send_message(1001, "一 <i>二</i>", parse_mode="HTML")
    await gram.edit_message_text("三", chat_id=1001, message_id=sent.message_id)
    photo = await gram.send_photo(1001, BufferedInputFile(PNG, "p.png"))
    content = BytesIO()
    await gram.download(photo.photo[-1], content)
    await phone.block()

    assert content.getvalue() == PNG
    assert phone.messages[-2].text == "三"
    with pytest.raises(TelegramForbiddenError, match="blocked"):
        await gram.send_message(1001, "x")


def _button() -> InlineKeyboardButton:
    return InlineKeyboardButton("好", callback_data="ok")
