"""What a person can do with a phone, and what the clock does."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from simulator import PhoneRefuses
from tests.simulator.samples import PNG


async def test_nothing_can_be_said_before_start_is_pressed(unopened):
    with pytest.raises(PhoneRefuses, match="START"):
        await unopened.say("你好")


async def test_a_deep_link_carries_its_payload(call, unopened):
    await unopened.follow("https://t.me/huifang_demo_bot?start=inv_42")

    (update,) = await call.result("getUpdates")

    assert update["message"]["text"] == "/start inv_42"
    assert update["message"]["entities"] == [{"type": "bot_command", "offset": 0, "length": 6}]


async def test_blocking_and_unblocking_are_told_to_the_bot(call, phone):
    await phone.block()
    with pytest.raises(PhoneRefuses, match="blocked"):
        await phone.say("x")
    await phone.unblock()

    blocked, unblocked = await call.result("getUpdates")

    assert blocked["my_chat_member"]["new_chat_member"]["status"] == "kicked"
    assert unblocked["my_chat_member"]["new_chat_member"]["status"] == "member"


async def test_a_tap_returns_the_toast(call, phone):
    await call.result("sendMessage", chat_id=1001, text="?", reply_markup=_rows([("是", "yes"), ("否", "no")]))
    tapping = asyncio.create_task(phone.tap("no"))
    (update,) = await call.result("getUpdates", timeout=5)

    await call.result("answerCallbackQuery", callback_query_id=update["callback_query"]["id"], text="好的")

    assert update["callback_query"]["data"] == "no"
    assert await tapping == "好的"


async def test_a_tap_that_nobody_answers_returns_nothing(call, phone):
    await call.result("sendMessage", chat_id=1001, text="?", reply_markup=_rows([("是", "yes")]))

    assert await phone.tap("是", timeout=0.01) is None


async def test_a_button_that_is_not_there_cannot_be_tapped(phone):
    with pytest.raises(PhoneRefuses, match="no button"):
        await phone.tap("不存在")


async def test_a_reply_keyboard_sends_its_label_and_goes_when_told(call, phone):
    await call.result("sendMessage", chat_id=1001, text="菜单", reply_markup={"keyboard": [["报告问题"], ["隐私"]]})
    assert phone.keyboard == [["报告问题"], ["隐私"]]

    await phone.tap("报告问题")
    assert phone.last.text == "报告问题"
    await call.result("sendMessage", chat_id=1001, text="好", reply_markup={"remove_keyboard": True})

    assert phone.keyboard == []


async def test_waiting_sees_only_what_came_after_the_last_act(call, phone):
    await call.result("sendMessage", chat_id=1001, text="已保存 1")
    await phone.say("再来")

    with pytest.raises(TimeoutError, match="已保存"):
        await phone.waits_for("已保存", timeout=0.01)
    waiting = asyncio.create_task(phone.waits_for("已保存"))
    await call.result("sendMessage", chat_id=1001, text="已保存 2")

    assert (await waiting).text == "已保存 2"


async def test_an_edit_counts_as_news(call, phone):
    sent = await call.result("sendMessage", chat_id=1001, text="请稍候")
    await phone.say("x")
    assert phone.news == []
    await call.result("editMessageText", chat_id=1001, message_id=sent["message_id"], text="完成")

    assert (await phone.waits_for(lambda bubble: bubble.edited)).text == "完成"


async def test_an_own_message_is_edited_in_place(call, phone):
    own = await phone.say("三百")
    await phone.edit(own, "三千")

    edited = (await call.result("getUpdates"))[-1]["edited_message"]

    assert (edited["message_id"], edited["text"], own.text, own.edited) == (own.id, "三千", "三千", True)


async def test_an_album_shares_its_number_and_its_first_picture_has_the_caption(call, phone):
    await phone.album([PNG, PNG], "现场")

    first, second = [update["message"] for update in await call.result("getUpdates")]

    assert first["media_group_id"] == second["media_group_id"]
    assert (first["caption"], "caption" in second) == ("现场", False)


async def test_a_forwarded_message_names_its_author_and_loses_its_buttons(call, phone, sim, bot, stranger):
    await call.result("sendMessage", chat_id=1001, text="?", reply_markup=_rows([("是", "yes")]))
    other = sim.phone(stranger, bot)
    await other.start()

    forwarded = await other.forward_message(phone.last)
    hidden = await phone.forward("话", "某人")

    assert forwarded.raw["forward_origin"]["sender_user"]["username"] == "huifang_demo_bot"
    assert forwarded.buttons == []
    assert hidden.raw["forward_origin"]["sender_user_name"] == "某人"


async def test_a_protected_message_cannot_be_forwarded(call, phone):
    await call.result("sendMessage", chat_id=1001, text="密", protect_content=True, disable_notification=True)

    assert (phone.last.protected, phone.last.silent) == (True, True)
    with pytest.raises(PhoneRefuses, match="protects"):
        await phone.forward_message(phone.last)


async def test_commands_show_by_scope_and_language(call, phone):
    def command(name):
        return [{"command": name, "description": name}]

    async def shown():
        return [entry["command"] for entry in phone.commands]

    await call.result("setMyCommands", commands=command("all"))
    assert await shown() == ["all"]
    await call.result("setMyCommands", commands=command("zh"), language_code="zh")
    assert await shown() == ["zh"]
    await call.result("setMyCommands", commands=command("private"), scope={"type": "all_private_chats"})
    assert await shown() == ["private"]
    mine = {"type": "chat", "chat_id": 1001}
    await call.result("setMyCommands", commands=command("mine"), scope=mine)
    assert await shown() == ["mine"]
    assert await call.result("getMyCommands", scope=mine) == command("mine")
    await call.result("deleteMyCommands", scope=mine)
    assert await shown() == ["private"]


async def test_the_clock_jumps_and_tells_its_listeners(sim, phone):
    heard = []

    async def listener(now):
        heard.append(now)

    stop = sim.clock.listen(listener)
    await sim.clock.move(timedelta(days=1))
    await sim.clock.move_to(datetime(2031, 5, 6, 1, tzinfo=UTC))
    stop()
    await sim.clock.move(timedelta(hours=1))

    assert len(heard) == 2
    assert heard[1].isoformat(timespec="minutes") == "2031-05-06T01:00+00:00"
    assert datetime.fromtimestamp((await phone.say("x")).raw["date"], UTC).hour == 2


async def test_files_travel_both_ways(call, sim, phone):
    bubble = await phone.document("报价.pdf", b"%PDF", "请看")
    file = await call.result("getFile", file_id=bubble.raw["document"]["file_id"])

    async with call.session.get(f"{sim.base_file_url}{call.token}/{file['file_path']}") as answer:
        assert await answer.read() == b"%PDF"
    sent = await call.result("sendDocument", chat_id=1001, document=bubble.raw["document"]["file_id"], caption="还您")

    assert sent["document"]["file_unique_id"] == bubble.raw["document"]["file_unique_id"]
    assert (phone.last.document, phone.last.file_name, phone.last.text) == (b"%PDF", "报价.pdf", "还您")


def _rows(*rows):
    return {"inline_keyboard": [[{"text": text, "callback_data": data} for text, data in row] for row in rows]}
