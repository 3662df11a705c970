"""Migrations: brings a database to the tables of this program, with Alembic."""

from __future__ import annotations

import asyncio
from pathlib import Path

import alembic.command
import alembic.config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory

from models import db

_MIGRATIONS = Path(__file__).resolve().parent.parent / "migrations"


def _config(url: str) -> alembic.config.Config:
    config = alembic.config.Config()
    config.set_main_option("script_location", str(_MIGRATIONS))
    config.attributes["url"] = url
    return config


def upgrade(url: str, revision: str = "head") -> None:
    """Run every migration that is missing up to that one. Must not be called from a running event loop."""
    alembic.command.upgrade(_config(url), revision)


def knows(revision: str) -> bool:
    """Whether this program has that migration."""
    return revision in {script.revision for script in ScriptDirectory.from_config(_config("")).walk_revisions()}


async def pending(database: db.Database) -> bool:
    """True while the database lacks a migration of this program."""
    head = ScriptDirectory.from_config(_config("")).get_current_head()
    async with database.reading() as connection:
        return await connection.run_sync(lambda sync: MigrationContext.configure(sync).get_current_revision()) != head


async def upgrade_async(url: str, revision: str = "head") -> None:
    """`upgrade` from within an event loop."""
    await asyncio.to_thread(upgrade, url, revision)
