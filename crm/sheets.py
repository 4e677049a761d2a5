"""Sheets: the tables people sent to be taken over, what each would do, and saying yes, no, or back again.

What is long is done by ``taking_over``, when nobody waits for it.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Select, delete, false, func, select
from sqlalchemy.orm import Session

from crm import audit
from crm.permission import require
from crm.rules import rules
from models.person import Permission, Person
from models.problem import AlreadyDone, NotFound, Problem
from models.sheet import Sheet, SheetKind, SheetRow, SheetState, Verdict


class TooOld(Problem):
    """The table was sent too long ago to be taken over or taken back as a whole."""


def visible_to(actor: Person) -> Select[Sheet]:
    """Return the sheets this person may see: those who may import see all of the department's."""
    return select(Sheet) if actor.may(Permission.IMPORT_TABLES) else select(Sheet).where(false())


def find(session: Session, actor: Person, sheet_id: int) -> Sheet:
    """Return the sheet. Raises NotFound when there is none or it is not the actor's to see."""
    sheet = session.scalar(visible_to(actor).where(Sheet.id == sheet_id))
    if sheet is None:
        raise NotFound(what="sheet")
    return sheet


def recent(session: Session, actor: Person, *, limit: int = 6, offset: int = 0) -> Sequence[Sheet]:
    """Return the sheets, the newest first."""
    return session.scalars(visible_to(actor).order_by(Sheet.id.desc()).limit(limit).offset(offset)).all()


def rows_of(
    session: Session, actor: Person, sheet: Sheet, *verdicts: Verdict, limit: int = 5, offset: int = 0
) -> Sequence[SheetRow]:
    """Return the sheet's rows with one of these verdicts, in the order of the file."""
    find(session, actor, sheet.id)
    with_it = select(SheetRow).where(SheetRow.sheet_id == sheet.id, SheetRow.verdict.in_(verdicts))
    return session.scalars(with_it.order_by(SheetRow.line).limit(limit).offset(offset)).all()


def receive(session: Session, actor: Person, *, kind: SheetKind, name: str, file_id: str, at: datetime) -> Sheet:
    """Return the sheet, which waits to be read. Raises NotAllowed."""
    require(actor, Permission.IMPORT_TABLES)
    sheet = Sheet(by_id=actor.id, kind=kind, name=name[:200], file_id=file_id, at=at)
    sheet.heads, sheet.columns, sheet.why, sheet.counts = [], [], {}, {}
    session.add(sheet)
    session.flush()
    audit.note(session, actor, "sheet.received", sheet, at, kind=kind.value)
    return sheet


def confirm(session: Session, actor: Person, sheet_id: int, *, version: int, at: datetime) -> Sheet:
    """Have what was previewed taken over. Raises NotAllowed, NotFound, AlreadyDone, TooOld."""
    sheet = _held(session, actor, sheet_id, SheetState.READY, version)
    if at > sheet.at + rules(session).sheet_for:
        raise TooOld
    return move(session, actor, sheet, SheetState.CONFIRMED, at)


def discard(session: Session, actor: Person, sheet_id: int, *, version: int, at: datetime) -> Sheet:
    """Drop what was read; nothing of it was taken over. Raises NotAllowed, NotFound, AlreadyDone."""
    sheet = _held(session, actor, sheet_id, SheetState.READY, version)
    session.execute(delete(SheetRow).where(SheetRow.sheet_id == sheet.id))
    return move(session, actor, sheet, SheetState.DISCARDED, at)


def undo(session: Session, actor: Person, sheet_id: int, *, version: int, at: datetime) -> Sheet:
    """Have everything taken back that was not changed since. Raises NotAllowed, NotFound, AlreadyDone, TooOld."""
    sheet = _held(session, actor, sheet_id, SheetState.DONE, version)
    if not undoable(session, sheet, now=at):
        raise TooOld
    return move(session, actor, sheet, SheetState.UNDOING, at)


def undoable(session: Session, sheet: Sheet, *, now: datetime) -> bool:
    """Return whether the whole of it may still be taken back."""
    if sheet.state is not SheetState.DONE or sheet.done_at is None:
        return False
    return sheet.count(Verdict.MADE) > 0 and now <= sheet.done_at + rules(session).sheet_for


def move(session: Session, actor: Person | None, sheet: Sheet, state: SheetState, at: datetime) -> Sheet:
    """Return the sheet in its next state, counted anew; whoever held it lets go."""
    sheet.state, sheet.version, sheet.attempts, sheet.leased_until = state, sheet.version + 1, 0, None
    sheet.done_at = at if state is SheetState.DONE else sheet.done_at
    sheet.undone_at = at if state is SheetState.UNDONE else sheet.undone_at
    sheet.counts = _counts(session, sheet) or sheet.counts
    session.flush()
    audit.note(session, actor, f"sheet.{state.value}", sheet, at, **sheet.counts)
    return sheet


def _held(session: Session, actor: Person, sheet_id: int, state: SheetState, version: int) -> Sheet:
    require(actor, Permission.IMPORT_TABLES)
    sheet = find(session, actor, sheet_id)
    session.refresh(sheet, with_for_update=True)
    if sheet.state is not state or sheet.version != version:
        raise AlreadyDone
    return sheet


def _counts(session: Session, sheet: Sheet) -> dict[str, int]:
    counted = select(SheetRow.verdict, func.count()).where(SheetRow.sheet_id == sheet.id).group_by(SheetRow.verdict)
    return {verdict.value: n for verdict, n in session.execute(counted)}
