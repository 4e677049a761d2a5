"""A little bot of its own for testing the engine: it asks about tea."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from types import SimpleNamespace
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import create_engine
from sqlalchemy.orm import Session

from dialog.book import Book
from dialog.events import Message
from dialog.flow import Enter, Flow, Script, flow
from dialog.page import act, page
from dialog.questions import Choice, Pick, PickDay, PickMany, Review, Words, said_in
from dialog.screen import Door, Link, Screen
from dialog.talk import House, Talk
from dialog.words import Words as Language
from dialog.words import _
from models import Base
from models.person import Permission, Person, Role
from models.problem import NotFound, Problem
from tests.chatter import Chatter

NOW = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
TEMPLATES = {
    "tea/kind": "Which tea?",
    "tea/guest": "Which guest?{% if words and not found %} Nobody found.{% endif %}",
    "tea/others": "Who else?",
    "tea/note": "Anything to note?",
    "tea/day": "When?{% if month %} {{ month }}{% endif %}",
    "note/words": "What is it?",
    "note/kind": "Note {{ known.words.text }} with {{ known.words.files | length }}. Which tea?",
    "tea/served": "Served {{ tea.kind }} to {{ tea.guest }}: {{ tea.note }}",
    "problems/no_water": "There is no water.",
    "maybe/kind": "Which tea would it be?",
    "home": "Home",
    "echo": "You said {{ text }}",
}


class Tea(StrEnum):
    GREEN = "green"
    BLACK = "black"


@dataclass
class Guest:
    id: int
    name: str


class NoWater(Problem):
    pass


class Guests:
    everybody = tuple(
        Guest(n, name) for n, name in enumerate(("Ana", "Ben", "Cho", "Dora", "Eve", "Finn", "Gus", "Hana"), 1)
    )

    def choices(self, talk: Talk, words: str, limit: int, offset: int) -> Sequence[Guest]:
        return [guest for guest in self.everybody if words.lower() in guest.name.lower()][offset : offset + limit]

    def find(self, talk: Talk, id_: int) -> Guest:
        found = [guest for guest in self.everybody if guest.id == id_]
        if not found:
            raise NotFound
        return found[0]

    def title(self, talk: Talk, row: Guest) -> str:
        return row.name


@page("/words/{word}")
def words(talk: Talk, word: str) -> Screen:
    """Say a word."""
    return Screen("echo", text=word)


def jotting(served: list[SimpleNamespace], heard: list[tuple[str, object]]) -> Flow:
    """A conversation that any free message about notes opens."""

    @flow(
        "note",
        _("Note"),
        needs=Permission.TALK,
        at_once=True,
        on_answer=lambda talk, name, value, known: heard.append((name, str(value))),
    )
    def jot(talk: Talk) -> Script:
        words = yield from Words("words", photos=10, files_alone=True)
        yield from Choice("kind", Tea)
        served.append(SimpleNamespace(guest="", kind="", note=words.text, files=[*words.files]))
        return Screen("echo", text=words.text)

    return jot


def passing_on(tea: Flow) -> Flow:
    """A conversation that asks one thing and hands over to the one about tea."""

    @flow("maybe", _("Maybe tea"), needs=Permission.TALK, keeps=True)
    def maybe(talk: Talk) -> Script:
        words = yield from Words("words", photos=10, files_alone=True)
        wanted = yield from Choice("kind", Tea)
        return Enter(tea, "note", Words("words").freeze(words), {"kind": wanted.value})

    return maybe


def write_templates(tmp_path: Path) -> None:
    for name, text in TEMPLATES.items():
        file = tmp_path / f"{name}.html"
        file.parent.mkdir(exist_ok=True)
        file.write_text(text, encoding="utf-8")
    for shared in Path("templates").glob("*/*.html"):
        if shared.parent.name in {"dialog", "problems"}:
            target = tmp_path / shared.parent.name / shared.name
            target.parent.mkdir(exist_ok=True)
            target.write_text(shared.read_text(encoding="utf-8"), encoding="utf-8")


@pytest.fixture
def tea_house(tmp_path: Path) -> SimpleNamespace:
    """The house, what was served, and a switch for the water."""
    write_templates(tmp_path)
    served: list[SimpleNamespace] = []
    heard: list[tuple[str, object]] = []
    kettle = SimpleNamespace(water=True)

    @page("/", command="menu", title=_("Menu"))
    def home(talk: Talk) -> Screen:
        return Screen("home", rows=[[Door(_("Serve tea"), tea), Link(_("Last"), cup, len(served))]])

    @page("/cups/{cup_id}")
    def cup(talk: Talk, cup_id: int, slice: int | None = None) -> Screen:  # noqa: A002
        if not 0 < cup_id <= len(served):
            raise NotFound
        return Screen("tea/served", tea=served[cup_id - 1], rows=[[Link(_("Home"), home)]])

    @act("/kettle/fill", command="fill", title=_("Fill the kettle"))
    def fill(talk: Talk) -> Screen:
        kettle.water = True
        return home(talk)

    @flow(
        "tea",
        _("Serve tea"),
        needs=Permission.LOG_VISITS,
        command="tea",
        keeps=True,
        prefill=lambda talk, text: {"guest": text} if text.isdigit() else {},
        on_answer=lambda talk, name, value, known: heard.append((name, value)),
    )
    def tea(talk: Talk) -> Script:
        guest = yield from Pick("guest", Guests(), _("Guest"))
        kind = yield from Choice("kind", Tea, _("Tea"))
        note = yield from Words("note", _("Note"), photos=10, voice=True, optional=True, most=200)
        day = yield from PickDay("day", _("Day"), later=True)
        others = yield from PickMany("others", Guests(), _("Others"), later=True)
        yield from Review("save")
        if not kettle.water:
            raise NoWater
        files = [*(note.files if note else ()), *talk.kept.files]
        text = "\n".join(part for part in (note.text if note else "", talk.kept.text) if part)
        served.append(
            SimpleNamespace(guest=guest.name, kind=kind.value, note=text, files=files, day=day, others=others)
        )
        return cup(talk, len(served))

    jot, maybe = jotting(served, heard), passing_on(tea)

    def otherwise(talk: Talk, message: Message) -> Screen | Enter:
        if message.file or message.text.startswith("note"):
            return Enter(jot, "words", said_in(message))
        if message.text.startswith("maybe"):
            return Enter(maybe, "words", said_in(message))
        return Screen("echo", text=message.text)

    language = Language("en", tmp_path, {Tea.GREEN: _("Green tea"), Tea.BLACK: _("Black tea")}.items())
    book = Book([tea, jot, maybe], [home, cup, words, fill], otherwise=otherwise)
    house = House(book, {"en": language}, "en", ZoneInfo("Asia/Shanghai"), "Tea House", "tea_bot")
    return SimpleNamespace(house=house, served=served, heard=heard, kettle=kettle)


@pytest.fixture
def session() -> Iterator[Session]:
    engine = create_engine("sqlite://")
    Base.metadata.create_all(engine)
    with Session(engine) as session:
        yield session
    engine.dispose()


@pytest.fixture
def olga(tea_house: SimpleNamespace, session: Session) -> Chatter:
    person = Person(name="Olga", role=Role.REP, joined_at=NOW, telegram_id=7, language="en")
    session.add(person)
    session.flush()
    return Chatter(tea_house.house, session, person, lambda: NOW)
