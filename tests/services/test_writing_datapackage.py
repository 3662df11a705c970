"""The Data Package, checked and read by frictionless as others do."""

from __future__ import annotations

import csv
import json
import zipfile
from pathlib import Path
from typing import Any

import frictionless
import pytest

from bot.engine import form, table
from bot.services import collecting, exporting
from models import db
from tests import exported, filling


async def package(url: str, folder: Path, **layout: Any) -> dict[str, Any]:
    made = db.Database(url)
    await exported.store(made)
    await exported.written(made, "datapackage", folder, personal=True, **layout)
    await made.close()
    described: dict[str, Any] = json.loads((folder / "datapackage.json").read_text("utf-8"))
    return described


def fields(described: dict[str, Any], number: int = 0) -> dict[str, dict[str, Any]]:
    return {each["name"]: each for each in described["resources"][number]["schema"]["fields"]}


@pytest.mark.parametrize("layout", [{}, {"full": True}, {"labels": True, "language": "ru"}])
async def test_frictionless_finds_nothing_wrong(sqlite_url: str, tmp_path: Path, layout: dict[str, Any]) -> None:
    await package(sqlite_url, tmp_path / "a", **layout)
    report = frictionless.validate(str(tmp_path / "a" / "datapackage.json"))
    assert report.valid, report.flatten(["fieldName", "rowNumber", "type", "note"])
    assert [task.name for task in report.tasks] == ["main", "child-1", "illness-2"]
    assert [task.stats["rows"] for task in report.tasks] == [3, 4, 3]


@pytest.mark.parametrize(
    ("file", "old", "new", "error"),
    [
        ("main", ",woman,", ",hero,", "constraint-error"),
        ("main", ",34,", ",кырк,", "type-error"),
        ("child", "main,2", "main,9", "foreign-key"),
    ],
)
async def test_frictionless_would_find_what_is_wrong(
    sqlite_url: str, tmp_path: Path, file: str, old: str, new: str, error: str
) -> None:
    await package(sqlite_url, tmp_path / "a")
    path = tmp_path / "a" / "data" / f"{file}.csv"
    path.write_text(path.read_text("utf-8").replace(old, new, 1), "utf-8")
    report = frictionless.validate(str(tmp_path / "a" / "datapackage.json"))
    assert error in {each[0] for each in report.flatten(["type"])}


async def test_answers_are_read_back_as_values(sqlite_url: str, tmp_path: Path) -> None:
    await package(sqlite_url, tmp_path / "a")
    read: Any = frictionless.Package(str(tmp_path / "a" / "datapackage.json")).get_resource("main")
    one, two, _ = read.read_rows()
    assert (one["name"], one["age"], one["income"], one["also/water"]) == ("Айгүл", 34, 12000, 1)
    assert (str(two["born"]), str(two["wakes"]), str(two["meets"])) == ("2012-02-29", "05:30:00", "2027-03-05 18:00:00")
    assert two["begun"].isoformat() == "2027-03-01T10:00:00+00:00"


async def test_fields_tell_their_words_and_options(database_url: str, tmp_path: Path) -> None:
    described = await package(database_url, tmp_path / "a", language="ru")
    sex = fields(described)["sex"]
    assert (sex["title"], sex["description"]) == ("Вы:", "ky: Сиз:\nru: Вы:")
    assert sex["categories"] == [{"value": "woman", "label": "женщина"}, {"value": "man", "label": "мужчина"}]
    assert sex["constraints"]["enum"] == ["woman", "man"]
    assert fields(described)["also/road"]["title"] == "Что ещё нужно?: дорога"
    assert described["$schema"].startswith("https://datapackage.org/profiles/2")
    assert (described["name"], described["title"]) == ("household", "Хозяйство")
    keys = described["resources"][2]["schema"]["foreignKeys"]
    assert keys == [{"fields": ["_parent_index"], "reference": {"resource": "child-1", "fields": ["_index"]}}]


async def test_it_may_be_packed(sqlite_url: str, tmp_path: Path) -> None:
    made = db.Database(sqlite_url)
    await exported.store(made)
    await exported.written(made, "datapackage", tmp_path / "a.zip")
    await made.close()
    with zipfile.ZipFile(tmp_path / "a.zip") as packed:
        assert set(packed.namelist()) == {"datapackage.json", *(f"data/{n}.csv" for n in ("main", "child", "illness"))}
    assert frictionless.validate(str(tmp_path / "a.zip")).valid


async def test_headings_are_the_names_of_fields_whatever_is_asked_for(sqlite_url: str, tmp_path: Path) -> None:
    described = await package(sqlite_url, tmp_path / "a", headings=True, groups=True)
    with (tmp_path / "a" / "data" / "main.csv").open(encoding="utf-8", newline="") as file:
        assert next(csv.reader(file)) == list(fields(described))


async def test_names_in_other_letters_make_a_package_too(sqlite_url: str, tmp_path: Path) -> None:
    asked = exported.within(exported.ask("аты", form.Kind.TEXT), "балдар", repeats=("балдар",))
    definition = form.Form(
        "Үй-бүлө", {}, (form.Group("балдар", (asked,), repeat=True),), version=exported.NEW, language="ky"
    )
    made = db.Database(sqlite_url)
    found = collecting.Source(made, filling.seal(), {exported.NEW: definition}, table.Layout())
    await exporting.export(found, exporting.Format.DATAPACKAGE, tmp_path / "a", exported.Progress())
    await made.close()
    assert frictionless.validate(str(tmp_path / "a" / "datapackage.json")).valid
