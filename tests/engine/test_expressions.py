"""Expressions against a table of what JavaRosa makes of them, and against text nobody would write."""

from __future__ import annotations

import datetime as dt
import math
import time

import hypothesis
import pytest
from hypothesis import strategies as st

from bot.engine import expressions, syntax

NAN = math.nan
INFINITE = math.inf
NOW = dt.datetime(2027, 3, 21, 9, 5, tzinfo=dt.timezone(dt.timedelta(hours=6)))
ANSWERS: dict[str, expressions.Value] = {
    "age": 17.0,
    "sex": "woman",
    "top": "work health water",
    "amount": "12,5",
    "born": "1990-03-21",
    "name": "Айгүл",
    "agreed": True,
    "zero": 0.0,
}


def context(current: expressions.Value = "") -> expressions.Context:
    columns = {"parent": "KG02", "level": "2"}
    return expressions.Context(answers=ANSWERS, current=current, columns=columns, now=NOW)


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        # literals, answers, columns
        ("1", 1.0),
        ("1.50", 1.5),
        (".5", 0.5),
        ("'яблоко'", "яблоко"),
        ('"it\'s"', "it's"),
        ("${age}", 17.0),
        ("${ age }", 17.0),
        ("${never}", ""),
        (".", 7.0),
        ("parent", "KG02"),
        ("nowhere", ""),
        ("parent = 'KG02' and level = 2", True),
        # arithmetic
        ("1 + 2 * 3", 7.0),
        ("(1 + 2) * 3", 9.0),
        ("10 - 3 - 2", 5.0),
        ("100 div 10 div 2", 5.0),
        ("7 div 2", 3.5),
        ("7 mod 4", 3.0),
        ("-5 mod 2", -1.0),  # Java's %: the sign of the dividend
        ("5 mod -2", 1.0),
        ("1.5 mod 1", 0.5),
        ("1 div 0", INFINITE),
        ("-1 div 0", -INFINITE),
        ("0 div 0", NAN),
        ("${zero} mod ${zero}", NAN),
        ("(1 div 0) mod 2", NAN),
        ("2 mod (1 div 0)", 2.0),
        ("--5", 5.0),
        ("-${age}", -17.0),
        ("- 2 + 3", 1.0),
        ("'' + 1", NAN),
        ("${amount} * 2", 25.0),  # a decimal comma is a decimal point
        ("true() + true()", 2.0),
        ("5-3", 2.0),
        # comparison
        ("1 = 1.0", True),
        ("'1' = 1", True),
        ("'1' = '1.0'", False),  # two texts are compared as texts
        ("'a' = 'A'", False),
        ("'' = ''", True),
        ("${never} = ''", True),
        ("${never} != ''", False),
        ("${never} = 0", False),  # nothing is not nought
        ("${never} > 5", False),
        ("${never} < 5", False),
        ("'b' > 'a'", False),  # order is of numbers only
        ("'10' > '9'", True),
        ("0.1 + 0.2 = 0.3", True),  # as near as 1e-12 is equal
        ("true() = 'false'", True),  # any text is true
        ("true() = 1", True),
        ("false() = ''", True),
        ("number('x') = number('x')", False),
        ("number('x') != number('x')", True),
        ("1 < 2 = true()", True),
        ("3 > 2 > 1", False),  # (3 > 2) is 1, and 1 > 1 is not
        ("${age} >= 14 and ${age} <= 120", True),
        ("${age}<18", True),
        # logic
        ("true() or false() and false()", True),
        ("(true() or false()) and false()", False),
        ("1 and 'x'", True),
        ("0 or ''", False),
        ("'false' and 1", True),
        ("${agreed} and not(${zero})", True),
        ("0 or 0 or 0 or ${age}", True),
        ("1 and 1 and 1 and ''", False),
        # selection
        ("selected(${top}, 'health')", True),
        ("selected(${top}, ' health ')", True),
        ("selected(${top}, 'heal')", False),
        ("selected(${never}, 'health')", False),
        ("selected(${sex}, 'woman')", True),
        ("selected-at(${top}, 0)", "work"),
        ("selected-at(${top}, 2)", "water"),
        ("selected-at(${top}, 3)", ""),
        ("selected-at(${top}, -1)", ""),
        ("count-selected(${top})", 3.0),
        ("count-selected(${never})", 0.0),
        ("count-selected(.) <= 3", True),
        # choosing
        ("if(${age} < 18, 'minor', 'adult')", "minor"),
        ("if(${never}, 1, 2)", 2.0),
        ("if(${age} < 30, if(${age} < 18, '14-17', '18-29'), '30+')", "14-17"),
        ("coalesce(${never}, ${name})", "Айгүл"),
        ("coalesce(${never}, '', 0 div 0)", ""),
        ("coalesce(${zero}, 5)", 0.0),
        ("not('')", True),
        ("not('false')", False),
        # conversion
        ("string(17)", "17"),
        ("string(1.50)", "1.5"),
        ("string(-0.2 * 0)", "0"),
        ("string(true())", "true"),
        ("string(0 div 0)", "NaN"),
        ("string(-1 div 0)", "-Infinity"),
        ("string(5000000000)", "5000000000"),
        ("number(' 12 ')", 12.0),
        ("number('1e3')", NAN),  # XPath knows no exponents
        ("number('+5')", NAN),
        ("number('')", NAN),
        ("number('--5')", NAN),
        ("number(true())", 1.0),
        ("number('1970-01-11')", 10.0),
        ("number('2027-02-31')", NAN),
        ("int(2.9)", 2.0),
        ("int(-2.9)", -2.0),
        ("int('x')", NAN),
        ("int(1 div 0)", INFINITE),
        ("round(1.5)", 2.0),
        ("round(2.5)", 3.0),
        ("round(-1.5)", -1.0),  # a half goes up, also below zero
        ("round(-1.6)", -2.0),
        ("round(2.345, 2)", 2.35),
        ("round(1234, -2)", 1200.0),
        ("round(1, 31)", NAN),
        ("round('x')", NAN),
        # text
        ("string-length(${name})", 5.0),
        ("string-length(${age})", 2.0),
        ("string-length('')", 0.0),
        ("contains(${name}, 'гү')", True),
        ("contains(${name}, '')", True),
        ("starts-with(${name}, 'Ай')", True),
        ("ends-with(${name}, 'Ай')", False),
        ("substr('Каракол', 0, 4)", "Кара"),
        ("substr('Каракол', 4)", "кол"),
        ("substr('Каракол', -3)", "кол"),
        ("substr('Каракол', 1, -1)", "арако"),
        ("substr('Каракол', 5, 2)", ""),
        ("substr('Каракол', 0 div 0, 1 div 0)", "Каракол"),
        ("concat(${age}, ' жаш')", "17 жаш"),
        ("concat('a', 1 + 1, true())", "a2true"),
        # time: the context's own clock and zone
        ("today()", "2027-03-21"),
        ("now()", "2027-03-21T09:05:00.000+06:00"),
        ("today() > ${born}", True),
        ("int((today() - ${born}) div 365.25)", 36.0),  # a common idiom, late by a day on the birthday
        ("${born} = '1990-03-21'", True),
        # regex: anchored, Cyrillic, Java's idea of \w
        ("regex('123', '[0-9]{3}')", True),
        ("regex('1234', '[0-9]{3}')", False),
        ("regex(${name}, '[А-Яа-яӨөҮүҢң]+')", True),
        ("regex('ө', '.')", True),
        (r"regex('ө', '\w')", False),
        ("regex('a', concat('(', 'a'))", False),  # a broken pattern made at run time matches nothing
        # names that look like operators
        ("div", ""),
        ("mod mod mod", NAN),
        ("3 -1", 2.0),
    ],
)
def test_value(source: str, expected: expressions.Value) -> None:
    found = expressions.compile(source).evaluate(context(7.0))
    assert type(found) is type(expected)
    if isinstance(expected, float):
        assert found == pytest.approx(expected, nan_ok=True)
    else:
        assert found == expected


