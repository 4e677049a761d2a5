"""What the seed puts into the customers' files: profiles, tags, buying roles, contracts, calls and mails, promises."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from itertools import count

from sqlalchemy import insert, update

from crm import seed_words
from crm.local_time import day_of, moment
from crm.profiles import check_character
from crm.seed_department import A_DAY, Department, Facts, grouped
from models.contract import Contract
from models.customer import (
    BuyingPart,
    Contact,
    Customer,
    Grade,
    Industry,
    Market,
    Ownership,
    Region,
    Size,
    Tag,
    customer_tag,
)
from models.pledge import Pledge, PledgeState
from models.touch import Touch, TouchKind
from models.visit import Outcome

TOUCHES, PLEDGES = 1200, 160
TOUCHES_BY_GRADE = {Grade.A: 4.0, Grade.B: 2.0, Grade.C: 1.0}
WAYS = {TouchKind.CALL: 45, TouchKind.WECHAT: 40, TouchKind.MAIL: 15}
SIZES = {
    Grade.A: {Size.LARGE: 5, Size.MEDIUM: 4, Size.SMALL: 1},
    Grade.B: {Size.LARGE: 1, Size.MEDIUM: 5, Size.SMALL: 4},
    Grade.C: {Size.MEDIUM: 2, Size.SMALL: 6, Size.MICRO: 2},
}
OWNERSHIPS = {Ownership.PRIVATE: 60, Ownership.STATE_OWNED: 18, Ownership.PUBLIC: 8, Ownership.UNKNOWN: 14}
ATTITUDES = {2: 15, 1: 35, 0: 25, -1: 18, -2: 7}
SIGNED = {Grade.A: 0.9, Grade.B: 0.55, Grade.C: 0.2}
"""How many of a grade's customers have a contract."""
THOUSANDS = {Grade.A: (400, 3000), Grade.B: (80, 600), Grade.C: (10, 120)}
"""What a contract is worth, in thousands of yuan."""
A_YEAR = timedelta(days=364)
NO_REGION = "990000"
"""Where a real registration number names the place: this is none, so the number is nobody's."""


def profiles(it: Department) -> None:
    """What kind of firm each customer is; of a few it is not known yet, and firms abroad have no number here."""
    it.session.execute(update(Customer), [{"id": row["id"]} | _profile(it, row) for row in it.customers])


def tags(it: Department) -> None:
    """Up to three of the department's words on most customers."""
    words = it.insert(Tag, [{"word": word} for word in seed_words.TAGS])
    worn = [
        (row["id"], tag["id"]) for row in it.customers for tag in it.draw.sample(words, it.draw.choice([0, 1, 1, 2, 3]))
    ]
    it.session.execute(insert(customer_tag), [{"customer_id": customer, "tag_id": tag} for customer, tag in worn])


def buying_roles(it: Department) -> None:
    """Who does what when a customer buys, by position, and for half of them how they stand to us, with the fact."""
    known = [contact for contact in it.contacts if contact is it.contacts[0] or it.draw.random() < 0.7]
    parts = [(contact["id"], role) for contact in known for role in seed_words.ROLES[contact["position"]]]
    it.session.execute(insert(BuyingPart), [{"contact_id": contact, "role": role} for contact, role in parts])
    judged = [_judgement(it, contact) for contact in known[1:] if it.draw.random() < 0.5]
    judged.append(_judgement(it, known[0]) | {"attitude": 1, "influence": 4, "evidence": seed_words.DEMO_EVIDENCE})
    it.session.execute(update(Contact), judged)


def contracts(it: Department) -> None:
    """A contract a year with most key customers; the demo's ends in five weeks and is announced again before."""
    signing = [row for row in it.customers[1:] if it.draw.random() < SIGNED[row["grade"]]]
    rows = [
        row for customer in signing for row in _contracts(it, customer, it.today + A_DAY * it.draw.randint(-50, 355))
    ]
    rows += _contracts(it, it.customers[0], it.today + 5 * 7 * A_DAY, seed_words.CONTRACTS[0])
    rows.sort(key=lambda row: row["starts"])
    numbers = {year: count(1) for year in {row["starts"].year for row in rows}}
    for row in rows:
        row["number"] = f"HT-{row['starts'].year}-{next(numbers[row['starts'].year]):03d}"
    it.contracts = it.insert(Contract, rows)


def touches(it: Department) -> None:
    """Calls, mails and WeChat contacts; 王芳's word of yesterday is the newest."""
    weights = [TOUCHES_BY_GRADE[row["grade"]] for row in it.customers]
    called = it.draw.choices(it.customers, weights, k=TOUCHES - 1)
    rows = [_touch(it, customer) for customer in called]
    newest = _touch(it, it.customers[0]) | {"kind": TouchKind.WECHAT, "note": seed_words.DEMO_TOUCH}
    newest["at"] = it.working_moment(it.now - 2 * A_DAY, it.now - A_DAY)
    it.touches = it.insert(Touch, sorted([*rows, newest], key=lambda row: row["at"]))


