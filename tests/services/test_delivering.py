"""The postman: in order for each contact, nothing lost, nothing twice but what nobody can know."""

import asyncio
import contextlib
import datetime as dt
from collections.abc import AsyncIterator

import pytest

from bot.channels import base
from bot.services import delivering, pacing
from models import outbox
from tests.services import house as houses
from tests.services.house import House, Letterbox, Person, until

Fate, Receipt = base.Fate, base.Receipt
ROOM = {"sms": outbox.Room(9, 9)}
PENDING = "SELECT 1 FROM outgoing WHERE status IN ('waiting', 'sending')"


@contextlib.asynccontextmanager
async def begun(url: str, *channels: Letterbox) -> AsyncIterator[tuple[House, Person]]:
    """A house and a person at the first question, everything so far said."""
    async with houses.opened(url, *channels) as house:
        person = house.person()
        await person.begins()
        await house.write("UPDATE outgoing SET status = 'sent'")
        yield house, person


async def statuses(person: Person) -> list[str]:
    """What became of the messages after the first question."""
    return [status for status, _ in await person.letters()][3:]


async def arrived(channel: Letterbox, count: int) -> None:
    """Wait until so many messages were sent."""
    await until(lambda: len(channel.sent) >= count)
    assert len(channel.sent) == count


async def settled(house: House, unless: str = "SELECT 1 FROM outgoing WHERE status = 'sending'") -> None:
    """Wait until the fate of all that was sent is written down, or whatever else finds no row any more.

    Before the clock goes far: of what is still on its way by then a minute later nobody knows what became of it.
    """
    async with asyncio.timeout(houses.PATIENCE):
        while await house.rows(unless):  # noqa: ASYNC110 - see house.until
            await asyncio.sleep(0.01)


async def later(house: House, postman: delivering.Postman, **ahead: int) -> None:
    """Time passes, and the postman looks."""
    house.clock.forward(**ahead)
    await postman.look()


async def test_each_contact_in_order_and_one_at_a_time(database_url: str) -> None:
    phone = Letterbox()
    async with houses.opened(database_url, phone) as house:
        people = [house.person() for _ in range(4)]
        for person in people:
            await person.begins()
            await person.says("1", "1")
        expected = {person.address: [said.head for _, said in await person.letters()] for person in people}
        async with house.postman():
            await arrived(phone, 20)
        assert {address: phone.heads(address) for address in expected} == expected
        assert not phone.crowded
        assert await house.rows("SELECT DISTINCT status FROM outgoing") == ["sent"]
        assert await house.count("outgoing") == len(set(await house.rows("SELECT provider_id FROM outgoing")))


async def test_a_slow_one_holds_up_nobody_on_any_channel(database_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pacing, "IN_FLIGHT", 2)
    slow, fast = Letterbox("slow"), Letterbox("fast")
    slow.open.clear()
    async with houses.opened(database_url, slow, fast) as house:
        for channel in (slow, fast):
            for _ in range(4):
                await house.person(channel=channel.name).sends("ашар")
        async with house.postman():
            await arrived(fast, 4)
            assert len(slow.sent) == 2
            slow.open.set()
            await arrived(slow, 4)


async def test_two_postmen_send_nothing_twice(database_url: str) -> None:
    phone = Letterbox()
    async with houses.opened(database_url, phone) as house:
        people = [house.person() for _ in range(20)]
        for person in people:
            await person.says("ашар", "2", "1")
        async with house.postman(), house.postman():
            await arrived(phone, 60)
            await asyncio.sleep(0.05)
        assert len(phone.sent) == 60
        assert not phone.crowded


async def test_many_fates_are_written_down_together(database_url: str, caplog: pytest.LogCaptureFixture) -> None:
    phone = Letterbox()
    later_, unknown = Receipt(Fate.LATER, retry_after=600), Receipt(Fate.UNKNOWN)
    phone.fates = [Receipt(fate) for fate in (Fate.GONE, Fate.FAILED) for _ in range(3)]
    phone.fates += [later_] * 3 + [unknown] * 3
    phone.open.clear()
    async with houses.opened(database_url, phone) as house:
        for _ in range(14):
            await house.desk.receive(house.person().message("ашар"))
        async with house.postman():
            await arrived(phone, 14)
            phone.open.set()
            await settled(house)
        counts = dict(await house.rows("SELECT status, count(*) FROM outgoing GROUP BY status"))
        assert counts == {"failed": 6, "waiting": 3, "unknown": 3, "sent": 2}
    assert "outbox could not be read" not in caplog.text


