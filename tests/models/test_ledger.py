"""The ledger's totals as they are read."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest_asyncio
import sqlalchemy as sa

from models import db, ledger, tables
from tests import filling


@pytest_asyncio.fixture
async def database(database_url: str) -> AsyncIterator[db.Database]:
    """A migrated database."""
    made = db.Database(database_url)
    yield made
    await made.close()


async def test_totals(database: db.Database) -> None:
    definition = await filling.publish(database)
    async with database.transaction() as connection:
        for position, name in enumerate(("suu", "jol")):
            version = {"version": name, "campaign_name": name, "definition": "{}", "form_version": definition.version}
            row = {"name": name, "current": name, "state": "open", "position": position}
            await connection.execute(sa.insert(tables.campaign), row)
            await connection.execute(sa.insert(tables.campaign_version), version | {"published_at": filling.BEGUN})
        rows = [
            ("money", "RUB", "", 150_050, 180_000, 2, 1),
            ("money", "KGS", "", 10_000, 10_000, 1, 0),
            ("days", "days", "", 0, 0, 0, 0),
        ]
        names = ("need", "unit", "stage", "quantity", "som", "pledges", "unvalued")
        totals = [{"campaign_name": "suu"} | dict(zip(names, row, strict=True)) for row in rows]
        await connection.execute(sa.insert(tables.ledger_total), totals)
    async with database.reading() as connection:
        assert await ledger.totals(connection) == {
            # What was taken back again is no line of nothing.
            "suu": [
                ledger.Total("money", "KGS", "", 10_000, 10_000, 1),
                ledger.Total("money", "RUB", "", 150_050, 180_000, 2, 1),
            ],
            "jol": [],
        }
