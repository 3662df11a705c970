"""Migrations: brings a database to the tables of this program, with Alembic."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Iterator
from pathlib import Path

import alembic.command
import alembic.config
from alembic import op
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


def head() -> str:
    """The last migration of this program."""
    return str(ScriptDirectory.from_config(_config("")).get_current_head())


async def pending(database: db.Database) -> bool:
    """True while the database lacks a migration of this program.

    Numbers rise: a higher one than all of ours is of a newer program, on whose tables this one still runs.
    """
    async with database.reading() as connection:
        there = await connection.run_sync(lambda sync: MigrationContext.configure(sync).get_current_revision())
    return (there or "") < head()


@contextlib.contextmanager
def beside_writers() -> Iterator[None]:
    """In a migration, around indexes that are made or dropped CONCURRENTLY: PostgreSQL does so in no transaction."""
    context = op.get_context()
    with context.autocommit_block() if context.dialect.name == "postgresql" else contextlib.nullcontext():
        yield


async def upgrade_async(url: str, revision: str = "head") -> None:
    """`upgrade` from within an event loop."""
    await asyncio.to_thread(upgrade, url, revision)
