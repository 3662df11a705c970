"""The door to the responses themselves, for whoever has the export token."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Annotated

import fastapi

from api import deps, schemas
from bot.services import exporting

router = fastapi.APIRouter(tags=["exports"], dependencies=[fastapi.Depends(deps.may_export)])

_HEADER = "response,version,wave,apart,status,channel,language,begun,finished,sex,family_1,family_2,family_3"
_ROW = (
    "3f9d0c1b2a4e5f60,5f0c1d2e3a4b5c6d,1,0,finished,web,ky,"
    "2026-11-20T09:15:02Z,2026-11-20T09:19:40Z,woman,work,health,education"
)


@router.get(
    "/exports/{form}.csv",
    response_class=fastapi.responses.StreamingResponse,
    responses={
        200: {"content": {"text/csv": {"example": f"{_HEADER}\r\n{_ROW}\r\n"}}},
        401: {"model": schemas.Problem},
        403: {"model": schemas.Problem},
        404: {"model": schemas.Problem},
    },
)
async def export(
    house: deps.House,
    library: deps.Library,
    form: Annotated[str, fastapi.Path(description="The form's name.", examples=["priorities"])],
    personal: Annotated[bool, fastapi.Query(description="Also what may name a person.")] = False,
    unfinished: Annotated[bool, fastapi.Query(description="Also responses that are still open.")] = False,
) -> fastapi.responses.StreamingResponse:
    """The responses to a form as CSV (UTF-8 with a byte order mark, for spreadsheets), one row each.

    Columns that may name a person are left out unless asked for. A cell that a spreadsheet would take for a formula
    begins with an apostrophe.
    """
    pieces = exporting.csv_chunks(house.database, house.seal, library, form, personal=personal, unfinished=unfinished)
    try:
        # The header before the answer begins, while it can still be another one.
        header = await anext(pieces)
    except exporting.NoSuchForm:
        raise fastapi.HTTPException(404, f"There is no form “{form}”.") from None
    return fastapi.responses.StreamingResponse(
        _all(header, pieces),
        media_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": 'attachment; filename="responses.csv"', "Cache-Control": "no-store"},
    )


async def _all(header: str, pieces: AsyncIterator[str]) -> AsyncIterator[str]:
    yield header
    async for piece in pieces:
        yield piece
