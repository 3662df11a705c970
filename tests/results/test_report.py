"""The report of a survey: it says what a plain count of the responses says, and less where that would tell too much."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping

import hypothesis
import pytest
from hypothesis import strategies as st

from bot.engine import contribution, form, passage, state
from bot.engine.xpath import expressions
from bot.results import figures, report, suppression
from tests import filling
from tests.results import attacker

FORM, _ = filling.made()


def counts(
    responses: Iterable[state.State], by: str = "", *, apart: bool = False, definition: form.Form = FORM
) -> tuple[list[report.Count], list[report.Count]]:
    """What the tallies come to, overall and by a breakdown."""
    everybody: Counter[tuple[str, str, str]] = Counter()
    some: Counter[tuple[str, str, str, str]] = Counter()
    for response in responses:
        for key, n in contribution.contribution(definition, response).items():
            if key.apart == apart:
                if not key.margin:
                    everybody[key.question, key.question_version, key.value] += n
                elif by and key.margin == (contribution.PLACE if by == report.PLACE else by):
                    some[key.question, key.question_version, key.level, key.value] += n
    return (
        [(question, version, "", value, n) for (question, version, value), n in everybody.items()],
        [(question, version, level, value, n) for (question, version, level, value), n in some.items()],
    )


def reported(responses: list[state.State], by: str = "", *, apart: bool = False) -> report.Results:
    everybody, some = counts(responses, by, apart=apart)
    return report.report([FORM], everybody, some, by=by, apart=apart)


def question(results: report.Results, name: str) -> report.Question:
    return next(each for each in results.questions if each.name == name)


def told(response: state.State, name: str) -> tuple[str, ...]:
    """The options somebody chose."""
    answer = response.answer(name)
    return answer if isinstance(answer, tuple) else ()


def recount(
    responses: Iterable[state.State], name: str, by: str, *, apart: bool
) -> dict[str, Counter[tuple[str, ...]]]:
    """Level -> how often each answer was given, straight from the responses."""
    found: dict[str, Counter[tuple[str, ...]]] = {}
    for response in responses:
        values = passage.passage(FORM, response).values
        young = expressions.number(values.get("age", "")) < 18
        answer = response.answer(name)
        if young == apart and isinstance(answer, tuple):
            told = {"channel": response.channel, "language": response.language} | dict(values)
            level = "" if not by else expressions.text(told.get("place" if by == report.PLACE else by, ""))
            found.setdefault(level, Counter())[answer] += 1
    return found


@pytest.mark.parametrize("apart", [False, True])
@pytest.mark.parametrize("by", ["", *report.breakdowns([FORM])])
def test_figures_equal_a_plain_recount(by: str, apart: bool) -> None:
    responses = filling.people(FORM, 900)
    results = reported(responses, by, apart=apart)
    shown = 0
    for name in ("sex", "top"):
        asked = question(results, name)
        levels = [("", asked.everybody, recount(responses, name, "", apart=apart))]
        again = recount(responses, name, by, apart=apart)
        levels += [(group.level, group, again) for group in asked.groups]
        for level, group, answers in levels:
            n = sum(answers[level].values())
            assert group.n == (None if group.withheld else n)
            for each in group.figures:
                shown += not each.withheld
                assert_equal(each, name, answers[level], n)
    assert shown


def assert_equal(each: figures.Figure, name: str, answers: Mapping[tuple[str, ...], int], n: int) -> None:
    numbers = (each.chosen, each.first, each.among, each.borda)
    if each.withheld:
        assert numbers == (None, None, None, None)
        return
    at = [
        sum(count for answer, count in answers.items() if answer[place : place + 1] == (each.option,))
        for place in range(3)
    ]
    if name == "sex":
        assert each.chosen is not None
        assert (each.chosen.count, each.chosen.share) == (at[0], at[0] / n)
        return
    assert each.first is not None
    assert each.among is not None
    assert (each.first.count, each.among.count, each.borda) == (at[0], sum(at), 3 * at[0] + 2 * at[1] + at[2])
    assert each.among.low < each.among.share < each.among.high


def test_several_answers_are_counted_option_by_option() -> None:
    responses = [
        each._replace(answers=tuple(pair for pair in each.answers if number % 4 or pair[0] != "also"))
        for number, each in enumerate(filling.people(FORM, 400))
    ]
    asked = question(reported(responses), "also")
    grown = [each for each in responses if (each.answer("age") or 99) not in (15, 17)]
    assert asked.everybody.n == sum(each.answer("also") is not None for each in grown) < len(grown)
    for each in asked.everybody.figures:
        assert each.chosen is not None
        assert each.chosen.count == sum(each.option in told(response, "also") for response in grown)


def test_under_ten_nothing_is_said() -> None:
    results = reported([each for each in filling.people(FORM, 9) if each.answer("age")])
    assert (results.n, results.withheld) == (None, True)
    assert all(group.withheld and group.n is None for group in (each.everybody for each in results.questions))
    assert all(figure.withheld for each in results.questions for figure in each.everybody.figures)


def test_an_empty_survey_has_its_questions() -> None:
    results = report.report([FORM], [], [], by="sex")
    assert [each.name for each in results.questions] == ["sex", "top", "also"]
    assert results.groups == ()


def test_minors_are_in_no_sum_with_the_others() -> None:
    responses = filling.people(FORM, 300)
    young = [each for each in responses if each.answer("age") in (15, 17)]
    assert reported(responses).n == 300 - len(young)
    assert reported(responses, apart=True).n == len(young)
    assert reported(responses) == reported([each for each in responses if each not in young])


def test_whoever_tells_no_level_is_a_group() -> None:
    results = reported(filling.people(FORM, 900), "sex")
    assert [group.level for group in results.groups] == ["woman", "man", ""]
    assert sum(group.n or 0 for group in results.groups) == results.n


def test_a_level_is_called_as_in_the_form() -> None:
    results = reported(filling.people(FORM, 900), "place")
    assert [group.level for group in results.groups] == ["KG02", "KG03", "KG04", "KG05"]
    assert results.groups[0].label == filling.text("KG02")
    by_age = reported(filling.people(FORM, 900), "age_group")
    assert by_age.groups[0].label == {"ky": "-29", "ru": "-29"}


def test_a_question_is_not_broken_down_by_itself() -> None:
    assert question(reported(filling.people(FORM, 300), "sex"), "sex").groups == ()


def test_a_table_of_two_breakdowns_is_shown_once() -> None:
    sheets = filling.SHEETS | {
        "settings": [filling.SHEETS["settings"][0] | {"ashar::margins": "sex where"}],
        "survey": [
            *filling.SHEETS["survey"],
            {"type": "select_one where", "name": "where", "label": filling.text("Where now?")},
        ],
        "choices": [*filling.SHEETS["choices"], *filling.choices("where", "home", "abroad")],
    }
    definition, _ = filling.made(sheets)
    responses = [
        state.State(
            "", "", filling.BEGUN.isoformat(), answers=(("sex", (sex,)), ("also", ("water",)), ("where", (where,)))
        )
        for sex in ("woman", "man")
        for where in ("home", "abroad")
        for _ in range(20)
    ]
    tables = {}
    for by in ("sex", "where"):
        everybody, some = counts(responses, by, definition=definition)
        results = report.report([definition], everybody, some, by=by)
        tables[by] = [each.name for each in results.questions if each.groups]
    assert tables == {"sex": ["also", "where"], "where": ["also"]}


def test_another_wording_is_another_question() -> None:
    older, _ = filling.made(
        filling.SHEETS
        | {
            "survey": [
                row | {"label": filling.text("Before?")} if row["name"] == "top" else row
                for row in filling.SHEETS["survey"]
            ]
        }
    )
    before, _ = counts(filling.people(older, 60), definition=older)
    after, _ = counts(filling.people(FORM, 40, seed=2))
    results = report.report([FORM, older], [*before, *after])
    asked = [(each.label["ky"], each.everybody.n) for each in results.questions if each.name == "top"]
    assert [label for label, _ in asked] == ["What first? ky", "Before? ky"]
    assert [each.earlier for each in results.questions if each.name == "top"] == [False, True]
    # The wordings of one question stand together, in the place it has now.
    names = [each.name for each in results.questions]
    assert names == [name for name in dict.fromkeys(names) for _ in range(names.count(name))]
    grown = [sum(count for name, _, _, _, count in part if name == "top") for part in (after, before)]
    assert [n for _, n in asked] == grown


@hypothesis.settings(max_examples=25)
@hypothesis.given(st.integers(10, 150), st.integers(0, 10_000), st.sampled_from(["", *report.breakdowns([FORM])]))
def test_no_attacker_learns_a_withheld_count_from_all_that_is_published(count: int, seed: int, by: str) -> None:
    """Overall figures and one breakdown together, sizes known, each place of a ranking for itself."""
    results = reported(filling.people(FORM, count, seed), by)
    everybody, some = counts(filling.people(FORM, count, seed), by)
    for asked in results.questions:
        wording = FORM.question(asked.name)
        assert wording is not None
        if wording.kind is form.Kind.SELECT_MULTIPLE or (asked.everybody.n or 0) < suppression.LEAST:
            continue
        said = {value: n for name, _, _, value, n in everybody if name == asked.name}
        whole = figures.placed(wording, said)
        top = figures.cells(wording, whole, figures.people(wording, whole))
        rows: dict[str, dict[str, suppression.Cell]] = {}
        for group in asked.groups:
            values = {value: n for name, _, level, value, n in some if name == asked.name and level == group.level}
            if not group.level:
                values = {
                    value: n - sum(m for name, _, _, v, m in some if name == asked.name and v == value)
                    for value, n in whole.items()
                }
            rows[group.level] = figures.cells(wording, values, figures.people(wording, values))
        hidden = {group.level: {each.option for each in group.figures if each.withheld} for group in asked.groups}
        hidden_top = {each.option for each in asked.everybody.figures if each.withheld}
        for layer in range(len(next(iter(top.values())))):
            seen = attacker.table(
                {option: cell[layer] for option, cell in top.items()},
                {level: {option: cell[layer] for option, cell in cells.items()} for level, cells in rows.items()},
                hidden_top,
                hidden,
            )
            assert seen.solved() == set()
