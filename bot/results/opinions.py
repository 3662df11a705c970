"""How a campaign ended, in the words of those who were asked: what of it may be shown, and how."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import ROUND_HALF_EVEN, Decimal
from typing import NamedTuple

from bot.results import suppression

#: What may be said of whether it is done; who does not know counts for nothing else.
ANSWERS = ("yes", "partly", "no", "unknown")


class Opinion(NamedTuple):
    """Both figures of a campaign; None where they are about fewer than ten people."""

    #: How many said whether it is done, and how many said what.
    answered: int | None
    done: Mapping[str, int | None]
    #: How many said how satisfied they are, and their mean from 1 to 5, to one decimal.
    rated: int | None
    satisfaction: Decimal | None


def opinion(done: Mapping[str, int], satisfaction: Mapping[int, int]) -> Opinion:
    """The figures from how many said what. Of satisfaction only the mean: beside it, single cells would be told."""
    answered, rated = suppression.number(sum(done.values())), suppression.number(sum(satisfaction.values()))
    cells = {answer: (done.get(answer, 0),) for answer in ANSWERS}
    hidden = suppression.row(cells) if answered else set(ANSWERS)
    mean = None
    if rated:
        total = sum((Decimal(grade) * count for grade, count in satisfaction.items()), Decimal(0))
        mean = (total / rated).quantize(Decimal("0.1"), ROUND_HALF_EVEN)
    return Opinion(
        answered, {answer: None if answer in hidden else cells[answer][0] for answer in ANSWERS}, rated, mean
    )
