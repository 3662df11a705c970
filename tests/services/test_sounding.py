"""Recordings go with the version of their form: found beside it, kept once; another recording is another version."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from bot.engine import form
from bot.engine.authoring import problems
from bot.services import publishing, sounding
from models import db, tables
from tests import samples, talking
from tests.services.house import SEAL


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[db.Database]:
    opened = db.Database(database_url)
    yield opened
    await opened.close()


async def published(database: db.Database, file: Path) -> form.Form:
    """The form as it can be answered now."""
    [version] = (await publishing.publish(database, [file])).versions
    async with database.reading() as connection:
        return (await publishing.Library().catalogue(connection)).forms[version.version]


async def kept(database: db.Database) -> dict[str, str]:
    """Hash -> type of every recording."""
    async with database.reading() as connection:
        rows = await connection.execute(sa.select(tables.sound.c.hash, tables.sound.c.mime))
        return {row.hash: row.mime for row in rows}


def advice(file: Path) -> list[tuple[int, str, str]]:
    """(row, column, what) of all that is said of recordings."""
    found = publishing.prepare([file])
    assert found.is_good
    told = [fault.problem for fault in found.faults if "recording" in fault.problem.what.msgid]
    assert {problem.severity for problem in told} <= {problems.Severity.ADVICE}
    return [(problem.row, problem.column, str(problem.what.params["name"])) for problem in told]


async def test_recordings_are_kept_with_the_version(database: db.Database, tmp_path: Path) -> None:
    file = samples.spoken_form(tmp_path)
    assert advice(file) == []
    first = await published(database, file)
    question = first.question("water")
    assert question
    heard = form.recorded(first, question)
    assert await kept(database) == {
        heard["ky"]: "audio/ogg",
        heard["ru"]: "audio/mpeg",
        first.sounds["sunush.ogg"]: "audio/ogg",
    }
    shelf = sounding.Shelf(database, SEAL)
    assert await shelf.get(heard["ky"]) == ("audio/ogg", samples.ogg(5))
    assert await shelf.get("0" * 64) is None
    # The same again is the same version; another recording is another, and the old one stays.
    assert (await published(database, file)).version == first.version
    (tmp_path / "suu.ogg").write_bytes(samples.ogg(6))
    second = await published(database, file)
    assert second.version != first.version
    assert second.sounds["voda.mp3"] == first.sounds["voda.mp3"]
    assert len(await kept(database)) == 4
    assert await shelf.get(heard["ky"]) == ("audio/ogg", samples.ogg(5))


async def test_a_form_without_recordings_has_the_version_it_always_had(database: db.Database, tmp_path: Path) -> None:
    file = samples.spoken_form(tmp_path)
    spoken = await published(database, file)
    for name in spoken.sounds:
        (tmp_path / name).unlink()
    silent = await published(database, file)
    assert silent.version != spoken.version
    assert silent.sounds == {}
    async with database.reading() as connection:
        definitions = await connection.scalars(
            sa.select(tables.form_version.c.definition).where(tables.form_version.c.version == silent.version)
        )
    assert "sounds" not in json.loads(definitions.one())


def test_what_cannot_be_listened_to_is_told_and_stops_nothing(tmp_path: Path) -> None:
    file = samples.spoken_form(tmp_path)
    (tmp_path / "suu.ogg").write_bytes(samples.PAGE)
    (tmp_path / "voda.mp3").write_bytes(samples.MP3 + b"\0" * sounding.LONGEST)
    (tmp_path / "sunush.ogg").unlink()
    row = file.read_text("utf-8").splitlines().index("  - type: select_one yn") + 1
    assert advice(file) == [
        (row, "media::audio::ky", "suu.ogg"),
        (row, "media::audio::ru", "voda.mp3"),
        (row + 4, "media::audio::ky", "sunush.ogg"),
    ]
    [made] = publishing.prepare([file]).forms.values()
    assert made.sounds == ()


@pytest.mark.parametrize("name", ["../outside.ogg", "/etc/passwd", "jr://audio/../outside.ogg"])
def test_a_recording_lies_beside_its_form_and_nowhere_else(tmp_path: Path, name: str) -> None:
    (tmp_path / "form").mkdir()
    (tmp_path / "outside.ogg").write_bytes(samples.ogg())
    file = samples.spoken_form(tmp_path / "form")
    file.write_text(file.read_text("utf-8").replace("suu.ogg", name), "utf-8")
    assert len(advice(file)) == 1


def test_odks_way_to_name_a_recording_is_understood(tmp_path: Path) -> None:
    file = samples.spoken_form(tmp_path)
    file.write_text(file.read_text("utf-8").replace("suu.ogg", "jr://audio/suu.ogg"), "utf-8")
    assert advice(file) == []


async def test_what_a_provider_calls_it_is_remembered(database: db.Database) -> None:
    shelf, other = sounding.Shelf(database, SEAL), sounding.Shelf(database, SEAL)
    assert await shelf.known("telegram:1", "a" * 64) == ""
    await shelf.keep("telegram:1", "a" * 64, "x" * 90)
    assert await shelf.known("telegram:1", "a" * 64) == "x" * 90
    assert await other.known("telegram:1", "a" * 64) == "x" * 90
    assert await other.known("telegram:2", "a" * 64) == ""
    await other.keep("telegram:1", "a" * 64, "")
    assert await sounding.Shelf(database, SEAL).known("telegram:1", "a" * 64) == ""
    # Cut off it would name nothing.
    await shelf.keep("telegram:3", "a" * 64, "x" * 161)
    assert await sounding.Shelf(database, SEAL).known("telegram:3", "a" * 64) == ""


def test_where_it_is_heard_is_known_for_an_hour_or_two(database: db.Database) -> None:
    clock = talking.Clock()
    shelf = sounding.Shelf(database, SEAL, clock)
    link = shelf.link("a" * 64)
    _, _, name, until, mark = link.split("/")
    good = [shelf.is_good(name, int(until), mark)]
    for _ in range(12):
        clock.forward(minutes=15)
        good.append(shelf.is_good(name, int(until), mark))
    assert 4 <= good.index(False) <= 8
    assert good == sorted(good, reverse=True)
    assert shelf.link(name) != link
    assert not shelf.is_good("b" * 64, int(until), mark)
