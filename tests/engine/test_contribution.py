"""What one response adds to which tallies."""

from __future__ import annotations

from collections import Counter

import pytest

from bot.engine import contribution, passage, state
from tests import talking
from tests.engine import small, walking


def response(**answers: state.Answer) -> state.State:
    return state.State(
        form=small.VILLAGE.version,
        seed="0" * 16,
        begun="2027-03-01T09:00:00+00:00",
        channel="web",
        language="ky",
        answers=tuple(answers.items()),
    )


def counted(**answers: state.Answer) -> Counter[contribution.Key]:
    return contribution.contribution(small.VILLAGE, response(**answers))


def said(**answers: state.Answer) -> set[tuple[str, str]]:
    return {(key.question, key.value) for key in counted(**answers) if not key.margin}


def test_nothing_said_counts_nothing() -> None:
    assert counted() == Counter()


def test_each_answer_counts_once_for_everybody_and_once_a_margin() -> None:
    tallies = counted(home="yes", age=40)
    levels = {(key.margin, key.level) for key in tallies if not key.question}
    everywhere = {("", ""), ("group", "grown"), ("channel", "web"), ("language", "ky")}
    assert levels == everywhere | {(contribution.PLACE, "yes")}
    assert set(tallies.values()) == {1}


def test_a_place_is_no_figure_of_its_own() -> None:
    assert said(home="yes", age=40) == {("", "")}


def test_a_ranking_is_one_ordered_value_and_several_options_are_several() -> None:
    ordered = said(home="no", age=40, top=("water", "work", "road"), all=("bus", "light"))
    of_all = {("all", ""), ("all", "bus"), ("all", "light")}
    assert ordered == {("", ""), ("top", "water>work>road")} | of_all, "and one that says how many chose any"


def test_in_a_margin_a_ranking_is_its_first_places() -> None:
    ranked = {
        (key.margin, key.level, key.value)
        for key in counted(home="no", age=40, top=("water", "work", "road"))
        if key.question == "top" and key.margin == "language"
    }
    assert ranked == {("language", "ky", value) for value in ("1>water", "2>work", "3>road")}


def test_in_a_repeat_every_round_counts() -> None:
    definition = small.made(
        [
            {"type": "begin_repeat", "name": "animal"},
            {"type": "select_one kinds", "name": "kind"},
            {"type": "select_multiple kinds", "name": "also"},
            {"type": "end_repeat"},
        ],
        small.choices("kinds", "sheep", "cows"),
    )
    tallies = contribution.contribution(
        definition,
        walking.answered(
            definition,
            animal__1="yes",
            kind__1="sheep",
            also__1=("sheep", "cows"),
            animal__2="yes",
            kind__2="sheep",
            animal__3="no",
            kind__3="cows",
        ),
    )
    everybody = {(key.question, key.value): n for key, n in tallies.items() if not key.margin}
    assert everybody == {
        ("", ""): 1,
        ("kind", "sheep"): 2,
        ("also", ""): 1,
        ("also", "sheep"): 1,
        ("also", "cows"): 1,
    }


def test_only_what_is_chosen_from_a_list_is_counted() -> None:
    rows: list[dict[str, object]] = [
        {"type": kind, "name": kind} for kind in ("range", "acknowledge", "date", "time", "geopoint", "image")
    ]
    definition = small.made(rows)
    given = {"range": "3", "acknowledge": "OK", "date": "2027-03-01", "time": "14:30", "geopoint": "1 2", "image": "x"}
    assert {key.question for key in contribution.contribution(definition, walking.answered(definition, **given))} == {
        ""
    }


def test_what_is_only_worked_out_makes_nobody_answer() -> None:
    definition = small.made(
        [{"type": "calculate", "name": "code", "calculation": "once(random())"}, {"type": "text", "name": "wish"}]
    )
    fresh = walking.walk(definition).state
    assert fresh.answers
    assert contribution.contribution(definition, fresh) == Counter()


def test_words_and_numbers_are_counted_nowhere() -> None:
    assert said(home="yes", village="Кара-Ой", age=40) == {("", "")}


def test_an_answer_that_is_no_longer_relevant_is_not_counted() -> None:
    assert ("parent", "yes") in said(home="no", age=16, parent="yes")
    assert ("parent", "yes") not in said(home="no", age=40, parent="yes")


def test_the_young_are_counted_apart() -> None:
    assert {key.apart for key in counted(home="no", age=16)} == {True}
    assert {key.apart for key in counted(home="no", age=40)} == {False}


def test_a_pledge_is_counted_elsewhere() -> None:
    _, pledge, _ = talking.flows()
    given = state.State(pledge.version, "0", "2027-03-01T09:00:00+00:00", answers=(("what", "money"),))
    assert contribution.contribution(pledge, given) == Counter()


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ({}, {"home": "yes"}),
        ({"home": "yes"}, {}),
        ({"home": "yes", "age": 16, "parent": "yes"}, {"home": "no", "age": 40}),
        ({"home": "yes", "top": ("water", "work", "road")}, {"home": "yes", "top": ("work", "water", "road")}),
    ],
)
def test_a_difference_leads_from_old_to_new(old: dict[str, state.Answer], new: dict[str, state.Answer]) -> None:
    before, after = counted(**old), counted(**new)
    change = contribution.change(small.VILLAGE, response(**old), response(**new))
    assert 0 not in change.values()
    assert {key: n for key in before.keys() | after.keys() if (n := before[key] + change.get(key, 0))} == after


def test_what_counts_is_what_is_stored() -> None:
    answers: dict[str, state.Answer] = {"home": "no", "village": "Кара-Ой", "age": 40}
    assert set(passage.counted(small.VILLAGE, response(**answers))) == {"home", "age"}
