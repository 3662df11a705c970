"""One pledge of the person who writes: how it stands, another amount or day, sent, taken back; nobody is asked why."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from decimal import Decimal

from bot.engine import commands, doubting, drafting, giving, messages, passage
from bot.engine.commands import Command
from bot.engine.gifts import pieces, whens
from bot.engine.messages import phrase
from bot.engine.pledging import deciding, events, ledger, wishes
from bot.engine.pledging.events import Step
from bot.engine.turning import LISTED, Turning, options, yes_no

SCENES = ("pledge", "amount", "date", "withdraw")

#: What its giver may do with a pledge, in the order in which it is offered.
_STEPS = {
    "sent": (Step.SENT, phrase("I have sent it")),
    "amount": (Step.CHANGED, phrase("Change the amount")),
    "date": (Step.POSTPONED, phrase("Another day")),
    "withdraw": (Step.WITHDRAWN, phrase("Take back my promise")),
}
#: What only lacks its content is offered.
_LACKING = {Step.CHANGED: wishes.Reason.ALREADY_SO, Step.POSTPONED: wishes.Reason.NO_DATE}
#: Days suggested to whoever needs another one.
_LATER = (14, 30, 60)


def open_(turning: Turning, pledge: str) -> None:
    """To this pledge."""
    turning.to("pledge", listed=(pledge,))


def _promise(turning: Turning) -> messages.Promise | None:
    found = (each for each in turning.facts.promises if each.id in turning.talk.listed[:1])
    return next(found, None)


# -- how it stands -----------------------------------------------------------------------------------------


def told(promise: messages.Promise, campaigns: Mapping[str, messages.Campaign]) -> messages.Line:
    """One pledge and how it stands, in a line."""
    line = giving.described(promise, campaigns)
    return phrase("{promise}. {state}", promise=line, state=_state(promise, campaigns.get(promise.campaign)))


def _state(promise: messages.Promise, campaign: messages.Campaign | None) -> messages.Phrase:
    standing = promise.standing
    day = standing.due or (campaign.deadline if campaign else None)
    match standing.state:
        case ledger.State.SENT:
            return phrase("Sent. When we have seen it arrive, we will tell you.")
        case ledger.State.NOT_FOUND:
            return phrase("We do not see it yet. Perhaps it is still on its way.")
        case ledger.State.RECEIVED | ledger.State.ACCOUNTED:
            return phrase("It has arrived. Many thanks!")
        case ledger.State.DUE if day:
            return phrase("Its day: {date}. If things have changed, choose another day or take it back.", date=day)
        case _ if campaign is not None and not giving.terms(campaign, promise.offer).calls:
            return phrase("It is called for only once enough has come together. Until: {date}", date=campaign.deadline)
        case _ if day:
            return phrase("Until: {date}", date=day)
    return phrase("It is written down.")


def show_pledge(turning: Turning) -> messages.Reply:
    """What was promised, how it stands and what may be done with it now."""
    promise = _promise(turning)
    if promise is None:
        return messages.Reply((doubting.REFUSED[wishes.Reason.NO_PLEDGE],), options(phrase("Back")), pick=1)
    # What is decided next was seen as it is now.
    turning.change(pending=str(promise.standing.steps))
    received = promise.standing.received
    lines: list[messages.Line] = [told(promise, turning.facts.campaigns)]
    campaign = turning.facts.campaigns.get(promise.campaign)
    if campaign is not None and received and promise.standing.rest:
        came = messages.Offer(promise.offer.need, received, promise.offer.unit)
        lines.append(phrase("Arrived so far: {offer}", offer=giving.quantity(campaign, came)))
    offered = _offered(turning, promise)
    if "sent" in offered and campaign is not None:
        lines += handover(promise, campaign)
    return messages.Reply(tuple(lines), options(*(_STEPS[name][1] for name in offered), phrase("Back")), pick=1)


def handover(promise: messages.Promise, campaign: messages.Campaign) -> list[messages.Line]:
    """Where to and with which code, and what is never asked for."""
    if not giving.is_money(promise.offer):
        return [phrase("How to hand over: {handover}", handover=campaign.handover), giving.NEVER]
    return [
        phrase(
            "Transfer: {handover} In the comment write the code: {code}",
            handover=campaign.handover,
            code=promise.code,
        ),
        giving.NEVER,
    ]


def _offered(turning: Turning, promise: messages.Promise) -> list[str]:
    """What the ledger would grant now, as far as it hangs on no amount and day."""
    found = []
    for name, (step, _) in _STEPS.items():
        decided = _decide(turning, promise, wishes.Wish(step))
        if not isinstance(decided, wishes.Refusal) or decided.reason is _LACKING.get(step):
            found.append(name)
    return found


def _decide(
    turning: Turning, promise: messages.Promise, wish: wishes.Wish
) -> tuple[events.Event, ...] | wishes.Refusal:
    campaign = turning.facts.campaigns.get(promise.campaign)
    if campaign is None:
        return wishes.Refusal(wishes.Reason.CLOSED)
    if wish.step is Step.CHANGED and not _is_needed(promise, campaign):
        return wishes.Refusal(wishes.Reason.CLOSED)
    terms = giving.terms(campaign, promise.offer, promise.rate)
    return deciding.decide(promise.standing, wish, giving.GIVER, terms, turning.incoming.now)


def _is_needed(promise: messages.Promise, campaign: messages.Campaign) -> bool:
    """Whether the campaign still asks for it: a new version may have dropped the need, and the promise stands."""
    return any(need.name == promise.offer.need for need in campaign.needs)


# -- what is done with it ----------------------------------------------------------------------------------


def take_pledge(turning: Turning, command: Command | None) -> None:
    """One of what may be done with it."""
    promise = _promise(turning)
    if command in (Command.BACK, Command.SKIP) or promise is None:
        _to_list(turning)
        return
    if command is Command.CONTINUE:
        turning.go_on()
        return
    offered = _offered(turning, promise)
    name = _BY_WORD.get(commands.fold(turning.incoming.text[:60]), "")
    if not name:
        number = turning.number(len(offered) + 1)
        if number == len(offered) + 1:
            _to_list(turning)
        elif number and str(promise.standing.steps) != turning.talk.pending:
            # The numbers stood for what could be done then.
            turning.say(doubting.REFUSED[wishes.Reason.CHANGED_MEANWHILE])
        elif number:
            name = offered[number - 1]
    if name == "sent":
        _wish(turning, promise, Step.SENT)
    elif name in offered:
        turning.to(name, pending=turning.talk.pending, listed=turning.talk.listed)
    elif name:
        decided = _decide(turning, promise, wishes.Wish(_STEPS[name][0]))
        if isinstance(decided, wishes.Refusal):
            turning.say(doubting.REFUSED[decided.reason])


#: The same in words, as people write them.
_WORDS = {
    "sent": "жөнөттүм, жөнөтүп койдум, которуп койдум, котордум, жибердим, жиберип койдум, салдым, jonottum, "
    "отправлено, отправил, отправила, уже отправлено, перевёл, перевела, переведено",
    "amount": "өзгөртүү, салымдын өлчөмүн өзгөртөм, изменить, изменить размер вклада",
    "date": "жылдыруу, жылдырам, күнүн жылдырам, кийин, кийинчерээк, башка күнү, бир аздан кийин, перенести, "
    "перенести срок, позже, попозже, потом, не сейчас, в другой день",
    "withdraw": "алып салуу, алып сал, алып салыңыз, убадамды алып салуу, снять, снять обещание",
}
_BY_WORD = {commands.fold(word): name for name, words in _WORDS.items() for word in words.split(",")}


def _to_list(turning: Turning) -> None:
    turning.to("pledges", listed=listed(turning))


def listed(turning: Turning) -> tuple[str, ...]:
    """The pledges that stand: first what is still to be given, the nearest day first."""
    standing = [each for each in turning.facts.promises if giving.stands(each)]
    standing.sort(key=lambda each: (each.standing.state not in _OPEN, each.standing.due or dt.date.max))
    return tuple(each.id for each in standing[:LISTED])


_OPEN = frozenset({ledger.State.OFFERED, ledger.State.CONFIRMED, ledger.State.DUE})


def _wish(
    turning: Turning,
    promise: messages.Promise,
    step: Step,
    quantity: Decimal | None = None,
    due: dt.date | None = None,
) -> bool:
    """Write it down, or say why not; whether it was."""
    seen = turning.talk.pending
    wish = wishes.Wish(step, quantity, due=due, seen=int(seen) if seen.isdigit() else None)
    decided = _decide(turning, promise, wish)
    if isinstance(decided, wishes.Refusal):
        turning.say(doubting.REFUSED[decided.reason])
        return False
    turning.events.append(messages.Stepped(promise.id, decided))
    turning.know(giving.stepped(promise, decided))
    turning.say(_DONE[step])
    return True


_DONE = {
    Step.SENT: phrase("Thank you, it is noted. When we have seen it arrive, we will tell you."),
    Step.CHANGED: phrase("All right, the new amount is written down. Thank you!"),
    Step.POSTPONED: phrase("All right, the new day is written down. Thank you!"),
    Step.WITHDRAWN: phrase("Your promise is taken back. Thank you for your support."),
}


def show_withdraw(turning: Turning) -> messages.Reply:
    """Really? Nobody is asked why."""
    promise = _promise(turning)
    lines = [giving.described(promise, turning.facts.campaigns)] if promise else []
    return messages.Reply((*lines, phrase("Take this promise back?")), yes_no(), pick=1)


def take_withdraw(turning: Turning, command: Command | None) -> None:
    """Yes takes it back."""
    agreed = False if command in (Command.BACK, Command.SKIP, Command.CONTINUE) else turning.yes_or_no()
    promise = _promise(turning)
    if agreed is None:
        return
    if agreed and promise:
        _wish(turning, promise, Step.WITHDRAWN)
    turning.go_home()


def show_amount(turning: Turning) -> messages.Reply:
    """How much it shall be."""
    promise = _promise(turning)
    lines = [giving.described(promise, turning.facts.campaigns)] if promise else []
    return messages.Reply(
        (*lines, phrase("How much shall it be now? Write the number, for example: 3")), actions=("back",)
    )


def take_amount(turning: Turning, command: Command | None) -> None:
    """The new amount, in the unit of the promise."""
    promise = _promise(turning)
    campaign = turning.facts.campaigns.get(promise.campaign) if promise else None
    if command in (Command.BACK, Command.SKIP, Command.CONTINUE) or promise is None or campaign is None:
        turning.to("pledge", listed=turning.talk.listed)
        return
    if not _is_needed(promise, campaign):
        turning.say(doubting.REFUSED[wishes.Reason.CLOSED])
        turning.to("pledge", listed=turning.talk.listed)
        return
    read = amount(turning, promise, campaign)
    if read is not None and read.unit != promise.offer.unit:
        turning.miss(phrase("In other money it would be another promise: take this one back and make a new one."))
    elif read is not None:
        _wish(turning, promise, Step.CHANGED, read.quantity)
        turning.to("pledge", listed=turning.talk.listed)


def amount(turning: Turning, promise: messages.Promise, campaign: messages.Campaign) -> messages.Offer | None:
    """How much of what was promised the message says; None, and it is said why, where it says nothing of the kind."""
    if turning.incoming.kind != "text":
        turning.miss()
        return None
    read = _ear(turning, campaign).amount(promise.offer.need, turning.incoming.text)
    if isinstance(read, pieces.Doubtful) and read.what == "currency":
        # Only the number was said: the money stays what it is.
        read = next(
            (each for each in read.readings if isinstance(each, messages.Offer) and each.unit == promise.offer.unit),
            read,
        )
    if isinstance(read, pieces.Misread) and read.why is pieces.Why.NOTHING:
        read = pieces.Misread(pieces.Why.NUMBER, read.said)
    if isinstance(read, messages.Offer):
        return read
    if isinstance(read, pieces.Doubtful):
        turning.miss()
    else:
        turning.lines += doubting.aside(read, campaign)
        turning.missed = True
    return None


def show_date(turning: Turning) -> messages.Reply:
    """On which day it shall be."""
    days = [phrase("By {date}", date=day) for day in _days(turning)]
    # What was unclear has been asked about already.
    lines = () if turning.missed else (phrase("On which day? Roughly is fine."),)
    return messages.Reply(lines, options(*days), pick=1, actions=("back",))


def _today(turning: Turning) -> dt.date:
    return turning.incoming.now.astimezone(passage.KYRGYZ_TIME).date()


def _days(turning: Turning) -> list[dt.date]:
    return [_today(turning) + dt.timedelta(days=days) for days in _LATER]


def take_date(turning: Turning, command: Command | None) -> None:
    """The new day."""
    promise, text, days = _promise(turning), turning.incoming.text, _days(turning)
    if command in (Command.BACK, Command.SKIP, Command.CONTINUE) or promise is None:
        turning.to("pledge", listed=turning.talk.listed)
        return
    if turning.incoming.kind != "text":
        turning.miss()
        return
    digits = commands.fold(text[:40])
    found: whens.Outcome = (
        whens.When(days[int(digits) - 1]) if digits in ("1", "2", "3") else whens.read(text, _today(turning))
    )
    if isinstance(found, whens.Asked | whens.Misread):
        turning.miss(doubting.unclear(found))
    elif isinstance(found, whens.Monthly):
        turning.miss(phrase("A promise has one day. On which day? Roughly is fine."))
    else:
        _wish(turning, promise, Step.POSTPONED, due=found.on)
        turning.to("pledge", listed=turning.talk.listed)


def _ear(turning: Turning, campaign: messages.Campaign) -> drafting.Ear:
    return drafting.Ear(campaign, turning.facts, _today(turning))
