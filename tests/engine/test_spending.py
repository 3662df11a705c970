"""What is written as spent: which rows may follow which, and what they come to."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from decimal import Decimal

import pytest

from bot.engine.pledging import spending
from bot.engine.pledging.events import Role
from bot.engine.pledging.spending import Broken, Entry, Hand, Reason, State, Step, Wish

AT = dt.datetime(2026, 11, 5, 9, tzinfo=dt.UTC)
DAYS = dt.date(2026, 11, 1), dt.date(2026, 11, 5)
TREASURER, SECOND = Hand(Role.TREASURER, "a", AT), Hand(Role.SECOND, "b", AT)
WHAT = {"ky": "Түтүк", "ru": "Трубы"}


def items(*entries: Entry) -> spending.Items:
    folded = spending.fold(entries)
    assert not isinstance(folded, Broken), folded
    return folded


def spend(known: spending.Items, quantity: str, *, received: str = "100", above: str | None = "50") -> Entry | Reason:
    wish = Wish("money", "KGS", Decimal(quantity), DAYS[1], WHAT)
    bound = None if above is None else Decimal(above)
    return spending.spend(known, wish, TREASURER, received=Decimal(received), above=bound, days=DAYS)


def made(entry: Entry | Reason) -> Entry:
    assert isinstance(entry, Entry), entry
    return entry


SPENT = made(spend({}, "50"))
PROPOSED = made(spend({}, "50.01"))
SIGNED = made(spending.sign(items(PROPOSED), 1, SECOND, received=Decimal(100)))
UNDOING = made(spending.undo(items(PROPOSED, SIGNED), 1, SECOND, WHAT))
DECLINED = made(spending.decline(items(PROPOSED, SIGNED, UNDOING), 1, TREASURER))
GONE = made(spending.sign(items(PROPOSED, SIGNED, UNDOING), 1, TREASURER, received=Decimal(0)))


@pytest.mark.parametrize(
    ("rows", "state", "counts"),
    [
        ((SPENT,), State.SPENT, True),
        ((PROPOSED,), State.WAITING, False),
        ((PROPOSED, SIGNED), State.SPENT, True),
        ((PROPOSED, SIGNED, UNDOING), State.LEAVING, True),
        ((PROPOSED, SIGNED, UNDOING, GONE), State.UNDONE, False),
        ((PROPOSED, SIGNED, UNDOING, DECLINED), State.SPENT, True),
        ((PROPOSED, made(spending.undo(items(PROPOSED), 1, TREASURER, WHAT))), State.UNDONE, False),
        ((SPENT, made(spending.undo(items(SPENT), 1, SECOND, WHAT))), State.UNDONE, False),
    ],
)
def test_what_rows_come_to(rows: tuple[Entry, ...], state: State, counts: bool) -> None:
    [item] = items(*rows).values()
    assert (item.state, item.counts) == (state, counts)
    assert spending.spent(items(*rows), "money", "KGS") == (rows[0].quantity if counts else 0)
    assert [row.number for row in rows] == list(range(1, len(rows) + 1))


@pytest.mark.parametrize(
    ("rows", "wrong", "why"),
    [
        ((), replace(SPENT, number=2), "a number is missing"),
        ((SPENT,), SPENT, "a number is missing"),
        ((), replace(SPENT, by=Role.GIVER), "not for the giver to make"),
        ((), replace(SPENT, quantity=Decimal(0)), "not a quantity"),
        ((), replace(SPENT, quantity=Decimal("0.001")), "not a quantity"),
        ((), replace(SIGNED, number=1), "about no row before it"),
        ((SPENT,), SIGNED, "not a step from spent"),
        ((PROPOSED,), replace(SIGNED, by=Role.TREASURER), "signed twice by one office"),
        ((PROPOSED, SIGNED), replace(SIGNED, number=3), "not a step from spent"),
        ((PROPOSED, SIGNED, UNDOING), replace(GONE, by=Role.SECOND), "signed twice by one office"),
        ((PROPOSED, SIGNED, UNDOING, GONE), replace(UNDOING, number=5), "not a step from undone"),
        ((PROPOSED, SIGNED), replace(DECLINED, number=3), "not a step from spent"),
    ],
)
def test_a_row_that_cannot_be_is_broken(rows: tuple[Entry, ...], wrong: Entry, why: str) -> None:
    assert spending.fold([*rows, wrong]) == Broken(wrong.number, why)


@pytest.mark.parametrize("quantity", ["0", "-1", "0.001", "NaN", "Infinity", "1e13"])
def test_an_absurd_amount_is_not_taken(quantity: str) -> None:
    assert spend({}, quantity) is Reason.ABSURD


def test_what_waits_is_kept_free_and_what_is_taken_back_is_there_again() -> None:
    assert spend({}, "100.01") is Reason.NOT_THERE
    assert spend(items(PROPOSED), "49.99") == replace(SPENT, number=2, quantity=Decimal("49.99"))
    assert spend(items(PROPOSED), "50") is Reason.NOT_THERE
    assert made(spend(items(PROPOSED, SIGNED, UNDOING, GONE), "100")).number == 5


def test_things_are_never_too_many_for_one_signature() -> None:
    wish = Wish("cement", "cement", Decimal(60), DAYS[0], WHAT)
    entry = spending.spend({}, wish, SECOND, received=Decimal(60), above=Decimal(50), days=DAYS)
    assert made(entry).step is Step.SPENT
    assert made(spend({}, "100", above=None)).step is Step.SPENT


def test_nobody_signs_for_what_was_corrected_away() -> None:
    assert spending.sign(items(PROPOSED), 1, SECOND, received=Decimal(50)) is Reason.NOT_THERE


@pytest.mark.parametrize(
    ("rows", "hand", "reason"),
    [
        ((), SECOND, Reason.NO_SUCH_NUMBER),
        ((SPENT,), SECOND, Reason.NOTHING_TO_SIGN),
        ((PROPOSED,), TREASURER, Reason.SAME_OFFICE),
        ((PROPOSED, SIGNED), SECOND, Reason.ALREADY_SO),
        ((PROPOSED, SIGNED, UNDOING), SECOND, Reason.SAME_OFFICE),
    ],
)
def test_no_second_signature(rows: tuple[Entry, ...], hand: Hand, reason: Reason) -> None:
    assert spending.sign(items(*rows), 1, hand, received=Decimal(100)) is reason


def test_what_is_not_taken_back_stands_and_can_be_taken_back_again() -> None:
    stands = items(PROPOSED, SIGNED, UNDOING, DECLINED)
    assert stands[1].why == {}
    assert spending.sign(stands, 1, SECOND, received=Decimal(100)) is Reason.NOTHING_TO_SIGN
    assert made(spending.undo(stands, 1, TREASURER, WHAT)).step is Step.UNDOING
    # Whoever wanted it taken back may think better of it.
    assert made(spending.decline(items(PROPOSED, SIGNED, UNDOING), 1, SECOND)).step is Step.DECLINED
    assert spending.turns((PROPOSED, SIGNED, UNDOING, DECLINED)) == spending.turns((PROPOSED, SIGNED))
    for rows in ((), (SPENT,), (PROPOSED,), (PROPOSED, SIGNED, UNDOING, GONE)):
        assert isinstance(spending.decline(items(*rows), 1, SECOND), Reason)


def test_days_outside_the_campaign_are_slips() -> None:
    for day, reason in ((DAYS[0] - dt.timedelta(days=1), Reason.NO_SUCH_DAY), (DAYS[0], None)):
        wish = Wish("money", "KGS", Decimal(1), day, WHAT)
        entry = spending.spend({}, wish, TREASURER, received=Decimal(1), above=None, days=DAYS)
        assert entry is reason if reason else isinstance(entry, Entry)
