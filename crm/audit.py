"""The audit trail: one row per thing done, added in the transaction that does it, never changed."""

from __future__ import annotations

from datetime import datetime
from enum import Enum
from typing import Any

from sqlalchemy.orm import Session

from models.audit import AuditEntry
from models.base import Base
from models.person import Person
from models.problem import Problem


def note(session: Session, actor: Person | None, action: str, object_: Base, at: datetime, **facts: Any) -> AuditEntry:
    """Add that the actor did this to the object, and return the row.

    Facts are ids and old and new values, never people's words. The object is written as ``visit:7``; it must have
    been flushed. No actor means the bot itself.
    """
    name = f"{object_.__tablename__}:{getattr(object_, 'id', '?')}"
    actor_id = actor.id if actor else None
    entry = AuditEntry(at=at, actor_id=actor_id, action=action, object=name, facts=facts)
    session.add(entry)
    return entry


def refused(session: Session, actor: Person, problem: Problem, at: datetime) -> None:
    """Add that this was tried and refused, where the try itself is to be remembered (``CMP-17``).

    What was tried is rolled back, so this belongs into the transaction that answers the problem.
    """
    if problem.audited:
        words = {name: fact.value for name, fact in problem.facts.items() if isinstance(fact, Enum)}
        action, why = f"{problem.audited}.refused", type(problem).__name__
        note(session, actor, action, problem.facts[problem.audited], at, why=why, **words)
