"""The door to the campaigns: what each needs and what is promised to it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Annotated

import fastapi

from api import deps, schemas
from bot.engine import messages
from bot.engine.pledging import campaigns as states
from bot.engine.pledging.totals import Stage
from bot.results import suppression
from bot.services import booking, campaigning, steering
from models import courses, ledger, rates

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
        named = await booking.named(connection, house.seal)
    return [
        _campaign(campaign, catalogue.plans[name], past[name], totals[name], days, named.get(name, ()))
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
    named: Sequence[tuple[str, str]],
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
                stage=Stage(total.stage).value,
                quantity=_plain(Decimal(total.quantity) / 100),
            )
            for total in totals
            if total.stage != booking.ALL
        ],
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
        named=[schemas.Named(kind=kind, name=name) for kind, name in named],
        pledges=pledges,
        withheld=pledges is None,
    )


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
