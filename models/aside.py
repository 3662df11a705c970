"""Messages set aside: kept with their error, listed, taken up again, or dropped."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import NamedTuple

import sqlalchemy as sa

from models import db, tables

_aside = tables.set_aside


class Aside(NamedTuple):
    """One message that failed even alone."""

    id: str
    channel: str
    #: As in `address`.
    key_hash: bytes
    sealed: bytes
    #: Where in the program it failed; never what was said.
    error: str
    created_at: dt.datetime


_LISTED = sa.select(*(_aside.c[name] for name in Aside._fields)).order_by(_aside.c.created_at, _aside.c.id)


async def put(connection: db.Connection, row: Aside) -> None:
    """Keep it, behind all others of its address: the clock of another machine may go before ours.

    The address's contact must be locked.
    """
    newest = sa.select(sa.func.max(_aside.c.created_at)).where(_aside.c.key_hash == row.key_hash)
    last: dt.datetime | None = (await connection.execute(newest)).scalar()
    at = max(row.created_at, last + dt.timedelta(microseconds=1)) if last else row.created_at
    await connection.execute(sa.insert(_aside), [row._replace(created_at=at)._asdict()])


async def listed(connection: db.Connection) -> list[Aside]:
    """All of them, the oldest first, and of each address in the order in which they came."""
    return [Aside(*row) for row in await connection.execute(_LISTED)]


async def take_out(connection: db.Connection, ids: Sequence[str]) -> int:
    """Remove these; how many were still there."""
    return (await connection.execute(sa.delete(_aside).where(_aside.c.id.in_(ids)))).rowcount


async def failed_again(connection: db.Connection, id_: str, error: str) -> None:
    """Keep where it failed this time."""
    await connection.execute(sa.update(_aside).where(_aside.c.id == id_).values(error=error))


async def forget_received(connection: db.Connection, channel: str, key_hash: bytes) -> None:
    """As if that message had never come, so that it can be received now."""
    received = tables.received
    mine = received.c.channel == channel, received.c.key_hash == key_hash
    await connection.execute(sa.delete(received).where(*mine))


class Owner(NamedTuple):
    """Whoever wrote a message, as far as it takes to answer."""

    address_id: str
    contact_id: str
    language: str
    stopped: bool
    closed: str | None
    #: The conversation, as it lies.
    talk: bytes | None


async def owner(connection: db.Connection, channel: str, key_hash: bytes) -> Owner | None:
    """Whose address this is; None where it was forgotten."""
    address, contact = tables.address, tables.contact
    found = sa.select(
        address.c.id, contact.c.id, contact.c.language, contact.c.stopped, address.c.closed, contact.c.sealed
    ).where(address.c.channel == channel, address.c.key_hash == key_hash, contact.c.id == address.c.contact_id)
    row = (await connection.execute(found)).first()
    return Owner(*row) if row else None
