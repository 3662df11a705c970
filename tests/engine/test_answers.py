"""Answers as people type them: every notation of a ranking, numbers, labels in whatever spelling."""

from __future__ import annotations

import datetime as dt

import hypothesis
import pytest
from hypothesis import strategies as st

from bot.engine import form
from bot.engine.understanding import answers, dates
from tests.engine import asked
from tests.engine.asked import said, understood

LABELS = {
    "work": ("Жумуш жана киреше", "Работа и доход"),
    "health": ("Ден соолук, дарыгер", "Здоровье и лечение"),
    "water": ("Ичүүчү суу", "Чистая вода"),
    "school": ("Билим алуу, мектеп", "Образование, школа"),
    "housing": ("Коопсуз турак жай", "Безопасное жильё"),
    "documents": ("Паспорт, документтер", "Паспорт и документы"),
    "food": ("Тамак-аш", "Питание"),
    "social": ("Социалдык коргоо", "Социальная защита"),
}
EIGHT = asked.choices(LABELS)
TWELVE = (*EIGHT, *asked.choices({f"more{n}": (f"Дагы {n}", f"Ещё {n}") for n in range(9, 13)}))
YES_NO = asked.choices({"yes": ("Ооба", "Да"), "no": ("Жок", "Нет"), "dont_know": ("Айта албайм", "Трудно сказать")})
#: A Sunday, in Kyrgyz time.
NOW = dt.datetime(2026, 11, 22, 10, 7, tzinfo=dt.timezone(dt.timedelta(hours=6)))

RANK = asked.question(form.Kind.RANK, EIGHT, pick=3)
RANK_OF_TWELVE = asked.question(form.Kind.RANK, TWELVE, pick=3)


def read(
    kind: form.Kind, text: str, choices: tuple[form.Choice, ...] = (), *, now: dt.datetime | None = NOW, looks: str = ""
) -> answers.Reading:
    return answers.understand(asked.question(kind, choices, appearance=looks), choices, text, (), now)


@pytest.mark.parametrize(
    "text",
    ["3 1 7", "3,1,7", "3, 1, 7", "3-1-7", "3 – 1 – 7", "3—1—7", "317", "317.", "3.1.7", "3;1;7", " 3\n1\n7 ",
     "3 / 1 / 7", "3) 1) 7)", "3️⃣1️⃣7️⃣", "３ １ ７", "3 1 7 👍", "\u200e3 1 7"],
)  # fmt: skip
def test_three_numbers_rank_three_in_every_notation(text: str) -> None:
    assert understood(answers.understand(RANK, EIGHT, text)) == ("water", "work", "food")


@pytest.mark.parametrize(
    ("text", "msgid", "params"),
    [
        ("3 1 7 2", "Only three are needed. Keep the three most important, for example: 3 1 7", {}),
        ("12345678", "Only three are needed. Keep the three most important, for example: 3 1 7", {}),
        ("3 1 3", "The number {x} is written twice. Three different ones are needed.", {"x": "3"}),
        ("3 1 9", "There is no such number on the list: {x}. Choose from 1–{max}.", {"x": "9", "max": 8}),
        ("0", "There is no such number on the list: {x}. Choose from 1–{max}.", {"x": "0", "max": 8}),
        ("10", "There is no such number on the list: {x}. Choose from 1–{max}.", {"x": "10", "max": 8}),
        ("9 9 9", "There is no such number on the list: {x}. Choose from 1–{max}.", {"x": "9", "max": 8}),
        ("эмне", "Sorry, I did not understand. Please write the numbers, for example: {example}", {"example": "3 1 7"}),
        ("👍", "Thank you! Now please answer with a word or a number.", {}),
        ("1" * 10_000, "The number {x} is written twice. Three different ones are needed.", {"x": "1"}),
    ],
)
def test_each_mistake_in_a_ranking_has_its_own_answer(text: str, msgid: str, params: dict[str, object]) -> None:
    reading = answers.understand(RANK, EIGHT, text, ("work",))
    assert said(reading) == (msgid, params)
    assert not isinstance(reading, answers.Picking) or reading.picked == ("work",), "nothing is lost"


def test_one_at_a_time_fills_a_ranking() -> None:
    assert answers.understand(RANK, EIGHT, "3") == answers.Picking(("water",))
    assert answers.understand(RANK, EIGHT, "zhumush jana kireshe", ("water",)) == answers.Picking(("water", "work"))
    assert understood(answers.understand(RANK, EIGHT, "7", ("water", "work"))) == ("water", "work", "food")


