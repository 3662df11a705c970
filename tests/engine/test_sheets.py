"""Rows of a spreadsheet and of YAML, with the cells they have."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from bot.engine.authoring import sheets
from bot.engine.authoring.sheets import CHOICES, SURVEY, Row, Told


def tidied(raw: Any, layout: sheets.Layout = SURVEY) -> tuple[list[Row], list[str]]:
    told = Told()
    rows = sheets.tidy(raw, layout, told)
    return rows, [str(problem) for problem in told.all()]


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("x", "x"),
        (5.0, "5"),
        (2.5, "2.5"),
        (7, "7"),
        (dt.date(2027, 5, 15), "2027-05-15"),
        (dt.datetime(2027, 5, 15), "2027-05-15"),  # noqa: DTZ001 - as a spreadsheet gives a date
        (dt.datetime(2027, 5, 15, 9, 30), "2027-05-15T09:30"),  # noqa: DTZ001 - as a spreadsheet gives it
        (dt.time(9, 30), "09:30"),
        (" a\u00a0b ", "a b"),
        (None, ""),
        ("   ", ""),
    ],
)
def test_a_cell_is_what_its_author_sees(value: object, text: str) -> None:
    rows, told = tidied([{"type": "text", "default": value}])
    assert rows[0].cell("default") == text
    assert told == []


def test_a_truth_value_is_a_word_or_an_expression_where_it_can_be_one() -> None:
    rows, told = tidied([{"required": True, "read_only": False, "relevant": True, "constraint": False}])
    assert rows[0].cells == {"required": "yes", "read_only": "no", "relevant": "true()", "constraint": "false()"}
    assert told == []


def test_texts_by_language_are_one_thing_in_yaml_and_in_columns() -> None:
    written = [{"label": {"ky": "Суу", "Русский": "Вода"}}, {"label::Kyrgyz (ky)": "Суу", "label::ru": "Вода"}]
    rows, _ = tidied(written)
    assert rows[0].texts == rows[1].texts == {"label": {"ky": "Суу", "ru": "Вода"}}
    assert rows[0].plain() == {"label::ky": "Суу", "label::ru": "Вода"}


def test_rows_keep_their_numbers_though_empty_ones_are_left_out() -> None:
    rows, _ = tidied(
        [{"type": "text"}, None, {"type": "", "name": None}, {"type": "note", "__row__": 40}, {"name": "x"}]
    )
    assert [row.number for row in rows] == [2, 40, 6]


def test_columns_that_are_empty_in_every_row_are_columns() -> None:
    raw = [{"list name": "a", "Region": "", "name": "x", "big-image": "y"}, "no row"]
    assert sheets.columns_of(raw, CHOICES) == {"list_name", "Region", "name"}
    assert sheets.columns_of(5, CHOICES) == frozenset()


def test_a_slip_in_a_heading_is_told_once_however_many_rows_have_it() -> None:
    _, told = tidied([{"type": "text", "relevnt": "1"}, {"type": "text", "relevnt": "2"}])
    assert told == ["survey, row 2, column relevnt: There is no column “relevnt”. To mend it: did you mean “relevant”?"]
