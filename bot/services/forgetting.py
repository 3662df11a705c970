"""What falls due: those who never consented are forgotten after a day, those who were erased once told so."""

from __future__ import annotations

import asyncio
import datetime as dt
import logging
import time

from bot.services import recording
from models import codes, db, forgetting, mailing

_log = logging.getLogger(__name__)

#: Message ids, texts of messages and messages set aside are kept so long.
KEPT = dt.timedelta(days=30)
_DAILY = dt.timedelta(days=1)
#: Rows that are purged in one transaction: a few hundredths of a second, for which others may wait.
BATCH = 1000
#: So often what is due is looked for in one go.
_ROUNDS = 20
#: Between two looks whether a farewell has gone, and two tries.
_AGAIN = dt.timedelta(seconds=5)


async def fall_due(database: db.Database, pushed: list[str], at: dt.datetime) -> None:
    """Do what is due by now. `pushed` names the channels whose waiting messages still have to go first."""
    for _ in range(_ROUNDS):
        async with database.reading() as connection:
            items = await forgetting.due(connection, at)
        for item in items:
            await _see_to(database, item, pushed, at)
        if len(items) < forgetting.AT_ONCE:
            break


async def _see_to(database: db.Database, item: forgetting.Due, pushed: list[str], at: dt.datetime) -> None:
    try:
        if item.kind == "purge":
            await _purge(database, at)
        # Each by itself, so that one that fails holds up no other.
        async with database.transaction() as connection:
            if await forgetting.take(connection, item):
                await _do(connection, item, pushed, at)
    except db.DatabaseError as error:
        _log.error("%s could not be done: %s", item.kind, type(error).__name__)
        async with database.transaction() as connection:
            # Behind all others, however many like it there are.
            await forgetting.put_off(connection, item._replace(at=at + _AGAIN))


async def _do(connection: db.Connection, item: forgetting.Due, pushed: list[str], at: dt.datetime) -> None:
    match item.kind:
        case "forget":
            await _forget(connection, item, at)
        case "farewell":
            await _farewell(connection, item, pushed, at)
        case "code":
            await codes.drop(connection, [item.key], at)
        case "mail":
            await mailing.drop_unproved(connection, item.key)
        case "purge":
            await forgetting.purge_codes(connection, at)
            await forgetting.put_off(connection, item._replace(at=at + _DAILY))


async def _purge(database: db.Database, at: dt.datetime) -> None:
    """In small steps, each as far from the next as it took: however much there is, nobody waits for all of it."""
    gone = BATCH
    while gone == BATCH:
        begun = time.monotonic()
        async with database.transaction() as connection:
            gone = await forgetting.purge(connection, at - KEPT, BATCH)
        await asyncio.sleep(time.monotonic() - begun)


async def begin(database: db.Database, at: dt.datetime) -> None:
    """Let the daily purge fall due from now on."""
    async with database.transaction() as connection:
        await forgetting.put_off(connection, forgetting.Due("purge", "daily", at))


async def _forget(connection: db.Connection, item: forgetting.Due, at: dt.datetime) -> None:
    if await forgetting.has_people(connection, item.key):
        return
    heard = await forgetting.last_heard(connection, item.key)
    if heard and heard + recording.UNCONSENTED > at:
        await forgetting.put_off(connection, item._replace(at=heard + recording.UNCONSENTED))
    else:
        await forgetting.forget(connection, item.key, refused=False)


async def _farewell(connection: db.Connection, item: forgetting.Due, pushed: list[str], at: dt.datetime) -> None:
    if await forgetting.has_people(connection, item.key):
        return
    if not await forgetting.is_stopped(connection, item.key):
        # They have written since: a new conversation, with a day of its own.
        return
    if await forgetting.has_pending(connection, item.key, pushed):
        await forgetting.put_off(connection, item._replace(at=at + _AGAIN))
    else:
        await forgetting.forget(connection, item.key, refused=True)
