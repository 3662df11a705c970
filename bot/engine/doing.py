"""A word about a promise from wherever one is: sent, another day, taken back; it finds the promise that is meant."""

from __future__ import annotations

from collections.abc import Sequence

from bot.engine import commands, doubting, giving, keeping, messages, promising, verbs
from bot.engine.messages import phrase
from bot.engine.pledging import wishes
from bot.engine.pledging.ledger import State
from bot.engine.turning import Turning

#: Where such a word is no answer to anything else.
SCENES = ("home", "pledges", "done", "where", "mail", "stays")

_OPEN = frozenset({State.OFFERED, State.CONFIRMED, State.DUE})
_MOVING = frozenset({State.SENT, State.NOT_FOUND})
#: What a word can be about; what has lapsed stands again when it was sent after all, or gets another day.
_ABOUT = {
    "sent": _OPEN | _MOVING | {State.LAPSED},
    "date": _OPEN | {State.LAPSED},
    "amount": _OPEN,
    "withdraw": _OPEN | _MOVING,
}


def is_meant(turning: Turning) -> bool:
    """Whether the message is such a word, or the photo of a receipt."""
    incoming = turning.incoming
    if turning.talk.scene not in SCENES:
        return False
    if incoming.kind == "image":
        return incoming.channel not in keeping.NO_PHOTOS
    return incoming.kind == "text" and verbs.read(incoming.text) is not None


def take(turning: Turning) -> None:
    """Do it with the promise that is meant, or ask which."""
    said = verbs.read(turning.incoming.text) or verbs.Said("sent")
    named = {word.upper() for word in said.rest.split()}
    known = turning.facts.promises
    about = [each for each in known if each.standing.state in _ABOUT[said.verb]]
    found = [each for each in about if each.code in named] or about
    if said.verb == "sent" and len(found) > 1:
        # What is on its way already was told of; unless it is all there is.
        found = [each for each in found if each.standing.state not in _MOVING | {State.LAPSED}] or found
    if found:
        choose(turning, said, found)
    else:
        _none(turning, said)


def choose(turning: Turning, said: verbs.Said, found: Sequence[messages.Promise]) -> None:
    """Do it with the one that is meant, or ask which of them."""
    if len(found) == 1:
        keeping.open_(turning, found[0].id)
        if turning.incoming.kind == "image":
            keeping.photo(turning, found[0])
        else:
            keeping.do(turning, found[0], said)
    else:
        turning.say(phrase("Which of your promises is it?"))
        words = "" if turning.incoming.kind == "image" else f"{said.verb} {said.rest}".strip()
        turning.to("pledges", listed=tuple(each.id for each in found[: promising.LISTED]), pending=words)


def _none(turning: Turning, said: verbs.Said) -> None:
    gone = [each for each in turning.facts.promises if each.standing.state in giving.LET_GO]
    if any(giving.stands(each) for each in turning.facts.promises):
        turning.say(doubting.REFUSED[wishes.Reason.RECEIVED])
    elif gone and all(each.standing.state is State.RETURNED for each in gone):
        turning.say(doubting.REFUSED[wishes.Reason.RETURNED])
    elif gone:
        turning.say(doubting.REFUSED[wishes.Reason.WITHDRAWN])
        if said.verb == "sent":
            turning.say(phrase("If it was sent all the same, the treasurer will write it down when it comes."))
    else:
        turning.say(phrase("You have no promises here yet."))


def wanted(scene: str, text: str, kind: str) -> bool:
    """Whether the promises of whoever writes must be at hand."""
    asked = commands.recognise(text) in (commands.Command.PLEDGES, commands.Command.DATA)
    return asked or scene in promising.SCENES or (scene in SCENES and (kind == "image" or verbs.read(text) is not None))
