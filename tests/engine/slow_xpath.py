"""A second, slow reading of the core of the expression language, to hold the fast one against.

Written from XPath 1.0's grammar and JavaRosa's sources, and from nothing in bot/engine: a parser with one rule a
method, after the grammar's productions, that works out each value while it reads; exact fractions for numbers.
"""

from __future__ import annotations

import math
import string
from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction

Value = str | float | bool
#: A value, and the values of all rounds where it is a question of a repeat.
Node = tuple[Value, "Sequence[Value] | None"]

_SPACE = " \n\t"


def evaluate(source: str, answers: Mapping[str, Value], series: Mapping[str, Sequence[Value]], here: Value) -> Value:
    """What a well-formed expression gives; anything else is an AssertionError."""
    reader = _Reader(source, answers, series, here)
    value = reader.either()
    reader.space()
    assert reader.at == len(source), source[reader.at :]
    return value[0]


class _Reader:
    def __init__(
        self, source: str, answers: Mapping[str, Value], series: Mapping[str, Sequence[Value]], here: Value
    ) -> None:
        self.source, self.answers, self.series, self.here, self.at = source, answers, series, here, 0

    def space(self) -> None:
        while self.at < len(self.source) and self.source[self.at] in _SPACE:
            self.at += 1

    def sees(self, *signs: str) -> str:
        """The first of the signs that stands here, taken; "" if none does."""
        self.space()
        for sign in signs:
            end = self.at + len(sign)
            if self.source[self.at : end] == sign and not (sign.isalpha() and self.source[end : end + 1].isalnum()):
                self.at = end
                return sign
        return ""

    # Each level of the grammar takes what binds tighter, then its own operators from the left.

    def either(self) -> Node:
        node = self.both()
        while self.sees("or"):
            other = self.both()
            node = (boolean(node[0]) or boolean(other[0]), None)
        return node

    def both(self) -> Node:
        node = self.equality()
        while self.sees("and"):
            other = self.equality()
            node = (boolean(node[0]) and boolean(other[0]), None)
        return node

    def equality(self) -> Node:
        node = self.relation()
        while sign := self.sees("=", "!="):
            other = self.relation()
            node = (same(node[0], other[0]) == (sign == "="), None)
        return node

    def relation(self) -> Node:
        node = self.sum()
        while sign := self.sees("<=", ">=", "<", ">"):
            left, right = numeric(node[0]), numeric(self.sum()[0])
            less, equal = left < right, left == right
            more = right < left
            node = ({"<": less, ">": more, "<=": less or equal, ">=": more or equal}[sign], None)
        return node

    def sum(self) -> Node:
        node = self.product()
        while sign := self.sees("+", "-"):
            left, right = numeric(node[0]), numeric(self.product()[0])
            node = (left + right if sign == "+" else left - right, None)
        return node

    def product(self) -> Node:
        node = self.negated()
        while sign := self.sees("*", "div", "mod"):
            left, right = numeric(node[0]), numeric(self.negated()[0])
            node = ({"*": lambda a, b: a * b, "div": divided, "mod": rest}[sign](left, right), None)
        return node

    def negated(self) -> Node:
        if self.sees("-"):
            return -numeric(self.negated()[0]), None
        return self.primary()

    def primary(self) -> Node:
        if self.sees("("):
            node = self.either()
            assert self.sees(")")
            return node
        if self.sees("${"):
            name = self.name()
            assert self.sees("}")
            return self.answers.get(name, ""), self.series.get(
                name, [self.answers[name]] if name in self.answers else []
            )
        self.space()
        letter = self.source[self.at]
        if letter in "'\"":
            end = self.source.index(letter, self.at + 1)
            text, self.at = self.source[self.at + 1 : end], end + 1
            return text, None
        if letter.isdigit():
            begin = self.at
            while self.source[self.at : self.at + 1] and self.source[self.at] in string.digits + ".":
                self.at += 1
            return float(self.source[begin : self.at]), None
        if self.sees("."):
            return self.here, None
        return self.call()

    def name(self) -> str:
        begin = self.at
        while self.source[self.at].isalnum() or self.source[self.at] in "-_":
            self.at += 1
        return self.source[begin : self.at]

    def call(self) -> Node:
        name = self.name()
        assert self.sees("("), name
        nodes: list[Node] = []
        if not self.sees(")"):
            nodes.append(self.either())
            while self.sees(","):
                nodes.append(self.either())
            assert self.sees(")")
        if name in SETS:
            count = FIXED.get(name, 0)
            fixed, among = [node[0] for node in nodes[:count]], nodes[count:]
            several = among[0][1] if len(among) == 1 else None
            return SETS[name](fixed, [node[0] for node in among] if several is None else several), None
        if name in ("string-length", "normalize-space") and not nodes:
            nodes = [(self.here, None)]
        return FUNCTIONS[name](*[node[0] for node in nodes]), None


