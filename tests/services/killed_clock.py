"""A clock in a process that dies within its second batch: python -m tests.services.killed_clock URL NOW."""

from __future__ import annotations

import asyncio
import datetime as dt
import os
import signal
import sys
from collections.abc import Mapping, Sequence

from bot.services import maturing, publishing
from models import db, ledger


async def _work(url: str, now: dt.datetime) -> None:
    add, batches = ledger.add, 0

    async def dies(connection: db.Connection, changed: Mapping[ledger.Key, Sequence[int]]) -> None:
        nonlocal batches
        await add(connection, changed)
        batches += 1
        if batches > 1:
            os.kill(os.getpid(), signal.SIGKILL)

    ledger.add = dies
    await maturing.mature(db.Database(url), publishing.Library(), now)


if __name__ == "__main__":
    asyncio.run(_work(sys.argv[1], dt.datetime.fromisoformat(sys.argv[2])))
