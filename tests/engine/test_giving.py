"""Money in other currencies: counted in som by the rate it was promised at, and never by a guess."""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Sequence
from decimal import Decimal

import hypothesis
import pytest
from hypothesis import strategies as st

from bot.engine import giving, happenings, messages
from bot.engine.pledging import campaigns, events, wishes
from tests import talking
from tests.engine import pledged
from tests.services import house

CAMPAIGN = talking.flows()[2]
ON = dt.date(2027, 3, 1)
ROUBLE = messages.Rate(Decimal("1.0965"), ON)
_hundredths = st.integers(1, 10**14).map(lambda whole: Decimal(whole) / 100)
_rates = st.integers(1, 10**9).map(lambda whole: messages.Rate(Decimal(whole) / 10**6, ON))


def offer(quantity: str, unit: str = "RUB", need: str = "money") -> messages.Offer:
    """So much."""
    return messages.Offer(need, Decimal(quantity), unit)


def promise(offered: messages.Offer, rate: messages.Rate | None = None, name: str = "p") -> messages.Promise:
    """A promise that stands."""
    step = dataclasses.replace(pledged.event(events.Step.CONFIRMED), quantity=offered.quantity)
    first = dataclasses.replace(step, step=events.Step.OFFERED)
    return giving.begun(happenings.Pledged("person", name, CAMPAIGN.name, offered, "ABC234", "", (first, step), rate))


@hypothesis.given(_hundredths, _rates)
def test_what_it_is_worth_is_whole_hundredths_the_nearest_and_even_in_the_middle(
    quantity: Decimal, rate: messages.Rate
) -> None:
    som = giving.in_som(quantity, rate.value)
    assert som * 100 == int(som * 100)
    off = abs(som - quantity * rate.value) * 200
    assert off < 1 or (off == 1 and int(som * 100) % 2 == 0)


@pytest.mark.parametrize(
    ("offered", "rate", "som"),
    [
        (offer("1000"), ROUBLE, "1096.50"),
        (offer("0.01"), messages.Rate(Decimal("0.5"), ON), "0.00"),
        (offer("0.03"), messages.Rate(Decimal("0.5"), ON), "0.02"),
        (offer("1000"), None, None),
        (offer("1000", "KGS"), None, "1000"),
        (offer("3", "labour", "labour"), ROUBLE, None),
    ],
)
def test_a_promise_knows_what_it_is_worth_or_that_nobody_does(
    offered: messages.Offer, rate: messages.Rate | None, som: str | None
) -> None:
    made = promise(offered, rate)
    assert (made.som, made.rate) == (None if som is None else Decimal(som), rate)


@pytest.mark.parametrize(
    ("offered", "rate", "most"),
    [
        (offer("1", "KGS"), None, "4200000"),
        (offer("1"), messages.Rate(Decimal("1.05"), ON), "4000000"),
        (offer("1", "USD"), messages.Rate(Decimal("87.5"), ON), "48000"),
        # Nobody knows what it is worth.
        (offer("1"), None, "1000000000000"),
        (offer("1", "UZS"), messages.Rate(Decimal("0.000001"), ON), "1000000000000"),
        (offer("1", "labour", "labour"), None, "1800"),
        (offer("1", "gone", "gone"), None, "1000000000000"),
    ],
)
def test_ten_times_what_is_needed_is_too_much_in_any_money(
    offered: messages.Offer, rate: messages.Rate | None, most: str
) -> None:
    bound = Decimal(most)
    assert giving.terms(CAMPAIGN, offered, rate).most == bound
    now = talking.START
    whole = dataclasses.replace(offered, quantity=bound)
    if offered.need != "gone":
        assert not isinstance(giving.promise(CAMPAIGN, whole, now, rate), wishes.Refusal)
    over = dataclasses.replace(offered, quantity=bound + 1)
    assert giving.promise(CAMPAIGN, over, now, rate) == wishes.Refusal(wishes.Reason.ABSURD)


def test_a_minimum_is_reached_in_som_whatever_it_was_promised_in() -> None:
    [money] = [need for need in CAMPAIGN.needs if need.kind == "money"]
    only = dataclasses.replace(CAMPAIGN, needs=(money,), model=campaigns.Model.THRESHOLD)
    roubles = promise(offer("270000"), ROUBLE)
    assert roubles.som == Decimal("296055")

    def reached(*promises: messages.Promise) -> bool:
        stands = giving.with_promises(only, promises)
        return giving.terms(stands, offer("1")).course.minimum_reached

    assert not reached(roubles)
    assert reached(roubles, promise(offer("3945", "KGS")))
    assert not reached(roubles, promise(offer("3944.99", "KGS")))
    # Without a rate it counts for nothing, however much it is.
    assert not reached(roubles, promise(offer("1000000", "USD")))


@hypothesis.given(st.lists(st.tuples(_hundredths, st.none() | _rates, st.sampled_from(["RUB", "USD", "KGS"]))))
def test_a_campaigns_som_is_the_sum_of_its_promises(
    given: Sequence[tuple[Decimal, messages.Rate | None, str]],
) -> None:
    promises = [
        promise(messages.Offer("money", quantity, unit), None if unit == "KGS" else rate)
        for quantity, rate, unit in given
    ]
    stands = giving.with_promises(CAMPAIGN, promises)
    known = [each.som for each in promises if each.som is not None]
    assert stands.som.get("money", 0) == sum(known)
    assert stands.unvalued.get("money", 0) == len(promises) - len(known)


@pytest.mark.parametrize(
    ("promises", "ky", "ru"),
    [
        pytest.param([promise(offer("500", "KGS"))], "", "", id="only som"),
        pytest.param([promise(offer("5", "labour", "labour"))], "", "", id="no money"),
        pytest.param(
            [promise(offer("500", "KGS")), promise(offer("1000"), ROUBLE)],
            "Баары болуп ≈ 1 596 сом, күнүнүн курсу боюнча.",
            "Всего ≈ 1 596 сомов по курсу дня.",
            id="som and roubles",
        ),
        pytest.param(
            [promise(offer("1000"), ROUBLE), promise(offer("1", "USD"))],
            "Баары болуп ≈ 1 096 сом, күнүнүн курсу боюнча. Курсу белгисиз убадалар кошулган жок.",
            "Всего ≈ 1 096 сомов по курсу дня. Обещания, для которых курс неизвестен, сюда не вошли.",
            id="one without a rate",
        ),
        pytest.param(
            [promise(offer("1000"))],
            "Бул сом менен канча экени белгисиз: курсу жок.",
            "Сколько это в сомах, неизвестно: нет курса.",
            id="none with a rate",
        ),
    ],
)
def test_several_currencies_are_said_together_and_what_is_left_out_too(
    promises: list[messages.Promise], ky: str, ru: str
) -> None:
    lines = giving.standing(giving.with_promises(CAMPAIGN, promises))
    plain = giving.standing(dataclasses.replace(giving.with_promises(CAMPAIGN, promises), needs=CAMPAIGN.needs[1:]))
    for language, said in (("ky", ky), ("ru", ru)):
        spoken = [house.voice().say(line, language) for line in lines]
        # After the line of the money itself.
        assert spoken[1:2] == [said] if said else len(spoken) == len(plain) + 1
