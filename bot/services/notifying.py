"""Telling those who pledged what became of a campaign: each once, in their language, in their own daytime.

A notice is an event of the campaign and how far it has come among the contacts, in the order of their ids; each batch
of messages is put into the outbox in the commit that moves it on. So it can be cut short anywhere, in any process.
"""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Collection, Sequence
from typing import NamedTuple

from bot import wording
from bot.channels import base
from bot.engine import form, messages
from bot.engine.pledging import campaigns
from bot.services import campaigning, recording, revising
from models import courses, db, notices, outbox, sealing
from models import publishing as stored

_log = logging.getLogger(__name__)

#: Contacts in one transaction: whoever writes just then waits for no more than these.
BATCH = 20
#: Kyrgyzstan knows no summer time. Migrants are told by the clock of home until we know theirs.
_HOME = dt.timezone(dt.timedelta(hours=6))
_MORNING, _EVENING = 9, 20


class Words(NamedTuple):
    """What those are told whose pledges are in these states; the first that fits a giver counts."""

    states: frozenset[str]
    lines: tuple[messages.Line, ...]


def daytime(at: dt.datetime) -> dt.datetime:
    """That moment, or if it is night the next morning."""
    there = at.astimezone(_HOME)
    morning = there.replace(hour=_MORNING, minute=0, second=0, microsecond=0)
    if there < morning:
        return morning.astimezone(dt.UTC)
    return (morning + dt.timedelta(days=1)).astimezone(dt.UTC) if there.hour >= _EVENING else at


class Notifier:
    """Tells. `pushed` names the channels that can be written to at any time; elsewhere it waits for the next visit."""

    def __init__(
        self, database: db.Database, seal: sealing.Seal, voice: wording.Voice, pushed: Collection[str]
    ) -> None:
        self._database = database
        self._seal = seal
        self._voice = voice
        self._pushed = pushed

    async def go_on(self, at: dt.datetime) -> int:
        """Bring every notice to its end; how many contacts were told."""
        async with self._database.reading() as connection:
            waiting = await notices.waiting(connection, at)
        told = 0
        for notice in waiting:
            if (morning := daytime(at)) != at:
                async with self._database.transaction() as connection:
                    await notices.put_off(connection, notice, morning)
            else:
                told += await self._tell(notice, at)
        return told

    async def _tell(self, notice: notices.Notice, at: dt.datetime) -> int:
        async with self._database.reading() as connection:
            said = await words(connection, notice.event)
        told = 0
        wanted = frozenset[str]().union(*(each.states for each in said))
        while True:
            async with self._database.reading() as connection:
                givers = await notices.next_givers(connection, notice, wanted, BATCH)
            last = givers[-1].contact_id if givers else None
            try:
                async with self._database.transaction() as connection:
                    # Contacts before the notice, as everybody locks them.
                    found = await notices.addressees(connection, [each.contact_id for each in givers], self._pushed)
                    if not await notices.advance(connection, notice, last):
                        return told
                    rows = [
                        self._row(found[each.contact_id], each, said, at) for each in givers if each.contact_id in found
                    ]
                    if rows:
                        await outbox.add(connection, rows)
            except db.DatabaseError as error:
                # In the next round again, from where it stands.
                _log.warning("a notice stood still: %s", type(error).__name__)
                return told
            if last is None:
                return told
            told, notice = told + len(rows), notice._replace(told=last)

    def _row(
        self, to: notices.Addressee, giver: notices.Giver, said: Sequence[Words], at: dt.datetime
    ) -> dict[str, object]:
        language = to.language if to.language in form.LANGUAGES else ""
        lines = next(each.lines for each in said if each.states & giver.states)
        outbound = base.Outbound(self._voice.lines(lines, language), language=language or form.LANGUAGES[0])
        return {
            "contact_id": to.contact_id,
            "address_id": to.address_id,
            "channel": to.channel,
            "respondent_id": None,
            "status": "waiting",
            "sealed": self._seal.close_json("outgoing", recording.slim(outbound)),
            "not_before": at,
            "created_at": at,
        }


async def words(connection: db.Connection, event: courses.Event) -> tuple[Words, ...]:
    """Who is told what of an event; nobody, where it concerns nobody."""
    before = await courses.last(connection, event.campaign, before=event.id)
    if before is None or before.version == event.version:
        return ()
    found = await stored.campaign_definitions(connection, [before.version, event.version])
    old, new = found[before.version][0], found[event.version][0]
    revision = revising.decide(before.state, old, new, event.at.date())
    if isinstance(revision, campaigns.Refusal):
        # It was published all the same: by a program that knew other rules.
        return ()
    was, is_now = (campaigning.campaign(version, *found[version]) for version in (before.version, event.version))
    return tuple(
        Words(frozenset(states), revising.words(was, is_now, revision.matters, asked=asked))
        for states, asked in ((revision.asked, True), (revision.told, False))
    )
