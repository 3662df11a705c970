"""What a pledge's events come to: how it stands, and nothing that its events do not say.

`fold` is total: of any rows read back it makes either a `Standing` or a `Broken` that names the row. It holds the
events to what must be true whatever a campaign's terms were when they were written; `deciding` holds wishes to more.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from decimal import Decimal
from enum import StrEnum

from bot.engine.pledging import events
from bot.engine.pledging.events import Event, Role, Row, Step

ZERO = Decimal(0)

#: One thing at a time is signed: a receipt under a correction that waits would be lost when that is signed.
_WAITS = "something waits for a second signature"


class State(StrEnum):
    """Where a pledge is. None of them blames anybody."""

    #: Nothing promised and nothing received: no event yet, or a gift entered by mistake.
    BLANK = "blank"
    OFFERED = "offered"
    CONFIRMED = "confirmed"
    DUE = "due"
    SENT = "sent"
    NOT_FOUND = "not_found"
    RECEIVED = "received"
    ACCOUNTED = "accounted"
    RETURNED = "returned"
    WITHDRAWN = "withdrawn"
    LAPSED = "lapsed"


@dataclass(frozen=True, slots=True)
class Proposal:
    """What one signatory wrote and another has not signed yet: "received", "corrected" or "returned"."""

    step: Step
    quantity: Decimal
    fee: Decimal
    hand: str
    by: Role = Role.TREASURER


@dataclass(frozen=True, slots=True)
class Standing:
    """How a pledge stands. Quantities are in the pledge's own unit."""

    promised: Decimal = ZERO
    #: All that was ever on the way by the giver's word, so that a receipt corrected downwards is on the way again.
    declared: Decimal = ZERO
    received: Decimal = ZERO
    fee: Decimal = ZERO
    #: Of what was received: what the giver was told the use of.
    accounted: Decimal = ZERO
    #: When the rest is to be handed over, and on which day (UTC) the giver last said what or when.
    due: dt.date | None = None
    dated: dt.date | None = None
    #: The giver said yes: an offer made on somebody's behalf is none yet.
    confirmed: bool = False
    #: It has fallen due, and was not postponed since.
    fallen: bool = False
    #: What is on the way was looked for and not found.
    doubted: bool = False
    #: Withdrawn, lapsed or returned: what was promised and has not come is let go.
    ended: State | None = None
    proposal: Proposal | None = None
    #: How many events it is made of, and the last of them.
    steps: int = 0
    last: Event | None = None

    @property
    def state(self) -> State:
        """Where it is: a consequence of the amounts, so that parts and corrections need no rule of their own."""
        if self.received and (self.ended or self.kept):
            return State.ACCOUNTED if self.accounted >= self.received else State.RECEIVED
        if self.ended:
            return self.ended
        if self.declared > self.settled:
            return State.NOT_FOUND if self.doubted else State.SENT
        if not self.promised:
            return State.BLANK
        if self.fallen:
            return State.DUE
        return State.CONFIRMED if self.confirmed else State.OFFERED

    @property
    def settled(self) -> Decimal:
        """What was received, and what its way cost."""
        return self.received + self.fee

    @property
    def kept(self) -> bool:
        """Whether the promise is kept: what came and what its way cost are as much as was promised."""
        return self.received > 0 and self.settled >= self.promised

    @property
    def rest(self) -> Decimal:
        """What is promised and has not come, wherever it is; 0 when it was let go."""
        return ZERO if self.ended else max(self.promised - self.settled, ZERO)

    @property
    def on_the_way(self) -> Decimal:
        """What the giver sent or a signatory has in hand, before it is received."""
        sent = self.declared - self.settled if self.state in (State.SENT, State.NOT_FOUND) else ZERO
        waiting = self.proposal
        return max(sent, waiting.quantity if waiting and waiting.step is Step.RECEIVED else ZERO)


@dataclass(frozen=True, slots=True)
class Broken:
    """Rows that cannot be a pledge's: the place of the first wrong one, from 0, and what is wrong with it."""

    place: int
    why: str


