"""Offices of the made-up house: what their holders are told of, as the desk would read it."""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Sequence
from decimal import Decimal

from bot.engine import acknowledging, commands, form, happenings, holding, messages, state, treasury
from bot.engine.pledging import events, ledger
from bot.engine.pledging.events import Role, Step

#: More than so many som take two signatures, as flows/suu.campaign.yaml has it.
BOUND = Decimal(50000)
TITLE = {"ky": "Айылга таза суу", "ru": "Чистая вода в село"}
CODES = {Role.TREASURER: "KASSAASHA2", Role.SECOND: "EKENCASHA2"}


class Offices:
    """Who holds what, and what is known of pledges only to them."""

    def __init__(self) -> None:
        self.codes: dict[str, messages.Duty] = {}
        #: Whose each is.
        self.held: dict[str, messages.Duty] = {}
        self._names: dict[str, str] = {}
        self._sent: dict[str, dt.date] = {}
        #: Which event it was that made each wait: (pledge, whether for a signature) -> its number.
        self._places: dict[tuple[str, bool], int] = {}
        self._events = self._receipts = 0
        #: Photos of receipts, by their pledge, as far as they are here.
        self.photos: dict[str, tuple[form.Attachment, ...]] = {}

    def appoint(self, campaign: str, role: Role, code: str) -> None:
        """A code is given."""
        self.codes[code] = messages.Duty(campaign, TITLE, role, bound=BOUND)

    def taken(self, event: happenings.Appointed, number: int) -> None:
        """Somebody takes the office, and whoever held it does no more."""
        role = event.duty.role
        self.held = {who: duty for who, duty in self.held.items() if duty.role is not role}
        self.held[event.person] = dataclasses.replace(event.duty, hand=f"role{number}")
        del self.codes[event.code]

    def given(self, event: happenings.Pledged) -> None:
        """A pledge is new."""
        self._names[event.pledge] = event.name
        self._receipts = max(self._receipts, event.receipt)
        self._placed(event.pledge, event.steps)

    def stepped(self, event: happenings.Stepped) -> None:
        """Something happened to one."""
        self._placed(event.pledge, event.steps)

    def _placed(self, pledge: str, steps: Sequence[events.Event]) -> None:
        for each in steps:
            self._events += 1
            if each.step is Step.SENT:
                self._sent[pledge] = each.at.date()
            if each.step is Step.SENT or each.step in ledger.SIGNED_AS:
                self._places[pledge, each.step is not Step.SENT] = self._events

    def facts(
        self,
        facts: messages.Facts,
        talk: state.Talk,
        text: str,
        start: str,
        pledges: Sequence[tuple[str, messages.Promise]],
    ) -> messages.Facts:
        """What the desk would read beside the other facts, and nothing more."""
        code = commands.office_code(text, start) or holding.wanted(talk.pending)
        office = self.codes.get(code)
        hinted = any(person.id == talk.person and person.offices for person in talk.people)
        meant = commands.recognise(text) in (commands.Command.TREASURY, commands.Command.DATA)
        busy = hinted and (meant or talk.scene in acknowledging.SCENES or talk.scene == "home")
        duty = self.held.get(talk.person) if busy or code else None
        if duty is None:
            return facts._replace(office=office)
        waiting = {promise.id: (person, promise) for person, promise in pledges if treasury.waits(promise)}
        signed = {pledge: each.standing.proposal is not None for pledge, (_, each) in waiting.items()}
        ordered = sorted(waiting, key=lambda pledge: (not signed[pledge], self._places[pledge, signed[pledge]]))
        asked = {marked.partition(":")[0] for marked in talk.listed} | {commands.reference_code(text)}
        ordered = ordered[: treasury.MOST] + [
            promise.id for _, promise in pledges if promise.id not in ordered and {promise.id, promise.code} & asked
        ]
        known = {promise.id: (person, promise) for person, promise in pledges}
        receipt = self._receipts + 1 if talk.scene == "gift" else 0
        return facts._replace(
            office=office,
            duties=(dataclasses.replace(duty, receipt=receipt),),
            entries=tuple(self._entry(*known[pledge], talk) for pledge in ordered),
            more=max(len(waiting) - treasury.MOST, 0),
        )

    def _entry(self, person: str, promise: messages.Promise, talk: state.Talk) -> messages.Promise:
        own = person in {each.id for each in talk.people}
        sent = self._sent.get(promise.id)
        photos, name = self.photos.get(promise.id, ()), self._names.get(promise.id, "")
        return dataclasses.replace(promise, own=own, name=name, sent=sent, photos=photos)
