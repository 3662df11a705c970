"""What every command does: a transaction that PostgreSQL ends for another's sake is done once more, and once."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
import sqlalchemy as sa

from bot import wiring
from bot.shell import remembering
from models import db, leases


def test_a_command_that_lost_a_deadlock_is_done_again(
    postgresql_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ASHAR_DATABASE_URL", postgresql_url)
    monkeypatch.setenv("ASHAR_VAR", str(tmp_path))
    tries: list[int] = []

    async def other(database: db.Database, has: asyncio.Event, go: asyncio.Event) -> None:
        async with database.transaction() as connection:
            await leases.beat(connection, "second")
            has.set()
            await go.wait()
            await leases.beat(connection, "first")

    async def work(memory: wiring.Memory) -> int:
        tries.append(len(tries))
        has, go = asyncio.Event(), asyncio.Event()
        task = asyncio.create_task(other(memory.database, has, go)) if len(tries) == 1 else None
        try:
            async with memory.database.transaction() as connection:
                # It notices before the other does, and so it is the one to give way.
                await connection.execute(sa.text("SET LOCAL deadlock_timeout = '100ms'"))
                await leases.beat(connection, "first")
                if task:
                    await has.wait()
                    go.set()
                await leases.beat(connection, "second")
        finally:
            if task:
                await task
        async with memory.database.reading() as connection:
            return (await leases.look(connection, "first")).beat

    # Once by the other, and once by the command.
    assert remembering.ask(work) == 2
    assert tries == [0, 1]


def test_what_fails_for_another_reason_is_not_done_again(
    sqlite_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ASHAR_DATABASE_URL", sqlite_url)
    monkeypatch.setenv("ASHAR_VAR", str(tmp_path))
    tries: list[int] = []

    async def work(memory: wiring.Memory) -> None:
        tries.append(len(tries))
        async with memory.database.transaction() as connection:
            await connection.execute(sa.text("SELECT nothing FROM nowhere"))

    with pytest.raises(db.DatabaseError, match="nowhere"):
        remembering.ask(work)
    assert tries == [0]


def test_what_is_outdated_is_done_a_few_times_and_then_said(
    database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ASHAR_DATABASE_URL", database_url)
    monkeypatch.setenv("ASHAR_VAR", str(tmp_path))
    tries: list[int] = []

    async def work(memory: wiring.Memory) -> int:
        tries.append(len(tries))
        async with memory.database.transaction() as connection:
            await leases.beat(connection, "first")
            if len(tries) != 3:
                raise db.Outdated
        async with memory.database.reading() as connection:
            return (await leases.look(connection, "first")).beat

    assert remembering.ask(work) == 1
    with pytest.raises(db.Outdated):
        remembering.ask(work)
    assert len(tries) < 20
