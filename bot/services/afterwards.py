"""Afterwards: what a provider says of a message that it had taken, at once or days later, to whichever process."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from typing import NamedTuple

from bot.channels import base
from bot.services import metering, postmarking
from models import db, outbox

#: Failures kept of messages that nobody has written down as sent yet, and for how long: another process may be about
#: to, or what is told of is not ours.
_EARLY, _PATIENCE = 1000, dt.timedelta(minutes=5)


class _Told(NamedTuple):
    receipt: base.Receipt
    at: dt.datetime


class Afterwards:
    """What has been told, and what is to be done about it."""

    def __init__(
        self,
        database: db.Database,
        channels: Mapping[str, base.Channel],
        clock: Callable[[], dt.datetime],
        *,
        again: Callable[[dt.datetime], None],
        rest: Callable[[str, dt.timedelta], None],
    ) -> None:
        """`again` hears when a message goes once more, `rest` for how long a whole account must wait."""
        self._database, self._channels, self._clock = database, channels, clock
        self._again, self._rest = again, rest
        #: Provider's id -> what was told of it too early.
        self._early: dict[str, _Told] = {}

    async def take(self, status: base.Status) -> None:
        """Take up what is told. That a message was sent is known, and undoes no failure."""
        if status.receipt.fate in (base.Fate.FAILED, base.Fate.GONE, base.Fate.LATER):
            await self._take(status.provider_id, _Told(status.receipt, self._clock()))

    async def recorded(self, provider_id: str) -> None:
        """A message was written down as sent: what was told of it before is taken up now."""
        if told := self._early.get(provider_id):
            await self._take(provider_id, told)

    async def look(self) -> None:
        """Take up what was told of messages that another process has written down as sent since."""
        for provider_id, told in list(self._early.items()):
            if told.at < self._clock() - _PATIENCE:
                del self._early[provider_id]
            else:
                await self._take(provider_id, told)

    async def _take(self, provider_id: str, told: _Told) -> None:
        receipt, at = told.receipt, self._clock()
        # Kept from now on, for it may be written down as sent while we look.
        self._early[provider_id] = told
        async with self._database.transaction() as connection:
            letter = await outbox.sent(connection, provider_id)
            if letter is None:
                if len(self._early) > _EARLY:
                    del self._early[next(iter(self._early))]
                return
            wait = postmarking.pause(receipt, at - letter.created_at)
            if receipt.fate is base.Fate.GONE:
                await outbox.close_address(connection, letter.address_id, receipt.code, letter.created_at)
            again = receipt.fate is base.Fate.LATER and at - letter.created_at < postmarking.GIVE_UP
            channel = self._channels.get(letter.channel)
            if receipt.code == postmarking.OUTSIDE and channel and channel.capabilities.opens and letter.attempts < 2:
                # The day was over before it arrived: once more, as the template (`Postman._deliver`).
                again, wait = True, dt.timedelta()
            if not (again and await outbox.again(connection, letter.id, at + wait, receipt.code[:64])):
                await outbox.fell_through(connection, letter.id, receipt.code[:64])
        self._early.pop(provider_id, None)
        metering.sent([(letter.channel, receipt)])
        if receipt.whole_account:
            self._rest(letter.channel, wait)
        if again:
            self._again(at + wait)
