"""The account of a month: what there was, came, went and is; months join, and their sums are those of all days."""

from __future__ import annotations

import datetime as dt
import functools
import itertools
from collections.abc import Sequence
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.engine import giving
from bot.engine.pledging import accounts, ledger, spending
from bot.engine.pledging.accounts import Span
from bot.engine.pledging.events import Event, Role, Step

ZERO = Decimal(0)
#: The last minute of October and the first of November, in Kyrgyzstan.
OCTOBER = dt.datetime(2026, 10, 31, 17, 59, tzinfo=dt.UTC)
NOVEMBER = OCTOBER + dt.timedelta(minutes=1)


def pledge(
    *happened: Event, code: str = "AAAAA2", receipt: int = 0, unit: str = "KGS", worth: str = "1"
) -> accounts.Pledge:
    value = functools.partial(giving.in_som, worth=Decimal(worth))
    return accounts.Pledge(code, receipt, "money", unit, "KGS", value, happened)


def signed(step: Step, quantity: str, at: dt.datetime = NOVEMBER, fee: str = "0", hand: str = "1") -> Event:
    by = Role.SECOND if hand == "2" else Role.TREASURER
    return Event(step, Decimal(quantity), at, by, hand, Decimal(fee))


def spent(*entries: spending.Entry) -> spending.Items:
    folded = spending.fold(entries)
    assert not isinstance(folded, spending.Broken), folded
    return folded


def entry(
    number: int, step: spending.Step, quantity: str, at: dt.datetime = NOVEMBER, about: int = 0, hand: str = "1"
) -> spending.Entry:
    by = Role.SECOND if hand == "2" else Role.TREASURER
    what = {"ru": step.value} if step is not spending.Step.SIGNED else {}
    return spending.Entry(number, step, "money", "KGS", Decimal(quantity), at.date(), what, by, hand, at, about)


def month(text: str) -> Span:
    span = accounts.month(text)
    assert span is not None
    return span


@pytest.mark.parametrize(
    ("text", "days"),
    [("2026-11", 30), ("2026-12", 31), ("2028-02", 29), ("2026-13", 0), ("2026", 0), ("november", 0), ("9999-12", 0)],
)
def test_a_month_has_its_days(text: str, days: int) -> None:
    span = accounts.month(text)
    assert (span is not None) == bool(days)
    if span:
        assert (span.last - span.first).days + 1 == days


def test_a_month_begins_at_midnight_in_kyrgyzstan() -> None:
    gifts = [pledge(signed(Step.RECEIVED, "10", OCTOBER)), pledge(signed(Step.RECEIVED, "5", NOVEMBER), code="AAAAA3")]
    [october] = accounts.account(gifts, {}, month("2026-10"))
    [november] = accounts.account(gifts, {}, month("2026-11"))
    assert (october.opening, october.closing) == (ZERO, Decimal(10))
    assert (november.opening, november.closing) == (Decimal(10), Decimal(15))
    assert [(each.reference, each.amount) for each in november.received] == [("AAAAA3", Decimal(5))]


def test_each_way_has_its_column() -> None:
    given = pledge(
        signed(Step.RECEIVED, "100", fee="2"),
        signed(Step.CORRECTION, "90"),
        signed(Step.CORRECTED, "90", hand="2"),
        signed(Step.RETURNED, "30"),
        receipt=4,
    )
    items = spent(
        entry(1, spending.Step.SPENT, "20"),
        entry(2, spending.Step.PROPOSED, "25"),
        entry(3, spending.Step.SIGNED, "25", about=2, hand="2"),
        entry(4, spending.Step.PROPOSED, "15"),
        entry(5, spending.Step.UNDONE, "20", about=1),
    )
    [made] = accounts.account([given], items, month("2026-11"))
    assert [(each.reference, each.amount) for each in made.received] == [("№ 4", Decimal(100))]
    assert [each.amount for each in made.corrected] == [-10]
    assert [each.amount for each in made.returned] == [30]
    assert [(each.reference, each.amount, each.what["ru"]) for each in made.spent] == [
        ("1", Decimal(20), "spent"),
        ("1", Decimal(-20), "undone"),
        ("2", Decimal(25), "proposed"),
    ]
    assert (made.fees, made.closing) == (ZERO, Decimal(35))


