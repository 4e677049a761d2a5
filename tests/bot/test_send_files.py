"""What was sent along is sent again, before the screen, by its ids."""

from __future__ import annotations

from telegram import Bot

from bot.request import AiohttpRequest
from bot.send import Fate, Sender
from dialog import chart
from dialog.events import File
from dialog.screen import Rendered
from models.attachment import FileKind
from simulator import Bubble, Simulator

TOKEN = "1000000001:a-token-of-the-simulated-telegram"


def file_of(bubble: Bubble) -> File:
    part = bubble.raw["photo"][-1] if "photo" in bubble.raw else bubble.raw[bubble.kind]
    return File(FileKind(bubble.kind), part["file_id"], part["file_unique_id"])


async def test_files_go_first_and_a_lost_one_stops_nothing():
    async with Simulator() as simulator:
        account = simulator.account(5, "王芳")
        phone = simulator.phone(account, simulator.bot(TOKEN, username="huifang_test_bot", name="回访"))
        await phone.start()
        sent = [
            await phone.photo(chart.bars("", [])),
            await phone.voice(b"a voice", 3),
            await phone.document("plan.pdf", b"%PDF"),
        ]
        lost = File(FileKind.PHOTO, "nobody-knows-this", "gone")
        screen = Rendered("C00001", fresh=True, files=(lost, *(file_of(bubble) for bubble in sent)))

        request = AiohttpRequest()
        async with Bot(TOKEN, base_url=simulator.base_url, request=request) as bot:
            outcome = await Sender(bot).show(5, screen)

        assert outcome.fate is Fate.SENT
        assert [bubble.kind for bubble in phone.messages if bubble.by_bot] == ["photo", "voice", "document", "text"]
        assert phone.last.text == "C00001"
