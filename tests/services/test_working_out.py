"""What a form works out of answers, once for the same answers."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import Any

import pytest

from bot.engine import form, records, state
from bot.engine.xpath import expressions
from bot.services import working_out
from tests import exported

BEGUN = "2027-03-01T09:00:00+00:00"


def asked(*questions: form.Question | form.Group, apart: str = "") -> form.Form:
    return form.Form("f", {}, questions, version="v", apart=expressions.compile(apart) if apart else None)


def out(working: working_out.Working, answers: Mapping[str, str], **more: Any) -> tuple[dict[str, str], bool]:
    pieces = [records.piece(*each) for each in answers.items()]
    worked = working.out(pieces, {}, more.pop("begun", BEGUN), "", more.pop("language", "ky"), **more)
    return dict(map(records.read, worked.pieces)), worked.apart


AGE = exported.ask("age", form.Kind.INTEGER)
GROUP = exported.calculate("group", "if(${age} < 30, 'young', 'grown')")


def test_calculations_and_who_is_apart_come_of_the_answers() -> None:
    working = working_out.Working(asked(AGE, GROUP, apart="${group} = 'young'"), frozenset({"group"}))
    assert out(working, {"age": "20"}) == ({"group": "young"}, True)
    assert out(working, {"age": "40", "other": "x"}) == ({"group": "grown"}, False)
    assert out(working, {}) == ({"group": "grown"}, False)
    assert working.behind == {"group", "age"}


def test_what_is_not_wanted_is_not_told() -> None:
    working = working_out.Working(asked(AGE, GROUP), frozenset())
    assert out(working, {"age": "20"}) == ({}, False)
    assert working.behind == frozenset()


def test_sealed_answers_count_too() -> None:
    working = working_out.Working(asked(AGE, GROUP), frozenset({"group"}))
    assert working.out([], {"age": "20"}, BEGUN, "", "ky").pieces == (records.piece("group", "young"),)


def test_what_decides_whether_a_question_counts_is_behind_it() -> None:
    group = form.Group(
        "g",
        (dataclasses.replace(GROUP, relevant=expressions.compile("${agreed} = 'OK'")),),
        relevant=expressions.compile("${where} = 'home'"),
    )
    working = working_out.Working(asked(AGE, group), frozenset({"group"}))
    assert working.behind == {"group", "age", "agreed", "where"}


def test_the_rounds_of_a_repeat_are_behind_what_is_made_of_them() -> None:
    repeated = exported.within(exported.ask("child_age", form.Kind.INTEGER), "child", repeats=("child",))
    child = form.Group("child", (repeated,), repeat=True, count=expressions.compile("${children}"))
    working = working_out.Working(
        asked(child, exported.calculate("oldest", "string(${child_age})")), frozenset({"oldest"})
    )
    assert working.behind == {"oldest", "child_age", "child", "children"}


def test_the_same_answers_are_worked_out_once() -> None:
    working = working_out.Working(asked(AGE, GROUP), frozenset({"group"}))
    found = [
        working.out([records.piece("age", str(number % 4)), records.piece("sex", str(number))], {}, BEGUN, "", "ky")
        for number in range(200)
    ]
    assert len({id(worked) for worked in found}) == 4


@pytest.mark.parametrize("source", ["today()", "concat(substr(now(), 0, 10), '')"])
def test_the_clock_is_that_of_each_response(source: str) -> None:
    working = working_out.Working(asked(exported.calculate("day", source)), frozenset({"day"}))
    for begun in ("2027-03-01T09:00:00Z", "2026-12-31T00:00:00Z", "2027-03-01T09:00:00Z"):
        assert out(working, {}, begun=begun) == ({"day": begun[:10]}, False)
    assert not working.needs_state


@pytest.mark.parametrize(("text", "needs"), [("concat('random', 'x')", False), ("concat('random(', 'x')", True)])
def test_what_chance_decides_needs_the_response(text: str, needs: bool) -> None:
    # Rather once too often than once too seldom: this one only quotes it.
    working = working_out.Working(asked(exported.calculate("arm", text)), frozenset({"arm"}))
    assert working.needs_state == needs
    kept = state.State("v", "seed", BEGUN)
    assert out(working, {}, kept=kept)[0]["arm"].startswith("random")
