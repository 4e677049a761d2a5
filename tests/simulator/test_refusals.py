"""Every refusal has Telegram's own code and words."""

from io import BytesIO

import aiohttp
import pytest

from simulator.files import Upload
from tests.simulator.conftest import Caller
from tests.simulator.samples import png

BUTTON = {"text": "好", "callback_data": "ok"}


def inline(*buttons):
    return {"inline_keyboard": [list(buttons)]}


@pytest.mark.parametrize(
    ("parameters", "words"),
    [
        ({"text": ""}, "400 Bad Request: message text is empty"),
        ({}, "400 Bad Request: message text is empty"),
        ({"text": "  \n "}, "400 Bad Request: text must be non-empty"),
        ({"text": "字" * 4097}, "400 Bad Request: message is too long"),
        ({"text": "😀" * 2049}, "400 Bad Request: message is too long"),
        ({"text": "x" * 40_000}, "400 Bad Request: text is too long"),
        ({"text": "x", "chat_id": 77}, "400 Bad Request: chat not found"),
        ({"text": "x", "chat_id": "@someone"}, "400 Bad Request: chat not found"),
        (
            {"text": "<x>", "parse_mode": "HTML"},
            '400 Bad Request: can\'t parse entities: Unsupported start tag "x" at byte offset 0',
        ),
        ({"text": "x", "parse_mode": "YAML"}, "400 Bad Request: unsupported parse_mode"),
        ({"text": "x", "reply_markup": "{"}, "400 Bad Request: can't parse reply keyboard markup JSON object"),
        (
            {"text": "x", "reply_markup": inline({"text": "好", "callback_data": "字" * 22})},
            "400 Bad Request: BUTTON_DATA_INVALID",
        ),
        (
            {"text": "x", "reply_markup": inline({"text": "好", "callback_data": ""})},
            "400 Bad Request: BUTTON_DATA_INVALID",
        ),
        ({"text": "x", "reply_markup": inline(*[BUTTON] * 101)}, "400 Bad Request: REPLY_MARKUP_TOO_LONG"),
        (
            {"text": "x", "reply_markup": inline({"text": "好"})},
            "400 Bad Request: can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard",
        ),
        (
            {"text": "x", "reply_markup": inline({"text": "好", "url": "nowhere"})},
            "400 Bad Request: inline keyboard button URL 'nowhere' is invalid: Wrong HTTP URL",
        ),
        ({"text": "x", "reply_parameters": {"message_id": 99}}, "400 Bad Request: message to be replied not found"),
    ],
)
async def test_a_text_is_refused(call, phone, parameters, words):
    assert await call.refusal("sendMessage", **({"chat_id": 1001} | parameters)) == words


async def test_the_longest_text_and_the_longest_button_are_accepted(call, phone):
    button = {"text": "好", "callback_data": "字" * 21 + "x"}

    await call.result("sendMessage", chat_id=1001, text="<b>" + "字" * 4096 + "</b>", parse_mode="HTML")
    await call.result("sendMessage", chat_id=1001, text="x", reply_markup=inline(*[button] * 100))


async def test_somebody_the_bot_has_never_heard_of_is_not_found(call, stranger):
    assert await call.refusal("sendMessage", chat_id=1002, text="x") == "400 Bad Request: chat not found"


async def test_somebody_known_from_a_contact_card_only_cannot_be_written_to(call, phone, stranger):
    await phone.contact("王芳", "+8613900000000", user_id=1002)

    words = await call.refusal("sendMessage", chat_id=1002, text="x")

    assert words == "403 Forbidden: bot can't initiate conversation with a user"


async def test_a_blocked_bot_is_told_so_until_it_is_unblocked(call, phone):
    await phone.block()
    for method, parameters in (("sendMessage", {"text": "x"}), ("sendChatAction", {"action": "typing"})):
        assert await call.refusal(method, chat_id=1001, **parameters) == "403 Forbidden: bot was blocked by the user"

    await phone.unblock()

    assert await call.result("sendMessage", chat_id=1001, text="x")


async def test_a_deactivated_account_refuses(call, phone, li):
    li.deactivated = True

    assert await call.refusal("sendMessage", chat_id=1001, text="x") == "403 Forbidden: user is deactivated"


async def test_edits_are_refused(call, phone):
    text = await call.result("sendMessage", chat_id=1001, text="x", reply_markup=inline(BUTTON))
    menu = await call.result("sendMessage", chat_id=1001, text="x", reply_markup={"keyboard": [[{"text": "a"}]]})
    own = await phone.say("mine")
    voice = await phone.voice(b"OggS")

    async def edit(message_id, method="editMessageText", **parameters):
        return await call.refusal(method, chat_id=1001, message_id=message_id, **parameters)

    same = {"text": "x", "reply_markup": inline(BUTTON)}
    assert await edit(text["message_id"], **same) == (
        "400 Bad Request: message is not modified: specified new message content and reply markup are exactly "
        "the same as a current content and reply markup of the message"
    )
    assert await edit(9999, text="y") == "400 Bad Request: message to edit not found"
    assert await edit(own.id, text="y") == "400 Bad Request: message can't be edited"
    assert await edit(voice.id, text="y") == "400 Bad Request: message can't be edited"
    assert await edit(menu["message_id"], text="y") == "400 Bad Request: message can't be edited"
    no_caption = await edit(text["message_id"], "editMessageCaption", caption="y")
    assert no_caption == "400 Bad Request: there is no caption in the message to edit"


