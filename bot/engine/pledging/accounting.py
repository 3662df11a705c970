"""Which gifts account for what was spent: the oldest received first, and none is touched that need not be."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from decimal import ROUND_CEILING, Decimal

ZERO, _HUNDREDTH = Decimal(0), Decimal("0.01")
#: In som. A part of a gift in other money is accounted for in whole hundredths of that money, so never quite exactly; a
#: hundredth of no money there is is worth so much.
GRAIN = Decimal(10)


@dataclass(frozen=True, slots=True)
class Gift:
    """What came of one pledge, and how much of that is accounted for; in its own unit."""

    received: Decimal
    accounted: Decimal
    #: So much of it -> what that is in the unit that is spent, in whole hundredths.
    value: Callable[[Decimal], Decimal]
    #: What one of it is worth in that unit.
    worth: Decimal


def behind(received: Decimal, accounted: Decimal, spent: Decimal, *, exact: bool) -> Decimal:
    """By how much accounts must rise, or, below zero, sink; all in the unit that is spent."""
    missing = min(spent, received) - accounted
    return missing if missing > 0 or -missing >= (_HUNDREDTH if exact else GRAIN) else ZERO


def level(gifts: Iterable[Gift], by: Decimal) -> list[Decimal | None]:
    """How much of each gift is to be accounted for, so that all of them rise by so much, or sink; None: as it is.

    Gifts in order: to rise the oldest first, to sink the newest first. More than there is cannot be accounted for.
    """
    made: list[Decimal | None] = []
    for gift in gifts:
        to = gift.accounted
        if by > 0:
            to = _rise(gift, by)
        elif by < 0:
            to = _sink(gift, -by)
        by -= gift.value(to) - gift.value(gift.accounted)
        made.append(to if to != gift.accounted else None)
    return made


def _rise(gift: Gift, by: Decimal) -> Decimal:
    # A correction may have left less received than there was.
    most = max(gift.received, gift.accounted)
    if gift.value(most) - gift.value(gift.accounted) <= by:
        return most
    return _least(gift, gift.value(gift.accounted) + by)


def _sink(gift: Gift, by: Decimal) -> Decimal:
    now = gift.value(gift.accounted)
    return ZERO if now <= by else min(_least(gift, now - by), gift.accounted)


def _least(gift: Gift, wanted: Decimal) -> Decimal:
    """The least quantity that is worth so much."""
    quantity = (wanted / gift.worth).quantize(_HUNDREDTH, ROUND_CEILING)
    # What is worth half a tyiyn less is rounded up to it too.
    while quantity >= _HUNDREDTH and gift.value(quantity - _HUNDREDTH) >= wanted:
        quantity -= _HUNDREDTH
    return quantity
