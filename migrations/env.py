"""Alembic's door: runs the migrations on the database that models/migrating.py names."""

from __future__ import annotations

import asyncio

import sqlalchemy as sa
from alembic import context

from models import db, tables


def _migrate(connection: sa.Connection) -> None:
    context.configure(connection=connection, target_metadata=tables.metadata, render_as_batch=True)
    with context.begin_transaction():
        context.run_migrations()


async def _run() -> None:
    database = db.Database(context.config.attributes["url"])
    try:
        async with database.transaction() as connection:
            await connection.run_sync(_migrate)
    finally:
        await database.close()


asyncio.run(_run())
