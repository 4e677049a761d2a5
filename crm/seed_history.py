"""The seed's history: visits, the reminders that follow from them, complaints, questionnaires."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from datetime import datetime, timedelta

from sqlalchemy import insert, update

from crm import business_time, seed_words
from crm.local_time import day_of, moment
from crm.rules import Rules
from crm.seed_department import A_DAY, HISTORY, Department, Facts, grouped
from models.complaint import Complaint, ComplaintKind, ComplaintMove, Severity, Stage
from models.customer import Grade
from models.questionnaire import AskState, Occasion, Questionnaire
from models.visit import Outcome, Reminder, ReminderState, Visit, VisitKind, visit_contact

VISITS, COMPLAINTS, ANSWERS = 3000, 180, 900
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


def visits(it: Department) -> None:
    """Three thousand visits, key customers most; the demo's firm was visited a few days ago."""
    by_customer = grouped(it.contacts, "customer_id")
    weights = [VISITS_BY_GRADE[customer["grade"]] for customer in it.customers]
    planned = it.draw.choices(it.customers, weights, k=VISITS)
    latest = {customer["id"]: it.now - _since_last_visit(it, customer) for customer in it.customers}
    rows = [_visit(it, customer, latest[customer["id"]]) for customer in planned]
    _freshen(it, max((row for row in rows if row["customer_id"] == it.customers[0]["id"]), key=lambda row: row["at"]))
    rows.sort(key=lambda row: row["at"])
    it.visits = it.insert(Visit, rows)
    for row in rows:
        row["met"] = _met(it, row, by_customer[row["customer_id"]])
    met = [{"visit_id": row["id"], "contact_id": contact} for row in rows for contact in row["met"]]
    it.session.execute(insert(visit_contact), met)


def _freshen(it: Department, visit: Facts) -> None:
    """李伟 was at 华东轴承 a few days ago, and promised something for today."""
    at = it.working_moment(it.now - 5 * A_DAY, it.now - 3 * A_DAY)
    visit |= {"at": at, "logged_at": at, "kind": VisitKind.ROUTINE, "outcome": Outcome.OPEN}
    visit |= {"note": seed_words.DEMO_NOTE, "next_step": seed_words.DEMO_STEP}


def reminders(it: Department) -> None:
    """Seven customers in ten are expected again, unless they were let wait; 李伟's promise to 华东轴承 is for today."""
    latest = {row["customer_id"]: row for row in it.visits}
    demo = it.customers[0]["id"]
    expected = [row for row in latest.values() if row["customer_id"] == demo or it.draw.random() < 0.7]
    grades = {customer["id"]: customer["grade"] for customer in it.customers}
    expected = [row for row in expected if it.now - row["at"] < it.rules.contact_cadence[grades[row["customer_id"]]]]
    rows = [_reminder(it, row, 0 if row["customer_id"] == demo else it.draw.randint(-2, 28)) for row in expected]
    it.reminders = it.insert(Reminder, rows)
    it.session.execute(update(Visit), [{"id": row["visit_id"], "next_visit": row["day"]} for row in rows])


def complaints(it: Department) -> None:
    """王芳 has one that was settled long ago; a few of the others wait for a first word, or for the customer's."""
    old = _complaint(it, it.customers[0], it.now - timedelta(days=150), Severity.S3, 0.5)
    others = it.draw.choices(it.customers[1:], k=COMPLAINTS - 1)
    fresh, resolved, usual = others[:4], others[4:8], others[8:]
    rows = [_complaint(it, customer, _days_ago(it, 2), it.pick(SEVERITIES), NOT_YET) for customer in fresh]
    rows += [_complaint(it, customer, _days_ago(it, 20, 2), it.pick(SEVERITIES), JUST_NOW) for customer in resolved]
    rows += [_complaint(it, customer, _received(it), it.pick(SEVERITIES), it.pick(PACES)) for customer in usual]
    it.complaints = it.insert(Complaint, sorted([old, *rows], key=lambda row: row["received_at"]))
    moves = [move for row in it.complaints for move in _moves(row)]
    it.session.execute(insert(ComplaintMove), moves)


def questionnaires(it: Department) -> None:
    """Asked as the rules allow: a person every 90 days, a firm every 14, three a year; 900 have answered."""
    people_of = {person["contact_id"]: person["id"] for person in it.people}
    asked = [*_asked_about_complaints(it, people_of), *_asked_about_visits(it, people_of)]
    likely = sorted((row for row in asked if row["ask_at"] < it.now - A_DAY), key=lambda row: row["ask_at"])
    for row in it.draw.sample(likely, min(ANSWERS, len(likely))):
        _answer(it, row)
    it.questionnaires = it.insert(Questionnaire, asked)


