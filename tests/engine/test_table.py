"""A form as columns and a response as a row."""

from __future__ import annotations

from bot.engine import table
from tests import talking
from tests.engine import small


def test_a_column_for_each_question_and_for_each_rank() -> None:
    titles = [column.title for column in table.columns(small.VILLAGE, personal=True)]
    assert titles == ["home", "village", "age", "parent", "top_1", "top_2", "top_3", "all"]


def test_what_may_name_a_person_is_left_out_unless_asked_for() -> None:
    survey, _, _ = talking.flows()
    named = {column.title for column in table.columns(survey, personal=True)}
    plain = {column.title for column in table.columns(survey, personal=False)}
    assert named - plain == {"proposal"}


def test_a_row_has_a_cell_for_each_column() -> None:
    shape = table.columns(small.VILLAGE, personal=True)
    answers = {"home": "yes", "age": "40", "top": "water work road", "all": "bus light", "gone": "x"}
    assert table.row(shape, answers) == ("yes", "", "40", "", "water", "work", "road", "bus light")
    assert table.row(shape, {}) == ("",) * 8
    assert table.row(shape, {"top": "water"})[4:7] == ("water", "", "")


def test_an_answer_is_stored_as_plain_text() -> None:
    assert [table.stored(answer) for answer in ("5000.5", 34, ("water", "work"), "Кара-Ой")] == [
        "5000.5",
        "34",
        "water work",
        "Кара-Ой",
    ]
