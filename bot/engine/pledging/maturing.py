"""What time does to the pledges of a campaign: which of them the clock looks at today, and what it wishes of them."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from bot.engine.pledging import campaigns
from bot.engine.pledging.events import Step
from bot.engine.pledging.ledger import State
from bot.engine.pledging.wishes import LAPSES

_OPEN = frozenset({State.OFFERED, State.CONFIRMED, State.DUE})


@dataclass(frozen=True, slots=True)
class Round:
    """Pledges in one of these states, and what the clock wishes of them: `deciding` has the last word."""

    step: Step
    states: frozenset[State]
    #: Only those whose day (their own, or else the campaign's deadline) is not after this; None: all.
    until: dt.date | None


def rounds(course: campaigns.Course, today: dt.date) -> tuple[Round, ...]:
    """What is looked for in a campaign today."""
    if course.state in (campaigns.State.NOT_REACHED, campaigns.State.CANCELLED):
        return (Round(Step.WITHDRAWN, _OPEN, None),)
    if course.state is campaigns.State.CONFIRMED:
        # It is done without them, and nobody is asked for anything any more.
        return (Round(Step.LAPSED, _OPEN, None),)
    if not campaigns.calls(course.state, course.model):
        return ()
    long_ago = today - dt.timedelta(days=LAPSES)
    return (
        Round(Step.DUE, frozenset({State.CONFIRMED}), today),
        Round(Step.LAPSED, frozenset({State.OFFERED, State.DUE}), long_ago),
    )
