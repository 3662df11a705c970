"""The postman: sends from the outbox, in order for each contact, and sees to what falls due.

At least once: a crash between sending and recording can repeat one message, never lose one.
"""

from __future__ import annotations

import asyncio
import contextlib
import datetime as dt
import logging
from collections.abc import Callable, Collection, Mapping
from types import TracebackType
from typing import Any

from bot import logs
from bot.channels import base
from bot.services import afterwards, forgetting, metering, pacing, posting, postmarking
from models import bell, db, outbox, sealing

_log = logging.getLogger(__name__)

#: How long a message may be on its way before nobody knows what became of it; also the silence after which one
#: of unknown fate is repeated.
LEASE = postmarking.LEASE
#: Between two looks at what is uncertain or due, in seconds, and at the outbox in case a bell was not heard.
SLOW = 30.0
#: A provider that is not reached is tried again after two seconds, four, eight ...: at the most so many doublings.
_PATIENCE = 6
#: Seconds until the database is tried again.
_AWAY = 1.0
#: Seconds for what is on its way when the house closes.
_GRACE = 5

_NO_ROOM = outbox.Room(0, 0)


class Postman:
    """Delivers. `async with` it: its task runs inside."""

    def __init__(
        self,
        database: db.Database,
        seal: sealing.Seal,
        channels: Mapping[str, base.Channel],
        *,
        clock: Callable[[], dt.datetime] = db.now,
    ) -> None:
        self._database = database
        self._seal = seal
        self._channels = {name: channel for name, channel in channels.items() if channel.capabilities.push}
        self._clock = clock
        #: When a message left the outbox for good the last time; at first, when this was made.
        self.moved_at = clock()
        self._awake = asyncio.Event()
        self._paces = {name: pacing.Pace(each.capabilities.pace, self.wake) for name, each in self._channels.items()}
        self._shares = pacing.Shares(database, self._paces)
        #: Rings when the next message may go that waits for its time, by `clock`.
        self._alarm: asyncio.TimerHandle | None = None
        self._alarm_at: dt.datetime | None = None
        self._round = asyncio.Event()
        self._closing = False
        self._tasks: list[asyncio.Task[None]] = []
        #: What is on its way, and to whom.
        self._sending: dict[asyncio.Task[None], str] = {}
        self._done: list[postmarking.Done] = []
        #: Takes up what providers say of messages later.
        self.afterwards = afterwards.Afterwards(
            database,
            self._channels,
            clock,
            again=self._ring_at,
            rest=lambda channel, wait: self._rest(channel, wait, shared=True),
        )
        #: Whether the outbox is to be looked through, and contacts for whom something waits behind what is on its way.
        self._claims = True
        self._behind: set[str] = set()
        #: Channel -> until when its provider wants to hear nothing.
        self._resting: dict[str, dt.datetime] = {}
        #: The same, of those of which the provider told this process, for the others.
        self._told: dict[str, dt.datetime] = {}
        #: Channel -> how often in a row nobody was reached.
        self._unreached: dict[str, int] = {}

    async def __aenter__(self) -> Postman:
        self._tasks = [
            asyncio.create_task(self._work(), name="postman"),
            asyncio.create_task(self._look_after(), name="postman's rounds"),
            asyncio.create_task(self._keep_shares(), name="postman's shares"),
            asyncio.create_task(bell.listen(self._database, self._hear), name="postman's bell"),
        ]
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._closing = True
        self.wake()
        if self._tasks:
            # Cut short, it could have claimed what it would never send.
            await asyncio.wait(self._tasks[:1], timeout=_GRACE)
        for pace in self._paces.values():
            pace.shut()
        # What is on its way may finish, so that its fate is known and nothing is sent twice.
        if self._sending:
            await asyncio.wait(self._sending, timeout=_GRACE)
        for task in (*self._tasks, *self._sending):
            task.cancel()
        await asyncio.gather(*self._tasks, *self._sending, return_exceptions=True)
        if self._alarm:
            self._alarm.cancel()
        with contextlib.suppress(Exception):
            await self._record_and_claim()
            await self._shares.leave()

    def room(self) -> dict[str, int]:
        """How many messages each channel would take at once."""
        return {name: room.all for name, room in self._rooms().items()}

    def _rooms(self) -> dict[str, outbox.Room]:
        at = self._clock()
        return {
            name: _NO_ROOM if self._closing or self._resting.get(name, at) > at else pace.room
            for name, pace in self._paces.items()
        }

    def take(self, number: int, row: Mapping[str, Any], said: posting.Said, request: str = "") -> None:
        """Send a message that was committed as this process's own; `row` is what was written of it, `request` what it
        answers."""
        self._start(
            outbox.Letter(
                id=number,
                contact_id=row["contact_id"],
                address_id=row["address_id"],
                channel=row["channel"],
                status="sending",
                sealed=b"",
                attempts=0,
                created_at=row["created_at"],
                address=b"",
                closed=None,
                heard_at=None,
            ),
            said,
            request,
        )

    def expect(self, contacts: Collection[str]) -> None:
        """Something waits for these contacts in the outbox."""
        if contacts:
            self._behind.update(contacts)
            self.wake()

    def wake(self) -> None:
        """Something was put into the outbox."""
        self._claims = True
        self._awake.set()

    # -- the tasks ------------------------------------------------------------------------------------------

    async def _work(self) -> None:
        while not self._closing:
            self._awake.clear()
            try:
                claimed = await self._record_and_claim()
            except Exception as error:  # noqa: BLE001  whatever it is, the outbox must go on
                # The database may be away; nothing is lost by waiting.
                _log.error("the outbox could not be read: %s", type(error).__name__)
                await asyncio.sleep(_AWAY)
                continue
            for letter in claimed:
                self._start(letter, None)
            await self._awake.wait()

    def _start(self, letter: outbox.Letter, said: posting.Said | None, request: str = "") -> None:
        self._paces[letter.channel].coming()
        task = asyncio.create_task(self._send(letter, said, request))
        self._sending[task] = letter.contact_id
        task.add_done_callback(self._sending.pop)

    def _hear(self, why: str) -> None:
        """The bell rang."""
        if why == bell.SHARES:
            self._shares.changed()
        else:
            # It may be something for one of those to whom something is on its way from here.
            self._behind.update(self._sending.values())
            self.wake()

    def _ring_at(self, at: dt.datetime) -> None:
        """Look through the outbox then."""
        if self._alarm_at and self._alarm_at <= at:
            return
        if self._alarm:
            self._alarm.cancel()
        wait = max(0.0, (at - self._clock()).total_seconds())
        self._alarm_at, self._alarm = at, asyncio.get_running_loop().call_later(wait, self._rung)

    def _rung(self) -> None:
        self._alarm = self._alarm_at = None
        self.wake()

    def _rest(self, channel: str, wait: dt.timedelta, *, shared: bool) -> None:
        """Nothing goes on that channel for so long; with `shared` in no process."""
        until = self._clock() + wait
        if channel not in self._paces or until <= self._resting.get(channel, until - wait):
            return
        self._resting[channel] = until
        self._ring_at(until)
        if shared:
            self._told[channel] = until
            self._shares.changed()

    def _told_to_rest(self) -> dict[str, float]:
        at = self._clock()
        return {name: (until - at).total_seconds() for name, until in self._told.items() if until > at}

    async def _keep_shares(self) -> None:
        while True:
            wait = _AWAY
            try:
                wait = await self._shares.keep(
                    self._told_to_rest(), lambda name, rest: self._rest(name, _seconds(rest), shared=False)
                )
            except Exception as error:  # noqa: BLE001  the share runs out by itself
                _log.error("the shares of accounts could not be read: %s", type(error).__name__)
            await self._shares.wait(wait)

    async def _look_after(self) -> None:
        begun = False
        while True:
            try:
                if not begun:
                    await forgetting.begin(self._database, self._clock())
                    begun = True
                await self.look()
            except Exception as error:  # noqa: BLE001  it is tried again in ten seconds
                _log.error("what is uncertain or due could not be seen to: %s", type(error).__name__)
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._round.wait(), SLOW)
            self._round.clear()

    async def look(self) -> None:
        """Decide about messages of unknown fate, and do what is due. The postman does so by itself."""
        await self._resolve()
        await self.afterwards.look()
        self.wake()
        await forgetting.fall_due(self._database, list(self._channels), self._clock())

    async def _send(self, letter: outbox.Letter, said: posting.Said | None, request: str) -> None:
        # The task's own, so what a channel logs of it is named as well.
        logs.request.set(request or f"outbox-{letter.id}")
        edits = False
        pace = self._paces[letter.channel]
        try:
            await pace.turn(letter.address_id)
        except asyncio.CancelledError:
            # The house closes, and this surely did not go.
            self._done.append(postmarking.Done(letter, edits, base.Receipt(base.Fate.LATER, code="closing"), request))
            raise
        try:
            outbound = said.outbound if said else posting.opened(self._seal, letter.sealed)
            edits = bool(outbound.edits)
            if letter.closed or letter.address is None:
                receipt = base.Receipt(base.Fate.GONE, code=letter.closed or "erased")
            else:
                address = said.address if said else self._seal.open("address", letter.address)
                receipt = await self._deliver(letter, address, outbound)
        except sealing.Unreadable:
            receipt = base.Receipt(base.Fate.FAILED, code="unreadable")
        except Exception as error:  # noqa: BLE001  see below
            # A channel promises not to raise; if one does, its message must not stop the others.
            _log.error("sending on %s failed: %s", letter.channel, type(error).__name__)
            receipt = base.Receipt(base.Fate.UNKNOWN, code=type(error).__name__)
        finally:
            pace.over()
        self._done.append(postmarking.Done(letter, edits, receipt, logs.request.get()))
        # What came from the outbox may not have been the last there; what never was in it tells nothing of it.
        if said is None or letter.contact_id in self._behind:
            self._behind.discard(letter.contact_id)
            self._claims = True
        self._awake.set()

    async def _deliver(self, letter: outbox.Letter, address: str, outbound: base.Outbound) -> base.Receipt:
        channel = self._channels[letter.channel]
        # What was handed over answers what was written a moment ago; see `posting.Said`.
        if channel.capabilities.window and letter.sealed and postmarking.is_late(letter, self._clock()):
            if not channel.capabilities.opens:
                return base.Receipt(base.Fate.FAILED, code=postmarking.OUTSIDE)
            outbound = outbound._replace(outside=True)
        return await channel.send(address, outbound)

    def _row(self, done: postmarking.Done, at: dt.datetime) -> dict[str, Any]:
        channel, receipt = done.letter.channel, done.receipt
        wait = dt.timedelta()
        if receipt.fate is base.Fate.SENT:
            self._unreached.pop(channel, None)
        if receipt.whole_account:
            # Where no time is named this process reaches nobody; what the others do is not its business.
            shared = bool(receipt.retry_after)
            # What was under way together when the line broke is one try, not as many.
            if not shared and self._resting.get(channel, at) <= at:
                self._unreached[channel] = self._unreached.get(channel, 0) + 1
            tries = min(self._unreached.get(channel, 1), _PATIENCE)
            wait = _seconds(receipt.retry_after or postmarking.backoff(tries))
            self._rest(channel, wait, shared=shared)
        row = postmarking.row(done, at, wait)
        if row["status"] == "waiting":
            self._ring_at(row["not_before"])
        elif row["status"] == "unknown":
            asyncio.get_running_loop().call_later((row["not_before"] - at).total_seconds(), self._round.set)
        return row

    async def _record_and_claim(self) -> list[outbox.Letter]:
        """One transaction: what became of the sent ones, and the next ones to send."""
        done: list[postmarking.Done] = []
        claimed: list[outbox.Letter] = []
        if not (self._done or self._claims):
            # What woke us was recorded already, for it came while we waited for the database.
            return []
        try:
            async with self._database.transaction(brief=True) as connection:
                # Only now, for while the desk was writing more may have come.
                at = self._clock()
                done, self._done = self._done, []
                await postmarking.write(connection, self._seal, done, [self._row(each, at) for each in done])
                if self._claims:
                    self._claims = False
                    claimed = await self._claim(connection, at)
        except BaseException:
            self._done, self._claims = done + self._done, True
            raise
        if any(each.receipt.fate not in (base.Fate.LATER, base.Fate.UNKNOWN) for each in done):
            self.moved_at = at
        if done:
            metering.sent((each.letter.channel, each.receipt) for each in done)
        for each in done:
            # What was claimed must be sent, whatever comes of this.
            with contextlib.suppress(Exception):
                await self.afterwards.recorded(each.receipt.provider_id)
        return claimed

    async def _claim(self, connection: db.Connection, at: dt.datetime) -> list[outbox.Letter]:
        rooms = self._rooms()
        claimed = await outbox.claim(
            connection, {name: room for name, room in rooms.items() if room.all}, at, at + LEASE
        )
        for name, pace in self._paces.items():
            pace.more |= name in claimed.more or not rooms[name].all
            if (rests := self._resting.get(name, at)) > at:
                self._ring_at(rests)
        if claimed.next:
            self._ring_at(claimed.next)
        return claimed.letters

    async def _resolve(self) -> None:
        """Decide about messages of unknown fate: repeated once if the person has been silent since."""
        at = self._clock()
        async with self._database.transaction() as connection:
            found = await outbox.uncertain(connection, list(self._channels), at)
            await outbox.record(connection, [postmarking.resolved(self._seal, letter, at) for letter in found])


def _seconds(seconds: float) -> dt.timedelta:
    return dt.timedelta(seconds=seconds)
