"""What is required, what a constraint says where its author says nothing, what stands where nothing is answered."""

from __future__ import annotations

import pytest

from bot.engine import passage
from tests.engine import small, walking


def wrong(kind: str, constraint: str, typed: str, name: str = "it") -> list[str]:
    """What is said of that answer."""
    definition = small.made([{"type": kind, "name": name, "constraint": constraint}, {"type": "text", "name": "end"}])
    step = walking.walk(definition, typed)
    assert step.missed is bool(step.lines)
    return walking.said(step.lines)


@pytest.mark.parametrize(
    ("kind", "constraint", "typed", "told"),
    [
        ("integer", ". >= 14 and . <= 120", "9", ["Это число, похоже, не подходит. Нужно от 14 до 120."]),
        ("integer", "(.>=14) and (.<=120)", "130", ["Это число, похоже, не подходит. Нужно от 14 до 120."]),
        ("integer", ". > 0 and . < 10", "10", ["Это число, похоже, не подходит. Нужно от 1 до 9."]),
        ("integer", "${it} >= 14", "9", ["Это число, похоже, не подходит. Нужно не меньше 14."]),
        ("integer", ". <= 1000000", "2000000", ["Это число, похоже, не подходит. Нужно не больше 1 000 000."]),
        ("decimal", ". >= 0.5", "0,25", ["Это число, похоже, не подходит. Нужно не меньше 0,5."]),
        ("date", ". <= today()", "2.3.2027", ["Эта дата, похоже, не подходит. Нужна не позже 1 марта 2027 г."]),
        ("date", ". > date('2020-01-01')", "1.1.2020",
         ["Эта дата, похоже, не подходит. Нужна не раньше 2 января 2020 г."]),
        ("date", ". >= '2020-01-01' and . <= '2020-12-31'", "1.1.2021",
         ["Эта дата, похоже, не подходит. Нужна с 1 января 2020 г. по 31 декабря 2020 г."]),
        # What is no plain pair of bounds is not put into words.
        ("decimal", ". > 0.5", "0,5", ["Этот ответ, похоже, не подходит. Попробуйте иначе."]),
        ("integer", ". mod 2 = 0", "3", ["Этот ответ, похоже, не подходит. Попробуйте иначе."]),
        ("integer", ". >= 1 or . = -9", "0", ["Этот ответ, похоже, не подходит. Попробуйте иначе."]),
        ("date", ". < '0001-01-01'", "1.1.2020", ["Этот ответ, похоже, не подходит. Попробуйте иначе."]),
        ("text", "string-length(.) > 3", "да!", ["Этот ответ, похоже, не подходит. Попробуйте иначе."]),
    ],
)  # fmt: skip
def test_simple_bounds_are_said_where_the_author_says_nothing(
    kind: str, constraint: str, typed: str, told: list[str]
) -> None:
    assert wrong(kind, constraint, typed) == told


@pytest.mark.parametrize(
    ("kind", "constraint", "typed"),
    [
        ("integer", ". >= 14 and . <= 120", "14"),
        ("integer", "${it} >= 14", "14"),
        ("date", ". <= today()", "1.3.2027"),
        ("date", "${it} <= today()", "28.2.2027"),
    ],
)
def test_what_fits_is_taken(kind: str, constraint: str, typed: str) -> None:
    assert wrong(kind, constraint, typed) == []


def test_the_author_has_the_first_word() -> None:
    row = {"type": "integer", "name": "age", "constraint": ". >= 14", "constraint_message": small.text("too young")}
    assert walking.said(walking.walk(small.made([row]), "9").lines) == ["too young (ru)"]


def test_a_range_holds_its_ends_and_its_steps() -> None:
    row = {"type": "range", "name": "score", "parameters": "start=1 end=5 step=2"}
    definition = small.made([row, {"type": "text", "name": "end"}])
    for typed in ("0", "7", "2"):
        step = walking.walk(definition, typed)
        assert step.missed
        assert step.state.at == "score"
    assert walking.walk(definition, "3").state.at == "end"
    assert "Напишите число от 1 до 5." in walking.shown(definition, walking.walk(definition).state)


def test_what_is_required_may_hang_on_an_answer() -> None:
    definition = small.made(
        [
            {"type": "select_one yn", "name": "farms"},
            {"type": "integer", "name": "land", "required": "${farms} = 'yes'"},
            {"type": "text", "name": "end"},
        ],
        small.choices("yn", "yes", "no"),
    )
    yes, no = walking.walk(definition, "yes").state, walking.walk(definition, "no").state
    assert "skip" not in walking.buttons(definition, yes)
    assert walking.on(definition, yes, ">").missed
    assert walking.on(definition, yes, "билбейм").missed
    assert "skip" in walking.buttons(definition, no)
    assert walking.on(definition, no, "билбейм").state.skipped == ("land",)


