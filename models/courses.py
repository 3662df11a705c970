"""The course of campaigns: what became of each, and when; how it stands is what the last of its events says."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from typing import NamedTuple

import sqlalchemy as sa

from models import db, hearing, tables

_event, _campaign = tables.campaign_event, tables.campaign


class Stand(NamedTuple):
    """Where a campaign is."""

    state: str
    version: str


class Event(NamedTuple):
    """One change of a campaign, or one milestone of it. `why` is JSON of a text by language, or ""."""

    id: int
    campaign: str
    state: str
    version: str
    actor: str
    why: str
    milestone: str
    at: dt.datetime


_EVENT = sa.select(
    _event.c.id,
    _event.c.campaign_name,
    _event.c.state,
    _event.c.version,
    _event.c.actor,
    _event.c.why,
    _event.c.milestone,
    _event.c.at,
).order_by(_event.c.id)


async def hold(connection: db.Connection, name: str) -> Stand:
    """Where a campaign is, that changes nobody else makes until the end of this transaction; replies do not wait.

    Raises `db.Outdated` if there is none of that name.
    """
    found = sa.select(_campaign.c.state, _campaign.c.current).where(_campaign.c.name == name)
    # NO KEY: a pledge that comes meanwhile refers to the campaign, and need not wait for us, nor we for it.
    row = (await connection.execute(found.with_for_update(key_share=True))).first()
    if row is None:
        raise db.Outdated
    return Stand(*row)


async def write(
    connection: db.Connection,
    name: str,
    now: Stand,
    actor: str,
    at: dt.datetime,
    *,
    why: str = "",
    milestone: str = "",
) -> int:
    """The campaign stands so from now on; it must be held. The number of the event."""
    row = {"campaign_name": name, "state": now.state, "version": now.version, "actor": actor, "at": at}
    added = sa.insert(_event).values(**row, why=why, milestone=milestone).returning(_event.c.id)
    number: int = (await connection.execute(added)).scalar_one()
    stands = sa.update(_campaign).where(_campaign.c.name == name)
    await connection.execute(stands.values(state=now.state, current=now.version))
    await hearing.wake_givers(connection, name, at)
    return number


async def history(connection: db.Connection, names: Collection[str]) -> dict[str, list[Event]]:
    """Campaign -> all that became of it, the oldest first."""
    found: dict[str, list[Event]] = {name: [] for name in names}
    for row in await connection.execute(_EVENT.where(_event.c.campaign_name.in_(sorted(names)))):
        found[row.campaign_name].append(Event(*row))
    return found


async def last(connection: db.Connection, name: str, before: int | None = None) -> Event | None:
    """The last that became of a campaign, or the last before that event."""
    found = sa.select(*_EVENT.selected_columns).where(_event.c.campaign_name == name)
    earlier = found if before is None else found.where(_event.c.id < before)
    row = (await connection.execute(earlier.order_by(_event.c.id.desc()).limit(1))).first()
    return Event(*row) if row else None


# -- what the events come to -----------------------------------------------------------------------------------------


async def differing(connection: db.Connection) -> dict[str, Stand]:
    """Campaigns that stand otherwise than the last of their events says -> what that says."""
    latest = sa.select(sa.func.max(_event.c.id)).group_by(_event.c.campaign_name)
    rows = await connection.execute(
        sa.select(_campaign.c.name, _event.c.state, _event.c.version)
        .join(_event, _event.c.campaign_name == _campaign.c.name)
        .where(
            _event.c.id.in_(latest),
            sa.or_(_event.c.state != _campaign.c.state, _event.c.version != _campaign.c.current),
        )
    )
    return {name: Stand(state, version) for name, state, version in rows}


async def mend(connection: db.Connection, right: dict[str, Stand]) -> None:
    """Let them stand as their events say."""
    for name, stand in sorted(right.items()):
        mended = sa.update(_campaign).where(_campaign.c.name == name)
        await connection.execute(mended.values(state=stand.state, current=stand.version))
