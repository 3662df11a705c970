"""Where a giver lives now, as coarsely as figures need it: one question after the pledge, one tap, no duty."""

from __future__ import annotations

import dataclasses

from bot.engine import commands, happenings, mailing, messages
from bot.engine.commands import Command
from bot.engine.messages import phrase
from bot.engine.turning import Turning, options

#: Rather not say: asked no more, and written nowhere.
UNTOLD = "-"
HOME = "KG"
OTHER = "ZZ"

#: Countries by their code of ISO 3166, in the order in which they are offered; ZZ is any other.
COUNTRIES: dict[str, messages.Phrase] = {
    HOME: phrase("Kyrgyzstan"),
    "RU": phrase("Russia"),
    "KZ": phrase("Kazakhstan"),
    "TR": phrase("Türkiye"),
    "KR": phrase("Korea"),
    OTHER: phrase("Another country"),
}
_CHOICES = (*COUNTRIES, UNTOLD)
#: The same as people write it.
_WORDS = {
    HOME: "кыргызстан, кыргызстанда, киргизия, в кыргызстане, в киргизии, дома, үйдө",
    "RU": "россия, россияда, орусия, орусияда, в россии, рф, москва, москвада, в москве",
    "KZ": "казакстан, казакстанда, казахстан, в казахстане",
    "TR": "түркия, түркияда, турция, в турции",
    "KR": "корея, кореяда, в корее, южная корея, түштүк корея",
}
_BY_WORD = {commands.fold(word): code for code, words in _WORDS.items() for word in words.split(",")}


def of(turning: Turning) -> str:
    """The country of the person who writes: by their own word, else by their telephone; "" where neither tells."""
    person = turning.person()
    said = person.country if person else ""
    return said.strip(UNTOLD) if said else turning.facts.country


def ask(turning: Turning) -> None:
    """Ask whoever has not been asked and whose telephone does not tell; the others go on to where they were."""
    person = turning.person()
    if person and not person.country and not turning.facts.country:
        turning.to("where")
    else:
        mailing.ask(turning)


def show(turning: Turning) -> messages.Reply:
    """The question, after the thanks."""
    asked = phrase("Where do you live now? Only for the count by country, without names. You need not answer.")
    labels = (*COUNTRIES.values(), phrase("I would rather not say"))
    return messages.Reply((asked,), options(*labels), pick=1, actions=("skip",))


def take(turning: Turning, command: Command | None) -> None:
    """One tap; whatever else is written is an answer to nothing, and nobody is asked twice."""
    person = turning.person()
    passed = command in (Command.BACK, Command.SKIP, Command.CONTINUE)
    chosen = UNTOLD if passed else _BY_WORD.get(commands.fold(turning.incoming.text[:40]), "")
    if not chosen and (number := turning.number(len(_CHOICES))):
        chosen = _CHOICES[number - 1]
    if person is None or not chosen:
        return
    turning.change_person(person._replace(country=chosen))
    if chosen != UNTOLD:
        turning.events.append(happenings.Located(person.id, chosen))
        turning.say(phrase("Thank you! To invite your relatives, write “invite”."))
    mailing.ask(turning)


def stamped(turning: Turning, made: list[happenings.Pledged]) -> list[happenings.Pledged]:
    """New pledges with the country that is known already."""
    country = of(turning)
    return [dataclasses.replace(each, country=country) for each in made] if country else made
