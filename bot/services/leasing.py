"""Leasing: one process of several does a thing, and another takes over within ten seconds when it dies.

Nobody reads a clock of another machine: who holds the lease counts up in its row, and who waits for it measures on
its own steady clock for how long the count has stood still.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import secrets
import time
from collections.abc import Awaitable, Callable
from typing import NamedTuple

from models import db, leases

_log = logging.getLogger(__name__)


class Pace(NamedTuple):
    """Seconds. A death is noticed `look` + `patience` + `look` after it at the latest."""

    #: Between two renewals, and between two looks of whoever waits.
    beat: float = 2.0
    look: float = 1.0
    #: Of standing still, after which it is taken; its holder, if it cannot renew, lets go before that.
    patience: float = 6.0
    lets_go: float = 4.5


PACE = Pace()


async def alone(database: db.Database, name: str, work: Callable[[], Awaitable[None]], pace: Pace = PACE) -> None:
    """Do the work while the lease of that name is ours, for ever; between times wait for it."""
    holder = secrets.token_hex(16)
    while True:
        try:
            await _wait(database, name, holder, pace)
            await _hold(database, name, holder, work, pace)
        finally:
            # Where that fails, the others wait for as long as after a death.
            with contextlib.suppress(Exception):
                async with database.transaction() as connection:
                    await leases.give_back(connection, name, holder)


async def _wait(database: db.Database, name: str, holder: str, pace: Pace) -> None:
    """Come back once it is ours."""
    seen, since = leases.FREE, time.monotonic()
    while True:
        try:
            async with database.reading() as connection:
                now = await leases.look(connection, name)
            if now != seen:
                seen, since = now, time.monotonic()
            if not now.holder or time.monotonic() - since >= pace.patience:
                async with database.transaction() as connection:
                    if await leases.take(connection, name, holder, now):
                        return
                continue
        except Exception as error:  # noqa: BLE001 - the database may be away; it is looked for again
            _log.error("the lease “%s” could not be looked at: %s", name, type(error).__name__)
            # What was not seen was not seen standing still.
            seen, since = leases.FREE, time.monotonic()
        await asyncio.sleep(pace.look)


async def _hold(database: db.Database, name: str, holder: str, work: Callable[[], Awaitable[None]], pace: Pace) -> None:
    """Work and renew it, until the work has ended, it is somebody else's, or nobody can know whose it is."""
    task = asyncio.ensure_future(work())
    renewed = time.monotonic()
    try:
        while True:
            await asyncio.wait([task], timeout=pace.beat)
            if task.done():
                # What it raised is its own.
                return await task
            begun = time.monotonic()
            try:
                async with (
                    asyncio.timeout(max(0.0, renewed + pace.lets_go - begun)),
                    database.transaction() as connection,
                ):
                    if not await leases.renew(connection, name, holder):
                        _log.warning("another process has taken the lease “%s”", name)
                        return None
                renewed = begun
            except Exception as error:  # noqa: BLE001 - whatever it is, others must soon be able to take over
                if time.monotonic() - renewed >= pace.lets_go:
                    _log.warning("the lease “%s” cannot be renewed: %s", name, type(error).__name__)
                    return None
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
