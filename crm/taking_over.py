"""Taking over: reading a sheet, taking it over and taking it back, outside of turns, some rows in each transaction.

Whoever asks for work with :func:`claim` does it. Reading a file is not done here: rows come as text.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from hashlib import blake2b
from typing import Any

from sqlalchemy import Select, delete, func, insert, or_, select
from sqlalchemy.orm import Session

from crm import columns, notices
from crm.local_time import day_of, zone_of
from crm.rows import Judged, judge, make, take_back
from crm.rules import rules
from crm.sheets import move
from models import dialects
from models.person import Permission
from models.sheet import STANDING, WORK, Sheet, SheetRow, SheetState, Verdict

LEASE = timedelta(seconds=120)
MOST_ATTEMPTS = 3
PORTION = 25
"""Rows taken over in one transaction: on SQLite everybody's turns wait for it."""
Row = tuple[int, list[str]]


def claim(session: Session, *, now: datetime) -> Sheet | None:
    """Return a sheet with work to be done and hold it for a while; None when there is none.

    One whose worker has died is taken up again, and given up after three times.
    """
    free = or_(Sheet.leased_until.is_(None), Sheet.leased_until < now)
    waiting = select(Sheet).where(Sheet.state.in_(WORK), free).order_by(Sheet.id).limit(1)
    sheet: Sheet | None = session.scalar(dialects.claimed(waiting, Sheet))
    if sheet is None:
        return None
    sheet.attempts, sheet.leased_until = sheet.attempts + 1, now + LEASE
    if sheet.state is SheetState.RECEIVED and sheet.attempts > MOST_ATTEMPTS:
        refuse(session, sheet.id, {"what": "gave_up"}, at=now)
        return None
    session.flush()
    return sheet


def put_back(session: Session, sheet_id: int, *, until: datetime) -> None:
    """Let go of a sheet that could not be fetched just now; that is no fault of its own."""
    sheet = session.get_one(Sheet, sheet_id)
    sheet.leased_until, sheet.attempts = until, sheet.attempts - 1


def refuse(session: Session, sheet_id: int, why: dict[str, Any], *, at: datetime) -> None:
    """Say that the file cannot be taken, and why, in facts."""
    sheet = session.get_one(Sheet, sheet_id)
    sheet.why = why
    session.execute(delete(SheetRow).where(SheetRow.sheet_id == sheet.id))
    move(session, None, sheet, SheetState.REFUSED, at)
    _tell(session, sheet, at)


def start(session: Session, sheet_id: int, *, digest: str, first: Sequence[Row], at: datetime) -> int | None:
    """Look for the header in the first rows and return its line; None when the sheet ends here.

    It ends when its columns cannot be understood, or the same file was read before and still stands.
    """
    sheet = session.get_one(Sheet, sheet_id)
    sheet.digest = digest
    session.execute(delete(SheetRow).where(SheetRow.sheet_id == sheet.id))
    earlier = session.scalar(_same(sheet, previewed_since=at - rules(session).sheet_for))
    if earlier is not None:
        sheet.same_as_id = earlier.id
        move(session, None, sheet, SheetState.REPEATED, at)
        _tell(session, sheet, at)
        return None
    try:
        found, meant = columns.header(sheet.kind, [cells for _line, cells in first])
    except columns.Mismatch as mismatch:
        refuse(session, sheet.id, mismatch.facts, at=at)
        return None
    line, sheet.heads = first[found]
    sheet.columns = meant
    return line


def take_in(session: Session, sheet_id: int, read: Sequence[Row], *, at: datetime) -> None:
    """Keep some rows of the file, each with what is to become of it."""
    sheet = session.get_one(Sheet, sheet_id)
    sheet.leased_until = at + LEASE
    said = [(line, cells, *columns.read(sheet.kind, sheet.columns, cells)) for line, cells in read]
    judged = judge(
        session,
        sheet.by,
        sheet.kind,
        [(given, wrong) for _line, _cells, given, wrong in said],
        today=_today(session, sheet, at),
    )
    seen = _seen(session, sheet, [one.key for one in judged])
    kept = []
    for (line, cells, _given, _wrong), row in zip(said, judged, strict=True):
        verdict, wrong = _among(row, seen, line)
        shown = cells[: len(sheet.heads)] if verdict is Verdict.WRONG else []
        facts = {"verdict": verdict, "key": row.key, "given": row.given, "cells": shown, "wrong": wrong}
        kept.append({"sheet_id": sheet.id, "line": line, "made_id": None, "at": at, **facts})
    if kept:
        session.execute(insert(SheetRow), kept)


def ready(session: Session, sheet_id: int, *, at: datetime) -> None:
    """Say that the whole file is read, and have the sender see what it would do."""
    sheet = session.get_one(Sheet, sheet_id)
    move(session, None, sheet, SheetState.READY, at)
    _tell(session, sheet, at)


