"""The end of a conversation: everything said so far on one screen, to be saved, added to or corrected.

``Review`` has a key that saves. ``SaveAs`` asks the last thing there: the tap that answers it saves as well.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from dialog.events import Event, Message, Tap
from dialog.question import Again, Answer, Heard, Here, Question, Reconsider, Refusal
from dialog.questions.choice import Choice, E
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
        return Screen("dialog/review", rows=self.rows(here), note=self.note, **_facts(here))

    def rows(self, here: Here) -> Rows:
        """Return Save, what may be added, and Edit; or one key for each answer that can be changed."""
        return _changes(here) if _editing(here.note) else [[Key(self.save, "save")], *_additions(here)]

    def has_own_back(self, note: Mapping[str, Any]) -> bool:
        """Return whether the list of what can be changed is shown, which leads back to the review."""
        return _editing(note)

    def hear(self, here: Here, event: Event) -> Heard[None]:
        """Return the answer for Save; anything sent instead is not lost, but does not answer."""
        if (isinstance(event, Tap) and event.data == "save") or _typed(here, event, self.save):
            return Answer(None)
        return _turned(here, event) or Refusal(self.rejection)


class SaveAs(Choice[E]):
    """A choice whose tap saves: everything said stands above its keys, and can be added to or corrected first."""

    rejection = _("Your tap saves it as it stands here; what you send now still goes into it.")

    def facts(self, here: Here) -> Mapping[str, Any]:
        """Return what will be saved."""
        return {"known": here.known, **_facts(here)}

    def rows(self, here: Here) -> Rows:
        """Return a key for each member, what may be added, and Edit; or what can be changed."""
        return _changes(here) if _editing(here.note) else [*super().rows(here), *_additions(here)]

    def has_own_back(self, note: Mapping[str, Any]) -> bool:
        """Return whether the list of what can be changed is shown."""
        return _editing(note)

    def hear(self, here: Here, event: Event) -> Heard[E]:
        """Return the member tapped; anything sent instead is not lost, but does not answer."""
        return _turned(here, event) or super().hear(here, event)


def _facts(here: Here) -> dict[str, Any]:
    return {"title": here.title, "lines": _lines(here), "kept": here.talk.kept, "editing": _editing(here.note)}


def _editing(note: Mapping[str, Any]) -> bool:
    return bool(note.get("editing"))


def _changes(here: Here) -> Rows:
    """One key for each answer that can be changed, and the way back."""
    changes = [Key(question.label or "", f"e:{question.name}") for question, _value in _answered(here)]
    return [*grid(changes, 2), [Key(_("‹ Back to the review"), "review")]]


def _additions(here: Here) -> Rows:
    """A key for each thing that may be added, and Edit."""
    adds: list[Button] = [
        Key(_("➕ {what}", what=question.label or ""), f"e:{question.name}") for question in _open(here)
    ]
    return [*grid(adds, 2), [Key(_("✏️ Edit"), "edit")]]


def _turned(here: Here, event: Event) -> Again | Reconsider | None:
    """Return what a tap on one of these keys means."""
    data = event.data if isinstance(event, Tap) else ""
    if data in {"edit", "review"}:
        return Again({"editing": data == "edit"})
    if data[:2] == "e:" and any(question.name == data[2:] for question, _value in here.path):
        return Reconsider(data[2:])
    return None


def _typed(here: Here, event: Event, save: Label) -> bool:
    label = here.talk.say(save).casefold()
    return (
        isinstance(event, Message)
        and not event.forwarded_from
        and event.text.strip().casefold() in {label, label.lstrip("✅ ")}
    )


def _answered(here: Here) -> list[tuple[Question[Any], Any]]:
    return [(question, value) for question, value in here.path if question.label and value is not None]


def _open(here: Here) -> list[Question[Any]]:
    return [question for question, value in here.path if question.label and value is None]


def _lines(here: Here) -> list[tuple[Label, str]]:
    return [(question.label or Label(""), question.show(here.talk, value)) for question, value in _answered(here)]
