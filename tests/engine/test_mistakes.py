"""The corpus of mistakes: each form with all that its author is told, and what comes of it where it is mended."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest

from bot import wording
from bot.engine import form, phrases
from bot.engine.authoring.problems import Severity
from bot.engine.xpath import expressions
from tests.engine import good_sheets

CASES = dict(good_sheets.cases())


def plain(value: Any) -> Any:
    """What stands in a form, as the corpus writes it."""
    match value:
        case expressions.Expression():
            return value.source
        case form.Choice():
            return value.name
        case frozenset():
            return sorted(value)
        case tuple():
            return [plain(each) for each in value]
        case form.Kind():
            return value.value
        case _:
            return value


def found(made: form.Form, path: str) -> Any:
    """ "sex.kind" of that form, or "names" of its questions."""
    name, _, attribute = path.rpartition(".")
    question = made.question(name)
    if not name:
        return [each.name for each in made.questions] if path == "names" else plain(getattr(made, path))
    if attribute == "columns":
        return [dict(choice.columns) for choice in question.choices] if question else None
    return plain(getattr(question, attribute))


@pytest.mark.parametrize("name", CASES)
def test_the_author_is_told_of_everything_and_of_nothing_else(name: str) -> None:
    made, problems = good_sheets.read(CASES[name])
    assert good_sheets.lines(problems) == CASES[name]["told"]
    assert (made is None) == any(problem.severity is Severity.ERROR for problem in problems)


@pytest.mark.parametrize("name", [name for name, case in CASES.items() if "form" in case])
def test_what_is_mended_means_what_was_meant(name: str) -> None:
    made, _ = good_sheets.read(CASES[name])
    assert made is not None
    assert {path: found(made, path) for path in CASES[name]["form"]} == CASES[name]["form"]


def test_the_corpus_is_as_large_as_it_is_said_to_be() -> None:
    told = Counter(line.partition(" ")[0] for case in CASES.values() for line in case["told"])
    broken = sum(any(line.startswith("error") for line in case["told"]) for case in CASES.values())
    assert broken >= 90
    assert told["mended"] >= 50
    assert told["advice"] >= 50


@pytest.mark.parametrize("language", form.LANGUAGES)
def test_every_problem_can_be_said_in_the_language_of_its_author(language: str) -> None:
    voice = wording.Voice()
    for case in CASES.values():
        for problem in good_sheets.read(case)[1]:
            said = voice.say(problem.line, language)
            assert "{" not in said.replace("${", "").replace("{ky", ""), said
            assert said != phrases.english(problem.line)
