"""Once: changing a record as somebody saw it, so that of two people, or of two taps, one is told that it is done."""

from __future__ import annotations

from typing import Any, cast

from sqlalchemy import ColumnElement, update
from sqlalchemy.orm import Session

from models.base import Base
from models.problem import AlreadyDone


def change(session: Session, record: Base, version: int, *still: ColumnElement[bool], **values: Any) -> None:
    """Change the record, if it is at this version and all of ``still`` holds; it is at the next version then.

    Raises AlreadyDone, which carries the record, when somebody was quicker.
    """
    noun, row = cast("Any", type(record)), cast("Any", record)
    same = update(noun).where(noun.id == row.id, noun.version == version, *still)
    changed = same.values(version=version + 1, **values).returning(noun.id)
    won = session.scalar(changed.execution_options(synchronize_session=False)) is not None
    session.refresh(record)
    if not won:
        raise AlreadyDone(**{record.__tablename__: record})
