"""Where a giver lives: from their number or one tap, on their pledges only, gone with them."""

from __future__ import annotations

import pytest

from bot.services import answering
from tests.services import house as houses

KEPT = "SELECT country, place FROM pledge ORDER BY code"


@pytest.mark.parametrize(
    ("address", "country"),
    [
        ("+79161234567", "RU"),
        ("whatsapp:+77011234567", "KZ"),
        ("+76001234567", "KZ"),
        ("whatsapp:+905321234567", "TR"),
        ("+821012345678", "KR"),
        ("+4915112345678", "ZZ"),
        # Whoever moved keeps a number of home for years.
        ("whatsapp:+996700123456", ""),
        ("123456789", ""),
        ("7abcdefabcdefabcdefabc", ""),
    ],
)
def test_a_number_of_abroad_tells_the_country(address: str, country: str) -> None:
    assert answering.country(address) == country


async def test_asked_once_and_kept_with_every_pledge(database_url: str) -> None:
    async with houses.opened(database_url) as house:
        person = house.person()
        asked = await person.says("/start a-suu", "2", "1", "5 дней", "1")
        assert "В какой стране вы сейчас живёте?" in asked.head
        assert await house.rows(KEPT) == [("", "")]
        assert "В какой стране" not in (await person.says("2")).head
        assert await house.rows(KEPT) == [("RU", "")]
        again = await person.says("/start a-suu", "2 мешка цемента", "1")
        assert "В какой стране" not in again.head
        assert await house.rows(KEPT) == [("RU", ""), ("RU", "")]
        assert await house.differences() == 0
        await person.says("стереть", "1")
        assert await house.rows(KEPT) == [("", ""), ("", "")]


async def test_nobody_must_answer_and_nobody_is_asked_twice(database_url: str) -> None:
    async with houses.opened(database_url) as house:
        person = house.person()
        await person.says("/start a-suu", "2", "1", "5 дней", "1", "7")
        assert "В какой стране" not in (await person.says("/start a-suu", "3 дня", "1")).head
        assert await house.rows(KEPT) == [("", ""), ("", "")]


async def test_a_number_of_abroad_is_not_asked(database_url: str) -> None:
    async with houses.opened(database_url) as house:
        person = house.person("+79161234567")
        assert "В какой стране" not in (await person.says("/start a-suu", "2", "1", "5 дней", "1")).head
        assert await house.rows(KEPT) == [("RU", "")]


async def test_at_home_the_place_is_that_of_a_finished_survey(database_url: str) -> None:
    async with houses.opened(database_url) as house:
        person = house.person()
        await person.begins()
        await person.says(*houses.VILLAGE)
        await person.says("/start a-suu", "1", "5 дней", "1", "1")
        [(country, place)] = await house.rows(KEPT)
        assert country == "KG"
        # Ak-Suu raion, and nothing finer.
        assert place == "KG02205000000"