async def test_an_edit_without_buttons_takes_them_away(call, phone):
    sent = await call.result("sendMessage", chat_id=1001, text="x", reply_markup=inline(BUTTON))

    await call.result("editMessageText", chat_id=1001, message_id=sent["message_id"], text="x")

    assert phone.last.buttons == []


async def test_a_tap_is_answered_once_and_in_time(sim, call, phone, bot):
    await call.result("sendMessage", chat_id=1001, text="?", reply_markup=inline(BUTTON))
    too_old = "400 Bad Request: query is too old and response timeout expired or query ID is invalid"

    async def ask():
        await phone.tap("好", timeout=0)
        return list(bot.queries)[-1]

    query = await ask()
    assert await call.result("answerCallbackQuery", callback_query_id=query, text="行", show_alert=True)
    assert phone.toasts[-1].alert
    assert await call.refusal("answerCallbackQuery", callback_query_id=query) == too_old
    assert await call.refusal("answerCallbackQuery", callback_query_id="1") == too_old

    query = await ask()
    await sim.clock.move(sim.world.query_lifetime * 1.1)
    assert await call.refusal("answerCallbackQuery", callback_query_id=query) == too_old


async def test_deletions_are_refused_when_gone_or_older_than_two_days(sim, call, phone):
    sent = await call.result("sendMessage", chat_id=1001, text="x")
    old = {"chat_id": 1001, "message_id": sent["message_id"]}
    await sim.clock.move(3 * sim.world.query_lifetime * 4 * 60 * 24)

    assert await call.refusal("deleteMessage", **old) == "400 Bad Request: message can't be deleted for everyone"
    fresh = await call.result("sendMessage", chat_id=1001, text="y")
    assert await call.result("deleteMessage", chat_id=1001, message_id=fresh["message_id"])
    gone = await call.refusal("deleteMessage", chat_id=1001, message_id=fresh["message_id"])
    assert gone == "400 Bad Request: message to delete not found"


async def test_commands_are_checked(call):
    async def refused(**parameters):
        return await call.refusal("setMyCommands", **parameters)

    def one(command="visit", description="x"):
        return [{"command": command, "description": description}]

    assert await refused(commands=one("Visit")) == "400 Bad Request: BOT_COMMAND_INVALID"
    assert await refused(commands=one(description="")) == "400 Bad Request: BOT_COMMAND_DESCRIPTION_INVALID"
    assert await refused(commands=one() * 101) == "400 Bad Request: BOT_COMMANDS_TOO_MUCH"
    bad_language = await refused(commands=one(), language_code="zh-hans")
    assert bad_language == "400 Bad Request: invalid language code specified"
    assert await refused(commands=one(), scope={"type": "chat", "chat_id": 5}) == "400 Bad Request: chat not found"


async def test_files_are_refused(sim, call, phone):
    other = sim.bot("99:OTHER", username="other_bot", name="Other")
    foreign = sim.world.files.keep(other.id, "photo", Upload(png()))
    voice = (await phone.voice(b"OggS")).raw["voice"]["file_id"]

    async def send(**parameters):
        return await call.refusal("sendPhoto", chat_id=1001, **parameters)

    assert await send() == "400 Bad Request: there is no photo in the request"
    assert await send(photo=foreign.id) == "400 Bad Request: wrong file identifier/HTTP URL specified"
    assert await send(photo=voice) == "400 Bad Request: can't use file of type Voice as Photo"
    assert await send(photo=voice, caption="x" * 1025) == "400 Bad Request: message caption is too long"
    unknown = await call.refusal("getFile", file_id="nothing")
    assert unknown == "400 Bad Request: wrong file_id or the file is temporarily unavailable"
    big = await phone.document("big.bin", bytes((20 << 20) + 1))
    assert await call.refusal("getFile", file_id=big.raw["document"]["file_id"]) == "400 Bad Request: file is too big"


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"no picture", "IMAGE_PROCESS_FAILED"),
        (png(2100, 100), "PHOTO_INVALID_DIMENSIONS"),
        (None, "file of size 10485761 bytes is too big for a photo; the maximum size is 10485760 bytes"),
    ],
)
async def test_pictures_are_refused(sim, call, phone, content, words):
    form = aiohttp.FormData({"chat_id": "1001"})
    form.add_field("photo", BytesIO(content or bytes((10 << 20) + 1)), filename="p.png")

    async with call.session.post(f"{sim.base_url}{call.token}/sendPhoto", data=form) as answer:
        assert (answer.status, (await answer.json())["description"]) == (400, f"Bad Request: {words}")


async def test_unknown_tokens_and_methods_are_refused(sim, call):
    nobody = Caller(sim, call.session, "123456:wrong")

    assert await nobody.refusal("getMe") == "401 Unauthorized"
    assert await call.refusal("makeCoffee") == "404 Not Found"


async def test_methods_are_known_in_any_case_and_parameters_come_any_way(sim, call, phone):
    url = f"{sim.base_url}{call.token}/SENDMESSAGE"
    asked = {"chat_id": "1001", "text": "好"}
    multipart = aiohttp.FormData(asked, default_to_multipart=True)

    for given in ({"params": asked}, {"data": asked}, {"json": asked}, {"data": multipart}):
        async with call.session.post(url, **given) as answer:
            assert (await answer.json())["result"]["text"] == "好"
    async with call.session.get(url, params=asked) as answer:
        assert answer.status == 200
