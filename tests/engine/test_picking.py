"""One option, several, or a ranking of them: by number, by words, and by both in one message."""

from __future__ import annotations

import hypothesis
import pytest
from hypothesis import strategies as st

from bot.engine import form
from bot.engine.understanding import answers, picking
from tests.engine import asked
from tests.engine.asked import said, understood
from tests.engine.test_matching import NEEDS, OFTEN, PLACES, YES_NO

#: A list in which words for numbers are words of labels too, and "and" and commas stand in labels.
CHILDREN = asked.choices(
    {
        "none": ("Жок", "Нет детей"),
        "one": ("Бирөө", "Один"),
        "two": ("Экөө", "Двое"),
        "many": ("Үч жана андан көп", "Трое, четверо и больше"),
        "unsure": ("Айтпайм", "Не скажу"),
    }
)
YEARS = asked.choices(
    {"recent": ("2020-жылдан кийин", "после 2020"), "old": ("2019", "2019"), "older": ("18-25", "18–25")}
)
NOT_UNDERSTOOD = picking.NOT_UNDERSTOOD.msgid
ONLY_ONE = picking.ONLY_ONE.msgid
NO_NUMBERS = "Sorry, I did not understand. Please write the numbers, for example: {example}"
NOT_LISTED = "There is no such number on the list: {x}. Choose from 1–{max}."
UNKNOWN = "“{x}” is not on the list. Please write the numbers, for example: 1 3"
UNCLEAR = "More than one fits “{x}”. Please write the numbers, for example: 1 3"
ALONE = "Number {x} means that none of them fits. Please write either it alone or the others."
WHICH = "{one} or {other}? Please write one of the two."
TWICE = "The number {x} is written twice. Different ones are needed."


def read(kind: form.Kind, choices: tuple[form.Choice, ...], text: str, *picked: str, pick: int = 0) -> answers.Reading:
    return answers.understand(asked.question(kind, choices, pick=pick), choices, text, picked)


def one(choices: tuple[form.Choice, ...], text: str) -> answers.Reading:
    return read(form.Kind.SELECT_ONE, choices, text)


def several(choices: tuple[form.Choice, ...], text: str) -> answers.Reading:
    return read(form.Kind.SELECT_MULTIPLE, choices, text)


@pytest.mark.parametrize(
    ("choices", "typed", "name"),
    [
        (NEEDS, "3", "water"), (NEEDS, "3.", "water"), (NEEDS, "3)", "water"), (NEEDS, "№3", "water"),
        (NEEDS, "#3", "water"),
        (NEEDS, "номер 3", "water"), (NEEDS, "3-вариант", "water"), (NEEDS, "вариант 3", "water"),
        (NEEDS, "3-чү", "water"),
        (NEEDS, "үч", "water"), (NEEDS, "үчүнчү", "water"), (NEEDS, "три", "water"), (NEEDS, "третье", "water"),
        (NEEDS, "третий вариант", "water"), (NEEDS, "он", "other"), (NEEDS, "3. Ичүүчү суу", "water"),
        (NEEDS, "3 - Ичүүчү суу", "water"), (NEEDS, "3 чистая вода", "water"), (NEEDS, "мектеп", "school"),
        (NEEDS, "3 эле", "water"), (NEEDS, "только 3", "water"), (NEEDS, "акыркысы", "none"),
        (NEEDS, "самое последнее", "none"), (NEEDS, "самое важное — школа", "school"), (YEARS, "2019", "old"),
        (YEARS, "18-25", "older"), (YEARS, "18 – 25", "older"), (YEARS, "1", "recent"),
        (YEARS, "2020", "recent"), (YEARS, "18", "older"),
        (CHILDREN, "экөө", "two"), (CHILDREN, "двое", "two"), (CHILDREN, "бирөө", "one"), (CHILDREN, "бир", "one"),
        (CHILDREN, "2", "one"), (CHILDREN, "жок", "none"), (CHILDREN, "один", "one"),
        (YES_NO, "👍", "yes"), (YES_NO, "+", "yes"), (YES_NO, "-", "no"), (YES_NO, "👎", "no"),
        (YES_NO, "ооба албетте", "yes"),
        (YES_NO, "жок рахмат", "no"), (YES_NO, "не знаю", "dont_know"), (YES_NO, "1", "yes"), (YES_NO, "2.", "no"),
    ],
)  # fmt: skip
def test_one_option_by_number_or_by_words(choices: tuple[form.Choice, ...], typed: str, name: str) -> None:
    if name == "one" and typed == "бир":
        # The first of the list is another one: both are given.
        assert one(choices, typed) == answers.Doubtful(("none", "one"))
    else:
        assert understood(one(choices, typed)) == name


