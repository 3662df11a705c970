"""A broadcast from the shell to the phones, with everybody in between killed in the middle of it."""

from __future__ import annotations

import asyncio
import base64
import contextlib
import datetime as dt
import signal
import sys
from collections import Counter
from collections.abc import AsyncIterator
from pathlib import Path

from bot.services import pacing
from models import db
from tests.e2e import running, serving, telling_many
from tests.services import house as houses
from tests.services import residents
from tests.services.house import House
from tests.standins import telegram as standins

PEOPLE = 1300
#: As tests/services/house.py has them.
KEYS = {"ASHAR_SEAL_KEYS": b"k", "ASHAR_HASH_KEY": b"h"}
FILE = """\
name: meeting
to: {form: priorities}
text: {ky: Жума күнү чогулуш болот., ru: В пятницу собрание.}
"""


@contextlib.asynccontextmanager
async def process(*words: str, **environ: str) -> AsyncIterator[asyncio.subprocess.Process]:
    """A process of ours; killed when the block ends."""
    quiet = asyncio.subprocess.DEVNULL
    started = await asyncio.create_subprocess_exec(*words, env=environ or None, stdout=quiet, stderr=quiet)
    try:
        yield started
    finally:
        if started.returncode is None:
            started.send_signal(signal.SIGKILL)
        await started.wait()


async def some(house: House, statement: str, most: int = 1) -> None:
    """Wait until SQL counts so many."""
    async with asyncio.timeout(running.PATIENCE):
        while (await house.rows(statement))[0] < most:  # noqa: ASYNC110 - the database tells nobody that it changed
            await asyncio.sleep(0.01)


async def test_everybody_is_told_once_whoever_is_killed_amid_it(database_url: str, tmp_path: Path) -> None:
    (tmp_path / "meeting.yaml").write_text(FILE, "utf-8")
    environ = {
        "ASHAR_DATABASE_URL": database_url,
        "ASHAR_VAR": str(tmp_path / "var"),
        **{name: base64.b64encode(key * 32).decode() for name, key in KEYS.items()},
    }
    send = str(serving.ASHAR), "broadcast", "send", str(tmp_path / "meeting.yaml")
    async with houses.opened(database_url) as house, standins.running() as platform:
        told = await residents.settle(house, 150, channel="telegram", begins="1")
        phones = {handle: platform.person(int(handle)) for handle in told}
        # Far more who said no, so that queuing takes its steps.
        await residents.settle(house, PEOPLE, hear="no", channel="telegram", begins="2")
        async with process(*send, **environ):
            # PostgreSQL takes all of these in its first step, so there it dies within it.
            begun = "WHERE cursor <> ''" if house.database.embedded else ""
            await some(house, f"SELECT count(*) FROM broadcast {begun}")
        async with process(*send, **environ) as sending:
            assert await sending.wait() == 0
        assert (await house.count("recipient"), await house.rows("SELECT people FROM broadcast")) == (150, [150])

        platform.fails("sendMessage", times=150, delay=0.2)
        noon = db.now().replace(hour=6) + dt.timedelta(days=1)
        words = sys.executable, "-m", telling_many.__name__, database_url, platform.url
        async with process(*words, noon.isoformat()):
            await running.until(lambda: sum(bool(phone.screen()) for phone in phones.values()) > 40)
        reached = sum(bool(phone.screen()) for phone in phones.values())
        assert reached < 150
        async with process(*words, (noon + dt.timedelta(minutes=5)).isoformat()):
            await some(house, "SELECT count(*) FROM outgoing WHERE status = 'sent'", 150)
        heard = Counter({handle: len(phone.screen()) for handle, phone in phones.items()})
        assert set(heard.values()) <= {1, 2}
        # Nobody knows whether what was on its way when it died has arrived: that alone is said again.
        assert sum(count - 1 for count in heard.values()) <= pacing.IN_FLIGHT
        assert sorted(await residents.told(house)) == sorted(told)
