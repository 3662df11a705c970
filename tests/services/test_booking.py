"""Pledges in other money, from the conversation to the totals: rate and day are kept, and taken back as they came."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import hypothesis
import sqlalchemy as sa
from hypothesis import strategies as st

from bot.engine import giving, happenings, messages
from bot.engine.pledging import events, totals
from bot.services import booking, quoting
from models import turns
from tests import talking
from tests.engine import pledged
from tests.services import house as houses
from tests.services.house import House, Person

DOLLARS, ROUBLES, LIRAS = "долларов", "рублей", "лир"
TOTALS = (
    "SELECT unit, quantity, som, pledges, unvalued FROM ledger_total WHERE stage = '' AND pledges > 0 ORDER BY unit"
)
KEPT = "SELECT unit, quantity, som, rate, rate_on FROM pledge ORDER BY unit"


async def quoted(house: House, day: str, **values: int) -> None:
    """The bank's rates of that day, in millionths."""
    quotes = quoting.Quotes(dt.date.fromisoformat(day), values, ())
    outcome = await quoting.take(house.database, quotes)
    assert not outcome.refused


async def pledges(house: House, currency: str, amount: str) -> Person:
    """Somebody promises so much."""
    person = house.person()
    await person.says("/start a-suu", "2", f"{amount} {currency}", "1")
    return person


async def test_a_pledge_keeps_its_rate_and_that_days_date(database_url: str) -> None:
    async with houses.opened(database_url) as house:
        await quoted(house, "2027-02-27", USD=87_450_000, RUB=1_096_500)
        await quoted(house, "2027-02-20", TRY=2_075_000)  # stale on March 1
        await quoted(house, "2027-03-02", RUB=1_200_000)  # of tomorrow
        await pledges(house, ROUBLES, "5000,55")
        dollar = await pledges(house, DOLLARS, "100")
        lira = await pledges(house, LIRAS, "300")
        day = dt.date(2027, 2, 27).isoformat()
        kept = [(*row[:4], row[4] and str(row[4])) for row in await house.rows(KEPT)]
        assert kept == [
            ("RUB", 500_055, 548_310, 1_096_500, day),
            ("TRY", 30_000, None, None, None),
            ("USD", 10_000, 874_500, 87_450_000, day),
        ]
        assert await house.rows(TOTALS) == [
            ("RUB", 500_055, 548_310, 1, 0),
            ("TRY", 30_000, 0, 1, 1),
            ("USD", 10_000, 874_500, 1, 0),
        ]
        assert await house.differences() == 0
        said = (await house.person().says("/start a-suu", "2")).head
        assert "Всего ≈ 14 228 сомов по курсу дня. Обещания, для которых курс неизвестен, сюда не вошли." in said
        # A rate of another day is nothing to a promise that was made.
        await quoted(house, "2027-03-01", USD=90_000_000, TRY=2_100_000)
        await dollar.says("мои обещания", "1", "4", "1")
        await lira.says("стереть", "1")
        assert await house.rows(TOTALS) == [("RUB", 500_055, 548_310, 1, 0)]
        assert await house.differences() == 0


async def test_a_promise_that_was_made_before_rates_were_kept_goes_as_it_came(database_url: str) -> None:
    async with houses.opened(database_url) as house:
        person = await pledges(house, ROUBLES, "700")
        await quoted(house, "2027-03-01", RUB=1_096_500)
        assert await house.rows(TOTALS) == [("RUB", 70_000, 0, 1, 1)]
        await person.says("мои обещания", "1", "4", "1")
        assert await house.rows(TOTALS) == []
        assert await house.differences() == 0


async def test_rates_are_read_only_while_somebody_is_promising(sqlite_url: str) -> None:
    asked: list[str] = []
    async with houses.opened(sqlite_url) as house:

        def hear(_connection: object, _cursor: object, statement: str, *_more: object) -> None:
            asked.extend([statement] if "FROM rate" in statement else [])

        sa.event.listen(house.database._engine.sync_engine, "before_cursor_execute", hear)
        person = house.person()
        await person.begins()
        await person.says(*houses.TOWN)
        await person.says("/start a-suu")
        assert asked == []
        await person.says("1", "1")
        assert asked


_amounts = st.integers(1, 10**10).map(lambda whole: Decimal(whole) / 100)


@hypothesis.given(
    st.lists(
        st.tuples(_amounts, st.none() | st.integers(1, 10**9), st.sampled_from(["RUB", "USD"]), st.booleans()),
        max_size=6,
    )
)
def test_totals_are_the_sum_of_the_promises_and_taking_back_takes_back_the_same(
    given: list[tuple[Decimal, int | None, str, bool]],
) -> None:
    campaign, on = talking.flows()[2], dt.date(2027, 3, 1)
    writes, taken = turns.Writes(), []
    expected: dict[str, list[int]] = {}
    for number, (quantity, value, unit, back) in enumerate(given):
        rate = messages.Rate(Decimal(value) / 10**6, on) if value else None
        at = talking.START
        offered = messages.Offer("money", quantity, unit)
        steps = (
            events.Event(events.Step.OFFERED, quantity, at, events.Role.GIVER),
            events.Event(events.Step.CONFIRMED, quantity, at, events.Role.GIVER),
        )
        new = happenings.Pledged("person", f"p{number}", campaign.name, offered, "ABC234", "", steps, rate)
        booking.pledge(writes, new, campaign.version, None)
        if back:
            taken.append(giving.begun(new))
            continue
        sums = expected.setdefault(unit, [0, 0, 0, 0])
        row = writes.pledges[-1]
        som = row["som"]
        assert (som is None) == (rate is None)
        for place, by in enumerate((int(quantity * 100), som or 0, 1, rate is None)):
            sums[place] += by
    for promise in reversed(taken):
        withdrawn = events.Event(events.Step.WITHDRAWN, Decimal(0), talking.START, events.Role.GIVER)
        booking.step(writes, promise, [withdrawn])
    kept = {key[2]: sums for key, sums in writes.ledger_totals.items() if key[3] == booking.ALL and any(sums)}
    assert kept == expected


def test_what_stands_by_its_state_is_what_is_in_the_totals() -> None:
    for state, happened in pledged.IN_STATE.items():
        stands = bool(totals.amounts(pledged.standing(*happened)))
        assert (state.value in booking.STANDING) == stands, state
