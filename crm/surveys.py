"""Surveys: the questionnaires put to people, who may see them, and what was answered. It asks nobody by itself."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Select, and_, false, or_, select
from sqlalchemy.orm import Session

from crm import audit, business_time, customers, duty, notices, people
from crm.rules import WORKING_DAY, rules
from models.person import Permission, Person, Role
from models.problem import NotFound, Problem
from models.questionnaire import AskState, Questionnaire

LOW = 2
"""A score up to this one is told to the rep and her leaders (domain 2.10)."""
FIRST_CONTACT = {1: WORKING_DAY, 2: 2 * WORKING_DAY}
"""Business minutes until the first call after a low score (domain 2.10)."""


class QuestionnaireClosed(Problem):
    """It was answered in time and has closed since: the answer stands."""


class QuestionnaireHeld(Problem):
    """What it is about is not solved after all: it is asked again when it is."""


def visible_to(actor: Person) -> Select[Questionnaire]:
    """Return the questionnaires this person may see.

    Staff see those about their own work and about customers they may see; a customer's person those put to her.
    """
    if not actor.active:
        return select(Questionnaire).where(false())
    if customers.sees_all(actor):
        return select(Questionnaire)
    if actor.role is Role.CUSTOMER:
        return select(Questionnaire).where(Questionnaire.person_id == actor.id)
    own = Questionnaire.customer_id.in_(customers.ids_visible_to(actor))
    return select(Questionnaire).where(or_(duty.is_hers(Questionnaire.rep_id, actor), own))


def find(session: Session, actor: Person, questionnaire_id: int) -> Questionnaire:
    """Return the questionnaire. Raises NotFound when there is none or it is not the actor's to see."""
    asked = session.scalar(visible_to(actor).where(Questionnaire.id == questionnaire_id))
    if asked is None:
        raise NotFound(what="questionnaire")
    return asked


def waiting_for(
    session: Session, actor: Person, *, now: datetime, limit: int = 6, offset: int = 0
) -> list[Questionnaire]:
    """Return the questions put to this person that are open and not answered, the newest first."""
    open_now = and_(Questionnaire.state == AskState.SENT, Questionnaire.closes_at > now)
    hers = select(Questionnaire).where(Questionnaire.person_id == actor.id, open_now)
    return list(session.scalars(hers.order_by(Questionnaire.id.desc()).limit(limit).offset(offset)))


def call_by(session: Session, asked: Questionnaire) -> datetime | None:
    """Return until when somebody is to call her about her low score (domain 2.10); None when nobody has to."""
    if asked.answered_at is None or asked.score not in FIRST_CONTACT:
        return None
    return business_time.add(asked.answered_at, FIRST_CONTACT[asked.score], rules(session))


def record(session: Session, actor: Person, questionnaire_id: int, *, score: int, at: datetime) -> Questionnaire:
    """Return the questionnaire with its score, 1 to 5; until it closes a second tap changes the first.

    A score of 1 or 2 is told to the rep and her leaders. Raises NotFound, QuestionnaireClosed, QuestionnaireHeld.
    """
    if score not in range(1, 6):
        raise ValueError("a score is 1 to 5")
    asked = _mine(session, actor, questionnaire_id)
    if asked.held:
        raise QuestionnaireHeld(questionnaire=asked)
    if asked.state in {AskState.QUEUED, AskState.SUPPRESSED}:
        raise NotFound(what="questionnaire")
    if asked.score is not None and at > asked.closes_at:
        raise QuestionnaireClosed(questionnaire=asked)
    # A customer may answer after it closed: we keep the answer and leave it out of the score.
    asked.score, asked.answered_at, asked.state = score, at, AskState.ANSWERED
    session.flush()
    audit.note(session, actor, "questionnaire.answered", asked, at, score=score)
    if score <= LOW:
        _tell_of_low_score(session, asked, at)
    return asked


def add_reason(session: Session, actor: Person, questionnaire_id: int, *, words: str, at: datetime) -> Questionnaire:
    """Return the questionnaire with the reason for its score; one that comes before a score is told to the rep.

    Raises NotFound.
    """
    asked = _mine(session, actor, questionnaire_id)
    asked.reason = words
    session.flush()
    audit.note(session, actor, "questionnaire.explained", asked, at)
    if asked.score is None:
        notices.leave(session, asked.rep, key=f"explained:{asked.id}", address=address(asked), at=at)
    return asked


def decline(session: Session, actor: Person, questionnaire_id: int, *, at: datetime) -> Questionnaire:
    """Return the questionnaire she would rather not answer; an answer given before stands. Raises NotFound."""
    asked = _mine(session, actor, questionnaire_id)
    if asked.score is None:
        asked.state = AskState.DECLINED
        session.flush()
        audit.note(session, actor, "questionnaire.declined", asked, at)
    return asked


def address(asked: Questionnaire) -> str:
    """Return the page of this questionnaire."""
    return f"/questionnaires/{asked.id}"


def thread(asked: Questionnaire) -> str:
    """Return the living message this questionnaire is shown in."""
    return f"questionnaire:{asked.id}"


def _mine(session: Session, actor: Person, questionnaire_id: int) -> Questionnaire:
    asked = find(session, actor, questionnaire_id)
    if asked.person_id != actor.id or not actor.may(Permission.ANSWER_SURVEYS):
        raise NotFound(what="questionnaire")
    return asked


def _tell_of_low_score(session: Session, asked: Questionnaire, at: datetime) -> None:
    rep = asked.rep if customers.may_see(session, asked.rep, asked.customer_id) else asked.customer.owner
    for person in duty.each_once(session, [rep, *people.leaders_of(session, asked.customer)]):
        notices.leave(session, person, key=f"low-score:{asked.id}:{person.id}", address=address(asked), at=at)
