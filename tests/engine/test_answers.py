"""Answers as people type them: every notation of a ranking, numbers, labels in whatever spelling."""

from __future__ import annotations

import hypothesis
import pytest
from hypothesis import strategies as st

from bot.engine import answers, form, messages

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
EIGHT = tuple(form.Choice(name, {"ky": ky, "ru": ru}) for name, (ky, ru) in LABELS.items())
TWELVE = (*EIGHT, *(form.Choice(f"more{n}", {"ky": f"Дагы {n}", "ru": f"Ещё {n}"}) for n in range(9, 13)))
YES_NO = (
    form.Choice("yes", {"ky": "Ооба", "ru": "Да"}),
    form.Choice("no", {"ky": "Жок", "ru": "Нет"}),
    form.Choice("dont_know", {"ky": "Айта албайм", "ru": "Трудно сказать"}),
)


def question(kind: form.Kind, pick: int = 0) -> form.Question:
    return form.Question("q", kind, {}, pick=pick)


RANK = question(form.Kind.RANK, 3)


def read(kind: form.Kind, text: str, choices: tuple[form.Choice, ...] = ()) -> answers.Reading:
    return answers.understand(question(kind), choices, text)


def understood(reading: answers.Reading) -> object:
    assert isinstance(reading, answers.Understood), reading
    return reading.answer


def said(reading: answers.Reading) -> tuple[str, dict[str, object]]:
    assert not isinstance(reading, answers.Understood), reading
    assert isinstance(reading.line, messages.Phrase)
    return reading.line.msgid, dict(reading.line.params)


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
        ("суу", "Sorry, I did not understand. Please write a number, for example: 2", {}),
        ("3 и 1", "Sorry, I did not understand. Please write a number, for example: 2", {}),
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
    assert answers.understand(RANK, TWELVE, "12") == answers.Picking(("more12",))
    assert understood(answers.understand(RANK, TWELVE, "12 1 10")) == ("more12", "work", "more10")
    assert said(answers.understand(RANK, TWELVE, "317"))[1] == {"x": "317", "max": 12}


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
    [("ооба", "yes"), ("Ooba!", "yes"), ("макул", "yes"), ("угу", "yes"), ("жок", "no"), ("zhok", "no"), ("jok", "no"),
     ("не надо", "no"), ("билбейм", "dont_know"), ("bilbeim", "dont_know"), ("не знаю", "dont_know"), ("2", "no")],
)  # fmt: skip
def test_yes_no_and_dont_know_in_all_their_words(text: str, name: str) -> None:
    assert understood(read(form.Kind.SELECT_ONE, text, YES_NO)) == name


@pytest.mark.parametrize("text", ["9", "0", "99999", "9999999999999", "-1", "суу керек", "1 2", "½"])
def test_what_is_not_on_the_list_is_no_answer(text: str) -> None:
    assert said(read(form.Kind.SELECT_ONE, text, EIGHT))


@pytest.mark.parametrize(
    ("text", "names"),
    [("1 3", ("work", "water")), ("13", ("work", "water")), ("3,1", ("water", "work")), ("вода", None),
     ("Чистая вода", ("water",)), ("5", ("housing",)), ("1 1", None), ("1 9", None)],
)  # fmt: skip
def test_several_of_a_list(text: str, names: tuple[str, ...] | None) -> None:
    reading = read(form.Kind.SELECT_MULTIPLE, text, EIGHT)
    assert isinstance(reading, answers.Misunderstood) if names is None else understood(reading) == names


@pytest.mark.parametrize(
    ("text", "number"),
    [("34", 34), ("34.", 34), (" 34 ", 34), ("３４", 34), ("034", 34), ("34 жаш", 34), ("34 жаштамын", 34),
     ("34 года", 34), ("52 лет.", 52), ("20 кап", 20), ("3 күн", 3), ("3 дня", 3), ("1 000", 1000), ("-5", -5),
     ("3️⃣4️⃣", 34)],
)  # fmt: skip
def test_a_whole_number_as_people_write_it(text: str, number: int) -> None:
    assert understood(read(form.Kind.INTEGER, text)) == number


@pytest.mark.parametrize(
    "text", ["отуз төрт", "34,5", "3 4", "5 тыс", "5к", "34-35", "34 35", "1" * 14, "12 чего-то", "жаш", "--3"]
)
def test_what_is_no_whole_number_is_asked_again(text: str) -> None:
    assert said(read(form.Kind.INTEGER, text))[0] == "Please write it as a number, for example: 25"


@pytest.mark.parametrize(
    ("text", "amount"),
    [("5000", "5000"), ("5 000", "5000"), ("5\u00a0000", "5000"), ("1 250 000", "1250000"), ("100.50", "100.5"),
     ("100,50", "100.5"), ("5 000,5", "5000.5"), ("0.01", "0.01"), ("5000.00", "5000")],
)  # fmt: skip
def test_an_amount_as_people_write_it(text: str, amount: str) -> None:
    assert understood(read(form.Kind.DECIMAL, text)) == amount


@pytest.mark.parametrize("text", ["5.000", "5,000", "5 00", "5000 сом", "5000 рублей", "5 миң", "5к", "$5", "9" * 14])
def test_money_is_never_guessed(text: str) -> None:
    assert said(read(form.Kind.DECIMAL, text))[0] == "Please write it as a number, for example: 25"


def test_words_are_kept_without_control_characters() -> None:
    assert understood(read(form.Kind.TEXT, " Айыл\x00га\u200b жол\nкерек\u202e ")) == "Айылга жол\nкерек"
    assert understood(read(form.Kind.TEXT, "й")) == "й"  # composed: one letter, not two


def test_too_many_words_are_sent_back_with_the_limit() -> None:
    assert understood(read(form.Kind.TEXT, "а" * answers.LONGEST)) == "а" * answers.LONGEST
    assert said(read(form.Kind.TEXT, "а" * 10_000))[1] == {"max": answers.LONGEST}


@pytest.mark.parametrize("text", ["", "   ", "…", "👍", "❤️❤️", "\x00", "?!", "\n"])
@pytest.mark.parametrize("kind", [kind for kind in form.Kind if kind not in form.SILENT])
def test_a_sticker_or_nothing_is_thanked_for_and_asked_again(kind: form.Kind, text: str) -> None:
    assert said(read(kind, text, EIGHT))[0] == "Thank you! Now please answer with a word or a number."


@hypothesis.settings(max_examples=300)
@hypothesis.given(
    text=st.text(max_size=60) | st.text(alphabet="0123456789 ,.-317", max_size=20),
    kind=st.sampled_from([kind for kind in form.Kind if kind not in form.SILENT]),
    picked=st.lists(st.sampled_from(sorted(LABELS)), max_size=2, unique=True).map(tuple),
)
def test_whatever_is_typed_a_ranking_never_repeats_and_never_overflows(
    text: str, kind: form.Kind, picked: tuple[str, ...]
) -> None:
    asked = question(kind, 3 if kind is form.Kind.RANK else 0)
    reading = answers.understand(asked, EIGHT, text, picked)
    if kind is form.Kind.RANK and not isinstance(reading, answers.Misunderstood):
        chosen = reading.answer if isinstance(reading, answers.Understood) else reading.picked
        assert isinstance(chosen, tuple)
        assert len(set(chosen)) == len(chosen) <= 3
        assert (len(chosen) == 3) is isinstance(reading, answers.Understood)
