"""Numbers as answers: with the words people put around them, and never a number that was not meant."""

from __future__ import annotations

import hypothesis
import pytest
from hypothesis import strategies as st

from bot.engine import form
from bot.engine.understanding import amounts
from tests.engine import asked
from tests.engine.asked import said, understood

ON_SCALE = "Please write just one number from {min} to {max}."
NONE = "If there are none, please write 0."
NUMBER = "Please write it as a number, for example: 25"
ONE = "Please write just one number, for example: 25"
TOO_LARGE = "This number is too large. Please check it and write it again."
WHOLE = "Please write a whole number, for example: 25"
WHICH = "{one} or {other}? Please write one of the two."

INTEGER = asked.question(form.Kind.INTEGER)
DECIMAL = asked.question(form.Kind.DECIMAL)
AGE = asked.question(form.Kind.INTEGER, ky="Жашыңыз канчада?", ru="Сколько вам лет?")
INCOME = asked.question(form.Kind.DECIMAL, ky="Айлык кирешеңиз канча сом?", ru="Какой доход в месяц, сомов?")
WALK = asked.question(form.Kind.INTEGER, ky="Сууга чейин канча мүнөт?", ru="Сколько минут идти до воды?")
HOURS = asked.question(form.Kind.DECIMAL, ky="Жарык канча саат өчөт?", ru="Сколько часов нет света?")
COWS = asked.question(form.Kind.INTEGER, ky="Канча уюңуз бар?", ru="Сколько у вас коров?")
MILLIONS = asked.question(form.Kind.INTEGER, ky="Баасы канча миң сом?", ru="Сколько тысяч сомов это стоит?")
EXAMPLE = asked.question(form.Kind.INTEGER, ky="Баасы канча? Мисалы: 5 миң", ru="Сколько стоит? Например: 5 тысяч")
LAND = asked.question(form.Kind.DECIMAL, ky="Канча гектар жериңиз бар?", ru="Сколько у вас гектаров земли?")
SHARE = asked.question(form.Kind.INTEGER, ky="Канча пайызы?", ru="Какой процент?")


@pytest.mark.parametrize(
    ("question", "typed", "answer"),
    [
        *((INTEGER, typed, 34) for typed in (
            "34", "34.", " 34 ", "３４", "034", "34,0", "отуз төрт", "тридцать четыре", "otuz tort", "34 жаш",
            "34 жаштамын", "34 жашта", "34 года", "мен 34 жаштамын", "мага 34 жаш", "мне 34",
            "мне 34 года", "лет 34", "около 34 лет", "болжол менен 34", "3️⃣4️⃣".replace("\ufe0f\u20e3", ""),
        )),
        (AGE, "35те", 35), (AGE, "35-те", 35), (AGE, "35 жашта", 35), (AGE, "35 лет", 35), (AGE, "лет 35", 35),
        (AGE, "жашым 35те", 35), (AGE, "отуз бештемин", 35), (AGE, "мне тридцать пять лет", 35),
        (AGE, "отуз беш жаштамын", 35), (AGE, "52 лет.", 52), (AGE, "эртең 40", None),
        (INTEGER, "20 кап", 20), (INTEGER, "3 күн", 3), (INTEGER, "3 дня", 3), (INTEGER, "5 киши", 5),
        (INTEGER, "беш бала", 5), (INTEGER, "трое детей", 3), (INTEGER, "нас пятеро", 5), (INTEGER, "биз бешөөбүз", 5),
        (INTEGER, "экөөбүз", 2), (INTEGER, "мы живём вдвоём", 2), (INTEGER, "5 эле", 5),
        (INTEGER, "бизде 4 киши", 4),
        (INTEGER, "2 раза", 2), (INTEGER, "10 даана", 10), (INTEGER, "всего 7", 7), (INTEGER, "1 000", 1000),
        (INTEGER, "5 миң", 5000), (INTEGER, "5к", 5000), (INTEGER, "полторы тысячи", 1500), (INTEGER, "-5", -5),
        (INTEGER, "~20", 20), (INTEGER, "(20)", 20),
        (WALK, "15 мин", 15), (WALK, "15 мүнөт", 15), (WALK, "он беш мүнөт", 15), (WALK, "15 минут", 15),
        (HOURS, "2 саат", "2"), (HOURS, "2,5 часа", "2.5"), (HOURS, "эки жарым саат", "2.5"), (HOURS, "2 ч", "2"),
        (COWS, "12 коров", 12), (COWS, "3 уюм", 3), (COWS, "үч уюм бар", 3), (COWS, "3 корова", 3),
        (INCOME, "5000 сом", "5000"), (INCOME, "5 мин", "5000"), (INCOME, "15 мин сом", "15000"),
        (INCOME, "15 миң сом", "15000"), (INCOME, "пятнадцать тысяч сомов", "15000"),
        (INCOME, "12 500,50", "12500.5"),
        (LAND, "2 гектар", "2"), (LAND, "2 га", "2"), (LAND, "жарым гектар", "0.5"), (LAND, "полтора гектара", "1.5"),
        (EXAMPLE, "5 миң", 5000), (MILLIONS, "5", 5), (SHARE, "50%", 50), (SHARE, "50 пайыз", 50),
        (DECIMAL, "5000", "5000"), (DECIMAL, "5000.00", "5000"), (DECIMAL, "0", "0"), (DECIMAL, "-0", "0"),
        (DECIMAL, "0.01", "0.01"), (DECIMAL, "5 миң", "5000"), (DECIMAL, "1,5к", "1500"),
        (DECIMAL, "1000000000000", "1000000000000"), (INTEGER, "20 соток", None),
    ],
)  # fmt: skip
def test_a_number_stands_whatever_people_write_around_it(question: form.Question, typed: str, answer: object) -> None:
    reading = amounts.understand(question, typed)
    if answer is None:
        assert said(reading)[0] == NUMBER
    else:
        assert understood(reading) == answer
        assert type(understood(reading)) is type(answer)


