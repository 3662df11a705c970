"""What Telegram says of our bot: where it sends its messages, and how that goes."""

from __future__ import annotations

import datetime as dt
from typing import NamedTuple

import aiohttp

from bot.channels import asking_around, base


class Webhook(NamedTuple):
    """Where messages go ("" where they wait to be asked for), how many wait, the last failure, and Telegram's clock."""

    url: str
    pending: int
    failed: str
    failed_at: dt.datetime | None
    at: dt.datetime | None


async def webhook(session: aiohttp.ClientSession, api: str, token: str) -> Webhook:
    """As Telegram has it. Raises `base.Refused` for a token it does not know, and `base.Unreachable`."""
    answer = await asking_around.ask(session, f"{api}/bot{token}/getWebhookInfo")
    if answer.status in (401, 404):
        raise base.Refused("unknown token")
    found = answer.body.get("result")
    if not isinstance(found, dict):
        raise base.Unreachable(f"HTTP {answer.status}")
    failed_at = found.get("last_error_date")
    return Webhook(
        str(found.get("url", "")),
        int(found.get("pending_update_count", 0)),
        str(found.get("last_error_message", ""))[:100],
        dt.datetime.fromtimestamp(failed_at, dt.UTC) if isinstance(failed_at, int) else None,
        answer.at,
    )