def recall(rows: Iterable[Row]) -> Standing | Broken:
    """`fold` of events as the database keeps them, oldest first."""
    happened: list[Event] = []
    for place, row in enumerate(rows):
        try:
            happened.append(events.read(row))
        except ValueError:
            before = fold(happened)
            return before if isinstance(before, Broken) else Broken(place, "no such step or role")
    return fold(happened)


def fold(happened: Iterable[Event]) -> Standing | Broken:
    """What the events come to, oldest first; of none, a blank standing."""
    standing = Standing()
    for place, event in enumerate(happened):
        after = step(standing, event)
        if isinstance(after, str):
            return Broken(place, after)
        standing = after
    return standing


def step(before: Standing, event: Event) -> Standing | str:
    """One event further, or what is wrong with the event."""
    if event.by not in MAY[event.step]:
        return f"not for the {event.by.value} to make"
    if before.state not in FROM[event.step]:
        return f"not a step from {before.state.value}"
    if not (events.is_quantity(event.quantity) and events.is_quantity(event.fee)):
        return "not a quantity"
    after = _COMES_TO[event.step](before, event)
    if isinstance(after, str):
        return after
    return replace(after, steps=before.steps + 1, last=event)


# -- what each step does -----------------------------------------------------------------------------------


def _promise(before: Standing, event: Event) -> Standing | str:
    confirmed = before.confirmed or event.step is Step.CONFIRMED
    if not event.quantity:
        return "promises nothing"
    if event.step is Step.CONFIRMED and before.promised not in (ZERO, event.quantity):
        return "confirms another amount"
    due = event.due or before.due
    return replace(before, promised=event.quantity, confirmed=confirmed, due=due, dated=event.at.date())


def _date(before: Standing, event: Event) -> Standing | str:
    if event.due is None:
        return "has no date"
    if event.step is Step.DUE:
        return replace(before, due=event.due, fallen=True)
    # A lapsed promise with a new date stands again.
    return replace(before, due=event.due, dated=event.at.date(), fallen=False, ended=None)


def _send(before: Standing, event: Event) -> Standing | str:
    if not event.quantity:
        return "sends nothing"
    return replace(before, declared=before.settled + event.quantity, doubted=False, ended=None)


def _doubt(before: Standing, event: Event) -> Standing:
    return replace(before, doubted=True)


def _receive(before: Standing, event: Event) -> Standing | str:
    if before.proposal and (refused := _unsigned(before, event)):
        return refused
    received, fee = before.received + event.quantity, before.fee + event.fee
    if not (event.quantity or event.fee) or not received:
        return "receives nothing"
    return replace(before, received=received, fee=fee, proposal=None)


def _correct(before: Standing, event: Event) -> Standing | str:
    if refused := _unsigned(before, event):
        return refused
    accounted = min(before.accounted, event.quantity)
    return replace(before, received=event.quantity, fee=event.fee, accounted=accounted, proposal=None)


def _give_back(before: Standing, event: Event) -> Standing | str:
    if before.proposal and (refused := _unsigned(before, event)):
        return refused
    if not 0 < event.quantity <= before.received - before.accounted:
        return "returns what is not there"
    received = before.received - event.quantity
    fee = before.fee if received else ZERO
    return replace(before, received=received, fee=fee, ended=State.RETURNED, proposal=None)


def _propose(before: Standing, event: Event) -> Standing | str:
    if before.proposal:
        return _WAITS
    if event.step is Step.CORRECTION:
        if event.fee and not event.quantity:
            return "a fee on nothing"
    elif not event.quantity:
        return "proposes nothing"
    if event.step is Step.RETURNING and event.quantity > before.received - before.accounted:
        return "returns what is not there"
    return replace(before, proposal=Proposal(SIGNED_AS[event.step], event.quantity, event.fee, event.hand, event.by))


def _decline(before: Standing, event: Event) -> Standing | str:
    return replace(before, proposal=None) if before.proposal else "nothing waits for a signature"


