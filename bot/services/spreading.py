"""Spreading: hands broadcasts to the outbox, little by little, to each by day where they are.

Only so much as is sent in a round lies in the outbox: so a pause holds at once, whoever stopped a minute ago is not
told, and nothing lies sealed a million times. Whoever has heard from us today is told tomorrow.
"""

from __future__ import annotations

import datetime as dt
import json
import logging
from collections.abc import Mapping
from typing import Any, NamedTuple

from bot import wording
from bot.channels import base
from bot.engine import daytime, state
from bot.services import announcing, approaching, broadcasting, forgetting, posting, publishing
from models import broadcasts, db, hearing, outbox, sealing, turns

_log = logging.getLogger(__name__)

#: People in one transaction: whoever writes just then waits for no more than these.
BATCH = 50
#: Messages of a channel that wait in the outbox at the most: more than any platform takes in a round of the clock.
AHEAD = 1000
#: People looked at in a round, a channel: most of them may sleep.
_LOOKS = 2000
#: Steps of queuing in a round, where whoever began it died over it.
_STEPS = 20
#: WhatsApp without a template: they may write, and can then be told.
_UNREACHABLE = dt.timedelta(hours=6)

#: Before the number of an address there.
_WHATSAPP = "whatsapp:"

Row = dict[str, Any]


class _Batch(NamedTuple):
    """What becomes of those whose turn it was: rows of `recipient`, of the outbox, and who was told on which day."""

    settled: list[Row]
    put_off: list[Row]
    outgoing: list[Row]
    told: dict[str, dt.date]