# --- what values are -----------------------------------------------------------------------------------------


def boolean(value: Value) -> bool:
    if isinstance(value, str):
        return len(value) > 0
    return value is True or (value is not False and not math.isnan(value) and not -1e-12 <= value <= 1e-12)


def numeric(value: Value) -> float:
    if isinstance(value, bool):
        return 1.0 if value else 0.0
    if not isinstance(value, str):
        return value
    text = value.replace(",", ".").strip()
    digits = text[1:] if text.startswith("-") else text
    before, point, after = digits.partition(".")
    if not (before + after) or not all(letter in string.digits for letter in before + after):
        return math.nan
    if point and not before and not after:
        return math.nan
    size = float(Fraction(int(before or "0")) + Fraction(int(after or "0"), 10 ** len(after)))
    return -size if text.startswith("-") else size


def written(value: Value) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return str(value).lower()
    if math.isnan(value):
        return "NaN"
    if math.isinf(value):
        return "Infinity" if value > 0 else "-Infinity"
    nearest = math.floor(value + 0.5)
    if abs(value) < 1e15 and abs(value - nearest) < 1e-12:
        return str(nearest)
    mantissa, _, exponent = repr(abs(value)).partition("e")
    whole, _, part = mantissa.partition(".")
    part = "" if part == "0" else part
    shift = int(exponent or "0")
    if shift >= 0:
        digits = (whole + part.ljust(shift, "0"))[: len(whole) + shift]
        tail = part[shift:]
    else:
        digits, tail = "0", "0" * (-shift - 1) + whole + part
    return ("-" if value < 0 else "") + digits + ("." + tail if tail else "")


def same(left: Value, right: Value) -> bool:
    if isinstance(left, bool) or isinstance(right, bool):
        return boolean(left) is boolean(right)
    if isinstance(left, str) and isinstance(right, str):
        return left == right
    one, other = numeric(left), numeric(right)
    return one == other or (math.isfinite(one) and math.isfinite(other) and abs(one - other) < 1e-12)


def divided(left: float, right: float) -> float:
    if right != 0:
        return left / right
    if left == 0 or math.isnan(left):
        return math.nan
    return math.inf if (left > 0) == (math.copysign(1, right) > 0) else -math.inf


def rest(left: float, right: float) -> float:
    if not math.isfinite(left) or math.isnan(right) or right == 0:
        return math.nan
    if math.isinf(right):
        return left
    quotient = math.trunc(Fraction(left) / Fraction(right))
    return float(Fraction(left) - quotient * Fraction(right))


def index(value: Value) -> int:
    size = numeric(value)
    if math.isnan(size):
        return 0
    return math.trunc(size) if math.isfinite(size) else (10**9 if size > 0 else -(10**9))


# --- what functions do ---------------------------------------------------------------------------------------


def rounded(value: Value, places: Value = 0.0) -> float:
    size, digits = numeric(value), index(places)
    if not math.isfinite(size):
        return size
    if not -30 <= digits <= 30:
        return math.nan
    scale = Fraction(10) ** digits
    return float(Fraction(math.floor(Fraction(repr(size)) * scale + Fraction(1, 2))) / scale)


def whole_part(value: Value) -> float:
    size = numeric(value)
    return float(math.trunc(Fraction(size))) if math.isfinite(size) else size


