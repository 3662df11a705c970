"""Curbing: generous to people, deaf to floods, and one polite word between."""

from __future__ import annotations

import asyncio
import datetime as dt

import pytest

from bot.channels import base
from bot.services import curbing, receiving
from models import db, events
from tests.services import house as houses
from tests.services import signers
from tests.services.house import SEAL, House, Person

TOO_MUCH = "слишком много сообщений"


class Seconds:
    """A steady clock that stands until it is moved."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def seconds() -> Seconds:
    return Seconds()


def curbed(house: House, seconds: Seconds) -> None:
    """The desk counts by that clock."""
    house.desk._curb = curbing.Curb(house.database, SEAL, seconds)


async def flood(person: Person, number: int) -> int:
    """So many messages of one person at once; how many replies there were."""
    before = len(await person.letters())
    for _ in range(number):
        await person.house.desk.receive(person.message("жардам"))
    return len(await person.letters()) - before


async def all_pass(person: Person, number: int) -> None:
    """So many messages of one person pass; only those are answered that go too far, and the last."""
    curb, quiet = person.house.desk._curb, int(curbing.PERSON.burst) - 10
    assert all(curb.passes(person.message()) for _ in range(quiet))
    assert await flood(person, 20) == 20
    assert all(curb.passes(person.message()) for _ in range(number - quiet - 30))
    assert await flood(person, 10) == 10


async def test_a_flood_is_answered_with_one_line_and_then_with_silence(database_url: str, seconds: Seconds) -> None:
    async with houses.opened(database_url) as house:
        curbed(house, seconds)
        person, other = house.person(), house.person()
        await person.begins()
        left = int(curbing.PERSON.burst) - 3
        assert await flood(person, left) == left
        received = await house.count("received")
        assert await flood(person, 30) == 1
        assert TOO_MUCH in (await person.reads()).head
        # What is dropped is not written down as received: should it come again later, it is answered.
        assert await house.count("received") == received
        assert "Саламатсызбы" in (await other.sends("салам")).head
        seconds.now += curbing.SILENCE - 1
        assert await flood(person, 5) == 0
        seconds.now += 1
        # In that minute thirty have become free again.
        assert await flood(person, 40) == 30 + 1
        assert await house.count("set_aside") == 0


async def test_a_quick_person_is_never_curbed(database_url: str, seconds: Seconds) -> None:
    async with houses.opened(database_url) as house:
        curbed(house, seconds)
        person = house.person()
        await person.begins()
        for _ in range(20):
            # Five answers at once every ten seconds: as fast as thumbs are, for hours.
            assert await flood(person, 5) == 5
            seconds.now += 10


async def test_whoever_holds_an_office_may_write_ten_times_as_much(database_url: str, seconds: Seconds) -> None:
    async with houses.opened(database_url) as house:
        holder = await signers.signer(house)
        curbed(house, seconds)
        await all_pass(holder, 300)


async def test_an_event_lets_more_through_in_every_process_as_long_as_it_goes_on(
    database_url: str, seconds: Seconds
) -> None:
    async with houses.opened(database_url) as house:
        curbed(house, seconds)
        person = house.person()
        await person.begins()
        async with house.database.transaction() as connection:
            await events.announce(connection, events.Event("evening", db.now() + dt.timedelta(hours=2)))
        await all_pass(person, 300)
        async with house.database.transaction() as connection:
            assert await events.end(connection, "evening")
        seconds.now += 11
        assert await flood(person, 300) < 200
        assert TOO_MUCH in (await person.reads()).head


async def test_what_could_not_be_kept_and_comes_again_is_not_counted(
    database_url: str, seconds: Seconds, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with houses.opened(database_url) as house:
        curbed(house, seconds)
        person = house.person()
        message = person.message("ашар")
        with monkeypatch.context() as patched:

            async def away(*_: object) -> None:
                raise OSError

            patched.setattr(house.desk, "_commit", away)
            # As a poller asks again every second while the database is away.
            for _ in range(3 * int(curbing.PERSON.burst)):
                with pytest.raises(receiving.Busy):
                    await house.desk.receive(message)
        await house.desk.receive(message)
        assert TOO_MUCH not in (await person.reads()).head
        assert await house.count("received") == 1


def web(number: int) -> base.Inbound:
    return base.Inbound("web", f"k{number}", f"{number:022}", "1")


async def test_new_browsers_of_one_connection_are_bounded_and_known_ones_go_on(
    sqlite_url: str, seconds: Seconds
) -> None:
    database = db.Database(sqlite_url)
    curb = curbing.Curb(database, SEAL, seconds)
    hall, street = "192.0.2.0/24", "198.51.100.0/24"
    assert all(curb.passes(web(number), hall) for number in range(int(curbing.NEW.burst)))
    assert not curb.passes(web(10_000), hall)
    assert curb.passes(web(5), hall)
    assert curb.passes(web(10_001), street)
    await database.close()


async def test_one_connection_is_bounded_however_many_browsers_it_has(sqlite_url: str, seconds: Seconds) -> None:
    database = db.Database(sqlite_url)
    curb = curbing.Curb(database, SEAL, seconds)
    passed = [sum(curb.passes(web(number), "2001:db8::/64") for number in range(500)) for _ in range(10)]
    assert (passed[0], passed[-1]) == (500, 0)
    seconds.now += 60
    # A hall of sixty people who answer every three seconds.
    assert all(curb.passes(web(number), "2001:db8::/64") for number in range(1000, 1060))
    await database.close()


async def test_a_connection_that_looks_too_much_is_refused_until_it_may_look_again(
    database_url: str, seconds: Seconds
) -> None:
    database = db.Database(database_url)
    curb = curbing.Curb(database, SEAL, seconds)
    hall, street = "192.0.2.0/24", "198.51.100.0/24"
    shown = [await curb.looks(hall) for _ in range(int(curbing.LOOKS.burst) + 1)]
    assert (shown.count(False), shown[-1]) == (1, False)
    assert await curb.looks(street)
    assert all([await curb.looks("") for _ in range(int(curbing.LOOKS.burst) + 1)])
    seconds.now += curbing.LATER
    assert await curb.looks(hall)
    await database.close()


async def test_an_announced_event_lets_its_hall_look_on(database_url: str, seconds: Seconds) -> None:
    database = db.Database(database_url)
    async with database.transaction() as connection:
        await events.announce(connection, events.Event("kechki", db.now() + dt.timedelta(hours=3)))
    curb = curbing.Curb(database, SEAL, seconds)
    assert all([await curb.looks("192.0.2.0/24") for _ in range(5 * int(curbing.LOOKS.burst))])
    await database.close()


async def test_looking_asks_the_database_nothing_and_a_flood_once_in_ten_seconds(seconds: Seconds) -> None:
    gone = db.Database("postgresql://nobody@127.0.0.1:9/none")
    curb = curbing.Curb(gone, SEAL, seconds)
    assert all([await curb.looks("192.0.2.0/24") for _ in range(int(curbing.LOOKS.burst))])
    for _ in range(2):
        with pytest.raises(OSError, match="Connect"):
            await curb.looks("192.0.2.0/24")
        for _ in range(3):
            assert not await curb.looks("192.0.2.0/24")
        seconds.now += 11
        assert all([await curb.looks("192.0.2.0/24") for _ in range(round(11 / curbing.LOOKS.each))])
    await gone.close()


async def test_memory_holds_those_of_the_last_minutes_alone(sqlite_url: str, seconds: Seconds) -> None:
    database = db.Database(sqlite_url)
    curb = curbing.Curb(database, SEAL, seconds)
    for number in range(20_000):
        seconds.now += 1
        assert curb.passes(base.Inbound("sms", "k", f"+996{number}", "1"))
    assert len(curb._people._since) + len(curb._people._before) <= 2 * curbing.PERSON.burst * curbing.PERSON.each + 2
    await database.close()


async def test_a_flood_of_many_at_once_is_sent_away_instead_of_queued(database_url: str, seconds: Seconds) -> None:
    async with houses.opened(database_url) as house:
        curbed(house, seconds)
        people = [house.person() for _ in range(100)]
        for person in people:
            for _ in range(int(curbing.PERSON.burst)):
                house.desk._curb.passes(person.message())
        told = await asyncio.gather(
            *(house.desk.receive(person.message("1")) for person in people), return_exceptions=True
        )
        assert sum(isinstance(each, receiving.Busy) for each in told) == 100 - 64
        assert [each for each in told if each and not isinstance(each, receiving.Busy)] == []
        assert await house.count("outgoing") == 64


async def test_a_place_counts_the_texts_that_wait_too(database_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(receiving, "HELD", 2000)
    async with houses.opened(database_url) as house:
        messages = [house.person().message("я" * 1000) for _ in range(4)]
        told = await asyncio.gather(*map(house.desk.receive, messages), return_exceptions=True)
        assert [type(each) for each in told] == [type(None)] * 2 + [receiving.Busy] * 2
        await asyncio.gather(*map(house.desk.receive, messages[2:]))
        assert await house.count("contact") == 4
