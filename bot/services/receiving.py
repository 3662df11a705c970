"""The desk: takes what channels read, lets the mind decide, and writes it all in one commit.

Messages that wait are taken together, at most one of each person. Only when their transaction has committed
does `receive()` return, so whoever answers the provider afterwards has never promised more than is kept.
"""

from __future__ import annotations

import asyncio
import collections
import contextlib
import datetime as dt
import functools
import logging
import secrets
import time
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from types import TracebackType
from typing import NamedTuple

from bot import logs, wording
from bot.channels import base
from bot.engine import messages
from bot.engine.messages import phrase
from bot.services import answering, curbing, delivering, metering, publishing, recording, setting_aside, showing
from models import db, sealing, turns

_log = logging.getLogger(__name__)

#: Messages in one transaction: past this the gain is small and the wait of the first is not.
GROUP = 256
#: Messages waiting at most, before providers are told to come again (each may weigh some kilobytes).
WAITING = 4096
#: Characters in them at most.
HELD = 16_000_000
#: Seconds for which the next group is gathered at the most.
_GATHER = 0.012
#: Tries of a whole group that ran into another process.
_REPLAYS = 5
#: Seconds for the group in hand when the house closes.
_GRACE = 10


#: Said once to whoever sends more than people write; on a page each time, for a page cannot be silent.
TOO_MUCH = phrase(
    "Too much is coming from here just now, and this message was not taken. Please wait a minute, then send it again."
)


class Busy(Exception):
    """Too many messages wait, or the database does not answer: the provider should send it again."""

    retry_after = 5


class _Waiting(NamedTuple):
    inbound: base.Inbound
    done: asyncio.Future[None]
    #: Of the monotonic clock.
    since: float
    #: As the log names it.
    request: str


