"""From counts to figures: shares of what was chosen, the three figures of a ranking, and how sure they are.

A sample that chose itself has no margin of error; the intervals say only what chance alone would do to so many
answers, and every figure stands beside the number of people it is about.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from bot.engine import contribution, form
from bot.results import suppression

#: A ranking's figures look at this many places, worth 3, 2 and 1 points.
PLACES = contribution.PLACES
#: The normal quantile of a 95 % interval.
_Z = 1.959963984540054


@dataclass(frozen=True, slots=True)
class Share:
    """So many of the people asked: as a number, as a part of 1, and its Wilson 95 % interval."""

    count: int
    share: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Figure:
    """What is published about one option. Where it is withheld every number is None."""

    option: str
    withheld: bool
    #: Of a select question: who chose it.
    chosen: Share | None = None
    #: Of a ranking: who put it first, who put it among the first three, and 3, 2, 1 points for these places.
    first: Share | None = None
    among: Share | None = None
    borda: int | None = None


def wilson(count: int, n: int) -> tuple[float, float]:
    """The Wilson score interval at 95 % of a share of `count` in `n` (> 0)."""
    share, z2 = count / n, _Z * _Z
    middle = (share + z2 / (2 * n)) / (1 + z2 / n)
    half = _Z * math.sqrt(share * (1 - share) / n + z2 / (4 * n * n)) / (1 + z2 / n)
    # At the ends the two terms are equal, but for the last binary digit.
    return (0.0 if count == 0 else middle - half), (1.0 if count == n else middle + half)


def placed(question: form.Question, values: Mapping[str, int]) -> Mapping[str, int]:
    """Everybody's rankings as they count in a margin: so many put that option at that place ("1>water")."""
    if question.kind is not form.Kind.RANK:
        return values
    found: Counter[str] = Counter()
    for value, count in values.items():
        for place, name in enumerate(value.split(">")[:PLACES], start=1):
            found[f"{place}>{name}"] += count
    return found


def people(question: form.Question, values: Mapping[str, int]) -> int:
    """How many answered a question: the people its shares are of. `values` are its tallies as in a margin.

    Where several may be chosen whoever answered is counted once under ""; whoever ranks puts one first.
    """
    match question.kind:
        case form.Kind.SELECT_MULTIPLE:
            return values.get("", 0)
        case form.Kind.RANK:
            return sum(count for value, count in values.items() if value.startswith("1>"))
        case _:
            return sum(values.values())


def cells(question: form.Question, values: Mapping[str, int], n: int) -> dict[str, suppression.Cell]:
    """Option -> how many of the `n` people chose it; for a ranking how many at each place, and how many not at all."""
    names = [choice.name for choice in question.choices]
    if question.kind is not form.Kind.RANK:
        return {name: (values.get(name, 0),) for name in names}
    places = min(PLACES, question.pick or len(names))
    at = {name: [values.get(f"{place}>{name}", 0) for place in range(1, places + 1)] for name in names}
    # Where everybody ranks all there are, nobody leaves any out, and that is no secret.
    left_out = len(names) > places
    return {name: (*counts, *((n - sum(counts),) if left_out else ())) for name, counts in at.items()}


def figure(question: form.Question, option: str, cell: suppression.Cell, n: int) -> Figure:
    """The published figures of one option that `n` people could choose."""
    if question.kind is not form.Kind.RANK:
        return Figure(option, withheld=False, chosen=_share(cell[0], n))
    places = cell[: min(PLACES, question.pick or len(question.choices))]
    points = sum(count * (PLACES - place) for place, count in enumerate(places))
    return Figure(option, withheld=False, first=_share(places[0], n), among=_share(sum(places), n), borda=points)


def _share(count: int, n: int) -> Share:
    low, high = wilson(count, n)
    return Share(count, count / n, low, high)
