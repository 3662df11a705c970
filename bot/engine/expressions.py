"""The expressions of XLSForm (relevant, constraint, calculation): text compiled to closures, never to code.

Here are the functions an author may use; `syntax.py` reads the text, `values.py` says what values mean.
"""

from __future__ import annotations

import decimal
import functools
import math
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import re2

from bot.engine.syntax import ExpressionError, Function, Literal, Parser
from bot.engine.values import Context, Evaluate, Value, number, text, truth, whole

__all__ = ["Context", "Expression", "ExpressionError", "Value", "compile", "number", "text", "truth"]

MAX_LENGTH = 4000


@dataclass(frozen=True, slots=True)
class Expression:
    """One compiled expression. `evaluate(context)` never raises."""

    source: str
    #: Names of the questions it asks for: the ${...}.
    references: frozenset[str]
    #: Bare names: columns of the choices sheet.
    columns: frozenset[str]
    evaluate: Evaluate = field(compare=False, repr=False)


def _if(condition: Evaluate, then: Evaluate, otherwise: Evaluate) -> Evaluate:
    return lambda context: then(context) if truth(condition(context)) else otherwise(context)


def _coalesce(*options: Evaluate) -> Evaluate:
    def first(context: Context) -> Value:
        for option in options:
            value = option(context)
            if value != "" and value == value:  # NaN, the only value unlike itself, counts as empty
                return value
        return ""

    return first


def _selected_at(chosen: Value, index: Value) -> Value:
    names, at = text(chosen).split(), whole(index)
    return names[at] if 0 <= at < len(names) else ""


def _round(value: Value, places: Value = 0.0) -> Value:
    size, digits = number(value), whole(places)
    if math.isnan(size) or math.isinf(size):
        return size
    if abs(digits) > 30:
        return math.nan
    # A half goes up, also below zero (XPath): round(-1.5) is -1.
    way = decimal.ROUND_HALF_UP if size >= 0 else decimal.ROUND_HALF_DOWN
    wide = decimal.Context(prec=400)
    return float(decimal.Decimal(repr(size)).quantize(decimal.Decimal(1).scaleb(-digits), way, wide))


def _int(value: Value) -> Value:
    size = number(value)
    return size if math.isnan(size) or math.isinf(size) else float(math.trunc(size))


def _substr(value: Value, start: Value, end: Value | None = None) -> Value:
    string = text(value)
    return string[whole(start) : len(string) if end is None else whole(end)]


_QUIET = re2.Options()
_QUIET.log_errors = False


@functools.lru_cache(maxsize=256)
def _pattern(source: str) -> Any:
    # re2: its time is linear, whatever pattern a stranger writes and whatever a person types.
    return re2.compile(source, _QUIET)


def _matches(value: Value, pattern: Value) -> bool:
    try:
        return _pattern(text(pattern)).fullmatch(text(value)) is not None
    except (re2.error, UnicodeError):
        return False


def _regex(value: Evaluate, pattern: Evaluate) -> Evaluate:
    if isinstance(pattern, Literal):
        try:
            _pattern(text(pattern.value))
        except (re2.error, UnicodeError) as error:
            reason = error.args[0]
            shown = reason.decode(errors="replace") if isinstance(reason, bytes) else "not valid text"
            raise ValueError(f"the pattern of regex() cannot be used: {shown}") from None
    return lambda context: _matches(value(context), pattern(context))


def _plain(apply: Callable[..., Value], least: int, most: int = 0) -> Function:
    """A function of the values of all its arguments."""

    def build(*arguments: Evaluate) -> Evaluate:
        return lambda context: apply(*[argument(context) for argument in arguments])

    return Function(least, most or least, build)


#: Every function an author may use; a new one is one more line.
FUNCTIONS: dict[str, Function] = {
    "selected": _plain(lambda chosen, name: text(name).strip() in text(chosen).split(), 2),
    "selected-at": _plain(_selected_at, 2),
    "count-selected": _plain(lambda chosen: float(len(text(chosen).split())), 1),
    "not": _plain(lambda value: not truth(value), 1),
    "if": Function(3, 3, _if),
    "coalesce": Function(1, 100, _coalesce),
    "string": _plain(text, 1),
    "number": _plain(number, 1),
    "int": _plain(_int, 1),
    "round": _plain(_round, 1, 2),
    "string-length": _plain(lambda value: float(len(text(value))), 1),
    "contains": _plain(lambda value, part: text(part) in text(value), 2),
    "starts-with": _plain(lambda value, part: text(value).startswith(text(part)), 2),
    "ends-with": _plain(lambda value, part: text(value).endswith(text(part)), 2),
    "substr": _plain(_substr, 2, 3),
    "concat": _plain(lambda *values: "".join(map(text, values)), 1, 100),
    "true": _plain(lambda: True, 0),
    "false": _plain(lambda: False, 0),
    "today": Function(0, 0, lambda: lambda context: context.now.date().isoformat()),
    "now": Function(0, 0, lambda: lambda context: context.now.isoformat(timespec="milliseconds")),
    "regex": Function(2, 2, _regex),
}


def compile(source: str) -> Expression:  # noqa: A001 - as re.compile: always called with its room's name
    """The text as something that can be evaluated; raises ExpressionError and nothing else."""
    if len(source) > MAX_LENGTH:
        raise ExpressionError(f"longer than {MAX_LENGTH} characters; split it into calculations", MAX_LENGTH)
    parser = Parser(source, FUNCTIONS)
    evaluate = parser.expression()
    end = parser.take()
    if end.kind != "end":
        raise ExpressionError(f"found {end} where an operator or the end was expected", end.position)
    return Expression(source, frozenset(parser.references), frozenset(parser.columns), evaluate)
