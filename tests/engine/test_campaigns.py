"""A campaign's course: every change from every state by everybody has its answer, and what it does to pledges."""

import datetime as dt
import itertools
from dataclasses import replace
from decimal import Decimal

import pytest

from bot.engine.pledging import campaigns, ledger
from bot.engine.pledging.campaigns import Change, Course, Effect, Matter, Model, Reason, Refusal, State, Version
from bot.engine.pledging.events import Role

DEADLINE = dt.date(2027, 5, 15)
DAY = dt.timedelta(days=1)

#: From a row into a column: whose change it is, (f)acilitator, (t)reasurer, (c)lock, (r)esidents; = is there already,
#: x is over, - is no way.
WAYS = """
            draft open reached not_reached collecting working done confirmed cancelled
draft       =     f    -       -           -          -       -    -         f
open        -     =    c       c           ftc        -       -    -         f
reached     -     -    =       -           ftc        -       -    -         f
not_reached x     x    x       =           x          x       x    x         x
collecting  -     -    -       -           =          f       -    -         f
working     -     -    -       -           -          =       f    -         f
done        -     -    -       -           -          f       =    r         -
confirmed   x     x    x       x           x          x       x    =         x
cancelled   x     x    x       x           x          x       x    x         =
"""
HEAD, *ROWS = [line.split() for line in WAYS.strip().splitlines()]
CELLS = {(row[0], column): cell for row in ROWS for column, cell in zip(HEAD, row[1:], strict=True)}
FIXED = {"=": Reason.ALREADY_SO, "x": Reason.OVER, "-": Reason.NO_SUCH_WAY}


def unmet(course: Course, to: State, role: Role, today: dt.date) -> Reason | None:
    """The conditions, as the issue says them."""
    after, threshold = today > DEADLINE, course.model is Model.THRESHOLD
    match course.state, to:
        case State.DRAFT, State.OPEN:
            return Reason.DEADLINE_PASSED if after else None
        case State.OPEN, State.REACHED:
            return None if course.minimum_reached else Reason.BELOW_MINIMUM
        case State.OPEN, State.NOT_REACHED if not threshold:
            return Reason.OTHER_MODEL
        case State.OPEN, State.NOT_REACHED if course.minimum_reached:
            return Reason.MINIMUM_REACHED
        case State.OPEN, State.NOT_REACHED:
            return None if after else Reason.TOO_EARLY
        case State.OPEN, State.COLLECTING if threshold:
            return Reason.OTHER_MODEL
        case _, State.COLLECTING:
            return Reason.TOO_EARLY if role is Role.CLOCK and not after else None
        case State.DONE, State.CONFIRMED if course.answered < 10:
            return Reason.TOO_FEW_ANSWERS
        case State.DONE, State.CONFIRMED:
            return None if course.done_by > course.answered - course.done_by else Reason.RESIDENTS_DOUBT
    return None


@pytest.mark.parametrize("state", State)
def test_every_change_has_its_answer(state: State) -> None:
    facts = itertools.product(Model, (False, True), [(0, 0), (9, 9), (5, 10), (6, 10), (4, 12)], (-1, 0, 1))
    for (model, reached, (done_by, answered), days), to, role in itertools.product(facts, State, Role):
        course = Course(state, model, DEADLINE, reached, done_by, answered)
        made = campaigns.change(course, to, role, DEADLINE + days * DAY, "the spring dried up")
        cell = CELLS[state.value, to.value]
        reason = FIXED.get(cell)
        letter = "" if role is Role.RELATIVE else role.value[0]
        if reason is None and (not letter or letter not in cell):
            reason = Reason.NOT_YOURS
        reason = reason or unmet(course, to, role, DEADLINE + days * DAY)
        if reason:
            assert made == Refusal(reason), (course, to, role, days)
        else:
            assert isinstance(made, Change), (course, to, role, days)
            assert made.to is to
            # In both models the pledges are called once on the way, and let go where nothing comes of it.
            begins = State.OPEN if model is Model.OPEN else State.REACHED
            assert (Effect.FALL_DUE in made.effects) is (to is begins)
            ends = to in (State.NOT_REACHED, State.CANCELLED)
            assert (Effect.RELEASE in made.effects) is ends
            assert (Effect.GIVE_BACK in made.effects) is ends


@pytest.mark.parametrize(("state", "to"), [(State.OPEN, State.CANCELLED), (State.DONE, State.WORKING)])
def test_who_stops_or_goes_back_says_why(state: State, to: State) -> None:
    course = Course(state, Model.OPEN, DEADLINE)
    assert campaigns.change(course, to, Role.FACILITATOR, DEADLINE, " ") == Refusal(Reason.WHY_WANTED)


