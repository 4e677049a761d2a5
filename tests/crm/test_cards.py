"""One card in the morning, one in the evening: when, to whom, and how they are kept true."""

from __future__ import annotations

from datetime import date, time

import pytest
from sqlalchemy import select

from crm import card_rounds, cards, outbox, reminders, visits
from crm.cards import Card
from crm.rules import Rules
from models.notice import Notice, NoticeState
from models.person import Role
from models.problem import NotAllowed
from models.visit import Outcome, VisitKind
from tests.conftest import joined

TODAY = date(2026, 3, 10)
SATURDAY = date(2026, 3, 14)


@pytest.fixture
def promise(session, li_wei, east_bearings, clock):
    """Made the day before, for Tuesday."""
    return reminders.plan(session, li_wei, customer=east_bearings, day=TODAY, at=clock.shows("2026-03-09 10:00"))


def left(session, person, *states):
    session.expire_all()
    mine = select(Notice).where(Notice.to_id == person.id).order_by(Notice.id)
    return [one.address for one in session.scalars(mine) if not states or one.state in states]


def deliver(session, clock, message_id=500):
    for notice in outbox.lease(session, holder="desk", now=clock.now, limit=25):
        outbox.sent(session, notice.id, holder="desk", message_id=message_id, at=clock.now)
    session.expire_all()


def test_the_morning_card_comes_at_eight_once(session, li_wei, promise, clock):
    assert card_rounds.announce_due(session, now=clock.shows("2026-03-10 07:59")) == 0
    assert card_rounds.announce_due(session, now=clock.shows("2026-03-10 08:00")) == 1
    assert card_rounds.announce_due(session, now=clock.shows("2026-03-10 08:05")) == 0
    assert left(session, li_wei) == ["/cards/morning"]


def test_a_reminder_stands_in_the_card_and_does_not_come_alone(session, li_wei, promise, clock):
    card_rounds.announce_due(session, now=clock.shows("2026-03-10 08:00"))

    assert reminders.announce_due(session, now=clock.shows("2026-03-10 09:00")) == 1
    assert left(session, li_wei) == ["/cards/morning"]


def test_a_reminder_with_an_hour_of_its_own_still_comes(session, li_wei, east_bearings, clock):
    at = clock.shows("2026-03-09 10:00")
    promise = reminders.plan(session, li_wei, customer=east_bearings, day=TODAY, hour=time(15), at=at)
    card_rounds.announce_due(session, now=clock.shows("2026-03-10 08:00"))
    reminders.announce_due(session, now=clock.shows("2026-03-10 15:00"))

    assert left(session, li_wei) == ["/cards/morning", f"/reminders/{promise.id}"]


def test_when_the_card_did_not_go_out_the_reminder_comes_alone(session, li_wei, promise, clock):
    card_rounds.announce_due(session, now=clock.shows("2026-03-10 12:30"))
    reminders.announce_due(session, now=clock.now)

    assert left(session, li_wei) == [f"/reminders/{promise.id}"]


def test_without_the_card_reminders_come_one_by_one(session, li_wei, promise, clock):
    cards.switch(session, li_wei, Card.MORNING, on=False, at=clock.now)

    assert card_rounds.announce_due(session, now=clock.shows("2026-03-10 08:00")) == 0
    reminders.announce_due(session, now=clock.shows("2026-03-10 09:00"))
    assert left(session, li_wei) == [f"/reminders/{promise.id}"]


def test_no_card_on_a_day_off_but_the_reminder_comes(session, li_wei, east_bearings, clock):
    promise = reminders.plan(session, li_wei, customer=east_bearings, day=SATURDAY, at=clock.now)

    assert card_rounds.announce_due(session, now=clock.shows("2026-03-14 08:00")) == 0
    reminders.announce_due(session, now=clock.shows("2026-03-14 09:00"))
    assert left(session, li_wei) == [f"/reminders/{promise.id}"]


def test_a_day_the_company_works_has_its_card(session, li_wei, promise, clock):
    session.info["rules"] = Rules(days={SATURDAY: True})

    assert card_rounds.announce_due(session, now=clock.shows("2026-03-14 08:00")) == 1


