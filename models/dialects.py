"""What differs between SQLite and PostgreSQL, in one file: opening, inserting unless there, claiming, locking.

Nothing else asks which database it speaks to.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, TypeVar

import psycopg
from sqlalchemy import ColumnElement, Connection, Engine, Select, event, text
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import InstrumentedAttribute, Session

from models.base import Base

MIGRATION_LOCK = 4_856_201
Row = TypeVar("Row", bound=Base)


def prepare(engine: Engine) -> Engine:
    """Return the engine, made ready: on SQLite with WAL, foreign keys and writers who queue instead of failing.

    On PostgreSQL with cursors that leave out what SQLAlchemy does not read.
    """
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _open_sqlite)
        event.listen(engine, "begin", _begin_immediate)
    else:
        event.listen(engine, "connect", _open_postgresql)
    return engine


def insert_unless_there(session: Session, model: type[Row], values: Mapping[str, Any]) -> Row | None:
    """Insert a row; return it, or None when one with the same unique key stands there already."""
    statement = _insert(session, model).values(**values).on_conflict_do_nothing()
    inserted: Row | None = session.scalar(statement.returning(model))
    return inserted


def upsert(
    session: Session,
    model: type[Base],
    values: Mapping[str, Any],
    *,
    keys: Sequence[InstrumentedAttribute[Any]],
    only_if: ColumnElement[bool] | None = None,
) -> bool:
    """Insert a row or overwrite the one with the same keys; return whether the row is now as given."""
    names = [key.key for key in keys]
    fresh = {name: value for name, value in values.items() if name not in names}
    statement = _insert(session, model).values(**values)
    statement = statement.on_conflict_do_update(index_elements=list(keys), set_=fresh, where=only_if)
    return session.scalar(statement.returning(keys[0])) is not None


def claimed(query: Select[Any], model: type[Base]) -> Select[Any]:
    """Return the query taking rows nobody else is taking: PostgreSQL locks them and skips those locked.

    SQLite leaves the clause out: its transactions begin immediate, so there is one writer at a time.
    """
    return query.with_for_update(skip_locked=True, of=model)


def lock_migrations(connection: Connection) -> None:
    """Wait until no other process migrates this database (SQLite's one writer needs no lock)."""
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": MIGRATION_LOCK})


def _insert(session: Session, model: type[Base]) -> Any:
    insert: Any = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
    return insert(model)


def _open_sqlite(connection: Any, _record: object) -> None:
    connection.isolation_level = None  # the driver would begin on its own, and too late
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "busy_timeout=10000"):
        connection.execute(f"PRAGMA {pragma}").close()


def _open_postgresql(connection: Any, _record: object) -> None:
    connection.cursor_factory = _Cursor


class _Cursor(psycopg.Cursor[Any]):
    """Describes a column when it is looked at: SQLAlchemy knows a statement's columns from the first time."""

    @property
    def description(self) -> Any:
        """Return the columns of the result, or None when it is none."""
        result = self.pgresult
        return _Columns(self, result.nfields) if result and result.nfields else None


class _Columns(Sequence[psycopg.Column]):
    def __init__(self, cursor: _Cursor, count: int) -> None:
        self._cursor = cursor
        self._count = count

    def __len__(self) -> int:
        return self._count

    def __getitem__(self, index: Any) -> Any:
        return [psycopg.Column(self._cursor, number) for number in range(self._count)][index]


def _begin_immediate(connection: Connection) -> None:
    connection.exec_driver_sql("BEGIN IMMEDIATE")
