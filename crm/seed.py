"""The seed: an invented department with a year and a half of history that ends today.

Deterministic: the same seed and day give the same department. It fills an empty database only, in bulk, and sends
nothing: no notice is left for what is history. Nobody in it exists (``PRV-07``).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from itertools import cycle, islice
from random import Random
from typing import Any

from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session

from crm import business_time, seed_words
from crm.customers import search_key
from crm.local_time import day_of, moment
from crm.rules import Rules, rules
from models.base import Base
from models.chat import Chat
from models.complaint import Complaint, ComplaintKind, ComplaintMove, Severity, Stage
from models.customer import Contact, Customer, Grade, Industry, Region
from models.person import Person, Role, Team
from models.questionnaire import AskState, Occasion, Questionnaire
from models.visit import Outcome, Reminder, ReminderState, Visit, VisitKind, visit_contact

CUSTOMERS, CONTACTS, VISITS, COMPLAINTS, ANSWERS = 150, 400, 3000, 180, 900
LOCATED = 5
"""Of so many of 李伟's customers it is known where they are: one every 2 km from where the demo's phones are."""
HISTORY = 540
"""Days the history goes back."""
A_DAY = timedelta(days=1)
DEMO: Mapping[str, int] = {"rep": 1001, "customer": 1002, "manager": 1003}
DEMO_FIRM = "华东轴承有限公司"
DEMO_CONTACT = "王芳"

GRADES = {Grade.A: 2, Grade.B: 4, Grade.C: 4}
VISITS_BY_GRADE = {Grade.A: 6.0, Grade.B: 2.5, Grade.C: 1.0}
KINDS = {
    VisitKind.ROUTINE: 45,
    VisitKind.AFTER_SALES: 20,
    VisitKind.BUSINESS: 15,
    VisitKind.CARE: 8,
    VisitKind.CALL: 12,
}
OUTCOMES = {Outcome.GOOD: 56, Outcome.OPEN: 25, Outcome.PROBLEM: 12, Outcome.NOBODY: 7}
SEVERITIES = {Severity.S1: 4, Severity.S2: 18, Severity.S3: 56, Severity.S4: 22}
ABOUT = {
    ComplaintKind.QUALITY: 40,
    ComplaintKind.DELIVERY: 25,
    ComplaintKind.SERVICE: 17,
    ComplaintKind.PAPERWORK: 13,
    ComplaintKind.OTHER: 5,
}
SCORES = {5: 44, 4: 34, 3: 13, 2: 6, 1: 3}
PACES = {0.35: 22, 0.6: 28, 0.9: 22, 1.5: 16, 2.6: 12}
"""How much of its promised time a step takes, and how often."""
NOT_YET, JUST_NOW = 99.0, 0.0
"""The pace of a complaint nobody has taken up, and of one resolved six hours ago."""

MORNING, NIGHT = 8, 22
"""The hours between which customers answer."""

Facts = dict[str, Any]


@dataclass
class _Department:
    """The department as far as it is invented: rows by kind, each with its id once inserted."""

    session: Session
    now: datetime
    rules: Rules
    draw: Random
    demo: Mapping[str, int]
    teams: list[Facts] = field(default_factory=list)
    staff: list[Facts] = field(default_factory=list)
    customers: list[Facts] = field(default_factory=list)
    contacts: list[Facts] = field(default_factory=list)
    people: list[Facts] = field(default_factory=list)
    visits: list[Facts] = field(default_factory=list)
    reminders: list[Facts] = field(default_factory=list)
    complaints: list[Facts] = field(default_factory=list)
    questionnaires: list[Facts] = field(default_factory=list)

    @property
    def today(self) -> date:
        """The day it is at the company."""
        return day_of(self.now, self.rules.tz)

    @property
    def founded(self) -> datetime:
        """When the history begins."""
        return self.now - timedelta(days=HISTORY + 60)

    def pick(self, weights: Mapping[Any, float]) -> Any:
        """Draw one of the keys by its weight."""
        return self.draw.choices(list(weights), list(weights.values()))[0]

    def slots(self) -> dict[str, str]:
        """Draw what a conversation is about: the same product and people in each of its sentences."""
        slots = seed_words.SLOTS | self.draw.choice(seed_words.FAMILIES)
        return {slot: self.draw.choice(words) for slot, words in slots.items()}

    def working_moment(self, since: datetime, until: datetime) -> datetime:
        """Draw a moment of business time between the two."""
        day = day_of(until, self.rules.tz) - A_DAY * self.draw.randint(0, max((until - since).days, 0))
        while True:
            at = moment(day, self.rules.opens, self.rules.tz) + timedelta(minutes=self.draw.randint(0, 539))
            if at <= until and business_time.is_working(day, self.rules):
                return at
            day -= A_DAY

    def at_work(self, at: datetime) -> datetime:
        """Return the moment, put off to office hours: nobody takes a complaint up at night."""
        begins = business_time.add(at, 0, self.rules)
        return at if begins <= at else begins + timedelta(minutes=self.draw.randint(2, 90))

    def awake(self, at: datetime) -> datetime:
        """Return the moment, put off to an hour at which people answer a question."""
        hour = at.astimezone(self.rules.tz).hour
        return at if MORNING <= hour < NIGHT else at + timedelta(hours=(MORNING - hour) % 24)


def fill(
    session: Session, *, now: datetime, seed: int = 1, demo_people: Mapping[str, int] | None = None
) -> dict[str, int]:
    """Fill an empty database with the department; return how many rows of each kind stand there.

    ``demo_people`` gives the Telegram numbers of the rep 李伟, his customer's engineer 王芳 and the manager 陈静,
    who have joined and agreed. A database that has customers is left as it is.
    """
    if session.scalar(select(Customer.id).limit(1)) is not None:
        return {}
    department = _Department(session, now, rules(session), Random(seed), demo_people or DEMO)  # noqa: S311 - no secret
    for step in STEPS:
        step(department)
    session.expire_all()
    kinds = ("teams", "staff", "customers", "contacts", "visits", "reminders", "complaints", "questionnaires")
    return {kind: len(getattr(department, kind)) for kind in kinds}


def people(session: Session, demo_people: Mapping[str, int] | None = None) -> dict[str, Person]:
    """Return the demo's three people by what they are there: rep, customer, manager."""
    numbers = {number: who for who, number in (demo_people or DEMO).items()}
    found = session.scalars(select(Person).where(Person.telegram_id.in_(numbers))).all()
    return {numbers[person.telegram_id]: person for person in found if person.telegram_id is not None}


