"""An attacker with pencil and paper: everything published, every sum that must hold, and what follows from them."""

from __future__ import annotations

import itertools
import math
from collections.abc import Mapping, Sequence
from fractions import Fraction

#: One unknown count; any name will do.
Unknown = tuple[str, ...]
#: Unknown -> 1 or -1: added up so, these counts are the number.
Sum = tuple[dict[Unknown, int], int]
#: The same with any factors.
Equation = tuple[dict[Unknown, Fraction], Fraction]


class Attacker:
    """Collects sums of unknown counts, none of which can be under nobody."""

    def __init__(self) -> None:
        self.sums: list[Sum] = []

    def hears(self, parts: Mapping[Unknown, int | None], total: int | None, name: Unknown = ("the total",)) -> None:
        """Parts (None where withheld) add up to a total; where that is withheld too, it is known by `name`."""
        unknown = {part: 1 for part, count in parts.items() if count is None}
        rest = -sum(count for count in parts.values() if count is not None)
        if total is None:
            unknown[name] = -1
        else:
            rest += total
        if unknown:
            self.sums.append((unknown, rest))

    def small_sums(self, least: int) -> list[Sum]:
        """Groups of people under `least` that one subtraction gives."""
        return [(parts, total) for parts, total in self.sums if min(parts.values()) > 0 and total < least]

    def solved(self) -> set[Unknown]:
        """The unknowns that the sums determine: by solving them as equations, or by closing in from both sides."""
        reduced = self._reduced()
        alone = {next(iter(parts)) for parts, _ in reduced if len(parts) == 1}
        pairs = [_added(*two, sign) for two in itertools.combinations(reduced, 2) for sign in (1, -1)]
        given = [({part: Fraction(sign) for part, sign in parts.items()}, Fraction(n)) for parts, n in self.sums]
        return alone | self._by_bounds([*given, *reduced, *(sum_ for sum_ in pairs if sum_[0])])

    def _reduced(self) -> list[Equation]:
        """The sums as equations, each solved for another unknown (Gauss and Jordan)."""
        unknowns = sorted({unknown for parts, _ in self.sums for unknown in parts})
        rows = [[Fraction(parts.get(each, 0)) for each in unknowns] + [Fraction(n)] for parts, n in self.sums]
        at = 0
        for column in range(len(unknowns)):
            pivot = next((row for row in range(at, len(rows)) if rows[row][column]), None)
            if pivot is None:
                continue
            rows[at], rows[pivot] = rows[pivot], rows[at]
            rows[at] = [value / rows[at][column] for value in rows[at]]
            for row in range(len(rows)):
                if row != at and rows[row][column]:
                    factor = rows[row][column]
                    rows[row] = [one - factor * other for one, other in zip(rows[row], rows[at], strict=True)]
            at += 1
        found = [({each: value for each, value in zip(unknowns, row, strict=False) if value}, row[-1]) for row in rows]
        return [(parts, n) for parts, n in found if parts]

    def _by_bounds(self, sums: Sequence[Equation]) -> set[Unknown]:
        reach: dict[Unknown, tuple[float, float]] = {part: (0, math.inf) for parts, _ in sums for part in parts}
        # Bounds may close in by one a round for as long as there are people; who has not solved it by then gives up.
        for _ in range(50):
            before = dict(reach)
            for parts, total in sums:
                for part, sign in parts.items():
                    others = [(reach[each], float(other)) for each, other in parts.items() if each != part]
                    least = sum(low * other if other > 0 else high * other for (low, high), other in others)
                    most = sum(high * other if other > 0 else low * other for (low, high), other in others)
                    ends = sorted(((float(total) - most) / float(sign), (float(total) - least) / float(sign)))
                    reach[part] = max(ends[0], reach[part][0]), min(ends[1], reach[part][1])
            if reach == before:
                break
        return {part for part, (low, high) in reach.items() if low == high}


def _added(one: Equation, other: Equation, sign: int) -> Equation:
    parts = {part: one[0].get(part, Fraction()) + sign * other[0].get(part, Fraction()) for part in one[0] | other[0]}
    return {part: factor for part, factor in parts.items() if factor}, one[1] + sign * other[1]


def table(
    everybody: Mapping[str, int],
    groups: Mapping[str, Mapping[str, int]],
    top: set[str],
    hidden: Mapping[str, set[str]],
) -> Attacker:
    """One published table; every row's size is taken to be known."""
    attacker = Attacker()
    rows = {"everybody": (everybody, top)} | {group: (cells, hidden[group]) for group, cells in groups.items()}
    for name, (cells, withheld) in rows.items():
        parts: dict[Unknown, int | None] = {
            (name, option): None if option in withheld else count for option, count in cells.items()
        }
        attacker.hears(parts, sum(cells.values()))
    for option, total in everybody.items():
        column: dict[Unknown, int | None] = {
            (group, option): None if option in hidden[group] else groups[group][option] for group in groups
        }
        if column:
            attacker.hears(column, None if option in top else total, ("everybody", option))
    return attacker
