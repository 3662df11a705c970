"""A promise in another's name counts in nothing until they say yes themselves, and nobody is asked twice."""

from __future__ import annotations

import asyncio
import re

import pytest

from bot.channels import base
from bot.services import booking, ticking
from models import media
from tests.services import house as houses
from tests.services.house import SEAL, House, Letterbox, Person

STANDS = "SELECT quantity FROM ledger_total WHERE stage = ''"
STATE = "SELECT state FROM pledge"


async def vouched(house: House, words: str = "5 дней за брата") -> tuple[Person, str]:
    """A relative who has promised in somebody's name, and the payload of the link."""
    relative = house.person()
    await relative.begins("a-suu")
    said = await relative.says(words, "1")
    found = re.search(r"start=(g-[A-Z0-9]{12})", said.head)
    assert found
    return relative, found[1]


async def test_it_counts_once_its_giver_has_said_yes_and_the_relative_hears_of_it(database_url: str) -> None:
    async with houses.opened(database_url) as house:
        relative, link = await vouched(house)
        assert await house.rows(STATE) == ["offered"]
        assert await house.rows(STANDS) == []
        assert await house.rows("SELECT respondent_id FROM pledge") == [None]
        code = link.removeprefix("g-").encode()
        kept = await house.dump()
        assert not [table for table, content in kept.items() if code in content]
        giver = house.person()
        await giver.sends(start=link)
        shown = await giver.sends("2")
        assert "5 дней работы" in shown.head
        assert await house.rows("SELECT count(*) FROM respondent") == [1]
        said = await giver.sends("1")
        assert "теперь это ваше обещание" in said.head
        assert (await house.rows(STATE), await house.rows(STANDS)) == (["confirmed"], [500])
        [told] = [each.head for _, each in await relative.letters() if "подтверждено" in each.head]
        assert "Чистая вода в село" in told
        assert "5 дней работы" in (await giver.sends("мои обещания")).head
        assert "От имени другого человека" in (await relative.sends("мои обещания")).head
        assert await house.differences() == 0


async def test_several_things_in_one_message_are_confirmed_by_one_link(database_url: str) -> None:
    async with houses.opened(database_url) as house:
        relative, link = await vouched(house, "за брата 5 дней, 3000 сом")
        assert await house.rows(STATE) == ["offered"] * 2
        # One of them by a link of its own from now on.
        said = await relative.says("мои обещания", "1", "4")
        [own] = re.findall(r"start=(g-[A-Z0-9]{12})", said.head)
        for start, confirmed in ((link, 1), (own, 2)):
            giver = house.person()
            await giver.sends(start=start)
            assert "теперь это ваше обещание" in (await giver.says("2", "1")).head
            assert (await house.rows(STATE)).count("confirmed") == confirmed
        _, link = await vouched(house, "за сестру 2 дня, 10 кап цемент")
        giver = house.person()
        await giver.sends(start=link)
        shown = await giver.sends("2")
        assert "2 дня работы" in shown.head
        assert "10 мешков цемента" in shown.head
        await giver.sends("1")
        assert await house.rows(STATE) == ["confirmed"] * 4
        assert await house.differences() == 0


@pytest.mark.parametrize(("country", "opens"), [("Корея", "2027-03-02 00:00"), ("Турция", "2027-03-01 12:")])
async def test_the_relative_hears_of_it_by_day_where_they_said_they_live(
    database_url: str, country: str, opens: str
) -> None:
    async with houses.opened(database_url, houses.Letterbox("telegram")) as house:
        relative = house.person("100200", "telegram")
        await relative.begins("a-suu")
        await relative.says("3 дня", "1", country, "меню", "2")
        said = await relative.says("5 дней за брата", "1")
        [link] = re.findall(r"start=(g-[A-Z0-9]{12})", said.head)
        # In the evening at home, at half past nine in Seoul.
        house.clock.now = house.clock.now.replace(hour=12, minute=30)
        giver = house.person("100300", "telegram")
        await giver.sends(start=link)
        await giver.says("2", "1")
        [waits] = await house.rows("SELECT not_before FROM outgoing ORDER BY not_before DESC LIMIT 1")
        assert str(waits).startswith(opens)


