"""A process that delivers, its clock set by the test: python -m tests.e2e.telling_many URL TELEGRAM NOW."""

from __future__ import annotations

import asyncio
import datetime as dt
import sys
import time

import aiohttp

from bot.channels import telegram
from bot.services import delivering, ticking
from models import db
from tests.services import house as houses
from tests.standins import telegram as standins


async def _work(url: str, platform: str, now: dt.datetime) -> None:
    begun = time.monotonic()

    def clock() -> dt.datetime:
        return now + dt.timedelta(seconds=time.monotonic() - begun)

    async with aiohttp.ClientSession() as session:
        database = db.Database(url)
        channels = {"telegram": telegram.Telegram(standins.TOKEN, "secret", session, platform)}
        async with delivering.Postman(database, houses.SEAL, channels, clock=clock):
            ticks = ticking.Clock(database, houses.SEAL, houses.voice(), channels, clock=clock)
            # A minute at the most: whoever started it ends it long before.
            for _ in range(600):
                await ticks.tick()
                await asyncio.sleep(0.1)


if __name__ == "__main__":
    asyncio.run(_work(sys.argv[1], sys.argv[2], dt.datetime.fromisoformat(sys.argv[3])))
