"""Flows: conversations written as generators of questions, and their replay.

A conversation's state is its answers, by name. To take a turn the script runs from the top, is sent every
answer it already has, and stops at the first question without one.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from dialog.page import encode
from dialog.question import Frozen, Gone, Here, Question
from dialog.screen import Screen
from dialog.talk import Talk
from dialog.words import Label
from models.person import Permission

Script = Generator[Question[Any], Any, "Screen | Enter"]
Prefill = Callable[[Talk, str], Mapping[str, Frozen]]
OnAnswer = Callable[[Talk, str, Any, Mapping[str, Any]], None]


@dataclass(frozen=True)
class Flow:
    """A conversation by name, with who may have it and how it is begun."""

    name: str
    title: Label
    script: Callable[[Talk], Script]
    needs: Permission
    command: str | None = None
    prefill: Prefill | None = None
    on_answer: OnAnswer | None = None
    keeps: bool = False
    keeps_places: bool = False
    keeps_files: bool = True
    at_once: bool = False
    within: timedelta | None = None

    def address(self, **prefill: object) -> str:
        """Return the address of its door, with answers already given."""
        return encode(f"/do/{self.name}", prefill)


def flow(
    name: str,
    title: Label,
    *,
    needs: Permission,
    command: str | None = None,
    prefill: Prefill | None = None,
    on_answer: OnAnswer | None = None,
    keeps: bool = False,
    keeps_places: bool = False,
    keeps_files: bool = True,
    at_once: bool = False,
    within: timedelta | None = None,
) -> Callable[[Callable[[Talk], Script]], Flow]:
    """Make a conversation of a generator function.

    ``prefill`` reads what was typed behind the command into answers; ``on_answer`` is handed each newly heard
    answer, in the same transaction, once. A flow that ``keeps`` puts what was sent at the wrong moment into
    ``talk.kept`` and uses it at its end; a place only if it has a use for one (``keeps_places``), a file
    unless its record can hold none (``keeps_files``): then she is told so. One that saves
    ``at_once`` does so through ``on_answer``: leaving it takes nothing back, and the person is told so. A flow that
    gathers what is sent ``within`` some minutes lets go of what is sent later: that is something new, and the draft
    waits to be resumed.
    """
    facts = (needs, command, prefill, on_answer, keeps, keeps_places, keeps_files, at_once, within)
    return lambda script: Flow(name, title, script, *facts)


@dataclass(frozen=True)
class Enter:
    """Opens a conversation with a free message as the ``answer`` to one of its questions.

    ``Book.otherwise`` may return it, and so may a script that hands over to another conversation. Editing the
    message then corrects that answer, and later parts of its album join it. ``prefill`` gives further answers that
    are known already. Where ``given`` is None the message holds no answer to it, and the question is asked.
    """

    flow: Flow
    answer: str
    given: Frozen
    prefill: Mapping[str, Frozen] = field(default_factory=dict)

    @property
    def answers(self) -> dict[str, Frozen]:
        """All that is known at the start."""
        return dict(self.prefill) | ({} if self.given is None else {self.answer: self.given})


@dataclass(frozen=True)
class Standing:
    """Where a replay stopped: at a question, or at the end with a screen."""

    path: list[tuple[Question[Any], Any]]
    question: Question[Any] | None
    ending: Screen | Enter | None
    lost: frozenset[str]


class NamedTwice(ValueError):
    """A script asked two questions of one name: their answers could not be told apart."""


def replay(flow: Flow, talk: Talk, answers: Mapping[str, Frozen], wanted: Iterable[str] = ()) -> Standing:
    """Run the script against the answers and return where it stands.

    ``wanted`` names the later questions to be asked now. An answer that names something gone is reported in
    ``lost`` and its question asked again.
    """
    path: list[tuple[Question[Any], Any]] = []
    lost: set[str] = set()
    talk.answers = dict(answers)
    script = flow.script(talk)
    try:
        question = next(script)
        while True:
            if question.name in {asked.name for asked, _value in path}:
                raise NamedTwice(f"{flow.name}: {question.name}")
            found, value = _answer(flow, question, talk, answers, wanted)
            if not found:
                lost |= {question.name} & answers.keys()
                return Standing(path, question, None, frozenset(lost))
            path.append((question, value))
            question = script.send(value)
    except StopIteration as end:
        return Standing(path, None, end.value, frozenset(lost))
    finally:
        script.close()


def _answer(
    flow: Flow, question: Question[Any], talk: Talk, answers: Mapping[str, Frozen], wanted: Iterable[str]
) -> tuple[bool, Any]:
    if question.name not in answers:
        return (question.later and question.name not in wanted), question.suggested
    frozen = answers[question.name]
    if frozen is None:
        return True, None
    try:
        return True, _thawed(flow, question, talk, frozen)
    except (Gone, TypeError, KeyError, ValueError):
        return False, None


def _thawed(flow: Flow, question: Question[Any], talk: Talk, frozen: Frozen) -> Any:
    """Return the answer from its JSON. A turn replays twice or more, and looks up each thing once."""
    before = talk.thawed.get((flow.name, question.name))
    if before is not None and before[0] == frozen:
        return before[1]
    value = question.thaw(talk, frozen)
    talk.thawed[flow.name, question.name] = frozen, value
    return value


def here(flow: Flow, talk: Talk, standing: Standing, note: dict[str, Any]) -> Here:
    """Return where a question stands, for it to be asked or to hear."""
    return Here(talk, flow.name, flow.title, standing.path, note)
