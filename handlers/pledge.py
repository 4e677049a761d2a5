"""What we promised a customer: to whom, what, until when. Kept or put off by a tap."""

from __future__ import annotations

import re
from contextlib import suppress
from datetime import timedelta

from crm import customers, pledges, visits
from dialog import days
from dialog.flow import Script, flow
from dialog.page import act, page
from dialog.questions import Pick, PickDay, Words
from dialog.screen import Act, Door, Link, Rows, Screen
from dialog.talk import Talk
from dialog.words import _, brief
from handlers import gathered
from handlers.away import for_whom
from handlers.customer import customer_card, to_customer
from handlers.paging import leaf, turning
from handlers.picking import ByDoor, Contacts, PickCustomer
from models.customer import Contact, Customer
from models.person import Permission
from models.pledge import Pledge
from models.problem import AlreadyDone, NotFound
from models.visit import Visit

ADDRESSED = re.compile(r"[\u4e00-\u9fff](?=工|总|经理|主任|师傅|部长|科长|厂长|老师|女士|先生)")
"""A surname with how one addresses its bearer."""
FROM_A_BUTTON = frozenset({1, 3, 7})
"""By how many days a button may put one off; any other day is picked."""
MOST = 500
A_YEAR = timedelta(days=366)


@page("/customers/{customer_id}/pledges", needs=Permission.SEE_VISITS)
def pledges_of(talk: Talk, customer_id: int, page: int = 0) -> Screen:
    """What was promised to one customer: what is still owed comes first."""
    customer = customers.find(talk.session, talk.person, customer_id)
    listed, more = leaf(
        page, lambda limit, offset: pledges.of(talk.session, talk.person, customer, limit=limit, offset=offset)
    )
    return Screen(
        "pledge/list",
        customer=customer,
        pledges=listed,
        rows=[
            *[[pledge_line(talk, pledge)] for pledge in listed],
            turning(pledges_of, customer_id, page=page, more=more),
            [Door(_("➕ A promise"), new_pledge, customer=customer_id)],
            [Link(_("🏭 Customer"), customer_card, customer_id)],
        ],
    )


@page("/pledges/{pledge_id}", needs=Permission.SEE_VISITS)
def pledge_card(talk: Talk, pledge_id: int) -> Screen:
    """One promise: what, to whom, until when."""
    pledge = pledges.find(talk.session, talk.person, pledge_id)
    seen = to_customer(talk, pledge.customer_id)
    return Screen(
        "pledge/card",
        pledge=pledge,
        late=(talk.today - pledge.day).days,
        put_off=False,
        righted=False,
        own=pledge.maker_id == talk.person.id,
        rows=[
            *(_open(pledge) if pledge.open and talk.may(Permission.LOG_VISITS) else []),
            [Link(_("🤝 Promises"), pledges_of, pledge.customer_id) if seen else None, seen],
        ],
    )


def _open(pledge: Pledge) -> Rows:
    version = pledge.version
    return [
        [
            Act(_("✅ Kept"), keep, pledge.id, version=version),
            Act(_("🗑 No longer wanted"), drop, pledge.id, version=version),
        ],
        [
            Act(_("Tomorrow"), put_off_by, pledge.id, days=1, version=version),
            Act(_("In a week"), put_off_by, pledge.id, days=7, version=version),
            Door(_("📅 Pick a day"), put_off, pledge=pledge),
        ],
    ]


@act("/pledges/{pledge_id}/kept", needs=Permission.LOG_VISITS)
def keep(talk: Talk, pledge_id: int, version: int) -> Screen:
    """It was done as promised."""
    pledges.keep(talk.session, talk.person, pledge_id, version=version, at=talk.now)
    return pledge_card(talk, pledge_id)


@act("/pledges/{pledge_id}/drop", needs=Permission.LOG_VISITS)
def drop(talk: Talk, pledge_id: int, version: int) -> Screen:
    """The customer wants it no longer."""
    pledges.drop(talk.session, talk.person, pledge_id, version=version, at=talk.now)
    return pledge_card(talk, pledge_id)


