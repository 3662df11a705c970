"""Whatever is said, wherever in a conversation: a turn has a bounded number of steps."""

from __future__ import annotations

import sys
from collections.abc import Callable
from types import FrameType

import hypothesis
import pytest
from hypothesis import strategies as st

from tests import talking
from tests.engine import small, walking

#: The longest text of any door, and how often a function may be called over it. Measured: 140,000 at the worst.
LONGEST, MOST = 4096, 400_000
VILLAGE = ("1", "2", "Чон-Жар", "1", "34", "1", "1 2 3", "3 2 1", "Мост через реку", "1")
#: Link, and what was said since: every step of the survey, of a pledge, and what stands around them.
SCENES = [
    ("", ()),
    *(("s-priorities", ("2", "1", *VILLAGE[:steps])) for steps in range(len(VILLAGE) + 1)),
    *(("a-suu", ("2", "1", *steps)) for steps in ((), ("5 дней",), ("2000 сом", "1"), ("чем могу",))),
    ("s-priorities", ("2", "1", *VILLAGE, "жооптор")),
    ("a-suu", ("2", "1", "5 дней", "1", "мои обещания", "1")),
]
#: What the parts of the mind look for; repeated and mixed they are the worst there is.
BITS = (
    *("1", "1 ", "1,", "1-9 ", "0.", "9e9", "½", "бир ", "жыйырма эки ", "сто двадцать тысяч ", "а", "а1 ", " ", "\n"),
    *("2000 сом ", "5 мешок цемент ", "3 дня и ещё ", "15 мая ", "12.03.2027 ", "12:30 ", "42.87N 74.6E ", "айына "),
    *(
        "(",
        "/start x",
        "ABCD-EFGH ",
        "4111 1111 1111 1111 ",
        "е\u0301",
        "\u200d",
        "👍",
        "«",
        "-",
        "эмес ",
        "ооба ",
        "/",
    ),
)
long = st.builds(
    lambda bits, most: ("".join(bits) * (most // len("".join(bits)) + 1))[:most],
    st.lists(st.sampled_from(BITS), min_size=1, max_size=5),
    st.integers(1, LONGEST),
)


def calls(work: Callable[[], object]) -> int:
    """How many functions of ours and others' are called in it: the same on every machine."""
    counted = 0

    def count(_frame: FrameType, event: str, _argument: object) -> None:
        nonlocal counted
        counted += event == "call"

    before = sys.getprofile()
    sys.setprofile(count)
    try:
        work()
    finally:
        sys.setprofile(before)
    return counted


def stood(scene: int) -> talking.Person:
    link, said = SCENES[scene]
    person = talking.Person()
    if link:
        person.send(start=link)
    for text in said:
        person.send(text)
    return person


@hypothesis.settings(max_examples=60)
@hypothesis.given(st.integers(0, len(SCENES) - 1), long)
def test_no_text_makes_a_turn_long(scene: int, text: str) -> None:
    person = stood(scene)
    assert calls(lambda: person.send(text)) <= MOST


@pytest.mark.parametrize("bit", BITS)
def test_no_text_of_one_kind_makes_a_turn_long(bit: str) -> None:
    text = (bit * LONGEST)[:LONGEST]
    for scene in (0, 6, 8, 12):
        person = stood(scene)
        assert calls(lambda: person.send(text)) <= MOST  # noqa: B023 - called at once


@pytest.mark.parametrize("levels", [1, 2, 3, 4])
def test_no_number_makes_a_form_endless(levels: int) -> None:
    rows: list[dict[str, object]] = [{"type": "integer", "name": "n"}]
    for level in range(levels):
        rows.append({"type": "begin_repeat", "name": f"r{level}", "repeat_count": "${n}"})
        rows += [{"type": "integer", "name": f"q{level}_{place}"} for place in range(3)]
        rows.append({"type": "calculate", "name": f"c{level}", "calculation": f"sum(../../r0/q0_0) + ${{q{level}_0}}"})
    definition = small.made([*rows, *[{"type": "end_repeat"}] * levels])
    begun = walking.walk(definition).state
    # Two messages; and each of three hundred rounds adds up fifty.
    assert calls(lambda: walking.on(definition, begun, "50", "7")) <= 2 * 3 * MOST
