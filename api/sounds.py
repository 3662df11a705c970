"""The door to the recordings of forms: for browsers, and for Twilio, which fetches them for WhatsApp."""

from __future__ import annotations

import re

import fastapi

from api import deps
from models import sounds

router = fastapi.APIRouter(include_in_schema=False)

_NAME = re.compile(r"[0-9a-f]{64}")
#: One piece from a place to another, or to the end: all that players ask for.
_RANGE = re.compile(r"bytes=([0-9]{1,9})-([0-9]{0,9})")
_HEADERS = {
    # Its name is the hash of what is in it.
    "Cache-Control": "public, max-age=31536000, immutable",
    "Accept-Ranges": "bytes",
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "default-src 'none'; sandbox",
}


@router.api_route("/sound/{name}", methods=["GET", "HEAD"])
async def sound(house: deps.House, request: fastapi.Request, name: str) -> fastapi.Response:
    """One recording, or the piece of it that is asked for: Apple's browsers play nothing without that."""
    found = None
    if _NAME.fullmatch(name):
        async with house.database.reading() as connection:
            found = await sounds.get(connection, name)
    if found is None:
        return fastapi.Response(status_code=404)
    asked = _RANGE.fullmatch(request.headers.get("range", ""))
    if not asked:
        return fastapi.Response(found.content, headers=_HEADERS, media_type=found.mime)
    size = len(found.content)
    begin, end = int(asked[1]), min(int(asked[2] or size - 1), size - 1)
    if begin > end:
        return fastapi.Response(status_code=416, headers={"Content-Range": f"bytes */{size}"})
    headers = {**_HEADERS, "Content-Range": f"bytes {begin}-{end}/{size}"}
    return fastapi.Response(found.content[begin : end + 1], 206, headers, found.mime)
