"""The bell: whoever delivers hears of what another process put into the outbox, without looking for it."""

import asyncio
import contextlib
import datetime as dt
from collections.abc import AsyncIterator

import sqlalchemy as sa

from models import bell, db
from tests.services.house import until


@contextlib.asynccontextmanager
async def listening(url: str) -> AsyncIterator[list[str]]:
    """What a listener hears, after the first that it may have missed."""
    database = db.Database(url)
    heard: list[str] = []
    task = asyncio.create_task(bell.listen(database, heard.append))
    try:
        await until(lambda: heard)
        heard.clear()
        yield heard
    finally:
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task
        await database.close()


async def write(url: str, *, rings: bool = True) -> None:
    """Another process writes something, and rings."""
    other = db.Database(url)
    async with other.transaction() as connection:
        due = {"kind": f"k{dt.datetime.now(dt.UTC)}"[:32], "key": "x", "at": "2026-01-01 00:00:00.000000+00"}
        await connection.execute(sa.text("INSERT INTO due (kind, key, at) VALUES (:kind, :key, '2026-01-01')"), due)
        if rings:
            await bell.ring(connection)
            await bell.ring(connection)
    await other.close()


async def test_it_is_heard_once_the_transaction_has_committed(database_url: str) -> None:
    async with listening(database_url) as heard:
        await write(database_url)
        await until(lambda: heard)
        assert heard == [bell.OUTBOX]


async def test_nobody_hears_what_did_not_ring_or_was_rolled_back(postgresql_url: str) -> None:
    async with listening(postgresql_url) as heard:
        await write(postgresql_url, rings=False)
        other = db.Database(postgresql_url)
        with contextlib.suppress(ZeroDivisionError):
            async with other.transaction() as connection:
                await bell.ring(connection)
                raise ZeroDivisionError
        await other.close()
        await write(postgresql_url)
        await until(lambda: heard)
        assert heard == [bell.OUTBOX]


async def test_a_line_that_was_cut_is_found_again_and_what_was_missed_is_looked_for(postgresql_url: str) -> None:
    async with listening(postgresql_url) as heard:
        other = db.Database(postgresql_url)
        async with other.transaction() as connection:
            # Of this database: those of other tests may just be going.
            theirs = "datname = current_database() AND query LIKE 'LISTEN%'"
            cut = f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE {theirs}"
            assert len((await connection.execute(sa.text(cut))).all()) == 1
        await other.close()
        await until(lambda: heard)
        assert heard == [bell.OUTBOX]
        await write(postgresql_url)
        await until(lambda: len(heard) == 2)