def _teams(it: _Department) -> None:
    it.teams = _insert(it, Team, [{"name": name} for name in seed_words.TEAMS])


def _staff(it: _Department) -> None:
    rows = [_person(it, seed_words.ADMIN, Role.ADMIN)]
    for team, name in zip(it.teams, seed_words.MANAGERS, strict=True):
        rows.append(_person(it, name, Role.MANAGER, team_id=team["id"]))
    for team, name in zip(_each(it.teams, len(seed_words.REPS)), seed_words.REPS, strict=True):
        rows.append(_person(it, name, Role.REP, team_id=team["id"]))
    _number(rows, it.demo, {seed_words.REPS[0]: "rep", seed_words.MANAGERS[0]: "manager"})
    it.staff = _insert(it, Person, rows)


def _customers(it: _Department) -> None:
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
    it.customers = _insert(it, Customer, rows)
    near = [row["id"] for row in it.customers if row["owner_id"] == first["id"]][:LOCATED]
    places = [{"id": id_, "latitude": round(31.23 + n / 50, 3), "longitude": 121.474} for n, id_ in enumerate(near)]
    it.session.execute(update(Customer), places)


def _contacts(it: _Department) -> None:
    extra = it.draw.choices(it.customers[1:], k=CONTACTS - 2 * CUSTOMERS)
    rows = [_contact(it, customer) for customer in [*it.customers, *it.customers, *extra]]
    rows[0] |= {"name": DEMO_CONTACT, "position": "设备工程师"}
    it.contacts = _insert(it, Contact, rows)


