"""What whoever holds an office may do with a pledge: as in the conversation, so from the shell."""

from __future__ import annotations

import dataclasses
import datetime as dt
from decimal import ROUND_HALF_EVEN, Decimal

from bot.engine import giving, happenings, messages
from bot.engine.pledging import deciding, events, ledger, wishes
from bot.engine.pledging.events import Step

_HUNDREDTH = Decimal("0.01")

Decided = tuple[events.Event, ...] | wishes.Refusal


def decide(
    campaign: messages.Campaign, promise: messages.Promise, wish: wishes.Wish, duty: messages.Duty, now: dt.datetime
) -> Decided:
    """What the wish of that office's holder comes to; of a gift that nobody promised, on a blank promise."""
    terms = giving.terms(campaign, promise.offer, promise.rate)
    bound = second_signature_above(promise.offer, promise.rate, duty.bound)
    actor = wishes.Actor(duty.role, duty.hand, promise.own)
    terms = dataclasses.replace(terms, second_signature_above=bound)
    return deciding.decide(promise.standing, wish, actor, terms, now)


def second_signature_above(offered: messages.Offer, rate: messages.Rate | None, som: Decimal | None) -> Decimal | None:
    """The bound in som as the pledge's own unit has it: by its own rate. Without a rate two people sign for any sum."""
    if som is None or not giving.is_money(offered):
        return None
    each = giving.worth(offered, rate)
    return min(som / each, events.MOST) if each else ledger.ZERO


def whole(standing: ledger.Standing, seen: int | None = None) -> wishes.Wish:
    """The wish that its number alone stands for: it has come as it was said, or what waits for it is signed."""
    waiting = standing.proposal
    return wishes.Wish(waiting.step if waiting else Step.RECEIVED, seen=seen)


def arrived(promise: messages.Promise, offered: messages.Offer) -> Decimal | None:
    """What came, in the pledge's own unit: som that came of other money by the pledge's own rate; None: no way."""
    if offered.unit == promise.offer.unit:
        return offered.quantity
    if offered.unit == "KGS" and promise.rate is not None and giving.is_money(promise.offer):
        return (offered.quantity / promise.rate.value).quantize(_HUNDREDTH, ROUND_HALF_EVEN)
    return None


def expected(standing: ledger.Standing) -> Decimal:
    """What has not come of what was sent, or else of what was promised."""
    sent = standing.declared - standing.settled
    return max(sent if sent > 0 else standing.promised - standing.settled, ledger.ZERO)


def less(standing: ledger.Standing, came: Decimal, seen: int | None = None) -> wishes.Wish:
    """The wish where so much came and its way cost the rest: the promise is kept."""
    return wishes.Wish(Step.RECEIVED, came, max(expected(standing) - came, ledger.ZERO), seen=seen)


def corrected(
    standing: ledger.Standing, right: Decimal, fee: Decimal | None = None, seen: int | None = None
) -> wishes.Wish:
    """The wish for so much as received in all; what the way cost stays, unless it is said, or nothing came."""
    cost = standing.fee if fee is None else fee
    return wishes.Wish(Step.CORRECTION, right, cost if right else ledger.ZERO, seen=seen)


def blank(
    campaign: str, offered: messages.Offer, rate: messages.Rate | None, pledge: str, code: str
) -> messages.Promise:
    """A gift that nobody promised, before anything happened to it."""
    each = giving.worth(offered, rate)
    som = None if each is None else giving.in_som(offered.quantity, each)
    return messages.Promise(pledge, campaign, offered, code, ledger.Standing(), som, rate)


def enter(
    campaign: messages.Campaign, gift: messages.Promise, duty: messages.Duty, name: str, receipt: int, now: dt.datetime
) -> happenings.Pledged | wishes.Refusal:
    """Such a gift has come, with that number of a receipt; the name stands on it alone."""
    steps = decide(campaign, gift, wishes.Wish(Step.RECEIVED, gift.offer.quantity), duty, now)
    if isinstance(steps, wishes.Refusal):
        return steps
    return happenings.Pledged("", gift.id, campaign.name, gift.offer, gift.code, name, steps, gift.rate, receipt)
