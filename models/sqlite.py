"""SQLite behind asyncio with one trip to its thread for each statement, where the driver makes four.

Of a brief transaction only what may wait goes to the thread: its begin, its commit and its end (decision 42).
"""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Callable, Iterable
from typing import Any

import aiosqlite
import sqlalchemy as sa

#: Rows that come back with the statement itself; what has more is fetched by whoever reads on.
_AT_ONCE = 256


class Cursor(aiosqlite.Cursor):
    """A cursor that is made, executed, read and closed in one go: each trip to the thread costs more than the SQL."""

    _conn: Connection

    def __init__(self, connection: Connection) -> None:
        self.iter_chunk_size = _AT_ONCE
        self._conn = connection
        self._rows: list[Any] = []
        self._open = False

    async def __aenter__(self) -> Cursor:
        return self

    async def execute(self, sql: str, parameters: Iterable[Any] | None = None) -> Cursor:
        """Run it, and read its first rows."""
        await self._execute(self._run, sql, () if parameters is None else parameters)
        return self

    async def executemany(self, sql: str, parameters: Iterable[Any]) -> Cursor:
        """Run it for each row of parameters."""
        await self._execute(self._run_many, sql, parameters)
        return self

    async def fetchone(self) -> Any:
        """The next row, or None."""
        rows = await self.fetchmany(1)
        return rows[0] if rows else None

    async def fetchmany(self, size: int | None = None) -> list[Any]:
        """The next rows."""
        size = size or self._cursor.arraysize
        if not self._rows and self._open:
            self._rows = await self._execute(self._cursor.fetchmany, max(size, _AT_ONCE))
        rows, self._rows = self._rows[:size], self._rows[size:]
        return rows

    async def fetchall(self) -> list[Any]:
        """All rows that are left."""
        rows, self._rows = self._rows, []
        return rows + await self._execute(self._cursor.fetchall) if self._open else rows

    async def close(self) -> None:
        """Nothing is asked of the thread if all rows have been read."""
        if self._open:
            self._open = False
            await self._execute(self._cursor.close)

    async def _execute(self, fn: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        if self._conn.brief and self._conn._conn.in_transaction:
            return fn(*args, **kwargs)
        return await self._conn._execute(fn, *args, **kwargs)  # type: ignore[no-untyped-call]  # the driver's own

    # -- in the thread, or at once ------------------------------------------------------------------------------

    def _run(self, sql: str, parameters: Any) -> None:
        self._cursor = self._conn._conn.cursor()
        try:
            self._cursor.execute(sql, parameters)
            if self._cursor.description:
                self._rows = self._cursor.fetchmany(_AT_ONCE)
                self._open = len(self._rows) == _AT_ONCE
        finally:
            if not self._open:
                self._cursor.close()

    def _run_many(self, sql: str, parameters: Iterable[Any]) -> None:
        self._cursor = self._conn._conn.cursor()
        try:
            self._cursor.executemany(sql, parameters)
        finally:
            self._cursor.close()


class Connection(aiosqlite.Connection):
    """One connection with its thread."""

    #: Whether the transaction that runs is a brief one.
    brief = False

    def cursor(self) -> Cursor:  # type: ignore[override]  # no promise of a cursor: the cursor itself, at once
        """A cursor; nothing is asked of the thread for it."""
        return Cursor(self)

    async def _connect(self) -> Connection:
        try:
            await super()._connect()
        except sqlite3.Error:
            # The thread says one word more to the loop, which would be closed by then.
            await asyncio.to_thread(self._thread.join)
            raise
        return self


def connect(url: sa.URL) -> Connection:
    """Await it: a connection to that file."""
    (file,), options = url.get_dialect()().create_connect_args(url)
    options.update(timeout=30, check_same_thread=False)
    connection = Connection(lambda: sqlite3.connect(file, **options), _AT_ONCE)
    # A process that was told to end does not wait for a statement.
    connection._thread.daemon = True
    return connection
