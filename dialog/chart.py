"""Charts: a title and some numbers become a PNG picture, made to be read on a phone.

Every word is the caller's and no figure is computed here. Nothing is remembered either: each picture is drawn on a
sheet of its own, so any thread may draw. matplotlib is imported with the first picture, and a bare machine draws the
same, because the font travels with the source.
"""

import math
import re
import unicodedata
from collections.abc import Callable, Collection, Sequence
from decimal import ROUND_HALF_UP, Decimal
from importlib.resources import files
from io import BytesIO
from typing import TYPE_CHECKING, Literal, NamedTuple

if TYPE_CHECKING:
    from matplotlib.artist import Artist
    from matplotlib.font_manager import FontProperties

FONT = str(files("templates") / "fonts" / "NotoSansSC-subset.otf")  # how it was made: docs/fonts.md
WIDTH = 1200

PAPER, INK, QUIET, RULE, WARM = "#ffffff", "#22303c", "#66747f", "#dfe5ea", "#c96a4a"
COLOURS = ("#3f7cac", "#e2a94f", "#7fa387", "#95709b", "#8a97a3")

TITLE, LABEL, SMALL = 46, 34, 30  # sizes of type, in pixels
LEADING = 1.3
MARGIN = 48
GAP = 16
WIDEST_LABEL = 420
PLOT = 520  # height of a curve's plot
AIR = 76  # around it, where the values stand

# What the row is called, and its value; None where nothing is known or too few answered, drawn as a dash.
Row = tuple[str, float | None]
Target = tuple[str, float]


def bars(
    title: str,
    rows: Sequence[Row],
    *,
    subtitle: str = "",
    unit: str = "",
    target: Target | None = None,
    marked: Collection[str] = (),
    empty: str = "–",
) -> bytes:
    """A horizontal bar per row, in the given order, with its value; a dozen rows are read with ease.

    `unit` follows each value as it is given (`"%"`, `" 次"`). `target` is drawn as a dashed line and named in a legend.
    Rows whose label is in `marked` stand out in a warm colour. Without rows the picture says `empty`.
    """
    sheet = _Sheet(title, subtitle)
    if not rows:
        return sheet.saying(empty)
    _legend(sheet, [], unit, target)
    groups = [
        (label, [_Bar(_finite(value), WARM if label in marked else COLOURS[0], thick=44)]) for label, value in rows
    ]
    _bar_plot(sheet, groups, unit, target)
    return sheet.png()


def grouped_bars(
    title: str,
    groups: Sequence[str],
    series: Sequence[tuple[str, Sequence[float | None]]],
    *,
    subtitle: str = "",
    unit: str = "",
    target: Target | None = None,
    empty: str = "–",
) -> bytes:
    """For each group one bar per series, to compare: this quarter and the last, by region.

    A series has a name and one value per group; at most five can be told apart, more raise ValueError, and so does a
    series of another length. Without groups or series the picture says `empty`.
    """
    sheet = _Sheet(title, subtitle)
    if not groups or not series:
        return sheet.saying(empty)
    if len(series) > len(COLOURS):
        raise ValueError(f"{len(series)} series, but only {len(COLOURS)} colours")
    shades = dict(zip((name for name, _ in series), COLOURS, strict=False))
    _legend(sheet, list(shades.items()), unit, target)
    columns = zip(*(values for _, values in series), strict=True)
    drawn = [
        (group, [_Bar(_finite(value), shade, thick=34) for value, shade in zip(values, shades.values(), strict=True)])
        for group, values in zip(groups, columns, strict=True)
    ]
    _bar_plot(sheet, drawn, unit, target)
    return sheet.png()


def line(
    title: str,
    points: Sequence[Row],
    *,
    subtitle: str = "",
    unit: str = "",
    target: Target | None = None,
    empty: str = "–",
) -> bytes:
    """A curve through the points in the given order, which is usually time; a missing value leaves a gap.

    Up to eight points each show their value, more show only the lowest, the highest and the last.
    Without any value the picture says `empty`.
    """
    sheet = _Sheet(title, subtitle)
    known = [value for _, given in points if (value := _finite(given)) is not None]
    if not known:
        return sheet.saying(empty)
    _legend(sheet, [], unit, target)
    _curve(sheet, points, _round_steps([*known, *([target[1]] if target else [])]), unit, target)
    return sheet.png()


