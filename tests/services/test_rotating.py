"""Keys are changed while people write: nothing is lost, and in the end nothing needs the old key."""

from __future__ import annotations

import asyncio
import itertools
import signal
import sys
from pathlib import Path

import pytest
import sqlalchemy as sa

from bot.services import rotating
from models import db, files, sealing, tables
from models import rotating as rows
from tests.services import everything, sending
from tests.services.house import PATIENCE, Letterbox, Person

OLD, NEW, HASHES = b"k" * 32, b"n" * 32, b"h" * 32
BOTH = sealing.Seal([NEW, OLD], HASHES)
ONLY_OLD, ONLY_NEW = sealing.Seal([OLD], HASHES), sealing.Seal([NEW], HASHES)
#: The priorities survey in Karakol, an answer each.
ANSWERS = ("1", "1", "2", "51", "2", "1 2 3", "1 2 3", "Парк", "2")


def serving() -> sealing.Seal:
    """Of a process that began with the old key, and reads its keys again when it meets another. Fresh: it learns."""
    return sealing.Seal([OLD], HASHES, again=lambda: [NEW, OLD])


async def opened_by(database: db.Database, kept: files.Files, seal: sealing.Seal) -> dict[str, tuple[int, int]]:
    """Of each sealed column, and of the files: how many values this opens, and how many it does not."""
    found: dict[str, tuple[int, int]] = {}
    async with database.reading() as connection:
        for column in rows.SEALED:
            values = await connection.scalars(sa.select(column).where(column.is_not(None)))
            opens = [_opens(seal, column.table.name, value) for value in values]
            found[str(column)] = sum(opens), len(opens) - sum(opens)
    opens = [_opens(seal, f"media/{path.name}", path.read_bytes()) for path in kept.folder.glob("??/??/*")]
    found["files"] = sum(opens), len(opens) - sum(opens)
    return found


def _opens(seal: sealing.Seal, place: str, value: bytes) -> bool:
    try:
        seal.open_bytes(place, value)
    except sealing.Unreadable:
        return False
    return True


async def answers(person: Person, told: list[str]) -> None:
    """A whole survey, an answer at a time."""
    for answer in ANSWERS:
        await person.sends(answer)
        await asyncio.sleep(0)
    told.append((await person.reads()).head)


async def test_killed_and_run_again_while_people_write(
    database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rotating, "PAGE", 7)
    monkeypatch.setattr(rotating, "BATCH", 3)
    async with sending.opened(database_url, tmp_path, Letterbox("whatsapp"), seal=serving()) as sent:
        house, kept = sent.house, sent.files
        await everything.lives(sent)
        before = await house.unsealed()
        people = [house.person(channel="whatsapp") for _ in range(6)]
        for person in people[:3]:
            await person.begins()
        # Whoever writes on finds what others have sealed with a key this process has not seen yet.
        killed = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "tests.services.killed_rotating", database_url, str(kept.folder), "response"
        )
        assert await killed.wait() == -signal.SIGKILL
        told: list[str] = []

        async def writes(number: int, person: Person) -> None:
            if number >= 3:
                await person.begins()
            await answers(person, told)

        rotation = asyncio.create_task(rotating.rotate(house.database, BOTH, kept))
        await asyncio.gather(*itertools.starmap(writes, enumerate(people)))
        done = await rotation
        assert done.renewed
        assert not done.unreadable
        # What a process that had not met the new key wrote behind it.
        await rotating.rotate(house.database, BOTH, kept)
        assert (await rotating.rotate(house.database, BOTH, kept)).renewed == 0
        assert ["Большое спасибо" in head for head in told] == [True] * 6
        assert await house.count("set_aside") == 1
        new, old = [await opened_by(house.database, kept, seal) for seal in (ONLY_NEW, ONLY_OLD)]
        assert all(good and not bad for good, bad in new.values()), sorted(new.items())
        assert all(bad and not good for good, bad in old.values()), old
        found = await rotating.look(house.database, kept)
        assert found.by_key.keys() == {sealing.mark(NEW)}
        # Word for word what it was, and what came meanwhile.
        after = await house.unsealed()
        for name in ("pledge", "opinion", "set_aside"):
            assert sorted(after[name].split("\n")) == sorted(before[name].split("\n")), name
        assert set(before["outgoing"].split("\n")) <= set(after["outgoing"].split("\n"))
        assert await house.differences() == 0


