"""A conversation at one turn: a flow, its draft, and what an event means to the question being asked.

It changes the draft in memory and says what follows: a screen, a word in the tap, or the end. Storing and
showing are the turn's business.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from dialog.draft import CUT, FULL, ONLY_WORDS, Draft
from dialog.events import Edit, Event, Message, Tap
from dialog.flow import Enter, Flow, Standing, here, replay
from dialog.kept import Kept
from dialog.question import Again, Answer, Elsewhere, Question, Reconsider, Refusal
from dialog.questions.words import said_since
from dialog.screen import Button, Key, Rendered, Screen
from dialog.talk import Talk
from dialog.words import _

BACK, SKIP, CANCEL = "!back", "!skip", "!cancel"
LOST = _("What was chosen here before is gone, or no longer yours. Please answer again; everything else is kept.")
_NAV_WORDS = {BACK: _("Back"), SKIP: _("Skip"), CANCEL: _("Cancel")}


@dataclass(frozen=True, slots=True)
class Moved:
    """The draft has changed: it is to be stored, and what stands now shown.

    ``above`` it stands a word if there is one, as far as the question ``asked`` is still the same, if one is named.
    """

    above: str = ""
    asked: str = ""


@dataclass(frozen=True, slots=True)
class Unmoved:
    """Nothing has changed: a word says why, above the question or in the tap."""

    words: str = ""


@dataclass(frozen=True, slots=True)
class Left:
    """The person cancelled."""


@dataclass(frozen=True, slots=True)
class LedAway:
    """What she said leads to another page, or to something new; the draft waits."""

    address: str


Outcome = Moved | Unmoved | Left | LedAway


class Conversation:
    """One person's conversation, current at this turn."""

    def __init__(self, talk: Talk, flow: Flow, draft: Draft) -> None:
        self.talk = talk
        self.flow = flow
        self.draft = draft
        talk.said = draft.memo.said

    def stand(self) -> Standing:
        """Replay the script with what is known now, and return where it stands."""
        memo = self.draft.memo
        self.talk.messages = {int(id_): name for id_, name in memo.origins.items() if id_.isdecimal()}
        self.talk.kept, self.talk.line = Kept.thawed(memo.kept), memo.typed
        return replay(self.flow, self.talk, self.draft.answers, memo.wanted)

    def over(self, message: Message, now: datetime) -> bool:
        """Return whether this only gathered what came within some minutes, and the message is something new by now."""
        if self.flow.within is None or now - self.draft.touched_at <= self.flow.within:
            return False
        return not (self._album_of(message) or self._is_kept_album(message) or nav_word(self.talk, message.only_words))

    def press(self, tap: Tap, key: str) -> Outcome:
        """Take a tap on one of the question's keys or of the engine's own."""
        return self._navigate(key) if key in _NAV_WORDS else self._hear(replace(tap, data=key))

    def listen(self, message: Message) -> Outcome:
        """Take a message: a part of an album, a word such as Back, or an answer."""
        if self._is_kept_album(message):
            kept = self.draft.keep(message)
            return Moved(self._full(kept)) if kept else Unmoved()
        part_of = self._album_of(message)
        if part_of:
            return self._go_on(part_of, message)
        key = nav_word(self.talk, message.only_words)
        return self._navigate(key) if key else self._hear(message)

    def correct(self, edit: Edit) -> Outcome:
        """Take a message of this conversation's that was changed afterwards."""
        changed = Message(edit.message_id, edit.text)
        name = self.draft.memo.origins.get(str(edit.message_id))
        if name and not self.draft.keeps_words_of(edit.message_id):
            return self.amend(name, changed)
        kept = self.draft.keep(changed)
        amended = self.amend(name, changed) if name else Unmoved()
        return Moved() if kept else amended

    def _go_on(self, name: str, part: Message) -> Outcome:
        """Take a further part of an answer's album: its file joins the answer, its words stand beside those before."""
        said = self.draft.answers.get(name)
        if part.text and self.flow.keeps and isinstance(said, dict) and said.get("text"):
            kept = self.draft.keep(replace(part, file=None, album=None))
            outcome = self.amend(name, replace(part, text=""))
            return Moved(self._full(kept)) if isinstance(outcome, Moved) else outcome
        return self.amend(name, part)

    def amend(self, name: str, message: Message) -> Outcome:
        """Correct an answer given before: its message was edited, or its album goes on."""
        if self.draft.answers.get(name) is None:
            return Unmoved()
        standing = self.stand()
        asked = next((question for question, _value in standing.path if question.name == name), None)
        if asked is None:
            self.draft.amend(name, said_since(self.draft.answers[name], message))
            return Moved()
        if message.file is not None and not asked.takes_files:
            return Moved(self._full(self._keep_beside(asked, message)))
        heard = asked.amend(here(self.flow, self.talk, standing, {}), self.draft.answers[name], message)
        if isinstance(heard, Answer):
            frozen = asked.freeze(heard.value)
            if frozen == self.draft.answers[name]:  # Telegram sends edits that change no word
                return Unmoved()
            self.draft.amend(name, frozen)
            self.hand_on(name)
            return Moved()
        return Unmoved(self._refusal(heard.words) if isinstance(heard, Refusal) else "")

    def hand_on(self, *names: str) -> None:
        """Hand these answers on to the flow's ``on_answer``, as far as they are known."""
        if self.flow.on_answer:
            known = {question.name: value for question, value in self.stand().path}
            for name in names:
                if known.get(name) is not None:
                    self.flow.on_answer(self.talk, name, known[name], known)

    def ask(self, standing: Standing, above: str = "") -> Rendered:
        """Render the question the script stands at, its keys good for the draft's revision."""
        assert standing.question is not None  # noqa: S101 - whoever asks has looked
        screen = standing.question.ask(here(self.flow, self.talk, standing, self.draft.memo.note))
        screen.with_rows([self._navigation(standing.question)])
        return self.talk.render(screen, revision=self.draft.revision, above=above)

    def _album_of(self, message: Message) -> str | None:
        """Return which answer this message's album has given so far."""
        return self.draft.memo.origins.get(f"album:{message.album}") if message.album else None

    def _is_kept_album(self, message: Message) -> bool:
        kept = Kept.thawed(self.draft.memo.kept).files
        return bool(message.album) and any(file.album == message.album for file in kept)

    def _hear(self, event: Event) -> Outcome:
        standing = self.stand()
        question = standing.question
        if question is None:
            return Moved()
        if standing.lost:  # she answered what she saw, which was another question
            return Moved(self.lost(self._keep(event, typed=False)), question.name)
        heard = question.hear(here(self.flow, self.talk, standing, self.draft.memo.note), event)
        match heard:
            case Answer(value=value, keep=keep):
                kept = self._keep(event, typed=False) if keep else self._keep_beside(question, event)
                self._answer(question, standing, value, event)
                return Moved(self._full(kept))
            case Again(note=note, keep=keep):
                kept = self._keep(event, typed=False) if keep else self._keep_beside(question, event)
                self.draft.memo.note = note
                return Moved(self._full(kept))
            case Reconsider(name=name):
                self.draft.reconsider(name)
            case Elsewhere(address=address):
                return LedAway(address)
            case Refusal():
                return self._refused(question, heard, event)
        return Moved()

    def _answer(self, question: Question[Any], standing: Standing, value: Any, event: Event | None) -> None:
        self.draft.answer(question.name, question.freeze(value), self.talk.now)
        self.talk.heard = value
        if isinstance(event, Message):
            self.draft.trace(event, question.name)
        if self.flow.on_answer:
            known = {asked.name: answer for asked, answer in standing.path} | {question.name: value}
            self.flow.on_answer(self.talk, question.name, value, known)

    def _refused(self, question: Question[Any], refusal: Refusal, event: Event) -> Outcome:
        if isinstance(event, Tap):
            return Unmoved(self.talk.say(refusal.words))
        kept = self._keep(event, typed=question.typed and not refusal.keep)
        if kept not in {"", FULL, CUT, ONLY_WORDS} and self.flow.within:
            return Moved()
        above = self._refusal(refusal.words, kept)
        return Moved(above, question.name) if kept else Unmoved(above)

    def _keep(self, event: Event, *, typed: bool) -> str:
        """Keep with the draft what did not answer the question but may belong to the record; return what it was."""
        if not self.flow.keeps or not isinstance(event, Message):
            return ""
        if event.spot and not self.flow.keeps_places:
            return ""
        only_words = not (event.file or event.spot or event.card)
        if only_words and typed:
            return ""
        self.draft.begun(self.talk.now)
        if event.file and not self.flow.keeps_files:
            self.draft.keep(replace(event, file=None, album=None))
            return ONLY_WORDS
        return self.draft.keep(event)

    def _keep_beside(self, question: Question[Any], event: Event) -> str:
        """Keep the file beside an answer to a question that takes none: its caption was the answer."""
        if question.takes_files or not isinstance(event, Message) or event.file is None:
            return ""
        return self._keep(replace(event, text=""), typed=False)

    def lost(self, kept: str = "") -> str:
        """Return the word for an answer that names something gone, and for what was kept of what she said instead."""
        return self._refusal(LOST, kept)

    def _full(self, kept: str) -> str:
        """Return the word for what was not kept, or not all of it; "" for all else."""
        return self.talk.phrase("dialog/full", kept=kept) if kept in {FULL, CUT, ONLY_WORDS} else ""

    def _refusal(self, words: str, kept: str = "") -> str:
        return self.talk.phrase("dialog/refusal", words=self.talk.say(words), kept=kept)

    def _navigate(self, key: str) -> Outcome:
        if key == CANCEL:
            return Left()
        question = self.stand().question
        if question is not None and key == BACK:
            self.draft.back(question.name)
        if question is not None and key == SKIP and question.optional:
            self.draft.answer(question.name, None, self.talk.now)
        return Moved()

    def _navigation(self, question: Question[Any]) -> list[Button | None]:
        memo = self.draft.memo
        own_back = question.has_own_back(memo.note)
        return [
            Key(_("‹ Back"), BACK) if (memo.heard or memo.edited) and not own_back else None,
            Key(_("Skip ›"), SKIP) if question.optional else None,
            Key(_("✕ Cancel"), CANCEL) if not question.has_own_cancel else None,
        ]


def nav_word(talk: Talk, text: str) -> str | None:
    """Return which of the engine's own keys somebody typed instead of tapping it."""
    typed = text.strip("‹›✕ \n").casefold()
    return next((key for key, label in _NAV_WORDS.items() if talk.say(label).casefold() == typed), None)


def ending(standing: Standing) -> Screen | Enter:
    """Return where a script ended: on a page, or in another conversation."""
    assert standing.ending is not None  # noqa: S101 - a script returns one of the two
    return standing.ending
