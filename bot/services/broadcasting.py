"""Broadcasting: what telling so many would come to; beginning, queuing, pausing, calling off; how it stands.

Everything is written in steps that stand by themselves, so that whoever is killed amid them goes on where they were,
and whoever does the same twice does nothing the second time.
"""

from __future__ import annotations

import asyncio
import datetime as dt
import functools
import json
import time
from collections.abc import Callable, Mapping
from typing import NamedTuple

from bot import settings, wording
from bot.channels import plain, weighing
from bot.services import announcing, approaching, publishing, reaching
from models import audiences, broadcasts, db

#: Contacts looked at in one transaction; the fewest and the most of them.
STEP, _FEWEST, _MOST = 1000, 250, 4000
#: Seconds that a step may take on SQLite, and that everybody else has after it. Who waits for the file asks every 25 ms
#: at first, and only after a tenth of a second more rarely: so they hardly ever miss the gap.
_QUICK, _BREATH = 0.05, 0.03
#: Those looked at in the outbox in one transaction.
_RECALLED = 200
#: Channels that ring, as they say of themselves.
PUSHED = tuple(name for name, each in reaching.CAPABILITIES.items() if each.push)

RUNNING, PAUSED, CANCELLED, OVER = "running", "paused", "cancelled", "over"


class NoSuchBroadcast(Exception):
    """There is no broadcast of that name; the text is the name."""


class Taken(Exception):
    """A broadcast of that name says something else, or to others; the text is the name."""


class Told(NamedTuple):
    """So many phones on one channel in one language, and what telling them comes to.

    `unreachable`: they have not written for a day, and no approved template gets through to them.
    """

    channel: str
    language: str
    people: int
    messages: int
    segments: int
    cost: settings.Rate | None
    unreachable: bool


class Standing(NamedTuple):
    """How a broadcast stands: people by their state, and messages by channel and theirs."""

    broadcast: broadcasts.Broadcast
    people: Mapping[str, int]
    messages: Mapping[tuple[str, str], int]


async def forecast(
    database: db.Database,
    announced: announcing.Announcement,
    audience: audiences.Audience,
    voice: wording.Voice,
    rates: Mapping[str, settings.Rate],
    at: dt.datetime,
    *,
    opens: bool,
) -> list[Told]:
    """Who would be told, and what it costs, if it began now; `opens`: there is an approved template."""
    told: dict[tuple[str, str, bool], int] = {}
    cursor: str | None = ""
    while cursor is not None:
        async with database.reading() as connection:
            upto = await audiences.next_contact(connection, cursor, STEP)
            between = cursor, upto
            reached = await audiences.count(connection, audience, PUSHED, between, at - approaching.WINDOW)
        cursor = upto
        for each in reached:
            outside = each.silent and reaching.CAPABILITIES[each.channel].window
            key = each.channel, each.language, outside
            told[key] = told.get(key, 0) + each.people
    return [_told(announced, voice, rates, *key, people, opens=opens) for key, people in sorted(told.items())]


def _told(
    announced: announcing.Announcement,
    voice: wording.Voice,
    rates: Mapping[str, settings.Rate],
    channel: str,
    language: str,
    outside: bool,
    people: int,
    *,
    opens: bool,
) -> Told:
    if outside and not opens:
        return Told(channel, language, people, 0, 0, None, unreachable=True)
    capabilities = reaching.CAPABILITIES[channel]
    outbound = announcing.said(voice, announced.text, language, rings=capabilities.push)
    pieces = plain.pieces(outbound, capabilities)
    load = weighing.NOTHING
    for piece in pieces:
        load = load.plus(weighing.said(channel, piece))
    load = weighing.Load(*(number * people for number in load))
    segments = load.messages_out if capabilities.segments else 0
    price = reaching.cost(channel, load, rates)
    return Told(channel, language, people, people * len(pieces), segments, price, unreachable=False)


# -- beginning and queuing -------------------------------------------------------------------------------------------


async def begin(database: db.Database, announced: announcing.Announcement, at: dt.datetime) -> broadcasts.Broadcast:
    """Write it down, so that it is told; the one that stands there already, if it says the same to the same.

    Raises `Taken` if it does not.
    """
    row = {
        "name": announced.name,
        "kind": announced.kind,
        "whom": announced.whom,
        "text": json.dumps(announced.text, ensure_ascii=False, sort_keys=True),
    }
    times = {"begun_at": at, "ends_at": at + dt.timedelta(days=announced.days)}
    async with database.transaction() as connection:
        found = await broadcasts.begin(connection, {**row, **times, "state": RUNNING})
    if row != {name: getattr(found, name) for name in row}:
        raise Taken(announced.name)
    return found


