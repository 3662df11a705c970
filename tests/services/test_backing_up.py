"""Backups: whole, of one moment, and never half there."""

from __future__ import annotations

import asyncio
import datetime as dt
import functools
import json
import os
import signal
import stat
import subprocess
import sys
import time
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.services import backing_up
from models import db, files, sealing
from tests.house.test_imports import ROOT
from tests.services import copies
from tests.services.house import SEAL, Person, until


async def test_the_same_rows_have_the_same_checksum_and_others_another(database_url: str, tmp_path: Path) -> None:
    async with copies.lived_in(database_url, tmp_path / "media") as (house, media):
        bar = copies.Bar()
        first = await backing_up.back_up(
            house.database, SEAL, media, tmp_path / "a.zip", bar, at=db.now(), program="0.0.0"
        )
        assert bar.done == bar.total == first.rows + first.media
        again = await copies.back_up(house.database, media, tmp_path / "b.zip")
        assert again.checksum == first.checksum
        await house.person().begins()
        later = await copies.back_up(house.database, media, tmp_path / "c.zip")
        assert later.checksum != first.checksum
        assert later.rows > first.rows
    assert stat.S_IMODE((tmp_path / "a.zip").stat().st_mode) == 0o600


async def test_a_backup_is_of_one_moment_while_people_write(database_url: str, tmp_path: Path) -> None:
    async with copies.lived_in(database_url, tmp_path / "media") as (house, media):
        begun: list[Person] = []
        done = asyncio.Event()

        async def write() -> None:
            while not done.is_set():
                begun.append(house.person())
                await begun[-1].begins()

        def more(than: int) -> bool:
            return len(begun) > than

        task = asyncio.create_task(write())
        made = []
        for number in range(4):
            # However quick a backup is, people write between two of them as well.
            await until(functools.partial(more, len(begun)))
            made.append(await copies.back_up(house.database, media, tmp_path / f"{number}.zip"))
        done.set()
        await task
    assert len({each.rows for each in made}) == 4
    for number, manifest in enumerate(made):
        with zipfile.ZipFile(tmp_path / f"{number}.zip") as packed:
            addresses = {line.split(b"\t")[0] for line in packed.read("tables/address.copy").splitlines()}
            letters = [line.split(b"\t") for line in packed.read("tables/outgoing.copy").splitlines()]
        columns = next(each.table.columns for each in manifest.tables if each.table.name == "outgoing")
        place = [column.name for column in columns].index("address_id")
        # A message and the address it goes to are one commit.
        assert {letter[place] for letter in letters} <= addresses


