"""What the clock looks for in a campaign: every pledge on which it could make a step, on that very day."""

import datetime as dt
from dataclasses import replace

import pytest

from bot.engine.pledging import campaigns, deciding, maturing, wishes
from bot.engine.pledging.events import Role, Step
from bot.engine.pledging.ledger import State
from tests.engine import pledged
from tests.engine.pledged import DUE

CLOCK = wishes.Actor(Role.CLOCK)
STEPS = (Step.DUE, Step.LAPSED, Step.WITHDRAWN)


@pytest.mark.parametrize("model", campaigns.Model)
@pytest.mark.parametrize("where", campaigns.State)
@pytest.mark.parametrize("state", sorted(pledged.IN_STATE))
@pytest.mark.parametrize("days", [-20, -1, 0, 1, 13, 14, 15, 100])
def test_it_looks_for_all_that_it_may_do_and_for_nothing_else(
    model: campaigns.Model, where: campaigns.State, state: State, days: int
) -> None:
    standing = pledged.standing(*pledged.IN_STATE[state])
    terms = pledged.terms()
    terms = replace(terms, course=replace(terms.course, state=where, model=model))
    today = DUE + dt.timedelta(days=days)
    at = dt.datetime.combine(today, dt.time(12), dt.UTC)
    day = standing.due or terms.day
    granted = {
        step
        for step in STEPS
        if not isinstance(deciding.decide(standing, wishes.Wish(step), CLOCK, terms, at), wishes.Refusal)
    }
    found = {
        each.step
        for each in maturing.rounds(terms.course, today)
        if state in each.states and (each.until is None or (day is not None and day <= each.until))
    }
    if where in (campaigns.State.NOT_REACHED, campaigns.State.CANCELLED):
        # Lapsing is possible there too; letting go is what is meant.
        granted -= {Step.LAPSED}
    if not campaigns.calls(where, model) and where is not campaigns.State.CONFIRMED:
        granted -= {Step.LAPSED}
    assert found == granted
