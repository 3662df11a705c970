"""What is in an export, what is not, and that it says again what was answered."""

from __future__ import annotations

import csv
import datetime as dt
import gc
import hmac
import io
import json
import tracemalloc
import zipfile
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
import sqlalchemy as sa

from bot.engine import codebook, form, passage, state, table
from bot.engine.xpath import expressions
from bot.services import collecting, exporting, publishing, writing_csv
from models import db, sealing, tables
from tests import exported, filling
from tests.services import house

ANSWERS = [
    *("place", "sex", "age", "age_group", "top_1", "top_2", "top_3"),
    *("also", "also/water", "also/roads", "also/school", "also/clinic", "also/work", "village"),
]


@pytest_asyncio.fixture
async def database(database_url: str) -> AsyncIterator[db.Database]:
    """A migrated database."""
    made = db.Database(database_url)
    yield made
    await made.close()


async def source(database: db.Database, name: str = "small", *, unfinished: bool = False, **layout: Any) -> Any:
    return await collecting.collect(
        database, filling.seal(), publishing.Library(), name, table.Layout(**layout), unfinished=unfinished
    )


async def written(database: db.Database, **more: Any) -> str:
    return "".join([piece async for piece in exporting.chunks(await source(database, **more), exporting.Format.CSV)])


def read(text: str) -> list[dict[str, str]]:
    assert text.startswith("\ufeff")
    return list(csv.DictReader(io.StringIO(text[1:])))


def outputs_of(format_: str) -> list[str]:
    """What a form with repeats can be written to."""
    return [f"a.{format_}"] if format_ in ("xlsx", "jsonl") else ["a", "a.zip"]


def unguarded(cell: str) -> str:
    return cell[1:] if cell.startswith("'") else cell


def slowly(found: Any, stored: list[tuple[str, state.State]], **layout: Any) -> str:
    """The table of these responses (id, state), each walked through anew and each cell made by itself."""
    wanted = table.Layout(**layout)
    (main,) = table.tables(found.book, wanted)
    stream = io.StringIO()
    writer = csv.writer(stream)
    writer.writerow([column.heading for column in main.columns])
    for rid, kept in stored:
        definition = found.forms[kept.form]
        view = passage.passage(definition, kept)
        begun = dt.datetime.fromisoformat(kept.begun)
        counted_apart = definition.apart is not None and expressions.truth(definition.apart.evaluate(view.context()))
        told = {
            "response": hmac.digest(bytes(32), b"export\0" + rid.encode(), "sha256")[:8].hex(),
            "version": kept.form,
            "wave": definition.wave,
            "apart": str(int(counted_apart)),
            "status": "finished",
            "channel": kept.channel,
            "language": kept.language,
            "begun": f"{begun:%Y-%m-%dT%H:%M:%SZ}",
            "finished": f"{begun + dt.timedelta(minutes=9):%Y-%m-%dT%H:%M:%SZ}",
            "assisted": "0",
        }
        row: list[str] = []
        for part in main.parts:
            question = definition.question(part.question)
            if question is None:
                row.append(told[part.what])
                continue
            value = view.values.get(part.question)
            text = None if value is None else expressions.text(value)
            row += (
                [""] * len(part.columns)
                if not text
                else table.cells(part.columns, question.kind, text, found.book, wanted)
            )
        writer.writerow(map(writing_csv.guarded, row))
    return writing_csv.BOM + stream.getvalue()


@pytest.mark.parametrize(
    "layout",
    [
        {},
        {"personal": True},
        {"personal": True, "labels": True, "headings": True, "language": "ru"},
        {"multiple": table.Multiple.SPLIT, "groups": True},
        {"multiple": table.Multiple.SUMMARY},
    ],
)
async def test_what_is_looked_up_is_what_the_slow_way_makes(database: db.Database, layout: dict[str, Any]) -> None:
    definition = await filling.publish(database)
    people = filling.people(definition, 450)
    await filling.respond(database, filling.seal(), definition, people)
    async with database.reading() as connection:
        order = tables.response.c.id
        ids = list(await connection.scalars(sa.select(order).order_by(order)))
    fast = await written(database, **layout)
    assert fast == slowly(await source(database), list(zip(ids, people, strict=True)), **layout)


