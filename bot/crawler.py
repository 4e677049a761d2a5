"""The crawler: sees every screen there is by pressing every button and answering every question.

It goes through the engine alone and knows nothing of any flow or page. Whatever it does is undone: pages are
looked at, acts and conversations happen inside savepoints that are rolled back.
"""

from __future__ import annotations

import re
from collections import Counter, deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from functools import partial
from itertools import count
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from dialog import conversation, memory, turn
from dialog.events import Card, Command, Event, File, Message, Spot, Tap
from dialog.flow import Flow, replay
from dialog.page import split
from dialog.question import Question
from dialog.questions import Choice, Review, YesNo
from dialog.screen import Pressable, Rendered
from dialog.talk import House, Talk
from dialog.turn import Reply
from models.attachment import FileKind
from models.notice import Notice
from models.person import Person, Role
from models.problem import NotAllowed, NotFound, Problem

MOST_ALIKE = 2
"""How many instances of a page are looked at for each role; how many keys that differ only in a number are pressed."""
MOST_PRESSED = 3
"""How many instances are at least opened."""
MOST_VARIANTS = 6
MOST_BRANCHES = 3
MOST_DEPTH = 4
"""How many acts and conversations may follow one another."""
FREE = "a message out of nowhere"
ENDING = "⏹"


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
    presses: int = 0


@dataclass(frozen=True)
class _Who:
    """A person by number: rows are looked up anew at every turn."""

    id: int
    role: Role


@dataclass(frozen=True)
class _Spot:
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
class _Look:
    """What one event brought: the reply in each language, the refusal, and where the person stands now."""

    replies: Mapping[str, Reply]
    problem: Problem | None
    spot: _Spot | None

    @property
    def screen(self) -> Rendered | None:
        return next(iter(self.replies.values())).screen


