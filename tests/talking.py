"""A made-up house with the flows that ship, and people who talk to the bare engine in it; no database, no channel."""

from __future__ import annotations

import csv
import dataclasses
import datetime as dt
import functools
import json
from collections import Counter
from collections.abc import Iterable
from decimal import Decimal
from pathlib import Path
from typing import Any, NamedTuple

import yaml

from bot.engine import (
    commands,
    confiding,
    contribution,
    conversation,
    doing,
    form,
    giving,
    happenings,
    messages,
    reviewing,
    state,
    vouching,
)
from bot.engine.authoring import reading
from bot.engine.pledging import campaigns, matching
from bot.services import needing
from tests import offices

FLOWS = Path(__file__).resolve().parents[1] / "flows"
FORMS = Path(__file__).resolve().parent / "forms"
START = dt.datetime(2027, 3, 1, 9, 0, tzinfo=dt.UTC)
PHONE = "0700 12 34 56"
SITE = "https://ashar.example"
#: Those of the stand-ins, so that a conversation reads the same on the bare engine and over every channel.
WAYS = ("https://t.me/AsharStandInBot?start=", "https://wa.me/996555000111?text=ashar%20")


_MAILBOX = (commands.Command.MAIL, commands.Command.DATA)
_KIN = (commands.Command.RELATIVE, commands.Command.DATA)


class Clock:
    """Time that moves only when told to; a minute passes with every message."""

    def __init__(self) -> None:
        self.now = START

    def __call__(self) -> dt.datetime:
        return self.now

    def forward(self, **ahead: int) -> None:
        """So much later."""
        self.now += dt.timedelta(**ahead)


class Chance:
    """Chance that falls the same way every time: 1, 2, 3, as 32 hex digits."""

    def __init__(self) -> None:
        self.drawn = 0

    def __call__(self) -> str:
        self.drawn += 1
        return f"{self.drawn:032x}"


# -- what is asked --------------------------------------------------------------------------------------------------


def sheets(file: str) -> Any:
    """A flow's file as YAML gives it."""
    return yaml.safe_load((FLOWS / file).read_text(encoding="utf-8"))


def made(raw: Any, **lists: list[dict[str, object]]) -> form.Form:
    """The form in these sheets; a problem in them is a failure."""
    with (FLOWS / "places.csv").open(encoding="utf-8", newline="") as file:
        places: list[dict[str, object]] = [dict(row) for row in csv.DictReader(file)]
    definition, problems = reading.read(raw, {"places.csv": places, **lists})
    assert definition is not None, "\n".join(map(str, problems))
    return definition


@functools.cache
def flows() -> tuple[form.Form, form.Form, messages.Campaign]:
    """What ships: the survey, the pledge form of the campaign, the campaign."""
    raw = sheets("suu.campaign.yaml")
    survey = made(sheets("priorities.yaml"))
    # Publishing's own rows, descriptions and all: what is tested must be what people see.
    pledge = made(sheets("pledge.yaml"))
    campaign = messages.Campaign(
        name=raw["name"],
        title=raw["title"],
        story=raw["story"],
        holder=raw["holder"],
        handover=raw["handover"],
        deadline=raw["deadline"],
        state=campaigns.State.OPEN,
        model=campaigns.Model(raw["model"]),
        needs=tuple(_need(need) for need in raw["needs"]),
        version="0" * 16,
        form=pledge.version,
        promised={},
        pledges=0,
        matches=tuple(messages.Match(_rule(each), each["whose"]) for each in raw["matching"]),
    )
    return survey, pledge, campaign


def _rule(raw: dict[str, Any]) -> matching.Rule:
    caps = {cap: Decimal(raw[cap]) for cap in ("cap_pledge", "cap_person", "cap_total") if cap in raw}
    return matching.Rule(raw["name"], raw["kind"], Decimal(str(raw["factor"])), **caps)


def _need(raw: dict[str, Any]) -> messages.Need:
    return messages.Need(
        name=raw["name"],
        kind=raw["kind"],
        label=raw["label"],
        unit={language: tuple(words) for language, words in raw.get("unit", {}).items()},
        minimum=Decimal(raw["minimum"]),
        optimum=Decimal(raw["optimum"]),
        covers=needing.covers(raw.get("covers")),
    )


# -- what a desk keeps ----------------------------------------------------------------------------------------------


class Kept(NamedTuple):
    """One response as it is stored: whose, its state in JSON, and whether it is finished."""

    person: str
    text: str
    finished: bool

    def state(self) -> state.State:
        """The state that was stored."""
        return state.state_from(json.loads(self.text))