async def test_a_link_is_used_once_and_a_new_one_ends_the_old(database_url: str) -> None:
    async with houses.opened(database_url) as house:
        relative, old = await vouched(house)
        said = await relative.says("мои обещания", "1", "4")
        [new] = re.findall(r"start=(g-[A-Z0-9]{12})", said.head)
        late = house.person()
        await late.sends(start=old)
        assert "уже использована" in (await late.sends("2")).head
        giver = house.person()
        await giver.sends(start=new)
        await giver.says("2", "1")
        await late.sends(start=new)
        assert "уже использована" in (await late.reads()).head
        assert await house.rows("SELECT count(*) FROM consent WHERE purpose = 'pledge:suu'") == [2]


async def test_two_who_open_one_link_at_one_moment_are_taken_one_after_the_other(database_url: str) -> None:
    async with houses.opened(database_url) as house:
        _, link = await vouched(house)
        people = [house.person() for _ in range(2)]
        for each in people:
            await each.sends(start=link)
            await each.sends("2")
        await asyncio.gather(*(house.desk.receive(each.message("1")) for each in people))
        heads = [(await each.reads()).head for each in people]
        assert sorted("теперь это ваше" in head for head in heads) == [False, True]
        assert await house.rows(STATE) == ["confirmed"]
        assert await house.count("set_aside") == 0
        assert await house.differences() == 0


async def test_a_yes_is_to_what_was_seen(database_url: str) -> None:
    async with houses.opened(database_url) as house:
        relative, link = await vouched(house)
        giver = house.person()
        await giver.sends(start=link)
        await giver.sends("2")
        await relative.says("мои обещания", "1", "1", "8")
        said = await giver.sends("1")
        assert "8 дней работы" in said.head
        assert await house.rows(STATE) == ["offered"]
        await giver.sends("1")
        assert await house.rows(STANDS) == [800]


async def test_no_keeps_nothing_of_whoever_says_it(database_url: str) -> None:
    async with houses.opened(database_url) as house:
        relative, link = await vouched(house)
        giver = house.person()
        await giver.sends(start=link)
        await giver.says("2", "3")
        assert await house.rows(STATE) == ["withdrawn"]
        assert await house.rows("SELECT count(*) FROM respondent") == [1]
        assert "не засчитано" in "".join(each.head for _, each in await relative.letters())
        assert await house.differences() == 0


async def test_whoever_erases_themselves_takes_back_what_nobody_confirmed_and_nothing_else(database_url: str) -> None:
    async with houses.opened(database_url) as house:
        first, one = await vouched(house)
        giver = house.person()
        await giver.sends(start=one)
        await giver.says("2", "1")
        await first.says("удалить", "1")
        _, two = await vouched(house, "3 дня за отца")
        second = house.person(address=_.address)
        await second.says("удалить", "1")
        assert sorted(await house.rows(STATE)) == ["confirmed", "withdrawn"]
        assert await house.rows("SELECT count(*) FROM vouching WHERE respondent_id IS NOT NULL") == [0]
        late = house.person()
        await late.sends(start=two)
        assert "уже использована" in (await late.sends("2")).head
        assert await house.differences() == 0


async def test_what_nobody_confirms_lapses_and_nobody_is_told(database_url: str) -> None:
    async with houses.opened(database_url) as house:
        relative, link = await vouched(house)
        before = len(await relative.letters())
        house.clock.forward(days=120)
        clock = ticking.Clock(house.database, SEAL, houses.voice(), house.channels, clock=house.clock)
        await clock.tick()
        assert await house.rows(STATE) == ["lapsed"]
        assert len(await relative.letters()) == before
        giver = house.person()
        await giver.sends(start=link)
        assert "уже использована" in (await giver.sends("2")).head


# -- names, and photos of receipts ----------------------------------------------------------------------------


async def named(house: House) -> list[tuple[str, str]]:
    async with house.database.reading() as connection:
        return (await booking.named(connection, SEAL)).get("suu", [])


