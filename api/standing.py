"""How a campaign stands, in lines that pages show to everybody; never as a lack."""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Sequence
from decimal import Decimal

from api import schemas, schemas_giving
from bot.engine import giving, messages
from bot.engine.messages import phrase

#: Spendings on a page, the newest; all of them are in the JSON.
_LISTED = 20


def now(campaign: messages.Campaign, stands: schemas.Campaign) -> messages.Campaign:
    """The campaign as everybody may see it stand."""
    return dataclasses.replace(
        campaign,
        state=stands.state,
        promised={(each.need, each.unit): Decimal(each.quantity) for each in stands.promised},
        som={each.need: Decimal(each.quantity) for each in stands.som},
        # That there are some is said, not how many.
        unvalued={each.need: 1 for each in stands.som if each.unvalued != 0},
        # So few that they are withheld, they are not spoken of.
        pledges=stands.pledges or 0,
    )


def lines(campaign: messages.Campaign, stands: schemas.Campaign) -> list[messages.Line]:
    """Where what was promised is, what was spent of it, and what people say in the end."""
    spent = _spent(campaign, stands.funds)
    asked = [each for each in stands.stages if each.need not in {other.name for other in stands.also_given}]
    return [*_stages(campaign, asked, spent), *_also(campaign, stands), *spent, *_ended(stands.opinion)]


def _also(campaign: messages.Campaign, stands: schemas.Campaign) -> list[messages.Line]:
    """What came that nobody had asked for: it is no part of any goal."""
    names = {each.name for each in stands.also_given}
    what = [
        giving.quantity(campaign, messages.Offer(each.need, Decimal(each.received), each.unit))
        for each in stands.funds
        if each.need in names and Decimal(each.received)
    ]
    return [phrase("Also given, with thanks: {what}", what=what)] if what else []


def spending(campaign: messages.Campaign, stands: schemas.Campaign) -> list[dict[str, object]]:
    """What it was spent on, the newest first: `line`, `photo` (an address or None), `back` (a line or None)."""
    return [_spent_on(campaign, each) for each in reversed(stands.spending[-_LISTED:])]


def _stages(
    campaign: messages.Campaign, found: Sequence[schemas.Stage], spent: Sequence[messages.Line]
) -> list[messages.Line]:
    """Where what was promised is; nothing, while all of it is in one place and none of it is spent."""
    if len({each.stage for each in found}) < 2 and not spent:
        return []
    what = {
        stage: [
            giving.quantity(campaign, messages.Offer(each.need, Decimal(each.quantity), each.unit))
            for each in found
            if each.stage == stage
        ]
        for stage in ("not_due", "on_the_way", "received", "fee")
    }
    lines = {
        "not_due": phrase("Not yet due: {what}", what=what["not_due"]),
        "on_the_way": phrase("On the way: {what}", what=what["on_the_way"]),
        "received": phrase("Received: {what}", what=what["received"]),
        "fee": phrase("Transfer fees and exchange: {what}", what=what["fee"]),
    }
    return [line for stage, line in lines.items() if what[stage]]


def _spent(campaign: messages.Campaign, funds: Sequence[schemas_giving.Fund]) -> list[messages.Line]:
    """What was spent and what is left; nothing, while nothing is spent."""
    spent, left = [], []
    for each in funds:
        if Decimal(each.spent):
            spent.append(giving.quantity(campaign, messages.Offer(each.need, Decimal(each.spent), each.unit)))
        if Decimal(each.left):
            left.append(giving.quantity(campaign, messages.Offer(each.need, Decimal(each.left), each.unit)))
    if not spent:
        return []
    return [phrase("Spent: {what}", what=spent), *([phrase("Left: {what}", what=left)] if left else [])]


def _spent_on(campaign: messages.Campaign, spent: schemas_giving.Spending) -> dict[str, object]:
    offer = messages.Offer(spent.need, Decimal(spent.quantity), spent.unit)
    day, quantity = dt.date.fromisoformat(spent.day), giving.quantity(campaign, offer)
    return {
        "line": phrase("{what} — {quantity}, {day}", quantity=quantity, day=day, what=spent.what),
        "photo": spent.photo,
        "back": phrase("Taken back: {why}", why=spent.why) if spent.taken_back else None,
    }


def _ended(said: schemas_giving.Opinion) -> list[messages.Line]:
    """What those say who were asked how it ended; nothing, while they are too few."""
    lines: list[messages.Line] = []
    if said.answered and said.done["yes"]:
        yes = said.done["yes"]
        lines.append(phrase("Is it really done? {yes} of {n} who answered say yes.", yes=yes, n=said.answered))
    elif said.answered:
        lines.append(phrase("Is it really done? {n} answered.", n=said.answered))
    if said.rated and said.satisfaction:
        mean = messages.Quantity(Decimal(said.satisfaction))
        lines.append(phrase("How satisfied, from 1 to 5: {mean} ({n} answered).", mean=mean, n=said.rated))
    return lines
