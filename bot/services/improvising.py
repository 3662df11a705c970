"""Improvising: a made-up respondent who plays a form to its end, and errs, goes back and skips on the way."""

from __future__ import annotations

import datetime as dt
import itertools
import random
import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from bot.channels import base
from bot.engine import asking, form, judging, passage, state
from bot.engine.understanding import answers
from bot.engine.xpath import expressions
from bot.services import rehearsing, sampling

Kind = form.Kind

#: Answers thought of for one question before it is given up.
_THOUGHTS = 400
#: Messages for one question, wrong ones included, before the form is taken to lead nowhere.
_PATIENCE = 40
#: How often an earlier answer is changed because none will do for a later question, and how far back it may be.
_RETREATS, _FURTHEST = 60, 12
#: How often, of all messages, something else than an answer is written.
_ERRS, _BACK, _SKIPS, _ASKS = 0.10, 0.05, 0.08, 0.02
#: How often a number is made after a pattern, or kept small, where that may help.
_BY_PATTERN, _KEPT_SMALL = 0.5, 0.8
_NONSENSE = ("???", "👍", "ким билет", "99999999999999", "не понимаю вас", "0", "көп", "-")
_SENTENCES = (
    "Айылыбызга таза суу керек.",
    "Мектептин чатыры эски, оңдош керек.",
    "Нужна дорога до пастбища.",
    "Медпункт зимой не отапливается, и фельдшер приезжает редко.",
    "Асан",
    "Айгүл Токтогулова",
    "ж",
)
_PATTERN = re.compile(r"""regex\(\s*[^,]+,\s*(["'])(.*?)\1\s*\)""", re.DOTALL)
_QUOTED = re.compile(r"[=(,]\s*'([^']{1,40})'")
_NUMBER = re.compile(r"\d+(?:\.\d+)?")
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")


class Stuck(Exception):
    """The form cannot be played to its end; the text says at which question and why."""


class Exchange(NamedTuple):
    """What the respondent wrote, and what came back."""

    wrote: str
    outbound: base.Outbound


def play(rehearsal: rehearsing.Rehearsal, link: str, seed: int, language: str) -> Iterator[Exchange]:
    """The whole conversation, message by message; raises `Stuck`. The same seed gives the same conversation."""
    chance = random.Random(f"{seed}/{language}")  # noqa: S311 - to be repeated, not to be secret
    before = len(rehearsal.finished)
    outbound, _ = rehearsal.hear("start", start=link)
    yield Exchange("", outbound)
    stands = itertools.count()
    last = ""
    retreats = backs = 0
    shut: set[tuple[str, ...]] = set()
    while len(rehearsal.finished) == before:
        waiting = rehearsal.waiting
        if waiting and waiting[1].at != last:
            last, stands = waiting[1].at, itertools.count()
        if next(stands) > _PATIENCE:
            raise Stuck(f"the question “{last}” does not let anybody past")
        try:
            if waiting:
                wrote = "back" if backs else _answer(*waiting, chance, shut)
            else:
                wrote = _outside(rehearsal.scene, language)
            backs = max(0, backs - 1)
        except Stuck:
            # Perhaps an earlier answer leaves no room for this one: a household of two with three children.
            if retreats == _RETREATS or not (waiting and waiting[1].answers):
                raise
            retreats += 1
            wrote, backs = "back", chance.randrange(_FURTHEST)
            last, stands = "", itertools.count()
        outbound, ended = rehearsal.hear(wrote)
        yield Exchange(wrote, outbound)
        if ended or (waiting is None and rehearsal.waiting is None and rehearsal.scene == "home"):
            # A form may end by itself, as where a parent does not allow it.
            return


def _outside(scene: str, language: str) -> str:
    """What is written before the first question."""
    return {"ky": "1", "ru": "2"}[language] if scene == "language" else "1"


def _answer(definition: form.Form, response: state.State, chance: random.Random, shut: set[tuple[str, ...]]) -> str:
    """What is written next. `shut`: questions that no answer was found for, each with what its constraint asked for."""
    view = passage.passage(definition, response)
    station = view.station(response.at)
    if station is None:
        return "1"
    drawn = chance.random()
    if drawn < _ERRS:
        return chance.choice(_NONSENSE)
    if drawn < _ERRS + _BACK:
        return "back"
    if drawn < _ERRS + _BACK + _ASKS:
        return "help"
    required = judging.is_required(view, station)
    if drawn < _ERRS + _BACK + _ASKS + _SKIPS and not required:
        return "skip"
    choices = asking.options(view, station)
    if response.picked:
        # A ranking is under way, one at a time.
        left = [n for n, choice in enumerate(choices, start=1) if choice.name not in response.picked]
        return str(chance.choice(left))
    here = (station.key, *_asked_for(view, station))
    if here not in shut:
        tried: set[str] = set()
        for thought in itertools.islice(_thoughts(view, station, choices, chance, few=bool(shut)), _THOUGHTS):
            if thought not in tried and _will_do(view, station, choices, thought):
                return thought
            tried.add(thought)
    shut.add(here)
    if not required:
        return "skip"
    source = station.question.constraint.source if station.question.constraint else ""
    why = f"no answer was found that its constraint takes: {source}" if source else "nothing that was tried answers it"
    raise Stuck(f"row {station.question.row}, question “{station.question.name}”: {why}")


