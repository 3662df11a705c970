"""The treasurer's list: its numbers keep their meaning, and whatever is written to it is answered."""

from __future__ import annotations

import hypothesis
import pytest
from hypothesis import strategies as st

from bot.engine import acknowledging, treasury
from bot.engine.pledging.events import Role
from bot.engine.pledging.wishes import Reason
from tests import offices, talking


def treasurer(*gifts: str) -> talking.Person:
    """Before the list, after somebody has sent these."""
    house = talking.House()
    house.offices.appoint("suu", Role.TREASURER, offices.CODES[Role.TREASURER])
    giver = talking.Person(house)
    giver.say("ашар", "2")
    giver.send("ashar a-suu")
    giver.say("1", ", ".join(gifts), "1", *["мои обещания", "1", "отправлено"] * len(gifts))
    person = talking.Person(house)
    person.say("ашар", "2", offices.CODES[Role.TREASURER], "1", "казна")
    return person


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("1 4 7", (1, 4, 7)),
        ("1,4, 7.", (1, 4, 7)),
        ("1 жана 4", (1, 4)),
        ("1 и 1", (1,)),
        ("1+2", (1, 2)),
        ("12", (12,)),
        ("700", ()),
        ("1 сом", ()),
        ("5000", ()),
        ("", ()),
        ("²", ()),
    ],
)
def test_only_small_numbers_are_numbers_of_the_list(text: str, numbers: tuple[int, ...]) -> None:
    assert treasury.numbers(text) == numbers


def test_a_number_means_the_same_pledge_after_others_are_done_and_new_ones_come() -> None:
    person = treasurer("2000 сом", "3000 сом", "2 дня работы")
    shown = {option.number: option.label for option in person.say("1 2").reply.options}
    assert list(shown) == [3]
    other = talking.Person(person.house)
    other.say("ашар", "2")
    other.send("ashar a-suu")
    other.say("1", "900 сом", "1", "мои обещания", "1", "отправлено")
    assert [option.number for option in person.send("1 2").reply.options] == [3, 4]
    assert [promise.standing.received for _, promise in person.house.pledges.values()] == [2000, 3000, 0, 0]


def test_a_slip_among_the_numbers_confirms_nothing() -> None:
    person = treasurer("2000 сом", "3000 сом")
    assert person.send("1 9").reply.lines
    assert [promise.standing.received for _, promise in person.house.pledges.values()] == [0, 0]


def test_every_reason_has_words_for_whoever_signs() -> None:
    assert all(treasury.refusal(reason) for reason in Reason)


@hypothesis.settings(max_examples=60)
@hypothesis.given(
    st.lists(
        st.sampled_from(
            ["1", "2", "3", "4", "1 2", "5000 сом", "2 мешка", "700", "артка", "өткөр", "улант", "көп", "0"]
        )
        | st.text(max_size=8),
        max_size=12,
    )
)
def test_whatever_is_written_is_answered_and_the_ledger_folds(said: list[str]) -> None:
    person = treasurer("2000 сом", "60000 сом")
    for text in said:
        turn = person.send(text)
        assert turn.reply.lines or turn.reply.options or turn.talk.scene in ("stopped", "form")
        if turn.talk.scene not in acknowledging.SCENES:
            person.say("менюга", "казна")
    # Each step was laid on the one before: `giving.stepped` raises where it cannot follow.
    assert all(promise.standing.steps for _, promise in person.house.pledges.values())