def test_one_that_is_chosen_already_is_said_so() -> None:
    again = answers.understand(RANK, EIGHT, "3", ("water",))
    assert said(again) == ("Number {x} is chosen already. Please write another.", {"x": "3"})


def test_too_few_are_kept_and_counted() -> None:
    reading = answers.understand(RANK, EIGHT, "3 1")
    assert isinstance(reading, answers.Picking)
    assert reading.picked == ("water", "work")
    assert said(reading) == ("{n} so far, three are needed.", {"n": 2})


def test_all_three_at_once_replace_what_was_picked() -> None:
    assert understood(answers.understand(RANK, EIGHT, "1 2 3", ("food", "work"))) == ("work", "health", "water")


def test_digits_together_are_one_number_where_the_list_is_long() -> None:
    assert answers.understand(RANK_OF_TWELVE, TWELVE, "12") == answers.Picking(("more12",))
    assert understood(answers.understand(RANK_OF_TWELVE, TWELVE, "12 1 10")) == ("more12", "work", "more10")
    assert said(answers.understand(RANK_OF_TWELVE, TWELVE, "317"))[1] == {"x": "317", "max": 12}


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("1", "work"), ("1.", "work"), ("1)", "work"), (" 2 ", "health"), ("2️⃣", "health"), ("８", "social"),
        ("Жумуш жана киреше", "work"), ("жумуш жана киреше.", "work"), ("JUMUSH JANA KIRESHE", "work"),
        ("zhumush zhana kireshe", "work"), ("Работа и доход", "work"), ("rabota i dohod", "work"),
        ("ичуучу суу", "water"), ("ichuuchu suu", "water"), ("Безопасное жилье", "housing"), ("тамак аш", "food"),
        ("water", "water"),
    ],
)  # fmt: skip
def test_one_of_a_list_by_number_or_by_its_words(text: str, name: str) -> None:
    assert understood(read(form.Kind.SELECT_ONE, text, EIGHT)) == name


@pytest.mark.parametrize(
    ("text", "name"),
    [("ооба", "yes"), ("Ooba!", "yes"), ("макул", "yes"), ("угу", "yes"), ("жок", "no"), ("zhok", "no"),
     ("jok", "no"),
     ("не надо", "no"), ("билбейм", "dont_know"), ("bilbeim", "dont_know"), ("не знаю", "dont_know"), ("2", "no")],
)  # fmt: skip
def test_yes_no_and_dont_know_in_all_their_words(text: str, name: str) -> None:
    assert understood(read(form.Kind.SELECT_ONE, text, YES_NO)) == name


@pytest.mark.parametrize("text", ["9", "0", "99999", "9999999999999", "-1", "темир керек", "1 2", "½"])
def test_what_is_not_on_the_list_is_no_answer(text: str) -> None:
    assert said(read(form.Kind.SELECT_ONE, text, EIGHT))


@pytest.mark.parametrize(
    ("text", "names"),
    [("1 3", ("work", "water")), ("13", ("work", "water")), ("3,1", ("water", "work")), ("вода", ("water",)),
     ("суу, жумуш", ("water", "work")), ("самолёт", None),
     ("Чистая вода", ("water",)), ("5", ("housing",)), ("1 1", None), ("1 9", None)],
)  # fmt: skip
def test_several_of_a_list(text: str, names: tuple[str, ...] | None) -> None:
    reading = read(form.Kind.SELECT_MULTIPLE, text, EIGHT)
    assert isinstance(reading, answers.Misunderstood) if names is None else understood(reading) == names


