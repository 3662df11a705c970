"""The bell: rung when something was put into the outbox, heard by every process that delivers."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from typing import Any

import asyncpg
import sqlalchemy as sa

from models import db, sqlite

_log = logging.getLogger(__name__)

#: What is rung for: something waits in the outbox; or who shares an account, or how long it rests, has changed.
OUTBOX, SHARES = "outbox", "shares"
_NAME = "ashar"
_RING = sa.select(sa.func.pg_notify(_NAME, sa.bindparam("why")))
#: Seconds between two looks at whether anybody wrote to a file of SQLite: that reads one page in memory and no table.
_LOOK = 1.0
#: Seconds after which a line on which nothing is heard is tried, for one that was cut says nothing by itself; seconds
#: for its answer, and until a lost one is sought again.
_SILENCE, _ANSWER, _AGAIN = 30.0, 10.0, 1.0


async def ring(connection: db.Connection, why: str = OUTBOX) -> None:
    """Heard when the transaction commits, once however often it was rung. SQLite has no bell; see `listen`."""
    if connection.dialect.name != "sqlite":
        await connection.execute(_RING, {"why": why})


async def listen(database: db.Database, heard: Callable[[str], None]) -> None:
    """Call `heard` whenever the bell rings, and with `OUTBOX` where it may have; runs until it is cancelled."""
    silent = False

    def hears(why: str) -> None:
        nonlocal silent
        silent = False
        heard(why)

    while True:
        try:
            await (_watch if database.embedded else _attend)(database, hears)
        except Exception as error:  # noqa: BLE001 - each driver has its own words for "not there"
            if not silent:
                _log.warning("the bell of the outbox is not heard: %s", type(error).__name__)
            silent = True
        await asyncio.sleep(_AGAIN)


async def _attend(database: db.Database, heard: Callable[[str], None]) -> None:
    _, options = database.url.get_dialect()().create_connect_args(database.url)
    connection = await asyncpg.connect(**options, timeout=_ANSWER)
    try:
        gone = asyncio.Event()
        connection.add_termination_listener(lambda _: gone.set())
        await connection.add_listener(_NAME, lambda _connection, _process, _name, why: heard(str(why)))
        # What was rung while nobody listened.
        heard(OUTBOX)
        while True:
            try:
                await asyncio.wait_for(gone.wait(), _SILENCE)
                return
            except TimeoutError:
                await connection.execute("SELECT 1", timeout=_ANSWER)
    finally:
        connection.terminate()


async def _watch(database: db.Database, heard: Callable[[str], None]) -> None:
    async with sqlite.connect(database.url) as connection:
        seen: object = None
        while True:
            version: Any = await (await connection.execute("PRAGMA data_version")).fetchone()
            # At first too, for what was written while nobody listened.
            if version != seen:
                heard(OUTBOX)
            seen = version
            await asyncio.sleep(_LOOK)
