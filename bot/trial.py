"""Trial: taking a turn as the gate takes it, in every language, and undoing what should not last.

A session that has taken many turns remembers nothing from one to the next, as at every real turn.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from bot import answers
from dialog import memory, turn
from dialog.events import Event
from dialog.flow import Flow, replay
from dialog.question import Question
from dialog.screen import Rendered
from dialog.talk import House, Talk
from dialog.turn import Reply
from models.notice import Notice
from models.person import Person, Role
from models.problem import Problem


@dataclass(frozen=True)
class Who:
    """A person by number: rows are looked up anew at every turn."""

    id: int
    role: Role


@dataclass(frozen=True)
class Stand:
    """Where the person stands: at a question of a flow, or nowhere in particular."""

    flow: Flow
    question: Question[Any]
    path: tuple[tuple[str, Any], ...]
    given: frozenset[str]
    """The names of the answers it began with."""
    reconsidered: bool
    """Whether the question is asked again, to change its answer."""

    @property
    def key(self) -> tuple[str, str]:
        """The flow and the question."""
        return self.flow.name, self.question.name

    @property
    def asked(self) -> tuple[str, str]:
        """Whose question it is: one named ``contact.name`` is the same in every conversation."""
        return ("", self.question.name) if "." in self.question.name else self.key

    @property
    def mark(self) -> tuple[Any, ...]:
        """What may decide over the further way."""
        return self.key, self.path, self.given


@dataclass(frozen=True)
class Look:
    """What one event brought: the reply in each language, the refusal, and where the person stands now."""

    replies: Mapping[str, Reply]
    problem: Problem | None
    spot: Stand | None

    @property
    def screen(self) -> Rendered | None:
        """The screen in the language to go on in."""
        return next(iter(self.replies.values())).screen


class Trial:
    """One book, tried out in one session."""

    def __init__(self, house: House, session: Session, now: datetime, languages: Sequence[str]) -> None:
        self.house = house
        self.session = session
        self.now = now
        self.languages = [language for language in languages if language in house.languages]

    def who(self, person_id: int) -> Who:
        """Return the person by number, with the role she has now."""
        return Who(person_id, self.session.get_one(Person, person_id).role)

    def look(self, person: Who, event: Event, *, everywhere: bool = True) -> Look:
        """Take one turn, first in the other languages (undone), then in the one to go on in."""
        first, *others = self.languages
        replies: dict[str, Reply] = {}
        for language in others if everywhere else ():
            with self.undone():
                replies[language], _problem = self._take(person, event, language)
        reply, problem = self._take(person, event, first)
        return Look({first: reply} | replies, problem, self._standing(person, reply.screen))

    @contextmanager
    def undone(self) -> Iterator[None]:
        """Undo at the end whatever is done inside."""
        savepoint = self.session.begin_nested()
        try:
            yield
        finally:
            savepoint.rollback()

    def last_notice(self) -> int:
        """Return the number of the newest notice, 0 when there is none."""
        return self.session.scalar(select(func.max(Notice.id))) or 0

    def left_since(self, notice: int) -> Sequence[tuple[int, str]]:
        """Return what was put before whom since that notice: the person's number and the address."""
        left = select(Notice.to_id, Notice.address).where(Notice.id > notice).order_by(Notice.id)
        return [(to_id, address) for to_id, address in self.session.execute(left)]

    def _take(self, person: Who, event: Event, language: str) -> tuple[Reply, Problem | None]:
        """Take one turn as the gate does: a problem undoes it and is answered."""
        actor = self._fresh(person)
        actor.language = language
        self.session.flush()
        try:
            with self.session.begin_nested():
                return turn.take(self.house, self.session, actor, event, now=self.now), None
        except Problem as problem:
            return turn.refuse(self.house, self.session, actor, event, problem, now=self.now), problem

    def _fresh(self, who: Who) -> Person:
        """Return the person in a session that remembers nothing, not even what was undone, as at every real turn."""
        self.session.flush()
        self.session.expunge_all()
        return self.session.get_one(Person, who.id)

    def _standing(self, person: Who, screen: Rendered | None) -> Stand | None:
        """Return where the person stands, when the screen is a question's or a mere toast."""
        draft = memory.load(self.session, person.id, 0).draft
        flow = self.house.book.flows.get(draft.flow) if draft else None
        if draft is None or flow is None or (screen is not None and not answers.keys(screen)):
            return None
        talk = Talk(self.house, self.session, self.session.get_one(Person, person.id), self.now)
        standing = replay(flow, talk, draft.answers, draft.memo.wanted)
        if standing.question is None:
            return None
        path = [(question.name, answers.deciding(question, value)) for question, value in standing.path]
        given = draft.answers.keys() - draft.memo.heard
        asked = standing.question
        reconsidered = asked.name in draft.memo.wanted and not asked.later
        return Stand(flow, asked, tuple(path), frozenset(given), reconsidered)
