"""Which gifts account for what was spent: the oldest first, no more than there is, and as little moved as can be."""

from __future__ import annotations

import functools
from collections.abc import Sequence
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from bot.engine import giving
from bot.engine.pledging import accounting
from bot.engine.pledging.accounting import Gift


def gift(received: str, accounted: str = "0", worth: str = "1") -> Gift:
    each = Decimal(worth)
    return Gift(Decimal(received), Decimal(accounted), functools.partial(giving.in_som, worth=each), each)


def level(gifts: Sequence[Gift], by: str) -> list[str | None]:
    return [None if each is None else f"{each:f}" for each in accounting.level(gifts, Decimal(by))]


def test_the_oldest_rise_first_and_the_newest_sink_first() -> None:
    assert level([gift("10"), gift("10"), gift("10")], "15") == ["10", "5.00", None]
    assert level([gift("10", "10"), gift("10", "5"), gift("10")], "7") == [None, "10", "2.00"]
    newest_first = [gift("10", "5"), gift("10", "10"), gift("10", "10")]
    assert level(newest_first, "-7") == ["0", "8.00", None]
    assert level([gift("10"), gift("10")], "99") == ["10", "10"]
    assert level([gift("10", "10")], "0") == [None]


hundredths = st.integers(0, 10**7).map(lambda number: Decimal(number) / 100)
worths = st.sampled_from([Decimal(1), Decimal("87.4552"), Decimal("1.0731"), Decimal("0.0612")])


@st.composite
def gifts(draw: st.DrawFn) -> Gift:
    """What came, of which a part is accounted for."""
    received, worth = draw(hundredths), draw(worths)
    accounted = min(draw(hundredths), received)
    return Gift(received, accounted, functools.partial(giving.in_som, worth=worth), worth)


@given(st.lists(gifts(), max_size=5), hundredths)
def test_all_of_it_is_accounted_for_and_no_gift_beyond_itself(found: list[Gift], spent: Decimal) -> None:
    received = sum((each.value(each.received) for each in found), Decimal(0))
    before = sum((each.value(each.accounted) for each in found), Decimal(0))
    by = accounting.behind(received, before, spent, exact=False)
    ordered = found if by >= 0 else found[::-1]
    to = accounting.level(ordered, by)
    after = Decimal(0)
    for each, quantity in zip(ordered, to, strict=True):
        stands = each.accounted if quantity is None else quantity
        assert 0 <= stands <= each.received
        after += each.value(stands)
    assert after >= min(spent, received)
    assert after - spent < accounting.GRAIN
    assert accounting.behind(received, after, spent, exact=False) == 0
