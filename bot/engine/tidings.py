"""What happened to a campaign and to somebody's gifts, in the words in which those who pledged are told."""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from bot.engine import form, giving, messages
from bot.engine.messages import phrase
from bot.engine.pledging import campaigns, events, ledger, spending
from bot.engine.pledging.events import Step

#: What became of a campaign. What is only being prepared is not spoken of.
STATES: Mapping[str, messages.Phrase] = {
    "open": phrase("It is open: everybody can join."),
    "reached": phrase("The least that is needed is promised."),
    "not_reached": phrase("The least that is needed was not promised in time. All promises are lifted."),
    "collecting": phrase("What was promised is being collected."),
    "working": phrase("The work is under way."),
    "done": phrase("The work is done."),
    "confirmed": phrase("The work is done, and residents have confirmed it."),
    "cancelled": phrase("It was called off. All promises are lifted."),
}
_NOT_REACHED = phrase("This time not enough came together. Nobody pays anything. Thank you!")


@dataclass(frozen=True, slots=True)
class Turned:
    """One thing that became of a campaign; `lines` are what a new version of it says to whoever pledged."""

    at: dt.datetime
    state: campaigns.State
    #: The state before it, None for its first.
    before: campaigns.State | None
    why: form.Text
    #: The title of a milestone that was reached, or {}.
    milestone: form.Text
    #: In which states pledges are -> what is said of a new version.
    version: Mapping[frozenset[str], tuple[messages.Line, ...]] = dataclasses.field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Gift:
    """A pledge with its events, the oldest first, and how many of them its giver has heard of."""

    promise: messages.Promise
    events: tuple[events.Event, ...]
    heard: int


def of_gift(gift: Gift, campaign: messages.Campaign) -> list[messages.Line]:
    """What others did with a gift since its giver heard of it last: what is overtaken already is left out."""
    lines: list[messages.Line] = []
    fresh = [each for each in gift.events[gift.heard :] if each.by not in ledger.GIVING]
    for place, event in enumerate(fresh):
        after = {each.step for each in fresh[place + 1 :]}
        if not after & _OVERTAKES.get(event.step, _NONE):
            lines += _told(gift, campaign, event)
    return lines


def of_spending(item: spending.Item, campaign: messages.Campaign) -> messages.Line:
    """What was spent on what, or that it was not after all."""
    entry = item.entry
    quantity = giving.quantity(campaign, messages.Offer(entry.need, entry.quantity, entry.unit))
    if item.counts:
        return phrase("Spent: {what} — {quantity}", what=entry.what, quantity=quantity)
    return phrase("Put right, not spent: {what} — {quantity}. {why}", what=entry.what, quantity=quantity, why=item.why)


_NONE: frozenset[Step] = frozenset()
#: What makes no sense to be told of once this has followed.
_OVERTAKES = {
    Step.NOT_FOUND: frozenset({Step.RECEIVED, Step.CORRECTED, Step.RETURNED}),
    Step.RECEIVED: frozenset({Step.CORRECTED}),
    Step.CORRECTED: frozenset({Step.CORRECTED}),
}


def _told(gift: Gift, campaign: messages.Campaign, event: events.Event) -> list[messages.Line]:
    def said(quantity: object) -> messages.Quantity:
        return giving.quantity(campaign, dataclasses.replace(gift.promise.offer, quantity=quantity))  # type: ignore[arg-type] # a Decimal

    match event.step:
        case Step.RECEIVED:
            lines: list[messages.Line] = []
            if event.quantity:
                lines.append(phrase("Your gift has arrived: {offer}. Many thanks!", offer=said(event.quantity)))
            if event.fee:
                lines.append(
                    phrase(
                        "The difference ({fee}) is what the transfer or the exchange cost. Your promise is kept.",
                        fee=said(event.fee),
                    )
                )
            return lines
        case Step.NOT_FOUND:
            return [
                phrase(
                    "We do not see it yet: {offer}. It may be on its way. If you have a receipt, please send it.",
                    offer=said(event.quantity),
                )
            ]
        case Step.CORRECTED if event.quantity:
            return [phrase("The accounts were put right: of you has arrived {offer}.", offer=said(event.quantity))]
        case Step.CORRECTED:
            return [
                phrase(
                    "The accounts were put right: what was taken for your gift was another's. Yours may still be on "
                    "its way: {offer}.",
                    offer=said(gift.promise.standing.promised),
                )
            ]
        case Step.RETURNED:
            return [phrase("Given back to you: {offer}. Thank you for your support.", offer=said(event.quantity))]
    return []


def of_campaign(turned: Iterable[Turned], gifts: Sequence[Gift]) -> list[messages.Line]:
    """What became of a campaign, to somebody with these pledges to it: as far as any of them stood then."""
    lines: list[messages.Line] = []
    for each in turned:
        if any(_stood(gift, each.at) for gift in gifts):
            lines += _became(each, gifts)
    return lines


def asks(turned: Iterable[Turned], gifts: Sequence[Gift]) -> list[messages.Promise]:
    """Those of the pledges of which it is asked whether they stay: a new version came, and they are yet to be given."""
    new = [each.at for each in turned if each.version]
    still = [gift for gift in gifts if gift.promise.standing.state in campaigns.ASKED]
    return [gift.promise for gift in still if any(_stood(gift, at) for at in new)]


def _stood(gift: Gift, at: dt.datetime) -> bool:
    """Whether it was still a promise, or kept, just before: who took it back hears no more."""
    then = ledger.fold(each for each in gift.events if each.at < at)
    return isinstance(then, ledger.Standing) and then.state not in giving.LET_GO


def _became(turned: Turned, gifts: Sequence[Gift]) -> list[messages.Line]:
    if turned.milestone:
        return [phrase("Done: {milestone}.", milestone=turned.milestone)]
    if turned.before is turned.state:
        states = {gift.promise.standing.state.value for gift in gifts}
        return next((list(lines) for meant, lines in turned.version.items() if meant & states), [])
    if turned.before is None:
        return []
    lines: list[messages.Line] = [
        _NOT_REACHED if turned.state is campaigns.State.NOT_REACHED else STATES[turned.state.value]
    ]
    return [*lines, messages.Written(turned.why)] if turned.why else lines
