"""Booking: what happens to pledges -> rows of the ledger and what they add to its totals, and rows back again."""

from __future__ import annotations

import dataclasses
import datetime as dt
import logging
from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any

from bot.engine import giving, happenings, messages
from bot.engine.pledging import campaigns, deciding, events, totals, wishes
from bot.engine.pledging import ledger as book
from models import db, ledger, rates, sealing, turns

_log = logging.getLogger(__name__)

#: The "stage" of a total that holds all that stands, wherever it is.
ALL = ""
#: States in which something of a pledge stands, and is in the totals.
STANDING = tuple(state.value for state in book.State if state is not book.State.OFFERED and state not in giving.LET_GO)


def promises(pledges: Iterable[ledger.Pledge]) -> Iterator[messages.Promise]:
    """The pledges as the mind knows them, without names."""
    for pledge in pledges:
        standing = recall(pledge)
        if standing:
            som = None if pledge.som is None else Decimal(pledge.som) / 100
            offer, rate = _offer(pledge), _rate(pledge)
            yield messages.Promise(pledge.id, pledge.campaign, offer, pledge.code, standing, som, rate)


async def named(connection: db.Connection, seal: sealing.Seal) -> dict[str, list[tuple[str, str]]]:
    """Campaign -> (whose, name) of those who want theirs shown, while their promise stands; by the alphabet, so that
    nobody comes before others for having given more, or first.
    """
    opened: dict[str, set[tuple[str, str]]] = {}
    for campaign, names in (await ledger.names(connection, STANDING)).items():
        for each in names:
            try:
                opened.setdefault(campaign, set()).add((each.shown, seal.open("pledge", each.sealed)))
            except sealing.Unreadable:
                # One damaged name must not keep everybody from the results.
                _log.error("%s: a name that is shown cannot be opened", campaign)
    return {campaign: sorted(names, key=lambda each: each[1].casefold()) for campaign, names in opened.items()}


def fold(pledge: ledger.Pledge) -> book.Standing | book.Broken:
    """What its events come to."""
    return book.recall(events.Row(*event) for event in pledge.events)


def recall(pledge: ledger.Pledge) -> book.Standing | None:
    """How a pledge stands; None where its rows cannot be a pledge's, which a log line tells."""
    standing = fold(pledge)
    if isinstance(standing, book.Broken):
        # One broken pledge must not keep its giver, or a treasurer, from all the others.
        _log.error("pledge %s, event %d: %s", pledge.id, standing.place + 1, standing.why)
        return None
    return standing


async def standing(connection: db.Connection, known: Mapping[str, messages.Campaign]) -> dict[str, messages.Campaign]:
    """These campaigns as they stand in this very transaction."""
    found = await ledger.standing(connection)
    return {name: stands(campaign, *found[name]) for name, campaign in known.items() if name in found}


def stands(campaign: messages.Campaign, state: str, found: Sequence[ledger.Total]) -> messages.Campaign:
    """The campaign as it stands, by the totals of its ledger."""
    whole = [total for total in found if total.stage == ALL]
    som: dict[str, Decimal] = {}
    unvalued: dict[str, int] = {}
    for total in whole:
        som[total.need] = som.get(total.need, Decimal(0)) + Decimal(total.som) / 100
        unvalued[total.need] = unvalued.get(total.need, 0) + total.unvalued
    return dataclasses.replace(
        campaign,
        state=campaigns.State(state),
        promised={(total.need, total.unit): Decimal(total.quantity) / 100 for total in whole},
        pledges=sum(total.pledges for total in whole),
        som=som,
        unvalued=unvalued,
    )


def _offer(pledge: ledger.Pledge) -> messages.Offer:
    return messages.Offer(pledge.need, Decimal(pledge.quantity) / 100, pledge.unit)


def _rate(pledge: ledger.Pledge) -> messages.Rate | None:
    if pledge.rate is None or pledge.rate_on is None:
        return None
    return messages.Rate(Decimal(pledge.rate) / rates.ONE, pledge.rate_on)


# -- writing -----------------------------------------------------------------------------------------------


def pledge(writes: turns.Writes, new: happenings.Pledged, version: str, sealed: bytes | None) -> None:
    """A new pledge, with what it begins with."""
    promise = giving.begun(new)
    offer, standing, rate = promise.offer, promise.standing, promise.rate
    writes.pledges.append(
        {
            "id": new.pledge,
            "campaign_name": new.campaign,
            "campaign_version": version,
            "need": offer.need,
            "unit": offer.unit,
            "quantity": int(offer.quantity * 100),
            "som": None if promise.som is None else int(promise.som * 100),
            "rate": int(rate.value * rates.ONE) if rate else None,
            "rate_on": rate.on if rate else None,
            "code": new.code,
            "state": standing.state.value,
            "due_on": standing.due,
            # In another's name it is nobody's, until they say yes.
            "respondent_id": None if new.link else new.person or None,
            "sealed": sealed,
            "shown": new.shown or None,
            "receipt_number": new.receipt or None,
            "country": new.country,
            "place": "",
        }
    )
    writes.pledge_events += _rows(new.pledge, new.steps)
    _add(writes, new.campaign, offer, rate, book.Standing(), standing)


