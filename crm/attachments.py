"""Attachments: putting what was sent beside the visit, complaint or contract it belongs to.

It keeps Telegram's identifiers, never the files. The parts of an album arrive one by one, and late ones find their way.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.attachment import Attachment, FileKind
from models.complaint import Complaint
from models.contract import Contract
from models.letter import Letter
from models.person import Person
from models.visit import Visit


@dataclass(frozen=True)
class Sent:
    """A file as it came in: Telegram's ids, and the album it is a part of."""

    kind: FileKind
    file_id: str
    unique_id: str
    name: str = ""
    album: str | None = None
    message_id: int | None = None


def attach(
    session: Session,
    sender: Person,
    sent: Sent,
    *,
    visit: Visit | None = None,
    complaint: Complaint | None = None,
    contract: Contract | None = None,
    letter: Letter | None = None,
    at: datetime,
) -> Attachment:
    """Return the file kept beside the visit, the complaint, the contract or the letter."""
    beside = {"visit_id": visit, "complaint_id": complaint, "contract_id": contract, "letter_id": letter}
    return _keep(session, sender, sent, {name: record.id if record else None for name, record in beside.items()}, at)


def late(session: Session, sender: Person, sent: Sent) -> bool:
    """Join a late part of an album to what its earlier parts belong to; return whether there was such a thing."""
    earlier = of_album(session, sender, sent.album)
    if earlier is None:
        return False
    beside = {name: getattr(earlier, name) for name in ("visit_id", "complaint_id", "contract_id", "letter_id")}
    _keep(session, sender, sent, beside, earlier.at)
    return True


def of_album(session: Session, sender: Person, album: str | None) -> Attachment | None:
    """Return the last part of this album that the sender's record has already; None when there is none."""
    if album is None:
        return None
    parts = select(Attachment).where(Attachment.sender_id == sender.id, Attachment.album == album)
    return session.scalar(parts.order_by(Attachment.id.desc()).limit(1))


def _keep(session: Session, sender: Person, sent: Sent, beside: Mapping[str, int | None], at: datetime) -> Attachment:
    kept = Attachment(kind=sent.kind, file_id=sent.file_id, unique_id=sent.unique_id, name=sent.name[:200], **beside)
    kept.album, kept.message_id, kept.sender_id, kept.at = sent.album, sent.message_id, sender.id, at
    session.add(kept)
    session.flush()
    return kept
