"""A request as it came, as plain data, and never longer than it may be."""

from __future__ import annotations

import starlette.exceptions
import starlette.requests
import starlette.types

from bot.channels import base

#: Bytes of a body at the most: the longest answer people write has a tenth of it.
LONGEST = 65536


#: Characters of what a person says, as many as Telegram lets them write.
LONGEST_TEXT = 4096
#: The rest of a body that is too long is still on its way, and nobody will read it.
CLOSE = {"Connection": "close"}


class TooLong(Exception):
    """The body is longer than it may be; what is left of it has not been read."""


async def request(incoming: starlette.requests.Request, longest: int = LONGEST) -> base.Request:
    """The request with its body; raises `TooLong`, before reading where the length is announced."""
    if announces_more(incoming.scope, longest):
        raise TooLong
    body = bytearray()
    async for piece in incoming.stream():
        body += piece
        if len(body) > longest:
            raise TooLong
    return bare(incoming, bytes(body))


def announces_more(scope: starlette.types.Scope, longest: int = LONGEST) -> bool:
    """Whether the length that is announced is more than it may be, or none."""
    announced = next((value for name, value in scope["headers"] if name == b"content-length"), b"0")
    return not announced.isdigit() or int(announced[:12]) > longest


def bounded(receive: starlette.types.Receive, longest: int = LONGEST) -> starlette.types.Receive:
    """The same, but 413 is raised where more comes: for doors that leave the reading to the framework."""
    read = 0

    async def receives() -> starlette.types.Message:
        nonlocal read
        message = await receive()
        read += len(message.get("body", b""))
        if read > longest:
            raise starlette.exceptions.HTTPException(413, headers=CLOSE)
        return message

    return receives


def bare(incoming: starlette.requests.Request, body: bytes = b"") -> base.Request:
    """The request with that body."""
    # As it was sent, not decoded and encoded again: providers sign these very bytes.
    path, query = incoming.scope["raw_path"].decode("latin-1"), incoming.scope["query_string"].decode("latin-1")
    headers: dict[str, str] = {}
    for raw_name, raw_value in incoming.scope["headers"]:
        name, value = raw_name.decode("latin-1"), raw_value.decode("latin-1")
        # Over HTTP/2 a proxy may hand the cookies on one by one.
        headers[name] = f"{headers[name]}; {value}" if name == "cookie" and name in headers else value
    return base.Request(f"{path}?{query}" if query else path, headers, body)