def test_an_empty_card_is_not_sent(session, li_wei, clock):
    card_rounds.announce_due(session, now=clock.shows("2026-03-10 08:00"))
    card_rounds.announce_due(session, now=clock.shows("2026-03-10 17:30"))

    assert left(session, li_wei, NoticeState.READY) == []
    assert card_rounds.announce_due(session, now=clock.shows("2026-03-10 17:31")) == 0


def test_after_a_long_outage_no_morning_card_comes_in_the_afternoon(session, li_wei, promise, clock):
    assert card_rounds.announce_due(session, now=clock.shows("2026-03-10 12:00")) == 0


def test_no_card_in_quiet_hours(session, li_wei, promise, clock):
    session.info["rules"] = Rules(quiet_to=time(9))
    card_rounds.announce_due(session, now=clock.shows("2026-03-10 08:00"))

    assert outbox.lease(session, holder="desk", now=clock.now, limit=5) == []
    assert len(outbox.lease(session, holder="desk", now=clock.shows("2026-03-10 09:00"), limit=5)) == 1


def test_a_card_comes_at_eight_where_the_rep_lives(session, li_wei, promise, clock):
    li_wei.zone = "Europe/Berlin"
    session.flush()

    assert card_rounds.announce_due(session, now=clock.shows("2026-03-10 08:00")) == 0
    assert card_rounds.announce_due(session, now=clock.shows("2026-03-10 15:00")) == 1


def test_cards_are_for_reps_who_can_be_reached(session, chen_jing, wang_fang, li_wei, promise, clock):
    li_wei.unreachable_since = clock.now
    session.flush()

    assert card_rounds.announce_due(session, now=clock.shows("2026-03-10 08:00")) == 0
    with pytest.raises(NotAllowed):
        cards.switch(session, wang_fang, Card.MORNING, on=False, at=clock.now)


def test_a_logged_visit_refreshes_the_card_without_a_sound(session, li_wei, east_bearings, promise, clock):
    card_rounds.announce_due(session, now=clock.shows("2026-03-10 08:00"))
    deliver(session, clock)
    at = clock.shows("2026-03-10 10:00")
    log = {"customer": east_bearings, "kind": VisitKind.ROUTINE, "outcome": Outcome.GOOD}
    visits.log(session, li_wei, at=at, **log)
    visits.log(session, li_wei, at=at, **log)

    fresh = session.scalars(select(Notice).where(Notice.state == NoticeState.READY)).one()  # two changes, one edit
    assert (fresh.address, fresh.ping, fresh.thread) == ("/cards/morning", False, "card:morning:2026-03-10")
    deliver(session, clock)
    visits.log(session, li_wei, at=clock.passes(minutes=5), **log)
    assert len(left(session, li_wei, NoticeState.READY)) == 1


def test_a_card_not_sent_yet_needs_no_refreshing(session, li_wei, promise, clock):
    reminders.done(session, li_wei, promise.id, version=promise.version, at=clock.shows("2026-03-10 07:00"))

    assert left(session, li_wei, NoticeState.READY) == []


def test_the_evening_card_counts_what_was_done_and_names_what_is_missing(
    session, li_wei, zhao_min, east_bearings, promise, clock
):
    at = clock.shows("2026-03-10 16:00")
    visits.log(
        session, li_wei, customer=east_bearings, kind=VisitKind.CALL, outcome=Outcome.GOOD, at=at.replace(hour=1)
    )
    promise.state = promise.state.PLANNED

    done = card_rounds.evening(session, li_wei, now=at)

    assert (len(done.visits), len(done.without_note), done.day.due) == (1, 1, [promise])
    assert card_rounds.evening(session, zhao_min, now=at).empty


def test_every_rep_of_the_department_is_served_in_portions(session, east_bearings, li_wei, promise, clock):
    for number in range(7):
        joined(session, f"业务员{number}", Role.REP, 2000 + number)

    taken = [card_rounds.announce_due(session, now=clock.shows("2026-03-10 08:00"), limit=3) for _ in range(4)]

    assert taken == [3, 3, 2, 0]
