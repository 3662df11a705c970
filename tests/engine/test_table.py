"""A form as tables: which columns, under which headings, and what an answer puts under them."""

from __future__ import annotations

from typing import Any

import pytest

from bot.engine import codebook, form, state, table
from tests import exported, talking
from tests.engine import small

BOOK = codebook.joined(list(exported.FORMS.values()))
ALSO = ["also", "also/water", "also/road", "also/light", "also/other"]


def tables(**layout: Any) -> tuple[table.Table, ...]:
    return table.tables(BOOK, table.Layout(**layout))


def answers(each: table.Table) -> list[str]:
    return [column.title for column in each.columns if column.entry]


def headings(each: table.Table) -> list[str]:
    return [column.heading for column in each.columns if column.entry]


def one(*body: form.Question | form.Group, **layout: Any) -> table.Table:
    """The main table of a form of these."""
    book = codebook.joined([form.Form("f", {}, body, version="1", language="ky")])
    return table.tables(book, table.Layout(**layout))[0]


def test_a_column_for_each_question_each_place_and_each_option() -> None:
    book = codebook.joined([small.VILLAGE])
    (main,) = table.tables(book, table.Layout())
    titles = answers(main)
    assert titles[:10] == ["home", "village", "age", "group", "parent", "top_1", "top_2", "top_3", "all", "all/other"]
    assert titles[-1] == "all/bus"
    assert [column.title for column in main.columns[:10]] == list(table.PARADATA)


def test_a_place_has_its_figures_apart() -> None:
    main = tables()[0]
    titles = answers(main)
    start = titles.index("home")
    assert titles[start + 1 : start + 5] == ["_home_latitude", "_home_longitude", "_home_altitude", "_home_precision"]


@pytest.mark.parametrize(
    ("multiple", "titles"),
    [
        (table.Multiple.BOTH, ALSO),
        (table.Multiple.SUMMARY, ALSO[:1]),
        (table.Multiple.SPLIT, ALSO[1:]),
    ],
)
def test_several_options_are_laid_out_as_wanted(multiple: table.Multiple, titles: list[str]) -> None:
    found = answers(tables(multiple=multiple)[0])
    assert [title for title in found if title.startswith("also")] == titles


def test_each_repeat_is_a_table_that_leads_to_the_one_around_it() -> None:
    main, child, illness = tables()
    assert (main.name, child.name, illness.name) == ("main", "child", "illness")
    assert (main.parent, child.parent, illness.parent) == (None, 0, 1)
    titles = [column.title for column in child.columns]
    assert titles == [
        *("response", "child_age", "likes", "likes/water", "likes/road", "likes/light", "likes/other"),
        *("_index", "_parent_table_name", "_parent_index"),
    ]
    assert main.columns[-1].title == "_index"
    assert illness.title(table.PARENT_INDEX) == "_parent_index"


def test_a_form_without_repeats_needs_no_index() -> None:
    assert one(exported.ask("q", form.Kind.TEXT)).columns[-1].title == "q"


def test_what_may_name_a_person_is_left_out_unless_asked_for() -> None:
    survey, _, _ = talking.flows()
    book = codebook.joined([survey])
    named, plain = (set(answers(table.tables(book, table.Layout(personal=asked))[0])) for asked in (True, False))
    assert named - plain == {"proposal"}
    assert "child_name" not in answers(tables()[1])
    assert "child_name" in answers(tables(personal=True)[1])


def test_headings_are_labels_in_the_language_asked_for() -> None:
    main = tables(headings=True, language="ru")[0]
    assert headings(main)[:2] == ["Ваше село?", "Вы:"]
    assert "Что ещё нужно?/дорога" in headings(main)
    assert "_Где ваш дом?_latitude" in headings(main)
    assert "Что сначала?_2" in headings(main)
    assert answers(main)[:2] == ["village", "sex"], "titles stay names"
    assert headings(tables(headings=True)[0])[0] == "Айылыңыз?", "the form's own language"


def test_headings_begin_with_their_groups_if_asked_to() -> None:
    main, child, _ = tables(groups=True, separator="-")
    assert headings(main)[0] == "about-village"
    assert headings(child)[:3] == ["child-child_age", "child-likes", "child-likes-water"]
    assert headings(tables(groups=True, headings=True, language="ru")[0])[0] == "О вас/Ваше село?"


def test_two_questions_of_one_label_are_told_apart() -> None:
    asked = [exported.ask(name, form.Kind.TEXT, "Дагы?") for name in ("a", "b", "c")]
    assert headings(one(*asked, headings=True)) == ["Дагы?", "Дагы? (b)", "Дагы? (c)"]


def test_a_label_of_several_lines_is_a_heading_of_one() -> None:
    assert headings(one(exported.ask("q", form.Kind.TEXT, "Эмне\n керек?"), headings=True)) == ["Эмне керек?"]


