"""Solving: what an expression wants of an answer, worked out from the earlier answers, so that one can be found."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator

from bot.engine.xpath import expressions, lookup

#: A text in quotes is passed over whole.
_TOKEN = re.compile(r"'[^']*'|\"[^\"]*\"|\$\{[^{}]*\}|!=|<=|>=|[=<>(),\[\]]|\b(?:and|or)\b", re.IGNORECASE)
#: Names, and patterns in quotes, have digits too; a choice is known by a number in quotes.
_LITERAL = re.compile(r"'(?!\d+')[^']*'|\"(?!\d+\")[^\"]*\"|\$\{[^{}]*\}")
_CONSTANT = re.compile(r"(?<![\w.])\d+(?:\.\d+)?")
_SIGNS = frozenset({"=", "!=", "<", "<=", ">", ">="})
#: A look-up as far as its key: pulldata('list', 'column', 'key column', or instance('list')/root/item[key column = .
_PULLED = re.compile(r"""\bpulldata\s*\(\s*(['"])(.+?)\1\s*,\s*(['"]).*?\3\s*,\s*(['"])(.+?)\4\s*,""")
_PATTERN = re.compile(r"\bregex\s*\(")
_SOUGHT = re.compile(r"""\binstance\(\s*(['"])(.+?)\1\s*\)/root/item\[\s*([\w.-]+)\s*=""")
#: Stands for the answer in the key that it is looked up by; nobody writes it.
_ANSWER = "\ue000"


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


def numbers(
    source: str, context: expressions.Context, first: float = 0.0, second: float = 1.0, name: str = ""
) -> list[float]:
    """The numbers, or days, at which a comparison turns over, as if it followed a straight line through both points.

    `name` is that of the question, where it is asked for by its name as well as by ".".
    """
    found = []
    for one, other in compared(source):
        before, after = (_difference(one, other, _supposing(context, name, at)) for at in (first, second))
        if before is None or after is None or before == after:
            continue
        root = first - before * (second - first) / (after - before)
        if math.isfinite(root) and abs(root) < 1e15:
            found.append(root)
    return found


def keys(source: str, context: expressions.Context, name: str) -> list[str]:
    """The answers to the question of that name with which what is looked up in a list is found there, in its order.

    In a constraint the answer is "." too.
    """
    found: dict[str, None] = {}
    looked_up = [(each[2], each[5], each.end()) for each in _PULLED.finditer(source)]
    looked_up += [(each[2], each[3], each.end()) for each in _SOUGHT.finditer(source)]
    # As the same answer is seen in whichever way it is written.
    there = _supposing(context, name, _ANSWER)
    for rows, column, begin in looked_up:
        end = _edge(source, [token for token in _TOKEN.finditer(source) if token.start() >= begin], ")]", "([")
        asked = source[begin : end.start() if end else len(source)].strip().replace("current()/", "")
        # The key may be put together from several answers: "KG02-" and what is asked for here.
        before, answer, after = expressions.text(_value(asked, there) or "").partition(_ANSWER)
        if not answer:
            before = after = ""
        if answer or _depends(asked, context, name):
            for row in lookup.listed(rows)(context):
                key = expressions.text(row.get(column, ""))
                if key.startswith(before) and key.endswith(after) and len(key) > len(before) + len(after):
                    found.setdefault(key[len(before) : len(key) - len(after)])
    return list(found)


def _depends(source: str, context: expressions.Context, name: str) -> bool:
    one, other = (_value(source, _supposing(context, name, answer)) for answer in ("1", "2"))
    return one != other


def patterns(source: str, context: expressions.Context) -> list[str]:
    """The patterns that an expression asks for, also those that are put together from earlier answers."""
    found = list(_TOKEN.finditer(source))
    said = []
    for call in _PATTERN.finditer(source):
        inside = [token for token in found if token.start() >= call.end()]
        comma = _edge(source, inside, ")]", "([")
        if comma and comma[0] == ",":
            end = _edge(source, [token for token in inside if token.start() > comma.start()], ")]", "([")
            pattern = _value(source[comma.end() : end.start() if end else len(source)], context)
            said += [expressions.text(pattern)] if pattern else []
    return said


def constants(source: str) -> list[str]:
    """The numbers that are written in an expression."""
    return _CONSTANT.findall(_LITERAL.sub("", source))


def _supposing(context: expressions.Context, name: str, answer: expressions.Value) -> expressions.Context:
    answers = {**context.answers, name: answer} if name else context.answers
    return context._replace(current=answer, answers=answers)


def _difference(one: str, other: str, context: expressions.Context) -> float | None:
    sides = _value(one, context), _value(other, context)
    if sides[0] is None or sides[1] is None:
        return None
    size = expressions.number(sides[0]) - expressions.number(sides[1])
    return size if math.isfinite(size) else None


def _value(source: str, context: expressions.Context) -> expressions.Value | None:
    try:
        return expressions.compile(source).evaluate(context)
    except expressions.ExpressionError:
        return None
