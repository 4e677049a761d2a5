"""Corrections: keeping what a record said before it was put right, and finding the record a message has become.

Who may put what right is decided by the record's own area.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from crm import audit
from models import dialects
from models.base import Base
from models.correction import Correction, Origin
from models.person import Person


def note(session: Session, actor: Person, record: Base, field: str, *, was: str, became: str, at: datetime) -> None:
    """Keep what the field said before; the audit trail tells that it was corrected, not the words."""
    kept = Correction(object=name_of(record), field=field, was=was, became=became, person_id=actor.id, at=at)
    session.add(kept)
    session.flush()
    audit.note(session, actor, f"{record.__tablename__}.corrected", record, at, field=field, correction=kept.id)


def of(session: Session, record: Base, *, limit: int = 6, offset: int = 0) -> Sequence[Correction]:
    """Return the corrections of a record, which the caller may see, the newest first."""
    made = select(Correction).where(Correction.object == name_of(record)).options(joinedload(Correction.person))
    return session.scalars(made.order_by(Correction.id.desc()).limit(limit).offset(offset)).all()


def last(session: Session, record: Base) -> Correction | None:
    """Return the last correction of a record, which the caller may see."""
    made = of(session, record, limit=1)
    return made[0] if made else None


def remember(session: Session, actor: Person, record: Base, messages: Iterable[int], *, said: str) -> None:
    """Remember that these messages of the actor's gave the record its words."""
    for message_id in messages:
        values = {"person_id": actor.id, "message_id": message_id, "object": name_of(record), "said": said}
        dialects.upsert(session, Origin, values, keys=[Origin.person_id, Origin.message_id])


def origin(session: Session, actor: Person, message_id: int) -> Origin | None:
    """Return what this message of the actor's has become; None for most messages."""
    return session.get(Origin, (actor.id, message_id), populate_existing=True)


def put_right(session: Session, of: Origin, words: str, text: str) -> str:
    """Return the record's words with the message's new text in the place of the old, and remember it.

    Where the old one stands no more, because the record was rewritten since, the new one is added: it was said later.
    """
    if of.said and of.said in words:
        corrected = words.replace(of.said, text, 1)
    else:
        corrected = "\n".join(part for part in ((words, text) if of.said else (text, words)) if part)
    of.said = text
    session.flush()
    return corrected


def name_of(record: Base) -> str:
    """Return the record as ``visit:7``."""
    return f"{record.__tablename__}:{getattr(record, 'id', '?')}"
