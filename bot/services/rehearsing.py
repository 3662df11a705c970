"""Rehearsing: a form or campaign played by the engine alone, in memory, before anybody sees it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping

from bot import wording
from bot.channels import base, composing
from bot.engine import conversation, form, giving, happenings, messages, state
from bot.services import publishing


class Rehearsal:
    """One person's conversation in a house that holds nothing but this catalogue."""

    def __init__(
        self,
        catalogue: publishing.Catalogue,
        voice: wording.Voice,
        clock: Callable[[], dt.datetime],
        entropy: Callable[[], str],
        *,
        channel: str,
        site: str,
        worth: Mapping[str, messages.Rate] | None = None,
    ) -> None:
        """`worth` are the rates by which other money is counted; none leaves it uncounted."""
        self._catalogue = catalogue
        self.voice = voice
        self._clock = clock
        self._entropy = entropy
        self._channel = channel
        self._site = site
        self._worth = worth or {}
        self._forget()

    def _forget(self) -> None:
        self._talk = state.Talk()
        self._responses: dict[str, state.State] = {}
        self._finished: list[str] = []
        self._promises: dict[str, messages.Promise] = {}

    def hear(self, text: str, *, kind: str = "text", start: str = "") -> tuple[base.Outbound, bool]:
        """Take one message; the answer, and whether the person has ended the conversation."""
        turn = self._turn(text, start, kind)
        self._talk = turn.talk
        self._responses |= turn.changed
        for event in turn.events:
            self._happened(event)
        ended = any(isinstance(event, happenings.Stopped | happenings.Erased) for event in turn.events)
        outbound = composing.compose(self.voice, turn.reply, turn.language)
        if attachments := turn.reply.attachments:
            # No channel takes them along here: what their files are called says enough.
            names = ", ".join(each.name for each in attachments)
            outbound = outbound._replace(attached=attachments[0].kind, attachment=names)
        return outbound, ended

    def leads_on(self, text: str) -> bool:
        """True where this message would be understood and another question asked; nothing comes of it."""
        talk = self._turn(text).talk
        return not talk.misses and talk.step != self._talk.step

    def _turn(self, text: str, start: str = "", kind: str = "text") -> conversation.Turn:
        incoming = messages.Incoming(
            text=text,
            now=self._clock(),
            entropy=self._entropy(),
            facts=self._facts(),
            channel=self._channel,
            kind=kind,
            start=start,
        )
        return conversation.turn(self._talk, self._responses, incoming)

    @property
    def scene(self) -> str:
        """Where the conversation stands, as in `state.Talk`."""
        return self._talk.scene

    @property
    def waiting(self) -> tuple[form.Form, state.State] | None:
        """The form under way and how far it is; None outside one."""
        person = next((person for person in self._talk.people if person.id == self._talk.person), None)
        if self._talk.scene != "form" or person is None or not person.open:
            return None
        response = self._responses[person.open[-1]]
        return self._catalogue.forms[response.form], response

    @property
    def finished(self) -> tuple[state.State, ...]:
        """What was answered to the end."""
        return tuple(self._responses[rid] for rid in self._finished)

    def _facts(self) -> messages.Facts:
        return messages.Facts(
            forms=self._catalogue.forms,
            surveys=self._catalogue.surveys,
            campaigns={
                name: giving.with_promises(campaign, self._promises.values())
                for name, campaign in self._catalogue.campaigns.items()
            },
            promises=tuple(self._promises.values()),
            finished=self.finished,
            site=self._site,
            worth=self._worth,
        )

    def _happened(self, event: happenings.Event) -> None:
        match event:
            case happenings.Finished():
                self._finished.append(event.response)
            case happenings.Pledged():
                self._promises[event.pledge] = giving.begun(event)
            case happenings.Stepped():
                self._promises[event.pledge] = giving.stepped(self._promises[event.pledge], event.steps)
            case happenings.Erased():
                self._forget()
