"""The days of a person's promises as a calendar file (RFC 5545): the web chat cannot ring, a calendar can."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from bot import wording
from bot.engine import giving, standing, state
from bot.engine.pledging import ledger
from bot.services import answering, booking, publishing
from models import db, sealing, turns
from models import ledger as book

#: Octets of a line, its end left out; what is longer goes on in the next, behind a space.
_LINE = 75
_ESCAPED = str.maketrans({"\\": "\\\\", ";": "\\;", ",": "\\,", "\n": "\\n", "\r": ""})
_OPEN = frozenset({ledger.State.CONFIRMED, ledger.State.DUE})


class Day(NamedTuple):
    """One entry: a whole day, with a week's notice. `key` is the same whenever the file is made again."""

    key: str
    on: dt.date
    title: str
    more: str


async def days(
    database: db.Database, seal: sealing.Seal, library: publishing.Library, voice: wording.Voice, key: tuple[str, str]
) -> list[Day]:
    """What the person who answers at this (channel, address) has promised and not yet sent, by its day."""
    channel, address = key
    hash_ = seal.hash(f"address/{channel}", address)
    async with database.reading() as connection:
        known = await turns.find_addresses(connection, [(channel, hash_)])
        talk = await turns.talk_of(connection, known[hash_].contact_id) if hash_ in known else None
        if not talk:
            return []
        at = state.talk_from(seal.open_json("contact", talk))
        pledges = await book.of(connection, [at.person] if at.person else [])
        campaigns = await answering.opened(connection, await library.catalogue(connection))
    found = []
    for promise in booking.promises(pledges):
        campaign = campaigns.get(promise.campaign)
        if campaign is not None and promise.standing.state in _OPEN:
            title = voice.say(giving.described(promise, campaigns), at.language)
            more = voice.lines(standing.handover(promise, campaign), at.language)
            found.append(Day(promise.id, promise.standing.due or campaign.deadline, title, more))
    return sorted(found, key=lambda day: (day.on, day.key))


def calendar(days: Sequence[Day], at: dt.datetime, host: str) -> str:
    """The file; `host` makes the entries' names ours in every calendar of the world."""
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", f"PRODID:-//{host}//Ashar//KY", "METHOD:PUBLISH"]
    for day in days:
        lines += [
            "BEGIN:VEVENT",
            f"UID:{day.key}@{host}",
            f"DTSTAMP:{at.astimezone(dt.UTC):%Y%m%dT%H%M%SZ}",
            f"DTSTART;VALUE=DATE:{day.on:%Y%m%d}",
            f"SUMMARY:{_escaped(day.title)}",
            f"DESCRIPTION:{_escaped(day.more)}",
            "TRANSP:TRANSPARENT",
            *_alarm("-P7D", day.title),
            # At nine in the morning of the day, by the clock of whoever holds the phone.
            *_alarm("PT9H", day.title),
            "END:VEVENT",
        ]
    return "".join(f"{piece}\r\n" for line in [*lines, "END:VCALENDAR"] for piece in _folded(line))


def _alarm(before: str, title: str) -> list[str]:
    said = f"DESCRIPTION:{_escaped(title)}"
    return ["BEGIN:VALARM", "ACTION:DISPLAY", f"TRIGGER:{before}", said, "END:VALARM"]


def _escaped(text: str) -> str:
    return "".join(c for c in text.translate(_ESCAPED) if c.isprintable() or c == "\t")


def _folded(line: str) -> Iterator[str]:
    """The line in pieces of so many octets, no character cut in two."""
    piece, size = "", 0
    for character in line:
        width = len(character.encode())
        if size + width > _LINE:
            yield piece
            piece, size = " ", 1
        piece, size = piece + character, size + width
    yield piece