@pytest.mark.parametrize("ends", [("мои обещания", "1", "5", "1"), ("снять", "1"), ("удалить", "1")])
async def test_a_name_is_shown_as_long_as_it_is_wished_and_not_a_moment_longer(
    database_url: str, ends: tuple[str, ...]
) -> None:
    async with houses.opened(database_url) as house:
        person, other = house.person(), house.person()
        for each in (person, other):
            await each.begins("a-suu")
        await other.says("7 дней", "1")
        await person.says("5 дней", "3", "3", "Асановы", "1")
        assert await named(house) == [("family", "Асановы")]
        assert "Асановы" not in str(await house.dump())
        await person.says(*ends)
        assert await named(house) == []


async def test_a_photo_of_the_receipt_is_fetched_for_the_treasurer_and_goes_with_the_person(database_url: str) -> None:
    async with houses.opened(database_url, Letterbox("whatsapp")) as house:
        person = house.person(channel="whatsapp")
        await person.begins("a-suu")
        await person.says("5000 сомов", "1", "меню")
        photo = {"kind": "image", "media": base.Media("image", "file-1")}
        said = await person.sends("отправила 2000", **photo)
        assert "сохранено для казначея" in said.head
        [pledge] = await house.rows("SELECT id FROM pledge WHERE state = 'sent'")
        async with house.database.reading() as connection:
            [receipt] = await media.receipts(connection, [pledge])
        assert (receipt.status, receipt.content_hash) == ("waiting", None)
        assert (await house.rows("SELECT quantity FROM pledge_event WHERE step = 'sent'")) == [200000]
        assert "file-1" in (await house.unsealed())["media"]
        await person.says("удалить", "1")
        assert await house.count("media") == 0


async def test_who_takes_a_promise_back_leaves_no_photo_of_it(database_url: str) -> None:
    async with houses.opened(database_url, Letterbox("telegram")) as house:
        person = house.person(channel="telegram")
        await person.begins("a-suu")
        await person.says("5000 сомов", "1", "отправила")
        await person.sends(kind="image", media=base.Media("image", "file-2"))
        assert await house.count("media") == 1
        await person.says("снять", "1")
        assert await house.count("media") == 0


@pytest.mark.parametrize("giver_first", [True, False])
async def test_a_yes_stands_though_the_relative_is_erased_at_that_moment(database_url: str, giver_first: bool) -> None:
    async with houses.opened(database_url) as house:
        relative, link = await vouched(house)
        giver = house.person()
        await giver.sends(start=link)
        await giver.sends("2")
        await relative.says("өчүр")
        both = [giver, relative] if giver_first else [relative, giver]
        await asyncio.gather(*(house.desk.receive(each.message("1")) for each in both))
        confirmed = "теперь это ваше обещание" in (await giver.reads()).head
        assert confirmed is giver_first
        assert await house.rows(STATE) == ["confirmed" if confirmed else "withdrawn"]
        assert await house.count("set_aside") == 0
        assert await house.differences() == 0


async def test_a_yes_is_taken_though_the_relatives_channel_is_closed_by_now(database_url: str) -> None:
    async with houses.opened(database_url, Letterbox(), Letterbox("telegram")) as house:
        relative, link = await vouched(house)
        giver = house.person(channel="telegram", address="777")
        await giver.sends(start=link)
        await giver.sends("2")
    async with houses.opened(database_url, Letterbox("telegram")) as house:
        giver.house = house
        assert "теперь это ваше обещание" in (await giver.sends("1")).head
        assert await house.count("set_aside") == 0
        # Whoever opens that channel again sends it.
        relative.house = house
        assert "подтверждено" in (await relative.reads()).head


async def test_a_yes_is_taken_though_what_is_kept_of_the_relative_is_damaged(database_url: str) -> None:
    async with houses.opened(database_url) as house:
        relative, link = await vouched(house)
        giver = house.person()
        await giver.sends(start=link)
        await giver.sends("2")
        damaged = "UPDATE address SET sealed = :bad WHERE contact_id = :id"
        await house.write(damaged, bad=b"bad", id=await relative.contact())
        assert "теперь это ваше обещание" in (await giver.sends("1")).head
        assert await house.rows(STATE) == ["confirmed"]
        assert await house.count("set_aside") == 0
