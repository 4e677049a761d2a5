"""Satisfaction questionnaires: whom to ask, when not to, and what was answered (domain 2).

It leaves notices, never sends; it never asks twice about one thing, and every reason not to ask is kept.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime

from sqlalchemy import ColumnElement, Select, and_, exists, false, func, or_, select, update
from sqlalchemy.orm import Session

from crm import audit, business_time, customers, duty, notices, people
from crm.rules import WORKING_DAY, Rules, rules
from models import dialects
from models.complaint import Complaint, Severity, Stage
from models.customer import Contact
from models.person import Permission, Person, Role
from models.problem import NotFound, Problem
from models.questionnaire import AskState, Occasion, Questionnaire
from models.visit import Outcome, Visit, VisitKind

ASKED = (AskState.QUEUED, AskState.SENT, AskState.ANSWERED, AskState.DECLINED, AskState.EXPIRED)
GRAVE = (Severity.S1, Severity.S2)
LOW = 2
"""A score up to this one is told to the rep and her leaders (domain 2.10)."""


FIRST_CONTACT = {1: WORKING_DAY, 2: 2 * WORKING_DAY}
"""Business minutes until the first call after a low score (domain 2.10)."""


class QuestionnaireClosed(Problem):
    """It was answered in time and has closed since: the answer stands."""


def after_complaint(session: Session, complaint: Complaint, *, at: datetime) -> Questionnaire | None:
    """Return the question put to the reporter about how her complaint was handled; None when there is nobody to ask.

    One per complaint (``SUR-09``): resolved a second time, a question not yet sent simply waits for the new date.
    """
    reporter = complaint.reporter
    if reporter is None or reporter.contact is None:
        return None
    asked = session.scalar(select(Questionnaire).where(Questionnaire.complaint_id == complaint.id))
    if asked is None:
        asked = Questionnaire(occasion=Occasion.COMPLAINT, complaint_id=complaint.id, contact_id=reporter.contact_id)
        asked.customer_id, asked.rep_id = complaint.customer_id, complaint.owner_id or complaint.customer.owner_id
        session.add(_decide(session, asked, reporter, at))
    elif asked.state is AskState.QUEUED:
        asked.ask_at, asked.closes_at = at, at + rules(session).survey_closes_after
    session.flush()
    return asked


def after_visit(session: Session, visit: Visit, *, at: datetime) -> Questionnaire | None:
    """Return the question put to one of the people met, once the visit can no longer be taken back.

    None after a call, when nobody was there, or when nobody met is on file. When nobody met may be asked, the
    first one's row is returned with the reason.
    """
    if visit.kind is VisitKind.CALL or visit.outcome is Outcome.NOBODY or not visit.met:
        return None
    drafts = [_about(session, visit, contact, at + rules(session).undo_for) for contact in visit.met]
    asked = next((draft for draft in drafts if draft.state is AskState.QUEUED), drafts[0])
    session.add(asked)
    session.flush()
    return asked


def take_back(session: Session, visit: Visit, *, at: datetime) -> None:
    """Ask nobody about a visit that was taken back."""
    asked = session.scalar(select(Questionnaire).where(Questionnaire.visit_id == visit.id))
    if asked is not None and asked.state in {AskState.QUEUED, AskState.SENT}:
        asked.state, asked.suppressed_because = AskState.SUPPRESSED, "undone"
        notices.take_back(session, address(asked), at=at)
        session.flush()


def announce_due(session: Session, *, now: datetime, limit: int = 100) -> int:
    """Leave a notice for each question whose time has come; return how many were taken up.

    Each reason not to ask is looked at again; a question about a complaint opened again waits until it is resolved.
    """
    settled = Complaint.stage.in_([Stage.RESOLVED, Stage.FED_BACK])
    wanted = or_(Questionnaire.complaint_id.is_(None), Questionnaire.complaint.has(settled))
    waiting = select(Questionnaire).where(Questionnaire.state == AskState.QUEUED, Questionnaire.ask_at <= now, wanted)
    waiting = waiting.order_by(Questionnaire.ask_at, Questionnaire.id).limit(limit)
    ready = session.scalars(dialects.claimed(waiting, Questionnaire)).all()
    for asked in ready:
        _announce(session, asked, now)
    session.flush()
    return len(ready)


def expire(session: Session, *, now: datetime) -> int:
    """Close the questions nobody answered in 14 days (``SUR-11``); return how many."""
    silent = and_(Questionnaire.state.in_([AskState.QUEUED, AskState.SENT]), Questionnaire.closes_at <= now)
    expired = update(Questionnaire).where(silent).values(state=AskState.EXPIRED).returning(Questionnaire.id)
    return len(session.scalars(expired.execution_options(synchronize_session="fetch")).all())


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

    A score of 1 or 2 is told to the rep and her leaders. Raises NotFound, QuestionnaireClosed.
    """
    if score not in range(1, 6):
        raise ValueError("a score is 1 to 5")
    asked = _mine(session, actor, questionnaire_id)
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
    """Return the questionnaire with the reason for its score. Raises NotFound."""
    asked = _mine(session, actor, questionnaire_id)
    asked.reason = words
    session.flush()
    audit.note(session, actor, "questionnaire.explained", asked, at)
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


