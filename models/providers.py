"""What providers made for us once and know by an id of theirs; and which keys this database was begun with."""

from __future__ import annotations

from collections.abc import Mapping

import sqlalchemy as sa

from models import db, tables

#: Characters of an id.
LONGEST = 160


async def objects(connection: db.Connection, account: str) -> dict[str, str]:
    """Name -> the provider's id of everything of that account."""
    table = tables.provider_object
    found = await connection.execute(sa.select(table.c.name, table.c.provider_id).where(table.c.account == account))
    return {row.name: row.provider_id for row in found}


async def keep(connection: db.Connection, account: str, made: Mapping[str, str]) -> None:
    """Remember the ids; one that is known already is replaced."""
    table = tables.provider_object
    for name, provider_id in sorted(made.items()):
        row = {"account": account, "name": name, "provider_id": provider_id}
        statement = db.insert(connection, table).values(row)
        await connection.execute(
            statement.on_conflict_do_update(index_elements=["account", "name"], set_={"provider_id": provider_id})
        )


async def begun_with(connection: db.Connection, mark: str) -> str:
    """The mark of the keys this database was begun with: this one, if it is only beginning now."""
    table = tables.provider_object
    row = {"account": "ashar", "name": "hash_key", "provider_id": mark}
    await connection.execute(db.insert(connection, table).values(row).on_conflict_do_nothing())
    return (await objects(connection, "ashar"))["hash_key"]
