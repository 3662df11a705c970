"""Whether an answer will do: what is required, what a constraint demands, and what stands where nothing is said."""

from __future__ import annotations

import datetime as dt
import math
import re
from decimal import Decimal

from bot.engine import form, messages, offering, passage, scoping, state, telling
from bot.engine.form import Kind
from bot.engine.messages import phrase
from bot.engine.xpath import expressions

_NUMBERS = frozenset({Kind.INTEGER, Kind.DECIMAL, Kind.RANGE})
#: One side of a simple constraint: ". >= 14", ". <= today()", ". > date('2020-01-01')".
_BOUND = re.compile(
    r"\.\s*(?P<sign>[<>]=?)\s*(?:date\(\s*)?(?:(?P<number>-?\d+(?:\.\d+)?)|(?P<today>today\(\s*\))"
    r"|['\"](?P<date>\d{4}-\d{2}-\d{2})['\"])\s*\)?"
)


def is_required(view: passage.Passage, station: passage.Station) -> bool:
    """Whether it cannot be passed over, as things stand."""
    question = station.question
    if question.required or question.required_if is None:
        return question.required
    return expressions.truth(question.required_if.evaluate(view.context(station)))


def default(view: passage.Passage, station: passage.Station) -> state.Answer | None:
    """What is taken where the question is passed over; None where the author says nothing that would be an answer."""
    question = station.question
    if question.default is None:
        return None
    value = expressions.text(question.default.evaluate(view.context(station))).strip()
    answer = _as_answer(view, station, value) if value else None
    return None if answer is None or broken(view, station, answer) else answer


def _as_answer(view: passage.Passage, station: passage.Station, value: str) -> state.Answer | None:
    question = station.question
    match question.kind:
        case Kind.SELECT_ONE | Kind.SELECT_MULTIPLE | Kind.RANK:
            choices = offering.offered(question, view.context(station))
            names = tuple(dict.fromkeys(value.split()))
            if not set(names) <= {choice.name for choice in choices}:
                return None
            if question.kind is Kind.SELECT_ONE:
                return names[0] if len(names) == 1 else None
            wanted = min(question.pick or len(choices), len(choices))
            return names if question.kind is Kind.SELECT_MULTIPLE or len(names) == wanted else None
        case Kind.INTEGER:
            number = expressions.number(value)
            return int(number) if math.isfinite(number) and number == int(number) else None
        case Kind.DECIMAL | Kind.RANGE:
            number = expressions.number(value)
            return expressions.text(number) if math.isfinite(number) else None
        case Kind.DATE:
            return value[:10] if telling.date(value[:10]) else None
        case Kind.IMAGE | Kind.AUDIO | Kind.MORE:
            # An author's picture is no answer of this person's.
            return None
        case _:
            return value


def broken(view: passage.Passage, station: passage.Station, answer: state.Answer) -> messages.Line | None:
    """Why an answer will not do, in the author's words or ours; None where it does."""
    question = station.question
    if isinstance(answer, state.Media):
        return None  # nobody can compare a sound with a number
    value = passage.value_of(answer)
    if question.kind is Kind.RANGE and not _in_range(question, expressions.number(value)):
        start, end, _ = question.range
        return _between(_plain(min(start, end)), _plain(max(start, end)))
    if question.constraint is None:
        return None
    itself = question.name in question.constraint.references
    judged_by = scoping.judged_by(view.definition, question)
    # A total is to have this answer in it.
    supposed = view.supposing(station.key, answer) if question.name in judged_by else view
    context = supposed.context(station, value, itself=itself)
    if expressions.truth(question.constraint.evaluate(context)) or _too_early(supposed, station, judged_by):
        return None
    if question.constraint_message:
        return telling.written(question.constraint_message, view, station, {})
    return _bounds(question, view) or phrase("This answer does not seem to fit. Please try another.")


def _too_early(view: passage.Passage, station: passage.Station, judged_by: frozenset[str]) -> bool:
    """Whether the constraint asks for what is asked only after this: an author had several on one page in mind."""
    if judged_by <= {station.question.name}:
        return False
    places = {each.key: place for place, each in enumerate(view.asked)}
    return any(
        each.question.name in judged_by and each.key not in view.values and place > places[station.key]
        for place, each in enumerate(view.asked)
    )


def _in_range(question: form.Question, number: float) -> bool:
    start, end, step = question.range
    if not min(start, end) <= number <= max(start, end):
        return False
    steps = (number - start) / step if step else 0.0
    return abs(steps - round(steps)) < 1e-9


def _bounds(question: form.Question, view: passage.Passage) -> messages.Line | None:
    """What a simple constraint allows, in words; None where it is no plain pair of bounds."""
    if question.constraint is None or question.kind not in _NUMBERS | {Kind.DATE}:
        return None
    source = re.sub(r"\$\{\s*" + re.escape(question.name) + r"\s*\}", ".", question.constraint.source)
    numbers: dict[str, Decimal] = {}
    dates: dict[str, dt.date] = {}
    for part in re.split(r"\band\b", source):
        found = _BOUND.fullmatch(_bare(part))
        bound = _bound(question, found, view.now.date()) if found else None
        if found is None or bound is None:
            return None
        if isinstance(bound, Decimal):
            numbers[found["sign"][0]] = bound
        else:
            dates[found["sign"][0]] = bound
    if dates:
        return _dates(dates.get(">"), dates.get("<"))
    return _between(numbers.get(">"), numbers.get("<"))


def _bare(part: str) -> str:
    """Without the brackets an author may have put around it."""
    bare = part.strip()
    return bare[1:-1].strip() if bare.startswith("(") and bare.endswith(")") else bare


def _bound(question: form.Question, found: re.Match[str], today: dt.date) -> dt.date | Decimal | None:
    """The last value that fits; None where there is none, as behind `. > 0.5`."""
    strict = 0 if found["sign"].endswith("=") else 1 if found["sign"] == ">" else -1
    if question.kind is Kind.DATE:
        date = today if found["today"] else telling.date(found["date"] or "")
        try:
            return date + dt.timedelta(days=strict) if date else None
        except OverflowError:  # beyond the last day there is
            return None
    if not found["number"]:
        return None
    number = Decimal(found["number"])
    if strict and (question.kind is not Kind.INTEGER or number != int(number)):
        return None
    return number + strict


def _plain(number: float) -> Decimal:
    return Decimal(expressions.text(number))


def _between(least: Decimal | None, most: Decimal | None) -> messages.Line | None:
    if least is not None and most is not None:
        return phrase(
            "Please write a number from {min} to {max}.", min=messages.Quantity(least), max=messages.Quantity(most)
        )
    if least is not None:
        return phrase("Please write a number, at least {min}.", min=messages.Quantity(least))
    return phrase("Please write a number, at most {max}.", max=messages.Quantity(most)) if most is not None else None


def _dates(earliest: dt.date | None, latest: dt.date | None) -> messages.Line:
    if earliest is None:
        return phrase("Please write a date, at the latest {max}.", max=latest)
    if latest is None:
        return phrase("Please write a date, at the earliest {min}.", min=earliest)
    return phrase("Please write a date from {min} to {max}.", min=earliest, max=latest)
