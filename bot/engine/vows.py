"""A pledge under way in one turn: the form's words for it, its draft as the campaign is now, and where it stands.

The words and answers are those of a form (`flows/pledge.yaml`), whose questions are known by their names; which of them
is asked is decided here.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from bot.engine import drafting, form, giving, messages, passage, state, telling
from bot.engine.messages import phrase
from bot.engine.turning import Turning

#: Questions that are asked only of whoever wants them.
BESIDE = ("when", "shown", "name")
#: Of the question whether a name is shown: no.
HIDDEN = "hidden"
#: Names of options that mean something here; the first is the usual one.
KNOWN = {
    "confirm": ("yes", "when", "name", "again", "relative", "myself"),
    "shown": (HIDDEN, "person", "family", "kin", "classmates", "villagers"),
}
_PLAIN = {
    "gift": phrase("What would you like to give? Write it in your own words: 5000 som, 20 bags of cement, 3 days…"),
    "when": phrase("On which day? Roughly is fine."),
    "shown": phrase("Shall a name be shown?"),
    "name": phrase("How shall we write the name?"),
    "confirm": phrase("Did I understand you? This is a promise, no money is taken now."),
}


#: Of the options at `confirm`: those of a promise in one's own name, and of one in another's.
_OWN, _BEHALF = ("name", "relative"), ("myself",)


class Vow:
    """A pledge under way, in this turn."""

    def __init__(self, turning: Turning, campaign: messages.Campaign) -> None:
        self.turning, self.campaign, self.rid = turning, campaign, turning.current()
        self.today = turning.incoming.now.astimezone(passage.KYRGYZ_TIME).date()
        self.ear = drafting.Ear(campaign, turning.facts, self.today)
        self.definition = turning.definition(self.response)
        self.draft = self.ear.draft(self.response)

    @property
    def response(self) -> state.State:
        return self.turning.responses[self.rid]

    @property
    def at(self) -> str:
        """What is asked: with the campaign as it is now, and not as it was when the response came there."""
        at, draft = self.response.at, self.draft
        if at == "gift" or not (draft.offers or draft.doubt):
            return "gift"
        if draft.doubt:
            return "doubt"
        return "when" if draft.unclear else at if at in BESIDE else "confirm"

    @property
    def behalf(self) -> bool:
        """Whether it is in another person's name."""
        return self.response.answer("behalf") == "yes"

    @property
    def is_other(self) -> bool:
        """Whether what the person answers is not what would be asked now: a number would mean something else."""
        response = self.response
        stale = response.seen not in ("", self.campaign.version) or response.settled != self.draft.settled
        return response.at in ("doubt", "confirm") and (stale or response.at != self.at)

    def change(self, at: str, *, settled: Iterable[str] | None = None, **given: str) -> None:
        """Put answers in ("" takes one out), and go where that leads."""
        kept = {name: answer for name, answer in (dict(self.response.answers) | given).items() if answer != ""}
        chosen = self.response.settled if settled is None else tuple(settled)
        changed = self.response._replace(answers=tuple(kept.items()), settled=chosen, at=at, seen=self.campaign.version)
        self.turning.keep(self.rid, changed)
        self.draft = self.ear.draft(changed)
        self.turning.keep(self.rid, changed._replace(at=self.at))

    # -- the form's words -----------------------------------------------------------------------------------

    def says(self, name: str, given: Mapping[str, object] | None = None) -> list[messages.Line]:
        """The question's own words."""
        question = self.definition.question(name)
        if question is None:
            # A form of an earlier program: its words were for other questions.
            return [_PLAIN[name]]
        view = passage.passage(self.definition, self.response)
        filled = giving.references(self.campaign) if given is None else given
        texts = (question.label, question.hint)
        return [telling.written(each, view, None, filled) for each in texts if each]

    def listed(self, name: str) -> tuple[form.Choice, ...]:
        """The question's options."""
        question = self.definition.question(name)
        choices = question.choices if question else tuple(form.Choice(each, {}) for each in KNOWN[name])
        other = _OWN if self.behalf else _BEHALF
        return tuple(each for each in choices if each.name in KNOWN[name] and each.name not in other)


def vow(turning: Turning) -> Vow | None:
    """What is under way here; None where its campaign is no more."""
    campaign = turning.facts.campaigns.get(turning.responses[turning.current()].campaign)
    return Vow(turning, campaign) if campaign else None
