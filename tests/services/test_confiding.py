"""A relative hears once, by day, for whoever pledged on a page; both may end it, and it goes with either of them."""

from __future__ import annotations

import asyncio
import contextlib
import datetime as dt
import re
import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests import talking
from tests.services import house as houses
from tests.services.house import House, Letterbox, Person
from tests.services.test_notifying import DEADLINE, noon, revise, tell

NEWS = "20 июня"


@pytest.fixture
def flows(tmp_path: Path) -> Path:
    return Path(shutil.copytree(talking.FLOWS, tmp_path / "flows"))


@contextlib.asynccontextmanager
async def opened(url: str) -> AsyncIterator[House]:
    async with houses.opened(url, Letterbox("web", push=False), Letterbox("telegram"), Letterbox()) as house:
        yield house


async def giver(house: House, address: str = "w" * 32) -> Person:
    """Somebody who has promised five days of work on a page, in Russian."""
    person = house.person(channel="web", address=address)
    await person.says("/start a-suu", "2", "5 дней 20 марта", "1", "пропустить")
    return person


async def link(person: Person) -> str:
    """The payload of a link that asks for a relative."""
    said = (await person.says("родственник")).head
    found = re.search(r"ashar (h-[A-Z0-9]{12})", said)
    assert found, said
    return found[1]


async def relative(house: House, payload: str, address: str = "777") -> Person:
    """Somebody who follows it and agrees."""
    person = house.person(channel="telegram", address=address)
    await person.sends(start=payload)
    await person.says("2", "1")
    return person


async def heads(person: Person, words: str = NEWS) -> list[str]:
    """What they were told that has these words."""
    return [each.head for _, each in await person.letters() if words in each.head]


async def test_news_reach_the_relative_once_and_the_page_as_well(database_url: str, flows: Path) -> None:
    async with opened(database_url) as house:
        person = await giver(house)
        hears = await relative(house, await link(person))
        await revise(house, flows, *DEADLINE)
        # At night nobody is told.
        assert await tell(house, noon(house) - dt.timedelta(hours=10)) == 0
        assert not await heads(hears)
        house.clock.now = noon(house)
        await tell(house, house.clock())
        await tell(house, house.clock() + dt.timedelta(minutes=5))
        [news] = await heads(hears)
        assert "Об обещании вашего близкого" in news
        assert "«родственник»" in news
        assert len(await heads(person)) == 1


async def test_reminders_reach_the_relative_though_a_notice_waits_on_the_page(database_url: str, flows: Path) -> None:
    async with opened(database_url) as house:
        person = await giver(house)
        hears = await relative(house, await link(person))
        await revise(house, flows, *DEADLINE)
        house.clock.now = noon(house)
        await tell(house, house.clock())
        for day in range(1, 28):
            await tell(house, house.clock() + dt.timedelta(days=day))
        reminded = await heads(hears, "5 дней работы")
        # A week before, on the day and a week after.
        assert len(reminded) == 3
        assert all("Об обещании вашего близкого" in each for each in reminded)
        assert not [each for each in reminded if "мои обещания" in each]
        house.clock.forward(days=28)
        # The page has one notice, and the rest at the next visit.
        assert not await heads(person, "Напоминаем")
        await person.says("меню")
        assert await heads(person, "5 дней работы")


async def test_who_hears_for_two_is_told_of_one_a_day(database_url: str, flows: Path) -> None:
    async with opened(database_url) as house:
        first, second = [await giver(house, letter * 32) for letter in "ab"]
        hears = await relative(house, await link(first))
        await hears.sends(start=await link(second))
        await hears.says("1")
        await revise(house, flows, *DEADLINE)
        house.clock.now = noon(house)
        told: list[int] = []
        for hours in (0, 1, 20, 24, 25, 48):
            at = house.clock() + dt.timedelta(hours=hours)
            await asyncio.gather(*(tell(house, at) for _ in range(2)))
            told.append(len(await heads(hears)))
        # Twice the same news, for each has to be told by them; by day, and on two days.
        assert told == [1, 1, 1, 2, 2, 2]
        assert [len(await heads(each)) for each in (first, second)] == [1, 1]


