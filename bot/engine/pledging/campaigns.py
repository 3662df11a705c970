"""A campaign's states: who may make which change of it, when, and what that does to its pledges."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from bot.engine.pledging import ledger
from bot.engine.pledging.events import Role


class State(StrEnum):
    """Where a campaign is."""

    DRAFT = "draft"
    OPEN = "open"
    REACHED = "reached"
    NOT_REACHED = "not_reached"
    COLLECTING = "collecting"
    WORKING = "working"
    DONE = "done"
    CONFIRMED = "confirmed"
    CANCELLED = "cancelled"


class Model(StrEnum):
    """When pledges fall due: once every need's minimum is reached by the deadline, or each on its own date."""

    THRESHOLD = "threshold"
    OPEN = "open"


class Effect(StrEnum):
    """What a change does to the campaign's pledges."""

    #: They fall due on their dates from now on: the clock's wish `Step.DUE`, pledge by pledge.
    FALL_DUE = "fall_due"
    #: Nobody owes anything: the clock's wish `Step.WITHDRAWN`, pledge by pledge.
    RELEASE = "release"
    #: What was received and not spent is offered back; the treasurer is told.
    GIVE_BACK = "give_back"


class Reason(StrEnum):
    """Why a change is not made."""

    ALREADY_SO = "already_so"
    NOT_YOURS = "not_yours"
    NO_SUCH_WAY = "no_such_way"
    #: It has come to its end and changes no more.
    OVER = "over"
    #: The deadline has not passed yet.
    TOO_EARLY = "too_early"
    DEADLINE_PASSED = "deadline_passed"
    BELOW_MINIMUM = "below_minimum"
    MINIMUM_REACHED = "minimum_reached"
    #: Only in the other model.
    OTHER_MODEL = "other_model"
    WHY_WANTED = "why_wanted"
    TOO_FEW_ANSWERS = "too_few_answers"
    RESIDENTS_DOUBT = "residents_doubt"


@dataclass(frozen=True, slots=True)
class Refusal:
    """A change that is not made."""

    reason: Reason


@dataclass(frozen=True, slots=True)
class Course:
    """What a change of a campaign depends on."""

    state: State
    model: Model
    deadline: dt.date
    #: Every need's minimum is promised or received.
    minimum_reached: bool = False
    #: "Is it really done?": how many said yes, and how many yes, partly or no.
    done_by: int = 0
    answered: int = 0


@dataclass(frozen=True, slots=True)
class Change:
    """A change to be kept, with who, when and why."""

    to: State
    effects: tuple[Effect, ...] = ()


#: Fewer residents confirm nothing; the same bound as for what is published of people.
LEAST_ANSWERS = 10

#: In which states nothing changes any more.
OVER = frozenset({State.NOT_REACHED, State.CONFIRMED, State.CANCELLED})

#: In which new pledges are taken, and in which what was pledged may be handed over.
TAKING = frozenset({State.OPEN, State.REACHED, State.COLLECTING, State.WORKING})
GIVING = TAKING | {State.DONE}

_BEFORE_DONE = TAKING | {State.DRAFT}

#: From a state into another: who may make it.
_WAYS: dict[tuple[State, State], frozenset[Role]] = {
    (State.DRAFT, State.OPEN): frozenset({Role.FACILITATOR}),
    (State.OPEN, State.REACHED): frozenset({Role.CLOCK}),
    (State.OPEN, State.NOT_REACHED): frozenset({Role.CLOCK}),
    (State.OPEN, State.COLLECTING): frozenset({Role.FACILITATOR, Role.TREASURER, Role.CLOCK}),
    (State.REACHED, State.COLLECTING): frozenset({Role.FACILITATOR, Role.TREASURER, Role.CLOCK}),
    (State.COLLECTING, State.WORKING): frozenset({Role.FACILITATOR}),
    (State.WORKING, State.DONE): frozenset({Role.FACILITATOR}),
    # Told that something is missing, one goes on working.
    (State.DONE, State.WORKING): frozenset({Role.FACILITATOR}),
    (State.DONE, State.CONFIRMED): frozenset({Role.RESIDENTS}),
    **{(state, State.CANCELLED): frozenset({Role.FACILITATOR}) for state in _BEFORE_DONE},
}


def takes(course: Course, today: dt.date) -> bool:
    """Whether new pledges are taken; by a threshold's deadline it is decided, also while the clock is late."""
    late = course.model is Model.THRESHOLD and course.state is State.OPEN and today > course.deadline
    return course.state in TAKING and not late


def calls(state: State, model: Model) -> bool:
    """Whether pledges may fall due: under a threshold nobody owes anything before it is reached."""
    return state in GIVING and not (model is Model.THRESHOLD and state is State.OPEN)


