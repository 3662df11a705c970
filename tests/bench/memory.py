"""What the process weighs when a million contacts lie in its database, and when a thousand do."""

from __future__ import annotations

import contextlib
import datetime as dt
import random
import sqlite3
import statistics
from collections.abc import AsyncIterator
from pathlib import Path
from typing import NamedTuple

from bot.engine import state
from models import db, sealing
from tests.bench import people, race, rows, sides, stub

HEADING = "## Memory"
FEW, MANY = 1_000, 1_000_000
#: Answers of a round, for memory follows the load.
ANSWERS = 3_000
#: Numbers of the people who write in a round; whoever has a smaller one than the last round's end is known by their
#: address and has said nothing yet.
_WRITING = 330
#: Seconds at most for a round's load.
_MOST = 120.0
_AT = "2026-11-22 09:00:00.000000"
_INTO = {
    "contact": "(id, language, sealed, created_at) VALUES (?, ?, ?, ?)",
    "address": "(id, channel, key_hash, sealed, contact_id) VALUES (?, 'telegram', ?, ?, ?)",
    "respondent": "(id, contact_id, created_at) VALUES (?, ?, ?)",
}


class Weighed(NamedTuple):
    """Megabytes after the start and after the load, of each round."""

    begun: list[float]
    loaded: list[float]


def fill(path: Path, seal: sealing.Seal, count: int, writing: int) -> None:
    """Put so many contacts into a migrated database: those who will write, and people whose conversations stand."""
    numbers = list(range(1, count + 1))
    # By their number they would lie side by side, and all who write be found on a page or two.
    random.Random(1).shuffle(numbers)
    with contextlib.closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("PRAGMA synchronous=OFF")
        connection.execute("PRAGMA cache_size=-500000")
        for first in range(0, count, 10_000):
            made = [_contact(seal, number, writing) for number in numbers[first : first + 10_000]]
            for (table, places), rows_ in zip(_INTO.items(), zip(*made, strict=True), strict=True):
                connection.executemany(f"INSERT INTO {table} {places}", filter(None, rows_))


def _contact(seal: sealing.Seal, number: int, writing: int) -> list[tuple[object, ...]]:
    """Rows of the tables of `_INTO`; of who has said nothing there is no respondent."""
    contact, person, chat = db.new_id(), db.new_id(), str(people.FIRST + number)
    address = (db.new_id(), seal.hash("address/telegram", chat), seal.close("address", chat), contact)
    if number <= writing:
        return [(contact, "", None, _AT), address, ()]
    language = people.LANGUAGES[number % 2]
    them = state.Person(person, consents=("survey:priorities",), finished=("priorities/1",))
    talk = state.Talk(language, "done", step=15, people=(them,), person=person, heard="2026-11-22T09:00:00+00:00")
    sealed = seal.close_json("contact", state.to_plain(talk))
    return [(contact, language, sealed, _AT), address, (person, contact, _AT)]


@contextlib.asynccontextmanager
async def _running(side: sides.Side, folder: Path) -> AsyncIterator[sides.Running]:
    bot = sides.Running(side, folder / "log")
    with sides.killing([bot]):
        await bot.ready()
        yield bot


async def run(plan: race.Plan, folder: Path, few: int = FEW, many: int = MANY) -> dict[int, Weighed]:
    """Each in turn: a new process on its database, so many people's messages, and what it weighs then."""
    platform, writing = stub.Stub(), plan.rounds * _WRITING
    weighed = {count: Weighed([], []) for count in (few, many)}
    async with stub.served(platform) as api:
        bots = {}
        for count in weighed:
            own = folder / str(count)
            own.mkdir()
            bots[count] = sides.ours(own, api)
            # It makes its tables by itself.
            async with _running(bots[count], own):
                pass
            fill(own / sides.OUR_FILE, sides.seal(bots[count]), count, writing)
        for number in range(plan.rounds):
            for count, side in bots.items():
                bench = race.Bench(platform, plan, number * _WRITING)
                async with _running(side, folder / str(count)) as bot:
                    weighed[count].begun.append(bot.memory())
                    async with bench.crowd(bot) as crowd:
                        answers = len((await crowd.talk(_MOST, ANSWERS)).waits)
                    weighed[count].loaded.append(bot.memory())
                    print(f"{count:>9,} contacts: {weighed[count].loaded[-1]:.1f} MB", flush=True)
                if answers < ANSWERS:
                    raise stub.Failed(f"{answers} answers in {_MOST:.0f} s are no load to compare")
    return weighed


def row(weighed: dict[int, Weighed]) -> rows.Measured:
    """For the table."""
    few, many = sorted(weighed)
    return rows.pairs(weighed[many].loaded, weighed[few].loaded)


def section(weighed: dict[int, Weighed], at: dt.datetime) -> str:
    """The part of the page."""
    table = "\n".join(
        f"| {count:,} | {statistics.median(each.begun):.0f} | {statistics.median(each.loaded):.0f} |"
        for count, each in sorted(weighed.items())
    )
    found, rounds = row(weighed), len(weighed[min(weighed)].loaded)
    return f"""{HEADING}

Written by `python -m tests.bench memory` on {at.date()}. Resident megabytes of an `ashar serve` on
SQLite, just started and after {ANSWERS:,} answers of people who are known by their address; {rounds} processes
on each database in turn, medians. Each contact has an address, a person and a conversation.

| contacts | started | after the load |
| --- | --- | --- |
{table}

**{found.value:.2f} times the memory** ({found.low:.2f}–{found.high:.2f}).
"""
