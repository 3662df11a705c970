"""Sums of tallies and campaign totals, on both databases."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import AsyncIterator

import pytest_asyncio

from bot.engine import contribution
from models import db, figures
from tests import filling


@pytest_asyncio.fixture
async def database(database_url: str) -> AsyncIterator[db.Database]:
    """A migrated database."""
    made = db.Database(database_url)
    yield made
    await made.close()


async def test_the_current_version_comes_first_and_then_the_latest(database: db.Database) -> None:
    published = []
    for number in range(3):
        sheets = filling.SHEETS | {"settings": [filling.SHEETS["settings"][0] | {"ashar::wave": str(number)}]}
        at = filling.BEGUN + dt.timedelta(days=number)
        published.append((await filling.publish(database, sheets, at)).version)
    again = filling.SHEETS | {"settings": [filling.SHEETS["settings"][0] | {"ashar::wave": "1"}]}
    await filling.publish(database, again)
    async with database.reading() as connection:
        assert await figures.versions(connection, "small") == [published[1], published[2], published[0]]
        assert await figures.versions(connection, "none") == []


async def test_counts_are_those_of_the_responses(database: db.Database) -> None:
    definition = await filling.publish(database)
    responses = filling.people(definition, 120)
    await filling.respond(database, filling.seal(), definition, responses)
    tallies = [key for each in responses for key in contribution.contribution(definition, each)]
    for apart in (False, True):
        for by in ("", contribution.PLACE, "sex", "age_group", "channel"):
            async with database.reading() as connection:
                whole, parts = await figures.counts(connection, "small", "1", apart=apart, by=by)
            mine = [key for key in tallies if key.apart == apart]
            everybody = Counter((key.question, key.question_version, "", key.value) for key in mine if not key.margin)
            assert Counter({row[:4]: row.people for row in whole}) == everybody
            levels = Counter(
                (key.question, key.question_version, key.level, key.value) for key in mine if by and key.margin == by
            )
            assert Counter({row[:4]: row.people for row in parts}) == levels


async def test_counts_of_another_wave_or_form_are_others(database: db.Database) -> None:
    definition = await filling.publish(database)
    await filling.respond(database, filling.seal(), definition, filling.people(definition, 5))
    async with database.reading() as connection:
        assert await figures.counts(connection, "small", "2", apart=False) == ([], [])
        assert await figures.counts(connection, "other", "1", apart=False, by="sex") == ([], [])
