"""From the desk straight to the postman: what need not wait is sent without being read back."""

import asyncio

import pytest

from bot.services import delivering, pacing
from tests.services import house as houses
from tests.services.house import Letterbox, until
from tests.services.test_delivering import Fate, Receipt, arrived, settled


async def test_what_is_said_is_what_was_committed_in_order_and_one_at_a_time(database_url: str) -> None:
    phone = Letterbox()
    async with houses.opened(database_url, phone, handing=True) as house:
        people = [house.person() for _ in range(8)]
        await asyncio.gather(*(person.begins() for person in people))
        await until(lambda: len(phone.sent) == 24)
        await settled(house)
        assert await house.rows("SELECT DISTINCT status FROM outgoing") == ["sent"]
        for person in people:
            assert phone.heads(person.address) == [said.head for _, said in await person.letters()]
        assert not phone.crowded


async def test_a_second_answer_waits_for_the_first_and_no_longer(database_url: str) -> None:
    phone = Letterbox()
    phone.open.clear()
    async with houses.opened(database_url, phone, handing=True) as house:
        person = house.person()
        for text in ("ашар", "2", "1"):
            await house.desk.receive(person.message(text))
        assert await house.rows("SELECT status FROM outgoing ORDER BY id") == ["sending", "waiting", "waiting"]
        await arrived(phone, 1)
        phone.open.set()
        await arrived(phone, 3)
        assert phone.heads(person.address) == [said.head for _, said in await person.letters()]
        assert not phone.crowded


async def test_what_finds_no_room_waits_in_the_outbox(database_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pacing, "IN_FLIGHT", 2)
    phone = Letterbox()
    phone.open.clear()
    async with houses.opened(database_url, phone, handing=True) as house:
        people = [house.person() for _ in range(6)]
        await asyncio.gather(*(house.desk.receive(person.message("ашар")) for person in people))
        # The postman's own look may have come just before it was handed these, and taken up to as many again.
        assert 2 <= (await house.rows("SELECT status FROM outgoing")).count("waiting") <= 4
        await arrived(phone, 2)
        phone.open.set()
        await arrived(phone, 6)


async def test_an_account_that_rests_is_handed_nothing(database_url: str) -> None:
    phone = Letterbox()
    phone.fates = [Receipt(Fate.LATER, retry_after=600, whole_account=True)]
    async with houses.opened(database_url, phone, handing=True) as house:
        await house.desk.receive(house.person().message("ашар"))
        await arrived(phone, 1)
        await settled(house)
        await house.desk.receive(house.person().message("ашар"))
        assert await house.rows("SELECT status FROM outgoing") == ["waiting"] * 2
        assert len(phone.sent) == 1


async def test_what_died_on_its_way_is_found_by_the_next_postman(
    database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(delivering, "_GRACE", 0.1)
    phone = Letterbox()
    phone.open.clear()
    async with houses.opened(database_url, phone, handing=True) as house:
        person = house.person()
        await house.desk.receive(person.message("ашар"))
        await arrived(phone, 1)
    # The house is gone, and with it what its postman knew.
    phone.open.set()
    async with houses.opened(database_url, phone, clock=house.clock) as after:
        async with after.postman() as postman:
            await asyncio.sleep(0.05)
            assert len(phone.sent) == 1
            after.clock.forward(seconds=61)
            await postman.look()
            await arrived(phone, 2)
        first, second = phone.heads(person.address)
        assert first == second
