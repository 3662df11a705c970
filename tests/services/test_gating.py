"""The last gate sees the form as it will be played: every kind passes, and a refusal names the author's row."""

from __future__ import annotations

from typing import Any

import pytest

from bot.engine import form, phrases
from bot.engine.authoring import problems, reading
from bot.services import gating
from tests.engine import good_sheets


def made(survey: list[dict[str, Any]], **settings: str) -> form.Form:
    choices = [{"list_name": "l", "name": name, "label": name} for name in ("a", "b", "b")]
    raw = {
        "survey": survey,
        "choices": choices,
        "settings": [{"form_id": "f", "form_title": "F", "allow_choice_duplicates": "yes", **settings}],
    }
    definition, found = reading.read(raw, {"needs": choices[:2]})
    assert definition is not None, [str(each) for each in found]
    return definition


EVERYTHING: list[dict[str, Any]] = [
    {"type": "start", "name": "begun"},
    {"type": "end", "name": "done"},
    {"type": "today", "name": "day"},
    {"type": "hidden", "name": "wave_no", "default": "3"},
    {"type": "note", "name": "hello", "label::ky": "Салам", "label::ru": "Привет"},
    {"type": "select_one l", "name": "one", "label": "${wave_no}?", "choice_filter": "name != 'a'"},
    {"type": "select_multiple l or_other", "name": "several", "label": "?", "required": "${one} = 'a'"},
    {"type": "rank l", "name": "ranked", "label": "?", "ashar::pick": "2"},
    {"type": "begin group", "name": "g", "label": "G", "relevant": "selected(${several}, 'a')"},
    {"type": "integer", "name": "n", "label": "?", "constraint": ". > 0", "constraint_message": "more"},
    {"type": "decimal", "name": "d", "label": "?", "guidance_hint": "long"},
    {"type": "begin repeat", "name": "r", "label": "R", "repeat_count": "${n} + 1"},
    {"type": "text", "name": "t", "label": "?", "default": "concat('a', ${n})"},
    {"type": "calculate", "name": "c", "calculation": "position(..)"},
    {"type": "end repeat"},
    {"type": "end group"},
    {"type": "calculate", "name": "s", "calculation": "sum(${c}) + count(${r})"},
    {"type": "range", "name": "x", "label": "?", "parameters": "start=1 end=5 step=0.5"},
    *({"type": kind, "name": f"q_{kind}", "label": "?"} for kind in ("date", "time", "dateTime", "geopoint")),
    *({"type": kind, "name": f"q_{kind}", "label": "?"} for kind in ("image", "audio", "acknowledge")),
    {"type": "text", "name": "last", "label": "${instanceID} ${instanceName} ${s}", "read_only": "yes", "default": "x"},
]


def test_every_kind_group_and_repeat_passes() -> None:
    definition = made(EVERYTHING)
    kinds = {question.kind for question in definition.questions}
    assert kinds == set(form.Kind) - {form.Kind.MORE}
    assert gating.judge(definition) == []


def test_the_names_that_a_pledge_is_filled_with_are_known() -> None:
    survey = [
        {"type": "select_one needs", "name": "what", "label": "?"},
        {"type": "select_one l", "name": "confirm", "label": "${campaign}: ${offer}, ${deadline}?"},
    ]
    assert gating.judge(made(survey, **{"ashar::emits": "pledge"})) == []


@pytest.mark.parametrize("place", [1, 9, 14, 24])
def test_a_refusal_names_the_row_of_the_author(place: int) -> None:
    survey = [*EVERYTHING[:place], {"type": "text", "name": "meta", "label": "?", "__row__": 777}, *EVERYTHING[place:]]
    (problem,) = gating.judge(made(survey))
    assert (problem.sheet, problem.row, problem.severity) == ("survey", 777, problems.Severity.ERROR)
    assert phrases.english(problem.what).startswith("pyxform says: ")


def test_what_the_reader_takes_is_taken_here_too() -> None:
    """Mended sheets above all: duplicate names, old types, curly quotes."""
    refused = {
        name: [phrases.english(problem.what) for problem in found]
        for name, case in good_sheets.cases()
        if (definition := good_sheets.read(case)[0]) and (found := gating.judge(definition))
    }
    assert refused == {}


def test_a_question_may_be_called_as_what_pyxform_makes_of_a_repeat() -> None:
    survey = [
        {"type": "begin repeat", "name": "r", "label": "R", "repeat_count": "3"},
        {"type": "text", "name": "t", "label": "?"},
        {"type": "end repeat"},
        {"type": "integer", "name": "r_count", "label": "?"},
    ]
    assert gating.judge(made(survey)) == []


def test_a_column_may_be_filled_for_the_first_time_far_below() -> None:
    """pyxform looks for columns in the first hundred rows only, unless it is told of them."""
    long = [{"type": "text", "name": f"q{n}", "label::ky": "?", "label::ru": "?"} for n in range(150)]
    assert gating.judge(made([*long, {"type": "calculate", "name": "c", "calculation": "${q0}"}])) == []
