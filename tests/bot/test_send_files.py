"""What was sent along is sent again, before the screen: by its ids, or else from the store."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from telegram import Bot

from bot.fate import Fate
from bot.recent import Recent
from bot.request import AiohttpRequest
from bot.send import Sender
from bot.store import Store
from dialog import chart
from dialog.events import File
from dialog.screen import Rendered
from models.attachment import FileKind
from simulator import Bubble, Phone, Simulator

TOKEN = "1000000001:a-token-of-the-simulated-telegram"
PICTURE = chart.bars("", [])


@dataclass
class Desk:
    """A sender, the phone it sends to, and what it has at hand."""

    simulator: Simulator
    phone: Phone
    sender: Sender
    store: Store
    recent: Recent

    async def shows(self, *files: File) -> list[Bubble]:
        """Show a screen with these files, and return the bot's bubbles."""
        outcome = await self.sender.show(5, Rendered("C00001", fresh=True, files=files))
        assert outcome.fate is Fate.SENT
        return [bubble for bubble in self.phone.messages if bubble.by_bot]

    def keeps(self, name: str, content: bytes) -> None:
        with self.store.bench(name) as bench:
            (bench / "made").write_bytes(content)
            self.store.keep(name, bench / "made")


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Desk]:
    async with Simulator() as simulator:
        account = simulator.account(5, "王芳")
        phone = simulator.phone(account, simulator.bot(TOKEN, username="huifang_test_bot", name="回访"))
        await phone.start()
        store, recent = Store(tmp_path, "mark"), Recent()
        async with Bot(TOKEN, base_url=simulator.base_url, request=AiohttpRequest()) as bot:
            yield Desk(simulator, phone, Sender(bot, store, recent), store, recent)


def file_of(bubble: Bubble) -> File:
    part = bubble.raw["photo"][-1] if "photo" in bubble.raw else bubble.raw[bubble.kind]
    return File(FileKind(bubble.kind), part["file_id"], part["file_unique_id"])


async def test_files_go_first_and_a_lost_one_stops_nothing(desk: Desk):
    sent = [
        await desk.phone.photo(PICTURE),
        await desk.phone.voice(b"a voice", 3),
        await desk.phone.document("plan.pdf", b"%PDF"),
    ]
    lost = File(FileKind.PHOTO, "nobody-knows-this", "gone")
    nowhere = File(FileKind.PHOTO, "nor-this", "gone", stored_as="not in the store")

    shown = await desk.shows(lost, nowhere, *(file_of(bubble) for bubble in sent))

    assert [bubble.kind for bubble in shown] == ["photo", "voice", "document", "text"]
    assert shown[-1].text == "C00001"


async def test_what_telegram_knows_is_not_uploaded(desk: Desk):
    desk.keeps("a1", b"our copy")
    sent = file_of(await desk.phone.document("plan.pdf", b"theirs"))

    document, _screen = await desk.shows(replace(sent, stored_as="a1"))

    assert document.document == b"theirs"
    assert not desk.recent


@pytest.mark.parametrize(
    ("kind", "content", "name"),
    [
        (FileKind.PHOTO, PICTURE, ""),
        (FileKind.VOICE, b"OggS a voice", ""),
        (FileKind.DOCUMENT, b"%PDF", "华东 合同.pdf"),
    ],
)
async def test_what_telegram_does_not_know_is_uploaded_once(desk: Desk, kind: FileKind, content: bytes, name: str):
    desk.keeps("a1", content)
    unknown = File(kind, "an id of another bot", "unique", name, stored_as="a1")

    first, _screen = await desk.shows(unknown)
    (learned,) = desk.recent._learned.files.values()
    again = await desk.shows(replace(unknown, file_id=learned))

    assert first.kind == kind.value
    assert not name or first.file_name == name
    assert [bubble.kind for bubble in again] == [kind.value, "text"] * 2
    asked = [call for call in desk.simulator.ledger if call.method == f"send{kind.value.title()}"]
    assert [call.code for call in asked] == [400, 200, 200]


async def test_asked_to_wait_in_the_middle_it_sends_no_file_twice(desk: Desk):
    sent = [file_of(await desk.phone.document(f"{number}.pdf", b"%PDF")) for number in range(4)]
    desk.simulator.faults.flood(retry_after=1, method="sendDocument", when=lambda _m, asked: len(_by_bot(desk)) == 2)

    outcome = await desk.sender.show_patiently(5, Rendered("C00001", fresh=True, files=tuple(sent)))

    assert outcome.fate is Fate.SENT
    assert [bubble.file_name for bubble in _by_bot(desk)[:-1]] == [f"{number}.pdf" for number in range(4)]


async def test_asked_to_wait_before_the_screen_it_sends_no_file_twice(desk: Desk):
    sent = file_of(await desk.phone.document("plan.pdf", b"%PDF"))
    desk.simulator.faults.flood(retry_after=1, method="sendMessage")

    await desk.sender.show_patiently(5, Rendered("C00001", fresh=True, files=(sent,)))

    assert [bubble.kind for bubble in _by_bot(desk)] == ["document", "text"]


def _by_bot(desk: Desk) -> list[Bubble]:
    return [bubble for bubble in desk.phone.messages if bubble.by_bot]
