"""The door out for whoever gets letters: one tap, also by the button of a mail program, which asks nothing back."""

from __future__ import annotations

import fastapi

from api import deps, pages
from bot.engine.messages import phrase
from bot.services import mailing
from models import db

router = fastapi.APIRouter(include_in_schema=False)

_ASKED = phrase("No more letters to this e-mail? It is then removed from Ashar; promises stay.")
_YES = phrase("No more letters")
_DONE = phrase("This e-mail is removed. No more letters come.")
_CHAT = phrase("Back to the chat")


@router.get("/letters/{key}")
async def ask(house: deps.House, key: str) -> fastapi.Response:
    """The same for every link, good or not: looking changes nothing and tells nothing."""
    return pages.page("letters.html", house, "", said=pages.both(house, _ASKED), send=_YES, back=_CHAT, key=key)


@router.post("/letters/{key}")
async def leave(house: deps.House, key: str) -> fastapi.Response:
    """Removed, also where it was already: whoever taps twice is not told of a mistake."""
    await mailing.leave(house.database, key, db.now())
    return pages.page("letters.html", house, "", said=pages.both(house, _DONE), send=None, back=_CHAT, key="")
