"""Promises whose rate was not known on their day: counted in som once it is, by that day's rate and no other."""

from __future__ import annotations

import datetime as dt
import logging
from decimal import Decimal

from bot.engine import giving, messages
from bot.services import booking, quoting
from models import db, ledger, maturing, rates, turns

_log = logging.getLogger(__name__)

#: Pledges in one transaction: a giver who writes just then waits for no more than these.
BATCH = 50


async def value(database: db.Database) -> int:
    """Count in som what can be now; how many promises that were. Whoever writes just now is counted the next time."""
    done, last = 0, ""
    while True:
        async with database.reading() as connection:
            found = await maturing.unvalued(connection, last, BATCH)
        if not found:
            return done
        last = found[-1].id
        try:
            done += await _batch(database, found)
        except db.DatabaseError as error:
            _log.warning("%d promises were not counted in som: %s", len(found), type(error).__name__)


async def _batch(database: db.Database, found: list[maturing.Ripe]) -> int:
    writes, rows = turns.Writes(), []
    async with database.transaction() as connection:
        held = await maturing.hold(connection, found)
        by_day: dict[dt.date, dict[str, rates.Rate]] = {}
        # Only now, for they may have changed while nobody held them.
        for pledge in await ledger.named(connection, held):
            if pledge.rate is not None:
                continue
            day = quoting.day(pledge.events[0].at)
            if day not in by_day:
                newest = await rates.newest(connection, day, day - quoting.GOOD_FOR)
                by_day[day] = {each.currency: each for each in newest}
            rate = by_day[day].get(pledge.unit)
            if rate is None:
                continue
            for promise in booking.promises([pledge]):
                booking.revalue(writes, promise, messages.Rate(Decimal(rate.value) / rates.ONE, rate.day))
                worth = giving.in_som(promise.offer.quantity, Decimal(rate.value) / rates.ONE)
                rows.append({"of": pledge.id, "rate": rate.value, "rate_on": rate.day, "som": int(worth * 100)})
        await ledger.value(connection, rows)
        # Last and in order, for whoever pledges comes to them too.
        await ledger.add(connection, writes.ledger_totals)
    return len(rows)
