"""What one has promised, and what came of it all: the list of pledges, one taken back, the results."""

from __future__ import annotations

from bot.engine import giving, messages
from bot.engine.commands import Command
from bot.engine.messages import phrase
from bot.engine.pledging import deciding, events, wishes
from bot.engine.turning import LISTED, Turning, options, yes_no


def list_pledges(turning: Turning) -> None:
    """To what this person has promised."""
    promises = [each for each in turning.facts.promises if giving.stands(each)][-LISTED:]
    turning.to("pledges", listed=tuple(promise.id for promise in promises))


def say_results(turning: Turning) -> None:
    """Where the results are, and how the campaigns stand."""
    for campaign in turning.facts.campaigns.values():
        turning.say(messages.Written(campaign.title))
        turning.lines += giving.standing(campaign)
    turning.say(phrase("Results: {link}", link=f"{turning.facts.site}/results"))


def promised(turning: Turning) -> list[messages.Promise]:
    """The pledges shown last, as far as they still stand."""
    standing = {promise.id: promise for promise in turning.facts.promises if giving.stands(promise)}
    return [standing[name] for name in turning.talk.listed if name in standing]


def show_pledges(turning: Turning) -> messages.Reply:
    """The person's pledges; a number takes one back."""
    promises = promised(turning)
    turning.change(listed=tuple(promise.id for promise in promises))
    campaigns = turning.facts.campaigns
    if not promises:
        lines: tuple[messages.Line, ...] = (phrase("You have no promises here yet."),)
    else:
        lines = (phrase("Your promises:"), *(giving.described(promise, campaigns) for promise in promises))
    take_back = (phrase("Take back: {code}", code=promise.code) for promise in promises)
    return messages.Reply(lines, options(*take_back, phrase("Back to the menu")), pick=1)


def take_pledges(turning: Turning, command: Command | None) -> None:
    """Take one back, or to the menu."""
    listed = turning.talk.listed
    if command is Command.BACK:
        turning.go_home()
    elif command is Command.CONTINUE:
        turning.go_on()
    elif number := turning.number(len(listed) + 1):
        if number > len(listed):
            turning.go_home()
        else:
            turning.to("withdraw", listed=(listed[number - 1],))


def show_withdraw(turning: Turning) -> messages.Reply:
    """Really? Nobody is asked why."""
    lines = [giving.described(promise, turning.facts.campaigns) for promise in promised(turning)]
    return messages.Reply((*lines, phrase("Take this promise back?")), yes_no(), pick=1)


def take_withdraw(turning: Turning, command: Command | None) -> None:
    """Yes takes it back."""
    agreed = False if command is Command.BACK else turning.yes_or_no()
    if agreed is None:
        return
    for promise in promised(turning) if agreed else ():
        campaign = turning.facts.campaigns[promise.campaign]
        wish = wishes.Wish(events.Step.WITHDRAWN)
        terms = giving.terms(campaign, promise.offer, promise.rate)
        decided = deciding.decide(promise.standing, wish, giving.GIVER, terms, turning.incoming.now)
        if isinstance(decided, wishes.Refusal):
            turning.say(phrase("It has arrived already. Many thanks!"))
        else:
            turning.events.append(messages.Stepped(promise.id, decided))
            turning.say(phrase("Your promise is taken back. Thank you for your support."))
    turning.go_home()