@pytest.mark.parametrize(
    ("source", "position", "message"),
    [
        ("", 0, "found the end where a value was expected"),
        ("   ", 3, "found the end"),
        ("1 +", 3, "found the end where a value was expected"),
        ("foo( =", 0, "found “foo”() where one of these was expected: selected, "),
        ("not( =", 5, "found “=” where a value was expected"),
        ("(1", 2, "found the end where an operator or “)” was expected"),
        ("1)", 1, "found “)” where an operator or the end was expected"),
        ("1 2", 2, "found “2” where an operator or the end was expected"),
        ("${age} == 2", 8, "found “=” where a value was expected"),
        ("${age", 0, "found “$” where ${name of a question} was expected"),
        ("${}", 0, "found “${}” where ${name of a question} was expected"),
        ("${a b}", 0, "where ${name of a question} was expected"),
        ("'open", 0, "found the opening quote '"),
        ("${a} = “x”", 7, "found the curly quote “"),
        ("/data/age", 0, "write ${name}"),
        ("${a} / 2", 5, "div to divide"),
        ("${a} & 1", 5, "found “&” where a value or an operator was expected"),
        ("selected(${a})", 0, "found 1 values in selected() where 2 were expected"),
        ("substr('a')", 0, "where 2 to 3 were expected"),
        ("today(1)", 0, "where 0 were expected"),
        ("if(1, 2,)", 8, "found “)” where a value was expected"),
        ("concat(1 2)", 9, "found “2” where “,” or “)” was expected"),
        ("regex(., '(')", 0, "the pattern of regex() cannot be used: missing ): ("),
        ("1 + regex(., '(?=a)')", 4, "the pattern of regex() cannot be used"),
        ("*", 0, "found “*” where a value was expected"),
        ("(" * 41 + "1" + ")" * 41, 40, "nested more than 40 deep"),
        ("-" * 50 + "1", 40, "nested more than 40 deep"),
        ("1+" * 2000 + "1", 4000, "longer than 4000 characters"),
    ],
)
def test_error(source: str, position: int, message: str) -> None:
    with pytest.raises(expressions.ExpressionError) as caught:
        expressions.compile(source)
    assert message in caught.value.message
    assert caught.value.position == position


