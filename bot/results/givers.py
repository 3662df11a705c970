"""How many givers live where, with every cell under ten people withheld, and no cell to be had by subtraction."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from bot.results import suppression


@dataclass(frozen=True, slots=True)
class Cell:
    """So many people; `people` is None where it is withheld. `level` "" is whoever told no country, or no place."""

    level: str
    people: int | None

    @property
    def withheld(self) -> bool:
        """Whether the number may not be shown."""
        return self.people is None


@dataclass(frozen=True, slots=True)
class Givers:
    """All givers, by country, and those at home by place."""

    people: int | None
    countries: tuple[Cell, ...]
    places: tuple[Cell, ...]


def givers(counts: Iterable[tuple[str, str, int]], home: str) -> Givers:
    """What may be shown of (country, place, people); places are of the country `home`.

    The countries add up to all, the places to the country at home: each of these two rows is withheld by itself, and
    the places wholly where their country is.
    """
    by_country: dict[str, int] = {}
    by_place: dict[str, int] = {}
    for country, place, people in counts:
        by_country[country] = by_country.get(country, 0) + people
        if country == home:
            by_place[place] = by_place.get(place, 0) + people
    hidden = suppression.groups(by_country)
    within = set(by_place) if home in hidden else suppression.groups(by_place)
    # Nothing was told where nobody said a place.
    told = by_place if by_place.keys() - {""} else {}
    return Givers(
        suppression.number(sum(by_country.values())),
        _cells(by_country, hidden),
        _cells(told, within),
    )


def _cells(sizes: Mapping[str, int], hidden: set[str]) -> tuple[Cell, ...]:
    """The largest first; those that are withheld last, in an order that tells nothing."""
    shown = sorted(sizes.keys() - hidden, key=lambda level: (-sizes[level], level))
    return tuple(Cell(level, sizes[level]) for level in shown) + tuple(Cell(level, None) for level in sorted(hidden))
