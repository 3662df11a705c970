"""What somebody wants to happen to a pledge, what its campaign says of that, and the answers it can get."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from bot.engine.pledging import campaigns, events
from bot.engine.pledging.events import Role, Step
from bot.engine.pledging.ledger import ZERO, Standing

#: Days after the due date: the last reminder, and when what was not sent lapses; in between nobody says a word.
LAST_REMINDER = 7
LAPSES = 14

#: Days from today: a later date is a slip of the pen.
FARTHEST = 5 * 366


class Reason(StrEnum):
    """Why a wish is not granted."""

    ALREADY_SO = "already_so"
    #: Not this role's step, or somebody else's pledge.
    NOT_YOURS = "not_yours"
    #: Nobody acknowledges their own.
    OWN_PLEDGE = "own_pledge"
    #: The campaign takes nothing (any more).
    CLOSED = "closed"
    #: The pledge or the campaign is not what was shown any more: look again.
    CHANGED_MEANWHILE = "changed_meanwhile"
    SECOND_SIGNATURE = "second_signature"
    NOTHING_TO_SIGN = "nothing_to_sign"
    #: What waits for a signature says another amount: decline it first.
    OTHER_AMOUNT = "other_amount"
    NOTHING_TO_CORRECT = "nothing_to_correct"
    #: Not above zero in whole hundredths, or out of all measure.
    ABSURD = "absurd"
    PAST_DATE = "past_date"
    FAR_DATE = "far_date"
    NO_DATE = "no_date"
    # Where the pledge is:
    NO_PLEDGE = "no_pledge"
    UNCONFIRMED = "unconfirmed"
    NOT_DUE_YET = "not_due_yet"
    FALLEN_DUE = "fallen_due"
    NOT_SENT = "not_sent"
    ON_ITS_WAY = "on_its_way"
    NOT_RECEIVED = "not_received"
    RECEIVED = "received"
    ACCOUNTED = "accounted"
    RETURNED = "returned"
    WITHDRAWN = "withdrawn"
    LAPSED = "lapsed"


@dataclass(frozen=True, slots=True)
class Refusal:
    """A wish that is not granted; nothing is written."""

    reason: Reason


@dataclass(frozen=True, slots=True)
class Actor:
    """Who wishes."""

    role: Role
    #: `Event.hand`.
    hand: str = ""
    #: The pledge is theirs: they gave it, or recorded it for the giver. True of the giver of a new one.
    own: bool = False


@dataclass(frozen=True, slots=True)
class Wish:
    """A step that is wanted. A signatory's second signature is the wish for what was proposed.

    `quantity` None stands for what is obvious: all the rest, what was proposed, what is there. For `Step.SENT` it is
    all that is on the way, not what was added.
    """

    step: Step
    quantity: Decimal | None = None
    fee: Decimal = ZERO
    due: dt.date | None = None
    #: `Standing.steps` as it was shown: guards a part receipt against the second tap. None asks for no guard.
    seen: int | None = None
    #: The campaign's version as it was shown; "" asks for no guard.
    version: str = ""


@dataclass(frozen=True, slots=True)
class Terms:
    """What a campaign says, as it is now; amounts in the pledge's unit."""

    course: campaigns.Course
    version: str = ""
    #: More than this of one pledge is received only with two signatures; None: never.
    second_signature_above: Decimal | None = None
    #: More than this is a slip: ten times the need's optimum.
    most: Decimal = events.MOST
    #: When pledges without a date of their own fall due.
    day: dt.date | None = None
    #: Since when pledges may fall due: the day it was opened, or its threshold reached.
    called: dt.date | None = None

    @property
    def calls(self) -> bool:
        """Whether pledges may fall due."""
        return campaigns.calls(self.course.state, self.course.model)


def falls_due(standing: Standing, terms: Terms) -> dt.date | None:
    """When a confirmed pledge falls due; None: as soon as the campaign calls."""
    # Nobody is late with what was not called for, or was promised only after its day.
    days = (standing.due or terms.day, terms.called, standing.dated)
    return max((day for day in days if day), default=None)