class Crawler:
    """Looks at everything people can see, in some languages; the first of these is the one it goes on in."""

    def __init__(
        self, house: House, session: Session, *, now: datetime, languages: Sequence[str] = ("zh_CN", "en")
    ) -> None:
        self.house = house
        self.session = session
        self.now = now
        self.languages = [language for language in languages if language in house.languages]
        self.crawl = Crawl()
        self._ids = count(1000)
        self._pressed: set[tuple[int, str]] = set()
        self._alike: Counter[tuple[Role, str]] = Counter()
        self._pictured: set[str] = set()
        self._marks: set[tuple[Any, ...]] = set()
        self._branches: Counter[tuple[str, str]] = Counter()
        self._plainly: set[tuple[str, str]] = set()
        self._variants: dict[tuple[str, str], set[Any]] = {}

    def visit(self, person_id: int) -> None:
        """Go everywhere this person can go: home, each command, each page put before her, each message."""
        person = self._who(person_id)
        commands = self.house.book.commands_for(self.session.get_one(Person, person_id))
        for name, _title in commands:
            self._begin(person, Command(name, "", next(self._ids)), f"/{name}")
        pushed = self.session.scalars(select(Notice.address).where(Notice.to_id == person.id).order_by(Notice.id))
        self._explore(person, ["/", *dict.fromkeys(pushed)], 0)
        for name in ("start", "cancel", "nonsense"):
            self._begin(person, Command(name, "", next(self._ids)), f"/{name}")
        for how, message in [*self._messages(), *self._longer_messages()]:
            self._begin(person, message, how)

    def see(self, person_id: int, address: str) -> None:
        """Open one address and go everywhere it leads, however many of its kind were seen before."""
        person = self._who(person_id)
        self._pressed.discard((person.id, address))
        self._alike.pop((person.role, self._shape(address) or ""), None)
        self._explore(person, [address], 0)

    def record(self, group: str, name: str, role: Role, shown: Mapping[str, Rendered]) -> None:
        """Add a screen that was come by in another way."""
        self.crawl.sights.append(Sight(group, name, "", role, shown, {}))

    # Pages and acts.

    def _explore(self, person: _Who, addresses: Iterable[str], depth: int) -> None:
        """Open the addresses and all that they lead to, breadth first."""
        waiting = deque(addresses)
        while waiting:
            waiting.extend(self._open(person, waiting.popleft(), depth))

    def _open(self, person: _Who, address: str, depth: int) -> list[str]:
        """Open one address, if it is new; return the addresses on the page it shows."""
        if (person.id, address) in self._pressed:
            return []
        self._pressed.add((person.id, address))
        shape = self._shape(address)
        if shape is None:
            self._fault(address, "no page has this address")
            return []
        self._alike[person.role, shape] += 1
        known = self._alike[person.role, shape] > MOST_ALIKE
        if self._alike[person.role, shape] > MOST_PRESSED or (known and shape in self._pictured):
            return []
        with self._undone():
            before = self._last_notice()
            look = self._look(person, Tap(address, 1), address, everywhere=not known)
            if look is None:
                return []
            if isinstance(look.problem, NotFound | NotAllowed):
                self._fault(address, f"a button shown to the {person.role} leads to {type(look.problem).__name__}")
            return [] if known else self._arrive(person, look, address, shape, before, depth)

    def _arrive(self, person: _Who, look: _Look, address: str, shape: str, before: int, depth: int) -> list[str]:
        if look.spot:
            self._enter(person, look, look.spot, depth)
            return []
        pattern = shape.partition("?")[0]
        self.crawl.patterns[pattern] = None
        self._record(person, pattern, pattern, "", look)
        if look.screen and look.screen.picture:
            self._pictured.add(shape)
        found = self.house.book.find(address)
        if found is not None and not found[0].acts:
            return self._addresses(look)
        self._go_on(person, look, before, depth)
        self._look(person, Tap(address, 1), f"{address} tapped twice", everywhere=False)
        return []

    def _go_on(self, person: _Who, look: _Look, before: int, depth: int) -> None:
        """After something was done: go where its screen leads, and see what it put before others."""
        if depth >= MOST_DEPTH:
            return
        self._explore(person, self._addresses(look), depth + 1)
        left = self.session.execute(
            select(Notice.to_id, Notice.address).where(Notice.id > before).order_by(Notice.id)
        ).all()
        for to_id, address in left:
            self._explore(self._who(to_id), [address], depth + 1)

    def _shape(self, address: str) -> str | None:
        """Return what pages of this kind have in common: their pattern and the names of the query."""
        path, query = split(address)
        names = ",".join(sorted(query))
        if path.startswith(("/do/", "/resume/")):
            return f"{'/resume' if path.startswith('/resume/') else path}?{names}"
        found = self.house.book.find(address)
        return f"{found[0].pattern}?{names}" if found else None

    def _begin(self, person: _Who, event: Event, how: str) -> None:
        """Begin with a command or a message."""
        with self._undone():
            before = self._last_notice()
            look = self._look(person, event, how)
            if look is None:
                return
            if look.spot:
                self._enter(person, look, look.spot, 0)
                return
            if isinstance(event, Message) or look.problem or look.screen is None or look.screen.address is None:
                self._record(person, FREE if isinstance(event, Message) else "commands", how, "", look)
            self._go_on(person, look, before, 0)

    # Conversations.

    def _enter(self, person: _Who, look: _Look, spot: _Spot, depth: int) -> None:
        self.crawl.flows[spot.flow.name] = None
        manner = Manner.GIVEN if spot.given else Manner.WORDS
        self.crawl.steps[Step(spot.flow.name, "", spot.question.name, manner)] = None
        self._ask(person, look, spot, depth)

    def _ask(self, person: _Who, look: _Look, spot: _Spot, depth: int) -> None:
        """Look at a question: the first time answer it in every way there is, later on go straight ahead.

        One that was met first behind a door, with answers given, is answered in every way once more without them.
        """
        first = spot.asked not in self._variants
        thorough = first or (not spot.given and spot.asked not in self._plainly)
        if spot.mark in self._marks or self._branches[spot.key] >= MOST_BRANCHES or look.screen is None:
            return
        self._marks.add(spot.mark)
        self._branches[spot.key] += 1
        if not spot.given:
            self._plainly.add(spot.asked)
        if first:
            self._variants[spot.asked] = {_signature(look.screen)}
            self._record(person, *spot.key, "", look)
        for how, event in self._answers(look.screen):
            led_on = self._answer(person, spot, how, event, depth)
            if led_on and not thorough:
                return
        if first:
            self._explore_aside(person, look, depth)

    def _answer(self, person: _Who, spot: _Spot, how: str, event: Event, depth: int, *, varied: bool = False) -> bool:
        """Answer a question in one way and go on from there; return whether it led on."""
        where = f"{spot.flow.name}/{spot.question.name} · {how}"
        with self._undone():
            brief = self._look(person, event, where, everywhere=False)
        if brief is None:
            return False
        going = _is_going(event)
        if brief.spot is not None and brief.spot.key == spot.key:
            if not varied and not going:
                self._vary(person, spot, how, event, depth, brief)
            return False
        if going in {conversation.BACK, conversation.CANCEL}:
            if going == conversation.CANCEL and self._is_new("dialog", "cancelled"):
                self._see(person, event, where, "dialog", "cancelled")
            return False
        step = self._step(spot, brief, how, event)
        if step.manner is not Manner.CHANGED:
            self.crawl.steps[step] = None
        self._follow(person, spot, event, where, step, brief, depth)
        return True

    def _see(self, person: _Who, event: Event, where: str, group: str, name: str) -> None:
        with self._undone():
            look = self._look(person, event, where)
            if look:
                self._record(person, group, name, "", look)

    def _follow(
        self, person: _Who, spot: _Spot, event: Event, where: str, step: Step, brief: _Look, depth: int
    ) -> None:
        """Take the step again, in every language, when it leads to something new."""
        if brief.spot is not None and brief.spot.mark in self._marks:
            return
        if brief.spot is None and not self._is_new(spot.flow.name, f"{step.to}{spot.path}"):
            return
        with self._undone():
            before = self._last_notice()
            look = self._look(person, event, where)
            if look and look.spot:
                self._ask(person, look, look.spot, depth)
            elif look:
                if self._is_new(spot.flow.name, step.to):
                    self._record(person, spot.flow.name, step.to, "", look)
                self._go_on(person, look, before, depth)

    def _step(self, spot: _Spot, look: _Look, how: str, event: Event) -> Step:
        """Return the step an answer made, for the diagram."""
        step = partial(Step, spot.flow.name, spot.question.name, given=len(spot.given))
        asked, to = spot.question, look.spot.question if look.spot else None
        if spot.reconsidered or (isinstance(asked, Review) and to is not None and not to.later):
            return step("", Manner.CHANGED)
        if look.spot is None or to is None:
            return step(self._ending(look), _manner(asked, event), _said(asked, event, how))
        if look.spot.flow is not spot.flow:
            return step(f"{ENDING} {look.spot.flow.name}", _manner(asked, event), _said(asked, event, how))
        if to.later or asked.later:
            return step(to.name, Manner.LATER)
        return step(to.name, _manner(asked, event), _said(asked, event, how))

    def _ending(self, look: _Look) -> str:
        if look.problem:
            return f"{ENDING} {type(look.problem).__name__}"
        found = self.house.book.find(look.screen.address) if look.screen and look.screen.address else None
        return f"{ENDING} {found[0].pattern if found else 'a screen of its own'}"

    def _vary(self, person: _Who, spot: _Spot, how: str, event: Event, depth: int, brief: _Look) -> None:
        """The question is asked again, differently: keep the screen if it is new, and press its keys."""
        known = self._variants[spot.asked]
        if brief.screen is None or _signature(brief.screen) in known or len(known) > MOST_VARIANTS:
            return
        known.add(_signature(brief.screen))
        with self._undone():
            look = self._look(person, event, how)
            if look is None or look.screen is None:
                return
            self._record(person, *spot.key, how, look)
            for label, key in _unlike(_keys(look.screen)):
                self._answer(person, spot, label, key, depth, varied=True)

    def _explore_aside(self, person: _Who, look: _Look, depth: int) -> None:
        """Follow the addresses that stand among a question's keys."""
        if depth < MOST_DEPTH:
            self._explore(person, self._addresses(look), depth + 1)

    def _answers(self, screen: Rendered) -> Iterator[tuple[str, Event]]:
        """Yield every way to answer: the keys, then messages of every kind, then the keys that lead away."""
        keys = _unlike(_keys(screen))
        yield from ((how, key) for how, key in keys if not _is_going(key))
        yield from self._messages()
        yield from ((how, key) for how, key in keys if _is_going(key))

    def _messages(self) -> Iterator[tuple[str, Event]]:
        for how, parts in MESSAGES:
            yield how, Message(next(self._ids), **parts)

    def _longer_messages(self) -> Iterator[tuple[str, Event]]:
        yield "a sentence", Message(next(self._ids), "3号线主轴异响，下周三前需要技术员到场。")
        yield "a forwarded message", Message(next(self._ids), "轴承漏油，请尽快处理。", forwarded_from="刘洋")

    # Taking turns.

    def _look(self, person: _Who, event: Event, where: str, *, everywhere: bool = True) -> _Look | None:
        """Take one turn, first in the other languages (undone), then in the one to go on in."""
        first, *others = self.languages
        replies: dict[str, Reply] = {}
        try:
            for language in others if everywhere else ():
                with self._undone():
                    replies[language], _problem = self._take(person, event, language)
            reply, problem = self._take(person, event, first)
            return _Look({first: reply} | replies, problem, self._standing(person, reply.screen))
        except Exception as error:  # noqa: BLE001 - it is told, with all the others, at the end
            self._fault(where, f"{type(error).__name__}: {error}".partition("\n")[0][:300])
            return None

    def _take(self, person: _Who, event: Event, language: str) -> tuple[Reply, Problem | None]:
        """Take one turn as the gate does: a problem undoes it and is answered."""
        self.crawl.presses += 1
        actor = self._fresh(person)
        actor.language = language
        self.session.flush()
        try:
            with self.session.begin_nested():
                return turn.take(self.house, self.session, actor, event, now=self.now), None
        except Problem as problem:
            return turn.refuse(self.house, self.session, actor, event, problem, now=self.now), problem

    def _fresh(self, who: _Who) -> Person:
        """Return the person in a session that remembers nothing, not even what was undone, as at every real turn."""
        self.session.flush()
        self.session.expunge_all()
        return self.session.get_one(Person, who.id)

    def _who(self, person_id: int) -> _Who:
        return _Who(person_id, self.session.get_one(Person, person_id).role)

    def _standing(self, person: _Who, screen: Rendered | None) -> _Spot | None:
        """Return where the person stands, when the screen is a question's or a mere toast."""
        draft = memory.load(self.session, person.id, 0).draft
        flow = self.house.book.flows.get(draft.flow) if draft else None
        if draft is None or flow is None or (screen is not None and not _keys(screen)):
            return None
        talk = Talk(self.house, self.session, self.session.get_one(Person, person.id), self.now)
        standing = replay(flow, talk, draft.answers, draft.memo.wanted)
        if standing.question is None:
            return None
        path = [(question.name, _small(question, value)) for question, value in standing.path]
        given = draft.answers.keys() - draft.memo.heard
        asked = standing.question
        reconsidered = asked.name in draft.memo.wanted and not asked.later
        return _Spot(flow, asked, tuple(path), frozenset(given), reconsidered)

    @contextmanager
    def _undone(self) -> Iterator[None]:
        """Undo at the end whatever is done inside."""
        savepoint = self.session.begin_nested()
        try:
            yield
        finally:
            savepoint.rollback()

    def _last_notice(self) -> int:
        return self.session.scalar(select(func.max(Notice.id))) or 0

    # Remembering.

    def _record(self, person: _Who, group: str, name: str, how: str, look: _Look) -> None:
        shown = {language: reply.screen for language, reply in look.replies.items() if reply.screen is not None}
        toasts = {language: reply.toast for language, reply in look.replies.items()}
        self.crawl.sights.append(Sight(group, name, how, person.role, shown, toasts))

    def _fault(self, where: str, what: str) -> None:
        self.crawl.faults[Fault(where, what)] = None

    def _is_new(self, group: str, name: str) -> bool:
        new = ("sight", group, name) not in self._marks
        self._marks.add(("sight", group, name))
        return new

    def _addresses(self, look: _Look) -> list[str]:
        buttons = [button for row in look.screen.keyboard for button in row] if look.screen else []
        return [button.data for button in buttons if button.data and button.data.startswith("/")]


