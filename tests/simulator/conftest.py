"""A simulator with one bot, a few people and their phones."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest

from simulator import Account, Bot, Phone, Simulator

TOKEN = "123456:TEST-token"


class Caller:
    """Calls Bot API methods bare, as a bot without a library would."""

    def __init__(self, sim: Simulator, session: aiohttp.ClientSession, token: str = TOKEN) -> None:
        self.sim, self.session, self.token = sim, session, token

    async def __call__(self, method: str, **parameters: Any) -> dict[str, Any]:
        async with self.session.post(f"{self.sim.base_url}{self.token}/{method}", json=parameters) as answer:
            return await answer.json()

    async def result(self, method: str, **parameters: Any) -> Any:
        answer = await self(method, **parameters)
        assert answer["ok"], answer
        return answer["result"]

    async def refusal(self, method: str, **parameters: Any) -> str:
        answer = await self(method, **parameters)
        assert not answer["ok"], answer
        return f"{answer['error_code']} {answer['description']}"


@pytest.fixture
async def sim() -> AsyncIterator[Simulator]:
    async with Simulator(webhook_pace=0.005) as sim:
        yield sim


@pytest.fixture
def bot(sim: Simulator) -> Bot:
    return sim.bot(TOKEN, username="huifang_demo_bot", name="回访")


@pytest.fixture
def li(sim: Simulator) -> Account:
    return sim.account(id=1001, first_name="李伟", language_code="zh-hans")


@pytest.fixture
def stranger(sim: Simulator) -> Account:
    return sim.account(id=1002, first_name="王芳")


@pytest.fixture
def unopened(sim: Simulator, li: Account, bot: Bot) -> Phone:
    return sim.phone(li, bot, legend="业务员")


@pytest.fixture
async def phone(unopened: Phone, bot: Bot) -> Phone:
    await unopened.start()
    bot.mailbox.clear()
    return unopened


@pytest.fixture
async def call(sim: Simulator, bot: Bot) -> AsyncIterator[Caller]:
    async with aiohttp.ClientSession() as session:
        yield Caller(sim, session)