@pytest.mark.parametrize(
    ("kind", "text", "answer"),
    [
        (form.Kind.INTEGER, "34 жаштамын", 34), (form.Kind.INTEGER, "отуз төрт", 34),
        (form.Kind.INTEGER, "3️⃣4️⃣", 34),
        (form.Kind.DECIMAL, "5 000,5", "5000.5"), (form.Kind.DECIMAL, "полторы тысячи", "1500"),
        (form.Kind.RANGE, "беш", 5),
        (form.Kind.DATE, "21-март, 1990-жыл", "1990-03-21"), (form.Kind.DATE, "кечээ", "2026-11-21"),
        (form.Kind.TIME, "кечки 7", "19:00"), (form.Kind.TIME, "азыр", "10:07"), (form.Kind.TIME, "8 утра", "08:00"),
        (form.Kind.DATETIME, "вчера в 7 вечера", "2026-11-21T19:00"),
        (form.Kind.DATETIME, "азыр", "2026-11-22T10:07"),
        (form.Kind.GEOPOINT, "42.49, 78.39", "42.49 78.39 0 0"),
        (form.Kind.GEOPOINT, "Кара-Ой айылы", "Кара-Ой айылы"),
        (form.Kind.IMAGE, "сүрөт жок, үй кыйраган", "сүрөт жок, үй кыйраган"),
        (form.Kind.AUDIO, "айтарым бул", "айтарым бул"),
        (form.Kind.TEXT, "5 миң", "5 миң"), (form.Kind.TEXT, "Ооба", "Ооба"),
        *((form.Kind.ACKNOWLEDGE, text, "OK") for text in (
            "ok", "OK", "ок", "макул", "түшүндүм", "ооба", "понятно", "1", "👍", "+", "рахмат", "да", "прочитал",
            "Окудум.",
        )),
        *((form.Kind.MORE, text, "yes") for text in ("ооба", "да", "1", "дагы", "ещё", "бар", "есть", "👍", "+",
        "дагы бар")),
        *((form.Kind.MORE, text, "no") for text in ("жок", "нет", "2", "болду", "жетет", "больше нет", "👎", "-",
        "все")),
    ],
)  # fmt: skip
def test_every_kind_of_question_has_its_own_answer(kind: form.Kind, text: str, answer: object) -> None:
    assert understood(read(kind, text)) == answer


WHICH = "{one} or {other}? Please write one of the two."


@pytest.mark.parametrize(
    ("kind", "text", "msgid"),
    [
        (form.Kind.INTEGER, "көп", "Please write it as a number, for example: 25"),
        (form.Kind.INTEGER, "5.000", WHICH), (form.Kind.DECIMAL, "5,000", WHICH),
        (form.Kind.DATE, "1990", "Please write the day and the month too, for example: 21.03.1990"),
        (form.Kind.DATE, "март 1990", "Please write the day and the month too, for example: 21.03.1990"),
        (form.Kind.DATE, "21 март", "Please write the year too, for example: 21.03.1990"),
        (form.Kind.DATE, "31.02.1990",
        "There is no such date in the calendar. Please write it like this: 21.03.1990"),
        (form.Kind.DATE, "дүйшөмбү", "Please write the date like this: 21.03.1990"),
        (form.Kind.TIME, "саат 3тө", WHICH), (form.Kind.TIME, "кеч", "Please write the time like this: 14:30"),
        (form.Kind.TIME, "25:00", "There is no such time. Please write it like this: 14:30"),
        (form.Kind.DATETIME, "кечээ", "Please write the time too, for example: 21.03.2026 14:30"),
        (form.Kind.DATETIME, "14:30", "Please write the date too, for example: 21.03.2026 14:30"),
        (form.Kind.DATETIME, "кечээ саат 3тө", WHICH),
        (form.Kind.DATETIME, "качандыр", "Please write the date and the time, for example: 21.03.2026 14:30"),
        (form.Kind.DATETIME, "31.02.2026 14:30",
        "There is no such date in the calendar. Please write it like this: 21.03.1990"),
        (form.Kind.GEOPOINT, "142.5 78.3", "There is no such place on the map. Please say in words where it is."),
        (form.Kind.ACKNOWLEDGE, "жок", "When you have read it, please write “ok”."),
        (form.Kind.ACKNOWLEDGE, "эмне", "When you have read it, please write “ok”."),
        (form.Kind.MORE, "балким", "Please write “yes” or “no”."),
        (form.Kind.MORE, "3", "Please write “yes” or “no”."),
    ],
)  # fmt: skip
def test_every_kind_of_question_says_what_would_be_right(kind: form.Kind, text: str, msgid: str) -> None:
    assert said(read(kind, text))[0] == msgid


