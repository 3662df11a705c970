"""An account of a span of days: what there was, what came, what was spent and given back, what there is.

Every figure is a difference of what stood before and after an event, so that spans which join have sums that join.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from bot.engine.pledging import ledger, spending
from bot.engine.pledging.events import Event, Step
from bot.engine.pledging.ledger import ZERO, Standing

#: Kyrgyzstan keeps one time all the year.
KYRGYZ_TIME = dt.timezone(dt.timedelta(hours=6))


def day(at: dt.datetime) -> dt.date:
    """The day it is in Kyrgyzstan."""
    return at.astimezone(KYRGYZ_TIME).date()


@dataclass(frozen=True, slots=True)
class Span:
    """From the first day to the last, both in it, in Kyrgyz time."""

    first: dt.date
    last: dt.date

    def has(self, at: dt.datetime) -> bool:
        """Whether an instant is in it."""
        return self.first <= day(at) <= self.last

    def is_after(self, at: dt.datetime) -> bool:
        """Whether an instant lies before it."""
        return day(at) < self.first


def month(text: str) -> Span | None:
    """The span of "2026-11"; None of what is no month."""
    try:
        first = dt.datetime.strptime(f"{text}-01", "%Y-%m-%d").replace(tzinfo=KYRGYZ_TIME).date()
        after = first.replace(year=first.year + first.month // 12, month=first.month % 12 + 1)
    except ValueError:
        return None
    return Span(first, after - dt.timedelta(days=1))


@dataclass(frozen=True, slots=True)
class Pledge:
    """A pledge with its events, oldest first."""

    code: str
    #: Of a gift that nobody had promised; 0 of all others.
    receipt: int
    need: str
    #: What it was promised in, and what it is accounted in: of money with a rate "KGS".
    unit: str
    pot: str
    #: So much of the one -> what that is in the other, in whole hundredths.
    value: Callable[[Decimal], Decimal]
    events: Sequence[Event]


@dataclass(frozen=True, slots=True)
class Movement:
    """Something that came, or went: below zero where less was received after all, or a spending was taken back."""

    day: dt.date
    #: The code of a pledge, the number of a receipt ("№ 3") or of a spending.
    reference: str
    #: In the pot's unit, and what it was in its own.
    amount: Decimal
    quantity: Decimal
    unit: str
    #: What for.
    what: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Account:
    """One need's account in one unit."""

    need: str
    unit: str
    opening: Decimal = ZERO
    received: tuple[Movement, ...] = ()
    corrected: tuple[Movement, ...] = ()
    returned: tuple[Movement, ...] = ()
    spent: tuple[Movement, ...] = ()
    #: What transfer and exchange cost in these days: it never came, and the promises count as kept.
    fees: Decimal = ZERO

    @property
    def closing(self) -> Decimal:
        """What there is at the end."""
        came, mended = total(self.received), total(self.corrected)
        return self.opening + came + mended - total(self.returned) - total(self.spent)

    @property
    def is_empty(self) -> bool:
        """Whether there was nothing and nothing happened."""
        moved = (*self.received, *self.corrected, *self.returned, *self.spent)
        return not (self.opening or moved or self.fees)


def total(movements: Iterable[Movement]) -> Decimal:
    """What movements come to."""
    return sum((each.amount for each in movements), ZERO)


def account(pledges: Iterable[Pledge], items: spending.Items, span: Span) -> list[Account]:
    """The accounts of all needs of which there was anything, by need and unit. Raises ValueError of a broken pledge."""
    drafts: dict[tuple[str, str], _Draft] = {}
    for pledge in pledges:
        _add_pledge(drafts.setdefault((pledge.need, pledge.pot), _Draft()), pledge, span)
    for item in items.values():
        _add_spending(drafts.setdefault((item.entry.need, item.entry.unit), _Draft()), item, span)
    made = [draft.account(*key) for key, draft in sorted(drafts.items())]
    return [each for each in made if not each.is_empty]


_LISTS = ("received", "corrected", "returned", "spent")


@dataclass(slots=True)
class _Draft:
    """An account in the making."""

    opening: Decimal = ZERO
    fees: Decimal = ZERO
    moved: dict[str, list[Movement]] = field(default_factory=lambda: {name: [] for name in _LISTS})

    def account(self, need: str, unit: str) -> Account:
        """Whole, and in order."""
        ordered = {name: tuple(sorted(self.moved[name], key=_place)) for name in _LISTS}
        return Account(need, unit, self.opening, **ordered, fees=self.fees)


def _place(movement: Movement) -> tuple[dt.date, str]:
    return movement.day, movement.reference


_INTO = {Step.RECEIVED: "received", Step.CORRECTED: "corrected", Step.RETURNED: "returned"}


def _add_pledge(draft: _Draft, pledge: Pledge, span: Span) -> None:
    standing = Standing()
    for event in pledge.events:
        after = ledger.step(standing, event)
        if isinstance(after, str):
            raise ValueError(f"{pledge.code}: {after}")
        change = pledge.value(after.received) - pledge.value(standing.received)
        if span.is_after(event.at):
            draft.opening += change
        elif span.has(event.at):
            draft.fees += pledge.value(after.fee) - pledge.value(standing.fee)
            if change:
                sign = -1 if event.step is Step.RETURNED else 1
                reference = f"№ {pledge.receipt}" if pledge.receipt else pledge.code
                quantity = sign * (after.received - standing.received)
                moved = Movement(day(event.at), reference, sign * change, quantity, pledge.unit)
                draft.moved[_INTO[event.step]].append(moved)
        standing = after


def _add_spending(draft: _Draft, item: spending.Item, span: Span) -> None:
    entry = item.entry
    for at, sign in ((item.since, 1), (item.until, -1)):
        if at is None:
            continue
        quantity = sign * entry.quantity
        if span.is_after(at):
            draft.opening -= quantity
        elif span.has(at):
            # The row that takes it back says why.
            what = entry.what if sign > 0 else item.why
            draft.moved["spent"].append(Movement(day(at), str(entry.number), quantity, quantity, entry.unit, what))
