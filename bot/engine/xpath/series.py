"""Functions of several values: the rounds of a repeat, the rows of a list, or simply what stands in the brackets."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence

from bot.engine.phrases import phrase
from bot.engine.xpath import lookup
from bot.engine.xpath.pieces import ANY, Call, Function, Many, Piece, Refused, every, plain
from bot.engine.xpath.values import Context, Evaluate, Value, number, text, truth, whole

#: No text grows beyond this, whatever is joined to whatever.
LONGEST = 20_000


def _all(pieces: Sequence[Piece]) -> Many:
    """All values of a single piece; of several each one's own, as in JavaRosa."""
    if len(pieces) == 1:
        return every(pieces[0])
    ones = [piece.one for piece in pieces]
    return lambda context: [one(context) for one in ones]


def _of_all(apply: Callable[[Sequence[Value]], Value], most: int = ANY) -> Function:
    def build(call: Call) -> Evaluate:
        many = _all(call.arguments)
        return lambda context: apply(many(context))

    return Function(1, most, build)


def _numbers(values: Iterable[Value]) -> list[float]:
    # What is no number, such as a question passed over, does not count.
    return [size for value in values if not math.isnan(size := number(value))]


def _sum(values: Sequence[Value]) -> Value:
    return sum(_numbers(values), 0.0)


def joined(between: str, values: Iterable[Value]) -> str:
    """The texts of the values with something between them."""
    return between.join(map(text, values))[:LONGEST]


def _join(call: Call) -> Evaluate:
    between, many = call.arguments[0].one, _all(call.arguments[1:])
    return lambda context: joined(text(between(context)), many(context))


def _checklist(call: Call) -> Evaluate:
    least, most = (piece.one for piece in call.arguments[:2])
    many = _all(call.arguments[2:]) if len(call.arguments) > 2 else _nothing

    def enough(context: Context) -> bool:
        low, high = whole(least(context)), whole(most(context))
        found = sum(map(truth, many(context)))
        return (low < 0 or found >= low) and (high < 0 or found <= high)

    return enough


def _weighted(call: Call) -> Evaluate:
    if len(call.arguments) % 2:
        raise Refused(
            phrase("after the first two values of {function}() come pairs: a value and its weight", function=call.name)
        )
    least, most = (piece.one for piece in call.arguments[:2])
    marks, weights = (_all(call.arguments[start::2]) if len(call.arguments) > 2 else _nothing for start in (2, 3))

    def enough(context: Context) -> bool:
        pairs = zip(marks(context), weights(context), strict=False)
        weight = sum(number(weight) for mark, weight in pairs if truth(mark))
        return number(least(context)) <= weight <= number(most(context))

    return enough


def _nothing(context: Context) -> Sequence[Value]:
    return ()


def _indexed(call: Call) -> Evaluate:
    """indexed-repeat(${name}, ${repeat}, 2): the answer of the second round; in nested repeats two more values."""
    asked, *pairs = call.arguments
    if not asked.name or not all(piece.name for piece in pairs[::2]) or len(pairs) % 2:
        raise Refused(phrase("write {function}() like this: {example}", function=call.name, example=_INDEXED))
    name, places = asked.name, [piece.one for piece in pairs[1::2]]

    def of_round(context: Context) -> Value:
        # Below 1 is taken for 1: JavaRosa asks before the index has an answer.
        at = [max(1, whole(place(context))) for place in places]
        outer = at[:-1] or context.at[: len(context.at) - 1]
        series = context.series.get(f"{name}#{'.'.join(map(str, outer))}") if outer else None
        if series is None:
            series = context.series.get(f"{name}#", ()) if len(at) == 1 else ()
        return series[at[-1] - 1] if at[-1] <= len(series) else ""

    return of_round


_INDEXED = "indexed-repeat(${name}, ${repeat}, 2)"


def _rank(size: float, sizes: Iterable[float]) -> Value:
    """1 for the largest; as large ones share a rank."""
    return "" if math.isnan(size) else 1.0 + sum(other > size for other in sizes)


def _rank_value(value: Value, values: Value) -> Value:
    return _rank(number(value), _numbers(text(values).split()))


def _rank_index(call: Call) -> Evaluate:
    """rank-index(2, ${drawn}): which rank the second round has among all rounds, also from within the repeat."""
    index, asked = call.arguments
    if not asked.name:
        raise Refused(phrase("write {function}() like this: {example}", function=call.name, example=_RANKED))
    name, place = asked.name, index.one

    def rank(context: Context) -> Value:
        # Of a repeat in a repeat, the rounds in the same round of the outer one.
        outer = ".".join(map(str, context.at[:-1]))
        series, at = context.series.get(f"{name}#{outer}", ()), whole(place(context))
        return _rank(number(series[at - 1]), _numbers(series)) if 1 <= at <= len(series) else ""

    return rank


_RANKED = "rank-index(index(), ${drawn})"


def _position(call: Call) -> Evaluate:
    """position(..): which round this is. A group that is no repeat is always the first of its kind."""
    if not call.arguments:
        if call.judging:
            return lambda context: context.columns.get(lookup.PLACE, 0.0)
        return lambda context: float(context.at[-1]) if context.at else 1.0
    up = call.arguments[0].up
    level = max(1, up)
    if call.above and up:
        level = sum(call.above[:up]) if up <= len(call.above) and call.above[up - 1] else 0

    def place(context: Context) -> Value:
        if not level or not context.at:
            return 1.0
        # Groups may stand between the repeats; where nobody has told, the outermost repeat is as far as it goes.
        return float(context.at[-min(level, len(context.at))])

    return place


FUNCTIONS: dict[str, Function] = {
    "sum": _of_all(_sum),
    "count": _of_all(lambda values: float(len(values)), 1),
    "count-non-empty": _of_all(lambda values: float(sum(value != "" for value in values)), 1),
    "min": _of_all(lambda values: min(_numbers(values), default=math.nan)),
    "max": _of_all(lambda values: max(_numbers(values), default=math.nan)),
    "concat": _of_all(lambda values: joined("", values)),
    "join": Function(2, ANY, _join),
    "checklist": Function(2, ANY, _checklist),
    "weighted-checklist": Function(2, ANY, _weighted),
    "indexed-repeat": Function(3, 11, _indexed),
    "position": Function(0, 1, _position),
    # SurveyCTO's word for it, and its ranks.
    "index": Function(0, 0, _position),
    "rank-index": Function(2, 2, _rank_index),
    "rank-value": plain(_rank_value, 2),
}
