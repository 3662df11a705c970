"""Pledges in the conversation: what an offer comes to, how a campaign stands, what a person has promised."""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Iterable, Mapping
from decimal import ROUND_FLOOR, ROUND_HALF_EVEN, Decimal

from bot.engine import happenings, messages
from bot.engine.gifts import also
from bot.engine.messages import phrase, phrases
from bot.engine.pledging import campaigns, deciding, events, ledger, matching, totals, wishes

_CODE_LETTERS = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
_ONE, _HUNDREDTH = Decimal(1), Decimal("0.01")
ZERO = ledger.ZERO
#: Said with every promise and every handover.
NEVER = phrase("We never ask for codes from SMS or for card numbers.")

#: Who speaks for a pledge of the person who writes.
GIVER = wishes.Actor(events.Role.GIVER, own=True)
#: Who speaks for one that they recorded for another.
RELATIVE = wishes.Actor(events.Role.RELATIVE, own=True)
#: How long the link is good by which that other confirms it.
LINK_GOOD_FOR = dt.timedelta(days=30)
#: Where nothing stands of a promise any more.
LET_GO = frozenset({ledger.State.WITHDRAWN, ledger.State.LAPSED, ledger.State.RETURNED, ledger.State.BLANK})
#: So many times what is needed is a slip of the finger.
_TOO_MUCH = 10


def takes(campaign: messages.Campaign, today: dt.date) -> bool:
    """Whether new pledges are taken."""
    return campaigns.takes(course(campaign), today)


def is_money(offered: messages.Offer) -> bool:
    """Whether it is money: anything else is offered in the need's own unit."""
    return offered.unit != offered.need


def worth(offered: messages.Offer, rate: messages.Rate | None) -> Decimal | None:
    """Som for one of what is offered; None of what is no money, and of money without a rate."""
    if offered.unit == "KGS":
        return _ONE
    return rate.value if rate and is_money(offered) else None


def in_som(quantity: Decimal, worth: Decimal) -> Decimal:
    """So much at so many som each, in whole hundredths of a som, half to even."""
    return (quantity * worth).quantize(_HUNDREDTH, ROUND_HALF_EVEN)


def terms(campaign: messages.Campaign, offered: messages.Offer, rate: messages.Rate | None = None) -> wishes.Terms:
    """What the campaign, as it is now, says of such an offer; `rate` is that of its money, if it is known."""
    need = next((need for need in campaign.needs if need.name == offered.need), None)
    each = worth(offered, rate) if need and need.kind == "money" else _ONE
    # Of money without a rate nobody can say how much is too much.
    most = min(need.optimum * _TOO_MUCH / each, events.MOST) if need and each else events.MOST
    return wishes.Terms(course(campaign), campaign.version, most=most, day=campaign.deadline)


def promise(
    campaign: messages.Campaign,
    offered: messages.Offer,
    now: dt.datetime,
    rate: messages.Rate | None = None,
    due: dt.date | None = None,
    version: str = "",
    *,
    behalf: bool = False,
) -> tuple[events.Event, ...] | wishes.Refusal:
    """What a new promise begins with, or why it is none. `version`: of the campaign as its giver was shown it.

    `behalf`: it is in another's name, and only offered until they have confirmed it.
    """
    step, actor = (events.Step.OFFERED, RELATIVE) if behalf else (events.Step.CONFIRMED, GIVER)
    wish = wishes.Wish(step, offered.quantity, due=due, version=version)
    return deciding.decide(ledger.Standing(), wish, actor, terms(campaign, offered, rate), now)


def stands(promise: messages.Promise) -> bool:
    """Whether it is still a promise, or was kept: what was let go is shown no more."""
    return promise.standing.state not in LET_GO


def begun(new: happenings.Pledged) -> messages.Promise:
    """A new pledge, as the mind knows it from now on."""
    each = worth(new.offer, new.rate)
    som = None if each is None else in_som(new.offer.quantity, each)
    blank = messages.Promise(
        new.pledge,
        new.campaign,
        new.offer,
        new.code,
        ledger.Standing(),
        som,
        new.rate,
        new.shown,
        new.name,
        mine=not new.link,
    )
    return stepped(blank, new.steps)


