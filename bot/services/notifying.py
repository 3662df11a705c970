"""Telling those who pledged, and residents in the end: one message a day, in their language, in their own daytime.

The clock looks at whoever something happened to, or is to be reminded today, works out what they have not heard, and
writes the message, how far they have heard by it, and when to look again in one commit. So it can be cut short
anywhere, in any process, and nobody hears a thing twice.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import logging
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from bot import wording
from bot.channels import base, composing, plain
from bot.engine import daytime, form, heralding, state
from bot.services import gathering, posting, publishing, recording
from models import db, hearing, opinions, outbox, sealing

_log = logging.getLogger(__name__)

#: People in one transaction: whoever writes just then waits for no more than these.
BATCH = 20
#: WhatsApp lets us write freely for a day after they did; a little less, for what waits in the outbox.
_WINDOW = dt.timedelta(hours=23)
#: Whoever answers questions just now is left alone so long.
_TALKS = dt.timedelta(minutes=30)
#: An approved template has room for a thousand letters, beside what it says itself.
_TEMPLATE = 900


#: Channels whose addresses are telephone numbers.
NUMBERED = ("whatsapp", "sms")

Row = dict[str, Any]


class Way(NamedTuple):
    """How somebody is told now: where, and whether only an approved template gets through."""

    address: hearing.Address
    there: daytime.Hours
    outside: bool


class Told(NamedTuple):
    """What telling one person comes to."""

    talk: state.Talk
    outbound: base.Outbound


_NOWHERE = hearing.Address("", "", b"", None, None)


class Notifier:
    """Tells, from the clock's side."""

    def __init__(
        self, database: db.Database, seal: sealing.Seal, voice: wording.Voice, channels: Mapping[str, base.Channel]
    ) -> None:
        self._database = database
        self._seal = seal
        self._voice = voice
        self._channels = channels
        self._pushed = [name for name, channel in channels.items() if channel.capabilities.push]

    async def go_on(self, library: publishing.Library, at: dt.datetime) -> int:
        """Look at everybody who is to be looked at by now; how many were told something."""
        told, after = 0, ""
        while True:
            async with self._database.reading() as connection:
                found = await hearing.ripe(connection, at, after, BATCH)
            if not found:
                return told
            after = found[-1].person
            try:
                async with self._database.transaction() as connection:
                    told += await self._batch(connection, library, {each.contact_id for each in found}, at)
            except db.DatabaseError as error:
                # In the next round again.
                _log.warning("telling %d people stood still: %s", len(found), type(error).__name__)

    async def _batch(
        self, connection: db.Connection, library: publishing.Library, contacts: set[str], at: dt.datetime
    ) -> int:
        held = await hearing.hold(connection, contacts, at)
        found = await hearing.addresses(connection, {each.contact_id for each in held}, self._pushed)
        ways = {each.person: self._way(each.person, found[each.contact_id], at) for each in held}
        full = await hearing.unseen(connection, [way.address.id for way in ways.values() if not self._rings(way)])
        talks = {each.contact_id: _talk(self._seal, each.sealed) for each in held}
        looked: list[Row] = []
        free: list[hearing.Held] = []
        changed: dict[str, state.Talk] = {}
        for each in held:
            way, talk = ways[each.person], talks[each.contact_id]
            if later := self._later(each, way, talk, at):
                looked.append(_look(each, later))
            elif way.address.id in full or (way.outside and not self._capabilities(way).opens):
                # One notice waits there already, or none gets through: the rest is told when they write.
                looked.append(_look(each, None))
                changed[each.contact_id] = talk._replace(held=True)
            else:
                free.append(each)
        there = {each.person: ways[each.person].there for each in free}
        stands = await gathering.gather(connection, library, there, at)
        rows: list[Row] = []
        for each in free:
            stand, way = stands[each.person], ways[each.person]
            told_on = each.told_on
            if stand.news:
                talk = changed.get(each.contact_id, talks[each.contact_id])._replace(held=False)
                # An answer to a letter would reach nobody.
                told = tell(self._voice, talk, each, stand, at, leads=self._capabilities(way).hears)
                changed[each.contact_id] = told.talk
                rows += self._rows(each, way, told.outbound, at)
                told_on = daytime.today(at, way.there)
            looked.append(_look(each, _next(stand.again, told_on, way.there, at), told_on))
        await _remember(connection, self._seal, looked, stands, changed, at)
        if rows:
            await outbox.add(connection, rows)
        return sum(bool(each.news) for each in stands.values())

    def _capabilities(self, way: Way) -> base.Capabilities:
        return self._channels[way.address.channel].capabilities

    def _rings(self, way: Way) -> bool:
        return way.address.channel in self._pushed

    def _way(self, person: str, addresses: Sequence[hearing.Address], at: dt.datetime) -> Way:
        """By the first address that is theirs; where they are is told by any telephone number among them."""
        numbers = [self._seal.open("address", each.sealed) for each in addresses if each.channel in NUMBERED]
        there = daytime.hours(numbers[0]) if numbers else daytime.HOME
        theirs = (each for each in addresses if each.channel in self._channels and each.person in (None, person))
        first = next(theirs, _NOWHERE)
        channel = self._channels.get(first.channel)
        silent = first.heard_at is None or first.heard_at < at - _WINDOW
        return Way(first, there, bool(channel and channel.capabilities.window and silent))

    def _later(self, held: hearing.Held, way: Way, talk: state.Talk, at: dt.datetime) -> dt.datetime | None:
        """When to look again at somebody who is not told now; None where they are."""
        today = daytime.today(at, way.there)
        if held.stopped or way.address.channel not in self._channels or held.told_on == today:
            # Whoever stopped may come back; then this waits for them.
            return daytime.morning(today + dt.timedelta(days=1), way.there)
        if not daytime.is_day(at, way.there):
            return daytime.opening(at, way.there)
        if talk.scene not in ("home", "done") and talk.heard and dt.datetime.fromisoformat(talk.heard) > at - _TALKS:
            return at + _TALKS
        return None

    def _rows(self, held: hearing.Held, way: Way, outbound: base.Outbound, at: dt.datetime) -> list[Row]:
        capabilities = self._capabilities(way)
        if way.outside:
            outbound = outbound._replace(outside=True)
            capabilities = dataclasses.replace(capabilities, text=_TEMPLATE)
        where = held.contact_id, way.address.id, held.person, at
        return [
            posting.outgoing(self._seal, way.address.channel, piece, *where)
            for piece in plain.pieces(outbound, capabilities)
        ]


