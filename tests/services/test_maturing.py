"""What time does to pledges: each step once, whoever makes it, and nobody who writes meanwhile is kept waiting."""

from __future__ import annotations

import asyncio
import datetime as dt
import subprocess
import sys
from decimal import Decimal

from bot.engine.pledging import campaigns
from bot.engine.pledging.events import Role
from bot.services import maturing, publishing, steering
from models import db, ledger, turns
from tests import talking
from tests.services import givers, killed_clock
from tests.services import house as houses
from tests.services.house import House

WHY = {"ky": "Жамгыр", "ru": "Дожди"}


async def mature(house: House, database: db.Database | None = None) -> int:
    return await maturing.mature(database or house.database, publishing.Library(), house.clock())


async def bring(house: House, *states: campaigns.State) -> None:
    """The facilitator brings the campaign so far."""
    for state in states:
        made = await steering.change(
            house.database, publishing.Library(), "suu", state, Role.FACILITATOR, house.clock(), WHY
        )
        assert isinstance(made, campaigns.Change)


async def test_a_promise_falls_due_on_its_day_and_lapses_two_weeks_after(database_url: str) -> None:
    async with houses.opened(database_url) as house:
        today = house.clock().date()
        await givers.promise(house, 1, due=today + dt.timedelta(days=3))
        await givers.promise(house, 1)
        assert await mature(house) == 0
        house.clock.forward(days=3)
        assert await mature(house) == 1
        assert await mature(house) == 0
        assert sorted(await house.rows("SELECT state FROM pledge")) == ["confirmed", "due"]
        house.clock.forward(days=13)
        assert await mature(house) == 0
        house.clock.forward(days=1)
        assert await mature(house) == 1
        assert await givers.steps(house) == {"confirmed": 2, "due": 1, "lapsed": 1}
        assert await house.rows("SELECT actor FROM pledge_event WHERE step <> 'confirmed'") == ["clock", "clock"]
        assert await house.count("outgoing") == 0
        assert await house.differences() == 0


async def test_without_a_day_of_its_own_it_falls_due_on_the_campaigns(database_url: str) -> None:
    async with houses.opened(database_url) as house:
        await givers.promise(house, 1)
        deadline = talking.flows()[2].deadline
        house.clock.forward(days=(deadline - house.clock().date()).days - 1)
        assert await mature(house) == 0
        house.clock.forward(days=1)
        assert await mature(house) == 1
        assert await house.rows("SELECT state FROM pledge") == ["due"]


async def test_a_cancelled_campaign_lets_everybody_go_but_keeps_what_is_on_the_way(database_url: str) -> None:
    async with houses.opened(database_url) as house:
        await givers.promise(house, 3)
        [first, *_] = await house.rows("SELECT id FROM pledge ORDER BY id")
        await house.write(
            "INSERT INTO pledge_event (pledge_id, step, quantity, actor, at) VALUES (:id, 'sent', 200, 'giver', :at)",
            id=first,
            at=house.clock().replace(tzinfo=None) if house.database.embedded else house.clock(),
        )
        await house.write("UPDATE pledge SET state = 'sent' WHERE id = :id", id=first)
        await bring(house, campaigns.State.CANCELLED)
        assert await mature(house) == 2
        assert sorted(await house.rows("SELECT state FROM pledge")) == ["sent", "withdrawn", "withdrawn"]


async def test_two_processes_make_each_step_once_while_givers_write(postgresql_url: str) -> None:
    async with houses.opened(postgresql_url) as house:
        person = house.person()
        await person.says("/start a-suu", "2", "5 дней", "1")
        await givers.promise(house, 120, due=house.clock().date())
        other = db.Database(postgresql_url)
        try:
            house.clock.forward(days=1)
            done = await asyncio.gather(
                mature(house), mature(house, other), mature(house, other), person.says("убадам"), mature(house)
            )
            again = await mature(house, other)
        finally:
            await other.close()
        assert sum(each for each in done if isinstance(each, int)) + again == 120
        assert (await givers.steps(house))["due"] == 120
        assert await house.differences() == 0


async def test_whoever_writes_is_left_alone_until_the_next_round(postgresql_url: str) -> None:
    async with houses.opened(postgresql_url) as house:
        await givers.promise(house, 2, due=house.clock().date())
        house.clock.forward(days=1)
        [contact, _] = await house.rows("SELECT id FROM contact ORDER BY id")
        async with house.database.transaction() as connection:
            await turns.lock_contacts(connection, [contact])
            assert await mature(house) == 1
        assert await mature(house) == 1


async def test_a_process_that_is_killed_loses_nothing_and_does_nothing_twice(database_url: str) -> None:
    async with houses.opened(database_url) as house:
        await givers.promise(house, 2 * maturing.BATCH + 10, due=house.clock().date())
        house.clock.forward(days=1)
        words = [sys.executable, "-m", killed_clock.__name__, database_url, house.clock().isoformat()]
        killed = await asyncio.to_thread(subprocess.run, words, timeout=60)
        assert killed.returncode < 0
        # It died within the second batch: the first is whole, of the second there is nothing.
        assert (await givers.steps(house))["due"] == maturing.BATCH
        assert await house.differences() == 0
        assert await mature(house) == maturing.BATCH + 10
        assert (await givers.steps(house))["due"] == 2 * maturing.BATCH + 10
        assert await house.differences() == 0


async def test_when_nothing_is_due_nothing_is_written(database_url: str) -> None:
    async with houses.opened(database_url) as house:
        await givers.promise(house, 5)
        before = await house.dump()
        assert await mature(house) == 0
        assert await steering.by_clock(house.database, publishing.Library(), house.clock()) == 0
        assert await house.dump() == before
        async with house.database.reading() as connection:
            [total, _] = (await ledger.totals(connection))["suu"]
        assert Decimal(total.quantity) / 100 == 10
