"""Broken sheets, each with what its author is told; and what a good one becomes."""

from __future__ import annotations

import copy
import datetime as dt
from typing import Any

import hypothesis
import pytest
from hypothesis import strategies as st

from bot.engine import form, reading, sheets
from tests.engine import broken_sheets
from tests.engine.broken_sheets import PLACES, Change, Raw, choice, good, row, setting


def pledge() -> Raw:
    both = {"ky": "${campaign}: ${offer}", "ru": "${campaign}: ${offer}"}
    what = {"type": "select_one needs", "name": "what", "label": {"ky": "Эмне?", "ru": "Что?"}}
    return {
        "survey": [what, {"type": "select_one yes_no", "name": "confirm", "label": both}],
        "choices": [{"list_name": "yes_no", "name": "yes", "label": {"ky": "Ооба", "ru": "Да"}}],
        "settings": {
            "form_id": "pledge",
            "form_title": {"ky": "Салым", "ru": "Вклад"},
            "ashar::emits": "pledge",
        },
    }


NEEDS = [{"name": "money", "label::ky": "Акча", "label::ru": "Деньги", "kind": "money"}]


def read(raw: Raw, **more: Any) -> tuple[form.Form | None, list[reading.Problem]]:
    return reading.read(raw, {"places.csv": PLACES, "needs_of_campaign": NEEDS, **more})


def test_a_good_form() -> None:
    found, problems = read(good())
    assert problems == []
    assert found is not None
    assert (found.name, found.title["ru"], found.wave, found.emits) == ("priorities", "Опрос", "1", "")
    assert found.places == ("place",)
    assert found.margins == ("sex", "group")
    assert found.apart is not None
    assert found.apart.references == {"age"}
    kinds = [question.kind.value for question in found.questions]
    assert kinds == ["select_one", "integer", "calculate", "rank", "select_one", "text"]
    sex, age, _group, top, place, words = found.questions
    assert sex.required
    assert not age.required
    assert age.label == {"ky": "Жашыңыз канчада?", "ru": "Сколько вам лет?"}
    assert (top.pick, top.randomize, [choice.name for choice in top.choices]) == (
        2,
        True,
        ["work", "health", "other"],
    )
    assert place.choices[1].columns == {"parent": "KG02", "level": "2"}
    assert place.choice_filter is not None
    assert words.personal
    assert words.row == 7
    assert len(found.version) == 16
    assert len(age.version) == 8


def test_a_pledge_knows_what_the_engine_fills() -> None:
    assert reading.read(pledge(), {"needs": NEEDS})[1] == []
    found, _ = reading.read(pledge(), {"needs": NEEDS})
    assert found is not None
    assert found.questions[0].choices[0].columns == {"kind": "money"}


@pytest.mark.parametrize(("change", "expected"), [pytest.param(c, e, id=name) for name, c, e in broken_sheets.BROKEN])
def test_broken(change: Change, expected: list[str]) -> None:
    raw = good()
    change(raw)
    found, problems = read(raw)
    assert (found is None) == bool(expected)
    told = [f"{problem.sheet} {problem.row} {problem.column}" for problem in problems]
    assert sorted(told) == sorted(place_of(line) for line in expected)
    for line in expected:
        place = place_of(line)
        said = [str(problem) for problem, at in zip(problems, told, strict=True) if at == place]
        assert any(line[len(place) + 2 :] in words for words in said), said


def place_of(line: str) -> str:
    return line.partition(": ")[0]


def test_all_problems_at_once_in_the_order_of_the_file() -> None:
    raw = good()
    for change in (setting(form_id=""), choice(3, name="woman"), row(7, relevant="("), row(2, type="selekt")):
        change(raw)
    _, problems = read(raw)
    assert [(p.sheet, p.row) for p in problems] == [
        ("survey", 2),
        ("survey", 7),
        ("choices", 3),
        ("settings", 2),
    ]


def test_an_outside_list_is_told_under_its_own_name() -> None:
    broken = [*PLACES, {"name": "KG02", "label::ky": "Ош"}]
    _, problems = read(good(), **{"places.csv": broken})
    told = [(p.sheet, p.row, p.column) for p in problems]
    assert told == [("places.csv", 4, "name"), ("places.csv", 4, "label")]
    _, problems = read(good(), **{"places.csv": []})
    assert ("survey", 6, "type", "The list “places.csv” is empty.") in [
        (p.sheet, p.row, p.column, p.what) for p in problems
    ]


@pytest.mark.parametrize(
    ("change", "column", "words"),
    [
        (
            lambda raw: raw["survey"].append({**raw["survey"][1], "name": "deadline"}),
            "name",
            "filled by the bot itself",
        ),
        (
            lambda raw: raw["survey"][1].update(relevant="${deadlin} = ''"),
            "relevant",
            "did you mean “deadline”?",
        ),
        (lambda raw: raw["survey"].pop(), "ashar::emits", "needs a question “confirm”"),
        (lambda raw: raw["survey"][0].update(type="select_one needz"), "type", "There is no list “needz”"),
    ],
)
def test_a_broken_pledge(change: Change, column: str, words: str) -> None:
    raw = pledge()
    change(raw)
    _, problems = reading.read(raw, {"needs": NEEDS})
    assert [problem.column for problem in problems] == [column]
    assert words in str(problems[0])


def test_a_row_may_carry_its_number() -> None:
    raw = good()
    raw["survey"][5] |= {"__row__": 40, "relevant": "("}
    _, problems = read(raw)
    assert [problem.row for problem in problems] == [40]


