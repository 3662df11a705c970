"""Transactions: whoever is stopped in the middle of one leaves nothing of it, and no lock."""

from __future__ import annotations

import asyncio
import gc
from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest
import sqlalchemy as sa

from models import db, events


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[db.Database]:
    opened = db.Database(database_url)
    yield opened
    await opened.close()


async def is_free(url: str) -> bool:
    """Whether somebody else may write now, without any patience."""
    other = db.Database(url)
    if other.embedded:
        sa.event.listen(other._engine.sync_engine, "connect", lambda raw, _: raw.execute("PRAGMA busy_timeout=0"))
    try:
        async with other.transaction() as connection:
            if not other.embedded:
                await connection.execute(sa.text("SET LOCAL lock_timeout = '50ms'"))
                await connection.execute(sa.text("LOCK TABLE event IN EXCLUSIVE MODE"))
        return True
    except db.DatabaseError:
        return False
    finally:
        await other.close()


async def test_what_is_acknowledged_survives_a_power_cut(
    sqlite_url: str, as_shipped: Callable[[Any, object], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(db, "_prepare_sqlite", as_shipped)
    database = db.Database(sqlite_url)
    async with database.reading() as connection:
        full = 2
        assert await connection.scalar(sa.text("PRAGMA synchronous")) == full
        assert await connection.scalar(sa.text("PRAGMA journal_mode")) == "wal"
    await database.close()


@pytest.mark.parametrize("times", [1, 2])
async def test_a_transaction_that_is_cut_short_anywhere_keeps_no_lock(
    database: db.Database, database_url: str, times: int
) -> None:
    async def writes() -> None:
        async with database.transaction() as connection:
            for name in "abc":
                await events.announce(connection, events.Event(name, db.now()))

    # Nothing may hang on the garbage collector.
    gc.disable()
    try:
        for turns in range(0, 60, 4):
            task = asyncio.create_task(writes())
            for _ in range(turns):
                await asyncio.sleep(0.0002 if turns % 8 else 0)
            for _ in range(times):
                task.cancel()
                await asyncio.sleep(0)
            await asyncio.gather(task, return_exceptions=True)
            async with asyncio.timeout(60):
                while not await is_free(database_url):  # noqa: ASYNC110 - a rollback may still be on its way
                    await asyncio.sleep(0.01)
            async with database.transaction() as connection:
                found = [event.name for event in await events.listed(connection)]
                assert found in ([], ["a", "b", "c"])
                await connection.execute(sa.text("DELETE FROM event"))
    finally:
        gc.enable()


async def test_one_that_is_cut_short_amid_a_statement_leaves_the_next_one_free(database: db.Database) -> None:
    slow = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 300000) SELECT max(i) FROM n"

    async def writes() -> None:
        async with database.transaction() as connection:
            await events.announce(connection, events.Event("a", db.now()))
            await connection.execute(sa.text(slow))
            await asyncio.Event().wait()

    for _ in range(3):
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.05):
                await writes()
        async with asyncio.timeout(60), database.transaction() as connection:
            assert await events.listed(connection) == []
