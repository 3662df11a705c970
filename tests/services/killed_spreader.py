"""A clock that spreads a broadcast and dies in its second batch: python -m tests.services.killed_spreader URL NOW."""

from __future__ import annotations

import asyncio
import datetime as dt
import os
import signal
import sys
from typing import Any

from bot.services import publishing, spreading
from models import db, outbox
from tests.services import house as houses


async def _work(url: str, now: dt.datetime) -> None:
    add, batches = outbox.add, 0

    async def dies(connection: db.Connection, rows: list[dict[str, Any]], *, rings: bool = True) -> list[int]:
        nonlocal batches
        numbers = await add(connection, rows, rings=rings)
        batches += 1
        if batches > 1:
            os.kill(os.getpid(), signal.SIGKILL)
        return numbers

    outbox.add = dies
    spreader = spreading.Spreader(db.Database(url), houses.SEAL, houses.voice(), {"sms": houses.Letterbox()})
    await spreader.go_on(publishing.Library(), now)


if __name__ == "__main__":
    asyncio.run(_work(sys.argv[1], dt.datetime.fromisoformat(sys.argv[2])))
