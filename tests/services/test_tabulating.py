"""Workbooks as rows: every cell as its author sees it, and whatever is no workbook is told to be none."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter
import xlwt

from bot.engine import phrases
from bot.engine.authoring import problems
from bot.services import loading, publishing, tabulating
from tests.services import workbooks

FLOWS = Path(__file__).resolve().parents[2] / "flows"
MOMENT = dt.datetime(2027, 5, 15, 10, 30)  # noqa: DTZ001 - a cell knows no zone


def read(path: Path) -> tuple[dict[str, Any], list[tuple[str, str, int, str]]]:
    """The rows without their numbers, and what was told: severity, sheet, row, what."""
    sheets, told = tabulating.read(path.read_bytes())
    rows = {sheet: [{k: v for k, v in row.items() if k != "__row__"} for row in rows] for sheet, rows in sheets.items()}
    return rows, [(str(each.severity), each.sheet, each.row, phrases.english(each.what)) for each in told]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Where a form stands, with the list it draws on beside it."""
    (tmp_path / "places.csv").write_bytes((FLOWS / "places.csv").read_bytes())
    return tmp_path


def test_one_form_is_the_same_version_in_every_format(folder: Path) -> None:
    tables = workbooks.of_yaml(FLOWS / "priorities.yaml")
    made = [
        publishing.prepare([file])
        for file in (
            FLOWS / "priorities.yaml",
            workbooks.xlsx(folder / "a.xlsx", tables),
            workbooks.xls(folder / "b.xls", tables),
            # Named as the other format is.
            workbooks.xlsx(folder / "c.xls", tables),
            workbooks.xls(folder / "d.xlsx", tables),
        )
    ]
    assert [each.faults for each in made] == [[]] * 5
    assert len({version for each in made for version in each.forms}) == 1
    assert [len(each.forms) for each in made] == [1] * 5


def test_cells_of_the_new_format_are_what_their_author_sees(tmp_path: Path) -> None:
    with xlsxwriter.Workbook(tmp_path / "a.xlsx") as book:
        sheet = book.add_worksheet("survey")
        formats = [book.add_format({"num_format": code}) for code in ("dd/mm/yyyy", "dd.mm.yy hh:mm", "hh:mm", "0%")]
        headings = "int float sum exact yes no day moment time share formula blank rich lines code empty"
        sheet.write_row(0, 0, headings.split())
        sheet.write_row(1, 0, [5.0, 12.5, 0.1 + 0.2, 123456789012345, True, False])
        for column, (value, style) in enumerate(zip([MOMENT.date(), MOMENT, MOMENT.time(), 0.5], formats, strict=True)):
            sheet.write(1, 6 + column, value, style)
        sheet.write_formula(1, 10, '="a"&1', None, "a1")
        sheet.write_blank(1, 11, None, formats[0])
        sheet.write_rich_string(1, 12, "Су", formats[3], "у ", "барбы?")
        sheet.write(1, 13, "бир\r\nэки")
        sheet.write(1, 14, "a_x000D_b")
        sheet.write_formula(1, 15, '=""', None, "")
    assert read(tmp_path / "a.xlsx")[0] == {
        "survey": [
            {
                "int": 5,
                "float": 12.5,
                "sum": 0.3,
                "exact": 123456789012345,
                "yes": "TRUE",
                "no": "FALSE",
                "day": "2027-05-15",
                "moment": "2027-05-15T10:30",
                "time": "10:30",
                "share": 0.5,
                "formula": "a1",
                "rich": "Суу барбы?",
                "lines": "бир\nэки",
                "code": "a_x000D_b",
            }
        ]
    }


