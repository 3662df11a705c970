"""A pledge said back: what is asked of it, how it reads before the yes, and the thanks after it."""

from __future__ import annotations

import datetime as dt

from bot.engine import doubting, giving, happenings, messages, naming, standing
from bot.engine.gifts import whens
from bot.engine.messages import phrase
from bot.engine.turning import Turning, options
from bot.engine.vows import Vow, vow


def show(turning: Turning) -> messages.Reply:
    """The question that waits."""
    pledge = vow(turning)
    if pledge is None:
        return messages.Reply((phrase("This is closed already."),))
    match pledge.at:
        case "doubt" if pledge.draft.doubt:
            choices = doubting.choices(pledge.draft.doubt, pledge.campaign)
            lines = doubting.question(pledge.draft.doubt, pledge.campaign)
            return messages.Reply(lines, options(*(words for _, words in choices)), pick=1 if choices else 0)
        case "confirm":
            return _show_confirm(pledge)
        case "when":
            return _show_when(pledge)
        case "shown":
            return messages.Reply(tuple(pledge.says("shown")), _labels(pledge, "shown"), pick=1)
        case "name":
            return messages.Reply(tuple(pledge.says("name")))
        case _:
            needs = phrase("What is needed: {needs}.", needs=[need.label for need in pledge.campaign.needs])
            return messages.Reply((*pledge.says("gift"), needs))


def _labels(vow: Vow, name: str) -> tuple[messages.Option, ...]:
    return options(*(messages.Written(each.label or {"": each.name}) for each in vow.listed(name)))


def _show_confirm(vow: Vow) -> messages.Reply:
    rates, draft, campaign = vow.turning.facts.worth, vow.draft, vow.campaign
    said: list[messages.Line] = []
    covers: list[messages.Line] = []
    for offer in draft.offers:
        words: messages.Line = doubting.offered(offer, campaign)
        som = giving.whole_som(offer, rates)
        if campaign.need(offer.need).kind == "money" and offer.unit != "KGS" and som is not None:
            words = phrase("{offer} (≈ {som})", offer=words, som=messages.Quantity(som, currency="KGS"))
        said.append(words)
        if giving.is_money(offer) and som is None:
            covers.append(phrase("{offer}: in som it will be counted when the rate is known.", offer=words))
        if covered := giving.covered(campaign, offer, rates):
            covers.append(phrase("{offer} is enough for: {covered}", offer=words, covered=covered))
        covers += giving.added(campaign, offer, rates)
    by = giving.references(campaign, said, _by(vow))
    name, kind = (str(vow.response.answer(each) or "") for each in ("name", "shown"))
    shown: list[messages.Line] = [phrase("Name: {name}", name=naming.said(kind, name))] if name else []
    if draft.offers and (later := standing.not_called(campaign, draft.offers[0])):
        shown.append(later)
    if vow.behalf:
        shown.append(phrase("In another person's name: you will get a link for them. It counts once they say yes."))
    return messages.Reply((*vow.says("confirm", by), *covers, *shown), _labels(vow, "confirm"), pick=1)


def _by(vow: Vow) -> object:
    days = vow.draft.days
    if len(days) > 1:
        return phrase("every month, {n} times, the first on {date}", n=len(days), date=days[0])
    return days[0]


def _show_when(vow: Vow) -> messages.Reply:
    unclear = vow.draft.unclear
    lines = [doubting.unclear(unclear)] if unclear else vow.says("when")
    days = [phrase("By {date}", date=day) for day in suggested(vow)]
    return messages.Reply(tuple(lines), options(*days), pick=1)


def suggested(vow: Vow) -> tuple[dt.date, ...]:
    """The days to choose from, the campaign's own among them."""
    unclear = vow.draft.unclear
    offered = unclear.offered if isinstance(unclear, whens.Asked) else ()
    return tuple(dict.fromkeys((*(day for day in offered[:4]), vow.campaign.deadline)))


def thank(vow: Vow, made: list[happenings.Pledged]) -> None:
    """What is said once it is written down: its code, how to hand it over, what is never asked for."""
    turning, campaign = vow.turning, vow.campaign
    if made[0].link:
        _thank_relative(vow, made)
        return
    named, first = bool(made[0].name), made[0]
    if len(made) == 1 and named:
        turning.say(phrase("Thank you, your promise is written down! Code: {code}.", code=first.code))
    elif len(made) == 1:
        turning.say(
            phrase(
                "Thank you, your promise is written down! Code: {code}. Your name is not published.", code=first.code
            )
        )
    else:
        hidden = phrase("Thank you, your promises are written down! Your name is not published.")
        turning.say(phrase("Thank you, your promises are written down!") if named else hidden)
        for offer in dict.fromkeys(each.offer for each in made):
            codes = [each.code for each in made if each.offer == offer]
            said = doubting.offered(offer, campaign)
            turning.say(phrase("{offer}. Code: {code}", offer=said, code=codes))
    money = [each for each in made if campaign.need(each.offer.need).kind == "money"]
    if later := standing.not_called(campaign, first.offer):
        # How it is handed over is said when it is called for: nobody shall send what may come to nothing.
        turning.say(later)
    elif len(made) == 1 and money:
        turning.say(
            phrase(
                "Transfer: {handover} In the comment write the code: {code}",
                handover=campaign.handover,
                code=first.code,
            )
        )
    else:
        turning.say(phrase("How to hand over: {handover}", handover=campaign.handover))
        if money:
            turning.say(phrase("In the comment of each transfer write its code."))
    turning.say(giving.NEVER)


def _thank_relative(vow: Vow, made: list[happenings.Pledged]) -> None:
    """It waits for its giver: what is sent on to them."""
    said = [doubting.offered(offer, vow.campaign) for offer in dict.fromkeys(each.offer for each in made)]
    vow.turning.say(phrase("Thank you, it is written down in their name: {offer}.", offer=said))
    vow.turning.lines += giving.link_lines(vow.turning.facts.site, made[0].link)
