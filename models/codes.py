"""Codes to go on elsewhere: looked up, given, used once, and gone when their time is over."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any, NamedTuple

import sqlalchemy as sa

from models import db, tables

_code = tables.resume_code


class Move(NamedTuple):
    """An address goes over to the contact that was given the code."""

    address_id: str
    contact_id: str
    code_hash: bytes


async def find(connection: db.Connection, hashes: Sequence[bytes], at: dt.datetime) -> dict[bytes, str]:
    """The contact behind each code that is still good; its row is locked, for a code is used once."""
    rows = await connection.execute(
        sa.select(_code.c.code_hash, _code.c.contact_id)
        .where(_code.c.code_hash.in_(hashes), _code.c.expires_at > at)
        .order_by(_code.c.code_hash)
        .with_for_update()
    )
    return {row.code_hash: row.contact_id for row in rows}


async def give(connection: db.Connection, rows: list[dict[str, Any]]) -> None:
    """New codes; an older one of the same contact is good no more."""
    if rows:
        await drop(connection, [row["contact_id"] for row in rows])
        await connection.execute(sa.insert(_code), rows)


async def move(connection: db.Connection, moves: Sequence[Move]) -> None:
    """Addresses go over, and their codes are used up."""
    if moves:
        address = tables.address
        goes = sa.update(address).where(address.c.id == sa.bindparam("of"))
        rows = [{"of": each.address_id, "contact_id": each.contact_id} for each in sorted(moves)]
        await connection.execute(goes, rows)
        await connection.execute(sa.delete(_code).where(_code.c.code_hash.in_([each.code_hash for each in moves])))


async def drop(connection: db.Connection, contacts: Sequence[str], until: dt.datetime | None = None) -> None:
    """The codes of these contacts go; with `until`, those only whose time is over then."""
    theirs = sa.delete(_code).where(_code.c.contact_id.in_(contacts))
    await connection.execute(theirs if until is None else theirs.where(_code.c.expires_at <= until))
