"""Whoever only looks: more than a hall full of people looks at is refused before anything is read for it."""

from __future__ import annotations

import fastapi
from starlette import types

from api import callers, pages
from bot import wiring
from bot.engine.messages import phrase
from bot.services import curbing
from models import db

#: Doors for machines of the operator's own.
_FREE = ("/api/health", "/metrics")
#: Taps of anybody, which ask the database; what is written in the chat is counted at its own door.
_TAPPED = ("/letters/", "/chat/calendar")
_TOO_MUCH = phrase("Too many pages are asked for from your connection just now. Please come back in a minute.")
_BACK = phrase("Back to the chat")


async def refusal(house: wiring.House, scope: types.Scope) -> fastapi.Response | None:
    """The answer to a GET, or a tap, that is one too many of its connection; None where it may go on to its door."""
    path: str = scope["path"]
    if path in _FREE or (scope["method"] not in ("GET", "HEAD") and not path.startswith(_TAPPED)):
        return None
    try:
        if await house.curb.looks(callers.place(fastapi.Request(scope), house.settings.proxies)):
            return None
    except Exception as error:
        # The doors say themselves that the database is away; here it was one too many all the same.
        if not db.is_away(error):
            raise
    headers = {"Retry-After": str(curbing.LATER), "Cache-Control": "no-store"}
    if scope["path"].startswith("/api/"):
        problem = {"detail": "Too many requests from this connection: ask again a little later."}
        return fastapi.responses.JSONResponse(problem, 429, headers)
    said = pages.both(house, _TOO_MUCH)
    return pages.page("sorry.html", house, "", 429, headers, said=said, fields=[], back=_BACK)
