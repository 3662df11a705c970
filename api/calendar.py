"""The door to a calendar of what one has promised, from the web chat alone: nobody can be reminded there."""

from __future__ import annotations

import urllib.parse

import fastapi

from api import deps, pages, raw
from bot.channels import base, web
from bot.services import scheduling
from models import db

router = fastapi.APIRouter(include_in_schema=False)


@router.post("/chat/calendar")
async def calendar(request: fastapi.Request, house: deps.House, library: deps.Library) -> fastapi.Response:
    """The file, for the page that shows promises and for no other; back to the chat where there is none."""
    channel = house.channels[web.Web.name]
    try:
        arrived = await raw.request(request)
        channel.verify(arrived)
        [inbound] = channel.read(arrived)
    except (raw.TooLong, base.Refused, base.Malformed):
        return fastapi.Response(status_code=400)
    screen = await house.desk.screen(inbound.channel, inbound.address)
    # Whoever borrowed the phone since is asked first who they are, by the chat.
    if not any(outbound.dated for outbound in screen):
        return fastapi.Response(status_code=303, headers={"Location": "/chat"})
    found = await scheduling.days(house.database, house.seal, library, house.voice, (inbound.channel, inbound.address))
    host = urllib.parse.urlsplit(house.settings.site).hostname or "ashar"
    headers = {**pages.HEADERS, "Content-Disposition": 'attachment; filename="ashar.ics"'}
    text = scheduling.calendar(found, db.now(), host)
    return fastapi.Response(text, headers=headers, media_type="text/calendar; charset=utf-8")
