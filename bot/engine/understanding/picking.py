"""What was typed -> one option of a list, several, or a ranking of them; by number and by words."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

from bot.engine import form, messages
from bot.engine.messages import phrase
from bot.engine.understanding import agreeing, listed, matching, numbers
from bot.engine.understanding.outcomes import Doubtful, Misunderstood, Picking, Reading, Understood

NOT_UNDERSTOOD = phrase("Sorry, I did not understand. Please write a number, for example: 2")
#: The same without an apology, for the second time: nobody likes to be begged.
STILL_NOT = phrase("Please write a number, for example: 2")
ONLY_ONE = phrase("Only one is needed here. Please write its number, for example: 2")
ALL_OF_THEM = phrase("Please write the numbers of all that fit, for example: 1 2 3")


def one(question: form.Question, choices: Sequence[form.Choice], words: str) -> Reading:
    """One option of the list."""
    number = _listed(words)
    if number is not None and 1 <= number <= len(choices):
        return Understood(choices[number - 1].name)
    return _one(matching.Offered(question, choices), words)


def _one(offered: matching.Offered, words: str) -> Reading:
    found = _find(offered, words)
    if isinstance(found, messages.Phrase):
        return Misunderstood(found)
    return Understood(found[0].name) if len(found) == 1 else Doubtful(_names(found))


def several(question: form.Question, choices: Sequence[form.Choice], words: str) -> Reading:
    """One or more options of the list, in the order in which they were written."""
    digits = _numbers(words, len(choices))
    if digits and not _wrong(digits, len(choices)):
        return _together(question, choices, digits)
    offered = matching.Offered(question, choices)
    if digits and not offered.exact(words):
        return _together(question, choices, digits)
    if agreeing.meaning(words) == "all" and not offered.fit(words):
        return Misunderstood(ALL_OF_THEM)
    found = listed.named(offered, words)
    if isinstance(found, listed.Doubt):
        return Misunderstood(_doubt(found))
    if found is not None:
        return _together(question, choices, found.numbers)
    single = _one(offered, words)
    if isinstance(single, Understood) and isinstance(single.answer, str):
        return Understood((single.answer,))
    return single


def ranking(question: form.Question, choices: Sequence[form.Choice], words: str, picked: tuple[str, ...]) -> Reading:
    """So many options in an order of their own, at once or one after the other."""
    pick = min(question.pick or len(choices), len(choices))
    chosen = _numbers(words, len(choices))
    if not chosen:
        offered = matching.Offered(question, choices)
        found = listed.named(offered, words)
        if found is None:
            return _one_more(offered, words, picked, pick)
        if isinstance(found, listed.Doubt):
            return Picking(picked, _doubt(found))
        chosen = found.numbers
    return _ranked(choices, chosen, picked, pick)


def _one_more(offered: matching.Offered, words: str, picked: tuple[str, ...], pick: int) -> Reading:
    found = _find(offered, words)
    if isinstance(found, messages.Phrase):
        return Misunderstood(found)
    # What is picked already was hardly meant again.
    found = tuple(choice for choice in found if choice.name not in picked) or found
    if len(found) > 1:
        return Doubtful(_names(found))
    return _ranked(offered.choices, [offered.number(found[0])], picked, pick)


def _ranked(choices: Sequence[form.Choice], chosen: list[int], picked: tuple[str, ...], pick: int) -> Reading:
    wrong = _wrong(chosen, len(choices), pick)
    if wrong:
        return Picking(picked, wrong)
    names = tuple(choices[n - 1].name for n in chosen)
    if len(names) > pick:
        return Picking(picked, _too_many(pick))
    # All at once replaces what was picked before; fewer go on from there.
    ranked = names if len(names) == pick else picked + names
    repeated = [str(n) for n, name in zip(chosen, names, strict=True) if ranked.count(name) > 1]
    if repeated and len(chosen) == 1:
        return Picking(picked, phrase("Number {x} is chosen already. Please write another.", x=repeated[0]))
    if repeated:
        return Picking(picked, _repeated(repeated[0], pick))
    if len(ranked) == pick:
        return Understood(ranked)
    if len(ranked) > pick:
        return Picking(picked, _too_many(pick))
    if len(chosen) > 1:
        return Picking(ranked, _too_few(len(ranked), pick))
    return Picking(ranked)


def _listed(words: str) -> int | None:
    """The digits that the whole text is."""
    match = re.fullmatch(r"([0-9]{1,12})[.)\s]*", unicodedata.normalize("NFKC", words))
    return int(match[1]) if match else None


def _find(offered: matching.Offered, words: str) -> tuple[form.Choice, ...] | messages.Phrase:
    """The options that fit, or a word on why none does."""
    choices = offered.choices
    number = _listed(words)
    if number is not None and 1 <= number <= len(choices):
        return (choices[number - 1],)
    # "60" is no number of the list, but may be the option "60+".
    named = offered.exact(words) or offered.beginning(words) if number is not None else ()
    fitting = named if number is not None else listed.fitting(offered, words)
    # "3. Ичүүчү суу", copied from the list with its number.
    if not fitting and number is None and (mark := listed.LEADING.match(words)):
        fitting = offered.fit(words[mark.end() :])
    if fitting:
        return fitting
    if number is not None:
        return _not_listed([words.strip(" .")], len(choices))
    if listed.names_several(offered, words):
        return ONLY_ONE
    return _by_its_number_in_words(choices, words)


#: "номер 3", "№3", "3-вариант", "3-чү", "третье": words for its number on the list.
_NUMBER_OF = re.compile(r"\b(?:номер[иу]?|вариант|пункт|жооп|ответ|тандоо|nomer|variant|n)\b|[№#]", re.IGNORECASE)


def _by_its_number_in_words(choices: Sequence[form.Choice], words: str) -> tuple[form.Choice, ...] | messages.Phrase:
    bare = _NUMBER_OF.sub(" ", words[: numbers.LONGEST]).lstrip().rstrip(" -–.)")
    number = numbers.read(bare)
    if number is None or number != number.to_integral_value():
        return NOT_UNDERSTOOD
    if 1 <= number <= len(choices):
        return (choices[int(number) - 1],)
    return _not_listed([str(number)], len(choices))


def _numbers(words: str, options: int) -> list[int]:
    """The list numbers in `3 1 7`, `3,1,7`, `3-1-7` and, of at most nine options, `317`; [] where words stand."""
    groups = re.findall(r"\d+", words)
    if any(c.isalpha() for c in words):
        return []
    # With a nought in it, it is a number like 10, and none of ours.
    if options <= 9 and len(groups) == 1 and "0" not in groups[0]:
        groups = list(groups[0])
    return [int(group[:6]) for group in groups[:50]]


def _together(question: form.Question, choices: Sequence[form.Choice], chosen: Sequence[int]) -> Reading:
    """Several options as one answer; "none of these" is no company for others, unless its author sees to that."""
    if wrong := _wrong(chosen, len(choices)):
        return Misunderstood(wrong)
    alone = next((n for n in chosen if choices[n - 1].name in agreeing.NAMES["none"]), 0)
    if alone and len(chosen) > 1 and question.constraint is None:
        return Misunderstood(
            phrase("Number {x} means that none of them fits. Please write either it alone or the others.", x=alone)
        )
    return Understood(_names([choices[n - 1] for n in chosen]))


def _doubt(found: listed.Doubt) -> messages.Phrase:
    if found.choices:
        return phrase("More than one fits “{x}”. Please write the numbers, for example: 1 3", x=found.said)
    return phrase("“{x}” is not on the list. Please write the numbers, for example: 1 3", x=found.said)


def _names(choices: Sequence[form.Choice]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(choice.name for choice in choices))


def _wrong(chosen: Sequence[int], options: int, pick: int = 0) -> messages.Phrase | None:
    outside = [str(n) for n in chosen if not 1 <= n <= options]
    if outside:
        return _not_listed(outside, options)
    repeated = [str(n) for n in chosen if chosen.count(n) > 1]
    return _repeated(repeated[0], pick) if repeated else None


# Three is what people are nearly always asked for, and gets the reviewed words; other numbers a plainer line.


def _too_few(n: int, pick: int) -> messages.Phrase:
    if pick == 3:
        return phrase("{n} so far, three are needed.", n=n)
    return phrase("{n} so far, {pick} are needed.", n=n, pick=pick)


def _too_many(pick: int) -> messages.Phrase:
    if pick == 3:
        return phrase("Only three are needed. Keep the three most important, for example: 3 1 7")
    return phrase("Only {pick} are needed. Keep the most important.", pick=pick)


def _not_listed(chosen: Sequence[str], options: int) -> messages.Phrase:
    shown = ", ".join(dict.fromkeys(number[:6] for number in chosen[:5]))
    return phrase("There is no such number on the list: {x}. Choose from 1–{max}.", x=shown, max=options)


def _repeated(number: str, pick: int) -> messages.Phrase:
    if pick == 3:
        return phrase("The number {x} is written twice. Three different ones are needed.", x=number)
    return phrase("The number {x} is written twice. Different ones are needed.", x=number)
