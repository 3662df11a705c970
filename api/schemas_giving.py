"""The shapes of what is said of giving beside the ledger's totals, and of what a facilitator's token may see and do."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Any, Literal

import pydantic

from bot.engine.pledging import events, ledger

Text = dict[str, str]

#: A number of at most 12 digits and two decimals, as a string.
_AMOUNT = r"^[0-9]{1,13}(\.[0-9]{1,2})?$"


class _Schema(pydantic.BaseModel):
    model_config = pydantic.ConfigDict(from_attributes=True, frozen=True, extra="forbid")


class Progress(_Schema):
    """How far one need has come. Shares are decimal numbers, 1 being all of it; more than was hoped for is above 1."""

    need: str
    unit: str = pydantic.Field(description="KGS for money, all currencies together; else the name of the need.")
    promised: str = pydantic.Field(description="All that stands, received or not. A decimal number.")
    received: str = pydantic.Field(description="A decimal number.")
    minimum: str
    optimum: str
    of_minimum: str = pydantic.Field(description="Promised, as a share of the minimum.")
    of_optimum: str = pydantic.Field(description="Promised, as a share of the optimum.")
    minimum_reached: bool
    unvalued: bool = pydantic.Field(description="True where some promises of money are not in it: no rate was known.")


class Added(_Schema):
    """What somebody adds to what others give, by one rule."""

    rule: str
    whose: Text
    kind: Literal["money", "labour"] = pydantic.Field(description="Of what: som to som, days to days.")
    factor: str = pydantic.Field(description="Added for each som or day.")
    confirmed: str = pydantic.Field(description="What it comes to for all that is promised now, in som or days.")
    received: str = pydantic.Field(description="What it comes to for what has come.")
    cap_total: str | None = pydantic.Field(description="Never more than this in all; null where only gifts are capped.")


class Cell(_Schema):
    """How many givers live in one country or place."""

    level: str = pydantic.Field(
        description='A country of ISO 3166, ZZ for any other; or a place\'s code. "" is whoever did not say.'
    )
    label: Text
    people: int | None
    withheld: bool = pydantic.Field(
        description="True where it is withheld: under ten, or needed to hide one under ten."
    )


class Givers(_Schema):
    """Where those live who gave or promised, in cells of ten people or more."""

    people: int | None = pydantic.Field(description="All of them; null under ten.")
    countries: list[Cell]
    places: list[Cell] = pydantic.Field(description="Of those at home who told it in a survey: oblast or raion.")


# -- for the facilitator's token -----------------------------------------------------------------------------


class Event(_Schema):
    """One step of a pledge; quantities in its own unit."""

    step: events.Step
    quantity: str
    fee: str
    due: str | None
    by: str = pydantic.Field(description="In what part somebody made it: giver, treasurer, clock…")
    at: str = pydantic.Field(description="An instant in ISO 8601.")


_PLEDGE: dict[str, Any] = {
    "code": "K7M2QP",
    "campaign": "suu",
    "need": "money",
    "currency": "RUB",
    "unit": "RUB",
    "state": "sent",
    "promised": "5000",
    "received": "0",
    "fee": "0",
    "som": "5482.5",
    "rate": "1.0965",
    "rate_on": "2027-02-27",
    "due": "2027-05-15",
    "steps": 2,
    "events": [
        {
            "step": "confirmed",
            "quantity": "5000",
            "fee": "0",
            "due": None,
            "by": "giver",
            "at": "2027-03-01T09:00:00+00:00",
        }
    ],
}


class Pledge(_Schema):
    """One pledge as it stands, without its giver."""

    model_config = pydantic.ConfigDict(json_schema_extra={"examples": [_PLEDGE]})

    code: str = pydantic.Field(description="What stands in the comment of a transfer.")
    campaign: str
    need: str
    unit: str = pydantic.Field(description="A currency of ISO 4217, or the name of the need.")
    currency: str | None = pydantic.Field(description="Of money.")
    state: ledger.State
    promised: str
    received: str
    fee: str = pydantic.Field(description="What transfer and exchange cost: it counts as kept.")
    som: str | None = pydantic.Field(description="What was promised first in som, by the rate of its day.")
    rate: str | None
    rate_on: str | None
    due: str | None = pydantic.Field(description="A date, YYYY-MM-DD; null where the campaign's own deadline counts.")
    steps: int = pydantic.Field(description="How many events it is made of; send it back as `seen` with a step.")
    events: list[Event]


class Pledges(_Schema):
    """One page of a campaign's pledges."""

    model_config = pydantic.ConfigDict(json_schema_extra={"examples": [{"pledges": [_PLEDGE], "next": None}]})

    pledges: list[Pledge]
    next: str | None = pydantic.Field(description="The `after` of the next page; null on the last one.")


