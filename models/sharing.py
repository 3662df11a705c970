"""Shares: how many messages a second of a provider's account each process that delivers may send.

The shares of all processes together are never more than the provider lets us. A process that joins waits until those
that are there have given up what becomes its own; one that dies is outlived by its share for a while. Instants are the
database's, so that no clock but its own has to be right.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from typing import NamedTuple

import sqlalchemy as sa

from models import bell, db, tables

_share = tables.share
#: Seconds for which a share is a process's own without its saying that it lives.
LEASE = 20.0
#: Seconds for which what a process sent last still counts after it has left.
_AFTER = dt.timedelta(seconds=2)


class Held(NamedTuple):
    """What a process has of one channel's account, and says of it."""

    #: What the provider lets all of us send in a second.
    limit: int
    #: What this process may have sent in the second before now, or may send yet, by what it was told last.
    permits: int
    #: Seconds for which the provider wants to hear nothing, as it told this process; 0 for none.
    rests: float


class Share(NamedTuple):
    """What a process may send of one channel from now on: messages a second, and after how many seconds of rest."""

    permits: int
    rests: float


async def share(
    connection: db.Connection, process: str, held: Mapping[str, Held], dead: Callable[[str], bool]
) -> dict[str, Share]:
    """Say that this process lives and what it holds; what it may send of each channel for the next `LEASE` seconds.

    Where that is less than it holds, what it holds stays its own until it is said again with less. `dead` says of a
    process whether it is known to be, so that nobody waits until its share runs out.
    """
    if connection.dialect.name != "sqlite":
        await connection.execute(sa.text("LOCK TABLE share IN SHARE ROW EXCLUSIVE MODE"))
    at = await _now(connection)
    await connection.execute(
        sa.delete(_share).where(
            _share.c.until <= at, sa.or_(_share.c.rests_until.is_(None), _share.c.rests_until <= at)
        )
    )
    rows = (await connection.execute(sa.select(_share))).all()
    mine = {row.channel: row for row in rows if row.process == process}
    shares: dict[str, Share] = {}
    news = False
    for channel, has in sorted(held.items()):
        others = [row for row in rows if row.channel == channel and row.process != process]
        living = [row for row in others if row.until > at and not dead(row.process)]
        # The eldest first: ids rise with time, and what cannot be divided is theirs.
        place = sum(row.process < process for row in living)
        fair = -((place - has.limit) // (len(living) + 1))
        permits = max(0, min(fair, has.limit - sum(row.permits for row in living)))
        rests = max((_left(row.rests_until, at) for row in others), default=0.0)
        shares[channel] = Share(permits, rests)
        known = mine.get(channel)
        keeps = max(permits, has.permits)
        rests_until = at + dt.timedelta(seconds=has.rests) if has.rests else None
        news |= known is None or known.permits != keeps or (has.rests > _left(known.rests_until, at) + 1)
        row = {
            "channel": channel,
            "process": process,
            "permits": keeps,
            "until": at + dt.timedelta(seconds=LEASE),
            "rests_until": rests_until,
        }
        upsert = db.insert(connection, _share)
        new = {name: upsert.excluded[name] for name in ("permits", "until", "rests_until")}
        await connection.execute(upsert.on_conflict_do_update(index_elements=["channel", "process"], set_=new), [row])
    if news:
        await bell.ring(connection, bell.SHARES)
    return shares


async def leave(connection: db.Connection, process: str) -> None:
    """This process sends nothing any more; its share is the others'."""
    at = await _now(connection)
    await connection.execute(sa.update(_share).where(_share.c.process == process).values(until=at + _AFTER))
    await bell.ring(connection, bell.SHARES)


async def _now(connection: db.Connection) -> dt.datetime:
    if connection.dialect.name == "sqlite":
        return db.now()
    at: dt.datetime = (await connection.execute(sa.select(sa.func.clock_timestamp()))).scalar_one()
    return at


def _left(until: dt.datetime | None, at: dt.datetime) -> float:
    return max(0.0, (until - at).total_seconds()) if until else 0.0
