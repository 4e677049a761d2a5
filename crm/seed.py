"""The seed: an invented department with a year and a half of history that ends today.

Deterministic: the same seed and day give the same department. It fills an empty database only, in bulk, and sends
nothing: no notice is left for what is history. Nobody in it exists (``PRV-07``).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from itertools import cycle, islice
from random import Random

from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session

from crm import seed_files, seed_history, seed_words
from crm.rules import rules
from crm.seed_department import Department, Facts
from crm.spelling import key_of
from models.chat import Chat
from models.customer import Contact, Customer, Grade, Industry, Region, dialled
from models.person import Person, Role, Team

CUSTOMERS, CONTACTS = 150, 400
KINDS = (
    *("teams", "staff", "customers", "contacts", "visits", "reminders", "complaints", "questionnaires"),
    *("contracts", "touches", "pledges"),
)
LOCATED = 5
NEAR = ("苏州", "无锡", "昆山", "嘉兴", "南通", "常州")
"""Whose works may well stand around Shanghai, where the demo is."""
"""Of so many of 李伟's customers it is known where they are: one every 2 km from where the demo's phones are."""
DEMO: Mapping[str, int] = {"rep": 1001, "customer": 1002, "manager": 1003}
DEMO_FIRM = "华东轴承有限公司"
DEMO_CONTACT = "王芳"

GRADES = {Grade.A: 2, Grade.B: 4, Grade.C: 4}


def fill(
    session: Session, *, now: datetime, seed: int = 1, demo_people: Mapping[str, int] | None = None
) -> dict[str, int]:
    """Fill an empty database with the department; return how many rows of each kind stand there.

    ``demo_people`` gives the Telegram numbers of the rep 李伟, his customer's engineer 王芳 and the manager 陈静,
    who have joined and agreed. A database that has customers is left as it is.
    """
    if session.scalar(select(Customer.id).limit(1)) is not None:
        return {}
    department = Department(session, now, rules(session), Random(seed), demo_people or DEMO)  # noqa: S311 - no secret
    for step in STEPS:
        step(department)
    session.expire_all()
    return {kind: len(getattr(department, kind)) for kind in KINDS}


def people(session: Session, demo_people: Mapping[str, int] | None = None) -> dict[str, Person]:
    """Return the demo's three people by what they are there: rep, customer, manager."""
    numbers = {number: who for who, number in (demo_people or DEMO).items()}
    found = session.scalars(select(Person).where(Person.telegram_id.in_(numbers))).all()
    return {numbers[person.telegram_id]: person for person in found if person.telegram_id is not None}


def _teams(it: Department) -> None:
    it.teams = it.insert(Team, [{"name": name} for name in seed_words.TEAMS])


def _staff(it: Department) -> None:
    rows = [_person(it, seed_words.ADMIN, Role.ADMIN)]
    for team, name in zip(it.teams, seed_words.MANAGERS, strict=True):
        rows.append(_person(it, name, Role.MANAGER, team_id=team["id"]))
    for team, name in zip(_each(it.teams, len(seed_words.REPS)), seed_words.REPS, strict=True):
        rows.append(_person(it, name, Role.REP, team_id=team["id"]))
    _number(rows, it.demo, {seed_words.REPS[0]: "rep", seed_words.MANAGERS[0]: "manager"})
    it.staff = it.insert(Person, rows)


def _customers(it: Department) -> None:
    owners = {team["id"]: [p for p in it.staff if p["team_id"] == team["id"] and _is(p, Role.REP)] for team in it.teams}
    by_region = {
        region: owners[team["id"]]
        for team, regions in zip(it.teams, seed_words.TEAMS.values(), strict=True)
        for region in regions
    }
    first = it.staff[1 + len(seed_words.MANAGERS)]
    rows = [_firm(it, DEMO_FIRM, Grade.A, Industry.MACHINERY, Region.EAST, first)]
    names = {DEMO_FIRM}
    for industry, region in zip(cycle(Industry), _regions(it), strict=False):
        name = _firm_name(it, industry, region)
        if name not in names:
            names.add(name)
            rows.append(_firm(it, name, it.pick(GRADES), industry, region, it.draw.choice(by_region[region])))
        if len(rows) == CUSTOMERS:
            break
    it.customers = it.insert(Customer, rows)
    hers = [row for row in it.customers if row["owner_id"] == first["id"]]
    near = [row["id"] for row in hers if str(row["name"]).startswith((DEMO_FIRM, *NEAR))][:LOCATED]
    places = [{"id": id_, "latitude": round(31.23 + n / 50, 3), "longitude": 121.474} for n, id_ in enumerate(near)]
    it.session.execute(update(Customer), places)