class House:
    """What everybody shares: forms, campaigns, pledges, responses and the tallies that are kept as they change."""

    def __init__(self, surveys: Iterable[form.Form] = (), *, phone: str = PHONE) -> None:
        survey, pledge, campaign = flows()
        asked = tuple(surveys) or (survey,)
        self.forms = {definition.version: definition for definition in (*asked, pledge)}
        self.surveys = {definition.name: definition.version for definition in asked}
        self.campaigns = {campaign.name: campaign}
        self.phone = phone
        self.clock, self.chance = Clock(), Chance()
        #: Som for one of each currency, and the currencies that are suggested first.
        self.worth: dict[str, messages.Rate] = {}
        self.near: tuple[str, ...] = ()
        self.responses: dict[str, Kept] = {}
        self.tallies: Counter[contribution.Key] = Counter()
        #: Pledges that stand, each with whose it is.
        self.pledges: dict[str, tuple[str, messages.Promise]] = {}
        self.offices = offices.Offices()
        #: Of those in another's name: who made each, and the code of its link.
        self.vouched: dict[str, tuple[str, str]] = {}
        #: Photos of receipts, by their pledge.
        self.receipts: list[tuple[str, state.Media]] = []
        #: Whether e-mail is sent here; letters that went out, in order; and whose e-mail is which.
        self.mails = False
        self.letters: list[happenings.MailAsked] = []
        self.mailboxes: dict[str, messages.Mailbox] = {}

        #: Codes of links by which a relative hears for somebody, and who that is; and giver -> who hears for them.
        self.asked: dict[str, str] = {}
        self.confidants: dict[str, str] = {}

    def facts(self, talk: state.Talk, text: str, kind: str = "text", start: str = "") -> messages.Facts:
        """What the desk would read for a message to this conversation, and nothing more."""
        command, person, scene = commands.recognise(text), talk.person, talk.scene
        wants_promises = doing.wanted(scene, text, kind)
        promises = [
            dataclasses.replace(promise, mine=of == person)
            for name, (of, promise) in self.pledges.items()
            if person and person in (of, self.vouched.get(name, ("",))[0])
        ]
        looks = command in _KIN or scene in confiding.SCENES
        code = vouching.code(start or commands.entry(text)) or vouching.code(talk.pending)
        vouched = [
            dataclasses.replace(self.pledges[name][1], mine=made != person)
            for name, (made, link) in self.vouched.items()
            if code and link == code
        ]
        finished = [kept.state() for kept in self.responses.values() if kept.finished and kept.person == person]
        return messages.Facts(
            forms=self.forms,
            surveys=self.surveys,
            campaigns={name: self._standing(campaign) for name, campaign in self.campaigns.items()},
            promises=tuple(promises) if person and wants_promises else (),
            vouched=tuple(vouched),
            finished=tuple(finished) if person and command is commands.Command.DATA else (),
            phone=self.phone,
            site=SITE,
            worth=self.worth,
            near=self.near,
            ways=WAYS,
            mails=self.mails,
            rings=True,
            confidence=self._confidence(talk, start or commands.entry(text)),
            confided=looks and person in self.confidants,
            hears=list(self.confidants.values()).count(person) if looks and person else 0,
            mailbox=self.mailboxes.get(person) if command in _MAILBOX or scene == "mailbox" else None,
        )

    def _confidence(self, talk: state.Talk, link: str) -> messages.Confidence | None:
        giver = self.asked.get(confiding.code(link) or confiding.code(talk.pending))
        if giver is None:
            return None
        campaigns = sorted({promise.campaign for of, promise in self.pledges.values() if of == giver})
        return messages.Confidence(tuple(campaigns), giver in {each.id for each in talk.people})

    def _standing(self, campaign: messages.Campaign) -> messages.Campaign:
        return giving.with_promises(campaign, (promise for _, promise in self.pledges.values()))

    def close(self, campaign: str, to: campaigns.State = campaigns.State.CANCELLED) -> None:
        """A campaign ends."""
        self.campaigns[campaign] = dataclasses.replace(self.campaigns[campaign], state=to)

    def record(self, turn: conversation.Turn, owner: str) -> None:
        """Keep what a turn decided: responses first, then what happened to them."""
        begun = {event.response: event.person for event in turn.events if isinstance(event, happenings.Begun)}
        for rid, response in turn.changed.items():
            old = self.responses.get(rid)
            finished = bool(old and old.finished)
            self._keep(rid, Kept(old.person if old else begun.get(rid, owner), _text(response), finished))
        for event in turn.events:
            match event:
                case happenings.Finished():
                    self.responses[event.response] = self.responses[event.response]._replace(finished=True)
                case happenings.Discarded():
                    self._keep(event.response, None)
                case happenings.Pledged():
                    self.pledges[event.pledge] = ("" if event.link else event.person, giving.begun(event))
                    self.offices.given(event)
                    if event.link:
                        self.vouched[event.pledge] = (event.person, event.link)
                case happenings.Stepped():
                    person, promise = self.pledges[event.pledge]
                    self.pledges[event.pledge] = (person, giving.stepped(promise, event.steps))
                    self.offices.stepped(event)
                case happenings.Appointed():
                    self.offices.taken(event, self.chance.drawn)
                case happenings.Named():
                    person, promise = self.pledges[event.pledge]
                    self.pledges[event.pledge] = (person, messages.renamed(promise, event.shown, event.name))
                case happenings.Linked():
                    self.vouched[event.pledge] = (self.vouched[event.pledge][0], event.link)
                case happenings.Answered():
                    self.pledges[event.pledge] = (event.person, self.pledges[event.pledge][1])
                    self.vouched[event.pledge] = (self.vouched[event.pledge][0], "")
                case happenings.Receipted():
                    self.receipts.append((event.pledge, event.media))
                case happenings.MailAsked():
                    self.letters.append(event)
                case happenings.MailGiven():
                    self.mailboxes[event.person] = messages.Mailbox(event.email, open=True)
                case happenings.MailDropped():
                    del self.mailboxes[event.person]
                case happenings.Confided():
                    self.asked = {code: giver for code, giver in self.asked.items() if giver != event.person}
                    self.asked[event.code] = event.person
                case happenings.Hears():
                    self.confidants[self.asked.pop(event.code)] = event.person
                case happenings.Unconfided():
                    self.confidants.pop(event.person, None)
                case happenings.Unhearing():
                    self.confidants = {giver: who for giver, who in self.confidants.items() if who != event.person}
                case happenings.Erased():
                    self.mailboxes.pop(event.person, None)
                    for rid in [rid for rid, kept in self.responses.items() if kept.person == event.person]:
                        self._keep(rid, None)
                    self.pledges = {name: pledge for name, pledge in self.pledges.items() if pledge[0] != event.person}

    def _keep(self, rid: str, kept: Kept | None) -> None:
        old = self.responses.pop(rid, None)
        states = [each.state() if each else None for each in (old, kept)]
        definition = next((self.forms[each.form] for each in states if each), None)
        if definition:
            for key, change in contribution.change(definition, *states).items():
                self.tallies[key] += change
        if kept:
            self.responses[rid] = kept

    def _counted(self, kept: Kept | None) -> Counter[contribution.Key]:
        if kept is None:
            return Counter()
        response = kept.state()
        return contribution.contribution(self.forms[response.form], response)

    def recount(self) -> Counter[contribution.Key]:
        """The tallies from nothing but the responses."""
        total: Counter[contribution.Key] = Counter()
        for kept in self.responses.values():
            total += self._counted(kept)
        return total


