"""Several options named in one message: "суу, жол", "вода и дорога", "суу жана 3", "1. жол 2. мектеп"."""

from __future__ import annotations

import re
from dataclasses import dataclass

from bot.engine import form
from bot.engine.understanding import matching, numbers

#: Longest lists and messages that are taken apart word by word.
_MOST_OPTIONS = 100
_MOST_WORDS = 8
#: Labels have commas and "and" of their own; so many parts may be one label.
_MOST_PARTS = 4
_BETWEEN = re.compile(
    r"[,;/\n+&•|>→]+|\s[-–—]\s|(?<=\s)(?:жана|менен|анан|андан кийин|дагы|jana|menen|и|а также|потом|затем|and)(?=\s)",
    re.IGNORECASE,
)
#: A list as people number it themselves.
_OWN_NUMBER = re.compile(r"(?:^|(?<=[\s,;]))(\d{1,2})\s*[.):–-]\s*(?=[^\W\d])")
#: A number before words: "3. суу", copied from the list.
LEADING = re.compile(r"\s*№?\s*(\d{1,4})(\s*[.):–-]\s*|\s+)(?=[^\W\d])")
#: "Биринчи жол, анан мектеп": words for the order in which things are named, and for none of them.
_ORDER = (
    r"(?:эң )?(?:биринчи|экинчи|үчүнчү|төртүнчү|бешинчи)(?:си|сү|ден|дөн)?",
    r"\d-?(?:чи|чү|нчи|нчү|инчи|е|й|я)|оболу|алгач|анан|андан кийин|дагы|жана",
    r"(?:перв|втор|четв[её]рт|пят)(?:ое|ый|ой|ая)|треть?(?:е|ий|я)|во-первых|во-вторых|в-третьих",
    r"сначала|потом|затем|ещё|еще|а также|и",
)
_FIRST = re.compile(rf"^\s*(?:(?:{'|'.join(_ORDER)})[\s:,–-]+)+(?=[^\W\d])", re.IGNORECASE)
#: Where something is denied, single words say the opposite of the whole.
_DENIED = re.compile(r"\b(?:жок|эмес|кереги|нет|не|ни|без|кроме|башка|башкасы)\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Named:
    """Numbers on the list, in the order in which they were named."""

    numbers: list[int]


@dataclass(frozen=True, slots=True)
class Doubt:
    """One part of what was named fits several options, or none."""

    said: str
    choices: tuple[form.Choice, ...]


def fitting(offered: matching.Offered, words: str) -> tuple[form.Choice, ...]:
    """The options that these words may mean: by a label, or as a number on the list in words.

    "Үч" may be the third option, or the one that begins "Үч жана андан көп": where they are two, both are given.
    """
    found, choices = offered.fit(words), offered.choices
    spelled = numbers.find(words) if any(c.isalpha() for c in words) else ()
    whole = numbers.plain(words).strip(" .!)")
    if len(spelled) != 1 or len(spelled[0].readings) != 1 or spelled[0].end - spelled[0].start != len(whole):
        return found
    number = spelled[0].readings[0]
    if number != number.to_integral_value() or not 1 <= number <= len(choices):
        return found
    meant = choices[int(number) - 1]
    if offered.exact(words):
        return found
    return tuple(choice for choice in choices if choice is meant or any(choice is each for each in found))


def named(offered: matching.Offered, words: str) -> Named | Doubt | None:
    """The options that a message names; None where it is no more than one option, or no option at all."""
    if len(words) > 4 * matching.LONGEST or fitting(offered, words):
        return None
    parts = _own(words) or _parts(offered, words)
    if len(parts) == 1:
        found = _read(offered, parts[0])
        return Named(found) if isinstance(found, list) and len(found) > 1 else None
    chosen: list[int] = []
    for part in parts:
        found = _read(offered, part)
        if not isinstance(found, list) or not found:
            return Doubt(part[:40], tuple(found) if isinstance(found, tuple) else ())
        # Somebody who names a thing twice in other words has named it once; a number written twice is a slip.
        chosen += [n for n in found if n not in chosen or part.strip(" .)").isdigit()]
    return Named(chosen) if chosen else None


def names_several(offered: matching.Offered, words: str) -> bool:
    """True where a message names several options of a list that is not too long to look."""
    found = named(offered, words) if len(offered.choices) <= _MOST_OPTIONS else None
    return isinstance(found, Named) and len(found.numbers) > 1


def _own(words: str) -> list[str]:
    """The parts of a list that somebody numbered 1, 2, 3 on their own."""
    marks = list(_OWN_NUMBER.finditer(words))
    if len(marks) < 2 or [int(mark[1]) for mark in marks] != list(range(1, len(marks) + 1)) or marks[0].start():
        return []
    ends = [*(mark.start() for mark in marks[1:]), len(words)]
    return [words[mark.end() : end].strip(" ,;\n") for mark, end in zip(marks, ends, strict=True)]


def _parts(offered: matching.Offered, words: str) -> list[str]:
    """The text between commas and the word "and"; a label that has such of its own stays whole."""
    spans: list[tuple[int, int]] = []
    start = 0
    for mark in [*_BETWEEN.finditer(words), None]:
        end = mark.start() if mark else len(words)
        if words[start:end].strip(" .!?"):
            spans.append((start, end))
        start = mark.end() if mark else end
    parts: list[str] = []
    while spans:
        taken = next(
            (n for n in range(min(len(spans), _MOST_PARTS), 1, -1)
             if offered.exact(words[spans[0][0] : spans[n - 1][1]])),
            1,
        )  # fmt: skip
        parts.append(words[spans[0][0] : spans[taken - 1][1]].strip())
        spans = spans[taken:]
    return parts


def _read(offered: matching.Offered, part: str) -> list[int] | tuple[form.Choice, ...]:
    """One part of a message as numbers on the list; or the several options that it fits, () for none."""
    digits = re.findall(r"\d+", part)
    if not any(c.isalpha() for c in part):
        return [int(each[:6]) for each in digits[:50]]
    found = fitting(offered, part)
    if len(found) == 1:
        return [offered.number(found[0])]
    if not found and (order := _FIRST.match(part)):
        return _read(offered, part[order.end() :])
    return found or _numbered(offered, part) or _word_by_word(offered, part)


def _numbered(offered: matching.Offered, part: str) -> list[int]:
    """ "3. суу", copied from the list with its number; "3 суу" without a point may be two."""
    mark = LEADING.match(part)
    found = offered.fit(part[mark.end() :]) if mark else ()
    if mark is None or len(found) != 1:
        return []
    number = offered.number(found[0])
    return [number] if mark[2].strip() or int(mark[1]) == number else [int(mark[1]), number]


def _word_by_word(offered: matching.Offered, part: str) -> list[int]:
    """Options that nothing parts: "жол мектеп суу"."""
    words = part.split()
    if not 2 <= len(words) <= _MOST_WORDS or len(offered.choices) > _MOST_OPTIONS or _DENIED.search(part):
        return []
    chosen: list[int] = []
    while words:
        taken = next((n for n in range(len(words), 0, -1) if _one(offered, " ".join(words[:n]))), 0)
        if not taken:
            return []
        chosen.append(_one(offered, " ".join(words[:taken])))
        words = words[taken:]
    return list(dict.fromkeys(chosen))


def _one(offered: matching.Offered, text: str) -> int:
    """The number on the list of the one option that these words are; 0 where they are none or several."""
    if text.strip(".,").isdecimal():
        return int(text.strip(".,")[:6])
    # Among words "биринчи" says which comes first, not which stands first on the list.
    found = offered.fit(text)
    return offered.number(found[0]) if len(found) == 1 else 0
