"""What is looked at from this machine: each trouble is named, with what to do, and a house that is well says so."""

from __future__ import annotations

import datetime as dt
import os
import shutil
from pathlib import Path

import pytest

from bot import settings
from bot.services import examining
from models import db, files, providers
from tests import samples
from tests.services import house
from tests.services.house import SEAL

NOW = db.now()
LONG_AGO = NOW - dt.timedelta(hours=3)


def read(url: str, var: Path, **given: str) -> settings.Settings:
    return settings.read({"ASHAR_DATABASE_URL": url, "ASHAR_VAR": str(var), **given})


async def examined(given: settings.Settings) -> dict[str, examining.Finding]:
    """Findings by what was looked at."""
    database = db.Database(given.database_url)
    try:
        found = {each.check: each async for each in examining.examine(given, database, SEAL, NOW)}
    finally:
        await database.close()
    assert all(each.remedy for each in found.values() if each.state is examining.State.BAD)
    return found


def ill(found: dict[str, examining.Finding]) -> set[str]:
    return {check for check, each in found.items() if each.state is examining.State.BAD}


async def test_a_new_house_is_well(database_url: str, tmp_path: Path) -> None:
    found = await examined(read(database_url, tmp_path / "var"))
    assert ill(found) == set()
    assert {"settings", "database", "migrations", "keys", "media", "set aside", "due", "backup"} <= set(found)
    # On SQLite there is but one clock.
    assert ("database's clock" in found) == database_url.startswith("postgresql")
    assert found["backup"].state is examining.State.NOTE


async def test_what_waits_too_long_is_named_by_channel(database_url: str, tmp_path: Path) -> None:
    given = read(database_url, tmp_path / "var", TELEGRAM_BOT_TOKEN="1:" + "x" * 35)
    async with house.opened(database_url, house.Letterbox("telegram")) as opened:
        await opened.person(channel="telegram").begins()
        for statement, expected in (
            ("UPDATE outgoing SET status = 'waiting', not_before = :late", "outbox, telegram"),
            ("INSERT INTO due (kind, key, at) VALUES ('forget', 'x', :late)", "due"),
            ("INSERT INTO set_aside VALUES ('s', 'sms', :hash, :hash, 'KeyError at f:1', :late)", "set aside"),
            (
                "INSERT INTO media (id, question, kind, status, channel, not_before, created_at, attempts, told)"
                " VALUES ('m', '', 'image', 'waiting', 'telegram', :late, :late, 0, false)",
                "media to fetch",
            ),
        ):
            before = ill(await examined(given))
            values = {"late": LONG_AGO if database_url.startswith("postgresql") else str(LONG_AGO)[:-6]}
            await opened.write(statement, **values, **({"hash": b"x" * 32} if ":hash" in statement else {}))
            assert ill(await examined(given)) - before == {expected}
        found = await examined(given)
        assert "the oldest for 3 hours" in found["outbox, telegram"].said
        # Somebody has taken the token out of the settings.
        found = await examined(read(database_url, tmp_path / "var"))
        assert found["outbox, telegram"].state is examining.State.NOTE


async def test_letters_are_somebodys_where_there_is_a_mail_server(sqlite_url: str, tmp_path: Path) -> None:
    mail = {"ASHAR_SMTP_URL": "smtps://ashar:secret@mail.example", "ASHAR_SMTP_FROM": "ashar@mail.example"}
    given = read(sqlite_url, tmp_path / "var", **mail)
    async with house.opened(sqlite_url) as opened:
        await opened.person().begins()
        waits = "UPDATE outgoing SET channel = 'email', status = 'waiting', not_before = :at"
        await opened.write(waits, at=str(NOW)[:-6])
        assert (await examined(given))["outbox, email"].said.endswith("the oldest for 0 seconds")
        await opened.write(waits, at=str(LONG_AGO)[:-6])
        assert ill(await examined(given)) == {"outbox, email", "rates"}
        found = await examined(read(sqlite_url, tmp_path / "var"))
        assert "do not open" in found["outbox, email"].said


async def test_rates_are_missed_once_there_is_a_campaign(sqlite_url: str, tmp_path: Path) -> None:
    given = read(sqlite_url, tmp_path / "var")
    assert "rates" not in ill(await examined(given))
    async with house.opened(sqlite_url):
        found = await examined(given)
    assert ill(found) == {"rates"}
    assert "RUB" in found["rates"].said


