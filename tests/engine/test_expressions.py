"""Expressions against the tables of what JavaRosa makes of them, and what they tell of themselves."""

from __future__ import annotations

import datetime as dt
import time

import pytest

from bot.engine.xpath import expressions, grammar, series
from tests.engine import expression_series, expression_table
from tests.engine.expression_table import CONTEXT, Row

GROUPS = {**expression_table.GROUPS, **expression_series.GROUPS}
ROWS = [pytest.param(row, id=f"{group}: {row.source}") for group, rows in GROUPS.items() for row in rows]


def evaluated(source: str, **changed: object) -> expressions.Value:
    return expressions.compile(source).evaluate(CONTEXT._replace(**changed))  # type: ignore[arg-type] # of any field


@pytest.mark.parametrize("row", ROWS)
def test_value(row: Row) -> None:
    found = evaluated(row.source)
    assert type(found) is type(row.expected)
    if isinstance(row.expected, float):
        assert found == pytest.approx(row.expected, nan_ok=True, rel=1e-12, abs=1e-12)
    else:
        assert found == row.expected


def test_every_function_has_its_rows() -> None:
    missing = [
        name
        for name in expressions.FUNCTIONS
        if not any(f"{name}(" in row.source for rows in GROUPS.values() for row in rows)
    ]
    assert not missing
    assert len(ROWS) >= 200


def test_names_it_asks_for() -> None:
    source = "parent = ${oblast} and selected(${top}, ../town) and div and jr:choice-name('a', '${street}')"
    expression = expressions.compile(source)
    assert expression.references == {"oblast", "top", "town", "street"}
    assert expression.columns == {"parent", "div"}
    assert expression == expressions.compile(expression.source)
    assert hash(expression) == hash(expressions.compile(expression.source))


def test_lists_and_their_columns_it_looks_up() -> None:
    source = "pulldata('shops', 'price', 'code', ${code}) + count(instance('towns')/root/item[raion = ${raion}])"
    expression = expressions.compile(source)
    assert expression.lists == {"shops", "towns"}
    assert expression.cells == {("shops", "price"), ("shops", "code"), ("towns", "raion"), ("towns", "")}
    assert expression.references == {"code", "raion"}
    assert expression.columns == frozenset()


def test_names_within_brackets_after_a_repeat_are_questions() -> None:
    expression = expressions.compile("sum(${child}[sex = 'girl' and ./healthy]/age)")
    assert expression.references == {"child", "sex", "healthy", "age"}
    assert expression.columns == frozenset()


def test_once_keeps_what_is_there() -> None:
    assert expressions.compile("once(uuid())").once
    assert not expressions.compile("uuid()").once
    assert evaluated("once('new')", current="old") == "old"
    assert evaluated("once('new')", current="") == "new"


def test_chance_is_the_same_for_one_response_and_place() -> None:
    assert evaluated("random()") == evaluated("random()")
    assert evaluated("random()") != evaluated("random()", seed="another")
    assert evaluated("random()") != evaluated("random()", at=(3,))
    assert evaluated("uuid()") != evaluated("uuid()", seed="another")


@pytest.mark.parametrize(
    ("source", "above", "expected"),
    [
        # a question in a group in a round of the inner of two repeats
        ("position(..)", (False, True, True), 1.0),  # a plain group is the first of its kind
        ("position(../..)", (False, True, True), 5.0),
        ("position(../../..)", (False, True, True), 3.0),
        ("position(../../../..)", (False, True, True), 1.0),
        ("position(..)", (True, True), 5.0),
        ("position(../..)", (True, True), 3.0),
        ("position(../..)", (True, False, True), 1.0),
        ("position(${inner})", (False, True, True), 5.0),
        # where nobody has said what is around it, every step is taken for a repeat
        ("position(..)", (), 5.0),
        ("position(../..)", (), 3.0),
        ("position(../../../..)", (), 3.0),
    ],
)
def test_position_counts_the_repeats_around_the_question(source: str, above: tuple[bool, ...], expected: float) -> None:
    context = CONTEXT._replace(at=(3, 5))
    assert expressions.compile(source, above).evaluate(context) == expected


