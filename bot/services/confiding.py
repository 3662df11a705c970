"""Relatives who hear for others: the links that ask them, what they are told, and who else hears that it has ended."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Sequence
from typing import Any, NamedTuple

from bot import wording
from bot.channels import composing
from bot.engine import commands, confiding, daytime, form, happenings, heralding, messages
from bot.engine.messages import phrase
from bot.services import approaching, gathering, posting, publishing, recording, telling
from models import confiding as kept
from models import db, hearing, outbox, sealing

#: Whoever writes just then is told a little later.
_SOON = dt.timedelta(seconds=10)
_NO_MORE = phrase("The relative who heard for you hears no more. To name another, write “relative”.")
_ENDED = phrase("You hear no more of your relative's promises: they have ended it. Thank you!")


class Read(NamedTuple):
    """What is read for a group: what is asked by the codes in it, and who hears for whom."""

    asked: dict[str, kept.Asked]
    pairs: Sequence[tuple[str, str]]

    def facts(self, facts: messages.Facts, known: recording.Known) -> messages.Facts:
        """The same facts, with what concerns who writes."""
        person, asked = known.talk.person, self.asked.get(_followed(known))
        mine = asked is not None and asked.giver in {each.id for each in known.talk.people}
        return facts._replace(
            confidence=messages.Confidence(asked.campaigns, mine) if asked else None,
            confided=any(giver == person for giver, _ in self.pairs),
            hears=sum(who == person for _, who in self.pairs),
        )

    def happened(self, event: happenings.Event) -> None:
        """A link is used once, and a new one takes its place: whoever comes later in this group comes too late."""
        if isinstance(event, happenings.Hears):
            del self.asked[event.code]
        elif isinstance(event, happenings.Confided):
            for code in [code for code, each in self.asked.items() if each.giver == event.person]:
                del self.asked[code]


def _followed(known: recording.Known) -> str:
    """The code of the link that this message comes by, or that waits for an answer; or ""."""
    link = known.inbound.start or commands.entry(known.inbound.text)
    return confiding.code(link) or confiding.code(known.talk.pending)


async def read(
    connection: db.Connection, seal: sealing.Seal, group: Sequence[recording.Known], at: dt.datetime
) -> Read:
    """Only for whoever follows such a link, or looks at who hears for whom."""
    codes = {recording.confidant_hash(seal, code): code for known in group if (code := _followed(known))}
    asked = await kept.asked(connection, codes, at) if codes else {}
    pairs = await kept.of(connection, [known.talk.person for known in group if _wants(known)])
    return Read({codes[hash_]: each for hash_, each in asked.items()}, pairs)


def _wants(known: recording.Known) -> bool:
    asked = commands.recognise(known.inbound.text) in (commands.Command.DATA, commands.Command.RELATIVE)
    return bool(known.talk.person) and (asked or known.talk.scene in confiding.SCENES)


async def tell(
    connection: db.Connection,
    kit: recording.Kit,
    known: recording.Known,
    events: Iterable[happenings.Event],
    at: dt.datetime,
) -> None:
    """One line to the other side, where one has ended it."""
    givers, confidants = set[str](), set[str]()
    for event in events:
        match event:
            case happenings.Unconfided():
                givers.add(event.person)
            case happenings.Unhearing():
                confidants.add(event.person)
            case happenings.Erased():
                givers.add(event.person)
                confidants.add(event.person)
            case happenings.Stopped():
                confidants |= {each.id for each in known.talk.people}
    if not givers and not confidants:
        return
    pairs = await kept.of(connection, sorted(givers | confidants))
    lines = [(who, _ENDED) for giver, who in pairs if giver in givers and who not in confidants]
    lines += [(giver, _NO_MORE) for giver, who in pairs if who in confidants and giver not in givers]
    await telling.tell(connection, kit, known, lines, at)


async def relay(
    connection: db.Connection,
    seal: sealing.Seal,
    voice: wording.Voice,
    ways: approaching.Map,
    library: publishing.Library,
    givers: Collection[str],
    at: dt.datetime,
) -> dict[str, dt.datetime]:
    """Tell those who hear for these givers what they have not heard; giver -> when to look again. Givers are held.

    Nothing is changed in the conversations of those who are told: an answer of theirs is to something else.
    """
    found = await kept.hearing_for(connection, givers)
    free = set(await hearing.lock(connection, {each.contact_id for each in found})) if found else set()
    addresses = await hearing.addresses(connection, free, ways.pushed) if free else {}
    # Only now: whoever tells of another of their givers holds them as well.
    last = await kept.last_told(connection, {each.person for each in found}) if free else {}
    again: dict[str, dt.datetime] = {}
    told: dict[str, tuple[kept.Confidant, approaching.Way]] = {}
    for each in found:
        if each.contact_id not in free:
            again[each.giver] = at + _SOON
            continue
        talk = approaching.talk(seal, each.sealed)
        way = ways.way(each.person, addresses[each.contact_id], talk, at)
        if not ways.rings(way):
            # They went over to a page themselves.
            continue
        if not ways.gets_through(way):
            # Perhaps they write until then.
            again[each.giver] = daytime.morning(daytime.today(at, way.there) + dt.timedelta(days=1), way.there)
        elif later := ways.later(way, talk, last.get(each.person), at, stopped=False):
            again[each.giver] = later
        else:
            told[each.giver] = each, way
    there = {giver: way.there for giver, (_, way) in told.items()}
    stands = await gathering.gather(connection, library, there, at, confided=True)
    rows: list[dict[str, Any]] = []
    days: dict[dt.date, list[str]] = {}
    # Whoever hears for several is told of one a day: of the one they have not heard of for longest.
    for giver, (each, way) in sorted(told.items(), key=lambda item: item[1][0].told_on or dt.date.min):
        stand, today = stands[giver], daytime.today(at, way.there)
        lines = heralding.relay(stand.news, stand.facts)
        if lines and last.get(each.person) == today:
            del stands[giver]
            again[giver] = daytime.morning(today + dt.timedelta(days=1), way.there)
            continue
        if lines:
            language = each.language if each.language in form.LANGUAGES else form.LANGUAGES[0]
            outbound = composing.compose(voice, messages.Reply(lines), language)._replace(language=language)
            # Under the giver's name, for it goes when they are erased.
            where = each.contact_id, way.address.id, giver, at
            pieces = ways.pieces(way, outbound)
            rows += [posting.outgoing(seal, way.address.channel, piece, *where) for piece in pieces]
            days.setdefault(today, []).append(giver)
            last[each.person] = today
        if look := approaching.again(stand.again, last.get(each.person), way.there, at):
            again[giver] = look
    # One day for each time zone, and those are few.
    for day, theirs in days.items():
        await kept.told(connection, theirs, day)
    await hearing.remember(connection, [], [row for each in stands.values() for row in each.further], {})
    if rows:
        await outbox.add(connection, rows)
    return again
