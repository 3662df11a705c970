"""The question that waits: what stands before it, and how to answer it in a few words, whatever its kind."""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest

from bot.engine import asking, form, messages, passage, telling
from bot.engine.xpath import expressions
from tests.engine import small, walking

YES_NO = small.choices("yn", "yes", "no")


def test_progress_stands_before_the_question_and_notes_before_both() -> None:
    asked = asking.asking(small.VILLAGE, walking.walk(small.VILLAGE).state, {})
    assert [(line.prefix, line.text["ky"]) for line in asked.lines if isinstance(line, messages.Written)] == [
        ("", "welcome (ky)"),
        ("(1/4) ", "home (ky)"),
    ]
    later = asking.asking(small.VILLAGE, walking.walk(small.VILLAGE, "yes", ">", "16").state, {})
    assert isinstance(later.lines[0], messages.Written)
    assert later.lines[0].prefix == "(4/6) "


def test_buttons_beside_the_options_are_those_that_work() -> None:
    assert walking.buttons(small.VILLAGE, walking.walk(small.VILLAGE).state) == ()
    assert walking.buttons(small.VILLAGE, walking.walk(small.VILLAGE, "yes").state) == ("back", "skip")
    assert walking.buttons(small.VILLAGE, walking.walk(small.VILLAGE, "no", "16").state) == ("back",)


def test_a_ranking_shows_what_is_picked_and_asks_for_the_rest() -> None:
    asked = asking.asking(small.VILLAGE, walking.walk(small.VILLAGE, "no", "30", "2", "5").state, {})
    assert [option.picked for option in asked.options] == [0, 1, 0, 0, 2, 0, 0, 0, 0, 0]
    assert asked.pick == 3
    assert asked.foot[0] == messages.phrase("{n} of {pick} chosen. Now the number of the next one.", n=2, pick=3)


def test_references_are_filled_with_labels_values_and_what_is_given() -> None:
    end = walking.walk(small.VILLAGE, "no", "30", "1 2 3").state
    asked = asking.asking(small.VILLAGE, end, {"group": "unused"})
    assert isinstance(asked.lines[0], messages.Written)
    assert asked.lines[0].params == {"group": "unused"}
    view = passage.passage(small.VILLAGE, walking.walk(small.VILLAGE, "yes").state)
    home = telling.written({"ky": "${home}", "ru": "${ home }!"}, view, None, {})
    assert walking.said((home,)) == ["yes (ru)!"]


@pytest.mark.parametrize(
    ("row", "how"),
    [
        ({"type": "select_one yn"}, ["1. yes (ru)", "2. no (ru)", "Напишите один номер (1–2)."]),
        ({"type": "select_multiple yn"},
         ["1. yes (ru)", "2. no (ru)", "Напишите один или несколько номеров, например: 1 3"]),
        ({"type": "rank yn"},
         ["1. yes (ru)", "2. no (ru)", "Напишите номера, первым — самое важное. Сколько нужно: 2."]),
        ({"type": "integer"}, ["Напишите числом."]),
        ({"type": "decimal"}, ["Напишите числом."]),
        ({"type": "range", "parameters": "start=1 end=10"}, ["Напишите число от 1 до 10."]),
        ({"type": "text", "required": "yes"}, []),
        ({"type": "text"}, ["Если не хотите отвечать, напишите «пропустить»."]),
        ({"type": "date"}, ["Напишите дату, например: 21.03.1990"]),
        ({"type": "date", "appearance": "year"}, ["Напишите год, например: 1990"]),
        ({"type": "date", "appearance": "month-year"}, ["Напишите месяц и год, например: 03.1990"]),
        ({"type": "time"}, ["Напишите время, например: 14:30"]),
        ({"type": "datetime"}, ["Напишите дату и время, например: 21.03.2027 14:30"]),
        ({"type": "geopoint"}, ["Отправьте геолокацию или напишите название места."]),
        ({"type": "image"}, ["Пришлите фото или опишите словами."]),
        ({"type": "audio"}, ["Пришлите голосовое или напишите словами."]),
        ({"type": "acknowledge"}, ["1. Хорошо", "Если всё в порядке, напишите 1."]),
    ],
)  # fmt: skip
def test_every_kind_says_how_to_answer(row: dict[str, object], how: list[str]) -> None:
    definition = small.made([row | {"name": "it"}], YES_NO)
    assert walking.shown(definition, walking.walk(definition).state) == ["it (ru)", *how]


