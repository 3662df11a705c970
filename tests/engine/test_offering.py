"""Which options are offered, in which order, and which ten of a long list are shown."""

from __future__ import annotations

from collections import Counter

import pytest

from bot.engine import asking, form, messages, offering, passage, state
from tests.engine import small, walking


def order(response: state.State) -> list[str]:
    view = passage.passage(small.VILLAGE, response)
    station = view.station(response.at)
    assert station
    return [choice.name for choice in asking.options(view, station)]


@pytest.mark.parametrize("seed", [f"{n:016x}" for n in range(20)])
def test_the_order_of_options_is_kept_and_the_last_ones_are_last(seed: str) -> None:
    drawn = order(walking.walk(small.VILLAGE, "no", "30", seed=seed).state)
    assert drawn[-2:] == ["other", "dont_know"]
    assert Counter(drawn) == Counter(choice.name for choice in small.VILLAGE.questions[7].choices)
    assert order(walking.walk(small.VILLAGE, "no", "30", "2", seed=seed).state) == drawn
    assert order(walking.walk(small.VILLAGE, "no", "30", "1 2 3", "<", seed=seed).state) == drawn


def test_every_option_comes_first_for_somebody_and_about_equally_often() -> None:
    firsts = Counter(order(walking.walk(small.VILLAGE, "no", "30", seed=f"{n:016x}").state)[0] for n in range(400))
    assert len(firsts) == 8
    assert 25 < min(firsts.values()) <= max(firsts.values()) < 90


def choices(*names: str) -> tuple[form.Choice, ...]:
    return tuple(form.Choice(name, small.text(name)) for name in names)


def numbers(page: offering.Page) -> list[int]:
    return [number for number, _ in page.options]


def test_up_to_twelve_are_one_page() -> None:
    page = offering.page(choices(*map(str, range(12))), (), 3)
    assert (numbers(page), page.turns, page.narrowed) == (list(range(1, 13)), False, False)


def test_a_long_list_comes_in_tens_and_begins_again_behind_its_end() -> None:
    long = choices(*map(str, range(23)))
    pages = [numbers(offering.page(long, (), n)) for n in range(4)]
    assert pages == [list(range(1, 11)), list(range(11, 21)), [21, 22, 23], list(range(1, 11))]
    assert offering.page(long, (), 0).turns


def test_a_narrowed_list_keeps_the_numbers_of_the_whole() -> None:
    long = choices(*map(str, range(40)))
    few = offering.page(long, ("3", "17", "gone"), 1)
    assert (numbers(few), few.total, few.turns, few.narrowed) == ([4, 18], 40, False, True)
    many = offering.page(long, tuple(map(str, range(20, 40))), 1)
    assert (numbers(many), many.turns, many.narrowed) == (list(range(31, 41)), True, True)
    gone = offering.page(long, ("gone",), 0)
    assert numbers(gone) == list(range(1, 11)), "what is not offered any more narrows nothing"


VILLAGES = small.made(
    [
        {"type": "select_one region", "name": "region"},
        {"type": "select_one village", "name": "village", "choice_filter": "of = ${region}"},
        {"type": "text", "name": "more"},
    ],
    small.choices("region", "north", "south")
    + [{"list_name": "village", "name": n, "of": of, "label": small.text(n)} for n, of in
       (("a", "north"), ("b", "south"), ("c", "south"))],
)  # fmt: skip


def test_a_filter_leaves_only_what_fits_and_an_answer_that_no_longer_fits_falls_away() -> None:
    assert walking.walk(VILLAGES, "south", "2").state.answer("village") == "c"
    moved = walking.walk(VILLAGES, "south", "2", "<", "<", "north").state
    assert "village" not in passage.counted(VILLAGES, moved)
    assert walking.on(VILLAGES, moved, "2").missed


def test_a_filter_may_look_at_the_round_it_stands_in() -> None:
    definition = small.made(
        [
            {"type": "begin_repeat", "name": "trip", "repeat_count": "2"},
            {"type": "select_one region", "name": "region"},
            {"type": "select_one village", "name": "village", "choice_filter": "of = ${region}"},
            {"type": "end_repeat"},
        ],
        small.choices("region", "north", "south")
        + [{"list_name": "village", "name": n, "of": of, "label": small.text(n)} for n, of in
           (("a", "north"), ("b", "south"), ("c", "south"))],
    )  # fmt: skip
    end = walking.walk(definition, "south", "2", "north", "1")
    assert end.finished
    assert passage.counted(definition, end.state) == {
        "region#1": "south",
        "village#1": "c",
        "region#2": "north",
        "village#2": "a",
    }


def test_an_option_says_its_number_and_its_references() -> None:
    definition = small.made(
        [{"type": "text", "name": "own"}, {"type": "select_one which", "name": "which"}],
        [{"list_name": "which", "name": "one", "label": {"ky": "${own} ky", "ru": "как ${own}"}},
         *small.choices("which", "two")],
    )  # fmt: skip
    (option, _) = asking.asking(definition, walking.walk(definition, "Ош").state, {}).options
    assert isinstance(option.label, messages.Written)
    assert (option.number, option.label.params) == (1, {"own": "Ош"})
