"""A PostgreSQL that goes away for a while, as when its machine is restarted, under people who go on writing."""

from __future__ import annotations

import asyncio
import time
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.ext import asyncio as sa_asyncio

from models import tables
from tests import postgres
from tests.faults import houses

#: Answers of one person before it goes; after each of them the next question is on the screen.
_BEFORE = (("1", "(2/9)"), ("2", "(3/10)"))
_AFTER = (("Ак-Булак", "(4/10)"), ("1", "(5/10)"))


async def goes_away(engine: postgres.Engine, url: str, folder: Path, seconds: float) -> str:
    """Stop it for so long: 503 and red health meanwhile, all kept and nothing twice afterwards; how it went."""
    async with houses.house(url, folder) as made:
        await made.agrees()
        for said, shown in _BEFORE:
            assert (await made.hears(said)).status == 200
            await made.shows(shown)
        kept = await _answers(url)
        engine.stop()
        gone, refused = time.monotonic(), 0
        (said, shown), *later = _AFTER
        assert await made.hears(said) == houses.Said(503, "5")
        assert await made.health() == (503, "database")
        while time.monotonic() - gone < seconds:
            assert await made.again() == houses.Said(503, "5")
            refused += 1
            await asyncio.sleep(0.5)
        assert made.process.lives
        engine.start()
        back = time.monotonic()
        await made.recovers()
        took = time.monotonic() - back
        await made.shows(shown)
        for said, shown in later:
            assert (await made.hears(said)).status == 200
            await made.shows(shown)
        for _, shown in (*_BEFORE, *_AFTER):
            assert made.times(shown) == 1, f"{shown} was sent {made.times(shown)} times"
        assert await made.health() == (200, "")
        assert await _answers(url) == kept + len(_AFTER)
    return f"{refused} refusals, taken again after {took:.1f} s, {kept + len(_AFTER)} answers kept once"


async def _answers(url: str) -> int:
    made = sa_asyncio.create_async_engine(url, poolclass=sa.NullPool)
    async with made.connect() as connection:
        return int((await connection.execute(sa.select(sa.func.count()).select_from(tables.answer))).scalar_one())
