"""A draft: a conversation that is not finished, as answers by name and a memo of the engine's own.

It knows what each move does to the answers, and nothing of databases, screens or questions.
"""

from __future__ import annotations

from dataclasses import dataclass, field, fields, replace
from datetime import datetime
from typing import Any

from dialog.events import Message
from dialog.kept import Kept, Part

FULL, CUT, ONLY_WORDS = "full", "cut", "only_words"


@dataclass
class Memo:
    """What the engine keeps beside the answers.

    ``heard`` are the names answered by the person, in order; ``wanted`` the later questions asked for;
    ``edited`` is the answer being changed from the review, in case it shall stay; ``origins`` tell which message
    or album gave which answer; ``note`` is the waiting question's own; ``kept`` holds the messages that answered no
    question; ``opening`` is how the conversation was begun, ``typed`` by which message, if by a line the person typed.
    ``said`` is when each answer was given, "" when the first words came: 明天 means the day after that, whenever it is
    saved.
    """

    heard: list[str] = field(default_factory=list)
    wanted: list[str] = field(default_factory=list)
    edited: dict[str, Any] = field(default_factory=dict)
    origins: dict[str, str] = field(default_factory=dict)
    note: dict[str, Any] = field(default_factory=dict)
    kept: list[dict[str, Any]] = field(default_factory=list)
    opening: dict[str, Any] = field(default_factory=dict)
    typed: int = 0
    said: dict[str, str] = field(default_factory=dict)

    @property
    def worth_keeping(self) -> bool:
        """Whether the person has said anything here that would be lost with it."""
        return bool(self.heard or self.origins or self.kept or self.typed)

    def frozen(self) -> dict[str, Any]:
        """Return what is not empty, as JSON."""
        return {name: value for name, value in vars(self).items() if value}

    @classmethod
    def thawed(cls, frozen: dict[str, Any]) -> Memo:
        """Return the memo as it was stored, by this release or another: what this one does not know is left out."""
        known = {one.name for one in fields(cls)}
        return cls(**{name: value for name, value in frozen.items() if name in known})


@dataclass
class Draft:
    """One conversation, current or put aside."""

    id: int
    flow: str
    revision: int
    answers: dict[str, Any]
    memo: Memo
    touched_at: datetime

    def answer(self, name: str, frozen: Any, at: datetime) -> None:
        """Keep an answer the person has just given; None is a question skipped."""
        self.answers = self.answers | {name: frozen}
        self.memo.said[name] = at.isoformat()
        self.memo.origins = {message: gave for message, gave in self.memo.origins.items() if gave != name}
        self.memo.heard = [*(heard for heard in self.memo.heard if heard != name), name]
        self.memo.note, self.memo.edited = {}, {}

    def amend(self, name: str, frozen: Any) -> None:
        """Replace an answer whose message was corrected; where the person stands does not change."""
        self.answers = self.answers | {name: frozen}

    def reconsider(self, name: str) -> None:
        """Drop one answer to have its question asked again, remembering it in case she goes back."""
        self.memo.edited = {"name": name, "was": {n: a for n, a in self.answers.items() if n == name}}
        self._drop(name)

    def back(self, asked: str) -> None:
        """Undo the last step: leave an answer that was being changed as it was, or drop the last one given."""
        if self.memo.edited.get("name") == asked:
            self.answers = self.answers | self.memo.edited["was"]
            self.memo.wanted = [name for name in self.memo.wanted if name != asked]
            self.memo.edited, self.memo.note = {}, {}
        elif self.memo.heard:
            *self.memo.heard, last = self.memo.heard
            self._drop(last)

    def forget(self, names: frozenset[str]) -> None:
        """Drop the answers that name something gone."""
        self.answers = {name: answer for name, answer in self.answers.items() if name not in names}

    def open_anew(self, opening: dict[str, Any]) -> None:
        """Take the line that began the conversation as it says now; what was answered since stays."""
        before = {name for name in self.memo.opening if name not in self.memo.heard}
        kept = {name: answer for name, answer in self.answers.items() if name not in before}
        self.answers = opening | kept
        self.memo.opening = opening

    def begun(self, at: datetime) -> None:
        """Remember when the first words came, whichever question they will turn out to answer."""
        self.memo.said.setdefault("", at.isoformat())

    def trace(self, message: Message, name: str) -> None:
        """Remember which answer a message gave, so that editing it or its album's later parts find that answer."""
        self.memo.origins[str(message.message_id)] = name
        if message.album:
            self.memo.origins[f"album:{message.album}"] = name

    def holds(self, message_id: int) -> bool:
        """Return whether this message gave an answer, or is kept."""
        return str(message_id) in self.memo.origins or any(part.get("id") == message_id for part in self.memo.kept)

    def keeps_words_of(self, message_id: int) -> bool:
        """Return whether the words of this message are kept, whatever they have answered as well."""
        return any(part.get("id") == message_id and part.get("text") for part in self.memo.kept)

    def keep(self, message: Message) -> str:
        """Keep a message that did not answer the question; return what it is, or nothing when that changes nothing.

        Of what there is no room for it returns FULL, of what there is only some room for CUT.
        """
        before, part = Kept.thawed(self.memo.kept), Part.of(message)
        after = before.with_part(part)
        self.memo.kept = after.frozen()
        if after == before:
            return FULL if part.what and not before.holds(part) else ""
        return part.what if before.holds(part) or after.parts[-1] == part else CUT

    def keep_beside(self, message: Message) -> None:
        """Keep the place or the contact card that came with a message whose words are an answer."""
        if message.spot or message.card:
            self.keep(replace(message, text="", file=None))

    def take_over(self, left: Draft, name: str) -> None:
        """Inherit what was said in the conversation this one goes on from: it all belongs to one answer now."""
        whole = [id_ for id_ in left.memo.origins if not (id_.isdecimal() and left.keeps_words_of(int(id_)))]
        self.memo.origins = dict.fromkeys(whole, name)
        self.memo.kept = left.memo.kept
        self.memo.said.update(left.memo.said)

    def _drop(self, name: str) -> None:
        self.answers = {asked: answer for asked, answer in self.answers.items() if asked != name}
        self.memo.wanted = [*self.memo.wanted, name]
        self.memo.note = {}
