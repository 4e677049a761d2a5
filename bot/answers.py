"""Answers: every way to answer a question, by its keys and by a message of every kind. It takes no turn."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Any

from bot.crawl import Manner
from dialog import conversation
from dialog.events import Card, Event, File, Message, Spot, Tap
from dialog.question import Question
from dialog.questions import Choice, YesNo
from dialog.screen import Pressable, Rendered
from models.attachment import FileKind

MOST_ALIKE = 2
"""How many instances of a page are looked at for each role; how many keys that differ only in a number are pressed."""
MESSAGES: tuple[tuple[str, dict[str, Any]], ...] = (
    ("words", {"text": "查无此人"}),
    ("a day", {"text": "下周三"}),
    ("a number", {"text": "3"}),
    ("a contact card", {"card": Card("王小明", "+8613800000000")}),
    ("a place", {"spot": Spot(31.2304, 121.4737)}),
    ("a photo", {"file": File(FileKind.PHOTO, "file-1", "unique-1")}),
    ("a table", {"file": File(FileKind.DOCUMENT, "file-2", "unique-2", "客户.xlsx")}),
    ("a sticker", {}),
)
"""A message of every kind: one of them answers any question, the others are refused by it."""


def keys(screen: Rendered) -> list[tuple[str, Event]]:
    """Return the keys of a question, ready to be tapped; on the phone's own keyboard they are typed."""
    buttons = [button for row in screen.keyboard for button in row if button.data and not button.data.startswith("/")]
    return [(button.text, _pressed(button, typed=screen.share is not None)) for button in buttons]


def unlike(keys: Iterable[tuple[str, Event]]) -> list[tuple[str, Event]]:
    """Return the keys without those that differ from others only in a number, such as the days of a calendar."""
    seen: Counter[str] = Counter()
    kept = []
    for label, key in keys:
        kind = re.sub(r"\d+", "#", label)
        seen[kind] += 1
        if seen[kind] <= MOST_ALIKE:
            kept.append((label, key))
    return kept


def _pressed(button: Pressable, *, typed: bool) -> Event:
    return Message(1, button.text) if typed else Tap(button.data or "", 1)


def going(event: Event) -> str:
    """Return which of the engine's own keys this is, if any."""
    key = event.data.partition(":")[2] if isinstance(event, Tap) else ""
    return key if key in {conversation.BACK, conversation.SKIP, conversation.CANCEL} else ""


def manner(asked: Question[Any], event: Event) -> Manner:
    """Return how this answer was given."""
    if going(event) == conversation.SKIP:
        return Manner.SKIP
    return Manner.KEY if said(asked, event, "key") else Manner.WORDS


def said(asked: Question[Any], event: Event, how: str) -> str:
    """Return what stands on the key, where the keys are the answers there are."""
    return how if isinstance(asked, Choice | YesNo) and isinstance(event, Tap) and not going(event) else ""


def deciding(question: Question[Any], value: Any) -> Any:
    """Return an answer on which the further way may depend, or nothing when there are too many to try."""
    return str(value) if isinstance(question, Choice | YesNo) else value is None


def signature(screen: Rendered) -> tuple[str, tuple[int, ...]]:
    """Return what tells this screen from another of the same question."""
    return screen.text, tuple(len(row) for row in screen.keyboard)


def every(screen: Rendered, ids: Iterator[int]) -> Iterator[tuple[str, Event]]:
    """Yield every way to answer: the keys, then messages of every kind, then the keys that lead away."""
    shown = unlike(keys(screen))
    yield from ((how, key) for how, key in shown if not going(key))
    yield from messages(ids)
    yield from ((how, key) for how, key in shown if going(key))


def messages(ids: Iterator[int]) -> Iterator[tuple[str, Event]]:
    """Yield a message of every kind."""
    for how, parts in MESSAGES:
        yield how, Message(next(ids), **parts)


def longer_messages(ids: Iterator[int]) -> Iterator[tuple[str, Event]]:
    """Yield what people send out of nowhere, though it answers no question."""
    yield "a sentence", Message(next(ids), "3号线主轴异响，下周三前需要技术员到场。")
    yield "a forwarded message", Message(next(ids), "轴承漏油，请尽快处理。", forwarded_from="刘洋")
    yield "forwarded thanks", Message(next(ids), "谢谢，报价收到了。", forwarded_from="刘洋")
