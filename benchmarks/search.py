"""``python -m benchmarks.search [--rounds 5] [--only sqlite]``: finding one of 100,000 customers, as people type.

Every look is a transaction of its own, as a turn is. It prints, and keeps in ``build/search.md``, what each kind of
look took, how many times as long as fetching one customer by its id, and the plan of the slowest statement.
"""

from __future__ import annotations

import argparse
import gc
import os
import platform
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from statistics import median
from types import SimpleNamespace
from typing import Any, cast

from sqlalchemy import Connection, Engine, event, select
from sqlalchemy.orm import Session

from benchmarks.firms import FAMOUS, FIRMS, fill, firms
from bot.database import connect
from crm import customers, merging, search
from dialog.talk import Talk
from handlers.picking import looked_for, named_among
from models import migrations
from models.customer import Customer
from models.person import Person
from tests import postgres

DURABLE = ("max_connections=60",)
AIM = 100.0
"""Milliseconds."""
WHO = {"孙丽": "all", "陈静": "her team's", "李伟": "20,000", "赵敏": "300"}
BY_ID = "a customer by its id"
LINES = (
    "华东轴承 谈了备件，下周三报价",
    "华东轴承谈了3号线备件",
    "hdzc 谈了备件",
    "ABC Pumps 谈了 备件",
    "华东 轴成 谈了 备件",
    "有限 公司 机械 设备 苏州",
    "昨天开会 没什么事",
)
MESSAGES = (
    *("客户很满意", "第二件事情也谈了，大家都觉得可以继续往下推进，没有问题", "下周三报价"),
    *("3号线轴承声音大，要换一批", "第五件事情也谈了，他们要两套样品"),
)
TYPED: dict[str, Sequence[str]] = {
    "part of the name": ("轴承", "华东", "精密", "有限公司"),
    "the whole name": FAMOUS,
    "pinyin": ("huadong", "zhoucheng", "huadongzhoucheng", "jixie"),
    "initials": ("hdzc", "szjx", "yxgs"),
    "two parts": ("华东 轴承", "hua dong", "有限 苏州"),
    "a typing mistake": ("huadnog", "haudongzhoucheng", "华东轴成", "北方崩业", "华东轴承友限公司", "pmups", "szqxjx"),
    "a sentence": ("华东轴承谈了3号线备件下周三报价", "今天去了华东轴承有限公司他们说都挺好"),
    "nothing like it": ("囧囧囧囧", "xqwvkz", "%%%_", "龘"),
    "one letter": ("h", "华", "q", "囧"),
    "upper case, full width": ("HDZC", "ＨＵＡＤＯＮＧ", "ａｂｃ　Pumps"),
}
Look = Callable[[Session, Person], object]


@dataclass
class Looks:
    """How long one kind of look took for one person, in ms, and the slowest of them."""

    took: list[float] = field(default_factory=list)
    slowest: Look | None = None

    def add(self, took: float, look: Look) -> None:
        if took > max(self.took, default=0.0):
            self.slowest = look
        self.took.append(took)

    def at(self, part: float) -> float:
        return sorted(self.took)[min(int(len(self.took) * part), len(self.took) - 1)]


def main(rounds: int, only: str, how_many: int) -> None:
    begun = time.monotonic()
    rows = firms(how_many)
    out = [_circumstances(how_many)]
    with ExitStack() as stack:
        folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="huifang-search-"))
        if only in {"", "sqlite"}:
            out += measured("SQLite", f"sqlite:///{folder}/search.db", rows, rounds)
        if only in {"", "postgresql"}:
            out += measured("PostgreSQL", stack.enter_context(postgres.server(DURABLE)), rows, rounds)
    out.append(f"Load average at the end {os.getloadavg()[0]:.1f}; all of it took {time.monotonic() - begun:.0f} s.")
    Path("build").mkdir(exist_ok=True)
    Path("build/search.md").write_text("\n".join(out), encoding="utf-8")
    print("\n".join(out))


def measured(name: str, url: str, rows: list[dict[str, Any]], rounds: int) -> list[str]:
    """Return the report of one database."""
    engine = connect(url)
    migrations.upgrade(engine)
    fill(engine, rows)
    gc.freeze()  # the rows are this benchmark's, and looking through them for rubbish would be measured too
    results: dict[str, dict[str, Looks]] = {}
    for _round in range(rounds):
        for who in WHO:
            for kind, looks in _kinds(engine, who).items():
                kept = results.setdefault(kind, {}).setdefault(who, Looks())
                for look in looks:
                    kept.add(_timed(engine, who, look), look)
    report = [f"\n## {name}\n", *_table(results), "", *_slowest(engine, results)]
    engine.dispose()
    return report


def _kinds(engine: Engine, who: str) -> dict[str, list[Look]]:
    """Return the looks this person takes."""
    with Session(engine) as session:
        actor = _actor(session, who)
        own = session.scalars(customers.visible_to(actor).order_by(Customer.id).limit(3)).all()
        other = session.scalars(select(Customer).order_by(Customer.id.desc()).limit(1)).one()
        ids, names, number = [one.id for one in own], [one.name for one in own], other.registration or "91310000"
        leads = actor.is_leader
    typed = {**TYPED, "the whole name": names}
    kinds: dict[str, list[Look]] = {BY_ID: [_calls(customers.find, id_) for id_ in ids for _again in range(5)]}
    for kind, words in typed.items():
        kinds[f"search: {kind}"] = [_calls(search.customers, one, limit=7) for one in words]
    kinds["recent"] = [_calls(search.recent, limit=7, offset=offset) for offset in (0, 12, 600)]
    kinds["like a new customer"] = [_like(name) for name in ("华东轴承", "苏州宏泰机械厂", names[-1], "东方公司")]
    kinds["people by name"] = [_calls(search.contacts, name) for name in ("王芳", "王", "囧")]
    kinds["a typed line"] = [_line(line) for line in LINES]
    kinds["messages in a row"] = [_messages]
    kinds["registration number"] = [_registered(number)]
    if leads:
        kinds["merging: name and telephone"] = [_calls(merging.likely, id_) for id_ in ids]
    return kinds