class _Sheet:
    """Paper measured in pixels from its top left corner; it grows downwards as it is written on."""

    def __init__(self, title: str, subtitle: str) -> None:
        from matplotlib.figure import Figure
        from matplotlib.transforms import Affine2D

        self._figure = Figure(figsize=(WIDTH / 72, 1), dpi=72, facecolor=PAPER, edgecolor="none")
        self._figure.set_layout_engine("none")  # whatever a matplotlibrc says
        self._downwards = Affine2D()  # filled in by png(): the height is known only then
        self.y: float = MARGIN
        self._paragraph(title, TITLE, INK, at_most=2)
        self._paragraph(subtitle, SMALL, QUIET, at_most=2)
        self.y += GAP

    def saying(self, words: str) -> bytes:
        """The picture with nothing but these words below its title."""
        self.y += 2 * GAP
        self._paragraph(words, LABEL, QUIET, at_most=4)
        return self.png()

    def write(
        self,
        x: float,
        y: float,
        words: str,
        size: int,
        *,
        colour: str = INK,
        align: Literal["left", "center", "right"] = "left",
    ) -> None:
        """One line of words with its middle at `y`; a rim of paper keeps it legible upon a line."""
        from matplotlib.patheffects import withStroke

        self._figure.text(
            x,
            y + 0.37 * size,  # the baseline: digits and Chinese characters then both look centred
            words,
            transform=self._downwards,
            fontproperties=_font(size),
            color=colour,
            horizontalalignment=align,
            verticalalignment="baseline",
            parse_math=False,  # two dollar signs are not a formula
            path_effects=[withStroke(linewidth=8, foreground=PAPER)],
            zorder=3,
        )

    def box(self, x: float, y: float, width: float, height: float, colour: str) -> None:
        """A filled rectangle."""
        from matplotlib.patches import Rectangle

        self._add(Rectangle((x, y), width, height, facecolor=colour, edgecolor="none", linewidth=0, zorder=1))

    def stroke(self, xs: Sequence[float], ys: Sequence[float], colour: str, *, dashed: bool = False) -> None:
        """A straight line; a dashed one is thicker and lies upon the bars."""
        from matplotlib.lines import Line2D

        self._add(
            Line2D(
                xs,
                ys,
                color=colour,
                linewidth=4 if dashed else 2,
                linestyle=(0, (3, 2)) if dashed else "-",
                dash_capstyle="butt",
                solid_capstyle="butt",
                marker="None",
                zorder=2 if dashed else 1,
            )
        )

    def curve(self, xs: Sequence[float], ys: Sequence[float], colour: str) -> None:
        """A line through dots, interrupted where `ys` holds nan."""
        from matplotlib.lines import Line2D

        crowded = len(xs) > 12
        self._add(
            Line2D(
                xs,
                ys,
                color=colour,
                linewidth=6,
                linestyle="-",
                solid_joinstyle="round",
                marker="o",
                markersize=10 if crowded else 20,
                markerfacecolor=colour,
                markeredgecolor=PAPER,
                markeredgewidth=0 if crowded else 4,
                zorder=2.5,
            )
        )

    def png(self) -> bytes:
        """Cut the paper below what was written."""
        from matplotlib.backends.backend_agg import FigureCanvasAgg

        height = math.ceil(self.y + MARGIN)
        self._downwards.scale(1, -1).translate(0, height)
        self._figure.set_size_inches(WIDTH / 72, height / 72)
        picture = BytesIO()
        # Not savefig(), which would obey a matplotlibrc found on the machine.
        FigureCanvasAgg(self._figure).print_png(picture, metadata={"Software": None})  # type: ignore[no-untyped-call]
        return picture.getvalue()

    def _paragraph(self, words: str, size: int, colour: str, *, at_most: int) -> None:
        for text in _lines(words, size, WIDTH - 2 * MARGIN, at_most):
            self.write(MARGIN, self.y + LEADING * size / 2, text, size, colour=colour)
            self.y += LEADING * size

    def _add(self, artist: "Artist") -> None:
        artist.set_transform(self._downwards)
        self._figure.add_artist(artist)


def _legend(sheet: _Sheet, keys: Sequence[tuple[str, str]], unit: str, target: Target | None) -> None:
    aim = [(f"{target[0]} {_number(target[1], unit)}", INK, 52)] if target else []
    x: float = MARGIN
    for name, colour, sign in [*((name, colour, 24) for name, colour in keys), *aim]:
        words = _cut(_drawable(name), SMALL, WIDTH - 2 * MARGIN - sign - GAP)
        wide = sign + GAP + _width(words, SMALL)
        if x + wide > WIDTH - MARGIN:
            x = MARGIN
            sheet.y += LEADING * SMALL
        middle = sheet.y + LEADING * SMALL / 2
        if colour == INK:
            sheet.stroke([x, x + sign], [middle, middle], colour, dashed=True)
        else:
            sheet.box(x, middle - sign / 2, sign, sign, colour)
        sheet.write(x + sign + GAP, middle, words, SMALL, colour=QUIET)
        x += wide + 2.5 * GAP
    if keys or aim:
        sheet.y += LEADING * SMALL + GAP


