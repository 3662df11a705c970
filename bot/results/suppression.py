"""What may not be shown: cells under ten people, and whatever else would give them away by subtraction.

A table here is one question: a row for everybody, a row for each group of a breakdown, a column for each option.
A cell counts people in one or more layers (a ranking: put first, second, third, not at all), and the layers of a
cell are shown or withheld together. An outsider knows that every row adds up to its size and every column to the
row of everybody, and is taken to know every size: who took part is less of a secret than what they said.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping

#: The fewest people a published figure may be about.
LEAST = 10

#: People in each layer; all cells of a table have the same number of layers.
Cell = tuple[int, ...]
#: One row: option -> cell; or one column: group -> cell.
Cells = Mapping[str, Cell]


def number(people: int, least: int = LEAST) -> int | None:
    """A number of people that stands alone, None where it is too small to be shown."""
    return people if people >= least else None


def row(cells: Cells, least: int = LEAST) -> set[str]:
    """The options of one row to withhold: the small ones, and as many more as it takes to hide them."""
    chosen = {name for name, cell in cells.items() if min(cell) < least}
    _widen(cells, chosen, least)
    return chosen


def groups(sizes: Mapping[str, int], least: int = LEAST, already: Collection[str] = ()) -> set[str]:
    """The groups of a breakdown to withhold wholly, by their sizes; `already` are withheld for another reason."""
    chosen = {name for name, size in sizes.items() if size < least or name in already}
    _widen({name: (size,) for name, size in sizes.items()}, chosen, least)
    return chosen


def table(
    everybody: Cells, broken_down: Mapping[str, Cells], whole: Collection[str], least: int = LEAST
) -> tuple[set[str], dict[str, set[str]]]:
    """The options to withhold for everybody, and group -> options to withhold there.

    The rows of `broken_down` must add up to `everybody`, so whoever belongs to no group is a group too. The groups
    in `whole` are withheld with all their options.
    """
    top = row(everybody, least)
    hidden = {
        group: set(cells) if group in whole else top | {name for name, cell in cells.items() if min(cell) < least}
        for group, cells in broken_down.items()
    }
    growing = True
    while growing:
        growing = False
        for group, cells in broken_down.items():
            if group not in whole:
                growing |= _widen(cells, hidden[group], least)
        # In sorted order: two processes must not withhold different cells of one table.
        for option in sorted(everybody.keys() - top):
            column = {group: cells[option] for group, cells in broken_down.items()}
            chosen = {group for group in column if option in hidden[group]}
            if _widen(column, chosen, least):
                growing = True
                for group in chosen:
                    hidden[group].add(option)
        growing = growing or _loosen(everybody, broken_down, top, hidden)
    return top, hidden


def _widen(cells: Cells, chosen: set[str], least: int) -> bool:
    """Add the next smallest until the withheld are two or more and at least `least` people together."""
    before = len(chosen)
    rest = sorted(cells.keys() - chosen, key=lambda name: (min(cells[name]), name), reverse=True)
    while chosen and rest and (len(chosen) < 2 or min(_sums(cells, chosen)) < least):
        chosen.add(rest.pop())
    return len(chosen) > before


def _sums(cells: Cells, chosen: Collection[str]) -> list[int]:
    return [sum(layer) for layer in zip(*(cells[name] for name in chosen), strict=True)]


# Two in every row and every column are not enough: where two blocks of withheld cells meet in one cell, that cell
# follows from the rest, and a cell that could only change by making another negative is known as well. So every
# withheld cell is tried: the sums leave it free exactly if a person could be moved around a ring of withheld cells
# through it, up in one cell and down in the next, without going below nobody.

_Arc = tuple[str, str]


def _loosen(everybody: Cells, broken_down: Mapping[str, Cells], top: set[str], hidden: dict[str, set[str]]) -> bool:
    """Withhold one more cell for each withheld one that the sums determine; False if there is none, or no more."""
    grown = False
    for layer in range(len(next(iter(everybody.values()), ()))):
        flows: dict[_Arc, int] = {
            (f"group {group}", f"option {option}"): broken_down[group][option][layer]
            for group, options in hidden.items()
            for option in sorted(options)
        }
        free = {(f"option {option}", "everybody"): everybody[option][layer] for option in top}
        for arc in _determined(flows, free):
            group, option = arc[0].removeprefix("group "), arc[1].removeprefix("option ")
            grown |= _withhold_beside(broken_down, hidden, group, option)
    return grown


def _withhold_beside(broken_down: Mapping[str, Cells], hidden: dict[str, set[str]], group: str, option: str) -> bool:
    """The smallest cell still shown in the same row, or else column, or else anywhere."""
    shown = [(each, name) for each, cells in broken_down.items() for name in cells if name not in hidden[each]]
    if not shown:
        return False
    each, name = min(
        shown,
        key=lambda place: (place[0] != group, place[1] != option, min(broken_down[place[0]][place[1]]), place),
    )
    hidden[each].add(name)
    return True


def _determined(flows: Mapping[_Arc, int], free: Mapping[_Arc, int]) -> Iterator[_Arc]:
    """The arcs of `flows` whose amount follows from the sums at their ends, when all these may vary above zero."""
    ways: dict[str, set[str]] = {}
    for (start, end), amount in [*flows.items(), *free.items()]:
        ways.setdefault(start, set()).add(end)
        if amount:
            ways.setdefault(end, set()).add(start)
    for (start, end), amount in flows.items():
        up = _leads(ways, end, start)
        down = amount > 0 and _leads(ways, start, end)
        if not (up or down):
            yield start, end


def _leads(ways: Mapping[str, set[str]], start: str, end: str) -> bool:
    """Whether there is a way from one to the other that is longer than the direct one."""
    waiting = [way for way in ways.get(start, ()) if way != end]
    seen = {start, *waiting}
    while waiting:
        # The last first: most rings are four cells long, and going deep finds them in three steps.
        further = ways.get(waiting.pop(), set())
        if end in further:
            return True
        waiting.extend(further - seen)
        seen |= further
    return False
