"""What a pledge adds to the public totals, by stage, in every state; and how totals follow it."""

from decimal import Decimal

import pytest

from bot.engine.pledging import totals
from bot.engine.pledging.events import Role, Step
from bot.engine.pledging.ledger import State
from bot.engine.pledging.totals import Stage
from bot.engine.pledging.wishes import Wish
from tests.engine import pledged

TEN = Decimal(10)

STAGES = {
    State.BLANK: {},
    State.OFFERED: {},  # nobody has promised it yet
    State.CONFIRMED: {Stage.NOT_DUE: TEN},
    State.DUE: {Stage.NOT_DUE: TEN},
    State.SENT: {Stage.ON_THE_WAY: TEN},
    State.NOT_FOUND: {Stage.ON_THE_WAY: TEN},
    State.RECEIVED: {Stage.RECEIVED: TEN},
    State.ACCOUNTED: {Stage.RECEIVED: TEN, Stage.ACCOUNTED: TEN},
    State.RETURNED: {},
    State.WITHDRAWN: {},
    State.LAPSED: {},
}


@pytest.mark.parametrize("state", State)
def test_every_state_has_its_stage(state: State) -> None:
    assert totals.amounts(pledged.standing(*pledged.IN_STATE[state])) == STAGES[state]


def test_parts_and_what_the_way_cost_stand_apart() -> None:
    part = pledged.then(
        pledged.standing(*pledged.IN_STATE[State.DUE]),
        Wish(Step.SENT, Decimal(5)),
        pledged.GIVER,
    )
    part = pledged.then(part, Wish(Step.RECEIVED, Decimal(3), Decimal(1)), pledged.TREASURER)
    assert totals.amounts(part) == {
        Stage.NOT_DUE: 5,
        Stage.ON_THE_WAY: 1,
        Stage.RECEIVED: 3,
        Stage.FEE: 1,
    }


def test_totals_follow_by_what_a_pledge_changed() -> None:
    standings = [totals.amounts(pledged.standing(*happened)) for happened in pledged.IN_STATE.values()]
    for old in standings:
        for new in standings:
            assert totals.total([old, totals.difference(new, old)]) == new
    whole = totals.total(standings)
    assert whole == {Stage.NOT_DUE: 20, Stage.ON_THE_WAY: 20, Stage.RECEIVED: 20, Stage.ACCOUNTED: 10}
    assert totals.promised(whole) == 60


def test_what_waits_for_a_second_signature_is_on_the_way() -> None:
    waiting = pledged.event(Step.ACKNOWLEDGED, "4", Role.TREASURER, "hand-1")
    assert totals.amounts(pledged.standing(waiting)) == {Stage.ON_THE_WAY: 4}
    sent = pledged.standing(*pledged.IN_STATE[State.CONFIRMED], waiting)
    assert totals.amounts(sent) == {Stage.ON_THE_WAY: 4, Stage.NOT_DUE: 6}
