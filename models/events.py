"""Announced events, and whose office lets more come from one phone."""

from __future__ import annotations

import datetime as dt
from typing import NamedTuple

import sqlalchemy as sa

from models import db, tables

_event = tables.event


class Event(NamedTuple):
    """One event, and until when it goes on."""

    name: str
    until: dt.datetime


async def announce(connection: db.Connection, event: Event) -> None:
    """It goes on until then; one of that name is moved."""
    put = db.insert(connection, _event).values(event._asdict())
    await connection.execute(put.on_conflict_do_update(index_elements=["name"], set_={"until": put.excluded.until}))


async def end(connection: db.Connection, name: str) -> bool:
    """Forget it; False where there is none."""
    return bool((await connection.execute(sa.delete(_event).where(_event.c.name == name))).rowcount)


async def listed(connection: db.Connection) -> list[Event]:
    """All that are known, the next to end first."""
    return [Event(*row) for row in await connection.execute(sa.select(_event).order_by(_event.c.until, _event.c.name))]


async def under_way(connection: db.Connection, at: dt.datetime) -> bool:
    """Whether one goes on now."""
    return bool(await connection.scalar(sa.select(sa.exists().where(_event.c.until > at))))


async def holds_office(connection: db.Connection, channel: str, key_hash: bytes) -> bool:
    """Whether somebody behind this address holds an office of a campaign."""
    address, respondent, role = tables.address, tables.respondent, tables.role
    held = sa.exists().where(
        address.c.channel == channel,
        address.c.key_hash == key_hash,
        respondent.c.contact_id == address.c.contact_id,
        role.c.respondent_id == respondent.c.id,
        role.c.ended_at.is_(None),
    )
    return bool(await connection.scalar(sa.select(held)))