def test_cells_of_the_old_format_are_what_their_author_sees(tmp_path: Path) -> None:
    book = xlwt.Workbook()
    sheet = book.add_sheet("survey")
    cells = [5.0, 0.1 + 0.2, True, "Суу барбы?", None, MOMENT, MOMENT.date(), MOMENT.time()]
    styles = [*[""] * 5, "DD.MM.YYYY hh:mm", "YYYY-MM-DD", "hh:mm"]
    for column, (cell, code) in enumerate(zip(cells, styles, strict=True)):
        sheet.write(0, column, f"c{column}")
        sheet.write(1, column, cell, *([xlwt.easyxf(num_format_str=code)] if code else []))
    sheet.write(0, 8, "label")
    sheet.row(1).set_cell_error(8, "#REF!")
    book.save(str(tmp_path / "a.xls"))
    rows, told = read(tmp_path / "a.xls")
    assert list(rows["survey"][0].values()) == [
        5, 0.3, "TRUE", "Суу барбы?", "2027-05-15T10:30", "2027-05-15", "10:30"
    ]  # fmt: skip
    assert told == [("error", "survey", 2, "The cell I2 shows #REF! instead of a value.")]


def test_rows_have_the_numbers_of_the_spreadsheet(tmp_path: Path) -> None:
    rows: list[list[Any]] = [[], ["type", "name"], [], ["text", "a"], [None, "  "], [], ["note", "b"]]
    for write in (workbooks.xlsx, workbooks.xls):
        sheets, told = tabulating.read(write(tmp_path / "a.xlsx", {"survey": rows}).read_bytes())
        assert [row["__row__"] for row in sheets["survey"] if row.get("type")] == [4, 7]
        assert told == []


def test_sheets_by_any_capitals_hidden_or_not_and_no_others(tmp_path: Path) -> None:
    with xlsxwriter.Workbook(tmp_path / "a.xlsx") as book:
        for name in ("Notes", " Survey ", "CHOICES", "Settings", "External choices", "entities", "osm"):
            sheet = book.add_worksheet(name)
            sheet.write_row(0, 0, ["name"])
            sheet.write_row(1, 0, [name])
        book.get_worksheet_by_name("CHOICES").hide()
        book.get_worksheet_by_name("Settings").very_hidden()
        book.add_chartsheet("chart")
    rows, told = read(tmp_path / "a.xlsx")
    assert list(rows) == ["survey", "choices", "settings", "external_choices", "entities", "osm"]
    assert rows["choices"] == [{"name": "CHOICES"}]
    assert told == []


def test_a_slip_in_the_name_of_a_sheet_is_left_to_the_reader(tmp_path: Path) -> None:
    tables = {"Surveys": [["type"], ["text"]], "choises": [["name"], ["a"]], "choices": [["name"], ["b"]]}
    rows, _ = read(workbooks.xlsx(tmp_path / "a.xlsx", tables))
    assert rows == {"surveys": [{"type": "text"}], "choices": [{"name": "b"}]}


def test_two_sheets_of_one_name_and_no_sheet_at_all(tmp_path: Path) -> None:
    twice = workbooks.xlsx(tmp_path / "a.xlsx", {"survey": [["type"]], "survey ": [["type"]]})
    assert read(twice)[1] == [("error", "survey", 1, "There are two sheets “survey”.")]
    none = workbooks.xlsx(tmp_path / "b.xlsx", {"Лист1": [["type"]], "Лист2": []})
    assert read(none) == ({}, [("error", "file", 1, "There is no sheet “survey”; there are: Лист1, Лист2.")])


def test_a_heading_that_stands_twice_reaches_the_reader_twice(tmp_path: Path) -> None:
    rows = [["type", "label", "label ", "name", "label"], ["text", "one", "two", "a", "three"]]
    found, _ = read(workbooks.xlsx(tmp_path / "a.xlsx", {"survey": rows}))
    assert found["survey"] == [{"type": "text", "label": "one", "label #2": "two", "name": "a", "label #3": "three"}]


def test_words_without_a_heading_are_told_of_once(tmp_path: Path) -> None:
    rows: list[list[Any]] = [
        ["type", None, "name"],
        ["text", "see Aida", "a"],
        ["text", " ", "b"],
        ["note", None, "c", None, "x"],
    ]
    found, told = read(workbooks.xlsx(tmp_path / "a.xlsx", {"survey": rows}))
    assert found["survey"][0] == {"type": "text", "name": "a"}
    assert told == [("advice", "survey", 1, "There is something in columns without a heading: B2, E4.")]


