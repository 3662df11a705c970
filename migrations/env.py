"""Alembic's door: runs the migrations on the database that models/migrating.py names."""

from __future__ import annotations

import asyncio

import sqlalchemy as sa
from alembic import context

from models import db, tables

#: Tries of a migration that found its table busy, and seconds between two of them.
_TRIES, _PAUSE = 60, 1.0


def _migrate(connection: sa.Connection) -> None:
    context.configure(
        connection=connection,
        target_metadata=tables.metadata,
        render_as_batch=True,
        transaction_per_migration=True,
    )
    with context.begin_transaction():
        context.run_migrations()


async def _run() -> None:
    database = db.Database(context.config.attributes["url"], migrates=True)
    try:
        async with database.migrating() as connection:
            for tried in range(_TRIES):
                try:
                    await connection.run_sync(_migrate)
                    break
                except db.DatabaseError as error:
                    # Those before it have been kept; it goes on where it gave way.
                    if tried + 1 == _TRIES or database.embedded or not db.must_replay(error):
                        raise
                    await connection.rollback()
                    await asyncio.sleep(_PAUSE)
    finally:
        await database.close()


asyncio.run(_run())
