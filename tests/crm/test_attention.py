"""What waits for whom."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from crm import attention, complaints, filing, joining, visits
from models.customer import Contact, Customer
from models.person import Person, Role
from models.questionnaire import AskState, Occasion, Questionnaire
from models.visit import Outcome, VisitKind
from tests.conftest import Clock, added


def asked(session: Session, of: Person, customer: Customer, clock: Clock, score: int | None) -> Questionnaire:
    row = Questionnaire(contact_id=of.contact_id, person_id=of.id, customer_id=customer.id, rep_id=customer.owner_id)
    row.occasion, row.ask_at, row.closes_at = Occasion.VISIT, clock.now, clock.now + timedelta(days=14)
    row.state = AskState.SENT if score is None else AskState.ANSWERED
    row.score, row.answered_at = score, None if score is None else clock.now
    return added(session, row)


@pytest.mark.parametrize(("score", "waits"), [(1, 1), (2, 1), (3, 0), (5, 0)])
def test_a_low_score_waits_until_somebody_was_in_touch(
    session, li_wei, zhao_min, chen_jing, wang_fang, east_bearings, clock, score, waits
):
    asked(session, wang_fang, east_bearings, clock, score)

    clock.passes(hours=1)
    assert attention.waiting(session, chen_jing, now=clock.now).scores == waits
    assert len(attention.low_scores(session, li_wei, now=clock.now)) == waits
    assert attention.low_scores(session, zhao_min, now=clock.now) == []

    visits.log(
        session, li_wei, customer=east_bearings, kind=VisitKind.CALL, outcome=Outcome.GOOD, at=clock.passes(hours=1)
    )
    assert attention.waiting(session, chen_jing, now=clock.now).scores == 0


def test_an_old_low_score_asks_for_no_call_any_more(session, chen_jing, wang_fang, east_bearings, clock):
    asked(session, wang_fang, east_bearings, clock, 1)
    assert attention.waiting(session, chen_jing, now=clock.passes(days=91)).scores == 0


def test_a_late_complaint_is_counted_for_those_who_may_see_it(
    session, li_wei, zhao_min, chen_jing, wang_fang, east_bearings, clock
):
    filing.file(session, wang_fang, customer=east_bearings, words="轴承异响", at=clock.now)

    clock.passes(days=3)
    assert attention.waiting(session, li_wei, now=clock.now).complaints == 1
    assert attention.waiting(session, chen_jing, now=clock.now).complaints == 1
    assert attention.waiting(session, zhao_min, now=clock.now).nothing
    assert attention.open_complaints(session, wang_fang) == 1


def test_a_key_customer_nobody_visits_waits(session, li_wei, east_bearings, north_pumps, chen_jing, clock):
    clock.passes(days=40)
    assert attention.waiting(session, chen_jing, now=clock.now).customers == 1


def test_looking_at_an_invitation_does_not_use_it_up(session, li_wei, engineer: Contact, clock):
    _invite, token = joining.invite(session, li_wei, role=Role.CUSTOMER, contact=engineer, at=clock.now)

    assert joining.invited(session, token, telegram_id=77, at=clock.now).contact_id == engineer.id
    assert joining.invited(session, token, telegram_id=77, at=clock.now).used_at is None
    with pytest.raises(joining.InviteUnusable):
        joining.invited(session, token, telegram_id=77, at=clock.passes(hours=73))


def test_guessing_invitations_is_stopped_after_five(session, li_wei, engineer: Contact, clock):
    _invite, token = joining.invite(session, li_wei, role=Role.CUSTOMER, contact=engineer, at=clock.now)
    for guess in range(5):
        with pytest.raises(joining.InviteUnusable):
            joining.invited(session, f"guess-{guess}", telegram_id=77, at=clock.now)

    with pytest.raises(joining.InviteUnusable):
        joining.invited(session, token, telegram_id=77, at=clock.now)
    assert joining.invited(session, token, telegram_id=78, at=clock.now)


def test_complaints_of_a_period_are_read_the_newest_first(session, li_wei, east_bearings, clock):
    first = filing.file(session, li_wei, customer=east_bearings, words="漏油", at=clock.now)
    second = filing.file(session, li_wei, customer=east_bearings, words="缺件", at=clock.passes(hours=1))
    facts = {"since": first.received_at, "until": clock.passes(hours=1)}

    assert complaints.between(session, li_wei, **facts) == [second, first]
    assert complaints.between(session, li_wei, limit=1, offset=1, **facts) == [first]


def test_a_door_nobody_opened_heeds_no_low_score(session, li_wei, chen_jing, wang_fang, east_bearings, clock):
    asked(session, wang_fang, east_bearings, clock, 1)
    at = clock.passes(hours=1)
    visits.log(session, li_wei, customer=east_bearings, kind=VisitKind.CARE, outcome=Outcome.NOBODY, at=at)

    assert attention.waiting(session, chen_jing, now=clock.passes(hours=1)).scores == 1
