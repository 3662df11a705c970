"""`ashar campaign card` and `ashar campaign invite`: texts of a campaign to forward, in both languages."""

from __future__ import annotations

import argparse
import asyncio
import sys
from collections.abc import Callable, Iterable

from bot import settings, wiring, wording
from bot.engine import messages, passage, sharing
from bot.services import introducing, publishing, steering
from models import db, providers

DONE, WRONG = 0, 2

_Lines = Callable[[messages.Campaign], Iterable[messages.Line]]


def card(options: argparse.Namespace) -> int:
    """Print the day's card."""
    today = db.now().astimezone(passage.KYRGYZ_TIME).date()
    return _print(options, lambda campaign: sharing.card(campaign, today))


def invite(options: argparse.Namespace) -> int:
    """Print what one sends to one's relatives."""
    return _print(options, sharing.invitation)


def _print(options: argparse.Namespace, lines: _Lines) -> int:
    given = settings.current()

    async def run() -> tuple[messages.Campaign | None, tuple[str, ...]]:
        async with wiring.memory(given) as memory:
            standing = await steering.standing(memory.database, publishing.Library())
            async with memory.database.reading() as connection:
                kept = await providers.objects(connection, introducing.ENTRANCES)
        # What is written down outlives a channel that was closed.
        open_ = {"telegram": given.telegram_token, "whatsapp": given.twilio_whatsapp_from}
        return standing.get(options.campaign), tuple(each for name, each in kept.items() if open_.get(name))

    campaign, ways = asyncio.run(run())
    if campaign is None:
        print(f"There is no campaign “{options.campaign}”.", file=sys.stderr)
        return WRONG
    spoken = options.language if options.language in ("ky", "ru") else ""
    said = (*lines(campaign), *sharing.links(campaign.name, ways, given.site))
    print(wording.Voice().lines(said, spoken))
    return DONE
