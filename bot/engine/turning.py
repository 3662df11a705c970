"""A turn in the making: the state as it changes, what happened, what will be said."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping

from bot.engine import commands, form, giving, happenings, messages, passage, state, telling
from bot.engine.messages import phrase
from bot.engine.understanding import agreeing, answers

#: Pledges, people, surveys listed at the most, so that one digit picks.
LISTED = 9


class Turning:
    """What the scenes work on. `missed` is set when the message was not understood."""

    def __init__(self, talk: state.Talk, responses: Mapping[str, state.State], incoming: messages.Incoming) -> None:
        self.talk = talk
        self.responses = dict(responses)
        self.incoming = incoming
        #: When the person wrote before, ISO 8601, or "".
        self.heard = talk.heard
        self.facts = incoming.facts
        self.changed: dict[str, state.State] = {}
        self.events: list[happenings.Event] = []
        self.lines: list[messages.Line] = []
        #: Commands offered as buttons beside those of the scene.
        self.actions: tuple[str, ...] = ()
        self.missed = False
        #: "image" or "audio" where the question's own picture or recording goes with it.
        self.attaches = ""

    def to(self, scene: str, *, before: str = "", pending: str = "", listed: tuple[str, ...] = ()) -> None:
        """Go to another scene."""
        self.talk = self.talk._replace(scene=scene, before=before, pending=pending, listed=listed)

    def change(self, **changes: object) -> None:
        """Change fields of the talk."""
        self.talk = self.talk._replace(**changes)  # type: ignore[arg-type]  # the fields' own types

    def draw(self, what: str) -> str:
        """32 hex digits of this turn's chance, others for each `what`."""
        return hashlib.sha256(f"{self.incoming.entropy}/{what}".encode()).hexdigest()[:32]

    # -- who and where --------------------------------------------------------------------------------------

    def person(self) -> state.Person | None:
        """Who answers now; None before anybody consented."""
        who = self.talk.person
        for person in self.talk.people:
            if person.id == who:
                return person
        return None

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

    def station(self) -> passage.Station | None:
        """The question that waits; None outside a form."""
        rid = self.current() if self.talk.scene == "form" else ""
        if not rid:
            return None
        response = self.responses[rid]
        return passage.passage(self.definition(response), response).station(response.at)

    def definition(self, response: state.State) -> form.Form:
        """The form a response runs on."""
        return self.facts.forms[response.form]

    def may_change(self, response: state.State) -> bool:
        """Whether its answers may be given: while it is under way, and then as long as its form is the current one."""
        return not response.ended or self.facts.surveys.get(self.definition(response).name) == response.form

    def tag(self) -> str:
        """What this scene's buttons carry: with the step enough to tell them from any other, and short for the line."""
        return self.current()[:3] if self.talk.scene == "form" else "-"

    def know(self, promise: messages.Promise) -> None:
        """What is shown next is this pledge as it stands after this very turn."""
        promises, entries = (
            tuple(promise if each.id == promise.id else each for each in known)
            for known in (self.facts.promises, self.facts.entries)
        )
        self.facts = self.facts._replace(promises=promises, entries=entries)

    def own(self, promise: messages.Promise) -> None:
        """This pledge is theirs from now on."""
        self.facts = self.facts._replace(promises=(*self.facts.promises, promise))

    def keep(self, rid: str, response: state.State) -> None:
        """A response is new or has changed."""
        self.responses[rid] = response
        self.changed[rid] = response

    def close(self, rid: str) -> None:
        """A response is no longer under way."""
        person = self.person()
        if person:
            self.change_person(person._replace(open=tuple(o for o in person.open if o != rid)))

    def join(self) -> state.Person:
        """The person who answers, made known here where nobody was."""
        person = self.person()
        if person is None:
            person = state.Person(self.draw("person"))
            self.change(people=(*self.talk.people, person), person=person.id)
            self.events.append(happenings.Joined(person.id))
        return person

    def take_back(self, definition: form.Form) -> None:
        """Nothing is kept of a survey: whoever begins it again is asked for consent again."""
        person = self.person()
        if person:
            purpose, wave = f"survey:{definition.name}", f"{definition.name}/{definition.wave}"
            consents = tuple(each for each in person.consents if each != purpose)
            finished = tuple(each for each in person.finished if each != wave)
            self.change_person(person._replace(consents=consents, finished=finished, last=""))

    def go_home(self) -> None:
        """To the menu."""
        self.to("home")

    def go_back(self) -> None:
        """From a short scene to the one before it, or to where things stand if that has passed."""
        talk = self.talk
        if talk.before in (
            "home",
            "list",
            "consent",
            "form",
            "resume",
            "who",
            "language",
            "answers",
            "restart",
            "office",
            "mail",
            "mail_code",
        ):
            self.to(talk.before, pending=talk.pending, listed=talk.listed)
        else:
            self.go_on()

    def go_on(self) -> None:
        """To the question that waits, or to the menu."""
        self.to("form" if self.current() else "home")

    def end(self, rid: str) -> None:
        """A response is complete."""
        self.keep(rid, self.responses[rid]._replace(ended=self.incoming.now.isoformat()))
        self.close(rid)
        self.events.append(happenings.Finished(rid))

    def lead_back(self) -> None:
        """To what was interrupted, or to the menu."""
        if self.current():
            self.say(phrase("Now back to where you were."))
        self.go_on()

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
        if self.incoming.kind == "text" and (agreed := agreeing.consents(self.incoming.text)) is not None:
            return agreed
        number = self.number(2)
        return number == 1 if number else None

    def given(self, response: state.State) -> telling.Given:
        """What the texts of a response's form may refer to beside its questions; filled by pledges."""
        campaign = self.facts.campaigns.get(response.campaign)
        return giving.references(campaign) if campaign else {}


def options(*labels: messages.Line) -> tuple[messages.Option, ...]:
    """Numbered lines."""
    return tuple(messages.Option(label) for label in labels)


def yes_no() -> tuple[messages.Option, ...]:
    """1 yes, 2 no."""
    return options(phrase("Yes"), phrase("No"))
