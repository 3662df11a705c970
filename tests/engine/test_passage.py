"""Going through a form: conditions of groups, rounds, what names mean in them, and what is worked out."""

from __future__ import annotations

import dataclasses

import hypothesis
import pytest
from hypothesis import strategies as st

from bot.engine import form, passage, scoping, state
from bot.engine.xpath import expressions
from bot.services import publishing
from tests import corpus
from tests.engine import small, walking

YES_NO = small.choices("yn", "yes", "no")

PETS = small.made(
    [
        {"type": "integer", "name": "children"},
        {"type": "begin_repeat", "name": "child", "repeat_count": "${children}"},
        {"type": "integer", "name": "age"},
        {"type": "select_one yn", "name": "school", "relevant": "${age} >= 7"},
        {"type": "begin_repeat", "name": "pet"},
        {"type": "text", "name": "called"},
        {"type": "calculate", "name": "whose", "calculation": "concat(position(..), '/', ${age}, '/', ${called})"},
        {"type": "end_repeat"},
        {"type": "calculate", "name": "pets", "calculation": "count(${pet})"},
        {"type": "end_repeat"},
        {"type": "calculate", "name": "eldest", "calculation": "max(${age})"},
        {"type": "calculate", "name": "second", "calculation": "indexed-repeat(${age}, ${child}, 2)"},
        {"type": "text", "name": "end", "relevant": "count(${child}) > 0"},
    ],
    YES_NO,
)
TWO: dict[str, state.Answer] = {
    "children": 2,
    "age__1": 9,
    "age__2": 4,
    "pet__1_dot_1": "yes",
    "called__1_dot_1": "Актош",
}


def test_what_stands_in_a_group_goes_with_its_condition() -> None:
    definition = small.made(
        [
            {"type": "select_one yn", "name": "farms"},
            {"type": "begin_group", "name": "farm", "relevant": "${farms} = 'yes'"},
            {"type": "integer", "name": "land"},
            {"type": "begin_group", "name": "inner"},
            {"type": "calculate", "name": "double", "calculation": "${land} * 2"},
            {"type": "end_group"},
            {"type": "end_group"},
            {"type": "text", "name": "end"},
        ],
        YES_NO,
    )
    yes = walking.answered(definition, farms="yes", land=3)
    assert walking.met(definition, yes) == ["farms", "land", "end"]
    assert walking.values(definition, yes) == {"farms": "yes", "land": 3.0, "double": 6.0}
    no = walking.answered(definition, farms="no", land=3)
    assert walking.met(definition, no) == ["farms", "end"]
    assert passage.counted(definition, no) == {"farms": "no"}, "kept, but not counted"


def test_a_repeat_is_gone_through_as_often_as_its_count_says() -> None:
    assert walking.met(PETS, walking.answered(PETS)) == ["children"]
    one = walking.answered(PETS, children=1)
    assert walking.met(PETS, one) == ["children", "age#1", "pet#1.1", "end"]
    two = walking.answered(PETS, **TWO)
    assert walking.met(PETS, two) == [
        *("children", "age#1", "school#1", "pet#1.1", "called#1.1", "pet#1.2"),
        *("age#2", "pet#2.1", "end"),
    ]
    assert passage.passage(PETS, two).rounds == {"child": 2, "pet#1": 1, "pet#2": 0}


@pytest.mark.parametrize(("children", "rounds"), [(0, 0), (-3, 0), (3, 3), (10**9, passage.ROUNDS)])
def test_no_count_makes_more_rounds_than_anybody_could_answer(children: int, rounds: int) -> None:
    view = passage.passage(PETS, walking.answered(PETS, children=children))
    assert view.rounds["child"] == rounds


def test_repeats_in_repeats_have_a_bound_together() -> None:
    rows: list[dict[str, object]] = [{"type": "integer", "name": "n"}]
    rows += [{"type": "begin_repeat", "name": f"r{level}", "repeat_count": "${n}"} for level in range(3)]
    rows += [{"type": "integer", "name": "age"}]
    rows += [{"type": "end_repeat"}, {"type": "end_repeat"}, {"type": "end_repeat"}, {"type": "text", "name": "end"}]
    definition = small.made(rows)
    some = walking.met(definition, walking.answered(definition, n=5))
    assert len(some) == 1 + 5**3 + 1
    view = passage.passage(definition, walking.answered(definition, n=50))
    assert sum(view.rounds.values()) == passage.ALL_ROUNDS
    assert view.asked[-1].key == "end"