class Spreader:
    """Spreads, from the clock's side."""

    def __init__(
        self, database: db.Database, seal: sealing.Seal, voice: wording.Voice, channels: Mapping[str, base.Channel]
    ) -> None:
        self._database = database
        self._seal = seal
        self._voice = voice
        self._channels = channels
        self._map = approaching.Map(seal, channels)

    async def go_on(self, library: publishing.Library, at: dt.datetime) -> int:
        """A round: how many people were told something."""
        async with self._database.reading() as connection:
            found = await broadcasts.all_(connection)
        told = 0
        for each in found:
            try:
                told += await self._broadcast(each, library, at)
            except db.DatabaseError as error:
                # In the next round again.
                _log.warning("broadcast %s stood still: %s", each.name, type(error).__name__)
        return told

    async def _broadcast(self, each: broadcasts.Broadcast, library: publishing.Library, at: dt.datetime) -> int:
        if each.state in (broadcasting.OVER, broadcasting.CANCELLED):
            if each.cursor is not None and each.ends_at < at - forgetting.KEPT:
                await broadcasting.forget(self._database, each.id)
            return 0
        if each.ends_at <= at:
            await broadcasting.end(self._database, each.id, at)
            return 0
        if each.state == broadcasting.PAUSED:
            return 0
        if each.cursor is not None:
            await self._queue(each, library, at)
        async with self._database.reading() as connection:
            room = await broadcasts.room(connection, each.id, self._map.pushed, AHEAD)
        # Where nothing rings, it waits for their next visit, however long that is.
        return sum([await self._channel(each, name, room.get(name, AHEAD), at) for name in self._channels])

    async def _queue(self, each: broadcasts.Broadcast, library: publishing.Library, at: dt.datetime) -> None:
        audience = await broadcasting.whom(self._database, library, each)
        for _ in range(_STEPS):
            if (await broadcasting.queue(self._database, audience, each.id, at)).cursor is None:
                return

    async def _channel(self, each: broadcasts.Broadcast, channel: str, room: int, at: dt.datetime) -> int:
        told, letter = 0, _Letter(self._seal, self._voice, self._map, each)
        for _ in range(_LOOKS // BATCH):
            if room <= told:
                break
            async with self._database.transaction() as connection:
                # Whoever pauses it waits for this batch, and no other is begun.
                if (await broadcasts.hold(connection, each.id, alone=False)).state != broadcasting.RUNNING:
                    break
                due = await broadcasts.turns(connection, each.id, channel, at, min(BATCH, room - told))
                if not due:
                    break
                batch = await self._batch(connection, each.id, due, letter, at)
                await broadcasts.write(connection, each.id, batch.settled)
                await broadcasts.write(connection, each.id, batch.put_off)
                await broadcasts.told(connection, batch.told)
                if batch.outgoing:
                    await outbox.add(connection, batch.outgoing)
            told += len(batch.told)
        return told

    async def _batch(
        self, connection: db.Connection, number: int, due: list[broadcasts.Turn], letter: _Letter, at: dt.datetime
    ) -> _Batch:
        batch = _Batch([], [], [], {})
        found = await hearing.addresses(connection, [turn.contact_id for turn in due], self._map.pushed)
        talks: dict[str, state.Talk] = {}
        ways: dict[str, approaching.Way] = {}
        for turn in due:
            try:
                talk = approaching.talk(self._seal, turn.sealed)
                ways[turn.contact_id] = self._map.way(turn.person, found[turn.contact_id], talk, at)
                talks[turn.contact_id] = talk
            except sealing.Unreadable:
                # A damaged row: nobody else waits for it.
                batch.settled.append({"of": turn.contact_id, "status": "dropped"})
        due = [turn for turn in due if turn.contact_id in ways]
        full = await hearing.unseen(connection, [way.address.id for way in ways.values() if not self._map.rings(way)])
        twins = await self._twins(connection, ways)
        same = await broadcasts.twins(connection, number, twins.values())
        for turn in due:
            contact, way = turn.contact_id, ways[turn.contact_id]
            twin = same.get(twins.get(contact, ""))
            if turn.gone or not way.address.id or twin == "out" or twins.get(contact) in batch.told:
                batch.settled.append({"of": contact, "status": "dropped"})
            elif twin == "busy":
                batch.put_off.append({"of": contact, "not_before": at + hearing.GATHER})
            elif later := self._later(turn, way, talks[contact], full, at):
                batch.put_off.append({"of": contact, "not_before": later})
            else:
                batch.settled.append({"of": contact, "status": "out"})
                batch.outgoing.extend(letter.rows(turn, way, at))
                batch.told[contact] = daytime.today(at, way.there)
        return batch

    async def _twins(self, connection: db.Connection, ways: Mapping[str, approaching.Way]) -> dict[str, str]:
        """Contact -> the other one that has the same telephone number, on WhatsApp or by SMS."""
        hashes: dict[tuple[str, bytes], str] = {}
        for contact, way in ways.items():
            if way.address.channel in approaching.NUMBERED:
                number = self._seal.open("address", way.address.sealed).removeprefix(_WHATSAPP)
                other, handle = (
                    ("sms", number) if way.address.channel == "whatsapp" else ("whatsapp", _WHATSAPP + number)
                )
                hashes[other, self._seal.hash(f"address/{other}", handle)] = contact
        found = await turns.find_addresses(connection, hashes) if hashes else {}
        known = ((contact, found[hash_].contact_id) for (_, hash_), contact in hashes.items() if hash_ in found)
        return {contact: twin for contact, twin in known if twin != contact}

    def _later(
        self, turn: broadcasts.Turn, way: approaching.Way, talk: state.Talk, full: set[str], at: dt.datetime
    ) -> dt.datetime | None:
        if way.address.id in full:
            # One notice waits there already: several would make their page too heavy for the line.
            return daytime.morning(daytime.today(at, way.there) + dt.timedelta(days=1), way.there)
        if way.address.channel in self._channels and not self._map.gets_through(way):
            return at + _UNREACHABLE
        return self._map.later(way, talk, turn.told_on, at, stopped=False)


class _Letter:
    """One broadcast as rows of the outbox: sealed once for each way of saying it, for it names nobody."""

    def __init__(
        self, seal: sealing.Seal, voice: wording.Voice, ways: approaching.Map, each: broadcasts.Broadcast
    ) -> None:
        self._seal, self._voice, self._map = seal, voice, ways
        self._number, self._text = each.id, json.loads(each.text)
        self._known: dict[tuple[str, str, bool], list[Row]] = {}

    def rows(self, turn: broadcasts.Turn, way: approaching.Way, at: dt.datetime) -> list[Row]:
        """For somebody whose turn it is."""
        key = way.address.channel, turn.language, way.outside
        if key not in self._known:
            said = announcing.said(self._voice, self._text, turn.language, rings=self._map.rings(way))
            pieces = self._map.pieces(way, said)
            self._known[key] = [posting.outgoing(self._seal, key[0], each, "", "", "", at) for each in pieces]
        to = {"contact_id": turn.contact_id, "address_id": way.address.id, "respondent_id": turn.person}
        return [{**row, **to, "bulk": True, "broadcast_id": self._number} for row in self._known[key]]
