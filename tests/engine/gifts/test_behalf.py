"""In whose name a gift is: only what surely says so is taken, and the name with it."""

from __future__ import annotations

import pytest

from bot.engine.gifts import behalf


@pytest.mark.parametrize(
    ("text", "gift"),
    [
        ("атам үчүн 5000 сом", "5000 сом"),
        ("5000 сом, иним учун", "5000 сом,"),
        ("Азамат агамдын атынан 100$", "100$"),
        ("чоң атам үчүн бир кой", "бир кой"),
        ("5000 сом за брата", "5000 сом"),
        ("5000 сом за брата Азамата", "5000 сом"),
        ("за маму 3 дня", "3 дня"),
        ("от имени моего старшего брата 2000 рублей", "2000 рублей"),
        ("от брата Эрлана 20 мешков цемента", "20 мешков цемента"),
    ],
)
def test_the_words_for_it_are_taken_out(text: str, gift: str) -> None:
    assert behalf.without(text) == gift


@pytest.mark.parametrize(
    "text",
    [
        "5000 сом",
        "атам 5000 сом",
        "для брата 500 сом",
        "ашар үчүн 5000 сом",
        "за месяц 5000",
        "от меня 100$",
        "за братство",
    ],
)
def test_what_does_not_surely_say_so_is_left(text: str) -> None:
    assert behalf.without(text) == text


@pytest.mark.parametrize(
    "text",
    [
        "За меня и брата 5000",
        "5000 сом за себя и за жену",
        "за меня, и моего старшего брата",
        "от меня и от сестры 100$",
        "за брата и за меня 3000 сом",
        "за нас с братом 10000",
        "өзүм жана иним үчүн 5000 сом",
        "Өзүм үчүн жана Азамат иним үчүн 5000",
        "мен менен эжем 2 күн",
        "иним экөөбүздөн 4000 сом",
        "атам жана өзүм үчүн бир кой",
        "озум жана иним учун 5000",
    ],
)
def test_two_givers_in_one_are_known(text: str) -> None:
    assert behalf.together(text)


@pytest.mark.parametrize(
    "text",
    [
        "5000 сом",
        "за брата 5000",
        "атам үчүн 5000 сом",
        "менен 5000",
        "мен 5000 сом берем",
        "3000 сом и 2 дня",
        "за себя 500",
    ],
)
def test_one_giver_is_no_two(text: str) -> None:
    assert not behalf.together(text)
