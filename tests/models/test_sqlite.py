"""SQLite behind asyncio: the same rows as ever, in one trip to its thread for each statement."""

from __future__ import annotations

import asyncio
import contextlib
import sqlite3
import threading
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import pytest
import sqlalchemy as sa

from models import db, sqlite

_TABLE = sa.Table("row", sa.MetaData(), sa.Column("id", sa.Integer, primary_key=True), sa.Column("said", sa.Text))


@pytest.fixture
async def database(tmp_path: Path) -> AsyncIterator[db.Database]:
    opened = db.Database(f"sqlite:///{tmp_path / 'rows.sqlite'}")
    async with opened.transaction() as connection:
        await connection.execute(sa.schema.CreateTable(_TABLE))
    yield opened
    await opened.close()


async def _fill(database: db.Database, rows: int) -> None:
    async with database.transaction() as connection:
        await connection.execute(sa.insert(_TABLE), [{"said": str(number)} for number in range(rows)])


@pytest.mark.parametrize("rows", [1, 255, 256, 257, 1000])
async def test_all_rows_come_however_they_are_read(database: db.Database, rows: int) -> None:
    await _fill(database, rows)
    expected = [str(number) for number in range(rows)]
    select = sa.select(_TABLE.c.said).order_by(_TABLE.c.id)
    async with database.reading() as connection:
        assert list(await connection.scalars(select)) == expected
        streamed = await connection.stream_scalars(select)
        assert [row async for row in streamed] == expected
        pages = [part async for part in (await connection.stream_scalars(select)).partitions(100)]
        assert [row for part in pages for row in part] == expected
        one_by_one = await connection.stream_scalars(select)
        assert [await one_by_one.fetchmany(1) for _ in range(2)] == [expected[:1], expected[1:2]]
        await one_by_one.close()
        # The cursor that was left amid its rows holds up nobody.
        assert await connection.scalar(sa.select(sa.func.count()).select_from(_TABLE)) == rows


async def test_what_a_statement_changed_is_counted_and_given_back(database: db.Database) -> None:
    await _fill(database, 3)
    async with database.transaction() as connection:
        changed = await connection.execute(sa.update(_TABLE).where(_TABLE.c.id > 1).values(said="x"))
        assert changed.rowcount == 2
        added = await connection.execute(sa.insert(_TABLE).returning(_TABLE.c.id), [{"said": "y"}, {"said": "z"}])
        assert sorted(added.scalars()) == [4, 5]
        assert (await connection.execute(sa.insert(_TABLE).values(said="alone"))).inserted_primary_key == (6,)


@pytest.mark.parametrize("brief", [False, True])
async def test_the_statements_of_a_brief_transaction_run_where_it_is(database: db.Database, brief: bool) -> None:
    async with database.transaction(brief=brief) as connection:
        driver = (await connection.get_raw_connection()).driver_connection
        assert driver
        await driver.create_function("thread", 0, threading.get_ident)
        here = await connection.scalar(sa.text("SELECT thread()")) == threading.get_ident()
        assert here is brief
        await connection.execute(sa.insert(_TABLE).values(said="x"))
    async with database.reading() as connection:
        # The same connection, and nothing brief any more.
        assert await connection.scalar(sa.text("SELECT thread()")) != threading.get_ident()
        assert await connection.scalar(sa.select(sa.func.count()).select_from(_TABLE)) == 1


async def test_a_brief_transaction_that_waits_for_another_process_holds_up_nobody_else(
    database: db.Database, tmp_path: Path
) -> None:
    async def write() -> None:
        async with database.transaction(brief=True) as connection:
            await connection.execute(sa.insert(_TABLE).values(said="late"))

    other = sqlite3.connect(tmp_path / "rows.sqlite", isolation_level=None)
    with contextlib.closing(other):
        other.execute("BEGIN IMMEDIATE")
        waits = asyncio.create_task(write())
        for _ in range(20):
            await asyncio.sleep(0.01)
        assert not waits.done()
        other.execute("COMMIT")
        await waits
    async with database.reading() as connection:
        assert list(await connection.scalars(sa.select(_TABLE.c.said))) == ["late"]


async def test_a_brief_transaction_that_is_cut_short_leaves_nothing(database: db.Database) -> None:
    async def write() -> None:
        async with database.transaction(brief=True) as connection:
            await connection.execute(sa.insert(_TABLE).values(said="lost"))
            await asyncio.sleep(60)

    task = asyncio.create_task(write())
    await asyncio.sleep(0.1)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    await _fill(database, 1)
    async with database.reading() as connection:
        assert list(await connection.scalars(sa.select(_TABLE.c.said))) == ["0"]


async def test_a_statement_that_fails_leaves_the_connection_usable(database: db.Database) -> None:
    await _fill(database, 1)
    async with database.transaction() as connection:
        with pytest.raises(db.IntegrityError):
            await connection.execute(sa.insert(_TABLE).values(id=1))
        with pytest.raises(db.DatabaseError):
            await connection.execute(sa.text("SELECT nothing"))
        await connection.execute(sa.insert(_TABLE).values(id=2))
    async with database.reading() as connection:
        assert await connection.scalar(sa.select(sa.func.count()).select_from(_TABLE)) == 2


async def test_a_statement_goes_to_the_thread_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    connection = await sqlite.connect(db.address(f"sqlite:///{tmp_path / 'trips.sqlite'}"))
    trips: list[object] = []
    asked: Callable[..., Awaitable[object]] = connection._execute

    async def counted(function: object, *arguments: object) -> object:
        trips.append(function)
        return await asked(function, *arguments)

    monkeypatch.setattr(connection, "_execute", counted)
    try:
        async with connection.cursor() as cursor:
            await cursor.execute("SELECT 1 UNION SELECT 2")
            rows: object = await cursor.fetchall()
            assert rows == [(1,), (2,)]
        assert len(trips) == 1
    finally:
        await connection.close()


async def test_readers_go_on_while_somebody_writes(database: db.Database) -> None:
    await _fill(database, 300)
    count = sa.select(sa.func.count()).select_from(_TABLE)
    async with database.transaction() as writer:
        await writer.execute(sa.delete(_TABLE))
        async with database.reading() as one, database.reading() as other:
            assert await one.scalar(count) == await other.scalar(count) == 300