async def test_an_export_says_again_what_was_answered(database: db.Database) -> None:
    definition = await filling.publish(database)
    people = filling.people(definition, 60)
    await filling.respond(database, filling.seal(), definition, people)
    rows = read(await written(database, personal=True))
    assert list(rows[0]) == [*table.PARADATA, *ANSWERS, "idea"]
    assert len({row["response"] for row in rows}) == 60
    for row, person in zip(rows, people, strict=True):
        counted = {name: table.stored(answer) for name, answer in passage.counted(definition, person).items()}
        for name in ("place", "sex", "age", "also", "village", "idea"):
            assert unguarded(row[name]) == counted.get(name, "")
        assert [row["top_1"], row["top_2"], row["top_3"]] == counted["top"].split(" ")
        chosen = [name for name in filling.NEEDS if row[f"also/{name}"] == "1"]
        assert sorted(chosen) == sorted(counted["also"].split(" "))
        assert {row[f"also/{name}"] for name in filling.NEEDS} <= {"0", "1"}
        age = person.answer("age")
        assert row["apart"] == str(int(isinstance(age, int) and age < 18))
        assert row["age_group"] == ("" if age is None else "-29" if isinstance(age, int) and age < 30 else "30+")
        assert (row["version"], row["wave"], row["status"]) == (definition.version, "1", "finished")
        assert (row["channel"], row["language"], row["assisted"]) == (person.channel, person.language, "0")
        assert row["begun"] == person.begun.replace("+00:00", "Z")
        assert row["finished"] > row["begun"]


async def test_a_conversation_comes_out_as_it_was_held(database_url: str) -> None:
    async with house.opened(database_url) as opened:
        person = opened.person()
        await person.begins()
        await person.says(*house.VILLAGE)
        other = opened.person()
        await other.begins()
        await other.says(*house.TOWN)
        layout = table.Layout(personal=True, full=True)
        found = await collecting.collect(opened.database, house.SEAL, publishing.Library(), "priorities", layout)
        text = "".join([piece async for piece in exporting.chunks(found, exporting.Format.CSV)])
        lines = "".join([piece async for piece in exporting.chunks(found, exporting.Format.JSONL)])
    village, town = sorted(read(text), key=lambda row: row["village"], reverse=True)
    assert (village["village"], village["age"], village["age_group"]) == ("Чон-Жар", "34", "30-44")
    assert (town["village"], town["age"], town["age_group"]) == ("", "51", "45-59")
    assert village["proposal"] == "Мост через реку"
    # They chose "1 2 3" and "3 2 1" of options in an order that was drawn for each of them.
    for row in (village, town):
        shown = row["family_shown"].split(" ")
        assert sorted(shown) == sorted(set(shown))
        assert [row["family_1"], row["family_2"], row["family_3"]] == shown[:3]
    assert [village["community_3"], village["community_2"], village["community_1"]] == (
        village["community_shown"].split(" ")[:3]
    )
    assert village["channel"] == "sms"
    objects = {each["response"]: each for each in map(json.loads, lines.splitlines())}
    one, two = objects[village["response"]], objects[town["response"]]
    assert one["family"] == [village["family_1"], village["family_2"], village["family_3"]]
    assert (one["age"], two["age"], "village" in two) == (34, 51, False)


async def test_rounds_come_out_as_they_were_answered(database_url: str, tmp_path: Path) -> None:
    said = ["Ак-Суу", "2", "2", "21.03.1990", "1", "01.02.2020", "да", "1", "12", "да", "2", "3", "нет"]
    async with house.opened(database_url, about="household") as opened:
        for place in ("42.49 78.39", "за мостом"):
            person = opened.person()
            await person.begins("s-household")
            await person.says(*said, place, "skip", "Жолду оңдоо керек")
        found = await collecting.collect(opened.database, house.SEAL, publishing.Library(), "household", table.Layout())
        await exporting.export(found, exporting.Format.CSV, tmp_path / "a", exported.Progress())
        await exporting.export(found, exporting.Format.JSONL, tmp_path / "a.jsonl", exported.Progress())
    main, members, animals = (
        read((tmp_path / "a" / f"{name}.csv").read_bytes().decode()) for name in ("main", "member", "animal")
    )
    assert [(row["village"], row["heating"], row["people"], row["herd"]) for row in main] == [
        ("v02", "dung", "2", "15")
    ] * 2
    assert sorted((row["place"], row["_place_latitude"]) for row in main) == [
        ("42.49 78.39 0 0", "42.49"),
        ("за мостом", ""),
    ]
    # How old they are is worked out in each round, on the day of the response; a child is not asked for work.
    assert [(row["born"], row["years"], row["works"], row["_parent_index"]) for row in members] == [
        *[("1990-03-21", "36", "yes", "1"), ("2020-02-01", "7", "", "1")],
        *[("1990-03-21", "36", "yes", "2"), ("2020-02-01", "7", "", "2")],
    ]
    assert [(row["kind"], row["heads"], row["_parent_index"]) for row in animals] == [
        *[("sheep", "12", "1"), ("cows", "3", "1"), ("sheep", "12", "2"), ("cows", "3", "2")],
    ]
    for line in (tmp_path / "a.jsonl").read_text("utf-8").splitlines():
        assert json.loads(line)["animal"] == [{"kind": "sheep", "heads": 12}, {"kind": "cows", "heads": 3}]


