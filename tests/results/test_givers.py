"""Where givers live: no cell under ten is shown, and none follows from the others."""

from __future__ import annotations

import hypothesis
from hypothesis import strategies as st

from bot.results import givers

_COUNTS = st.dictionaries(
    st.tuples(st.sampled_from(["", "KG", "RU", "KZ", "ZZ"]), st.sampled_from(["", "KG02", "KG03", "KG04"])),
    st.integers(1, 40),
)


@hypothesis.given(_COUNTS)
def test_what_is_shown_is_true_and_what_is_hidden_stays_so(counts: dict[tuple[str, str], int]) -> None:
    made = givers.givers(((country, place, people) for (country, place), people in counts.items()), "KG")
    by_country: dict[str, int] = {}
    by_place: dict[str, int] = {}
    for (country, place), people in counts.items():
        by_country[country] = by_country.get(country, 0) + people
        if country == "KG":
            by_place[place] = by_place.get(place, 0) + people
    everybody = sum(by_country.values())
    assert made.people == (everybody if everybody >= 10 else None)
    for cells, sizes in ((made.countries, by_country), (made.places, by_place)):
        shown = {cell.level: cell.people for cell in cells if cell.people is not None}
        assert all(people >= 10 and people == sizes[level] for level, people in shown.items())
        hidden = [sizes[cell.level] for cell in cells if cell.withheld]
        # By subtraction from the whole no single small cell is had: two at least, and ten people among them.
        if hidden and shown:
            assert len(hidden) >= 2
            assert sum(hidden) >= 10
    home = next((cell for cell in made.countries if cell.level == "KG"), None)
    if home is None or home.withheld:
        assert all(cell.withheld for cell in made.places)


def test_places_are_not_spoken_of_where_nobody_told_one() -> None:
    made = givers.givers([("KG", "", 30), ("RU", "", 12)], "KG")
    assert [(cell.level, cell.people) for cell in made.countries] == [("KG", 30), ("RU", 12)]
    assert made.places == ()
