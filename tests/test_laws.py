"""The laws of the house: who may import whom, where the clock is read and work is committed, what must be said."""

from __future__ import annotations

import ast
import re
import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from bot.app import TEMPLATES, house_of
from bot.commands import menu
from bot.config import Config, load
from dialog.flow import Flow
from dialog.page import Route
from dialog.talk import House
from dialog.words import LANGUAGES
from handlers.book import book
from models.person import Permission, Role

HOUSE = Path(__file__).parents[1]
MAY_IMPORT = {
    "models": {"models"},
    "dialog": {"dialog", "models"},
    "crm": {"crm", "models"},
    "handlers": {"handlers", "dialog", "crm", "models"},
    "bot": {"bot", "handlers", "dialog", "crm", "models"},
    "simulator": {"simulator"},
}
"""The arrows. One file may do more: the demo is the bot in the simulator."""
FILES = sorted(file.relative_to(HOUSE) for folder in MAY_IMPORT for file in (HOUSE / folder).rglob("*.py"))
FLOWS = list(book().flows.values())
THINGS: list[Flow | Route] = [*FLOWS, *book().routes]


@cache
def tree(file: Path) -> ast.Module:
    return ast.parse((HOUSE / file).read_text(encoding="utf-8"))


def imported(file: Path) -> set[str]:
    """Every package the file imports, at its top or within."""
    found = set()
    for node in ast.walk(tree(file)):
        if isinstance(node, ast.Import):
            found |= {name.name.partition(".")[0] for name in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found.add(node.module.partition(".")[0])
    return found


def called(file: Path) -> Iterator[str]:
    """The names of everything the file calls: ``print``, ``session.commit``."""
    for node in ast.walk(tree(file)):
        if isinstance(node, ast.Call):
            yield ast.unparse(node.func)


@pytest.mark.parametrize("file", FILES, ids=str)
def test_a_file_imports_only_along_the_arrows(file: Path):
    allowed = MAY_IMPORT[file.parts[0]] | ({"simulator"} if file == Path("bot/demo.py") else set())

    assert imported(file) & MAY_IMPORT.keys() <= allowed
    assert "tests" not in imported(file)


def test_telegram_is_heard_of_in_one_folder():
    assert {file.parts[0] for file in FILES if "telegram" in imported(file)} == {"bot"}


def test_work_is_committed_in_one_place():
    committing = {str(file) for file in FILES for name in called(file) if name.endswith(".commit")}

    assert committing == {"bot/database.py"}


def test_the_clock_is_read_in_one_place():
    walls = {"datetime.now", "datetime.utcnow", "datetime.today", "date.today", "time.time", "time.time_ns"}
    reading = {str(file) for file in FILES if walls & set(called(file)) and file.parts[0] != "simulator"}

    assert reading == {"bot/app.py"}


def test_a_stopwatch_is_for_the_process():
    assert {file.parts[0] for file in FILES if "time.monotonic" in called(file)} <= {"bot", "simulator"}


def test_nobody_prints():
    assert [str(file) for file in FILES if "print" in called(file)] == []


def test_no_file_is_called_after_nothing():
    vague = {"utils", "util", "helpers", "helper", "common", "misc", "manager"}

    assert [str(file) for file in FILES if vague & {file.stem, *file.parts}] == []


def named(thing: Flow | Route) -> str:
    return thing.name if isinstance(thing, Flow) else thing.pattern


@pytest.mark.parametrize("thing", THINGS, ids=named)
def test_every_conversation_page_and_act_says_what_it_is_and_who_may(thing: Flow | Route):
    docstring = thing.script.__doc__ if isinstance(thing, Flow) else thing.__doc__

    assert docstring
    assert isinstance(thing.needs, Permission)


def test_no_two_things_share_a_name_a_command_or_a_pattern():
    names = [named(thing) for thing in THINGS]
    commands = [thing.command for thing in THINGS if thing.command]

    assert len(names) == len(set(names))
    assert len(commands) == len(set(commands))


@pytest.fixture(scope="module")
def house() -> House:
    return house_of(Config(), bot_username="huifang_bot")


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("role", Role)
def test_every_command_is_described_as_telegram_wants_it(house: House, role: Role, language: str):
    for command in menu(house, role, house.languages[language]):
        assert re.fullmatch(r"[a-z0-9_]{1,32}", command.command)
        assert 1 <= len(command.description) <= 256
        assert bool(re.search(r"[\u4e00-\u9fff]", command.description)) == (language == "zh_CN"), command


def test_every_command_has_a_title():
    assert [named(thing) for thing in THINGS if thing.command and not thing.title] == []


def test_the_example_says_what_is_used_when_nothing_is_said():
    assert load(HOUSE / "config.example.toml", {}) == Config()


def test_the_example_names_every_key_there_is():
    section, told = "", set()
    for line in (HOUSE / "config.example.toml").read_text(encoding="utf-8").splitlines():
        if match := re.fullmatch(r"\[(\w+)\]", line):
            section = match[1]
        elif match := re.match(r"(?:# )?(\w+) = ", line):
            told.add(f"{section}.{match[1]}")

    known = {f"{name}.{key}" for name, field in Config.model_fields.items() for key in type(field.default).model_fields}
    assert told == known


def test_every_template_belongs_to_a_package_that_is_installed():
    packages = tomllib.loads((HOUSE / "pyproject.toml").read_text())["tool"]["setuptools"]["packages"]

    assert {file.parts[0] for file in FILES} | {"templates"} == {name.partition(".")[0] for name in packages}
    assert TEMPLATES == HOUSE / "templates"
