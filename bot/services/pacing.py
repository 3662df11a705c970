"""Pacing: how fast a channel is sent to, so that no provider ever has more from us in a second than it takes.

Of the messages a second that an account may have, each process has its share, and each is a permit: taken when a
message is sent, free again a second after its answer has come. So whatever the line does and whatever a clock says, no
second at the provider sees more. One person's messages are a bucket of which each process has as large a part as of
the account.
"""

from __future__ import annotations

import asyncio
import collections
import contextlib
import hashlib
import math
import os
import platform
from collections.abc import Callable, Mapping
from pathlib import Path

from bot.channels import base
from models import db, outbox, sharing

#: Messages of one channel under way at once.
IN_FLIGHT = 100
#: Between two signs of life, in seconds; and where a share is about to change hands.
BEAT, _SOON = 5.0, 1.0
#: Of what may go, so much is for what was written to many: an answer finds room at once.
_BULK = 0.8
#: Seconds for which what has become free is gathered before more is taken from the outbox.
_GATHER = 0.1
#: A little more than the second that providers count, in seconds.
_SECOND = 1.02
#: Before the share of a process that said nothing goes to others it stops sending, so many seconds.
_MARGIN = 5.0
#: Addresses remembered before those are forgotten that may have anything.
_REMEMBERED = 10_000


class Pace:
    """How fast this process may send on one channel. Instants are the event loop's."""

    def __init__(self, limit: base.Pace | None, wake: Callable[[], None]) -> None:
        #: Whether anybody counts; where nobody does, this is how many are under way at once.
        self.counts = limit is not None
        self.limit = limit or base.Pace(IN_FLIGHT)
        self._wake = wake
        #: Messages a second, and until when; what is under way or was a second ago.
        self.permits, self._until = (0, 0.0) if limit else (IN_FLIGHT, math.inf)
        self.busy = 0
        #: Taken over and not yet begun; those among them that wait for their own person's turn alone.
        self._coming = self._aside = 0
        self._held_up: set[asyncio.Task[object]] = set()
        self._waiting: collections.deque[asyncio.Future[None]] = collections.deque()
        #: Address -> when it will have had nothing for so long that it may have a whole burst again.
        self._even: dict[str, float] = {}
        self._new = 0.0
        #: Whether the outbox may hold more than there was room for.
        self.more = False
        self._woken = False

    def allow(self, permits: int, until: float) -> None:
        """So many messages a second from now on, until then."""
        if permits > self.permits:
            # Whoever had this share may just have used it: of nobody is more known than that one message may go.
            self._new = asyncio.get_running_loop().time() + self._slack(permits)
            self._even.clear()
            self.more = True
        self.permits, self._until = permits, until
        self._release()

    @property
    def room(self) -> outbox.Room:
        """How many messages more may be taken over."""
        ahead = self.busy + self._coming - self._aside
        permits = self._permits()
        most = max(0, min(permits - ahead, IN_FLIGHT - self.busy - self._coming))
        return outbox.Room(most, max(0, min(most, math.ceil(permits * _BULK) - ahead)))

    @property
    def held(self) -> int:
        """Permits that are used or may be."""
        return max(self.permits, self.busy)

    def coming(self) -> None:
        """A message is taken over; `turn` must follow."""
        self._coming += 1

    async def turn(self, address: str) -> None:
        """Wait until a message may go to this address; `over` must follow. Cancelled by `shut`."""
        wait = self._reserve(address) if self.counts else 0.0
        try:
            if wait or self.busy >= self._permits():
                await self._wait(wait)
        finally:
            self._coming -= 1
        self.busy += 1

    def shut(self) -> None:
        """What has not begun is not begun any more."""
        for task in self._held_up:
            task.cancel()

    def over(self) -> None:
        """Its answer has come, or none will."""
        if self.counts:
            asyncio.get_running_loop().call_later(_SECOND, self._free)
        else:
            self._free()

    async def _wait(self, wait: float) -> None:
        task = asyncio.current_task()
        assert task  # noqa: S101 - for the type; this runs in none but tasks
        self._held_up.add(task)
        try:
            if wait:
                self._aside += 1
                try:
                    await asyncio.sleep(wait)
                finally:
                    self._aside -= 1
            while self.busy >= self._permits():
                place = asyncio.get_running_loop().create_future()
                self._waiting.append(place)
                await place
        finally:
            self._held_up.discard(task)

    def _free(self) -> None:
        self.busy -= 1
        self._release()

    def _release(self) -> None:
        free = self._permits() - self.busy
        while self._waiting and free > 0:
            place = self._waiting.popleft()
            if not place.done():
                place.set_result(None)
                free -= 1
        if self.more and not self._woken and self.room.all:
            self._woken = True
            asyncio.get_running_loop().call_later(_GATHER, self._call)

    def _call(self) -> None:
        self._woken = self.more = False
        self._wake()

    def _permits(self) -> int:
        if not self.counts:
            return self.permits
        return self.permits if asyncio.get_running_loop().time() < self._until else 0

    def _reserve(self, address: str) -> float:
        """Seconds until one more message may go to this address, which is then counted."""
        now = asyncio.get_running_loop().time()
        even = max(self._even.get(address, self._new), now)
        start = max(now, even - self._slack(self.permits))
        self._even[address] = even + self._every(self.permits)
        if len(self._even) > _REMEMBERED:
            self._even = {key: at for key, at in self._even.items() if at > now}
        return start - now

    def _every(self, permits: int) -> float:
        return self.limit.every * self.limit.second / max(permits, 1)

    def _slack(self, permits: int) -> float:
        """By how much this process may be ahead of an even pace."""
        return max(0.0, self.limit.every * self.limit.burst - self._every(permits))


