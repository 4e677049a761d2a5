"""One run, side by side: every contestant, both kinds of update, 1, 8 and 64 in flight, three rounds."""

from __future__ import annotations

import argparse
import asyncio
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

from benchmarks import load, report
from benchmarks.contestants import PATH, Contestant, echo, huifang
from benchmarks.load import SAID, TAPPED, Kind
from benchmarks.loopback import Loopback
from benchmarks.report import Cell, Results
from benchmarks.stage import PEOPLE
from tests import postgres

TURNS = {1: 100, 8: 200, 64: 400}
DURABLE = ("max_connections=60",)
"""PostgreSQL as it is installed: fsync and synchronous commit are on."""


def main(rounds: int, only: str) -> None:
    """Measure, print the table, and keep it in ``build/bench.md``."""
    table = asyncio.run(measured(rounds, only))
    Path("build").mkdir(exist_ok=True)
    Path("build/bench.md").write_text(table, encoding="utf-8")
    print(table)


async def measured(rounds: int, only: str) -> str:
    """Let everybody perform, round by round, and return the table."""
    async with Loopback() as telegram, contest(telegram, only) as contestants:
        for contestant in contestants:
            await rehearse(telegram, contestant)
        results = Results()
        for number in range(rounds):
            for kind in (SAID, TAPPED):
                for in_flight in TURNS:
                    for contestant in _turned(contestants, number):
                        cell = await perform(telegram, contestant, kind, in_flight)
                        results.add(kind, in_flight, contestant.name, cell)
    return report.markdown(results, [contestant.name for contestant in contestants], rounds)


@asynccontextmanager
async def contest(telegram: Loopback, only: str) -> AsyncIterator[list[Contestant]]:
    """Start everybody; nobody leaves anything behind."""
    async with AsyncExitStack() as stack:
        folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="huifang-bench-"))
        contestants = []
        if only in {"", "sqlite"}:
            contestants.append(huifang(report.SQLITE, telegram.url, f"sqlite:///{folder}/bench.db", folder))
        if only in {"", "postgresql"}:
            url = stack.enter_context(postgres.server(DURABLE))
            contestants.append(huifang(report.POSTGRESQL, telegram.url, url, folder))
        if only in {"", "ptb"}:
            contestants.append(echo(report.PTB, "benchmarks.echo_ptb", telegram.url))
        if only in {"", "aiogram"}:
            contestants.append(echo(report.AIOGRAM, "benchmarks.echo_aiogram", telegram.url))
        for contestant in contestants:
            await stack.enter_async_context(contestant)
        yield contestants


async def rehearse(telegram: Loopback, contestant: Contestant) -> None:
    """Bring everybody to the customer's question and on to the note: the way there is the warm-up."""
    stage = contestant.stage
    doors = load.taps(telegram, dict.fromkeys(PEOPLE, "/do/visit"))
    await load.turns(telegram, contestant.port, PATH, TAPPED, doors, in_flight=8)
    if stage:
        stage.remember(TAPPED.name, answered=[])
    await load.turns(telegram, contestant.port, PATH, TAPPED, load.taps(telegram, _keys(contestant)), in_flight=8)
    if stage:
        stage.remember(SAID.name, answered=["customer"])


def _keys(contestant: Contestant) -> dict[int, str]:
    return contestant.stage.customers() if contestant.stage else dict.fromkeys(PEOPLE, "2:400")


async def perform(telegram: Loopback, contestant: Contestant, kind: Kind, in_flight: int) -> Cell:
    """Let as many people as there are turns to measure take one each."""
    people = PEOPLE[: TURNS[in_flight]]
    if contestant.stage:
        contestant.stage.put_back(kind.name)
    if kind is SAID:
        updates = load.says(telegram, people)
    else:
        keys = _keys(contestant)
        updates = load.taps(telegram, {person: keys[person] for person in people})
    await asyncio.sleep(0.1)
    ours, theirs = time.process_time(), contestant.processor_seconds()
    took, latencies = await load.turns(telegram, contestant.port, PATH, kind, updates, in_flight=in_flight)
    spent, load_spent = contestant.processor_seconds() - theirs, time.process_time() - ours
    count = len(updates)
    return Cell(count / took, spent / count, load_spent / count, latencies)


def _turned(contestants: list[Contestant], by: int) -> list[Contestant]:
    """Return the contestants in another order each round, so that nobody is always first."""
    by %= len(contestants)
    return contestants[by:] + contestants[:by]


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--rounds", type=int, default=3, help="how often everything is measured (3)")
    parser.add_argument("--only", default="", choices=["", "sqlite", "postgresql", "ptb", "aiogram"], help="one alone")
    options = parser.parse_args()
    main(options.rounds, options.only)
