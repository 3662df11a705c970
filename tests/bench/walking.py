"""Made-up people led through the survey by the engine alone: what they type, and what each turn costs."""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from bot import wording
from bot.channels import composing
from bot.engine import conversation, messages, state
from bot.services import publishing
from models import sealing
from tests.bench import people, stub

FLOWS = Path(__file__).resolve().parents[2] / "flows"
_AT = dt.datetime(2026, 11, 22, 9, tzinfo=dt.UTC)
#: Turns after which somebody is lost: the survey has ten questions.
_MOST = 40


class Step(NamedTuple):
    """One turn as it was taken: what was stored before it, sealed, and the message."""

    contact: bytes
    responses: dict[str, bytes]
    incoming: messages.Incoming
    #: The question that the message answers, "" on the way to the first one.
    question: str


class Guide:
    """Leads them. Nothing is written anywhere."""

    def __init__(self) -> None:
        catalogue = publishing.prepare([FLOWS]).catalogue()
        self._facts = messages.Facts(catalogue.forms, catalogue.surveys, catalogue.campaigns)
        self._survey = people.Survey()
        self.voice = wording.Voice()
        self.seal = sealing.Seal([sealing.read_key(sealing.new_key())], sealing.read_key(sealing.new_key()))

    def walk(self, number: int) -> Iterator[Step]:
        """Their turns, in order; they type all that they say, for a button's payload is known only to who saw it."""
        person, chance = people.Respondent(number), random.Random(number)
        talk, kept = state.Talk(), dict[str, state.State]()
        said, start, question = "", "s-priorities", ""
        for place in range(_MOST):
            incoming = messages.Incoming(
                text=said,
                now=_AT + dt.timedelta(seconds=20 * place),
                entropy=f"{chance.getrandbits(128):032x}",
                facts=self._facts,
                channel="telegram",
                start=start,
            )
            before = {rid: self.seal.close_json("response", state.to_plain(each)) for rid, each in kept.items()}
            yield Step(self.seal.close_json("contact", state.to_plain(talk)), before, incoming, question)
            turn = conversation.turn(talk, kept, incoming)
            talk, start = turn.talk, ""
            open_ = {rid for each in talk.people for rid in each.open}
            kept = {rid: each for rid, each in {**kept, **turn.changed}.items() if rid in open_}
            if talk.scene == "invited":
                # To choose the language is to agree.
                said, question = str(people.LANGUAGES.index(person.language) + 1), ""
                continue
            text = composing.compose(self.voice, turn.reply, turn.language).head
            question = self._survey.asked(person.language, text)
            if not question:
                return
            option = person.option(question)
            if option is not None:
                said = str(option + 1)
            elif said := person.slip(question):
                # No answer, and asked again.
                question = ""
            else:
                said = person.words(question)
        raise stub.Failed(f"person {number} does not come to the survey's end")