def part(value: Value, start: Value, end: Value | None = None) -> str:
    letters = list(written(value))
    first, last = index(start), len(letters) if end is None else index(end)
    first, last = (place + len(letters) if place < 0 else place for place in (first, last))
    return "".join(letter for place, letter in enumerate(letters) if first <= place < last)


def translated(value: Value, old: Value, new: Value) -> str:
    made, before, after = "", written(old), written(new)
    for letter in written(value):
        place = before.find(letter)
        made += letter if place < 0 else after[place : place + 1]
    return made


def chosen(value: Value) -> list[str]:
    return list(filter(None, written(value).split(" ")))


def at_place(value: Value, place: Value) -> str:
    return dict(enumerate(chosen(value))).get(index(place), "")


def first_filled(*values: Value) -> Value:
    for value in values[:-1]:
        if not (isinstance(value, str) and not value) and not (isinstance(value, float) and math.isnan(value)):
            return value
    return values[-1]


def cut(value: Value, sought: Value, after: bool) -> str:
    text, mark = written(value), written(sought)
    for place in range(len(text) + 1):
        if text[place : place + len(mark)] == mark:
            return text[place + len(mark) :] if after else text[:place]
    return ""


def sizes(values: Sequence[Value]) -> list[float]:
    return sorted(size for size in map(numeric, values) if not math.isnan(size))


def added(values: Sequence[Value]) -> float:
    total = 0.0
    for value in values:
        total += 0.0 if math.isnan(numeric(value)) else numeric(value)
    return total


def listed(fixed: Sequence[Value], values: Sequence[Value]) -> bool:
    least, most, true = index(fixed[0]), index(fixed[1]), [value for value in values if boolean(value)]
    return not (least >= 0 and len(true) < least) and not (0 <= most < len(true))


FUNCTIONS: dict[str, Callable[..., Value]] = {
    "if": lambda condition, then, otherwise: then if boolean(condition) else otherwise,
    "coalesce": first_filled,
    "true": lambda: True,
    "false": lambda: False,
    "not": lambda value: not boolean(value),
    "boolean": boolean,
    "boolean-from-string": lambda value: written(value).lower() in ("1", "true"),
    "number": numeric,
    "int": whole_part,
    "round": rounded,
    "abs": lambda value: numeric(value) if numeric(value) > 0 else 0.0 - numeric(value),
    "string": written,
    "string-length": lambda value: float(sum(1 for _ in written(value))),
    "contains": lambda value, sought: written(sought) == "" or cut("x" + written(value), sought, after=False) != "",
    "starts-with": lambda value, sought: written(value)[: len(written(sought))] == written(sought),
    "ends-with": lambda value, sought: written(sought)[::-1] == written(value)[::-1][: len(written(sought))],
    "substr": part,
    "substring-before": lambda value, sought: cut(value, sought, after=False),
    "substring-after": lambda value, sought: cut(value, sought, after=True),
    "normalize-space": lambda value: " ".join(written(value).split()),
    "translate": translated,
    "selected": lambda value, name: cut(f"x {written(value)} ", f" {written(name).strip()} ", after=False) != "",
    "selected-at": at_place,
    "count-selected": lambda value: float(len(chosen(value))),
}
#: Functions of all rounds where they are given one question, and how many arguments come before.
FIXED = {"join": 1, "checklist": 2}
SETS: dict[str, Callable[[Sequence[Value], Sequence[Value]], Value]] = {
    "sum": lambda _, values: added(values),
    "min": lambda _, values: sizes(values)[0] if sizes(values) else math.nan,
    "max": lambda _, values: sizes(values)[-1] if sizes(values) else math.nan,
    "count": lambda _, values: float(len(values)),
    "count-non-empty": lambda _, values: float(
        len([value for value in values if not (isinstance(value, str) and value == "")])
    ),
    "concat": lambda _, values: "".join(map(written, values)),
    "join": lambda fixed, values: written(fixed[0]).join(map(written, values)),
    "checklist": listed,
}
