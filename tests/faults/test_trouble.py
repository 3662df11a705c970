"""What a machine does to a process: no room, no writing, no database, another time: 503, kept, recovered."""

from __future__ import annotations

import asyncio
import contextlib
import resource
import signal
import sqlite3
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy.ext import asyncio as sa_asyncio

from models import migrating
from tests import postgres
from tests.e2e import running
from tests.faults import houses, outage

# Each starts a process, which takes long on a machine that does much else.
pytestmark = pytest.mark.timeout(300)


@contextlib.contextmanager
def no_room(pid: int) -> Iterator[None]:
    """Meanwhile that process can write no file beyond its first kilobytes: to it, the disk is full."""
    soft, hard = resource.prlimit(pid, resource.RLIMIT_FSIZE, (4096, resource.RLIM_INFINITY))
    yield
    resource.prlimit(pid, resource.RLIMIT_FSIZE, (soft, hard))


async def test_a_full_disk_is_said_and_survived(sqlite_url: str, tmp_path: Path) -> None:
    async with houses.house(sqlite_url, tmp_path) as made:
        await made.agrees()
        with no_room(made.process.pid):
            for _ in range(3):
                assert await made.hears("1") == houses.Said(503, "5")
        await made.recovers()
        await made.shows("(2/9)")
        assert made.times("(2/9)") == 1


@contextlib.contextmanager
def read_only(url: str) -> Iterator[None]:
    """Meanwhile nobody may write to that file, root included: its header says that it is of a later SQLite."""
    path = Path(str(sa.make_url(url).database))
    # Whoever writes between the steps makes them fail; then they are gone through again, by one who remembers nothing.
    until = time.monotonic() + running.PATIENCE
    while not _spoils(path):
        write_version(path, 2)
        assert time.monotonic() < until, "somebody writes all the time"
        time.sleep(0.05)
    yield
    write_version(path, 2)


def _spoils(path: Path) -> bool:
    """Whether the header was changed, and everybody shown that there is something new to read."""
    with contextlib.closing(sqlite3.connect(path, isolation_level=None)) as writer:
        # It remembers the header as it was, and so can still write.
        writer.execute("SELECT count(*) FROM lease").fetchone()
        checkpointed = writer.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        if checkpointed[0]:
            return False
        write_version(path, 3)
        try:
            writer.execute("INSERT INTO lease VALUES ('test', '', 0) ON CONFLICT (name) DO UPDATE SET beat = 0")
        except sqlite3.OperationalError:
            return False
    return True


def write_version(path: Path, number: int) -> None:
    """Say in a file of SQLite's by which version of its format it may be written."""
    with path.open("r+b") as file:
        file.seek(18)
        file.write(bytes([number]))


async def test_a_file_that_may_only_be_read_is_said_and_survived(sqlite_url: str, tmp_path: Path) -> None:
    async with houses.house(sqlite_url, tmp_path) as made:
        await made.agrees()
        with read_only(sqlite_url):
            for _ in range(3):
                assert await made.hears("1") == houses.Said(503, "5")
            await made.reddens("writing")
        await made.recovers()
        await made.shows("(2/9)")
        assert made.times("(2/9)") == 1
        assert await made.health() == (200, "")


# -- a PostgreSQL that comes and goes -------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def engine() -> Iterator[postgres.Engine]:
    """A server of this module's own, which keeps what it has said it keeps, as those of operators do."""
    with postgres.engine({"synchronous_commit": "on", "fsync": "on", "full_page_writes": "on"}) as made:
        yield made


@pytest.fixture
def mortal_url(engine: postgres.Engine) -> Iterator[str]:
    """A migrated database there."""
    server = postgres.Server(engine.url)
    url = server.create()
    text = url.render_as_string(hide_password=False)

    async def migrate() -> None:
        await asyncio.to_thread(migrating.upgrade, text)

    postgres.elsewhere(migrate())
    yield text
    server.drop(url)


async def execute(engine: postgres.Engine, *statements: str) -> None:
    """As the operator of the server."""
    made = sa_asyncio.create_async_engine(engine.url, isolation_level="AUTOCOMMIT", poolclass=sa.NullPool)
    async with made.connect() as connection:
        for statement in statements:
            await connection.exec_driver_sql(statement)


async def test_a_database_that_crashes_or_freezes_is_waited_for(
    engine: postgres.Engine, mortal_url: str, tmp_path: Path
) -> None:
    async with houses.house(mortal_url, tmp_path) as made:
        await made.agrees()
        assert (await made.hears("1")).status == 200
        engine.stop(signal.SIGQUIT)
        for _ in range(3):
            assert await made.hears("2") == houses.Said(503, "5")
        engine.start()
        await made.recovers()
        await made.shows("(3/10)")
        # What was acknowledged just before is still there: else it would have been asked again.
        assert made.times("(2/9)") == 1
        with engine.frozen():
            waiting = asyncio.create_task(made.hears("Ак-Булак"))
            await asyncio.sleep(2)
            assert not waiting.done()
        assert (await waiting).status == 200
        await made.shows("(4/10)")


async def test_a_database_that_goes_away_is_waited_for(
    engine: postgres.Engine, mortal_url: str, tmp_path: Path
) -> None:
    await outage.goes_away(engine, mortal_url, tmp_path, seconds=3)


async def test_a_database_that_only_reads_is_waited_for(
    engine: postgres.Engine, mortal_url: str, tmp_path: Path
) -> None:
    name = sa.make_url(mortal_url).database
    thrown_out = f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'"
    async with houses.house(mortal_url, tmp_path) as made:
        await made.agrees()
        await execute(engine, f'ALTER DATABASE "{name}" SET default_transaction_read_only = on', thrown_out)
        for _ in range(3):
            assert await made.hears("1") == houses.Said(503, "5")
        await made.reddens("writing")
        await execute(engine, f'ALTER DATABASE "{name}" RESET default_transaction_read_only', thrown_out)
        await made.recovers()
        await made.shows("(2/9)")
        assert made.times("(2/9)") == 1


# -- a clock that is set --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("hours", [5, -5])
async def test_a_clock_that_jumps_holds_up_nobody(sqlite_url: str, tmp_path: Path, hours: int) -> None:
    async with houses.house(sqlite_url, tmp_path, pace=1) as made:
        await made.agrees()
        made.process.jumps.write_text(str(3600 * hours))
        await asyncio.sleep(0.3)
        for said, shown in (("1", "(2/9)"), ("2", "(3/10)"), ("Ак-Булак", "(4/10)")):
            assert (await made.hears(said)).status == 200
            await made.shows(shown)
        made.process.jumps.write_text("0")
        await asyncio.sleep(0.3)
        assert (await made.hears("1")).status == 200
        await made.shows("(5/10)")
        assert made.times("(5/10)") == 1
