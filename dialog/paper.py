"""Paper: what a picture is drawn on, measured in pixels, and cut to its length at the end.

It knows strokes, boxes and lines of words, and nothing of what they mean. Nothing is remembered: any thread may
draw, and whatever the machine has set for matplotlib is not obeyed.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from io import BytesIO
from typing import TYPE_CHECKING, Literal

from dialog.lettering import broken, font

if TYPE_CHECKING:
    from matplotlib.artist import Artist

WIDTH = 1200
PAPER, INK, QUIET = "#ffffff", "#22303c", "#66747f"
TITLE, LABEL, SMALL = 46, 34, 30  # sizes of type, in pixels
LEADING = 1.3
MARGIN = 48
GAP = 16


class Sheet:
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
            fontproperties=font(size),
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
        for text in broken(words, size, WIDTH - 2 * MARGIN, at_most):
            self.write(MARGIN, self.y + LEADING * size / 2, text, size, colour=colour)
            self.y += LEADING * size

    def _add(self, artist: Artist) -> None:
        artist.set_transform(self._downwards)
        self._figure.add_artist(artist)
