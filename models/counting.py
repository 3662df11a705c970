"""The SQL of recounting: every response as it stands, and the tallies kept of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import AsyncIterator
from typing import Any

import sqlalchemy as sa

from models import db, tables, turns

_KEY = list(tables.tally.primary_key.columns)


async def hold(connection: db.Connection) -> None:
    """Let no tally, and no total of pledges, change until the end of this transaction.

    Groups of messages in other processes come to them last, wait here, and then add their own difference
    to whatever stands: so a recount that begins after this misses nothing and counts nothing twice.
    """
    if connection.dialect.name == "postgresql":
        await connection.execute(sa.text("LOCK TABLE ledger_total, tally IN SHARE ROW EXCLUSIVE MODE"))


async def snapshot(connection: db.Connection) -> None:
    """See everything as it is at this moment until the end of this transaction, holding up nobody."""
    if connection.dialect.name == "postgresql":
        await connection.execute(sa.text("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ"))


async def all_responses(connection: db.Connection) -> AsyncIterator[tuple[str, bytes]]:
    """(form version, sealed state) of every response, in constant memory."""
    response = tables.response
    rows = await connection.stream(
        sa.select(response.c.form_version, response.c.sealed).execution_options(yield_per=1000)
    )
    async for row in rows:
        yield row.form_version, row.sealed


async def all_tallies(connection: db.Connection) -> Counter[tuple[Any, ...]]:
    """Every tally that is not zero, by its key."""
    rows = await connection.execute(sa.select(*_KEY, tables.tally.c.count).where(tables.tally.c.count != 0))
    return Counter({tuple(row)[:-1]: tuple(row)[-1] for row in rows})


async def replace_tallies(connection: db.Connection, counted: Counter[Any]) -> None:
    """Put these in the place of all tallies."""
    await connection.execute(sa.delete(tables.tally))
    await turns.add_tallies(connection, counted)
