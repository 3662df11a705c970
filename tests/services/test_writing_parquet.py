"""Parquet, read back with pyarrow."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path
from typing import Any

import pyarrow
import pytest
from pyarrow import parquet

from bot.engine import table
from bot.services import writing, writing_parquet
from models import db
from tests import exported
from tests.services.test_writing_xlsx import response


async def tables(url: str, folder: Path, **layout: Any) -> dict[str, pyarrow.Table]:
    made = db.Database(url)
    await exported.store(made)
    done = await exported.written(made, "parquet", folder, personal=True, **layout)
    await made.close()
    assert done.unfit == ()
    return {path.stem: parquet.read_table(path) for path in folder.iterdir()}


async def test_columns_have_types_and_answers_their_values(database_url: str, tmp_path: Path) -> None:
    found = await tables(database_url, tmp_path / "a", full=True)
    assert found.keys() == {"main", "child", "illness"}
    one, two, three = found["main"].to_pylist()
    assert (one["name"], one["age"], one["income"], one["cattle"]) == ("Айгүл", 34, 12000.0, 7)
    assert (one["apart"], two["apart"], two["also/light"], two["also/road"]) == (False, True, True, False)
    assert (two["born"], two["wakes"], two["meets"]) == (
        dt.date(2012, 2, 29),
        dt.time(5, 30),
        dt.datetime.fromisoformat("2027-03-05T18:00"),
    )
    assert two["begun"] == dt.datetime(2027, 3, 1, 10, 0, tzinfo=dt.UTC)
    assert (two["_home_latitude"], three["_home_latitude"], three["home"]) == (42.490123, None, "мечиттин жанында")
    assert (two["age_seconds"], two["messages_in"]) == (12, 21)
    assert [row["child_age"] for row in found["child"].to_pylist()] == [4, None, 1, 9]
    assert [row["_parent_index"] for row in found["illness"].to_pylist()] == [1, 1, 3]
    types = {each.name: str(each.type) for each in found["main"].schema}
    assert (types["age"], types["mood"], types["sex"], types["also/water"]) == ("int64", "double", "string", "bool")


async def test_columns_carry_their_labels(sqlite_url: str, tmp_path: Path) -> None:
    schema = (await tables(sqlite_url, tmp_path / "a"))["main"].schema
    told = {key.decode(): value.decode() for key, value in schema.field("sex").metadata.items()}
    assert (told["label::ky"], told["label::ru"]) == ("Сиз:", "Вы:")
    assert json.loads(told["options"])["man"] == {"ky": "эркек", "ru": "мужчина"}
    assert schema.field("also/road").metadata[b"option"] == b"road"
    assert b"options" not in schema.field("also/road").metadata
    assert schema.metadata[b"versions"].decode().split() == [exported.NEW, exported.OLD]


def test_batches_make_one_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(writing_parquet, "_BATCH", 3)
    subject = exported.source(db.Database("sqlite://"))
    paths = [tmp_path / f"{number}.parquet" for number in range(3)]
    with writing_parquet.opened(subject, paths) as writer:
        writer.write([response(number, age=str(number)) for number in range(8)])
    file = parquet.ParquetFile(paths[0])
    assert [file.metadata.row_group(number).num_rows for number in range(file.num_row_groups)] == [3, 3, 2]
    assert file.read().column("age").to_pylist() == list(range(8))
    assert parquet.read_table(paths[1]).num_rows == 0


def test_what_does_not_fit_is_left_out_and_counted(tmp_path: Path) -> None:
    subject = exported.source(db.Database("sqlite://"))
    with writing_parquet.opened(subject, [tmp_path / f"{number}.parquet" for number in range(3)]) as writer:
        writer.write([response(1, age="9" * 30, born="tomorrow"), response(2, age="кырк", born="2020-01-02")])
    assert writer.unfit == {"age": 2, "born": 1}
    found = parquet.read_table(tmp_path / "0.parquet")
    assert found.column("age").to_pylist() == [None, None]
    assert found.column("born").to_pylist() == [None, dt.date(2020, 1, 2)]


@pytest.mark.parametrize(
    ("type_", "text", "value"),
    [
        (table.Type.WHOLE, "-5", -5),
        (table.Type.WHOLE, "5.5", None),
        (table.Type.NUMBER, "5", 5.0),
        (table.Type.FLAG, "0", False),
        (table.Type.DATE, "2027-03-01T09:00:00+06:00", dt.date(2027, 3, 1)),
        (table.Type.TIME, "25:00", None),
        (table.Type.DATETIME, "2027-03-01T09:00", dt.datetime.fromisoformat("2027-03-01T09:00")),
        (table.Type.INSTANT, "2027-03-01T09:00:00Z", dt.datetime(2027, 3, 1, 9, tzinfo=dt.UTC)),
        (table.Type.ANY, "5", "5"),
    ],
)
def test_a_text_is_worth_what_its_type_says(type_: table.Type, text: str, value: object) -> None:
    assert writing.valued(type_, text) == value
