"""Accounting: the gifts that account for what was spent, by the step "accounted", the oldest received first.

What is behind is seen in the totals alone: after a spending the rest of its gifts, after a correction others in their
place. Whoever is stopped in the middle, or comes second, finds what is left.
"""

from __future__ import annotations

import datetime as dt
import functools
import logging
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import NamedTuple

from bot.engine import giving, messages
from bot.engine.gifts import also
from bot.engine.pledging import accounting, deciding, events, wishes
from bot.engine.pledging.totals import Stage
from bot.services import booking, publishing
from models import courses, db, ledger, maturing, spending, turns

_log = logging.getLogger(__name__)

#: Gifts held in one transaction: whoever of their givers writes just then waits for no more than these.
BATCH = 50
#: The "stage" of a total that holds what was spent of a need.
SPENT = "spent"
_CLOCK = wishes.Actor(events.Role.CLOCK)


class Pot(NamedTuple):
    """What is spent together: one need, all its money in som by the rates of the gifts, all else in its own unit."""

    need: str
    unit: str


def pot(campaign: messages.Campaign, need: str) -> Pot | None:
    """The pot of a need, its own or a built-in one; None where there is no such need."""
    found = also.of(campaign, need)
    return None if found is None else Pot(need, "KGS" if found.kind == "money" else need)


def needs(campaign: messages.Campaign, totals: Sequence[ledger.Total]) -> list[str]:
    """What it asks for, then what it was given beside."""
    return [*(need.name for need in campaign.needs), *also.given(total.need for total in totals)]


def sums(totals: Sequence[ledger.Total], pot: Pot, more: Decimal = Decimal(0)) -> Mapping[str, Decimal]:
    """Stage -> how much of a pot is in it, every stage there is; `more` is spent and not in the totals yet."""
    found = {stage: Decimal(0) for stage in (*Stage, SPENT)} | {SPENT: more}
    for total in totals:
        if total.need == pot.need and total.stage in found:
            found[total.stage] += Decimal(total.quantity if pot.unit == pot.need else total.som) / 100
    return found


def count(writes: turns.Writes, campaign: str, pot: Pot, change: Decimal, number: int) -> None:
    """Add to the total of what was spent: so much, in so many spendings."""
    hundredths = int(change * 100)
    total = writes.ledger_totals.setdefault((campaign, *pot, SPENT), [0, 0, 0, 0])
    total[0] += hundredths
    total[1] += hundredths if pot.unit != pot.need else 0
    total[2] += number


def behind(found: Mapping[str, Decimal], pot: Pot) -> Decimal:
    """By how much the gifts account for too little, or, below zero, for too much."""
    exact = pot.unit == pot.need
    return accounting.behind(found[Stage.RECEIVED], found[Stage.ACCOUNTED], found[SPENT], exact=exact)


def lagging(
    known: Mapping[str, messages.Campaign], totals: Mapping[str, Sequence[ledger.Total]]
) -> list[tuple[str, Pot]]:
    """(campaign, pot) of all whose gifts account for another sum than was spent."""
    named = [(name, need) for name in known for need in needs(known[name], totals.get(name, ()))]
    pots = [(name, each) for name, need in named if (each := pot(known[name], need))]
    return [(name, each) for name, each in pots if behind(sums(totals.get(name, ()), each), each)]


async def settle(database: db.Database, library: publishing.Library, at: dt.datetime) -> int:
    """Let gifts account for all that was spent; how many steps that took."""
    async with database.reading() as connection:
        known = (await library.catalogue(connection)).campaigns
        found = lagging(known, await ledger.totals(connection))
    return sum([await _settle(database, known[name], pot, at) for name, pot in found])


async def _settle(database: db.Database, campaign: messages.Campaign, pot: Pot, at: dt.datetime) -> int:
    made, after, newest = 0, 0, False
    async with database.reading() as connection:
        newest = behind(sums((await ledger.totals(connection))[campaign.name], pot), pot) < 0
    while True:
        async with database.reading() as connection:
            gifts = await spending.gifts(connection, campaign.name, pot.need, BATCH, after, newest=newest)
        if not gifts:
            return made
        after, writes = gifts[-1].first, turns.Writes()
        try:
            async with database.transaction() as connection:
                await courses.hold(connection, campaign.name)
                held = await maturing.hold(connection, [gift.ripe for gift in gifts])
                found = sums((await ledger.totals(connection))[campaign.name], pot)
                if (behind(found, pot) < 0) is not newest or not behind(found, pot):
                    return made
                ordered = [gift.ripe.id for gift in gifts if gift.ripe.id in held]
                await level(connection, writes, campaign, pot, found, ordered, at)
                await ledger.write(connection, writes.pledges, writes.pledge_states, writes.pledge_events)
                # Last and in order, for whoever pledges comes to them too.
                await ledger.add(connection, writes.ledger_totals)
        except db.DatabaseError as error:
            # In the next round again.
            _log.warning("the accounts of %s stood still: %s", campaign.name, type(error).__name__)
            return made
        made += len(writes.pledge_events)


async def level(
    connection: db.Connection,
    writes: turns.Writes,
    campaign: messages.Campaign,
    pot: Pot,
    found: Mapping[str, Decimal],
    ordered: Sequence[str],
    at: dt.datetime,
) -> None:
    """Let these gifts account for what is spent, as far as they reach: pledges that are held, in their order."""
    by_id = {pledge.id: pledge for pledge in await ledger.named(connection, ordered)}
    promises = booking.promises(by_id[each] for each in ordered)
    gifts = [(promise, gift) for promise in promises if (gift := _gift(promise))]
    to = accounting.level([gift for _, gift in gifts], behind(found, pot))
    for (promise, _), quantity in zip(gifts, to, strict=True):
        if quantity is not None:
            wish, terms = wishes.Wish(events.Step.ACCOUNTED, quantity), giving.terms(campaign, promise.offer)
            decided = deciding.decide(promise.standing, wish, _CLOCK, terms, at)
            if not isinstance(decided, wishes.Refusal):
                booking.step(writes, promise, decided)


def _gift(promise: messages.Promise) -> accounting.Gift | None:
    standing = promise.standing
    worth = giving.worth(promise.offer, promise.rate) if giving.is_money(promise.offer) else Decimal(1)
    # Money without a rate is in no pot; what waits for a signature stays as it is until then.
    if worth is None or standing.proposal:
        return None
    return accounting.Gift(standing.received, standing.accounted, functools.partial(giving.in_som, worth=worth), worth)
