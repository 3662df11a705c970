"""What pledges add up to, by stage. What is promised and has not come is in some stage, and none is called missing."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal
from enum import StrEnum

from bot.engine.pledging.ledger import ZERO, Standing


class Stage(StrEnum):
    """Where what was promised is, as the public sees it; and what of it is accounted for, which was received too.

    What was spent is counted apart, from the spending.
    """

    #: Confirmed and not sent, fallen due or not: being late is between the giver and the bot.
    NOT_DUE = "not_due"
    #: Sent, looked for, or waiting for a second signature.
    ON_THE_WAY = "on_the_way"
    RECEIVED = "received"
    #: What transfer and exchange cost: kept promises all the same.
    FEE = "fee"
    #: Part of `RECEIVED`: what of it is spent.
    ACCOUNTED = "accounted"


Amounts = Mapping[Stage, Decimal]


def amounts(standing: Standing) -> Amounts:
    """What one pledge adds to which stage, in its own unit; never negative, and no stage that it adds nothing to."""
    moving = standing.on_the_way
    added = {
        Stage.NOT_DUE: max(standing.rest - moving, ZERO) if standing.confirmed else ZERO,
        Stage.ON_THE_WAY: moving,
        Stage.RECEIVED: standing.received,
        Stage.FEE: standing.fee,
        Stage.ACCOUNTED: standing.accounted,
    }
    return {stage: amount for stage, amount in added.items() if amount}


def total(parts: Iterable[Amounts]) -> Amounts:
    """The sum of pledges of one unit."""
    each = list(parts)
    whole = {stage: sum((part.get(stage, ZERO) for part in each), ZERO) for stage in Stage}
    return {stage: amount for stage, amount in whole.items() if amount}


def difference(new: Amounts, old: Amounts) -> Amounts:
    """What a total changes by when a pledge goes from old to new; without zeros, in the order of `Stage`."""
    changed = {stage: new.get(stage, ZERO) - old.get(stage, ZERO) for stage in Stage}
    return {stage: amount for stage, amount in changed.items() if amount}


def promised(whole: Amounts) -> Decimal:
    """What counts towards a minimum: everything that stands, wherever it is."""
    return sum((amount for stage, amount in whole.items() if stage is not Stage.ACCOUNTED), ZERO)