def test_a_wrong_cell_is_an_error_where_it_would_be_read(tmp_path: Path) -> None:
    with xlsxwriter.Workbook(tmp_path / "a.xlsx") as book:
        for name, known in (("survey", "relevant"), ("choices", "label::ky"), ("settings", "form_id")):
            sheet = book.add_worksheet(name)
            sheet.write_row(0, 0, ["my own", known])
            sheet.write_formula(1, 0, "=NA()", None, "#N/A")
            sheet.write_formula(1, 1, "=1/0", None, "#DIV/0!")
    rows, told = read(tmp_path / "a.xlsx")
    assert rows == {"survey": [], "choices": [], "settings": []}
    assert [(severity, sheet) for severity, sheet, *_ in told] == [
        (severity, sheet) for sheet in ("survey", "choices", "settings") for severity in ("advice", "error")
    ]
    assert told[1] == ("error", "survey", 2, "The cell B2 shows #DIV/0! instead of a value.")


def test_what_a_spreadsheet_program_made_a_date_of_is_told(tmp_path: Path) -> None:
    with xlsxwriter.Workbook(tmp_path / "a.xlsx") as book:
        day = book.add_format({"num_format": "d-mmm"})
        sheet = book.add_worksheet("survey")
        sheet.write_row(0, 0, ["name", "Label::ky", "default"])
        for column in range(3):
            sheet.write(1, column, MOMENT.date(), day)
    rows, told = read(tmp_path / "a.xlsx")
    assert rows["survey"] == [dict.fromkeys(("name", "Label::ky", "default"), "2027-05-15")]
    assert told == [("advice", "survey", 2, f"The cell {cell} is a date: 2027-05-15.") for cell in ("A2", "B2")]


def test_an_old_workbook_under_a_password(tmp_path: Path) -> None:
    content = workbooks.xls(tmp_path / "a.xls", {"survey": [["type"]]}).read_bytes()
    record, encrypted = b"\x42\x00\x02\x00", b"\x2f\x00\x02\x00"
    assert record in content
    (tmp_path / "b.xls").write_bytes(content.replace(record, encrypted, 1))
    assert read(tmp_path / "b.xls")[1] == [("error", "file", 1, "The workbook is protected by a password.")]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "The file is empty."),
        (b"\xef\xbb\xbf\n<html><table><tr><td>type", "This is a web page with the name of a spreadsheet."),
        (b"<?xml version='1.0'?><Workbook/>", "This is a web page with the name of a spreadsheet."),
        (b"type,name,label\n", "This is no spreadsheet, whatever its name says."),
        (b"PK\x03\x04", "The file is damaged, or not all of it is here."),
        (b"PK\x03\x04" + b"\0" * 5000, "The file is damaged, or not all of it is here."),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "The file is damaged, or not all of it is here."),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\xff" * 9000, "The file is damaged, or not all of it is here."),
        (
            b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 500 + "EncryptedPackage".encode("utf-16-le"),
            "The workbook is protected by a password.",
        ),
    ],
)
def test_what_is_no_workbook(tmp_path: Path, content: bytes, said: str) -> None:
    for name in ("form.xlsx", "form.xls"):
        (tmp_path / name).write_bytes(content)
        source = loading.load(tmp_path / name)
        assert source.data == {}
        (problem,) = source.problems
        assert (problem.severity, phrases.english(problem.what)) == (problems.Severity.ERROR, said)


def test_what_was_cut_off_or_spoiled_on_its_way_is_told_and_never_raised(tmp_path: Path) -> None:
    tables = workbooks.of_yaml(FLOWS / "priorities.yaml")
    for write in (workbooks.xlsx, workbooks.xls):
        whole = write(tmp_path / "a.xlsx", tables).read_bytes()
        spoiled = [whole[: len(whole) * part // 10] for part in range(1, 10)]
        for place in range(0, len(whole), len(whole) // 150):
            spoiled.append(whole[:place] + bytes([whole[place] ^ 0xFF]) + whole[place + 1 :])
        for content in spoiled:
            sheets, told = tabulating.read(content)
            assert sheets or told


def test_cells_are_named_as_a_spreadsheet_names_them() -> None:
    assert [tabulating.place(column, 7) for column in (0, 25, 26, 51, 701, 702, 16383)] == [
        "A7", "Z7", "AA7", "AZ7", "ZZ7", "AAA7", "XFD7"
    ]  # fmt: skip