@pytest.mark.parametrize(
    ("choices", "typed", "names"),
    [
        (NEEDS, "суу", "water irrigation"), (NEEDS, "воду", "water irrigation"), (NEEDS, "ж", "work roads"),
        (PLACES, "ош", "osh osh_city"), (PLACES, "аксуу", "aksuu aksuu_village"), (OFTEN, "ооба", "daily some"),
        (OFTEN, "+", "daily some"), (PLACES, "район", "aksuu jeti issyk ton tup"), (CHILDREN, "үч", "two many"),
        (CHILDREN, "нет", None), (CHILDREN, "трое", "two many"),
    ],
)  # fmt: skip
def test_where_several_fit_they_are_given_in_the_order_of_the_list(
    choices: tuple[form.Choice, ...], typed: str, names: str | None
) -> None:
    if names is None:
        assert understood(one(choices, typed)) == "none"
    else:
        assert one(choices, typed) == answers.Doubtful(tuple(names.split()))


@pytest.mark.parametrize(
    ("choices", "typed", "msgid"),
    [
        (NEEDS, "99", NOT_LISTED), (NEEDS, "0", NOT_LISTED), (NEEDS, "-1", NOT_LISTED), (NEEDS, "сто", NOT_LISTED),
        (NEEDS, "№99", NOT_LISTED), (NEEDS, "1 2", ONLY_ONE), (NEEDS, "1, 3", ONLY_ONE),
        (NEEDS, "жол, мектеп", ONLY_ONE), (NEEDS, "баары", ONLY_ONE), (NEEDS, "все", ONLY_ONE),
        (NEEDS, "3 и 1", ONLY_ONE), (NEEDS, "самолёт", NOT_UNDERSTOOD), (NEEDS, "½", NOT_UNDERSTOOD),
        (NEEDS, "эки жарым", NOT_UNDERSTOOD), (NEEDS, "9" * 13, NOT_LISTED), (NEEDS, "а" * 5000, NOT_UNDERSTOOD),
        (YES_NO, "да нет", NOT_UNDERSTOOD), (NEEDS, "+", "Thank you! Now please answer with a word or a number."),
        (YES_NO, "❤️", "Thank you! Now please answer with a word or a number."),
    ],
)  # fmt: skip
def test_what_is_none_of_them_is_answered_kindly(choices: tuple[form.Choice, ...], typed: str, msgid: str) -> None:
    assert said(one(choices, typed))[0] == msgid


