"""The door to the campaigns: what each needs and what is promised to it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated

import fastapi

from api import deps, giving, schemas, schemas_giving
from bot.engine import messages
from bot.engine.pledging import campaigns as states
from bot.engine.pledging.totals import Stage
from bot.results import suppression
from bot.services import booking, campaigning, steering
from models import courses, ledger, rates, whence

router = fastapi.APIRouter(tags=["campaigns"])


@router.get("/campaigns")
async def campaigns(house: deps.House, library: deps.Library, reckoner: deps.Reckoner) -> list[schemas.Campaign]:
    """All campaigns that were ever opened, in the order in which they were published."""
    async with house.database.reading() as connection:
        catalogue = await library.catalogue(connection)
        standing = await booking.standing(connection, catalogue.campaigns)
        totals = await ledger.totals(connection)
        past = await courses.history(connection, standing)
        days = await rates.spans(connection, booking.STANDING)
        live = {name: each for name, each in standing.items() if each.state is not states.State.DRAFT}
        added = {name: giving.added(await reckoner.added(connection, each)) for name, each in live.items()}
        counts = await whence.givers(connection, booking.STANDING)
    labels = giving.places(catalogue)
    return [
        _campaign(
            campaign,
            catalogue.plans[name],
            past[name],
            totals[name],
            days,
            added[name],
            giving.whence_given(house.voice, (each for each in counts if each.campaign == name), labels),
        )
        for name, campaign in live.items()
    ]


@router.get("/campaigns/{name}", responses={404: {"model": schemas.Problem}})
async def campaign(
    house: deps.House,
    library: deps.Library,
    reckoner: deps.Reckoner,
    name: Annotated[str, fastapi.Path(description="The campaign's name.", examples=["suu"])],
) -> schemas.Campaign:
    """One campaign: its needs, what is promised by currency and unit, where that is, and what became of it all."""
    for each in await campaigns(house, library, reckoner):
        if each.name == name:
            return each
    raise fastapi.HTTPException(404, f"There is no campaign “{name}”.")


def _campaign(
    campaign: messages.Campaign,
    plan: campaigning.Plan,
    past: Sequence[courses.Event],
    totals: Sequence[ledger.Total],
    days: Mapping[tuple[str, str], rates.Span],
    added: list[schemas_giving.Added],
    givers: schemas_giving.Givers,
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
                minimum=giving.plain(need.minimum),
                optimum=giving.plain(need.optimum),
            )
            for need in campaign.needs
        ],
        promised=[
            schemas.Promised(need=total.need, unit=total.unit, quantity=giving.hundredths(total.quantity))
            for total in whole
        ],
        stages=[
            schemas.Stage(
                need=total.need,
                unit=total.unit,
                stage=Stage(total.stage).value,
                quantity=giving.hundredths(total.quantity),
                som=giving.hundredths(total.som) if total.need in money else None,
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
        progress=giving.progress(campaign, totals),
        matching=added,
        givers=givers,
        pledges=pledges,
        withheld=pledges is None,
    )


def _som(need: str, totals: Sequence[ledger.Total], days: rates.Span | None) -> schemas.Som:
    unvalued = sum(total.unvalued for total in totals)
    return schemas.Som(
        need=need,
        quantity=giving.hundredths(sum(total.som for total in totals)),
        unvalued=suppression.number(unvalued) if unvalued else 0,
        oldest_rate=days.first.isoformat() if days else None,
        newest_rate=days.last.isoformat() if days else None,
    )
