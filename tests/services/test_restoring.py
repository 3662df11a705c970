"""Restoring: what comes out is what went in, on either database, and the house goes on from there."""

from __future__ import annotations

import hashlib
import json
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from bot.services import backing_up, counting, restoring
from models import copying, db, files, migrating
from tests import postgres
from tests.services import copies, house
from tests.services.house import SEAL


@pytest.fixture(params=["sqlite", "postgresql"])
def target_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """Where to: nothing in it at all, once of each kind."""
    if request.param == "sqlite":
        yield f"sqlite+aiosqlite:///{tmp_path / 'restored.sqlite'}"
        return
    server: postgres.Server = request.getfixturevalue("postgres_server")
    url = server.create()
    yield url.render_as_string(hide_password=False)
    server.drop(url)


async def restored(url: str, backup: Path, media: Path) -> None:
    """Take it back."""
    database = db.Database(url)
    try:
        with backing_up.opened(backup, SEAL) as opened:
            await restoring.restore(database, url, files.Files(media, SEAL), opened, copies.Bar())
    finally:
        await database.close()


async def tables_of(url: str) -> list[str]:
    """The names of all tables."""
    database = db.Database(url)
    try:
        async with database.reading() as connection:
            return await connection.run_sync(lambda sync: sa.inspect(sync).get_table_names())
    finally:
        await database.close()


async def test_the_same_house_in_another_place(database_url: str, target_url: str, tmp_path: Path) -> None:
    async with copies.lived_in(database_url, tmp_path / "media") as (before, media):
        someone = before.person()
        await someone.begins()
        asked = await someone.says(*house.VILLAGE[:3])
        made = await copies.back_up(before.database, media, tmp_path / "a.zip")
        dumped, clock = await before.dump(), before.clock
    await restored(target_url, tmp_path / "a.zip", tmp_path / "elsewhere")
    assert [(name, path.read_bytes()) for name, path in files.Files(tmp_path / "elsewhere", SEAL).entries()] == [
        (name, path.read_bytes()) for name, path in media.entries()
    ]
    database = db.Database(target_url)
    try:
        again = await copies.back_up(database, files.Files(tmp_path / "elsewhere", SEAL), tmp_path / "b.zip")
        assert again.checksum == made.checksum
    finally:
        await database.close()
    async with house.opened(target_url, clock=clock) as after:
        held = await after.dump()
        assert {name: sorted(text.split(b"\n")) for name, text in held.items()} == {
            name: sorted(text.split(b"\n")) for name, text in dumped.items()
        }
        assert await after.differences() == 0
        same = house.Person(after, someone.channel, someone.address)
        assert (await same.reads()).head == asked.head
        # Where they stood, and to the end.
        await same.says(*house.VILLAGE[3:])
        assert await after.rows("SELECT count(*) FROM response WHERE status = 'finished'") == [3]
        assert await after.differences() == 0


async def test_a_number_is_never_given_twice(database_url: str, target_url: str, tmp_path: Path) -> None:
    async with copies.lived_in(database_url, tmp_path / "media") as (before, media):
        (highest,) = await before.rows("SELECT max(id) FROM outgoing")
        # Sent and purged, and still on its way to somebody.
        await before.write("DELETE FROM outgoing")
        clock = before.clock
        await copies.back_up(before.database, media, tmp_path / "a.zip")
    await restored(target_url, tmp_path / "a.zip", tmp_path / "elsewhere")
    async with house.opened(target_url, clock=clock) as after:
        await after.person().begins()
        assert (await after.rows("SELECT min(id) FROM outgoing"))[0] == highest + 1
        (events,) = await after.rows("SELECT max(id) FROM pledge_event")
        someone = after.person()
        await someone.begins()
        await someone.says(*house.VILLAGE)
        await someone.sends(start="a-suu")
        await someone.says("1", *house.PLEDGE)
        assert (await after.rows("SELECT max(id) FROM pledge_event"))[0] > events


#: What has come to the outbox since.
_SINCE = ("bulk", "broadcast_id")


def of_before(backup: Path, output: Path) -> None:
    """The same backup as the program before migration 0011 would have made it: without where givers live, without what
    came later, and without tallies, which it kept otherwise."""
    with zipfile.ZipFile(backup) as packed:
        held = {name: packed.read(name) for name in packed.namelist()}
    manifest = json.loads(held["manifest.json"])
    for table in ("recipient", "broadcast", "share", "lease", "event", "tally", "confidant"):
        del held[f"tables/{table}.copy"]
    manifest["tables"] = [each for each in manifest["tables"] if f"tables/{each[0][0]}.copy" in held]
    for table, later in {"pledge": ("country", "place"), "address": ("respondent_id",), "outgoing": _SINCE}.items():
        told = next(each for each in manifest["tables"] if each[0][0] == table)
        names = [column[0] for column in told[0][1]]
        kept = [place for place, name in enumerate(names) if name not in later]
        told[0][1] = [told[0][1][place] for place in kept]
        lines = [line.split(b"\t") for line in held[f"tables/{table}.copy"].splitlines()]
        held[f"tables/{table}.copy"] = b"".join(b"\t".join(line[place] for place in kept) + b"\n" for line in lines)
    sums = {
        name: hashlib.sha256(content).hexdigest()
        for name, content in held.items()
        if not name.startswith(("manifest", "SHA"))
    }
    held["SHA256SUMS"] = "".join(f"{digest}  {name}\n" for name, digest in sums.items()).encode()
    rows = [
        backing_up.Rows(copying.Table(table[0], (), (), ""), count, highest)
        for table, count, highest in manifest["tables"]
    ]
    manifest |= {
        "revision": "0010",
        "checksum": backing_up.checksum(rows, sums),
        "sums": hashlib.sha256(held["SHA256SUMS"]).hexdigest(),
    }
    held["manifest.json"] = json.dumps(manifest).encode()
    held["manifest.sealed"] = SEAL.close_bytes("backup", hashlib.sha256(held["manifest.json"]).digest())
    with zipfile.ZipFile(output, "w") as packed:
        for name, content in held.items():
            packed.writestr(name, content)