DEFAULTS = [
    ("select_one yn", "yes", "yes", "yes (ru)"),
    ("select_multiple yn", "yes no", ("yes", "no"), "yes (ru); no (ru)"),
    ("rank yn", "no yes", ("no", "yes"), "no (ru); yes (ru)"),
    ("integer", "1 + 2", 3, "3"),
    ("decimal", "2.5", "2.5", "2.5"),
    ("date", "today()", "2027-03-01", "1 марта 2027 г."),
    ("text", "Каракол", "Каракол", "Каракол"),
]


@pytest.mark.parametrize(("kind", "default", "answer", "told"), DEFAULTS)
def test_whoever_skips_takes_what_the_author_has_put_there(kind: str, default: str, answer: object, told: str) -> None:
    definition = small.made(
        [{"type": kind, "name": "it", "default": default, "required": "yes"}, {"type": "text", "name": "end"}],
        small.choices("yn", "yes", "no"),
    )
    start = walking.walk(definition).state
    assert walking.shown(definition, start)[-1] == f"Если пропустите, запишем: {told}"
    assert "skip" in walking.buttons(definition, start)
    step = walking.on(definition, start, ">")
    assert (step.state.answer("it"), step.state.skipped, step.state.at) == (answer, (), "end")
    unknown = walking.on(definition, start, "не знаю")
    assert unknown.state.answer("it") in (None, "не знаю"), "who does not know says nothing that the author may fill in"


@pytest.mark.parametrize(
    ("kind", "default", "constraint"),
    [
        ("select_one yn", "concat('may', 'be')", ""),
        ("rank yn", "concat('y', 'es')", ""),
        ("integer", "2.5", ""),
        ("integer", "concat('a', 'b')", ""),
        ("integer", "5", ". < 5"),
        ("date", "concat('to', 'morrow')", ""),
        ("image", "house.jpg", ""),
    ],
)
def test_a_default_that_is_no_answer_is_passed_over(kind: str, default: str, constraint: str) -> None:
    row = {"type": kind, "name": "it", "default": default, "constraint": constraint}
    definition = small.made([row, {"type": "text", "name": "end"}], small.choices("yn", "yes", "no"))
    step = walking.walk(definition, ">")
    assert (step.state.answer("it"), step.state.skipped) == (None, ("it",))


def test_what_was_sent_is_not_compared_with_anything() -> None:
    definition = small.made([{"type": "text", "name": "it", "constraint": "string-length(.) < 3"}])
    step = walking.walk(definition, ("audio", ""))
    assert step.finished
    assert set(passage.counted(definition, step.state)) == {"it"}


#: Shares that are to make a hundred, as on one page of a form.
SHARES = small.made(
    [
        {"type": "calculate", "name": "total", "calculation": "coalesce(${sons}, 0) + coalesce(${daughters}, 0)"},
        {"type": "integer", "name": "sons", "constraint": "${total} = 3", "required": "yes"},
        {"type": "integer", "name": "daughters", "constraint": "${total} = 3", "required": "yes"},
        {"type": "text", "name": "end"},
    ]
)


def test_a_total_is_judged_with_the_answer_in_it_and_when_the_last_of_it_is_given() -> None:
    assert not walking.walk(SHARES, "1").missed
    assert walking.walk(SHARES, "1", "1").missed
    assert walking.walk(SHARES, "1", "2").state.at == "end"
    # Too much already: only going back helps, and does.
    assert walking.walk(SHARES, "5", "0").missed
    assert walking.walk(SHARES, "5", "0", "<", "3", "0").state.at == "end"


def test_a_total_over_the_rounds_of_a_repeat_waits_for_the_last_of_them() -> None:
    definition = small.made(
        [
            {"type": "begin_repeat", "name": "plot", "repeat_count": "2"},
            {"type": "integer", "name": "share", "constraint": "${all} = 100", "required": "yes"},
            {"type": "end_repeat"},
            {"type": "calculate", "name": "all", "calculation": "sum(${share})"},
            {"type": "text", "name": "end"},
        ]
    )
    assert walking.walk(definition, "40").state.at == "share#2"
    assert walking.walk(definition, "40", "50").missed
    assert walking.walk(definition, "40", "60").state.at == "end"


def test_what_is_asked_before_is_never_waited_for() -> None:
    definition = small.made(
        [
            {"type": "integer", "name": "all"},
            {"type": "integer", "name": "some", "constraint": ". <= ${all}"},
            {"type": "text", "name": "end"},
        ]
    )
    assert walking.walk(definition, "3", "4").missed
    assert walking.walk(definition, ">", "4").missed
