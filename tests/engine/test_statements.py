"""Lines of a bank's statement: amounts, days and codes as people and banks write them, and what is in doubt."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.engine.pledging import statements
from bot.engine.pledging.events import Role, Step
from bot.engine.pledging.ledger import State
from bot.engine.pledging.statements import Doubt
from tests.engine import pledged

CODE, OTHER = "K7MQ2P", "B3XTAH"
DAY = dt.date(2026, 11, 5)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1 234,50", "1234.50"),
        ("1\u00a0234,50", "1234.50"),
        ("1\u202f234.50", "1234.50"),
        ("1,234.50", "1234.50"),
        ("1.234,50", "1234.50"),
        ("1.234.567", "1234567"),
        ("1,234,567.8", "1234567.8"),
        ("1'234'567,80", "1234567.80"),
        ("+500", "500"),
        ("-500,00", "-500"),
        ("−12.5", "-12.5"),
        ("5000", "5000"),
        ("5000 KGS", "5000"),
        ("5 000,00 сом", "5000"),
        ("0,01", "0.01"),
        (",50", "0.50"),
        (" 7 ", "7"),
        ("1,234", None),  # one thousand, or one and a bit
        ("12,345.6.7", None),
        ("1,23,456.00", None),
        ("1234.567", None),
        ("", None),
        ("-", None),
        ("сом", None),
        ("5000 USD", None),
        ("1e5", None),
        ("٥٠٠", None),
        ("9" * 14, None),
        ("1 234,50 / 5", None),
    ],
)
def test_amounts(text: str, value: str | None) -> None:
    assert statements.amount(text) == (None if value is None else Decimal(value))


@given(
    st.decimals(min_value=0, max_value=10**12, places=2),
    st.sampled_from([(",", "."), (" ", ","), (".", ","), ("", ",")]),
)
def test_an_amount_printed_by_a_bank_is_read_as_it_was(amount: Decimal, marks: tuple[str, str]) -> None:
    thousands, point = marks
    printed = f"{amount:,.2f}".replace(",", "\0").replace(".", point).replace("\0", thousands)
    assert statements.amount(printed) == amount


@given(st.text(max_size=40))
def test_no_cell_raises(text: str) -> None:
    found = statements.amount(text)
    assert found is None or found.is_finite()
    assert statements.day(text) is None or statements.day(text) != dt.date.min
    alone, within, _ = statements.codes(text, {CODE})
    assert set(alone + within) <= {CODE}


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("05.11.2026", DAY),
        ("5.11.26", DAY),
        ("05/11/2026", DAY),
        ("2026-11-05", DAY),
        ("2026-11-05 14:03:09", DAY),
        ("05.11.2026 14:03", DAY),
        ("31.02.2026", None),
        ("2026", None),
        ("", None),
        ("11.2026", None),
    ],
)
def test_days(text: str, day: dt.date | None) -> None:
    assert statements.day(text) == day


@pytest.mark.parametrize(
    ("comment", "alone", "within", "strange"),
    [
        ("K7MQ2P", [CODE], [], []),
        ("Перевод. код: k7mq2p, спасибо", [CODE], [], []),
        ("салым К7МQ2Р", [CODE], [], []),  # К, М and Р as on a Cyrillic keyboard
        ("к7м q2р", [CODE], [], []),
        ("K7M-Q2P.", [CODE], [], []),
        ("K 7 M Q 2 P", [CODE], [], []),
        ("кодK7MQ2P5000", [], [CODE], []),
        ("ВЗХТАН / K7MQ2P", [CODE, OTHER], [], []),  # Cyrillic throughout
        ("K7MQ2P K7MQ2P", [CODE], [], []),
        ("код K7MQ2X", [], [], ["K7MQ2X"]),
        ("5 000 сом на воду", [], [], []),
        ("", [], [], []),
        ("234567", [], [], []),
    ],
)
def test_codes(comment: str, alone: list[str], within: list[str], strange: list[str]) -> None:
    found = statements.codes(comment, {CODE, OTHER})
    assert (sorted(found[0], reverse=True), found[1], found[2]) == (alone, within, strange)


def pledge(state: State, unit: str = "KGS", worth: str | None = "1", *, code: str = CODE) -> statements.Pledge:
    """Ten of something, in that state."""
    standing = pledged.standing(*pledged.IN_STATE[state])
    return statements.Pledge(code, unit, unit.isupper(), standing, None if worth is None else Decimal(worth))


def match(amount: str, known: statements.Pledge, currency: str = "KGS", comment: str = CODE) -> statements.Match:
    line = statements.Line(7, DAY, Decimal(amount), currency, comment)
    return statements.match(line, {known.code: known})


@pytest.mark.parametrize("state", [State.OFFERED, State.CONFIRMED, State.DUE, State.SENT, State.NOT_FOUND])
def test_what_fits_in_every_way_is_sure(state: State) -> None:
    found = match("10", pledge(state))
    assert (found.is_sure, found.quantity, found.code) == (True, Decimal(10), CODE)


@pytest.mark.parametrize(
    ("amount", "state", "unit", "worth", "currency", "doubts", "quantity"),
    [
        ("9.50", State.DUE, "KGS", "1", "KGS", {Doubt.LESS}, "9.50"),
        ("11", State.DUE, "KGS", "1", "KGS", {Doubt.MORE}, "11"),
        ("10", State.RECEIVED, "KGS", "1", "KGS", {Doubt.ALREADY_RECEIVED}, "10"),
        ("10", State.ACCOUNTED, "KGS", "1", "KGS", {Doubt.ALREADY_RECEIVED}, "10"),
        ("10", State.WITHDRAWN, "KGS", "1", "KGS", {Doubt.LET_GO}, "10"),
        ("10", State.LAPSED, "KGS", "1", "KGS", {Doubt.LET_GO}, "10"),
        ("10", State.RETURNED, "KGS", "1", "KGS", {Doubt.LET_GO}, "10"),
        ("874.60", State.DUE, "USD", "87.46", "KGS", {Doubt.OTHER_MONEY}, "10"),
        ("870", State.DUE, "USD", "87.46", "KGS", {Doubt.OTHER_MONEY, Doubt.LESS}, "9.95"),
        ("10", State.DUE, "USD", None, "KGS", {Doubt.OTHER_MONEY}, "0"),
        ("10", State.DUE, "USD", "87.46", "RUB", {Doubt.OTHER_MONEY}, "0"),
        ("10", State.DUE, "KGS", "1", "USD", {Doubt.OTHER_MONEY}, "0"),
        ("10", State.DUE, "cement", None, "KGS", {Doubt.NO_MONEY}, "0"),
    ],
)
def test_what_does_not_is_put_before_the_treasurer(
    amount: str, state: State, unit: str, worth: str | None, currency: str, doubts: set[Doubt], quantity: str
) -> None:
    found = match(amount, pledge(state, unit, worth), currency)
    assert (set(found.doubts), found.quantity) == (doubts, Decimal(quantity))
    assert not found.is_sure
    assert found.may_be_taken == (Decimal(quantity) > 0)


def test_money_in_its_own_currency_is_sure() -> None:
    assert match("10", pledge(State.DUE, "RUB", "1.07"), "RUB").is_sure


def test_what_waits_for_a_signature_is_not_touched() -> None:
    waiting = pledged.event(Step.ACKNOWLEDGED, "10", Role.TREASURER, "hand-1")
    standing = pledged.standing(*pledged.IN_STATE[State.DUE], waiting)
    found = match("10", statements.Pledge(CODE, "KGS", True, standing, Decimal(1)))
    assert (found.doubts, found.may_be_taken) == ((Doubt.WAITS,), False)


def test_the_rest_of_a_part_is_sure() -> None:
    part = pledged.event(Step.RECEIVED, "4", Role.TREASURER, "hand-1", fee="1")
    standing = pledged.standing(*pledged.IN_STATE[State.DUE], part)
    assert match("5", statements.Pledge(CODE, "KGS", True, standing, Decimal(1))).is_sure


def test_no_code_an_unknown_one_and_several() -> None:
    known = pledge(State.DUE)
    assert match("10", known, comment="на воду") == statements.Match(
        statements.Line(7, DAY, Decimal(10), "KGS", "на воду"), ""
    )
    assert match("10", known, comment="K7MQ2X").doubts == (Doubt.UNKNOWN_CODE,)
    both = {CODE: known, OTHER: pledge(State.DUE, code=OTHER)}
    line = statements.Line(7, DAY, Decimal(10), "KGS", f"{OTHER} {CODE}")
    found = statements.match(line, both)
    assert (found.doubts, found.may_be_taken) == ((Doubt.SEVERAL_CODES,), False)


def test_two_lines_for_one_pledge_are_both_in_doubt() -> None:
    lines = [statements.Line(number, DAY, Decimal(10), "KGS", CODE) for number in (3, 4)]
    found = statements.match_all([*lines, statements.Line(5, DAY, Decimal(1), "KGS", "")], {CODE: pledge(State.DUE)})
    assert [each.doubts for each in found] == [(Doubt.TWICE,), (Doubt.TWICE,), ()]


def test_lines_are_not_compared_with_each_other() -> None:
    compared = [0]

    class Code(str):
        """A code that counts how often it is asked whether it is another."""

        __slots__ = ()
        __hash__ = str.__hash__

        def __eq__(self, other: object) -> bool:
            compared[0] += 1
            return str.__eq__(self, other)

    # A village's whole year, and somebody paid twice.
    known = {code: pledge(State.DUE, code=Code(code)) for code in (f"K7M{number}" for number in range(222, 722))}
    lines = [statements.Line(n, DAY, Decimal(10), "KGS", code) for n, code in enumerate([*known, "K7M222"])]
    found = statements.match_all(lines, known)
    assert [each.line.number for each in found if Doubt.TWICE in each.doubts] == [0, 500]
    assert compared[0] < 10 * len(lines)


def test_what_the_way_cost_is_what_is_missing() -> None:
    assert statements.fee(match("9.50", pledge(State.DUE))) == Decimal("0.50")
    assert statements.fee(match("11", pledge(State.DUE))) == 0
