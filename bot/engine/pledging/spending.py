"""What was spent of what was received: rows that are never changed, what they come to, and what may be added to them.

A mistake is taken back by a row that names the first. What is large takes two signatures, to spend and to take back.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from enum import StrEnum

from bot.engine.pledging import events
from bot.engine.pledging.events import Role

ZERO = Decimal(0)


class Step(StrEnum):
    """What a row says."""

    SPENT = "spent"  # it counts
    PROPOSED = "proposed"  # the same, before the second signature; it counts as nothing and is kept free
    SIGNED = "signed"  # the second signature under what waits for one
    UNDOING = "undoing"  # to be taken back, before the second signature; it still counts
    UNDONE = "undone"  # taken back
    DECLINED = "declined"  # it is not taken back after all


class State(StrEnum):
    """Where a spending is."""

    WAITING = "waiting"
    SPENT = "spent"
    #: It counts until the second signature under its taking back.
    LEAVING = "leaving"
    UNDONE = "undone"


class Reason(StrEnum):
    """Why nothing is written."""

    #: Not above zero in whole hundredths.
    ABSURD = "absurd"
    NO_SUCH_NEED = "no_such_need"
    #: More than was received and is not spent.
    NOT_THERE = "not_there"
    #: A day to come, or one before the campaign.
    NO_SUCH_DAY = "no_such_day"
    NO_SUCH_NUMBER = "no_such_number"
    ALREADY_SO = "already_so"
    NOTHING_TO_SIGN = "nothing_to_sign"
    #: The first signature is of the same office.
    SAME_OFFICE = "same_office"
    #: It waits for a signature already.
    WAITS = "waits"


@dataclass(frozen=True, slots=True)
class Entry:
    """One row. A row about another repeats its need, unit, quantity and day, so that it can be read by itself."""

    #: From 1, without a gap, in each campaign.
    number: int
    step: Step
    need: str
    #: "KGS" for money, else the need's name.
    unit: str
    quantity: Decimal
    day: dt.date
    #: What for; of a row that takes back: why.
    what: Mapping[str, str]
    by: Role
    hand: str
    at: dt.datetime
    #: The number of the row that is signed or taken back; 0 of a row about no other.
    about: int = 0
    #: Hash of a picture's content, and its type; "" for none.
    photo: str = ""
    mime: str = ""


@dataclass(frozen=True, slots=True)
class Item:
    """One spending, with all that its rows come to."""

    entry: Entry
    state: State
    #: The row that made it so.
    last: Entry
    #: Since when it counts, and until when it did.
    since: dt.datetime | None = None
    until: dt.datetime | None = None
    #: Why it is taken back, or is to be; {} of what stands.
    why: Mapping[str, str] = field(default_factory=dict)

    @property
    def counts(self) -> bool:
        """Whether it is spent, as far as everybody is told."""
        return self.state in (State.SPENT, State.LEAVING)


@dataclass(frozen=True, slots=True)
class Broken:
    """Rows that cannot be a campaign's: the number of the first wrong one, and what is wrong with it."""

    number: int
    why: str


Items = Mapping[int, Item]


def fold(entries: Iterable[Entry]) -> Items | Broken:
    """Number of the first row -> what became of it, from a campaign's rows in order."""
    items: dict[int, Item] = {}
    for place, entry in enumerate(entries, 1):
        made = "a number is missing" if entry.number != place else _step(items, entry)
        if isinstance(made, str):
            return Broken(entry.number, made)
        items[made.entry.number] = made
    return items


def turns(entries: Iterable[Entry]) -> list[tuple[Entry, Item]]:
    """The rows by which something came to count, or counts no more, each with what it is about as it was then.

    Empty where the rows cannot be folded.
    """
    items: dict[int, Item] = {}
    turned: list[tuple[Entry, Item]] = []
    for entry in entries:
        made = _step(items, entry)
        if isinstance(made, str):
            return []
        before = items.get(made.entry.number)
        if made.counts != (before is not None and before.counts):
            turned.append((entry, made))
        items[made.entry.number] = made
    return turned


def _step(items: Items, entry: Entry) -> Item | str:
    if entry.by not in events.SIGNATORIES:
        return f"not for the {entry.by.value} to make"
    if entry.step in _BEGINS:
        if not entry.quantity or not events.is_quantity(entry.quantity):
            return "not a quantity"
        return Item(entry, _BEGINS[entry.step], entry, since=entry.at if entry.step is Step.SPENT else None)
    item = items.get(entry.about)
    if item is None:
        return "about no row before it"
    to = _LEADS.get((item.state, entry.step))
    if to is None:
        return f"not a step from {item.state.value}"
    if entry.step is Step.SIGNED and entry.by is item.last.by:
        return "signed twice by one office"
    why = {} if entry.step is Step.DECLINED else entry.what or item.why
    made = replace(item, state=to, last=entry, why=why)
    if made.counts and not item.counts:
        return replace(made, since=entry.at)
    return replace(made, until=entry.at) if item.counts and not made.counts else made


