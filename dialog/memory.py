"""What the engine reads and writes at every turn: the chat, the conversation, the seen-mark.

These are the hot statements, so they are Core and built once: one to read, one to mark, one to store.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import cast

from sqlalchemy import Table, and_, bindparam, delete, insert, select, update
from sqlalchemy.orm import Session

from dialog.draft import Draft, Memo
from models.chat import Chat, Conversation, Posted, SeenUpdate

_CHAT = cast("Table", Chat.__table__)
_CONVERSATION = cast("Table", Conversation.__table__)
_LATEST = (Conversation.touched_at.desc(), Conversation.id.desc())
_SEEN = cast("Table", SeenUpdate.__table__)
_POSTED = cast("Table", Posted.__table__)
_SHOWN = (
    select(_POSTED.c.thread)
    .where(_POSTED.c.person_id == bindparam("person"), _POSTED.c.message_id == bindparam("message"))
    .limit(1)
)
_LOAD = (
    select(
        _CHAT.c.revision,
        _CHAT.c.page,
        _CHAT.c.last_message_id,
        _CHAT.c.shown,
        _CHAT.c.shown_at,
        _CONVERSATION.c.id,
        _CONVERSATION.c.flow,
        _CONVERSATION.c.revision,
        _CONVERSATION.c.answers,
        _CONVERSATION.c.memo,
        _CONVERSATION.c.touched_at,
        _SHOWN.scalar_subquery(),
    )
    .select_from(
        _CHAT.outerjoin(_CONVERSATION, and_(_CONVERSATION.c.person_id == _CHAT.c.person_id, _CONVERSATION.c.current))
    )
    .where(_CHAT.c.person_id == bindparam("person"))
)
_STORE = (
    update(_CONVERSATION)
    .where(_CONVERSATION.c.id == bindparam("draft"), _CONVERSATION.c.revision == bindparam("before"))
    .values({name: bindparam(f"new_{name}") for name in ("revision", "answers", "memo", "touched_at")})
)
_MARK = insert(_SEEN)
_OPEN = insert(_CONVERSATION).returning(_CONVERSATION.c.id)


class LostRace(Exception):
    """Another process moved the conversation while this turn was being thought about."""


@dataclass(frozen=True, slots=True)
class Shown:
    """What the newest message shows: a page by its address, "" for a question; and since when."""

    address: str
    at: datetime | None


@dataclass
class Memory:
    """What one chat remembers at the beginning of a turn. ``shown`` is the living subject shown where it happens."""

    person_id: int
    revision: int
    page: str
    last_message_id: int
    newest: Shown
    draft: Draft | None
    shown: str | None = None


def load(session: Session, person_id: int, message_id: int) -> Memory:
    """Return the chat's memory, and what this message shows; a chat without a row gets one.

    The caller holds the person's row, so this statement sees what her turn before has left.
    """
    row = session.connection().execute(_LOAD, {"person": person_id, "message": message_id}).first()
    if row is None:
        session.execute(insert(_CHAT).values(person_id=person_id, revision=0, page="/"))
        return Memory(person_id, 0, "/", 0, Shown("", None), None)
    draft = Draft(row[5], row[6], row[7], row[8], Memo.thawed(row[9]), row[10]) if row[5] is not None else None
    return Memory(person_id, row[0], row[1], row[2] or 0, Shown(row[3], row[4]), draft, row[11])


def draft(session: Session, person_id: int, draft_id: int | None = None) -> Draft | None:
    """Return this draft of the person's, or the latest one put aside."""
    statement = select(Conversation).where(Conversation.person_id == person_id)
    if draft_id is None:
        statement = statement.where(~Conversation.current).order_by(*_LATEST)
    else:
        statement = statement.where(Conversation.id == draft_id)
    row = session.scalars(statement.limit(1)).first()
    return Draft(row.id, row.flow, row.revision, row.answers, Memo.thawed(row.memo), row.touched_at) if row else None


def put_aside_by(session: Session, person_id: int) -> list[Draft]:
    """Return the drafts of a person that wait, the latest first."""
    waiting = select(Conversation).where(Conversation.person_id == person_id, ~Conversation.current)
    rows = session.scalars(waiting.order_by(*_LATEST))
    return [Draft(row.id, row.flow, row.revision, row.answers, Memo.thawed(row.memo), row.touched_at) for row in rows]


