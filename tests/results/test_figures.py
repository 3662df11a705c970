"""Shares, intervals and the three figures of a ranking, against numbers from elsewhere."""

from __future__ import annotations

import pytest

from bot.engine import form
from bot.results import figures

NAMES = ("a", "b", "c", "d")


def question(kind: form.Kind, pick: int = 0) -> form.Question:
    return form.Question("q", kind, {"ky": "?", "ru": "?"}, choices=tuple(form.Choice(n, {}) for n in NAMES), pick=pick)


@pytest.mark.parametrize(
    ("count", "n", "low", "high"),
    [
        # R: prop.test(81, 263, correct = FALSE); Newcombe 1998, table I
        (81, 263, 0.2553, 0.3662),
        (15, 148, 0.0624, 0.1605),
        (0, 20, 0.0, 0.1611),
        (1, 29, 0.0061, 0.1718),
        (20, 20, 0.8389, 1.0),
    ],
)
def test_wilson(count: int, n: int, low: float, high: float) -> None:
    assert figures.wilson(count, n) == pytest.approx((low, high), abs=5e-5)


def test_one_answer_a_person() -> None:
    asked = question(form.Kind.SELECT_ONE)
    values = {"a": 30, "b": 10}
    assert figures.people(asked, values) == 40
    cells = figures.cells(asked, values, 40)
    assert cells == {"a": (30,), "b": (10,), "c": (0,), "d": (0,)}
    said = figures.figure(asked, "a", cells["a"], 40)
    assert said.chosen is not None
    assert (said.chosen.count, said.chosen.share, said.first, said.borda) == (30, 0.75, None, None)


def test_several_answers_a_person_are_of_those_who_chose_any() -> None:
    asked = question(form.Kind.SELECT_MULTIPLE)
    values = {"": 40, "a": 30, "b": 25}
    assert figures.people(asked, values) == 40
    assert figures.cells(asked, values, 40) == {"a": (30,), "b": (25,), "c": (0,), "d": (0,)}
    said = figures.figure(asked, "a", (30,), 40)
    assert said.chosen is not None
    assert said.chosen.share == 0.75


def test_a_ranking_has_three_figures() -> None:
    asked = question(form.Kind.RANK, pick=3)
    values = figures.placed(asked, {"a>b>c": 20, "b>a>d": 15, "a>c>d": 5})
    n = figures.people(asked, values)
    cells = figures.cells(asked, values, n)
    # first, second, third, not at all
    assert cells == {"a": (25, 15, 0, 0), "b": (15, 20, 0, 5), "c": (0, 5, 20, 15), "d": (0, 0, 20, 20)}
    said = {name: figures.figure(asked, name, cell, n) for name, cell in cells.items()}
    assert {name: each.first.count for name, each in said.items() if each.first} == {"a": 25, "b": 15, "c": 0, "d": 0}
    assert {name: each.among.share for name, each in said.items() if each.among} == {
        "a": 1.0,
        "b": 35 / 40,
        "c": 25 / 40,
        "d": 20 / 40,
    }
    assert {name: each.borda for name, each in said.items()} == {"a": 105, "b": 85, "c": 30, "d": 20}


@pytest.mark.parametrize(
    ("pick", "value", "cell"), [(0, "a>b>c>d", (8, 0, 0, 0)), (2, "a>b", (8, 0, 0)), (1, "a", (8, 0))]
)
def test_longer_and_shorter_rankings(pick: int, value: str, cell: tuple[int, ...]) -> None:
    asked = question(form.Kind.RANK, pick)
    values = figures.placed(asked, {value: 8})
    assert figures.people(asked, values) == 8
    assert figures.cells(asked, values, 8)["a"] == cell
