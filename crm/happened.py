"""When something happened that is logged now: a day that is over, or today. It reads no clock."""

from __future__ import annotations

from datetime import date, datetime, time

from sqlalchemy.orm import Session

from crm.local_time import day_of, moment, zone_of
from crm.rules import rules
from models.person import Person
from models.problem import Problem

NOON = time(12)
"""Where a day without an hour is kept: the same day in every zone the firm works in."""


class DayToCome(Problem):
    """What is still to come cannot be logged."""


class DayTooLongAgo(Problem):
    """What is logged must not be older than so many ``days``."""


def when(
    session: Session, actor: Person, day: date | None, hour: time | None = None, *, at: datetime
) -> tuple[datetime, bool]:
    """Return the moment of what happened on that day, and whether its hour is known; without a day it is now.

    Raises DayToCome, DayTooLongAgo.
    """
    zone, set_ = zone_of(actor, rules(session)), rules(session)
    today = day_of(at, zone)
    if day is None or (day == today and hour is None):
        return at, True
    happened = moment(day, hour or NOON, zone)
    if day > today or happened > at:
        raise DayToCome(day=day)
    if today - day > set_.logged_within:
        raise DayTooLongAgo(day=day, days=set_.logged_within.days)
    return happened, hour is not None
