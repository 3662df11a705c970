"""The workbook, read back with openpyxl."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from bot.engine import records
from bot.services import writing, writing_xlsx
from models import db
from tests import exported


async def workbook(url: str, path: Path, **layout: Any) -> dict[str, list[dict[str, Any]]]:
    """Sheet -> its rows by heading."""
    made = db.Database(url)
    await exported.store(made)
    done = await exported.written(made, "xlsx", path, personal=True, **layout)
    await made.close()
    assert done.unfit == ()
    return read(path)


def read(path: Path) -> dict[str, list[dict[str, Any]]]:
    book = openpyxl.load_workbook(path)
    found = {}
    for sheet in book.worksheets:
        heading, *cells = sheet.iter_rows(values_only=True)
        found[sheet.title] = [dict(zip(map(str, heading), row, strict=True)) for row in cells]
    book.close()
    return found


async def test_each_table_is_a_sheet_beside_the_codebook(database_url: str, tmp_path: Path) -> None:
    found = await workbook(database_url, tmp_path / "a.xlsx")
    assert list(found) == ["main", "codebook", "child", "illness"]
    one, two, three = found["main"]
    assert (one["name"], one["age"], one["income"], one["work"]) == ("Айгүл", 34, 12000, "99")
    assert (two["income"], two["mood"], two["also/light"], two["also/road"]) == (2500.5, 7.5, 1, 0)
    assert (two["born"], two["meets"]) == tuple(map(dt.datetime.fromisoformat, ("2012-02-29", "2027-03-05T18:00")))
    assert (two["wakes"], two["_home_longitude"]) == ("05:30", -78.393456)
    assert (three["home"], three["age"]) == ("мечиттин жанында", None)
    assert two["village"] == 'Жети-Өгүз "2"\nжогорку'
    assert [(row["child_age"], row["_parent_index"]) for row in found["child"]] == [(4, 2), (None, 2), (1, 2), (9, 3)]
    assert [row["what"] for row in found["illness"]] == ["tooth", "eye", "eye"]
    asked = [row["label::ru"] for row in found["codebook"] if row["question"] == "also" and row["type"]]
    assert asked == ["Что ещё нужно?", "Что ещё нужно?"]


async def test_nothing_in_it_is_a_formula_or_a_link(sqlite_url: str, tmp_path: Path) -> None:
    found = await workbook(sqlite_url, tmp_path / "a.xlsx")
    assert found["main"][0]["village"] == "=Ак-Суу, «төмөн»", "no apostrophe: it is text"
    sheet = openpyxl.load_workbook(tmp_path / "a.xlsx")["main"]
    kinds = {cell.data_type for row in sheet.iter_rows() for cell in row}
    assert "f" not in kinds


async def test_headings_are_labels_if_asked_for(sqlite_url: str, tmp_path: Path) -> None:
    found = await workbook(sqlite_url, tmp_path / "a.xlsx", headings=True, labels=True, language="ru")
    assert [row["Вы:"] for row in found["main"]] == ["женщина", "мужчина", "женщина"]


def response(number: int, **answers: str) -> records.Response:
    lead = (f"{number:016x}", exported.NEW, "1", "0", "finished", "web", "ky", "2027-03-01T09:00:00Z", "", "0")
    return records.Response(exported.NEW, lead, [records.piece(*each) for each in answers.items()])


def test_a_full_sheet_goes_on_in_another(tmp_path: Path) -> None:
    subject = exported.source(db.Database("sqlite://"))
    with writing_xlsx.opened(subject, tmp_path / "a.xlsx", most=4) as writer:
        for number in range(0, 8, 2):
            writer.write([response(each, age=str(each)) for each in (number, number + 1)])
    found = read(tmp_path / "a.xlsx")
    assert [name for name in found if name.startswith("main")] == ["main", "main (2)", "main (3)"]
    assert [[row["age"] for row in found[name]] for name in ("main", "main (2)", "main (3)")] == [
        [0, 1, 2],
        [3, 4, 5],
        [6, 7],
    ]


def test_what_a_cell_cannot_hold_is_cut_and_counted(tmp_path: Path) -> None:
    subject = exported.source(db.Database("sqlite://"))
    with writing_xlsx.opened(subject, tmp_path / "a.xlsx") as writer:
        writer.write([response(1, village="ө" * 40_000, income="9" * 20), response(2, income="007")])
    assert writer.unfit == {"village": 1}
    one, two = read(tmp_path / "a.xlsx")["main"]
    assert one["village"] == "ө" * 32_767
    # What a number would not keep exactly stays text.
    assert (one["income"], two["income"]) == ("9" * 20, "007")


def test_characters_that_xml_has_none_for_do_no_harm(tmp_path: Path) -> None:
    subject = exported.source(db.Database("sqlite://"))
    with writing_xlsx.opened(subject, tmp_path / "a.xlsx") as writer:
        writer.write([response(1, village="a\x00\x0b<&>b\u2028_x0041_")])
    village = read(tmp_path / "a.xlsx")["main"][0]["village"]
    assert village.startswith("a")
    # Escaped as Excel does and undoes it; openpyxl shows it as it is written.
    assert village.endswith("<&>b\u2028_x005F_x0041_")


def test_too_many_columns_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(writing_xlsx, "_COLUMNS", 5)
    subject = exported.source(db.Database("sqlite://"))
    with pytest.raises(writing.Refused, match="--multiple summary"), writing_xlsx.opened(subject, tmp_path / "a.xlsx"):
        pass


def test_sheets_have_short_names_each_once() -> None:
    taken = {"history"}
    wanted = ["балдар" * 8, "балдар" * 8, "Main", "main", "a/b:c", "History", "''", "'"]
    names = [writing_xlsx.sheet_name(each, taken) for each in wanted]
    assert names == [
        ("балдар" * 8)[:31],
        ("балдар" * 8)[:27] + " (2)",
        *("Main", "main (2)", "a_b_c", "History (2)", "_", "_ (2)"),
    ]
    assert all(len(name) <= 31 for name in names)
