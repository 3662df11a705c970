"""The door for whoever looks after the house."""

from __future__ import annotations

import dataclasses
import datetime as dt
from pathlib import Path

import httpx
import pytest
import sqlalchemy as sa

from bot.channels import base
from bot.services import delivering, receiving
from models import db, tables
from tests.api import opened


class Pushing:
    """A channel that can be pushed to; nothing is sent by it here."""

    capabilities = base.Capabilities(text=1000)


async def asked(client: httpx.AsyncClient) -> tuple[int, dict[str, object]]:
    response = await client.get("/api/health")
    assert response.headers["cache-control"] == "no-store"
    return response.status_code, response.json()


async def test_all_is_well(database_url: str, tmp_path: Path) -> None:
    async with opened.app(database_url, tmp_path) as made, opened.client(made) as client:
        well = {"status": "ok", "reason": "", "database": "ok", "migrations": "ok", "outbox_oldest_seconds": 0}
        assert await asked(client) == (200, well)
        assert await asked(client) == (200, well)


@pytest.mark.parametrize(
    ("channel", "minutes", "still", "status"),
    [
        ("sms", 20, 20, 503),
        ("sms", 5, 20, 200),
        ("web", 20, 20, 200),
        # Long, because much goes out before it.
        ("sms", 20, 1, 200),
    ],
)
async def test_messages_that_do_not_leave(
    sqlite_url: str, tmp_path: Path, channel: str, minutes: int, still: int, status: int
) -> None:
    async with opened.app(sqlite_url, tmp_path) as made, opened.client(made) as client:
        house = made.state.house
        since = db.now() - dt.timedelta(minutes=still)
        postman = delivering.Postman(house.database, house.seal, {}, clock=lambda: since)
        made.state.house = dataclasses.replace(house, channels={**house.channels, "sms": Pushing()}, postman=postman)
        at = db.now() - dt.timedelta(minutes=minutes)
        async with house.database.transaction() as connection:
            await connection.execute(sa.insert(tables.contact), {"id": "c", "created_at": at})
            address = {"id": "a", "channel": channel, "key_hash": bytes(32), "contact_id": "c"}
            await connection.execute(sa.insert(tables.address), address)
            row = {"contact_id": "c", "address_id": "a", "channel": channel, "status": "waiting", "sealed": b""}
            await connection.execute(sa.insert(tables.outgoing), row | {"not_before": at, "created_at": at})
        code, said = await asked(client)
        assert (code, said["status"]) == (status, "ok" if status == 200 else "red")
        assert said["reason"] == ("" if status == 200 else "outbox")
        waited = said["outbox_oldest_seconds"]
        assert isinstance(waited, int)
        assert waited == pytest.approx(60 * minutes if channel == "sms" else 0, abs=50)


async def test_a_database_without_its_migrations(sqlite_url: str, tmp_path: Path) -> None:
    async with opened.app(sqlite_url, tmp_path) as made, opened.client(made) as client:
        async with made.state.house.database.transaction() as connection:
            await connection.execute(sa.text("UPDATE alembic_version SET version_num = '0000'"))
        code, said = await asked(client)
        assert (code, said["migrations"], said["outbox_oldest_seconds"]) == (503, "pending", None)
        assert said["reason"] == "migrations"


async def test_a_desk_that_does_not_work(sqlite_url: str, tmp_path: Path) -> None:
    async with opened.app(sqlite_url, tmp_path) as made, opened.client(made) as client:
        house = made.state.house
        desk = receiving.Desk(house.database, house.seal, house.voice, house.channels)
        made.state.house = dataclasses.replace(house, desk=desk)
        code, said = await asked(client)
        assert (code, said["status"], said["reason"]) == (503, "red", "desk")


async def test_a_database_that_is_gone(sqlite_url: str, tmp_path: Path) -> None:
    async with opened.app(sqlite_url, tmp_path) as made, opened.client(made) as client:
        gone = db.Database("postgresql://nobody@127.0.0.1:9/none")
        made.state.house = dataclasses.replace(made.state.house, database=gone)
        code, said = await asked(client)
        assert code == 503
        assert said == {
            "status": "red",
            "reason": "database",
            "database": "unreachable",
            "migrations": "unknown",
            "outbox_oldest_seconds": None,
        }
        await gone.close()


async def test_a_database_that_may_only_be_read(postgresql_url: str, tmp_path: Path) -> None:
    async with opened.app(postgresql_url, tmp_path) as made, opened.client(made) as client:
        house = made.state.house
        name = house.database.url.database
        async with house.database.transaction() as connection:
            await connection.execute(sa.text(f'ALTER DATABASE "{name}" SET default_transaction_read_only = on'))
        # Sessions that begin now may only read.
        reading = db.Database(postgresql_url)
        made.state.house = dataclasses.replace(house, database=reading)
        code, said = await asked(client)
        assert (code, said["reason"], said["database"]) == (503, "writing", "unwritable")
        made.state.house = house
        assert (await asked(client))[0] == 200
        await reading.close()


@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("/results", "Зайдите, пожалуйста, чуть позже"),
        ("/campaigns/suu", "Бир аздан кийин кайра кириңизчи"),
        ("/privacy", "Бир аздан кийин кайра кириңизчи"),
        ("/api/forms", "ask again a little later"),
        ("/api/campaigns", "ask again a little later"),
        ("/api/forms/priorities/results", "ask again a little later"),
    ],
)
async def test_without_a_database_every_door_says_when_to_come_back(
    sqlite_url: str, tmp_path: Path, path: str, words: str
) -> None:
    async with opened.app(sqlite_url, tmp_path) as made, opened.client(made) as client:
        house = made.state.house
        gone = db.Database("postgresql+asyncpg://127.0.0.1:9/nobody")
        made.state.house = dataclasses.replace(house, database=gone)
        answer = await client.get(path)
        assert (answer.status_code, answer.headers["retry-after"]) == (503, "5")
        assert words in answer.text
        made.state.house = house
        assert (await client.get(path)).status_code == 200
        await gone.close()
