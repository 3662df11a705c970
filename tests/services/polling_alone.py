"""A process for the tests: polls, so to speak, as long as it lives, and says so."""

from __future__ import annotations

import asyncio
import sys

from bot.services import leasing
from models import db

#: With patience enough for a machine that stands still, or whose disk does, for two seconds.
PACE = leasing.Pace(0.2, 0.1, 3.0, 2.2)


def say(what: str) -> None:
    """To whoever started us."""
    sys.stdout.write(f"{what}\n")
    sys.stdout.flush()


async def main(url: str) -> None:
    async def work() -> None:
        say("mine")
        await asyncio.Event().wait()

    database = db.Database(url)
    say("ready")
    await leasing.alone(database, "poll", work, PACE)


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1]))