def test_untidy_sheets_are_tidied() -> None:
    tidy, _ = read(good())
    raw = good()
    for cells in raw["survey"]:
        label = cells.pop("label", None)
        if label:
            cells.update({" Label::Кыргызча (ky)": f" {label['ky']}\u00a0", "label :: Русский": label["ru"]})
    row(5, ashar__pick=2.0, colour=None)(raw)
    row(2, required="TRUE")(raw)
    raw["survey"][1]["constraint"] = " " + raw["survey"][1]["constraint"] + "\n"
    raw["choices"] = [{"list name": cells.pop("list_name"), **cells} for cells in raw["choices"]]
    raw["settings"] = raw["settings"][0]
    untidy, problems = read(raw)
    assert problems == []
    assert tidy is not None
    assert untidy is not None
    assert [q.label for q in untidy.questions] == [q.label for q in tidy.questions]
    assert [q.version for q in untidy.questions] == [q.version for q in tidy.questions]


def test_blank_rows_do_not_count_but_keep_their_number() -> None:
    raw = good()
    raw["survey"].insert(2, {"type": "", "name": None})
    raw["survey"].insert(3, None)
    found, problems = read(raw)
    assert problems == []
    assert found is not None
    assert [question.row for question in found.questions] == [2, 3, 6, 7, 8, 9]


def test_curly_quotes_of_a_spreadsheet_are_straightened() -> None:
    raw = good()
    row(7, relevant="${sex} = “woman”")(raw)
    found, problems = read(raw)
    assert problems == []
    words = found.question("words") if found else None
    assert words is not None
    assert words.relevant is not None
    assert words.relevant.source == '${sex} = "woman"'
    row(7, relevant="${sex} = “woman")(raw)
    assert [problem.column for problem in read(raw)[1]] == ["relevant"]


def test_yaml_and_spreadsheet_are_the_same_version() -> None:
    first, _ = read(good())
    flat = good()
    flat["survey"] = [
        {key: cell for column, value in cells.items() for key, cell in flattened(column, value)}
        for cells in flat["survey"]
    ]
    second, problems = read(flat)
    assert problems == []
    assert first is not None
    assert second is not None
    assert first.version == second.version


def flattened(column: str, value: object) -> list[tuple[str, object]]:
    if isinstance(value, dict):
        return [(f"{column}::{language}", said) for language, said in value.items()]
    if isinstance(value, bool):
        return [(column, "yes" if value else "no")]
    return [(column.replace("Русский (ru)", "ru"), str(value))]


@pytest.mark.parametrize(
    "change",
    [
        row(7, hint={"ky": "Кыскача", "ru": "Коротко"}),
        choice(2, label={"ky": "аял киши", "ru": "женщина"}),
        setting(ashar__wave=2),
        lambda raw: raw["survey"].reverse() or raw["survey"].reverse() or raw["choices"].reverse(),
    ],
)
def test_any_change_makes_another_version(change: Change) -> None:
    before, _ = read(good())
    raw = good()
    change(raw)
    after, problems = read(raw)
    assert problems == []
    assert before is not None
    assert after is not None
    assert before.version != after.version


def test_the_version_of_a_form_hangs_on_its_lists() -> None:
    before, _ = read(good())
    renamed = copy.deepcopy(PLACES)
    renamed[1]["label::ru"] = "Каракол"
    after, _ = read(good(), **{"places.csv": renamed})
    unused, _ = read(good(), **{"other.csv": renamed})
    assert before is not None
    assert after is not None
    assert unused is not None
    assert before.version != after.version
    assert before.version == unused.version


def test_the_version_of_a_question_hangs_on_its_meaning() -> None:
    before, _ = read(good())
    raw = good()
    row(2, hint={"ky": "Кыскача", "ru": "Коротко"}, required="no")(raw)
    choice(4, label={"ky": "Иш", "ru": "Работа"})(raw)
    after, _ = read(raw)
    assert before is not None
    assert after is not None
    changed = [a.name for a, b in zip(after.questions, before.questions, strict=True) if a.version != b.version]
    assert changed == ["top"]


cells = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.text(max_size=12),
    st.just(dt.date(2027, 5, 15)),
    st.lists(st.integers(), max_size=2),
    st.dictionaries(st.sampled_from(["ky", "ru", "xx", "???"]), st.text(max_size=5)),
    st.sampled_from(
        [
            "select_one a",
            "rank a",
            "integer",
            "calculate",
            "a",
            "b",
            "${a}",
            "${b} = 1",
            "selected(",
            "\ud800",
        ]
    ),
)
OURS = sheets.SURVEY.cells | sheets.SURVEY.texts | sheets.CHOICES.cells | sheets.SETTINGS.cells
ODD = ["label::ky", "form_title", "ashar::holder::x", "own", "__row__", "media::image::ky", "::", "default"]
headings = st.sampled_from([*sorted(OURS), *ODD, ""])
anything = st.one_of(st.lists(st.dictionaries(headings, cells, max_size=8), max_size=5), cells)


@hypothesis.given(survey=anything, choices=anything, settings=anything, outside=anything)
def test_nothing_makes_reading_raise(survey: Any, choices: Any, settings: Any, outside: Any) -> None:
    raw = {"survey": survey, "choices": choices, "settings": settings}
    found, problems = reading.read(raw, {"a": outside})
    assert (found is None) == bool(problems)
    assert all(problem.what and problem.mend and problem.row >= 1 for problem in problems)