def _customers_people(it: _Department) -> None:
    """Nine contacts in ten have used the bot; their Telegram numbers are nobody's, so they have none."""
    rows = [
        _person(it, contact["name"], Role.CUSTOMER, contact_id=contact["id"])
        for contact in it.contacts
        if contact is it.contacts[0] or it.draw.random() < 0.9
    ]
    rows[0]["telegram_id"] = it.demo["customer"]
    it.people = _insert(it, Person, rows)
    it.session.execute(insert(Chat), [_chat(person) for person in [*it.staff, *it.people]])


def _visits(it: _Department) -> None:
    by_customer = _grouped(it.contacts, "customer_id")
    weights = [VISITS_BY_GRADE[customer["grade"]] for customer in it.customers]
    planned = it.draw.choices(it.customers, weights, k=VISITS)
    latest = {customer["id"]: it.now - _since_last_visit(it, customer) for customer in it.customers}
    rows = [_visit(it, customer, latest[customer["id"]]) for customer in planned]
    _freshen(it, max((row for row in rows if row["customer_id"] == it.customers[0]["id"]), key=lambda row: row["at"]))
    rows.sort(key=lambda row: row["at"])
    it.visits = _insert(it, Visit, rows)
    for row in rows:
        row["met"] = _met(it, row, by_customer[row["customer_id"]])
    met = [{"visit_id": row["id"], "contact_id": contact} for row in rows for contact in row["met"]]
    it.session.execute(insert(visit_contact), met)


def _freshen(it: _Department, visit: Facts) -> None:
    """李伟 was at 华东轴承 a few days ago, and promised something for today."""
    at = it.working_moment(it.now - 5 * A_DAY, it.now - 3 * A_DAY)
    visit |= {"at": at, "logged_at": at, "kind": VisitKind.ROUTINE, "outcome": Outcome.OPEN}
    visit |= {"note": seed_words.DEMO_NOTE, "next_step": seed_words.DEMO_STEP}


def _reminders(it: _Department) -> None:
    """Seven customers in ten are expected again, unless they were let wait; 李伟's promise to 华东轴承 is for today."""
    latest = {row["customer_id"]: row for row in it.visits}
    demo = it.customers[0]["id"]
    expected = [row for row in latest.values() if row["customer_id"] == demo or it.draw.random() < 0.7]
    grades = {customer["id"]: customer["grade"] for customer in it.customers}
    expected = [row for row in expected if it.now - row["at"] < it.rules.contact_cadence[grades[row["customer_id"]]]]
    rows = [_reminder(it, row, 0 if row["customer_id"] == demo else it.draw.randint(-2, 28)) for row in expected]
    it.reminders = _insert(it, Reminder, rows)
    it.session.execute(update(Visit), [{"id": row["visit_id"], "next_visit": row["day"]} for row in rows])


def _complaints(it: _Department) -> None:
    """王芳 has one that was settled long ago; a few of the others wait for a first word, or for the customer's."""
    old = _complaint(it, it.customers[0], it.now - timedelta(days=150), Severity.S3, 0.5)
    others = it.draw.choices(it.customers[1:], k=COMPLAINTS - 1)
    fresh, resolved, usual = others[:4], others[4:8], others[8:]
    rows = [_complaint(it, customer, _days_ago(it, 2), it.pick(SEVERITIES), NOT_YET) for customer in fresh]
    rows += [_complaint(it, customer, _days_ago(it, 20, 2), it.pick(SEVERITIES), JUST_NOW) for customer in resolved]
    rows += [_complaint(it, customer, _received(it), it.pick(SEVERITIES), it.pick(PACES)) for customer in usual]
    it.complaints = _insert(it, Complaint, sorted([old, *rows], key=lambda row: row["received_at"]))
    moves = [move for row in it.complaints for move in _moves(row)]
    it.session.execute(insert(ComplaintMove), moves)