def house(about: str = "") -> House:
    """A new house; with a form of the tests by its name, beside what ships."""
    return House([flows()[0], tested(about)] if about else ())


@functools.cache
def tested(name: str) -> form.Form:
    """A form of the tests."""
    return made(yaml.safe_load((FORMS / f"{name}.yaml").read_text(encoding="utf-8")))


class Person:
    """Whoever holds one phone. Everything the engine remembers passes through JSON between two messages."""

    def __init__(self, house: House | None = None, *, channel: str = "web") -> None:
        self.house = house or House()
        self.channel = channel
        #: Whether pictures can be seen on it and recordings heard.
        self.attaches = True
        self._talk = _text(state.Talk())

    @property
    def talk(self) -> state.Talk:
        """Where the conversation stands."""
        return state.talk_from(json.loads(self._talk))

    @property
    def response(self) -> state.State:
        """The response that waits for this person."""
        talk = self.talk
        person = next(person for person in talk.people if person.id == talk.person)
        return self.house.responses[person.open[-1]].state()

    def send(
        self, text: str = "", *, kind: str = "text", start: str = "", tap: tuple[str, int] | None = None
    ) -> conversation.Turn:
        """One message, and what became of it."""
        house, talk = self.house, self.talk
        house.clock.forward(minutes=1)
        looked_at = reviewing.wanted(talk, text)
        mine = {*(rid for person in talk.people for rid in person.open), *([looked_at] if looked_at else ())}
        incoming = messages.Incoming(
            text=text,
            now=house.clock.now,
            entropy=house.chance(),
            facts=house.offices.facts(
                house.facts(talk, text, kind, start), talk, text, start, list(house.pledges.values())
            ),
            channel=self.channel,
            kind=kind,
            start=start,
            tap=tap,
            attaches=self.attaches,
        )
        turn = conversation.turn(talk, {rid: house.responses[rid].state() for rid in sorted(mine)}, incoming)
        self._talk = _text(turn.talk)
        house.record(turn, talk.person)
        return turn

    def say(self, *texts: str) -> conversation.Turn:
        """Several typed messages; gives what became of the last."""
        return [self.send(text) for text in texts][-1]


def _text(value: state.State | state.Talk) -> str:
    return json.dumps(state.to_plain(value), ensure_ascii=False)
