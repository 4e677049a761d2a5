"""Attachments: putting what was sent beside the record it belongs to, and settling what became of our copy.

It touches no file and asks Telegram nothing: who fetches them claims one, and reports; a report on a claim that is over
changes nothing. Of what is not kept it leaves word for who sent it. The parts of an album arrive one by one, and late
ones find their way.
"""

from __future__ import annotations

import secrets
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Select, and_, or_, select, update
from sqlalchemy.orm import Session

from crm import notices
from crm.rules import rules
from models import dialects
from models.attachment import Attachment, FileKind, FileState, NotKept, Shelf
from models.base import Base
from models.complaint import Complaint
from models.contract import Contract
from models.letter import Letter
from models.notice import Notice, NoticeState
from models.person import Person
from models.problem import NotFound
from models.touch import Touch
from models.visit import Visit

LEASE = timedelta(minutes=5)
"""Longer than fetching and looking at a file may take."""
WAITS = tuple(timedelta(minutes=minutes) for minutes in (0.5, 2, 10, 60, 6 * 60, 24 * 60))
"""How long to wait after each attempt that failed; one more, and the file is given up."""
AT_ONCE = 500
BESIDE = ("visit_id", "complaint_id", "contract_id", "letter_id", "touch_id")
"""What a file may be kept beside."""
TOLD_AFTER = timedelta(minutes=1)
"""How long word of what is not kept waits for more of the same record: an album is looked at part by part."""
TOLD_WITHIN = 7 * notices.A_DAY


@dataclass(frozen=True)
class Sent:
    """A file as it came in: Telegram's ids, and the album it is a part of."""

    kind: FileKind
    file_id: str
    unique_id: str
    name: str = ""
    album: str | None = None
    message_id: int | None = None
    size: int | None = None
    """Bytes, as its sender's phone says."""


@dataclass(frozen=True)
class Claim:
    """A file that one worker may fetch for a while, and the name that nobody else stores it under."""

    attachment_id: int
    kind: FileKind
    file_id: str
    name: str
    stored_as: str
    attempts: int


def attach(
    session: Session,
    sender: Person,
    sent: Sent,
    *,
    visit: Visit | None = None,
    complaint: Complaint | None = None,
    contract: Contract | None = None,
    letter: Letter | None = None,
    touch: Touch | None = None,
    at: datetime,
) -> Attachment:
    """Return the file kept beside the visit, the complaint, the contract, the letter or the call."""
    records: tuple[Base | None, ...] = (visit, complaint, contract, letter, touch)
    beside = dict(zip(BESIDE, records, strict=True))
    return _keep(session, sender, sent, {name: getattr(record, "id", None) for name, record in beside.items()}, at)


def late(session: Session, sender: Person, sent: Sent) -> bool:
    """Join a late part of an album to what its earlier parts belong to; return whether there was such a thing."""
    earlier = of_album(session, sender, sent.album)
    if earlier is None:
        return False
    _keep(session, sender, sent, {name: getattr(earlier, name) for name in BESIDE}, earlier.at)
    return True


def of_album(session: Session, sender: Person, album: str | None) -> Attachment | None:
    """Return the last part of this album that the sender's record has already; None when there is none."""
    if album is None:
        return None
    parts = select(Attachment).where(Attachment.sender_id == sender.id, Attachment.album == album)
    return session.scalar(parts.order_by(Attachment.id.desc()).limit(1))


def not_kept(session: Session, actor: Person, attachment_id: int) -> Sequence[Attachment]:
    """Return what the actor sent along with the record of this file and was not kept, in order.

    Raises NotFound when she did not send it, or all of it is kept.
    """
    kept = session.get(Attachment, attachment_id)
    if kept is None or kept.sender_id != actor.id:
        raise NotFound(what="file")
    refused = session.scalars(_beside_the_same(kept).where(Attachment.why.is_not(None)).order_by(Attachment.id)).all()
    if not refused:
        raise NotFound(what="file")
    return refused


# What the bot does, outside of turns.


def claim(session: Session, *, now: datetime) -> Claim | None:
    """Return a file to be fetched; None when there is none.

    Whoever dies over a file leaves it to others when the lease is over; one that everybody dies over is given up.
    """
    due = and_(Attachment.state == FileState.WAITING, or_(Attachment.due_at.is_(None), Attachment.due_at <= now))
    spent = update(Attachment).where(due, Attachment.attempts > len(WAITS)).returning(Attachment.id)
    given_up = spent.values(**_unkept(FileState.LOST, NotKept.UNREACHABLE))
    for attachment_id in session.scalars(given_up.execution_options(synchronize_session=False)).all():
        _tell_sender(session, attachment_id, now)
    waiting = select(Attachment).where(due).order_by(Attachment.attempts, Attachment.id).limit(1)
    waiting = waiting.execution_options(populate_existing=True)
    kept: Attachment | None = session.scalar(dialects.claimed(waiting, Attachment))
    if kept is None:
        return None
    name = secrets.token_hex(16)
    kept.stored_as, kept.due_at, kept.attempts = name, now + LEASE, kept.attempts + 1
    session.flush()
    return Claim(kept.id, kept.kind, kept.file_id, kept.name, name, kept.attempts)


