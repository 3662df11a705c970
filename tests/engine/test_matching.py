"""Options by their words: as people name them, in whatever language, spelling and case."""

from __future__ import annotations

import re
import time

import hypothesis
import pytest
from hypothesis import strategies as st

from bot.engine import commands, form
from bot.engine.understanding import matching
from tests.engine import asked

NEEDS = asked.choices(
    {
        "work": ("Жумуш жана киреше", "Работа и доход"),
        "health": ("Ден соолук, дарыгер (ФАП, дары-дармек)", "Здоровье и лечение (ФАП, лекарства)"),
        "water": ("Ичүүчү суу", "Чистая вода"),
        "irrigation": ("Сугат суу, арыктар", "Поливная вода, арыки"),
        "school": ("Билим алуу, мектеп", "Образование, школа"),
        "housing": ("Коопсуз турак жай", "Безопасное жильё"),
        "documents": ("Паспорт, документтер", "Паспорт и документы"),
        "food": ("Тамак-аш", "Питание"),
        "roads": ("Жол жана транспорт", "Дороги и транспорт"),
        "other": ("Башка", "Другое"),
        "none": ("Эч бири", "Ничего из этого"),
    }
)
PLACES = asked.choices(
    {
        "karakol": ("Каракол шаары", "город Каракол"),
        "aksuu": ("Ак-Суу району", "Ак-Суйский район"),
        "aksuu_village": ("Ак-Суу айылы", "село Ак-Суу"),
        "jeti": ("Жети-Өгүз району", "Жети-Огузский район"),
        "issyk": ("Ысык-Көл району", "Иссык-Кульский район"),
        "ton": ("Тоң району", "Тонский район"),
        "tup": ("Түп району", "Тюпский район"),
        "balykchy": ("Балыкчы шаары", "город Балыкчы"),
        "osh": ("Ош облусу", "Ошская область"),
        "osh_city": ("Ош шаары", "город Ош"),
        "ton_village": ("Тоң", "Тон"),
    }
)
YES_NO = asked.choices({"yes": ("Ооба", "Да"), "no": ("Жок", "Нет"), "dont_know": ("Айта албайм", "Трудно сказать")})
ONE_NOUGHT = asked.choices({"1": ("Ооба", "Да"), "0": ("Жок", "Нет")})
OFTEN = asked.choices(
    {"daily": ("Ооба, күн сайын", "Да, каждый день"), "some": ("Ооба, кээде", "Да, иногда"), "never": ("Жок", "Нет")}
)
AGREE = asked.choices({"yes": ("Макулмун", "Даю согласие"), "no": ("Макул эмесмин", "Не даю")})
QUALITY = asked.choices(
    {"good": ("Жакшы", "Хорошая"), "bad": ("Жаман", "Плохая"), "awful": ("Абдан жаман", "Очень плохая")}
)
SEX = asked.choices({"woman": ("аял", "женщина"), "man": ("эркек", "мужчина")})
GIFTS = asked.choices({"gift": ("Салым", "Вклад"), "land": ("Жер", "Земля")})


def fit(choices: tuple[form.Choice, ...], typed: str) -> list[str]:
    return [
        choice.name for choice in matching.Offered(asked.question(form.Kind.SELECT_ONE, choices), choices).fit(typed)
    ]


