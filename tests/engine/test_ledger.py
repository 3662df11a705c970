"""The fold of a pledge's events: exact for what was really written, and never at a loss before what was not."""

import datetime as dt

import hypothesis
import pytest
from hypothesis import strategies as st

from bot.engine.pledging import events, ledger
from bot.engine.pledging.events import MOST, Event, Role, Row, Step
from bot.engine.pledging.ledger import Broken, Standing, State
from tests.engine import pledged
from tests.engine.pledged import BEFORE, DUE, event

RECEIVED = pledged.IN_STATE[State.RECEIVED]


def signed(step: Step, quantity: str = "10", hand: str = "hand-1", fee: str = "0") -> Event:
    return event(step, quantity, Role.TREASURER, hand, fee)


def test_nothing_is_a_blank_pledge() -> None:
    assert ledger.fold([]) == Standing()
    assert Standing().state is State.BLANK


def test_only_what_came_is_kept() -> None:
    assert not Standing().kept
    assert not pledged.standing(*RECEIVED[:-1]).kept
    assert pledged.standing(*RECEIVED).kept


def test_what_came_after_a_correction_is_still_to_be_accounted_for() -> None:
    happened = (
        *RECEIVED,
        signed(Step.ACCOUNTED),
        signed(Step.CORRECTION, "9", "hand-1"),
        signed(Step.CORRECTED, "9", "hand-2"),
        signed(Step.RECEIVED, "1"),
    )
    assert pledged.standing(*happened).state is State.RECEIVED


def test_a_gift_given_back_whole_leaves_no_fee() -> None:
    gift = signed(Step.RECEIVED, "10", fee="1")
    assert pledged.standing(gift, signed(Step.RETURNED, "4")).fee == 1
    assert pledged.standing(gift, signed(Step.RETURNED, "10")).fee == 0


def test_what_the_first_program_wrote_folds() -> None:
    confirmed = [Row("confirmed", 50000, BEFORE, "giver")]
    assert pledged.standing(*map(events.read, confirmed)).state is State.CONFIRMED
    recalled = ledger.recall([*confirmed, Row("withdrawn", 50000, BEFORE, "giver")])
    assert isinstance(recalled, Standing)
    assert recalled.state is State.WITHDRAWN


@pytest.mark.parametrize("state", State)
def test_an_illegal_row_is_named_by_its_place(state: State) -> None:
    happened = pledged.IN_STATE[state]
    twice = event(Step.OFFERED) if happened else event(Step.DUE, by=Role.CLOCK, due=DUE)
    broken = ledger.fold([*happened, twice, event(Step.SENT)])
    assert broken == Broken(len(happened), f"not a step from {state.value}")


PROPOSED = (*RECEIVED, signed(Step.CORRECTION, "4"))


@pytest.mark.parametrize(
    ("happened", "wrong", "why"),
    [
        ((), event(Step.OFFERED, by=Role.TREASURER), "not for the treasurer to make"),
        ((), event(Step.OFFERED, "-1"), "not a quantity"),
        ((), event(Step.OFFERED, "0.001"), "not a quantity"),
        ((), event(Step.OFFERED, "NaN"), "not a quantity"),
        ((), event(Step.OFFERED, str(MOST + 1)), "not a quantity"),
        ((), event(Step.OFFERED, "0"), "promises nothing"),
        (RECEIVED[:1], event(Step.CONFIRMED, "9"), "confirms another amount"),
        (RECEIVED[:1], event(Step.POSTPONED), "has no date"),
        (RECEIVED[:1], event(Step.SENT, "0"), "sends nothing"),
        ((), signed(Step.RECEIVED, "0"), "receives nothing"),
        ((), signed(Step.RECEIVED, "0", fee="1"), "receives nothing"),
        (RECEIVED, signed(Step.CORRECTED, "4", "hand-2"), "was not proposed"),
        (PROPOSED, signed(Step.CORRECTED, "5", "hand-2"), "was not proposed"),
        (PROPOSED, signed(Step.CORRECTED, "4"), "signed twice by one hand"),
        (PROPOSED, signed(Step.RETURNED, "4", "hand-2"), "was not proposed"),
        (PROPOSED, signed(Step.RECEIVED, "4", "hand-2"), "was not proposed"),
        (PROPOSED, signed(Step.ACKNOWLEDGED), "something waits for a second signature"),
        (PROPOSED, signed(Step.ACCOUNTED), "something waits for a second signature"),
        ((), signed(Step.ACKNOWLEDGED, "0"), "proposes nothing"),
        (RECEIVED, signed(Step.CORRECTION, "0", fee="1"), "a fee on nothing"),
        (RECEIVED, signed(Step.RETURNING, "11"), "returns what is not there"),
        (RECEIVED, signed(Step.RETURNED, "11"), "returns what is not there"),
        ((*RECEIVED, signed(Step.ACCOUNTED, "7")), signed(Step.RETURNING, "4"), "returns what is not there"),
        ((*RECEIVED, signed(Step.ACCOUNTED, "7")), signed(Step.RETURNED, "4"), "returns what is not there"),
        (RECEIVED, signed(Step.DECLINED), "nothing waits for a signature"),
        (RECEIVED, signed(Step.ACCOUNTED, "11"), "accounts for what was not received"),
        ((*RECEIVED, signed(Step.ACCOUNTED, "7")), signed(Step.ACCOUNTED, "7"), "accounts for nothing new"),
    ],
)
def test_a_row_that_cannot_be_is_broken(happened: tuple[Event, ...], wrong: Event, why: str) -> None:
    assert ledger.fold([*happened, wrong]) == Broken(len(happened), why)


def test_a_row_of_no_step_is_broken_unless_one_before_it_is() -> None:
    nonsense = Row("stolen", 100, BEFORE, "giver")
    assert ledger.recall([nonsense]) == Broken(0, "no such step or role")
    assert ledger.recall([Row("sent", 100, BEFORE, "giver"), nonsense]) == Broken(0, "not a step from blank")


rows = st.builds(
    Row,
    st.sampled_from([*(step.value for step in Step), "stolen"]),
    st.integers(-1, 5) | st.integers(),
    st.datetimes(timezones=st.just(dt.UTC)),
    st.sampled_from([*(role.value for role in Role), ""]),
    st.sampled_from(["", "hand-1", "hand-2"]),
    st.integers(-1, 2) | st.integers(),
    st.none() | st.dates(),
)


@hypothesis.settings(max_examples=150)
@hypothesis.given(st.lists(rows, max_size=8))
def test_any_rows_fold_or_are_broken_at_the_first_wrong_one(happened: list[Row]) -> None:
    whole = ledger.recall(happened)
    if isinstance(whole, Broken):
        assert isinstance(ledger.recall(happened[: whole.place]), Standing)
        assert isinstance(ledger.recall(happened[: whole.place + 1]), Broken)
    else:
        assert whole.steps == len(happened)
        assert min(whole.promised, whole.received, whole.fee, whole.rest, whole.on_the_way) >= 0


quantities = st.decimals(0, MOST, places=2)
any_event = st.builds(
    Event,
    st.sampled_from(Step),
    quantities,
    st.just(BEFORE),
    st.sampled_from(Role),
    st.sampled_from(["", "hand-1"]),
    quantities,
    st.none() | st.dates(),
)


@hypothesis.given(any_event)
def test_an_event_is_stored_and_read_back_exactly(happened: Event) -> None:
    assert events.is_quantity(happened.quantity)
    assert events.read(events.stored(happened)) == happened
