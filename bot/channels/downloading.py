"""A file from a provider: no longer than it may be, no slower, and from nowhere but where it is kept."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import aiohttp
import yarl

from bot.channels import base

#: Seconds for the whole of it, and between two pieces of it: 20 MB at the 1 Mbit/s of a poor line.
_TIMEOUT = aiohttp.ClientTimeout(total=180, connect=5, sock_read=20)
_REDIRECTS = 3
_PIECE = 65_536

#: Where an address is truly asked for, and the headers that may be shown there; raises `base.Lost` for a foreign one.
Way = Callable[[yarl.URL], tuple[yarl.URL, Mapping[str, str]]]


async def whole(session: aiohttp.ClientSession, url: yarl.URL, way: Way, most: int, size: int = 0) -> bytes:
    """The file at `url`; `size` is what it should have, or 0.

    Raises `base.Unreachable` and `base.Lost` as `base.Keeper` does; their texts hold no address.
    """
    try:
        for _ in range(_REDIRECTS + 1):
            there, headers = way(url)
            async with session.get(
                there,
                # A packed answer could unfold to any length.
                headers={**headers, "Accept-Encoding": "identity"},
                allow_redirects=False,
                timeout=_TIMEOUT,
            ) as answer:
                if answer.status not in (301, 302, 303, 307, 308):
                    return await _body(answer, most, size)
                url = url.join(yarl.URL(answer.headers["Location"]))
    except TimeoutError:
        raise base.Unreachable("timeout") from None
    except (aiohttp.ClientError, OSError, ValueError, KeyError) as error:
        # Not its text, which quotes the address, and that the password.
        raise base.Unreachable(type(error).__name__) from None
    raise base.Unreachable("redirects")


async def _body(answer: aiohttp.ClientResponse, most: int, size: int) -> bytes:
    if answer.status != 200:
        raise base.Unreachable(str(answer.status))
    if answer.headers.get("Content-Encoding", "identity") != "identity":
        raise base.Unreachable("packed")
    if (answer.content_length or 0) > most:
        raise base.Lost("too large")
    content = bytearray()
    async for piece in answer.content.iter_chunked(_PIECE):
        content += piece
        if len(content) > most:
            raise base.Lost("too large")
    if size and len(content) != size:
        raise base.Unreachable("cut off")
    return bytes(content)