def _will_do(view: passage.Passage, station: passage.Station, choices: Sequence[form.Choice], thought: str) -> bool:
    if station.question.kind in (Kind.ACKNOWLEDGE, Kind.MORE):
        return True
    if station.question.kind in (Kind.INTEGER, Kind.DECIMAL) and judging.broken(view, station, thought):
        return False  # far quicker than reading it as a person's
    reading = answers.understand(station.question, choices, thought, (), view.now)
    return isinstance(reading, answers.Understood) and judging.broken(view, station, reading.answer) is None


def _thoughts(
    view: passage.Passage, station: passage.Station, choices: Sequence[form.Choice], chance: random.Random, *, few: bool
) -> Iterator[str]:
    """One answer after the other, for ever: first what anybody would say, then what the constraint speaks of.

    `few`: large numbers have led nowhere in this form.
    """
    question = station.question
    match question.kind:
        case Kind.SELECT_ONE | Kind.ACKNOWLEDGE:
            yield from _shuffled([str(n) for n in range(1, len(choices) + 1)], chance)
        case Kind.MORE:
            # Three of a kind show what there is to be shown.
            yield "2" if station.at[-1:] > (3,) else chance.choice("12")
        case Kind.SELECT_MULTIPLE | Kind.RANK:
            wanted = asking.wanted(question, tuple(choices))
            while choices:
                most = wanted if question.kind is Kind.RANK else chance.randint(1, min(4, len(choices)))
                yield " ".join(map(str, chance.sample(range(1, len(choices) + 1), most)))
        case Kind.INTEGER | Kind.DECIMAL | Kind.RANGE:
            yield from _numbers(view, station, chance, few=few)
        case Kind.DATE | Kind.DATETIME | Kind.TIME:
            yield from _moments(view, station, chance)
        case Kind.GEOPOINT:
            while True:
                yield f"{chance.uniform(39.2, 43.2):.4f}, {chance.uniform(69.3, 80.2):.4f}"
        case _:
            yield from _words(view, station, chance)


def _shuffled(thoughts: list[str], chance: random.Random) -> Iterator[str]:
    while thoughts:
        yield from chance.sample(thoughts, len(thoughts))


def _spoken_of(view: passage.Passage, station: passage.Station) -> list[str]:
    """The values a constraint compares with: what stands in it, and the answers it asks for."""
    constraint = station.question.constraint
    if constraint is None:
        return []
    return [*_NUMBER.findall(constraint.source), *_asked_for(view, station)]


def _asked_for(view: passage.Passage, station: passage.Station) -> list[str]:
    """The answers a constraint asks for, as they stand."""
    names = sorted(station.question.constraint.references) if station.question.constraint else []
    known = view.context(station).answers if names else {}
    return [expressions.text(known.get(name, "")) for name in names]


def _numbers(view: passage.Passage, station: passage.Station, chance: random.Random, *, few: bool) -> Iterator[str]:
    question = station.question
    near = [float(each) for each in _spoken_of(view, station) if _NUMBER.fullmatch(each)]
    constraint = question.constraint.source if question.constraint else ""
    patterns = [found[2] for found in _PATTERN.finditer(constraint)]
    # Digits that are counted, as of a telephone.
    lengths = [int(each) for each in near if each <= 18] if "string-length" in constraint else []
    number: float
    while True:
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
            case 4 if near and 0 <= max(near) <= _THOUGHTS:
                number = chance.randint(0, int(max(near)))
            case 0 if near:
                number = chance.choice(near) + chance.choice((-1, 0, 1))
            case 1 if len(near) > 1:
                number = chance.uniform(min(near), max(near))
            case 2 if question.kind is Kind.RANGE:
                start, end, step = question.range
                number = start + step * chance.randint(0, max(0, int(abs(end - start) / abs(step or 1))))
            case _:
                number = chance.choice((chance.randint(0, 9), chance.randint(0, 99), chance.randint(0, 10**6)))
        yield expressions.text(float(round(number) if question.kind is Kind.INTEGER else round(number, 2)))


def _moments(view: passage.Passage, station: passage.Station, chance: random.Random) -> Iterator[str]:
    question = station.question
    today = view.now.date()
    constraint = question.constraint.source if question.constraint else ""
    near = [today, *(dt.date.fromisoformat(each) for each in _DATE.findall(constraint) if each[5:7] != "00")]
    near += [
        dt.date.fromisoformat(each[:10]) for each in _spoken_of(view, station) if _DATE.fullmatch(each[:10] or "-")
    ]
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
    patterns = [found[2] for found in _PATTERN.finditer(constraint.source)] if constraint else []
    lengths = [int(float(each)) for each in _spoken_of(view, station) if _NUMBER.fullmatch(each)]
    # What it is compared with: another answer, or a word in quotes.
    same = [each for each in _asked_for(view, station) if each]
    same += [found[1] for found in _QUOTED.finditer(constraint.source) if found[1]] if constraint else []
    while True:
        match chance.randrange(6):
            case 5 if same:
                yield chance.choice(same)
            case 0 | 1 if patterns:
                yield sampling.sample(chance.choice(patterns), chance)
            case 2 if lengths:
                length = min(500, max(1, chance.choice(lengths) + chance.choice((-1, 0, 1))))
                yield "".join(chance.choice("0123456789") for _ in range(length))
            case 3 if constraint:
                yield chance.choice(("0700123456", "+996700123456", "a@b.kg", "AN1234567", "7"))
            case _:
                yield chance.choice(_SENTENCES)
