"""What a relative promised in somebody's name: its giver comes by a link, sees it, and says yes, otherwise or no."""

from __future__ import annotations

from bot.engine import consenting, doubting, giving, happenings, keeping, messages, standing
from bot.engine.commands import Command
from bot.engine.messages import phrase
from bot.engine.pledging import deciding, events, ledger, wishes
from bot.engine.turning import Turning, options
from bot.engine.understanding import agreeing

_BEGINS = "g-"
_USED = phrase("This link has been used already, or it is too old.")


def is_link(link: str) -> bool:
    """True for the link that a relative sends on."""
    return link.startswith(_BEGINS)


def code(link: str) -> str:
    """The code in such a link, or ""."""
    return link.removeprefix(_BEGINS).upper() if is_link(link) else ""


def _open(turning: Turning) -> tuple[messages.Promise, ...]:
    """What waits for an answer, to campaigns that still take it."""
    today, found = turning.incoming.now.date(), turning.facts.vouched
    return tuple(
        each
        for each in found
        if each.standing.state is ledger.State.OFFERED
        and (campaign := turning.facts.campaigns.get(each.campaign)) is not None
        and giving.takes(campaign, today)
    )


def follow(turning: Turning, link: str) -> None:
    """To what was promised, for whoever has the link; whoever made it is told to send it on."""
    promises = _open(turning)
    if not promises:
        turning.say(_USED)
    elif not all(each.mine for each in promises):
        turning.say(phrase("This link is for the one in whose name you promised. Please send it on to them."))
    else:
        turning.to("vouched", pending=link, listed=_seen(promises))
        return
    turning.change(pending="", before="")
    turning.go_on()


def _seen(promises: tuple[messages.Promise, ...]) -> tuple[str, ...]:
    """What is shown, so that no yes is to another amount."""
    return tuple(f"{each.id}/{each.standing.steps}" for each in promises)


def settle(turning: Turning) -> None:
    """The relative may have taken it back meanwhile."""
    if not _open(turning):
        turning.say(_USED)
        turning.go_home()


def show(turning: Turning) -> messages.Reply:
    """What was promised in this person's name; who agrees for the first time sees what is kept."""
    promises = _open(turning)
    turning.change(listed=_seen(promises))
    campaign = turning.facts.campaigns[promises[0].campaign]
    lines: list[messages.Line] = [messages.Written(campaign.title), messages.Written(campaign.story)]
    lines.append(phrase("Somebody close to you has promised this in your name:"))
    for each in promises:
        offer = giving.quantity(campaign, giving.current(each))
        lines.append(phrase("{offer}. Until: {date}", offer=offer, date=each.standing.due or campaign.deadline))
    lines.append(phrase("It counts only if you say yes yourself."))
    if _purpose(promises) not in _consents(turning):
        lines += [consenting.text(turning, turning.talk.pending), consenting.more(turning)]
    choices = options(phrase("Yes, I promise this"), phrase("Yes, but otherwise"), phrase("No"))
    return messages.Reply(tuple(lines), choices, pick=1)


def _purpose(promises: tuple[messages.Promise, ...]) -> str:
    return f"pledge:{promises[0].campaign}"


def _consents(turning: Turning) -> tuple[str, ...]:
    person = turning.person()
    return person.consents if person else ()


def take(turning: Turning, command: Command | None) -> None:
    """Yes makes it theirs; otherwise, theirs to change first; no lets it go, and nothing is kept of them."""
    promises = _open(turning)
    if command in (Command.BACK, Command.SKIP, Command.CONTINUE):
        turning.go_on()
        return
    agreed = agreeing.consents(turning.incoming.text) if turning.incoming.kind == "text" else None
    number = {True: 1, False: 3}[agreed] if agreed is not None else turning.number(3)
    if number and _seen(promises) != turning.talk.listed:
        turning.say(doubting.REFUSED[wishes.Reason.CHANGED_MEANWHILE])
    elif number == 3:
        _decline(turning, promises)
    elif number:
        _accept(turning, promises, confirmed=number == 1)


def _decline(turning: Turning, promises: tuple[messages.Promise, ...]) -> None:
    for each in promises:
        if steps := _steps(turning, each, events.Step.WITHDRAWN):
            turning.events += [happenings.Stepped(each.id, steps), happenings.Answered(each.id, "")]
    turning.say(phrase("All right. It does not count, and nothing is kept about you. Thank you for looking."))
    turning.go_on()


def _accept(turning: Turning, promises: tuple[messages.Promise, ...], *, confirmed: bool) -> None:
    purpose, person = _purpose(promises), turning.person()
    if person is None or purpose not in person.consents:
        person = consenting.give(turning, purpose, turning.talk.pending)
    for each in promises:
        turning.events.append(happenings.Answered(each.id, person.id))
        steps = _steps(turning, each, events.Step.CONFIRMED) if confirmed else ()
        if steps:
            turning.events.append(happenings.Stepped(each.id, steps))
        turning.own(giving.stepped(each, steps))
    if confirmed:
        campaign = turning.facts.campaigns[promises[0].campaign]
        turning.say(phrase("Thank you, now it is your promise!"))
        for each in promises:
            turning.say(giving.described(each, turning.facts.campaigns))
            turning.lines += standing.handover(each, campaign)
        turning.lead_back()
    elif len(promises) > 1:
        turning.to("pledges", listed=tuple(each.id for each in promises))
    else:
        keeping.open_(turning, promises[0].id)


def _steps(turning: Turning, promise: messages.Promise, step: events.Step) -> tuple[events.Event, ...]:
    terms = giving.terms(turning.facts.campaigns[promise.campaign], promise.offer, promise.rate)
    decided = deciding.decide(promise.standing, wishes.Wish(step), giving.GIVER, terms, turning.incoming.now)
    return () if isinstance(decided, wishes.Refusal) else decided
