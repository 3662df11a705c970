"""One pledge of the person who writes: how it stands, another amount or day, sent, taken back; nobody is asked why."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

from bot.engine import (
    commands,
    doubting,
    giving,
    happenings,
    measuring,
    messages,
    naming,
    standing,
    state,
    verbs,
)
from bot.engine.commands import Command
from bot.engine.gifts import whens
from bot.engine.messages import phrase
from bot.engine.pledging import deciding, events, ledger, wishes
from bot.engine.pledging.events import Step
from bot.engine.turning import LISTED, Turning, options, yes_no

SCENES = ("pledge", "amount", "date", "withdraw", *naming.SCENES)

#: What may be done with a pledge, in the order in which it is offered; what is no step of the ledger has none.
_STEPS: dict[str, tuple[Step | None, messages.Phrase]] = {
    "confirm": (Step.CONFIRMED, phrase("Yes, I promise this")),
    "sent": (Step.SENT, phrase("I have sent it")),
    "amount": (Step.CHANGED, phrase("Change the amount")),
    "date": (Step.POSTPONED, phrase("Another day")),
    "withdraw": (Step.WITHDRAWN, phrase("Take back my promise")),
    "shown": (None, phrase("Whose name is shown")),
    "link": (None, phrase("A new link for the giver")),
}
#: What only lacks its content is offered.
_LACKING = {Step.CHANGED: wishes.Reason.ALREADY_SO, Step.POSTPONED: wishes.Reason.NO_DATE}
#: Where no photo can come in.
NO_PHOTOS = ("sms", "terminal")
#: Days suggested to whoever needs another one.
_LATER = (14, 30, 60)


def open_(turning: Turning, pledge: str) -> None:
    """To this pledge."""
    turning.to("pledge", listed=(pledge,))


def _promise(turning: Turning) -> messages.Promise | None:
    found = (each for each in turning.facts.promises if each.id in turning.talk.listed[:1])
    return next(found, None)


# -- how it stands -----------------------------------------------------------------------------------------


def show_pledge(turning: Turning) -> messages.Reply:
    """What was promised, how it stands and what may be done with it now."""
    promise = _promise(turning)
    if promise is None:
        return messages.Reply((doubting.REFUSED[wishes.Reason.NO_PLEDGE],), options(phrase("Back")), pick=1)
    # What is decided next was seen as it is now.
    turning.change(pending=str(promise.standing.steps))
    received = promise.standing.received
    lines: list[messages.Line] = [standing.told(promise, turning.facts.campaigns)]
    campaign = turning.facts.campaigns.get(promise.campaign)
    if campaign is not None and received and promise.standing.rest:
        came = messages.Offer(promise.offer.need, received, promise.offer.unit)
        lines.append(phrase("Arrived so far: {offer}", offer=giving.quantity(campaign, came)))
    if promise.mine and promise.name:
        lines.append(phrase("Name: {name}", name=naming.said(promise.shown, promise.name)))
    offered = _offered(turning, promise)
    if "sent" in offered and campaign is not None:
        lines += standing.handover(promise, campaign)
    choices = options(*(_STEPS[name][1] for name in offered), phrase("Back"))
    takes = "image" if "sent" in offered or promise.standing.state in _MOVING else ""
    return messages.Reply(tuple(lines), choices, pick=1, takes=takes, dated=True)


def _offered(turning: Turning, promise: messages.Promise) -> list[str]:
    """What the ledger would grant now, as far as it hangs on no amount and day."""
    found = []
    unanswered = promise.standing.state is ledger.State.OFFERED
    for name, (step, _) in _STEPS.items():
        if step is None:
            # A name is for the giver to show, and a link for the relative to send.
            found += [name] if (unanswered and not promise.mine if name == "link" else promise.mine) else []
            continue
        if (step is Step.CONFIRMED and not (unanswered and promise.mine)) or (step is Step.SENT and unanswered):
            # Nobody has sent what was not said yes to.
            continue
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
    actor = giving.GIVER if promise.mine else giving.RELATIVE
    return deciding.decide(promise.standing, wish, actor, terms, turning.incoming.now)


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
    if turning.incoming.kind != "text":
        _take_other(turning, promise)
        return
    offered = _offered(turning, promise)
    name = ""
    if said := verbs.read(turning.incoming.text) or verbs.later(turning.incoming.text):
        do(turning, promise, said)
    else:
        number = turning.number(len(offered) + 1)
        if number == len(offered) + 1:
            _to_list(turning)
        elif number and str(promise.standing.steps) != turning.talk.pending:
            # The numbers stood for what could be done then.
            turning.say(doubting.REFUSED[wishes.Reason.CHANGED_MEANWHILE])
        elif number:
            name = offered[number - 1]
    if name == "link":
        link(turning, promise)
    elif name:
        do(turning, promise, verbs.Said(name))


def do(turning: Turning, promise: messages.Promise, said: verbs.Said) -> None:
    """What was wanted with it in words or by a number: at once where nothing is left to ask."""
    name, step = said.verb, _STEPS[said.verb][0]
    on = whens.read(said.rest, measuring.day(turning)) if name == "date" and said.rest else None
    decided = () if step is None or name == "sent" else _decide(turning, promise, wishes.Wish(step))
    if isinstance(decided, wishes.Refusal) and decided.reason is not _LACKING.get(step or Step.SENT):
        turning.say(doubting.REFUSED[decided.reason])
    elif name == "sent" and not promise.mine and promise.standing.state is ledger.State.OFFERED:
        # A relative speaks of what its giver has said yes to.
        turning.say(doubting.REFUSED[wishes.Reason.UNCONFIRMED])
    elif name == "sent":
        _send(turning, promise, said.rest)
    elif name == "confirm":
        _wish(turning, promise, Step.CONFIRMED)
    elif isinstance(on, whens.When):
        _wish(turning, promise, Step.POSTPONED, due=on.on)
    else:
        turning.to(name, pending=str(promise.standing.steps), listed=(promise.id,))


def link(turning: Turning, promise: messages.Promise) -> None:
    """Another link for whoever the promise is of: only the hash of the first is kept."""
    code = giving.link_code(turning.draw("link"))
    turning.events.append(happenings.Linked(promise.id, code))
    turning.lines += giving.link_lines(turning.facts.site, code)


# -- sent --------------------------------------------------------------------------------------------------


def _send(turning: Turning, promise: messages.Promise, words: str) -> bool:
    """It was sent: all of it, or as much as the words say. Whether it was written down."""
    before, quantity = promise.standing, None
    if words := words.upper().replace(promise.code, "").strip() and words:
        campaign_ = turning.facts.campaigns[promise.campaign]
        read = measuring.amount(turning, promise, campaign_, words)
        if read is None or not _in_kind(turning, promise, read):
            return False
        quantity = read.quantity
        moving = max(before.declared - before.settled, ledger.ZERO)
        # A second part is added to the first; what does not fit in with it is how much it was in all.
        if before.settled + moving + quantity <= before.promised:
            quantity += moving
    if not _wish(turning, promise, Step.SENT, quantity):
        return False
    after = next(each for each in turning.facts.promises if each.id == promise.id)
    campaign = turning.facts.campaigns.get(promise.campaign)
    if campaign and after.standing.on_the_way < after.standing.rest:
        moving_ = messages.Offer(promise.offer.need, after.standing.on_the_way, promise.offer.unit)
        turning.say(phrase("On its way now: {offer}.", offer=giving.quantity(campaign, moving_)))
    if turning.incoming.kind == "text" and turning.incoming.channel not in NO_PHOTOS:
        turning.say(phrase("If you have a photo of the receipt, you can send it here. The treasurer alone sees it."))
    return True


def photo(turning: Turning, promise: messages.Promise) -> None:
    """A photo of the receipt: whoever sends one has sent what it is for."""
    said = verbs.read(turning.incoming.text)
    rest = said.rest if said and said.verb == "sent" else ""
    if (rest or promise.standing.state not in _MOVING) and not _send(turning, promise, rest):
        return
    turning.events.append(happenings.Receipted(promise.id, state.Media(turning.draw("media"), "image")))
    turning.say(phrase("Thank you, the photo is kept for the treasurer."))


def _take_other(turning: Turning, promise: messages.Promise) -> None:
    """What is no text."""
    if turning.incoming.channel in NO_PHOTOS:
        turning.miss(phrase("No photo can come in here, I am sorry. Your word is enough: write “sent”."))
    elif turning.incoming.kind == "image":
        photo(turning, promise)
    else:
        turning.number(1)


def _to_list(turning: Turning) -> None:
    turning.to("pledges", listed=listed(turning))


def listed(turning: Turning) -> tuple[str, ...]:
    """The pledges that stand: first what is still to be given, the nearest day first."""
    found = [each for each in turning.facts.promises if giving.stands(each)]
    found.sort(key=lambda each: (each.standing.state not in _OPEN, each.standing.due or dt.date.max))
    return tuple(each.id for each in found[:LISTED])


_OPEN = frozenset({ledger.State.OFFERED, ledger.State.CONFIRMED, ledger.State.DUE})
_MOVING = frozenset({ledger.State.SENT, ledger.State.NOT_FOUND})


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
    turning.events.append(happenings.Stepped(promise.id, decided))
    turning.know(giving.stepped(promise, decided))
    turning.say(_DONE[step])
    return True


_DONE = {
    Step.CONFIRMED: phrase("Thank you, now it is your promise!"),
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
    read = measuring.amount(turning, promise, campaign, turning.incoming.text)
    if read is not None and _in_kind(turning, promise, read):
        _wish(turning, promise, Step.CHANGED, read.quantity)
        turning.to("pledge", listed=turning.talk.listed)


def _in_kind(turning: Turning, promise: messages.Promise, read: messages.Offer) -> bool:
    """Whether it is of the money, or the thing, that was promised."""
    if read.unit == promise.offer.unit:
        return True
    turning.miss(phrase("In other money it would be another promise: take this one back and make a new one."))
    return False


def show_date(turning: Turning) -> messages.Reply:
    """On which day it shall be."""
    days = [phrase("By {date}", date=day) for day in _days(turning)]
    # What was unclear has been asked about already.
    lines = () if turning.missed else (phrase("On which day? Roughly is fine."),)
    return messages.Reply(lines, options(*days), pick=1, actions=("back",))


def _days(turning: Turning) -> list[dt.date]:
    return [measuring.day(turning) + dt.timedelta(days=days) for days in _LATER]


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
        whens.When(days[int(digits) - 1]) if digits in ("1", "2", "3") else whens.read(text, measuring.day(turning))
    )
    if isinstance(found, whens.Asked | whens.Misread):
        turning.miss(doubting.unclear(found))
    elif isinstance(found, whens.Monthly):
        turning.miss(phrase("A promise has one day. On which day? Roughly is fine."))
    else:
        _wish(turning, promise, Step.POSTPONED, due=found.on)
        turning.to("pledge", listed=turning.talk.listed)


def take_name(turning: Turning, command: Command | None) -> None:
    """Whose name is shown, then the name itself."""
    promise = _promise(turning)
    campaign = turning.facts.campaigns.get(promise.campaign) if promise else None
    if promise is None or campaign is None or naming.leaves(command):
        turning.to("pledge", listed=turning.talk.listed)
    elif turning.talk.scene == "shown":
        naming.take_shown(turning, promise)
        if turning.talk.scene == "shown" and not turning.missed:
            turning.to("pledge", listed=turning.talk.listed)
    elif naming.take_name(turning, promise, campaign):
        turning.to("pledge", listed=turning.talk.listed)
