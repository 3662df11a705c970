"""What was found is told by how much it matters, in the author's language, and counted at the end."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.engine.authoring import problems
from bot.engine.phrases import phrase
from bot.services import checking, loading
from tests.services.house import voice

ERROR, MENDED, ADVICE = problems.Severity.ERROR, problems.Severity.MENDED, problems.Severity.ADVICE


def fault(row: int, severity: problems.Severity, file: str = "a.xlsx") -> loading.Fault:
    what, mend = phrase("The file is empty."), phrase("save the form as .xlsx.")
    return loading.Fault(Path(file), problems.Problem("survey", row, "name" if row else "", what, mend, severity))


@pytest.mark.parametrize(
    ("language", "first", "last"),
    [
        ("en", "Must be mended before it can be published:", "To mend: 2. Mended in reading: 1. Advice: 1."),
        ("ky", "Жарыялоодон мурда оңдош керек:", "Оңдоо керек: 2. Окуганда оңдолду: 1. Кеңеш: 1."),
        ("ru", "До публикации нужно исправить:", "Исправить: 2. Исправлено при чтении: 1. Советов: 1."),
    ],
)
def test_errors_come_first_and_the_counts_last(language: str, first: str, last: str) -> None:
    faults = [fault(5, ADVICE), fault(3, ERROR, "b.xlsx"), fault(4, MENDED), fault(9, ERROR)]
    lines = list(checking.lines(faults, voice(), language))
    assert (lines[0], lines[-1]) == (first, last)
    places = [line.split(":")[0].strip() for line in lines if line.startswith("  ")]
    assert places == ["b.xlsx", "a.xlsx", "a.xlsx", "a.xlsx"]
    assert [line.count("name") for line in lines if line.startswith("  ")] == [1] * 4


def test_headings_of_nothing_are_left_out() -> None:
    assert list(checking.lines([], voice(), "en")) == ["Nothing to mend."]
    heading, line, _, total = checking.lines([fault(2, ADVICE)], voice(), "en")
    assert heading.startswith("Advice")
    assert line == ("  a.xlsx: survey, row 2, column name, advice: The file is empty. Better: save the form as .xlsx.")
    assert total == "To mend: 0. Mended in reading: 0. Advice: 1."
