"""Approaching somebody who has not asked: by which address, when it is day where they are, and while nothing else is
under way. For notices and broadcasts alike."""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from bot.channels import base, plain
from bot.engine import daytime, state, whereabouts
from models import hearing, sealing

#: WhatsApp lets us write freely for a day after they did; a little less, for what waits in the outbox.
WINDOW = dt.timedelta(hours=23)
#: Whoever answers questions just now is left alone so long.
_TALKS = dt.timedelta(minutes=30)
#: An approved template has room for a thousand letters, beside what it says itself.
TEMPLATE = 900

#: Channels whose addresses are telephone numbers.
NUMBERED = ("whatsapp", "sms")


class Way(NamedTuple):
    """How somebody is told now: where, and whether only an approved template gets through."""

    address: hearing.Address
    there: daytime.Hours
    outside: bool


_NOWHERE = hearing.Address("", "", b"", None, None)


class Map:
    """The ways to people, by the channels there are."""

    def __init__(self, seal: sealing.Seal, channels: Mapping[str, base.Channel]) -> None:
        self._seal = seal
        self._channels = channels
        self.pushed = [name for name, channel in channels.items() if channel.capabilities.push]

    def way(self, person: str, addresses: Sequence[hearing.Address], talk: state.Talk, at: dt.datetime) -> Way:
        """By the first address that is theirs; where they are, they said themselves, or any telephone number tells."""
        numbers = [self._seal.open("address", each.sealed) for each in addresses if each.channel in NUMBERED]
        there = clocks(talk, numbers[0] if numbers else "")
        theirs = (each for each in addresses if each.channel in self._channels and each.person in (None, person))
        first = next(theirs, _NOWHERE)
        channel = self._channels.get(first.channel)
        silent = first.heard_at is None or first.heard_at < at - WINDOW
        return Way(first, there, bool(channel and channel.capabilities.window and silent))

    def rings(self, way: Way) -> bool:
        """False where it waits for their next visit."""
        return way.address.channel in self.pushed

    def gets_through(self, way: Way) -> bool:
        """False where nothing does before they write again."""
        return not way.outside or self.capabilities(way).opens

    def capabilities(self, way: Way) -> base.Capabilities:
        """What the channel can, with an approved template around it where one is needed."""
        given = self._channels[way.address.channel].capabilities
        return dataclasses.replace(given, text=TEMPLATE) if way.outside else given

    def later(
        self, way: Way, talk: state.Talk, told_on: dt.date | None, at: dt.datetime, *, stopped: bool
    ) -> dt.datetime | None:
        """When to look again at somebody who is not told now; None where they are."""
        today = daytime.today(at, way.there)
        if stopped or way.address.channel not in self._channels or told_on == today:
            # Whoever stopped may come back; then this waits for them.
            return daytime.morning(today + dt.timedelta(days=1), way.there)
        if not daytime.is_day(at, way.there):
            return daytime.opening(at, way.there)
        if talk.scene not in ("home", "done") and talk.heard and dt.datetime.fromisoformat(talk.heard) > at - _TALKS:
            return at + _TALKS
        return None

    def pieces(self, way: Way, outbound: base.Outbound) -> list[base.Outbound]:
        """The messages in which it is sent this way."""
        return plain.pieces(outbound._replace(outside=way.outside), self.capabilities(way))


def clocks(talk: state.Talk, number: str) -> daytime.Hours:
    """Where whoever holds a phone is, as far as they or their number tell; "" is no number."""
    said = (person.country for person in talk.people if person.country not in ("", whereabouts.UNTOLD))
    return daytime.there(next(said, ""), number)


def talk(seal: sealing.Seal, sealed: bytes | None) -> state.Talk:
    """A contact's conversation."""
    return state.talk_from(seal.open_json("contact", sealed)) if sealed else state.Talk()


def again(day: dt.date | None, told_on: dt.date | None, there: daytime.Hours, at: dt.datetime) -> dt.datetime | None:
    """When to look at somebody again by ourselves: in the morning of that day, if they were not told anything on it."""
    if day is None:
        return None
    on = max(day, told_on + dt.timedelta(days=1)) if told_on else day
    return daytime.opening(max(daytime.morning(on, there), at), there)
