"""Exports for SPSS, read back with pyreadstat."""

from __future__ import annotations

import datetime as dt
import string
from pathlib import Path
from typing import Any

import pyreadstat
import pytest

from bot.services import sav, writing, writing_sav
from models import db
from tests import exported, filling
from tests.services.test_writing_xlsx import response


async def files(url: str, folder: Path, **layout: Any) -> dict[str, tuple[dict[str, Any], Any]]:
    """Table -> (values by variable, what the file says of itself)."""
    made = db.Database(url)
    await exported.store(made)
    done = await exported.written(made, "sav", folder, personal=True, **layout)
    await made.close()
    assert done.unfit == ()
    return {path.stem: pyreadstat.read_sav(str(path), output_format="dict") for path in folder.iterdir()}


def row(found: dict[str, Any], number: int) -> dict[str, Any]:
    return {name: None if values[number] != values[number] else values[number] for name, values in found.items()}


async def test_every_answer_is_read_back(database_url: str, tmp_path: Path) -> None:
    found = await files(database_url, tmp_path / "a", full=True)
    assert found.keys() == {"main", "child", "illness"}
    one, two, three = (row(found["main"][0], number) for number in range(3))
    assert (one["name"], one["age"], one["income"], one["cattle"], one["mood"]) == ("Айгүл", 34, 12000, 7, None)
    # Options named by numbers, as statisticians do, are numbers.
    assert (one["work"], two["work"], three["work"]) == (99, 1, None)
    assert (two["also_light"], two["also_road"], two["first_1"]) == (1, 0, "other")
    assert (two["born"], two["wakes"]) == (dt.date(2012, 2, 29), dt.time(5, 30))
    assert two["meets"] == dt.datetime.fromisoformat("2027-03-05T18:00")
    assert two["begun"] == dt.datetime.fromisoformat("2027-03-01T10:00")
    assert (two["home_latitude"], two["village"]) == (42.490123, 'Жети-Өгүз "2"\nжогорку')
    assert (two["age_seconds"], two["bytes_out"]) == (12, 8000)
    assert [each if each == each else None for each in found["child"][0]["child_age"]] == [4, None, 1, 9]
    assert list(found["illness"][0]["parent_index"]) == [1, 1, 3]


async def test_variables_and_values_have_their_labels(sqlite_url: str, tmp_path: Path) -> None:
    told = (await files(sqlite_url, tmp_path / "a", language="ru"))["main"][1]
    labels = told.column_names_to_labels
    assert (labels["sex"], labels["also_road"], labels["age"]) == ("Вы:", "Что ещё нужно?/дорога", "Сколько вам лет?")
    assert told.variable_value_labels["sex"] == {"woman": "женщина", "man": "мужчина"}
    assert told.variable_value_labels["work"] == {1.0: "работает", 2.0: "не работает", 99.0: "не скажет"}
    assert told.variable_value_labels["first_2"]["road"] == "дорога"
    assert (told.variable_measure["age"], told.variable_measure["work"]) == ("scale", "nominal")
    assert told.file_label == "Хозяйство"


async def test_a_form_without_repeats_is_one_file_and_may_be_packed(sqlite_url: str, tmp_path: Path) -> None:
    subject = exported.source(db.Database(sqlite_url))
    for name in ("a.sav", "a.zsav"):
        paths = [tmp_path / name, tmp_path / f"child-{name}", tmp_path / f"illness-{name}"]
        with writing_sav.opened(subject, paths, filling.BEGUN) as made:
            made.write([response(1, age="34", village="Ак-Суу " * 90)])
        found, _ = pyreadstat.read_sav(str(tmp_path / name), output_format="dict")
        assert (found["age"][0], found["village"][0]) == (34, ("Ак-Суу " * 90).rstrip())
    assert (tmp_path / "a.zsav").read_bytes()[:4] == b"$FL3"


def test_what_does_not_fit_is_cut_or_left_out_and_counted(tmp_path: Path) -> None:
    subject = exported.source(db.Database("sqlite://"))
    paths = [tmp_path / f"{number}.sav" for number in range(3)]
    with writing_sav.opened(subject, paths, filling.BEGUN) as made:
        made.write([response(1, age="кырк", work="gone", village="ө" * 20_000)])
    assert made.unfit == {"age": 1, "work": 1, "village": 1}
    found, _ = pyreadstat.read_sav(str(paths[0]), output_format="dict")
    assert found["village"] == ["ө" * (sav.LONGEST // 2)]
    assert found["age"] == [None]


def test_too_many_columns_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sav, "MOST_VARIABLES", 5)
    subject = exported.source(db.Database("sqlite://"))
    with (
        pytest.raises(writing.Refused, match="--multiple summary"),
        writing_sav.opened(subject, [tmp_path / f"{n}" for n in range(3)], filling.BEGUN),
    ):
        pass


@pytest.mark.parametrize(
    ("title", "name"),
    [
        ("age", "age"),
        ("also/drinking water", "also_drinking_water"),
        ("_home_latitude", "home_latitude"),
        ("2nd", "v2nd"),
        ("___", "v"),
        ("With", "With_2"),
        ("end.", "end"),
        ("жашы", "жашы"),
        ("ж" * 40, "ж" * 32),
    ],
)
def test_a_name_is_one_that_spss_takes(title: str, name: str) -> None:
    assert writing_sav.variable_name(title, set()) == name


def test_names_that_differ_in_case_alone_are_told_apart() -> None:
    taken: set[str] = set()
    names = [writing_sav.variable_name(title, taken) for title in ("Age", "age", "ж" * 33, "ж" * 34)]
    assert names == ["Age", "age_2", "ж" * 32, "ж" * 31 + "_2"]
    assert all(len(name.encode()) <= 64 for name in names)
    assert all(name[0] in string.ascii_letters or name[0].isalpha() for name in names)
