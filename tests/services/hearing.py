"""Ears of the made-up village: what each giver heard without having asked, held against the rows of what happened."""

from __future__ import annotations

import datetime as dt
import zoneinfo
from collections import Counter
from typing import NamedTuple

import sqlalchemy as sa

from bot.engine import messages, tidings
from bot.engine.pledging import events
from bot.engine.pledging import spending as book
from bot.services import booking, posting, publishing, spending
from models import ledger, tables
from models import spending as kept
from tests.services import house as houses
from tests.services.house import SEAL, House

#: From nine in the morning until eight in the evening, where they are.
DAY = range(9, 20)


class Someone(NamedTuple):
    """A phone, and all the clocks that may hang where it is."""

    channel: str
    address: str
    zones: tuple[str, ...]


_HOME = ("Asia/Bishkek",)
GIVERS = (
    Someone("sms", "+996555000001", _HOME),
    Someone("sms", "+821055500002", ("Asia/Seoul",)),
    # A mobile number of Russia does not tell the region.
    Someone("whatsapp", "+79995550003", ("Europe/Kaliningrad", "Europe/Moscow", "Asia/Kamchatka")),
    Someone("web", "w" * 32, _HOME),
)
_BY_HASH = {SEAL.hash(f"address/{each.channel}", each.address): each for each in GIVERS}


class _Letter(NamedTuple):
    id: int
    person: str
    at: dt.datetime
    key: bytes
    sealed: bytes


class Ears:
    """All that was heard in a run."""

    def __init__(self) -> None:
        #: (person, line) -> how often it was heard.
        self._lines: Counter[tuple[str, str]] = Counter()
        #: (person, day where they are) -> how many messages that they had not asked for.
        self._days: Counter[tuple[str, dt.date]] = Counter()
        #: (person, pledge, the day it was to be given on) -> days of reminders.
        self._reminded: dict[tuple[str, str, dt.date], list[dt.date]] = {}
        self._last = 0
        self._fresh: set[str] = set()
        self.reached: Counter[str] = Counter()

    async def answered(self, house: House) -> None:
        """Somebody wrote: whatever was said before the answer is news that had waited for them."""
        letters = await self._posted(house)
        answers = {letter.key: letter.id for letter in letters}
        for letter in letters:
            if letter.id != answers[letter.key]:
                self._hear(letter)
                self.reached["told first"] += 1

    async def told(self, house: House) -> None:
        """The clock has spoken: all of it is news, and none of it is said at night."""
        for letter in await self._posted(house):
            hours = {letter.at.astimezone(zoneinfo.ZoneInfo(zone)).hour for zone in _BY_HASH[letter.key].zones}
            assert hours <= set(DAY), (letter.at, hours)
            self._hear(letter)
            self.reached["told"] += 1

    async def _posted(self, house: House) -> list[_Letter]:
        table, address = tables.outgoing, tables.address
        found = (
            sa.select(table.c.id, table.c.respondent_id, table.c.created_at, address.c.key_hash, table.c.sealed)
            .join(address, address.c.id == table.c.address_id)
            .where(table.c.id > self._last)
            .order_by(table.c.id)
        )
        async with house.database.reading() as connection:
            letters = [_Letter(*row) for row in await connection.execute(found)]
        self._last = max([self._last, *(letter.id for letter in letters)])
        return [letter for letter in letters if letter.key in _BY_HASH]

    def _hear(self, letter: _Letter) -> None:
        self._fresh.add(letter.person)
        zone = zoneinfo.ZoneInfo(_BY_HASH[letter.key].zones[0])
        self._days[letter.person, letter.at.astimezone(zone).date()] += 1
        for line in posting.opened(SEAL, letter.sealed).head.splitlines():
            self._lines[letter.person, line.strip()] += 1

    async def check(self, house: House) -> None:
        """Nobody heard more than one message a day, nor a thing more often than it happened."""
        assert max(self._days.values(), default=0) <= 1, self._days
        rows = await house.rows("SELECT respondent_id, about, reminded_on, due_on FROM heard WHERE due_on IS NOT NULL")
        for person, about, on, due in rows:
            told = self._reminded.setdefault((person, about, due), [])
            if on not in told:
                told.append(on)
                self.reached["reminded"] += 1
            assert len(told) <= 3
        while self._fresh:
            person = self._fresh.pop()
            happened = await _happened(house, person)
            for line, times in happened.items():
                heard = self._lines[person, line]
                assert heard <= times, (line, heard, times)
                self.reached["heard"] += heard


async def _happened(house: House, person: str) -> Counter[str]:
    """Each line that there may be for that person, and how often what it says has happened."""
    said: list[messages.Line] = []
    async with house.database.reading() as connection:
        known = (await publishing.Library().catalogue(connection)).campaigns
        campaign = (await booking.standing(connection, known))["suu"]
        for pledge in await ledger.of(connection, [person]):
            for promise in booking.promises([pledge]):
                for event in (events.read(events.Row(*row)) for row in pledge.events):
                    said += tidings.of_gift(tidings.Gift(promise, (event,), 0), campaign)
        rows = (await kept.rows(connection, ["suu"]))["suu"]
        said += [tidings.of_spending(item, campaign) for _, item in book.turns(map(spending.entry, rows))]
    states = await house.rows("SELECT state FROM campaign_event WHERE milestone = '' ORDER BY id")
    said += [tidings.STATES[state] for state in states]
    return Counter(houses.voice().say(line, "ru") for line in said)
