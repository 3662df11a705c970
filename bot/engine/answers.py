"""What a person typed or tapped -> an answer, or a kind word on what would be one."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from bot.engine import commands, form, messages, state
from bot.engine.messages import phrase

#: Longest open answer, in characters; about four SMS screens of a long letter.
LONGEST = 2000
_LARGEST = 10**12
#: What people add to a number, folded: their age, days of work, bags of cement. Never money: that is not guessed.
_UNITS = "jash(ta|tamin)?|let|goda?|kun|kunduk|den|dnia|dnei|kap|meshok|meshka|meshkov"

NOT_UNDERSTOOD = phrase("Sorry, I did not understand. Please write a number, for example: 2")
#: The same without an apology, for the second time: nobody likes to be begged.
STILL_NOT = phrase("Please write a number, for example: 2")
NO_WORDS = phrase("Thank you! Now please answer with a word or a number.")


@dataclass(frozen=True, slots=True)
class Understood:
    """An answer."""

    answer: state.Answer


@dataclass(frozen=True, slots=True)
class Picking:
    """A ranking that is not full yet, with a word on it if something was wrong."""

    picked: tuple[str, ...]
    line: messages.Line | None = None


@dataclass(frozen=True, slots=True)
class Misunderstood:
    """Not an answer; the line says why and what would be one."""

    line: messages.Line


Reading = Understood | Picking | Misunderstood


def understand(
    question: form.Question, choices: Sequence[form.Choice], text: str, picked: tuple[str, ...] = ()
) -> Reading:
    """Read `text` as an answer to `question`, whose options were shown as `choices` in that order."""
    words = clean(text)
    if not says_something(words):
        return Misunderstood(NO_WORDS)
    match question.kind:
        case form.Kind.SELECT_ONE:
            return _one(choices, words)
        case form.Kind.SELECT_MULTIPLE:
            return _several(choices, words)
        case form.Kind.RANK:
            return _ranking(choices, words, min(question.pick or len(choices), len(choices)), picked)
        case form.Kind.INTEGER | form.Kind.DECIMAL:
            return _number(question.kind, words)
        case _:
            return _text(words)


def clean(text: str) -> str:
    """The text without control characters and outer spaces, letters composed; line breaks stay."""
    # A keycap emoji is a digit in a frame: a variation selector and U+20E3.
    composed = unicodedata.normalize("NFC", text).translate({0xFE0F: None, 0x20E3: None})
    return "".join(c for c in composed if c == "\n" or unicodedata.category(c)[0] != "C").strip()


def says_something(words: str) -> bool:
    """False for emoji, dots and nothing at all."""
    return any(c.isalnum() for c in words)


def named(choices: Sequence[form.Choice], words: str) -> form.Choice | None:
    """The option whose label this is, in whatever spelling and language."""
    folded = commands.fold(words)
    labelled = (choice for choice in choices if folded in map(commands.fold, (choice.name, *choice.label.values())))
    return next(labelled, None)


def _one(choices: Sequence[form.Choice], words: str) -> Reading:
    found = _find(choices, words)
    if isinstance(found, form.Choice):
        return Understood(found.name)
    return Misunderstood(found)


def _find(choices: Sequence[form.Choice], words: str) -> form.Choice | messages.Line:
    number = _whole(words)
    if number is not None:
        if 1 <= number <= len(choices):
            return choices[number - 1]
        return _not_listed([words.strip(" .")], len(choices))
    if choice := named(choices, words):
        return choice
    folded = commands.fold(words)
    for name, synonyms in (("yes", commands.YES), ("no", commands.NO), ("dont_know", commands.DONT_KNOW)):
        meant = next((choice for choice in choices if choice.name == name), None)
        if meant and folded in synonyms:
            return meant
    return NOT_UNDERSTOOD


def _several(choices: Sequence[form.Choice], words: str) -> Reading:
    numbers = _numbers(words, len(choices))
    if not numbers:
        single = _one(choices, words)
        return (
            Understood((single.answer,))
            if isinstance(single, Understood) and isinstance(single.answer, str)
            else single
        )
    wrong = _wrong(numbers, len(choices))
    return Misunderstood(wrong) if wrong else Understood(tuple(choices[n - 1].name for n in numbers))


def _ranking(choices: Sequence[form.Choice], words: str, pick: int, picked: tuple[str, ...]) -> Reading:
    numbers = _numbers(words, len(choices))
    if not numbers:
        found = _find(choices, words)
        if not isinstance(found, form.Choice):
            return Misunderstood(found)
        numbers = [choices.index(found) + 1]
    wrong = _wrong(numbers, len(choices), pick)
    if wrong:
        return Picking(picked, wrong)
    names = tuple(choices[n - 1].name for n in numbers)
    if len(names) > pick:
        return Picking(picked, _too_many(pick))
    # All at once replaces what was picked before; fewer go on from there.
    ranked = names if len(names) == pick else picked + names
    repeated = [str(n) for n, name in zip(numbers, names, strict=True) if ranked.count(name) > 1]
    if repeated and len(numbers) == 1:
        return Picking(picked, phrase("Number {x} is chosen already. Please write another.", x=repeated[0]))
    if repeated:
        return Picking(picked, _repeated(repeated[0], pick))
    if len(ranked) == pick:
        return Understood(ranked)
    if len(ranked) > pick:
        return Picking(picked, _too_many(pick))
    if len(numbers) > 1:
        return Picking(ranked, _too_few(len(ranked), pick))
    return Picking(ranked)


def _numbers(words: str, options: int) -> list[int]:
    """The list numbers in `3 1 7`, `3,1,7`, `3-1-7` and, of at most nine options, `317`; [] where words stand."""
    groups = re.findall(r"\d+", words)
    if any(c.isalpha() for c in words):
        return []
    # With a nought in it, it is a number like 10, and none of ours.
    if options <= 9 and len(groups) == 1 and "0" not in groups[0]:
        groups = list(groups[0])
    return [int(group[:6]) for group in groups[:50]]


def _wrong(numbers: Sequence[int], options: int, pick: int = 0) -> messages.Line | None:
    outside = [str(n) for n in numbers if not 1 <= n <= options]
    if outside:
        return _not_listed(outside, options)
    repeated = [str(n) for n in numbers if numbers.count(n) > 1]
    return _repeated(repeated[0], pick) if repeated else None


# Three is what people are nearly always asked for, and gets the reviewed words; other numbers a plainer line.


def _too_few(n: int, pick: int) -> messages.Line:
    if pick == 3:
        return phrase("{n} so far, three are needed.", n=n)
    return phrase("{n} so far, {pick} are needed.", n=n, pick=pick)


def _too_many(pick: int) -> messages.Line:
    if pick == 3:
        return phrase("Only three are needed. Keep the three most important, for example: 3 1 7")
    return phrase("Only {pick} are needed. Keep the most important.", pick=pick)


def _not_listed(numbers: Sequence[str], options: int) -> messages.Line:
    shown = ", ".join(dict.fromkeys(number[:6] for number in numbers[:5]))
    return phrase("There is no such number on the list: {x}. Choose from 1–{max}.", x=shown, max=options)


def _repeated(number: str, pick: int) -> messages.Line:
    if pick == 3:
        return phrase("The number {x} is written twice. Three different ones are needed.", x=number)
    return phrase("The number {x} is written twice. Different ones are needed.", x=number)


def _whole(words: str) -> int | None:
    match = re.fullmatch(r"([0-9]{1,12})[.)\s]*", unicodedata.normalize("NFKC", words))
    return int(match[1]) if match else None


def _number(kind: form.Kind, words: str) -> Reading:
    plain = unicodedata.normalize("NFKC", words)
    if kind is form.Kind.INTEGER and (unit := re.search(r"(?<=\d)\s*([^\W\d_]+)[.\s]*$", plain)):
        plain = plain[: unit.start()] if re.fullmatch(_UNITS, commands.fold(unit[1])) else plain
    # Spaces between thousands are how both languages write them; a point or comma before exactly three
    # digits could be either, and money is never guessed.
    match = re.fullmatch(r"(-?(?:[0-9]{1,3}(?: [0-9]{3})+|[0-9]{1,13}))(?:[.,]([0-9]{1,2}))?[.\s]*", plain)
    if match is None or (kind is form.Kind.INTEGER and match[2]):
        return Misunderstood(phrase("Please write it as a number, for example: 25"))
    amount = Decimal(match[1].replace(" ", "") + (f".{match[2]}" if match[2] else ""))
    if abs(amount) > _LARGEST:
        return Misunderstood(phrase("Please write it as a number, for example: 25"))
    return Understood(int(amount) if kind is form.Kind.INTEGER else format(amount.normalize(), "f"))


def _text(words: str) -> Reading:
    if len(words) > LONGEST:
        return Misunderstood(
            phrase("That is rather long. Please write it shorter, at most {max} characters.", max=LONGEST)
        )
    return Understood(words)