class _Bar(NamedTuple):
    value: float | None
    colour: str
    thick: int


class _Scale(NamedTuple):
    """Where a value stands between the labels on the left and the margin on the right."""

    low: float
    high: float
    left: float
    right: float

    def x(self, value: float) -> float:
        return self.left + (value - self.low) / (self.high - self.low) * (self.right - self.left)


def _bar_plot(sheet: _Sheet, groups: Sequence[tuple[str, Sequence[_Bar]]], unit: str, target: Target | None) -> None:
    labels = [_lines(label, LABEL, WIDEST_LABEL, 2) for label, _ in groups]
    values = [bar.value for _, row in groups for bar in row if bar.value is not None]
    scale = _scale([*values, *([target[1]] if target else [])], labels, unit)
    top = sheet.y
    for label, (_, row) in zip(labels, groups, strict=True):
        _bar_group(sheet, scale, label, row, unit)
    sheet.stroke([scale.x(0)] * 2, [top, sheet.y], QUIET)
    if target:
        sheet.stroke([scale.x(target[1])] * 2, [top, sheet.y], INK, dashed=True)


def _scale(values: Sequence[float], labels: Sequence[Sequence[str]], unit: str) -> _Scale:
    low, high = min([0, *values]), max([0, *values])
    if low == high:
        high = 1
    words = max((_width(text, LABEL) for label in labels for text in label), default=0)
    room = max((_width(_number(value, unit), LABEL) for value in values), default=0) + GAP
    return _Scale(
        low, high, MARGIN + words + GAP + (room if low < 0 else 0), WIDTH - MARGIN - (room if high > 0 else 0)
    )


def _bar_group(sheet: _Sheet, scale: _Scale, label: Sequence[str], row: Sequence[_Bar], unit: str) -> None:
    height = max(sum(bar.thick + 4 for bar in row), len(label) * LEADING * LABEL) + 2 * GAP
    middle = sheet.y + height / 2
    for place, text in enumerate(label):
        sheet.write(MARGIN, middle + (place - (len(label) - 1) / 2) * LEADING * LABEL, text, LABEL)
    zero = scale.x(0)
    for place, bar in enumerate(row):
        y = middle + (place - (len(row) - 1) / 2) * (bar.thick + 4)
        end = scale.x(bar.value or 0)
        sheet.box(zero, y - bar.thick / 2, end - zero, bar.thick, bar.colour)
        if end < zero:
            sheet.write(end - GAP, y, _number(bar.value, unit), LABEL, align="right")
        else:
            sheet.write(end + GAP, y, _number(bar.value, unit), LABEL)
    sheet.y += height


def _curve(sheet: _Sheet, points: Sequence[Row], steps: Sequence[float], unit: str, target: Target | None) -> None:
    low, high = steps[0], steps[-1]
    left = MARGIN + max(_width(_number(step, unit), SMALL) for step in steps) + GAP
    top = sheet.y + AIR - GAP
    room = WIDTH - MARGIN - left - 2 * AIR
    apart = room / max(len(points) - 1, 1)

    def x(place: int) -> float:
        return left + AIR + (place * apart if len(points) > 1 else room / 2)

    def y(value: float) -> float:
        return top + (high - value) / (high - low) * PLOT

    for step in steps:
        sheet.stroke([left, WIDTH - MARGIN], [y(step)] * 2, RULE)
        sheet.write(left - GAP, y(step), _number(step, unit), SMALL, colour=QUIET, align="right")
    if target:
        sheet.stroke([left, WIDTH - MARGIN], [y(target[1])] * 2, INK, dashed=True)
    heights = [math.nan if value is None else y(value) for _, value in points]
    sheet.curve([x(place) for place in range(len(points))], heights, COLOURS[0])
    for place, value, aside in _spoken(points):
        sheet.write(x(place), y(value) + aside, _number(value, unit), LABEL, align="center")
    sheet.y = top + PLOT + AIR - GAP
    _feet(sheet, [label for label, _ in points], x, apart)