def _account(before: Standing, event: Event) -> Standing | str:
    if before.proposal:
        return _WAITS
    # Less than before, where a spending was taken back.
    if event.quantity > max(before.received, before.accounted):
        return "accounts for what was not received"
    if event.quantity == before.accounted:
        return "accounts for nothing new"
    return replace(before, accounted=event.quantity)


def _let_go(before: Standing, event: Event) -> Standing:
    return replace(before, ended=State.LAPSED if event.step is Step.LAPSED else State.WITHDRAWN)


def _unsigned(standing: Standing, event: Event) -> str:
    """Why an event is not the second signature under what was proposed; "" when it is."""
    waiting = standing.proposal
    if waiting is None or (waiting.step, waiting.quantity, waiting.fee) != (event.step, event.quantity, event.fee):
        return "was not proposed"
    return "signed twice by one hand" if waiting.hand == event.hand else ""


#: What a proposal becomes when another hand signs it.
SIGNED_AS = {
    Step.ACKNOWLEDGED: Step.RECEIVED,
    Step.CORRECTION: Step.CORRECTED,
    Step.RETURNING: Step.RETURNED,
}

#: Who speaks for the giver of a pledge that is theirs.
GIVING = frozenset({Role.GIVER, Role.RELATIVE, Role.FACILITATOR})

#: Who may make which step at all.
MAY = {
    **dict.fromkeys([Step.OFFERED, Step.CHANGED, Step.POSTPONED, Step.SENT], GIVING),
    Step.CONFIRMED: GIVING - {Role.RELATIVE},
    **dict.fromkeys([Step.DUE, Step.LAPSED], frozenset({Role.CLOCK})),
    Step.WITHDRAWN: GIVING | {Role.CLOCK},
    Step.ACCOUNTED: events.SIGNATORIES | {Role.CLOCK},
    **dict.fromkeys([Step.NOT_FOUND, Step.RECEIVED, Step.RETURNED, Step.CORRECTED, Step.DECLINED], events.SIGNATORIES),
    **dict.fromkeys(SIGNED_AS, events.SIGNATORIES),
}

_OPEN = frozenset({State.OFFERED, State.CONFIRMED, State.DUE})
_MOVING = frozenset({State.SENT, State.NOT_FOUND})
_ALL = frozenset(State)

#: From which states a step can be made. Money that has come has come, whatever was said before: receiving is possible
#: from everywhere, and so is mending what was received.
FROM = {
    Step.OFFERED: frozenset({State.BLANK}),
    Step.CONFIRMED: frozenset({State.BLANK, State.OFFERED}),
    Step.CHANGED: frozenset({State.OFFERED, State.CONFIRMED}),
    Step.POSTPONED: _OPEN | {State.LAPSED},
    Step.DUE: frozenset({State.CONFIRMED}),
    Step.SENT: _OPEN | _MOVING | {State.LAPSED},
    Step.NOT_FOUND: frozenset({State.SENT}),
    Step.WITHDRAWN: _OPEN | _MOVING,
    Step.LAPSED: _OPEN,
    **dict.fromkeys([Step.RECEIVED, Step.CORRECTED, Step.DECLINED, Step.ACCOUNTED, Step.RETURNED], _ALL),
    **dict.fromkeys(SIGNED_AS, _ALL),
}

_COMES_TO: dict[Step, Callable[[Standing, Event], Standing | str]] = {
    **dict.fromkeys([Step.OFFERED, Step.CONFIRMED, Step.CHANGED], _promise),
    **dict.fromkeys([Step.POSTPONED, Step.DUE], _date),
    Step.SENT: _send,
    Step.NOT_FOUND: _doubt,
    Step.RECEIVED: _receive,
    Step.CORRECTED: _correct,
    Step.RETURNED: _give_back,
    **dict.fromkeys(SIGNED_AS, _propose),
    Step.DECLINED: _decline,
    Step.ACCOUNTED: _account,
    **dict.fromkeys([Step.WITHDRAWN, Step.LAPSED], _let_go),
}