@pytest.mark.parametrize(
    ("looks", "text", "answer"),
    [("year", "1990", "1990-01-01"), ("year", "былтыр", "2025-01-01"), ("month-year", "03.1990", "1990-03-01"),
     ("month-year", "март 1990", "1990-03-01"), ("year", "21.03.1990", "1990-01-01"),
     ("year", "билбейм", "Please write the year, for example: 1990"),
     ("month-year", "1990", "Please write the month too, for example: 03.1990"),
     ("month-year", "март", "Please write the month and the year, for example: 03.1990")],
)  # fmt: skip
def test_a_date_is_as_much_of_one_as_its_appearance_asks_for(looks: str, text: str, answer: str) -> None:
    reading = read(form.Kind.DATE, text, looks=looks)
    assert (understood(reading) if answer[:1].isdigit() else said(reading)[0]) == answer


def test_without_a_clock_yesterday_is_no_date() -> None:
    assert said(read(form.Kind.DATE, "кечээ", now=None))[0] == answers._DATE_LACKS[dates.Lack.NO_DATE].msgid
    assert said(read(form.Kind.TIME, "азыр", now=None))[0] == answers.NO_TIME.msgid


def test_a_list_of_one_more_is_answered_by_number_too() -> None:
    assert understood(read(form.Kind.MORE, "2", YES_NO)) == "no"
    assert understood(read(form.Kind.MORE, "нет спасибо", YES_NO)) == "no"


def test_words_are_kept_without_control_characters() -> None:
    assert understood(read(form.Kind.TEXT, " Айыл\x00га\u200b жол\nкерек\u202e ")) == "Айылга жол\nкерек"
    assert understood(read(form.Kind.TEXT, "й")) == "й"  # composed: one letter, not two


def test_too_many_words_are_sent_back_with_the_limit() -> None:
    assert understood(read(form.Kind.TEXT, "а" * answers.LONGEST)) == "а" * answers.LONGEST
    assert said(read(form.Kind.TEXT, "а" * 10_000))[1] == {"max": answers.LONGEST}


@pytest.mark.parametrize("text", ["", "   ", "…", "😀", "❤️❤️", "\x00", "?!", "\n"])
@pytest.mark.parametrize("kind", [kind for kind in form.Kind if kind not in form.SILENT])
def test_a_sticker_or_nothing_is_thanked_for_and_asked_again(kind: form.Kind, text: str) -> None:
    assert said(read(kind, text, EIGHT))[0] == "Thank you! Now please answer with a word or a number."


@pytest.mark.parametrize("text", ["👍", "👎", "+", "-", "✅"])
@pytest.mark.parametrize("kind", [kind for kind in form.Kind if kind not in form.SILENT])
def test_a_thumb_is_an_answer_only_to_yes_or_no(kind: form.Kind, text: str) -> None:
    if kind not in (form.Kind.ACKNOWLEDGE, form.Kind.MORE):
        assert said(read(kind, text, EIGHT))[0] == answers.NO_WORDS.msgid
    if kind in (form.Kind.SELECT_ONE, form.Kind.SELECT_MULTIPLE):
        assert understood(read(kind, text, YES_NO)) in ("yes", "no", ("yes",), ("no",))


@hypothesis.settings(max_examples=500)
@hypothesis.given(
    text=st.text(max_size=60) | st.text(alphabet="0123456789 ,.:-/°317мартсаатжылкечки", max_size=24),
    kind=st.sampled_from([kind for kind in form.Kind if kind not in form.SILENT]),
    picked=st.lists(st.sampled_from(sorted(LABELS)), max_size=2, unique=True).map(tuple),
    now=st.sampled_from([NOW, None]),
)
def test_whatever_is_typed_every_kind_answers_in_its_own_type(
    text: str, kind: form.Kind, picked: tuple[str, ...], now: dt.datetime | None
) -> None:
    question = asked.question(kind, EIGHT, pick=3 if kind is form.Kind.RANK else 0)
    reading = answers.understand(question, EIGHT, text, picked, now)
    if kind is form.Kind.RANK and isinstance(reading, answers.Understood | answers.Picking):
        chosen = reading.answer if isinstance(reading, answers.Understood) else reading.picked
        assert isinstance(chosen, tuple)
        assert len(set(chosen)) == len(chosen) <= 3
        assert (len(chosen) == 3) is isinstance(reading, answers.Understood)
    elif isinstance(reading, answers.Understood):
        several = kind in (form.Kind.SELECT_MULTIPLE, form.Kind.RANK)
        number = kind in (form.Kind.INTEGER, form.Kind.RANGE)
        assert type(reading.answer) is (tuple if several else int if number else str)
        assert reading.answer != ""
    elif isinstance(reading, answers.Doubtful):
        assert kind in form.CHOOSING
