"""Expressions that a spreadsheet bent, straightened; and those that mean what they say, left alone."""

from __future__ import annotations

import datetime as dt

import pytest

from bot.engine.authoring import mending
from bot.engine.xpath import expressions

NOW = dt.datetime(2027, 3, 21, tzinfo=dt.UTC)


@pytest.mark.parametrize(
    ("source", "straight"),
    [
        ("${a} = “x”", '${a} = "x"'),
        ("${a} = ‘x’", "${a} = 'x'"),
        ("${a} = «x»", '${a} = "x"'),
        ("${a} ≥ 3", "${a} >= 3"),
        ("${a} – 3", "${a} - 3"),
        ("${a} × 2 ÷ 4", "${a} * 2  div  4"),
        ("${a} == 3", "${a} = 3"),
        ("${a} => 3", "${a} >= 3"),
        ("${a} <> 3", "${a} != 3"),
        ("=${a} > 3", "${a} > 3"),
        ("$ {a} > 3", "${a} > 3"),
        ("Selected(${a}, 'B')", "selected(${a}, 'B')"),
        ("NOT(${a} = 'AND') && ${b} = 'OR'", "not(${a} = 'AND')  and  ${b} = 'OR'"),
        ("${a} = ‘x’ AND Today() > 3", "${a} = 'x' and today() > 3"),
    ],
)
def test_what_is_bent_is_straightened(source: str, straight: str) -> None:
    compiled, mended = mending.compiled(source)
    assert (compiled.source, mended) == (straight, True)


@pytest.mark.parametrize(
    "source",
    ["${a} = 'it “is”'", "'a == b'", "concat(“a, b)", "${a} and", "", "\ud800", "if(1, 2)"],
)
def test_what_cannot_be_straightened_is_told_as_it_stands(source: str) -> None:
    try:
        plain = expressions.compile(source)
    except expressions.ExpressionError as error:
        with pytest.raises(expressions.ExpressionError, match=r".") as told:
            mending.compiled(source)
        assert told.value.position == error.position
    else:
        compiled, mended = mending.compiled(source)
        assert (compiled.source, mended) == (plain.source, False)


def test_quoted_names_of_choices_get_their_new_names() -> None:
    new = {"a b": "a_b"}
    assert mending.relabelled("selected(${x}, 'a b') and \"a b\" != 'a bc'", new) == (
        "selected(${x}, 'a_b') and \"a_b\" != 'a bc'"
    )


@pytest.mark.parametrize("text", ["", "plain", "it's", 'say "so"', 'it\'s "so"', "''", "'\"'"])
def test_any_text_can_be_written_as_an_expression(text: str) -> None:
    context = expressions.Context(answers={}, current="", columns={}, now=NOW)
    assert expressions.compile(mending.quoted(text)).evaluate(context) == text
