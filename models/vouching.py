"""Promises in another's name: whose they may become by which code, who made them, and how they change hands."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from models import db, ledger, tables

_vouching, _pledge = tables.vouching, tables.pledge


async def of(connection: db.Connection, people: Sequence[str]) -> list[ledger.Pledge]:
    """What these people have promised, and what they recorded for others.

    A pledge of two is held: the phone of one of them is no guard against the other.
    """
    if not people:
        return []
    recorded = sa.select(_vouching.c.pledge_id).where(_vouching.c.respondent_id.in_(people))
    which = sa.or_(_pledge.c.respondent_id.in_(people), _pledge.c.id.in_(recorded))
    found = await ledger.meant(connection, which)
    shared = sorted(each.id for each in found if each.recorder_id)
    if not shared or connection.dialect.name == "sqlite":
        return found
    await _hold(connection, shared)
    again = {each.id: each for each in await ledger.named(connection, shared)}
    return [again.get(each.id, each) for each in found]


async def promised(
    connection: db.Connection, hashes: Sequence[bytes], at: dt.datetime
) -> dict[bytes, list[ledger.Pledge]]:
    """What whoever has such a code may say yes or no to; it is held, for a code is used once."""
    good = _vouching.c.code_hash.in_(hashes), _vouching.c.expires_at > at
    ids = list(await connection.scalars(sa.select(_vouching.c.pledge_id).where(*good)))
    await _hold(connection, sorted(ids))
    # Only now, for it may have been used while nobody held it.
    rows = await connection.execute(sa.select(_vouching.c.code_hash, _vouching.c.pledge_id).where(*good))
    codes = {row.pledge_id: row.code_hash for row in rows}
    found: dict[bytes, list[ledger.Pledge]] = defaultdict(list)
    for pledge in await ledger.named(connection, sorted(codes)):
        found[codes[pledge.id]].append(pledge)
    return found


async def _hold(connection: db.Connection, ids: Sequence[str]) -> None:
    """After contacts and in order, as everybody locks pledges."""
    held = sa.select(_pledge.c.id).where(_pledge.c.id.in_(ids)).order_by(_pledge.c.id)
    await connection.execute(held.with_for_update(key_share=True))


async def write(
    connection: db.Connection,
    made: Sequence[dict[str, Any]],
    links: Sequence[dict[str, Any]],
    answered: Mapping[str, str],
) -> None:
    """New ones, others' new codes (`of`), and whose those are that were answered: nobody's where it was no."""
    if made:
        await connection.execute(sa.insert(_vouching), made)
    if links:
        await connection.execute(sa.update(_vouching).where(_vouching.c.pledge_id == sa.bindparam("of")), links)
    if answered:
        rows = [{"of": pledge, "respondent_id": person} for pledge, person in sorted(answered.items()) if person]
        if rows:
            await connection.execute(sa.update(_pledge).where(_pledge.c.id == sa.bindparam("of")), rows)
        await _drop(connection, _vouching.c.pledge_id.in_(sorted(answered)))


async def _drop(connection: db.Connection, which: sa.ColumnElement[bool]) -> None:
    await connection.execute(sa.update(_vouching).where(which).values(code_hash=None))


async def forget(connection: db.Connection, people: Sequence[str]) -> None:
    """Who made them is erased: what they promised stays its giver's, and nobody comes by their links any more."""
    theirs = _vouching.c.respondent_id.in_(people)
    await connection.execute(sa.update(_vouching).where(theirs).values(respondent_id=None, code_hash=None))


async def relatives(connection: db.Connection, pledges: Collection[str]) -> dict[str, str]:
    """Pledge -> who recorded it for another."""
    made = sa.select(_vouching.c.pledge_id, _vouching.c.respondent_id).where(
        _vouching.c.pledge_id.in_(sorted(pledges)), _vouching.c.respondent_id.is_not(None)
    )
    return {row.pledge_id: row.respondent_id for row in await connection.execute(made)}
