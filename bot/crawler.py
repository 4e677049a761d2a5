"""The crawler: sees every screen there is by pressing every button and answering every question.

It goes through the engine alone and knows nothing of any flow or page. Whatever it does is undone: pages are
looked at, acts and conversations happen inside savepoints that are rolled back.
"""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from functools import partial
from itertools import count
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot import answers
from bot.answers import MOST_ALIKE
from bot.crawl import ENDING, FREE, Crawl, Fault, Manner, Sight, Step
from bot.trial import Look, Stand, Trial, Who
from dialog import conversation
from dialog.events import Command, Event, Message, Tap
from dialog.page import split
from dialog.questions import Review
from dialog.screen import Rendered
from dialog.talk import House
from models.notice import Notice
from models.person import Person, Role
from models.problem import NotAllowed, NotFound

MOST_PRESSED = 3
"""How many instances are at least opened."""
MOST_VARIANTS = 6
MOST_BRANCHES = 3
MOST_DEPTH = 4
"""How many acts and conversations may follow one another."""


class Crawler:
    """Looks at everything people can see, in some languages; the first of these is the one it goes on in."""

    def __init__(
        self, house: House, session: Session, *, now: datetime, languages: Sequence[str] = ("zh_CN", "en")
    ) -> None:
        self.house = house
        self.session = session
        self._trial = Trial(house, session, now, languages)
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
        person = self._trial.who(person_id)
        commands = self.house.book.commands_for(self.session.get_one(Person, person_id))
        for name, _title in commands:
            self._begin(person, Command(name, "", next(self._ids)), f"/{name}")
        pushed = self.session.scalars(select(Notice.address).where(Notice.to_id == person.id).order_by(Notice.id))
        self._explore(person, ["/", *dict.fromkeys(pushed)], 0)
        for name in ("start", "cancel", "nonsense"):
            self._begin(person, Command(name, "", next(self._ids)), f"/{name}")
        for how, message in [*answers.messages(self._ids), *answers.longer_messages(self._ids)]:
            self._begin(person, message, how)

    def see(self, person_id: int, address: str) -> None:
        """Open one address and go everywhere it leads, however many of its kind were seen before."""
        person = self._trial.who(person_id)
        self._pressed.discard((person.id, address))
        self._alike.pop((person.role, self._shape(address) or ""), None)
        self._explore(person, [address], 0)

    def record(self, group: str, name: str, role: Role, shown: Mapping[str, Rendered]) -> None:
        """Add a screen that was come by in another way."""
        self.crawl.sights.append(Sight(group, name, "", role, shown, {}))

    # Pages and acts.

    def _explore(self, person: Who, addresses: Iterable[str], depth: int) -> None:
        """Open the addresses and all that they lead to, breadth first."""
        waiting = deque(addresses)
        while waiting:
            waiting.extend(self._open(person, waiting.popleft(), depth))

    def _open(self, person: Who, address: str, depth: int) -> list[str]:
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
        with self._trial.undone():
            before = self._trial.last_notice()
            look = self._look(person, Tap(address, 1), address, everywhere=not known)
            if look is None:
                return []
            if isinstance(look.problem, NotFound | NotAllowed):
                self._fault(address, f"a button shown to the {person.role} leads to {type(look.problem).__name__}")
            return [] if known else self._arrive(person, look, address, shape, before, depth)

    def _arrive(self, person: Who, look: Look, address: str, shape: str, before: int, depth: int) -> list[str]:
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

    def _go_on(self, person: Who, look: Look, before: int, depth: int) -> None:
        """After something was done: go where its screen leads, and see what it put before others."""
        if depth >= MOST_DEPTH:
            return
        self._explore(person, self._addresses(look), depth + 1)
        for to_id, address in self._trial.left_since(before):
            self._explore(self._trial.who(to_id), [address], depth + 1)

    def _shape(self, address: str) -> str | None:
        """Return what pages of this kind have in common: their pattern and the names of the query."""
        path, query = split(address)
        names = ",".join(sorted(query))
        if path.startswith(("/do/", "/resume/")):
            return f"{'/resume' if path.startswith('/resume/') else path}?{names}"
        found = self.house.book.find(address)
        return f"{found[0].pattern}?{names}" if found else None

    def _begin(self, person: Who, event: Event, how: str) -> None:
        """Begin with a command or a message."""
        with self._trial.undone():
            before = self._trial.last_notice()
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

    def _enter(self, person: Who, look: Look, spot: Stand, depth: int) -> None:
        self.crawl.flows[spot.flow.name] = None
        manner = Manner.GIVEN if spot.given else Manner.WORDS
        self.crawl.steps[Step(spot.flow.name, "", spot.question.name, manner)] = None
        self._ask(person, look, spot, depth)

    def _ask(self, person: Who, look: Look, spot: Stand, depth: int) -> None:
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
            self._variants[spot.asked] = {answers.signature(look.screen)}
            self._record(person, *spot.key, "", look)
        for how, event in answers.every(look.screen, self._ids):
            led_on = self._answer(person, spot, how, event, depth)
            if led_on and not thorough:
                return
        if first:
            self._explore_aside(person, look, depth)

    def _answer(self, person: Who, spot: Stand, how: str, event: Event, depth: int, *, varied: bool = False) -> bool:
        """Answer a question in one way and go on from there; return whether it led on."""
        where = f"{spot.flow.name}/{spot.question.name} · {how}"
        with self._trial.undone():
            brief = self._look(person, event, where, everywhere=False)
        if brief is None:
            return False
        going = answers.going(event)
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

    def _see(self, person: Who, event: Event, where: str, group: str, name: str) -> None:
        with self._trial.undone():
            look = self._look(person, event, where)
            if look:
                self._record(person, group, name, "", look)

    def _follow(self, person: Who, spot: Stand, event: Event, where: str, step: Step, brief: Look, depth: int) -> None:
        """Take the step again, in every language, when it leads to something new."""
        if brief.spot is not None and brief.spot.mark in self._marks:
            return
        if brief.spot is None and not self._is_new(spot.flow.name, f"{step.to}{spot.path}"):
            return
        with self._trial.undone():
            before = self._trial.last_notice()
            look = self._look(person, event, where)
            if look and look.spot:
                self._ask(person, look, look.spot, depth)
            elif look:
                if self._is_new(spot.flow.name, step.to):
                    self._record(person, spot.flow.name, step.to, "", look)
                self._go_on(person, look, before, depth)

    def _step(self, spot: Stand, look: Look, how: str, event: Event) -> Step:
        """Return the step an answer made, for the diagram."""
        step = partial(Step, spot.flow.name, spot.question.name, given=len(spot.given))
        asked, to = spot.question, look.spot.question if look.spot else None
        if spot.reconsidered or (isinstance(asked, Review) and to is not None and not to.later):
            return step("", Manner.CHANGED)
        plainly = answers.manner(asked, event), answers.said(asked, event, how)
        if look.spot is None or to is None:
            return step(self._ending(look), *plainly)
        if look.spot.flow is not spot.flow:
            return step(f"{ENDING} {look.spot.flow.name}", *plainly)
        if to.later or asked.later:
            return step(to.name, Manner.LATER)
        return step(to.name, *plainly)

    def _ending(self, look: Look) -> str:
        if look.problem:
            return f"{ENDING} {type(look.problem).__name__}"
        found = self.house.book.find(look.screen.address) if look.screen and look.screen.address else None
        return f"{ENDING} {found[0].pattern if found else 'a screen of its own'}"

    def _vary(self, person: Who, spot: Stand, how: str, event: Event, depth: int, brief: Look) -> None:
        """The question is asked again, differently: keep the screen if it is new, and press its keys."""
        known = self._variants[spot.asked]
        if brief.screen is None or answers.signature(brief.screen) in known or len(known) > MOST_VARIANTS:
            return
        known.add(answers.signature(brief.screen))
        with self._trial.undone():
            look = self._look(person, event, how)
            if look is None or look.screen is None:
                return
            self._record(person, *spot.key, how, look)
            for label, key in answers.unlike(answers.keys(look.screen)):
                self._answer(person, spot, label, key, depth, varied=True)

    def _explore_aside(self, person: Who, look: Look, depth: int) -> None:
        """Follow the addresses that stand among a question's keys."""
        if depth < MOST_DEPTH:
            self._explore(person, self._addresses(look), depth + 1)

    def _look(self, person: Who, event: Event, where: str, *, everywhere: bool = True) -> Look | None:
        """Take one turn; what goes wrong in it is a fault, and the way ends here."""
        try:
            return self._trial.look(person, event, everywhere=everywhere)
        except Exception as error:  # noqa: BLE001 - it is told, with all the others, at the end
            self._fault(where, f"{type(error).__name__}: {error}".partition("\n")[0][:300])
            return None

    # Remembering.

    def _record(self, person: Who, group: str, name: str, how: str, look: Look) -> None:
        shown = {language: reply.screen for language, reply in look.replies.items() if reply.screen is not None}
        toasts = {language: reply.toast for language, reply in look.replies.items()}
        self.crawl.sights.append(Sight(group, name, how, person.role, shown, toasts))

    def _fault(self, where: str, what: str) -> None:
        self.crawl.faults[Fault(where, what)] = None

    def _is_new(self, group: str, name: str) -> bool:
        new = ("sight", group, name) not in self._marks
        self._marks.add(("sight", group, name))
        return new

    def _addresses(self, look: Look) -> list[str]:
        buttons = [button for row in look.screen.keyboard for button in row] if look.screen else []
        return [button.data for button in buttons if button.data and button.data.startswith("/")]