async def test_a_directory_that_takes_long_to_walk_through_ends_no_snapshot(
    postgresql_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Far(files.Files):
        """On a disk over the network."""

        def entries(self) -> Iterator[tuple[str, Path]]:
            time.sleep(2)
            return super().entries()

    async with copies.lived_in(postgresql_url, tmp_path / "media"):
        pass
    monkeypatch.setitem(db._SETTINGS, "idle_in_transaction_session_timeout", "1000")
    database = db.Database(postgresql_url)
    try:
        assert (await copies.back_up(database, Far(tmp_path / "media", SEAL), tmp_path / "a.zip")).media == 2
    finally:
        await database.close()


async def test_nobody_can_read_names_and_numbers_in_it(database_url: str, tmp_path: Path) -> None:
    async with copies.lived_in(database_url, tmp_path / "media") as (house, media):
        await copies.back_up(house.database, media, tmp_path / "a.zip")
        address = house.person().address[:-4]
    with zipfile.ZipFile(tmp_path / "a.zip") as packed:
        everything = b"".join(packed.read(name) for name in packed.namelist())
    for secret in (address, "Айгүл", "Чон-Жар", "Мост через реку"):
        assert secret.encode() not in everything
        assert secret.encode().hex().encode() not in everything


async def test_tables_that_this_program_does_not_know_whole_are_not_copied_in_part(
    sqlite_url: str, tmp_path: Path
) -> None:
    async with copies.lived_in(sqlite_url, tmp_path / "media") as (house, media):
        await house.write("UPDATE alembic_version SET version_num = '9999'")
        with pytest.raises(backing_up.BadBackup, match="newer program"):
            await copies.back_up(house.database, media, tmp_path / "a.zip")
    assert not [*tmp_path.glob("*a.zip*")]


async def test_nothing_is_written_over(sqlite_url: str, tmp_path: Path) -> None:
    async with copies.lived_in(sqlite_url, tmp_path / "media") as (house, media):
        (tmp_path / "a.zip").write_text("last month's")
        with pytest.raises(backing_up.BadOutput, match="exists"):
            await copies.back_up(house.database, media, tmp_path / "a.zip")
        with pytest.raises(backing_up.BadOutput, match="No such file"):
            await copies.back_up(house.database, media, tmp_path / "none" / "a.zip")
    assert (tmp_path / "a.zip").read_text() == "last month's"


async def test_whoever_is_ended_in_the_middle_leaves_no_half_backup(database_url: str, tmp_path: Path) -> None:
    async with copies.lived_in(database_url, tmp_path / "media"):
        pass
    output = tmp_path / "a.zip"
    words = [sys.executable, "-m", "tests.services.killed_backup", database_url, str(tmp_path / "media"), str(output)]
    done = await asyncio.to_thread(subprocess.run, words, cwd=ROOT, check=False)
    assert done.returncode == -signal.SIGKILL
    assert not output.exists()
    (part,) = tmp_path.glob(".ashar-*.part")
    assert part.stat().st_size > 0
    # It is swept away with the old ones.
    os.utime(part, (0, 0))
    assert backing_up.prune(tmp_path, 30, db.now()) == ([part], [])


async def test_what_a_killed_one_left_is_in_nobodys_way(sqlite_url: str, tmp_path: Path) -> None:
    # In a container every process has the same number.
    (tmp_path / f".ashar-{os.getpid()}-a.zip.part").touch()
    async with copies.lived_in(sqlite_url, tmp_path / "media") as (house, media):
        assert (await copies.back_up(house.database, media, tmp_path / "a.zip")).rows


def test_old_ones_are_deleted_and_nothing_else(tmp_path: Path) -> None:
    at = dt.datetime(2027, 5, 31, 3, 15, tzinfo=dt.UTC)
    names = [backing_up.dated(tmp_path, at - dt.timedelta(days=days)) for days in (0, 29, 31, 400)]
    others = [tmp_path / "before-the-move.zip", tmp_path / "ashar-2020.zip", tmp_path / "notes.txt"]
    for path in (*names, *others):
        path.touch()
    assert backing_up.prune(tmp_path, 30, at) == (sorted(names[2:]), [])
    assert sorted(tmp_path.iterdir()) == sorted([*names[:2], *others])


async def test_whatever_is_changed_in_it_is_noticed(sqlite_url: str, tmp_path: Path) -> None:
    async with copies.lived_in(sqlite_url, tmp_path / "media") as (house, media):
        await copies.back_up(house.database, media, tmp_path / "a.zip")
    whole = (tmp_path / "a.zip").read_bytes()

    def judged(path: Path, seal: sealing.Seal = SEAL) -> str:
        try:
            with backing_up.opened(path, seal) as backup:
                backup.verify()
        except backing_up.BadBackup as error:
            return str(error)
        return ""

    assert judged(tmp_path / "a.zip") == ""
    broken = tmp_path / "broken.zip"
    for at in range(7, len(whole), len(whole) // 40):
        broken.write_bytes(whole[:at] + bytes([whole[at] ^ 0x55]) + whole[at + 1 :])
        with zipfile.ZipFile(tmp_path / "a.zip") as good:
            try:
                with zipfile.ZipFile(broken) as packed:
                    same = all(packed.read(name) == good.read(name) for name in good.namelist())
            except Exception:  # noqa: BLE001 - whatever it is, it cannot be read
                same = False
        # A flipped bit of a date in the directory changes nothing that is kept.
        assert bool(judged(broken)) != same, at
    broken.write_bytes(whole[: len(whole) // 2])
    assert "damaged" in judged(broken)
    broken.write_text("a letter")
    assert "no backup" in judged(broken)
    assert "ASHAR_HASH_KEY" in judged(tmp_path / "a.zip", sealing.Seal([b"k" * 32], b"x" * 32))
    assert "ASHAR_SEAL_KEYS" in judged(tmp_path / "a.zip", sealing.Seal([b"x" * 32], b"h" * 32))


async def test_a_row_that_somebody_has_put_in_is_noticed_though_all_sums_fit(sqlite_url: str, tmp_path: Path) -> None:
    async with copies.lived_in(sqlite_url, tmp_path / "media") as (house, media):
        await copies.back_up(house.database, media, tmp_path / "a.zip")
    with zipfile.ZipFile(tmp_path / "a.zip") as packed, zipfile.ZipFile(tmp_path / "b.zip", "w") as forged:
        for name in packed.namelist():
            content = packed.read(name)
            if name == "manifest.json":
                content = json.dumps({**json.loads(content), "media": 0}).encode()
            forged.writestr(name, content)
    with pytest.raises(backing_up.BadBackup, match="manifest"), backing_up.opened(tmp_path / "b.zip", SEAL):
        pass
