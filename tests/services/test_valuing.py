"""What was promised before its rate was known is counted by the rate of its day, once, and the totals stay right."""

from __future__ import annotations

import datetime as dt

from bot.services import valuing
from models import rates
from tests import talking
from tests.services import house as houses

SOM = "SELECT som, unvalued FROM ledger_total WHERE stage = ''"


async def test_a_rate_that_comes_later_counts_the_promises_of_its_day(database_url: str) -> None:
    async with houses.opened(database_url) as house:
        person = house.person()
        await person.begins("a-suu")
        said = await person.sends("5000 рублей")
        assert "когда станет известен курс" in said.head
        await person.sends("1")
        assert await house.rows(SOM) == [(0, 1)]
        day = talking.START.date()
        for on, value, counted in ((day + dt.timedelta(days=1), 9, 0), (day, 1_096_500, 1), (day, 2_000_000, 0)):
            async with house.database.transaction() as connection:
                await rates.keep(connection, [rates.Rate("RUB", on, value)])
            assert await valuing.value(house.database) == counted
        assert await house.rows(SOM) == [(548_250, 0)]
        assert await house.rows("SELECT som, rate FROM pledge") == [(548_250, 1_096_500)]
        assert await house.differences() == 0
        await person.says("снять", "1")
        assert await house.differences() == 0