def _questionnaires(it: _Department) -> None:
    """Asked as the rules allow: a person every 90 days, a firm every 14, three a year; 900 have answered."""
    people_of = {person["contact_id"]: person["id"] for person in it.people}
    asked = [*_asked_about_complaints(it, people_of), *_asked_about_visits(it, people_of)]
    likely = sorted((row for row in asked if row["ask_at"] < it.now - A_DAY), key=lambda row: row["ask_at"])
    for row in it.draw.sample(likely, min(ANSWERS, len(likely))):
        _answer(it, row)
    it.questionnaires = _insert(it, Questionnaire, asked)


STEPS: Sequence[Callable[[_Department], None]] = (
    _teams,
    _staff,
    _customers,
    _contacts,
    _customers_people,
    _visits,
    _reminders,
    _complaints,
    _questionnaires,
)


def _person(it: _Department, name: str, role: Role, **more: int) -> Facts:
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


def _regions(it: _Department) -> Iterable[Region]:
    """Every region has customers, the east most."""
    yield from Region
    weights = {region: 5 if region is Region.EAST else 1 if region is Region.ABROAD else 2 for region in Region}
    while True:
        yield it.pick(weights)


def _firm_name(it: _Department, industry: Industry, region: Region) -> str:
    place, brand = it.draw.choice(seed_words.PLACES[region]), it.draw.choice(seed_words.BRANDS)
    if region is Region.ABROAD:
        return f"{place} {seed_words.TRADES_ABROAD[industry]} Co., Ltd."
    return place + brand + it.draw.choice(seed_words.TRADES[industry]) + it.draw.choice(seed_words.ENDINGS)


def _firm(it: _Department, name: str, grade: Grade, industry: Industry, region: Region, owner: Facts) -> Facts:
    facts = {"name": name, "search_key": search_key(name), "grade": grade, "industry": industry, "region": region}
    created = it.founded + timedelta(days=it.draw.randint(0, 40))
    return facts | {"owner_id": owner["id"], "created_at": created, "version": 1}


def _contact(it: _Department, customer: Facts) -> Facts:
    name = it.draw.choice(seed_words.SURNAMES) + it.draw.choice(seed_words.GIVEN)
    phone = f"1{it.draw.choice('35789')}0 0000 {it.draw.randint(0, 9999):04d}"
    facts = {"customer_id": customer["id"], "name": name, "position": it.draw.choice(seed_words.POSITIONS)}
    return facts | {"phone": phone, "created_at": customer["created_at"]}


def _since_last_visit(it: _Department, customer: Facts) -> timedelta:
    """One customer in six has waited longer than its grade allows."""
    gap = it.rules.cadence[customer["grade"]]
    if customer is not it.customers[0] and it.draw.random() < 1 / 6:
        return gap + timedelta(days=it.draw.uniform(3, 24))
    return timedelta(days=12 * it.draw.random() ** 2)


def _visit(it: _Department, customer: Facts, latest: datetime) -> Facts:
    kind, outcome, slots = it.pick(KINDS), it.pick(OUTCOMES), it.slots()
    about = max(latest - timedelta(days=HISTORY * it.draw.random() ** 1.6), it.founded)
    at = it.working_moment(about - 2 * A_DAY, about)
    note = "" if outcome is Outcome.NOBODY else it.draw.choice(seed_words.NOTES[kind])
    note += it.draw.choice(seed_words.ENDINGS_OF_NOTES[outcome])
    step = it.draw.choice(seed_words.NEXT_STEPS) if it.draw.random() < 0.6 else ""
    facts = {"customer_id": customer["id"], "rep_id": customer["owner_id"], "kind": kind, "outcome": outcome}
    facts |= {"note": note.format_map(slots), "next_step": step.format_map(slots)}
    return facts | {"next_visit": None, "at": at, "logged_at": at}


def _met(it: _Department, visit: Facts, contacts: list[Facts]) -> list[int]:
    if visit["outcome"] is Outcome.NOBODY:
        return []
    return [contact["id"] for contact in it.draw.sample(contacts, it.draw.choice([1, 1, 2]))]


