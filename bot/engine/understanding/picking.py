"""What was typed -> one option of a list, several, or a ranking of them; by number and by words."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

from bot.engine import form, messages
from bot.engine.messages import phrase
from bot.engine.understanding import agreeing, listed, matching, numbers, numerals
from bot.engine.understanding.outcomes import Doubtful, Misunderstood, Picking, Reading, Understood, which

NOT_UNDERSTOOD = phrase("Sorry, I did not understand. Please write a number, for example: 2")
#: The same without an apology, for the second time: nobody likes to be begged.
STILL_NOT = phrase("Please write a number, for example: 2")
_SEVERAL_NOT = "Sorry, I did not understand. Please write the numbers, for example: {example}"


def not_several(example: str) -> messages.Phrase:
    """Nothing was understood where more than one number is wanted."""
    return phrase("Sorry, I did not understand. Please write the numbers, for example: {example}", example=example)


def unapologetic(line: messages.Line) -> messages.Line:
    """The line without the apology that it begins with; any other as it is."""
    if line == NOT_UNDERSTOOD:
        return STILL_NOT
    if isinstance(line, messages.Phrase) and line.msgid == _SEVERAL_NOT:
        return phrase("Please write the numbers, for example: {example}", **line.params)
    return line


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
        return Misunderstood(ONLY_ONE if agreeing.meaning(words) == "all" else found)
    return Understood(found[0].name) if len(found) == 1 else Doubtful(_names(found))


def several(question: form.Question, choices: Sequence[form.Choice], words: str) -> Reading:
    """One or more options of the list, in the order in which they were written."""
    offered = matching.Offered(question, choices)
    if (run := _RUN.fullmatch(words.casefold())) and not offered.exact(words):
        return _through(question, choices, run)
    digits = _numbers(words, len(choices))
    if digits and not _wrong(digits, len(choices)):
        return _together(question, choices, digits)
    if digits and not offered.exact(words):
        return _together(question, choices, digits)
    if agreeing.meaning(words) == "all" and not offered.fit(words):
        return Misunderstood(ALL_OF_THEM)
    found = listed.named(offered, words)
    if isinstance(found, listed.Doubt):
        return Misunderstood(_doubt(found))
    if found is not None:
        return _together(question, choices, found.numbers)
    if spelled := _spelled(words):
        return _together(question, choices, spelled)
    single = _one(offered, words)
    if isinstance(single, Understood) and isinstance(single.answer, str):
        return Understood((single.answer,))
    return Misunderstood(not_several("1 3")) if single == Misunderstood(NOT_UNDERSTOOD) else single


def ranking(question: form.Question, choices: Sequence[form.Choice], words: str, picked: tuple[str, ...]) -> Reading:
    """So many options in an order of their own, at once or one after the other."""
    pick = min(question.pick or len(choices), len(choices))
    chosen = _numbers(words, len(choices))
    if not chosen:
        offered = matching.Offered(question, choices)
        found = listed.named(offered, words)
        if isinstance(found, listed.Doubt):
            return Picking(picked, _doubt(found))
        chosen = found.numbers if found else _spelled(words)
        if not chosen and agreeing.meaning(words) == "all" and not offered.fit(words):
            return Picking(picked, phrase("Write {pick} numbers, the most important first.", pick=pick))
        if not chosen:
            return _one_more(offered, words, picked, pick)
    return _ranked(choices, chosen, picked, pick)


def _one_more(offered: matching.Offered, words: str, picked: tuple[str, ...], pick: int) -> Reading:
    found = _find(offered, words)
    if found == NOT_UNDERSTOOD and pick - len(picked) > 1:
        return Misunderstood(not_several("3 1 7" if pick == 3 else "1 3"))
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
_NUMBER_OF = re.compile(
    r"\b(?:номер[иу]?|вариант|пункт|жооп|ответ|тандоо|nomer|variant|n|эле|гана|деген|только|лишь)\b|[№#]", re.IGNORECASE
)
#: "Акыркысы", "последний": plain enough where the list is seen whole.
_LAST = re.compile(r"(?:эң )?акыркы(?:сы)?|(?:сам[а-я]+ )?последн(?:ий|яя|ее|юю)", re.IGNORECASE)
_SEEN_WHOLE = 12


def _by_its_number_in_words(choices: Sequence[form.Choice], words: str) -> tuple[form.Choice, ...] | messages.Phrase:
    if _LAST.fullmatch(words.strip(" .!")) and len(choices) <= _SEEN_WHOLE:
        return (choices[-1],)
    bare = _NUMBER_OF.sub(" ", words[: numbers.LONGEST]).lstrip().rstrip(" -–.)")
    number = numbers.read(bare)
    if number is None or number != number.to_integral_value():
        return NOT_UNDERSTOOD
    if 1 <= number <= len(choices):
        return (choices[int(number) - 1],)
    return _not_listed([str(number)], len(choices))


def _numbers(words: str, options: int) -> list[int]:
    """The list numbers in `3 1 7`, `3,1,7`, `3-1-7` and, of at most nine options, `317`; [] where words stand."""
    words = _AND.sub(" ", words)
    groups = re.findall(r"\d+", words)
    if any(c.isalpha() for c in words):
        return []
    # With a nought in it, it is a number like 10, and none of ours.
    if options <= 9 and len(groups) == 1 and "0" not in groups[0]:
        groups = list(groups[0])
    return [int(group[:6]) for group in groups[:50]]


#: "1и3", "1 жана 3".
_AND = re.compile(r"(?<=\d)\s*(?:и|жана|менен)\s*(?=\d)", re.IGNORECASE)
#: "1-3", "с 1 по 3", "1ден 3кө чейин".
_RUN = re.compile(
    r"(?:(?:с|от) )?(\d{1,3})(?P<plain>\s*[-–—]\s*| по | до |-?[дт][аеоө]н )(\d{1,3})(?:-?[гк][аеоө](?: чейин)?)?[.)]?"
)
#: So many numbers can be shown as what may be meant.
_SHOWN = 6


def _through(question: form.Question, choices: Sequence[form.Choice], run: re.Match[str]) -> Reading:
    """From one number of the list to another; "1-3" alone may be these two, or what is between them as well."""
    first, last = int(run[1]), int(run[3])
    between = list(range(first, last + 1))
    if len(between) < 3 or _wrong([first, last], len(choices)):
        return _together(question, choices, [first, last])
    if run["plain"].strip(" -–—"):
        return _together(question, choices, between)
    if len(between) > _SHOWN:
        return Misunderstood(ALL_OF_THEM)
    return Misunderstood(which(" ".join(map(str, between)), f"{first} {last}"))


def _spelled(words: str) -> list[int]:
    """The list numbers in "үч бир жети", "третий и первый": single digits in words, and nothing else."""
    found = [numerals.numeral(word, slips=False) for word in re.findall(r"[^\W\d_]+", words)[:50]]
    if len(found) < 2 or any(c.isdigit() for c in words):
        return []
    return [int(each.value) for each in found if each and each.joins == "unit"] if all(map(_is_digit, found)) else []


def _is_digit(each: numerals.Numeral | None) -> bool:
    return each is not None and each.joins == "unit" and each.value == int(each.value)


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