class Shares:
    """This process's shares of the accounts of all channels that have a limit."""

    def __init__(self, database: db.Database, paces: Mapping[str, Pace]) -> None:
        self._database = database
        self._paces = {name: pace for name, pace in paces.items() if pace.counts}
        # In the order of their age.
        self._process = f"{db.new_id()[:17]}.{_here()}.{os.getpid()}"
        self._changed = asyncio.Event()

    def changed(self) -> None:
        """Somebody came or went, or a provider wants to hear nothing."""
        self._changed.set()

    async def keep(self, resting: Mapping[str, float], rested: Callable[[str, float], None]) -> float:
        """Say that we live, and take what is ours; seconds until it should be said again.

        `resting` says for how many seconds providers told this process to rest, and `rested` is told what others say.
        """
        if not self._paces:
            return math.inf
        begun = asyncio.get_running_loop().time()
        held = {
            name: sharing.Held(pace.limit.second, pace.held, resting.get(name, 0.0))
            for name, pace in self._paces.items()
        }
        async with self._database.transaction() as connection:
            shares = await sharing.share(connection, self._process, held, _is_dead)
        soon = False
        for name, share in shares.items():
            self._paces[name].allow(share.permits, begun + sharing.LEASE - _MARGIN)
            soon |= share.permits < held[name].permits
            if share.rests:
                rested(name, share.rests)
        return _SOON if soon else BEAT

    async def wait(self, seconds: float) -> None:
        """Until so many seconds have passed, or something changed."""
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._changed.wait(), None if math.isinf(seconds) else seconds)
        self._changed.clear()

    async def leave(self) -> None:
        """Give up what is ours."""
        if self._paces:
            async with self._database.transaction() as connection:
                await sharing.leave(connection, self._process)


def _here() -> str:
    """What all processes have in common that can see each other: a machine since it was started, or one container."""
    seen = [platform.node()]
    with contextlib.suppress(OSError):
        seen += [Path("/proc/sys/kernel/random/boot_id").read_text("ascii"), str(Path("/proc/self/ns/pid").readlink())]
    return hashlib.sha256("".join(seen).encode()).hexdigest()[:6]


def _is_dead(process: str) -> bool:
    """Whether it ran here and runs no more: who starts again after a crash need not wait for its own former share."""
    _, here, number = process.split(".")
    if here != _here():
        return False
    try:
        # Signal 0 only asks.
        os.kill(int(number), 0)
    except ProcessLookupError:
        return True
    except PermissionError:
        return False
    return False
