"""The doors to the responses themselves, for whoever has the export token."""

from __future__ import annotations

from typing import Annotated, Any, Literal, NamedTuple

import fastapi

from api import deps, schemas
from bot.engine import table
from bot.services import collecting, collecting_pledges, exporting, steering

router = fastapi.APIRouter(tags=["exports"], dependencies=[fastapi.Depends(deps.may_export)])
#: For either token.
pledges_router = fastapi.APIRouter(tags=["exports"])

_HEADER = "response,version,wave,apart,status,channel,language,begun,finished,assisted,sex,family_1,family_2,family_3"
_ROW = (
    "3f9d0c1b2a4e5f60,5f0c1d2e3a4b5c6d,1,0,finished,web,ky,"
    "2026-11-20T09:15:02Z,2026-11-20T09:19:40Z,0,woman,work,health,education"
)
_LINE = '{"response":"3f9d0c1b2a4e5f60","status":"finished","sex":"woman","family":["work","health","education"]}'


def _answers(media: str, example: str) -> dict[int | str, dict[str, Any]]:
    told: dict[int | str, dict[str, Any]] = {status: {"model": schemas.Problem} for status in (401, 403, 404)}
    return {200: {"content": {media: {"example": example}}}} | told


class _Order(NamedTuple):
    """What is asked for: of which form, how laid out, whether with what is under way."""

    form: str
    layout: table.Layout
    unfinished: bool


def _order(
    form: Annotated[str, fastapi.Path(description="The form's name.", examples=["priorities"])],
    personal: Annotated[bool, fastapi.Query(description="Also what may name a person.")] = False,
    unfinished: Annotated[bool, fastapi.Query(description="Also responses that are still open.")] = False,
    values: Annotated[Literal["names", "labels"], fastapi.Query(description="How options are written.")] = "names",
    headings: Annotated[Literal["names", "labels"], fastapi.Query(description="What stands over columns.")] = "names",
    language: Annotated[str, fastapi.Query(description="Of the labels; else the form's own.", max_length=16)] = "",
    multiple: Annotated[
        table.Multiple, fastapi.Query(description="Several options as one column, as a column each, or both.")
    ] = table.Multiple.BOTH,
    groups: Annotated[bool, fastapi.Query(description="Headings begin with their groups.")] = False,
    separator: Annotated[str, fastapi.Query(description="Between groups, questions, options.", max_length=8)] = "/",
    paradata: Annotated[
        Literal["plain", "full"], fastapi.Query(description="Full: seconds, options as shown, traffic.")
    ] = "plain",
) -> _Order:
    layout = table.Layout(
        labels=values == "labels",
        headings=headings == "labels",
        language=language,
        multiple=multiple,
        groups=groups,
        separator=separator,
        personal=personal,
        full=paradata == "full",
    )
    return _Order(form, layout, unfinished)


Order = Annotated[_Order, fastapi.Depends(_order)]


@router.get(
    "/exports/{form}.csv",
    response_class=fastapi.responses.StreamingResponse,
    responses=_answers("text/csv", f"{_HEADER}\r\n{_ROW}\r\n"),
)
async def export(house: deps.House, library: deps.Library, order: Order) -> fastapi.responses.StreamingResponse:
    """The responses to a form as CSV (UTF-8 with a byte order mark, for spreadsheets), one row each.

    Columns that may name a person are left out unless asked for. A cell that a spreadsheet would take for a formula
    begins with an apostrophe. The rounds of repeats are not in it; JSON lines have them.
    """
    return await _streamed(house, library, order, exporting.Format.CSV, "text/csv; charset=utf-8")


@router.get(
    "/exports/{form}.jsonl",
    response_class=fastapi.responses.StreamingResponse,
    responses=_answers("application/jsonl", f"{_LINE}\n"),
)
async def export_lines(house: deps.House, library: deps.Library, order: Order) -> fastapi.responses.StreamingResponse:
    """The responses to a form as JSON lines, an object a line, the rounds of a repeat as a list in it.

    What may name a person is left out unless asked for.
    """
    return await _streamed(house, library, order, exporting.Format.JSONL, "application/jsonl")


