"""When people say that they will hand it over: a table of it, and what holds for every text and every day."""

from __future__ import annotations

import datetime as dt

import hypothesis
import pytest
from hypothesis import strategies as st

from bot import wording
from bot.engine.gifts import offers, whens
from bot.engine.messages import phrase
from tests.engine.gifts import campaigns

#: A Sunday.
TODAY = dt.date(2026, 11, 22)
ROWS = campaigns.table("whens.txt")
VOICE = wording.Voice()


def told(text: str, today: dt.date = TODAY) -> str:
    """A reading as the table writes it."""
    match whens.read(text, today):
        case whens.When(on):
            return on.isoformat()
        case whens.Monthly(times, day):
            return f"monthly {times}" + (f" on the {day}" if day else "")
        case whens.Asked(about, offered):
            return " ".join([f"{about}?", *map(dt.date.isoformat, offered)])
        case whens.Misread(why):
            return f"!{why.value}"


@pytest.mark.parametrize("heading", sorted({heading for heading, _, _ in ROWS}))
def test_a_time_is_read_as_people_write_it(heading: str) -> None:
    rows = {typed: meant for head, typed, meant in ROWS if head == heading}
    assert {typed: told(typed) for typed in rows} == rows


def test_the_table_is_as_long_as_was_promised_and_has_no_row_twice() -> None:
    assert len(ROWS) >= 120
    assert len({typed for _, typed, _ in ROWS}) == len(ROWS)


@pytest.mark.parametrize("heading", sorted({heading for heading, _, _ in ROWS}))
def test_capitals_and_missing_letters_change_nothing(heading: str) -> None:
    for head, typed, meant in ROWS:
        if head == heading:
            for other in (typed.upper(), typed.translate(str.maketrans("өүң", "оун")), f" {typed} ", f"{typed}."):
                assert told(other) == meant, other


#: Words that alone answer "when?", but in an offer could be an amount, a thing or a name.
ONLY_ALONE = {"3 күн", "1 ай", "неделя", "15.05", "май", "мая", "июль"}


def test_what_says_when_is_found_in_an_offer_and_handed_on_whole() -> None:
    for _, typed, meant in ROWS:
        if meant.startswith("!") or typed in ONLY_ALONE or "1000" in typed:
            continue
        for text in (f"5000 сом {typed}", f"{typed} 5000 сом"):
            read = offers.read(text, campaigns.WELL)
            assert campaigns.told(read).partition(" @ ")[0] == "5000 KGS", text
            assert told(read.when) == meant, text


@pytest.mark.parametrize(
    "typed", ["5000 сом", "3 күн жумуш", "20 капчык цемент", "5 литр май", "сен 3 күн", "бир айлык", "5000 сом до 6000"]
)
def test_an_amount_is_no_time(typed: str) -> None:
    assert offers.read(typed, campaigns.WELL).when == ""


@pytest.mark.parametrize(
    ("today", "typed", "meant"),
    [
        (dt.date(2026, 12, 31), "эртең", "2027-01-01"),
        (dt.date(2027, 1, 31), "через месяц", "2027-02-28"),
        (dt.date(2028, 1, 31), "бир айдан кийин", "2028-02-29"),
        (dt.date(2026, 12, 10), "келерки айда", "2027-01-31"),
        (dt.date(2026, 11, 20), "15ине чейин", "2026-12-15"),
        (dt.date(2026, 11, 10), "15ине чейин", "2026-11-15"),
        (dt.date(2027, 1, 31), "до 30 числа", "2027-03-30"),
        (dt.date(2026, 5, 15), "15 мая", "2026-05-15"),
        (dt.date(2026, 5, 16), "15 мая", "year? 2027-05-15"),
        (dt.date(2026, 8, 15), "15 мая", "2027-05-15"),
        (dt.date(2027, 1, 5), "20 декабря", "year? 2027-12-20"),
        (dt.date(2026, 1, 10), "кышында", "season? 2026-01-31 2026-02-28"),
        (dt.date(2026, 3, 20), "Ноорузга чейин", "2026-03-21"),
        (dt.date(2026, 3, 22), "Ноорузга чейин", "2027-03-21"),
        (dt.date(2026, 11, 27), "жума күнү", "2026-12-04"),
        (dt.date(2026, 11, 5), "в начале месяца", "part? 2026-11-11"),
        (dt.date(2026, 3, 1), "29 февраля", "2028-02-29"),
    ],
)
def test_the_same_words_mean_another_day_on_another_day(today: dt.date, typed: str, meant: str) -> None:
    assert told(typed, today) == meant


DAYS = st.dates(dt.date(2024, 1, 1), dt.date(2090, 1, 1))


@hypothesis.given(DAYS, st.integers(0, 1096), st.sampled_from(["ky", "ru"]))
def test_a_date_printed_by_us_is_read_back(today: dt.date, ahead: int, language: str) -> None:
    day = today + dt.timedelta(days=ahead)
    printed = VOICE.say(phrase("{date}", date=day), language)
    assert whens.read(printed, today) == whens.When(day), printed


WORDS = sorted({word for _, typed, _ in ROWS for word in typed.split()})


@hypothesis.settings(max_examples=400)
@hypothesis.given(
    st.text(max_size=60)
    | st.lists(st.sampled_from(WORDS), max_size=8).map(" ".join)
    | st.text(alphabet="0123456789./- майгачдо", max_size=30),
    DAYS,
)
@hypothesis.example("ар ай сайын 1.1.2050", TODAY)
def test_whatever_is_typed_no_day_is_past_or_beyond_three_years(text: str, today: dt.date) -> None:
    outcome = whens.read(text, today)
    days: tuple[dt.date, ...] = ()
    match outcome:
        case whens.When(on):
            days = (on,)
        case whens.Asked(_, offered):
            days = offered
        case whens.Monthly(times, day):
            assert 1 <= times <= 36
            assert day is None or 1 <= day <= 31
    assert all(today <= each <= today + dt.timedelta(days=1098) for each in days)


def test_a_text_of_more_than_four_hundred_letters_is_not_searched() -> None:
    assert told("15 мая " * 60) == "!too long"
