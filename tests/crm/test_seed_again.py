"""The department can be invented on any day, with anybody's numbers, and comes out the same."""

import pytest
from sqlalchemy import func, select

from crm import seed
from models.complaint import Complaint, Stage
from models.customer import Contact
from models.questionnaire import Questionnaire
from models.visit import Visit


@pytest.mark.parametrize("now", ["2026-04-07 09:30", "2026-10-05 23:59"])  # after Qingming, and in the holiday week
def test_on_any_day_of_the_year_the_department_is_whole(session, clock, now):
    clock.shows(now)

    facts = seed.fill(session, now=clock.now)

    assert (facts["visits"], facts["complaints"]) == (3000, 180)
    assert set(session.scalars(select(Complaint.stage))) == set(Stage)
    assert session.scalars(select(func.max(Visit.at))).one() <= clock.now
    assert session.scalars(select(func.count()).where(Questionnaire.score.is_not(None))).one() == 900


def test_the_same_seed_gives_the_same_department_whoever_plays_in_it(session, clock):
    ours, others = ({"rep": 5, "customer": 6, "manager": 7}, {"rep": 8, "customer": 9, "manager": 10})

    def filled(numbers):
        with session.begin_nested() as savepoint:
            seed.fill(session, now=clock.now, demo_people=numbers)
            played = {who: person.telegram_id for who, person in seed.people(session, numbers).items()}
            notes = session.execute(select(Visit.note, Visit.at).order_by(Visit.id)).all()
            names = session.scalars(select(Contact.name).order_by(Contact.id)).all()
            savepoint.rollback()
        return played, notes, names

    first, second = filled(ours), filled(others)

    assert (first[0], second[0]) == (ours, others)
    assert first[1:] == second[1:]
