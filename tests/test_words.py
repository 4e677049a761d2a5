"""A law: whatever a person reads can be read in Chinese, and nothing lies in a catalogue that nobody says."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from babel.messages.catalog import Message
from babel.messages.extract import extract_from_dir
from babel.messages.frontend import parse_mapping_cfg
from babel.messages.pofile import read_po

CATALOGUES = sorted(Path("templates/locale/zh_CN").glob("*.po"))
KEYWORDS = {"_": None, "Label": None, "gettext": None, "ngettext": (1, 2)}
PLACEHOLDER = re.compile(r"%\((\w+)\)s|(?<!\{)\{(\w+)\}")
LOUD = re.compile(r"[!！]")
LETTER = re.compile(r"[A-Za-z]")
"""What has no letter in it, such as ``• {period}``, reads alike everywhere."""


@cache
def said() -> dict[str, str]:
    """Return every sentence in the source with the first place it stands at."""
    with Path("babel.cfg").open(encoding="utf-8") as lines:
        methods, options = parse_mapping_cfg(lines)
    found: dict[str, str] = {}
    for file, line, sentence, _comments, _context in extract_from_dir(".", methods, options, keywords=KEYWORDS):
        for one in [sentence] if isinstance(sentence, str) else sentence:
            if one:
                found.setdefault(one, f"{file}:{line}")
    return found


@cache
def translated() -> dict[str, list[tuple[str, Message]]]:
    """Return what the catalogues hold: by English sentence, the file and the entry."""
    found: dict[str, list[tuple[str, Message]]] = {}
    for file in CATALOGUES:
        with file.open("rb") as lines:
            for entry in read_po(lines, locale="zh_CN"):
                if entry.id:
                    found.setdefault(str(entry.id), []).append((file.name, entry))
    return found


def entries() -> Iterator[tuple[str, str, Message]]:
    return ((sentence, file, entry) for sentence, found in translated().items() for file, entry in found)


def names(sentence: str) -> set[str]:
    """Return the placeholders of a sentence."""
    return {first or second for first, second in PLACEHOLDER.findall(sentence)}


def test_there_is_something_to_read():
    assert len(said()) > 300
    assert {Path(place).parts[0].partition(":")[0] for place in said().values()} >= {"dialog", "handlers", "templates"}


def test_every_sentence_can_be_read_in_chinese():
    english = {sentence: place for sentence, place in said().items() if LETTER.search(PLACEHOLDER.sub("", sentence))}
    missing = [f"{place}: {sentence}" for sentence, place in english.items() if sentence not in translated()]
    assert not missing, listed("not in any catalogue under templates/locale/zh_CN", missing)


def test_every_translation_is_complete():
    poor = [f"{file}: {sentence}" for sentence, file, entry in entries() if not entry.string or entry.fuzzy]
    assert not poor, listed("without a translation, or with a doubtful one", poor)


def test_a_translation_names_the_same_facts_as_its_sentence():
    wrong = [
        f"{file}: {sentence} -> {entry.string}"
        for sentence, file, entry in entries()
        if names(sentence) != names(str(entry.string))
    ]
    assert not wrong, listed("with other placeholders than the English sentence", wrong)


def test_no_catalogue_holds_a_sentence_that_nobody_says():
    unused = [f"{file}: {sentence}" for sentence, file, _entry in entries() if sentence not in said()]
    assert not unused, listed("in a catalogue, but in no source", unused)


def test_a_sentence_reads_alike_wherever_it_is_translated():
    unlike = [
        f"{sentence}: " + ", ".join(f"{file} {entry.string}" for file, entry in found)
        for sentence, found in translated().items()
        if len({entry.string for _file, entry in found}) > 1
    ]
    assert not unlike, listed("translated in two ways", unlike)


def test_nobody_is_shouted_at():
    loud = [f"{file}: {entry.string}" for _sentence, file, entry in entries() if LOUD.search(str(entry.string))]
    loud += [f"{place}: {sentence}" for sentence, place in said().items() if LOUD.search(sentence)]
    assert not loud, listed("with an exclamation mark", loud)


@pytest.mark.parametrize("file", CATALOGUES, ids=lambda file: file.name)
def test_a_catalogue_is_written_in_chinese_punctuation(file: Path):
    """A Chinese sentence does not end with a Latin stop, nor does a Latin comma stand between Chinese words."""
    latin = re.compile(r"[\u4e00-\u9fff][,.;:?](?:\s|$|[\u4e00-\u9fff])")
    wrong = [
        f"{entry.string}" for _s, name, entry in entries() if name == file.name and latin.search(str(entry.string))
    ]
    assert not wrong, listed(f"in {file.name} with Latin punctuation", wrong)


def listed(what: str, sentences: list[str]) -> str:
    return f"{len(sentences)} sentences {what}:\n" + "\n".join(f"  {sentence}" for sentence in sorted(sentences))
