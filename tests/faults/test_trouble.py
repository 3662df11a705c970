"""What a machine does to a process: no room, no writing, no database, another time: 503, kept, recovered."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import json
import resource
import signal
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import NamedTuple

import aiohttp
import pytest
import sqlalchemy as sa
from sqlalchemy.ext import asyncio as sa_asyncio

from models import migrating
from tests import postgres
from tests.e2e import running, serving
from tests.faults import processes
from tests.standins import telegram, telegram_people, twilio

# Each starts a process, which takes long on a machine that does much else.
pytestmark = pytest.mark.timeout(300)

_SECRET = "made-up-telegram-secret"


class Said(NamedTuple):
    """What a webhook was answered."""

    status: int
    retry_after: str


class House:
    """A process of ours, and one person who writes to it."""

    def __init__(self, process: processes.Process, person: telegram_people.Person, http: aiohttp.ClientSession) -> None:
        self.process, self.person, self._http = process, person, http
        self._numbers = itertools.count(1)
        self._last: bytes = b""

    async def hears(self, text: str) -> Said:
        """Let the person write this; Telegram's own waits and repeats left out."""
        number = next(self._numbers)
        message = {"message_id": number, "date": 1_790_000_000, "chat": {"id": 5005, "type": "private"}, "text": text}
        self._last = json.dumps({"update_id": number, "message": message}).encode()
        return await self.again()

    async def again(self) -> Said:
        """The last message once more, as Telegram does until it is told 200."""
        headers = {"X-Telegram-Bot-Api-Secret-Token": _SECRET, "Content-Type": "application/json"}
        async with self._http.post(f"{self.process.url}/telegram", data=self._last, headers=headers) as answer:
            return Said(answer.status, answer.headers.get("Retry-After", ""))

    async def recovers(self) -> None:
        """Wait until the last message is taken: nobody has done anything to the process."""
        async with asyncio.timeout(running.PATIENCE):
            while (await self.again()).status != 200:  # noqa: ASYNC110 - a process tells nobody that it is well again
                await asyncio.sleep(0.2)

    async def shows(self, words: str) -> None:
        """Wait until these words are the last on the screen."""

        def seen() -> bool:
            last = self.person.glance()
            return bool(last and words in last.text)

        await running.until(seen)

    def times(self, words: str) -> int:
        """How often these words were sent."""
        return sum(words in shown.text for shown in self.person.screen() if shown.from_bot)

    async def agrees(self) -> None:
        """As far as the first question."""
        assert (await self.hears("/start s-priorities")).status == 200
        await self.shows("Согласны?")
        assert (await self.hears("2")).status == 200
        await self.shows("(1/9)")


@contextlib.asynccontextmanager
async def house(database_url: str, folder: Path, pace: float = 0) -> AsyncIterator[House]:
    """`ashar serve` on this migrated database, with Telegram at the other end."""
    async with telegram.running() as platform, twilio.Twilio() as unused, aiohttp.ClientSession() as http:
        environ = running.environ(database_url, folder / "var", platform.url, unused)
        environ = {name: value for name, value in environ.items() if "TWILIO" not in name}
        environ["ASHAR_TELEGRAM_SECRET"] = _SECRET
        process = processes.Process(environ, folder / "log", serving.free_port(), pace=pace)
        async with processes.running(process):
            yield House(process, platform.person(5005, "ru"), http)


@contextlib.contextmanager
def no_room(pid: int) -> Iterator[None]:
    """Meanwhile that process can write no file beyond its first kilobytes: to it, the disk is full."""
    soft, hard = resource.prlimit(pid, resource.RLIMIT_FSIZE, (4096, resource.RLIM_INFINITY))
    yield
    resource.prlimit(pid, resource.RLIMIT_FSIZE, (soft, hard))


async def test_a_full_disk_is_said_and_survived(sqlite_url: str, tmp_path: Path) -> None:
    async with house(sqlite_url, tmp_path) as made:
        await made.agrees()
        with no_room(made.process.pid):
            for _ in range(3):
                assert await made.hears("1") == Said(503, "5")
        await made.recovers()
        await made.shows("(2/9)")
        assert made.times("(2/9)") == 1


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
    async with house(mortal_url, tmp_path) as made:
        await made.agrees()
        assert (await made.hears("1")).status == 200
        engine.stop(signal.SIGQUIT)
        for _ in range(3):
            assert await made.hears("2") == Said(503, "5")
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


async def test_a_database_that_only_reads_is_waited_for(
    engine: postgres.Engine, mortal_url: str, tmp_path: Path
) -> None:
    name = sa.make_url(mortal_url).database
    thrown_out = f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'"
    async with house(mortal_url, tmp_path) as made:
        await made.agrees()
        await execute(engine, f'ALTER DATABASE "{name}" SET default_transaction_read_only = on', thrown_out)
        for _ in range(3):
            assert await made.hears("1") == Said(503, "5")
        await execute(engine, f'ALTER DATABASE "{name}" RESET default_transaction_read_only', thrown_out)
        await made.recovers()
        await made.shows("(2/9)")
        assert made.times("(2/9)") == 1


# -- a clock that is set --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("hours", [5, -5])
async def test_a_clock_that_jumps_holds_up_nobody(sqlite_url: str, tmp_path: Path, hours: int) -> None:
    async with house(sqlite_url, tmp_path, pace=1) as made:
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
