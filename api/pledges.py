"""The door to the campaigns: what each needs and what is promised to it."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Annotated, Literal, NamedTuple

import fastapi

from api import deps, giving, schemas, schemas_giving
from bot.engine import messages
from bot.engine.gifts import also
from bot.engine.pledging import campaigns as states
from bot.engine.pledging import spending as book
from bot.engine.pledging.totals import Stage
from bot.results import opinions, suppression
from bot.services import accounting, booking, campaigning, spending, steering
from models import courses, ledger, rates, sealing, whence
from models import opinions as opined
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
        spent = await kept.rows(connection, live)
        said = await opined.counts(connection, live)
        named = await booking.named(connection, house.seal)
    labels = giving.places(catalogue)
    return [
        _campaign(
            campaign,
            catalogue.plans[name],
            _Known(
                past[name],
                totals[name],
                days,
                spent[name],
                said[name],
                added[name],
                giving.whence_given(house.voice, (each for each in counts if each.campaign == name), labels),
                named.get(name, ()),
            ),
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


class _Known(NamedTuple):
    """What the database knows of a campaign, as far as everybody may know it."""

    past: Sequence[courses.Event]
    totals: Sequence[ledger.Total]
    days: Mapping[tuple[str, str], rates.Span]
    spent: Sequence[kept.Row]
    said: opined.Counts
    added: list[schemas_giving.Added]
    givers: schemas_giving.Givers
    named: Sequence[tuple[str, str]]


def _campaign(campaign: messages.Campaign, plan: campaigning.Plan, known: _Known) -> schemas.Campaign:
    past, totals = known.past, known.totals
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
        needs=[_need(need) for need in campaign.needs],
        promised=[
            schemas.Promised(need=total.need, unit=total.unit, quantity=giving.hundredths(total.quantity))
            for total in whole
        ],
        stages=[
            schemas.Stage(
                need=total.need,
                unit=total.unit,
                stage=_STAGES[total.stage],
                quantity=giving.hundredths(total.quantity),
                som=giving.hundredths(total.som) if total.unit != total.need else None,
            )
            for total in totals
            if total.stage in _STAGES
        ],
        funds=[
            _fund(pot, totals) for need in accounting.needs(campaign, totals) if (pot := accounting.pot(campaign, need))
        ],
        also_given=[
            _need(need) for name in also.given(total.need for total in totals) if (need := also.need(name)) is not None
        ],
        spending=_spending(campaign.name, known.spent),
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
        opinion=_opinion(known.said),
        som=[
            _som(need, [total for total in whole if total.need == need], known.days.get((campaign.name, need)))
            for need in money
        ],
        progress=giving.progress(campaign, totals),
        matching=known.added,
        givers=known.givers,
        named=[schemas_giving.Named(kind=kind, name=name) for kind, name in known.named],
        pledges=pledges,
        withheld=pledges is None,
    )


def _need(need: messages.Need) -> schemas.Need:
    return schemas.Need(
        name=need.name,
        kind=need.kind,
        label=dict(need.label),
        unit={language: list(words) for language, words in need.unit.items()},
        minimum=giving.plain(need.minimum),
        optimum=giving.plain(need.optimum),
    )


def _fund(pot: accounting.Pot, totals: Sequence[ledger.Total]) -> schemas_giving.Fund:
    found = accounting.sums(totals, pot)
    return schemas_giving.Fund(
        need=pot.need,
        unit=pot.unit,
        not_due=giving.plain(found[Stage.NOT_DUE]),
        on_the_way=giving.plain(found[Stage.ON_THE_WAY]),
        received=giving.plain(found[Stage.RECEIVED]),
        spent=giving.plain(found[accounting.SPENT]),
        # A receipt that was corrected after its money was spent must not read as a shortage.
        left=giving.plain(max(found[Stage.RECEIVED] - found[accounting.SPENT], Decimal(0))),
    )


def _spending(name: str, rows: Sequence[kept.Row]) -> list[schemas_giving.Spending]:
    items = spending.fold(rows)
    if isinstance(items, book.Broken):
        _log.error("%s: row %d of what was spent: %s", name, items.number, items.why)
        return []
    return [
        schemas_giving.Spending(
            number=item.entry.number,
            need=item.entry.need,
            unit=item.entry.unit,
            quantity=giving.plain(item.entry.quantity),
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


def _opinion(said: opined.Counts) -> schemas_giving.Opinion:
    made = opinions.opinion(said.done, said.satisfaction)
    mean = None if made.satisfaction is None else str(made.satisfaction)
    return schemas_giving.Opinion.model_validate(made._asdict() | {"satisfaction": mean})


def _som(need: str, totals: Sequence[ledger.Total], days: rates.Span | None) -> schemas.Som:
    unvalued = sum(total.unvalued for total in totals)
    return schemas.Som(
        need=need,
        quantity=giving.hundredths(sum(total.som for total in totals)),
        unvalued=suppression.number(unvalued) if unvalued else 0,
        oldest_rate=days.first.isoformat() if days else None,
        newest_rate=days.last.isoformat() if days else None,
    )
