"""The clock of campaigns: sees every few seconds, in each process, to what time does to them and to their pledges, and
to what people are to be told of it."""

from __future__ import annotations

import asyncio
import contextlib
import datetime as dt
import logging
from collections.abc import Callable, Mapping
from types import TracebackType

from bot import wording
from bot.channels import base
from bot.services import accounting, maturing, notifying, publishing, spreading, steering
from models import db, sealing

_log = logging.getLogger(__name__)

#: Between two rounds, in seconds.
PAUSE = 10.0


class Clock:
    """Ticks. `async with` it: its task runs inside."""

    def __init__(
        self,
        database: db.Database,
        seal: sealing.Seal,
        voice: wording.Voice,
        channels: Mapping[str, base.Channel],
        *,
        clock: Callable[[], dt.datetime] = db.now,
    ) -> None:
        self._database = database
        self._spreader = spreading.Spreader(database, seal, voice, channels)
        self._notifier = notifying.Notifier(database, seal, voice, channels)
        self._library = publishing.Library()
        self._clock = clock
        self._task: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Clock:
        self._task = asyncio.create_task(self._work(), name="clock of campaigns")
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._task:
            # Cut short in the middle of a step, that step is not made.
            self._task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._task

    async def tick(self) -> int:
        """One round; how much there was to do. The clock does so by itself."""
        at = self._clock()
        moved = await steering.by_clock(self._database, self._library, at)
        matured = await maturing.mature(self._database, self._library, at)
        settled = await accounting.settle(self._database, self._library, at)
        told = await self._notifier.go_on(self._library, at)
        # After those who gave: of two messages on one day theirs goes first.
        return moved + matured + settled + told + await self._spreader.go_on(self._library, at)

    async def _work(self) -> None:
        while True:
            try:
                await self.tick()
            except Exception as error:  # noqa: BLE001 - whatever it is, the clock must go on
                _log.error("the clock of campaigns stood still: %s", type(error).__name__)
            await asyncio.sleep(PAUSE)
