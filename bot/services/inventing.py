"""Inventing: answers thought up for a question one after the other, until one will do."""

from __future__ import annotations

import datetime as dt
import random
import re
from collections.abc import Collection, Iterator, Sequence

from bot.engine import asking, form, passage
from bot.engine.form import Kind
from bot.engine.xpath import expressions
from bot.services import sampling, solving

#: How often exactly the options are chosen that a constraint speaks of, and as many as it speaks of.
_SPOKEN_OF, _SIZED = 0.1, 0.4
#: How often options are ranked one at a time.
_ONE_BY_ONE = 0.3
#: How often a number is made after a pattern, or kept small, where that may help.
#: Places after the point.
_PLACES = (0, 1, 2, 2, 4)
_BY_PATTERN, _KEPT_SMALL = 0.5, 0.8
#: How often something is written that is found in the list it is looked up in.
_LOOKED_UP = 0.5
#: No number is thought of that is larger than this by counting up to what a constraint speaks of.
_COUNTED = 400
_SENTENCES = (
    "Айылыбызга таза суу керек.",
    "Мектептин чатыры эски, оңдош керек.",
    "Нужна дорога до пастбища.",
    "Медпункт зимой не отапливается, и фельдшер приезжает редко.",
    "Асан",
    "Айгүл Токтогулова",
    "ж",
)
_QUOTED = re.compile(r"[=(,]\s*'([^']{1,40})'")
_NUMBER = re.compile(r"\d+(?:\.\d+)?")
#: Days are counted from the first; as far as the year 2079. A step wide enough to see a year change.
_FIRST, _LAST, _DECADE = dt.date(1970, 1, 1), 40_000, 3653.0
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")


def choosing(
    question: form.Question, choices: Sequence[form.Choice], picked: Collection[str], chance: random.Random
) -> Iterator[list[form.Choice]]:
    """One set of options after the other, drawn from the author's order: what is meant hangs on no screen."""
    place = {id(choice): n for n, choice in enumerate(question.choices)}
    offered = sorted(choices, key=lambda choice: place.get(id(choice), 0))
    if question.kind is Kind.SELECT_ONE:
        yield from ([each] for each in chance.sample(offered, len(offered)))
        return
    left = [choice for choice in offered if choice.name not in picked]
    one_by_one = bool(picked) or chance.random() < _ONE_BY_ONE
    source = question.constraint.source if question.constraint else ""
    spoken_of = [choice for choice in left if re.search(rf"""(['"]){re.escape(choice.name)}\1""", source)]
    sizes = [size for each in solving.constants(source) if 1 <= (size := int(float(each))) <= len(left)]
    while left:
        if question.kind is Kind.SELECT_MULTIPLE:
            chosen = spoken_of if spoken_of and chance.random() < _SPOKEN_OF else left
            size = chance.choice(sizes) if sizes and chance.random() < _SIZED else chance.randint(1, min(4, len(left)))
            yield chance.sample(chosen, len(chosen) if chosen is spoken_of else size)
        else:
            yield chance.sample(left, 1 if one_by_one else asking.wanted(question, tuple(choices)))


def worded(
    view: passage.Passage,
    station: passage.Station,
    chance: random.Random,
    *,
    few: bool = False,
    wanted: Collection[str] = (),
) -> Iterator[str]:
    """What is written in digits or words, one after the other, for ever.

    `few`: large numbers have led nowhere in this form. `wanted`: numbers with which a later question may be answered.
    """
    match station.question.kind:
        case Kind.INTEGER | Kind.DECIMAL | Kind.RANGE:
            yield from _numbers(view, station, chance, few=few, wanted=wanted)
        case Kind.DATE | Kind.DATETIME | Kind.TIME:
            yield from _moments(view, station, chance)
        case Kind.GEOPOINT:
            while True:
                yield f"{chance.uniform(39.2, 43.2):.4f}, {chance.uniform(69.3, 80.2):.4f}"
        case _:
            yield from _words(view, station, chance)


def _spoken_of(view: passage.Passage, station: passage.Station) -> list[str]:
    """The values a constraint compares with: what stands in it, and the answers it asks for."""
    constraint = station.question.constraint
    if constraint is None:
        return []
    return [*_NUMBER.findall(constraint.source), *asked_for(view, station)]


def asked_for(view: passage.Passage, station: passage.Station) -> list[str]:
    """The answers a constraint asks for, as they stand."""
    names = sorted(station.question.constraint.references) if station.question.constraint else []
    known = view.context(station).answers if names else {}
    return [expressions.text(known.get(name, "")) for name in names]


def wanted(view: passage.Passage, station: passage.Station) -> dict[str, set[str]]:
    """By name of an earlier question: numbers at which this one's constraint may turn, if that were answered so.

    What is worked out in between is followed to what was asked.
    """
    constraint = station.question.constraint
    found: dict[str, set[str]] = {}
    if constraint is None:
        return found
    context = view.context(station)
    left: list[tuple[str, set[str]]] = [
        (name, set(solving.constants(constraint.source))) for name in sorted(constraint.references)
    ]
    while left:
        name, spoken_of = left.pop()
        question = view.definition.question(name)
        if question is None or name in found or name == station.question.name:
            continue
        turning = solving.numbers(constraint.source, context, name=name)
        found[name] = spoken_of | {expressions.text(each) for each in turning}
        if question.calculation:
            spoken_of = spoken_of | set(solving.constants(question.calculation.source))
            left += [(each, spoken_of) for each in sorted(question.calculation.references)]
    return found


