"""Spelling: how a firm's name is written, and how people type it. It knows words only, and asks no database."""

from __future__ import annotations

import re
import unicodedata

from pypinyin import Style, lazy_pinyin

LONGEST = 60
"""Letters of what was typed that are looked at."""
A_NAME = 12
"""Characters of it that pieces are taken from: a sentence begins with the name it is about."""
FIRM_WORDS = re.compile(r"股份|有限|责任|集团|公司|\(.*?\)|\b(co|ltd|inc|gmbh|company|limited)\b\.?")
KEY_LENGTH = 600


def key_of(name: str) -> str:
    """Return what a customer of this name is found by: the name folded, its initials and its pinyin."""
    plain = fold(name).replace(" ", "")
    initials = "".join(lazy_pinyin(plain, style=Style.FIRST_LETTER))
    return " ".join([plain, initials, "".join(lazy_pinyin(plain))])[:KEY_LENGTH]


def core_of(name: str) -> str:
    """Return the name without what every firm's name carries, and without spaces."""
    return re.sub(r"\s", "", FIRM_WORDS.sub("", fold(name)))


def sound_of(core: str) -> str:
    """Return how a name is said, without tones: letters and digits alone."""
    return re.sub(r"\W", "", "".join(lazy_pinyin(core)))


def parts_of(words: str) -> list[str]:
    """Return what was typed, folded, between its spaces."""
    return fold(words)[:LONGEST].split()


def pieces_of(typed: str) -> list[str]:
    """Return three short pieces, spread evenly: a mistake leaves some of them as they are.

    Two characters are telling; of letters it takes more. What every firm's name carries tells nothing.
    """
    typed = core_of(typed) or typed
    if not typed.isascii() or len(typed) <= 4:
        length, span = 2, A_NAME
    else:
        length, span = (3 if len(typed) <= 8 else 4), 2 * A_NAME
    last = max(len(typed[:span]) - length, 0)
    return [typed[at : at + length] for at in sorted({0, last // 2, last})]


def fold(words: str) -> str:
    """Return the words in one case and one width."""
    # PostgreSQL takes no NUL, and a forged address may hold one.
    return unicodedata.normalize("NFKC", words).replace("\0", "").casefold().strip()