async def test_what_no_key_opens_is_told_and_left(database_url: str, tmp_path: Path) -> None:
    async with sending.opened(database_url, tmp_path, seal=ONLY_OLD) as sent:
        await sent.begins()
        strange = sealing.Seal([b"s" * 32], HASHES).close("address", "+996700000000")
        await sent.house.write("UPDATE address SET sealed = :sealed", sealed=strange)
        outcome = await rotating.rotate(sent.house.database, BOTH, sent.files)
        assert outcome.unreadable == 1
        assert await sent.house.rows("SELECT sealed FROM address") == [strange]
        found = await rotating.look(sent.house.database, sent.files)
        assert found.by_key[strange[0]] == {"address": 1}


async def test_what_somebody_holds_is_passed_over_and_nobody_waits(
    postgresql_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Who waits for a lock here waits for ever.
    monkeypatch.setattr(db, "_SETTINGS", db._SETTINGS | {"lock_timeout": "0"})
    async with sending.opened(postgresql_url, tmp_path, seal=ONLY_OLD) as sent:
        people = [await sent.begins() for _ in range(2)]
        holder = db.Database(postgresql_url)
        async with holder.transaction() as connection:
            mine = sa.select(tables.contact.c.id).where(tables.contact.c.id == await people[0].contact())
            await connection.execute(mine.with_for_update(key_share=True))
            async with asyncio.timeout(PATIENCE):
                await rotating.rotate(sent.house.database, BOTH, sent.files)
        await holder.close()
        found = await rotating.look(sent.house.database, sent.files)
        assert found.by_key[sealing.mark(OLD)] == {"contact": 1}
        await rotating.rotate(sent.house.database, BOTH, sent.files)
        assert (await rotating.look(sent.house.database, sent.files)).by_key.keys() == {sealing.mark(NEW)}


async def test_files_on_their_way_are_sealed_anew_too(sqlite_url: str, tmp_path: Path) -> None:
    async with sending.opened(sqlite_url, tmp_path, seal=ONLY_OLD) as sent:
        name = sent.files.put(b"came with a form")
        await rotating.rotate(sent.house.database, BOTH, files.Files(sent.files.folder, BOTH))
        assert files.Files(sent.files.folder, ONLY_NEW).take(name) == b"came with a form"


async def test_an_upload_that_found_a_full_disk_is_passed_over(sqlite_url: str, tmp_path: Path) -> None:
    async with sending.opened(sqlite_url, tmp_path, seal=ONLY_OLD) as sent:
        whole, begun, broken = [sent.files.put(b"came with a form") for _ in range(3)]
        folder = sent.files.folder / "new"
        for name, length in ((begun, 0), (broken, 5)):
            (folder / f"u-{name}").write_bytes((folder / f"u-{name}").read_bytes()[:length])
        await rotating.rotate(sent.house.database, BOTH, files.Files(sent.files.folder, BOTH))
        assert files.Files(sent.files.folder, ONLY_NEW).take(whole) == b"came with a form"


async def test_a_file_of_which_nothing_is_left_is_told(sqlite_url: str, tmp_path: Path) -> None:
    async with sending.opened(sqlite_url, tmp_path, seal=ONLY_OLD) as sent:
        draft = sent.files.draft(b"a picture")
        sent.files.shelve(draft)
        path = next(sent.files.folder.glob("??/??/*"))
        path.write_bytes(b"")
        kept = files.Files(sent.files.folder, BOTH)
        assert (await rotating.rotate(sent.house.database, BOTH, kept)).unreadable == 1
        found = await rotating.look(sent.house.database, kept)
        assert found.by_key[-1] == {rotating.FILES: 1}


def test_every_column_of_bytes_is_sealed_or_a_hash() -> None:
    found = {
        column
        for table in tables.metadata.sorted_tables
        for column in table.c
        if isinstance(column.type, sa.LargeBinary) and column.type.length != 32
    }
    # What authors publish is for everybody.
    assert found == {*rows.SEALED, tables.form_attachment.c.content}
