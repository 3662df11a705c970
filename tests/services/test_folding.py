"""What is kept beside the ledger's events can be proven by them, and made again from them."""

from __future__ import annotations

from bot.services import folding
from tests.services import house as houses
from tests.services.house import House

RIGHT = folding.Outcome(0, 0, ())


async def pledged(house: House) -> houses.Person:
    """Somebody has promised 5 days of work."""
    person = house.person()
    await person.says("/start a-suu", "2", "5 дней", "1")
    assert await house.rows("SELECT unit, quantity FROM pledge") == [("labour", 500)]
    return person


async def test_totals_and_states_are_the_fold_of_the_events(database_url: str) -> None:
    async with houses.opened(database_url) as house:
        await pledged(house)
        assert await folding.check(house.database) == RIGHT
        await house.write("UPDATE ledger_total SET quantity = quantity + 100 WHERE stage = 'not_due'")
        await house.write("INSERT INTO ledger_total VALUES ('suu', 'cement', 'cement', 'received', 100, 0, 1, 0)")
        await house.write("UPDATE pledge SET state = 'received'")
        differing = folding.Outcome(2, 1, ())
        assert await folding.check(house.database) == differing
        assert await folding.rebuild(house.database) == differing
        assert await folding.check(house.database) == RIGHT
        kept = await house.rows("SELECT stage, quantity, som, pledges FROM ledger_total ORDER BY stage")
        assert kept == [("", 500, 0, 1), ("not_due", 500, 0, 1)]


async def test_events_that_cannot_follow_are_named_and_hold_up_nobody(database_url: str) -> None:
    async with houses.opened(database_url) as house:
        person = await pledged(house)
        [pledge] = await house.rows("SELECT id FROM pledge")
        await house.write("UPDATE pledge_event SET step = 'accounted' WHERE step = 'offered'")
        found = await folding.rebuild(house.database)
        assert [(broken.pledge, broken.place) for broken in found.broken] == [(pledge, 1)]
        assert found.totals == 2
        assert await house.count("ledger_total") == 0
        assert "Обещаний от вас здесь пока нет" in (await person.says("мои обещания")).head


async def test_a_campaign_stands_as_its_last_event_says(database_url: str) -> None:
    async with houses.opened(database_url) as house:
        assert await folding.check(house.database) == RIGHT
        await house.write("UPDATE campaign SET state = 'done'")
        assert await folding.check(house.database) == RIGHT._replace(campaigns=1)
        assert await folding.rebuild(house.database) == RIGHT._replace(campaigns=1)
        assert await house.rows("SELECT state FROM campaign") == ["open"]
        assert await folding.check(house.database) == RIGHT
