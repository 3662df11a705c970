"""What hangs on what: every ring is found, long chains are none, and lists are looked up."""

from __future__ import annotations

import itertools
import time
from typing import Any

import hypothesis
from hypothesis import strategies as st

from bot.engine import form
from bot.engine.authoring import reading
from bot.engine.authoring.problems import Severity


def read(*rows: dict[str, Any], **lists: Any) -> tuple[form.Form | None, list[str]]:
    raw = {"survey": list(rows), "choices": lists.pop("choices", []), "settings": {"form_id": "f"}}
    made, problems = reading.read(raw, lists)
    return made, [str(problem) for problem in problems if problem.severity is Severity.ERROR]


def calculation(name: str, source: str) -> dict[str, str]:
    return {"type": "calculate", "name": name, "calculation": source}


@hypothesis.given(st.lists(st.tuples(st.integers(0, 7), st.integers(0, 7)), max_size=14))
def test_there_is_a_ring_if_and_only_if_somebody_waits_for_itself(edges: list[tuple[int, int]]) -> None:
    edges = [(one, other) for one, other in edges if one != other]
    sources = {n: " + ".join(["1", *(f"${{q{other}}}" for one, other in edges if one == n)]) for n in range(8)}
    _, errors = read(*(calculation(f"q{n}", source) for n, source in sources.items()))
    reach = {(one, other) for one, other in edges}
    for middle in range(8):
        reach |= {(a, d) for a, b in reach if b == middle for c, d in reach if c == middle}
    assert bool(errors) == any(one == other for one, other in reach)
    for error in errors:
        ring = error.partition("one another: ")[2].partition(". To mend")[0].split(" → ")
        assert ring[0] == ring[-1]
        assert all((int(one[1:]), int(other[1:])) in edges for one, other in itertools.pairwise(ring))


def test_a_chain_of_thousands_is_no_ring_and_takes_no_time() -> None:
    rows = [calculation(f"q{n}", f"${{q{n + 1}}} + 1") for n in range(1500)]
    begun = time.process_time()
    _, errors = read(*rows, calculation("q1500", "1"))
    assert errors == []
    assert time.process_time() - begun < 4


def test_a_list_that_is_looked_up_comes_with_the_form() -> None:
    choices = [{"list_name": "v", "name": "a b", "label::ky": "Суу", "pop": "3"}, {"list_name": "w", "name": "x"}]
    asked = {"type": "select_one v", "name": "village", "label::ky": "?"}
    found, errors = read(
        asked,
        calculation("p", "instance('v')/root/item[name = ${village}]/pop"),
        calculation("q", "instance('places')/root/item[name = 'z']/label"),
        choices=choices,
        **{"places.csv": [{"name": "z", "label": "Жер"}]},
    )
    assert errors == []
    assert found is not None
    assert found.lists == {
        "v": ({"list_name": "v", "name": "a_b", "pop": "3", "label": "Суу"},),
        "places": ({"name": "z", "label": "Жер"},),
    }


def test_the_version_hangs_on_what_is_looked_up() -> None:
    looking = calculation("q", "instance('places')/root/item[name = 'z']/label")
    versions = {
        made.version
        for label in ("Жер", "Жер", "Суу")
        if (made := read(looking, **{"places.csv": [{"name": "z", "label": label}]})[0])
    }
    assert len(versions) == 2


def test_files_that_a_form_draws_on_are_known_before_it_is_read() -> None:
    raw = {
        "Survey": [
            {"type": "select_one_from_file places.csv", "name": "a"},
            {"type": "select_multiple_from_file b.csv or_other", "name": "b"},
            {"type": "select_one villages.csv", "name": "c"},
            {"type": "csv-external", "name": "prices"},
            {"type": "select one external regions", "name": "d"},
            {"type": "calculate", "name": "e", "calculation": "pulldata('people', 'x', 'y', 1) + instance(\"l\")/root"},
        ]
    }
    assert reading.attached(raw) == (
        "b.csv", "l.csv", "people.csv", "places.csv", "prices.csv", "regions.csv", "villages.csv"
    )  # fmt: skip
