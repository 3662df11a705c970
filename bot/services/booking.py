"""Booking: what happens to pledges -> rows of the ledger and what they add to its totals, and rows back again."""

from __future__ import annotations

import dataclasses
import datetime as dt
import logging
from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any

from bot.engine import giving, messages
from bot.engine.pledging import campaigns, deciding, events, totals, wishes
from bot.engine.pledging import ledger as book
from models import db, ledger, turns

_log = logging.getLogger(__name__)

#: The "stage" of a total that holds all that stands, wherever it is.
ALL = ""


def promises(pledges: Iterable[ledger.Pledge]) -> Iterator[messages.Promise]:
    """The pledges as the mind knows them."""
    for pledge in pledges:
        standing = recall(pledge)
        if standing:
            offer = messages.Offer(pledge.need, Decimal(pledge.quantity) / 100, pledge.unit)
            som = None if pledge.som is None else Decimal(pledge.som) / 100
            yield messages.Promise(pledge.id, pledge.campaign, offer, pledge.code, standing, som)


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
    states, found = await turns.states(connection), await ledger.totals(connection)
    return {name: stands(campaign, states[name], found[name]) for name, campaign in known.items() if name in states}


def stands(campaign: messages.Campaign, state: str, found: Sequence[ledger.Total]) -> messages.Campaign:
    """The campaign as it stands, by the totals of its ledger."""
    whole = [total for total in found if total.stage == ALL]
    som: dict[str, Decimal] = {}
    for total in whole:
        som[total.need] = som.get(total.need, Decimal(0)) + Decimal(total.som) / 100
    return dataclasses.replace(
        campaign,
        state=campaigns.State(state),
        promised={(total.need, total.unit): Decimal(total.quantity) / 100 for total in whole},
        pledges=sum(total.pledges for total in whole),
        som=som,
    )


# -- writing -----------------------------------------------------------------------------------------------


def pledge(writes: turns.Writes, new: messages.Pledged, version: str, sealed: bytes | None) -> None:
    """A new pledge, with what it begins with."""
    offer, standing = new.offer, _after(book.Standing(), new.steps)
    quantity = int(offer.quantity * 100)
    som = quantity if offer.unit == "KGS" else None
    writes.pledges.append(
        {
            "id": new.pledge,
            "campaign_name": new.campaign,
            "campaign_version": version,
            "need": offer.need,
            "unit": offer.unit,
            "quantity": quantity,
            "som": som,
            "code": new.code,
            "state": standing.state.value,
            "due_on": standing.due,
            "respondent_id": new.person,
            "sealed": sealed,
        }
    )
    writes.pledge_events += _rows(new.pledge, new.steps)
    _add(writes, (new.campaign, offer.need, offer.unit), Decimal(som or 0) / quantity, book.Standing(), standing)


def step(writes: turns.Writes, promise: messages.Promise, steps: Sequence[events.Event]) -> None:
    """What happened to a pledge."""
    offer = promise.offer
    worth = (promise.som or Decimal(0)) / offer.quantity
    _step(writes, promise.id, (promise.campaign, offer.need, offer.unit), worth, promise.standing, steps)


def let_go(writes: turns.Writes, row: ledger.Pledge, campaign: messages.Campaign, at: dt.datetime) -> None:
    """Its giver is erased: what is not received is withdrawn; what is received stays counted."""
    standing = recall(row)
    if standing is None:
        return
    offer = messages.Offer(row.need, Decimal(row.quantity) / 100, row.unit)
    wish, terms = wishes.Wish(events.Step.WITHDRAWN), giving.terms(campaign, offer)
    decided = deciding.decide(standing, wish, giving.GIVER, terms, at)
    if not isinstance(decided, wishes.Refusal):
        worth = Decimal(row.som or 0) / row.quantity
        _step(writes, row.id, (row.campaign, row.need, row.unit), worth, standing, decided)


def count(writes: turns.Writes, row: ledger.Pledge, standing: book.Standing) -> None:
    """Add a pledge to the totals as if it had just come."""
    worth = Decimal(row.som or 0) / row.quantity
    _add(writes, (row.campaign, row.need, row.unit), worth, book.Standing(), standing)


def _step(
    writes: turns.Writes,
    pledge_id: str,
    key: tuple[str, str, str],
    worth: Decimal,
    before: book.Standing,
    steps: Sequence[events.Event],
) -> None:
    after = _after(before, steps)
    writes.pledge_events += _rows(pledge_id, steps)
    writes.pledge_states.append({"of": pledge_id, "state": after.state.value, "due_on": after.due})
    _add(writes, key, worth, before, after)


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
                "at": row.at,
            }
        )
    return made


def _add(
    writes: turns.Writes, key: tuple[str, str, str], worth: Decimal, before: book.Standing, after: book.Standing
) -> None:
    was, now_ = _amounts(before), _amounts(after)
    for stage in was.keys() | now_.keys():
        total = writes.ledger_totals.setdefault((*key, stage), [0, 0, 0])
        for amount, sign in ((was.get(stage), -1), (now_.get(stage), 1)):
            if amount:
                total[0] += sign * int(amount * 100)
                # Rounded for each pledge by itself, so that taking it back takes back the same.
                total[1] += sign * int(amount * 100 * worth)
                total[2] += sign


def _amounts(standing: book.Standing) -> Mapping[str, Decimal]:
    """By stage, and in all."""
    by_stage = totals.amounts(standing)
    whole = totals.promised(by_stage)
    return {stage.value: amount for stage, amount in by_stage.items()} | ({ALL: whole} if whole else {})
