"""Pledges for the tests: the terms of a campaign, who acts, and a pledge in every state."""

import datetime as dt
from decimal import Decimal

from bot.engine.pledging import campaigns, deciding, ledger
from bot.engine.pledging.events import Event, Role, Step
from bot.engine.pledging.ledger import Standing, State
from bot.engine.pledging.wishes import Actor, Reason, Refusal, Terms, Wish

DUE = dt.date(2027, 3, 1)
#: Three weeks after `DUE`: whatever waits for a date may happen.
NOW = dt.datetime(2027, 3, 22, 9, tzinfo=dt.UTC)
BEFORE = dt.datetime(2027, 2, 1, 9, tzinfo=dt.UTC)

GIVER = Actor(Role.GIVER, own=True)
RELATIVE = Actor(Role.RELATIVE, own=True)
TREASURER = Actor(Role.TREASURER, "hand-1")
SECOND = Actor(Role.SECOND, "hand-2")
CLOCK = Actor(Role.CLOCK)


def terms(
    state: campaigns.State = campaigns.State.OPEN,
    model: campaigns.Model = campaigns.Model.OPEN,
    *,
    above: str | None = None,
) -> Terms:
    """A campaign that ends in summer and never asks for more than a thousand of one pledge."""
    bound = None if above is None else Decimal(above)
    course = campaigns.Course(state, model, dt.date(2027, 7, 1))
    return Terms(course, "v1", bound, Decimal(1000), day=course.deadline)


def event(
    step: Step, quantity: str = "10", by: Role = Role.GIVER, hand: str = "", fee: str = "0", due: dt.date | None = None
) -> Event:
    """One event."""
    return Event(step, Decimal(quantity), BEFORE, by, hand, Decimal(fee), due)


def standing(*happened: Event) -> Standing:
    """What they fold to, which must be something."""
    folded = ledger.fold(happened)
    assert isinstance(folded, Standing), folded
    return folded


def then(before: Standing, wish: Wish, actor: Actor, on: Terms | None = None, now: dt.datetime = NOW) -> Standing:
    """How a pledge stands after a wish that must be granted."""
    decided = deciding.decide(before, wish, actor, on or terms(), now)
    assert not isinstance(decided, Refusal), decided
    for made in decided:
        after = ledger.step(before, made)
        assert isinstance(after, Standing), after
        before = after
    return before


_CONFIRMED = (event(Step.OFFERED, due=DUE), event(Step.CONFIRMED, due=DUE))
_DUE = (*_CONFIRMED, event(Step.DUE, by=Role.CLOCK, due=DUE))
_SENT = (*_DUE, event(Step.SENT))
_RECEIVED = (*_SENT, event(Step.RECEIVED, by=Role.TREASURER, hand="hand-1"))

#: Ten of something, in each state.
IN_STATE = {
    State.BLANK: (),
    State.OFFERED: _CONFIRMED[:1],
    State.CONFIRMED: _CONFIRMED,
    State.DUE: _DUE,
    State.SENT: _SENT,
    State.NOT_FOUND: (*_SENT, event(Step.NOT_FOUND, by=Role.TREASURER, hand="hand-1")),
    State.RECEIVED: _RECEIVED,
    State.ACCOUNTED: (*_RECEIVED, event(Step.ACCOUNTED, by=Role.CLOCK)),
    State.RETURNED: (*_RECEIVED, event(Step.RETURNED, by=Role.TREASURER, hand="hand-1")),
    State.WITHDRAWN: (*_CONFIRMED, event(Step.WITHDRAWN)),
    State.LAPSED: (*_DUE, event(Step.LAPSED, by=Role.CLOCK)),
}


def refused(before: Standing, wanted: Wish, actor: Actor, on: Terms | None = None) -> Reason:
    """Why a wish is not granted, which it must not be."""
    decided = deciding.decide(before, wanted, actor, on or terms(), NOW)
    assert isinstance(decided, Refusal), decided
    return decided.reason
