"""What is told: each problem once, in order, many of one kind summed up, and a remedy that names what is near."""

from __future__ import annotations

import time

import pytest

from bot import wording
from bot.engine.authoring import problems
from bot.engine.authoring.problems import At, Severity, Told
from bot.engine.phrases import english, phrase

LONG, SHORTER = phrase("The wave's name is too long."), phrase("write at most {n} characters.", n=3)


def test_a_problem_says_where_what_and_how_to_mend_it() -> None:
    told = Told()
    told.error(At("survey", 3), "type", LONG, SHORTER)
    told.mended(At("survey", 4), "", LONG, SHORTER)
    told.advice(At("settings", 5), "ashar::wave", LONG, SHORTER)
    assert [str(problem) for problem in told.all()] == [
        "survey, row 3, column type: The wave's name is too long. To mend it: write at most 3 characters.",
        "survey, row 4, mended: The wave's name is too long. Better: write at most 3 characters.",
        "settings, row 5, column ashar::wave, advice: The wave's name is too long. Better: write at most 3 characters.",
    ]
    said = wording.Voice().say(told.all()[0].line, "ru")
    assert said == (
        "survey, строка 3, столбец type: Имя волны (ashar::wave) слишком длинное. Как исправить: не больше 3 знаков."
    )


def test_sheets_come_in_their_order_and_rows_in_theirs() -> None:
    told = Told()
    for sheet, row in (("settings", 2), ("choices", 9), ("places.csv", 4), ("choices", 2), ("survey", 5)):
        told.error(At(sheet, row), "", LONG, SHORTER)
    found = told.all(("survey", "choices", "places.csv", "settings"))
    assert [(problem.sheet, problem.row) for problem in found] == [
        ("survey", 5),
        ("choices", 2),
        ("choices", 9),
        ("places.csv", 4),
        ("settings", 2),
    ]


@pytest.mark.parametrize(
    ("count", "shown", "last"),
    [
        (1, 1, "The wave's name is too long."),
        (6, 6, "The wave's name is too long."),
        (7, 6, "The wave's name is too long. And 1 more like this."),
        (43, 6, "The wave's name is too long. And 37 more like these."),
    ],
)
def test_many_of_one_kind_are_summed_up_behind_the_fifth(count: int, shown: int, last: str) -> None:
    told = Told()
    for row in range(count):
        told.advice(At("survey", row + 2), "label", LONG, SHORTER)
    found = told.all()
    assert len(found) == shown
    assert english(found[-1].what) == last


def test_errors_are_never_summed_up() -> None:
    told = Told()
    for row in range(100):
        told.error(At("survey", row + 2), "label", LONG, SHORTER)
    assert len(told.all()) == 100


def test_a_problem_is_told_once() -> None:
    told = Told()
    for _ in range(2):
        told.error(At("survey", 2), "label", LONG, SHORTER)
        told.advice(At("survey", 2), "label", LONG, SHORTER)
    assert [problem.severity for problem in told.all()] == [Severity.ERROR, Severity.ADVICE]


@pytest.mark.parametrize(
    ("word", "near"),
    [("sexx", "sex"), ("vilage", "village"), ("Age", "age"), ("water", ""), ("", ""), ("a" * 500, "")],
)
def test_the_nearest_word_is_found_or_none(word: str, near: str) -> None:
    assert problems.nearest(word, ["sex", "village", "age", "where"]) == near


def test_a_form_that_is_all_wrong_is_told_so_at_once() -> None:
    told, names = Told(), [f"question_{n}" for n in range(2000)]
    begun = time.process_time()
    remedies = [told.suggestion(f"qestion_{n}", names, LONG) for n in range(2000)]
    assert time.process_time() - begun < 5
    assert english(remedies[0]).startswith("did you mean “question_")
    assert remedies[-1] == LONG
