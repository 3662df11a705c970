"""What was written to many: after every reply, beside none to the same person, and not in the way of health."""

import asyncio
import datetime as dt
import random
from typing import Any

import pytest

from bot.channels import base
from bot.services import posting
from models import outbox
from tests.services import house as houses
from tests.services.house import SEAL, House, Letterbox, Person, until
from tests.services.test_delivering import PENDING, Fate, Receipt, settled
from tests.services.test_pacing import Counting, postmen


async def broadcast(house: House, people: list[Person], head: str = "Кабар", **ahead: int) -> None:
    """The same message to all of these, who have written before."""
    rows: list[dict[str, Any]] = []
    for person in people:
        hash_ = SEAL.hash(f"address/{person.channel}", person.address)
        ((contact, address),) = await house.rows(
            "SELECT contact_id, id FROM address WHERE key_hash = :hash", hash=hash_
        )
        said = base.Outbound(head)
        row = posting.outgoing(SEAL, person.channel, said, contact, address, "", house.clock())
        rows.append(row | {"bulk": True, "not_before": house.clock() + dt.timedelta(**ahead)})
    async with house.database.transaction() as connection:
        await outbox.add(connection, rows)


async def known(house: House, count: int) -> list[Person]:
    """People who have been answered."""
    people = [house.person() for _ in range(count)]
    for person in people:
        await house.desk.receive(person.message("ашар"))
    await house.write("UPDATE outgoing SET status = 'sent'")
    return people


async def test_replies_go_before_and_many_take_turns(database_url: str) -> None:
    phone = Counting(base.Pace(5))
    async with houses.opened(database_url, phone) as house:
        people = await known(house, 6)
        await broadcast(house, people)
        await people[5].sends("2")
        async with house.postman():
            await until(lambda: len(phone.sent) == 7)
        # Later in the outbox, first on its way; and a fifth of what may go is kept for such.
        assert phone.sent[0][0] == people[5].address
        assert phone.heads(people[5].address)[-1] == "Кабар"
        assert phone.most(1.0) <= 5
        assert not phone.crowded


async def test_a_reply_is_handed_over_past_what_waits_for_its_person(database_url: str) -> None:
    phone = Letterbox()
    async with houses.opened(database_url, phone, handing=True) as house:
        person = house.person()
        await person.sends("ашар")
        await settled(house)
        await broadcast(house, [person], hours=9)
        phone.open.clear()
        await person.sends("2")
        assert await house.rows("SELECT status FROM outgoing ORDER BY id") == ["sent", "waiting", "sending"]
        phone.open.set()


async def test_whoever_the_platform_holds_is_held_for_replies_too(database_url: str) -> None:
    phone = Letterbox()
    async with houses.opened(database_url, phone) as house:
        held, other = await known(house, 2)
        phone.fates = [Receipt(Fate.LATER, retry_after=60)]
        await broadcast(house, [held])
        async with house.postman() as postman:
            await until(lambda: phone.sent)
            await settled(house)
            for person in (held, other):
                await house.desk.receive(person.message("2"))
            postman.wake()
            await until(lambda: phone.heads(other.address))
            await settled(house)
            assert phone.heads(held.address) == ["Кабар"]
            house.clock.forward(minutes=5)
            postman.wake()
            await until(lambda: len(phone.heads(held.address)) == 3)
        # The answer first, although it was written later.
        assert phone.heads(held.address)[2] == "Кабар"


@pytest.mark.parametrize("seed", range(2))
async def test_two_processes_never_have_two_on_their_way_to_one_person(database_url: str, seed: int) -> None:
    chance = random.Random(seed)
    phone = Counting(base.Pace(200), ways=(0.0, 0.01, 0.003))
    async with houses.opened(database_url, phone, handing=True) as house:
        people = [house.person() for _ in range(8)]
        for person in people:
            await house.desk.receive(person.message("ашар"))
        await settled(house, PENDING)
        before = len(phone.sent)
        async with postmen(house, 1):
            for number in range(4):
                await broadcast(house, chance.sample(people, 5), f"Кабар {number}")
                talking = chance.sample(people, 4)
                await asyncio.gather(*(house.desk.receive(each.message("жардам")) for each in talking))
            await until(lambda: len(phone.sent) - before >= 4 * 9)
            await settled(house, PENDING)
        assert not phone.crowded
        assert await house.rows("SELECT DISTINCT status FROM outgoing") == ["sent"]
        for person in people:
            told = [head for head in phone.heads(person.address) if head.startswith("Кабар")]
            assert told == sorted(told)


async def test_a_million_that_wait_are_not_looked_through(database_url: str) -> None:
    async with houses.opened(database_url) as house:
        (person,) = await known(house, 1)
        await broadcast(house, [person])
        async with house.database.transaction() as connection:
            prefix = "EXPLAIN QUERY PLAN " if house.database.embedded else "EXPLAIN "
            if not house.database.embedded:
                await connection.exec_driver_sql("SET LOCAL enable_seqscan = off")
            given = {"at": house.clock(), "soon": house.clock(), "channel": "sms", "channels": ["sms"], "limit": 5}
            seen: list[str] = []
            for statement in (outbox._CLAIM, outbox._NEXT, outbox._CANDIDATES):
                compiled = statement.params(given).compile(
                    dialect=connection.dialect, compile_kwargs={"literal_binds": True, "render_postcompile": True}
                )
                rows = await connection.exec_driver_sql(prefix + str(compiled))
                seen.append("\n".join(str(row) for row in rows))
        for plan in seen:
            assert "ix_outgoing_pending" in plan
        if house.database.embedded:
            assert "status=? AND channel=? AND bulk=? AND not_before<?" in seen[0]


async def test_health_does_not_call_a_long_broadcast_a_standstill(database_url: str) -> None:
    async with houses.opened(database_url) as house:
        await broadcast(house, await known(house, 1))
        house.clock.forward(hours=30)
        async with house.database.reading() as connection:
            assert await outbox.oldest_waiting(connection, house.clock(), ["sms"]) is None
