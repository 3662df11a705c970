"""Rotating: how much was sealed by which key, and values sealed anew, a few at a time."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any, NamedTuple

import sqlalchemy as sa

from models import db, sealing, tables

#: Every column with sealed values; their place is the table's name.
SEALED = tuple(
    column for table in tables.metadata.sorted_tables for column in table.c if column.name in ("sealed", "transcript")
)

Column = sa.Column[bytes]
#: A row's primary key.
Key = tuple[Any, ...]


class Renewed(NamedTuple):
    """So many values were sealed anew; so many could not be opened."""

    values: int
    unreadable: int


async def counts(connection: db.Connection, column: Column) -> Counter[int]:
    """How many of a column's values were sealed by the key of each mark."""
    by = _mark(column).label("mark")
    rows = await connection.execute(sa.select(by, sa.func.count()).where(column.is_not(None)).group_by(by))
    return Counter({_number(row[0]): row[1] for row in rows})


async def page(connection: db.Connection, column: Column, after: Key | None, limit: int) -> list[tuple[Key, int]]:
    """The next sealed values in the order of their rows: which row, and the mark of the key."""
    keys = list(column.table.primary_key)
    found = sa.select(*keys, _mark(column)).where(column.is_not(None)).order_by(*keys).limit(limit)
    if after is not None:
        behind = sa.tuple_(*(sa.literal(value, key.type) for key, value in zip(keys, after, strict=True)))
        found = found.where(sa.tuple_(*keys) > behind)
    return [(tuple(row[:-1]), _number(row[-1])) for row in await connection.execute(found)]


async def renew(connection: db.Connection, column: Column, rows: Sequence[Key], seal: sealing.Seal) -> Renewed:
    """Seal the values of these rows with the first key.

    What somebody else writes at this moment is passed over: whoever waits for nobody is in nobody's way. What has
    gone, or was sealed anew meanwhile, is left as it is.
    """
    table, place = column.table, column.table.name
    keys = list(table.primary_key)
    theirs = sa.tuple_(*keys).in_(rows) if len(keys) > 1 else keys[0].in_([row[0] for row in rows])
    held = (
        sa.select(*keys, column)
        .where(theirs, column.is_not(None), _mark(column) != sa.literal(bytes([seal.first]), sa.LargeBinary))
        .order_by(*keys)
        .with_for_update(key_share=True, skip_locked=True)
    )
    changed, unreadable = [], 0
    for row in await connection.execute(held):
        try:
            sealed = seal.close_bytes(place, seal.open_bytes(place, row[-1]))
        except sealing.Unreadable:
            unreadable += 1
            continue
        changed.append({f"of_{key.name}": value for key, value in zip(keys, row, strict=False)} | {"anew": sealed})
    if changed:
        named = [key == sa.bindparam(f"of_{key.name}") for key in keys]
        anew = sa.bindparam("anew", type_=sa.LargeBinary)
        await connection.execute(sa.update(table).where(*named).values({column.name: anew}), changed)
    return Renewed(len(changed), unreadable)


def _mark(column: Column) -> sa.ColumnElement[bytes]:
    return sa.func.substr(column, 1, 1, type_=sa.LargeBinary)


def _number(mark: bytes) -> int:
    # Nothing at all was sealed by no key there is.
    return mark[0] if mark else -1
