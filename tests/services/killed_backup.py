"""A backup in a process that dies in the middle of it: python -m tests.services.killed_backup URL MEDIA OUTPUT."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from pathlib import Path

from bot.services import backing_up
from models import db, files
from tests.services import copies
from tests.services.house import SEAL


class _Dies(copies.Bar):
    """Half way through, the power is cut."""

    def update(self, n: float | None = 1) -> None:
        super().update(n)
        if self.done > self.total / 2:
            os.kill(os.getpid(), signal.SIGKILL)


async def _work(url: str, folder: Path, output: Path) -> None:
    media = files.Files(folder, SEAL)
    await backing_up.back_up(db.Database(url), SEAL, media, output, _Dies(), at=db.now(), program="0.0.0")


if __name__ == "__main__":
    asyncio.run(_work(sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3])))
