"""The migrations: what they make is what the program believes in, on both databases, forward and back."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import alembic.command
import alembic.config
import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext

from models import attachments, db, migrating, tables
from tests.house.test_imports import ROOT


@pytest.fixture
async def database(unmigrated_url: str) -> AsyncIterator[db.Database]:
    await migrating.upgrade_async(unmigrated_url)
    opened = db.Database(unmigrated_url)
    yield opened
    await opened.close()


async def to(url: str, revision: str) -> None:
    """Forward or back to that revision."""
    config = alembic.config.Config()
    config.set_main_option("script_location", str(ROOT / "migrations"))
    config.attributes["url"] = url
    way = alembic.command.upgrade if revision == "head" else alembic.command.downgrade
    await asyncio.to_thread(way, config, revision)


async def differences(database: db.Database) -> list[object]:
    """Where the database is not as models/tables.py says, lengths of texts included."""

    def compare(connection: sa.Connection) -> list[object]:
        return list(compare_metadata(MigrationContext.configure(connection), tables.metadata))

    async with database.reading() as connection:
        return await connection.run_sync(compare)


async def test_the_migrated_tables_are_those_of_the_program(database: db.Database) -> None:
    assert await differences(database) == []


async def test_an_old_database_with_something_in_it_goes_forward_and_back(
    database: db.Database, unmigrated_url: str
) -> None:
    ids = [("telegram:1", "a" * 64, "x" * 90), ("AC1", "ashar_list_1", "HX1")]
    async with database.transaction() as connection:
        for account, name, provider_id in ids:
            row = {"account": account, "name": name, "provider_id": provider_id}
            await connection.execute(sa.insert(tables.provider_object).values(row))
        picture = attachments.Attachment("a" * 64, "image/png", b"\x89PNG")
        await attachments.add(connection, [picture])
    await database.close()
    await to(unmigrated_url, "0002")
    assert not await migrated(unmigrated_url)
    await to(unmigrated_url, "head")
    assert await migrated(unmigrated_url)
    opened = db.Database(unmigrated_url)
    try:
        assert await differences(opened) == []
        async with opened.reading() as connection:
            kept = list(await connection.scalars(sa.select(tables.provider_object.c.provider_id)))
        # What the older table has no room for is asked of its provider once more.
        assert kept == ["HX1"]
        async with opened.reading() as connection:
            # It comes back with the next publishing of its form.
            assert await attachments.get(connection, picture.hash) is None
    finally:
        await opened.close()


async def migrated(url: str) -> bool:
    """Whether nothing is left to be done."""
    opened = db.Database(url)
    try:
        return not await migrating.pending(opened)
    finally:
        await opened.close()


async def test_what_was_promised_before_there_were_rates_is_counted_as_unvalued(unmigrated_url: str) -> None:
    await migrating.upgrade_async(unmigrated_url)
    await to(unmigrated_url, "0004")
    database = db.Database(unmigrated_url)
    try:
        async with database.transaction() as connection:
            await connection.execute(sa.text("INSERT INTO campaign VALUES ('suu', 'v', 'open', 0)"))
            for need, unit, som in (("money", "KGS", 700), ("money", "RUB", 0), ("days", "days", 0)):
                row = {"need": need, "unit": unit, "som": som}
                sums = sa.text("INSERT INTO ledger_total VALUES ('suu', :need, :unit, '', 700, :som, 3)")
                await connection.execute(sums, row)
        await database.close()
        for _ in range(2):
            await to(unmigrated_url, "head")
            async with database.reading() as connection:
                found = await connection.execute(sa.text("SELECT unit, som, unvalued FROM ledger_total ORDER BY unit"))
                assert [tuple(row) for row in found] == [("KGS", 700, 0), ("RUB", 0, 3), ("days", 0, 0)]
            await database.close()
            await to(unmigrated_url, "0004")
    finally:
        await database.close()
