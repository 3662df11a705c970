"""Answers and questions as they are said back."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from bot.engine import form, messages, passage, state, telling
from bot.engine.messages import phrase
from tests.engine import small, walking

YES_NO = small.choices("yn", "yes", "no")


def told(row: Mapping[str, object], answer: state.Answer, *, short: bool = False) -> str:
    """One line, in Russian."""
    definition = small.made([{**row, "name": "it"}], YES_NO)
    view = passage.passage(definition, walking.answered(definition, it=answer))
    station = view.station("it")
    assert station
    return walking.VOICE.say(telling.line(view, station, answer, {}, short=short), "ru")


@pytest.mark.parametrize(
    ("kind", "answer", "said"),
    [
        ("select_one yn", "yes", "yes (ru)"),
        ("select_multiple yn", ("yes", "no"), "yes (ru); no (ru)"),
        ("rank yn", ("no", "yes"), "no (ru); yes (ru)"),
        ("select_one yn", "gone", "gone"),
        ("integer", 1250, "1250"),
        ("date", "1990-03-21", "21 марта 1990 г."),
        ("date", "вчера", "вчера"),
        ("datetime", "1990-03-21T14:30:00.000+06:00", "21.03.1990 14:30"),
        ("time", "14:30", "14:30"),
        ("geopoint", "42.49 78.39 1700 5", "42.49 78.39"),
        ("geopoint", "Көпүрөнүн жанында болчу", "Көпүрөнүн жанында болчу"),
        ("image", state.Media("1", "image"), "фото"),
        ("text", state.Media("1", "audio"), "голосовое сообщение"),
        ("acknowledge", "OK", "Да"),
    ],
)
def test_an_answer_is_said_in_words(kind: str, answer: state.Answer, said: str) -> None:
    assert told({"type": kind}, answer) == f"it (ru): {said}"


@pytest.mark.parametrize(
    ("calculation", "said"),
    [
        ("1 div 3", "0.33"),
        ("-200.00001", "-200"),
        ("12.5", "12.5"),
        ("concat('1.23456', 'a')", "1.23456a"),
        ("0 div 0", "—"),
        ("1 div 0", "—"),
        ("'2027-03-21'", "21 марта 2027 г."),
        ("'2027-03-21T14:30:00.000+06:00'", "21.03.2027 14:30"),
        ("'2027-03-21Taipei'", "2027-03-21Taipei"),
    ],
)
def test_what_was_worked_out_is_said_as_people_write_it(calculation: str, said: str) -> None:
    survey: list[dict[str, object]] = [
        {"type": "calculate", "name": "it", "calculation": calculation},
        {"type": "note", "name": "shown", "label": {"ky": "${it}", "ru": "Это ${it}"}},
    ]
    definition = small.made(survey)
    view = passage.passage(definition, walking.answered(definition))
    note = view.station("shown")
    assert note
    assert walking.VOICE.say(telling.written(note.question.label, view, note, {}), "ru") == f"Это {said}"


def test_a_date_is_said_as_far_as_it_was_asked() -> None:
    assert told({"type": "date", "appearance": "year"}, "1990-01-01") == "it (ru): 1990"
    assert told({"type": "date", "appearance": "month-year"}, "1990-03-01") == "it (ru): 03.1990"


@pytest.mark.parametrize(
    ("label", "head"),
    [
        ("Сколько вам лет?", "Сколько вам лет? 7"),
        ("Ваш возраст", "Ваш возраст: 7"),
        ("Ваш возраст.", "Ваш возраст: 7"),
        ("Ваш возраст:", "Ваш возраст: 7"),
    ],
)
def test_the_end_of_a_question_leads_to_its_answer(label: str, head: str) -> None:
    assert told({"type": "integer", "label": {"ky": label, "ru": label}}, 7) == head


def test_in_a_list_a_question_has_one_line_and_no_half_reference() -> None:
    label = "Вопрос, который занимает очень много места на экране и даже ${it}"
    row = {"type": "integer", "label": {"ky": label, "ru": label}}
    assert told(row, 7, short=True) == "Вопрос, который занимает очень много места на экране и… 7"
    two = {"type": "integer", "label": {"ky": "Бир\nЭки", "ru": "Раз.\nДва"}}
    assert told(two, 7, short=True) == "Раз… 7"
    word = {"type": "integer", "label": {"ky": "а" * 99, "ru": "а" * 99}}
    assert told(word, 7, short=True) == "а" * 59 + "… 7"


def test_what_is_said_of_other_answers_in_a_text_is_said_in_words() -> None:
    definition = small.made(
        [
            {"type": "date", "name": "born"},
            {"type": "select_multiple yn", "name": "which"},
            {"type": "decimal", "name": "land"},
            {"type": "calculate", "name": "half", "calculation": "${land} div 2"},
            {"type": "text", "name": "voice"},
            {"type": "note", "name": "all"},
        ],
        YES_NO,
    )
    given = walking.answered(
        definition, born="1990-03-21", which=("yes", "no"), land="5", voice=state.Media("m1", "audio")
    )
    view = passage.passage(definition, given)
    text = {"ru": "${born}|${which}|${land}|${half}|${missing}|${voice}|${given}"}
    line = telling.written(text, view, None, {"given": phrase("photo")})
    assert walking.VOICE.say(line, "ru") == "21 марта 1990 г.|yes (ru); no (ru)|5|2.5||голосовое сообщение|фото"


def test_adding_another_needs_no_name() -> None:
    nameless = form.Group("child", (form.Question("age", form.Kind.INTEGER, {}, repeats=("child",)),), repeat=True)
    definition = form.Form("f", {}, (nameless,), version="v")
    first = walking.walk(definition).state
    assert walking.shown(definition, first)[0] == "Добавить?"
    assert walking.shown(definition, walking.on(definition, first, "да", "7").state)[0] == "Добавить ещё?"
    assert walking.shown(definition, walking.on(definition, first, "да").state)[0] == "(2/3) age"


def test_a_phrase_of_the_bot_may_fill_another() -> None:
    line = messages.phrase("Your answer so far: {answer}", answer=phrase("photo"))
    assert walking.said((line,)) == ["Ваш прежний ответ: фото"]