async def test_a_folder_of_another_machine_lacks_the_files(sqlite_url: str, tmp_path: Path) -> None:
    given = read(sqlite_url, tmp_path / "var")
    kept = files.Files(given.media, SEAL)
    draft = kept.draft(samples.ogg(3, b"a voice"))
    kept.shelve(draft)
    async with house.opened(sqlite_url) as opened:
        await opened.write(
            "INSERT INTO media (id, question, kind, status, channel, not_before, created_at, attempts, told,"
            " content_hash) VALUES ('m', '', 'audio', 'kept', 'telegram', :at, :at, 0, false, :hash)",
            at=str(LONG_AGO)[:-6],
            hash=draft.hash,
        )
        assert "media of the database" not in ill(await examined(given))
        shutil.rmtree(given.media)
        assert "media of the database" in ill(await examined(given))


async def test_a_backup_has_an_age(sqlite_url: str, tmp_path: Path) -> None:
    given = read(sqlite_url, tmp_path / "var")
    database = db.Database(sqlite_url)
    for days, state, age in ((1, examining.State.OK, "24 hours"), (5, examining.State.NOTE, "5 days")):
        async with database.transaction() as connection:
            await providers.keep(connection, "ashar", {"backup": (NOW - dt.timedelta(days=days)).isoformat()})
        found = (await examined(given))["backup"]
        assert (found.state, found.said) == (state, f"the last is {age} old")
    await database.close()


async def test_other_keys_than_the_first_are_named(database_url: str, tmp_path: Path) -> None:
    database = db.Database(database_url)
    async with database.transaction() as connection:
        await providers.begun_with(connection, "00" * 32)
    await database.close()
    assert ill(await examined(read(database_url, tmp_path / "var"))) == {"keys"}


async def test_a_database_that_is_not_there_or_has_no_tables(unmigrated_url: str, tmp_path: Path) -> None:
    assert ill(await examined(read(unmigrated_url, tmp_path / "var"))) == {"migrations"}
    gone = "postgresql://somebody:a-password@127.0.0.1:9/ashar"
    found = await examined(read(gone, tmp_path / "var"))
    assert ill(found) == {"database"}
    assert "a-password" not in str(found)


async def test_a_database_that_cannot_be_written(postgresql_url: str, tmp_path: Path) -> None:
    database = db.Database(postgresql_url)
    name = database.url.database
    async with database.transaction() as connection:
        await connection.exec_driver_sql(f'ALTER DATABASE "{name}" SET default_transaction_read_only = on')
    await database.close()
    assert ill(await examined(read(postgresql_url, tmp_path / "var"))) == {"database"}


@pytest.mark.parametrize("off", [-60, 60])
def test_a_clock_that_is_off(off: int) -> None:
    found = examining.clock("a clock", NOW + dt.timedelta(seconds=off), NOW)
    assert found.state is examining.State.BAD
    assert found.said == f"is 60 seconds {'ahead of' if off > 0 else 'behind'} this machine's"


async def test_a_media_folder_that_cannot_be_made(sqlite_url: str, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    given = read(sqlite_url, tmp_path / "var", ASHAR_MEDIA=os.fspath(tmp_path / "file" / "media"))
    assert "media" in ill(await examined(given))


async def test_a_path_that_cannot_even_be_looked_at_ends_no_examination(sqlite_url: str, tmp_path: Path) -> None:
    # Longer than any name may be; a folder of another user, for whoever is not root.
    given = read(sqlite_url, tmp_path / "var", ASHAR_MEDIA=os.fspath(tmp_path / ("x" * 300) / "media"))
    async with house.opened(sqlite_url) as opened:
        await opened.write(
            "INSERT INTO media (id, question, kind, status, channel, not_before, created_at, attempts, told,"
            " content_hash) VALUES ('m', '', 'audio', 'kept', 'telegram', :at, :at, 0, false, :hash)",
            at=str(LONG_AGO)[:-6],
            hash="a" * 64,
        )
        found = await examined(given)
    assert ill(found) == {"disk of ASHAR_MEDIA", "media", "media of the database", "rates"}
    assert "cannot be looked at (File name too long)" in found["disk of ASHAR_MEDIA"].said
