"""While the database is away every door that needs it says so, and when to come back; the chat has its own words."""

from __future__ import annotations

import logging

import fastapi

from api import pages
from bot.engine.messages import phrase
from bot.services import receiving
from models import db

_log = logging.getLogger(__name__)

_AWAY = phrase("Nothing can be shown just now. Please come back a little later.")
_BACK = phrase("Back to the chat")


async def answer(request: fastapi.Request, error: Exception) -> fastapi.Response:
    """503 for an error of `db.MAYBE_AWAY`; raises it again where it means something else."""
    if not db.is_away(error):
        raise error
    _log.warning("the database could not be used: %s", type(error).__name__)
    headers = {"Retry-After": str(receiving.Busy.retry_after), "Cache-Control": "no-store"}
    if request.url.path.startswith("/api/"):
        problem = {"detail": "The database cannot be used just now: ask again a little later."}
        return fastapi.responses.JSONResponse(problem, 503, headers)
    house = request.app.state.house
    return pages.page("sorry.html", house, "", 503, headers, said=pages.both(house, _AWAY), fields=[], back=_BACK)