def discard(session: Session, person_id: int, draft_id: int) -> None:
    """Drop one of this person's drafts that wait; it may be gone already."""
    hers = and_(_CONVERSATION.c.person_id == person_id, _CONVERSATION.c.id == draft_id, ~_CONVERSATION.c.current)
    session.execute(delete(_CONVERSATION).where(hers))


def open_draft(session: Session, memory: Memory, flow: str, now: datetime) -> Draft:
    """Begin a conversation and make it the current one. Its revision is higher than any used in this chat."""
    revision = max(memory.revision, memory.draft.revision if memory.draft else 0) + 1
    values = {
        "person_id": memory.person_id,
        "flow": flow,
        "current": True,
        "revision": revision,
        "answers": {},
        "memo": {},
        "started_at": now,
        "touched_at": now,
    }
    key: int = session.connection().execute(_OPEN, values).scalar_one()
    memory.draft = Draft(key, flow, revision, {}, Memo(), now)
    return memory.draft


def store(session: Session, memory: Memory, now: datetime) -> None:
    """Store the current conversation under the next revision. Raises LostRace if another process was quicker."""
    draft = memory.draft
    if draft is None:
        return
    fresh = {"new_revision": draft.revision + 1, "new_answers": draft.answers, "new_memo": draft.memo.frozen()}
    which = {"draft": draft.id, "before": draft.revision}
    stored = session.connection().execute(_STORE, fresh | which | {"new_touched_at": now})
    if stored.rowcount != 1:
        raise LostRace
    draft.revision += 1


def put_aside(session: Session, memory: Memory) -> int | None:
    """Make the current conversation a draft, or drop it when nothing was said in it. Return the draft's id."""
    current = memory.draft
    if current is None:
        return None
    _raise_revision(session, memory, current.revision)
    memory.draft = None
    if not current.memo.worth_keeping:
        _drop(session, current)
        return None
    session.execute(update(_CONVERSATION).where(_CONVERSATION.c.id == current.id).values(current=False))
    return current.id


def take_up(session: Session, memory: Memory, draft: Draft, now: datetime) -> None:
    """Make a draft the current conversation again; its old buttons are stale from now on."""
    draft.revision = max(memory.revision, draft.revision) + 1
    session.execute(
        update(_CONVERSATION)
        .where(_CONVERSATION.c.id == draft.id)
        .values(current=True, revision=draft.revision, touched_at=now)
    )
    memory.draft = draft


def close(session: Session, memory: Memory, page: str | None = None) -> None:
    """End the current conversation; ``page`` is where it ended. Raises LostRace if another process was quicker."""
    if memory.draft is None:
        return
    _drop(session, memory.draft)
    _raise_revision(session, memory, memory.draft.revision, page)
    memory.draft = None


def _drop(session: Session, draft: Draft) -> None:
    as_it_was = and_(_CONVERSATION.c.id == draft.id, _CONVERSATION.c.revision == draft.revision)
    dropped = session.connection().execute(delete(_CONVERSATION).where(as_it_was))
    if dropped.rowcount != 1:
        raise LostRace


def _raise_revision(session: Session, memory: Memory, revision: int, page: str | None = None) -> None:
    memory.revision = max(memory.revision, revision)
    memory.page = page or memory.page
    session.execute(
        update(_CHAT).where(_CHAT.c.person_id == memory.person_id).values(revision=memory.revision, page=memory.page)
    )


def living(session: Session, person_id: int, message_id: int) -> str | None:
    """Return the living subject that this message shows, if any."""
    shown: str | None = session.connection().scalar(_SHOWN, {"person": person_id, "message": message_id})
    return shown


def seen(session: Session, update_id: int, digest: int) -> bool:
    """Return whether the effects of this update are stored already."""
    statement = select(SeenUpdate.update_id).where(SeenUpdate.update_id == update_id, SeenUpdate.digest == digest)
    return session.execute(statement).first() is not None


def mark_seen(session: Session, update_id: int, digest: int, now: datetime, verdict: str = "done") -> None:
    """Store the seen-mark, in the transaction of the update's effects."""
    mark = {"update_id": update_id, "digest": digest, "at": now, "verdict": verdict}
    session.connection().execute(_MARK, mark)
