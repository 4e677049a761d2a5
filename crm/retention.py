"""Retention: forgetting what has served its purpose. It keeps everything the department works with."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, delete
from sqlalchemy.orm import InstrumentedAttribute, Session

from models.base import Base
from models.chat import Conversation, SeenUpdate
from models.notice import Notice, NoticeState
from models.person import BadToken
from models.sheet import SheetRow
from models.visit import Place

SETTLED = tuple(state for state in NoticeState if state not in {NoticeState.READY, NoticeState.SENDING})
Rule = tuple[InstrumentedAttribute[Any], timedelta, ColumnElement[bool] | None]

KEPT_FOR: Mapping[type[Base], Rule] = {
    SeenUpdate: (SeenUpdate.at, timedelta(days=7), None),
    Conversation: (Conversation.touched_at, timedelta(days=14), None),
    Notice: (Notice.settled_at, timedelta(days=90), Notice.state.in_(SETTLED)),
    Place: (Place.at, timedelta(days=30), None),  # the visit keeps whether it was near the customer, not where
    BadToken: (BadToken.at, timedelta(days=1), None),
    SheetRow: (SheetRow.at, timedelta(days=15), None),  # a week to take it over, another to take it back
}


def forget_old(session: Session, *, now: datetime) -> dict[str, int]:
    """Forget updates seen a week ago, conversations nobody touched for 14 days, notices settled 90 days ago,
    rows of tables read 15 days ago, places shared 30 days ago.

    Returns how many rows of each table were deleted.
    """
    return {model.__tablename__: _forget(session, model, rule, now) for model, rule in KEPT_FOR.items()}


def _forget(session: Session, model: type[Base], rule: Rule, now: datetime) -> int:
    stamp, kept_for, condition = rule
    old = stamp < now - kept_for
    gone = delete(model).where(old if condition is None else and_(old, condition)).returning(stamp)
    return len(session.scalars(gone.execution_options(synchronize_session=False)).all())
