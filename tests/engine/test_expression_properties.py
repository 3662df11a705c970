"""Expressions nobody wrote: whatever the text it is one or refused, no expression raises, and a slow one agrees."""

from __future__ import annotations

import datetime as dt
import math

import hypothesis
import pytest
from hypothesis import strategies as st

from bot.engine.xpath import expressions
from tests.engine import expression_series, expression_table, slow_xpath
from tests.engine.expression_table import CONTEXT

SOURCES = [
    row.source
    for groups in (expression_table.GROUPS, expression_series.GROUPS)
    for rows in groups.values()
    for row in rows
]

# --- any text ----------------------------------------------------------------------------------------------

PIECES = ["(", ")", "[", "]", ",", "<=", "!=", "and", "or", "div", "mod", "${age}", "${top}", "${never}", "${"]
PIECES += ["'a'", "''", "0", "1e9", "99999999999999999999", "regex(., '", "')", "\ud800", "ө", "“", "..", "../"]
PIECES += ["/data/age", "current()/", "instance('villages')", "/root/item", "/name", "raion", "${child}["]
pieces = st.sampled_from([*expressions.FUNCTIONS, *PIECES, *"=<>+-*.'\"$/&|@"])
written = st.one_of(st.text(max_size=80), st.lists(pieces, max_size=30).map(" ".join), st.lists(pieces).map("".join))


@st.composite
def spoiled(draw: st.DrawFn) -> str:
    """An expression of the tables with a piece of it gone or something else in it."""
    source = draw(st.sampled_from(SOURCES))
    begin = draw(st.integers(0, len(source)))
    end = draw(st.integers(begin, min(len(source), begin + 5)))
    return source[:begin] + draw(st.one_of(st.just(""), pieces, st.text(max_size=3))) + source[end:]


def compiled(source: str) -> expressions.Expression | expressions.ExpressionError:
    """Anything else that compile might raise is what these tests look for."""
    try:
        return expressions.compile(source)
    except expressions.ExpressionError as error:
        return error


# --- any situation -----------------------------------------------------------------------------------------

values = st.one_of(
    st.text(max_size=20),
    st.floats(),
    st.booleans(),
    st.sampled_from(["2027-03-21", "0001-01-01T00:00Z", "9999-12-31T23:59-12:00", "2027-02-31", "09:30", "1,5"]),
    st.sampled_from([1e308, -1e308, 5e-324, 1e15, 2.5, -0.0, "work health", "1" * 400]),
)
NAMES = ["age", "top", "child", "child_name", "child_age", "born", "met", "never", "raion", "zero"]
cells = st.dictionaries(st.sampled_from(["name", "label", "raion", "people", "n"]), st.text(max_size=5))
contexts = st.builds(
    expressions.Context,
    answers=st.dictionaries(st.sampled_from(NAMES), values),
    current=values,
    columns=cells,
    now=st.datetimes(timezones=st.sampled_from([dt.UTC, dt.timezone(dt.timedelta(hours=6))])),
    series=st.dictionaries(st.sampled_from([*NAMES, "toy#1", "child#", "child_age#"]), st.lists(values, max_size=3)),
    at=st.lists(st.integers(1, 4), max_size=3).map(tuple),
    seed=st.text(max_size=4),
    lists=st.dictionaries(st.sampled_from(["villages", "raions.csv", "numbers"]), st.lists(cells, max_size=3)),
)


def said(value: expressions.Value) -> None:
    """A value is one of three types and can be turned into each."""
    assert type(value) in (str, float, bool)
    assert expressions.truth(value) in (True, False)
    assert isinstance(expressions.text(value), str)
    assert isinstance(expressions.number(value), float)


@hypothesis.given(source=st.one_of(written, spoiled()), context=contexts)
def test_any_text_is_an_expression_or_an_error(source: str, context: expressions.Context) -> None:
    found = compiled(source)
    if isinstance(found, expressions.ExpressionError):
        assert 0 <= found.position <= len(source)
    else:
        said(found.evaluate(context))