def test_no_kind_is_without_a_way_to_answer() -> None:
    told = {kind for kind in form.Kind if kind not in form.SILENT}
    for kind in told - {form.Kind.MORE}:
        bare = form.Question("it", kind, {"": "?"}, choices=(form.Choice("a", {}),))
        definition = form.Form("f", {}, (bare,), version="v")
        asked = asking.asking(definition, walking.walk(definition).state, {})
        assert asked.foot or asked.options, kind


def test_a_group_is_named_where_it_begins_and_not_again() -> None:
    definition = small.made(
        [
            {"type": "text", "name": "before"},
            {"type": "begin_group", "name": "outer", "label": small.text("Outer")},
            {"type": "begin_group", "name": "inner", "label": small.text("Inner")},
            {"type": "note", "name": "hello"},
            {"type": "integer", "name": "one"},
            {"type": "integer", "name": "two"},
            {"type": "end_group"},
            {"type": "begin_group", "name": "empty", "label": small.text("Empty"), "relevant": "${one} = 7"},
            {"type": "integer", "name": "never"},
            {"type": "end_group"},
            {"type": "end_group"},
            {"type": "integer", "name": "after"},
        ]
    )
    heads = [
        walking.shown(definition, walking.walk(definition, *texts).state)
        for texts in ([], ["а"], ["а", "1"], ["а", "1", "2"])
    ]
    assert [lines[:-1] for lines in heads] == [
        ["(1/4) before (ru)"],
        ["Outer (ru)", "Inner (ru)", "hello (ru)", "(2/4) one (ru)"],
        ["(3/4) two (ru)"],
        ["(4/4) after (ru)"],
    ]


def test_a_group_in_which_nothing_is_asked_is_not_named() -> None:
    definition = small.made(
        [
            {"type": "integer", "name": "one"},
            {"type": "begin_group", "name": "silent", "label": small.text("Silent")},
            {"type": "calculate", "name": "double", "calculation": "${one} * 2"},
            {"type": "end_group"},
            {"type": "integer", "name": "two"},
        ]
    )
    assert walking.shown(definition, walking.walk(definition, "1").state)[0] == "(2/2) two (ru)"


def test_a_round_says_which_it_is() -> None:
    counted = small.made(
        [
            {"type": "begin_repeat", "name": "child", "repeat_count": "2", "label": small.text("Child")},
            {"type": "integer", "name": "age", "label": {"ky": "${age}", "ru": "Возраст?"}},
            {"type": "end_repeat"},
        ]
    )
    second = walking.shown(counted, walking.walk(counted, "9").state)
    assert second == ["Child (ru): 2/2", "(2/2) Возраст?", "Напишите числом."]
    asked = small.made(
        [
            {"type": "begin_repeat", "name": "child", "label": small.text("Child")},
            {"type": "integer", "name": "age"},
            {"type": "end_repeat"},
        ]
    )
    screens = [walking.shown(asked, walking.walk(asked, *said).state) for said in ([], ["да"], ["да", "9"])]
    yes_no = ["1. Да", "2. Нет", "Напишите один номер (1–2)."]
    assert screens == [
        ["Child (ru): добавить?", *yes_no],
        ["Child (ru): 1", "(2/3) age (ru)", "Напишите числом."],
        ["Child (ru): добавить ещё?", *yes_no],
    ]


def test_what_a_question_works_out_is_shown_with_the_next_one() -> None:
    definition = small.made(
        [
            {"type": "integer", "name": "sacks"},
            {"type": "integer", "name": "kilos", "calculation": "${sacks} * 50", "read_only": "yes"},
            {"type": "date", "name": "due", "calculation": "date('2027-03-21')"},
            {"type": "select_one yn", "name": "many", "calculation": "if(${sacks} > 9, 'yes', 'no')"},
            {"type": "note", "name": "all", "label": small.text("all ${all} sacks"), "calculation": "${sacks}"},
            {"type": "calculate", "name": "secret", "calculation": "1", "label": small.text("secret")},
            {"type": "text", "name": "unlabelled", "calculation": "'x'", "label": ""},
            {"type": "text", "name": "end"},
            {"type": "integer", "name": "last", "calculation": "${sacks} + 1"},
        ],
        YES_NO,
    )
    after = walking.walk(definition, "20").state
    assert walking.shown(definition, after)[:-1] == [
        *("kilos (ru): 1000", "due (ru): 21 марта 2027 г.", "many (ru): yes (ru)", "all 20 sacks (ru)"),
        "(2/2) end (ru)",
    ]
    assert walking.met(definition, after) == ["sacks", "end"]
    assert walking.said(asking.closing(definition, walking.on(definition, after, "дождь").state, {})) == [
        "last (ru): 21"
    ]
    passed = walking.shown(definition, walking.walk(definition, ">").state)
    assert passed[:2] == ["due (ru): 21 марта 2027 г.", "many (ru): no (ru)"], "what came to nothing is not shown"