def test_names_it_asks_for() -> None:
    expression = expressions.compile("parent = ${oblast} and selected(${top}, ${oblast}) and div")
    assert expression.references == {"oblast", "top"}
    assert expression.columns == {"parent", "div"}
    assert expression == expressions.compile(expression.source)
    assert hash(expression) == hash(expressions.compile(expression.source))


def test_long_chains_do_not_nest() -> None:
    assert expressions.compile("+".join(["1"] * 2000)).evaluate(context()) == 2000.0
    assert expressions.compile(" or ".join(["0"] * 600) + " or 1").evaluate(context()) is True


def test_deep_nesting_is_evaluated() -> None:
    deep = "0"
    for _ in range(syntax.MAX_DEPTH - 1):
        deep = f"1*({deep})+1 > 0 and 1 or 1"
    assert expressions.compile(deep).evaluate(context()) is True


def test_hostile_pattern_takes_no_time() -> None:
    begun = time.perf_counter()
    hostile = expressions.compile("regex(., '(a+)+$')")
    assert hostile.evaluate(context("a" * 5000 + "!")) is False
    assert time.perf_counter() - begun < 1


PIECES = ["(", ")", ",", "<=", "!=", "and", "or", "div", "mod", "${age}", "${top}", "${never}"]
PIECES += ["'a'", "''", "0", "1e9", "99999999999999999999", "regex(., '", "')", "\ud800", "ө", "“"]
pieces = st.sampled_from([*expressions.FUNCTIONS, *PIECES, *"=<>+-*.'\"$/&"])
written = st.one_of(st.text(max_size=80), st.lists(pieces, max_size=30).map(" ".join))
values = st.one_of(st.text(max_size=20), st.floats(), st.booleans())


def grown(smaller: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    """Well-formed expressions made of smaller ones."""
    signs = st.sampled_from(["+", "-", "*", "div", "mod", "=", "!=", "<", ">=", "and", "or"])
    calls = st.sampled_from(sorted(expressions.FUNCTIONS)).flatmap(
        lambda name: st.lists(
            smaller,
            min_size=expressions.FUNCTIONS[name].least,
            max_size=min(3, expressions.FUNCTIONS[name].most),
        ).map(lambda arguments: f"{name}({', '.join(arguments)})")
    )
    binary = st.tuples(smaller, signs, smaller).map(lambda parts: f"({' '.join(parts)})")
    return st.one_of(binary, calls, smaller.map("-{}".format))


leaves = st.sampled_from([".", "${age}", "${top}", "${x}", "''", "'abc'", "0", "-1", "10", "parent"])
wellformed = st.recursive(leaves, grown, max_leaves=12)


def compiled(source: str) -> expressions.Expression | expressions.ExpressionError:
    """Anything else that compile might raise is what these tests look for."""
    try:
        return expressions.compile(source)
    except expressions.ExpressionError as error:
        return error


@hypothesis.given(source=written, current=values)
def test_any_text_is_an_expression_or_an_error(source: str, current: expressions.Value) -> None:
    found = compiled(source)
    if isinstance(found, expressions.ExpressionError):
        assert 0 <= found.position <= len(source)
    else:
        found.evaluate(context(current))


@hypothesis.given(source=wellformed, current=values)
def test_no_expression_raises(source: str, current: expressions.Value) -> None:
    found = compiled(source)
    if isinstance(found, expressions.ExpressionError):
        # the only ways in which these can be wrong
        assert any(word in found.message for word in ("nested", "regex", "longer"))
        return
    value = found.evaluate(context(current))
    assert isinstance(value, str | float | bool)
    assert expressions.truth(value) in (True, False)
    assert isinstance(expressions.text(value), str)
    assert isinstance(expressions.number(value), float)
