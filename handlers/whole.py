"""A long text as a whole: cards show a fair beginning, and this the rest, in pages as long as a message may be."""

from __future__ import annotations

from typing import Any

from dialog.page import Route
from dialog.screen import Button, Go, Screen
from dialog.words import _
from handlers.paging import turning

MOST = 3500
"""Units of UTF-16, as Telegram counts, on one page."""


def to_whole(address: str, *texts: tuple[str, int]) -> Button | None:
    """Return the button to all that was written, when a card shows less than one of these texts; else none."""
    return Go(_("📄 Whole text"), f"{address}/text") if any(len(text) > shown for text, shown in texts) else None


def whole(route: Route[Any], record_id: int, text: str, *, back: Button, page: int) -> Screen:
    """Return one page of a text, with the ways to those before and after it."""
    pages = paged(text)
    page = min(max(page, 0), len(pages) - 1)
    return Screen(
        "files/whole",
        text=pages[page],
        place=f"{page + 1}/{len(pages)}" if len(pages) > 1 else "",
        rows=[turning(route, record_id, page=page, more=page + 1 < len(pages)), [back]],
    )


def paged(text: str, most: int = MOST) -> list[str]:
    """Return the text in parts of at most ``most`` units of UTF-16, cut at the end of a line where there is one."""
    parts: list[str] = []
    while text:
        end = _fitting(text, most)
        cut = text.rfind("\n", end // 2, end) if end < len(text) else -1
        end = cut + 1 if cut > 0 else end
        parts.append(text[:end].strip())
        text = text[end:]
    return [part for part in parts if part] or ["…"]


def _fitting(text: str, most: int) -> int:
    """Return how many characters of the text fit."""
    room = most
    for place, character in enumerate(text):
        room -= 2 if ord(character) > 0xFFFF else 1
        if room < 0:
            return place
    return len(text)
