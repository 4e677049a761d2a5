"""The invented department is whole, the same each time, and keeps the rules it is meant to show."""

from collections import Counter
from functools import partial
from itertools import groupby, pairwise

import pytest
from sqlalchemy import event, func, select
from sqlalchemy.orm import Session

from crm import (
    briefs,
    cadence,
    complaints,
    contracts,
    filing,
    moves,
    people,
    profiles,
    reminders,
    search,
    seed,
    summaries,
    surveys,
    visits,
)
from models.chat import Chat
from models.complaint import Complaint, Stage
from models.contract import Contract
from models.customer import BuyingPart, BuyingRole, Contact, Customer, Grade, Industry, Market, Region, Size
from models.notice import Notice
from models.person import Person, Role
from models.pledge import Pledge, PledgeState
from models.questionnaire import AskState, Questionnaire
from models.touch import Touch, TouchKind
from models.visit import Outcome, Visit, VisitKind
from tests.conftest import RULES, TUESDAY_MORNING


@pytest.fixture(scope="module")
def filled(engine):
    """A connection on which the department was filled, once for all these tests, and what was said of it."""
    with engine.connect() as connection, connection.begin() as outer:
        with Session(connection, join_transaction_mode="create_savepoint", info={"rules": RULES}) as session:
            facts = seed.fill(session, now=TUESDAY_MORNING)
            session.commit()
        yield connection, facts
        outer.rollback()


@pytest.fixture
def session(filled):
    """A session in the department; what a test does there is gone afterwards."""
    connection, _facts = filled
    with connection.begin_nested() as savepoint:
        with Session(connection, join_transaction_mode="create_savepoint", info={"rules": RULES}) as session:
            yield session
        savepoint.rollback()


@pytest.fixture
def department(filled):
    """What was said of the department when it was filled."""
    return filled[1]


@pytest.fixture
def demo(session):
    """The demo's people: rep, customer, manager."""
    return seed.people(session)


def test_there_is_as_much_history_as_promised(session, department):
    assert department | {"reminders": 0, "questionnaires": 0, "contracts": 0} == {
        "teams": 3,
        "staff": 16,
        "customers": 150,
        "contacts": 400,
        "visits": 3000,
        "reminders": 0,
        "complaints": 180,
        "questionnaires": 0,
        "contracts": 0,
        "touches": 1200,
        "pledges": 160,
    }
    answered = select(func.count()).where(Questionnaire.state == AskState.ANSWERED)
    assert session.scalars(answered).one() == 900


def test_every_grade_industry_region_and_stage_occurs(session):
    def values(column):
        return set(session.scalars(select(column)))

    assert values(Customer.grade) == set(Grade)
    assert values(Customer.industry) == set(Industry)
    assert values(Customer.region) == set(Region)
    assert values(Complaint.stage) == set(Stage)
    assert values(Visit.kind) == set(VisitKind)
    assert values(Visit.outcome) == set(Outcome)
    assert values(Customer.size) == set(Size)
    assert values(Customer.market) >= {Market.PRODUCER, Market.RESELLER}
    assert values(BuyingPart.role) == set(BuyingRole)
    assert values(Touch.kind) == set(TouchKind)
    assert values(Pledge.state) == {PledgeState.OPEN, PledgeState.KEPT}


def test_the_demos_people_are_there_and_have_agreed(session, demo, clock):
    li_wei, wang_fang, chen_jing = demo["rep"], demo["customer"], demo["manager"]

    assert [person.name for person in (li_wei, wang_fang, chen_jing)] == ["李伟", "王芳", "陈静"]
    assert [people.recognise(session, number) for number in (1001, 1002, 1003)] == [li_wei, wang_fang, chen_jing]
    assert all(person.agreed_at and session.get(Chat, person.id) for person in demo.values())
    assert (wang_fang.contact.customer.name, wang_fang.contact.customer.owner) == ("华东轴承有限公司", li_wei)
    assert chen_jing in people.leaders_of(session, wang_fang.contact.customer)


def test_the_day_begins_with_something_to_do(session, demo, clock):
    due = reminders.due(session, demo["rep"], on_or_before=clock.now.date())

    assert "华东轴承有限公司" in [reminder.customer.name for reminder in due]
    assert complaints.open_ones(session, demo["manager"], now=clock.now, overdue_only=True)
    assert cadence.overdue(session, demo["manager"], now=clock.now)


