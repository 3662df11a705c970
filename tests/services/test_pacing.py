"""Pacing: however many processes there are and whatever the line does, no second at the provider sees too much."""

import asyncio
import contextlib
import sys
from collections.abc import AsyncIterator, Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.channels import base
from bot.services import delivering, pacing
from models import db, sharing
from tests.services import house as houses
from tests.services.house import House, Letterbox, until
from tests.services.test_delivering import Fate, Receipt, settled


class Counting(Letterbox):
    """A provider that writes down when each message reached it, between a way there and a way back of any length."""

    def __init__(self, pace: base.Pace, ways: Sequence[float] = (0.0,)) -> None:
        super().__init__()
        self.capabilities = base.Capabilities(text=4096, pace=pace)
        self.ways = ways
        self.times: list[tuple[float, str]] = []

    async def send(self, address: str, outbound: base.Outbound) -> base.Receipt:
        """Late or early."""
        number = len(self.sent)
        if way := self.ways[number % len(self.ways)]:
            # With no way there, nothing comes between its leaving and its being counted.
            await asyncio.sleep(way)
        self.times.append((asyncio.get_running_loop().time(), address))
        receipt = await super().send(address, outbound)
        await asyncio.sleep(self.ways[(number + 1) % len(self.ways)])
        return receipt

    def most(self, seconds: float, address: str = "") -> int:
        """The most messages that came within any stretch of time so long, to all or to one."""
        times = sorted(at for at, to in self.times if not address or to == address)
        return max((sum(at <= each < at + seconds for each in times) for at in times), default=0)


@contextlib.asynccontextmanager
async def postmen(house: House, count: int) -> AsyncIterator[list[delivering.Postman]]:
    """So many processes that share one database."""
    async with contextlib.AsyncExitStack() as stack:
        made = [house.postman() for _ in range(count)]
        for postman in made:
            await stack.enter_async_context(postman)
        yield made


async def waiting(house: House, people: int) -> None:
    """So many people wait for an answer."""
    for _ in range(people):
        await house.desk.receive(house.person().message("ашар"))


@pytest.mark.parametrize("processes", [1, 3])
async def test_no_second_sees_more_than_the_account_may_have(database_url: str, processes: int) -> None:
    phone = Counting(base.Pace(10), ways=(0.0, 0.12, 0.03))
    phone.open.clear()
    async with houses.opened(database_url, phone) as house:
        await waiting(house, 25)
        async with postmen(house, processes):
            # As many as it may have, whoever sends them; and while no answer comes not one more.
            await until(lambda: len(phone.times) >= 10)
            await asyncio.sleep(0.1)
            assert len(phone.times) == 10
            phone.open.set()
            await until(lambda: len(phone.times) == 25)
    assert phone.most(1.0) <= 10
    assert len(set(phone.sent)) == 25


@settings(max_examples=4)
@given(ways=st.lists(st.floats(0, 0.3), min_size=1, max_size=6))
async def test_whatever_the_line_does_no_second_sees_more(ways: list[float]) -> None:
    phone = Counting(base.Pace(4), ways)
    pace = pacing.Pace(phone.capabilities.pace, lambda: None)
    pace.allow(4, asyncio.get_running_loop().time() + 60)

    async def send(address: str) -> None:
        pace.coming()
        await pace.turn(address)
        await phone.send(address, base.Outbound("x"))
        pace.over()

    await asyncio.gather(*(send(str(number)) for number in range(9)))
    assert phone.most(1.0) <= 4
    assert pace.room.all == 4 - pace.busy


async def test_one_person_gets_a_burst_and_then_so_many_as_the_platform_lets(database_url: str) -> None:
    phone = Counting(base.Pace(30, 3, 0.4))
    async with houses.opened(database_url, phone) as house:
        person, other = house.person(), house.person()
        async with house.postman() as postman:
            # Of nobody is it known at the start what they were sent a moment ago.
            await asyncio.sleep(1.3)
            phone.open.clear()
            for each in (*[person] * 6, *[other] * 2):
                await house.desk.receive(each.message("ашар"))
            postman.wake()
            await until(lambda: len(phone.times) == 2)
            phone.open.set()
            await until(lambda: len(phone.times) == 8)
    # Nobody else waits for it.
    assert [to for _, to in phone.times][-1] == person.address
    first = [at for at, to in phone.times if to == person.address]
    # However late they are, a burst of three and one more each 0.4 seconds.
    assert all(first[n + 3 + k] - first[n] >= 0.4 * (k + 1) - 0.01 for n in range(3) for k in range(3 - n))


