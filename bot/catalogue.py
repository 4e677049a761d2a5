"""The sentences people read, as they stand in the code and the templates, and the catalogues that must hold them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import cache
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Message
from babel.messages.extract import extract_python
from babel.messages.pofile import read_po
from jinja2.ext import babel_extract

from dialog import words

ROOT = Path(__file__).parent.parent
LANGUAGES = tuple(language for language in words.LANGUAGES if language != "en")
"""The languages that need a catalogue: the sentences themselves are English."""
_LETTER = re.compile(r"[A-Za-z]")
_FACT = re.compile(r"%\(\w+\)s|\{\w+\}")
_FOLDERS = ("bot", "dialog", "handlers")
_IN_CODE = {"_": None, "Label": None}
_IN_TEMPLATES = ("_", "gettext", "ngettext")
_AS_RENDERED = {"trim_blocks": "true", "lstrip_blocks": "true", "silent": "false"}


@cache
def sentences() -> frozenset[str]:
    """Return every English sentence that is translated when it is shown; what has no letters reads alike everywhere."""
    return frozenset(told for told in (*_in_code(), *_in_templates()) if _LETTER.search(_FACT.sub("", told)))


def translated(language: str) -> dict[str, str]:
    """Return the sentences a language has, with their translations."""
    found: dict[str, str] = {}
    for file in sorted((ROOT / "templates" / "locale" / language).glob("*.po")):
        with file.open("rb") as lines:
            messages = read_po(lines, locale=language)
        found |= {_single(message): str(message.string) for message in messages if message.string and not message.fuzzy}
    found.pop("", None)
    return found


def _single(message: Message) -> str:
    return message.id if isinstance(message.id, str) else message.id[0]


def _in_code() -> Iterator[str]:
    for folder in _FOLDERS:
        for file in sorted((ROOT / folder).rglob("*.py")):
            for _line, _function, told, _comments in extract_python(_bytes(file), _IN_CODE, (), {}):
                yield from _texts(told)


def _in_templates() -> Iterator[str]:
    for file in sorted((ROOT / "templates").rglob("*.html")):
        for _line, _function, told, _comments in babel_extract(_bytes(file), _IN_TEMPLATES, (), _AS_RENDERED):
            yield from _texts(told)


def _texts(told: str | Iterable[str | None] | None) -> Iterator[str]:
    """Return the sentence itself: the first of those in a call."""
    first = told if isinstance(told, str) or told is None else next(iter(told), None)
    if first:
        yield first


def _bytes(file: Path) -> BytesIO:
    return BytesIO(file.read_bytes())
