"""Two processes on one PostgreSQL: nothing twice, nothing lost, nobody's order mixed up, no deadlock that shows."""

import asyncio
import contextlib
import logging
import random
import re
from collections.abc import AsyncIterator

import pytest

from bot.channels import base
from bot.services import counting, forgetting, receiving
from tests import talking
from tests.services import house as houses
from tests.services.house import SEAL, TOWN, VILLAGE, House, Letterbox, Person


@contextlib.asynccontextmanager
async def two(url: str, *channels: base.Channel) -> AsyncIterator[tuple[House, House]]:
    """Two houses with a pool of connections each, on one database and by one clock."""
    clock = talking.Clock()
    async with houses.opened(url, *channels, clock=clock) as one, houses.opened(url, *channels, clock=clock) as other:
        yield one, other


async def to_both(pair: tuple[House, House], message: base.Inbound) -> None:
    """The provider delivers it to both at once; one that is busy gets it again."""

    async def deliver(house: House) -> None:
        while True:
            try:
                return await house.desk.receive(message)
            except receiving.Busy:
                await asyncio.sleep(0.01)

    await asyncio.gather(*map(deliver, pair))


async def test_a_new_phone_that_knocks_at_both_doors_is_one_contact(postgresql_url: str) -> None:
    async with two(postgresql_url) as pair:
        people = [pair[0].person() for _ in range(30)]
        # Two different messages of each, in groups that name them in different orders.
        await asyncio.gather(
            *(pair[0].desk.receive(person.message("ашар")) for person in people),
            *(pair[1].desk.receive(person.message("салам")) for person in reversed(people)),
        )
        counted = [await pair[0].count(table) for table in ("contact", "address", "outgoing", "set_aside")]
        assert counted == [30, 30, 60, 0]


async def test_everything_delivered_to_both_at_once_has_one_effect(
    postgresql_url: str, caplog: pytest.LogCaptureFixture
) -> None:
    chance = random.Random(7)
    async with two(postgresql_url) as pair:
        people = [pair[0].person() for _ in range(12)]

        async def lives(number: int) -> None:
            person = people[number]
            await to_both(pair, person.message(start="s-priorities"))
            for text in ("2", "1", *(VILLAGE if number % 2 else TOWN)):
                await to_both(pair, person.message(text))
            if number % 4 == 0:
                for text in ("өчүр", "1"):
                    await to_both(pair, person.message(text))
            elif number % 4 == 1:
                await to_both(pair, person.message(start="a-suu"))
                for text in ("1", *houses.PLEDGE):
                    await asyncio.sleep(chance.random() * 0.005)
                    await to_both(pair, person.message(text))

        async def recounts() -> None:
            for _ in range(5):
                assert await counting.check(pair[1].database, SEAL) == 0
                assert await counting.rebuild(pair[1].database, SEAL) == 0
                await asyncio.sleep(0.05)

        await asyncio.gather(*map(lives, range(12)), recounts())
        assert [await pair[0].count(table) for table in ("contact", "set_aside")] == [12, 0]
        assert await pair[0].rows("SELECT status, count(*) FROM response GROUP BY status") == [("finished", 9 + 3)]
        assert await pair[0].rows("SELECT quantity, pledges FROM ledger_total WHERE stage = ''") == [(1500, 3)]
        assert await pair[0].differences() == 0
        # Each reply was made once and answers its own message: steps only rise.
        for person in people:
            letters = [said for _, said in await person.letters()]
            steps = [said.step for said in letters]
            assert steps == sorted(steps)
    assert not [
        record
        for record in caplog.records
        if record.name.startswith("bot.services.receiving") or record.levelno >= logging.ERROR
    ]


async def test_a_person_keeps_their_order_whichever_door_takes_them(postgresql_url: str) -> None:
    async with two(postgresql_url) as pair:
        people = [pair[0].person() for _ in range(8)]

        async def lives(number: int) -> None:
            messages = [people[number].message(start="s-priorities")]
            messages += [people[number].message(text) for text in ("2", "1", *VILLAGE)]
            for turn, message in enumerate(messages):
                await pair[(turn + number) % 2].desk.receive(message)

        await asyncio.gather(*map(lives, range(8)))
        assert await pair[0].rows("SELECT status, count(*) FROM response GROUP BY status") == [("finished", 8)]
        assert await pair[0].rows("SELECT count FROM tally WHERE question = '' AND margin = '' AND count > 0") == [8]
        assert await pair[0].differences() == 0