def _about(session: Session, visit: Visit, contact: Contact, ask_at: datetime) -> Questionnaire:
    asked = Questionnaire(occasion=Occasion.VISIT, visit_id=visit.id, contact_id=contact.id, rep_id=visit.rep_id)
    asked.customer_id = visit.customer_id
    return _decide(session, asked, _person_of(session, contact), ask_at)


def _decide(session: Session, asked: Questionnaire, person: Person | None, ask_at: datetime) -> Questionnaire:
    asked.person_id = person.id if person else None
    asked.ask_at, asked.closes_at = ask_at, ask_at + rules(session).survey_closes_after
    asked.suppressed_because = _reason_not_to(session, asked, person, ask_at)
    asked.state = AskState.SUPPRESSED if asked.suppressed_because else AskState.QUEUED
    return asked


def _announce(session: Session, asked: Questionnaire, now: datetime) -> None:
    reason = _reason_not_to(session, asked, asked.person, now)
    if reason is not None or asked.person is None:
        asked.state, asked.suppressed_because = AskState.SUPPRESSED, reason
        return
    asked.state, asked.closes_at = AskState.SENT, now + rules(session).survey_closes_after
    notices.leave(
        session,
        asked.person,
        key=f"questionnaire:{asked.id}",
        address=address(asked),
        at=now,
        valid_for=rules(session).survey_closes_after,
        at_most_once=True,
    )


def _person_of(session: Session, contact: Contact) -> Person | None:
    known = select(Person).where(Person.contact_id == contact.id, Person.withdrawn_at.is_(None))
    return session.scalar(known.order_by(Person.joined_at.desc(), Person.id.desc()).limit(1))


def _mine(session: Session, actor: Person, questionnaire_id: int) -> Questionnaire:
    asked = find(session, actor, questionnaire_id)
    if asked.person_id != actor.id or not actor.may(Permission.ANSWER_SURVEYS):
        raise NotFound(what="questionnaire")
    return asked


def _tell_of_low_score(session: Session, asked: Questionnaire, at: datetime) -> None:
    rep = asked.rep if customers.may_see(session, asked.rep, asked.customer_id) else asked.customer.owner
    for person in duty.each_once(session, [rep, *people.leaders_of(session, asked.customer)]):
        notices.leave(session, person, key=f"low-score:{asked.id}:{person.id}", address=address(asked), at=at)


def _reason_not_to(session: Session, asked: Questionnaire, person: Person | None, at: datetime) -> str | None:
    """Return the first reason not to ask, in the order of domain 2.5; None when she may be asked."""
    about_her = next((reason for reason, holds in ABOUT_HER.items() if holds(person)), None)
    if about_her is not None:
        return about_her
    before = BEFORE[asked.occasion](asked, rules(session), at)
    found = session.execute(select(*before.values())).one()
    return next((reason for reason, holds in zip(before, found, strict=True) if holds), None)


ABOUT_HER: Mapping[str, Callable[[Person | None], bool]] = {
    "opted_out": lambda person: person is not None and person.stopped_at is not None,
    "no_consent": lambda person: person is not None and person.agreed_at is None,
    "no_channel": lambda person: person is None or not person.reachable,
}


def _before_asking_about_a_visit(asked: Questionnaire, rules: Rules, at: datetime) -> dict[str, ColumnElement[bool]]:
    """``SUR-08``: 90 days between two questions to one person, 14 to one firm, three a year."""
    contact = Questionnaire.contact_id == asked.contact_id
    firm = Questionnaire.customer_id == asked.customer_id
    return {
        "grave_complaint": _grave(asked, at - rules.survey_after_grave),
        "cooldown": _asked_since(asked, at - rules.survey_cooldown, contact) > 0,
        "account": _asked_since(asked, at - rules.survey_account_pause, firm) > 0,
        "quota": _asked_since(asked, at - rules.survey_quota_within, contact) >= rules.survey_quota,
    }


def _before_asking_about_a_complaint(
    asked: Questionnaire, rules: Rules, at: datetime
) -> dict[str, ColumnElement[bool]]:
    """``SUR-09``: no cool-down, but one about a complaint per person in 14 days, and three questions a year."""
    contact = Questionnaire.contact_id == asked.contact_id
    complaints = and_(contact, Questionnaire.occasion == Occasion.COMPLAINT)
    return {
        "grave_complaint": _grave(asked, at - rules.survey_after_grave),
        "cooldown": _asked_since(asked, at - rules.survey_complaint_pause, complaints) > 0,
        "quota": _asked_since(asked, at - rules.survey_quota_within, contact) >= rules.survey_quota,
    }


BEFORE = {Occasion.VISIT: _before_asking_about_a_visit, Occasion.COMPLAINT: _before_asking_about_a_complaint}


def _asked_since(asked: Questionnaire, since: datetime, of: ColumnElement[bool]) -> ColumnElement[int]:
    other = and_(Questionnaire.id != asked.id, Questionnaire.state.in_(ASKED), Questionnaire.ask_at > since)
    return select(func.count()).where(other, of).scalar_subquery()


def _grave(asked: Questionnaire, since: datetime) -> ColumnElement[bool]:
    """Another complaint of the firm is grave, and open or only just closed: no time to ask for marks."""
    other = and_(Complaint.customer_id == asked.customer_id, Complaint.id.is_distinct_from(asked.complaint_id))
    recent = or_(Complaint.stage != Stage.FED_BACK, Complaint.fed_back_at > since)
    return exists().where(other, Complaint.severity.in_(GRAVE), recent)
