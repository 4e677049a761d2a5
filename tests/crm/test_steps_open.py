"""What a card offers is what the business accepts, and nothing else."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from crm import complaints, filing, moves, surveys
from models.complaint import Complaint, Severity, Stage
from models.customer import Customer
from models.person import Person
from models.problem import Problem
from models.questionnaire import Occasion, Questionnaire
from tests.conftest import TUESDAY_MORNING, Clock

STEPS: dict[Stage, Callable[..., Complaint]] = {
    Stage.ACKNOWLEDGED: moves.acknowledge,
    Stage.INVESTIGATING: moves.investigate,
    Stage.RESOLVED: moves.resolve,
    Stage.FED_BACK: moves.feed_back,
}


def accepted(session: Session, actor: Person, complaint: Complaint, stage: Stage, clock: Clock) -> bool:
    """Try the step, and take it back."""
    step = STEPS[stage]
    if complaint.stage is Stage.RESOLVED and stage is Stage.INVESTIGATING:
        step = moves.reopen
    words = {"remedy": "换新"} if stage is Stage.RESOLVED else {"words": "原因"}
    trial = session.begin_nested()
    try:
        step(session, actor, complaint.id, version=complaint.version, at=clock.now, **words)
    except Problem:
        return False
    else:
        return True
    finally:
        trial.rollback()
        session.expire_all()


@pytest.mark.parametrize("severity", [Severity.S1, Severity.S3])
@pytest.mark.parametrize("stage", list(Stage))
def test_the_steps_offered_are_the_steps_accepted(
    session: Session,
    li_wei: Person,
    zhao_min: Person,
    chen_jing: Person,
    wang_fang: Person,
    zhou_jie: Person,
    east_bearings: Customer,
    clock: Clock,
    stage: Stage,
    severity: Severity,
):
    complaint = filing.file(session, wang_fang, customer=east_bearings, words="漏油", severity=severity, at=clock.now)
    complaint.stage = stage
    session.flush()
    for actor in (li_wei, chen_jing, wang_fang):
        offered = moves.steps_open_to(actor, complaint)
        assert offered == {step for step in STEPS if accepted(session, actor, complaint, step, clock)}
    assert not any(
        accepted(session, stranger, complaint, step, clock) for stranger in (zhao_min, zhou_jie) for step in STEPS
    )


def test_words_are_added_by_the_reporter_alone_and_only_while_it_is_open(
    session: Session, li_wei: Person, wang_fang: Person, east_bearings: Customer, clock: Clock
):
    complaint = filing.file(session, wang_fang, customer=east_bearings, words="漏油", at=clock.now)
    filing.add(session, wang_fang, complaint.id, words="更多了", at=clock.now)
    assert complaint.version == 1
    for actor, words in ((li_wei, "不是我的话"), (wang_fang, " ")):
        with pytest.raises(Problem):
            filing.add(session, actor, complaint.id, words=words, at=clock.now)
    complaint.stage = Stage.FED_BACK
    with pytest.raises(complaints.MoveRefused):
        filing.add(session, wang_fang, complaint.id, words="又来了", at=clock.now)


CALLS = [
    (None, None),
    (5, None),
    (3, None),
    # Tuesday 10:00 and one or two business days.
    (2, TUESDAY_MORNING + timedelta(days=2)),
    (1, TUESDAY_MORNING + timedelta(days=1)),
]


@pytest.mark.parametrize(("score", "expected"), CALLS)
def test_somebody_calls_within_one_business_day_of_a_1_and_two_of_a_2(session: Session, score, expected):
    asked = Questionnaire(occasion=Occasion.VISIT, score=score, answered_at=TUESDAY_MORNING if score else None)
    assert surveys.call_by(session, asked) == expected
