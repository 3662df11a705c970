"""Reckoning: what others add to the gifts of a campaign, worked out of its ledger and kept while that stands still."""

from __future__ import annotations

import asyncio
import collections
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import NamedTuple

from bot.engine import giving, messages
from bot.engine.pledging import events, matching, totals
from bot.engine.pledging.ledger import ZERO
from bot.services import booking
from models import db, ledger, pledges

#: Pledges that are read at once.
_BATCH = 1000


class Added(NamedTuple):
    """What one rule comes to, in som or days: of all that stands, and of what was received."""

    match: messages.Match
    confirmed: Decimal
    received: Decimal


class Reckoner:
    """Remembers what each campaign came to last. One for an application's life."""

    def __init__(self) -> None:
        self._known: dict[str, tuple[str, pledges.State, tuple[Added, ...]]] = {}
        self._under_way = collections.defaultdict[str, asyncio.Lock](asyncio.Lock)

    async def added(self, connection: db.Connection, campaign: messages.Campaign) -> tuple[Added, ...]:
        """What each rule of the campaign comes to now."""
        if not campaign.matches:
            return ()
        state = await pledges.state(connection, campaign.name)
        # Whoever looks meanwhile waits for what is being worked out, instead of working it out beside it.
        async with self._under_way[campaign.name]:
            version, seen, found = self._known.get(campaign.name, ("", None, ()))
            if (version, seen) != (campaign.version, state):
                found = await reckon(connection, campaign)
                self._known[campaign.name] = (campaign.version, state, found)
            return found


async def reckon(connection: db.Connection, campaign: messages.Campaign) -> tuple[Added, ...]:
    """The same, from all pledges."""
    every: list[ledger.Pledge] = []
    last = ""
    while page := await pledges.page(connection, campaign.name, last, _BATCH):
        every += [each.pledge for each in page]
        last = page[-1].pledge.id
    # Thousands of pledges are folded, while others wait to be answered.
    return await asyncio.to_thread(_added, campaign, every)


def _added(campaign: messages.Campaign, every: Iterable[ledger.Pledge]) -> tuple[Added, ...]:
    kinds = {need.name: need.kind for need in campaign.needs}
    in_order = sorted(every, key=_since)
    people = [pledge.respondent_id or "" for pledge in in_order]
    standing, received = [], []
    # One by one, for a pledge whose rows are broken is left out.
    for person, pledge in zip(people, in_order, strict=True):
        for promise in booking.promises([pledge]):
            kind, amounts = kinds.get(pledge.need, ""), totals.amounts(promise.standing)
            standing.append(_gift(promise, person, kind, totals.promised(amounts)))
            received.append(_gift(promise, person, kind, amounts.get(totals.Stage.RECEIVED, ZERO)))
    rules = [each.rule for each in campaign.matches]
    confirmed_, received_ = _sums(standing, rules), _sums(received, rules)
    return tuple(
        Added(each, confirmed_.get(each.rule.name, ZERO), received_.get(each.rule.name, ZERO))
        for each in campaign.matches
    )


def _since(pledge: ledger.Pledge) -> tuple[object, ...]:
    """When it was confirmed, or came unpromised: whoever came first is matched first."""
    confirmed = (event.at for event in pledge.events if event.step == events.Step.CONFIRMED)
    return next(confirmed, pledge.events[0].at), pledge.id


def _gift(promise: messages.Promise, person: str, kind: str, amount: Decimal) -> matching.Gift:
    """Of money so many som as it is worth; what has no rate is matched by nothing."""
    worth = giving.worth(promise.offer, promise.rate)
    money = giving.is_money(promise.offer)
    value = (giving.in_som(amount, worth) if worth else ZERO) if money else amount
    return matching.Gift(promise.id, person, kind, value)


def _sums(gifts: Sequence[matching.Gift], rules: Sequence[matching.Rule]) -> Mapping[str, Decimal]:
    sums: dict[str, Decimal] = {}
    for (rule, _), more in matching.matched(gifts, rules).items():
        sums[rule] = sums.get(rule, ZERO) + more
    return sums