def change(course: Course, to: State, role: Role, today: dt.date, why: str = "") -> Change | Refusal:
    """The change into a state by somebody in that role, or why there is none."""
    if to is course.state:
        return Refusal(Reason.ALREADY_SO)
    if course.state in OVER:
        return Refusal(Reason.OVER)
    roles = _WAYS.get((course.state, to))
    if roles is None:
        return Refusal(Reason.NO_SUCH_WAY)
    if role not in roles:
        return Refusal(Reason.NOT_YOURS)
    refused = _unmet(course, to, role, today, why)
    return Refusal(refused) if refused else Change(to, _effects(course, to))


def by_clock(course: Course, today: dt.date) -> Change | None:
    """The change that time makes today by itself, if there is one; to be asked again after it."""
    for to in (State.REACHED, State.NOT_REACHED, State.COLLECTING):
        if isinstance(made := change(course, to, Role.CLOCK, today), Change):
            return made
    return None


def _unmet(course: Course, to: State, role: Role, today: dt.date, why: str) -> Reason | None:
    """The condition that a change does not meet."""
    passed = today > course.deadline
    threshold = course.model is Model.THRESHOLD
    if to is State.OPEN and passed:
        return Reason.DEADLINE_PASSED
    if to is State.REACHED and not course.minimum_reached:
        return Reason.BELOW_MINIMUM
    if to is State.NOT_REACHED:
        if not threshold:
            return Reason.OTHER_MODEL
        if course.minimum_reached:
            return Reason.MINIMUM_REACHED
        return None if passed else Reason.TOO_EARLY
    if to is State.COLLECTING:
        if threshold and course.state is State.OPEN:
            return Reason.OTHER_MODEL
        return Reason.TOO_EARLY if role is Role.CLOCK and not passed else None
    if to is State.CONFIRMED:
        if course.answered < LEAST_ANSWERS:
            return Reason.TOO_FEW_ANSWERS
        return None if course.done_by * 2 > course.answered else Reason.RESIDENTS_DOUBT
    # Whoever pledged hears of these, and of why.
    said_why = to is not State.CANCELLED and (course.state, to) != (State.DONE, State.WORKING)
    return None if said_why or why.strip() else Reason.WHY_WANTED


def _effects(course: Course, to: State) -> tuple[Effect, ...]:
    if to in (State.NOT_REACHED, State.CANCELLED):
        return (Effect.RELEASE, Effect.GIVE_BACK)
    begins = State.REACHED if course.model is Model.THRESHOLD else State.OPEN
    return (Effect.FALL_DUE,) if to is begins else ()


# -- new versions ------------------------------------------------------------------------------------------


class Matter(StrEnum):
    """What of a campaign people rely on when they pledge."""

    GOAL = "goal"
    DEADLINE = "deadline"
    HANDOVER = "handover"
    HOLDER = "holder"
    MODEL = "model"


@dataclass(frozen=True, slots=True)
class Version:
    """What of a campaign's definition people rely on; texts by language."""

    #: Need -> minimum and optimum.
    goal: Mapping[str, tuple[Decimal, Decimal]]
    deadline: dt.date
    handover: Mapping[str, str]
    holder: Mapping[str, str]
    model: Model


@dataclass(frozen=True, slots=True)
class Revision:
    """A new version: what it changes, and who is asked to stay or withdraw. The others who pledged are told.

    Whoever does not answer stays; they can withdraw until it is received, as ever.
    """

    matters: frozenset[Matter]
    asked: frozenset[ledger.State]
    told: frozenset[ledger.State]


#: What they pledged is still theirs to give or to keep.
ASKED = frozenset({ledger.State.OFFERED, ledger.State.CONFIRMED, ledger.State.DUE})
#: It is on the way, or given.
_TOLD = frozenset({ledger.State.SENT, ledger.State.NOT_FOUND, ledger.State.RECEIVED, ledger.State.ACCOUNTED})


def revise(course: Course, old: Version, new: Version, role: Role, today: dt.date) -> Revision | Refusal:
    """What putting a new version in an old one's place means for those who pledged; `course` is the old one's.

    A change of words only has no matters, and nobody is asked. The model is what people agreed to: it never changes
    once a campaign is open.
    """
    if course.state in OVER or course.state is State.DONE:
        return Refusal(Reason.OVER)
    if role is not Role.FACILITATOR:
        return Refusal(Reason.NOT_YOURS)
    differs = {
        Matter.GOAL: old.goal != new.goal,
        Matter.DEADLINE: old.deadline != new.deadline,
        Matter.HANDOVER: old.handover != new.handover,
        Matter.HOLDER: old.holder != new.holder,
        Matter.MODEL: old.model is not new.model,
    }
    matters = frozenset(matter for matter, changed in differs.items() if changed)
    if course.state is State.DRAFT or not matters:
        return Revision(matters, frozenset(), frozenset())
    if Matter.MODEL in matters:
        return Refusal(Reason.OTHER_MODEL)
    if Matter.DEADLINE in matters and new.deadline < today:
        return Refusal(Reason.DEADLINE_PASSED)
    return Revision(matters, ASKED, _TOLD)
