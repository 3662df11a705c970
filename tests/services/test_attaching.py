"""Attachments go with the version of their form: found beside it, kept once; another picture is another version."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest
import sqlalchemy as sa

from bot.engine import form
from bot.engine.authoring import problems
from bot.services import attaching, publishing
from models import db, files, tables
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
    """Hash -> type of every attachment."""
    async with database.reading() as connection:
        rows = await connection.execute(sa.select(tables.form_attachment.c.hash, tables.form_attachment.c.mime))
        return {row.hash: row.mime for row in rows}


def advice(file: Path) -> list[tuple[int, str, str]]:
    """(row, column, name) of all that is said of pictures and recordings."""
    return [(row, column, name) for row, column, name, _ in told(file)]


def told(file: Path) -> list[tuple[int, str, str, str]]:
    """(row, column, name, what) of all that is said of pictures and recordings that are, or are not, there."""
    found = publishing.prepare([file])
    assert found.is_good
    told = [fault.problem for fault in found.faults if "name" in fault.problem.what.params]
    assert {problem.severity for problem in told} <= {problems.Severity.ADVICE}
    return [(each.row, each.column, str(each.what.params["name"]), each.what.msgid) for each in told]


async def test_attachments_are_kept_with_the_version(database: db.Database, tmp_path: Path) -> None:
    file = samples.spoken_form(tmp_path)
    assert advice(file) == []
    first = await published(database, file)
    question = first.question("water")
    assert question
    assert {each.hash: each.kind for each in first.attachments.values()} == {
        name: mime.partition("/")[0] for name, mime in (await kept(database)).items()
    }
    shelf = shelf_of(database)
    for kind, language, mime, content in (
        ("audio", "ky", "audio/ogg", samples.ogg(5)),
        ("audio", "ru", "audio/mpeg", samples.MP3),
        ("image", "ky", "image/jpeg", samples.PICTURES["suu.jpg"]),
        ("image", "ru", "image/png", samples.PICTURES["voda.png"]),
    ):
        found = form.attached(first, question, kind, language)
        assert found
        assert found.size == len(content)
        assert await shelf.get(found.hash) == (mime, content)
    assert await shelf.get("0" * 64) is None
    # The same again is the same version; another recording is another, and the old one stays.
    assert (await published(database, file)).version == first.version
    (tmp_path / "suu.ogg").write_bytes(samples.ogg(6))
    second = await published(database, file)
    assert second.version != first.version
    assert second.attachments["voda.mp3"] == first.attachments["voda.mp3"]
    assert len(await kept(database)) == 6
    assert await shelf.get(first.attachments["suu.ogg"].hash) == ("audio/ogg", samples.ogg(5))


async def test_a_form_without_attachments_has_the_version_it_always_had(database: db.Database, tmp_path: Path) -> None:
    file = samples.spoken_form(tmp_path)
    spoken = await published(database, file)
    for name in spoken.attachments:
        (tmp_path / name).unlink()
    silent = await published(database, file)
    assert silent.version != spoken.version
    assert silent.attachments == {}
    async with database.reading() as connection:
        definitions = await connection.scalars(
            sa.select(tables.form_version.c.definition).where(tables.form_version.c.version == silent.version)
        )
    assert "attachments" not in json.loads(definitions.one())


def test_what_cannot_be_listened_to_is_told_and_stops_nothing(tmp_path: Path) -> None:
    file = samples.spoken_form(tmp_path)
    (tmp_path / "suu.ogg").write_bytes(samples.PAGE)
    (tmp_path / "voda.mp3").write_bytes(samples.MP3 + b"\0" * attaching.LARGEST)
    (tmp_path / "sunush.ogg").unlink()
    row = file.read_text("utf-8").splitlines().index("  - type: select_one yn") + 1
    assert advice(file) == [
        (row, "media::audio::ky", "suu.ogg"),
        (row, "media::audio::ru", "voda.mp3"),
        (row + 5, "media::audio::ky", "sunush.ogg"),
    ]
    [made] = publishing.prepare([file]).forms.values()
    assert {each.content for each in made.attachments} == set(samples.PICTURES.values())


_ABSENT = "There is no picture “{name}” beside the form, so nobody can see it."
_LARGE = "The picture “{name}” is too large for people who pay by the megabyte."
_STRANGE = "The picture “{name}” is nothing that telephones show."
_HEAVY = "The picture “{name}” has {n} kB: on a slow line it takes a minute."
_STICKER = "WhatsApp does not show the picture “{name}”, a .webp."
_PLACED = "The picture “{name}” tells where it was taken, and it is sent as it is."


@pytest.mark.parametrize(
    ("content", "what"),
    [
        (samples.drawn(), []),
        (samples.drawn("PNG"), []),
        (samples.drawn("WEBP"), [_STICKER]),
        (samples.picture(), [_PLACED]),
        (samples.drawn() + b"\0" * 300_000, [_HEAVY]),
        (samples.drawn() + b"\0" * 1_000_000, [_LARGE]),
        (b"", [_STRANGE]),
        (samples.SVG, [_STRANGE]),
        (samples.ogg(), [_STRANGE]),
        (samples.drawn("GIF"), [_STRANGE]),
        # Half of it came over the line.
        (samples.drawn("PNG", 640, 480)[:-200], [_STRANGE]),
        (samples.drawn()[:-100], [_STRANGE]),
        (samples.bomb(), [_STRANGE]),
        (samples.webp_bomb(), [_STRANGE]),
        # Nothing that Telegram shows.
        (samples.drawn("PNG", 2100, 100), [_STRANGE]),
        (samples.drawn("PNG", 6000, 4001), [_STRANGE]),
        (None, [_ABSENT]),
    ],
)
def test_a_picture_is_one_and_what_would_hurt_is_told(tmp_path: Path, content: bytes | None, what: list[str]) -> None:
    file = samples.spoken_form(tmp_path)
    if content is None:
        (tmp_path / "suu.jpg").unlink()
    else:
        (tmp_path / "suu.jpg").write_bytes(content)
    row = file.read_text("utf-8").splitlines().index("  - type: select_one yn") + 1
    assert told(file) == [(row, "media::image::ky", "suu.jpg", each) for each in what]
    [made] = publishing.prepare([file]).forms.values()
    # What can be shown is shown as it is.
    taken = content in [each.content for each in made.attachments]
    assert taken is (not {_ABSENT, _LARGE, _STRANGE} & set(what))


@pytest.mark.parametrize("name", ["../outside.ogg", "/etc/passwd", "jr://audio/../outside.ogg"])
def test_a_recording_lies_beside_its_form_and_nowhere_else(tmp_path: Path, name: str) -> None:
    (tmp_path / "form").mkdir()
    (tmp_path / "outside.ogg").write_bytes(samples.ogg())
    file = samples.spoken_form(tmp_path / "form")
    file.write_text(file.read_text("utf-8").replace("suu.ogg", name), "utf-8")
    assert len(advice(file)) == 1


def test_odks_way_to_name_a_file_is_understood(tmp_path: Path) -> None:
    file = samples.spoken_form(tmp_path)
    words = file.read_text("utf-8").replace("suu.ogg", "jr://audio/suu.ogg").replace("suu.jpg", "jr://images/suu.jpg")
    file.write_text(words, "utf-8")
    assert advice(file) == []


def shelf_of(database: db.Database, clock: Callable[[], dt.datetime] = db.now) -> attaching.Shelf:
    """A shelf without receipts."""
    return attaching.Shelf(database, SEAL, files.Files(Path("nowhere"), SEAL), clock)


async def test_what_a_provider_calls_it_is_remembered(database: db.Database) -> None:
    shelf, other = shelf_of(database), shelf_of(database)
    assert await shelf.known("telegram:1", "a" * 64) == ""
    await shelf.keep("telegram:1", "a" * 64, "x" * 90)
    assert await shelf.known("telegram:1", "a" * 64) == "x" * 90
    assert await other.known("telegram:1", "a" * 64) == "x" * 90
    assert await other.known("telegram:2", "a" * 64) == ""
    await other.keep("telegram:1", "a" * 64, "")
    assert await shelf_of(database).known("telegram:1", "a" * 64) == ""
    # Cut off it would name nothing.
    await shelf.keep("telegram:3", "a" * 64, "x" * 161)
    assert await shelf_of(database).known("telegram:3", "a" * 64) == ""


def test_where_it_is_had_is_known_for_an_hour_or_two(database: db.Database) -> None:
    clock = talking.Clock()
    shelf = shelf_of(database, clock)
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