def test_in_a_round_a_name_means_this_round_and_outside_all_or_the_first() -> None:
    values = walking.values(PETS, walking.answered(PETS, **TWO))
    assert values["whose#1.1"] == "1/9/Актош"
    assert (values["pets#1"], values["pets#2"]) == (1.0, 0.0)
    assert (values["eldest"], values["second"]) == (9.0, 4.0)
    outside = passage.passage(PETS, walking.answered(PETS, **TWO)).context()
    assert outside.answers["age"] == 9.0
    assert list(outside.series["age"]) == [9.0, 4.0]
    assert list(outside.series["called"]) == ["Актош"]
    assert list(outside.series["pet#2"]) == []


def test_what_is_summed_within_its_own_repeat_is_this_round_alone() -> None:
    definition = small.made(
        [
            {"type": "begin_repeat", "name": "field", "repeat_count": "2"},
            {"type": "integer", "name": "area"},
            {"type": "begin_repeat", "name": "crop", "repeat_count": "2"},
            {"type": "integer", "name": "sacks"},
            {"type": "calculate", "name": "one", "calculation": "sum(${sacks}) + 100 * sum(${area})"},
            {"type": "end_repeat"},
            {"type": "calculate", "name": "own", "calculation": "sum(${sacks}) + 100 * sum(${area})"},
            {"type": "calculate", "name": "whole", "calculation": "sum(../../field/area) + 100 * count(${field})"},
            {"type": "end_repeat"},
            {"type": "calculate", "name": "all", "calculation": "sum(${sacks}) + 100 * sum(${area})"},
        ]
    )
    sacks = {"sacks__1_dot_1": 1, "sacks__1_dot_2": 2, "sacks__2_dot_1": 4, "sacks__2_dot_2": 8}
    values = walking.values(definition, walking.answered(definition, area__1=3, area__2=5, **sacks))
    assert [values[f"one#{at}"] for at in ("1.1", "1.2", "2.1", "2.2")] == [301.0, 302.0, 504.0, 508.0]
    assert (values["own#1"], values["own#2"]) == (303.0, 512.0), "all crops of this field"
    assert values["whole#1"] == values["whole#2"] == 208.0
    assert values["all"] == 815.0


def test_a_round_that_says_nothing_does_not_borrow_from_the_first() -> None:
    two = walking.answered(PETS, children=2, age__1=9, called__1_dot_1="Актош", pet__1_dot_1="yes", pet__2_dot_1="yes")
    view = passage.passage(PETS, two)
    assert view.values["whose#2.1"] == "1//"
    station = view.station("called#2.1")
    assert station
    context = view.context(station)
    assert ("age" in context.answers, "called" in context.answers) == (False, False)
    assert (context.at, list(context.series["called"])) == ((2, 1), [""])


def test_another_round_opens_with_every_yes_and_no_further() -> None:
    definition = small.made(
        [{"type": "begin_repeat", "name": "job"}, {"type": "text", "name": "what"}, {"type": "end_repeat"}]
    )
    assert walking.met(definition, walking.answered(definition)) == ["job#1"]
    some = walking.answered(definition, job__1="yes", job__2="no", job__3="yes", what__1="а", what__3="в")
    assert walking.met(definition, some) == ["job#1", "what#1", "job#2"]
    assert passage.counted(definition, some) == {"job#1": "yes", "job#2": "no", "what#1": "а"}
    full = some._replace(answers=tuple((f"job#{n}", "yes") for n in range(1, 99)))
    assert walking.met(definition, full)[-1] == f"what#{passage.ROUNDS}", "and nobody is asked for the 51st"


def test_a_calculation_may_ask_for_what_comes_later() -> None:
    definition = small.made(
        [
            {"type": "text", "name": "first"},
            {"type": "text", "name": "last"},
        ]
    )
    # The reader may refuse this order; the engine goes through again until nothing changes.
    first, last = definition.questions
    ahead = form.Question("ahead", form.Kind.CALCULATE, {}, calculation=_expression("concat(${behind}, '!')"))
    behind = form.Question("behind", form.Kind.CALCULATE, {}, calculation=_expression("concat(${last}, '?')"))
    hidden = dataclasses.replace(first, relevant=_expression("${ahead} = 'б?!'"))
    later = form.Form("later", {}, (ahead, hidden, behind, last), version="l")
    assert walking.values(later, walking.answered(later, first="а", last="б")) == {
        "ahead": "б?!",
        "behind": "б?",
        "first": "а",
        "last": "б",
    }
    assert walking.met(later, walking.answered(later, last="в")) == ["last"]


