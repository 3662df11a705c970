"""Open data: what is promised and has come to each campaign, as one table for spreadsheets and programs."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Annotated, Any

import fastapi

from api import deps, pledges, schemas
from bot.services import writing_csv
from models import db

router = fastapi.APIRouter(tags=["campaigns"])

LICENCE = "CC-BY-4.0"
_LICENCE_PAGE = "https://creativecommons.org/licenses/by/4.0/"

#: Columns, and what stands in each.
COLUMNS = {
    "campaign": "name of the campaign",
    "title_ky": "its title in Kyrgyz",
    "title_ru": "its title in Russian",
    "state": "where the campaign is: open, reached, not_reached, collecting, working, done, confirmed or cancelled",
    "model": "open or threshold",
    "deadline": "a date",
    "need": "name of the need",
    "kind": "money, labour, material, transport, skill or livestock",
    "label_ky": "the need in Kyrgyz",
    "label_ru": "the need in Russian",
    "minimum": "the least that is needed, in the need's own unit; of money in som",
    "optimum": "what would be best, likewise",
    "unit": "in what the row counts: a currency of ISO 4217, or the name of the need",
    "stage": "not_due, on_the_way, received or fee (what transfer and exchange cost)",
    "quantity": "a decimal number; 0 in the one row of a need to which nothing is promised",
    "som": "of money: the same in som, each promise by the National Bank's rate of its day",
    "as_of": "when this was read: an instant in ISO 8601",
    "licence": "under which it may be used: name where it comes from",
}
_STAGES = ("not_due", "on_the_way", "received", "fee")

_EXAMPLE = (
    f"{','.join(COLUMNS)}\r\n"
    "suu,Айылга таза суу,Чистая вода в село,open,open,2027-05-15,cement,material,Цемент (кап),Цемент (мешки),60,80,"
    f"cement,received,12,,2027-03-01T09:00:00+00:00,{LICENCE}\r\n"
)
_DESCRIPTION = "One row a need, unit and stage; the stages of a need add up to what is promised. Columns: " + "; ".join(
    f"`{name}`: {what}" for name, what in COLUMNS.items()
)
_ANSWERS: dict[int | str, dict[str, Any]] = {200: {"content": {"text/csv": {"example": _EXAMPLE}}}}


@router.get("/campaigns.csv", response_class=fastapi.Response, responses=_ANSWERS, description=_DESCRIPTION)
async def every(house: deps.House, library: deps.Library, reckoner: deps.Reckoner) -> fastapi.Response:
    """All campaigns that were ever opened."""
    return _table(await pledges.campaigns(house, library, reckoner), "campaigns")


@router.get(
    "/campaigns/{name}.csv",
    response_class=fastapi.Response,
    responses=_ANSWERS | {404: {"model": schemas.Problem}},
    description=_DESCRIPTION,
)
async def one(
    house: deps.House,
    library: deps.Library,
    reckoner: deps.Reckoner,
    name: Annotated[str, fastapi.Path(description="The campaign's name.", examples=["suu"])],
) -> fastapi.Response:
    """One campaign."""
    return _table([await pledges.campaign(house, library, reckoner, name)], name)


def _table(campaigns: Iterable[schemas.Campaign], name: str) -> fastapi.Response:
    at = db.now().isoformat(timespec="seconds")
    lines = [writing_csv.line(COLUMNS)]
    lines += [writing_csv.line((*row, at, LICENCE)) for each in campaigns for row in _rows(each)]
    return fastapi.Response(
        writing_csv.BOM + "".join(f"{line}\r\n" for line in lines),
        media_type="text/csv; charset=utf-8",
        headers={
            "Content-Disposition": f'attachment; filename="{name}.csv"',
            "Link": f'<{_LICENCE_PAGE}>; rel="license"',
            "Access-Control-Allow-Origin": "*",
        },
    )


def _rows(campaign: schemas.Campaign) -> Iterator[tuple[str, ...]]:
    begin = (
        campaign.name,
        *_said(campaign.title),
        campaign.state.value,
        campaign.model.value,
        campaign.deadline,
    )
    for need in (*campaign.needs, *campaign.also_given):
        found = [each for each in campaign.stages if each.need == need.name]
        found.sort(key=lambda each: (each.unit, _STAGES.index(each.stage)))
        own = (*begin, need.name, need.kind, *_said(need.label), need.minimum, need.optimum)
        for each in found:
            yield (*own, each.unit, each.stage, each.quantity, each.som or "")
        if not found:
            money = need.kind == "money"
            yield (*own, "KGS" if money else need.name, "not_due", "0", "0" if money else "")


def _said(text: schemas.Text) -> tuple[str, str]:
    return text.get("ky", ""), text.get("ru", "")
