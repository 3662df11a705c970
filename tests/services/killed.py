"""A fetcher in a process that dies at the worst moment: python -m tests.services.killed URL FOLDER NOW WHEN."""

from __future__ import annotations

import asyncio
import datetime as dt
import os
import signal
import sys
from pathlib import Path

from bot.services import fetching
from models import db, files
from tests import samples
from tests.services import house
from tests.services.house import SEAL

VOICE = samples.ogg(9, b"of one who is fetched twice")


class _Provider:
    async def fetch(self, reference: str, most: int) -> bytes:
        return VOICE


async def _work(url: str, folder: Path, now: dt.datetime, when: str) -> None:
    replace = os.replace

    def dies(*paths: str) -> None:
        if when == "placed":
            replace(*paths)
        os.kill(os.getpid(), signal.SIGKILL)

    os.replace = dies  # type: ignore[assignment] # of its parameters, those that are used
    kept = files.Files(folder, SEAL)
    keepers = {"sms": _Provider()}
    fetcher = fetching.Fetcher(db.Database(url), SEAL, kept, keepers, house.voice(), most=1_000_000, clock=lambda: now)
    async with fetcher:
        await asyncio.sleep(60)


if __name__ == "__main__":
    asyncio.run(_work(sys.argv[1], Path(sys.argv[2]), dt.datetime.fromisoformat(sys.argv[3]), sys.argv[4]))
