"""The door to the campaigns: what each needs and what is promised to it."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Annotated, Literal

import fastapi

from api import deps, schemas
from bot.engine import messages
from bot.engine.pledging import campaigns as states
from bot.engine.pledging import spending as book
from bot.engine.pledging.totals import Stage
from bot.results import suppression
from bot.services import accounting, booking, campaigning, spending, steering
from models import courses, ledger, rates, sealing
from models import spending as kept

_log = logging.getLogger(__name__)

#: Where what was promised is; what is accounted for was received too.
_STAGES: Mapping[str, Literal["not_due", "on_the_way", "received", "fee"]] = {
    Stage.NOT_DUE: "not_due",
    Stage.ON_THE_WAY: "on_the_way",
    Stage.RECEIVED: "received",
    Stage.FEE: "fee",
}

router = fastapi.APIRouter(tags=["campaigns"])


@router.get("/campaigns")
async def campaigns(house: deps.House, library: deps.Library) -> list[schemas.Campaign]:
    """All campaigns that were ever opened, in the order in which they were published."""
    async with house.database.reading() as connection:
        catalogue = await library.catalogue(connection)
        standing = await booking.standing(connection, catalogue.campaigns)
        totals = await ledger.totals(connection)
        past = await courses.history(connection, standing)
        days = await rates.spans(connection, booking.STANDING)
        spent = await kept.rows(connection, standing)
    return [
        _campaign(campaign, catalogue.plans[name], past[name], totals[name], days, spent[name])
        for name, campaign in standing.items()
        if campaign.state is not states.State.DRAFT
    ]


@router.get("/campaigns/{name}", responses={404: {"model": schemas.Problem}})
async def campaign(
    house: deps.House,
    library: deps.Library,
    name: Annotated[str, fastapi.Path(description="The campaign's name.", examples=["suu"])],
) -> schemas.Campaign:
    """One campaign: its needs, what is promised by currency and unit, where that is, and what became of it all."""
    for each in await campaigns(house, library):
        if each.name == name:
            return each
    raise fastapi.HTTPException(404, f"There is no campaign “{name}”.")


def _campaign(
    campaign: messages.Campaign,
    plan: campaigning.Plan,
    past: Sequence[courses.Event],
    totals: Sequence[ledger.Total],
    days: Mapping[tuple[str, str], rates.Span],
    spent: Sequence[kept.Row],
) -> schemas.Campaign:
    whole = [total for total in totals if total.stage == booking.ALL]
    money = [need.name for need in campaign.needs if need.kind == "money"]
    pledges = suppression.number(campaign.pledges)
    reached = {event.milestone: event.at.isoformat() for event in past if event.milestone}
    return schemas.Campaign(
        name=campaign.name,
        title=dict(campaign.title),
        state=campaign.state,
        model=campaign.model,
        deadline=campaign.deadline.isoformat(),
        needs=[
            schemas.Need(
                name=need.name,
                kind=need.kind,
                label=dict(need.label),
                unit={language: list(words) for language, words in need.unit.items()},
                minimum=_plain(need.minimum),
                optimum=_plain(need.optimum),
            )
            for need in campaign.needs
        ],
        promised=[
            schemas.Promised(need=total.need, unit=total.unit, quantity=_plain(Decimal(total.quantity) / 100))
            for total in whole
        ],
        stages=[
            schemas.Stage(
                need=total.need,
                unit=total.unit,
                stage=_STAGES[total.stage],
                quantity=_plain(Decimal(total.quantity) / 100),
            )
            for total in totals
            if total.stage in _STAGES
        ],
        funds=[_fund(pot, totals) for need in campaign.needs if (pot := accounting.pot(campaign, need.name))],
        spending=_spending(campaign.name, spent),
        milestones=[
            schemas.Milestone(
                name=each.name,
                title=dict(each.title),
                by=each.by.isoformat(),
                reached_at=reached.get(each.name),
            )
            for each in plan.milestones
        ],
        course=[
            schemas.Change(
                state=event.state,
                version=event.version,
                milestone=event.milestone,
                why=dict(steering.said(event.why)),
                at=event.at.isoformat(),
            )
            for event in past
            if event.state != states.State.DRAFT
        ],
        som=[
            _som(need, [total for total in whole if total.need == need], days.get((campaign.name, need)))
            for need in money
        ],
        pledges=pledges,
        withheld=pledges is None,
    )


def _fund(pot: accounting.Pot, totals: Sequence[ledger.Total]) -> schemas.Fund:
    found = accounting.sums(totals, pot)
    return schemas.Fund(
        need=pot.need,
        unit=pot.unit,
        not_due=_plain(found[Stage.NOT_DUE]),
        on_the_way=_plain(found[Stage.ON_THE_WAY]),
        received=_plain(found[Stage.RECEIVED]),
        spent=_plain(found[accounting.SPENT]),
        # A receipt that was corrected after its money was spent must not read as a shortage.
        left=_plain(max(found[Stage.RECEIVED] - found[accounting.SPENT], Decimal(0))),
    )


def _spending(name: str, rows: Sequence[kept.Row]) -> list[schemas.Spending]:
    items = spending.fold(rows)
    if isinstance(items, book.Broken):
        _log.error("%s: row %d of what was spent: %s", name, items.number, items.why)
        return []
    return [
        schemas.Spending(
            number=item.entry.number,
            need=item.entry.need,
            unit=item.entry.unit,
            quantity=_plain(item.entry.quantity),
            day=item.entry.day.isoformat(),
            what=dict(item.entry.what),
            photo=f"/api/campaigns/{name}/spending/{item.entry.number}/photo" if _has_photo(item) else None,
            signatures=2 if item.entry.step is book.Step.PROPOSED else 1,
            taken_back=not item.counts,
            why=dict(item.why),
        )
        # What only waits for a signature is not spent yet, and may never be.
        for item in book.listed(items)
        if item.since
    ]


def _has_photo(item: book.Item) -> bool:
    # The picture of a mistake may be the mistake.
    return bool(item.entry.photo) and item.state is book.State.SPENT


@router.get(
    "/campaigns/{name}/spending/{number}/photo",
    response_class=fastapi.Response,
    responses={200: {"content": {"image/jpeg": {"example": "(the bytes of a JPEG)"}}}, 404: {"model": schemas.Problem}},
)
async def photo(
    house: deps.House,
    name: Annotated[str, fastapi.Path(description="The campaign's name.", examples=["suu"])],
    number: Annotated[int, fastapi.Path(description="The number of the spending.", examples=[1], ge=1, le=10**6)],
) -> fastapi.Response:
    """The picture of what was spent."""
    async with house.database.reading() as connection:
        items = spending.fold((await kept.rows(connection, [name]))[name])
    item = None if isinstance(items, book.Broken) else items.get(number)
    if item and item.since and _has_photo(item):
        with contextlib.suppress(FileNotFoundError, sealing.Unreadable):
            content = await asyncio.to_thread(house.files.read, item.entry.photo)
            return fastapi.Response(content, media_type=item.entry.mime, headers=_PHOTO)
    raise fastapi.HTTPException(404, "There is no such picture.")


_PHOTO = {
    # It never changes; but it may be taken back.
    "Cache-Control": "public, max-age=3600",
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; sandbox",
}


def _som(need: str, totals: Sequence[ledger.Total], days: rates.Span | None) -> schemas.Som:
    unvalued = sum(total.unvalued for total in totals)
    return schemas.Som(
        need=need,
        quantity=_plain(Decimal(sum(total.som for total in totals)) / 100),
        unvalued=suppression.number(unvalued) if unvalued else 0,
        oldest_rate=days.first.isoformat() if days else None,
        newest_rate=days.last.isoformat() if days else None,
    )


def _plain(number: Decimal) -> str:
    """Without an exponent or zeros at the end: "1500.5"."""
    text = f"{number:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
