"""What whoever signs may do: the bound in the pledge's own money, two hands of two offices, never for their own."""

from __future__ import annotations

import dataclasses
from decimal import Decimal

import pytest

from bot.engine import giving, happenings, messages, signing
from bot.engine.pledging import campaigns, ledger, wishes
from bot.engine.pledging.events import Event, Role, Step
from tests import talking

NOW = talking.START
BOUND = Decimal(50000)
TREASURER = messages.Duty("suu", {}, Role.TREASURER, "hand-1", BOUND)
SECOND = messages.Duty("suu", {}, Role.SECOND, "hand-2", BOUND)
ROUBLE = messages.Rate(Decimal("1.25"), NOW.date())


def sent(quantity: str = "2000", unit: str = "KGS", rate: messages.Rate | None = None) -> messages.Promise:
    offer = messages.Offer("money" if unit.isupper() else unit, Decimal(quantity), unit)
    blank = messages.Promise("p", "suu", offer, "CODE22", ledger.Standing(), None, rate)
    steps = [Event(step, offer.quantity, NOW, Role.GIVER) for step in (Step.OFFERED, Step.CONFIRMED, Step.SENT)]
    return giving.stepped(blank, steps)


def decide(promise: messages.Promise, wish: wishes.Wish, duty: messages.Duty = TREASURER) -> signing.Decided:
    return signing.decide(talking.flows()[2], promise, wish, duty, NOW)


def then(promise: messages.Promise, wish: wishes.Wish, duty: messages.Duty = TREASURER) -> messages.Promise:
    made = decide(promise, wish, duty)
    assert not isinstance(made, wishes.Refusal), made
    return giving.stepped(promise, made)


@pytest.mark.parametrize(
    ("quantity", "unit", "rate", "step"),
    [
        ("50000", "KGS", None, Step.RECEIVED),
        ("50000.01", "KGS", None, Step.ACKNOWLEDGED),
        ("40000", "RUB", ROUBLE, Step.RECEIVED),
        ("40001", "RUB", ROUBLE, Step.ACKNOWLEDGED),
        # Nobody knows what it is worth.
        ("1", "RUB", None, Step.ACKNOWLEDGED),
        ("100", "labour", None, Step.RECEIVED),
    ],
)
def test_a_second_signature_is_asked_for_by_the_pledges_own_rate(
    quantity: str, unit: str, rate: messages.Rate | None, step: Step
) -> None:
    made = decide(sent(quantity, unit, rate), wishes.Wish(Step.RECEIVED))
    assert not isinstance(made, wishes.Refusal)
    assert [each.step for each in made] == [step]


def test_the_other_office_signs_and_no_hand_twice() -> None:
    waiting = then(sent("60000"), wishes.Wish(Step.RECEIVED))
    again = dataclasses.replace(TREASURER, hand="shell:treasurer")
    for same in (TREASURER, again):
        assert decide(waiting, signing.whole(waiting.standing), same) == wishes.Refusal(wishes.Reason.SECOND_SIGNATURE)
    assert then(waiting, signing.whole(waiting.standing), SECOND).standing.received == 60000


def test_nobody_signs_for_what_they_gave_themselves() -> None:
    mine = dataclasses.replace(sent(), own=True)
    for step in (Step.RECEIVED, Step.NOT_FOUND, Step.CORRECTION, Step.DECLINED, Step.RETURNED):
        assert decide(mine, wishes.Wish(step)) == wishes.Refusal(wishes.Reason.OWN_PLEDGE)


def test_what_the_way_cost_keeps_the_promise() -> None:
    kept = then(sent(), signing.less(sent().standing, Decimal(1900))).standing
    assert (kept.received, kept.fee) == (Decimal(1900), Decimal(100))
    assert kept.state is ledger.State.RECEIVED


def test_a_correction_leaves_the_fee_unless_nothing_came() -> None:
    kept = then(sent(), signing.less(sent().standing, Decimal(1900))).standing
    assert signing.corrected(kept, Decimal(1800)).fee == 100
    assert signing.corrected(kept, Decimal(1800), Decimal(200)).fee == 200
    assert signing.corrected(kept, Decimal(0)).fee == 0


def test_som_that_came_of_roubles_counts_by_the_rate_of_the_pledge() -> None:
    promised, som = sent("1000", "RUB", ROUBLE), messages.Offer("money", Decimal(1000), "KGS")
    assert signing.arrived(promised, som) == Decimal("800.00")
    assert signing.arrived(promised, promised.offer) == 1000
    assert signing.arrived(sent("1000", "RUB"), som) is None
    assert signing.arrived(promised, messages.Offer("money", Decimal(1), "USD")) is None


def test_a_gift_that_nobody_promised_is_received_at_once_or_signed() -> None:
    of = talking.flows()[2]
    closed = dataclasses.replace(of, state=campaigns.State.CANCELLED)
    for quantity, state in (("500", ledger.State.RECEIVED), ("50001", ledger.State.BLANK)):
        gift = signing.blank("suu", messages.Offer("money", Decimal(quantity), "KGS"), None, "p", "CODE22")
        entered = signing.enter(of, gift, TREASURER, "", 7, NOW)
        assert isinstance(entered, happenings.Pledged)
        assert (entered.person, entered.receipt) == ("", 7)
        assert giving.begun(entered).standing.state is state
        assert signing.enter(closed, gift, TREASURER, "", 7, NOW) == wishes.Refusal(wishes.Reason.CLOSED)
