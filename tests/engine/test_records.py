"""Responses as rows: every answer under its column, every round in its table."""

from __future__ import annotations

import json
from typing import Any

import hypothesis
import pytest
from hypothesis import strategies as st

from bot.engine import codebook, form, records, table
from tests import exported

BOOK = codebook.joined(list(exported.FORMS.values()))
LEAD = ("id", exported.NEW, "1", "0", "finished", "web", "ky", "begun", "finished", "0")


def shaper(**layout: Any) -> records.Rows:
    wanted = table.Layout(**{"personal": True, **layout})
    return records.Rows(BOOK, wanted, exported.FORMS, records.each(lambda _column, text: text), records.chained)


def response(answers: dict[str, str], version: str = exported.NEW, **more: Any) -> records.Response:
    return records.Response(version, LEAD, [records.piece(*each) for each in answers.items()], **more)


def read(shape: records.Rows, *responses: records.Response) -> list[list[dict[str, str]]]:
    """For each table, its rows by title."""
    found: list[list[dict[str, str]]] = [[] for _ in shape.tables]
    # One by one, for pages may end anywhere.
    for each in responses:
        for number, rows in enumerate(shape.lay([each])):
            titles = [column.title for column in shape.tables[number].columns]
            found[number] += [dict(zip(titles, row, strict=True)) for row in rows]
    return found


def filled(row: dict[str, str]) -> dict[str, str]:
    return {title: cell for title, cell in row.items() if cell and title not in table.PARADATA}


def test_every_answer_is_under_its_column_and_nothing_else_is() -> None:
    (row,), *_ = read(shaper(), response({"sex": "woman", "age": "34", "first": "road water"}))
    assert filled(row) == {"sex": "woman", "age": "34", "first_1": "road", "first_2": "water", "_index": "1"}
    assert (row["response"], row["version"], row["language"]) == ("id", exported.NEW, "ky")


def test_what_was_sealed_comes_into_the_same_row() -> None:
    (row,), *_ = read(shaper(), response({"sex": "man"}, more={"name": "Бакыт"}))
    assert (row["sex"], row["name"]) == ("man", "Бакыт")


def test_an_answer_to_what_is_not_shown_is_not_shown() -> None:
    (row,), *_ = read(shaper(personal=False), response({"gone": "x", "name": "Бакыт"}))
    assert filled(row) == {"_index": "1"}


def test_an_older_version_fills_its_own_columns() -> None:
    (row,), *_ = read(shaper(), response({"cattle": "7", "mood": "3"}, exported.OLD))
    assert filled(row) == {"cattle": "7", "_index": "1"}


def test_rounds_are_rows_that_lead_to_their_own() -> None:
    answers = {"child_age#2": "3", "child_age#1": "4", "what#1.2": "eye", "what#2.1": "tooth"}
    _, children, illnesses = read(shaper(), response({}), response(answers))
    assert [(row["_index"], row["_parent_table_name"], row["_parent_index"], row["child_age"]) for row in children] == [
        ("1", "main", "2", "4"),
        ("2", "main", "2", "3"),
    ]
    # The first illness of the first child was passed over in silence, and is one all the same.
    assert [(row["_index"], row["_parent_table_name"], row["_parent_index"], row["what"]) for row in illnesses] == [
        ("1", "child", "1", ""),
        ("2", "child", "1", "eye"),
        ("3", "child", "2", "tooth"),
    ]
    assert {row["response"] for row in (*children, *illnesses)} == {"id"}


def test_a_round_that_was_begun_and_not_answered_is_a_row() -> None:
    answers = {"child#1": "yes", "child#2": "yes", "child#3": "no", "illness#2.1": "yes"}
    _, children, illnesses = read(shaper(), response(answers))
    assert len(children) == 2
    assert [row["_parent_index"] for row in illnesses] == ["2"]


def test_the_tenth_round_comes_after_the_ninth() -> None:
    _, children, _ = read(shaper(), response({f"child_age#{number}": str(number) for number in range(12, 0, -1)}))
    assert [row["child_age"] for row in children] == [str(number) for number in range(1, 13)]


