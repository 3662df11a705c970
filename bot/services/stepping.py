"""Stepping: one step of one pledge by its code, made through the facilitator's token, once however often it is sent."""

from __future__ import annotations

import datetime as dt
from typing import NamedTuple

from bot.engine import giving
from bot.engine.pledging import deciding, events, wishes
from bot.services import booking, publishing
from models import db, ledger, pledges, sealing, turns

#: `Event.hand` of what came through the token; whoever has it records what givers say who have no phone.
HAND = "token"
_ACTOR = wishes.Actor(events.Role.FACILITATOR, hand=HAND, own=True)


class NoSuchPledge(LookupError):
    """No pledge has that code."""


class KeyUsed(Exception):
    """The idempotency key came with another step before."""


class Refused(Exception):
    """The step is not made; nothing is written."""

    def __init__(self, reason: wishes.Reason) -> None:
        super().__init__(reason.value)
        self.reason = reason


class Made(NamedTuple):
    """The pledge after the step; `repeated` where it had been made by the same request before."""

    pledge: ledger.Pledge
    repeated: bool


async def step(
    database: db.Database,
    seal: sealing.Seal,
    library: publishing.Library,
    code: str,
    wish: wishes.Wish,
    key: str,
    at: dt.datetime,
) -> Made:
    """Make it. Raises `NoSuchPledge`, `KeyUsed`, `Refused`."""
    body = "/".join(map(str, (code, wish.step, wish.quantity, wish.fee, wish.due, wish.seen)))
    first, same = (seal.hash("token-step", text) for text in (key, f"{key}/{body}"))
    async with database.transaction() as connection:
        fresh = await turns.not_yet_received(connection, [(HAND, first), (HAND, same)], at)
        found = await pledges.hold(connection, code)
        if found is None:
            raise NoSuchPledge(code)
        if not fresh:
            return Made((await ledger.named(connection, [found]))[0], repeated=True)
        if (HAND, first) not in fresh:
            raise KeyUsed
        pledge = (await ledger.named(connection, [found]))[0]
        campaigns = (await library.catalogue(connection)).campaigns
        campaign = (await booking.standing(connection, {pledge.campaign: campaigns[pledge.campaign]}))[pledge.campaign]
        for promise in booking.promises([pledge]):
            terms = giving.terms(campaign, promise.offer, promise.rate)
            decided = deciding.decide(promise.standing, wish, _ACTOR, terms, at)
            if isinstance(decided, wishes.Refusal):
                raise Refused(decided.reason)
            writes = turns.Writes()
            booking.step(writes, promise, decided)
            await ledger.write(connection, (), writes.pledge_states, writes.pledge_events)
            await ledger.add(connection, writes.ledger_totals)
        return Made((await ledger.named(connection, [found]))[0], repeated=False)
