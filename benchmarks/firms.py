"""A hundred thousand invented firms with the people in them and the visits to them, put in in bulk. None exists."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import count, islice
from random import Random
from typing import Any

from sqlalchemy import Engine, insert, text
from sqlalchemy.orm import Session

from crm import seed_words, spelling
from models.customer import Contact, Customer, Grade, Industry, Ownership, Region, dialled
from models.person import Person, Role, Team
from models.visit import Outcome, Visit, VisitKind

Facts = dict[str, Any]
FIRMS = 100_000
OF_THE_BUSY_REP = 20_000
OF_A_REP = 300
IN_A_TEAM = 12
"""Reps of the manager's team, the busy one and the ordinary one among them."""
CONTACTS, VISITS = 250_000, 100_000
SYLLABLES = "精华宏恒德盛泰鑫瑞丰金龙海天东兴隆达通远信诚和利康安永顺佳美新创科力大中星光明阳正元嘉福润"
ABROAD = ("Ltd", "Co., Ltd.", "GmbH", "Pumps Inc.", "Bearings Limited", "50% Joint_Venture Co.")
FAMOUS = ("华东轴承有限公司", "北方泵业股份有限公司", "ABC Pumps Ltd")
"""Firms the typed words mean; the busy rep's."""
BORN = datetime(2025, 1, 6, 2, 0, tzinfo=UTC)


def firms(how_many: int = FIRMS, *, seed: int = 1) -> list[Facts]:
    """Return firms as rows for a bulk insert, still without owners; the names of no two are the same."""
    draw = Random(seed)
    named = dict.fromkeys(FAMOUS)
    for name in _names(draw):
        named.setdefault(name)
        if len(named) == how_many:
            break
    return [_firm(draw, name) for name in named]


def fill(engine: Engine, rows: list[Facts]) -> None:
    """Put in a department with these firms; 孙丽 sees all of them, 陈静 her team's, 李伟 20,000 and 赵敏 300."""
    draw = Random(2)
    with Session(engine) as session:
        team, others = Team(name="华东组"), Team(name="其他组")
        session.add_all([team, others])
        session.flush()
        session.add(_person("孙丽", Role.ADMIN, 1))
        session.add(_person("陈静", Role.MANAGER, 2, team_id=team.id))
        reps = [_person(name, Role.REP, number) for name, number in zip(_reps(), range(3, 300), strict=False)]
        for number, rep in enumerate(reps):
            rep.team_id = team.id if number < IN_A_TEAM else others.id
        session.add_all(reps)
        session.flush()
        owners = [rep.id for rep in reps]
        session.execute(insert(Customer), [row | {"owner_id": _owner(owners, n)} for n, row in enumerate(rows)])
        session.execute(insert(Contact), list(_contacts(draw, len(rows))))
        session.execute(insert(Visit), list(_visits(draw, owners, len(rows))))
        session.commit()
    with engine.connect() as connection:  # PostgreSQL does so by itself after a while
        if engine.dialect.name == "postgresql":
            connection.execution_options(isolation_level="AUTOCOMMIT").execute(text("VACUUM ANALYZE"))


def _names(draw: Random) -> Iterator[str]:
    places = [place for region in seed_words.PLACES.values() for place in region] + ["华东", "北方", "上海", "南京"]
    trades = [trade for kind in seed_words.TRADES.values() for trade in kind] + ["轴承", "精密轴承", "泵业", "控制柜"]
    for number in count():
        brand = "".join(draw.choices(SYLLABLES, k=2))
        place, ending = draw.choice(places), draw.choice(seed_words.ENDINGS)
        if number % 25:
            yield place + brand + draw.choice(trades) + ending
        else:
            yield f"{place} {draw.choice('ABCDEFGHKLMST')}{draw.choice('BCEKMT')}{number % 97} {draw.choice(ABROAD)}"


def _firm(draw: Random, name: str) -> Facts:
    facts = {"name": name, "search_key": spelling.key_of(name), "created_at": BORN, "version": 1}
    drawn = {"grade": draw.choice(list(Grade)), "industry": draw.choice(list(Industry))}
    number = "".join(draw.choices("0123456789ABCDEFGHJKLMNPQRTUWXY", k=18)) if draw.random() < 0.3 else ""
    return facts | drawn | {"region": draw.choice(list(Region)), "registration": number, "ownership": Ownership.UNKNOWN}


def _owner(owners: list[int], number: int) -> int:
    return owners[0] if number < OF_THE_BUSY_REP else owners[1 + (number - OF_THE_BUSY_REP) // OF_A_REP]


def _person(name: str, role: Role, number: int, **more: int) -> Person:
    return Person(name=name, role=role, telegram_id=number, language="zh_CN", joined_at=BORN, **more)


def _reps() -> Iterator[str]:
    yield from ("李伟", "赵敏")
    yield from (surname + given for given in seed_words.GIVEN for surname in seed_words.SURNAMES)


def _contacts(draw: Random, firms: int) -> Iterator[Facts]:
    for number in range(CONTACTS * firms // FIRMS):
        phone = f"1{draw.randrange(3, 10)}{draw.randrange(10)} {draw.randrange(10_000):04} {draw.randrange(10_000):04}"
        name = draw.choice(seed_words.SURNAMES) + draw.choice(seed_words.GIVEN)
        facts = {"customer_id": number % firms + 1, "name": name, "position": draw.choice(seed_words.POSITIONS)}
        yield facts | {"phone": phone, "dialled": dialled(phone), "created_at": BORN, "version": 1}


def _visits(draw: Random, owners: list[int], firms: int) -> Iterator[Facts]:
    kinds = {"kind": VisitKind.ROUTINE, "outcome": Outcome.GOOD, "note": ""}
    for customer in islice(iter(lambda: draw.randrange(firms), None), VISITS * firms // FIRMS):
        at = BORN + timedelta(minutes=draw.randrange(400_000))
        rep = _owner(owners, customer)
        yield kinds | {"customer_id": customer + 1, "rep_id": rep, "at": at, "logged_at": at}