def _since_last_visit(it: Department, customer: Facts) -> timedelta:
    """One customer in six has waited longer than its grade allows."""
    gap = it.rules.cadence[customer["grade"]]
    if customer is not it.customers[0] and it.draw.random() < 1 / 6:
        return gap + timedelta(days=it.draw.uniform(3, 24))
    return timedelta(days=12 * it.draw.random() ** 2)


def _visit(it: Department, customer: Facts, latest: datetime) -> Facts:
    kind, outcome, slots = it.pick(KINDS), it.pick(OUTCOMES), it.slots()
    about = max(latest - timedelta(days=HISTORY * it.draw.random() ** 1.6), it.founded)
    at = it.working_moment(about - 2 * A_DAY, about)
    note = "" if outcome is Outcome.NOBODY else it.draw.choice(seed_words.NOTES[kind])
    note += it.draw.choice(seed_words.ENDINGS_OF_NOTES[outcome])
    step = it.draw.choice(seed_words.NEXT_STEPS) if it.draw.random() < 0.6 else ""
    facts = {"customer_id": customer["id"], "rep_id": customer["owner_id"], "kind": kind, "outcome": outcome}
    facts |= {"note": note.format_map(slots), "next_step": step.format_map(slots)}
    return facts | {"next_visit": None, "at": at, "logged_at": at}


def _met(it: Department, visit: Facts, contacts: list[Facts]) -> list[int]:
    if visit["outcome"] is Outcome.NOBODY:
        return []
    return [contact["id"] for contact in it.draw.sample(contacts, it.draw.choice([1, 1, 2]))]


def _reminder(it: Department, visit: Facts, days: int) -> Facts:
    day = max(it.today + A_DAY * days, day_of(visit["at"], it.rules.tz))
    while not business_time.is_working(day, it.rules) and days:
        day += A_DAY
    due_at = moment(day, it.rules.reminder_hour, it.rules.tz)
    state = ReminderState.SENT if due_at <= it.now else ReminderState.PLANNED
    facts = {"rep_id": visit["rep_id"], "customer_id": visit["customer_id"], "visit_id": visit["id"], "day": day}
    why = visit["next_step"] or it.draw.choice(seed_words.NEXT_STEPS).format_map(it.slots())
    return facts | {"zone": it.rules.zone, "due_at": due_at, "why": why, "state": state, "version": 1}


def _received(it: Department) -> datetime:
    """Two complaints in five are of the last six weeks, so that something is open."""
    return _days_ago(it, 42 if it.draw.random() < 0.4 else 330)


def _days_ago(it: Department, most: int, least: float = 0.05) -> datetime:
    return it.working_moment(it.now - timedelta(days=most), it.now - timedelta(days=least))


def _complaint(it: Department, customer: Facts, received: datetime, severity: Severity, pace: float) -> Facts:
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


def _progress(it: Department, complaint: Facts, pace: float) -> Facts:
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


def _asked_about_complaints(it: Department, people_of: Mapping[int, int]) -> list[Facts]:
    contact_of = {person: contact for contact, person in people_of.items()}
    settled = [row for row in it.complaints if row["fed_back_at"] and row["reporter_id"]]
    return [
        _asked(it, row, contact_of[row["reporter_id"]], row["reporter_id"], row["owner_id"], row["resolved_at"])
        | {"occasion": Occasion.COMPLAINT, "complaint_id": row["id"]}
        for row in settled
    ]


def _asked_about_visits(it: Department, people_of: Mapping[int, int]) -> list[Facts]:
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


def _asked(it: Department, about: Facts, contact: int, person: int, rep: int, at: datetime) -> Facts:
    closes_at = at + it.rules.survey_closes_after
    state = AskState.EXPIRED if closes_at <= it.now else AskState.SENT
    facts = {"contact_id": contact, "person_id": person, "customer_id": about["customer_id"], "rep_id": rep}
    facts |= {"complaint_id": None, "visit_id": None, "score": None, "reason": "", "answered_at": None}
    return facts | {"state": state, "ask_at": at, "closes_at": closes_at}


def _answer(it: Department, row: Facts) -> None:
    score = it.pick(SCORES)
    wait = timedelta(hours=it.draw.expovariate(1 / 20))
    row["answered_at"] = min(it.awake(row["ask_at"] + wait), row["closes_at"], it.now - timedelta(minutes=5))
    row["state"], row["score"], row["reason"] = AskState.ANSWERED, score, it.draw.choice(seed_words.REASONS[score])