@pytest.mark.parametrize(
    ("question", "typed", "msgid"),
    [
        (COWS, "жок", NONE), (COWS, "нет", NONE), (COWS, "эч нерсе", NONE), (COWS, "никого", NONE),
        (INTEGER, "көп", NUMBER), (INTEGER, "жаш", NUMBER), (INTEGER, "мен кыркка чыктым", NUMBER),
        (INTEGER, "12 чего-то", NUMBER), (INTEGER, "--3", NUMBER), (INTEGER, "60+", NUMBER), (INTEGER, "5²", NUMBER),
        (INTEGER, "1" * 16, TOO_LARGE), (INTEGER, "1" * 5000, NUMBER), (INTEGER, "50%", NUMBER),
        (INTEGER, "температура -5", NUMBER), (INTEGER, "не 5", NUMBER), (INTEGER, "5 эмес", NUMBER),
        (INTEGER, "21.03.1990", NUMBER), (DECIMAL, "9" * 16, TOO_LARGE),
        # Units that the question does not name.
        (INTEGER, "2 саат", NUMBER), (INTEGER, "30 минут", NUMBER), (HOURS, "30 минут", NUMBER),
        (WALK, "2 саат", NUMBER),
        (AGE, "34 месяца", NUMBER), (LAND, "20 соток", NUMBER), (INTEGER, "3 км", NUMBER),
        # Money is never guessed.
        (DECIMAL, "5000 сом", NUMBER), (DECIMAL, "5000 рублей", NUMBER), (DECIMAL, "$5", NUMBER),
        (DECIMAL, "5$", NUMBER),
        (INCOME, "5000 рублей", NUMBER),
        (INTEGER, "35-40", ONE), (INTEGER, "34 35", ONE), (INTEGER, "3 4", ONE), (INTEGER, "эки-үч", ONE),
        (INTEGER, "пять или шесть", ONE), (DECIMAL, "5 00", ONE), (AGE, "35–40 лет", ONE),
        (INTEGER, "34,5", WHOLE), (INTEGER, "эки жарым", WHOLE), (INTEGER, "полтора", WHOLE), (AGE, "0.5", WHOLE),
    ],
)  # fmt: skip
def test_what_is_no_number_is_asked_again_with_what_would_be_right(
    question: form.Question, typed: str, msgid: str
) -> None:
    assert said(amounts.understand(question, typed))[0] == msgid