def test_indexes_go_on_from_response_to_response() -> None:
    each = response({"child_age#1": "4"})
    main, children, _ = read(shaper(), each, each, each)
    assert [row["_index"] for row in main] == ["1", "2", "3"]
    assert [(row["_index"], row["_parent_index"]) for row in children] == [("1", "1"), ("2", "2"), ("3", "3")]


def test_in_full_seconds_and_what_was_shown_stand_with_their_question() -> None:
    lead = (*LEAD, "20", "21", "900", "8000")
    seconds = {"age": 12, "child_age#2": 5, "gone": 1}
    full = response({"age": "3", "child_age#2": "1"}, seconds=seconds, shown={"first": "a b"})
    (row,), children, _ = read(shaper(full=True), full._replace(lead=lead))
    assert (row["age_seconds"], row["first_shown"], row["bytes_out"]) == ("12", "a b", "8000")
    assert [child["child_age_seconds"] for child in children] == ["", "5"]


def test_a_writer_may_want_one_thing_of_neighbouring_cells() -> None:
    joined = records.Rows(
        BOOK, table.Layout(), exported.FORMS, lambda _columns, texts: "|".join(texts), tuple, [table.Type.ID]
    )
    (row,), *_ = joined.lay([response({"also": "water", "first": "road"})])
    parts = [part.question for part in joined.tables[0].parts]
    assert len(row) == len(parts)
    assert row[0] == "id"
    assert row[parts.index("also")] == "water|1|0|0|0"
    assert row[parts.index("first")] == "road|"
    assert row[parts.index("home")] == "||||"


@pytest.mark.parametrize("packed", [None, "{}", '{"a":"1"}', '{"a":"","b":"x, y"}', '{ "a" : "1", "b" : "2" }'])
def test_packed_answers_are_taken_apart(packed: str | None) -> None:
    assert dict(map(records.read, records.pieces(packed))) == json.loads(packed or "{}")


_TEXTS = st.text(st.characters(codec="utf-8"), max_size=12)
_KEYS = st.from_regex(r"[a-zөүң_][a-z0-9_.-]{0,8}(#[0-9]{1,2}(\.[0-9])?)?", fullmatch=True)


@hypothesis.given(st.dictionaries(_KEYS, _TEXTS, max_size=6), st.sampled_from([(",", ":"), (", ", " : ")]))
def test_whatever_people_say_is_taken_apart_as_json_would(answers: dict[str, str], separators: tuple[str, str]) -> None:
    packed = json.dumps(answers, ensure_ascii=False, separators=separators)
    if separators[0] == ", " and answers:
        packed = f"{{ {packed[1:-1]} }}"  # as PostgreSQL writes it
    assert dict(map(records.read, records.pieces(packed))) == answers


def test_what_is_remembered_is_bounded() -> None:
    memo = records.Memo(str.upper)
    for number in range(25_000):
        assert memo[f"a{number}"] == f"A{number}"
    assert len(memo) <= 10_000


def test_all_answers_are_there_for_who_wants_them_by_key() -> None:
    each = response({"age": "3"}, more={"name": "Бакыт"})
    assert each.answers == {"age": "3", "name": "Бакыт"}


def test_a_repeat_that_was_put_into_another_one_keeps_its_own_rows() -> None:
    def version(name: str, *repeats: str) -> form.Form:
        age = exported.within(exported.ask("age", form.Kind.INTEGER), *repeats, repeats=repeats)
        body: form.Question | form.Group = age
        for around in reversed(repeats):
            body = form.Group(around, (body,), repeat=True)
        return form.Form("moved", {}, (body,), version=name)

    forms = {"new": version("new", "house", "child"), "old": version("old", "child")}
    book = codebook.joined(list(forms.values()))
    shape = records.Rows(book, table.Layout(), forms, records.each(lambda _, text: text), records.chained)
    old = response({"child#1": "yes", "age#1": "4", "child#2": "yes"}, "old")
    new = response({"house#1": "yes", "child#1.1": "yes", "age#1.1": "5"}, "new")
    _, houses, before, after = read(shape, old, new)
    assert [(row["_parent_table_name"], row["age"]) for row in before] == [("main", "4"), ("main", "")]
    assert [row["_parent_table_name"] for row in houses] == ["main"]
    assert [(row["_parent_table_name"], row["age"]) for row in after] == [("house", "5")]
