"""Introducing ourselves to platforms: what each must be told once, again and again until it answers."""

from __future__ import annotations

import asyncio
import functools
import logging
from collections.abc import Awaitable, Callable
from typing import Protocol, TypeVar

from bot.channels import base
from models import db, providers

_log = logging.getLogger(__name__)
_T = TypeVar("_T")

#: Seconds between two tries, at first and at most.
FIRST, LONGEST = 1.0, 60.0

#: Under which account entrances are written down, by channel.
ENTRANCES = "entrance"

Started = Callable[[], Awaitable[None]]


class Weather:
    """Whether a platform answers. Says once that it does not, and once that it does again."""

    def __init__(self, platform: str, first: float = FIRST) -> None:
        self._platform = platform
        #: Seconds before a second try.
        self.first = first
        self._pause = 0.0

    def fair(self) -> None:
        """It answered."""
        if self._pause:
            _log.warning("%s answers again.", self._platform)
        self._pause = 0.0

    async def foul(self, why: str) -> None:
        """It did not: wait, twice as long as the last time."""
        if not self._pause:
            _log.warning("%s does not answer (%s). Everything else goes on; it is tried again.", self._platform, why)
        self._pause = min(self._pause * 2 or self.first, LONGEST)
        await asyncio.sleep(self._pause)


class Starting(Protocol):
    """A channel that must be told who we are before it talks."""

    async def start(self) -> str: ...


class Templated(Protocol):
    """A channel that shows buttons by templates kept at the provider's."""

    templates: dict[str, str]

    async def make_templates(self) -> dict[str, str]: ...


async def nothing() -> None:
    """There is nothing to do once it has started."""


async def start(channel: Starting, weather: Weather, started: Started = nothing) -> str:
    """Start it, however long that takes, and do what is to be done once it has; the name it goes by there."""
    while True:
        try:
            name = await channel.start()
        except base.Unreachable as error:
            await weather.foul(str(error))
        else:
            weather.fair()
            await _surely(started, weather)
            return name


async def _surely(work: Callable[[], Awaitable[_T]], weather: Weather) -> _T:
    """Read or write what the start needs, again and again: the database may be away just then."""
    while True:
        try:
            return await work()
        except Exception as error:  # noqa: BLE001 - whatever it is, without the start nobody is heard
            _log.error("a start could not be written down or looked up: %s", type(error).__name__)
            await asyncio.sleep(weather.first)


async def remember(database: db.Database, channel: base.Channel) -> None:
    """Write down what links into a channel begin with, for commands that never talk to its platform."""
    for entrance in base.entrances({channel.name: channel}):
        await _keep(database, ENTRANCES, {channel.name: entrance})


async def make_templates(database: db.Database, channel: Templated, account: str, weather: Weather) -> None:
    """Give the channel its templates: those of former starts at once, the rest when the provider has made them.

    Until then options go as numbered text, so that nobody waits for this.
    """
    channel.templates = await _surely(functools.partial(_objects, database, account), weather)
    while True:
        try:
            made = await channel.make_templates()
        except Exception as error:  # noqa: BLE001 - the provider's own exceptions are known in its channel only
            await weather.foul(type(error).__name__)
            continue
        weather.fair()
        if made != channel.templates:
            channel.templates = made
            await _surely(functools.partial(_keep, database, account, made), weather)
        return


async def _objects(database: db.Database, account: str) -> dict[str, str]:
    async with database.reading() as connection:
        return await providers.objects(connection, account)


async def _keep(database: db.Database, account: str, made: dict[str, str]) -> None:
    async with database.transaction() as connection:
        await providers.keep(connection, account, made)
