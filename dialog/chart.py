"""Charts: a title and some numbers become a PNG picture, made to be read on a phone.

Every word is the caller's and no figure is computed here. Nothing is remembered either: each picture is drawn on a
sheet of its own, so any thread may draw.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Sequence
from typing import NamedTuple

from dialog.lettering import broken, cut, drawable, number, width_of
from dialog.paper import GAP, INK, LABEL, LEADING, MARGIN, QUIET, SMALL, WIDTH, Sheet

RULE, WARM = "#dfe5ea", "#c96a4a"
COLOURS = ("#3f7cac", "#e2a94f", "#7fa387", "#95709b", "#8a97a3")
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
    sheet = Sheet(title, subtitle)
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
    sheet = Sheet(title, subtitle)
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
    sheet = Sheet(title, subtitle)
    known = [value for _, given in points if (value := _finite(given)) is not None]
    if not known:
        return sheet.saying(empty)
    _legend(sheet, [], unit, target)
    _curve(sheet, points, _round_steps([*known, *([target[1]] if target else [])]), unit, target)
    return sheet.png()


def _legend(sheet: Sheet, keys: Sequence[tuple[str, str]], unit: str, target: Target | None) -> None:
    aim = [(f"{target[0]} {number(target[1], unit)}", INK, 52)] if target else []
    x: float = MARGIN
    for name, colour, sign in [*((name, colour, 24) for name, colour in keys), *aim]:
        words = cut(drawable(name), SMALL, WIDTH - 2 * MARGIN - sign - GAP)
        wide = sign + GAP + width_of(words, SMALL)
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


def _bar_plot(sheet: Sheet, groups: Sequence[tuple[str, Sequence[_Bar]]], unit: str, target: Target | None) -> None:
    labels = [broken(label, LABEL, WIDEST_LABEL, 2) for label, _ in groups]
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
    words = max((width_of(text, LABEL) for label in labels for text in label), default=0)
    room = max((width_of(number(value, unit), LABEL) for value in values), default=0) + GAP
    return _Scale(
        low, high, MARGIN + words + GAP + (room if low < 0 else 0), WIDTH - MARGIN - (room if high > 0 else 0)
    )


def _bar_group(sheet: Sheet, scale: _Scale, label: Sequence[str], row: Sequence[_Bar], unit: str) -> None:
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
            sheet.write(end - GAP, y, number(bar.value, unit), LABEL, align="right")
        else:
            sheet.write(end + GAP, y, number(bar.value, unit), LABEL)
    sheet.y += height


def _curve(sheet: Sheet, points: Sequence[Row], steps: Sequence[float], unit: str, target: Target | None) -> None:
    low, high = steps[0], steps[-1]
    left = MARGIN + max(width_of(number(step, unit), SMALL) for step in steps) + GAP
    top = sheet.y + AIR - GAP
    room = WIDTH - MARGIN - left - 2 * AIR
    apart = room / max(len(points) - 1, 1)

    def x(place: int) -> float:
        return left + AIR + (place * apart if len(points) > 1 else room / 2)

    def y(value: float) -> float:
        return top + (high - value) / (high - low) * PLOT

    for step in steps:
        sheet.stroke([left, WIDTH - MARGIN], [y(step)] * 2, RULE)
        sheet.write(left - GAP, y(step), number(step, unit), SMALL, colour=QUIET, align="right")
    if target:
        sheet.stroke([left, WIDTH - MARGIN], [y(target[1])] * 2, INK, dashed=True)
    heights = [math.nan if value is None else y(value) for _, value in points]
    sheet.curve([x(place) for place in range(len(points))], heights, COLOURS[0])
    for place, value, aside in _spoken(points):
        sheet.write(x(place), y(value) + aside, number(value, unit), LABEL, align="center")
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


def _feet(sheet: Sheet, labels: Sequence[str], x: Callable[[int], float], apart: float) -> None:
    """The words below the curve: as many as find room, always the last."""
    room = min(max(apart - GAP, 2 * AIR), 2 * (AIR + MARGIN))
    feet = [broken(label, SMALL, room, 2) for label in labels]
    widest = max((width_of(text, SMALL) for foot in feet for text in foot), default=0) + GAP
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


def _finite(value: float | None) -> float | None:
    if value is not None and not math.isfinite(value):
        raise ValueError(f"{value} cannot be drawn")
    return value
