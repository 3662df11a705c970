"""Texts drawn from a pattern."""

import random
import re

import pytest

from bot.services import sampling


@pytest.mark.parametrize(
    "pattern",
    [
        r"[0-9]{10}",
        r"^\+?996\d{9}$",
        r"^0(5|7|9)[0-9]{8}$",
        r"[A-Z]{2}[0-9]{7}",
        r"^[a-z]+@[a-z]+\.(kg|com)$",
        r"^(?:ул\.|көч\.) .{3,}$",
        r"[^0-9]{5}",
        r"\w+\s\w+",
        r"\D\S\W",
        r"a|bc|d?",
        r"[Ѐ-ӿ]{2,5}",
    ],
)
def test_what_is_drawn_is_what_the_pattern_takes(pattern: str) -> None:
    chance = random.Random(1)
    drawn = {sampling.sample(pattern, chance) for _ in range(50)}
    assert all(re.fullmatch(pattern, each) for each in drawn)
    assert len(drawn) > 1


@pytest.mark.parametrize("pattern", ["(", "[z-a]", r"\p{L}+", "(" * 5000])
def test_what_cannot_be_read_gives_nothing(pattern: str) -> None:
    assert sampling.sample(pattern, random.Random(1)) == ""
