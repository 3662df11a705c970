"""The fixtures keep what they promise: fresh databases, and a guard that cannot be slipped past."""

import asyncio
import socket

import pytest
import sqlalchemy as sa
from sqlalchemy.ext import asyncio as sa_asyncio

from tests import loopback

pytestmark = pytest.mark.house


@pytest.mark.parametrize("turn", [1, 2])
async def test_each_test_has_a_database_of_its_own(database_url: str, turn: int) -> None:
    engine = sa_asyncio.create_async_engine(database_url)
    try:
        async with engine.begin() as connection:
            await connection.execute(sa.text("CREATE TABLE only_here (turn integer)"))
            await connection.execute(sa.text("INSERT INTO only_here VALUES (:turn)"), {"turn": turn})
            assert list(await connection.scalars(sa.text("SELECT turn FROM only_here"))) == [turn]
    finally:
        await engine.dispose()


async def test_the_database_is_migrated(database_url: str) -> None:
    engine = sa_asyncio.create_async_engine(database_url)
    try:
        async with engine.connect() as connection:
            names = await connection.run_sync(lambda sync: sa.inspect(sync).get_table_names())
        assert "alembic_version" in names
    finally:
        await engine.dispose()


async def test_an_unmigrated_database_is_empty(unmigrated_url: str) -> None:
    engine = sa_asyncio.create_async_engine(unmigrated_url)
    try:
        async with engine.connect() as connection:
            assert await connection.run_sync(lambda sync: sa.inspect(sync).get_table_names()) == []
    finally:
        await engine.dispose()


def test_no_connection_beyond_loopback() -> None:
    with socket.socket() as sock, pytest.raises(loopback.BeyondLoopback, match=r"203\.0\.113\.1"):
        sock.connect(("203.0.113.1", 80))
    assert loopback.attempts == ["socket.connect 203.0.113.1"]
    loopback.attempts.clear()


async def test_no_name_is_looked_up() -> None:
    with pytest.raises(loopback.BeyondLoopback, match=r"example\.org"):
        await asyncio.get_running_loop().getaddrinfo("example.org", 443)
    assert loopback.attempts == ["socket.getaddrinfo example.org"]
    loopback.attempts.clear()