def _reminder(it: _Department, visit: Facts, days: int) -> Facts:
    day = max(it.today + A_DAY * days, day_of(visit["at"], it.rules.tz))
    while not business_time.is_working(day, it.rules) and days:
        day += A_DAY
    due_at = moment(day, it.rules.reminder_hour, it.rules.tz)
    state = ReminderState.SENT if due_at <= it.now else ReminderState.PLANNED
    facts = {"rep_id": visit["rep_id"], "customer_id": visit["customer_id"], "visit_id": visit["id"], "day": day}
    why = visit["next_step"] or it.draw.choice(seed_words.NEXT_STEPS).format_map(it.slots())
    return facts | {"zone": it.rules.zone, "due_at": due_at, "why": why, "state": state, "version": 1}


def _received(it: _Department) -> datetime:
    """Two complaints in five are of the last six weeks, so that something is open."""
    return _days_ago(it, 42 if it.draw.random() < 0.4 else 330)


def _days_ago(it: _Department, most: int, least: float = 0.05) -> datetime:
    return it.working_moment(it.now - timedelta(days=most), it.now - timedelta(days=least))


def _complaint(it: _Department, customer: Facts, received: datetime, severity: Severity, pace: float) -> Facts:
    kind, promise = it.pick(ABOUT), it.rules.promises[severity]
    contact = next(contact for contact in it.contacts if contact["customer_id"] == customer["id"])
    reporter = next((person for person in it.people if person["contact_id"] == contact["id"]), None)
    by_phone = reporter is None or (customer is not it.customers[0] and it.draw.random() < 0.3)
    reporter_id = None if by_phone or reporter is None else reporter["id"]
    facts = {"customer_id": customer["id"], "owner_id": customer["owner_id"], "reporter_id": reporter_id}
    facts |= {"filed_by_id": reporter_id or customer["owner_id"], "kind": kind, "severity": severity}
    slots = it.slots()
    facts |= {"words": it.draw.choice(seed_words.COMPLAINTS[kind]).format_map(slots), "received_at": received}
    facts |= {"remedy": it.draw.choice(seed_words.REMEDIES[kind]).format_map(slots), "proposed": None}
    facts |= {"acknowledge_by": business_time.after(received, promise.acknowledge, it.rules)}
    facts |= {"resolve_by": business_time.after(received, promise.resolve, it.rules), "reopened": 0}
    facts |= {"late_told": sum(due < it.now for due in (facts["acknowledge_by"], facts["resolve_by"]))}
    return facts | _progress(it, facts, pace)


def _progress(it: _Department, complaint: Facts, pace: float) -> Facts:
    """How far it has come by now, at this pace."""
    received, resolve_by = complaint["received_at"], complaint["resolve_by"]
    pace = pace or (it.now - timedelta(hours=6) - received) / (resolve_by - received)
    times = [
        received + (complaint["acknowledge_by"] - received) * pace,
        received + (resolve_by - received) * pace * 0.4,
        received + (resolve_by - received) * pace,
        received + (resolve_by - received) * pace + A_DAY * it.draw.uniform(0.5, 3),
    ]
    times = sorted(it.at_work(at) for at in times)
    acknowledged, investigated, resolved, fed_back = (at if at <= it.now else None for at in times)
    reached = [at for at in (acknowledged, investigated, resolved, fed_back) if at]
    stage = list(Stage)[len(reached)]
    remedy = complaint["remedy"] if resolved else ""
    facts = {"stage": stage, "version": 1 + len(reached), "remedy": remedy, "acknowledged_at": acknowledged}
    return facts | {"resolved_at": resolved, "fed_back_at": fed_back, "times": [received, *reached]}


def _moves(complaint: Facts) -> list[Facts]:
    stages = [None, *Stage]
    return [
        {
            "complaint_id": complaint["id"],
            "actor_id": complaint["owner_id"] if was else complaint["filed_by_id"],
            "at": at,
            "was": was,
            "became": became,
            "words": complaint["remedy"] if became is Stage.RESOLVED else "",
        }
        for at, was, became in zip(complaint["times"], stages, Stage, strict=False)
    ]