@pytest.mark.parametrize(
    ("typed", "names"),
    [
        ("1 3", "work water"), ("3,1", "water work"), ("1-2", "work health"), ("3-1", "water work"),
        ("с 1 по 3", "work health water"), ("1ден 3кө чейин", "work health water"), ("1-3-5", "work water school"),
        ("1и3", "work water"), ("1, 3 жана 5", "work water school"), ("үч бир", "water work"),
        ("1. 3.", "work water"), ("11", "none"),
        ("10", "other"), ("3", "water"), ("жол", "roads"), ("Чистая вода", "water"), ("жол, мектеп", "roads school"),
        ("жол; мектеп", "roads school"), ("жол/мектеп", "roads school"), ("жол\nмектеп", "roads school"),
        ("жол жана мектеп", "roads school"), ("дорога и школа", "roads school"), ("дорогу + школу", "roads school"),
        ("жол, мектеп жана тамак-аш", "roads school food"), ("жол - мектеп", "roads school"),
        ("жол мектеп", "roads school"), ("жол мектеп тамак", "roads school food"), ("дорога школа", "roads school"),
        ("жол керек, мектеп керек", "roads school"), ("1, жол", "work roads"), ("жол, 1", "roads work"),
        ("1 жана жол", "work roads"), ("жол 1", "roads work"), ("үч жана бир", None),
        ("биринчи жол, анан мектеп", "roads school"), ("үч, эки", "water health"),
        ("1. жол 2. мектеп", "roads school"), ("1) жол\n2) мектеп\n3) суу", None), ("1. жумуш", "work"),
        ("9. Жол жана транспорт\n5. Билим алуу, мектеп", "roads school"), ("9. жол", "roads"),
        ("Жумуш жана киреше", "work"), ("Жумуш жана киреше, жол", "work roads"), ("Билим алуу, мектеп", "school"),
        ("Билим алуу, мектеп, Паспорт, документтер", "school documents"),
        ("Образование, школа и питание", "school food"),
        ("паспорт и документы", "documents"), ("паспорт и документы, питание", "documents food"),
        ("жол, дорога", "roads"), ("жол, жолдор, мектеп", "roads school"), ("эч бири", "none"), ("ничего", "none"),
        ("башка", "other"), ("жол, башка", "roads other"), ("жол, мектпе", "roads school"), ("жол, каникулы", None),
    ],
)  # fmt: skip
def test_several_options_in_one_message(typed: str, names: str | None) -> None:
    reading = several(NEEDS, typed)
    if names is None:
        assert isinstance(reading, answers.Misunderstood)
    else:
        assert understood(reading) == tuple(names.split())


@pytest.mark.parametrize(
    ("typed", "msgid", "params"),
    [
        ("1 1", TWICE, {"x": "1"}), ("1, 1", TWICE, {"x": "1"}), ("1 99", NOT_LISTED, {"x": "99", "max": 11}),
        ("жол, 99", NOT_LISTED, {"x": "99", "max": 11}), ("жол, каникулы", UNKNOWN, {"x": "каникулы"}),
        ("каникулы, жол", UNKNOWN, {"x": "каникулы"}), ("суу, жол", UNCLEAR, {"x": "суу"}),
        ("жол жана суу", UNCLEAR, {"x": "суу"}), ("11 1", ALONE, {"x": 11}), ("эч бири, жол", ALONE, {"x": 11}),
        ("1-3", WHICH, {"one": "1 2 3", "other": "1 3"}), ("1 – 3", WHICH, {"one": "1 2 3", "other": "1 3"}),
        ("1-9", picking.ALL_OF_THEM.msgid, {}), ("1-99", NOT_LISTED, {"x": "99", "max": 11}),
        ("баары", picking.ALL_OF_THEM.msgid, {}), ("всё", picking.ALL_OF_THEM.msgid, {}),
        ("эмне", NO_NUMBERS, {"example": "1 3"}), ("жол жок", NO_NUMBERS, {"example": "1 3"}),
        ("дороги нет", NO_NUMBERS, {"example": "1 3"}),
        ("не школа", NO_NUMBERS, {"example": "1 3"}), ("всё кроме дороги", NO_NUMBERS, {"example": "1 3"}),
    ],
)  # fmt: skip
def test_each_mistake_of_several_has_its_own_answer(typed: str, msgid: str, params: dict[str, object]) -> None:
    assert said(several(NEEDS, typed)) == (msgid, params)


def test_one_doubtful_word_alone_is_doubtful_of_several_too() -> None:
    assert several(NEEDS, "суу") == answers.Doubtful(("water", "irrigation"))


def test_all_is_taken_where_the_list_has_it() -> None:
    every = (*NEEDS, form.Choice("all", {"ky": "Баары керек", "ru": "Нужно всё"}))
    assert understood(several(every, "баары")) == ("all",)
    assert understood(several(every, "всё")) == ("all",)


def ranked(text: str, *picked: str) -> answers.Reading:
    return read(form.Kind.RANK, NEEDS, text, *picked, pick=3)