async def test_what_must_wait_waits_its_time(database_url: str) -> None:
    phone = Letterbox()
    async with begun(database_url, phone) as (house, person):
        phone.fates = [Receipt(Fate.LATER, retry_after=30, whole_account=True)]
        await person.sends("1")
        other = house.person()
        async with house.postman() as postman:
            await arrived(phone, 1)
            await settled(house)
            await house.desk.receive(other.message("ашар"))
            house.clock.forward(seconds=20)
            postman.wake()
            await asyncio.sleep(0.05)
            # The provider wants to hear nothing of the whole account.
            assert (len(phone.sent), await statuses(person)) == (1, ["waiting"])
            house.clock.forward(seconds=80)
            postman.wake()
            await arrived(phone, 3)
        assert phone.heads(person.address) == [(await person.reads()).head] * 2


async def test_what_waits_for_a_day_is_given_up(database_url: str) -> None:
    phone = Letterbox()
    async with begun(database_url, phone) as (house, person):
        phone.fates = [Receipt(Fate.LATER, retry_after=1)] * 2
        await person.sends("1")
        async with house.postman() as postman:
            await arrived(phone, 1)
            await settled(house)
            house.clock.forward(hours=24)
            postman.wake()
            await arrived(phone, 2)
        assert await statuses(person) == ["failed"]


async def test_an_address_that_takes_nothing_is_closed_until_they_write(database_url: str) -> None:
    phone = Letterbox()
    async with begun(database_url, phone) as (house, person):
        phone.fates = [Receipt(Fate.GONE, code="x" * 70)]
        await person.sends("1")
        await person.sends("1")
        async with house.postman() as postman:
            # They wrote after the first was put in, so the address stays open for the second.
            await arrived(phone, 2)
            phone.fates = [Receipt(Fate.GONE, code="blocked")]
            await person.sends("2")
            postman.wake()
            await arrived(phone, 3)
        assert await house.rows("SELECT closed FROM address") == ["blocked"]
        assert await statuses(person) == ["failed", "sent", "failed"]
        await person.sends("35")
        assert await house.rows("SELECT closed FROM address") == [None]
        async with house.postman():
            await arrived(phone, 4)


async def test_to_a_closed_address_nothing_is_sent(database_url: str) -> None:
    phone = Letterbox()
    async with begun(database_url, phone) as (house, person):
        await person.sends("1")
        await house.desk.receive(person.message(kind="blocked"))
        async with house.postman():
            await settled(house, PENDING)
        assert (phone.sent, await statuses(person)) == ([], ["failed"])


async def test_a_lost_message_is_repeated_once_after_a_minute_of_silence(database_url: str) -> None:
    phone = Letterbox()
    async with begun(database_url, phone) as (house, person):
        # That it was surely not sent at first does not use up the one repetition.
        phone.fates = [Receipt(Fate.LATER, retry_after=1), *[Receipt(Fate.UNKNOWN, code="timeout")] * 5]
        await person.sends("1")
        async with house.postman() as postman:
            await arrived(phone, 1)
            await settled(house)
            house.clock.forward(seconds=2)
            postman.wake()
            await arrived(phone, 2)
            await settled(house)
            await later(house, postman, seconds=59)
            assert await statuses(person) == ["unknown"]
            await later(house, postman, seconds=2)
            await arrived(phone, 3)
            await settled(house)
            await later(house, postman, seconds=200)
            await asyncio.sleep(0.05)
        assert len(phone.sent) == 3
        assert await statuses(person) == ["failed"]


async def test_a_lost_message_is_not_repeated_once_they_have_written(database_url: str) -> None:
    phone = Letterbox()
    async with begun(database_url, phone) as (house, person):
        phone.fates = [Receipt(Fate.UNKNOWN)]
        await person.sends("1")
        async with house.postman() as postman:
            await arrived(phone, 1)
            await settled(house)
            # Nor does the answer wait for the minute to end.
            house.clock.forward(seconds=-50)
            await person.sends("1")
            postman.wake()
            await arrived(phone, 2)
            await settled(house)
            await later(house, postman, seconds=100)
            await settled(house)
        assert await statuses(person) == ["sent", "sent"]
        assert len(set(phone.sent)) == 2


