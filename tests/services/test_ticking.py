"""The clock of campaigns at work: one round does all that time asks for, and trouble does not stop it."""

from __future__ import annotations

import pytest

from bot.services import ticking
from tests import talking
from tests.services import givers
from tests.services import house as houses
from tests.services.house import SEAL, House


def clock(house: House) -> ticking.Clock:
    return ticking.Clock(house.database, SEAL, houses.voice(), house.channels, clock=house.clock)


async def test_a_round_moves_the_campaign_and_its_pledges(database_url: str) -> None:
    async with houses.opened(database_url) as house:
        await givers.promise(house, 2)
        assert await clock(house).tick() == 0
        house.clock.forward(days=(talking.flows()[2].deadline - house.clock().date()).days + 1)
        # The campaign, its two pledges, and both givers hear of it.
        assert await clock(house).tick() == 5
        house.clock.forward(hours=1)
        assert await clock(house).tick() == 0
        assert await house.rows("SELECT state FROM campaign") == ["collecting"]
        assert await house.rows("SELECT state FROM pledge") == ["due", "due"]


async def test_it_ticks_by_itself_and_through_trouble(
    sqlite_url: str, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(ticking, "PAUSE", 0.01)
    async with houses.opened(sqlite_url) as house:
        await givers.promise(house, 1, due=house.clock().date())
        await house.write("ALTER TABLE campaign RENAME TO gone")
        async with clock(house):
            await houses.until(lambda: "stood still" in caplog.text)
            await house.write("ALTER TABLE gone RENAME TO campaign")
            async with ticking.Clock(house.database, SEAL, houses.voice(), {}, clock=house.clock):
                while await house.rows("SELECT state FROM pledge") != ["due"]:
                    await houses.until(lambda: True)
