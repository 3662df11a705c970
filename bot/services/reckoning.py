"""Reckoning: the pledges that a group of turns is told of, as they stand after each of its turns."""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Collection, Iterable

from bot.engine import giving, happenings, messages
from bot.engine.pledging.events import Step
from bot.services import booking
from models import ledger, sealing


class Reckoning:
    """Two people of one group may be about one pledge: who comes second finds what the first has done."""

    def __init__(self, seal: sealing.Seal, pledges: Iterable[ledger.Pledge] = ()) -> None:
        self._seal = seal
        self._promises: dict[str, messages.Promise] = {}
        self._rows: dict[str, ledger.Pledge] = {}
        self._givers: dict[str, str | None] = {}
        self._sent: dict[str, dt.date] = {}
        #: Promises in another's name that somebody of this group has said yes or no to: their links are used up.
        self._answered: set[str] = set()
        self.know(pledges)

    def know(self, pledges: Iterable[ledger.Pledge]) -> None:
        """These too, in the order in which they are told."""
        rows = list(pledges)
        for promise in booking.promises(rows):
            self._promises.setdefault(promise.id, promise)
        for row in rows:
            self._rows[row.id] = row
            self._givers.setdefault(row.id, row.respondent_id)
            for event in row.events:
                if event.step == Step.SENT.value:
                    self._sent[row.id] = event.at.date()

    def of(self, person: str) -> tuple[messages.Promise, ...]:
        """This person's own pledges, and those that they recorded for others."""
        return tuple(
            self._told(each, person)
            for each in self._promises.values()
            if person and person in (self._givers[each.id], self._rows[each.id].recorder_id)
        )

    def _told(self, promise: messages.Promise, person: str) -> messages.Promise:
        mine, row = self._givers[promise.id] == person, self._rows[promise.id]
        name = self._name(row) if mine else ""
        return dataclasses.replace(promise, mine=mine, name=name, shown=(row.shown or "person") if name else "")

    def _name(self, row: ledger.Pledge) -> str:
        return self._seal.open("pledge", row.sealed) if row.sealed else ""

    def vouched(self, pledges: Iterable[str], person: str) -> tuple[messages.Promise, ...]:
        """What whoever has a link may say yes or no to; to the relative who made it, it is not theirs."""
        return tuple(
            dataclasses.replace(self._promises[each], mine=not person or self._rows[each].recorder_id != person)
            for each in pledges
            if each in self._promises and each not in self._answered
        )

    def shown(self, pledge: str, behind: Collection[str]) -> messages.Promise | None:
        """A pledge as whoever signs sees it; `behind`: the people behind the phone they write from."""
        promise = self._promises.get(pledge)
        if promise is None:
            return None
        row = self._rows[pledge]
        own = self._givers[pledge] in behind or row.recorder_id in behind
        return dataclasses.replace(promise, own=own, name=self._name(row), sent=self._sent.get(pledge))

    def happened(self, event: happenings.Event) -> None:
        """It stands so from now on."""
        if isinstance(event, happenings.Stepped) and event.pledge in self._promises:
            self._promises[event.pledge] = giving.stepped(self._promises[event.pledge], event.steps)
        elif isinstance(event, happenings.Answered):
            self._answered.add(event.pledge)
            self._givers[event.pledge] = event.person or None

    def giver(self, row: ledger.Pledge) -> str | None:
        """Whose it is after all turns so far; None of one that nobody has said yes to."""
        return self._givers.get(row.id, row.respondent_id)

    def latest(self, promise: messages.Promise) -> messages.Promise:
        """The pledge as it stands after all turns so far."""
        return self._promises.get(promise.id, promise)