async def test_an_edit_of_unknown_fate_is_repeated_soon_but_not_forever(database_url: str) -> None:
    phone = Letterbox()
    async with begun(database_url, phone) as (house, person):
        phone.fates = [Receipt(Fate.UNKNOWN)] * 20
        tag = (await person.reads()).tag
        await person.sends("1", tap=(tag, (await person.reads()).step), edits="77")
        assert (await person.reads()).edits == "77"
        async with house.postman() as postman:
            for tries in range(1, 9):
                await arrived(phone, tries)
                await settled(house)
                house.clock.forward(minutes=4)
                postman.wake()
            await asyncio.sleep(0.05)
        assert (len(phone.sent), await statuses(person)) == (8, ["failed"])


async def test_a_crash_repeats_at_most_one_message_a_contact(database_url: str) -> None:
    phone = Letterbox()
    async with begun(database_url, phone) as (house, person):
        silent, eager = house.person(), house.person()
        await silent.sends("ашар")
        await eager.says("ашар", "2")
        phone.open.clear()
        crashed = house.postman()
        await crashed.__aenter__()
        await arrived(phone, 2)
        tasks = (*crashed._tasks, *crashed._sending)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        phone.open.set()
        async with house.postman() as postman:
            await asyncio.sleep(0.05)
            assert len(phone.sent) == 2
            await later(house, postman, seconds=61)
            await arrived(phone, 4)
            await settled(house)
        heads = phone.heads(silent.address)
        assert heads == [heads[0]] * 2
        # Who has written since has read it, or asks again.
        assert phone.heads(eager.address) == [said.head for _, said in await eager.letters()]
        assert await statuses(person) == []


async def test_a_message_on_which_every_process_dies_is_sent_twice_at_most(database_url: str) -> None:
    phone = Letterbox()
    async with begun(database_url, phone) as (house, person):
        await person.sends("1")
        for _ in range(4):
            async with house.database.transaction() as connection:
                taken = (await outbox.claim(connection, ROOM, house.clock(), house.clock() + delivering.LEASE)).letters
            phone.sent += [(person.address, "claimed") for _ in taken]
            house.clock.forward(seconds=61)
            await house.postman()._resolve()
        assert len(phone.sent) == 2
        assert await statuses(person) == ["failed"]


async def test_closing_lets_what_is_on_its_way_arrive(database_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(delivering, "_GRACE", houses.PATIENCE)
    phone = Letterbox()
    async with begun(database_url, phone) as (house, person):
        await person.sends("1")
        phone.open.clear()
        async with house.postman():
            await arrived(phone, 1)
            asyncio.get_running_loop().call_later(0.1, phone.open.set)
        assert await statuses(person) == ["sent"]


async def test_stop_takes_back_what_is_tried_again_but_not_the_farewell(database_url: str) -> None:
    phone = Letterbox()
    async with begun(database_url, phone) as (house, person):
        await person.sends("1")
        phone.fates = [Receipt(Fate.LATER, retry_after=1), Receipt(Fate.LATER, retry_after=1)]
        phone.open.clear()
        async with house.postman() as postman:
            await arrived(phone, 1)
            house.clock.forward(seconds=1)
            await house.desk.receive(person.message("стоп"))
            farewell = await person.reads()
            phone.open.set()
            await arrived(phone, 2)
            await settled(house)
            house.clock.forward(minutes=5)
            postman.wake()
            await arrived(phone, 3)
            await settled(house)
            await later(house, postman, minutes=5)
            await settled(house)
        assert phone.heads(person.address)[1:] == [farewell.head] * 2
        assert await statuses(person) == ["dropped", "sent"]


async def test_what_is_for_somebodys_morning_holds_up_no_answer_tonight(database_url: str) -> None:
    phone = Letterbox()
    async with houses.opened(database_url, phone) as house:
        person = house.person()
        await person.begins()
        async with house.postman():
            await settled(house, PENDING)
            at = house.clock() + dt.timedelta(hours=9)
            await house.write(
                "INSERT INTO outgoing (contact_id, address_id, channel, status, sealed, not_before, created_at)"
                " SELECT contact_id, address_id, channel, 'waiting', sealed, :at, created_at FROM outgoing LIMIT 1",
                at=at.replace(tzinfo=None) if house.database.embedded else at,
            )
            count = len(phone.sent)
            await person.says("помощь")
            await until(lambda: len(phone.sent) == count + 1)
