"""Rotating: everything that is sealed, in the database and on disk, is sealed anew with the first of the keys.

A job for a shell, beside processes that serve: short transactions that wait for nobody. Ended at any moment it is begun
again, and finds done what it has done; what others write meanwhile with an older key it finds on its next way through.
"""

from __future__ import annotations

import asyncio
import contextlib
import functools
import itertools
import time
from collections import Counter
from collections.abc import Callable
from typing import NamedTuple

from models import db, files, media, rotating, sealing

#: Values looked at together, and sealed anew in one transaction: some milliseconds.
PAGE, BATCH = 1000, 200
#: Ways through everything, at the most: the second finds what was written during the first.
_WAYS = 5
#: Where files are counted.
FILES = "files"
#: Files of any age; the clock of a disk may be a little ahead.
_ALL = -3600.0


class Found(NamedTuple):
    """How much of what is sealed there is by the mark of its key, and of that by the table, or `FILES`."""

    by_key: dict[int, Counter[str]]

    def total(self) -> int:
        """Everything."""
        return sum(part.total() for part in self.by_key.values())


class Outcome(NamedTuple):
    """So much was sealed anew; so much could not be opened by any key."""

    renewed: int
    unreadable: int


async def look(database: db.Database, kept: files.Files) -> Found:
    """Count what was sealed by which key."""
    found: dict[int, Counter[str]] = {}
    for column in rotating.SEALED:
        async with database.reading() as connection:
            counts = await rotating.counts(connection, column)
        for mark, number in counts.items():
            found.setdefault(mark, Counter())[column.table.name] += number
    for mark, number in (await asyncio.to_thread(_marks, kept)).items():
        found.setdefault(mark, Counter())[FILES] += number
    return Found(found)


def _marks(kept: files.Files) -> Counter[int]:
    marks: Counter[int] = Counter()
    for name in itertools.chain.from_iterable(kept.shelved(_ALL)):
        with contextlib.suppress(FileNotFoundError):
            marks[kept.mark(name)] += 1
    return marks


def _silent(_: int) -> None:
    """Told once of everything is enough."""


async def rotate(
    database: db.Database,
    seal: sealing.Seal,
    kept: files.Files,
    *,
    tick: Callable[[int], object] = _silent,
) -> Outcome:
    """Seal everything with the first key. `tick` is told how many values of `look` were seen to."""
    renewed = unreadable = 0
    for _ in range(_WAYS):
        unreadable = count = 0
        for column in rotating.SEALED:
            done = await _column(database, seal, column, tick)
            count, unreadable = count + done.renewed, unreadable + done.unreadable
        done = await _files(database, seal, kept, tick)
        count, unreadable = count + done.renewed, unreadable + done.unreadable
        renewed += count
        if not count:
            break
        tick = _silent
    return Outcome(renewed, unreadable)


async def _column(
    database: db.Database, seal: sealing.Seal, column: rotating.Column, tick: Callable[[int], object]
) -> Outcome:
    renewed = unreadable = 0
    after: rotating.Key | None = None
    while True:
        async with database.reading() as connection:
            page = await rotating.page(connection, column, after, PAGE)
        if not page:
            return Outcome(renewed, unreadable)
        after = page[-1][0]
        old = [key for key, mark in page if mark != seal.first]
        for begin in range(0, len(old), BATCH):
            begun = time.monotonic()
            done = await db.replayed(functools.partial(_renew, database, column, old[begin : begin + BATCH], seal))
            renewed, unreadable = renewed + done.values, unreadable + done.unreadable
            # Others write as well, and SQLite lets one write at a time: half of it is theirs.
            await asyncio.sleep(time.monotonic() - begun)
        tick(len(page))


async def _renew(
    database: db.Database, column: rotating.Column, keys: list[rotating.Key], seal: sealing.Seal
) -> rotating.Renewed:
    async with database.transaction() as connection:
        return await rotating.renew(connection, column, keys, seal)


async def _files(
    database: db.Database, seal: sealing.Seal, kept: files.Files, tick: Callable[[int], object]
) -> Outcome:
    renewed = unreadable = 0
    for names in kept.shelved(_ALL):
        for name in names:
            # Whoever sent it may be erased at this very moment.
            with contextlib.suppress(FileNotFoundError):
                if await asyncio.to_thread(kept.mark, name) != seal.first:
                    try:
                        await db.replayed(functools.partial(_file, database, kept, name))
                        renewed += 1
                    except sealing.Unreadable:
                        unreadable += 1
        tick(len(names))
    for name in await asyncio.to_thread(kept.uploads, _ALL):
        with contextlib.suppress(FileNotFoundError, sealing.Unreadable):
            renewed += await asyncio.to_thread(kept.renew_upload, name)
    return Outcome(renewed, unreadable)


async def _file(database: db.Database, kept: files.Files, name: str) -> None:
    draft = await asyncio.to_thread(kept.draft, await asyncio.to_thread(kept.read, name))
    try:
        async with database.transaction() as connection:
            await media.hold(connection, name)
            # What is nobody's any more is not put back.
            if not await media.unused(connection, [name]):
                await asyncio.to_thread(kept.shelve, draft)
    finally:
        await asyncio.to_thread(draft.path.unlink, missing_ok=True)
