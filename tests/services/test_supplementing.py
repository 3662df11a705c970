"""What others add: equal to a recount at every moment, kept while the ledger stands still."""

from __future__ import annotations

import asyncio
from decimal import Decimal
from typing import Any

import pytest

from bot.engine.pledging import events
from bot.services import booking, publishing, supplementing
from models import ledger, turns
from tests.services import house as houses
from tests.services import test_booking as quotes
from tests.services.house import House, Person


async def gives(house: House, *offers: str, person: Person | None = None) -> Person:
    """Somebody promises these, one after the other."""
    giver = person or house.person("")
    for offer in offers:
        await giver.says("/start a-suu")
        if not await house.rows("SELECT id FROM respondent WHERE contact_id = :of", of=await giver.contact()):
            await giver.says("2", "1")
        await giver.says(offer, "1", "меню")
    return giver


async def added(house: House, reckoner: supplementing.Reckoner) -> tuple[object, object]:
    """What the one rule of suu comes to; a reckoner that remembers says the same as one that does not."""
    library = publishing.Library()
    async with house.database.reading() as connection:
        campaign = (await library.catalogue(connection)).campaigns["suu"]
        [found] = await reckoner.added(connection, campaign)
        [again] = await supplementing.reckon(connection, campaign)
    assert found == again
    return found.confirmed, found.received


async def receive(house: House, code: str, amount: str) -> None:
    """The treasurer receives so much of a pledge."""
    async with house.database.transaction() as connection:
        [name] = await house.rows("SELECT id FROM pledge WHERE code = :code", code=code)
        [promise] = booking.promises(await ledger.named(connection, [name]))
        writes = turns.Writes()
        step = events.Event(events.Step.RECEIVED, Decimal(amount), house.clock(), events.Role.TREASURER, hand="t")
        booking.step(writes, promise, [step])
        await ledger.write(connection, (), writes.pledge_states, writes.pledge_events)
        await ledger.add(connection, writes.ledger_totals)


async def test_it_follows_every_pledge_receipt_withdrawal_and_erasure(database_url: str) -> None:
    async with houses.opened(database_url) as house:
        reckoner = supplementing.Reckoner()
        assert await added(house, reckoner) == (0, 0)
        await quotes.quoted(house, "2027-02-27", USD=87_450_000)
        # Half a som to a som; 5,000 to a pledge, 10,000 to a person, 60,000 in all.
        first = await gives(house, "5000 сом")
        assert await added(house, reckoner) == (2500, 0)
        second = await gives(house, "20000 сом", "9000 сом", "3000 сом")
        assert await added(house, reckoner) == (2500 + 5000 + 4500 + 500, 0)
        await gives(house, "100 долларов", "3 дня", "5 мешков цемента", "300 лир")
        assert await added(house, reckoner) == (2500 + 10_000 + Decimal("4372.5"), 0)
        [code] = await house.rows("SELECT code FROM pledge WHERE quantity = 2000000")
        await receive(house, code, "6000")
        assert await added(house, reckoner) == (2500 + 10_000 + Decimal("4372.5"), 3000)
        await first.says("стереть", "1")
        assert await added(house, reckoner) == (10_000 + Decimal("4372.5"), 3000)
        # What was received stays, as the gift of nobody in particular; the rest of it is let go.
        await second.says("стереть", "1")
        assert await added(house, reckoner) == (3000 + Decimal("4372.5"), 3000)
        assert await house.differences() == 0


async def test_it_is_not_reckoned_twice(sqlite_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    async with houses.opened(sqlite_url) as house:
        await gives(house, "5000 сом")
        reckoner, library = supplementing.Reckoner(), publishing.Library()
        async with house.database.reading() as connection:
            campaign = (await library.catalogue(connection)).campaigns["suu"]
            once = await reckoner.added(connection, campaign)
            monkeypatch.setattr(supplementing, "reckon", None)
            assert await reckoner.added(connection, campaign) is once


async def test_who_looks_at_the_same_time_shares_one_reckoning(
    database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with houses.opened(database_url) as house:
        await gives(house, "5000 сом")
        reckoner, library, reckon = supplementing.Reckoner(), publishing.Library(), supplementing.reckon
        reckoned = 0

        async def counted(*arguments: Any) -> Any:
            nonlocal reckoned
            reckoned += 1
            return await reckon(*arguments)

        async def look() -> object:
            async with house.database.reading() as connection:
                campaign = (await library.catalogue(connection)).campaigns["suu"]
                return await reckoner.added(connection, campaign)

        monkeypatch.setattr(supplementing, "reckon", counted)
        first, *others = await asyncio.gather(*(look() for _ in range(4)))
        assert all(each is first for each in others)
        assert reckoned == 1
