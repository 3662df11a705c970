"""The end of a campaign: is it really done, how satisfied are you, why; it can be said anew at any time."""

from __future__ import annotations

from bot.engine import commands, happenings, messages
from bot.engine.commands import Command
from bot.engine.gifts import guarding
from bot.engine.messages import phrase
from bot.engine.turning import Turning, options
from bot.engine.understanding import agreeing

SCENES = ("is_done", "satisfied", "why")
_SAID = {"yes": phrase("Yes"), "partly": phrase("Partly"), "no": phrase("No"), "unknown": phrase("I do not know")}
#: Letters of a why at the most: a word, not a letter.
LONGEST = 500

_DONE = ("yes", "partly", "no", "unknown")
_SATISFIED = (
    phrase("Not at all satisfied"),
    phrase("Rather not"),
    phrase("So-so"),
    phrase("Satisfied"),
    phrase("Very satisfied"),
)
_HOW_MANY = len(_SATISFIED)


def rate(turning: Turning) -> None:
    """To what they say of how a campaign ended; said again, it takes the place of what they said before."""
    if turning.facts.ended:
        open_(turning, turning.facts.ended[0])
    else:
        turning.say(phrase("There is nothing to rate yet. When a work is done, we will ask you."))


def open_(turning: Turning, campaign: str) -> None:
    """To the first question about this campaign."""
    turning.to("is_done", pending=campaign)


def _said(turning: Turning, **said: object) -> None:
    person = turning.person()
    if person:
        turning.events.append(happenings.Opined(person.id, turning.talk.pending, **said))  # type: ignore[arg-type] # its fields


def _leaves(turning: Turning, command: Command | None) -> bool:
    if command in (Command.BACK, Command.CONTINUE) or turning.talk.pending not in turning.facts.ended:
        turning.go_on()
        return True
    return False


def show_is_done(turning: Turning) -> messages.Reply:
    """Whether it is really done."""
    campaign = turning.facts.campaigns.get(turning.talk.pending)
    title = (messages.Written(campaign.title),) if campaign else ()
    choices = options(phrase("Yes"), phrase("Partly"), phrase("No"), phrase("I do not know"))
    return messages.Reply((*title, phrase("Is the work really done?")), choices, pick=1)


def take_is_done(turning: Turning, command: Command | None) -> None:
    """One of the four, by its number or in a word."""
    if _leaves(turning, command):
        return
    text = turning.incoming.text
    folded = commands.fold(text[:60])
    agreed = agreeing.consents(text) if turning.incoming.kind == "text" else None
    if folded in commands.DONT_KNOW or command is Command.SKIP:
        done = "unknown"
    elif folded in _PARTLY:
        done = "partly"
    elif agreed is not None:
        done = "yes" if agreed else "no"
    elif number := turning.number(len(_DONE)):
        done = _DONE[number - 1]
    else:
        return
    _said(turning, done=done)
    turning.to("satisfied", pending=turning.talk.pending)


_PARTLY = frozenset(
    commands.fold(word) for word in ("жарымы", "жарым-жартылай", "бир аз", "частично", "не всё", "отчасти")
)


def show_satisfied(_turning: Turning) -> messages.Reply:
    """From 1 to 5."""
    return messages.Reply((phrase("How satisfied are you?"),), options(*_SATISFIED), pick=1, actions=("skip",))


def take_satisfied(turning: Turning, command: Command | None) -> None:
    """A number from 1 to 5, or nothing."""
    if _leaves(turning, command):
        return
    if command is not Command.SKIP:
        number = turning.number(_HOW_MANY)
        if not number:
            return
        _said(turning, satisfaction=number)
    turning.to("why", pending=turning.talk.pending)


def show_why(_turning: Turning) -> messages.Reply:
    """In their own words, if they like."""
    return messages.Reply((phrase("Why so? A word is enough, if you like."),), actions=("skip",))


def take_why(turning: Turning, command: Command | None) -> None:
    """Whatever they write; then thanks, and back to where they were."""
    if _leaves(turning, command):
        return
    if command is not Command.SKIP:
        text = turning.incoming.text.strip()
        if turning.incoming.kind != "text" or not text:
            turning.miss()
            return
        # Nobody needs a card's number for this; what is sealed could still be read aloud one day.
        plain, _ = guarding.guarded(text[:LONGEST])
        _said(turning, why=plain)
    turning.say(phrase("Thank you! Your answer is kept. To change it, write “rating”."))
    turning.lead_back()


def told(turning: Turning) -> list[messages.Line]:
    """What the person said of campaigns, for whoever asks what is kept about them."""
    lines: list[messages.Line] = []
    for each in turning.facts.opinions:
        campaign = turning.facts.campaigns.get(each.campaign)
        said: list[object] = [_SAID[each.done]] if each.done in _SAID else []
        said += [_SATISFIED[each.satisfaction - 1]] if each.satisfaction else []
        said += [each.why] if each.why else []
        if said:
            title = campaign.title if campaign else each.campaign
            lines.append(phrase("What you said of {campaign}: {said}", campaign=title, said=said))
    return lines
