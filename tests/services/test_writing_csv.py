"""CSV: read back by Python's own reader, and what a spreadsheet must not run."""

from __future__ import annotations

import csv
import io
import zipfile
from pathlib import Path

import pytest

from bot.services import writing, writing_csv
from models import db
from tests import exported


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
    assert writing_csv.guarded(cell) == guarded


@pytest.mark.parametrize(
    "cells", [["a", "b"], ["", ""], ['say "суу"', "a,b"], ["two\nlines", "cr\rlf\r\nx"], [" x ", ";"]]
)
def test_a_line_is_read_back_as_it_was(cells: list[str]) -> None:
    line = writing_csv.line(cells) + "\r\n"
    (back,) = csv.reader(io.StringIO(line, newline=""))
    assert [cell.removeprefix("'") for cell in back] == cells


def read(text: str) -> list[dict[str, str]]:
    assert text.startswith("\ufeff")
    return list(csv.DictReader(io.StringIO(text[1:], newline="")))


async def test_each_table_is_a_file_in_a_folder_or_a_zip(sqlite_url: str, tmp_path: Path) -> None:
    made = db.Database(sqlite_url)
    await exported.store(made)
    await exported.written(made, "csv", tmp_path / "households", personal=True)
    await exported.written(made, "csv", tmp_path / "households.zip", personal=True)
    await made.close()
    files = {path.name: path.read_bytes() for path in (tmp_path / "households").iterdir()}
    assert files.keys() == {"main.csv", "child.csv", "illness.csv"}
    with zipfile.ZipFile(tmp_path / "households.zip") as packed:
        assert {name: packed.read(name) for name in packed.namelist()} == files
    main, children, illnesses = (read(files[f"{name}.csv"].decode()) for name in ("main", "child", "illness"))
    assert [row["name"] for row in main] == ["Айгүл", "Бакыт", ""]
    # The village is what they typed, also where it looks like a formula or has lines and quotes in it.
    village = 'Жети-Өгүз "2"\nжогорку'
    assert [row["village"] for row in main] == ["'=Ак-Суу, «төмөн»", village, exported.HEARD]
    by_index = {row["_index"]: row["name"] for row in main}
    assert [(by_index[row["_parent_index"]], row["child_name"], row["child_age"]) for row in children] == [
        ("Бакыт", "Нур", "4"),
        ("Бакыт", "", ""),
        ("Бакыт", "", "1"),
        ("", "", "9"),
    ]
    assert [row["what"] for row in illnesses] == ["tooth", "eye", "eye"]


async def test_labels_and_groups_stand_over_columns(sqlite_url: str, capsys: pytest.CaptureFixture[str]) -> None:
    made = db.Database(sqlite_url)
    await exported.store(made)
    await exported.written(made, "csv", None, labels=True, headings=True, language="ru", groups=True)
    await made.close()
    main = read(capsys.readouterr().out)
    assert [row["О вас/Вы:"] for row in main] == ["женщина", "мужчина", "женщина"]
    assert [row["Что ещё нужно?"] for row in main] == ["вода", "свет; вода", "другое"]
    assert [row["Что ещё нужно?/дорога"] for row in main] == ["0", "0", "0"]


async def test_a_form_without_repeats_is_one_file(sqlite_url: str, tmp_path: Path) -> None:
    made = db.Database(sqlite_url)
    subject = exported.source(made)
    await made.close()
    with writing.places(tmp_path / "a.csv", ["main"], ".csv") as (path,):
        assert path == tmp_path / "a.csv"
    with pytest.raises(writing.Refused, match="child"), writing.places(tmp_path / "b.csv", ["main", "child"], ".csv"):
        pass
    assert [path.name for path in tmp_path.glob("*.csv")] == ["a.csv"]
    stream = io.StringIO()
    writing_csv.Csv(subject, [stream], plain=True)
    assert stream.getvalue().startswith("response,version,")


@pytest.mark.parametrize("name", ["a.csv", "a", "a.zip"])
def test_a_file_that_fails_is_gone(tmp_path: Path, name: str) -> None:
    def fail() -> None:
        with writing.places(tmp_path / name, ["main"], ".csv") as (path,):
            path.write_text("half")
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()
    assert list(tmp_path.iterdir()) == []


def test_an_output_that_cannot_be_is_said(tmp_path: Path) -> None:
    for name in ("none/a.csv", "none/a.zip", "none/a"):
        with pytest.raises(writing.BadOutput, match="No such file"), writing.places(tmp_path / name, ["m"], ".csv"):
            pass