@pytest.mark.parametrize("model", Model)
@pytest.mark.parametrize("reached", [False, True])
def test_the_clock_brings_a_campaign_to_rest_by_itself(model: Model, reached: bool) -> None:
    course = Course(State.OPEN, model, DEADLINE, minimum_reached=reached)
    path = []
    while made := campaigns.by_clock(course, DEADLINE + DAY):
        path.append(made.to)
        course = replace(course, state=made.to)
    assert (
        path
        == {
            (Model.THRESHOLD, True): [State.REACHED, State.COLLECTING],
            (Model.THRESHOLD, False): [State.NOT_REACHED],
            (Model.OPEN, True): [State.REACHED, State.COLLECTING],
            (Model.OPEN, False): [State.COLLECTING],
        }[model, reached]
    )


def test_a_threshold_is_reached_the_day_it_is_and_not_before_the_deadline_missed() -> None:
    course = Course(State.OPEN, Model.THRESHOLD, DEADLINE)
    assert campaigns.by_clock(course, DEADLINE) is None
    assert campaigns.by_clock(replace(course, minimum_reached=True), DEADLINE - 90 * DAY) == Change(
        State.REACHED, (Effect.FALL_DUE,)
    )


@pytest.mark.parametrize("state", State)
@pytest.mark.parametrize("model", Model)
def test_what_can_be_pledged_and_called_for(state: State, model: Model) -> None:
    course = Course(state, model, DEADLINE)
    underway = state in (State.OPEN, State.REACHED, State.COLLECTING, State.WORKING)
    assert campaigns.takes(course, DEADLINE) is underway
    decided = state is State.OPEN and model is Model.THRESHOLD
    assert campaigns.takes(course, DEADLINE + DAY) is (underway and not decided)
    assert campaigns.calls(state, model) is ((underway or state is State.DONE) and not decided)


VERSION = Version(
    {"money": (Decimal(300000), Decimal(420000))}, DEADLINE, {"ru": "счёт"}, {"ru": "комитет"}, Model.THRESHOLD
)
CHANGES: dict[Matter, dict[str, object]] = {
    Matter.GOAL: {"goal": {"money": (Decimal(200000), Decimal(420000))}},
    Matter.DEADLINE: {"deadline": DEADLINE + 30 * DAY},
    Matter.HANDOVER: {"handover": {"ru": "другой счёт"}},
    Matter.HOLDER: {"holder": {"ru": "казначейство"}},
    Matter.MODEL: {"model": Model.OPEN},
}
NOT_STARTED = frozenset({ledger.State.OFFERED, ledger.State.CONFIRMED, ledger.State.DUE})
GIVEN = frozenset({ledger.State.SENT, ledger.State.NOT_FOUND, ledger.State.RECEIVED, ledger.State.ACCOUNTED})


@pytest.mark.parametrize("state", State)
@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize("matter", Matter)
def test_what_people_rely_on_is_never_edited_under_their_feet(state: State, role: Role, matter: Matter) -> None:
    new = replace(VERSION, **CHANGES[matter])  # type: ignore[arg-type] # its fields, by name
    course = Course(state, Model.THRESHOLD, DEADLINE)
    revised = campaigns.revise(course, VERSION, new, role, DEADLINE)
    if state in (State.NOT_REACHED, State.DONE, State.CONFIRMED, State.CANCELLED):
        assert revised == Refusal(Reason.OVER)
    elif role is not Role.FACILITATOR:
        assert revised == Refusal(Reason.NOT_YOURS)
    elif state is State.DRAFT:
        assert revised == campaigns.Revision(frozenset({matter}), frozenset(), frozenset())
    elif matter is Matter.MODEL:
        assert revised == Refusal(Reason.OTHER_MODEL)
    else:
        assert revised == campaigns.Revision(frozenset({matter}), NOT_STARTED, GIVEN)


def test_other_words_ask_nobody_and_a_past_deadline_is_none() -> None:
    course = Course(State.OPEN, Model.THRESHOLD, DEADLINE)
    same = campaigns.revise(course, VERSION, replace(VERSION), Role.FACILITATOR, DEADLINE)
    assert same == campaigns.Revision(frozenset(), frozenset(), frozenset())
    past = replace(VERSION, deadline=DEADLINE - 30 * DAY)
    assert campaigns.revise(course, VERSION, past, Role.FACILITATOR, DEADLINE) == Refusal(Reason.DEADLINE_PASSED)
