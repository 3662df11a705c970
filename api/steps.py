"""The doors for the facilitator's token: a campaign's pledges, without names, and steps of them."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Any

import fastapi

from api import deps, giving, schemas, schemas_giving
from bot.engine.pledging import wishes
from bot.services import stepping
from models import db, pledges

router = fastapi.APIRouter(tags=["pledges"], dependencies=[fastapi.Depends(deps.may_facilitate)])

_TOLD: dict[int | str, dict[str, Any]] = {status: {"model": schemas.Problem} for status in (401, 403, 404)}

#: Why a step is not made, for whoever reads the answer of a program.
_WHY = {
    wishes.Reason.ALREADY_SO: "It is so already.",
    wishes.Reason.NOT_YOURS: "That step is not for a facilitator to make: what came is received by the treasurer.",
    wishes.Reason.OWN_PLEDGE: "Nobody acknowledges their own.",
    wishes.Reason.CLOSED: "The campaign takes nothing now.",
    wishes.Reason.CHANGED_MEANWHILE: "The pledge has changed since it was read: read it again.",
    wishes.Reason.ABSURD: "The amount must be above zero, in whole hundredths, and within reason.",
    wishes.Reason.PAST_DATE: "That day is past.",
    wishes.Reason.FAR_DATE: "That day is too far away.",
    wishes.Reason.NO_DATE: "Say when: `due`.",
    wishes.Reason.NOT_DUE_YET: "The campaign does not call for its pledges yet.",
}


@router.get("/campaigns/{name}/pledges", responses=_TOLD)
async def listed(
    house: deps.House,
    library: deps.Library,
    name: Annotated[str, fastapi.Path(description="The campaign's name.", examples=["suu"])],
    after: Annotated[str, fastapi.Query(description="The `next` of the page before.", max_length=32)] = "",
    limit: Annotated[int, fastapi.Query(description="Pledges a page.", ge=1, le=500)] = 100,
) -> schemas_giving.Pledges:
    """The pledges of a campaign, page by page, each with its steps. Nothing here names a giver."""
    async with house.database.reading() as connection:
        if name not in (await library.catalogue(connection)).campaigns:
            raise fastapi.HTTPException(404, f"There is no campaign “{name}”.")
        found = await pledges.page(connection, name, after, limit)
    made = [giving.pledge(each.pledge) for each in found]
    last = found[-1].pledge.id if len(found) == limit else None
    return schemas_giving.Pledges(pledges=[each for each in made if each], next=last)


@router.post(
    "/pledges/{code}/steps",
    responses=_TOLD
    | {
        400: {"model": schemas.Problem},
        409: {"model": schemas_giving.Refused},
        422: {"description": "What is wrong with the request."},
    },
)
async def step(
    house: deps.House,
    library: deps.Library,
    code: Annotated[str, fastapi.Path(description="The pledge's code.", examples=["K7M2QP"], max_length=12)],
    wanted: schemas_giving.Transition,
    idempotency_key: Annotated[
        str,
        fastapi.Header(
            description="Any text of your own for this one step. Sent again with the same step, it is not made again.",
            min_length=8,
            max_length=200,
        ),
    ],
) -> schemas_giving.Pledge:
    """Record a step of a pledge for a giver who told it in person: confirmed, changed, postponed, sent, withdrawn.

    The pledge as it stands afterwards. What cannot be done is refused with 409 and a reason, and nothing is written.
    """
    quantity = None if wanted.quantity is None else Decimal(wanted.quantity)
    wish = wishes.Wish(wanted.step, quantity, Decimal(wanted.fee), wanted.due, wanted.seen)
    try:
        made = await stepping.step(house.database, house.seal, library, code.upper(), wish, idempotency_key, db.now())
    except stepping.NoSuchPledge:
        raise fastapi.HTTPException(404, f"There is no pledge with the code “{code}”.") from None
    except stepping.KeyUsed:
        raise Refused("key_used", "This Idempotency-Key came with another step before: take a new one.") from None
    except stepping.Refused as refused:
        why = _WHY.get(refused.reason, f"The pledge is where that step cannot be made: {refused.reason}.")
        raise Refused(refused.reason, why) from None
    said = giving.pledge(made.pledge)
    if said is None:
        raise Refused("broken", "The rows of this pledge do not fit together; the log names the first that is wrong.")
    return said


class Refused(fastapi.HTTPException):
    """A step that is not made."""

    def __init__(self, reason: str, why: str) -> None:
        super().__init__(409, why)
        self.reason = reason


async def refused(_request: fastapi.Request, error: Exception) -> fastapi.Response:
    """What is answered to it."""
    assert isinstance(error, Refused)  # noqa: S101 - registered for nothing else
    return fastapi.responses.JSONResponse({"detail": error.detail, "reason": str(error.reason)}, 409)
