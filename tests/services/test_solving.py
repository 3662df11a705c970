"""What a constraint compares with is found in its text and worked out, so that a made-up answer can meet it."""

import datetime as dt

import pytest

from bot.engine.xpath import expressions
from bot.services import solving

CONTEXT = expressions.Context(
    {"tot": 40.0, "men": 15.0, "id": "HH-7", "begun": "2026-03-01"}, "", {}, dt.datetime(2027, 3, 1, 9, tzinfo=dt.UTC)
)
#: Day numbers ten years apart, as dates are looked for.
TODAY, LATER = 20_878.0, 24_531.0


@pytest.mark.parametrize(
    ("source", "sides"),
    [
        (". >= 18 and (. <= ${a} or . = -99)", [(".", "18"), (".", "${a}"), (".", "-99")]),
        ("not(selected(., 'a = b')) and count-selected(.) = 3", [("count-selected(.)", "3")]),
        ("if(. = 1, ${x} > 2, true())", [(".", "1"), ("${x}", "2")]),
        ("(. + ${men}) * 2 != ${tot}", [("(. + ${men}) * 2", "${tot}")]),
        ("${list}[. > 2 ] >= 1", [(".", "2"), ("${list}[. > 2 ]", "1")]),
        ("true()", []),
    ],
)
def test_both_sides_of_every_comparison_are_found(source: str, sides: list[tuple[str, str]]) -> None:
    assert list(solving.compared(source)) == sides


@pytest.mark.parametrize(
    ("source", "numbers"),
    [
        (". + ${men} = ${tot}", [25.0]),
        (". * 2 >= ${tot} or . < -99", [20.0, -99.0]),
        (". = 7 * 13", [91.0]),
        # Neither what does not hang on the answer, nor what is no expression by itself.
        ("${men} < ${tot}", []),
        ("selected(., 'x') = true()", []),
        (". = ${id}", []),
        (". = (", []),
    ],
)
def test_the_number_at_which_a_comparison_turns_is_worked_out(source: str, numbers: list[float]) -> None:
    assert solving.numbers(source, CONTEXT) == numbers


def test_the_question_may_be_asked_for_by_its_name() -> None:
    source = "(${men} + ${women} = ${tot}) and . <= ${men}"
    assert solving.numbers(source, CONTEXT) == [15.0]
    assert solving.numbers(source, CONTEXT, name="women") == [25.0, 15.0]


def test_numbers_are_read_and_not_the_digits_of_names_and_patterns() -> None:
    source = "${age_2} >= 18 and .<=2.5 and regex(., '[0-9]{4}') and ${sex} = '1' or q7 != -99"
    assert solving.constants(source) == ["18", "2.5", "1", "99"]


@pytest.mark.parametrize(
    ("source", "patterns"),
    [
        ("regex(., '^[0-9]{4},(a|b)$') and . > 1", ["^[0-9]{4},(a|b)$"]),
        ('not( regex (normalize-space(.), "[)]") )', ["[)]"]),
        ("regex(., concat('^', ${id}, '-[0-9]+$')) or regex(., 'x')", ["^HH-7-[0-9]+$", "x"]),
        ("regex(., )", []),
        ("regex(.)", []),
    ],
)
def test_patterns_are_read_also_where_they_are_put_together(source: str, patterns: list[str]) -> None:
    assert solving.patterns(source, CONTEXT) == patterns


def test_days_are_found_through_dates_and_years() -> None:
    (day,) = solving.numbers(". > ${begun} + 30", CONTEXT, TODAY, LATER)
    assert dt.date(1970, 1, 1) + dt.timedelta(days=day) == dt.date(2026, 3, 31)
    (day,) = solving.numbers("int(format-date(., '%Y')) = 2019", CONTEXT, TODAY, LATER)
    assert (dt.date(1970, 1, 1) + dt.timedelta(days=day)).year == 2019


def test_the_words_an_answer_must_be_are_worked_out() -> None:
    assert solving.words(". = concat(${id}, '-', ${men}) or 'ok' = .", CONTEXT) == ["HH-7-15", "ok"]


ROWS = [{"id": "KG-1", "pin": "11", "hh": "a"}, {"id": "KG-2", "pin": "22", "hh": "b"}, {"id": "KZ-3", "hh": ""}]


@pytest.mark.parametrize(
    ("source", "keys"),
    [
        ("pulldata('hh', 'pin', 'id', .) != ''", ["KG-1", "KG-2", "KZ-3"]),
        ('string-length(pulldata( "hh.csv" , "pin", "pin", . )) > 0', ["11", "22"]),
        ("pulldata('hh', 'pin', 'id', ${village})", ["KG-1", "KG-2", "KZ-3"]),
        # The key is put together: what is asked for is the rest of it.
        ("pulldata('hh', 'pin', 'id', concat('KG-', .)) = 22", ["1", "2"]),
        ("pulldata('hh', 'pin', 'id', concat(substr(${id}, 0, 0), 'KG', '-', ${village})) = 22", ["1", "2"]),
        ("count(instance('hh')/root/item[id = current()/.]) = 1", ["KG-1", "KG-2", "KZ-3"]),
        ("instance('hh')/root/item[hh = ${village} and pin > 1]/id != ''", ["a", "b"]),
        # What it comes to cannot be turned around.
        ("pulldata('hh', 'pin', 'id', normalize-space(int(.))) != ''", ["KG-1", "KG-2", "KZ-3"]),
        # Of another question, of no list that is there.
        ("pulldata('hh', 'pin', 'id', ${id}) = .", []),
        ("pulldata('nothing', 'pin', 'id', .) != ''", []),
        ("selected(., 'id')", []),
    ],
)
def test_answers_are_found_that_stand_in_the_list_they_are_looked_up_in(source: str, keys: list[str]) -> None:
    assert solving.keys(source, CONTEXT._replace(lists={"hh": ROWS}), "village") == keys