def put_off(session: Session, claim: Claim, *, at: datetime) -> bool:
    """Report that the attempt failed: another follows later, or the file is lost. Return whether the claim held."""
    if claim.attempts > len(WAITS):
        return lose(session, claim, NotKept.UNREACHABLE, at=at)
    return _report(session, claim, due_at=at + WAITS[claim.attempts - 1])


def put_back(session: Session, claim: Claim, *, until: datetime) -> bool:
    """Report that it was not the file's fault: the attempt does not count. Return whether the claim held."""
    return _report(session, claim, due_at=until, attempts=claim.attempts - 1)


def stored(session: Session, claim: Claim, *, media_type: str, size: int, digest: str) -> bool:
    """Report that the copy is there. Return whether the claim held; if not, the copy is nobody's."""
    return _report(session, claim, state=FileState.STORED, media_type=media_type, size=size, digest=digest)


def refuse(session: Session, claim: Claim, why: NotKept, *, at: datetime) -> bool:
    """Report that the file shall not be kept, and why; its sender is told. Return whether the claim held."""
    return _give_up(session, claim, FileState.REFUSED, why, at)


def lose(session: Session, claim: Claim, why: NotKept, *, at: datetime) -> bool:
    """Report that there is nothing to be fetched any more; its sender is told. Return whether the claim held."""
    return _give_up(session, claim, FileState.LOST, why, at)


def known_as(session: Session, name: str, file_id: str) -> None:
    """Remember what Telegram calls a copy that was sent to it anew."""
    session.execute(update(Attachment).where(Attachment.stored_as == name).values(file_id=file_id))


def nobodys(session: Session, names: Collection[str]) -> set[str]:
    """Return those of the names that no row bears: records go, attempts fail, and a process may die over its work."""
    left, listed = set(names), sorted(names)
    for start in range(0, len(listed), AT_ONCE):
        some = Attachment.stored_as.in_(listed[start : start + AT_ONCE])
        left.difference_update(session.scalars(select(Attachment.stored_as).where(some)))
    return left


def shelf(session: Session) -> str:
    """Return the mark of this database's part of the store; it gets one when it is first asked."""
    dialects.insert_unless_there(session, Shelf, {"id": 1, "mark": secrets.token_hex(8)})
    return session.get_one(Shelf, 1).mark


def _keep(session: Session, sender: Person, sent: Sent, beside: Mapping[str, int | None], at: datetime) -> Attachment:
    kept = Attachment(kind=sent.kind, file_id=sent.file_id, unique_id=sent.unique_id, name=sent.name[:200], **beside)
    kept.album, kept.message_id, kept.sender_id, kept.at = sent.album, sent.message_id, sender.id, at
    if (sent.size or 0) > rules(session).largest_file:
        kept.state, kept.why = FileState.REFUSED, NotKept.TOO_BIG
    session.add(kept)
    session.flush()
    return kept


def _give_up(session: Session, claim: Claim, state: FileState, why: NotKept, at: datetime) -> bool:
    held = _report(session, claim, **_unkept(state, why))
    if held:
        _tell_sender(session, claim.attachment_id, at)
    return held


def _tell_sender(session: Session, attachment_id: int, at: datetime) -> None:
    """Leave word of what is not kept, without a sound: one for all of a record that is refused within a minute.

    What is refused of an album after that is shown in the same message.
    """
    kept = session.get_one(Attachment, attachment_id, populate_existing=True)
    first = session.scalars(_beside_the_same(kept).order_by(Attachment.id).limit(1)).one()
    about = f"/files/{first.id}"
    waiting = select(Notice.id).where(Notice.address == about, Notice.state == NoticeState.READY)
    if all(getattr(kept, name) is None for name in BESIDE) or session.scalar(waiting.limit(1)) is not None:
        return
    notices.leave(
        session,
        session.get_one(Person, kept.sender_id),
        key=f"not_kept:{kept.id}",
        address=about,
        thread=f"not_kept:{kept.album or kept.id}",
        ping=False,
        personal=True,
        at=at + TOLD_AFTER,
        valid_for=TOLD_WITHIN,
    )


def _beside_the_same(kept: Attachment) -> Select[Attachment]:
    """Return the query for what its sender sent along with the same record."""
    same = [getattr(Attachment, name).is_not_distinct_from(getattr(kept, name)) for name in BESIDE]
    return select(Attachment).where(Attachment.sender_id == kept.sender_id, *same)


def _unkept(state: FileState, why: NotKept) -> dict[str, Any]:
    return {"state": state, "why": why, "stored_as": None}


def _report(session: Session, claim: Claim, **values: Any) -> bool:
    held = update(Attachment).where(Attachment.stored_as == claim.stored_as, Attachment.state == FileState.WAITING)
    reported = held.values(**values).returning(Attachment.id)
    return session.scalar(reported.execution_options(synchronize_session=False)) is not None
