"""All that is kept about a person is told to them: also what they said of campaigns, photos, names and offices."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.channels import base
from tests.services import everything, residents, sending, signers
from tests.services import house as houses
from tests.services.house import Letterbox
from tests.services.test_opinions import done


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ("мои данные", ("ваша оценка: Нет; Скорее нет; Вода мутная", "хранится фото чека", "Имя: Асановы (семья)")),
        ("маалыматым", ("сиздин бааңыз: Жок; ", "чектин сүрөтү сакталат", "Асановы")),
    ],
)
async def test_what_they_said_and_sent_is_told(database_url: str, words: str, told: tuple[str, ...]) -> None:
    async with houses.opened(database_url, Letterbox("whatsapp")) as house:
        person = house.person(channel="whatsapp")
        await person.begins("a-suu")
        await person.says("5000 сомов", "3", "3", "Асановы", "1", "меню")
        await person.sends("отправила", kind="image", media=base.Media("image", "file-1"))
        await done(house)
        await person.says("оценка", "3", "2", "Вода мутная")
        if words == "маалыматым":
            await person.says("кыргызча")
        head = (await person.says(words)).head
        for each in told:
            assert each in head


async def test_whoever_holds_an_office_is_told_that_it_is_kept(database_url: str) -> None:
    async with houses.opened(database_url) as house:
        person = await signers.signer(house)
        assert "Ваша обязанность: Чистая вода в село, казначей" in (await person.says("мои данные")).head


async def test_what_was_written_to_them_among_many_is_told_to_them_alone(database_url: str) -> None:
    async with houses.opened(database_url) as house:
        person = house.person()
        await person.begins()
        await person.says(*houses.VILLAGE)
        house.clock.forward(hours=1)
        await residents.send(house)
        neighbour = house.person()
        await neighbour.begins()
        await neighbour.says(*houses.VILLAGE)
        assert residents.TEXT["ru"] not in (await neighbour.says("мои данные")).head
        assert f"в числе многих: «{residents.TEXT['ru']}»" in (await person.says("мои данные")).head
        await person.says("кыргызча")
        assert residents.TEXT["ky"] in (await person.says("маалыматым")).head


async def test_all_that_every_table_keeps_is_told(sqlite_url: str, tmp_path: Path) -> None:
    async with sending.opened(sqlite_url, tmp_path, Letterbox("whatsapp")) as sent:
        person = await everything.lives(sent)
        await person.says("мои обещания")
        told = (await person.says("мои данные")).head
        for each in (
            everything.VILLAGE,
            everything.PROPOSAL,
            everything.IDEA,
            everything.NAME,
            everything.WHY,
            f"Записано с вашего голосового: {everything.HEARD}",
            "хранится фото чека",
            "5 000 сомов",
            "3 дня работы",
            "вторая подпись",
            "Ваше согласие: Что нам важнее всего?; Покажите; Чистая вода в село",
            "ваш номер или чат",
        ):
            assert each in told, each


async def test_what_was_taken_back_is_told_while_it_is_kept(sqlite_url: str) -> None:
    async with houses.opened(sqlite_url) as house:
        person = house.person()
        await person.begins("a-suu")
        await person.says("5 дней", "1", "1", "мои обещания", "1", "снять", "1")
        told = (await person.says("мои данные")).head
        assert "Больше не действует: Чистая вода в село: 5 дней работы" in told
        assert "Где вы живёте: Кыргызстан" in told
