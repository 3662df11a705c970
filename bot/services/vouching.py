"""Promises in another's name: read for whoever comes by the link, and told to the relative who made them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence

from bot.engine import commands, happenings, messages, vouching
from bot.engine.messages import phrase
from bot.engine.pledging import ledger as pledging
from bot.engine.pledging.events import Step
from bot.services import booking, reckoning, recording, telling
from models import db
from models import vouching as kept

_YES = phrase("The promise that you wrote down for somebody has been confirmed: {campaign}, code {code}. Thank you!")
_NO = phrase(
    "The promise that you wrote down for somebody does not count, and that is all right: {campaign}, code {code}"
)


def followed(known: recording.Known) -> str:
    """The code of the link that this message comes by, or that waits for an answer; or ""."""
    link = known.inbound.start or commands.entry(known.inbound.text)
    return vouching.code(link) or vouching.code(known.talk.pending)


async def promised(
    connection: db.Connection,
    kit: recording.Kit,
    group: Sequence[recording.Known],
    pledges: reckoning.Reckoning,
    at: dt.datetime,
) -> dict[str, list[str]]:
    """Code -> ids of what was promised in the name of whoever has it, known to `pledges` from now on."""
    codes = {booking.vouching_hash(kit.seal, code): code for known in group if (code := followed(known))}
    if not codes:
        return {}
    found = await kept.promised(connection, sorted(codes), at)
    for rows in found.values():
        pledges.know(rows)
    return {codes[hash_]: [row.id for row in rows] for hash_, rows in found.items()}


async def tell(
    connection: db.Connection,
    kit: recording.Kit,
    known: recording.Known,
    events: Iterable[happenings.Event],
    facts: messages.Facts,
    at: dt.datetime,
) -> None:
    """One line to the relative, in their own daytime: whoever promised for somebody hears what became of it."""
    offered = {
        each.id: each
        for each in (*facts.vouched, *facts.promises)
        if each.mine and each.standing.state is pledging.State.OFFERED
    }
    answered = {
        event.pledge: any(each.step is Step.CONFIRMED for each in event.steps)
        for event in events
        if isinstance(event, happenings.Stepped)
        and event.pledge in offered
        and any(each.step in (Step.CONFIRMED, Step.WITHDRAWN) for each in event.steps)
    }
    if not answered:
        return
    made = await kept.relatives(connection, answered)
    lines = []
    for pledge, relative in made.items():
        promise = offered[pledge]
        said = _YES if answered[pledge] else _NO
        title = facts.campaigns[promise.campaign].title
        lines.append((relative, phrase(said.msgid, campaign=title, code=promise.code)))
    await telling.tell(connection, kit, known, lines, at)
