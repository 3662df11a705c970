"""Leases: one at a time, another one soon after a death, and no clock asked."""

from __future__ import annotations

import asyncio
import contextlib
import sys
from collections.abc import AsyncIterator

import pytest
import sqlalchemy as sa

from bot.services import leasing
from models import db, leases, tables
from tests.house.test_imports import ROOT
from tests.services import polling_alone

PACE = leasing.Pace(0.02, 0.01, 0.2, 0.15)


@contextlib.asynccontextmanager
async def process(url: str) -> AsyncIterator[asyncio.subprocess.Process]:
    """One that waits for the lease and says when it has it; killed in the end if it lives."""
    command = (sys.executable, "-m", "tests.services.polling_alone", url)
    started = await asyncio.create_subprocess_exec(*command, cwd=ROOT, stdout=asyncio.subprocess.PIPE)
    try:
        assert await says(started) == "ready"
        yield started
    finally:
        with contextlib.suppress(ProcessLookupError):
            started.kill()
        await started.wait()


async def says(started: asyncio.subprocess.Process, within: float = 60) -> str:
    assert started.stdout
    async with asyncio.timeout(within):
        return (await started.stdout.readline()).decode().strip()


async def test_of_two_processes_the_other_takes_over_when_one_is_killed(database_url: str) -> None:
    async with process(database_url) as first:
        assert await says(first) == "mine"
        async with process(database_url) as second:
            waiting = asyncio.create_task(says(second))
            # Many renewals and looks later, and longer than anybody's patience, it is still the first's.
            await asyncio.sleep(polling_alone.PACE.patience + 0.5)
            assert not waiting.done()
            first.kill()
            assert await waiting == "mine"


class Work:
    """Counts how many do it at once."""

    def __init__(self) -> None:
        self.doing, self.most, self.begun = 0, 0, 0

    async def __call__(self) -> None:
        self.begun += 1
        self.doing += 1
        self.most = max(self.most, self.doing)
        try:
            await asyncio.Event().wait()
        finally:
            self.doing -= 1


async def begun(work: Work, times: int) -> None:
    async with asyncio.timeout(60):
        while work.begun < times or not work.doing:  # noqa: ASYNC110 - what is waited for is seen only by looking
            await asyncio.sleep(0.005)


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[db.Database]:
    opened = db.Database(database_url)
    yield opened
    await opened.close()


async def test_whoever_goes_gives_it_back_at_once(database: db.Database) -> None:
    # Patience that no test has: it is not what lets the next one in.
    pace = leasing.Pace(0.02, 0.01, 1000.0, 900.0)
    works = [Work() for _ in range(3)]
    waiting = {asyncio.create_task(leasing.alone(database, "poll", work, pace)): work for work in works}
    while waiting:
        async with asyncio.timeout(60):
            while not any(work.doing for work in works):  # noqa: ASYNC110 - as above
                await asyncio.sleep(0.005)
        [task] = [task for task, work in waiting.items() if work.doing]
        del waiting[task]
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
    assert [work.begun for work in works] == [1, 1, 1]
    async with database.reading() as connection:
        assert (await leases.look(connection, "poll")).holder == ""


async def test_whoever_cannot_renew_lets_go_before_another_may_take_it(database: db.Database) -> None:
    work = Work()
    task = asyncio.create_task(leasing.alone(database, "poll", work, PACE))
    await begun(work, 1)
    async with database.transaction() as connection:
        # Nobody else can write to the lease while this goes on.
        await connection.execute(sa.update(tables.lease).values(beat=tables.lease.c.beat + 1))
        async with asyncio.timeout(60):
            while work.doing:  # noqa: ASYNC110 - as above
                await asyncio.sleep(0.005)
    # And does it again when it can.
    await begun(work, 2)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


async def test_one_that_was_robbed_stops(database: db.Database) -> None:
    work = Work()
    task = asyncio.create_task(leasing.alone(database, "poll", work, PACE))
    await begun(work, 1)
    # As after a pause in which the whole process stood still.
    robbed = False
    while not robbed:
        # It may be renewed between our look and our hand.
        async with database.transaction() as connection:
            robbed = await leases.take(connection, "poll", "robber", await leases.look(connection, "poll"))
    async with asyncio.timeout(60):
        while work.doing:  # noqa: ASYNC110 - as above
            await asyncio.sleep(0.005)
    # The robber shows no life either.
    await begun(work, 2)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
