"""What a campaign asks has changed: whether what was promised to it stays, or is taken back; who says nothing stays."""

from __future__ import annotations

from collections.abc import Sequence

from bot.engine import commands, doing, messages, promising, verbs
from bot.engine.commands import Command
from bot.engine.messages import phrase
from bot.engine.pledging import campaigns
from bot.engine.turning import Turning, options

SCENE = "stays"

_STAYS = frozenset(
    commands.fold(word)
    for word in ("калсын", "кала берсин", "калам", "ооба калсын", "остаётся", "остаюсь", "пусть остаётся", "оставить")
) | {commands.fold("да, остаётся")}


def open_(turning: Turning, promises: Sequence[messages.Promise]) -> None:
    """To the question whether these stay."""
    turning.to(SCENE, listed=tuple(each.id for each in promises[: promising.LISTED]))


def still(turning: Turning) -> list[messages.Promise]:
    """Those of them that are still theirs to give or to keep."""
    return [each for each in promising.promised(turning) if each.standing.state in campaigns.ASKED]


def settle(turning: Turning) -> None:
    """Nobody is asked about what was sent or let go meanwhile."""
    if not still(turning):
        turning.go_on()


def show(_turning: Turning) -> messages.Reply:
    """Stay, or take it back: one tap."""
    choices = options(phrase("Yes, it stays"), phrase("Take back my promise"))
    return messages.Reply((phrase("Does your promise stay?"),), choices, pick=1)


def take(turning: Turning, command: Command | None) -> None:
    """Stays, or is taken back; where there are several, it is asked which."""
    if command in (Command.BACK, Command.SKIP, Command.CONTINUE):
        turning.go_on()
        return
    stays = True if commands.fold(turning.incoming.text[:40]) in _STAYS else turning.yes_or_no()
    if stays:
        turning.say(phrase("Thank you! Your promise stays."))
        turning.lead_back()
    elif stays is False:
        doing.choose(turning, verbs.Said("withdraw"), still(turning))
