"""Migrations keep what was promised before they came, and end in the tables that the program names."""

from __future__ import annotations

import asyncio

import alembic.autogenerate
import alembic.command
import sqlalchemy as sa
from alembic.runtime.migration import MigrationContext

from models import db, migrating, tables


async def move(url: str, how: str, revision: str) -> None:
    """Up or down to there."""
    await asyncio.to_thread(getattr(alembic.command, how), migrating._config(url), revision)


async def test_the_tables_are_those_that_the_program_names(database_url: str) -> None:
    database = db.Database(database_url)

    def compare(connection: sa.Connection) -> list[object]:
        return list(alembic.autogenerate.compare_metadata(MigrationContext.configure(connection), tables.metadata))

    try:
        async with database.reading() as connection:
            assert await connection.run_sync(compare) == []
    finally:
        await database.close()


async def test_what_was_promised_before_there_were_rates_is_counted_as_unvalued(unmigrated_url: str) -> None:
    await move(unmigrated_url, "upgrade", "0004")
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
            await move(unmigrated_url, "upgrade", "0005")
            async with database.reading() as connection:
                found = await connection.execute(sa.text("SELECT unit, som, unvalued FROM ledger_total ORDER BY unit"))
                assert [tuple(row) for row in found] == [("KGS", 700, 0), ("RUB", 0, 3), ("days", 0, 0)]
            await database.close()
            await move(unmigrated_url, "downgrade", "0004")
    finally:
        await database.close()