def pledges(it: Department) -> None:
    """What was promised at visits: mostly kept, some still owed, a few late. 李伟 owes 王芳 something today."""
    said = [visit for visit in it.visits if visit["outcome"] is not Outcome.NOBODY and visit["met"]]
    recent = said[-3 * PLEDGES :]
    rows = [_pledge(it, visit) for visit in it.draw.sample(recent, PLEDGES - 1)]
    demo, contact = it.customers[0], it.contacts[0]["id"]
    visit = grouped(it.visits, "customer_id")[demo["id"]][-1]
    owed = {"words": seed_words.DEMO_PLEDGE, "contact_id": contact, "day": it.today, "state": PledgeState.OPEN}
    rows.append(_pledge(it, visit | {"met": [contact]}) | owed | {"settled_at": None})
    it.pledges = it.insert(Pledge, rows)


def _profile(it: Department, customer: Facts) -> Facts:
    trade = customer["industry"] is Industry.TRADE
    water = "水务" in customer["name"]
    market = Market.RESELLER if trade else Market.GOVERNMENT if water else Market.PRODUCER
    ownership = Ownership.GOVERNMENT if water else it.pick(OWNERSHIPS)
    numbered = customer["region"] is not Region.ABROAD and it.draw.random() < 0.75
    facts = {"market": market, "size": it.pick(SIZES[customer["grade"]]), "ownership": ownership}
    return facts | {"registration": _registration(it) if numbered else ""}


def _registration(it: Department) -> str:
    first = f"91{NO_REGION}MA{it.draw.randint(0, 9_999_999):07d}"
    return first + check_character(first)


def _judgement(it: Department, contact: Facts) -> Facts:
    attitude = it.pick(ATTITUDES)
    evidence = it.draw.choice(seed_words.EVIDENCE[attitude]).format_map(it.slots())
    facts = {"id": contact["id"], "attitude": attitude, "influence": it.draw.randint(1, 5), "evidence": evidence}
    return facts | {"judged_at": it.working_moment(it.now - 300 * A_DAY, it.now - A_DAY)}


def _contracts(it: Department, customer: Facts, ends: date, title: str = "") -> Sequence[Facts]:
    """The contract that ends then, and perhaps the one before it."""
    title = title or it.draw.choice(seed_words.CONTRACTS)
    years = [ends, ends - A_YEAR] if it.draw.random() < 0.6 else [ends]
    return [_contract(it, customer, last, title) for last in years]


def _contract(it: Department, customer: Facts, ends: date, title: str) -> Facts:
    starts = ends - A_YEAR
    announced = [days for days in it.rules.contract_notice if (ends - it.today).days <= days]
    facts = {"customer_id": customer["id"], "added_by_id": customer["owner_id"], "title": title, "starts": starts}
    facts |= {"ends": ends, "fen": it.draw.randint(*THOUSANDS[customer["grade"]]) * 100_000, "note": ""}
    facts |= {"told": min(announced, default=None), "version": 1, "dropped_at": None}
    return facts | {"created_at": moment(starts, it.rules.opens, it.rules.tz)}


def _touch(it: Department, customer: Facts) -> Facts:
    kind = it.pick(WAYS)
    about = it.now - A_DAY * (3 + 500 * it.draw.random() ** 1.6)
    note = it.draw.choice(seed_words.TOUCHES[kind]).format_map(it.slots()) if it.draw.random() < 0.8 else ""
    facts = {"customer_id": customer["id"], "person_id": customer["owner_id"], "kind": kind, "note": note}
    return facts | {"at": it.working_moment(about - 2 * A_DAY, about), "undone_at": None}


def _pledge(it: Department, visit: Facts) -> Facts:
    day = day_of(visit["at"], it.rules.tz) + A_DAY * it.draw.randint(2, 20)
    kept = day < it.today and it.draw.random() < 0.95
    facts = {"customer_id": visit["customer_id"], "maker_id": visit["rep_id"], "visit_id": visit["id"], "day": day}
    facts |= {"contact_id": visit["met"][0], "words": it.draw.choice(seed_words.PLEDGES).format_map(it.slots())}
    facts |= {"state": PledgeState.KEPT if kept else PledgeState.OPEN, "moved": 0, "version": 1 + kept}
    settled = moment(day, it.rules.opens, it.rules.tz) if kept else None
    return facts | {"made_at": visit["at"], "settled_at": settled}