async def queue(
    database: db.Database, audience: audiences.Audience, number: int, at: dt.datetime, step: int = STEP
) -> broadcasts.Broadcast:
    """Queue the next of those it is for, a step; how it stands then. Nothing happens where all are, or it is paused."""
    async with database.transaction() as connection:
        held = await broadcasts.hold(connection, number, alone=True)
        if held.state != RUNNING or held.cursor is None:
            return held
        upto = await audiences.next_contact(connection, held.cursor, step)
        between = held.cursor, upto
        more = await audiences.queue(connection, audience, PUSHED, number, between, at)
        await broadcasts.change(connection, number, cursor=upto, people=held.people + more)
        return held._replace(cursor=upto, people=held.people + more)


async def queue_all(
    database: db.Database,
    audience: audiences.Audience,
    each: broadcasts.Broadcast,
    at: dt.datetime,
    looked: Callable[[int], object],
) -> broadcasts.Broadcast:
    """Queue everybody it is for, in steps so small that nobody waits long for one; how it stands then.

    `looked` is told how many contacts were looked at, again and again.
    """
    # Nobody waits for it on PostgreSQL.
    step = STEP if database.embedded else _MOST
    while each.state == RUNNING and each.cursor is not None:
        begun = time.monotonic()
        each = await db.replayed(functools.partial(queue, database, audience, each.id, at, step))
        took = time.monotonic() - begun
        looked(step)
        if database.embedded:
            step = max(_FEWEST, step // 2) if took > _QUICK else min(_MOST, step * 5 // 4)
            await asyncio.sleep(_BREATH)
    return each


async def contacts(database: db.Database, after: str) -> int:
    """How many contacts are still to be looked at."""
    async with database.reading() as connection:
        return await audiences.contacts(connection, after)


async def whom(database: db.Database, library: publishing.Library, each: broadcasts.Broadcast) -> audiences.Audience:
    """The audience of a broadcast."""
    async with database.reading() as connection:
        return announcing.audience(await library.catalogue(connection), each.kind, each.whom)


# -- standing still, going on, ending --------------------------------------------------------------------------------


async def named(database: db.Database, name: str) -> broadcasts.Broadcast:
    """The broadcast of that name; raises `NoSuchBroadcast`."""
    async with database.reading() as connection:
        found = await broadcasts.named(connection, name)
    if found is None:
        raise NoSuchBroadcast(name)
    return found


async def change(database: db.Database, name: str, state: str) -> tuple[broadcasts.Broadcast, int]:
    """Pause it, let it run again, or call it off; how it was, and how many messages were taken back from the outbox.

    One that is cancelled or over stays so.
    """
    number = (await named(database, name)).id
    async with database.transaction() as connection:
        before = await broadcasts.hold(connection, number, alone=True)
        if before.state in (RUNNING, PAUSED) and before.state != state:
            # What was queued of one that is called off is forgotten from the beginning.
            forgotten = {"cursor": ""} if state == CANCELLED else {}
            await broadcasts.change(connection, number, state=state, **forgotten)
    again = before.state in (PAUSED, CANCELLED) and before.state == state
    taken = before.state == RUNNING or again or state == CANCELLED
    return before, await recall(database, number) if state != RUNNING and taken else 0


async def recall(database: db.Database, number: int) -> int:
    """Take back from the outbox what has not begun to go; how many people wait again for it."""
    found, after = 0, ""
    while True:
        async with database.transaction() as connection:
            back, after = await broadcasts.recall(connection, number, _RECALLED, after)
        found += back
        if not after:
            return found


async def end(database: db.Database, number: int, at: dt.datetime) -> None:
    """Its time has passed: nobody is told any more, and what nobody has seen is taken back."""
    async with database.transaction() as connection:
        held = await broadcasts.hold(connection, number, alone=True)
        if held.state not in (RUNNING, PAUSED) or held.ends_at > at:
            return
        await broadcasts.change(connection, number, state=OVER, cursor="")
    await recall(database, number)


async def forget(database: db.Database, number: int) -> None:
    """Forget of the next of them, a step, that it was for them."""
    async with database.transaction() as connection:
        held = await broadcasts.hold(connection, number, alone=True)
        if held.state in (RUNNING, PAUSED) or held.cursor is None:
            return
        upto = await audiences.next_contact(connection, held.cursor, STEP)
        await broadcasts.forget(connection, number, (held.cursor, upto))
        await broadcasts.change(connection, number, cursor=upto)


async def listed(database: db.Database) -> list[broadcasts.Broadcast]:
    """All there ever were, the oldest first."""
    async with database.reading() as connection:
        return await broadcasts.all_(connection)


async def standing(database: db.Database, name: str) -> Standing:
    """How it stands."""
    found = await named(database, name)
    async with database.reading() as connection:
        return Standing(
            found, await broadcasts.people(connection, found.id), await broadcasts.messages(connection, found.id)
        )
