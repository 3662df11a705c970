"""Taking an office of a campaign by its code: what it means is said first, and yes takes it."""

from __future__ import annotations

import datetime as dt

from bot.engine import commands, happenings, messages, trying
from bot.engine.commands import Command
from bot.engine.messages import phrase
from bot.engine.pledging.events import Role
from bot.engine.turning import Turning, yes_no

SCENES = ("office",)
#: How long a code is good.
GOOD_FOR = dt.timedelta(days=7)
_LINK = "o-"

_MEANS = {
    Role.TREASURER: phrase(
        "You are asked to be the treasurer of the ashar “{title}”. The treasurer looks whether gifts have arrived and "
        "writes it down here. Nobody confirms their own gift, and a large sum is signed by a second person too. "
        "Nobody answers here for what has not come. We keep that this phone holds the office; it is not published. Do "
        "you agree?"
    ),
    Role.SECOND: phrase(
        "You are asked to sign second for the ashar “{title}”. Whoever signs second looks at large sums and at "
        "corrections once more, after the treasurer, and signs or declines them here. Nobody signs for their own "
        "gift. We keep that this phone holds the office; it is not published. Do you agree?"
    ),
}
_THANKS = {
    Role.TREASURER: phrase("Thank you! You are the treasurer now. To see what has arrived, write “treasury”."),
    Role.SECOND: phrase("Thank you! You sign second now. To see what waits for you, write “treasury”."),
}
_UNKNOWN = phrase("This code is unknown, too old or used already. Whoever gave it to you can make a new one.")
_BOTH = phrase("Two people sign for an ashar, so nobody holds both offices. Please let somebody else take this one.")


def entered(turning: Turning) -> str:
    """The link that the message is as an office's code, or "": what only looks like one may answer in words."""
    incoming = turning.incoming
    code = commands.office_code(incoming.text, incoming.start) if incoming.kind == "text" else ""
    return _LINK + code if code and trying.is_entered(turning, good=turning.facts.office is not None) else ""


def wanted(link: str) -> str:
    """The code in a link, or ""."""
    return link[len(_LINK) :] if link.startswith(_LINK) else ""


def follow(turning: Turning, link: str) -> None:
    """Ask, or say why not."""
    leave = turning.go_on if turning.talk.scene == "form" else turning.go_home
    refused = _refused(turning)
    if not trying.may_try(turning.talk, turning.incoming.now):
        turning.miss(trying.TOO_MANY)
    elif turning.facts.office is None:
        trying.count_wrong(turning)
        turning.miss(_UNKNOWN)
    elif refused:
        turning.say(refused)
    else:
        trying.forget(turning)
        turning.to("office", pending=link)
        return
    leave()


def _refused(turning: Turning) -> messages.Line | None:
    office = turning.facts.office
    held = [duty.role for duty in turning.facts.duties if office and duty.campaign == office.campaign]
    if office is None or not held:
        return None
    return phrase("You hold this office already.") if office.role in held else _BOTH


def show(turning: Turning) -> messages.Reply:
    """What the office means."""
    office = turning.facts.office
    return messages.Reply((_UNKNOWN if office is None else _means(office),), yes_no() if office else (), pick=1)


def _means(office: messages.Duty) -> messages.Phrase:
    return phrase(_MEANS[office.role].msgid, title=office.title)


def take(turning: Turning, command: Command | None) -> None:
    """Yes takes it, if it is still to be had."""
    agreed = False if command in (Command.BACK, Command.SKIP, Command.CONTINUE) else turning.yes_or_no()
    office, code = turning.facts.office, wanted(turning.talk.pending)
    if agreed is None:
        return
    refused = _refused(turning)
    if not agreed:
        turning.say(phrase("All right. The code stays good for somebody else."))
    elif office is None or refused:
        turning.say(refused or _UNKNOWN)
    else:
        person = turning.join()
        turning.events.append(happenings.Consented(person.id, f"office:{office.campaign}", _means(office)))
        turning.events.append(happenings.Appointed(person.id, office, code))
        if office.campaign not in person.offices:
            turning.change_person(person._replace(offices=(*person.offices, office.campaign)))
        turning.say(_THANKS[office.role])
    turning.lead_back()