@pytest.mark.parametrize(
    ("typed", "names"),
    [
        # The whole label.
        ("Жумуш жана киреше", "work"), ("жумуш жана киреше.", "work"), ("JUMUSH JANA KIRESHE", "work"),
        ("zhumush zhana kireshe", "work"), ("Работа и доход", "work"), ("rabota i dohod", "work"),
        ("тамак аш", "food"),
        ("тамакаш", "food"), ("Безопасное жилье", "housing"), ("ичуучу суу", "water"), ("ichüüchü suu", "water"),
        ("Здоровье и лечение", "health"), ("Здоровье и лечение (ФАП, лекарства)", "health"), ("water", "water"),
        # Its beginning.
        ("жумуш", "work"), ("жум", "work"), ("ж", "work roads"), ("ден соолук", "health"), ("здор", "health"),
        ("паспорт", "documents"),
        ("тамак", "food"), ("пит", "food"), ("билим", "school"), ("коопсуз", "housing"), ("сугат", "irrigation"),
        # A word of it.
        ("киреше", "work"), ("доход", "work"), ("мектеп", "school"), ("школа", "school"), ("дарыгер", "health"),
        ("жилье", "housing"), ("транспорт", "roads"), ("арык", "irrigation"), ("суу", "water irrigation"),
        ("вода", "water irrigation"), ("чистая", "water"), ("транспорт жол", "roads"),
        ("документы паспорт", "documents"),
        # With an ending hung on it.
        ("жумушту", "work"), ("мектепке", "school"), ("жолдор", "roads"), ("жолдорду", "roads"),
        ("дарыгерге", "health"),
        ("сууну", "water irrigation"), ("школу", "school"), ("школы", "school"), ("дорогу", "roads"),
        ("дорог", "roads"),
        ("воду", "water irrigation"), ("чистую воду", "water"), ("работу", "work"), ("здоровья", "health"),
        # With a slip.
        ("жумуж", "work"), ("жумыш", "work"), ("киришэ", "work"), ("мектпе", "school"), ("мектап", "school"),
        ("школо", "school"),
        ("здаровье", "health"), ("дарыгир", "health"), ("образавание", "school"), ("абразавание", "school"),
        ("транспарт", "roads"), ("дакументы", "documents"), ("пасспорт", "documents"), ("питанье", "food"),
        ("образаван", "school"), ("работа и дахот", "work"), ("жумушжана киреше", "work"), ("работаидоход", "work"),
        # With what people say beside it.
        ("жумуш керек", "work"), ("бизге жол керек", "roads"), ("нужна работа", "work"),
        ("нам нужна дорога", "roads"),
        ("чистая вода нужна", "water"), ("мектеп, рахмат", "school"), ("эң маанилүүсү жол", ""),
        # By what it means.
        ("башка", "other"), ("другое", "other"), ("прочее", "other"), ("эч бири", "none"), ("ничего", "none"),
        ("ни один", "none"),
        # None of them.
        ("", ""), ("самолёт", ""), ("эмне", ""), ("жок", "none"), ("да", ""), ("керек", ""), ("с", "irrigation"),
        ("в", ""),
        ("суусар", ""), ("жолборс", ""), ("нам нужна хорошая дорога и школа", ""), ("а" * 200, ""), ("5", ""),
    ],
)  # fmt: skip
def test_an_option_is_found_by_its_words(typed: str, names: str) -> None:
    assert fit(NEEDS, typed) == names.split()


@pytest.mark.parametrize(
    ("typed", "names"),
    [
        ("каракол", "karakol"), ("Каракол шаары", "karakol"), ("г. Каракол", "karakol"), ("каракул", "karakol"),
        ("корокол", "karakol"), ("karakol", "karakol"), ("Караколдо", "karakol"), ("из Каракола", "karakol"),
        ("Балыкчи", "balykchy"), ("балыкчыдан", "balykchy"), ("balykchy", "balykchy"), ("Жети Огуз", "jeti"),
        ("жетиогуз", "jeti"), ("jeti-oguz", "jeti"), ("Джети-Огуз", "jeti"), ("Иссык-Куль", "issyk"),
        ("исык кол", "issyk"),
        ("ысыккөл", "issyk"), ("issyk kul", "issyk"), ("ысык көлдөн", "issyk"), ("түп", "tup"), ("туп району", "tup"),
        ("тюп", "tup"),
        # Exact for one, though others begin so.
        ("тоң", "ton_village"), ("Тон", "ton_village"), ("тоң району", "ton"), ("тонский", "ton"),
        # Several fit.
        ("ош", "osh osh_city"), ("ак-суу", "aksuu aksuu_village"), ("аксуу", "aksuu aksuu_village"),
        ("ак суу району", "aksuu"), ("село Ак-Суу", "aksuu_village"), ("Ак-Суу айылы", "aksuu_village"),
        ("район", "aksuu jeti issyk ton tup"), ("шаары", "karakol balykchy osh_city"),
        ("город", "karakol balykchy osh_city"),
        ("т", "ton tup ton_village"), ("Бишкек", ""),
    ],
)  # fmt: skip
def test_a_place_is_found_by_its_name(typed: str, names: str) -> None:
    assert fit(PLACES, typed) == names.split()


