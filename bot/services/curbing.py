"""Curbing: how much may come from one phone and one connection, so that nobody takes the house from the others.

In the memory of each process, and asking the database only about whoever has gone too far: an office and an announced
event let ten times as much through.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable
from typing import NamedTuple

from bot.channels import base
from models import db, events, sealing

_log = logging.getLogger(__name__)


class Pace(NamedTuple):
    """So many at once, and then one each so many seconds."""

    burst: float
    each: float


#: Of one phone: people tap once a second for a minute, not for an hour.
PERSON = Pace(120, 2.0)
#: Of one connection (of the web chat): a village hall, or a street behind one address of their provider's.
PLACE = Pace(3000, 0.05)
#: New browsers of one connection.
NEW = Pace(600, 2.0)
#: Looks from one connection: pages, results, the API. A hall full of phones opens a page each a few times a minute.
LOOKS = Pace(6000, 1 / 32)
#: A file is worth so many messages.
_FILE = 5.0
#: What is counted of a message while an office or an event lets more through.
_EASED = 0.1
#: Seconds of silence after it was said that it is too much.
SILENCE = 60.0
#: Seconds after which whoever looked too much may look again.
LATER = 10
#: Seconds for which it is remembered whether an event goes on, and that somebody holds an office.
_EVENT, _OFFICE = 10.0, 600.0
#: Messages at most that wait for the database to be asked about them.
_ASKING = 64


class TooMany(Exception):
    """So many have gone too far at once that the database is not asked about this one."""


class Curb:
    """One of a process. `clock` gives steady seconds."""

    def __init__(self, database: db.Database, seal: sealing.Seal, clock: Callable[[], float] = time.monotonic) -> None:
        self._database = database
        self._seal = seal
        self._clock = clock
        self._people, self._places, self._new = _Meter(PERSON), _Meter(PLACE), _Meter(NEW)
        self._looks = _Meter(LOOKS)
        self._silent: dict[str, float] = {}
        self._offices: dict[str, float] = {}
        self._event, self._event_asked = False, float("-inf")
        self._lock, self._asking = asyncio.Lock(), 0

    def passes(self, inbound: base.Inbound, place: str = "") -> bool:
        """Whether it may come in, counted as having come; `place` is the connection where it is known."""
        now, key = self._clock(), _key(inbound)
        if self._event and now - self._event_asked > _EVENT:
            self._event = False
        if self._silent and self._silent.get(key, now) > now:
            return False
        if place:
            eased = _EASED if self._event else 1.0
            if not (self._people.knows(key) or self._new.take(place, now, eased)):
                return False
            if not self._places.take(place, now, eased):
                return False
        eased = _EASED if self._event or self._offices.get(key, now) > now else 1.0
        return self._people.take(key, now, eased * (_FILE if inbound.media else 1.0))

    async def looks(self, place: str) -> bool:
        """Whether one more page may be shown to that connection, counted as shown; "" where nobody knows which it is.

        An event lets ten times as much through; whether one goes on is asked of the database once in ten seconds.
        """
        now = self._clock()
        fresh = now - self._event_asked <= _EVENT
        if not place or self._looks.take(place, now, _EASED if self._event and fresh else 1.0):
            return True
        if fresh or self._lock.locked():
            return False
        async with self._lock:
            # Also while the database is away it is not asked for each page.
            self._event, self._event_asked = False, now
            async with self._database.reading() as connection:
                self._event = await events.under_way(connection, db.now())
        if self._event:
            self._looks.forget(place)
        else:
            _log.warning("one connection asks for more pages than one is shown")
        return self._event

    def uncount(self, inbound: base.Inbound) -> None:
        """It could not be kept and will come again: a platform's patience is nobody's fault."""
        self._people.give_back(_key(inbound), _FILE if inbound.media else 1.0)

    async def relents(self, inbound: base.Inbound, tell: Callable[[], Awaitable[None]], place: str = "") -> bool:
        """Of what did not pass: whether an office or an event lets it in after all.

        If not, `tell` is awaited once, and then there is silence for a while. Raises `TooMany` where too many ask.
        """
        key = _key(inbound)
        if self._asking >= _ASKING:
            raise TooMany
        self._asking += 1
        try:
            async with self._lock:
                now = self._clock()
                if self._silent.get(key, now) > now:
                    return False
                if await self._eased(inbound, now):
                    self._people.forget(key)
                    if self._event:
                        self._places.forget(place)
                        self._new.forget(place)
                    return True
                await tell()
                self._silent = {each: until for each, until in self._silent.items() if until > now}
                self._silent[key] = now + SILENCE
                return False
        finally:
            self._asking -= 1

    async def _eased(self, inbound: base.Inbound, now: float) -> bool:
        async with self._database.reading() as connection:
            self._event, self._event_asked = await events.under_way(connection, db.now()), now
            key_hash = self._seal.hash(f"address/{inbound.channel}", inbound.address)
            held = await events.holds_office(connection, inbound.channel, key_hash)
        self._offices = {each: until for each, until in self._offices.items() if until > now}
        if held:
            self._offices[_key(inbound)] = now + _OFFICE
        return held or self._event


def _key(inbound: base.Inbound) -> str:
    return f"{inbound.channel}/{inbound.address}"


class _Meter:
    """So much of each key. What has grown full again is forgotten: memory holds those of the last minutes alone."""

    def __init__(self, pace: Pace) -> None:
        self._each, self._span = pace.each, pace.burst * pace.each
        #: Key -> when it will be as if it had never come. Those of before, and those since `_turned`.
        self._before: dict[str, float] = {}
        self._since: dict[str, float] = {}
        self._turned = float("-inf")

    def take(self, key: str, now: float, cost: float = 1.0) -> bool:
        """Whether there is so much left; it is taken."""
        if now - self._turned > self._span:
            # All that is in the older half was last touched before that, and is full by now.
            self._before, self._since, self._turned = self._since, {}, now
        full = max(self._since.get(key) or self._before.get(key, now), now) + cost * self._each
        if full - now > self._span:
            return False
        self._since[key] = full
        return True

    def give_back(self, key: str, cost: float = 1.0) -> None:
        """It was taken for nothing."""
        if key in self._since:
            self._since[key] -= cost * self._each

    def knows(self, key: str) -> bool:
        """Whether it came a moment ago."""
        return key in self._since or key in self._before

    def forget(self, key: str) -> None:
        """As if it had never come."""
        self._since.pop(key, None)
        self._before.pop(key, None)
