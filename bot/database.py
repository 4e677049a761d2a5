"""The database: its engine, and the one place where a transaction begins and is committed.

Work runs in worker threads, so that nothing inside a transaction can await Telegram. On SQLite there is one
thread: turns that wait in a queue are quicker than threads that wait for each other's lock. What has come to wait
there meanwhile is committed together, since the disk takes as long over sixteen turns as over one.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

import structlog
from sqlalchemy import Connection, Engine, create_engine
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from sqlalchemy.orm import Session

from dialog.memory import LostRace
from models import dialects
from models.problem import Problem

log = structlog.get_logger()
T = TypeVar("T")
TRIES = 3
_SIGNS = ("disk", "full", "unable to open", "i/o", "readonly")
MOST_TOGETHER = 16
Work = Callable[[Session], Any]
Outcome = tuple[Any, Exception | None]
"""What a work returned, or what it raised."""


class DatabaseAway(Exception):
    """The database cannot be reached or is out of space: nothing was stored, nothing may be acknowledged."""


class Spoilt(Exception):
    """Something went wrong in one of the turns that were to be committed together: none of them is."""


class AlreadyRunning(Exception):
    """Another process uses this SQLite file: SQLite is for one process."""


class Database:
    """An engine, its worker threads, and transactions."""

    def __init__(self, url: str, *, threads: int = 4, info: Mapping[str, Any] | None = None) -> None:
        self.engine = connect(url, threads=threads)
        self.single = self.engine.dialect.name == "sqlite"
        self._info = dict(info or {})
        self._workers = ThreadPoolExecutor(1 if self.single else threads, thread_name_prefix="turn")
        self._waiting: list[tuple[Work, asyncio.Future[Any]]] = []
        self._carrying: asyncio.Task[None] | None = None

    async def run(self, work: Callable[[Session], T]) -> T:
        """Do the work in one transaction in a worker thread and return its result.

        A lost race (another process was quicker, a deadlock, a serialization failure) is tried again, twice.
        Raises DatabaseAway when the database cannot be reached.
        """
        loop = asyncio.get_running_loop()
        if not self.single:
            return await loop.run_in_executor(self._workers, self.do, work)
        done: asyncio.Future[T] = loop.create_future()
        self._waiting.append((work, done))
        if self._carrying is None or self._carrying.done():
            self._carrying = asyncio.create_task(self._carry())
        return await done

    async def _carry(self) -> None:
        """Take what waits to the one thread, several at a time, until nobody waits."""
        while self._waiting:
            batch, self._waiting = self._waiting[:MOST_TOGETHER], self._waiting[MOST_TOGETHER:]
            works = [work for work, _done in batch]
            try:
                outcomes = await asyncio.get_running_loop().run_in_executor(self._workers, self._each, works)
            except Exception as error:  # noqa: BLE001 - whoever waits must hear of it
                outcomes = [(None, error)] * len(batch)
            for (_work, done), outcome in zip(batch, outcomes, strict=True):
                _tell(done, outcome)

    def _each(self, works: list[Work]) -> list[Outcome]:
        """Do each of the works and return their outcomes: together if that goes well, otherwise one by one."""
        if len(works) > 1:
            try:
                return self._together(works)
            except (Spoilt, DBAPIError) as error:
                log.info("turns.apart", because=type(error.__cause__ or error).__name__, turns=len(works))
        return [self._alone(work) for work in works]

    def _together(self, works: list[Work]) -> list[Outcome]:
        """Do all in one transaction, each behind its own savepoint.

        What one of them refuses undoes that one alone; anything that goes wrong undoes all.
        """
        with self.engine.begin() as connection:
            return [self._behind_savepoint(connection, work) for work in works]

    def _behind_savepoint(self, connection: Connection, work: Work) -> Outcome:
        # The savepoint is set past the session, whose own costs four times as much.
        connection.exec_driver_sql("SAVEPOINT turn")
        try:
            with self._session(connection) as session:
                result = work(session)
                session.flush()
        except Problem as problem:
            connection.exec_driver_sql("ROLLBACK TO turn")
            return None, problem
        except Exception as error:
            raise Spoilt from error
        connection.exec_driver_sql("RELEASE turn")
        return result, None

    def _alone(self, work: Work) -> Outcome:
        try:
            return self.do(work), None
        except Exception as error:  # noqa: BLE001 - the same
            return None, error

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
        with self._session(self.engine) as session:
            yield session
            session.commit()

    def _session(self, bind: Engine | Connection) -> Session:
        info = dict(self._info)
        return Session(bind, expire_on_commit=False, info=info, join_transaction_mode="rollback_only")

    def close(self) -> None:
        """Finish what is running and let go of the connections."""
        self._workers.shutdown(wait=True)
        self.engine.dispose()


def _tell(done: asyncio.Future[Any], outcome: Outcome) -> None:
    result, error = outcome
    if done.done():  # whoever asked was cancelled; the work is done all the same
        return
    if error is None:
        done.set_result(result)
    else:
        done.set_exception(error)


def connect(url: str, *, threads: int = 4) -> Engine:
    """Return the engine for a database URL: SQLite durable and single-writer, PostgreSQL with a pool."""
    parsed = make_url(url)
    if parsed.get_backend_name() != "sqlite":
        pool = {"pool_size": threads + 2, "max_overflow": 2, "pool_recycle": 1800}
        return dialects.prepare(create_engine(parsed, **pool))
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
