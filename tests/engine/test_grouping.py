"""Rows as a tree, whatever begins and ends in them."""

from __future__ import annotations

import hypothesis
from hypothesis import strategies as st

from bot.engine.authoring import grouping, kinds
from bot.engine.authoring.kinds import Role, Type
from bot.engine.authoring.sheets import Row, Told

BEGIN, END = (
    {True: Type(Role.BEGIN, repeat=True), False: Type(Role.BEGIN)},
    {
        True: Type(Role.END, repeat=True),
        False: Type(Role.END),
    },
)


def nested(*types: Type) -> tuple[list[grouping.Node], Told]:
    told = Told()
    rows = [(Row("survey", number + 2, {"name": f"n{number}"}), type_) for number, type_ in enumerate(types)]
    return grouping.nest(rows, told), told


def shape(body: list[grouping.Node]) -> list[object]:
    return [shape(node.body) if node.is_group else node.row.number for node in body]


def test_what_stands_between_begin_and_end_is_the_body() -> None:
    top, told = nested(Type(), BEGIN[False], Type(), BEGIN[True], Type(), END[True], END[False], Type())
    assert shape(top) == [2, [4, [6]], 9]
    assert [node.row.number for node in grouping.flat(top)] == [2, 3, 4, 5, 6, 9]
    assert [each.row.number for each in top[1].body[1].body[0].above()] == [5, 3]
    assert [node.is_repeat for node in grouping.flat(top) if node.is_group] == [False, True]
    assert told.all() == []


def test_a_list_for_expressions_is_no_question() -> None:
    assert nested(Type(Role.LIST))[0] == []


@hypothesis.given(st.lists(st.sampled_from([Type(), kinds.UNSURE, *BEGIN.values(), *END.values()]), max_size=60))
def test_no_question_is_lost_however_it_is_nested(types: list[Type]) -> None:
    top, told = nested(*types)
    found = [node.row.number for node in grouping.flat(top)]
    assert found == [number + 2 for number, type_ in enumerate(types) if type_.role is not Role.END]
    open_, balanced = [], True
    for type_ in types:
        if type_.role is Role.BEGIN:
            open_.append(type_.repeat)
        elif type_.role is Role.END:
            balanced = balanced and bool(open_) and open_.pop() == type_.repeat
    deep = any("deep" in str(problem) for problem in told.all())
    assert bool(told.all()) == (not balanced or bool(open_) or deep)
