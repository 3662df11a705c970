"""The database: one place that connects, begins and commits. SQLite and PostgreSQL behind one setting."""

from __future__ import annotations

import asyncio
import contextlib
import datetime as dt
import functools
import os
import sqlite3
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any, TypeVar

import sqlalchemy as sa
from asyncpg import exceptions as asyncpg
from sqlalchemy import exc
from sqlalchemy.dialects import postgresql
from sqlalchemy.dialects import sqlite as sqlite_dialect
from sqlalchemy.ext import asyncio as sa_asyncio

from models import sqlite

_T = TypeVar("_T")
Connection = sa_asyncio.AsyncConnection
#: The errors others must know: anything the database says, and a row that stands already.
DatabaseError = exc.DBAPIError
IntegrityError = exc.IntegrityError

#: PostgreSQL's own codes for "try the whole transaction again".
_REPLAY = frozenset({"40001", "40P01", "55P03"})
#: So often in all.
_REPLAYS = 5
#: Beginnings of its codes that blame the server: lost line, no room, told to stop, broken; may only read, idle.
_AWAY = ("08", "53", "57", "58", "25006", "25P03")
_SETTINGS = {
    # A process that froze or lost its line must not hold anybody's row.
    "idle_in_transaction_session_timeout": "10000",
    "lock_timeout": "5000",
    "tcp_keepalives_idle": "10",
    "tcp_keepalives_interval": "5",
    "tcp_keepalives_count": "3",
    "jit": "off",
}
#: A migration gives way to those who write rather than let them queue up behind it, and may take as long as it takes.
_MIGRATING = {**_SETTINGS, "lock_timeout": "900"}


#: Under which number PostgreSQL knows that somebody migrates: the letters of this house.
_GUARD = int.from_bytes(b"ashar")


class BadAddress(ValueError):
    """The database's address cannot be used."""


class Outdated(Exception):
    """What was read a moment ago is gone: the whole transaction must be run again."""


def address(text: str) -> sa.URL:
    """The address with the driver this house uses; raises `BadAddress`."""
    try:
        url = sa.make_url(text)
    except exc.ArgumentError:
        raise BadAddress("not a database address") from None
    backend = {"postgres": "postgresql"}.get(url.get_backend_name(), url.get_backend_name())
    if backend == "sqlite":
        return url.set(drivername="sqlite+aiosqlite")
    if backend == "postgresql":
        return url.set(drivername="postgresql+asyncpg")
    raise BadAddress(f"{backend} is not supported; use sqlite or postgresql")


class Database:
    """A pool of connections, and the rule of who may write when."""

    def __init__(self, text: str, *, pool: int = 8, migrates: bool = False) -> None:
        self.url = address(text)
        self.embedded = self.url.get_backend_name() == "sqlite"
        # SQLite has one writer. Waiting for it here costs nothing; waiting in the file costs sleeps.
        self._writing: contextlib.AbstractAsyncContextManager[Any] = (
            asyncio.Lock() if self.embedded else contextlib.nullcontext()
        )
        if self.embedded:
            if self.url.database:
                # Where that fails, so does connecting, and whoever connects is told.
                with contextlib.suppress(OSError):
                    Path(self.url.database).parent.mkdir(parents=True, exist_ok=True)
            self._engine = sa_asyncio.create_async_engine(
                self.url,
                async_creator=lambda: sqlite.connect(self.url),
                hide_parameters=True,  # an error's text would quote what was to be written
                # A reader and a writer; more only lengthens the tail (facts on performance).
                pool_size=4,
                max_overflow=0,
                poolclass=sa.AsyncAdaptedQueuePool,
            )
            sa.event.listen(self._engine.sync_engine, "connect", _prepare_sqlite)
            sa.event.listen(self._engine.sync_engine, "begin", _begin_sqlite)
            sa.event.listen(self._engine.sync_engine, "handle_error", _leave_read_only)
        else:
            self._engine = sa_asyncio.create_async_engine(
                self.url,
                connect_args={
                    "server_settings": _MIGRATING if migrates else _SETTINGS,
                    "timeout": 10,
                    "command_timeout": None if migrates else 60,
                },
                hide_parameters=True,
                pool_size=pool,
                max_overflow=2,
                pool_pre_ping=True,
            )

    @contextlib.asynccontextmanager
    async def transaction(self, *, brief: bool = False) -> AsyncIterator[Connection]:
        """One writing transaction: everything in it, or nothing. The only place that commits.

        A brief one finds what it reads and writes by keys, some hundreds of rows at the most (see `sqlite`).
        """
        async with self._writing, self._engine.connect() as connection:
            await connection.execution_options(ashar_writes=True, ashar_brief=brief)
            async with connection.begin():
                yield connection

    @contextlib.asynccontextmanager
    async def reading(self) -> AsyncIterator[Connection]:
        """A transaction that only reads, beside the writer."""
        async with self._engine.connect() as connection, connection.begin():
            yield connection

    @contextlib.asynccontextmanager
    async def migrating(self) -> AsyncIterator[Connection]:
        """For migrations, of one process at a time. On SQLite all of them are one transaction; on PostgreSQL none has
        begun yet, so that each can be one of its own."""
        if self.embedded:
            async with self.transaction() as connection:
                yield connection
            return
        async with self._engine.connect() as guard, self._engine.connect() as connection:
            await guard.execution_options(isolation_level="AUTOCOMMIT")
            # Asked again and again, not waited for: who waits holds a snapshot, for whose end CREATE INDEX
            # CONCURRENTLY waits in turn.
            asked = f"SELECT pg_try_advisory_lock({_GUARD})"
            while not (await guard.exec_driver_sql(asked)).scalar_one():  # noqa: ASYNC110 - who has it is no task of ours
                await asyncio.sleep(0.2)
            try:
                yield connection
            finally:
                await guard.exec_driver_sql(f"SELECT pg_advisory_unlock({_GUARD})")

    async def close(self) -> None:
        """Give all connections back."""
        await self._engine.dispose()


