"""Recounting: the tallies kept beside the answers, made again from the answers."""

from __future__ import annotations

from collections import Counter
from typing import Any

from bot.engine import contribution
from bot.services import publishing, recording
from models import counting, db, sealing


async def check(database: db.Database, seal: sealing.Seal) -> int:
    """How many tallies differ from a recount of all responses; 0 is as it should be."""
    async with database.reading() as connection:
        await counting.snapshot(connection)
        return await _differences(connection, seal, mend=False)


async def rebuild(database: db.Database, seal: sealing.Seal) -> int:
    """Make all tallies again; gives back how many differed."""
    async with database.transaction() as connection:
        await counting.hold(connection)
        return await _differences(connection, seal, mend=True)


async def _differences(connection: db.Connection, seal: sealing.Seal, *, mend: bool) -> int:
    catalogue = await publishing.Library().catalogue(connection)
    counted: Counter[tuple[Any, ...]] = Counter()
    async for version, sealed in counting.all_responses(connection):
        counted.update(contribution.contribution(catalogue.forms[version], recording.response(seal, sealed)))
    kept = await counting.all_tallies(connection)
    differing = sum(counted[key] != kept[key] for key in counted.keys() | kept.keys())
    if mend and differing:
        await counting.replace_tallies(connection, counted)
    return differing
