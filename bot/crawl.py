"""Crawl: what was seen on a way through everything, and what went wrong. It goes nowhere itself."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from dialog.screen import Rendered
from models.person import Role

FREE = "a message out of nowhere"
ENDING = "⏹"


@dataclass(frozen=True)
class Sight:
    """One screen as one role sees it, in each language, and how it came to be (empty: just by being asked)."""

    group: str
    name: str
    how: str
    role: Role
    shown: Mapping[str, Rendered]
    toasts: Mapping[str, str | None]


class Manner(StrEnum):
    """How a conversation goes from one question on."""

    KEY = "key"
    WORDS = "words"
    SKIP = "skip"
    LATER = "later"
    CHANGED = "changed"
    GIVEN = "given"


@dataclass(frozen=True)
class Step:
    """One way from a question (none: from the beginning) to the next, or to the page it ends on."""

    flow: str
    question: str
    to: str
    manner: Manner
    answer: str = ""
    given: int = 0
    """How many answers the conversation had begun with: a way with fewer is the plainer one."""


@dataclass(frozen=True)
class Fault:
    """Something that went wrong: where, and what."""

    where: str
    what: str

    def __str__(self) -> str:
        return f"{self.where}: {self.what}"


@dataclass
class Crawl:
    """What was seen."""

    sights: list[Sight] = field(default_factory=list)
    steps: dict[Step, None] = field(default_factory=dict)
    faults: dict[Fault, None] = field(default_factory=dict)
    flows: dict[str, None] = field(default_factory=dict)
    patterns: dict[str, None] = field(default_factory=dict)