async def test_it_ends_by_stop_by_a_word_and_from_the_givers_side(database_url: str, flows: Path) -> None:
    async with opened(database_url) as house:
        first, second, third = [await giver(house, letter * 32) for letter in "abc"]
        stops = await relative(house, await link(first), "1")
        leaves = await relative(house, await link(second), "2")
        is_let_go = await relative(house, await link(third), "3")
        await stops.says("стоп")
        await leaves.says("родственник", "1")
        await third.says("родственник", "2")
        assert await heads(first, "больше не получает новости")
        assert await heads(second, "больше не получает новости")
        assert await heads(is_let_go, "больше писать не будем")
        await stops.says("продолжить")
        await revise(house, flows, *DEADLINE)
        await tell(house, noon(house))
        for each in (stops, leaves, is_let_go):
            assert not await heads(each)
        assert await house.count("confidant") == 0


@pytest.mark.parametrize("erased", ["giver", "relative"])
async def test_erasing_either_ends_it_and_leaves_nothing(database_url: str, flows: Path, erased: str) -> None:
    async with opened(database_url) as house:
        person = await giver(house)
        hears = await relative(house, await link(person))
        await revise(house, flows, *DEADLINE)
        house.clock.now = noon(house)
        await tell(house, house.clock())
        assert await heads(hears)
        await (person if erased == "giver" else hears).says("удалить", "1")
        assert await house.count("confidant") == 0
        assert not await heads(hears)
        assert await house.rows("SELECT count(*) FROM heard WHERE about LIKE 'R%'") == [0]
        await revise(house, flows, "deadline: 2027-06-20", "deadline: 2027-07-10", again=False)
        await tell(house, noon(house))
        assert not await heads(hears, "10 июля")


async def test_a_link_is_used_once_by_one_and_dies_with_age(database_url: str) -> None:
    async with opened(database_url) as house:
        person = await giver(house)
        payload = await link(person)
        kept = await house.dump()
        assert not [table for table, content in kept.items() if payload.removeprefix("h-").encode() in content]
        people = [house.person(channel="telegram", address=str(number)) for number in (1, 2)]
        for each in people:
            await each.sends(start=payload)
            await each.says("2")
        await asyncio.gather(*(house.desk.receive(each.message("1")) for each in people))
        said = [(await each.reads()).head for each in people]
        assert sorted("Теперь новости" in head for head in said) == [False, True]
        assert "уже использована" in "".join(said)
        payload = await link(await giver(house, "z" * 32))
        house.clock.forward(days=8)
        late = await relative(house, payload, "3")
        assert await heads(late, "уже использована")


async def test_the_relative_may_neither_see_nor_change_what_was_promised(database_url: str) -> None:
    async with opened(database_url) as house:
        hears = await relative(house, await link(await giver(house)))
        assert "Обещаний от вас" in (await hears.says("мои обещания")).head
        data = (await hears.says("мои данные")).head
        assert "за 1 близкого человека" in data
        assert "5 дней" not in data
        await hears.says("отправлено")
        assert await house.rows("SELECT state FROM pledge") == ["confirmed"]


@pytest.mark.parametrize("giver_first", [True, False])
async def test_a_new_link_and_a_yes_to_the_old_one_at_once_hold_up_nobody(database_url: str, giver_first: bool) -> None:
    async with opened(database_url) as house:
        person, hears, other = await giver(house), house.person(channel="telegram", address="777"), house.person()
        await hears.sends(start=await link(person))
        await hears.sends("2")
        both = [(person, "родственник"), (hears, "1")]
        texts = [*(both if giver_first else reversed(both)), (other, "ашар")]
        await asyncio.gather(*(house.desk.receive(each.message(text)) for each, text in texts))
        assert [await heads(each, "") != [] for each in (person, hears, other)] == [True] * 3
        assert await house.count("set_aside") == 0
        # Whoever agreed hears, or was told that the link is good no more.
        agreed = await house.rows("SELECT confidant_id IS NOT NULL FROM confidant")
        told = (await hears.reads()).head
        assert agreed == [not giver_first]
        assert ("новости будут приходить вам" in told) is not giver_first
