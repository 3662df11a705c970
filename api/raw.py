"""A request as it came, as plain data, and never longer than it may be."""

from __future__ import annotations

import starlette.requests

from bot.channels import base

#: Bytes of a body at the most: the longest answer people write has a tenth of it.
LONGEST = 65536


class TooLong(Exception):
    """The body is longer than it may be; what is left of it has not been read."""


async def request(incoming: starlette.requests.Request, longest: int = LONGEST) -> base.Request:
    """The request with its body; raises `TooLong`, before reading where the length is announced."""
    announced = next((value for name, value in incoming.scope["headers"] if name == b"content-length"), b"0")
    if not announced.isdigit() or int(announced[:12]) > longest:
        raise TooLong
    body = bytearray()
    async for piece in incoming.stream():
        body += piece
        if len(body) > longest:
            raise TooLong
    return bare(incoming, bytes(body))


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