def _looked_up(view: passage.Passage, station: passage.Station, chance: random.Random) -> list[str]:
    """Answers that are found where this one is looked up in a list, by its constraint or by what comes of it."""
    question, context = station.question, view.context(station)
    sources = [question.constraint.source] if question.constraint and question.constraint.lists else []
    for other in view.definition.questions:
        for asked in (other.calculation, other.constraint, other.relevant, other.default):
            if asked and asked.lists and question.name in asked.references:
                sources.append(asked.source)
    keys = {key: None for source in dict.fromkeys(sources) for key in solving.keys(source, context, question.name)}
    return chance.sample(list(keys), len(keys))


def _numbers(
    view: passage.Passage, station: passage.Station, chance: random.Random, *, few: bool, wanted: Collection[str]
) -> Iterator[str]:
    question = station.question
    near = [float(each) for each in (*_spoken_of(view, station), *sorted(wanted)) if _NUMBER.fullmatch(each)]
    constraint = question.constraint.source if question.constraint else ""
    near += solving.numbers(constraint, view.context(station), name=question.name) if constraint else []
    patterns = solving.patterns(constraint, view.context(station))
    # Digits that are counted, as of a telephone.
    lengths = [int(each) for each in near if each <= 18] if "string-length" in constraint else []
    keys = [key for key in _looked_up(view, station, chance) if _NUMBER.fullmatch(key)]
    number: float
    while True:
        if keys and chance.random() < _LOOKED_UP:
            yield keys.pop()
            continue
        if patterns and chance.random() < _BY_PATTERN:
            yield sampling.sample(chance.choice(patterns), chance)
            continue
        if lengths and chance.random() < _BY_PATTERN:
            yield str(chance.randrange(10 ** (length := max(1, chance.choice(lengths))) // 10, 10**length))
            continue
        if few and chance.random() < _KEPT_SMALL:
            # Small parts leave room for the rest of a whole.
            yield chance.choice("00001")
            continue
        match chance.randrange(5):
            case 4 if near and 0 <= max(near) <= _COUNTED:
                number = chance.randint(0, int(max(near)))
            case 0 if near:
                number = chance.choice(near) + chance.choice((-1, 0, 1))
            case 1 if len(near) > 1:
                number = chance.uniform(*chance.sample(near, 2))
            case 2 if question.kind is Kind.RANGE:
                start, end, step = question.range
                number = start + step * chance.randint(0, max(0, int(abs(end - start) / abs(step or 1))))
            case _:
                number = chance.choice((chance.randint(0, 9), chance.randint(0, 99), chance.randint(0, 10**6)))
        places = 0 if question.kind is Kind.INTEGER else chance.choice(_PLACES)
        yield expressions.text(float(round(number, places)))


def _moments(view: passage.Passage, station: passage.Station, chance: random.Random) -> Iterator[str]:
    question = station.question
    today = view.now.date()
    constraint = question.constraint.source if question.constraint else ""
    near = [today, *(dt.date.fromisoformat(each) for each in _DATE.findall(constraint) if each[5:7] != "00")]
    near += [
        dt.date.fromisoformat(each[:10]) for each in _spoken_of(view, station) if _DATE.fullmatch(each[:10] or "-")
    ]
    if question.kind is not Kind.TIME and constraint:
        day = float((today - _FIRST).days)
        turning = solving.numbers(constraint, view.context(station), day, day + _DECADE, question.name)
        near += [_FIRST + dt.timedelta(days=round(each)) for each in turning if 0 <= each <= _LAST]
    while True:
        days = chance.choice((0, -1, 1, chance.randint(-400, 400), chance.randint(-30_000, 0)))
        date = chance.choice(near) + dt.timedelta(days=days)
        time = f"{chance.randrange(24):02}:{chance.randrange(60):02}"
        if question.kind is Kind.TIME:
            yield time
        else:
            yield f"{date:%d.%m.%Y}" + (f" {time}" if question.kind is Kind.DATETIME else "")


def _words(view: passage.Passage, station: passage.Station, chance: random.Random) -> Iterator[str]:
    constraint = station.question.constraint
    patterns = solving.patterns(constraint.source, view.context(station)) if constraint else []
    lengths = [int(float(each)) for each in _spoken_of(view, station) if _NUMBER.fullmatch(each)]
    # What it is compared with: another answer, or a word in quotes.
    same = [each for each in asked_for(view, station) if each]
    near: list[float] = []
    if constraint:
        same += [found[1] for found in _QUOTED.finditer(constraint.source) if found[1]]
        same += solving.words(constraint.source, view.context(station))
        near = solving.numbers(constraint.source, view.context(station))
    keys = _looked_up(view, station, chance)
    while True:
        if keys and chance.random() < _LOOKED_UP:
            yield keys.pop()
            continue
        match chance.randrange(8):
            case 5 if same:
                yield chance.choice(same)
            case 6 if same and lengths:
                # "HH-" and so many letters in all.
                begin, length = chance.choice(same), min(500, max(1, chance.choice(lengths)))
                yield (begin + "".join(chance.choice("0123456789") for _ in range(length)))[: max(length, len(begin))]
            case 7 if near:
                number = chance.choice(
                    (chance.choice(near) + chance.choice((-1, 0, 1)), chance.uniform(min(near), max(near)))
                )
                yield expressions.text(float(round(number)))
            case 0 | 1 if patterns:
                yield sampling.sample(chance.choice(patterns), chance)
            case 2 if lengths:
                length = min(500, max(1, chance.choice(lengths) + chance.choice((-1, 0, 1))))
                yield "".join(chance.choice("0123456789") for _ in range(length))
            case 3 if constraint:
                yield chance.choice(("0700123456", "+996700123456", "a@b.kg", "AN1234567", "7"))
            case _:
                yield chance.choice(_SENTENCES)
