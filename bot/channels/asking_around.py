"""Asking a provider how it sees us: its answer as JSON, and its clock. For `ashar doctor`; no message goes this way."""

from __future__ import annotations

import datetime as dt
import email.utils
from collections.abc import Mapping
from typing import Any, NamedTuple

import aiohttp

from bot.channels import base

#: Seconds for one answer.
_PATIENCE = 10


class Answer(NamedTuple):
    """What it says (HTTP's status, a JSON object), and what time it is there; None where it does not say."""

    status: int
    body: dict[str, Any]
    at: dt.datetime | None


async def ask(session: aiohttp.ClientSession, url: str, headers: Mapping[str, str] | None = None) -> Answer:
    """GET it; raises `base.Unreachable` where nobody answers, or somebody who is not the provider."""
    try:
        timeout = aiohttp.ClientTimeout(total=_PATIENCE)
        async with session.get(url, headers=headers, timeout=timeout, allow_redirects=False) as response:
            body = await response.json()
            said = response.headers.get("Date", "")
    except aiohttp.ClientResponseError as error:
        raise base.Unreachable(f"a page that is not its own, HTTP {error.status}") from None
    except (aiohttp.ClientError, TimeoutError, OSError, ValueError) as error:
        # Its text may hold the address, and that the token.
        raise base.Unreachable(type(error).__name__) from None
    try:
        at = email.utils.parsedate_to_datetime(said).astimezone(dt.UTC)
    except ValueError:
        at = None
    return Answer(response.status, body if isinstance(body, dict) else {}, at)