@pytest.mark.parametrize(
    ("choices", "typed", "names"),
    [
        (YES_NO, "да конечно", "yes"), (YES_NO, "бар", "yes"), (YES_NO, "жок рахмат", "no"), (YES_NO, "+", "yes"),
        (YES_NO, "👎", "no"), (YES_NO, "билбейм", "dont_know"), (YES_NO, "о", "yes"), (YES_NO, "да нет", ""),
        (ONE_NOUGHT, "ага", "1"), (ONE_NOUGHT, "жо", "0"), (ONE_NOUGHT, "👍", "1"), (OFTEN, "ооба", "daily some"),
        (OFTEN, "угу", "daily some"), (OFTEN, "да иногда", "some"), (OFTEN, "неа", "never"),
        (OFTEN, "күн сайын", "daily"),
        (QUALITY, "хорошо", "good"), (QUALITY, "жакшы", "good"), (QUALITY, "абдан жаман", "awful"),
        (QUALITY, "плохо", "bad"),
        (QUALITY, "жаман", "bad"), (QUALITY, "очень", "awful"), (QUALITY, "жакшы эмес", ""), (QUALITY, "ок", ""),
        (AGREE, "ооба", "yes"), (AGREE, "макул", "yes"), (AGREE, "макул эмес", "no"), (AGREE, "жок", "no"),
        (SEX, "ж", "woman"), (SEX, "м", "man"), (SEX, "а", "woman"), (SEX, "э", "man"), (SEX, "жен", "woman"),
        (SEX, "мужчна", "man"), (SEX, "да", ""),
        # One letter apart, and never the same: a tax is no gift.
        (GIFTS, "салык", ""), (GIFTS, "салим", "gift"), (GIFTS, "салым кошом", ""),
    ],
)  # fmt: skip
def test_yes_and_no_are_found_in_lists_that_have_them(choices: tuple[form.Choice, ...], typed: str, names: str) -> None:
    assert fit(choices, typed) == names.split()


@pytest.mark.parametrize("choices", [NEEDS, PLACES, YES_NO, SEX])
def test_every_label_finds_its_own_option_however_it_is_typed(choices: tuple[form.Choice, ...]) -> None:
    for choice in choices:
        for label in choice.label.values():
            for typed in (label, label.upper(), commands.fold(label), label.replace("-", " "), f"{label}."):
                assert choice.name in fit(choices, typed), typed


@pytest.mark.parametrize("choices", [NEEDS, PLACES])
def test_one_wrong_letter_in_a_long_word_never_hides_it(choices: tuple[form.Choice, ...]) -> None:
    for choice in choices:
        for label in choice.label.values():
            longest = max(re.findall(r"\w+", label.partition("(")[0]), key=len)
            if len(longest) > 6:
                for at in range(1, len(longest)):
                    wrong = f"{longest[:at]}{'у' if longest[at] != 'у' else 'а'}{longest[at + 1 :]}"
                    assert choice.name in fit(choices, wrong), wrong


def test_only_what_is_offered_is_found() -> None:
    question = asked.question(form.Kind.SELECT_ONE, PLACES)
    offered = tuple(choice for choice in reversed(PLACES) if choice.name != "osh_city")
    assert [choice.name for choice in matching.Offered(question, offered).fit("ош")] == ["osh"]
    assert [choice.name for choice in matching.Offered(question, offered).fit("ак-суу")] == ["aksuu_village", "aksuu"]


def village(n: int) -> form.Choice:
    parts = ("Ак", "Кара", "Кызыл", "Жаңы", "Тоң", "Чоң", "Кичи", "Жети", "Беш", "Орто")
    ends = ("Суу", "Ой", "Жар", "Булак", "Өгүз", "Көл", "Дөбө", "Таш", "Арык", "Кыштак")
    name = f"{parts[n % 10]}-{ends[n // 10 % 10]} {chr(ord('а') + n // 100)}{chr(ord('а') + n % 31)}"
    return form.Choice(f"v{n}", {"ky": f"{name} айылы", "ru": f"село {name}"})


def test_a_thousand_villages_are_looked_through_in_milliseconds() -> None:
    villages = tuple(map(village, range(1000)))
    question = asked.question(form.Kind.SELECT_ONE, villages)
    assert matching.Offered(question, villages).fit(villages[500].label["ky"]) == (villages[500],)
    took = []
    for typed in ("кара", "кара суу", "кызыл булок", "жаны дөбө зз", "эмне деп жатасыз", "аааааааааа"):
        before = time.thread_time()
        matching.Offered(question, villages).fit(typed)
        took.append(time.thread_time() - before)
    # Each takes 1 to 5 ms; the bound leaves room for a busy machine.
    assert max(took) < 0.05


@hypothesis.settings(max_examples=300)
@hypothesis.given(
    st.text(max_size=60)
    | st.lists(
        st.sampled_from(["суу", "вода", "жол", "и", "жана", "керек", "нужна", "школа", "ж", "3", "аш", "()"]),
        max_size=8,
    ).map(" ".join),
    st.sampled_from([NEEDS, PLACES, YES_NO, OFTEN]),
)
def test_whatever_is_typed_what_is_found_is_offered_once_and_in_order(
    typed: str, choices: tuple[form.Choice, ...]
) -> None:
    names = [choice.name for choice in choices]
    found = fit(choices, typed)
    assert found == [name for name in names if name in found]
