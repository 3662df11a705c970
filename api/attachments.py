"""The door to what lies beside forms, and to photos of receipts: for browsers, and for Twilio, for WhatsApp.

An address is given out for an hour or two (`attaching.Shelf.link`), so that nobody else's site shows it from here.
"""

from __future__ import annotations

import re

import fastapi

from api import deps
from bot.services import attaching

router = fastapi.APIRouter(include_in_schema=False)

#: One piece from a place to another, or to the end: all that players ask for.
_RANGE = re.compile(r"bytes=([0-9]{1,9})-([0-9]{0,9})")
_HEADERS = {
    # What is at this address never changes.
    "Cache-Control": f"private, max-age={attaching.GOOD_FOR}, immutable",
    "Accept-Ranges": "bytes",
    "X-Content-Type-Options": "nosniff",
    # Browsers themselves lay out what is opened alone.
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; sandbox",
}


@router.api_route("/attachment/{name}/{until}/{mark}", methods=["GET", "HEAD"])
async def attachment(house: deps.House, request: fastapi.Request, name: str, until: str, mark: str) -> fastapi.Response:
    """A picture or recording, or the piece of it that is asked for: Apple's browsers play nothing without that."""
    found = None
    if until.isascii() and until.isdigit() and len(until) < 12 and house.attachments.is_good(name, int(until), mark):
        found = await house.attachments.get(name)
    if found is None:
        return fastapi.Response(status_code=404)
    mime, content = found
    if attaching.is_receipt(name):
        # It may be gone the next moment, and then it must be so everywhere.
        headers = {name_: value for name_, value in _HEADERS.items() if name_ != "Accept-Ranges"}
        return fastapi.Response(content, headers={**headers, "Cache-Control": "no-store"}, media_type=mime)
    asked = _RANGE.fullmatch(request.headers.get("range", ""))
    if not asked:
        return fastapi.Response(content, headers=_HEADERS, media_type=mime)
    size = len(content)
    begin, end = int(asked[1]), min(int(asked[2] or size - 1), size - 1)
    if begin > end:
        return fastapi.Response(status_code=416, headers={"Content-Range": f"bytes */{size}"})
    headers = {**_HEADERS, "Content-Range": f"bytes {begin}-{end}/{size}"}
    return fastapi.Response(content[begin : end + 1], 206, headers, mime)
