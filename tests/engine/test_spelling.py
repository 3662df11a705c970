"""How near two words are, letter by letter."""

from __future__ import annotations

import itertools

import hypothesis
import pytest
from hypothesis import strategies as st

from bot.engine import commands
from bot.engine.understanding import spelling


@pytest.mark.parametrize(
    ("typed", "word", "slips"),
    [("вода", "вода", 0), ("воды", "вода", 1), ("водаа", "вода", 1), ("вда", "вода", 1), ("вдоа", "вода", 1),
     ("жумуж", "жумуш", 1), ("шол", "чол", 1), ("дариа", "дария", 1), ("дарыгыр", "дарыгер", 1),
     ("здоровья", "здоровье", 1),
     ("каракал", "каракол", 1), ("корокол", "каракол", 2), ("аброзование", "образование", 2), ("школа", "мектеп", 9),
     ("салык", "салым", 9), ("салим", "салым", 0)],
)  # fmt: skip
def test_slips_are_counted_by_letters_as_they_were_typed(typed: str, word: str, slips: int) -> None:
    assert spelling.slips(commands.fold(typed), commands.fold(word)) == slips


@pytest.mark.parametrize(
    ("typed", "word", "same"),
    [("воды", "вода", True), ("жол", "жок", False), ("суук", "суу", False), ("жаол", "жол", False),
     ("вады", "вода", False),
     ("шкалла", "школа", False), ("корокол", "каракол", True), ("салык", "салым", False), ("вода", "вода", False),
     ("канализатсия", "канализация", True), ("здаровья", "здоровье", True)],
)  # fmt: skip
def test_short_words_may_have_no_slip_and_long_ones_two(typed: str, word: str, same: bool) -> None:
    assert spelling.slipped(commands.fold(typed), commands.fold(word)) is same


@pytest.mark.parametrize(
    ("typed", "word", "same"),
    [("сууну", "суу", True), ("суунун", "суу", True), ("сууга", "суу", True), ("жолдор", "жол", True),
     ("жолдорду", "жол", True), ("мектепке", "мектеп", True), ("мектебине", "мектеп", False), ("үйдөн", "үй", False),
     ("жолборс", "жол", False), ("суусар", "суу", False), ("дарыгерге", "дарыгер", True), ("базарда", "базар", True)],
)  # fmt: skip
def test_kyrgyz_endings_are_endings_and_not_other_words(typed: str, word: str, same: bool) -> None:
    assert spelling.inflects(commands.fold(word), commands.fold(typed)) is same


@pytest.mark.parametrize(
    ("typed", "word", "same"),
    [("чистую", "чистая", True), ("чистой", "чистая", True), ("дорог", "дороги", True), ("дорогами", "дороги", True),
     ("образования", "образование", True), ("школьник", "школа", False), ("городской", "город", False),
     ("вод", "вода", False), ("питанием", "питание", True), ("доходов", "доход", True)],
)  # fmt: skip
def test_russian_endings_are_endings_and_not_other_words(typed: str, word: str, same: bool) -> None:
    stems = spelling.stems(commands.fold(typed))
    assert any(spelling.declines(stem, commands.fold(word)) for stem in stems) is same


def slow(one: str, other: str) -> int:
    """The distance by its definition."""
    if not one or not other:
        return len(one) + len(other)
    best = min(
        slow(one[:-1], other) + 1, slow(one, other[:-1]) + 1, slow(one[:-1], other[:-1]) + (one[-1] != other[-1])
    )
    if len(one) > 1 and len(other) > 1 and one[-2:] == other[-1] + other[-2]:
        best = min(best, slow(one[:-2], other[:-2]) + 1)
    return best


@hypothesis.given(st.text(alphabet="abkl", max_size=6), st.text(alphabet="abkl", max_size=6))
def test_the_distance_is_what_its_definition_says(one: str, other: str) -> None:
    # Two different words of one slip or two are told exactly; more is only "many".
    assert min(spelling.slips(one, other), 3) == min(slow(one, other), 3)


@hypothesis.given(
    st.lists(st.text(alphabet="abklmnu", min_size=1, max_size=9), max_size=20), st.text("abklmnu", max_size=9)
)
def test_looking_in_a_long_list_finds_what_looking_at_each_does(words: list[str], typed: str) -> None:
    assert spelling.Near(words).to(typed) == {
        word for word in words if 0 < spelling.slips(typed, word) <= spelling.allowance(min(len(typed), len(word)))
    }


@hypothesis.given(st.text(max_size=30))
def test_squeezing_leaves_no_doubled_letter(text: str) -> None:
    squeezed = spelling.squeeze(text)
    assert all(one != other for one, other in itertools.pairwise(squeezed))
