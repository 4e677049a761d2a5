"""Updates reach a bot as they do at Telegram: by polling, confirmed by offset, or by webhook, in order."""

import asyncio
from datetime import timedelta

import pytest
from aiohttp import web


async def said(phone, *texts):
    for text in texts:
        await phone.say(text)


def texts(updates):
    return [update["message"]["text"] for update in updates]


async def test_an_update_comes_again_until_a_higher_offset_confirms_it(call, phone):
    await said(phone, "一", "二")

    first = await call.result("getUpdates")
    again = await call.result("getUpdates", offset=first[0]["update_id"])
    rest = await call.result("getUpdates", offset=first[0]["update_id"] + 1)

    assert (texts(first), texts(again), texts(rest)) == (["一", "二"], ["一", "二"], ["二"])
    assert texts(await call.result("getUpdates")) == ["二"]


async def test_a_negative_offset_keeps_the_newest_and_forgets_the_rest(call, phone):
    await said(phone, "一", "二", "三")

    assert texts(await call.result("getUpdates", offset=-2)) == ["二", "三"]
    assert texts(await call.result("getUpdates")) == ["二", "三"]


async def test_a_limit_cuts_the_batch(call, phone):
    await said(phone, "一", "二", "三")

    assert texts(await call.result("getUpdates", limit=2)) == ["一", "二"]


async def test_a_long_poll_wakes_when_something_comes(call, phone):
    poll = asyncio.create_task(call.result("getUpdates", timeout=30))
    await asyncio.sleep(0.02)
    assert not poll.done()

    await phone.say("醒")

    assert texts(await asyncio.wait_for(poll, 1)) == ["醒"]


async def test_a_second_poller_ends_the_first_with_a_conflict(call, phone):
    first = asyncio.create_task(call("getUpdates", timeout=30))
    await asyncio.sleep(0.02)
    second = asyncio.create_task(call.result("getUpdates", timeout=30))

    assert (await first)["description"] == (
        "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running"
    )
    await phone.say("在")
    assert texts(await second) == ["在"]


async def test_polling_is_refused_while_a_webhook_is_set(sim, call):
    poll = asyncio.create_task(call("getUpdates", timeout=30))
    await asyncio.sleep(0.02)

    await call.result("setWebhook", url=f"{sim.url}/nowhere")

    assert (await poll)["description"] == "Conflict: terminated by setWebhook request"
    assert await call.refusal("getUpdates") == (
        "409 Conflict: can't use getUpdates method while webhook is active; "
        "use deleteWebhook to delete the webhook first"
    )
    await call.result("deleteWebhook")
    assert await call.result("getUpdates") == []


async def test_allowed_updates_are_remembered_and_an_empty_list_means_the_default(call, phone):
    await call.result("getUpdates", allowed_updates=["callback_query", "nonsense"])
    await phone.say("不要")
    assert await call.result("getUpdates") == []
    assert (await call.result("getWebhookInfo"))["allowed_updates"] == ["callback_query"]

    await call.result("getUpdates", allowed_updates=[])
    await phone.say("要")

    assert texts(await call.result("getUpdates")) == ["要"]


async def test_messages_wait_a_day_and_taps_150_seconds(sim, call, phone):
    await call.result("sendMessage", chat_id=1001, text="?", reply_markup=_yes())
    await phone.say("在吗")
    await phone.tap("是", timeout=0)

    await sim.clock.move(timedelta(seconds=151))
    assert texts(await call.result("getUpdates")) == ["在吗"]
    await sim.clock.move(timedelta(hours=24))
    assert await call.result("getUpdates") == []


async def test_anything_can_be_injected_even_what_was_confirmed_long_ago(sim, call, bot, phone):
    await phone.say("一")
    (update,) = await call.result("getUpdates")
    await call.result("getUpdates", offset=update["update_id"] + 1)

    sim.push(bot, update)
    sim.push(bot, {"poison": True})

    got = await call.result("getUpdates", offset=update["update_id"] + 1)
    assert got == [update, {"update_id": update["update_id"] + 1, "poison": True}]
    assert await call.result("getUpdates", offset=update["update_id"] + 2) == []


async def test_message_numbers_grow_on_both_sides(call, phone):
    own = await phone.say("一")
    sent = await call.result("sendMessage", chat_id=1001, text="二")

    assert own.id < sent["message_id"] < (await phone.say("三")).id


class Receiver:
    """A webhook that answers what it is told to and writes down what it got."""

    def __init__(self):
        self.answers = []
        self.got = []
        self.secrets = []
        self.free = asyncio.Event()
        self.free.set()

    async def hear(self, request):
        update = await request.json()
        self.secrets.append(request.headers.get("X-Telegram-Bot-Api-Secret-Token"))
        await self.free.wait()
        status = self.answers.pop(0) if self.answers else 200
        self.got.append((status, next(key for key in update if key != "update_id"), _words(update)))
        return web.Response(status=status, headers={"Retry-After": "1"} if status == 503 else {})

    async def heard(self, count):
        await until(lambda: len(self.got) >= count)
        return self.got


@pytest.fixture
async def receiver():
    receiver = Receiver()
    app = web.Application()
    app.router.add_post("/hook", receiver.hear)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    receiver.url = "http://{}:{}/hook".format(*runner.addresses[0])
    yield receiver
    await runner.cleanup()


async def test_a_webhook_gets_what_waited_and_what_comes_with_the_secret(call, phone, receiver):
    await phone.say("早")
    await call.result("setWebhook", url=receiver.url, secret_token="s3cret")
    await phone.say("晚")

    assert await receiver.heard(2) == [(200, "message", "早"), (200, "message", "晚")]
    assert set(receiver.secrets) == {"s3cret"}
    assert (await call.result("getWebhookInfo"))["pending_update_count"] == 0


async def test_a_failing_update_is_tried_again_and_holds_back_those_behind_it(call, phone, receiver):
    receiver.answers = [500, 503, 404]
    await call.result("setWebhook", url=receiver.url)
    await said(phone, "一", "二")

    got = await receiver.heard(5)

    assert [(status, words) for status, _, words in got] == [
        (500, "一"), (503, "一"), (404, "一"), (200, "一"), (200, "二"),
    ]  # fmt: skip
    assert (await call.result("getWebhookInfo"))["last_error_message"].startswith(
        "Wrong response from the webhook: 404"
    )


async def test_taps_do_not_wait_behind_messages(call, phone, receiver):
    await call.result("sendMessage", chat_id=1001, text="?", reply_markup=_yes())
    receiver.free.clear()
    await call.result("setWebhook", url=receiver.url)
    await phone.say("慢")
    await phone.tap("是", timeout=0)

    await until(lambda: len(receiver.secrets) == 2)
    receiver.free.set()

    assert {kind for _, kind, _ in await receiver.heard(2)} == {"message", "callback_query"}


async def test_a_webhook_that_cannot_be_reached_gets_everything_later(call, bot, phone, receiver):
    await call.result("setWebhook", url="http://127.0.0.1:9/hook")
    await phone.say("等")
    await until(lambda: bot.courier.webhook.last_error)
    assert (await call.result("getWebhookInfo"))["pending_update_count"] == 1

    await call.result("setWebhook", url=receiver.url)

    assert await receiver.heard(1) == [(200, "message", "等")]


async def until(condition):
    async with asyncio.timeout(2):
        while not condition():  # noqa: ASYNC110 (what is waited for has no event)
            await asyncio.sleep(0.002)


def _words(update):
    return update["message"]["text"] if "message" in update else ""


def _yes():
    return {"inline_keyboard": [[{"text": "是", "callback_data": "yes"}]]}
