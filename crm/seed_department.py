"""The department that the seed invents: the rows so far, and how to draw and insert more of them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from random import Random
from typing import Any

from sqlalchemy import insert
from sqlalchemy.orm import Session

from crm import business_time, seed_words
from crm.local_time import day_of, moment
from crm.rules import Rules
from models.base import Base

HISTORY = 540
"""Days the history goes back."""
A_DAY = timedelta(days=1)
MORNING, NIGHT = 8, 22
"""The hours between which customers answer."""

Facts = dict[str, Any]


@dataclass
class Department:
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
    contracts: list[Facts] = field(default_factory=list)
    touches: list[Facts] = field(default_factory=list)
    pledges: list[Facts] = field(default_factory=list)

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

    def insert(self, model: type[Base], rows: list[Facts]) -> list[Facts]:
        """Insert the rows in bulk; each gets its id. What is not a column stays aside."""
        columns = model.__table__.columns.keys()
        plain = [{name: value for name, value in row.items() if name in columns} for row in rows]
        ids = self.session.scalars(insert(model).returning(model.__table__.c.id, sort_by_parameter_order=True), plain)
        for row, row_id in zip(rows, ids, strict=True):
            row["id"] = row_id
        return rows


def grouped(rows: Iterable[Facts], by: str) -> dict[int, list[Facts]]:
    """Return the rows by what they say under this name."""
    groups: dict[int, list[Facts]] = defaultdict(list)
    for row in rows:
        groups[row[by]].append(row)
    return groups