def test_the_story_of_the_demo_can_be_told(session, demo, clock):
    """王芳 complains, 李伟 resolves it and visits her: both times she may be asked."""
    li_wei, wang_fang = demo["rep"], demo["customer"]
    firm = wang_fang.contact.customer
    facts = {"kind": VisitKind.ROUTINE, "outcome": Outcome.GOOD, "met": [wang_fang.contact], "at": clock.now}
    visit = visits.log(session, li_wei, customer=firm, **facts)
    complaint = filing.file(session, wang_fang, customer=firm, words="轴承异响", at=clock.now)
    for verb, more in (
        (moves.acknowledge, {}),
        (moves.investigate, {}),
        (moves.resolve, {"remedy": "更换"}),
    ):
        verb(session, li_wei, complaint.id, version=complaint.version, at=clock.now, **more)

    asked = session.scalars(surveys.visible_to(wang_fang).where(Questionnaire.state == AskState.QUEUED)).all()
    assert {(question.visit_id, question.complaint_id) for question in asked} == {
        (visit.id, None),
        (None, complaint.id),
    }


def test_nothing_lies_in_the_future_and_nobody_is_told_of_history(session, clock):
    moments = [Visit.at, Complaint.received_at, Complaint.fed_back_at, Questionnaire.answered_at, Customer.created_at]
    moments += [Touch.at, Contract.created_at, Contact.judged_at, Pledge.made_at, Pledge.settled_at]

    assert all(session.scalars(select(func.max(moment))).one() <= clock.now for moment in moments)
    assert contracts.announce_ending(session, now=clock.now) == 0
    assert session.scalars(select(func.count(Notice.id))).one() == 0


def test_the_demos_customer_has_a_file_worth_reading(session, demo, clock):
    li_wei, wang_fang = demo["rep"], demo["customer"]
    firm = wang_fang.contact.customer
    known = briefs.brief(session, li_wei, firm, now=clock.now)

    assert known.touch.note.startswith("王工")
    assert [(pledge.contact, pledge.day) for pledge in known.pledges] == [(wang_fang.contact, clock.now.date())]
    assert wang_fang.contact.roles == [BuyingRole.USER, BuyingRole.INFLUENCER]
    assert BuyingRole.DECIDER in known.missing_roles
    clock.passes(days=7)
    assert contracts.announce_ending(session, now=clock.now) >= 1
    assert known.contract.told == 30


def test_what_is_claimed_of_anybody_rests_on_a_fact_and_no_number_is_a_real_firms(session):
    judged = session.scalars(select(Contact).where(Contact.attitude.is_not(None))).all()
    numbers = session.scalars(select(Customer.registration).where(Customer.registration != "")).all()

    assert len(judged) > 100
    assert all(contact.evidence and contact.judged_at for contact in judged)
    assert len(set(numbers)) == len(numbers) > 80
    assert all(profiles.registration(number) == number and number[2:8] == "990000" for number in numbers)


def test_a_promise_is_to_somebody_who_was_met_and_kept_on_its_day(session):
    for pledge in session.scalars(select(Pledge)):
        assert pledge.contact.customer_id == pledge.customer_id
        assert pledge.made_at.date() <= pledge.day
        assert (pledge.settled_at is None) == pledge.open


def test_nobody_was_asked_about_visits_more_often_than_the_rules_allow(session):
    query = select(Questionnaire.contact_id, Questionnaire.ask_at).where(Questionnaire.visit_id.is_not(None))
    rows = session.execute(query.order_by(Questionnaire.contact_id, Questionnaire.ask_at)).all()

    for _contact, asked in groupby(rows, key=lambda row: row.contact_id):
        times = [row.ask_at for row in asked]
        assert all((later - earlier).days >= 90 for earlier, later in pairwise(times))


def test_every_customer_is_found_by_its_initials_first_or_among_its_like(session, demo):
    leader = session.scalars(select(Person).where(Person.role == Role.ADMIN)).one()
    everybody = session.scalars(select(Customer)).all()

    for customer in everybody:
        initials = customer.search_key.split()[1]
        assert customer in search.customers(session, leader, initials, limit=20), customer.name
        assert customer in search.customers(session, leader, customer.name[:6], limit=50), customer.name


def test_names_differ_and_notes_are_many(session):
    names = session.scalars(select(Customer.name)).all()
    notes = session.scalars(select(Visit.note)).all()

    assert len(set(names)) == 150
    assert len(set(notes)) > 2000
    assert max(Counter(notes).values()) < 60
    assert not any("{" in note for note in notes)


def test_what_is_filled_is_left_as_it_is(session, clock):
    assert seed.fill(session, now=clock.now) == {}
    assert session.scalars(select(func.count(Customer.id))).one() == 150


def test_a_summary_of_a_whole_department_takes_a_few_statements(session, demo, clock):
    statements = []
    count = partial(event.listen, session.connection(), "before_cursor_execute")
    count(lambda *facts: statements.append(facts[2]))

    summaries.summary(session, demo["manager"], summaries.Period.QUARTER, now=clock.now)

    assert len(statements) <= 6


def test_complaints_are_taken_up_in_office_hours(session):
    hours = {
        move.at.astimezone(RULES.tz).hour
        for complaint in session.scalars(select(Complaint)).unique()
        for move in complaint.moves
    }
    assert hours <= set(range(8, 20))