async def test_a_backup_of_a_former_program_is_brought_to_this_ones_tables(target_url: str, tmp_path: Path) -> None:
    source = f"sqlite+aiosqlite:///{tmp_path / 'source.sqlite'}"
    await migrating.upgrade_async(source)
    async with copies.lived_in(source, tmp_path / "media") as (before, media):
        await copies.back_up(before.database, media, tmp_path / "a.zip")
        clock = before.clock
    of_before(tmp_path / "a.zip", tmp_path / "old.zip")
    await restored(target_url, tmp_path / "old.zip", tmp_path / "elsewhere")
    async with house.opened(target_url, clock=clock) as after:
        assert not await migrating.pending(after.database)
        assert await after.rows("SELECT country, place FROM pledge") == [("", "")]
        assert await counting.rebuild(after.database, after.seal) > 0
        assert await after.differences() == 0


async def test_older_rows_do_not_go_into_newer_tables(sqlite_url: str, tmp_path: Path) -> None:
    source = f"sqlite+aiosqlite:///{tmp_path / 'source.sqlite'}"
    await migrating.upgrade_async(source)
    async with copies.lived_in(source, tmp_path / "media") as (before, media):
        await copies.back_up(before.database, media, tmp_path / "a.zip")
    of_before(tmp_path / "a.zip", tmp_path / "old.zip")
    with pytest.raises(restoring.NewerTables, match="newer tables than the backup"):
        await restored(sqlite_url, tmp_path / "old.zip", tmp_path / "elsewhere")


async def test_what_others_left_in_the_media_directory_spoils_no_backup(sqlite_url: str, tmp_path: Path) -> None:
    async with copies.lived_in(sqlite_url, tmp_path / "media") as (before, media):
        place = next(path for _, path in media.entries())
        ours = [name for name, _ in media.entries()]
        # A file that is just being copied there, a disk's own, and a folder.
        place.with_name(f".{place.name}.Xy3z").touch()
        place.with_name("Thumbs (1).db").touch()
        place.with_name("lost+found").mkdir()
        made = await copies.back_up(before.database, media, tmp_path / "a.zip")
    assert made.media == len(ours)
    await restored(f"sqlite+aiosqlite:///{tmp_path / 'new.sqlite'}", tmp_path / "a.zip", tmp_path / "elsewhere")
    assert [name for name, _ in files.Files(tmp_path / "elsewhere", SEAL).entries()] == ours


async def test_a_damaged_backup_writes_nothing(sqlite_url: str, target_url: str, tmp_path: Path) -> None:
    async with copies.lived_in(sqlite_url, tmp_path / "media") as (before, media):
        await copies.back_up(before.database, media, tmp_path / "a.zip")
    whole = bytearray((tmp_path / "a.zip").read_bytes())
    whole[len(whole) // 3] ^= 1
    (tmp_path / "a.zip").write_bytes(whole)
    with pytest.raises(backing_up.BadBackup):
        await restored(target_url, tmp_path / "a.zip", tmp_path / "elsewhere")
    assert await tables_of(target_url) == []
    assert not (tmp_path / "elsewhere").exists()


async def test_a_database_with_something_in_it_stays_as_it_is(database_url: str, tmp_path: Path) -> None:
    async with copies.lived_in(database_url, tmp_path / "media") as (before, media):
        await copies.back_up(before.database, media, tmp_path / "a.zip")
        dumped = await before.dump()
        with pytest.raises(restoring.NotEmpty):
            await restored(database_url, tmp_path / "a.zip", tmp_path / "elsewhere")
        assert await before.dump() == dumped
    assert not (tmp_path / "elsewhere").exists()


async def test_after_a_failure_it_can_be_tried_again(sqlite_url: str, target_url: str, tmp_path: Path) -> None:
    async with copies.lived_in(sqlite_url, tmp_path / "media") as (before, media):
        await copies.back_up(before.database, media, tmp_path / "a.zip")

    class Ends(copies.Bar):
        """The stick with the file is pulled out half way."""

        def update(self, n: float | None = 1) -> None:
            super().update(n)
            if self.done > self.total / 2:
                raise OSError

    database = db.Database(target_url)
    try:
        kept = files.Files(tmp_path / "elsewhere", SEAL)
        with backing_up.opened(tmp_path / "a.zip", SEAL) as opened, pytest.raises(OSError, match=r"^$"):
            await restoring.restore(database, target_url, kept, opened, Ends())
    finally:
        await database.close()
    await restored(target_url, tmp_path / "a.zip", tmp_path / "elsewhere")
    database = db.Database(target_url)
    try:
        assert not await migrating.pending(database)
    finally:
        await database.close()
