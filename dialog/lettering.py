"""Lettering: words and numbers as a picture can show them, in the font that travels with the source.

matplotlib is imported with the first word measured.
"""

from __future__ import annotations

import re
import unicodedata
from decimal import ROUND_HALF_UP, Decimal
from importlib.resources import files
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from matplotlib.font_manager import FontProperties

FONT = str(files("templates") / "fonts" / "NotoSansSC-subset.otf")  # how it was made: docs/fonts.md
WORD = re.compile(r"[!-~\u00a1-\u024f]+|.")  # a Latin word stays whole, Chinese breaks anywhere


def broken(words: str, size: int, room: float, at_most: int) -> list[str]:
    """Return the words broken into lines no wider than ``room``; what is left over becomes an ellipsis."""
    lines: list[str] = []
    for paragraph in drawable(words).splitlines():
        lines.append("")
        for piece in WORD.findall(paragraph):
            if lines[-1] and width_of(lines[-1] + piece.rstrip(), size) > room:
                lines.append("")
            lines[-1] += piece if lines[-1] else piece.lstrip()
    if len(lines) > at_most:
        lines[at_most - 1 :] = [f"{lines[at_most - 1]}…"]
    return [cut(text.rstrip(), size, room) for text in lines]


def cut(text: str, size: int, room: float) -> str:
    """Return as much of the text as there is room for, with an ellipsis for the rest."""
    while len(text) > 1 and width_of(text, size) > room:
        text = f"{text.rstrip('…')[:-1]}…"
    return text


def number(value: float | None, unit: str) -> str:
    """Return a value as people write it, with its unit; a dash where nothing is known."""
    if value is None:
        return "–"
    rounded = Decimal(str(value)).quantize(Decimal("0.1"), ROUND_HALF_UP)  # as people round: 1.25 is 1.3
    digits = 0 if rounded == int(rounded) else 1
    return f"{rounded + 0:,.{digits}f}".replace("-", "−") + drawable(unit)  # plus zero: no minus before a zero


def drawable(words: str) -> str:
    """Return the words as the font can draw them; for a character it lacks the printer's mark of a missing sort."""
    from matplotlib.font_manager import get_font

    glyphs = get_font(FONT)
    seen = [
        " " if letter == "\t" else letter
        for letter in unicodedata.normalize("NFC", words)
        if letter in "\t\n" or unicodedata.category(letter) not in {"Cc", "Cf", "Cs", "Mn", "Me"}
    ]
    return "".join(letter if letter == "\n" or glyphs.get_char_index(ord(letter)) else "〓" for letter in seen)


def width_of(text: str, size: int) -> float:
    """Return how wide a line is, in pixels."""
    from matplotlib.textpath import text_to_path

    width, _, _ = text_to_path.get_text_width_height_descent(text, font(size), ismath=False)
    return width


def font(size: int) -> FontProperties:
    """Return the font in a size, in pixels."""
    from matplotlib.font_manager import FontProperties

    return FontProperties(fname=FONT, size=size)
