"""What a good form becomes; that nothing makes reading raise; and how long it takes."""

from __future__ import annotations

import copy
import datetime as dt
import time
from collections.abc import Callable
from typing import Any

import hypothesis
import pytest
from hypothesis import strategies as st

from bot.engine import form
from bot.engine.authoring import headings, reading
from bot.engine.authoring.problems import Severity
from tests.engine.good_sheets import PLACES, Raw, good


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


Change = Callable[[Raw], object]


def row(number: int, **cells: object) -> Change:
    """Change cells of the survey's row of that number; `__` stands for `::`."""
    named = {name.replace("__", "::"): value for name, value in cells.items()}
    return lambda raw: raw["survey"][number - 2].update(named)


def choice(number: int, **cells: object) -> Change:
    """Change cells of the choices' row of that number."""
    return lambda raw: raw["choices"][number - 2].update(cells)


def setting(**cells: object) -> Change:
    """Change settings."""
    named = {name.replace("__", "::"): value for name, value in cells.items()}
    return lambda raw: raw["settings"][0].update(named)


def test_all_problems_at_once_in_the_order_of_the_file() -> None:
    raw = good()
    for change in (setting(ashar__wave="w" * 33), choice(3, name="woman"), row(7, relevant="("), row(2, type="selekt")):
        change(raw)
    _, problems = read(raw)
    assert [(p.sheet, p.row) for p in problems] == [
        ("survey", 2),
        ("survey", 7),
        ("choices", 3),
        ("settings", 2),
    ]


def test_an_outside_list_is_told_under_its_own_name() -> None:
    broken = [*PLACES, {"name": "KG02", "label::ky": "Ош", "level": "1"}]
    _, problems = read(good(), **{"places.csv": broken})
    told = [(p.sheet, p.row, p.column, p.severity) for p in problems]
    assert told == [
        ("places.csv", 4, "name", Severity.ERROR),
        ("places.csv", 4, "label::ru", Severity.ADVICE),
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
    errors = [problem for problem in problems if problem.severity is Severity.ERROR]
    assert [problem.column for problem in errors] == [column]
    assert words in str(errors[0])


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
            "begin group",
            "end repeat",
            "begin_repeat",
            "end_group",
            "select_one b or_other",
            "range",
            "a",
            "b",
            "${a}",
            "${b} = 1",
            "selected(",
            "\ud800",
        ]
    ),
)
OURS = headings.SURVEY.known | headings.CHOICES.known | headings.SETTINGS.known
ODD = ["label::ky", "ashar::holder::x", "own", "__row__", "media::image::ky", "::", "name #2", "value", "caption", ":"]
headed = st.sampled_from([*sorted(OURS), *ODD, ""])
anything = st.one_of(st.lists(st.dictionaries(headed, cells, max_size=8), max_size=5), cells)


@hypothesis.given(survey=anything, choices=anything, settings=anything, outside=anything)
def test_nothing_makes_reading_raise(survey: Any, choices: Any, settings: Any, outside: Any) -> None:
    raw = {"survey": survey, "choices": choices, "settings": settings, "external_choices": choices}
    found, problems = reading.read(raw, {"a": outside, "a.csv": outside})
    assert (found is None) == any(problem.severity is Severity.ERROR for problem in problems)
    assert all(str(problem) and problem.row >= 1 for problem in problems)
    assert reading.attached(raw) == tuple(sorted(set(reading.attached(raw))))


types = st.sampled_from(
    ["begin_group", "begin_repeat", "end_group", "end_repeat", "text", "note", "select_one a or_other", "calculate"]
)
sources = st.sampled_from(["${a}", "${b} = 1", "count(${c})", "sum(${a}) + ${b}", ". > ${a}", "position(..)", ""])
nodes = st.fixed_dictionaries(
    {"type": types, "name": st.sampled_from(["a", "b", "c", "d e", "ж", ""])},
    optional={"relevant": sources, "calculation": sources, "label::ky": sources, "repeat_count": sources},
)


@hypothesis.given(st.lists(nodes, max_size=12))
def test_whatever_is_nested_each_question_has_one_name_and_knows_its_groups(rows: list[dict[str, str]]) -> None:
    choices = [{"list_name": "a", "name": "x", "label::ky": "y"}]
    found, problems = reading.read({"survey": rows, "choices": choices, "settings": {"form_id": "f"}})
    assert (found is None) == any(problem.severity is Severity.ERROR for problem in problems)
    if found is None:
        return
    names = [question.name for question in found.questions]
    assert len(names) == len(set(names))
    for question in found.questions:
        assert set(question.repeats) <= set(question.groups)
        assert found.question(question.name) is question


def test_groups_without_end_do_not_overflow() -> None:
    rows = [{"type": "begin_group", "name": f"g{n}"} for n in range(3000)]
    found, problems = reading.read({"survey": rows, "settings": {"form_id": "f"}})
    assert found is None
    assert any("more than 20 deep" in str(problem) for problem in problems)


def test_a_long_form_is_read_well_within_the_ten_seconds_it_may_take() -> None:
    survey = [
        {
            "type": f"select_one list_{n % 300}",
            "name": f"q{n}",
            "label::ky": f"Суроо {n}",
            "label::ru": f"Вопрос {n}" + (f" ${{q{n - 1}}}" if n else ""),
            "relevant": f"selected(${{q{n - 1}}}, 'c1') or not(${{q{n - 1}}} = 'c2')" if n else "",
            "constraint": ". != 'c7' and string-length(.) > 0",
        }
        for n in range(600)
    ]
    choices = [
        {"list_name": f"list_{n}", "name": f"c{m}", "label::ky": f"К{m}", "label::ru": f"Р{m}"}
        for n in range(300)
        for m in range(8)
    ]
    begun = time.process_time()
    found, _ = reading.read({"survey": survey, "choices": choices, "settings": {"form_id": "f"}})
    assert found is not None
    assert time.process_time() - begun < 4
    for cells in survey:
        cells["relevant"] = cells["relevant"].replace("${q", "${w")
    begun = time.process_time()
    found, problems = reading.read({"survey": survey, "choices": choices, "settings": {"form_id": "f"}})
    assert found is None
    assert len(problems) > 599
    assert time.process_time() - begun < 4