def _prepare_sqlite(connection: Any, _record: object) -> None:
    # SQLAlchemy's "begin" event opens transactions itself; the driver must not do so behind its back.
    connection.isolation_level = None
    cursor = connection.cursor()
    cursor.execute("PRAGMA journal_mode=WAL")
    # FULL: an acknowledged answer survives a power cut.
    cursor.execute("PRAGMA synchronous=FULL")
    cursor.execute("PRAGMA foreign_keys=ON")
    cursor.execute("PRAGMA busy_timeout=30000")
    cursor.close()


def _begin_sqlite(connection: sa.Connection) -> None:
    options = connection.get_execution_options()
    connection.exec_driver_sql("BEGIN IMMEDIATE" if options.get("ashar_writes") else "BEGIN")
    driver: Any = connection.connection.driver_connection
    driver.brief = options.get("ashar_brief", False)


def _leave_read_only(context: sa.engine.ExceptionContext) -> None:
    # A connection that once found its file read-only stays so, also when the file can be written again.
    if getattr(context.original_exception, "sqlite_errorcode", 0) & 0xFF == sqlite3.SQLITE_READONLY:
        context.is_disconnect = True


def must_replay(error: BaseException) -> bool:
    """True for errors that say "run the whole transaction again": deadlock, serialisation, lock timeout."""
    return isinstance(error, Outdated) or _code(error) in _REPLAY


async def replayed(work: Callable[[], Awaitable[_T]]) -> _T:
    """Do some work of one transaction, and anew where the database says so: a few times, ever later."""
    for attempt in range(_REPLAYS):
        try:
            return await work()
        except Exception as error:
            if attempt + 1 == _REPLAYS or not must_replay(error):
                raise
            await asyncio.sleep(0.05 * 2**attempt)
    raise AssertionError


#: What an error is that may mean so.
MAYBE_AWAY = (exc.DBAPIError, exc.TimeoutError, asyncpg.PostgresError, OSError)


def is_away(error: BaseException) -> bool:
    """True when the database itself cannot be used now (gone, full, locked, read-only): no message is to blame."""
    if isinstance(error, exc.DBAPIError):
        return (
            error.connection_invalidated
            # SQLite's word for a file that is locked, read-only, full or gone.
            or isinstance(error, exc.OperationalError)
            or _code(error).startswith(_AWAY)
        )
    # While connecting, asyncpg's errors come as they are.
    return isinstance(error, MAYBE_AWAY)


def _code(error: BaseException) -> str:
    return str(getattr(getattr(error, "orig", None), "sqlstate", None) or "")


def insert(connection: Connection, table: sa.Table) -> postgresql.Insert | sqlite_dialect.Insert:
    """An INSERT that knows ON CONFLICT, in this connection's dialect."""
    if connection.dialect.name == "sqlite":
        return sqlite_dialect.insert(table)
    return postgresql.insert(table)


@functools.cache
def _upsert(
    dialect: str,
    table: sa.Table,
    keys: tuple[str, ...],
    replaced: tuple[str, ...],
    added: tuple[str, ...],
    returning: tuple[str, ...],
) -> sa.Executable:
    new = (sqlite_dialect if dialect == "sqlite" else postgresql).insert(table)
    values = {name: new.excluded[name] for name in replaced}
    values |= {name: table.c[name] + new.excluded[name] for name in added}
    upsert: sa.Insert = new.on_conflict_do_nothing()
    if values:
        upsert = new.on_conflict_do_update(index_elements=keys, set_=values)
    return upsert.returning(*(table.c[name] for name in returning)) if returning else upsert


def upsert(
    connection: Connection,
    table: sa.Table,
    keys: tuple[str, ...] = (),
    *,
    replaced: tuple[str, ...] = (),
    added: tuple[str, ...] = (),
    returning: tuple[str, ...] = (),
) -> sa.Executable:
    """An INSERT that leaves a row standing, or gives it new values of columns, or adds to them.

    Built once: where it runs with every group of messages, putting it together takes as long as running it.
    """
    return _upsert(connection.dialect.name, table, keys, replaced, added, returning)


def now() -> dt.datetime:
    """This instant, aware, in UTC."""
    return dt.datetime.now(dt.UTC)


def new_id() -> str:
    """A fresh id: 32 hex digits, rising with time so that indexes grow at their end."""
    milliseconds = time.time_ns() // 1_000_000
    return f"{milliseconds:012x}7{os.urandom(10).hex()[:19]}"
