"""Places: a rep shares where she is, by her own act; the nearest customers are found, and a visit says near or not.

Nothing follows anybody: a place is rounded to about 100 m before it is kept, and ``crm/retention`` deletes it after
30 days. Distances are metres on a sphere of 6,371 km.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from math import asin, cos, radians, sin, sqrt

from sqlalchemy import select
from sqlalchemy.orm import Session

from crm import audit, customers
from crm.permission import require
from models.customer import Customer
from models.person import Permission, Person
from models.problem import NotFound
from models.visit import Place

DIGITS = 3
"""Decimals of a degree that are kept: about 100 m."""
NEAR = 500
"""Metres within which a visit counts as made at the customer's."""
FAR = 30_000
"""Metres beyond which a customer is not among the nearest."""
FRESH = timedelta(hours=4)
"""How long a place that was shared speaks for where somebody is."""
EARTH = 6_371_000


def share(session: Session, actor: Person, *, latitude: float, longitude: float, at: datetime) -> Place:
    """Return the place, kept, rounded. Raises NotAllowed; NotFound for degrees that are nowhere."""
    require(actor, Permission.LOG_VISITS)
    if not (abs(latitude) <= 90 and abs(longitude) <= 180):
        raise NotFound(what="place")
    place = Place(person_id=actor.id, latitude=round(latitude, DIGITS), longitude=round(longitude, DIGITS), at=at)
    session.add(place)
    session.flush()
    return place


def found(session: Session, actor: Person, number: str, *, now: datetime) -> Place | None:
    """Return the actor's own place of this number, while it is fresh."""
    if not number.isdecimal() or len(number) > 9:
        return None
    own = select(Place).where(Place.id == int(number), Place.person_id == actor.id, Place.at > now - FRESH)
    return session.scalar(own)


def use(session: Session, place: Place, *, at: datetime) -> Place:
    """Return the place, which goes into a record now and is spoken of no more."""
    place.used_at = place.used_at or at
    session.flush()
    return place


def latest(session: Session, actor: Person, *, now: datetime) -> Place | None:
    """Return the place the actor shared last, while it is fresh and nothing was made of it."""
    own = select(Place).where(Place.person_id == actor.id, Place.at > now - FRESH, Place.used_at.is_(None))
    return session.scalar(own.order_by(Place.at.desc(), Place.id.desc()).limit(1))


def nearest(session: Session, actor: Person, place: Place, *, limit: int = 3) -> list[tuple[Customer, int]]:
    """Return the nearest of the customers this person may see, with how many metres away, the nearest first."""
    known = customers.visible_to(actor).where(Customer.latitude.is_not(None), Customer.longitude.is_not(None))
    around = known.where(Customer.latitude.between(place.latitude - 0.3, place.latitude + 0.3))
    away = [(metres(place, customer), customer.id, customer) for customer in session.scalars(around)]
    return [(customer, distance) for distance, _id, customer in sorted(away)[:limit] if distance <= FAR]


def is_near(customer: Customer, place: Place) -> bool | None:
    """Return whether the place is the customer's, or None while nobody has said where that is."""
    return None if customer.latitude is None else metres(place, customer) <= NEAR


def locate(session: Session, actor: Person, customer_id: int, *, place: Place, at: datetime) -> Customer:
    """Return the customer, whose place is this from now on. Raises NotAllowed, NotFound."""
    require(actor, Permission.LOG_VISITS)
    customer = customers.find(session, actor, customer_id)
    customer.latitude, customer.longitude = place.latitude, place.longitude
    customer.version += 1
    session.flush()
    audit.note(session, actor, "customer.located", customer, at)
    return customer


def metres(place: Place, customer: Customer) -> int:
    """Return the distance along the surface, by the haversine formula."""
    there = customer.latitude or 0.0, customer.longitude or 0.0
    here = place.latitude, place.longitude
    (lat1, lon1), (lat2, lon2) = (tuple(map(radians, spot)) for spot in (here, there))
    half = sin((lat2 - lat1) / 2) ** 2 + cos(lat1) * cos(lat2) * sin((lon2 - lon1) / 2) ** 2
    return round(2 * EARTH * asin(sqrt(min(half, 1.0))))
