"""Faults fall on the calls they are meant for, and the ledger tells what really happened."""

import asyncio

import aiohttp
import pytest


async def test_a_flood_asks_for_silence_in_body_and_header(sim, call, phone):
    sim.faults.flood(retry_after=30, times=2, method="sendMessage", chat=1001)
    url = f"{sim.base_url}{call.token}/sendMessage"

    async with call.session.post(url, json={"chat_id": 1001, "text": "x"}) as answer:
        assert (answer.status, answer.headers["Retry-After"]) == (429, "30")
        assert (await answer.json())["parameters"] == {"retry_after": 30}
    assert await call.result("getMe")
    assert await call.refusal("sendMessage", chat_id=1001, text="x") == "429 Too Many Requests: retry after 30"
    assert await call.result("sendMessage", chat_id=1001, text="x")


async def test_a_fault_can_wait_for_a_condition_and_be_cleared(sim, call, phone):
    fault = sim.faults.forbid(times=None, when=lambda method, asked: "坏" in asked.get("text", ""))

    assert await call.result("sendMessage", chat_id=1001, text="好")
    assert await call.refusal("sendMessage", chat_id=1001, text="坏") == "403 Forbidden: bot was blocked by the user"
    assert fault.hits == 1
    sim.faults.clear()
    assert await call.result("sendMessage", chat_id=1001, text="坏")


async def test_polling_goes_on_unless_a_fault_names_it(sim, call, phone):
    sim.faults.flood(times=None)
    assert await call.result("getUpdates") == []

    sim.faults.fail(method="getUpdates")
    async with call.session.post(f"{sim.base_url}{call.token}/getUpdates") as answer:
        assert answer.status == 502


async def test_a_gateway_error_is_a_page_and_no_json(sim, call, phone):
    sim.faults.fail(502, effect=True)

    async with call.session.post(f"{sim.base_url}{call.token}/sendMessage", json=_hello()) as answer:
        assert (answer.status, answer.content_type) == (502, "text/html")
    assert phone.last.text == "您好"


@pytest.mark.parametrize("effect", [True, False])
async def test_a_hanging_call_takes_effect_or_not_as_told(sim, call, phone, effect):
    sim.faults.hang(effect=effect)

    with pytest.raises(TimeoutError):
        await asyncio.wait_for(call("sendMessage", **_hello()), 0.05)

    assert [delivery.text for delivery in sim.ledger.deliveries(chat=1001)] == (["您好"] if effect else [])


async def test_a_closed_connection_leaves_the_message_delivered(sim, call, phone):
    sim.faults.close()

    with pytest.raises(aiohttp.ClientError):
        await call("sendMessage", **_hello())

    assert [delivery.fault for delivery in sim.ledger.deliveries(chat=1001)] == ["close"]


async def test_half_a_json_leaves_the_message_delivered(sim, call, phone):
    sim.faults.garble()

    with pytest.raises(ValueError, match="Expecting value"):
        await call("sendMessage", **_hello())

    assert len(sim.ledger.deliveries()) == 1


async def test_the_ledger_remembers_refusals_beside_deliveries(sim, call, phone):
    await call.result(
        "sendMessage", **_hello(), reply_markup={"inline_keyboard": [[{"text": "a", "callback_data": "b"}]]}
    )
    await call.refusal("sendMessage", chat_id=5, text="x")

    sent, refused = sim.ledger.calls(method="sendMessage")

    assert (sent.effective, sent.text, sent.chat, sent.code) == (True, "您好", 1001, 200)
    assert sent.markup["inline_keyboard"]
    assert (refused.effective, refused.code, refused.description) == (False, 400, "Bad Request: chat not found")
    assert sent.at <= sim.clock.now()


def _hello():
    return {"chat_id": 1001, "text": "<b>您好</b>", "parse_mode": "HTML"}


async def test_a_download_can_be_cut_short_refused_or_lost(sim, call, phone):
    sent = await phone.document("plan.pdf", b"twelve bytes")
    found = await call.result("getFile", file_id=sent.raw["document"]["file_id"])
    url = f"{sim.base_file_url}{call.token}/{found['file_path']}"

    async def downloaded() -> tuple[int, bytes]:
        async with call.session.get(url) as answer:
            return answer.status, await answer.read()

    sim.faults.flood(times=None)
    assert await downloaded() == (200, b"twelve bytes")
    sim.faults.clear()
    sim.faults.cut()
    assert await downloaded() == (200, b"twelve")
    sim.faults.flood(method="download")
    assert (await downloaded())[0] == 429
    sim.faults.fail(502, method="download")
    assert (await downloaded())[0] == 502
    sim.faults.close(method="download", times=2)  # one who only reads asks again by himself, once
    with pytest.raises(aiohttp.ClientError):
        await downloaded()
    assert await downloaded() == (200, b"twelve bytes")
    assert [call.code for call in sim.ledger.calls(method="download")] == [200, 200, 429, 502, 0, 0, 200]


async def test_a_result_can_be_misstated(sim, call, phone):
    sent = await phone.document("plan.pdf", b"twelve bytes")
    sim.faults.misstate({"file_size": 3}, method="getFile")

    asked = {"file_id": sent.raw["document"]["file_id"]}
    assert [(await call.result("getFile", **asked))["file_size"] for _ in range(2)] == [3, 12]
