"""The rows of the ledger: one step of one pledge each, never changed, never deleted."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import NamedTuple

#: Above every quantity: in hundredths it still fits a database's whole number with room for sums.
MOST = Decimal(10) ** 12


class Role(StrEnum):
    """In what part somebody acts. One person can have several; `Event.hand` tells the signatures of two apart."""

    GIVER = "giver"
    #: Pledged on the giver's behalf.
    RELATIVE = "relative"
    TREASURER = "treasurer"
    #: The campaign's second signatory, or who stands in for one.
    SECOND = "second"
    #: Also records whoever has no phone.
    FACILITATOR = "facilitator"
    CLOCK = "clock"
    #: Those who are asked in the end whether it is really done.
    RESIDENTS = "residents"


#: Who may sign for what was received. Either begins, the other signs.
SIGNATORIES = frozenset({Role.TREASURER, Role.SECOND})


class Step(StrEnum):
    """What can happen to a pledge. Beside each: what `Event.quantity` means, in the pledge's own unit."""

    OFFERED = "offered"  # what is promised
    CONFIRMED = "confirmed"  # the same
    CHANGED = "changed"  # what is promised from now on
    POSTPONED = "postponed"  # what is promised; `due` is the new date
    DUE = "due"  # what is promised; `due` is when
    SENT = "sent"  # all that is on the way now, by the giver's word
    NOT_FOUND = "not_found"  # what was looked for and is not there yet
    RECEIVED = "received"  # what came, with this receipt; `fee` beside it
    ACKNOWLEDGED = "acknowledged"  # the same, before the second signature; counts as on the way
    CORRECTION = "correction"  # what was received in all, as proposed; `fee` in all
    CORRECTED = "corrected"  # the same, signed by another
    RETURNING = "returning"  # what is to be given back, before the second signature
    RETURNED = "returned"  # what was given back
    DECLINED = "declined"  # what waited for a second signature and gets none
    ACCOUNTED = "accounted"  # of what was received: how much was told what became of it
    WITHDRAWN = "withdrawn"  # the part of the promise that is let go
    LAPSED = "lapsed"  # the same, by itself


@dataclass(frozen=True, slots=True)
class Event:
    """One row. What came in another currency than the promise stands here at the rate kept with the pledge."""

    step: Step
    #: See `Step`; never negative, at most two decimals.
    quantity: Decimal
    at: dt.datetime
    by: Role
    #: Which signatory or facilitator, as an opaque id; "" for a giver or relative, who hang on a row of their own
    #: that erasure empties.
    hand: str = ""
    #: What transfer and exchange cost: it counts as kept, like what was received.
    fee: Decimal = Decimal(0)
    due: dt.date | None = None


class Row(NamedTuple):
    """An event as the database keeps it: quantity and fee in whole hundredths."""

    step: str
    quantity: int
    at: dt.datetime
    by: str
    hand: str = ""
    fee: int = 0
    due: dt.date | None = None


def stored(event: Event) -> Row:
    """The row of an event."""
    quantity, fee = int(event.quantity * 100), int(event.fee * 100)
    return Row(event.step.value, quantity, event.at, event.by.value, event.hand, fee, event.due)


def read(row: Row) -> Event:
    """The event of a row; ValueError when its step or role is none of ours."""
    quantity, fee = Decimal(row.quantity) / 100, Decimal(row.fee) / 100
    return Event(Step(row.step), quantity, row.at, Role(row.by), row.hand, fee, row.due)


def is_quantity(amount: Decimal) -> bool:
    """Whether it is a number from 0 to `MOST` in whole hundredths; what is not finite is none."""
    return amount.is_finite() and 0 <= amount <= MOST and amount * 100 == (amount * 100).to_integral_value()
