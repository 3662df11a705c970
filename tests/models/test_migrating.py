"""The migrations: what they make is what the program believes in, on both databases, forward and back."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import alembic.command
import alembic.config
import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext

from models import attachments, db, migrating, tables
from tests.house.test_imports import ROOT


@pytest.fixture
async def database(unmigrated_url: str) -> AsyncIterator[db.Database]:
    await migrating.upgrade_async(unmigrated_url)
    opened = db.Database(unmigrated_url)
    yield opened
    await opened.close()


async def to(url: str, revision: str) -> None:
    """Forward or back to that revision."""
    config = alembic.config.Config()
    config.set_main_option("script_location", str(ROOT / "migrations"))
    config.attributes["url"] = url
    way = alembic.command.upgrade if revision == "head" else alembic.command.downgrade
    await asyncio.to_thread(way, config, revision)


async def differences(database: db.Database) -> list[object]:
    """Where the database is not as models/tables.py says, lengths of texts included."""

    def compare(connection: sa.Connection) -> list[object]:
        return list(compare_metadata(MigrationContext.configure(connection), tables.metadata))

    async with database.reading() as connection:
        return await connection.run_sync(compare)


async def test_the_migrated_tables_are_those_of_the_program(database: db.Database) -> None:
    assert await differences(database) == []


async def test_an_old_database_with_something_in_it_goes_forward_and_back(
    database: db.Database, unmigrated_url: str
) -> None:
    ids = [("telegram:1", "a" * 64, "x" * 90), ("AC1", "ashar_list_1", "HX1")]
    async with database.transaction() as connection:
        for account, name, provider_id in ids:
            row = {"account": account, "name": name, "provider_id": provider_id}
            await connection.execute(sa.insert(tables.provider_object).values(row))
        picture = attachments.Attachment("a" * 64, "image/png", b"\x89PNG")
        await attachments.add(connection, [picture])
    await database.close()
    await to(unmigrated_url, "0002")
    assert not await migrated(unmigrated_url)
    await to(unmigrated_url, "head")
    assert await migrated(unmigrated_url)
    opened = db.Database(unmigrated_url)
    try:
        assert await differences(opened) == []
        async with opened.reading() as connection:
            kept = list(await connection.scalars(sa.select(tables.provider_object.c.provider_id)))
        # What the older table has no room for is asked of its provider once more.
        assert kept == ["HX1"]
        async with opened.reading() as connection:
            # It comes back with the next publishing of its form.
            assert await attachments.get(connection, picture.hash) is None
    finally:
        await opened.close()


async def migrated(url: str) -> bool:
    """Whether nothing is left to be done."""
    opened = db.Database(url)
    try:
        return not await migrating.pending(opened)
    finally:
        await opened.close()


async def test_tables_of_a_newer_program_lack_nothing(database: db.Database, unmigrated_url: str) -> None:
    async with database.transaction() as connection:
        await connection.execute(sa.text("UPDATE alembic_version SET version_num = '9999'"))
    assert await migrated(unmigrated_url)
    assert not migrating.knows("9999")


async def test_a_migration_waits_for_the_one_of_another_process(postgresql_url: str) -> None:
    first, second = (db.Database(postgresql_url, migrates=True) for _ in range(2))
    order: list[str] = []

    async def migrates(database: db.Database, name: str) -> None:
        async with database.migrating():
            order.append(name)
            await asyncio.sleep(0.3)
            order.append(name)

    try:
        await asyncio.gather(migrates(first, "a"), migrates(second, "b"))
    finally:
        await first.close()
        await second.close()
    assert order in (["a", "a", "b", "b"], ["b", "b", "a", "a"])


async def test_what_was_promised_before_there_were_rates_is_counted_as_unvalued(unmigrated_url: str) -> None:
    await migrating.upgrade_async(unmigrated_url)
    await to(unmigrated_url, "0004")
    database = db.Database(unmigrated_url)
    try:
        async with database.transaction() as connection:
            await connection.execute(sa.text("INSERT INTO campaign VALUES ('suu', 'v', 'open', 0)"))
            for need, unit, som in (("money", "KGS", 700), ("money", "RUB", 0), ("days", "days", 0)):
                row = {"need": need, "unit": unit, "som": som}
                sums = sa.text("INSERT INTO ledger_total VALUES ('suu', :need, :unit, '', 700, :som, 3)")
                await connection.execute(sums, row)
        await database.close()
        for _ in range(2):
            await to(unmigrated_url, "head")
            async with database.reading() as connection:
                found = await connection.execute(sa.text("SELECT unit, som, unvalued FROM ledger_total"))
                # Sorted here, for each server sorts by its own language.
                assert sorted(map(tuple, found)) == [("KGS", 700, 0), ("RUB", 0, 3), ("days", 0, 0)]
            await database.close()
            await to(unmigrated_url, "0004")
    finally:
        await database.close()


async def test_what_happened_before_there_were_digests_is_not_told_again(unmigrated_url: str) -> None:
    await migrating.upgrade_async(unmigrated_url)
    await to(unmigrated_url, "0007")
    database = db.Database(unmigrated_url)
    at = "2027-03-01 09:00:00.000000"
    rows = [
        "INSERT INTO form (name, emits, position) VALUES ('pledge', 'pledge', 1)",
        f"INSERT INTO form_version (version, form_name, definition, published_at) VALUES ('f', 'pledge', '', '{at}')",
        "INSERT INTO campaign VALUES ('suu', 'v', 'open', 0)",
        f"INSERT INTO campaign_version VALUES ('v', 'suu', '', 'f', '{at}')",
        *(
            f"INSERT INTO campaign_event (id, campaign_name, state, version, actor, at)"
            f" VALUES ({number}, 'suu', 'open', 'v', 'facilitator', '{at}')"
            for number in (1, 2, 3)
        ),
        # Of the third they are being told, and the first of two contacts has been.
        f"INSERT INTO notice VALUES (3, 'c1', '{at}')",
    ]
    for number in (1, 2):
        rows += [
            f"INSERT INTO contact (id, created_at) VALUES ('c{number}', '{at}')",
            f"INSERT INTO respondent (id, contact_id, created_at) VALUES ('r{number}', 'c{number}', '{at}')",
            "INSERT INTO pledge (id, campaign_name, campaign_version, need, unit, quantity, code, state, respondent_id)"
            f" VALUES ('p{number}', 'suu', 'v', 'labour', 'labour', 200, 'C{number}', 'confirmed', 'r{number}')",
            "INSERT INTO pledge_event (id, pledge_id, step, quantity, at)"
            f" VALUES ({number}, 'p{number}', 'confirmed', 200, '{at}')",
        ]
    try:
        async with database.transaction() as connection:
            for row in rows:
                await connection.execute(sa.text(row))
        await database.close()
        await to(unmigrated_url, "head")
        async with database.reading() as connection:
            heard = await connection.execute(sa.text("SELECT respondent_id, about, upto FROM heard ORDER BY 1, 2"))
            assert [tuple(row) for row in heard] == [
                ("r1", "a-suu", 3),
                ("r1", "p1", 1),
                ("r2", "a-suu", 2),
                ("r2", "p2", 2),
            ]
            looked = await connection.scalars(sa.select(tables.hearing.c.respondent_id).order_by("respondent_id"))
            assert list(looked) == ["r1", "r2"]
    finally:
        await database.close()