def stepped(promise: messages.Promise, steps: Iterable[events.Event]) -> messages.Promise:
    """The pledge after these steps; ValueError where they cannot follow."""
    standing = promise.standing
    for each in steps:
        after = ledger.step(standing, each)
        if isinstance(after, str):
            raise ValueError(after)
        standing = after
    return dataclasses.replace(promise, standing=standing)


def with_promises(campaign: messages.Campaign, promises: Iterable[messages.Promise]) -> messages.Campaign:
    """The campaign as it stands with these pledges and no others."""
    promised: dict[tuple[str, str], Decimal] = {}
    som: dict[str, Decimal] = {}
    unvalued: dict[str, int] = {}
    pledges = 0
    for promise in promises:
        stands = totals.promised(totals.amounts(promise.standing))
        if promise.campaign == campaign.name and stands:
            offered, pledges = promise.offer, pledges + 1
            key = offered.need, offered.unit
            promised[key] = promised.get(key, ledger.ZERO) + stands
            each = worth(offered, promise.rate)
            if each is not None:
                som[offered.need] = som.get(offered.need, ledger.ZERO) + in_som(stands, each)
            elif is_money(offered):
                unvalued[offered.need] = unvalued.get(offered.need, 0) + 1
    return dataclasses.replace(campaign, promised=promised, som=som, unvalued=unvalued, pledges=pledges)


def course(campaign: messages.Campaign) -> campaigns.Course:
    """What a change of the campaign, as it is now, depends on."""
    reached = all(_stands(campaign, need) >= need.minimum for need in campaign.needs)
    return campaigns.Course(campaign.state, campaign.model, campaign.deadline, reached)


def _stands(campaign: messages.Campaign, need: messages.Need) -> Decimal:
    if need.kind == "money":
        return campaign.som.get(need.name, Decimal(0))
    return campaign.promised.get((need.name, need.name), Decimal(0))


def references(campaign: messages.Campaign, offers: object = "", deadline: object = None) -> Mapping[str, object]:
    """What the texts of a pledge form may refer to beside its own questions."""
    return {"campaign": campaign.title, "deadline": deadline or campaign.deadline, "offer": offers}


def quantity(campaign: messages.Campaign, promised: messages.Offer) -> messages.Quantity:
    """An offer as it is said: money in its currency, anything else in the need's own unit."""
    need = also.of(campaign, promised.need)
    if need is None or need.kind == "money":
        return messages.Quantity(promised.quantity, currency=promised.unit if need else "")
    return messages.Quantity(promised.quantity, words=need.unit)


def whole_som(offered: messages.Offer, rates: Mapping[str, messages.Rate]) -> Decimal | None:
    """An offer of money in som as it is said, without tyiyn; None where no rate is known."""
    each = worth(offered, rates.get(offered.unit))
    return None if each is None else in_som(offered.quantity, each).quantize(_ONE)


