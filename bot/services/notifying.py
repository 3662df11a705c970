"""Telling those who pledged, and residents in the end: one message a day, in their language, in their own daytime.

The clock looks at whoever something happened to, or is to be reminded today, works out what they have not heard, and
writes the message, how far they have heard by it, and when to look again in one commit. So it can be cut short
anywhere, in any process, and nobody hears a thing twice.
"""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from bot import wording
from bot.channels import base, composing
from bot.engine import daytime, form, heralding, state
from bot.services import approaching, confiding, gathering, posting, publishing, recording
from models import db, hearing, opinions, outbox, sealing

_log = logging.getLogger(__name__)

#: People in one transaction: whoever writes just then waits for no more than these.
BATCH = 20
Row = dict[str, Any]


class Told(NamedTuple):
    """What telling one person comes to."""

    talk: state.Talk
    outbound: base.Outbound


class Notifier:
    """Tells, from the clock's side."""

    def __init__(
        self, database: db.Database, seal: sealing.Seal, voice: wording.Voice, channels: Mapping[str, base.Channel]
    ) -> None:
        self._database = database
        self._seal = seal
        self._voice = voice
        self._map = approaching.Map(seal, channels)

    async def go_on(self, library: publishing.Library, at: dt.datetime) -> int:
        """Look at everybody who is to be looked at by now; how many were told something."""
        told, after = 0, ""
        while True:
            async with self._database.reading() as connection:
                found = await hearing.ripe(connection, at, after, BATCH)
            if not found:
                return told
            after = found[-1].person
            contacts = {each.contact_id for each in found}
            try:
                told += await self._together(library, contacts, at)
            except sealing.Unreadable:
                # Somebody's row is damaged, and none of the others may wait for it.
                for each in sorted(contacts):
                    try:
                        told += await self._together(library, {each}, at)
                    except sealing.Unreadable:
                        _log.error("one person is told nothing: what is kept of them cannot be opened")

    async def _together(self, library: publishing.Library, contacts: set[str], at: dt.datetime) -> int:
        try:
            async with self._database.transaction() as connection:
                return await self._batch(connection, library, contacts, at)
        except db.DatabaseError as error:
            # In the next round again.
            _log.warning("telling %d people stood still: %s", len(contacts), type(error).__name__)
            return 0

    async def _batch(
        self, connection: db.Connection, library: publishing.Library, contacts: set[str], at: dt.datetime
    ) -> int:
        held = await hearing.hold(connection, contacts, at)
        found = await hearing.addresses(connection, {each.contact_id for each in held}, self._map.pushed)
        talks = {each.contact_id: approaching.talk(self._seal, each.sealed) for each in held}
        ways = {
            each.person: self._map.way(each.person, found[each.contact_id], talks[each.contact_id], at) for each in held
        }
        full = await hearing.unseen(connection, [way.address.id for way in ways.values() if not self._map.rings(way)])
        looked: list[Row] = []
        free: list[hearing.Held] = []
        changed: dict[str, state.Talk] = {}
        for each in held:
            way, talk = ways[each.person], talks[each.contact_id]
            if later := self._map.later(way, talk, each.told_on, at, stopped=each.stopped):
                looked.append(_look(each, later))
            elif way.address.id in full or not self._map.gets_through(way):
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
                told = tell(self._voice, talk, each, stand, at, leads=self._map.capabilities(way).hears)
                changed[each.contact_id] = told.talk
                rows += self._rows(each, way, told.outbound, at)
                told_on = daytime.today(at, way.there)
            looked.append(_look(each, approaching.again(stand.again, told_on, way.there, at), told_on))
        quiet = [each.person for each in held if not self._map.rings(ways[each.person]) and not each.stopped]
        if quiet:
            again = await confiding.relay(connection, self._seal, self._voice, self._map, library, quiet, at)
            looked = [_sooner(row, again.get(str(row["respondent_id"]))) for row in looked]
        await _remember(connection, self._seal, looked, stands, changed, at)
        if rows:
            await outbox.add(connection, rows)
        return sum(bool(each.news) for each in stands.values())

    def _rows(self, held: hearing.Held, way: approaching.Way, outbound: base.Outbound, at: dt.datetime) -> list[Row]:
        where = held.contact_id, way.address.id, held.person, at
        return [
            posting.outgoing(self._seal, way.address.channel, piece, *where)
            for piece in self._map.pieces(way, outbound)
        ]


async def first(
    connection: db.Connection, kit: recording.Kit, known: recording.Known, at: dt.datetime
) -> list[tuple[str, base.Outbound]]:
    """What could not be sent to somebody who writes now: (person, message), to be said before their answer.

    Their contact must be held.
    """
    held = [each for each in await hearing.hold(connection, {known.contact_id}, None) if not each.stopped]
    number = known.inbound.address if known.inbound.channel in approaching.NUMBERED else ""
    there = approaching.clocks(known.talk, number)
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
        looked.append(_look(each, approaching.again(stand.again, told_on, there, at), told_on))
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


def _sooner(row: Row, at: dt.datetime | None) -> Row:
    """Look at them then as well."""
    return row | {"look_at": min(row["look_at"] or at, at)} if at else row


def _look(held: hearing.Held, at: dt.datetime | None, told_on: dt.date | None = None) -> Row:
    return {"respondent_id": held.person, "look_at": at, "told_on": told_on or held.told_on}
