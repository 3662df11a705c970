"""What the values of an expression mean: truth, numbers, text, and the operators between them.

The meaning is that of ODK's JavaRosa, because facilitators try their forms there. Where it differs: a date is kept as
its ISO text (there is no date value here) and counts its days since 1970 where a number is wanted, a time of day its
part of a day; and numbers print in full instead of as "1.0E10". `tests/engine/expression_table.py` names every case.
"""

from __future__ import annotations

import datetime as dt
import decimal
import math
import operator
import re
from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import NamedTuple

Value = str | float | bool


class Context(NamedTuple):
    """What an expression may look at."""

    #: Answers by question name; a missing one counts as "". Several chosen options are joined by spaces. Within a
    #: repeat a name of its own means this round; outside, the first.
    answers: Mapping[str, Value]
    #: The answer being judged: ".".
    current: Value
    #: The columns of the choice being judged, for `choice_filter`: bare names.
    columns: Mapping[str, Value]
    #: When the response began, in Kyrgyz time.
    now: dt.datetime
    #: The values that ${name} has together, in order: those of all rounds of its repeat, but within that repeat those
    #: of this round; a repeat's own name has one "" a round. "name#" has all rounds from anywhere, and of a repeat in
    #: a repeat "name#2" those of the outer one's second round.
    series: Mapping[str, Sequence[Value]] = MappingProxyType({})
    #: Which round of which repeat this is, from 1, the outermost first.
    at: tuple[int, ...] = ()
    #: Fixes what random() gives for this response and question.
    seed: str = ""
    #: Rows of the lists, for instance('...').
    lists: Mapping[str, Sequence[Mapping[str, str]]] = MappingProxyType({})
    #: (question name, choice name) -> label, for jr:choice-name().
    label: Callable[[str, str], str] = lambda _question, choice: choice
    #: The person's, for the names of months and days.
    language: str = ""


#: One compiled piece; never raises.
Evaluate = Callable[[Context], Value]

_NUMBER = re.compile(r"-?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)")
_DATE = re.compile(r"([0-9]{4}-[0-9]{2}-[0-9]{2})(?:T[0-9:.Z+-]*)?")
_TIME = re.compile(r"([01]?[0-9]|2[0-3]):([0-5][0-9])(?::([0-5][0-9](?:\.[0-9]{1,9})?))?")
_EPOCH = dt.date(1970, 1, 1).toordinal()


def truth(value: Value) -> bool:
    """XPath's boolean(): any text but "" is true (also "false"), any number but 0 and NaN."""
    if value is True or value is False:
        return value
    if isinstance(value, str):
        return value != ""
    return abs(value) > 1e-12  # false for NaN


def number(value: Value) -> float:
    """XPath's number(); NaN where there is none. A date counts its days since 1970, a time its part of a day."""
    if isinstance(value, str):
        stripped = value.strip()
        # A decimal comma is how Kyrgyz and Russian write it; JavaRosa takes it too.
        pointed = stripped.replace(",", ".")
        if _NUMBER.fullmatch(pointed):
            return float(pointed)
        if date := _DATE.fullmatch(stripped):
            try:
                return float(dt.date.fromisoformat(date[1]).toordinal() - _EPOCH)
            except ValueError:
                return math.nan
        return part_of_day(stripped)
    return float(value)


def part_of_day(time: str) -> float:
    """0.5 for "12:00"; NaN for what is no time."""
    found = _TIME.fullmatch(time)
    return (int(found[1]) * 3600 + int(found[2]) * 60 + float(found[3] or 0)) / 86400 if found else math.nan


def text(value: Value) -> str:
    """XPath's string(): whole numbers without ".0", "true" and "false" in words."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if math.isinf(value):
        return "Infinity" if value > 0 else "-Infinity"
    if abs(value) < 1e15 and abs(value - round(value)) < 1e-12:
        return str(round(value))
    if math.isnan(value):
        return "NaN"
    short = repr(value).removesuffix(".0")
    return format(decimal.Decimal(short), "f") if "e" in short else short


def whole(value: Value) -> int:
    """A position in a text or list, as Java casts it: NaN is 0, the infinite is very far."""
    size = number(value)
    return 0 if math.isnan(size) else int(max(-1e9, min(1e9, size)))


def _equal(left: Value, right: Value) -> bool:
    if isinstance(left, str) and isinstance(right, str):
        return left == right
    if isinstance(left, bool) or isinstance(right, bool):
        return truth(left) == truth(right)
    one, other = number(left), number(right)
    return one == other or abs(one - other) < 1e-12


def _divide(left: float, right: float) -> float:
    if right:
        return left / right
    sign = math.copysign(1, left) * math.copysign(1, right)
    return sign * math.inf if abs(left) > 0 else math.nan


def _modulo(left: float, right: float) -> float:
    # The sign follows the dividend, as in Java: -5 mod 2 is -1.
    return math.fmod(left, right) if right and not math.isinf(left) else math.nan


def _numeric(apply: Callable[[float, float], Value]) -> Callable[[Value, Value], Value]:
    return lambda left, right: apply(number(left), number(right))


OPERATORS: dict[str, Callable[[Value, Value], Value]] = {
    "=": _equal,
    "!=": lambda left, right: not _equal(left, right),
    "<": _numeric(operator.lt),
    "<=": _numeric(operator.le),
    ">": _numeric(operator.gt),
    ">=": _numeric(operator.ge),
    "+": _numeric(operator.add),
    "-": _numeric(operator.sub),
    "*": _numeric(operator.mul),
    "div": _numeric(_divide),
    "mod": _numeric(_modulo),
}


def binary(sign: str, left: Evaluate, right: Evaluate) -> Evaluate:
    """One operator between two closures."""
    if sign == "or":
        return lambda context: truth(left(context)) or truth(right(context))
    if sign == "and":
        return lambda context: truth(left(context)) and truth(right(context))
    apply = OPERATORS[sign]
    return lambda context: apply(left(context), right(context))


def chain(first: Evaluate, rest: list[tuple[str, Evaluate]]) -> Evaluate:
    """Equally strong operators, from the left; a loop, because real forms join a hundred terms with `or`."""
    if len(rest) == 1:
        return binary(rest[0][0], first, rest[0][1])
    sign = rest[0][0]
    if sign in ("or", "and"):
        terms, stop = (first, *(term for _, term in rest)), sign == "or"

        def joined(context: Context) -> Value:
            for term in terms:
                if truth(term(context)) is stop:
                    return stop
            return not stop

        return joined
    steps = [(OPERATORS[sign], term) for sign, term in rest]

    def folded(context: Context) -> Value:
        value = first(context)
        for apply, term in steps:
            value = apply(value, term(context))
        return value

    return folded