def test_a_round_may_ask_for_all_rounds_also_the_later_ones() -> None:
    definition = small.made(
        [
            {"type": "begin_repeat", "name": "member", "repeat_count": "3"},
            {"type": "integer", "name": "age"},
            {"type": "calculate", "name": "eldest", "calculation": "${age} = max(../../member/age_of)"},
            {"type": "calculate", "name": "age_of", "calculation": "${age}"},
            {"type": "end_repeat"},
        ]
    )
    values = walking.values(definition, walking.answered(definition, age__1=7, age__2=9, age__3=8))
    assert [values[f"eldest#{n}"] for n in (1, 2, 3)] == [False, True, False]


def test_a_ring_of_conditions_ends() -> None:
    on = form.Question("on", form.Kind.CALCULATE, {}, calculation=_expression("if(${off} = 1, 0, 1)"))
    off = form.Question("off", form.Kind.CALCULATE, {}, calculation=_expression("if(${on} = 1, 1, 0)"))
    ring = form.Form("ring", {}, (on, off), version="r")
    assert set(walking.values(ring, walking.answered(ring))) == {"on", "off"}


def _expression(source: str) -> expressions.Expression:
    return expressions.compile(source)


def test_what_is_worked_out_without_asking() -> None:
    definition = small.made(
        [
            {"type": "start", "name": "start"},
            {"type": "end", "name": "end"},
            {"type": "today", "name": "today"},
            {"type": "hidden", "name": "round", "default": "'spring'"},
            {"type": "text", "name": "wish"},
        ]
    )
    late = walking.fresh(definition)._replace(begun="2027-03-01T19:30:00+00:00")
    values = walking.values(definition, late)
    assert values["start"] == "2027-03-02T01:30:00.000+06:00", "in Kyrgyz time it is tomorrow already"
    assert (values["today"], values["end"], values["round"]) == ("2027-03-02", "", "spring")
    ended = late._replace(ended="2027-03-01T20:00:00+00:00")
    assert walking.values(definition, ended)["end"] == "2027-03-02T02:00:00.000+06:00"


def test_what_may_not_be_changed_is_shown_and_not_asked() -> None:
    definition = small.made(
        [
            {"type": "integer", "name": "cows"},
            {"type": "text", "name": "office", "default": "'Каракол'", "read_only": "yes"},
            {"type": "text", "name": "end"},
        ]
    )
    response = walking.answered(definition, cows=2, office="Бишкек")
    assert walking.met(definition, response) == ["cows", "end"]
    assert walking.values(definition, response) == {"cows": 2.0, "office": "Каракол"}


def test_every_draw_is_another_and_stays() -> None:
    definition = small.made(
        [
            {"type": "calculate", "name": "one", "calculation": "random()"},
            {"type": "calculate", "name": "two", "calculation": "random()"},
            {"type": "text", "name": "end"},
        ]
    )
    values = walking.values(definition, walking.answered(definition))
    assert values["one"] != values["two"]
    assert walking.values(definition, walking.answered(definition, end="а"))["one"] == values["one"]
    other = walking.fresh(definition)._replace(seed="1" * 16)
    assert walking.values(definition, other)["one"] != values["one"]


def test_the_label_of_a_choice_is_said_in_the_language_of_the_response() -> None:
    definition = small.made(
        [
            {"type": "select_one yn", "name": "home"},
            {"type": "calculate", "name": "said", "calculation": "jr:choice-name(${home}, '${home}')"},
        ],
        YES_NO,
    )
    response = walking.answered(definition, home="yes")
    assert walking.values(definition, response)["said"] == "yes (ky)"
    russian = response._replace(language="ru")
    assert walking.values(definition, russian)["said"] == "yes (ru)"


