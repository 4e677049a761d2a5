"""The review: everything said so far on one screen, to be saved, added to or corrected."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from dialog.events import Event, Message, Tap
from dialog.question import Again, Answer, Heard, Here, Question, Reconsider, Refusal
from dialog.screen import Button, Key, Rows, Screen, grid
from dialog.words import Label, _


class Review(Question[None]):
    """Shows the answers that have a label. ``later`` questions are offered here; Edit re-asks any of them.

    ``note`` says what stands below them: that nothing is saved yet, or what follows when it is confirmed.
    """

    typed = False
    rejection = _("Tap Save when it is right, or Edit to change something.")

    def __init__(self, name: str, save: Label | None = None, *, note: Label | None = None) -> None:
        super().__init__(name)
        self.save = save or _("✅ Save")
        self.note = note or _("Nothing is saved yet.")

    def ask(self, here: Here) -> Screen:
        """Return the review, or the list of what can be changed."""
        return Screen(
            "dialog/review",
            rows=self.rows(here),
            title=here.title,
            lines=_lines(here),
            kept=here.talk.kept,
            note=self.note,
            editing=bool(here.note.get("editing")),
        )

    def rows(self, here: Here) -> Rows:
        """Return Save, what may be added, and Edit; or one key for each answer that can be changed."""
        if here.note.get("editing"):
            changes = [Key(question.label or "", f"e:{question.name}") for question, _value in _answered(here)]
            return [*grid(changes, 2), [Key(_("‹ Back to the review"), "review")]]
        adds: list[Button] = [
            Key(_("➕ {what}", what=question.label or ""), f"e:{question.name}") for question in _open(here)
        ]
        return [[Key(self.save, "save")], *grid(adds, 2), [Key(_("✏️ Edit"), "edit")]]

    def has_own_back(self, note: Mapping[str, Any]) -> bool:
        """Return whether the list of what can be changed is shown, which leads back to the review."""
        return bool(note.get("editing"))

    def hear(self, here: Here, event: Event) -> Heard[None]:
        """Return the answer for Save; anything sent instead is not lost, but does not answer."""
        data = event.data if isinstance(event, Tap) else _typed(here, event, self.save)
        if data == "save":
            return Answer(None)
        if data in {"edit", "review"}:
            return Again({"editing": data == "edit"})
        if data[:2] == "e:" and any(question.name == data[2:] for question, _value in here.path):
            return Reconsider(data[2:])
        return Refusal(self.rejection)


def _typed(here: Here, event: Event, save: Label) -> str:
    if isinstance(event, Message) and event.text.strip().casefold() in {
        here.talk.say(save).casefold(),
        here.talk.say(save).lstrip("✅ ").casefold(),
    }:
        return "save"
    return ""


def _answered(here: Here) -> list[tuple[Question[Any], Any]]:
    return [(question, value) for question, value in here.path if question.label and value is not None]


def _open(here: Here) -> list[Question[Any]]:
    return [question for question, value in here.path if question.label and value is None]


def _lines(here: Here) -> list[tuple[Label, str]]:
    return [(question.label or Label(""), question.show(here.talk, value)) for question, value in _answered(here)]