def _asked_about_complaints(it: _Department, people_of: Mapping[int, int]) -> list[Facts]:
    contact_of = {person: contact for contact, person in people_of.items()}
    settled = [row for row in it.complaints if row["fed_back_at"] and row["reporter_id"]]
    return [
        _asked(it, row, contact_of[row["reporter_id"]], row["reporter_id"], row["owner_id"], row["resolved_at"])
        | {"occasion": Occasion.COMPLAINT, "complaint_id": row["id"]}
        for row in settled
    ]


def _asked_about_visits(it: _Department, people_of: Mapping[int, int]) -> list[Facts]:
    asked, history = [], _History(it.rules)
    for visit in it.visits:
        askable = visit["kind"] is not VisitKind.CALL and visit["customer_id"] != it.customers[0]["id"]
        ask_at, firm = visit["at"] + it.rules.undo_for, visit["customer_id"]
        met = [contact for contact in visit["met"] if contact in people_of] if askable else []
        contact = next((contact for contact in met if history.allows(contact, firm, ask_at)), None)
        if contact and ask_at < it.now:
            history.remember(contact, firm, ask_at)
            row = _asked(it, visit, contact, people_of[contact], visit["rep_id"], ask_at)
            asked.append(row | {"occasion": Occasion.VISIT, "visit_id": visit["id"]})
    return asked


class _History:
    """When each person and each firm was asked, to keep to the rules of ``SUR-08``."""

    def __init__(self, rules: Rules) -> None:
        self.rules = rules
        self.of_contact: dict[int, list[datetime]] = defaultdict(list)
        self.of_firm: dict[int, datetime] = {}

    def allows(self, contact: int, firm: int, at: datetime) -> bool:
        """Return whether the person may be asked then."""
        year = [asked for asked in self.of_contact[contact] if asked > at - self.rules.survey_quota_within]
        rested = not year or year[-1] <= at - self.rules.survey_cooldown
        quiet = firm not in self.of_firm or self.of_firm[firm] <= at - self.rules.survey_account_pause
        return rested and quiet and len(year) < self.rules.survey_quota

    def remember(self, contact: int, firm: int, at: datetime) -> None:
        """Remember that the person was asked then."""
        self.of_contact[contact].append(at)
        self.of_firm[firm] = at


def _asked(it: _Department, about: Facts, contact: int, person: int, rep: int, at: datetime) -> Facts:
    closes_at = at + it.rules.survey_closes_after
    state = AskState.EXPIRED if closes_at <= it.now else AskState.SENT
    facts = {"contact_id": contact, "person_id": person, "customer_id": about["customer_id"], "rep_id": rep}
    facts |= {"complaint_id": None, "visit_id": None, "score": None, "reason": "", "answered_at": None}
    return facts | {"state": state, "ask_at": at, "closes_at": closes_at}


def _answer(it: _Department, row: Facts) -> None:
    score = it.pick(SCORES)
    wait = timedelta(hours=it.draw.expovariate(1 / 20))
    row["answered_at"] = min(it.awake(row["ask_at"] + wait), row["closes_at"], it.now - timedelta(minutes=5))
    row["state"], row["score"], row["reason"] = AskState.ANSWERED, score, it.draw.choice(seed_words.REASONS[score])


def _each(things: Sequence[Facts], count: int) -> list[Facts]:
    """The things in turn until there are so many, equal ones together."""
    return sorted(islice(cycle(things), count), key=lambda thing: thing["id"])


def _grouped(rows: Iterable[Facts], by: str) -> dict[int, list[Facts]]:
    groups: dict[int, list[Facts]] = defaultdict(list)
    for row in rows:
        groups[row[by]].append(row)
    return groups


def _insert(it: _Department, model: type[Base], rows: list[Facts]) -> list[Facts]:
    """Insert the rows in bulk; each gets its id. What is not a column stays aside."""
    columns = model.__table__.columns.keys()
    plain = [{name: value for name, value in row.items() if name in columns} for row in rows]
    ids = it.session.scalars(insert(model).returning(model.__table__.c.id, sort_by_parameter_order=True), plain)
    for row, row_id in zip(rows, ids, strict=True):
        row["id"] = row_id
    return rows
