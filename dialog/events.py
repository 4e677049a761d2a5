"""What a person can do to the bot: tap, command, send a message, edit one.

An event is plain data. It knows nothing of Telegram beyond the ids needed to answer it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from models.attachment import FileKind


@dataclass(frozen=True, slots=True)
class File:
    """A file as the messenger knows it; its bytes are fetched by ``file_id`` when needed.

    ``size`` is what the sender's phone says, in bytes; ``stored_as`` names our copy, where there is one.
    """

    kind: FileKind
    file_id: str
    unique_id: str
    name: str = ""
    album: str | None = None
    message_id: int | None = None
    size: int | None = None
    stored_as: str | None = None

    def frozen(self) -> dict[str, Any]:
        """Return the file as JSON."""
        return {
            "kind": self.kind.value,
            "file_id": self.file_id,
            "unique_id": self.unique_id,
            "name": self.name,
            "album": self.album,
            "message_id": self.message_id,
            "size": self.size,
        }

    @classmethod
    def thawed(cls, frozen: dict[str, Any]) -> File:
        """Return the file that ``frozen`` describes."""
        return cls(**{**frozen, "kind": FileKind(frozen["kind"])})


@dataclass(frozen=True, slots=True)
class Card:
    """A contact card somebody shared; ``telegram_id`` is None for people without Telegram."""

    name: str
    phone: str
    telegram_id: int | None = None


@dataclass(frozen=True, slots=True)
class Spot:
    """A place on the map, in degrees."""

    latitude: float
    longitude: float


@dataclass(frozen=True, slots=True)
class Tap:
    """A button was pressed. ``data`` is ``revision:button`` or an address; it can be forged."""

    data: str
    message_id: int
    on_picture: bool = False


@dataclass(frozen=True, slots=True)
class Command:
    """A message that begins with a slash, taken apart."""

    name: str
    argument: str
    message_id: int


@dataclass(frozen=True, slots=True)
class Message:
    """Anything else that was sent: words, a file, a place, a card, or something of another kind."""

    message_id: int
    text: str = ""
    file: File | None = None
    album: str | None = None
    spot: Spot | None = None
    card: Card | None = None
    forwarded_from: str | None = None

    @property
    def only_words(self) -> str:
        """The text of a message that is her own words and nothing else: only those may stand for a key."""
        bare = not (self.file or self.spot or self.card) and self.forwarded_from is None
        return self.text if bare else ""


@dataclass(frozen=True, slots=True)
class Edit:
    """An earlier message of the person's own was changed. The text of a command is what stands behind its name."""

    message_id: int
    text: str


Event = Tap | Command | Message | Edit
