"""What was sent along is sent again, before the screen, by its ids."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

from telegram.error import BadRequest

from bot.send import Fate, Sender
from dialog.events import File
from dialog.screen import Rendered
from models.attachment import FileKind


class Recorder:
    """Stands where the bot would be, and writes down what it is asked to send."""

    def __init__(self) -> None:
        self.sent: list[tuple[str, str]] = []

    def __getattr__(self, method: str) -> Any:
        async def send(chat_id: int, what: str, **more: object) -> SimpleNamespace:
            if what == "gone":
                raise BadRequest("wrong file_id or the file is temporarily unavailable")
            self.sent.append((method, what))
            return SimpleNamespace(message_id=9)

        return send


async def test_files_go_first_and_a_lost_one_stops_nothing():
    bot = Recorder()
    kinds = (FileKind.PHOTO, FileKind.VOICE, FileKind.VIDEO, FileKind.DOCUMENT)
    files = [File(kind, kind.value, kind.value) for kind in kinds]
    screen = Rendered("C00001", fresh=True, files=(File(FileKind.PHOTO, "gone", "gone"), *files))

    outcome = await Sender(bot).show(5, screen)  # type: ignore[arg-type]

    assert outcome.fate is Fate.SENT
    assert bot.sent == [
        ("send_photo", "photo"),
        ("send_voice", "voice"),
        ("send_video", "video"),
        ("send_document", "document"),
        ("send_message", "C00001"),
    ]
