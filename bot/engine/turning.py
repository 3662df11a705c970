"""A turn in the making: the state as it changes, what happened, what will be said."""

from __future__ import annotations

import dataclasses
import hashlib
from collections.abc import Mapping

from bot.engine import answers, commands, flow, giving, messages, state
from bot.engine.messages import phrase

#: Pledges, people, surveys listed at the most, so that one digit picks.
LISTED = 9


class Turning:
    """What the scenes work on. `missed` is set when the message was not understood."""

    def __init__(self, talk: state.Talk, responses: Mapping[str, state.State], incoming: messages.Incoming) -> None:
        self.talk = talk
        self.responses = dict(responses)
        self.incoming = incoming
        self.facts = incoming.facts
        self.changed: dict[str, state.State] = {}
        self.events: list[messages.Event] = []
        self.lines: list[messages.Line] = []
        self.missed = False

    def to(self, scene: str, *, before: str = "", pending: str = "", listed: tuple[str, ...] = ()) -> None:
        """Go to another scene."""
        self.talk = dataclasses.replace(self.talk, scene=scene, before=before, pending=pending, listed=listed)

    def change(self, **changes: object) -> None:
        """Change fields of the talk."""
        self.talk = dataclasses.replace(self.talk, **changes)  # type: ignore[arg-type]  # the fields' own types

    def draw(self, what: str) -> str:
        """32 hex digits of this turn's chance, others for each `what`."""
        return hashlib.sha256(f"{self.incoming.entropy}/{what}".encode()).hexdigest()[:32]

    # -- who and where --------------------------------------------------------------------------------------

    def person(self) -> state.Person | None:
        """Who answers now; None before anybody consented."""
        return next((person for person in self.talk.people if person.id == self.talk.person), None)

    def shared(self) -> bool:
        """True where it must be asked who is answering."""
        return len(self.talk.people) > (1 if self.talk.person else 0)

    def change_person(self, changed: state.Person) -> None:
        """Put a changed person back."""
        people = tuple(changed if person.id == changed.id else person for person in self.talk.people)
        self.change(people=people)

    def current(self) -> str:
        """Id of the response that waits for this person, or ""."""
        person = self.person()
        return person.open[-1] if person and person.open else ""

    def tag(self) -> str:
        """What this scene's buttons carry."""
        return self.current()[:8] if self.talk.scene == "form" else "-"

    def keep(self, rid: str, response: state.State) -> None:
        """A response is new or has changed."""
        self.responses[rid] = response
        self.changed[rid] = response

    def close(self, rid: str) -> None:
        """A response is no longer under way."""
        person = self.person()
        if person:
            self.change_person(dataclasses.replace(person, open=tuple(o for o in person.open if o != rid)))

    def take_consent_back(self, purpose: str) -> None:
        """Whoever begins again is asked for consent again."""
        person = self.person()
        if person:
            kept = tuple(each for each in person.consents if each != purpose)
            self.change_person(dataclasses.replace(person, consents=kept))

    def go_home(self) -> None:
        """To the menu."""
        self.to("home")

    def go_back(self) -> None:
        """From a short scene to the one before it, or to where things stand if that has passed."""
        talk = self.talk
        if talk.before in ("home", "list", "consent", "form", "resume", "who", "language"):
            self.to(talk.before, pending=talk.pending, listed=talk.listed)
        else:
            self.go_on()

    def go_on(self) -> None:
        """To the question that waits, or to the menu."""
        self.to("form" if self.current() else "home")

    # -- reading and saying ---------------------------------------------------------------------------------

    def say(self, line: messages.Line) -> None:
        """One more line before what is asked next."""
        self.lines.append(line)

    def miss(self, line: messages.Line | None = None) -> None:
        """The message was no answer."""
        self.missed = True
        self.say(line or answers.NOT_UNDERSTOOD)

    def number(self, options: int) -> int:
        """Which of so many options the message picks, from 1; 0, and a kind word said, if none."""
        digits = commands.fold(self.incoming.text[:40])
        if self.incoming.kind != "text" or not answers.says_something(self.incoming.text):
            self.miss(answers.NO_WORDS)
        elif digits.isascii() and digits.isdigit() and 1 <= int(digits) <= options:
            return int(digits)
        else:
            self.miss()
        return 0

    def yes_or_no(self) -> bool | None:
        """The message as a yes or a no; None, and a kind word said, if neither."""
        folded = commands.fold(self.incoming.text[:40])
        if folded in commands.YES or folded in commands.NO:
            return folded in commands.YES
        number = self.number(2)
        return number == 1 if number else None

    def given(self, response: state.State) -> flow.Given:
        """What the texts of a response's form may refer to beside its questions; filled by pledges."""
        campaign = self.facts.campaigns.get(response.campaign)
        return giving.references(response, campaign) if campaign else {}


def options(*labels: messages.Line) -> tuple[messages.Option, ...]:
    """Numbered lines."""
    return tuple(messages.Option(label) for label in labels)


def yes_no() -> tuple[messages.Option, ...]:
    """1 yes, 2 no."""
    return options(phrase("Yes"), phrase("No"))
