"""The door for Prometheus: figures of the work, for whoever shows the operator's token."""

from __future__ import annotations

from typing import Annotated

import fastapi

from api import deps
from bot.services import metering

#: Machines that read it know where it is.
router = fastapi.APIRouter(include_in_schema=False)


@router.get("/metrics")
async def metrics(house: deps.House, _may: Annotated[None, fastapi.Depends(deps.may_measure)]) -> fastapi.Response:
    """All of them, of this process and of the database."""
    pushed = [name for name, channel in house.channels.items() if channel.capabilities.push]
    content = await metering.written(house.database, pushed)
    # The version of its text format that needs no negotiation.
    return fastapi.Response(content, media_type="text/plain; version=0.0.4", headers={"Cache-Control": "no-store"})