def test_position_outside_of_repeats_is_the_first() -> None:
    assert evaluated("position(..)", at=()) == 1.0
    assert evaluated("position()", at=()) == 1.0


def test_within_a_repeat_in_a_repeat_the_outer_round_is_this_one() -> None:
    source = "indexed-repeat(${toy}, ${box}, 1)"
    assert evaluated(source, at=(2, 2)) == "топ"
    assert evaluated(source, at=(1, 1)) == "мяч"
    assert evaluated(source, at=()) == "мяч"


def test_times_without_a_zone_are_in_greenwich_where_nobody_knows_better() -> None:
    naive = dt.datetime(2027, 3, 21, 9, 5)  # noqa: DTZ001 - a clock without a zone is what is tried
    assert evaluated("decimal-date-time('1970-01-02')", now=naive) == 1.0


@pytest.mark.parametrize(
    ("source", "kyrgyz", "russian"),
    [
        ("format-date(${born}, '%A, %e-%B')", "шаршемби, 21-март", "среда, 21-марта"),
        ("format-date(${born}, '%d %B %Y')", "21 март 1990", "21 марта 1990"),
        ("format-date(${born}, '%B %Y')", "март 1990", "март 1990"),  # no day beside it: no genitive
        ("format-date('2027-05-02', '%b')", "май", "май"),
        ("format-date('2027-05-02', '%e %b, %a')", "2 май, жек", "2 мая, вс"),
        ("format-date-time('2027-11-05T10:00', '%a %e %b %H:%M')", "жума 5 ноя 10:00", "пт 5 ноя 10:00"),
    ],
)
def test_months_and_days_are_named_in_the_language_of_the_person(source: str, kyrgyz: str, russian: str) -> None:
    assert evaluated(source, language="ky") == kyrgyz
    assert evaluated(source, language="ru") == russian


def test_an_answer_that_is_no_text_may_be_matched() -> None:
    assert evaluated("regex(${odd}, '.*')", answers={"odd": "\ud800"}) is False
    assert evaluated("digest(${odd}, 'MD5', 'hex')", answers={"odd": "\ud800"}) != ""


def test_long_chains_do_not_nest() -> None:
    assert evaluated("+".join(["1"] * 2000)) == 2000.0
    assert evaluated(" or ".join(["0"] * 600) + " or 1") is True
    assert evaluated("instance('villages')/root/item" + "[1]" * 1300 + "/name") == "kara"
    assert evaluated("/a" * 1900 + "/age") == 17.0


def test_deep_nesting_is_evaluated() -> None:
    deep = "0"
    for _ in range(grammar.MAX_DEPTH - 1):
        deep = f"1*({deep})+1 > 0 and 1 or 1"
    assert evaluated(deep) is True
    scan = "1"
    for _ in range(grammar.MAX_DEPTH - 1):
        scan = f"instance('raions')/root/item[{scan}]/name != '' and 1"
    assert evaluated(scan) is True


def test_what_is_joined_does_not_grow_without_end() -> None:
    value: expressions.Value = "x" * 4000
    for _ in range(30):
        value = evaluated("concat(${grown}, ${grown})", answers={"grown": value})
    assert len(str(value)) == series.LONGEST


def test_hostile_pattern_takes_no_time() -> None:
    begun = time.thread_time()
    assert evaluated("regex(., '(a+)+$')", current="a" * 5000 + "!") is False
    assert time.thread_time() - begun < 1


def test_scans_within_scans_do_not_multiply() -> None:
    rows = [{"name": str(n), "next": str(n + 1)} for n in range(2000)]
    inner = "0"
    for _ in range(4):
        inner = f"count(instance('many')/root/item[name != {inner}])"
    begun = time.thread_time()
    assert evaluated(inner, lists={"many": rows}) == 1999.0
    looked_up = "count(instance('many')/root/item[pulldata('many', 'name', 'next', name) != ''])"
    assert evaluated(looked_up, lists={"many": rows}) == 1999.0
    assert time.thread_time() - begun < 2