def apply_some(session: Session, sheet_id: int, *, at: datetime, limit: int = PORTION) -> bool:
    """Take over some of the rows and return whether there are more. Each is judged once more: the world moves on."""
    sheet = session.get_one(Sheet, sheet_id, with_for_update=True)
    if sheet.state is not SheetState.CONFIRMED:
        return False
    rows = session.scalars(_portion(sheet, Verdict.NEW, limit)).all()
    if not sheet.by.may(Permission.IMPORT_TABLES):
        rows = []  # whoever sent it has left, or has another role: what is done is done, the rest is not
    judged = judge(session, sheet.by, sheet.kind, [(row.given, []) for row in rows], today=_today(session, sheet, at))
    for row, now in zip(rows, judged, strict=True):
        row.verdict, row.wrong, row.given = now.verdict, now.wrong, now.given
    new = [(row, now.given) for row, now in zip(rows, judged, strict=True) if now.verdict is Verdict.NEW]
    made = make(session, sheet.by, sheet.kind, [given for _row, given in new], at=at)
    for (row, _given), made_id in zip(new, made, strict=True):
        row.verdict, row.made_id = Verdict.MADE, made_id
    return _portion_done(session, sheet, SheetState.DONE, more=len(rows) == limit, at=at)


def undo_some(session: Session, sheet_id: int, *, at: datetime, limit: int = PORTION) -> bool:
    """Take back some of the rows that were not changed since, and return whether there are more."""
    sheet = session.get_one(Sheet, sheet_id, with_for_update=True)
    if sheet.state is not SheetState.UNDOING:
        return False
    rows = session.scalars(_portion(sheet, Verdict.MADE, limit)).all()
    stayed = take_back(session, sheet.by, sheet.kind, {row.made_id or 0: row.given for row in rows}, at=at)
    for row in rows:
        why = stayed.get(row.made_id or 0)
        row.verdict, row.wrong = (Verdict.STAYED, [{"what": why}]) if why else (Verdict.UNDONE, [])
    return _portion_done(session, sheet, SheetState.UNDONE, more=len(rows) == limit, at=at)


def _today(session: Session, sheet: Sheet, at: datetime) -> date:
    return day_of(at, zone_of(sheet.by, rules(session)))


def _portion(sheet: Sheet, verdict: Verdict, limit: int) -> Select[SheetRow]:
    rows = select(SheetRow).where(SheetRow.sheet_id == sheet.id, SheetRow.verdict == verdict)
    return rows.order_by(SheetRow.line).limit(limit)


def _portion_done(session: Session, sheet: Sheet, then: SheetState, *, more: bool, at: datetime) -> bool:
    sheet.leased_until = at + LEASE
    session.flush()
    if not more:
        move(session, sheet.by, sheet, then, at)
        _tell(session, sheet, at)
    return more


def _tell(session: Session, sheet: Sheet, at: datetime) -> None:
    """Put the sheet before whoever sent it, where she saw it last: she asked for it, so it disturbs nobody."""
    key, thread = f"sheet:{sheet.id}:{sheet.version}", f"import:{sheet.id}"
    notices.leave(
        session, sheet.by, key=key, address=f"/imports/{sheet.id}", at=at, thread=thread, ping=False, personal=True
    )


def _same(sheet: Sheet, *, previewed_since: datetime) -> Select[Sheet]:
    """Return the query for the same file sent before; a preview too old to be confirmed does not stand in the way."""
    stands = or_(Sheet.state != SheetState.READY, Sheet.at >= previewed_since)
    same = select(Sheet).where(Sheet.kind == sheet.kind, Sheet.digest == sheet.digest, Sheet.id != sheet.id)
    return same.where(stands, Sheet.state.in_(STANDING), Sheet.digest != "").order_by(Sheet.id.desc()).limit(1)


def _seen(session: Session, sheet: Sheet, keys: Sequence[str]) -> dict[str, int]:
    """Return the lines of the rows before that mean the same as one of these."""
    before = select(SheetRow.key, func.min(SheetRow.line)).where(SheetRow.sheet_id == sheet.id)
    rows = session.execute(before.where(SheetRow.key.in_(set(keys) - {""})).group_by(SheetRow.key))
    return {key: line for key, line in rows}  # noqa: C416 - rows are no pairs to mypy


def _among(row: Judged, seen: dict[str, int], line: int) -> tuple[Verdict, list[dict[str, Any]]]:
    """Return a row's verdict beside the rows before it."""
    if row.key and row.key in seen:
        return Verdict.TWICE, [{"what": "twice", "line": seen[row.key]}]
    if row.key:
        seen[row.key] = line
    return row.verdict, row.wrong


def digest_of(content: bytes) -> str:
    """Return what tells this file from every other."""
    return blake2b(content, digest_size=32).hexdigest()
