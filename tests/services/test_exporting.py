"""The CSV file: what is in it, what is not, and what a spreadsheet must not run."""

from __future__ import annotations

import csv
import io
import tracemalloc
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from bot.engine import flow, state, table
from bot.services import exporting, publishing
from models import db
from tests import filling


@pytest_asyncio.fixture
async def database(database_url: str) -> AsyncIterator[db.Database]:
    """A migrated database."""
    made = db.Database(database_url)
    yield made
    await made.close()


async def written(database: db.Database, *, personal: bool = False, unfinished: bool = False) -> str:
    pieces = exporting.csv_chunks(
        database, filling.seal(), publishing.Library(), "small", personal=personal, unfinished=unfinished
    )
    return "".join([piece async for piece in pieces])


def read(text: str) -> list[dict[str, str]]:
    assert text.startswith("\ufeff")
    return list(csv.DictReader(io.StringIO(text[1:])))


def unguarded(cell: str) -> str:
    return cell[1:] if cell.startswith("'") else cell


@pytest.mark.parametrize(
    ("cell", "guarded"),
    [
        ("", ""),
        ("ичүүчү суу", "ичүүчү суу"),
        ("=1+1", "'=1+1"),
        ("+996 555 123456", "'+996 555 123456"),
        ("-1+1", "'-1+1"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("\t=1", "'\t=1"),
        ("\r=1", "'\r=1"),
        ("\n=1", "'\n=1"),
        ("\tx", "'\tx"),
        (" =1", "' =1"),
        ("\u00a0=1", "'\u00a0=1"),
        ("＝1", "'＝1"),
        ("a=1", "a=1"),
        ("-5", "-5"),
        ("-5.25", "-5.25"),
        ("-", "'-"),
        ("12.5", "12.5"),
    ],
)
def test_formulas_are_guarded(cell: str, guarded: str) -> None:
    assert exporting.guarded(cell) == guarded


async def test_an_export_says_again_what_was_answered(database: db.Database) -> None:
    definition = await filling.publish(database)
    people = filling.people(definition, 60)
    await filling.respond(database, filling.seal(), definition, people)
    shape = table.columns(definition, personal=True)
    rows = read(await written(database, personal=True))
    assert list(rows[0]) == [*exporting.PARADATA, *(column.title for column in shape)]
    assert len({row["response"] for row in rows}) == 60
    for row, person in zip(rows, people, strict=True):
        counted = {name: table.stored(answer) for name, answer in flow.counted(definition, person).items()}
        assert tuple(unguarded(row[column.title]) for column in shape) == table.row(shape, counted)
        age = person.answer("age")
        assert row["apart"] == str(int(isinstance(age, int) and age < 18))
        assert (row["version"], row["wave"], row["status"]) == (definition.version, "1", "finished")
        assert (row["channel"], row["language"]) == (person.channel, person.language)
        assert row["begun"] == person.begun.replace("+00:00", "Z")
        assert row["finished"] > row["begun"]


async def test_what_may_name_a_person_is_left_out(database: db.Database) -> None:
    definition = await filling.publish(database)
    await filling.respond(database, filling.seal(), definition, filling.people(definition, 4))
    text = await written(database)
    assert "idea" not in text
    assert "Сунуш" not in text
    assert [row["village"] for row in read(text)] == ["Айыл 0", "Айыл 1", "Айыл 2", "Айыл 3"]


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
    rows = read(await written(database))
    # Personal in one version is personal: the same name is the same question.
    names = ["place", "sex", "age", "top_1", "top_2", "top_3", "also", "top_4", "children"]
    assert list(rows[0]) == [*exporting.PARADATA, *names]
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
    assert "age" not in rows[0]


async def test_open_responses_come_only_when_asked_for(database: db.Database) -> None:
    definition = await filling.publish(database)
    await filling.respond(database, filling.seal(), definition, filling.people(definition, 2), status="open")
    assert read(await written(database)) == []
    rows = read(await written(database, unfinished=True))
    assert [(row["status"], row["finished"]) for row in rows] == [("open", "")] * 2


async def test_an_unknown_form_is_said_before_the_first_piece(sqlite_url: str) -> None:
    made = db.Database(sqlite_url)
    with pytest.raises(exporting.NoSuchForm):
        await anext(exporting.csv_chunks(made, filling.seal(), publishing.Library(), "none"))
    await made.close()


async def test_memory_stays_the_same_however_long_the_export(sqlite_url: str) -> None:
    made = db.Database(sqlite_url)
    definition = await filling.publish(made)
    await filling.respond(made, filling.seal(), definition, filling.people(definition, 1600))
    peaks = []
    tracemalloc.start()
    async for _piece in exporting.csv_chunks(made, filling.seal(), publishing.Library(), "small", personal=True):
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.reset_peak()
    tracemalloc.stop()
    await made.close()
    assert len(peaks) == 9
    # By the fourth page of 200 the engine's memo of passages (512) is full, and nothing may grow after that.
    assert peaks[-1] < 1.3 * peaks[4]