def covered(
    campaign: messages.Campaign, offered: messages.Offer, rates: Mapping[str, messages.Rate]
) -> messages.Quantity | None:
    """What the offer is enough for, in whole ones; None where the campaign does not say, or it is not even one."""
    need = campaign.need(offered.need)
    quantity = whole_som(offered, rates) if need.kind == "money" else offered.quantity
    if need.covers is None or quantity is None or quantity < need.covers.each:
        return None
    return messages.Quantity(quantity // need.covers.each, words=need.covers.words)


def added(
    campaign: messages.Campaign, offered: messages.Offer, rates: Mapping[str, messages.Rate]
) -> list[messages.Line]:
    """Who adds to the offer by which rule, and how much at the most: for another's sum may end before it comes."""
    need = campaign.need(offered.need)
    value = whole_som(offered, rates) if need.kind == "money" else offered.quantity
    gift = matching.Gift("", "", need.kind, value or ledger.ZERO)
    lines: list[messages.Line] = []
    for each in campaign.matches:
        more = sum(matching.matched([gift], [each.rule]).values(), ledger.ZERO)
        if more:
            money = need.kind == "money"
            more = more.quantize(_ONE, ROUND_FLOOR) if money else more
            said = messages.Quantity(more, currency="KGS" if money else "", words=need.unit)
            lines.append(phrase("To this is added up to {more}: {whose}.", more=said, whose=each.whose))
    return lines


def reference_code(chance: str) -> str:
    """Six letters and digits that cannot be taken for one another, from hex digits of chance."""
    return _drawn(chance, [_CODE_LETTERS] * 6)


def resume_code(chance: str) -> str:
    """Eight of them, a letter first and a digit last, so that neither a word nor a number is taken for one."""
    return _drawn(chance, [_CODE_LETTERS[8:], *[_CODE_LETTERS] * 6, _CODE_LETTERS[:8]])


def office_code(chance: str) -> str:
    """Ten of them, begun and ended alike: good for days, so that nobody finds one by trying."""
    return _drawn(chance, [_CODE_LETTERS[8:], *[_CODE_LETTERS] * 8, _CODE_LETTERS[:8]])


def link_code(chance: str) -> str:
    """Twelve letters and digits that nobody guesses and nobody types, from hex digits of chance."""
    return _drawn(chance, [_CODE_LETTERS] * 12)


def link_lines(site: str, code: str) -> tuple[messages.Line, ...]:
    """What whoever promised in another's name sends on to them."""
    return (
        phrase("Send them this link, they look at it and say yes or no: {link}", link=f"{site}/chat?start=g-{code}"),
        phrase("Or they write to us here: {words}", words=f"ashar g-{code}"),
        phrase("The link is good for {n} days, and once.", n=LINK_GOOD_FOR.days),
    )


def _drawn(chance: str, alphabets: list[str]) -> str:
    number = int(chance, 16)
    letters = []
    for alphabet in alphabets:
        number, index = divmod(number, len(alphabet))
        letters.append(alphabet[index])
    return "".join(letters)


def standing(campaign: messages.Campaign) -> tuple[messages.Line, ...]:
    """How far a campaign has come, a line for each need; money by currency, as it was promised."""
    lines: list[messages.Line] = []
    for need in campaign.needs:
        promised = [
            messages.Quantity(amount, currency=unit if need.kind == "money" else "", words=need.unit)
            for (name, unit), amount in sorted(campaign.promised.items())
            if name == need.name and amount
        ]
        wanted = messages.Quantity(need.minimum, currency="KGS" if need.kind == "money" else "", words=need.unit)
        if promised:
            lines.append(
                phrase(
                    "{need}: promised {promised}, needed {wanted}",
                    need=need.label,
                    promised=promised,
                    wanted=wanted,
                )
            )
        else:
            lines.append(phrase("{need}: needed {wanted}", need=need.label, wanted=wanted))
        lines += _in_all(campaign, need, {each.currency for each in promised})
    if campaign.pledges:
        lines.append(phrases("{n} promise so far", "{n} promises so far", campaign.pledges, n=campaign.pledges))
    return tuple(lines)


def also_given(campaign: messages.Campaign) -> tuple[messages.Line, ...]:
    """What came that nobody had asked for; it is no part of how far a campaign has come."""
    given = sorted((name, unit, amount) for (name, unit), amount in campaign.promised.items() if also.need(name))
    what = [quantity(campaign, messages.Offer(name, amount, unit)) for name, unit, amount in given if amount]
    return (phrase("Also given, with thanks: {what}", what=what),) if what else ()


def _in_all(campaign: messages.Campaign, need: messages.Need, currencies: set[str]) -> Iterable[messages.Line]:
    """What several currencies, or a foreign one, come to; never a sum that leaves something out without saying so."""
    if need.kind != "money" or currencies <= {"KGS"}:
        return ()
    som = messages.Quantity(campaign.som.get(need.name, ledger.ZERO).quantize(_ONE), currency="KGS")
    if not campaign.unvalued.get(need.name):
        return (phrase("All together ≈ {som}, by the rate of the day.", som=som),)
    if som.value:
        return (
            phrase("All together ≈ {som}, by the rate of the day, without promises whose rate is not known.", som=som),
        )
    return (phrase("What this is in som is not known: there is no rate for it."),)


def current(promise: messages.Promise) -> messages.Offer:
    """What is promised now."""
    return dataclasses.replace(promise.offer, quantity=promise.standing.promised or promise.offer.quantity)


def described(promise: messages.Promise, campaigns: Mapping[str, messages.Campaign]) -> messages.Line:
    """One pledge of the person, as a line."""
    campaign, offered = campaigns.get(promise.campaign), current(promise)
    said = quantity(campaign, offered) if campaign else messages.Quantity(offered.quantity)
    title = campaign.title if campaign else promise.campaign
    return phrase("{campaign}: {offer}. Code: {code}", campaign=title, offer=said, code=promise.code)