@act("/pledges/{pledge_id}/later", needs=Permission.LOG_VISITS)
def put_off_by(talk: Talk, pledge_id: int, days: int, version: int) -> Screen:
    """Put it off by some days from today."""
    if days not in FROM_A_BUTTON:
        raise NotFound
    until = talk.today + timedelta(days)
    pledges.put_off(talk.session, talk.person, pledge_id, until=until, version=version, at=talk.now)
    return _put_off(talk, pledge_id)


@flow("put_off", _("Put a promise off"), needs=Permission.LOG_VISITS)
def put_off(talk: Talk) -> Script:
    """Until which day. One settled meanwhile shows that it is."""
    pledge = yield from Pick("pledge", ByDoor(pledges.find))
    if pledge.open:
        day = yield from PickDay("day", _("Day"))
        pledges.put_off(talk.session, talk.person, pledge.id, until=day, version=pledge.version, at=talk.now)
        return _put_off(talk, pledge.id)
    return pledge_card(talk, pledge.id)


def _put_off(talk: Talk, pledge_id: int) -> Screen:
    """Return the card that says until when it was put off; opened again, it says so no more."""
    screen = pledge_card(talk, pledge_id)
    screen.facts["put_off"] = True
    return screen


@flow("pledge", _("A promise"), needs=Permission.LOG_VISITS, keeps=True, keeps_files=False)
def new_pledge(talk: Talk) -> Script:
    """What, to whom, until when; what the words say of it is not asked again."""
    customer = yield from PickCustomer("customer", _("Customer"))
    said = yield from Words("words", most=MOST)
    contact = _person_in(customer, said.text)
    if contact is None and customers.has_contacts(talk.session, customer):
        contact = yield from Pick("contact", Contacts(customer), optional=True)
    until = days.find(said.text, talk.said_on("words"))
    if until is None or not timedelta(0) <= until - talk.today <= A_YEAR:
        until = yield from PickDay("day")
    made_at = _visit_it_was_made_at(talk)
    pledge = pledges.make(
        talk.session,
        talk.person,
        customer=customer,
        words=gathered.words(talk, said, cards=True),
        day=until,
        contact=contact,
        visit=made_at,
        at=talk.now,
    )
    gathered.remember(talk, pledge, "words", said.text)
    return pledge_card(talk, pledge.id)


def _person_in(customer: Customer, words: str) -> Contact | None:
    """Return the only one of the customer's people whom the words name: 王芳, or 王工 if one of them is called 王."""
    named = [contact for contact in customer.contacts if contact.name in words]
    if not named:
        surnames = {found[0] for found in ADDRESSED.findall(words)}
        named = [contact for contact in customer.contacts if contact.name[:1] in surnames]
    return named[0] if len(named) == 1 else None


def pledge_line(talk: Talk, pledge: Pledge) -> Link:
    """Return the button that opens a promise, for the list of one customer's."""
    icon, day = "🤝" if pledge.open else "✓", talk.words.written(pledge.day, talk.today)
    return Link(f"{icon} {brief(pledge.words, 24)} · {day}", pledge_card, pledge.id)


def pledges_due(talk: Talk) -> list[list[Link]]:
    """Return a row for each of the person's own promises due today or before: for the page of the day."""
    due = pledges.due(talk.session, talk.person, on_or_before=talk.today)
    return [[Link(_line(talk, pledge), pledge_card, pledge.id)] for pledge in due]


def _line(talk: Talk, pledge: Pledge) -> str:
    """To whom and what, short enough for one line of a telephone; what is late is marked."""
    icon = "❗" if pledge.day < talk.today else "🤝"
    return f"{icon} {for_whom(talk, pledge.customer, pledge.maker, most=10)} · {brief(pledge.words, 12)}"


def _visit_it_was_made_at(talk: Talk) -> Visit | None:
    number = str(talk.answers.get("visit", ""))
    if not (number.isdecimal() and len(number) < 10):
        return None
    with suppress(AlreadyDone):  # taken back meanwhile: what she promised there is promised all the same
        return visits.own(talk.session, talk.person, int(number))
    return None
