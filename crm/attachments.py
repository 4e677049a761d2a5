"""Attachments: putting what was sent beside the visit or complaint it belongs to.

It keeps Telegram's identifiers, never the files. The parts of an album arrive one by one, and late ones find their way.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.attachment import Attachment, FileKind
from models.complaint import Complaint
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
    at: datetime,
) -> Attachment:
    """Return the file kept beside the visit or the complaint."""
    visit_id, complaint_id = visit.id if visit else None, complaint.id if complaint else None
    return _keep(session, sender, sent, visit_id=visit_id, complaint_id=complaint_id, at=at)


def late(session: Session, sender: Person, sent: Sent) -> bool:
    """Join a late part of an album to what its earlier parts belong to; return whether there was such a thing."""
    earlier = of_album(session, sender, sent.album)
    if earlier is None:
        return False
    _keep(session, sender, sent, visit_id=earlier.visit_id, complaint_id=earlier.complaint_id, at=earlier.at)
    return True


def of_album(session: Session, sender: Person, album: str | None) -> Attachment | None:
    """Return the last part of this album that the sender's record has already; None when there is none."""
    if album is None:
        return None
    parts = select(Attachment).where(Attachment.sender_id == sender.id, Attachment.album == album)
    return session.scalar(parts.order_by(Attachment.id.desc()).limit(1))


def _keep(
    session: Session, sender: Person, sent: Sent, *, visit_id: int | None, complaint_id: int | None, at: datetime
) -> Attachment:
    kept = Attachment(kind=sent.kind, file_id=sent.file_id, unique_id=sent.unique_id, name=sent.name[:200])
    kept.album, kept.message_id, kept.sender_id, kept.at = sent.album, sent.message_id, sender.id, at
    kept.visit_id, kept.complaint_id = visit_id, complaint_id
    session.add(kept)
    session.flush()
    return kept