_BEGINS = {Step.SPENT: State.SPENT, Step.PROPOSED: State.WAITING}
_LEADS = {
    (State.WAITING, Step.SIGNED): State.SPENT,
    (State.WAITING, Step.UNDONE): State.UNDONE,
    (State.SPENT, Step.UNDONE): State.UNDONE,
    (State.SPENT, Step.UNDOING): State.LEAVING,
    (State.LEAVING, Step.SIGNED): State.UNDONE,
    (State.LEAVING, Step.DECLINED): State.SPENT,
}


def spent(items: Items, need: str, unit: str) -> Decimal:
    """What was spent of a need in that unit."""
    return _sum(item for item in items.values() if item.counts and _of(item) == (need, unit))


def waiting(items: Items, need: str, unit: str) -> Decimal:
    """What waits for a second signature, and is kept free for it."""
    return _sum(item for item in items.values() if item.state is State.WAITING and _of(item) == (need, unit))


def _sum(items: Iterable[Item]) -> Decimal:
    return sum((item.entry.quantity for item in items), ZERO)


def _of(item: Item) -> tuple[str, str]:
    return item.entry.need, item.entry.unit


# -- what may be added ----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Hand:
    """Who writes a row: as treasurer or second signatory, and by which signature (`events.Event.hand`)."""

    by: Role
    hand: str
    at: dt.datetime


@dataclass(frozen=True, slots=True)
class Wish:
    """What somebody wants written as spent."""

    need: str
    unit: str
    quantity: Decimal
    day: dt.date
    what: Mapping[str, str]
    photo: str = ""
    mime: str = ""


def spend(
    items: Items, wish: Wish, hand: Hand, *, received: Decimal, above: Decimal | None, days: tuple[dt.date, dt.date]
) -> Entry | Reason:
    """The row of a spending; above that sum of money it waits for the second signature. `days`: the first and last."""
    if not wish.quantity or not events.is_quantity(wish.quantity):
        return Reason.ABSURD
    if not days[0] <= wish.day <= days[1]:
        return Reason.NO_SUCH_DAY
    if wish.quantity > left(items, wish.need, wish.unit, received):
        return Reason.NOT_THERE
    two = above is not None and wish.unit != wish.need and wish.quantity > above
    return Entry(
        number=_next(items),
        step=Step.PROPOSED if two else Step.SPENT,
        need=wish.need,
        unit=wish.unit,
        quantity=wish.quantity,
        day=wish.day,
        what=wish.what,
        by=hand.by,
        hand=hand.hand,
        at=hand.at,
        photo=wish.photo,
        mime=wish.mime,
    )


def left(items: Items, need: str, unit: str, received: Decimal) -> Decimal:
    """What can still be spent; less than nothing where a receipt was corrected after it was spent."""
    return received - spent(items, need, unit) - waiting(items, need, unit)


def sign(items: Items, number: int, hand: Hand, *, received: Decimal) -> Entry | Reason:
    """The second signature under a spending, or under its taking back."""
    item = items.get(number)
    if item is None:
        return Reason.NO_SUCH_NUMBER
    if item.state not in (State.WAITING, State.LEAVING):
        signed = item.last.step is Step.SIGNED
        return Reason.ALREADY_SO if signed else Reason.NOTHING_TO_SIGN
    if item.last.by is hand.by:
        return Reason.SAME_OFFICE
    if item.state is State.WAITING and item.entry.quantity > received - spent(items, *_of(item)):
        return Reason.NOT_THERE
    return _about(items, item, Step.SIGNED, hand, {})


def undo(items: Items, number: int, hand: Hand, why: Mapping[str, str]) -> Entry | Reason:
    """The row that takes a spending back: what took two signatures takes two again."""
    item = items.get(number)
    if item is None:
        return Reason.NO_SUCH_NUMBER
    if item.state is State.UNDONE:
        return Reason.ALREADY_SO
    if item.state is State.LEAVING:
        return Reason.WAITS
    two = item.state is State.SPENT and item.entry.step is Step.PROPOSED
    return _about(items, item, Step.UNDOING if two else Step.UNDONE, hand, why)


def decline(items: Items, number: int, hand: Hand) -> Entry | Reason:
    """The row by which a spending is not taken back after all: of either office, for one is enough not to sign."""
    item = items.get(number)
    if item is None:
        return Reason.NO_SUCH_NUMBER
    return _about(items, item, Step.DECLINED, hand, {}) if item.state is State.LEAVING else Reason.NOTHING_TO_SIGN


def _about(items: Items, item: Item, step: Step, hand: Hand, what: Mapping[str, str]) -> Entry:
    return replace(
        item.entry,
        number=_next(items),
        step=step,
        about=item.entry.number,
        what=what,
        by=hand.by,
        hand=hand.hand,
        at=hand.at,
        photo="",
        mime="",
    )


def _next(items: Items) -> int:
    return 1 + max((item.last.number for item in items.values()), default=0)


def listed(items: Items) -> Sequence[Item]:
    """By the day it was spent on."""
    return sorted(items.values(), key=lambda item: (item.entry.day, item.entry.number))