async def test_what_may_name_a_person_is_left_out(database: db.Database) -> None:
    definition = await filling.publish(database)
    await filling.respond(database, filling.seal(), definition, filling.people(definition, 4))
    text = await written(database)
    assert "idea" not in text
    assert "Сунуш" not in text
    assert [row["village"] for row in read(text)] == ["Айыл 0", "Айыл 1", "Айыл 2", "Айыл 3"]


@pytest.mark.parametrize("format_", list(exporting.Format))
async def test_what_may_name_a_person_is_in_no_format(sqlite_url: str, tmp_path: Path, format_: str) -> None:
    made = db.Database(sqlite_url)
    await exported.store(made)
    folder = tmp_path / "plain"
    folder.mkdir()
    for personal in (False, True):
        output = folder / f"{personal}" / outputs_of(format_)[0]
        output.parent.mkdir()
        await exported.written(made, format_, output, personal=personal)
    await made.close()
    for personal in (False, True):
        found = b"".join(_unpacked(path) for path in (folder / f"{personal}").rglob("*") if path.is_file())
        said = [name for name in ("Айгүл", "Бакыт", "Нур") if name.encode() in found]
        assert said == (["Айгүл", "Бакыт", "Нур"] if personal else [])
        assert (b"child_name" in found) == personal


def _unpacked(path: Path) -> bytes:
    """All that is in a file. Small texts stay in the open in Parquet and in .sav."""
    if zipfile.is_zipfile(path):
        with zipfile.ZipFile(path) as packed:
            return b"".join(map(packed.read, packed.namelist()))
    if path.suffix == ".parquet":
        from pyarrow import parquet

        read_ = parquet.read_table(path)
        return str((read_.schema, read_.to_pylist())).encode()
    return path.read_bytes()


async def test_versions_stand_side_by_side_joined_by_name(database: db.Database) -> None:
    older = filling.SHEETS | {
        "survey": [
            row | {"ashar::pick": 4}
            if row["name"] == "top"
            else row | {"ashar::personal": "yes"}
            if row["name"] == "village"
            else row
            for row in filling.SHEETS["survey"]
            if row["name"] != "also"
        ]
        + [{"type": "integer", "name": "children", "label": filling.text("Children?")}]
    }
    before = await filling.publish(database, older)
    said = state.State(before.version, "", filling.BEGUN.isoformat(), answers=(("children", -3), ("village", "Ак-Суу")))
    await filling.respond(database, filling.seal(), before, [said])
    now = await filling.publish(database)
    await filling.respond(database, filling.seal(), now, filling.people(now, 1))
    rows = read(await written(database, multiple=table.Multiple.SUMMARY))
    # Personal in one version is personal: the same name is the same question.
    names = ["place", "sex", "age", "age_group", "top_1", "top_2", "top_3", "top_4", "also", "children"]
    assert list(rows[0]) == [*table.PARADATA, *names]
    assert [(row["version"], row["children"], bool(row["top_1"])) for row in rows] == [
        (before.version, "-3", False),
        (now.version, "", True),
    ]


async def test_who_is_counted_apart_is_told_also_where_that_is_personal(database: db.Database) -> None:
    sheets = filling.SHEETS | {
        "survey": [
            row | {"ashar::personal": "yes"} if row["name"] == "age" else row for row in filling.SHEETS["survey"]
        ]
    }
    definition = await filling.publish(database, sheets)
    said = [state.State(definition.version, "", filling.BEGUN.isoformat(), answers=(("age", age),)) for age in (15, 40)]
    await filling.respond(database, filling.seal(), definition, said)
    rows = read(await written(database))
    assert [row["apart"] for row in rows] == ["1", "0"]
    # Worked out from the age, the group tells as much.
    assert not {"age", "age_group"} & rows[0].keys()


async def test_chance_and_time_come_from_the_response_itself(sqlite_url: str) -> None:
    definition = form.Form(
        "household",
        {},
        (exported.ask("sex", form.Kind.TEXT), exported.calculate("day", "today()")),
        version=exported.NEW,
    )
    made = db.Database(sqlite_url)
    await exported.store(made)
    forms = {exported.NEW: definition, exported.OLD: definition}
    found = collecting.Source(made, filling.seal(), forms, table.Layout())
    rows = read("".join([piece async for piece in exporting.chunks(found, exporting.Format.CSV)]))
    await made.close()
    assert [row["day"] for row in rows] == ["2027-03-01"] * 3


async def test_open_responses_come_only_when_asked_for(database: db.Database) -> None:
    definition = await filling.publish(database)
    await filling.respond(database, filling.seal(), definition, filling.people(definition, 2), status="open")
    assert read(await written(database)) == []
    rows = read(await written(database, unfinished=True))
    assert [(row["status"], row["finished"]) for row in rows] == [("open", "")] * 2