async def first(
    connection: db.Connection, kit: recording.Kit, known: recording.Known, at: dt.datetime
) -> list[tuple[str, base.Outbound]]:
    """What could not be sent to somebody who writes now: (person, message), to be said before their answer.

    Their contact must be held.
    """
    held = [each for each in await hearing.hold(connection, {known.contact_id}, None) if not each.stopped]
    there = daytime.hours(known.inbound.address) if known.inbound.channel in NUMBERED else daytime.HOME
    stands = await gathering.gather(connection, kit.library, {each.person: there for each in held}, at)
    told: list[tuple[str, base.Outbound]] = []
    looked: list[Row] = []
    today = daytime.today(at, there)
    for each in held:
        stand, told_on = stands[each.person], each.told_on
        if stand.news and told_on == today:
            # Once a day is enough.
            del stands[each.person]
            looked.append(_look(each, daytime.morning(today + dt.timedelta(days=1), there)))
            continue
        if stand.news:
            # What they wrote answers something else, so this leads nowhere by itself.
            told.append((each.person, tell(kit.voice, known.talk, each, stand, at, leads=False).outbound))
            told_on = today
        looked.append(_look(each, _next(stand.again, told_on, there, at), told_on))
    await _remember(connection, kit.seal, looked, stands, {}, at)
    return told


def tell(
    voice: wording.Voice, talk: state.Talk, held: hearing.Held, stand: gathering.Stand, at: dt.datetime, *, leads: bool
) -> Told:
    """The message to one person, in their language."""
    told = heralding.tell(talk, held.person, stand.news, stand.facts, at, leads=leads)
    language = held.language if held.language in form.LANGUAGES else ""
    outbound = composing.compose(voice, told.reply, language)
    return Told(told.talk, outbound._replace(language=language or form.LANGUAGES[0]))


async def _remember(
    connection: db.Connection,
    seal: sealing.Seal,
    looked: Sequence[Row],
    stands: Mapping[str, gathering.Stand],
    talks: Mapping[str, state.Talk],
    at: dt.datetime,
) -> None:
    sealed = {contact: seal.close_json("contact", state.to_plain(talk)) for contact, talk in talks.items()}
    further = [row for each in stands.values() for row in each.further]
    await hearing.remember(connection, looked, further, sealed)
    asked = [
        {"of_campaign": each.news.asked, "of_person": person, "asked_at": at}
        for person, each in stands.items()
        if each.news.asked
    ]
    await opinions.write(connection, asked)


def _talk(seal: sealing.Seal, sealed: bytes | None) -> state.Talk:
    return state.talk_from(seal.open_json("contact", sealed)) if sealed else state.Talk()


def _look(held: hearing.Held, at: dt.datetime | None, told_on: dt.date | None = None) -> Row:
    return {"respondent_id": held.person, "look_at": at, "told_on": told_on or held.told_on}


def _next(again: dt.date | None, told_on: dt.date | None, there: daytime.Hours, at: dt.datetime) -> dt.datetime | None:
    """When to look at them again by ourselves: in the morning of that day, if they were not told anything on it."""
    if again is None:
        return None
    day = max(again, told_on + dt.timedelta(days=1)) if told_on else again
    return daytime.opening(max(daytime.morning(day, there), at), there)
