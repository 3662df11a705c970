"""A relative who hears for whoever pledged on a page, where nothing can be pushed: named by a link, ended by either."""

from __future__ import annotations

import datetime as dt

from bot.engine import consenting, giving, happenings, messages
from bot.engine.commands import Command
from bot.engine.messages import phrase
from bot.engine.turning import Turning, options

SCENES = ("confide", "confided", "confidant", "confidants")
PURPOSE = "confidant"
#: How long a link is good: it goes from hand to hand, and whoever has it hears of somebody's promises.
GOOD_FOR = dt.timedelta(days=7)
#: The channel that nobody can be told anything by.
_PAGE = "web"
_BEGINS = "h-"
_USED = phrase("This link has been used already, or it is too old.")

#: Said once after a pledge, and below the list of one's promises.
HINT = phrase(
    "We cannot write to you here by ourselves. If somebody close to you is to hear for you, write “relative”."
)


def is_link(link: str) -> bool:
    """True for the link that a giver sends to their relative."""
    return link.startswith(_BEGINS)


def code(link: str) -> str:
    """The code in such a link, or ""."""
    return link.removeprefix(_BEGINS).upper() if is_link(link) else ""


def offered(turning: Turning) -> bool:
    """Whether a relative is spoken of: to whoever has pledged, on a page, and not instead of an answer."""
    person = turning.person()
    pledged = person is not None and any(each.startswith("pledge:") for each in person.consents)
    return turning.facts.rings and turning.incoming.channel == _PAGE and pledged and turning.talk.scene != "form"


def is_for(turning: Turning) -> bool:
    """Whether the word for it is one: to whoever may name somebody, and to who hears for somebody."""
    return offered(turning) or (turning.facts.hears > 0 and turning.talk.scene != "form")


# -- the giver ---------------------------------------------------------------------------------------------


def enter(turning: Turning) -> None:
    """To a link for a relative; to the one who hears already; or to those for whom the person hears."""
    if not offered(turning):
        turning.to("confidants")
    elif turning.facts.confided:
        turning.to("confided")
    else:
        _ask(turning)


def _ask(turning: Turning) -> None:
    drawn = giving.link_code(turning.draw("confidant"))
    turning.events.append(happenings.Confided(turning.talk.person, drawn))
    turning.to("confide", pending=drawn)


def _show_link(turning: Turning) -> messages.Reply:
    facts, payload = turning.facts, f"{_BEGINS}{turning.talk.pending}"
    links = (messages.Written({"": f"{way}{payload}"}) for way in facts.ways)
    lines: tuple[messages.Line, ...] = (
        phrase("Send this to one relative who has Telegram, WhatsApp or SMS. They hear for you once they agree:"),
        phrase(
            "Dear one, I have promised something to the ashar, and no news reach me here. Please hear for me and tell "
            "me: open this and agree."
        ),
        *links,
        phrase("Or write to Ashar: {words}", words=f"ashar {payload}"),
        phrase("The link is good for {n} days, and once.", n=GOOD_FOR.days),
    )
    return messages.Reply(lines, actions=("menu",))


# -- the relative ------------------------------------------------------------------------------------------


def follow(turning: Turning, link: str) -> None:
    """To what is asked, for whoever has the link and can be written to."""
    confidence = turning.facts.confidence
    if confidence is None:
        turning.say(_USED)
    elif confidence.mine:
        turning.say(phrase("This link is for your relative. Please send it on to them."))
    elif turning.incoming.channel == _PAGE:
        turning.say(phrase("We cannot write to this page by ourselves. Please open the link on Telegram or WhatsApp."))
    else:
        turning.to("confidant", pending=link)
        return
    turning.change(pending="", before="")
    turning.go_on()


def _show_asked(turning: Turning) -> messages.Reply:
    confidence = turning.facts.confidence
    known = turning.facts.campaigns
    names = [name for name in confidence.campaigns if name in known] if confidence else []
    titles = [messages.Written(known[name].title) for name in names]
    asked = (*titles, _consent(turning), consenting.more(turning))
    return messages.Reply(asked, options(phrase("Yes, write to me"), phrase("No")), pick=1)


def _consent(turning: Turning) -> messages.Phrase:
    messenger = consenting.messenger(turning)
    if messenger:
        return phrase(
            "Somebody close to you has promised to this ashar, and asks you to hear for them. We write to you of their "
            "promise, one message a day at most, and you tell them. The number of your chat is kept encrypted; "
            "messages pass through {messenger} abroad. “stop” ends it at any time. Do you agree?",
            messenger=messenger,
        )
    return phrase(
        "Somebody close to you has promised to this ashar, and asks you to hear for them. We write to you of their "
        "promise, one message a day at most, and you tell them. “stop” ends it at any time. Do you agree?"
    )


def _take_asked(turning: Turning) -> None:
    agreed = turning.yes_or_no()
    if agreed is None:
        return
    if agreed:
        person = turning.join()
        turning.events.append(happenings.Consented(person.id, PURPOSE, _consent(turning)))
        turning.events.append(happenings.Hears(person.id, code(turning.talk.pending)))
        turning.say(phrase("Thank you! From now on you hear for them. To end it, write “relative”."))
    else:
        turning.say(phrase("All right, we do not write to you, and nothing has been kept."))
    turning.lead_back()


# -- both --------------------------------------------------------------------------------------------------


def settle(turning: Turning) -> None:
    """It may have ended meanwhile, from the other side."""
    scene, facts = turning.talk.scene, turning.facts
    gone = {
        "confidant": facts.confidence is None,
        "confided": not facts.confided,
        "confidants": not facts.hears,
    }
    if gone.get(scene):
        turning.say(_USED if scene == "confidant" else phrase("This has ended already."))
        turning.go_on()


def show(turning: Turning) -> messages.Reply:
    """The link; what a relative is asked; who hears for whom, and its end."""
    match turning.talk.scene:
        case "confide":
            return _show_link(turning)
        case "confidant":
            return _show_asked(turning)
        case "confided":
            choices = options(phrase("Another relative"), phrase("End it"), phrase("Back"))
        case _:
            choices = options(phrase("End it"), phrase("Back"))
    return messages.Reply(told(turning.facts), choices, pick=1)


def told(facts: messages.Facts) -> tuple[messages.Line, ...]:
    """Who hears for whom."""
    confided = (phrase("Somebody close to you hears of your promises for you."),) if facts.confided else ()
    count = facts.hears
    hears = messages.phrases(
        "You hear for {n} relative of their promises.", "You hear for {n} relatives of their promises.", count, n=count
    )
    return (*confided, hears) if count else confided


def take(turning: Turning, command: Command | None) -> None:
    """Yes or no to being told; another one, or the end of it."""
    scene = turning.talk.scene
    if scene == "confide" or command in (Command.BACK, Command.SKIP, Command.CONTINUE):
        turning.lead_back()
    elif scene == "confidant":
        if turning.facts.confidence is not None:
            _take_asked(turning)
    elif scene == "confided":
        match turning.number(3):
            case 1:
                _ask(turning)
            case 2:
                _end(turning, happenings.Unconfided(turning.talk.person))
            case 3:
                turning.lead_back()
    elif number := turning.number(2):
        if number == 1:
            _end(turning, happenings.Unhearing(turning.talk.person))
        else:
            turning.lead_back()


def _end(turning: Turning, event: happenings.Event) -> None:
    turning.events.append(event)
    turning.say(phrase("All right, it has ended. Thank you!"))
    turning.lead_back()
