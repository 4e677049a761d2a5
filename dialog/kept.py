"""What was sent beside the questions: whole messages, kept with the draft until its record is written."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import Any

from dialog.events import Card, File, Message, Spot
from dialog.words import clean
from models.attachment import FileKind

MOST_FILES = 40
MOST_PARTS = 40
"""Messages without a file."""
MOST_TEXT = 4000
"""Characters of all kept words together."""
SPOKEN_OF = (FileKind.VOICE, FileKind.PHOTO)
"""Kinds of files that are called what they are; every other is a file."""
DIGITS = 3
"""Decimals of a degree: about 100 m, no more than any record needs."""


@dataclass(frozen=True)
class Part:
    """One message. Of a forwarded one it is known who said it."""

    message_id: int
    text: str = ""
    file: File | None = None
    spot: Spot | None = None
    card: Card | None = None
    by: str = ""

    @classmethod
    def of(cls, message: Message) -> Part:
        """Return the message as a part."""
        by = message.forwarded_from or ""
        return cls(message.message_id, clean(message.text), message.file, message.spot, message.card, by)

    @property
    def words(self) -> str:
        """The text, and who said it if that was somebody else."""
        return f"{self.by} “{self.text}”" if self.by and self.text else self.text

    @property
    def what(self) -> str:
        """What it is, for the sentence that says it was kept; empty for nothing."""
        file = self.file.kind.value if self.file and self.file.kind in SPOKEN_OF else "file"
        held = {file: self.file, "place": self.spot, "contact": self.card, "text": self.text}
        return next((name for name, value in held.items() if value), "")

    def frozen(self) -> dict[str, Any]:
        """Return it as JSON, without what is empty."""
        spot = [round(self.spot.latitude, DIGITS), round(self.spot.longitude, DIGITS)] if self.spot else None
        card = [self.card.name, self.card.phone] if self.card else None
        file = self.file.frozen() if self.file else None
        parts = {"id": self.message_id, "text": self.text, "file": file, "spot": spot, "card": card, "by": self.by}
        return {name: value for name, value in parts.items() if value}

    @classmethod
    def thawed(cls, frozen: dict[str, Any]) -> Part:
        """Return the part that ``frozen`` describes."""
        return cls(
            frozen.get("id", 0),
            frozen.get("text", ""),
            File.thawed(frozen["file"]) if "file" in frozen else None,
            Spot(*frozen["spot"]) if "spot" in frozen else None,
            Card(*frozen["card"]) if "card" in frozen else None,
            frozen.get("by", ""),
        )


@dataclass(frozen=True)
class Kept:
    """All that was kept, in the order it came."""

    parts: list[Part] = field(default_factory=list)

    def __bool__(self) -> bool:
        return bool(self.parts)

    @property
    def text(self) -> str:
        """The words of all parts, one below the other."""
        return "\n".join(part.words for part in self.parts if part.text)

    @property
    def files(self) -> list[File]:
        """The files."""
        return [part.file for part in self.parts if part.file]

    @property
    def cards(self) -> list[Card]:
        """The contact cards, each number once."""
        return list({card.phone or card.name: card for part in self.parts if (card := part.card)}.values())

    @property
    def spot(self) -> Spot | None:
        """The last place shared."""
        return next((part.spot for part in reversed(self.parts) if part.spot), None)

    def with_part(self, part: Part) -> Kept:
        """Return all this and one more, as far as there is room; a file or an edited message stands in it once."""
        if self.holds(part):
            return Kept([_renewed(other, part) if _same(part, other) else other for other in self.parts])
        said = f"{self.text}\n" if self.text else ""
        room = max(MOST_TEXT - len(said), 0)
        file = part.file if len(self.files) < MOST_FILES else None
        part = replace(part, text=part.text[:room], file=file)
        room_for_it = file or len(self.parts) - len(self.files) < MOST_PARTS
        return Kept([*self.parts, part]) if part.what and room_for_it else self

    def holds(self, part: Part) -> bool:
        """Return whether this message, or its file, is among it."""
        return any(_same(part, other) for other in self.parts)

    def without_place(self) -> Kept:
        """Return it for a record that has no use for a place."""
        return Kept([part for part in self.parts if not part.spot])

    def frozen(self) -> list[dict[str, Any]]:
        """Return it as JSON."""
        return [part.frozen() for part in self.parts]

    @classmethod
    def thawed(cls, frozen: Iterable[dict[str, Any]]) -> Kept:
        """Return what ``frozen`` describes."""
        return cls([Part.thawed(part) for part in frozen])


def _renewed(before: Part, now: Part) -> Part:
    """Return a part as it is said now; the same file sent again without words takes none away."""
    return replace(before, text=now.text or (before.text if now.file else ""))


def _same(one: Part, other: Part) -> bool:
    if one.file and other.file:
        return one.file.unique_id == other.file.unique_id
    return bool(one.message_id) and one.message_id == other.message_id
