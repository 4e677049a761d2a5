"""Consent: agreeing to the privacy notice, and being asked no more questions. It never speaks for somebody else."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import update
from sqlalchemy.orm import Session

from crm import audit, notices
from models.person import Person
from models.questionnaire import AskState, Questionnaire


def agree(session: Session, actor: Person, *, at: datetime) -> None:
    """Note that she agreed to the privacy notice; the first time counts."""
    if actor.agreed_at is None:
        actor.agreed_at = at
        audit.note(session, actor, "person.agreed", actor, at)
        session.flush()


def stop(session: Session, actor: Person, *, at: datetime) -> None:
    """Note that she wants no questionnaires; those not sent yet are cancelled (``PRV-01``)."""
    if actor.stopped_at is None:
        actor.stopped_at = at
        audit.note(session, actor, "person.stopped", actor, at)
    queued = update(Questionnaire).where(Questionnaire.person_id == actor.id, Questionnaire.state == AskState.QUEUED)
    session.execute(queued.values(state=AskState.SUPPRESSED, suppressed_because="opted_out"))
    notices.take_back_beneath(session, "/questionnaires/", to=actor, at=at)
    session.flush()


def resume(session: Session, actor: Person, *, at: datetime) -> None:
    """Note that she may be asked again."""
    if actor.stopped_at is not None:
        actor.stopped_at = None
        audit.note(session, actor, "person.resumed", actor, at)
        session.flush()
