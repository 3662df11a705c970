"""Leases: what one process alone does at a time. No clock decides, neither ours nor the database's."""

from __future__ import annotations

from typing import NamedTuple

import sqlalchemy as sa

from models import db, tables

_lease = tables.lease


class Lease(NamedTuple):
    """Who holds it, and how often it was renewed."""

    holder: str
    beat: int


FREE = Lease("", 0)


async def look(connection: db.Connection, name: str) -> Lease:
    """How it stands; `FREE` where it was never held."""
    found = sa.select(_lease.c.holder, _lease.c.beat).where(_lease.c.name == name)
    row = (await connection.execute(found)).first()
    return Lease(*row) if row else FREE


async def take(connection: db.Connection, name: str, holder: str, seen: Lease) -> bool:
    """Take it from whoever had it, if it still stands as it was `seen`."""
    begun = db.insert(connection, _lease).values(name=name, holder="", beat=0)
    await connection.execute(begun.on_conflict_do_nothing())
    as_seen = _lease.c.name == name, _lease.c.holder == seen.holder, _lease.c.beat == seen.beat
    taken = sa.update(_lease).where(*as_seen).values(holder=holder, beat=_lease.c.beat + 1)
    return bool((await connection.execute(taken)).rowcount)


async def renew(connection: db.Connection, name: str, holder: str) -> bool:
    """Show that it is still held; False where somebody else has it."""
    mine = _lease.c.name == name, _lease.c.holder == holder
    return bool((await connection.execute(sa.update(_lease).where(*mine).values(beat=_lease.c.beat + 1))).rowcount)


async def give_back(connection: db.Connection, name: str, holder: str) -> None:
    """Let the next one have it at once."""
    mine = _lease.c.name == name, _lease.c.holder == holder
    await connection.execute(sa.update(_lease).where(*mine).values(holder="", beat=_lease.c.beat + 1))


async def beat(connection: db.Connection, name: str) -> None:
    """Count up what nobody holds: a write that changes nothing, for whoever wants to know whether one goes through."""
    await connection.execute(
        db.upsert(connection, _lease, ("name",), added=("beat",)), {"name": name, "holder": "", "beat": 1}
    )