async def test_an_unknown_form_is_said(sqlite_url: str) -> None:
    made = db.Database(sqlite_url)
    with pytest.raises(collecting.NoSuchForm):
        await source(made, "none")
    await made.close()


@pytest.mark.parametrize("format_", list(exporting.Format))
async def test_a_lost_key_leaves_nothing_behind(sqlite_url: str, tmp_path: Path, format_: exporting.Format) -> None:
    made = db.Database(sqlite_url)
    await exported.store(made)
    strange = sealing.Seal([b"x" * 32], bytes(32))
    found = collecting.Source(made, strange, exported.FORMS, table.Layout(personal=True))
    outputs = tmp_path / "outputs"
    outputs.mkdir()
    for name in outputs_of(format_):
        with pytest.raises(sealing.Unreadable):
            await exporting.export(found, format_, outputs / name, exported.Progress())
    await made.close()
    assert list(outputs.iterdir()) == []


@pytest.mark.parametrize("format_", list(exporting.Format))
async def test_nothing_is_written_over(sqlite_url: str, tmp_path: Path, format_: str) -> None:
    made = db.Database(sqlite_url)
    await exported.store(made)
    for name in outputs_of(format_):
        (tmp_path / name).write_text("last month's")
        with pytest.raises(exporting.BadOutput):
            await exported.written(made, format_, tmp_path / name)
        assert (tmp_path / name).read_text() == "last month's"
    await made.close()


@pytest.mark.parametrize(
    ("format_", "name"),
    [
        *((each, None) for each in ("xlsx", "sav", "parquet", "datapackage", "flowresults")),
        *((each, "a.csv") for each in ("csv", "sav", "parquet", "datapackage", "flowresults")),
        *((each, "a.zip") for each in ("xlsx", "jsonl")),
    ],
)
async def test_what_cannot_be_is_refused_with_a_remedy(
    sqlite_url: str, tmp_path: Path, format_: str, name: str | None
) -> None:
    made = db.Database(sqlite_url)
    await exported.store(made)
    with pytest.raises(exporting.Refused, match="--output"):
        await exported.written(made, format_, tmp_path / name if name else None)
    await made.close()
    assert not name or not (tmp_path / name).exists()


async def test_progress_is_told_of_all(sqlite_url: str, tmp_path: Path) -> None:
    made = db.Database(sqlite_url)
    await exported.store(made)
    progress = exported.Progress()
    done = await exporting.export(exported.source(made), exporting.Format.CSV, tmp_path / "a.zip", progress)
    await made.close()
    assert (done.responses, progress.total, progress.done) == (3, 3, 3)


async def test_repeats_that_have_no_place_are_told(sqlite_url: str, capsys: pytest.CaptureFixture[str]) -> None:
    made = db.Database(sqlite_url)
    await exported.store(made)
    done = await exported.written(made, "csv", None)
    assert done.left_out == ("child", "illness")
    assert len(read(capsys.readouterr().out)) == 3
    assert (await exported.written(made, "jsonl", None)).left_out == ()
    await made.close()


def test_the_codebook_is_written_as_csv(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    made = db.Database("sqlite://")
    found = exported.source(made)
    exporting.write_codebook(found, tmp_path / "book.csv")
    exporting.write_codebook(found, None)
    text = (tmp_path / "book.csv").read_bytes().decode()
    assert text == capsys.readouterr().out
    rows = list(csv.reader(io.StringIO(text[1:], newline="")))
    assert [tuple(row) for row in rows] == list(codebook.rows(found.book, personal=False))
    with pytest.raises(exporting.BadOutput):
        exporting.write_codebook(found, tmp_path / "book.csv")


@pytest.mark.parametrize(
    ("name", "format_"),
    [(None, "csv"), ("a", "csv"), ("a.zip", "csv"), ("a.XLSX", "xlsx"), ("a.zsav", "sav"), ("a.jsonl", "jsonl")],
)
def test_a_files_name_tells_its_format(name: str | None, format_: str) -> None:
    assert exporting.format_of(Path(name) if name else None) == format_


async def test_memory_stays_the_same_however_long_the_export(sqlite_url: str) -> None:
    made = db.Database(sqlite_url)
    definition = await filling.publish(made)
    await filling.respond(made, filling.seal(), definition, filling.people(definition, 2400))
    found = await source(made, personal=True)
    peaks = []
    tracemalloc.start()
    async for _piece in exporting.chunks(found, exporting.Format.CSV):
        peaks.append(tracemalloc.get_traced_memory()[1])
        # Rings of objects wait for the collector, which comes when it likes.
        gc.collect()
        tracemalloc.reset_peak()
    tracemalloc.stop()
    await made.close()
    assert len(peaks) == 13
    assert peaks[-1] < 1.3 * peaks[6]