def test_an_authors_names_come_first() -> None:
    main = one(
        exported.ask("language", form.Kind.TEXT),
        exported.ask("top_1", form.Kind.TEXT),
        exported.ask("top", form.Kind.RANK, choices=exported.NEEDS, pick=1),
        exported.ask("_place_latitude", form.Kind.TEXT),
        exported.ask("place", form.Kind.GEOPOINT),
    )
    titles = [column.title for column in main.columns]
    assert len(set(titles)) == len(titles)
    assert "_language" in titles[: len(table.PARADATA)]
    assert answers(main)[:3] == ["language", "top_1", "top_1_"]
    assert "_place_latitude_" in titles


def test_a_repeat_called_main_is_not_the_main_table() -> None:
    asked = exported.within(exported.ask("q", form.Kind.TEXT), "main", repeats=("main",))
    group = form.Group("main", (asked,), repeat=True)
    book = codebook.joined([form.Form("f", {}, (group,), version="1")])
    assert [each.name for each in table.tables(book, table.Layout())] == ["main", "main_"]


def test_in_full_there_is_how_long_each_question_waited_and_what_was_shown() -> None:
    main, child, _ = tables(full=True)
    titles = [column.title for column in main.columns]
    assert titles[10:14] == list(table.TRAFFIC)
    assert {"age_seconds", "first_seconds", "first_shown", "cattle_seconds"} <= set(titles)
    assert not {"young_seconds", "age_shown", "name_seconds"} & set(titles)
    assert "child_age_seconds" in [column.title for column in child.columns]


@pytest.mark.parametrize(
    ("kinds", "type_"),
    [
        ([form.Kind.INTEGER], table.Type.WHOLE),
        ([form.Kind.INTEGER, form.Kind.DECIMAL], table.Type.NUMBER),
        ([form.Kind.INTEGER, form.Kind.TEXT], table.Type.TEXT),
        ([form.Kind.RANGE, form.Kind.DECIMAL], table.Type.NUMBER),
        ([form.Kind.DATE], table.Type.DATE),
        ([form.Kind.SELECT_ONE], table.Type.TEXT),
        ([form.Kind.CALCULATE], table.Type.ANY),
    ],
)
def test_a_column_holds_what_all_versions_put_there(kinds: list[form.Kind], type_: table.Type) -> None:
    forms = [form.Form("f", {}, (exported.ask("q", kind),), version=str(number)) for number, kind in enumerate(kinds)]
    main = table.tables(codebook.joined(forms), table.Layout())[0]
    assert main.columns[-1].type is type_


def cells(name: str, kind: form.Kind, text: str, **layout: Any) -> dict[str, str]:
    wanted = table.Layout(**layout)
    part = next(part for part in table.tables(BOOK, wanted)[0].parts if part.question == name)
    found = table.cells(part.columns, kind, text, BOOK, wanted)
    return {column.title: cell for column, cell in zip(part.columns, found, strict=True)}


def test_a_ranking_fills_as_many_places_as_were_ranked() -> None:
    assert cells("first", form.Kind.RANK, "road water") == {"first_1": "road", "first_2": "water"}
    assert cells("first", form.Kind.RANK, "road") == {"first_1": "road", "first_2": ""}
    assert cells("first", form.Kind.RANK, "road", labels=True, language="ru")["first_1"] == "дорога"


def test_chosen_options_are_1_and_the_others_0() -> None:
    found = cells("also", form.Kind.SELECT_MULTIPLE, "light water")
    assert found == dict(zip(ALSO, ["light water", "1", "0", "1", "0"], strict=True))
    assert cells("also", form.Kind.SELECT_MULTIPLE, "light water", labels=True)["also"] == "жарык; суу"


def test_an_option_that_is_gone_is_kept_in_the_summary() -> None:
    assert cells("also", form.Kind.SELECT_MULTIPLE, "gone water")["also"] == "gone water"


def test_a_place_in_words_has_no_figures() -> None:
    assert list(cells("home", form.Kind.GEOPOINT, "42.4 -78.5 1630.0 12.5").values()) == [
        *("42.4 -78.5 1630.0 12.5", "42.4", "-78.5", "1630.0", "12.5"),
    ]
    assert list(cells("home", form.Kind.GEOPOINT, "42.4 -78.5").values()) == ["42.4 -78.5", "42.4", "-78.5", "", ""]
    words = "мечиттин жанында 5"
    assert list(cells("home", form.Kind.GEOPOINT, words).values()) == [words, "", "", "", ""]


def test_an_answer_of_another_kind_leaves_the_parts_empty() -> None:
    assert list(cells("also", form.Kind.SELECT_ONE, "water").values()) == ["water", "", "", "", ""]


@pytest.mark.parametrize(("text", "number"), [("5", 5), ("-2.50", -2.5), ("", None), ("1e5", None), ("nan", None)])
def test_a_number_is_one_of_digits(text: str, number: float | None) -> None:
    assert table.number(text) == number


def test_an_answer_is_stored_as_plain_text() -> None:
    said: tuple[state.Answer, ...] = ("5000.5", 34, ("water", "work"), "Кара-Ой", state.Media("a1", "audio"))
    assert [table.stored(answer) for answer in said] == ["5000.5", "34", "water work", "Кара-Ой", "a1"]