@pytest.mark.parametrize(
    ("question", "typed", "one", "other"),
    [
        (DECIMAL, "5.000", "5000", "5"), (DECIMAL, "5,000", "5000", "5"), (INTEGER, "12.500", "12500", "12.5"),
        (INTEGER, "5 мин", "5000", "5"), (INTEGER, "15 min", "15000", "15"), (MILLIONS, "5 миң", "5000", "5"),
        (MILLIONS, "беш миң сом", "5000", "5"),
    ],
)  # fmt: skip
def test_what_could_be_either_is_asked_and_not_guessed(
    question: form.Question, typed: str, one: str, other: str
) -> None:
    assert said(amounts.understand(question, typed)) == (WHICH, {"one": one, "other": other})


@pytest.mark.parametrize("question", [INTEGER, DECIMAL, AGE])
@pytest.mark.parametrize("typed", ["4169585500001234", "-1 000 000 000 000 000"])
def test_a_number_that_would_lose_its_last_digits_is_said_to_be_too_large(question: form.Question, typed: str) -> None:
    assert said(amounts.understand(question, typed))[0] == TOO_LARGE
    assert understood(amounts.understand(INTEGER, "21203199000123")) == 21203199000123  # a personal number


OUTSIDE = "The number {x} does not seem to fit. It should be {min}–{max}."
BETWEEN = "The number {x} does not seem to fit. It should be one of: {some}, … {max}."


@pytest.mark.parametrize(
    ("bounds", "typed", "answer"),
    [
        ((1, 5, 1), "3", 3), ((1, 5, 1), "үч", 3), ((1, 5, 1), "пять", 5), ((5, 1, -1), "1", 1), ((5, 1, 1), "2", 2),
        ((0, 1, 0.1), "0,3", "0.3"), ((0, 1, 0.1), "1", "1"), ((0, 1, 0.25), "¾", "0.75"), ((0, 100, 5), "35", 35),
        ((1, 9, 2), "3", 3), ((1.5, 9.5, 1), "2.5", "2.5"),
        ((1, 5, 1), "6", (OUTSIDE, {"x": "6", "min": "1", "max": "5"})),
        ((1, 5, 1), "0", (OUTSIDE, {"x": "0", "min": "1", "max": "5"})),
        ((5, 1, -1), "-2", (OUTSIDE, {"x": "-2", "min": "1", "max": "5"})),
        ((0, 1, 0.1), "1,1", (OUTSIDE, {"x": "1.1", "min": "0", "max": "1"})),
        ((1, 5, 1), "2,5", ("Please write a whole number from {min} to {max}.", {"x": "2.5", "min": "1", "max": "5"})),
        ((1, 5, 1), "2-3", (ON_SCALE, {"min": "1", "max": "5"})),
        ((5, 1, -1), "жакшы", (ON_SCALE, {"min": "1", "max": "5"})),
        ((0, 100, 5), "33", (BETWEEN, {"x": "33", "some": "0, 5, 10", "max": "100"})),
        ((0, 1, 0.1), "0.25", (BETWEEN, {"x": "0.25", "some": "0, 0.1, 0.2", "max": "1"})),
    ],
)  # fmt: skip
def test_a_range_takes_its_own_numbers_and_says_which_those_are(
    bounds: tuple[float, float, float], typed: str, answer: object
) -> None:
    reading = amounts.understand(asked.question(form.Kind.RANGE, bounds=bounds), typed)
    assert (said(reading) if isinstance(answer, tuple) else understood(reading)) == answer


@hypothesis.given(st.integers(-(10**15) + 1, 10**15 - 1))
def test_every_whole_number_answers_as_itself(n: int) -> None:
    assert understood(amounts.understand(INTEGER, str(n))) == n
    assert understood(amounts.understand(DECIMAL, str(n))) == str(n)


@hypothesis.given(
    st.text(max_size=40) | st.text(alphabet="0123456789 .,-%½км", max_size=12),
    st.sampled_from([INTEGER, DECIMAL, AGE, WALK, INCOME, asked.question(form.Kind.RANGE)]),
)
def test_whatever_is_typed_an_answer_has_the_type_of_its_question(typed: str, question: form.Question) -> None:
    reading = amounts.understand(question, typed)
    if question.kind is form.Kind.DECIMAL and not said_no(reading):
        assert isinstance(understood(reading), str)
    elif not said_no(reading):
        assert isinstance(understood(reading), int)


def said_no(reading: object) -> bool:
    return type(reading).__name__ == "Misunderstood"