class Desk:
    """Receives. `async with` it: its one writing task runs inside."""

    def __init__(
        self,
        database: db.Database,
        seal: sealing.Seal,
        voice: wording.Voice,
        channels: Mapping[str, base.Channel],
        *,
        phone: str = "",
        site: str = "",
        clock: Callable[[], dt.datetime] = db.now,
        entropy: Callable[[], str] = lambda: secrets.token_hex(16),
        postman: delivering.Postman | None = None,
        curb: curbing.Curb | None = None,
        sent: Callable[[], None] = lambda: None,
    ) -> None:
        self._database = database
        self._seal = seal
        self._voice = voice
        self._channels = channels
        self._kit = recording.Kit(seal, voice, channels, publishing.Library(), phone, site, entropy)
        self._screens = showing.Screens(database, seal)
        self._clock = clock
        self._postman = postman
        self._curb = curb or curbing.Curb(database, seal)
        #: Channels whose own door asks `admits`, because it knows more of whoever knocks.
        self._asked = {name for name, channel in channels.items() if not channel.capabilities.push}
        #: Called after each commit with something to fetch.
        self._sent = sent
        self._queue: collections.deque[_Waiting] = collections.deque()
        self._arrived = asyncio.Event()
        self._held = 0
        self._task: asyncio.Task[None] | None = None
        self._closing = False
        #: Since when the group in hand is, by the monotonic clock; None while there is none.
        self._begun: float | None = None

    async def __aenter__(self) -> Desk:
        self._task = asyncio.create_task(self._work(), name="desk")
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._closing = True
        self._arrived.set()
        if self._task:
            await asyncio.wait([self._task], timeout=_GRACE)
            self._task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._task
        _refuse(self._queue)
        self._queue.clear()

    async def receive(self, inbound: base.Inbound) -> None:
        """Returns when the message and its answer are committed (at once for a repeat); raises `Busy`.

        What is more than anybody may send is dropped, and its person told so once.
        """
        if len(self._queue) >= WAITING or self._held >= HELD:
            raise Busy
        if inbound.channel not in self._asked and not await self.admits(inbound):
            return
        if self._closing or self._task is None or self._task.done():
            raise Busy
        done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._queue.append(_Waiting(inbound, done, time.monotonic(), logs.request.get() or logs.draw()))
        self._arrived.set()
        self._held += len(inbound.text)
        try:
            await done
        except Busy:
            self._curb.uncount(inbound)
            raise
        finally:
            self._held -= len(inbound.text)

    async def admits(self, inbound: base.Inbound, place: str = "") -> bool:
        """Whether no more has come from there than people write; raises `Busy`. `place` is their connection."""
        if self._curb.passes(inbound, place):
            return True
        try:
            return await self._curb.relents(inbound, functools.partial(self._too_much, inbound), place)
        except curbing.TooMany:
            raise Busy from None
        except Exception as error:
            _log.warning("what is too much could not be looked at: %s", type(error).__name__)
            raise Busy from error

    async def _too_much(self, inbound: base.Inbound) -> None:
        if inbound.channel in self._asked or inbound.kind in answering.SHUTTING:
            return
        await self._tell(setting_aside.tell, inbound, TOO_MUCH)

    def held_up(self) -> float:
        """For how many seconds the group in hand has been: more than a minute, and nobody is being answered."""
        if self._task is None or self._task.done():
            return float("inf")
        return time.monotonic() - self._begun if self._begun else 0.0

    async def screen(self, channel: str, address: str) -> tuple[base.Outbound, ...]:
        """What waits to be shown at an address that cannot be pushed to, in order."""
        return await self._screens.look(channel, address)

    async def offered(self) -> messages.Facts:
        """What somebody new may begin now, for whoever only looks."""
        async with self._database.reading() as connection:
            catalogue = await self._kit.library.catalogue(connection)
            campaigns = await answering.opened(connection, catalogue)
        return messages.Facts(catalogue.forms, catalogue.surveys, campaigns, site=self._kit.site)

    # -- the writing task -----------------------------------------------------------------------------------

    async def _work(self) -> None:
        pause = 0.0
        await self._arrived.wait()
        while not self._closing:
            # One turn of the loop costs nobody anything, and lets in what has arrived already.
            await asyncio.sleep(pause)
            group = self._take()
            self._begun = begun = time.monotonic()
            try:
                await self._handle(group)
            except BaseException as error:
                metering.refused()
                # Who is not told that it is kept will send it again, and a repeat does no harm.
                _refuse(group)
                if not isinstance(error, Exception):
                    raise
                # Whatever it is, the desk must go on.
                _log.error("a group of %d could not be kept: %s", len(group), type(error).__name__)
            else:
                ended = time.monotonic()
                metering.group(len(group), ended - begun, ended - min(waiting.since for waiting in group))
            # While many write, a group that waits a little is larger, and its fixed cost shared by more; who writes
            # alone waits for nothing.
            pause = min(time.monotonic() - begun, _GATHER) if len(group) > 1 else 0.0
            self._begun = None
            if not self._queue and not self._closing:
                self._arrived.clear()
                await self._arrived.wait()

    def _take(self) -> list[_Waiting]:
        """The next group: at most one message of an address, the others keep their order."""
        group: dict[tuple[str, str], _Waiting] = {}
        later: list[_Waiting] = []
        while self._queue and len(group) < GROUP:
            waiting = self._queue.popleft()
            if group.setdefault((waiting.inbound.channel, waiting.inbound.address), waiting) is not waiting:
                later.append(waiting)
        self._queue.extendleft(reversed(later))
        return list(group.values())

    async def _handle(self, group: Sequence[_Waiting]) -> None:
        later: list[base.Inbound] = []
        try:
            later = await self._commit(group)
        except Exception as error:
            if db.is_away(error) or db.must_replay(error):
                raise
            if len(group) > 1:
                # One of them is the culprit; found by halves, and alone it can hold up nobody.
                _log.warning("a group of %d is taken by halves: %s", len(group), type(error).__name__)
                await self._handle(group[: len(group) // 2])
                await self._handle(group[len(group) // 2 :])
                return
            with logs.about(group[0].request):
                await self._set_aside(group[0].inbound, error)
        again = [waiting for waiting in group if waiting.inbound in later]
        self._queue.extendleft(reversed(again))
        for waiting in group:
            if waiting not in again and not waiting.done.done():
                waiting.done.set_result(None)
        if any(waiting.inbound.media for waiting in group):
            self._sent()

    async def _commit(self, group: Sequence[_Waiting]) -> list[base.Inbound]:
        inbound = [waiting.inbound for waiting in group]
        for attempt in range(_REPLAYS):
            try:
                at = self._clock()
                writes = turns.Writes(room=self._postman.room() if self._postman else {}, until=at + delivering.LEASE)
                async with self._database.transaction(brief=True) as connection:
                    later = await answering.take(connection, self._kit, inbound, writes, at)
                self._hand_over(writes, group)
                return later
            except Exception as error:
                # A broken uniqueness is somebody else's new phone or message, met at the same moment.
                replay = db.must_replay(error) or isinstance(error, db.IntegrityError)
                if attempt + 1 == _REPLAYS or not replay:
                    raise
                await asyncio.sleep(0.01 * 2**attempt)
        raise AssertionError

    def _hand_over(self, writes: turns.Writes, group: Sequence[_Waiting] = ()) -> None:
        """What was committed goes to the postman as it is: reading it back costs as much as writing it."""
        if self._postman:
            requests = {waiting.inbound.address: waiting.request for waiting in group}
            for place, number in writes.at_once.items():
                said = writes.said[place]
                self._postman.take(number, writes.outgoing[place], said, requests.get(said.address, logs.request.get()))
            self._postman.expect(writes.behind)

    async def _set_aside(self, inbound: base.Inbound, error: Exception) -> None:
        where = setting_aside.where(error)
        _log.error("a message was set aside: %s", where)
        await self._tell(setting_aside.put, inbound, where)

    async def _tell(self, write: Callable[..., Awaitable[object]], inbound: base.Inbound, what: object) -> None:
        at = self._clock()
        writes = turns.Writes()
        async with self._database.transaction() as connection:
            await write(connection, self._kit, inbound, what, writes, at)
        self._hand_over(writes)


def _refuse(refused: Iterable[_Waiting]) -> None:
    for waiting in refused:
        if not waiting.done.done():
            waiting.done.set_exception(Busy())