def _keys(screen: Rendered) -> list[tuple[str, Event]]:
    """Return the keys of a question, ready to be tapped; on the phone's own keyboard they are typed."""
    buttons = [button for row in screen.keyboard for button in row if button.data and not button.data.startswith("/")]
    return [(button.text, _pressed(button, typed=screen.share is not None)) for button in buttons]


def _unlike(keys: Iterable[tuple[str, Event]]) -> list[tuple[str, Event]]:
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


def _is_going(event: Event) -> str:
    """Return which of the engine's own keys this is, if any."""
    key = event.data.partition(":")[2] if isinstance(event, Tap) else ""
    return key if key in {conversation.BACK, conversation.SKIP, conversation.CANCEL} else ""


def _manner(asked: Question[Any], event: Event) -> Manner:
    if _is_going(event) == conversation.SKIP:
        return Manner.SKIP
    return Manner.KEY if _said(asked, event, "key") else Manner.WORDS


def _said(asked: Question[Any], event: Event, how: str) -> str:
    """Return what stands on the key, where the keys are the answers there are."""
    return how if isinstance(asked, Choice | YesNo) and isinstance(event, Tap) and not _is_going(event) else ""


def _small(question: Question[Any], value: Any) -> Any:
    """Return an answer on which the further way may depend, or nothing when there are too many to try."""
    return str(value) if isinstance(question, Choice | YesNo) else value is None


def _signature(screen: Rendered) -> tuple[str, tuple[int, ...]]:
    return screen.text, tuple(len(row) for row in screen.keyboard)
