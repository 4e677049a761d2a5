"""A bubble: one message as a person sees it on a phone."""

from itertools import chain
from typing import Any

from simulator.chats import Message
from simulator.files import FileStore, StoredFile
from simulator.formatting import as_html


class Bubble:
    """A live view of a message: it changes when the message is edited."""

    def __init__(self, message: Message, files: FileStore) -> None:
        self.message = message
        self._files = files

    def __repr__(self) -> str:
        side = "bot" if self.by_bot else "me"
        buttons = f" {self.buttons}" if self.buttons else ""
        return f"<{self.id} {side} {self.kind}: {self.text!r}{buttons}>"

    @property
    def raw(self) -> dict[str, Any]:
        """The Bot API's object."""
        return self.message.raw

    @property
    def id(self) -> int:
        """The message's number."""
        return self.message.id

    @property
    def by_bot(self) -> bool:
        """Whether the bot wrote it."""
        return self.message.by_bot

    @property
    def kind(self) -> str:
        """What it is: text, photo, document, voice, location, contact or sticker."""
        return self.message.kind

    @property
    def text(self) -> str:
        """The text or caption, without formatting."""
        return str(self.raw.get("text") or self.raw.get("caption") or "")

    @property
    def entities(self) -> list[dict[str, Any]]:
        """The formatting of the text or caption."""
        return list(self.raw.get("entities") or self.raw.get("caption_entities") or [])

    @property
    def html(self) -> str:
        """The text or caption as the HTML that a bot would send for it."""
        return as_html(self.text, self.entities)

    @property
    def rows(self) -> list[list[dict[str, Any]]]:
        """The buttons under it, as objects."""
        return list(self.raw.get("reply_markup", {}).get("inline_keyboard", []))

    @property
    def buttons(self) -> list[list[str]]:
        """The labels of the buttons under it, row by row."""
        return [[str(button["text"]) for button in row] for row in self.rows]

    @property
    def edited(self) -> bool:
        """Whether it was changed after it was sent."""
        return "edit_date" in self.raw

    @property
    def silent(self) -> bool:
        """Whether it came without a sound."""
        return self.message.silent

    @property
    def protected(self) -> bool:
        """Whether it can neither be forwarded nor saved."""
        return bool(self.raw.get("has_protected_content"))

    @property
    def album(self) -> str:
        """The album it belongs to, empty if to none."""
        return str(self.raw.get("media_group_id", ""))

    @property
    def photo(self) -> bytes | None:
        """The picture."""
        return self._content(self.raw["photo"][-1]) if "photo" in self.raw else None

    @property
    def document(self) -> bytes | None:
        """The file's content."""
        return self._content(self.raw["document"]) if "document" in self.raw else None

    @property
    def voice(self) -> bytes | None:
        """The recording."""
        return self._content(self.raw["voice"]) if "voice" in self.raw else None

    @property
    def file_name(self) -> str:
        """The name of the file."""
        return str(self.raw.get("document", {}).get("file_name", ""))

    @property
    def place(self) -> tuple[float, float] | None:
        """Latitude and longitude."""
        location = self.raw.get("location")
        return (location["latitude"], location["longitude"]) if location else None

    @property
    def contact(self) -> dict[str, Any] | None:
        """The contact card."""
        return self.raw.get("contact")

    @property
    def reply_to(self) -> int | None:
        """The number of the message it answers."""
        answered = self.raw.get("reply_to_message")
        return int(answered["message_id"]) if answered else None

    def button(self, wanted: str) -> dict[str, Any] | None:
        """Return the button with this label or callback data, or else the first whose label contains it."""
        flat = [button for row in self.rows for button in row]
        exactly = (button for button in flat if wanted in {button["text"], button.get("callback_data")})
        partly = (button for button in flat if wanted in button["text"])
        return next(chain(exactly, partly), None)

    def _content(self, described: dict[str, Any]) -> bytes | None:
        file: StoredFile | None = self._files.find(described["file_id"])
        return file.content if file else None