def _pledged(
    admitted: Annotated[bool, fastapi.Depends(deps.may_read_pledges)],
    name: Annotated[str, fastapi.Path(description="The campaign's name.", examples=["suu"])],
    personal: Annotated[bool, fastapi.Query(description="Also what may name a person: the export token only.")] = False,
) -> tuple[str, table.Layout]:
    if personal and not admitted:
        raise fastapi.HTTPException(403, "What may name a person is shown to the export token only.")
    return name, table.Layout(personal=personal, lead=collecting_pledges.LEAD)


Pledged = Annotated[tuple[str, table.Layout], fastapi.Depends(_pledged)]

_PLEDGES = (
    "pledge,campaign,version,state,offered,changed,code,need,unit,promised,received,on_the_way,fee,som,rate,rate_on,"
    "due,country,place,receipt_number,_index\r\n"
    "3f9d0c1b2a4e5f60,suu,5f0c1d2e3a4b5c6d,sent,2027-03-01T09:00:00Z,2027-03-02T10:00:00Z,K7M2QP,cement,cement,10,0,"
    "10,0,,,,,RU,,,1\r\n"
)
_PLEDGE = (
    '{"pledge":"3f9d0c1b2a4e5f60","campaign":"suu","state":"sent","code":"K7M2QP","need":"cement","promised":"10",'
    '"event":[{"step":"confirmed","quantity":"10","by":"giver","at":"2027-03-01T09:00:00Z"}]}\n'
)


@pledges_router.get(
    "/exports/campaigns/{name}.csv",
    response_class=fastapi.responses.StreamingResponse,
    responses=_answers("text/csv", _PLEDGES),
)
async def export_pledges(
    house: deps.House, library: deps.Library, order: Pledged
) -> fastapi.responses.StreamingResponse:
    """The pledges to a campaign as CSV, one row each, whatever became of them. Their steps are in the JSON lines."""
    return await _written(house, library, order, exporting.Format.CSV, "text/csv; charset=utf-8")


@pledges_router.get(
    "/exports/campaigns/{name}.jsonl",
    response_class=fastapi.responses.StreamingResponse,
    responses=_answers("application/jsonl", _PLEDGE),
)
async def export_pledge_lines(
    house: deps.House, library: deps.Library, order: Pledged
) -> fastapi.responses.StreamingResponse:
    """The pledges to a campaign as JSON lines, the steps of each as a list in it; amounts are strings."""
    return await _written(house, library, order, exporting.Format.JSONL, "application/jsonl")


async def _written(
    house: deps.House, library: deps.Library, order: Pledged, format_: exporting.Format, media: str
) -> fastapi.responses.StreamingResponse:
    name, layout = order
    exact = format_ is exporting.Format.JSONL
    try:
        source = await collecting_pledges.collect(house.database, house.seal, library, name, layout, exact=exact)
    except steering.NoSuchCampaign:
        raise fastapi.HTTPException(404, f"There is no campaign “{name}”.") from None
    return _sent(source, format_, media, "pledges")


async def _streamed(
    house: deps.House, library: deps.Library, order: _Order, format_: exporting.Format, media: str
) -> fastapi.responses.StreamingResponse:
    form, layout, unfinished = order
    try:
        source = await collecting.collect(house.database, house.seal, library, form, layout, unfinished=unfinished)
    except collecting.NoSuchForm:
        raise fastapi.HTTPException(404, f"There is no form “{form}”.") from None
    return _sent(source, format_, media, "responses")


def _sent(
    source: exporting.Source, format_: exporting.Format, media: str, what: str
) -> fastapi.responses.StreamingResponse:
    return fastapi.responses.StreamingResponse(
        exporting.chunks(source, format_),
        media_type=media,
        headers={"Content-Disposition": f'attachment; filename="{what}.{format_}"', "Cache-Control": "no-store"},
    )
