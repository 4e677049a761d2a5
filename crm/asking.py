"""Asking: whom a satisfaction questionnaire is put to, when, and when not (domain 2.5).

It leaves notices, never sends; it never asks twice about one thing, and every reason not to ask is kept.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime

from sqlalchemy import ColumnElement, and_, exists, func, or_, select, update
from sqlalchemy.orm import Session

from crm import notices, surveys
from crm.rules import Rules, rules
from models import dialects
from models.complaint import GRAVE, Complaint, Severity, Stage
from models.customer import Contact
from models.person import Person
from models.questionnaire import AskState, Occasion, Questionnaire
from models.visit import Visit

ASKED = (AskState.QUEUED, AskState.SENT, AskState.ANSWERED, AskState.DECLINED, AskState.EXPIRED)
UNDONE = "undone"
"""Why nobody is asked any more about a visit that was none, or not to her."""


def after_complaint(session: Session, complaint: Complaint, *, at: datetime) -> Questionnaire | None:
    """Return the question put to the reporter about how her complaint was handled; None when there is nobody to ask.

    It is put an hour after the remedy. One per complaint (``SUR-09``): resolved a second time, a question not yet
    answered simply waits for the new hour.
    """
    reporter = complaint.reporter
    if reporter is None or reporter.contact is None:
        return None
    at += rules(session).survey_after_complaint
    asked = _about_complaint(session, complaint)
    if asked is None:
        asked = Questionnaire(occasion=Occasion.COMPLAINT, complaint_id=complaint.id, contact_id=reporter.contact_id)
        asked.customer_id, asked.rep_id = complaint.customer_id, complaint.owner_id or complaint.customer.owner_id
        session.add(_decide(session, asked, reporter, at))
    elif asked.state is AskState.QUEUED:
        asked.ask_at, asked.closes_at = at, at + rules(session).survey_closes_after
    session.flush()
    return asked


def hold_back(session: Session, complaint: Complaint, *, at: datetime) -> None:
    """Take the question about a complaint that is not solved after all back, until it is resolved again.

    What was sent already says so in its message, without a sound; an answer given before stands.
    """
    asked = _about_complaint(session, complaint)
    if asked is None or asked.person is None or asked.state is not AskState.SENT:
        return
    asked.state, address, thread = AskState.QUEUED, surveys.address(asked), surveys.thread(asked)
    notices.take_back(session, address, at=at)
    session.flush()
    if notices.was_shown(session, asked.person, thread):
        key = f"{_occasion(asked)}:held"
        notices.leave(session, asked.person, key=key, address=address, thread=thread, ping=False, at=at)


def after_visit(session: Session, visit: Visit, *, at: datetime) -> Questionnaire | None:
    """Return the question put to one of the people met, once the visit can no longer be taken back.

    None after a call, when nobody was there, or when nobody met is on file. When nobody met may be asked, or the
    visit was longer ago than a question stays open, the first one's row is returned with the reason.
    """
    if not visit.counts or not visit.met:
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
        asked.state, asked.suppressed_because = AskState.SUPPRESSED, UNDONE
        notices.take_back(session, surveys.address(asked), at=at)
        session.flush()


def ask_anew(session: Session, visit: Visit, *, at: datetime) -> None:
    """Ask whoever is to be asked now that the visit was put right; nobody is asked twice.

    Who was asked and was met indeed goes on being asked; who was not is asked no more.
    """
    asked = session.scalar(select(Questionnaire).where(Questionnaire.visit_id == visit.id))
    if asked is not None and _still_right(asked, visit):
        return
    if (
        asked is not None
        and asked.state in {AskState.QUEUED, AskState.SUPPRESSED}
        and asked.suppressed_because != UNDONE
    ):
        session.delete(asked)
        session.flush()
        asked = None
    if asked is None:
        after_visit(session, visit, at=at)
    else:
        take_back(session, visit, at=at)


def announce_due(session: Session, *, now: datetime, limit: int = 100) -> int:
    """Leave a notice for each question whose time has come; return how many were taken up.

    Each reason not to ask is looked at again; a question about a complaint opened again waits until it is resolved.
    """
    due = and_(Questionnaire.state == AskState.QUEUED, Questionnaire.ask_at <= now)
    waiting = select(Questionnaire).where(due, _settled())
    waiting = waiting.order_by(Questionnaire.ask_at, Questionnaire.id).limit(limit)
    ready = session.scalars(dialects.claimed(waiting, Questionnaire)).all()
    for asked in ready:
        _announce(session, asked, now)
    session.flush()
    return len(ready)


def expire(session: Session, *, now: datetime) -> int:
    """Close the questions nobody answered in 14 days (``SUR-11``); return how many. What was held back waits on."""
    unanswered = Questionnaire.state.in_([AskState.QUEUED, AskState.SENT])
    silent = and_(unanswered, Questionnaire.closes_at <= now, _settled())
    expired = update(Questionnaire).where(silent).values(state=AskState.EXPIRED).returning(Questionnaire.id)
    return len(session.scalars(expired.execution_options(synchronize_session="fetch")).all())


def _settled() -> ColumnElement[bool]:
    """Return the condition that what is asked about is over: no complaint, or one that is resolved."""
    settled = Complaint.stage.in_([Stage.RESOLVED, Stage.FED_BACK])
    return or_(Questionnaire.complaint_id.is_(None), Questionnaire.complaint.has(settled))


def _about_complaint(session: Session, complaint: Complaint) -> Questionnaire | None:
    return session.scalar(select(Questionnaire).where(Questionnaire.complaint_id == complaint.id))


def _occasion(asked: Questionnaire) -> str:
    """Return the key of the notice that asks: once, and once more each time the complaint was opened again."""
    again = asked.complaint.reopened if asked.complaint else 0
    return f"questionnaire:{asked.id}:{again}" if again else f"questionnaire:{asked.id}"


def _still_right(asked: Questionnaire, visit: Visit) -> bool:
    """Whether she who is asked about the visit, or will be, was met there."""
    asks = asked.state in {AskState.QUEUED, AskState.SENT} and asked.customer_id == visit.customer_id
    return asks and visit.counts and asked.contact_id in {contact.id for contact in visit.met}


def _about(session: Session, visit: Visit, contact: Contact, ask_at: datetime) -> Questionnaire:
    asked = Questionnaire(occasion=Occasion.VISIT, visit_id=visit.id, contact_id=contact.id, rep_id=visit.rep_id)
    asked.customer_id = visit.customer_id
    _decide(session, asked, _person_of(session, contact), ask_at)
    if asked.state is AskState.QUEUED and visit.at < ask_at - rules(session).survey_closes_after:
        asked.state, asked.suppressed_because = AskState.SUPPRESSED, "long_ago"
    return asked


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
        key=_occasion(asked),
        address=surveys.address(asked),
        thread=surveys.thread(asked),
        at=now,
        valid_for=rules(session).survey_closes_after,
        at_most_once=True,
    )


def _person_of(session: Session, contact: Contact) -> Person | None:
    known = select(Person).where(Person.contact_id == contact.id, Person.withdrawn_at.is_(None))
    return session.scalar(known.order_by(Person.joined_at.desc(), Person.id.desc()).limit(1))


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
    her = _to_her(asked)
    firm = Questionnaire.customer_id == asked.customer_id
    return {
        "grave_complaint": _grave(asked, at - rules.survey_after_grave),
        "cooldown": _asked_since(asked, at - rules.survey_cooldown, her) > 0,
        "account": _asked_since(asked, at - rules.survey_account_pause, firm) > 0,
        "quota": _asked_since(asked, at - rules.survey_quota_within, her) >= rules.survey_quota,
    }


def _before_asking_about_a_complaint(
    asked: Questionnaire, rules: Rules, at: datetime
) -> dict[str, ColumnElement[bool]]:
    """``SUR-09``: no cool-down, but one about a complaint per person in 14 days, and three questions a year."""
    her = _to_her(asked)
    complaints = and_(her, Questionnaire.occasion == Occasion.COMPLAINT)
    return {
        "grave_complaint": _grave(asked, at - rules.survey_after_grave),
        "cooldown": _asked_since(asked, at - rules.survey_complaint_pause, complaints) > 0,
        "quota": _asked_since(asked, at - rules.survey_quota_within, her) >= rules.survey_quota,
    }


BEFORE = {Occasion.VISIT: _before_asking_about_a_visit, Occasion.COMPLAINT: _before_asking_about_a_complaint}


def _to_her(asked: Questionnaire) -> ColumnElement[bool]:
    """Return the condition that the same contact, or the same person under another contact, was asked."""
    contact = Questionnaire.contact_id == asked.contact_id
    return contact if asked.person_id is None else or_(contact, Questionnaire.person_id == asked.person_id)


def _asked_since(asked: Questionnaire, since: datetime, of: ColumnElement[bool]) -> ColumnElement[int]:
    other = and_(Questionnaire.id != asked.id, Questionnaire.state.in_(ASKED), Questionnaire.ask_at > since)
    return select(func.count()).where(other, of).scalar_subquery()


def _grave(asked: Questionnaire, since: datetime) -> ColumnElement[bool]:
    """Another complaint of the firm is grave, or may be, and open or only just closed: no time to ask for marks."""
    other = and_(Complaint.customer_id == asked.customer_id, Complaint.id.is_distinct_from(asked.complaint_id))
    grave = or_(Complaint.severity.in_(GRAVE), Complaint.proposed == Severity.S1)
    recent = or_(Complaint.open, Complaint.fed_back_at > since)
    return exists().where(other, grave, recent)
