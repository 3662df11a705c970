"""Whose name is shown with a gift, where one is wished: a person's, a family's, kin's, a school year's, a village's."""

from __future__ import annotations

from bot.engine import commands, doubting, drafting, happenings, messages
from bot.engine.commands import Command
from bot.engine.gifts.pieces import Misread
from bot.engine.messages import phrase
from bot.engine.turning import Turning, options

SCENES = ("shown", "name")
LONGEST = 60
#: As the pledge form asks for them, in its order.
_CHOICES = {
    "": phrase("No name"),
    "person": phrase("My own name"),
    "family": phrase("My family"),
    "kin": phrase("My kin"),
    "classmates": phrase("My classmates"),
    "villagers": phrase("My fellow villagers"),
}
#: How a name reads that does not say itself whose it is.
_READS = {
    "family": phrase("{name} (a family)"),
    "kin": phrase("{name} (kin)"),
    "classmates": phrase("{name} (classmates)"),
    "villagers": phrase("{name} (fellow villagers)"),
}
#: What begins a word by which it does.
_SAYS = {
    "family": "үй-бүлө, үйбүлө, семь",
    "kin": "тукум, род",
    "classmates": "классташ, курсташ, бүтүрүүчү, одноклассни, однокурсни, выпускни, класс",
    "villagers": "айылдаш, земляк, односельчан, айыл",
}


def said(shown: str, name: str) -> messages.Line:
    """The name as everybody reads it."""
    folded = f" {commands.fold(name)}"
    known = shown not in _READS or any(f" {commands.fold(word)}" in folded for word in _SAYS[shown].split(","))
    return messages.Written({"": name}) if known else phrase(_READS[shown].msgid, name=name)


def heard(turning: Turning, campaign: messages.Campaign, text: str) -> str:
    """The name that was written; "", and a kind word said, where it is none."""
    if len(text) > LONGEST:
        turning.miss(phrase("That has become long. Please write less, at most {max} characters.", max=LONGEST))
        return ""
    if found := drafting.secrets(text):
        for why in found:
            turning.lines += doubting.aside(Misread(why, ""), campaign)
        turning.missed = True
        return ""
    return " ".join(text.split())


# -- of a promise that stands ------------------------------------------------------------------------------


def show_shown(_turning: Turning) -> messages.Reply:
    """Whose name, if any; all that was promised to this campaign is shown with the same."""
    asked = phrase("Shall a name be shown?")
    return messages.Reply((asked,), options(*_CHOICES.values()), pick=1, actions=("back",))


def take_shown(turning: Turning, promise: messages.Promise) -> None:
    """None hides it at once; of any other the name is asked."""
    number = turning.number(len(_CHOICES))
    if not number:
        return
    shown = list(_CHOICES)[number - 1]
    if shown:
        turning.to("name", pending=shown, listed=turning.talk.listed)
    else:
        change(turning, promise, "", "")
        turning.say(phrase("All right, no name is shown any more."))


def show_name(_turning: Turning) -> messages.Reply:
    """The name itself."""
    return messages.Reply((phrase("How shall we write the name?"),), actions=("back",))


def take_name(turning: Turning, promise: messages.Promise, campaign: messages.Campaign) -> bool:
    """Show it from now on; whether it was a name."""
    name = heard(turning, campaign, turning.incoming.text) if turning.incoming.kind == "text" else ""
    if name:
        shown = turning.talk.pending
        change(turning, promise, shown, name)
        turning.say(phrase("All right, this is shown from now on: {name}", name=said(shown, name)))
    elif not turning.missed:
        turning.miss()
    return bool(name)


def change(turning: Turning, promise: messages.Promise, shown: str, name: str) -> None:
    """Of all that this person promised to the campaign: half a name hidden would hide nothing."""
    for each in turning.facts.promises:
        if each.mine and each.campaign == promise.campaign and (each.shown, each.name) != (shown, name):
            turning.events.append(happenings.Named(each.id, shown, name))
            turning.know(messages.renamed(each, shown, name))


def leaves(command: Command | None) -> bool:
    """Whether that is no name but a way out."""
    return command in (Command.BACK, Command.SKIP, Command.CONTINUE)
