"""Sharing a campaign: a text to forward to relatives, the day's card for the village group, the ways into the chat."""

from __future__ import annotations

import datetime as dt

from bot.engine import giving, messages
from bot.engine.commands import Command
from bot.engine.messages import phrase, phrases
from bot.engine.turning import LISTED, Turning, options

#: Fewer promises than this are neither counted nor added up where everybody reads it: the neighbours would know whose
#: they are. The same bound as for what is published of people.
LEAST = 10


def payload(campaign: str) -> str:
    """What a link to the campaign carries."""
    return f"a-{campaign}"


def links(campaign: str, ways: tuple[str, ...], site: str) -> tuple[messages.Line, ...]:
    """A line for each way into the chat, and the page that shows all of them."""
    addresses = [*(f"{way}{payload(campaign)}" for way in ways), f"{site}/campaigns/{campaign}"]
    return tuple(messages.Written({"": address}) for address in addresses)


def card(campaign: messages.Campaign, today: dt.date) -> tuple[messages.Line, ...]:
    """The day's card: how far it has come and how long it goes on, about nobody in particular."""
    lines: list[messages.Line] = [phrase("Ashar: {title}", title=campaign.title)]
    if campaign.pledges >= LEAST:
        lines.append(phrases("{n} promise so far", "{n} promises so far", campaign.pledges, n=campaign.pledges))
        promised = [
            giving.quantity(campaign, messages.Offer(need, amount, unit))
            for (need, unit), amount in sorted(campaign.promised.items())
            if amount
        ]
        lines.append(phrase("Promised: {what}", what=promised))
    elif campaign.pledges:
        lines.append(phrase("The first promises are there. Thank you!"))
    if giving.takes(campaign, today):
        needs = [need.label for need in campaign.needs]
        lines.append(phrase("What is needed: {needs}.", needs=needs))
    left = (campaign.deadline - today).days
    if left > 0 and giving.takes(campaign, today):
        lines.append(phrases("{n} day left", "{n} days left", left, n=left))
    elif left == 0 and giving.takes(campaign, today):
        lines.append(phrase("Today is the last day."))
    return tuple(lines)


def invitation(campaign: messages.Campaign) -> tuple[messages.Line, ...]:
    """What one sends to one's relatives."""
    return (
        phrase("Dear ones, at home we are doing an ashar: {title}.", title=campaign.title),
        phrase("Let us help, each with what they can: money, work or material."),
        phrase("A promise takes a minute, and no money is taken then."),
        phrase("Until: {date}", date=campaign.deadline),
    )


# -- in the chat -------------------------------------------------------------------------------------------


def share(turning: Turning) -> None:
    """To the text to forward: of the one campaign that is open, or of the one that is chosen."""
    today = turning.incoming.now.date()
    open_ = [name for name, each in turning.facts.campaigns.items() if giving.takes(each, today)]
    if not open_:
        turning.say(phrase("This is closed already."))
    elif len(open_) == 1:
        turning.to("share", pending=open_[0])
    else:
        turning.to("share", listed=tuple(open_[:LISTED]))


def in_both(turning: Turning) -> bool:
    """Whether what is shown now is said in every language: relatives read one or the other."""
    return turning.talk.scene == "share" and bool(turning.talk.pending) and not turning.lines


def show(turning: Turning) -> messages.Reply:
    """Nothing but the text, so that the message can be forwarded as it is; or which campaign."""
    campaigns, facts = turning.facts.campaigns, turning.facts
    chosen = campaigns.get(turning.talk.pending)
    if chosen is not None:
        lines = (*invitation(chosen), *links(chosen.name, facts.ways, facts.site))
        return messages.Reply(lines, actions=("menu",))
    titles = [messages.Written(campaigns[name].title) for name in turning.talk.listed if name in campaigns]
    return messages.Reply((phrase("Which one?"),), options(*titles), pick=1, actions=("back",))


def take(turning: Turning, command: Command | None) -> None:
    """One of the list; forwarded, and on with what waits."""
    listed = turning.talk.listed
    if turning.talk.pending or command in (Command.BACK, Command.SKIP, Command.CONTINUE):
        turning.go_on()
    elif number := turning.number(len(listed)):
        turning.to("share", pending=listed[number - 1])
