"""Polling: what is committed is acknowledged, nothing else, and a platform that is away stops nothing."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator, Callable

import aiohttp
import pytest

from bot.channels import base, telegram
from bot.services import introducing, leasing, polling
from models import db
from tests.standins import telegram as standin

#: A hundred times faster than in a house; but nobody is taken for dead because the machine stood still.
PACE = leasing.Pace(0.02, 0.01, 1000.0, 900.0)


class House:
    """Stands for the desk: keeps what it is given, or refuses."""

    def __init__(self) -> None:
        self.kept: list[str] = []
        #: Texts that cannot be kept, and how often.
        self.refuses: dict[str, int] = {}

    async def receive(self, inbound: base.Inbound) -> None:
        await asyncio.sleep(0)
        if self.refuses.get(inbound.text, 0):
            self.refuses[inbound.text] -= 1
            raise RuntimeError("busy")
        if inbound.key not in self.kept:
            self.kept.append(inbound.key)


async def until(happened: Callable[[], object]) -> None:
    async with asyncio.timeout(60):
        while not happened():  # noqa: ASYNC110 - what is waited for is seen only by looking
            await asyncio.sleep(0.01)


@pytest.fixture
async def platform() -> AsyncIterator[standin.Standin]:
    async with standin.running() as running:
        yield running


@contextlib.asynccontextmanager
async def polled(platform: standin.Standin, house: House, url: str) -> AsyncIterator[asyncio.Task[None]]:
    database = db.Database(url)
    async with aiohttp.ClientSession() as session:
        channel = telegram.Telegram(standin.TOKEN, "", session, base_url=platform.url)
        weather = introducing.Weather("Telegram", first=0.01)
        asking = polling.poll(channel, "1", database, house.receive, weather, pause=0.01, pace=PACE)
        task = asyncio.create_task(asking)
        try:
            yield task
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
            await database.close()


def offsets(platform: standin.Standin) -> list[int]:
    """What was acknowledged, in order."""
    return [int(given["offset"]) for method, given in platform.calls if method == "GetUpdates"]


async def test_what_people_write_is_handed_over_and_acknowledged(platform: standin.Standin, sqlite_url: str) -> None:
    house, person = House(), platform.person(1)
    await person.says("салам")
    await person.says("1")
    async with polled(platform, house, sqlite_url) as task:
        await until(lambda: len(house.kept) == 2 and offsets(platform)[-1] > 0)
        assert offsets(platform)[-1] == int(house.kept[-1]) + 1
        assert not task.done()


async def test_what_cannot_be_kept_comes_again_and_is_not_acknowledged(
    platform: standin.Standin, sqlite_url: str
) -> None:
    house, person = House(), platform.person(1)
    house.refuses["2"] = 3
    for text in "123":
        await person.says(text)
    async with polled(platform, house, sqlite_url):
        await until(lambda: len(house.kept) == 3 and offsets(platform)[-1] == max(map(int, house.kept)) + 1)
    second = sorted(map(int, house.kept))[1]
    # The first was kept and acknowledged; the second had to come until it was kept, too.
    assert second in offsets(platform)
    assert sorted(set(offsets(platform)) - {0}) == [second, second + 2]


async def test_a_platform_that_is_away_is_said_once_and_tried_again(
    platform: standin.Standin, sqlite_url: str, caplog: pytest.LogCaptureFixture
) -> None:
    house, person = House(), platform.person(1)
    with caplog.at_level(logging.WARNING, "bot"):
        async with polled(platform, house, sqlite_url) as task:
            await until(lambda: offsets(platform))
            platform.fails("getUpdates", times=3, status=500, description="Internal Server Error")
            await person.says("салам")
            await until(lambda: house.kept and "answers again" in caplog.text)
            assert not task.done()
    said = [record.getMessage() for record in caplog.records if record.name == introducing.__name__]
    assert len(said) == 2
    assert said[0].startswith("Telegram does not answer (")
    assert said[1] == "Telegram answers again."
    assert standin.TOKEN not in caplog.text
    assert "салам" not in caplog.text


async def test_a_platform_that_is_away_at_start(
    platform: standin.Standin, sqlite_url: str, caplog: pytest.LogCaptureFixture
) -> None:
    house, person = House(), platform.person(1)
    await platform.stop()
    with caplog.at_level(logging.WARNING, "bot"):
        async with polled(platform, house, sqlite_url) as task:
            await until(lambda: caplog.records)
            assert not task.done()
            await platform.start()
            await person.says("салам")
            await until(lambda: house.kept)
    assert [record.getMessage()[:24] for record in caplog.records] == [
        "Telegram does not answer",
        "Telegram answers again.",
    ]


async def test_of_two_that_could_poll_one_does_and_the_other_when_it_is_gone(
    platform: standin.Standin, database_url: str
) -> None:
    first, second, person = House(), House(), platform.person(1)
    async with polled(platform, second, database_url):
        async with polled(platform, first, database_url):
            for text in "123":
                await person.says(text)
                await until(lambda: len(first.kept + second.kept) == int(text))  # noqa: B023 - awaited at once
            # What was kept and not acknowledged comes to the other once more.
            await until(lambda: offsets(platform)[-1] == max(map(int, first.kept + second.kept)) + 1)
            assert not (first.kept and second.kept)
            one, other = (first, second) if first.kept else (second, first)
        await person.says("4")
        await until(lambda: len(first.kept + second.kept) == 4)
        # Whoever of them is left.
        assert len(second.kept) == (4 if one is second else 1)
        assert not (one is second and other.kept)
