"""Demonstrating: made-up residents do all that people do, and whatever they do is counted right."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from bot.services import counting, demonstrating, folding, publishing
from models import db, ledger, sealing, tables

FLOWS = Path(__file__).resolve().parents[2] / "flows"
SEAL = sealing.Seal([bytes(32)], bytes(32))


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[db.Database]:
    opened = db.Database(database_url)
    await publishing.publish(opened, [FLOWS])
    yield opened
    await opened.close()


async def rows(database: db.Database) -> dict[str, int]:
    """How many rows there are of what matters."""
    counted = (tables.contact, tables.response, tables.answer, tables.pledge, tables.set_aside, tables.received)
    async with database.reading() as connection:
        return {
            table.name: await connection.scalar(sa.select(sa.func.count()).select_from(table)) or 0 for table in counted
        }


async def test_residents_are_counted_right_and_the_same_ones_come_once(database: db.Database) -> None:
    done: list[None] = []
    outcome = await demonstrating.fill(database, SEAL, 20, 3, lambda: done.append(None))
    first = await rows(database)
    assert (outcome.people, len(done), first["contact"], first["set_aside"]) == (20, 20, 20, 0)
    assert first["received"] == outcome.messages <= 20 * 60
    assert first["response"] >= 15
    assert first["pledge"] >= 1
    assert await counting.check(database, SEAL) == 0
    async with database.reading() as connection:
        assert await ledger.all_totals(connection)
    assert await folding.check(database) == folding.Outcome(0, 0, ())
    again = await demonstrating.fill(database, SEAL, 20, 3)
    assert again.messages == 0
    assert await rows(database) == first


async def test_the_seed_alone_decides_what_is_answered(tmp_path: Path, migrated_sqlite: Path) -> None:
    answers = []
    for number in range(2):
        path = tmp_path / f"{number}.sqlite"
        path.write_bytes(migrated_sqlite.read_bytes())
        opened = db.Database(f"sqlite:///{path}")
        await publishing.publish(opened, [FLOWS])
        await demonstrating.fill(opened, SEAL, 8, 5)
        async with opened.reading() as connection:
            found = await connection.execute(
                sa.select(tables.answer.c.question, tables.answer.c.value).where(tables.answer.c.value.is_not(None))
            )
            answers.append(sorted((row.question, row.value) for row in found))
        await opened.close()
    assert answers[0] == answers[1] != []