def _spoken(points: Sequence[Row]) -> list[tuple[int, float, int]]:
    """Which points show their value, and how far above or below: a valley shows it below."""
    known = [(place, value) for place, (_, value) in enumerate(points) if value is not None]
    heights = [value for _, value in known]
    outstanding = {heights.index(min(heights)), heights.index(max(heights)), len(known) - 1}
    spoken = []
    for nth, (place, value) in enumerate(known):
        beside = heights[max(nth - 1, 0) : nth] + heights[nth + 1 : nth + 2]
        if len(known) <= 8 or nth in outstanding:
            valley = bool(beside) and value <= min(beside) and value < max(beside)
            spoken.append((place, value, 44 if valley else -44))
    return spoken


def _feet(sheet: _Sheet, labels: Sequence[str], x: Callable[[int], float], apart: float) -> None:
    """The words below the curve: as many as find room, always the last."""
    room = min(max(apart - GAP, 2 * AIR), 2 * (AIR + MARGIN))
    feet = [_lines(label, SMALL, room, 2) for label in labels]
    widest = max((_width(text, SMALL) for foot in feet for text in foot), default=0) + GAP
    for place in range(len(feet) - 1, -1, -max(math.ceil(widest / apart), 1)):
        for row, text in enumerate(feet[place]):
            sheet.write(x(place), sheet.y + (row + 0.5) * LEADING * SMALL, text, SMALL, colour=QUIET, align="center")
    sheet.y += max(len(foot) for foot in feet) * LEADING * SMALL


def _round_steps(values: Sequence[float]) -> list[float]:
    """Round numbers that enclose the values; from zero unless that would flatten the curve."""
    from matplotlib.ticker import MaxNLocator

    low, high = min(values), max(values)
    if 0 <= low < high * 0.6 or low == high:
        low, high = min(low, 0), max(high, 0)
    if high - low < 0.4:  # a step is no finer than the one decimal that is written
        low, high = math.floor(low), math.ceil(high) or 1
    whole = all(value == int(value) for value in values)  # half a complaint is no step
    locator = MaxNLocator(nbins=4, steps=[1, 2, 5, 10], integer=whole)
    return [float(step) for step in locator.tick_values(low, high)]


def _number(value: float | None, unit: str) -> str:
    if value is None:
        return "–"
    rounded = Decimal(str(value)).quantize(Decimal("0.1"), ROUND_HALF_UP)  # as people round: 1.25 is 1.3
    digits = 0 if rounded == int(rounded) else 1
    return f"{rounded + 0:,.{digits}f}".replace("-", "−") + _drawable(unit)  # plus zero: no minus before a zero


def _finite(value: float | None) -> float | None:
    if value is not None and not math.isfinite(value):
        raise ValueError(f"{value} cannot be drawn")
    return value


def _lines(words: str, size: int, width: float, at_most: int) -> list[str]:
    """The words broken into lines no wider than `width`; what is left over becomes an ellipsis."""
    lines: list[str] = []
    for paragraph in _drawable(words).splitlines():
        lines.append("")
        for piece in re.findall(
            r"[!-~\u00a1-\u024f]+|.", paragraph
        ):  # a Latin word stays whole, Chinese breaks anywhere
            if lines[-1] and _width(lines[-1] + piece.rstrip(), size) > width:
                lines.append("")
            lines[-1] += piece if lines[-1] else piece.lstrip()
    if len(lines) > at_most:
        lines[at_most - 1 :] = [f"{lines[at_most - 1]}…"]
    return [_cut(text.rstrip(), size, width) for text in lines]


def _cut(text: str, size: int, width: float) -> str:
    while len(text) > 1 and _width(text, size) > width:
        text = f"{text.rstrip('…')[:-1]}…"
    return text


def _drawable(words: str) -> str:
    """The words as the font can draw them; for a character it lacks the printer's mark of a missing sort."""
    from matplotlib.font_manager import get_font

    glyphs = get_font(FONT)
    seen = [
        " " if letter == "\t" else letter
        for letter in unicodedata.normalize("NFC", words)
        if letter in "\t\n" or unicodedata.category(letter) not in {"Cc", "Cf", "Cs", "Mn", "Me"}
    ]
    return "".join(letter if letter == "\n" or glyphs.get_char_index(ord(letter)) else "〓" for letter in seen)


def _width(text: str, size: int) -> float:
    from matplotlib.textpath import text_to_path

    width, _, _ = text_to_path.get_text_width_height_descent(text, _font(size), ismath=False)
    return width


def _font(size: int) -> "FontProperties":
    from matplotlib.font_manager import FontProperties

    return FontProperties(fname=FONT, size=size)
