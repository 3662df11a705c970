"""Reckoning: the pledges that a group of turns is told of, as they stand after each of its turns."""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Collection, Iterable, Mapping

from bot.engine import giving, messages
from bot.engine.pledging.events import Step
from bot.services import booking
from models import ledger, sealing
from models import treasury as chest


class Reckoning:
    """Two people of one group may be about one pledge: who comes second finds what the first has done."""

    def __init__(self, pledges: Iterable[ledger.Pledge] = ()) -> None:
        self._promises: dict[str, messages.Promise] = {}
        self._givers: dict[str, str | None] = {}
        self._sent: dict[str, dt.date] = {}
        self._names: dict[str, str] = {}
        self.know(pledges)

    def know(self, pledges: Iterable[ledger.Pledge]) -> None:
        """These too, in the order in which they are told."""
        rows = list(pledges)
        for promise in booking.promises(rows):
            self._promises.setdefault(promise.id, promise)
        for row in rows:
            self._givers[row.id] = row.respondent_id
            for event in row.events:
                if event.step == Step.SENT.value:
                    self._sent[row.id] = event.at.date()

    def names(self, seal: sealing.Seal, more: Mapping[str, chest.More]) -> None:
        """Of these, the names that their givers let be shown, and those on receipts."""
        for pledge, each in more.items():
            if each.sealed:
                self._names[pledge] = seal.open("pledge", each.sealed)

    def of(self, person: str) -> tuple[messages.Promise, ...]:
        """This person's own pledges."""
        return tuple(each for each in self._promises.values() if person and self._givers[each.id] == person)

    def shown(self, pledge: str, behind: Collection[str]) -> messages.Promise | None:
        """A pledge as whoever signs sees it; `behind`: the people behind the phone they write from."""
        promise = self._promises.get(pledge)
        if promise is None:
            return None
        own, name, sent = self._givers[pledge] in behind, self._names.get(pledge, ""), self._sent.get(pledge)
        return dataclasses.replace(promise, own=own, name=name, sent=sent)

    def happened(self, event: messages.Event) -> None:
        """It stands so from now on."""
        if isinstance(event, messages.Stepped) and event.pledge in self._promises:
            self._promises[event.pledge] = giving.stepped(self._promises[event.pledge], event.steps)

    def latest(self, promise: messages.Promise) -> messages.Promise:
        """The pledge as it stands after all turns so far."""
        return self._promises.get(promise.id, promise)