def test_what_is_only_shown_is_shown_with_its_value() -> None:
    def shows(name: str, kind: form.Kind, source: str, **more: Any) -> form.Question:
        return form.Question(name, kind, small.text(name), calculation=expressions.compile(source), **more)

    sure = small.made([{"type": "select_one yn", "name": "sure"}], YES_NO).questions[0]
    definition = form.Form(
        "shown",
        {},
        (
            form.Question("cows", form.Kind.INTEGER, small.text("cows")),
            shows("legs", form.Kind.INTEGER, "${cows} * 4"),
            dataclasses.replace(sure, default=expressions.compile("'yes'"), read_only=True),
            shows("day", form.Kind.DATE, "today()"),
            form.Question("nothing", form.Kind.TEXT, {"ru": "Просто текст."}, read_only=True),
            form.Question("end", form.Kind.INTEGER, small.text("end")),
        ),
        version="v",
    )
    assert walking.shown(definition, walking.walk(definition, "2").state) == [
        "legs (ru): 8",
        "sure (ru): yes (ru)",
        "day (ru): 1 марта 2027 г.",
        "Просто текст.",
        "(2/2) end (ru)",
        "Напишите числом.",
    ]


def test_notes_behind_the_last_question_are_said_at_the_end() -> None:
    definition = small.made([{"type": "integer", "name": "one"}, {"type": "note", "name": "thanks"}])
    end = walking.walk(definition, "1")
    assert end.finished
    assert walking.said(asking.closing(definition, end.state, {})) == ["thanks (ru)"]


LONG = small.made(
    [{"type": "integer", "name": "first"}, {"type": "select_one n", "name": "which"}, {"type": "text", "name": "end"}],
    [{"list_name": "n", "name": f"n{n}", "label": {"ky": f"сан {n}", "ru": f"число {n}"}} for n in range(1, 26)],
)


def test_a_long_list_says_how_it_is_read() -> None:
    first = walking.walk(LONG, "1").state
    assert walking.shown(LONG, first)[:2] == [
        "(2/3) which (ru)",
        "Напишите номер (1–25) или первые буквы.",
    ]
    assert walking.shown(LONG, first)[2:] == [
        *(f"{n}. число {n}" for n in range(1, 11)),
        "Чтобы увидеть следующие, напишите «ещё».",
    ]
    assert walking.buttons(LONG, first) == ("back", "more", "skip")
    third = walking.on(LONG, first, "+", "+").state
    assert [line for line in walking.shown(LONG, third) if line[0].isdigit()] == [
        f"{n}. число {n}" for n in range(21, 26)
    ]


def test_a_narrowed_list_says_how_to_see_all_again() -> None:
    few = walking.walk(LONG, "1").state._replace(narrowed=("n3", "n17"))
    assert walking.shown(LONG, few) == [
        "(2/3) which (ru)",
        "3. число 3",
        "17. число 17",
        "Чтобы снова увидеть все, напишите «назад».",
    ]
    assert walking.buttons(LONG, few) == ("back", "skip")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ({"ky": "кыргызча", "ru": "по-русски"}, "по-русски"),
        ({"ky": "кыргызча", "en": "in English"}, "кыргызча"),
        ({"": "без языка", "en": "in English"}, "без языка"),
        ({"en": "in English"}, "in English"),
        ({"ru": "", "en": "in English"}, "in English"),
        ({}, "it"),
    ],
)
def test_what_is_missing_in_a_language_is_said_in_another(text: dict[str, str], said: str) -> None:
    bare = form.Form("f", {}, (form.Question("it", form.Kind.TEXT, text, required=True),), version="v")
    assert walking.shown(bare, walking.walk(bare).state) == [said]


def test_the_language_of_the_form_comes_before_any_other() -> None:
    text = {"ky": "кыргызча", "en": "in English"}
    bare = form.Form("f", {}, (form.Question("it", form.Kind.TEXT, text, required=True),), version="v", language="en")
    assert walking.shown(bare, walking.walk(bare).state) == ["in English"]
    assert walking.shown(bare, walking.walk(bare).state, "ky") == ["кыргызча"]