@pytest.mark.parametrize(
    ("typed", "names"),
    [
        ("3 1 7", "water work documents"), ("жол, мектеп, тамак", "roads school food"),
        ("жол мектеп тамак", "roads school food"),
        ("1. жол 2. мектеп 3. тамак", "roads school food"), ("жол > мектеп > тамак", "roads school food"),
        ("жол, 3, мектеп", "roads water school"), ("биринчи жол, экинчи мектеп, үчүнчү тамак", "roads school food"),
        ("жол анан мектеп анан тамак", "roads school food"),
        ("үч бир жети", "water work documents"), ("третий, первый, седьмой", "water work documents"),
        ("сначала дорога, потом школа, потом питание", "roads school food"), ("первое дорога второе школа", None),
        ("Жумуш жана киреше, Жол жана транспорт, мектеп", "work roads school"),
    ],
)  # fmt: skip
def test_a_whole_ranking_in_words(typed: str, names: str | None) -> None:
    reading = ranked(typed)
    if names is None:
        assert not isinstance(reading, answers.Understood)
    else:
        assert understood(reading) == tuple(names.split())


def test_a_ranking_grows_by_words_one_at_a_time() -> None:
    assert ranked("жол") == answers.Picking(("roads",))
    assert ranked("мектеп", "roads") == answers.Picking(("roads", "school"))
    assert understood(ranked("воду чистую", "roads", "school")) == ("roads", "school", "water")


def test_all_are_no_ranking_yet() -> None:
    assert said(ranked("баары", "roads")) == ("Write {pick} numbers, the most important first.", {"pick": 3})


def test_what_is_picked_already_makes_no_doubt() -> None:
    assert ranked("суу") == answers.Doubtful(("water", "irrigation"))
    assert ranked("суу", "water") == answers.Picking(("water", "irrigation"))
    assert said(ranked("жол", "roads"))[0] == "Number {x} is chosen already. Please write another."


@pytest.mark.parametrize(
    ("typed", "msgid"),
    [("жол, каникулы", UNKNOWN), ("жол, суу", UNCLEAR),
     ("жол, мектеп, тамак, жумуш", "Only three are needed. Keep the three most important, for example: 3 1 7"),
     ("1, жол, 1", "The number {x} is written twice. Three different ones are needed.")],
)  # fmt: skip
def test_a_mistake_in_a_ranking_loses_nothing(typed: str, msgid: str) -> None:
    reading = ranked(typed, "water")
    assert said(reading)[0] == msgid
    assert isinstance(reading, answers.Picking)
    assert reading.picked[0] == "water"


@hypothesis.settings(max_examples=400)
@hypothesis.given(
    st.text(max_size=60)
    | st.text(alphabet="0123456789 ,.-", max_size=20)
    | st.lists(st.sampled_from(["1", "3", "11", "99", "суу", "жол", "мектеп", "жана", "и", ",", "/", "эч", "бири",
    "баары", "2.", "жумуш", "каникулы", "👍", "+"]), max_size=9).map(" ".join),
    st.sampled_from([form.Kind.SELECT_ONE, form.Kind.SELECT_MULTIPLE, form.Kind.RANK]),
    st.lists(st.sampled_from([choice.name for choice in NEEDS]), max_size=2, unique=True).map(tuple),
)  # fmt: skip
def test_whatever_is_typed_what_is_chosen_is_on_the_list(typed: str, kind: form.Kind, picked: tuple[str, ...]) -> None:
    reading = read(kind, NEEDS, typed, *picked, pick=3)
    names = [choice.name for choice in NEEDS]
    match reading:
        case answers.Understood(str(name)):
            assert kind is form.Kind.SELECT_ONE
            assert name in names
        case answers.Understood(tuple(chosen)) | answers.Picking(chosen):
            assert len(set(chosen)) == len(chosen)
            assert set(chosen) <= set(names)
            assert kind is not form.Kind.RANK or (len(chosen) == 3) is isinstance(reading, answers.Understood)
            assert kind is not form.Kind.SELECT_MULTIPLE or "none" not in chosen or len(chosen) == 1
        case answers.Doubtful(fitting):
            assert len(fitting) > 1
            assert list(fitting) == [name for name in names if name in fitting], "in the order of the list"
        case _:
            assert isinstance(reading, answers.Misunderstood)
