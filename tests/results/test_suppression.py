"""Small cells stay hidden, whatever an attacker adds and subtracts."""

from __future__ import annotations

import itertools
import time
from collections import defaultdict
from collections.abc import Iterator, Mapping

import hypothesis
import pytest
from hypothesis import strategies as st

from bot.results import suppression
from tests.results import attacker


def one(counts: Mapping[str, int]) -> dict[str, suppression.Cell]:
    return {name: (count,) for name, count in counts.items()}


@pytest.mark.parametrize(
    ("counts", "withheld"),
    [
        ({"a": 40, "b": 30, "c": 10}, set()),
        ({"a": 40, "b": 30, "c": 9}, {"b", "c"}),  # one alone is the total minus the others
        ({"a": 40, "b": 30, "c": 9, "d": 4}, {"c", "d"}),
        ({"a": 40, "b": 30, "c": 3, "d": 2}, {"b", "c", "d"}),  # together still under ten
        ({"a": 40, "b": 30, "c": 0, "d": 0}, {"b", "c", "d"}),  # nobody is a small number too
        ({"a": 100, "b": 0}, {"a", "b"}),  # all say the same: then each of them is known to have said it
        ({"a": 100}, set()),
        ({}, set()),
    ],
)
def test_options_of_one_question(counts: dict[str, int], withheld: set[str]) -> None:
    assert suppression.row(one(counts)) == withheld


def test_a_ranking_is_withheld_by_its_smallest_place() -> None:
    cells = {"a": (50, 3, 40), "b": (40, 60, 30), "c": (30, 57, 50)}
    assert suppression.row(cells) == {"a", "b"}


@pytest.mark.parametrize(
    ("sizes", "already", "withheld"),
    [
        ({"a": 500, "b": 400}, (), set()),
        ({"a": 500, "b": 400, "c": 3}, (), {"b", "c"}),
        ({"a": 500, "b": 4, "c": 3}, (), {"a", "b", "c"}),
        ({"a": 500, "b": 7, "c": 3}, (), {"b", "c"}),
        ({"a": 500, "b": 400, "c": 300}, ("a",), {"a", "c"}),
    ],
)
def test_groups_of_a_breakdown(sizes: dict[str, int], already: tuple[str, ...], withheld: set[str]) -> None:
    assert suppression.groups(sizes, already=already) == withheld


def test_a_number_that_stands_alone() -> None:
    assert [suppression.number(n) for n in (0, 9, 10)] == [None, None, 10]


#: Counts among which many are withheld, and few of them for the sake of others.
_FEW = st.sampled_from([0, 9, 50, 60, 70])


@st.composite
def tables(
    draw: st.DrawFn, layers: int = 1
) -> tuple[dict[str, suppression.Cell], dict[str, dict[str, suppression.Cell]]]:
    options = [f"o{n}" for n in range(draw(st.integers(2, 6)))]
    count = draw(st.sampled_from([st.one_of(st.just(0), st.integers(0, 12), st.integers(8, 60)), _FEW]))
    groups = {}
    for n in range(draw(st.integers(1, 6))):
        cells = {option: tuple(draw(count) for _ in range(layers)) for option in options}
        if any(map(any, cells.values())):
            groups[f"g{n}"] = cells
    everybody = {
        option: tuple(sum(cells[option][layer] for cells in groups.values()) for layer in range(layers))
        for option in options
    }
    return everybody, groups


def published(
    everybody: Mapping[str, suppression.Cell], groups: Mapping[str, Mapping[str, suppression.Cell]], least: int
) -> tuple[set[str], dict[str, set[str]], set[str]]:
    whole = suppression.groups(
        {group: sum(cell[0] for cell in cells.values()) for group, cells in groups.items()}, least
    )
    top, hidden = suppression.table(everybody, groups, whole, least)
    return top, hidden, whole


def summed(*rows: tuple[int, ...]) -> tuple[dict[str, suppression.Cell], dict[str, dict[str, suppression.Cell]]]:
    """A table of one layer, written as its rows."""
    groups: dict[str, dict[str, suppression.Cell]]
    groups = {f"g{n}": {f"o{o}": (count,) for o, count in enumerate(row)} for n, row in enumerate(rows)}
    return {f"o{o}": (sum(column),) for o, column in enumerate(zip(*rows, strict=True))}, groups


# Two blocks of withheld cells that meet in one cell: it is what is left of either block.
_BRIDGE = summed((9, 9, 50, 50, 50), (9, 9, 9, 50, 50), (50, 50, 9, 9, 50), (50, 50, 9, 9, 50))
# Two blocks that meet in two cells, of which it follows that they are nothing together: each of them is nothing.
_NOTHING = summed((9, 9, 50, 50, 50), (9, 9, 50, 50, 50), (0, 50, 9, 9, 50), (50, 0, 9, 9, 50))


