"""Polling: asking a platform for messages where it cannot call us. Acknowledged only after the commit."""

from __future__ import annotations

import asyncio
import functools
import logging
from collections.abc import Awaitable, Callable, Sequence
from typing import Protocol

from bot.channels import base
from bot.services import introducing, leasing
from models import db

_log = logging.getLogger(__name__)

#: Seconds before messages that could not be kept are asked for again.
PAUSE = 1.0


class Polled(introducing.Starting, Protocol):
    """A channel that hands out its messages when asked."""

    name: str

    async def updates(self, offset: int) -> list[tuple[int, base.Inbound | None]]: ...


async def poll(
    channel: Polled,
    account: str,
    database: db.Database,
    receive: Callable[[base.Inbound], Awaitable[None]],
    weather: introducing.Weather,
    *,
    pause: float = PAUSE,
    pace: leasing.Pace = leasing.PACE,
    started: introducing.Started = introducing.nothing,
) -> None:
    """Take messages and hand them to `receive`, for ever, in one process of all that share the database.

    A platform that does not answer, or a message that cannot be kept now, is tried again and stops nothing else.
    """
    # Everybody, for what is told at the start is needed where pages are made, too.
    await introducing.start(channel, weather, started)
    asking = functools.partial(_ask, channel, receive, weather, pause)
    await leasing.alone(database, f"poll/{channel.name}/{account}", asking, pace)


async def _ask(
    channel: Polled, receive: Callable[[base.Inbound], Awaitable[None]], weather: introducing.Weather, pause: float
) -> None:
    """Asking for the next messages is what acknowledges the last."""
    offset = 0
    while True:
        try:
            batch = await channel.updates(offset)
        except base.Unreachable as error:
            await weather.foul(str(error))
            continue
        weather.fair()
        kept = await _hand_over(batch, receive)
        if kept:
            offset = batch[kept - 1][0] + 1
        if kept < len(batch):
            await asyncio.sleep(pause)


async def _hand_over(
    batch: Sequence[tuple[int, base.Inbound | None]], receive: Callable[[base.Inbound], Awaitable[None]]
) -> int:
    """How many of the batch, counted from its beginning, are kept for good."""
    # All at once: they are committed together, and whoever wrote twice keeps the order.
    waiting = [receive(inbound) for _, inbound in batch if inbound]
    outcomes = iter(await asyncio.gather(*waiting, return_exceptions=True))
    for kept, (_, inbound) in enumerate(batch):
        error = next(outcomes) if inbound else None
        if error is not None:
            # Those behind it that were kept come once more, and are known by their ids.
            _log.warning("messages could not be kept now (%s); they are asked for again", type(error).__name__)
            return kept
    return len(batch)