class Transition(_Schema):
    """A step that is wanted of a pledge."""

    model_config = pydantic.ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"step": "sent", "quantity": "5000", "seen": 1}]}
    )

    step: events.Step
    quantity: Annotated[str, pydantic.StringConstraints(pattern=_AMOUNT)] | None = pydantic.Field(
        None, description="A decimal number as a string; left out it means what is obvious: all the rest."
    )
    fee: Annotated[str, pydantic.StringConstraints(pattern=_AMOUNT)] = pydantic.Field(
        "0", description="What transfer and exchange cost."
    )
    due: dt.date | None = pydantic.Field(None, description="A date, for “postponed”.")
    seen: int | None = pydantic.Field(None, description="`steps` of the pledge as it was read: guards against a race.")


class Refused(_Schema):
    """Why a step was not made; nothing was written."""

    model_config = pydantic.ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "detail": "The pledge has changed since it was read: read it again.",
                    "reason": "changed_meanwhile",
                }
            ]
        }
    )

    detail: str
    reason: str = pydantic.Field(description="A word for programs.", examples=["not_yours"])


class Fund(_Schema):
    """What became of what is given for one need: of all its money in som, of anything else in its own unit."""

    need: str
    unit: str = pydantic.Field(description='"KGS", each gift by the rate of its own day, or the name of the need.')
    not_due: str = pydantic.Field(description="Promised, and its day has not come: a decimal number, as all of these.")
    on_the_way: str
    received: str
    spent: str
    left: str = pydantic.Field(description="Received and not spent.")


class Spending(_Schema):
    """What was spent of what was received. It is never changed; a mistake is taken back, and stays to be read."""

    number: int
    need: str
    unit: str = pydantic.Field(description="As in `funds`.")
    quantity: str = pydantic.Field(description="A decimal number.")
    day: str = pydantic.Field(description="A date, YYYY-MM-DD.")
    what: Text = pydantic.Field(description="What for.")
    photo: str | None = pydantic.Field(description="Where its picture can be had: a path of this site.")
    signatures: int = pydantic.Field(description="1, or above the campaign's sum 2.")
    taken_back: bool = pydantic.Field(description="It was a mistake, and is not counted.")
    why: Text = pydantic.Field(description="Why it was taken back; empty where it was not.")


class Opinion(_Schema):
    """How a campaign ended, in the words of those who pledged and of residents who wanted to hear."""

    answered: int | None = pydantic.Field(description="How many said whether it is really done; null under ten.")
    done: dict[Literal["yes", "partly", "no", "unknown"], int | None] = pydantic.Field(
        description="How many said what; null where it would tell of fewer than ten."
    )
    rated: int | None = pydantic.Field(description="How many said how satisfied they are; null under ten.")
    satisfaction: str | None = pydantic.Field(
        description="The mean, from 1 (not at all) to 5 (very), to one decimal; null where fewer than ten said."
    )


class Named(_Schema):
    """A name shown by its giver's own choice, and only while they choose it."""

    kind: str = pydantic.Field(description="Whose it is: person, family, kin, classmates or villagers.")
    name: str
