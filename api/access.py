"""What was asked at the doors, in the log: which door and what came of it, never who asked or what they sent."""

from __future__ import annotations

import logging
import time

from starlette import types

_log = logging.getLogger(__name__)

#: From this status on, a provider's knock is told as well; those that go well are counted, not told.
WORTH_A_LINE = 400
#: Doors at which machines knock all day.
_ROUTINE = ("/twilio", "/twilio/status", "/api/health", "/metrics")


async def watched(app: types.ASGIApp, scope: types.Scope, receive: types.Receive, send: types.Send) -> None:
    """Let the app answer, and write down how it went."""
    begun, status = time.monotonic(), 500

    async def sent(message: types.Message) -> None:
        nonlocal status
        if message["type"] == "http.response.start":
            status = message["status"]
        await send(message)

    try:
        await app(scope, receive, sent)
    finally:
        # As it is written in the code: a real path may hold the name of a file, a code or a link's payload.
        door = getattr(scope.get("route"), "path", "(no such door)")
        # A route does not know the prefix under which it was included.
        if scope["path"].startswith("/api/") and door.startswith("/") and not door.startswith("/api/"):
            door = f"/api{door}"
        if door not in _ROUTINE or status >= WORTH_A_LINE:
            note(scope["method"], door, status, time.monotonic() - begun)


def note(method: str, door: str, status: int, seconds: float = 0.0) -> None:
    """One line."""
    # A method is a word of the caller's own.
    method = method if method in ("GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "PATCH") else "(other)"
    more = {"method": method, "door": door, "status": status, "ms": round(seconds * 1000, 1)}
    _log.info("%s %s %d", method, door, status, extra={"more": more})