def _contacts(it: Department) -> None:
    extra = it.draw.choices(it.customers[1:], k=CONTACTS - 2 * CUSTOMERS)
    rows = [_contact(it, customer) for customer in [*it.customers, *it.customers, *extra]]
    rows[0] |= {"name": DEMO_CONTACT, "position": "设备工程师"}
    it.contacts = it.insert(Contact, rows)


def _customers_people(it: Department) -> None:
    """Nine contacts in ten have used the bot; their Telegram numbers are nobody's, so they have none."""
    rows = [
        _person(it, contact["name"], Role.CUSTOMER, contact_id=contact["id"])
        for contact in it.contacts
        if contact is it.contacts[0] or it.draw.random() < 0.9
    ]
    rows[0]["telegram_id"] = it.demo["customer"]
    it.people = it.insert(Person, rows)
    it.session.execute(insert(Chat), [_chat(person) for person in [*it.staff, *it.people]])


STEPS: Sequence[Callable[[Department], None]] = (
    _teams,
    _staff,
    _customers,
    _contacts,
    _customers_people,
    seed_history.visits,
    seed_history.reminders,
    seed_history.complaints,
    seed_history.questionnaires,
    seed_files.profiles,
    seed_files.tags,
    seed_files.buying_roles,
    seed_files.contracts,
    seed_files.touches,
    seed_files.pledges,
)


def _person(it: Department, name: str, role: Role, **more: int) -> Facts:
    facts = {"telegram_id": None, "name": name, "role": role, "team_id": None, "contact_id": None}
    return facts | {"joined_at": it.founded, "agreed_at": it.founded, "language": it.rules.language} | more


def _number(rows: list[Facts], numbers: Mapping[str, int], who: Mapping[str, str]) -> None:
    for row in rows:
        if row["name"] in who:
            row["telegram_id"] = numbers[who[row["name"]]]


def _is(person: Facts, role: Role) -> bool:
    return bool(person["role"] is role)


def _chat(person: Facts) -> Facts:
    return {"person_id": person["id"], "revision": 0, "page": "/"}


def _regions(it: Department) -> Iterable[Region]:
    """Every region has customers, the east most."""
    yield from Region
    weights = {region: 5 if region is Region.EAST else 1 if region is Region.ABROAD else 2 for region in Region}
    while True:
        yield it.pick(weights)


def _firm_name(it: Department, industry: Industry, region: Region) -> str:
    place, brand = it.draw.choice(seed_words.PLACES[region]), it.draw.choice(seed_words.BRANDS)
    if region is Region.ABROAD:
        return f"{place} {seed_words.TRADES_ABROAD[industry]} Co., Ltd."
    return place + brand + it.draw.choice(seed_words.TRADES[industry]) + it.draw.choice(seed_words.ENDINGS)


def _firm(it: Department, name: str, grade: Grade, industry: Industry, region: Region, owner: Facts) -> Facts:
    facts = {"name": name, "search_key": key_of(name), "grade": grade, "industry": industry, "region": region}
    created = it.founded + timedelta(days=it.draw.randint(0, 40))
    return facts | {"owner_id": owner["id"], "created_at": created, "version": 1}


def _contact(it: Department, customer: Facts) -> Facts:
    name = it.draw.choice(seed_words.SURNAMES) + it.draw.choice(seed_words.GIVEN)
    phone = f"1{it.draw.choice('35789')}0 0000 {it.draw.randint(0, 9999):04d}"
    facts = {"customer_id": customer["id"], "name": name, "position": it.draw.choice(seed_words.POSITIONS)}
    return facts | {"phone": phone, "dialled": dialled(phone), "created_at": customer["created_at"]}


def _each(things: Sequence[Facts], count: int) -> list[Facts]:
    """The things in turn until there are so many, equal ones together."""
    return sorted(islice(cycle(things), count), key=lambda thing: thing["id"])
