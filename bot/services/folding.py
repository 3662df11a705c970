"""Folding: the ledger's totals and the states of pledges and campaigns, made again from the events alone."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from bot.engine.pledging import ledger as book
from bot.engine.pledging import spending as spent
from bot.services import accounting, booking, publishing, spending
from models import counting, courses, db, ledger, turns
from models import spending as kept


class Broken(NamedTuple):
    """A pledge whose events cannot be one's: the place of the first wrong one, from 1, and what is wrong with it."""

    pledge: str
    place: int
    why: str


class Outcome(NamedTuple):
    """How many totals differed, how many pledges and campaigns stand otherwise than is written, and which pledges
    cannot be folded."""

    totals: int
    states: int
    broken: tuple[Broken, ...]
    campaigns: int = 0
    #: Campaigns whose spending cannot be folded, in words.
    spending: tuple[str, ...] = ()
    #: How many needs' gifts account for another sum than was spent.
    accounts: int = 0


async def check(database: db.Database) -> Outcome:
    """What differs from the fold of all events; nothing, where all is as it should be."""
    async with database.reading() as connection:
        await counting.snapshot(connection)
        return await _fold(connection, mend=False)


async def rebuild(database: db.Database) -> Outcome:
    """Make totals and states again; gives back what differed. What cannot be folded is left as it is."""
    async with database.transaction() as connection:
        await counting.hold(connection)
        outcome = await _fold(connection, mend=True)
    await accounting.settle(database, publishing.Library(), db.now())
    return outcome


async def _fold(connection: db.Connection, *, mend: bool) -> Outcome:
    folded, broken = turns.Writes(), []
    async for pledge in ledger.every(connection):
        standing = booking.fold(pledge)
        if isinstance(standing, book.Broken):
            broken.append(Broken(pledge.id, standing.place + 1, standing.why))
            continue
        booking.count(folded, pledge, standing)
        state, due = standing.state.value, standing.due
        if (state, due) != (pledge.state, pledge.due_on):
            folded.pledge_states.append({"of": pledge.id, "state": state, "due_on": due})
    unfolded = await _spending(connection, folded)
    stored = await ledger.all_totals(connection)
    right: dict[ledger.Key, ledger.Sums] = {
        key: (quantity, som, pledges, unvalued)
        for key, (quantity, som, pledges, unvalued) in folded.ledger_totals.items()
        if quantity or som or pledges or unvalued
    }
    differing = _differing(stored, right)
    stands = await courses.differing(connection)
    if mend and (differing or folded.pledge_states):
        await ledger.write(connection, [], folded.pledge_states, [])
        await ledger.replace(connection, right)
    if mend:
        await courses.mend(connection, stands)
    known = (await publishing.Library().catalogue(connection)).campaigns
    lagging = accounting.lagging(known, await ledger.totals(connection))
    return Outcome(differing, len(folded.pledge_states), tuple(broken), len(stands), unfolded, len(lagging))


async def _spending(connection: db.Connection, folded: turns.Writes) -> tuple[str, ...]:
    """Add what was spent to the totals; the campaigns of which that cannot be said."""
    unfolded = []
    for name, rows in (await kept.rows(connection, await kept.campaigns(connection))).items():
        items = spending.fold(rows)
        if isinstance(items, spent.Broken):
            unfolded.append(f"{name}: row {items.number} {items.why}")
            continue
        for item in items.values():
            if item.counts:
                pot = accounting.Pot(item.entry.need, item.entry.unit)
                accounting.count(folded, name, pot, item.entry.quantity, 1)
    return tuple(unfolded)


def _differing(kept: Mapping[ledger.Key, ledger.Sums], right: Mapping[ledger.Key, ledger.Sums]) -> int:
    nothing = (0, 0, 0, 0)
    return sum(kept.get(key, nothing) != right.get(key, nothing) for key in kept.keys() | right.keys())
