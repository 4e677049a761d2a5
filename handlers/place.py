"""A shared place: the three nearest customers, a visit logged here, and where a customer is."""

from __future__ import annotations

import re

from crm import customers, places, search
from dialog.events import Message, Spot
from dialog.flow import Enter, Script, flow
from dialog.page import page
from dialog.questions import Review, SharePlace
from dialog.screen import Door, Go, Link, Screen
from dialog.talk import Talk
from dialog.words import Label, _, brief
from handlers.customer import customer_card
from handlers.picking import PickCustomer
from handlers.visit import log_visit
from models.person import Permission
from models.problem import NotFound
from models.visit import Place

THIS_IS = re.compile(r"(?:这里|这儿|此处|我在)(?:就)?(?:是)?\s*(.{2,60})|(?:this|here) is\s+(.{2,60})", re.IGNORECASE)


def shared(talk: Talk, spot: Spot) -> Screen:
    """Keep a place that was sent out of the blue, rounded, and show whom it is near."""
    place = places.share(talk.session, talk.person, latitude=spot.latitude, longitude=spot.longitude, at=talk.now)
    return around(talk, place.id)


@page("/places/{place_id}", needs=Permission.LOG_VISITS)
def around(talk: Talk, place_id: int) -> Screen:
    """The three nearest customers, each with one tap to log the visit here."""
    place = places.found(talk.session, talk.person, str(place_id), now=talk.now)
    if place is None:
        raise NotFound(what="place")
    near = places.nearest(talk.session, talk.person, place)
    return Screen(
        "place/around",
        near=len(near),
        rows=[
            *([Door(_line(one.name, away), log_visit, customer=one.id, place=place.id)] for one, away in near),
            *([Go(_("🧾 {name}", name=brief(one.name, 30)), f"/customers/{one.id}/brief")] for one, _away in near[:1]),
            [
                Door(_("🔍 Another customer"), log_visit, place=place.id),
                Door(_("📌 This is…"), locate, place=place.id),
            ],
        ],
    )


def this_is(talk: Talk, message: Message) -> Enter | None:
    """Return what ``这里是华东轴承`` leads to, said after a place was shared: that customer is here."""
    said = THIS_IS.fullmatch(message.text.strip().rstrip("。."))
    place = places.latest(talk.session, talk.person, now=talk.now) if said else None
    if said is None or place is None:
        return None
    found = search.customers(talk.session, talk.person, said[1] or said[2], limit=2)
    if len(found) != 1:
        return None
    return Enter(locate, "customer", found[0].id, {"place": place.id})


@flow("locate", _("Where a customer is"), needs=Permission.LOG_VISITS)
def locate(talk: Talk) -> Script:
    """Which customer is here. Where one is already known to be is replaced only when she says so."""
    customer = yield from PickCustomer("customer", _("Customer"))
    place = places.found(talk.session, talk.person, str(talk.answers.get("place", "")), now=talk.now)
    spot = Spot(place.latitude, place.longitude) if place else (yield from SharePlace("spot", _("Place")))
    if customer.latitude is not None:
        yield from Review("save", _("✅ Replace the place kept before"))
    here = place or Place(latitude=spot.latitude, longitude=spot.longitude)
    places.locate(talk.session, talk.person, customer.id, place=here, at=talk.now)
    return located(talk, customer.id)


@page("/customers/{customer_id}/place", needs=Permission.LOG_VISITS)
def located(talk: Talk, customer_id: int) -> Screen:
    """Whether it is known where a customer is, and how to say it."""
    customer = customers.find(talk.session, talk.person, customer_id)
    place = places.latest(talk.session, talk.person, now=talk.now)
    return Screen(
        "place/customer",
        customer=customer,
        rows=[
            [Door(_("📝 Log a visit here"), log_visit, customer=customer_id, place=place.id) if place else None],
            [Door(_("📌 I am there now"), locate, customer=customer_id)],
            [
                Go(_("🧾 Brief"), f"/customers/{customer_id}/brief"),
                Link(_("🏭 Customer"), customer_card, customer_id),
            ],
        ],
    )


def _line(name: str, away: int) -> Label:
    name = brief(name, 24)
    if away < 150:
        return _("📝 Right here · {name}", name=name)
    if away < 1000:
        return _("📝 About {metres} m · {name}", name=name, metres=round(away, -2))
    return _("📝 About {km} km · {name}", name=name, km=f"{away / 1000:.1f}")
