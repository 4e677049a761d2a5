"""The database: its engine, and the one place where a transaction begins and is committed.

Work runs in worker threads, so that nothing inside a transaction can await Telegram. On SQLite there is one
thread: turns that wait in a queue are quicker than threads that wait for each other's lock.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

import structlog
from sqlalchemy import Engine, create_engine
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from sqlalchemy.orm import Session

from dialog.memory import LostRace
from models import dialects

log = structlog.get_logger()
T = TypeVar("T")
TRIES = 3
_SIGNS = ("disk", "full", "unable to open", "i/o", "readonly")


class DatabaseAway(Exception):
    """The database cannot be reached or is out of space: nothing was stored, nothing may be acknowledged."""


class AlreadyRunning(Exception):
    """Another process uses this SQLite file: SQLite is for one process."""


class Database:
    """An engine, its worker threads, and transactions."""

    def __init__(self, url: str, *, threads: int = 8, info: Mapping[str, Any] | None = None) -> None:
        self.engine = connect(url, threads=threads)
        self.single = self.engine.dialect.name == "sqlite"
        self._info = dict(info or {})
        self._workers = ThreadPoolExecutor(1 if self.single else threads, thread_name_prefix="turn")

    async def run(self, work: Callable[[Session], T]) -> T:
        """Do the work in one transaction in a worker thread and return its result.

        A lost race (another process was quicker, a deadlock, a serialization failure) is tried again, twice.
        Raises DatabaseAway when the database cannot be reached.
        """
        return await asyncio.get_running_loop().run_in_executor(self._workers, self.do, work)

    def do(self, work: Callable[[Session], T]) -> T:
        """Do the work in one transaction in this thread; see :meth:`run`."""
        for attempt in range(1, TRIES + 1):
            try:
                with self.transaction() as session:
                    return work(session)
            except (LostRace, DBAPIError) as error:
                if _away(error) or (attempt == TRIES and _locked(error)):
                    raise DatabaseAway from error
                if attempt == TRIES or not _worth_another_try(error):
                    raise
                log.info("turn.again", because=type(error).__name__, attempt=attempt)
        raise AssertionError

    @contextmanager
    def transaction(self) -> Iterator[Session]:
        """Open the one transaction of a turn or a tick: committed at its end, rolled back by any exception."""
        with Session(self.engine, expire_on_commit=False, info=dict(self._info)) as session:
            yield session
            session.commit()

    def close(self) -> None:
        """Finish what is running and let go of the connections."""
        self._workers.shutdown(wait=True)
        self.engine.dispose()


def connect(url: str, *, threads: int = 8) -> Engine:
    """Return the engine for a database URL: SQLite durable and single-writer, PostgreSQL with a pool."""
    parsed = make_url(url)
    if parsed.get_backend_name() != "sqlite":
        return create_engine(parsed, pool_size=threads + 2, max_overflow=2, pool_pre_ping=False, pool_recycle=1800)
    if parsed.database and parsed.database != ":memory:":
        Path(parsed.database).parent.mkdir(parents=True, exist_ok=True)
    return dialects.prepare(create_engine(parsed, connect_args={"check_same_thread": False}))


def only_process(url: str) -> Callable[[], None]:
    """Take the lock of a SQLite file and return how to let go of it. Raises AlreadyRunning."""
    parsed = make_url(url)
    if parsed.get_backend_name() != "sqlite" or parsed.database in {None, "", ":memory:"}:
        return lambda: None
    import fcntl

    file = Path(f"{parsed.database}.lock").open("w")  # noqa: SIM115 - held until the process ends
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        file.close()
        raise AlreadyRunning(
            f"another process is using {parsed.database}; SQLite serves one process, PostgreSQL serves several"
        ) from None
    return file.close


def _away(error: Exception) -> bool:
    if not isinstance(error, DBAPIError):
        return False
    words = str(error.orig).lower()
    if isinstance(error, OperationalError) and any(sign in words for sign in _SIGNS):
        return True
    # PostgreSQL: no connection, no resources, an operator at work, a standby that only reads.
    state = getattr(error.orig, "sqlstate", None) or ""
    if state[:2] in {"08", "53", "57"} or state == "25006":
        return True
    return error.connection_invalidated or isinstance(error, InterfaceError) or _cannot_connect(error)


def _cannot_connect(error: DBAPIError) -> bool:
    """Return whether the error came before any statement: PostgreSQL could not be reached at all."""
    return isinstance(error, OperationalError) and error.statement is None


def _worth_another_try(error: Exception) -> bool:
    if isinstance(error, LostRace):
        return True
    state = getattr(getattr(error, "orig", None), "sqlstate", None)
    return state in {"40001", "40P01"} or _locked(error)


def _locked(error: Exception) -> bool:
    return "database is locked" in str(getattr(error, "orig", ""))