@hypothesis.given(tables())
@hypothesis.example(_BRIDGE)
@hypothesis.example(_NOTHING)
def test_no_attacker_finds_a_withheld_count(
    table: tuple[dict[str, suppression.Cell], dict[str, dict[str, suppression.Cell]]],
) -> None:
    everybody, groups = table
    hypothesis.assume(sum(cell[0] for cell in everybody.values()) >= 10)
    top, hidden, whole = published(everybody, groups, 10)
    for group, cells in groups.items():
        assert {option for option, cell in cells.items() if cell[0] < 10} <= hidden[group]
        assert top <= hidden[group]
    seen = attacker.table(
        {option: cell[0] for option, cell in everybody.items()},
        {group: {option: cell[0] for option, cell in cells.items()} for group, cells in groups.items()},
        top,
        hidden,
    )
    assert seen.solved() == set()
    # The sum of a withheld group is its size, which is not published; every other sum is of ten or more.
    sizes = [{(group, option) for option in everybody} for group in whole]
    assert [each for each in seen.small_sums(10) if set(each[0]) not in sizes] == []


@hypothesis.settings(max_examples=40)
@hypothesis.given(tables(layers=3))
def test_every_layer_is_safe_and_all_are_shown_together(
    table: tuple[dict[str, suppression.Cell], dict[str, dict[str, suppression.Cell]]],
) -> None:
    everybody, groups = table
    top, hidden, _ = published(everybody, groups, 10)
    hypothesis.assume(all(sum(cell[layer] for cell in everybody.values()) >= 10 for layer in range(3)))
    for layer in range(3):
        rows = {group: {o: cell[layer] for o, cell in cells.items()} for group, cells in groups.items()}
        # Rows of hypothesis' layers may be under ten in all, which no ranking's are: then sizes hide nothing.
        hypothesis.assume(all(sum(cells.values()) >= 10 for cells in rows.values()))
        seen = attacker.table({o: cell[layer] for o, cell in everybody.items()}, rows, top, hidden)
        assert seen.solved() == set()


def worlds(groups: int, options: int, most: int) -> Iterator[tuple[tuple[int, ...], ...]]:
    row = [cells for cells in itertools.product(range(most + 1), repeat=options) if sum(cells)]
    yield from itertools.product(row, repeat=groups)


@pytest.mark.parametrize(("groups", "options", "most"), [(2, 2, 3), (2, 3, 2), (3, 2, 2), (1, 3, 5)])
def test_every_withheld_count_may_be_another(groups: int, options: int, most: int) -> None:
    """Every small world there is: for each publication, all the worlds that agree with its numbers are compared."""
    known = list(worlds(groups, options, most))
    # Other worlds may hold more in one cell, though not in all of them.
    thinkable = list(worlds(groups, options, 2 * most))
    names = [f"o{n}" for n in range(options)]
    patterns: dict[tuple[frozenset[tuple[int, int]], frozenset[int]], list[tuple[tuple[int, ...], ...]]]
    patterns = defaultdict(list)
    for world in known:
        rows = {f"g{n}": one(dict(zip(names, cells, strict=True))) for n, cells in enumerate(world)}
        sums = [sum(column) for column in zip(*world, strict=True)]
        if sum(sums) < 2:
            continue
        top, hidden, _ = published(one(dict(zip(names, sums, strict=True))), rows, 2)
        cells = frozenset((n, o) for n in range(groups) for o in range(options) if f"o{o}" in hidden[f"g{n}"])
        patterns[cells, frozenset(o for o in range(options) if f"o{o}" in top)].append(world)
    for (withheld, top_withheld), those in patterns.items():

        def view(
            world: tuple[tuple[int, ...], ...],
            withheld: frozenset[tuple[int, int]] = withheld,
            top_withheld: frozenset[int] = top_withheld,
        ) -> tuple[object, ...]:
            shown = [cell for n, cells in enumerate(world) for o, cell in enumerate(cells) if (n, o) not in withheld]
            sums = [sum(column) for o, column in enumerate(zip(*world, strict=True)) if o not in top_withheld]
            return (*shown, *sums, *map(sum, world))

        alike = defaultdict(list)
        for world in thinkable:
            alike[view(world)].append(world)
        for world in those:
            for n, o in withheld:
                assert len({other[n][o] for other in alike[view(world)]}) > 1, (world, withheld, top_withheld)
            for o in top_withheld:
                totals = {sum(row[o] for row in other) for other in alike[view(world)]}
                assert len(totals) > 1, (world, withheld, top_withheld)


def test_the_same_table_is_always_withheld_alike() -> None:
    """Two processes that hid different cells of one table would show the whole of it together."""
    everybody = one({"a": 60, "b": 60, "c": 60})
    groups = {"g": one({"a": 20, "b": 20, "c": 20}), "h": one({"a": 4, "b": 20, "c": 20})}
    groups["i"] = one({"a": 36, "b": 20, "c": 20})
    turned = {group: dict(reversed(cells.items())) for group, cells in reversed(groups.items())}
    assert suppression.table(everybody, groups, ()) == suppression.table(dict(reversed(everybody.items())), turned, ())


def test_a_country_of_raions_takes_no_time() -> None:
    groups = {
        f"raion {n}": {f"option {o}": tuple((n * 7 + o * 5 + layer * 3) % 40 for layer in range(4)) for o in range(8)}
        for n in range(62)
    }
    everybody: dict[str, suppression.Cell] = {
        f"option {o}": tuple(sum(cells[f"option {o}"][layer] for cells in groups.values()) for layer in range(4))
        for o in range(8)
    }
    begun = time.thread_time()
    suppression.table(everybody, groups, ())
    assert time.thread_time() - begun < 2
