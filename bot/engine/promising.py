"""What one has promised, and what came of it all: the list of pledges, the results."""

from __future__ import annotations

from bot.engine import confiding, giving, keeping, mailing, messages, standing, verbs
from bot.engine.commands import Command
from bot.engine.messages import phrase
from bot.engine.pledging import ledger
from bot.engine.turning import LISTED as LISTED  # re-exported: so many are listed
from bot.engine.turning import Turning, options

#: Scenes in which the pledges of the person who writes must be at hand.
SCENES = frozenset({"home", "pledges", "stays", *keeping.SCENES})


def list_pledges(turning: Turning) -> None:
    """To what this person has promised."""
    turning.to("pledges", listed=keeping.listed(turning))


def say_results(turning: Turning) -> None:
    """Where the results are, and how the campaigns stand."""
    for campaign in turning.facts.campaigns.values():
        turning.say(messages.Written(campaign.title))
        turning.lines += (*giving.standing(campaign), *giving.also_given(campaign))
    turning.say(phrase("Results: {link}", link=f"{turning.facts.site}/results"))


def promised(turning: Turning) -> list[messages.Promise]:
    """The pledges shown last, as far as they still stand."""
    # What lapsed while it was looked at can still be given another day.
    known = {
        promise.id: promise
        for promise in turning.facts.promises
        if giving.stands(promise) or promise.standing.state is ledger.State.LAPSED
    }
    return [known[name] for name in turning.talk.listed if name in known]


def show_pledges(turning: Turning) -> messages.Reply:
    """The person's pledges, each with how it stands; a number opens one."""
    promises = promised(turning)
    turning.change(listed=tuple(promise.id for promise in promises))
    if not promises:
        none = phrase("You have no promises here yet.")
        return messages.Reply((none,), options(phrase("Back to the menu")), pick=1)
    lines = [standing.told(promise, turning.facts.campaigns) for promise in promises]
    choices = [phrase("Open: {code}", code=promise.code) for promise in promises]
    choices.append(phrase("Back to the menu"))
    words: tuple[messages.Line, ...] = (phrase("To invite your relatives, write “invite”."),)
    said, shown = (phrase("Your promises:"), *lines), options(*choices)
    foot = (*words, phrase("For news and reminders by e-mail, write “e-mail”.")) if mailing.is_for(turning) else words
    if confiding.offered(turning):
        foot = (*foot, phrase("For a relative who hears for you, write “relative”."))
    return messages.Reply(said, shown, foot, pick=1, actions=("share",), spare=words, dated=True)


def take_pledges(turning: Turning, command: Command | None) -> None:
    """Open one, or to the menu."""
    listed = turning.talk.listed
    if command is Command.BACK:
        turning.go_home()
    elif command is Command.CONTINUE:
        turning.go_on()
    elif number := turning.number(len(listed) + 1):
        if number > len(listed):
            turning.go_home()
        else:
            wanted = turning.talk.pending
            keeping.open_(turning, listed[number - 1])
            chosen = next((each for each in turning.facts.promises if each.id == listed[number - 1]), None)
            if wanted and chosen:
                verb, _, rest = wanted.partition(" ")
                keeping.do(turning, chosen, verbs.Said(verb, rest))
