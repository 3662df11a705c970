"""One turn -> rows: what the mind decided, as the tables keep it."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from bot import wording
from bot.channels import base, composing, weighing
from bot.engine import (
    confiding,
    contribution,
    conversation,
    form,
    happenings,
    messages,
    passage,
    resuming,
    state,
    table,
)
from bot.engine.pledging import events as pledging
from bot.services import booking, mailing, posting, publishing
from models import codes, db, offices, sealing, turns

#: Before consent nothing is kept longer than this; after erasing, only until the farewell has gone, or on the web could
#: be read: all of it within a minute, for it is looked at every ten seconds.
UNCONSENTED = dt.timedelta(hours=24)
FAREWELL = dt.timedelta(seconds=40)

#: Characters from which on a number may be somebody's telephone.
_LONG = 9
#: A voice note may answer any question in words.
_TAKEN = {form.Kind.IMAGE: "image", form.Kind.AUDIO: "audio", form.Kind.TEXT: "voice"}
#: Where a person stands between the first word and a response; what is said there is counted to the one that begins.
_ON_THE_WAY = ("language", "invited", "consent", "list", "who")


_MORE = [f"more_{name}" for name in turns.COUNTERS]


class Kit(NamedTuple):
    """What every turn of this process shares."""

    seal: sealing.Seal
    voice: wording.Voice
    channels: Mapping[str, base.Channel]
    library: publishing.Library
    phone: str
    site: str
    entropy: Callable[[], str]

    def ways(self) -> tuple[str, ...]:
        """What links into the chat begin with, as far as the channels know it now."""
        return base.entrances(self.channels)


class Known(NamedTuple):
    """One message with what is stored about its sender."""

    inbound: base.Inbound
    address_id: str
    contact_id: str
    talk: state.Talk
    is_new: bool


class Recording:
    """One turn -> rows."""

    def __init__(
        self,
        kit: Kit,
        known: Known,
        before: Mapping[str, state.State],
        turn: conversation.Turn,
        facts: messages.Facts,
        writes: turns.Writes,
        at: dt.datetime,
        target: str = "",
    ) -> None:
        # Whose conversation this address goes over to, if it does.
        self.target = target
        self.kit, self.known, self.before, self.turn = kit, known, before, turn
        self.facts, self.writes, self.at = facts, writes, at

    def record(self) -> None:
        """Put everything into `writes`."""
        turn, writes = self.turn, self.writes
        for event in turn.events:
            self._event(event)
        self._detach()
        begun = {event.response: event.person for event in turn.events if isinstance(event, happenings.Begun)}
        discarded = {event.response for event in turn.events if isinstance(event, happenings.Discarded)}
        weighed, talk, load = self._weighed(next(iter(begun), ""), self._outgoing())
        changed = turn.changed
        if weighed not in changed and weighed in self.before:
            changed = {**changed, weighed: self.before[weighed]}
        for rid, response in changed.items():
            if rid not in discarded:
                more = load if rid == weighed else weighing.NOTHING
                self._response(rid, response, begun.get(rid, ""), more)
        for rid in discarded:
            self._subtract(rid)
        stopped = any(isinstance(event, happenings.Stopped) for event in turn.events)
        writes.contacts.append(
            {
                "of": self.known.contact_id,
                "language": turn.talk.language,
                "stopped": stopped or turn.talk.scene == "stopped",
                "sealed": self.kit.seal.close_json("contact", state.to_plain(talk)),
            }
        )
        writes.heard.append({"of": self.known.address_id, "heard_at": self.at, "closed": None})
        if self.known.is_new or not turn.talk.people:
            self._forget_later("forget", UNCONSENTED)

    def _event(self, event: happenings.Event) -> None:
        writes, at, channel = self.writes, self.at, self.known.inbound.channel
        match event:
            case happenings.Joined():
                writes.respondents.append({"id": event.person, "contact_id": self.known.contact_id, "created_at": at})
            case happenings.Consented():
                text = self.kit.voice.say(event.text, self.turn.language)
                version = hashlib.sha256(text.encode()).hexdigest()[:16]
                writes.consent_texts[version] = text
                writes.consents.append(
                    {
                        "respondent_id": event.person,
                        "purpose": event.purpose,
                        "text_version": version,
                        "language": self.turn.language,
                        "channel": channel,
                        "given_at": at,
                    }
                )
            case happenings.Attached():
                self._attached(event)
            case happenings.Pledged():
                self._pledged(event)
            case happenings.Stepped():
                booking.step(writes, self.facts.promise(event.pledge), event.steps)
                if event.steps[-1].step is pledging.Step.WITHDRAWN:
                    writes.receipts_dropped.append(event.pledge)
            case happenings.Appointed():
                duty, hash_ = event.duty, office_hash(self.kit.seal, event.code)
                taken = offices.Taken(db.new_id(), duty.campaign, duty.role.value, event.person, hash_)
                writes.taken.append(taken)
            case happenings.Opined():
                self._opined(event)
            case happenings.Named():
                sealed = self.kit.seal.close("pledge", event.name) if event.name else None
                writes.names.append({"of": event.pledge, "shown": event.shown or None, "sealed": sealed})
            case happenings.Linked():
                booking.vouch(writes, self.kit.seal, event, at)
            case happenings.Answered():
                writes.answered[event.pledge] = event.person
            case happenings.Receipted():
                self._receipted(event)
            case happenings.Stopped():
                writes.silenced.append(self.known.contact_id)
                writes.unhearing += [person.id for person in self.known.talk.people]
            case happenings.Erased():
                writes.cleaned.append(self.known.contact_id)
                if event.last:
                    # What waits for others behind the same phone is still theirs to hear.
                    writes.silenced.append(self.known.contact_id)
                    self._forget_later("farewell", FAREWELL)
            case happenings.MailAsked():
                kit = self.kit
                mailing.ask(writes, kit.seal, kit.voice, event, self.known.contact_id, self.turn.language, at)
            case happenings.MailGiven():
                mailing.give(writes, self.kit.seal, event, self.known.contact_id, at)
            case happenings.MailDropped():
                writes.mail_dropped.append(event.person)
            case happenings.Confided():
                hash_, expires = confidant_hash(self.kit.seal, event.code), at + confiding.GOOD_FOR
                row = {"respondent_id": event.person, "code_hash": hash_, "expires_at": expires}
                writes.confided.append(row)
            case happenings.Hears():
                hash_ = confidant_hash(self.kit.seal, event.code)
                writes.confidants.append({"code_hash": hash_, "confidant_id": event.person})
            case happenings.Unconfided():
                writes.unconfided.append(event.person)
            case happenings.Unhearing():
                writes.unhearing.append(event.person)
            case happenings.CodeGiven():
                self._code_given(event)
            case happenings.Moved():
                hash_ = code_hash(self.kit.seal, event.code)
                writes.moves.append(codes.Move(self.known.address_id, self.target, hash_))

    def _opined(self, event: happenings.Opined) -> None:
        row: dict[str, Any] = {"of_campaign": event.campaign, "of_person": event.person, "answered_at": self.at}
        row |= {"done": event.done} if event.done else {}
        row |= {"satisfaction": event.satisfaction} if event.satisfaction else {}
        row |= {"sealed": self.kit.seal.close("opinion", event.why)} if event.why else {}
        self.writes.opinions.append(row)

    def _attached(self, event: happenings.Attached) -> None:
        sent = self.known.inbound.media
        answers = self.turn.changed[event.response].answers if event.response in self.turn.changed else ()
        # What ended in the same turn is nobody's to fetch.
        if sent is None or (event.key, event.media) not in answers:
            return
        self._fetch(event.media, sent.reference, response_id=event.response, question=event.key)

    def _receipted(self, event: happenings.Receipted) -> None:
        if sent := self.known.inbound.media:
            self._fetch(event.media, sent.reference, pledge_id=event.pledge, respondent_id=self.turn.talk.person)

    def _fetch(self, media: state.Media, reference: str, **of: str) -> None:
        self.writes.attached.append(
            {
                "id": media.id,
                **of,
                "kind": media.kind,
                "status": "waiting",
                "channel": self.known.inbound.channel,
                "sealed": self.kit.seal.close("media", reference),
                "not_before": self.at,
                "created_at": self.at,
            }
        )

    def _detach(self) -> None:
        """What was sent goes when it is no answer any more: changed, skipped, begun anew."""
        for rid, response in self.turn.changed.items():
            old = self.before.get(rid)
            was = {answer for _, answer in old.answers if isinstance(answer, state.Media)} if old else set()
            if was:
                self.writes.detached += [media.id for media in was - {answer for _, answer in response.answers}]

    def _code_given(self, event: happenings.CodeGiven) -> None:
        hash_, expires = code_hash(self.kit.seal, event.code), self.at + resuming.GOOD_FOR
        self.writes.given_codes.append({"code_hash": hash_, "contact_id": self.known.contact_id, "expires_at": expires})
        self._forget_later("code", resuming.GOOD_FOR)

    def _pledged(self, event: happenings.Pledged) -> None:
        campaign = self.facts.campaigns[event.campaign]
        sealed = self.kit.seal.close("pledge", event.name) if event.name else None
        booking.pledge(self.writes, event, campaign.version, sealed)
        if event.link:
            booking.vouch(self.writes, self.kit.seal, event, self.at)

    def _weighed(self, begun: str, load: weighing.Load) -> tuple[str, state.Talk, weighing.Load]:
        """Which response this turn's bytes are counted to ("" for none), what is remembered, and how many they are.

        Everything while a response is under way is its own, and so is the way to it, which waits in the talk.
        """
        before, talk = self.known.talk, self.turn.talk
        weighed = begun
        for person in () if begun else before.people:
            if person.id == before.person and person.open:
                weighed = person.open[-1]
        if before.line and (begun or not weighed):
            load = load.plus(weighing.Load(*before.line))
        line = tuple(load) if not weighed and talk.scene in _ON_THE_WAY else ()
        return weighed, talk if talk.line == line else talk._replace(line=line), load

    def _response(self, rid: str, response: state.State, person: str, load: weighing.Load) -> None:
        definition = self.facts.forms[response.form]
        # What is finished stays so, and since when, however often its answers are changed afterwards.
        row: dict[str, Any] = {
            "status": "finished" if response.ended else "open",
            "sealed": self.kit.seal.close_json("response", state.to_plain(response)),
            "finished_at": dt.datetime.fromisoformat(response.ended) if response.ended else None,
        }
        if person:
            new = {
                "id": rid,
                "respondent_id": person,
                "form_version": response.form,
                "form_name": definition.name,
                "wave": definition.wave,
                "channel": response.channel,
                "language": response.language,
                "begun_at": self.at,
            }
            self.writes.new_responses.append(new | row | load._asdict())
        else:
            self.writes.responses.append({"of": rid, **row, **dict(zip(_MORE, load, strict=True))})
        self._answers(rid, definition, response)

    def _answers(self, rid: str, definition: form.Form, response: state.State) -> None:
        old = self.before.get(rid)
        if old is not None and old.answers == response.answers:
            return
        was = passage.counted(definition, old) if old else {}
        now_ = passage.counted(definition, response)
        for name in was.keys() - now_.keys():
            self.writes.cleared.append({"of": rid, "name": name})
        for name, answer in now_.items():
            if was.get(name) != answer:
                self.writes.answers.append(self._answer(rid, definition, response, name, answer))
        self.writes.add_tallies(contribution.change(definition, old, response))

    def _answer(
        self, rid: str, definition: form.Form, response: state.State, name: str, answer: state.Answer
    ) -> dict[str, Any]:
        question = definition.question(name)
        text = table.stored(answer)
        # Whatever a person writes in their own words may name somebody, and so does the place they stand at. The id
        # of what they sent names nobody.
        sealed = question is None or question.kind in form.IN_WORDS or question.personal
        # So may a number as long as a telephone's, whatever was asked for.
        sealed = sealed or (len(text) >= _LONG and question is not None and question.kind in form.NUMBERS)
        sealed = sealed and not isinstance(answer, state.Media)
        return {
            "response_id": rid,
            "question": name,
            "value": None if sealed else text,
            "sealed": self.kit.seal.close("answer", text) if sealed else None,
            "answered_at": self.at,
            "seconds": dict(response.spent).get(name),
        }

    def _subtract(self, rid: str) -> None:
        old = self.before.get(rid)
        if old is not None:
            self.writes.add_tallies(contribution.change(self.facts.forms[old.form], old, None))
        self.writes.discarded.append(rid)

    def _outgoing(self) -> weighing.Load:
        """The reply into the outbox; what it and the message it answers weigh."""
        inbound, turn = self.known.inbound, self.turn
        outbound = composing.compose(self.kit.voice, turn.reply, turn.language)
        channel = self.kit.channels.get(inbound.channel)
        # A question stands below its picture or recording, not in a message above it.
        if turn.in_place and not turn.reply.attachments:
            outbound = outbound._replace(edits=inbound.edits)
        if inbound.callback:
            outbound = outbound._replace(callback=inbound.callback)
        if channel is not None and channel.capabilities.uploads:
            outbound = outbound._replace(takes=self._takes(), dated=turn.reply.dated)
        if channel is not None and not channel.capabilities.push:
            self.writes.seen.append(self.known.contact_id)
        person = turn.talk.person
        # Of an address that goes over, the reply does too: the next page takes its place.
        moved = any(isinstance(event, happenings.Moved) for event in turn.events)
        contact = self.target if moved else self.known.contact_id
        load = weighing.heard(inbound)
        for said in (*composing.attached(turn.reply, turn.language), outbound):
            out = posting.put_out(
                self.kit.seal, channel, self.writes, inbound, said, contact, self.known.address_id, person, self.at
            )
            load = load.plus(out)
        return load

    def _takes(self) -> str:
        """What the question that is asked now can be answered with beside words."""
        if self.turn.reply.takes:
            return self.turn.reply.takes
        talk = self.turn.talk
        waiting = [person.open[-1] for person in talk.people if person.id == talk.person and person.open]
        if talk.scene != "form" or not waiting:
            return ""
        response = self.turn.changed.get(waiting[0]) or self.before[waiting[0]]
        if response.campaign:
            return ""  # what is promised is read
        question = self.facts.forms[response.form].question(response.at)
        return _TAKEN.get(question.kind, "") if question else ""

    def _forget_later(self, kind: str, after: dt.timedelta) -> None:
        # The postman looks again then: a contact with nobody behind it, silent since, is removed.
        self.writes.due.append({"kind": kind, "key": self.known.contact_id, "at": self.at + after})


def code_hash(seal: sealing.Seal, code: str) -> bytes:
    """What a code to go on elsewhere is found by."""
    return seal.hash("resume_code", code)


def confidant_hash(seal: sealing.Seal, code: str) -> bytes:
    """What a code is found by with which a relative hears for somebody."""
    return seal.hash("confidant", code)


def office_hash(seal: sealing.Seal, code: str) -> bytes:
    """What a code that opens an office is found by."""
    return seal.hash("office_code", code)


def response(seal: sealing.Seal, sealed: bytes) -> state.State:
    """A stored response's state."""
    return state.state_from(seal.open_json("response", sealed))
