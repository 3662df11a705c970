"""The door to the figures: which surveys there are, and what came out of each."""

from __future__ import annotations

import asyncio
from typing import Annotated

import fastapi

from api import deps, schemas
from bot.engine import contribution
from bot.results import report
from models import figures

router = fastapi.APIRouter(tags=["results"])


@router.get("/forms")
async def forms(house: deps.House, library: deps.Library) -> list[schemas.Form]:
    """The surveys that can be answered now."""
    async with house.database.reading() as connection:
        catalogue = await library.catalogue(connection)
    found = [catalogue.forms[version] for version in catalogue.surveys.values()]
    return [
        schemas.Form(
            name=form.name,
            version=form.version,
            title=dict(form.title),
            wave=form.wave,
            breakdowns=list(report.breakdowns([form])),
        )
        for form in found
    ]


@router.get(
    "/forms/{name}/results",
    responses={400: {"model": schemas.Problem}, 404: {"model": schemas.Problem}},
)
async def results(
    house: deps.House,
    library: deps.Library,
    name: Annotated[str, fastapi.Path(description="The survey's name.", examples=["priorities"])],
    by: Annotated[
        str, fastapi.Query(description="A breakdown: `place`, or a margin of the survey.", examples=["place", "sex"])
    ] = "",
    apart: Annotated[
        bool, fastapi.Query(description="The responses that are counted apart (minors), instead of the others.")
    ] = False,
) -> schemas.Results:
    """The figures of a survey, overall and by one breakdown at a time, with cells under ten people withheld.

    Indicative: the sample chose itself. For a ranking there are three figures of each option: who put it first, who
    put it among the first three, and its points (3, 2, 1). Open responses count with the answers they have.
    """
    async with house.database.reading() as connection:
        catalogue = await library.catalogue(connection)
        versions = [catalogue.forms[version] for version in await figures.versions(connection, name)]
        if not versions or versions[0].emits:
            raise fastapi.HTTPException(404, f"There is no survey “{name}”.")
        known = report.breakdowns(versions)
        if by and by not in known:
            raise fastapi.HTTPException(400, f"There is no breakdown “{by}”; there are {', '.join(known)}.")
        margin = contribution.PLACE if by == report.PLACE else by
        everybody, broken_down = await figures.counts(connection, name, versions[0].wave, apart=apart, by=margin)
    # A breakdown by every raion takes some 100 ms of thought, in which nobody's message should have to wait.
    made = await asyncio.to_thread(report.report, versions, everybody, broken_down, by=by, apart=apart)
    return schemas.Results.model_validate(made)
