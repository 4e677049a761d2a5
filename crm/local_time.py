"""Local time: which zone a person lives in, and which moment a wall clock there means.

It never reads a clock.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta, tzinfo
from zoneinfo import ZoneInfo

from crm.rules import Rules
from models.person import Person

_STEP = timedelta(minutes=1)


def zone_of(person: Person, rules: Rules) -> ZoneInfo:
    """Return the person's zone, or the company's while hers is not known."""
    return ZoneInfo(person.zone or rules.zone)


def company_zone(rules: Rules) -> ZoneInfo:
    """Return the zone of the company: where what is counted in days must be the same for everybody."""
    return ZoneInfo(rules.zone)


def moment(day: date, clock: time, zone: tzinfo) -> datetime:
    """Return the moment, in UTC, at which the clock there shows this time.

    A time the clock jumps over means the first minute after the jump; one it shows twice, the first of the two.
    """
    wall = datetime.combine(day, clock)
    while not _exists(wall, zone):
        wall += _STEP
    return wall.replace(tzinfo=zone).astimezone(UTC)


def day_of(at: datetime, zone: tzinfo) -> date:
    """Return the day it is there at this moment."""
    return at.astimezone(zone).date()


def _exists(wall: datetime, zone: tzinfo) -> bool:
    return wall.replace(tzinfo=zone).astimezone(UTC).astimezone(zone).replace(tzinfo=None) == wall