async def test_shares_are_equal_whole_and_taken_over(database_url: str) -> None:
    database = db.Database(database_url)
    held = {"eldest": 0, "second": 0, "third": 0}
    killed: set[str] = set()

    async def says(process: str, limit: int) -> int:
        async with database.transaction() as connection:
            shares = await sharing.share(
                connection, process, {"sms": sharing.Held(limit, held[process], 0.0)}, killed.__contains__
            )
        held[process] = shares["sms"].permits
        assert sum(held.values()) <= limit
        return held[process]

    async def settle(limit: int) -> list[int]:
        for _ in range(3):
            for process in held:
                await says(process, limit)
        return list(held.values())

    assert await says("eldest", 10) == 10
    # Nothing is left until the eldest has let go, and has said so.
    assert await says("second", 10) == 0
    assert await says("eldest", 10) == 5
    assert await says("second", 10) == 0
    assert await says("eldest", 10) == 5
    assert await says("second", 10) == 5
    assert await settle(10) == [4, 3, 3]
    held.pop("third")
    async with database.transaction() as connection:
        await sharing.leave(connection, "eldest")
        await sharing.leave(connection, "third")
    # What they sent a moment ago still counts.
    assert await says("second", 10) == 3
    del held["eldest"]
    async with asyncio.timeout(houses.PATIENCE):
        while await says("second", 10) < 10:  # noqa: ASYNC110 - see house.until
            await asyncio.sleep(0.2)
    # One that is known to be dead leaves its share at once, and any other only when its time is over.
    held = {"heir": 0}
    assert await says("heir", 10) == 0
    killed.add("second")
    assert await says("heir", 10) == 10
    await database.close()


async def test_what_a_provider_told_one_process_holds_for_all_and_for_that_account_alone(postgresql_url: str) -> None:
    flooded, other = Counting(base.Pace(20)), Letterbox("whatsapp")
    flooded.fates = [Receipt(Fate.LATER, code="20429", retry_after=600, whole_account=True)]
    async with houses.opened(postgresql_url, flooded, other) as house:
        async with postmen(house, 2) as made:
            await until(lambda: all(postman.room()["sms"] for postman in made))
            await waiting(house, 1)
            made[0].wake()
            await until(lambda: flooded.times)
            await until(lambda: not any(postman.room()["sms"] for postman in made))
            await waiting(house, 3)
            await house.desk.receive(house.person(channel="whatsapp").message("ашар"))
            made[1].wake()
            await until(lambda: other.sent)
        assert len(flooded.times) == 1


async def test_a_process_that_cannot_say_that_it_lives_stops_before_its_share_is_given_away(
    sqlite_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    loop = asyncio.get_running_loop()
    time = loop.time
    database = db.Database(sqlite_url)
    paces = {"sms": pacing.Pace(base.Pace(10), lambda: None)}
    shares = pacing.Shares(database, paces)
    await shares.keep({}, lambda _channel, _rest: None)
    assert paces["sms"].room.all == 10
    monkeypatch.setattr(loop, "time", lambda: time() + sharing.LEASE - pacing._MARGIN)
    assert paces["sms"].room.all == 0
    await shares.keep({}, lambda _channel, _rest: None)
    assert paces["sms"].room.all == 10
    await database.close()


async def test_closing_leaves_what_waits_for_its_turn_to_others_and_sends_it_once(database_url: str) -> None:
    phone = Counting(base.Pace(30, 1, 30.0))
    async with houses.opened(database_url, phone) as house:
        person = house.person()
        async with house.postman() as postman:
            await person.sends("ашар")
            await person.sends("2")
            postman.wake()
            await until(lambda: phone.times)
            # The second is taken over, and waits for half a minute.
            await settled(house, "SELECT 1 FROM outgoing WHERE status = 'waiting'")
        assert await house.rows("SELECT status, attempts FROM outgoing ORDER BY id") == [("sent", 1), ("waiting", 0)]


async def test_who_starts_again_after_a_crash_need_not_wait_for_its_own_former_share(database_url: str) -> None:
    killed = await asyncio.create_subprocess_exec(sys.executable, "-c", "input()", stdin=asyncio.subprocess.PIPE)
    former = f"{db.new_id()[:17]}.{pacing._here()}.{killed.pid}"
    elsewhere = f"{db.new_id()[:17]}.000000.{killed.pid}"
    assert not pacing._is_dead(former)
    killed.kill()
    await killed.wait()
    assert pacing._is_dead(former)
    assert not pacing._is_dead(elsewhere)
    database = db.Database(database_url)
    async with database.transaction() as connection:
        await sharing.share(connection, former, {"sms": sharing.Held(10, 10, 0.0)}, lambda _: False)
    paces = {"sms": pacing.Pace(base.Pace(10), lambda: None)}
    await pacing.Shares(database, paces).keep({}, lambda _channel, _rest: None)
    assert paces["sms"].permits == 10
    await database.close()
