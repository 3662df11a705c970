"""A rotation in a process that dies at the worst moment: python -m tests.services.killed_rotating URL FOLDER TABLE."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from collections.abc import Sequence
from pathlib import Path

from bot.services import rotating as service
from models import db, files, rotating, sealing
from tests.services.test_rotating import BOTH


async def _work(url: str, folder: Path, table: str) -> None:
    renew = rotating.renew

    async def dies(
        connection: db.Connection, column: rotating.Column, rows: Sequence[rotating.Key], seal: sealing.Seal
    ) -> rotating.Renewed:
        done = await renew(connection, column, rows, seal)
        if column.table.name == table:
            # Written and not committed.
            os.kill(os.getpid(), signal.SIGKILL)
        return done

    rotating.renew = dies
    await service.rotate(db.Database(url), BOTH, files.Files(folder, BOTH))


if __name__ == "__main__":
    asyncio.run(_work(sys.argv[1], Path(sys.argv[2]), sys.argv[3]))
