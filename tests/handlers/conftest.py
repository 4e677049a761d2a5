"""The house with everything in it, and the people who talk to it."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy.orm import Session

from dialog.book import Book
from dialog.events import Message
from dialog.page import page
from dialog.screen import Screen
from dialog.talk import House, Talk
from dialog.words import LANGUAGES, Words, _
from handlers.names import NAMES
from handlers.told import hear_customer
from models.customer import Contact
from models.person import Permission, Person
from tests.chatter import Chatter
from tests.conftest import Clock

TEMPLATES = Path("templates")


@pytest.fixture(scope="session")
def house() -> House:
    """The firm's house, in both languages."""
    languages = {language: Words(language, TEMPLATES, NAMES) for language in LANGUAGES}
    return House(_book(), languages, "zh_CN", ZoneInfo("Asia/Shanghai"), "恒远工业", "huifang_test_bot")


def _book() -> Book:
    if find_spec("handlers.book"):
        return import_module("handlers.book").book()
    written = [file.stem for file in Path("handlers").glob("*.py") if file.stem not in {"__init__", "book"}]
    modules = [import_module(f"handlers.{name}") for name in sorted(written)]
    found = Book.of(modules, otherwise=_otherwise)
    return found if found.find("/") else Book(found.flows.values(), [*found.routes, _home], otherwise=_otherwise)


def _otherwise(talk: Talk, message: Message) -> Any:
    """Until there is a handler of its own: a customer's message becomes a report, a colleague's shows the menu."""
    return hear_customer(talk, message) if talk.may(Permission.REPORT_PROBLEMS) else _home(talk)


@page("/", command="menu", title=_("Home"))
def _home(talk: Talk) -> Screen:
    return Screen("dialog/cancelled", had=False, saved=False)


@pytest.fixture
def meet(house: House, session: Session, clock: Clock) -> Callable[..., Chatter]:
    """Open a chat with somebody, in a language."""

    def meet(person: Person, language: str = "zh_CN") -> Chatter:
        person.language = language
        session.flush()
        return Chatter(house, session, person, lambda: clock.now)

    return meet


@pytest.fixture
def li(meet: Callable[..., Chatter], li_wei: Person) -> Chatter:
    """李伟, the rep."""
    return meet(li_wei)


@pytest.fixture
def wang(meet: Callable[..., Chatter], wang_fang: Person) -> Chatter:
    """王芳, the customer's engineer."""
    return meet(wang_fang)


@pytest.fixture
def chen(meet: Callable[..., Chatter], chen_jing: Person) -> Chatter:
    """陈静, the manager."""
    return meet(chen_jing)


@pytest.fixture
def zhao(meet: Callable[..., Chatter], zhao_min: Person) -> Chatter:
    """赵敏, another rep."""
    return meet(zhao_min)


@pytest.fixture
def wang_as_contact(engineer: Contact) -> Contact:
    """王芳 as the file knows her."""
    return engineer
