"""Telling: one line to somebody else, of what a person who writes has just done; in their own daytime and language."""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Sequence

from bot.channels import base, plain
from bot.engine import daytime, form, messages, state
from bot.services import approaching, posting, recording
from models import db, hearing, outbox, sealing

_log = logging.getLogger(__name__)


async def tell(
    connection: db.Connection,
    kit: recording.Kit,
    known: recording.Known,
    lines: Sequence[tuple[str, messages.Line]],
    at: dt.datetime,
) -> None:
    """(person, line) to each who can be told; not to whoever shares the phone that did it: they sit beside it."""
    pushed = [name for name, channel in kit.channels.items() if channel.capabilities.push]
    places = await hearing.nearest(connection, {person for person, _ in lines}, pushed)
    rows = []
    for person, line in lines:
        place = places.get(person)
        if place is None or place.contact_id == known.contact_id:
            continue
        language = place.language if place.language in form.LANGUAGES else form.LANGUAGES[0]
        outbound = base.Outbound(kit.voice.say(line, language), language=language)
        try:
            address = kit.seal.open("address", place.sealed)
        except sealing.Unreadable:
            # A damaged row: it is not theirs who write, and does not hold them up.
            _log.error("somebody is not told a line: what is kept of them cannot be opened")
            continue
        where = place.contact_id, place.address_id, person
        since = {"not_before": daytime.opening(at, _clocks(kit, place, address))}
        # A channel that this house has not now, or the shell has not, cuts nothing.
        channel = kit.channels.get(place.channel)
        for piece in plain.pieces(outbound, channel.capabilities) if channel else [outbound]:
            rows.append(posting.outgoing(kit.seal, place.channel, piece, *where, at) | since)
    if rows:
        await outbox.add(connection, rows)


def _clocks(kit: recording.Kit, place: hearing.Place, address: str) -> daytime.Hours:
    try:
        talk = approaching.talk(kit.seal, place.talk)
    except sealing.Unreadable:
        # Whoever writes now must not be kept from it by what is damaged of another.
        talk = state.Talk()
    return approaching.clocks(talk, address if place.channel in approaching.NUMBERED else "")
