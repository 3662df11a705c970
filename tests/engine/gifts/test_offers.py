"""What people offer, read as they write it: a table of it, and what holds for every text there is."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from decimal import Decimal

import hypothesis
import pytest
from hypothesis import strategies as st

from bot import wording
from bot.engine import giving, messages
from bot.engine.gifts import currencies, offers, pieces
from bot.engine.messages import phrase
from bot.engine.pledging import campaigns as courses
from bot.engine.understanding import numbers
from tests.engine.gifts import campaigns

ROWS = campaigns.table("offers.txt")
VOICE = wording.Voice()
#: Letters that many keyboards lack. Without its ү a house is a cow, and without its ң a thousand alone is minutes.
WITHOUT = ("үйдөн бир кой берем", "миң кирпич", "5 миңдей сом")
MISSING = str.maketrans("өүңӨҮҢ", "оунОУН")


def said(heading: str, typed: str) -> str:
    return campaigns.told(offers.read(typed, campaigns.CAMPAIGNS[heading.partition(":")[0]]))


@pytest.mark.parametrize("heading", sorted({heading for heading, _, _ in ROWS}))
def test_an_offer_is_read_as_people_write_it(heading: str) -> None:
    rows = {typed: meant for head, typed, meant in ROWS if head == heading}
    assert {typed: said(heading, typed) for typed in rows} == rows


def test_the_table_is_as_long_as_was_promised_and_has_no_row_twice() -> None:
    assert len(ROWS) >= 400
    assert len({(heading.partition(":")[0], typed) for heading, typed, _ in ROWS}) == len(ROWS)


@pytest.mark.parametrize("heading", sorted({heading for heading, _, _ in ROWS}))
def test_capitals_and_missing_letters_change_nothing(heading: str) -> None:
    rows = [(typed, meant) for head, typed, meant in ROWS if head == heading and typed not in WITHOUT]
    for typed, meant in rows:
        for other in (typed.upper(), typed.translate(MISSING), f"  {typed} "):
            assert said(heading, other).partition(" @ ")[0] == meant.partition(" @ ")[0], other


# -- doubts ------------------------------------------------------------------------------------------------


def test_the_currencies_of_the_persons_country_come_first_and_none_is_left_out() -> None:
    (doubt,) = offers.read("5000", campaigns.WELL, near=("RUB", "KZT")).pieces
    assert isinstance(doubt, pieces.Doubtful)
    assert doubt.what == "currency"
    units = [each.unit for each in doubt.readings if isinstance(each, messages.Offer)]
    assert units == ["RUB", "KZT", "KGS", "USD", "EUR", "TRY", "KRW"]
    assert {each.quantity for each in doubt.readings} == {Decimal(5000)}


def test_a_doubt_says_what_it_is_about_in_the_persons_own_words() -> None:
    (first, second) = offers.read("Мен 5 миң берем, цемент дагы", campaigns.WELL).pieces
    assert isinstance(first, pieces.Doubtful)
    assert isinstance(second, pieces.Doubtful)
    assert (first.said, first.need, first.quantity) == ("5 миң", "money", Decimal(5000))
    assert (second.said, second.need, second.readings) == ("цемент", "cement", ())


def test_a_foreign_sum_is_absurd_only_at_a_known_rate() -> None:
    text = "100 000 долларов"
    assert said("well", text) == "100000 USD"
    known = offers.read(text, campaigns.WELL, worth={"USD": Decimal("87.45")})
    assert campaigns.told(known) == "!too much"


def test_a_currency_in_which_it_would_be_absurd_is_not_suggested() -> None:
    worth = {"RUB": Decimal("1.1"), "KZT": Decimal("0.17"), "USD": Decimal(87), "EUR": Decimal(95)}
    read = offers.read("500 миң", campaigns.WELL, worth={**worth, "TRY": Decimal(2), "KRW": Decimal("0.06")})
    assert campaigns.told(read) == "currency 500000 KGS RUB KZT TRY KRW"


# -- digits that are no amounts ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    "typed",
    ["5000 сом карта 4169 5853 1234 5678", "картам 4169585312345678 кап цемент", "тел 0555123456 3 күн", "код 48213"],
)
def test_a_card_a_telephone_and_a_code_are_repeated_nowhere(typed: str) -> None:
    read = offers.read(typed, campaigns.WELL)
    for secret in ("4169", "5678", "0555", "3456", "48213"):
        assert secret not in repr(read)


def test_a_text_of_more_than_four_hundred_letters_is_not_searched() -> None:
    assert campaigns.told(offers.read("5000 сом " * 45, campaigns.WELL)) == "!too long"
    assert campaigns.told(offers.read("5000 сом" + " " * 392, campaigns.WELL)) == "5000 KGS"


def test_no_more_is_repeated_of_what_is_no_offer_than_a_line() -> None:
    (piece,) = offers.read("абвгд " * 60, campaigns.WELL).pieces
    assert isinstance(piece, pieces.Misread)
    assert len(piece.said) <= 60


# -- what we print -----------------------------------------------------------------------------------------


def printed(promised: messages.Offer, language: str) -> str:
    quantity = giving.quantity(CAMPAIGN, promised)
    return VOICE.say(phrase("{offer}", offer=quantity), language)


CAMPAIGN = messages.Campaign(
    "well", {}, {}, {}, {}, dt.date(2027, 5, 15), courses.State.OPEN, courses.Model.OPEN, campaigns.WELL, "", "", {}, 0
)


def _cents(most: Decimal) -> st.SearchStrategy[Decimal]:
    return st.integers(1, int(most * 100)).map(lambda cents: (Decimal(cents) / 100).normalize() + 0)


OFFERS = st.one_of(
    *(
        st.builds(messages.Offer, st.just(need.name), _cents(need.optimum * 10), st.just(need.name))
        for need in campaigns.WELL
        if need.kind != "money"
    ),
    st.builds(messages.Offer, st.just("money"), _cents(Decimal(4_200_000)), st.just("KGS")),
    st.builds(messages.Offer, st.just("money"), _cents(Decimal(10**9)), st.sampled_from(currencies.TAKEN[1:])),
)


@hypothesis.given(OFFERS, st.sampled_from(["ky", "ru"]))
@hypothesis.example(messages.Offer("money", Decimal("4200000"), "KGS"), "ky")
@hypothesis.example(messages.Offer("pipe", Decimal("0.01"), "pipe"), "ru")
@hypothesis.example(messages.Offer("labour", Decimal("1.5"), "labour"), "ru")
def test_an_amount_printed_by_us_is_read_back(promised: messages.Offer, language: str) -> None:
    assert offers.read(printed(promised, language), campaigns.WELL) == pieces.Message((promised,), "")


@hypothesis.given(st.lists(OFFERS, min_size=2, max_size=4), st.sampled_from(["ky", "ru"]))
def test_several_printed_in_one_message_are_read_back_in_their_order(
    promised: list[messages.Offer], language: str
) -> None:
    text = (" жана " if language == "ky" else " и ").join(printed(each, language) for each in promised)
    hypothesis.assume(len(text) <= numbers.LONGEST)
    assert offers.read(text, campaigns.WELL) == pieces.Message(tuple(promised), "")


# -- any text ----------------------------------------------------------------------------------------------


def _inner(piece: pieces.Piece) -> Iterator[pieces.Piece]:
    yield piece
    if isinstance(piece, pieces.Doubtful):
        for reading in piece.readings:
            yield from _inner(reading)


WORDS = sorted({word for _, typed, _ in ROWS for word in typed.split()})
TEXTS = (
    st.text(max_size=80)
    | st.lists(st.sampled_from(WORDS), max_size=12).map(" ".join)
    | st.lists(st.sampled_from([typed for _, typed, _ in ROWS]), max_size=5).map(" ".join)
    | st.text(alphabet="0123456789 .,-+$сомкүнжеирдо/", max_size=60)
)


@hypothesis.settings(max_examples=400)
@hypothesis.given(TEXTS, st.sampled_from([campaigns.WELL, campaigns.YARD, (), campaigns.WELL[:1]]))
def test_whatever_is_typed_is_answered_with_what_the_campaign_can_keep(
    text: str, needs: tuple[messages.Need, ...]
) -> None:
    read = offers.read(text, needs)
    assert read.pieces
    by_name = {need.name: need for need in needs}
    for piece in (each for outer in read.pieces for each in _inner(outer)):
        if not isinstance(piece, messages.Offer):
            continue
        need = by_name[piece.need]
        assert piece.quantity > 0
        assert piece.quantity == piece.quantity.quantize(Decimal("0.01"))
        assert piece.unit in (currencies.TAKEN if need.kind == "money" else (need.name,))
        assert piece.unit not in ("KGS", need.name) or piece.quantity <= need.optimum * 10