@hypothesis.given(source=st.sampled_from(SOURCES), context=contexts)
def test_what_is_written_well_evaluates_in_any_situation(source: str, context: expressions.Context) -> None:
    said(expressions.compile(source).evaluate(context))


# --- well-formed expressions -------------------------------------------------------------------------------


def grown(smaller: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    """Well-formed expressions made of smaller ones."""
    signs = st.sampled_from(["+", "-", "*", "div", "mod", "=", "!=", "<", ">=", "and", "or"])
    calls = st.sampled_from(sorted(expressions.FUNCTIONS)).flatmap(
        lambda name: st.lists(
            smaller,
            min_size=expressions.FUNCTIONS[name].least,
            max_size=max(expressions.FUNCTIONS[name].least, min(4, expressions.FUNCTIONS[name].most)),
        ).map(lambda arguments: f"{name}({', '.join(arguments)})")
    )
    binary = st.tuples(smaller, signs, smaller).map(lambda parts: f"({' '.join(parts)})")
    scans = smaller.flatmap(
        lambda inner: st.sampled_from(
            [f"instance('villages')/root/item[{inner}]/name", f"${{child}}[{inner}]/child_age", f"${{top}}[{inner}][1]"]
        )
    )
    return st.one_of(binary, calls, scans, smaller.map("-{}".format))


leaves = st.sampled_from(
    [".", "${age}", "${top}", "${child_age}", "''", "'abc'", "'2027-03-21'", "0", "-1", "10", "name"]
)
wellformed = st.recursive(leaves, grown, max_leaves=12)


@hypothesis.given(source=wellformed, context=contexts)
def test_no_expression_raises(source: str, context: expressions.Context) -> None:
    found = compiled(source)
    if isinstance(found, expressions.ExpressionError):
        # the only ways in which these can be wrong
        told = ("nested", "regex()", "longer", "like this", "is no date", "pairs", "does not know", "first three")
        assert any(word in found.message for word in told)
        return
    said(found.evaluate(context))


# --- the slow one agrees -----------------------------------------------------------------------------------

SIGNS = ["+", "-", "*", "div", "mod", "=", "!=", "<", "<=", ">", ">=", "and", "or"]
#: What each function takes: n a number, t a text, b a truth, v anything, s all rounds of a question.
TAKES = {
    **{"if": ["bvv"], "coalesce": ["vv", "tvv"], "true": [""], "false": [""], "not": ["b"], "boolean": ["v"]},
    **{"boolean-from-string": ["t", "b"], "number": ["t", "v"], "int": ["n"], "round": ["n", "nn"], "abs": ["n"]},
    **{"string": ["v"], "string-length": ["", "t"], "contains": ["tt"], "starts-with": ["tt"], "ends-with": ["tt"]},
    **{"substr": ["tn", "tnn"], "substring-before": ["tt"], "substring-after": ["tt"], "normalize-space": ["", "t"]},
    **{"translate": ["ttt"], "selected": ["tt"], "selected-at": ["tn"], "count-selected": ["t"]},
    **{"sum": ["s"], "min": ["s", "nnn"], "max": ["s", "nn"], "count": ["s"], "count-non-empty": ["s"]},
    **{"concat": ["s", "vt"], "join": ["ts", "ttv"], "checklist": ["nnbbb", "nns"]},
}
LEAVES = {
    "n": ["0", "1", "2", "3", "7", "2.5", "0.5", "-1.5", "-2", "12.345", "${number}", "."],
    "t": [
        "''",
        "'a'",
        "'b'",
        "'ab'",
        "'a b'",
        "'b  a c'",
        "'a\tb'",
        "' a'",
        "'1,5'",
        "'-.5'",
        "'TRUE'",
        "${text}",
        ".",
    ],
    "b": ["true()", "false()", "${truth}", "0", "''", "'false'"],
    "s": ["${many}", "${none}", "${number}", "${never}"],
}
LEAVES["v"] = LEAVES["n"] + LEAVES["t"] + LEAVES["b"]


@st.composite
def core(draw: st.DrawFn, kind: str = "v", depth: int = 3) -> str:
    """A well-formed expression of the core whose parts mostly suit each other."""
    way = draw(st.integers(0, 9)) if depth and kind != "s" else 0
    if way <= 2:
        return draw(st.sampled_from(LEAVES[kind]))
    if way <= 5:  # without brackets, so that the operators' strength is tried
        parts = [draw(core(draw(st.sampled_from("nb")), depth - 1))]
        for _ in range(draw(st.integers(1, 4))):
            parts += [draw(st.sampled_from(SIGNS)), draw(core(draw(st.sampled_from("nnb")), depth - 1))]
        return draw(st.sampled_from([" ", "\n"])).join(parts)
    if way == 6:
        return f"({draw(core(kind, depth - 1))})"
    if way == 7:
        return f"-{draw(core('n', depth - 1))}"
    name = draw(st.sampled_from(sorted(TAKES)))
    arguments = [draw(core(taken, depth - 1)) for taken in draw(st.sampled_from(TAKES[name]))]
    return f"{name}({' , '.join(arguments)})"


numbers = st.one_of(st.integers(-3, 12).map(float), st.sampled_from([0.5, -0.5, 1.5, -2.5, 1e20, math.inf, math.nan]))
texts = st.text(alphabet="ab 1,.-\t", max_size=6)
any_values = st.one_of(numbers, texts, st.booleans())


def test_the_slow_reading_knows_what_is_asked_of_it() -> None:
    assert TAKES.keys() == slow_xpath.FUNCTIONS.keys() | slow_xpath.SETS.keys()


@st.composite
def called(draw: st.DrawFn, name: str) -> str:
    """One function, and nothing but values in it."""
    arguments = [draw(st.sampled_from(LEAVES[taken])) for taken in draw(st.sampled_from(TAKES[name]))]
    return f"{name}({', '.join(arguments)})"


@st.composite
def chained(draw: st.DrawFn) -> str:
    """Operators in a row, nothing in brackets."""
    parts = [draw(st.sampled_from(LEAVES["v"]))]
    for _ in range(draw(st.integers(2, 6))):
        parts += [draw(st.sampled_from(SIGNS)), draw(st.sampled_from(LEAVES[draw(st.sampled_from("nb"))]))]
    return " ".join(parts)


situations = st.fixed_dictionaries({"number": numbers, "text": texts, "truth": st.booleans()})
several = st.lists(any_values, max_size=4)


def agree(
    source: str, answers: dict[str, expressions.Value], many: list[expressions.Value], here: expressions.Value
) -> None:
    series = {"many": many, "none": []}
    found = compiled(source)
    if isinstance(found, expressions.ExpressionError):
        assert "nested" in found.message
        return
    context = expressions.Context(answers, here, {}, CONTEXT.now, series)
    fast, slow = found.evaluate(context), slow_xpath.evaluate(source, answers, series, here)
    assert type(fast) is type(slow), (fast, slow)
    both_nan = fast != fast and slow != slow
    assert fast == slow or both_nan or (isinstance(fast, float) and math.isclose(fast, float(slow))), (fast, slow)


@pytest.mark.parametrize("name", sorted(TAKES))
@hypothesis.given(data=st.data(), answers=situations, many=several, here=any_values)
@hypothesis.settings(max_examples=50)
def test_a_slow_reading_of_each_function_agrees(
    name: str,
    data: st.DataObject,
    answers: dict[str, expressions.Value],
    many: list[expressions.Value],
    here: expressions.Value,
) -> None:
    agree(data.draw(called(name)), answers, many, here)


@hypothesis.given(source=st.one_of(chained(), core()), answers=situations, many=several, here=any_values)
@hypothesis.settings(max_examples=600)
def test_a_slow_reading_of_the_grammar_agrees(
    source: str, answers: dict[str, expressions.Value], many: list[expressions.Value], here: expressions.Value
) -> None:
    agree(source, answers, many, here)
