"""Solving: what a constraint compares an answer with, worked out from the earlier answers, so that one can be found."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator

from bot.engine.xpath import expressions

#: A text in quotes is passed over whole.
_TOKEN = re.compile(r"'[^']*'|\"[^\"]*\"|\$\{[^{}]*\}|!=|<=|>=|[=<>(),\[\]]|\b(?:and|or)\b", re.IGNORECASE)
_SIGNS = frozenset({"=", "!=", "<", "<=", ">", ">="})


def compared(source: str) -> Iterator[tuple[str, str]]:
    """Both sides of every comparison in an expression, whatever brackets it stands in."""
    found = list(_TOKEN.finditer(source))
    for place, token in enumerate(found):
        if token[0] in _SIGNS:
            left, right = _edge(source, found[:place][::-1], "([", ")]"), _edge(source, found[place + 1 :], ")]", "([")
            begin = left.end() if left else 0
            end = right.start() if right else len(source)
            yield source[begin : token.start()].strip(), source[token.end() : end].strip()


def _edge(source: str, tokens: list[re.Match[str]], closing: str, opening: str) -> re.Match[str] | None:
    """Where one side ends: at a bracket that is not its own, a comma, another comparison, "and" or "or"."""
    depth = 0
    for token in tokens:
        if token[0] in opening:
            depth += 1
        elif token[0] in closing:
            if not depth:
                return token
            depth -= 1
        elif not depth and (token[0] in _SIGNS or token[0].lower() in (",", "and", "or")):
            return token
    return None


def words(source: str, context: expressions.Context) -> list[str]:
    """The texts that the answer itself is compared with."""
    sides = [(one, other) for pair in compared(source) for one, other in (pair, pair[::-1])]
    found = [_value(other, context) for one, other in sides if one == "."]
    return [said for value in found if value is not None and (said := expressions.text(value))]


def numbers(source: str, context: expressions.Context, first: float = 0.0, second: float = 1.0) -> list[float]:
    """The numbers, or days, at which a comparison turns over, as if it followed a straight line through both points."""
    found = []
    for one, other in compared(source):
        before, after = (_difference(one, other, context, at) for at in (first, second))
        if before is None or after is None or before == after:
            continue
        root = first - before * (second - first) / (after - before)
        if math.isfinite(root) and abs(root) < 1e15:
            found.append(root)
    return found


def _difference(one: str, other: str, context: expressions.Context, at: float) -> float | None:
    there = context._replace(current=at)
    sides = _value(one, there), _value(other, there)
    if sides[0] is None or sides[1] is None:
        return None
    size = expressions.number(sides[0]) - expressions.number(sides[1])
    return size if math.isfinite(size) else None


def _value(source: str, context: expressions.Context) -> expressions.Value | None:
    try:
        return expressions.compile(source).evaluate(context)
    except expressions.ExpressionError:
        return None
