"""What is shown of how a campaign ended: nothing about fewer than ten people."""

from __future__ import annotations

from decimal import Decimal

from bot.results import opinions


def test_under_ten_nothing_is_shown() -> None:
    made = opinions.opinion({"yes": 5, "no": 4}, {5: 9})
    assert made == opinions.Opinion(None, dict.fromkeys(opinions.ANSWERS), None, None)


def test_small_answers_are_withheld_and_never_one_alone() -> None:
    made = opinions.opinion({"yes": 40, "partly": 12, "no": 3, "unknown": 15}, {})
    assert made.answered == 70
    assert made.done["yes"] == 40
    assert made.done["no"] is None
    assert list(made.done.values()).count(None) >= 2


def test_the_mean_has_one_decimal_and_is_exact() -> None:
    assert opinions.opinion({}, {1: 1, 4: 5, 5: 4}).satisfaction == Decimal("4.1")
    assert opinions.opinion({}, {5: 12}).satisfaction == Decimal("5.0")
    assert opinions.opinion({}, {4: 19, 5: 1}).satisfaction == Decimal("4.0")