def test_where_nothing_is_left_to_choose_nothing_is_asked() -> None:
    definition = small.made(
        [
            {"type": "select_one region", "name": "region"},
            {"type": "select_one village", "name": "village", "choice_filter": "of = ${region}"},
        ],
        [*small.choices("region", "north", "south"),
         {"list_name": "village", "name": "a", "of": "north", "label": small.text("a")}],
    )  # fmt: skip
    assert walking.met(definition, walking.answered(definition, region="north")) == ["region", "village"]
    assert walking.met(definition, walking.answered(definition, region="south")) == ["region"]
    assert passage.counted(definition, walking.answered(definition, region="south", village="a")) == {"region": "south"}


OPENS_ITSELF = small.made(
    [
        {"type": "begin_group", "name": "inputs", "relevant": "./source = 'user' and ${doubled} != 8"},
        {"type": "hidden", "name": "source", "default": "user"},
        {"type": "text", "name": "called"},
        {"type": "calculate", "name": "doubled", "calculation": "${n} * 2"},
        {"type": "end_group"},
        {"type": "begin_group", "name": "extra", "relevant": "${goes_on} = 'yes'"},
        {"type": "select_one yn", "name": "goes_on", "default": "yes"},
        {"type": "text", "name": "more"},
        {"type": "end_group"},
        {"type": "integer", "name": "n"},
    ],
    YES_NO,
)


def test_a_group_may_hang_on_what_is_known_inside_it_before_anybody_answers() -> None:
    fresh = walking.answered(OPENS_ITSELF)
    assert walking.met(OPENS_ITSELF, fresh) == ["called", "goes_on", "more", "n"]
    assert walking.values(OPENS_ITSELF, fresh)["source"] == "user"
    shut = walking.answered(OPENS_ITSELF, n=4)
    assert walking.met(OPENS_ITSELF, shut) == ["goes_on", "more", "n"]
    assert walking.values(OPENS_ITSELF, shut) == {"n": 4.0}


def test_an_answer_that_shuts_its_own_group_counts_for_nothing() -> None:
    no = walking.answered(OPENS_ITSELF, goes_on="no", more="x")
    assert walking.met(OPENS_ITSELF, no) == ["called", "n"]
    assert "goes_on" not in walking.values(OPENS_ITSELF, no)


CATALOGUE = publishing.prepare(corpus.FOLDERS).catalogue()
STRAIGHT = [
    definition
    for definition in (*(corpus.form_of(CATALOGUE, link) for link in corpus.LINKS), small.VILLAGE)
    if scoping.is_straight(definition)
]


def answer_to(question: form.Question) -> st.SearchStrategy[state.Answer]:
    """Anything that may be kept as an answer to it."""
    names = [choice.name for choice in question.choices]
    match question.kind:
        case form.Kind.SELECT_ONE if names:
            return st.sampled_from(names)
        case form.Kind.SELECT_MULTIPLE | form.Kind.RANK if names:
            return st.lists(st.sampled_from(names), min_size=1, max_size=4, unique=True).map(tuple)
        case form.Kind.INTEGER:
            return st.integers(-5, 120)
        case form.Kind.DECIMAL:
            return st.sampled_from([0.5, 12.25, 1000.0])
        case _:
            return st.sampled_from(["yes", "no", "1990-05-12", "Кара-Ой", "42.49 78.39 1700 5"])


@hypothesis.given(st.data())
def test_a_passage_is_the_same_whatever_was_kept_of_the_one_before(data: st.DataObject) -> None:
    definition = data.draw(st.sampled_from(STRAIGHT))
    seed = data.draw(st.integers(0, 2**32).map(str))
    answers: dict[str, state.Answer] = {}
    for question in (None, *data.draw(st.lists(st.sampled_from(definition.questions), max_size=15))):
        if question:
            answers[question.name] = data.draw(answer_to(question))
        response = walking.fresh(definition, seed)._replace(answers=tuple(answers.items()))
        onward = _seen(definition, response)
        # The passage is forgotten and what it left behind is not: a server that has many people.
        passage._passage.cache_clear()
        again = _seen(definition, response)
        passage._passage.cache_clear()
        passage._latest.cache_clear()
        assert onward == again == _seen(definition, response)


def _seen(definition: form.Form, response: state.State) -> tuple[object, ...]:
    found = passage.passage(definition, response)
    return found.stations, found.asked, found.values
