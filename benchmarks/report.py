"""The report: medians over the rounds, and ratios taken within each round before their median."""

from __future__ import annotations

import os
import platform
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from statistics import median

from benchmarks.load import SAID, TAPPED, Kind

SQLITE = "Huifang, SQLite"
POSTGRESQL = "Huifang, PostgreSQL"
PTB = "python-telegram-bot echo"
AIOGRAM = "aiogram echo"
_HEADS = {SAID: "Words answered: one sendMessage", TAPPED: "A tap: editMessageText and answerCallbackQuery"}


@dataclass(frozen=True)
class Cell:
    """One contestant, one kind, one number in flight, one round. Times in seconds."""

    turns_a_second: float
    processor: float
    load_processor: float
    latencies: Sequence[float]


class Results:
    """All cells, round by round."""

    def __init__(self) -> None:
        self._cells: dict[tuple[Kind, int, str], list[Cell]] = defaultdict(list)

    def add(self, kind: Kind, in_flight: int, name: str, cell: Cell) -> None:
        """Keep the cell of the next round."""
        self._cells[kind, in_flight, name].append(cell)

    def of(self, kind: Kind, in_flight: int, name: str) -> list[Cell]:
        """Return the cells of all rounds."""
        return self._cells[kind, in_flight, name]

    def in_flight(self) -> list[int]:
        """Return the numbers in flight."""
        return sorted({number for _kind, number, _name in self._cells})

    def all(self) -> list[Cell]:
        """Return every cell there is."""
        return [cell for cells in self._cells.values() for cell in cells]


def markdown(results: Results, names: Sequence[str], rounds: int) -> str:
    """Return the report."""
    lines = [_circumstances(results, rounds), ""]
    for kind, head in _HEADS.items():
        lines += [f"## {head}", "", *_table(results, kind, names), ""]
    return "\n".join(lines)


def _circumstances(results: Results, rounds: int) -> str:
    load = median(cell.load_processor for cell in results.all())
    return (
        f"{datetime.now(UTC).date()}, {os.cpu_count()} cores ({platform.machine()}), "
        f"Python {platform.python_version()}, medians of {rounds} rounds. "
        f"The load and its Telegram, in one process of their own, cost {_ms(load)} of processor a turn. "
        "× is by turns a second, ÷ by processor time: in both, more is better for the bot named in the row."
    )


def _table(results: Results, kind: Kind, names: Sequence[str]) -> list[str]:
    lines = [
        "| in flight | bot | turns a second | × PTB | × aiogram | processor a turn | PTB ÷ | aiogram ÷ | p50 | p99 |",
        "| ---: | --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |",
    ]
    for in_flight in results.in_flight():
        for name in names:
            cells = results.of(kind, in_flight, name)
            latencies = sorted(latency for cell in cells for latency in cell.latencies)
            ptb, aiogram = results.of(kind, in_flight, PTB), results.of(kind, in_flight, AIOGRAM)
            lines.append(
                f"| {in_flight} | {name} | {median(cell.turns_a_second for cell in cells):.0f} "
                f"| {_faster(cells, ptb)} | {_faster(cells, aiogram)} "
                f"| {_ms(median(cell.processor for cell in cells))} "
                f"| {_cheaper(cells, ptb)} | {_cheaper(cells, aiogram)} "
                f"| {_ms(median(latencies))} | {_ms(latencies[len(latencies) * 99 // 100])} |"
            )
    return lines


def _ms(seconds: float) -> str:
    return f"{seconds * 1e3:.2f} ms"


def _faster(cells: Sequence[Cell], others: Sequence[Cell]) -> str:
    """Return how many times as many turns a second these make as the others."""
    return _middle([cell.turns_a_second / other.turns_a_second for cell, other in zip(cells, others, strict=False)])


def _cheaper(cells: Sequence[Cell], others: Sequence[Cell]) -> str:
    """Return how many times as much processor the others take for a turn."""
    return _middle([other.processor / cell.processor for cell, other in zip(cells, others, strict=False)])


def _middle(ratios: Sequence[float]) -> str:
    return f"{median(ratios):.2f}" if ratios else ""