async def test_writing_delivering_erasing_and_forgetting_get_on(
    postgresql_url: str, caplog: pytest.LogCaptureFixture
) -> None:
    gone = base.Receipt(base.Fate.GONE, code="blocked")
    phone = Letterbox()
    phone.fates = [gone if number % 3 == 0 else base.Receipt(base.Fate.SENT, f"id{number}") for number in range(400)]
    async with two(postgresql_url, phone) as pair:
        people = [pair[0].person() for _ in range(16)]
        done = asyncio.Event()

        async def lives(number: int) -> None:
            for text in ("ашар", "2", "1", "1", "1", "1", "стоп", "улант", "өчүр", "1"):
                await pair[number % 2].desk.receive(people[number].message(text))

        async def forgets(house: House) -> None:
            while not done.is_set():
                await house.write("UPDATE due SET at = :now", now=house.clock())
                await forgetting.fall_due(house.database, [], house.clock())
                await asyncio.sleep(0.005)

        async def fails(number: int) -> None:
            while not done.is_set():
                await postmen[number % 2].afterwards.take(base.Status(f"id{number}", gone))
                await asyncio.sleep(0.005)

        async with pair[0].postman() as first, pair[1].postman() as second:
            postmen = (first, second)
            others = [asyncio.create_task(forgets(house)) for house in pair]
            others += [asyncio.create_task(fails(number)) for number in range(4)]
            await asyncio.gather(*map(lives, range(16)))
            done.set()
            await asyncio.gather(*others)
        assert await pair[0].count("set_aside") == 0
        assert await pair[0].differences() == 0
    assert not [
        record
        for record in caplog.records
        if record.name.startswith("bot.services.receiving") or record.levelno >= logging.ERROR
    ]


async def test_a_code_that_is_entered_at_both_desks_moves_one_address(postgresql_url: str) -> None:
    async with two(postgresql_url) as pair:
        phone, others = pair[0].person(), [pair[0].person() for _ in range(8)]
        await phone.begins()
        for other in others:
            await other.says("салам", "2")
        for _ in range(3):
            [code] = re.findall(r"кодом: (\w{4}-\w{4})\.", (await phone.sends("код")).head)
            # What else they write at this moment is taken before they go over, or after.
            said = [other.message(text) for other in others for text in (code, "меню")]
            await asyncio.gather(
                *(pair[at % 2].desk.receive(message) for at, message in enumerate(said)),
                *(pair[at % 2 - 1].desk.receive(message) for at, message in enumerate(said)),
            )
            contacts = [await other.contact() for other in others]
            assert contacts.count(await phone.contact()) == 1
            assert await pair[0].count("resume_code") == 0
            others = [other for other, its in zip(others, contacts, strict=True) if its != await phone.contact()]
        assert await pair[0].count("set_aside") == 0
        letters = [message.head for other in others for _, message in await other.letters()]
        assert len(letters) == len(others) * (2 + 2 * 3)


async def test_two_buttons_of_one_message_that_race_are_one_answer(postgresql_url: str) -> None:
    async with two(postgresql_url) as pair:
        people = [pair[0].person() for _ in range(6)]
        for person in people:
            await person.begins()

        async def taps(person: Person) -> None:
            for _ in range(3):
                asked = await person.reads()
                tap = asked.tag, asked.step
                # A tap and its neighbour, by both queues, in whatever order the processes come to them.
                await asyncio.gather(
                    *(
                        house.desk.receive(person.message(sends, tap=tap))
                        for house, sends in zip(pair, "12", strict=True)
                    )
                )
                letters = [said for _, said in await person.letters()][-2:]
                # One was the answer; the other found its step gone and changed nothing.
                assert letters[0].step <= letters[1].step
                assert letters[0].tag == letters[1].tag == asked.tag

        await asyncio.gather(*map(taps, people))
        assert await pair[0].rows("SELECT DISTINCT count(*) OVER (PARTITION BY response_id) FROM answer") == [3]
        assert await pair[0].differences() == 0


async def test_a_word_and_a_tap_that_race_are_taken_one_after_the_other(postgresql_url: str) -> None:
    async with two(postgresql_url) as pair:
        people = [pair[0].person() for _ in range(8)]
        for person in people:
            await person.begins()
            await person.says("1")

        async def race(person: Person) -> int:
            asked = await person.reads()
            tapped, typed = person.message("1", tap=(asked.tag, asked.step)), person.message("артка")
            await asyncio.gather(pair[0].desk.receive(tapped), pair[1].desk.receive(typed))
            [contact] = [await person.contact()]
            found: int = (
                await pair[0].rows(
                    "SELECT count(*) FROM answer JOIN response ON response.id = response_id JOIN respondent"
                    " ON respondent.id = respondent_id WHERE contact_id = :contact",
                    contact=contact,
                )
            )[0]
            return found

        kept = await asyncio.gather(*map(race, people))
        # Tapped and then back: both answers are there. Back and then tapped: that button belongs to no question that
        # is asked now, and the first answer alone is there.
        assert set(kept) <= {1, 2}
        assert await pair[0].count("set_aside") == 0
        assert await pair[0].differences() == 0