def test_other_money_stands_beside_its_som() -> None:
    [made] = accounts.account(
        [pledge(signed(Step.RECEIVED, "100.01", fee="1"), unit="USD", worth="87.4552")], {}, month("2026-11")
    )
    [moved] = made.received
    assert (moved.amount, moved.quantity, moved.unit) == (Decimal("8746.39"), Decimal("100.01"), "USD")
    assert (made.unit, made.fees) == ("KGS", Decimal("87.46"))


def test_nothing_is_no_account_and_what_cannot_be_is_named() -> None:
    assert accounts.account([], {}, month("2026-11")) == []
    assert accounts.account([pledge(signed(Step.RECEIVED, "1"))], {}, month("2026-10")) == []
    with pytest.raises(ValueError, match="AAAAA2: not a step"):
        accounts.account([pledge(signed(Step.NOT_FOUND, "1"))], {}, month("2026-11"))


#: Whatever signatories may do to a gift that came, and when in half a year.
STEPS = [Step.RECEIVED, Step.CORRECTION, Step.CORRECTED, Step.RETURNED, Step.ACCOUNTED]
MOMENTS = st.integers(0, 180 * 24 * 60)
WORTHS = st.sampled_from(["1", "87.4552", "1.0731", "0.1637"])


@st.composite
def histories(draw: st.DrawFn) -> accounts.Pledge:
    """A pledge with whatever can follow."""
    happened: list[Event] = []
    standing = ledger.Standing()
    for minute in sorted(draw(st.lists(MOMENTS, max_size=8))):
        at = OCTOBER + dt.timedelta(minutes=minute - 30 * 24 * 60)
        quantity, fee = (str(Decimal(draw(st.integers(0, 10000))) / 100) for _ in range(2))
        for step in draw(st.permutations(STEPS)):
            event = signed(step, quantity, at, fee, draw(st.sampled_from("12")))
            if standing.proposal and step is Step.CORRECTED:
                event = signed(step, str(standing.proposal.quantity), at, str(standing.proposal.fee), "2")
            after = ledger.step(standing, event)
            if not isinstance(after, str):
                happened.append(event)
                standing = after
                break
    return pledge(*happened, unit="USD", worth=draw(WORTHS))


@st.composite
def purchases(draw: st.DrawFn) -> spending.Items:
    """Whatever was written as spent, signed and taken back."""
    entries: list[spending.Entry] = []
    for minute in sorted(draw(st.lists(MOMENTS, max_size=8))):
        at = OCTOBER + dt.timedelta(minutes=minute - 30 * 24 * 60)
        about = draw(st.integers(1, len(entries) or 1))
        for step in draw(st.permutations(list(spending.Step))):
            begins = step in (spending.Step.SPENT, spending.Step.PROPOSED)
            quantity = str(Decimal(draw(st.integers(1, 9999))) / 100) if begins else "1"
            if not begins and entries:
                quantity = str(entries[about - 1].quantity)
            made = entry(len(entries) + 1, step, quantity, at, 0 if begins else about, draw(st.sampled_from("12")))
            if not isinstance(spending.fold([*entries, made]), spending.Broken):
                entries.append(made)
                break
    return spent(*entries)


@given(st.lists(histories(), max_size=4), purchases())
def test_months_join_and_their_sums_are_those_of_all_days(
    pledges: Sequence[accounts.Pledge], items: spending.Items
) -> None:
    months = [month(text) for text in ("2026-10", "2026-11", "2026-12", "2027-01", "2027-02", "2027-03", "2027-04")]
    empty = accounts.Account("money", "KGS")
    made = [next(iter(accounts.account(pledges, items, span)), empty) for span in months]
    whole = next(iter(accounts.account(pledges, items, Span(dt.date(2000, 1, 1), months[-1].last))), empty)
    assert made[0].opening == whole.opening == 0
    for before, after in itertools.pairwise(made):
        assert before.closing == after.opening
    assert made[-1].closing == whole.closing
    for name in ("received", "corrected", "returned", "spent"):
        assert sum(accounts.total(getattr(each, name)) for each in made) == accounts.total(getattr(whole, name))
    assert sum(each.fees for each in made) == whole.fees
    # And the end of all is what the ledger says.
    standings = [ledger.fold(each.events) for each in pledges]
    came = sum(
        (
            each.value(standing.received)
            for each, standing in zip(pledges, standings, strict=True)
            if isinstance(standing, ledger.Standing)
        ),
        Decimal(0),
    )
    assert whole.closing == came - spending.spent(items, "money", "KGS")