def _calls(verb: Callable[..., object], *said: Any, **more: Any) -> Look:
    return lambda session, actor: verb(session, actor, *said, **more)


def _like(name: str) -> Look:
    return lambda session, _actor: search.likely_duplicates(session, name)


def _line(line: str) -> Look:
    def look(session: Session, actor: Person) -> object:
        return looked_for(cast("Talk", SimpleNamespace(session=session, person=actor, looked_for={})), line)

    return look


def _messages(session: Session, actor: Person) -> object:
    return named_among(cast("Talk", SimpleNamespace(session=session, person=actor)), MESSAGES)


def _registered(number: str) -> Look:
    return lambda session, _actor: session.scalars(select(Customer).where(Customer.registration == number)).all()


def _timed(engine: Engine, who: str, look: Look) -> float:
    with Session(engine) as session:
        actor = _actor(session, who)
        begun = time.perf_counter()
        look(session, actor)
        return (time.perf_counter() - begun) * 1000


def _actor(session: Session, who: str) -> Person:
    return session.scalars(select(Person).where(Person.name == who).order_by(Person.id).limit(1)).one()


# The report.


def _circumstances(how_many: int) -> str:
    return (
        f"{datetime.now(UTC).date()}, {how_many:,} customers, {os.cpu_count()} cores ({platform.machine()}), Python "
        f"{platform.python_version()}, load average before {os.getloadavg()[0]:.1f}. Milliseconds: median / 95 of 100 "
        "/ worst; × is the median against fetching a customer by its id, which is the first row."
    )


def _table(results: dict[str, dict[str, Looks]]) -> list[str]:
    lines = [
        "| what | " + " | ".join(f"who sees {many}" for many in WHO.values()) + " |",
        "| --- |" + " ---: |" * len(WHO),
    ]
    for kind, by_person in results.items():
        cells = [_cell(by_person.get(who), results[BY_ID][who]) for who in WHO]
        lines.append(f"| {kind} | " + " | ".join(cells) + " |")
    return lines


def _cell(looks: Looks | None, by_id: Looks) -> str:
    if looks is None:
        return ""
    middle, late, worst = looks.at(0.5), looks.at(0.95), max(looks.took)
    mark = " **over**" if worst > AIM else ""
    return f"{middle:.1f} / {late:.1f} / {worst:.1f}, ×{middle / median(by_id.took):.0f}{mark}"


def _slowest(engine: Engine, results: dict[str, dict[str, Looks]]) -> list[str]:
    """Return the plan of the slowest statement of the slowest look."""
    each = [(max(looks.took), kind, who) for kind, people in results.items() for who, looks in people.items()]
    took, kind, who = max(each)
    over = sum(took > AIM for took, _kind, _who in each)
    statements: list[tuple[float, str, Any]] = []
    with Session(engine) as session, _noting(engine, statements):
        look = results[kind][who].slowest
        assert look is not None
        look(session, _actor(session, who))
    seconds, statement, given = max(statements, key=lambda one: one[0])
    with engine.connect() as connection:
        plan = _plan(connection, statement, given)
    head = f"Worst: {took:.1f} ms, {kind}, who sees {WHO[who]}; {over} of {len(each)} cells have one over {AIM:.0f} ms."
    asked = f"Its slowest statement ({seconds * 1000:.1f} ms of it, when asked again):"
    return [head, asked, "", "```", *plan, "```", ""]


@contextmanager
def _noting(engine: Engine, into: list[tuple[float, str, Any]]) -> Iterator[None]:
    begun = [0.0]

    def before(*_all: Any) -> None:
        begun[0] = time.perf_counter()

    def after(_connection: Any, _cursor: Any, statement: str, given: Any, *_more: Any) -> None:
        into.append((time.perf_counter() - begun[0], statement, given))

    event.listen(engine, "before_cursor_execute", before)
    event.listen(engine, "after_cursor_execute", after)
    yield
    event.remove(engine, "before_cursor_execute", before)
    event.remove(engine, "after_cursor_execute", after)


def _plan(connection: Connection, statement: str, given: Any) -> list[str]:
    postgresql = connection.dialect.name == "postgresql"
    asked = ("EXPLAIN (ANALYZE, COSTS OFF, BUFFERS OFF) " if postgresql else "EXPLAIN QUERY PLAN ") + statement
    rows = connection.exec_driver_sql(asked, given).all()
    return [str(row[0] if postgresql else row[-1]) for row in rows]


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m benchmarks.search", description=__doc__)
    parser.add_argument("--rounds", type=int, default=5, help="how often everything is measured (5)")
    parser.add_argument("--only", default="", choices=["", "sqlite", "postgresql"], help="one database alone")
    parser.add_argument("--firms", type=int, default=FIRMS, help=f"how many customers ({FIRMS:,})")
    options = parser.parse_args()
    main(options.rounds, options.only, options.firms)
