"""Matching: by hand for a village's cases, by properties for all others; never a hundredth above a cap."""

import itertools
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction

import hypothesis
import pytest
from hypothesis import strategies as st

from bot.engine.pledging import matching
from bot.engine.pledging.matching import Gift, Rule


def money(pledge: str, value: str, person: str = "") -> Gift:
    return Gift(pledge, person, "money", Decimal(value))


def rule(factor: str = "1", **caps: str) -> Rule:
    return Rule("fund", "money", Decimal(factor), **{name: Decimal(cap) for name, cap in caps.items()})


GIFTS = [money("p1", "5000", "aida"), money("p2", "3000", "bakyt"), money("p3", "4000", "aida")]


@pytest.mark.parametrize(
    ("by", "added"),
    [
        (rule(), [5000, 3000, 4000]),
        (rule("0.5"), [2500, 1500, 2000]),
        (rule(cap_pledge="3500"), [3500, 3000, 3500]),
        (rule(cap_person="6000"), [5000, 3000, 1000]),
        (rule(cap_total="9000"), [5000, 3000, 1000]),
        (rule("2", cap_pledge="6000", cap_person="7000", cap_total="12500"), [6000, 6000, 500]),
        (rule(cap_total="0"), [0, 0, 0]),
    ],
)
def test_a_rule_adds_up_to_its_caps_in_the_order_of_pledges(by: Rule, added: list[int]) -> None:
    matched = matching.matched(GIFTS, [by])
    assert [matched.get(("fund", gift.pledge), 0) for gift in GIFTS] == added


def test_what_was_withdrawn_is_given_back_to_those_who_came_later() -> None:
    by = rule(cap_total="9000")
    without = matching.matched(GIFTS[1:], [by])
    assert without == {("fund", "p2"): 3000, ("fund", "p3"): 4000}
    assert matching.matched([replace(GIFTS[0], value=Decimal(0)), *GIFTS[1:]], [by]) == without


def test_days_are_matched_with_days_and_two_rules_each_on_their_own() -> None:
    days = Gift("p4", "aida", "labour", Decimal("1.5"))
    brigade = Rule("brigade", "labour", Decimal(2), cap_person=Decimal("2.5"))
    assert matching.matched([days, *GIFTS], [rule("0.1"), brigade]) == {
        ("fund", "p1"): 500,
        ("fund", "p2"): 300,
        ("fund", "p3"): 400,
        ("brigade", "p4"): Decimal("2.5"),
    }


def test_a_third_is_rounded_down_to_hundredths() -> None:
    assert matching.matched([money("p1", "100")], [rule("0.3333")]) == {("fund", "p1"): Decimal("33.33")}
    assert matching.matched([money("p1", "0.01")], [rule("0.99")]) == {}


def test_whoever_was_erased_is_a_person_of_their_own() -> None:
    erased = [money("p1", "100"), money("p2", "100")]
    assert matching.matched(erased, [rule(cap_person="60")]) == {("fund", "p1"): 60, ("fund", "p2"): 60}


amounts = st.decimals(0, 10**9, places=2)
caps = st.none() | st.decimals(0, 10**5, places=2)
some_rules = st.builds(
    Rule,
    st.sampled_from(["fund", "employer"]),
    st.sampled_from(["money", "labour"]),
    st.decimals("0.0001", 100, places=4),
    caps,
    caps,
    caps,
)
some_gifts = st.lists(
    st.builds(
        Gift,
        st.integers(0, 10**6).map(str),
        st.sampled_from(["", "aida", "bakyt"]),
        st.sampled_from(["money", "labour", "material"]),
        amounts | st.decimals(0, 500, places=2),
    ),
    max_size=7,
    unique_by=lambda gift: gift.pledge,
)


@hypothesis.settings(max_examples=100)
@hypothesis.given(some_gifts, some_rules)
def test_never_above_a_cap_and_never_a_hundredth_made_up(gifts: list[Gift], by: Rule) -> None:
    matched = matching.matched(gifts, [by])
    whose = {gift.pledge: gift for gift in gifts}
    for (name, pledge), added in matched.items():
        gift = whose[pledge]
        assert (name, gift.kind) == (by.name, by.kind)
        assert added > 0
        assert added * 100 == int(added * 100)
        assert Fraction(added) <= Fraction(gift.value) * Fraction(by.factor)
        assert by.cap_pledge is None or added <= by.cap_pledge
    assert by.cap_total is None or sum(matched.values()) <= by.cap_total
    for person in ("aida", "bakyt"):
        theirs = [added for (_, pledge), added in matched.items() if whose[pledge].person == person]
        assert by.cap_person is None or sum(theirs) <= by.cap_person


@hypothesis.settings(max_examples=50)
@hypothesis.given(some_gifts, some_rules)
def test_nobody_is_matched_less_because_somebody_came_after_them(gifts: list[Gift], by: Rule) -> None:
    whole = matching.matched(gifts, [by])
    for length in range(len(gifts)):
        sooner = matching.matched(gifts[:length], [by])
        assert sooner == {key: added for key, added in whole.items() if key in sooner}


@hypothesis.settings(max_examples=50)
@hypothesis.given(some_gifts, some_rules, st.data())
def test_withdrawing_takes_from_nobody_else_in_all(gifts: list[Gift], by: Rule, data: st.DataObject) -> None:
    hypothesis.assume(gifts)
    gone = data.draw(st.integers(0, len(gifts) - 1))
    before = matching.matched(gifts, [by])
    after = matching.matched([*gifts[:gone], *gifts[gone + 1 :]], [by])
    assert (by.name, gifts[gone].pledge) not in after
    for gift in gifts[:gone]:
        assert after.get((by.name, gift.pledge)) == before.get((by.name, gift.pledge))
    if by.cap_person is None:
        for gift in gifts[gone + 1 :]:
            key = (by.name, gift.pledge)
            assert after.get(key, 0) >= before.get(key, 0)


@hypothesis.settings(max_examples=50)
@hypothesis.given(some_gifts, some_rules)
def test_no_room_under_a_cap_is_left_while_somebody_could_be_matched(gifts: list[Gift], by: Rule) -> None:
    matched = matching.matched(gifts, [by])
    for gift in gifts:
        added = matched.get((by.name, gift.pledge), Decimal(0))
        theirs = [matched.get((by.name, other.pledge), Decimal(0)) for other in gifts if other.person == gift.person]
        more = added + Decimal("0.01")
        full = [
            gift.kind != by.kind,
            Fraction(more) > Fraction(gift.value) * Fraction(by.factor),
            by.cap_pledge is not None and more > by.cap_pledge,
            by.cap_total is not None and sum(matched.values()) + Decimal("0.01") > by.cap_total,
            by.cap_person is not None and (sum(theirs) if gift.person else added) + Decimal("0.01") > by.cap_person,
        ]
        assert any(full)


def test_the_order_of_rules_does_not_matter() -> None:
    rules = [rule("0.5"), replace(rule(cap_total="100"), name="employer"), replace(rule(), name="bank")]
    first = matching.matched(GIFTS, rules)
    assert all(matching.matched(GIFTS, order) == first for order in itertools.permutations(rules))