def vouch(
    writes: turns.Writes, seal: sealing.Seal, made: happenings.Pledged | happenings.Linked, at: dt.datetime
) -> None:
    """A promise in another's name, or a new link to one: of the link nothing is kept but the hash of its code."""
    code = {"code_hash": vouching_hash(seal, made.link), "expires_at": at + giving.LINK_GOOD_FOR}
    if isinstance(made, happenings.Pledged):
        writes.vouchings.append({"pledge_id": made.pledge, "respondent_id": made.person, **code})
    else:
        writes.links.append({"of": made.pledge, **code})


def vouching_hash(seal: sealing.Seal, code: str) -> bytes:
    """What the code of a link is found by that a relative sends on."""
    return seal.hash("vouching", code)


def step(writes: turns.Writes, promise: messages.Promise, steps: Sequence[events.Event]) -> None:
    """What happened to a pledge."""
    after = _after(promise.standing, steps)
    writes.pledge_seen.setdefault(promise.id, promise.standing.steps)
    writes.pledge_events += _rows(promise.id, steps)
    writes.pledge_states.append({"of": promise.id, "state": after.state.value, "due_on": after.due})
    _add(writes, promise.campaign, promise.offer, promise.rate, promise.standing, after)


def let_go(
    writes: turns.Writes, promise: messages.Promise, campaign: messages.Campaign, at: dt.datetime
) -> Sequence[events.Event]:
    """Its giver is erased: what is not received is withdrawn; what is received stays counted. What happened to it."""
    wish, terms = wishes.Wish(events.Step.WITHDRAWN), giving.terms(campaign, promise.offer, promise.rate)
    decided = deciding.decide(promise.standing, wish, giving.GIVER, terms, at)
    if isinstance(decided, wishes.Refusal):
        return ()
    step(writes, promise, decided)
    return decided


def count(writes: turns.Writes, row: ledger.Pledge, standing: book.Standing) -> None:
    """Add a pledge to the totals as if it had just come."""
    _add(writes, row.campaign, _offer(row), _rate(row), book.Standing(), standing)


def revalue(writes: turns.Writes, promise: messages.Promise, rate: messages.Rate) -> None:
    """The totals with a promise that had no rate counted by this one."""
    _add(writes, promise.campaign, promise.offer, None, promise.standing, book.Standing())
    _add(writes, promise.campaign, promise.offer, rate, book.Standing(), promise.standing)


def _after(before: book.Standing, steps: Iterable[events.Event]) -> book.Standing:
    standing = before
    for each in steps:
        stepped = book.step(standing, each)
        if isinstance(stepped, str):
            # The mind decided it by the same rules on the same standing.
            raise AssertionError(stepped)
        standing = stepped
    return standing


def _rows(pledge_id: str, steps: Iterable[events.Event]) -> list[dict[str, Any]]:
    made = []
    for each in steps:
        row = events.stored(each)
        made.append(
            {
                "pledge_id": pledge_id,
                "step": row.step,
                "quantity": row.quantity,
                "fee": row.fee,
                "due_on": row.due,
                "actor": row.by,
                "hand": row.hand,
                "at": row.at,
            }
        )
    return made


def _add(
    writes: turns.Writes,
    campaign: str,
    offer: messages.Offer,
    rate: messages.Rate | None,
    before: book.Standing,
    after: book.Standing,
) -> None:
    worth = giving.worth(offer, rate)
    unvalued = worth is None and giving.is_money(offer)
    was, now_ = _amounts(before), _amounts(after)
    for stage in was.keys() | now_.keys():
        total = writes.ledger_totals.setdefault((campaign, offer.need, offer.unit, stage), [0, 0, 0, 0])
        for amount, sign in ((was.get(stage), -1), (now_.get(stage), 1)):
            if amount:
                total[0] += sign * int(amount * 100)
                # Rounded for each pledge by itself, so that taking it back takes back the same.
                total[1] += sign * int(giving.in_som(amount, worth) * 100) if worth else 0
                total[2] += sign
                total[3] += sign * unvalued


def _amounts(standing: book.Standing) -> Mapping[str, Decimal]:
    """By stage, and in all."""
    by_stage = totals.amounts(standing)
    whole = totals.promised(by_stage)
    return {stage.value: amount for stage, amount in by_stage.items()} | ({ALL: whole} if whole else {})
