"""The National Bank's lists: read whole or not at all, kept once, and no rate is given out that is not good today."""

from __future__ import annotations

import datetime as dt
from collections.abc import AsyncIterator
from decimal import Decimal

import hypothesis
import pytest
import pytest_asyncio
from hypothesis import strategies as st

from bot.engine import messages
from bot.services import quoting
from models import db, rates

TODAY = dt.date(2026, 11, 22)
HEAD = '<?xml version="1.0" encoding="windows-1251" ?>\n'


def each(code: str, value: str, nominal: str = "1") -> str:
    """One currency as the daily list has it."""
    return f'<Currency ISOCode="{code}">\n<Nominal>{nominal}</Nominal>\n<Value>{value}</Value>\n</Currency>\n'


def listed(*of: str, date: str = "22.11.2026", head: str = HEAD, encoding: str = "cp1251") -> bytes:
    """A list as the bank publishes it."""
    body = f'<CurrencyRates Name="Daily Exchange Rates" Date="{date}">\n{"".join(of)}</CurrencyRates>\n'
    return (head + body).encode(encoding)


USD, RUB = each("USD", "87,4500"), each("RUB", "1,0965")
DAILY = listed(USD, each("EUR", "101,5076"), each("KZT", "0,1672"), RUB)
WEEKLY = listed(
    '<Currency ISOCode="JPY"><Nominal>10</Nominal><ValidFor>7</ValidFor><Value>5,4969</Value></Currency>',
    '<Currency ISOCode="KRW"><Nominal>1</Nominal><ValidFor>7</ValidFor><Value>0,0631</Value></Currency>',
    '<Currency ISOCode="TRY"><Nominal>1</Nominal><ValidFor>7</ValidFor><Value>2,0750</Value></Currency>',
    date="20.11.2026",
)


@pytest.mark.parametrize(
    ("content", "values"),
    [
        pytest.param(DAILY, {"USD": 87_450_000, "EUR": 101_507_600, "KZT": 167_200, "RUB": 1_096_500}, id="daily"),
        pytest.param(WEEKLY, {"JPY": 549_690, "KRW": 63_100, "TRY": 2_075_000}, id="weekly"),
        pytest.param(listed(USD, head="", encoding="utf-8"), {"USD": 87_450_000}, id="no head"),
        pytest.param(
            listed(USD, "<!-- Улуттук банк -->", head='<?xml version="1.0" encoding="utf-8"?>', encoding="utf-8-sig"),
            {"USD": 87_450_000},
            id="utf-8 with a mark before it",
        ),
        pytest.param(listed(USD, "<!-- курсы валют -->"), {"USD": 87_450_000}, id="Cyrillic in windows-1251"),
        pytest.param(listed(each("UZS", "0,7261", "100")), {"UZS": 7_261}, id="a hundred of them"),
        pytest.param(listed(each("BYR", "0,3402", "10000")), {"BYR": 34}, id="ten thousand, to the nearest millionth"),
        pytest.param(listed(each("USD", " 87.45 ")), {"USD": 87_450_000}, id="a point and blanks"),
        pytest.param(listed(USD, date="24.11.2026"), {"USD": 87_450_000}, id="published ahead"),
        pytest.param(listed(USD, "<Note>x</Note>"), {"USD": 87_450_000}, id="something else beside them"),
    ],
)
def test_what_the_bank_publishes_is_read(content: bytes, values: dict[str, int]) -> None:
    assert quoting.read(content, TODAY).values == values


def test_a_currency_without_a_value_has_no_rate_and_holds_up_no_other() -> None:
    read = quoting.read(listed(USD, each("EUR", ""), each("RUB", "0,0000")), TODAY)
    assert (read.day, read.values, read.empty) == (TODAY, {"USD": 87_450_000}, ("EUR", "RUB"))


BOMB = (
    '<!DOCTYPE lolz [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">'
    '<!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;">]>'
)


@pytest.mark.parametrize(
    ("content", "why"),
    [
        pytest.param(b"", "not XML", id="nothing"),
        pytest.param(DAILY[:200], "not XML", id="truncated"),
        pytest.param(DAILY + DAILY, "not XML", id="twice"),
        pytest.param(b'{"USD": 87.45}', "not XML", id="JSON"),
        pytest.param(b"\x1f\x8b\x08\x00rates", "not XML", id="packed"),
        pytest.param(listed(USD, head=BOMB), "document type", id="entities that unfold"),
        pytest.param(listed(USD, head='<!DOCTYPE x SYSTEM "file:///etc/hosts">'), "document type", id="our file"),
        pytest.param(b"<!DOCTYPE html><html><body>Technical works</body></html>", "web page", id="a web page"),
        pytest.param(b"<html><body>Technical works</body></html>", "no list of the National Bank", id="old web page"),
        pytest.param(b'<ValCurs Date="22.11.2026"></ValCurs>', "no list of the National Bank", id="another bank"),
        pytest.param(
            listed(USD, "<!-- курс -->", head='<?xml version="1.0" encoding="utf-8"?>'),
            "not XML",
            id="not so encoded",
        ),
        pytest.param(listed(USD, head='<?xml version="1.0" encoding="utf-99"?>'), "not XML", id="no encoding"),
        pytest.param(listed(USD, head='<?xml version="1.0" encoding="cp932"?>'), "not XML", id="of several bytes"),
        pytest.param(listed(), "not one rate", id="empty"),
        pytest.param(listed(each("USD", "")), "not one rate", id="only empty ones"),
        pytest.param(listed(USD, USD), "USD stands in it twice", id="duplicate"),
        pytest.param(listed(USD, each("USD", "")), "USD stands in it twice", id="duplicate without a value"),
        pytest.param(listed(each("usd", "87,45")), "ISOCode: 'usd'", id="small letters"),
        pytest.param(listed(each("", "87,45")), "ISOCode: ''", id="no code"),
        pytest.param(listed(each("KGS", "1,0000")), "ISOCode: 'KGS'", id="the som itself"),
        pytest.param(listed(each("USD", "87,45", "")), "USD: '' is no Nominal", id="no nominal"),
        pytest.param(listed(each("USD", "87,45", "0")), "USD: '0' is no Nominal", id="nominal 0"),
        pytest.param(listed(each("USD", "87,45", "7")), "USD: '7' is no Nominal", id="nominal 7"),
        pytest.param(listed(each("USD", "-87,45")), "USD: '-87,45' is no Value", id="negative"),
        pytest.param(listed(each("USD", "8,7e1")), "USD: '8,7e1' is no Value", id="an exponent"),
        pytest.param(listed(each("USD", "NaN")), "USD: 'NaN' is no Value", id="no number"),
        pytest.param(listed(each("USD", "1.087,45")), "USD: '1.087,45' is no Value", id="thousands"),
        pytest.param(listed(each("USD", "87,45</Value><Value>1,00")), "USD: '87,45 1,00' is no Value", id="two values"),
        pytest.param(listed(each("USD", "99999999,0")), "USD: 99999999,0 for 1 is out of all", id="dearer than gold"),
        pytest.param(listed(each("USD", "0,0000001")), "USD: 0,0000001 for 1 is out of all", id="below a millionth"),
        pytest.param(listed(USD, date=""), "Date: ''", id="no date"),
        pytest.param(listed(USD, date="2026-11-22"), "Date: '2026-11-22'", id="another way of dates"),
        pytest.param(listed(USD, date="31.02.2026"), "Date: '31.02.2026'", id="no such day"),
        pytest.param(listed(USD, date="22.11.2027"), "too far ahead", id="next year"),
        pytest.param(listed(USD, date="09.05.1993"), "too far back", id="before the som"),
        pytest.param(listed(USD) + b" " * quoting.LARGEST, "longer than 1,000,000 bytes", id="huge"),
    ],
)
def test_what_is_no_list_of_rates_is_refused_whole(content: bytes, why: str) -> None:
    with pytest.raises(quoting.Unread) as refused:
        quoting.read(content, TODAY)
    assert len(refused.value.problems) == 1
    assert why in refused.value.problems[0]


def test_all_that_is_wrong_is_said_at_once() -> None:
    with pytest.raises(quoting.Unread) as refused:
        quoting.read(listed(each("USD", "x"), each("EUR", "1", "3"), date="x"), TODAY)
    assert [problem.partition(":")[0] for problem in refused.value.problems] == ["Date", "USD", "EUR"]


_WORDS = st.text(st.characters(exclude_categories=["Cs"]), max_size=200)


@hypothesis.given(
    st.binary(max_size=300) | _WORDS.map(lambda text: listed(each("USD", text), head="", encoding="utf-8"))
)
def test_no_bytes_do_more_than_be_refused(content: bytes) -> None:
    try:
        read = quoting.read(content, TODAY)
    except quoting.Unread as error:
        assert error.problems
    else:
        assert all(value > 0 for value in read.values.values())


# -- kept ---------------------------------------------------------------------------------------------------


@pytest_asyncio.fixture
async def database(database_url: str) -> AsyncIterator[db.Database]:
    """A migrated database without a rate."""
    made = db.Database(database_url)
    yield made
    await made.close()


async def take(database: db.Database, on: str, accept: bool = False, **values: str) -> quoting.Outcome:
    """A list of that day; `on` is the day of November 2026."""
    content = listed(*(each(code, value) for code, value in values.items()), date=f"{on}.11.2026")
    return await quoting.take(database, quoting.read(content, TODAY), accept=accept)


async def kept(database: db.Database) -> list[tuple[str, int, int]]:
    """(currency, day of November, thousandths of a som)."""
    found = []
    async with database.reading() as connection:
        for day in range(1, 31):
            on = dt.date(2026, 11, day)
            found += [(each.currency, day, each.value // 1000) for each in await rates.newest(connection, on, on)]
    return found


async def test_the_same_list_again_changes_nothing(database: db.Database) -> None:
    assert await take(database, "20", USD="87,45", RUB="1,1") == (("RUB", "USD"), (), ())
    assert await take(database, "20", USD="87,45", RUB="1,1") == ((), ("RUB", "USD"), ())
    assert await kept(database) == [("RUB", 20, 1100), ("USD", 20, 87450)]


async def test_an_older_day_is_kept_as_well(database: db.Database) -> None:
    await take(database, "20", USD="87,45")
    assert (await take(database, "10", USD="87,10")).kept == ("USD",)
    # Compared with its neighbour in time, and not with the newest.
    assert (await take(database, "11", USD="120")).refused[0].known.day == dt.date(2026, 11, 10)
    assert (await take(database, "09", USD="20")).refused[0].known.day == dt.date(2026, 11, 10)
    assert await kept(database) == [("USD", 10, 87100), ("USD", 20, 87450)]


@pytest.mark.parametrize(("value", "taken"), [("130", True), ("130,01", False), ("70", True), ("69,99", False)])
async def test_a_rate_that_jumps_is_refused_and_holds_up_no_other(
    database: db.Database, value: str, taken: bool
) -> None:
    await take(database, "20", USD="100", RUB="1,1")
    outcome = await take(database, "21", USD=value, RUB="1,2")
    assert (outcome.kept, not outcome.refused) == (("RUB", "USD") if taken else ("RUB",), taken)
    accepted = await take(database, "21", accept=True, USD=value, RUB="1,2")
    assert accepted == (() if taken else ("USD",), ("RUB", "USD") if taken else ("RUB",), ())
    assert (await kept(database))[-1] == ("USD", 21, int(Decimal(value.replace(",", ".")) * 1000))


async def test_another_rate_of_the_same_day_is_taken_only_by_word(database: db.Database) -> None:
    await take(database, "20", USD="87,45")
    [refused] = (await take(database, "20", USD="87,46")).refused
    assert quoting.refusal(refused) == "USD: 87.46 for 2026-11-20, and 87.45 is known; --accept replaces it"
    assert (await take(database, "20", accept=True, USD="87,46")).kept == ("USD",)
    assert await kept(database) == [("USD", 20, 87460)]


# -- given out ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("at", "day"),
    [
        ("2026-11-20T17:59:59+00:00", None),  # 23:59 in Bishkek, a minute before the list's day
        ("2026-11-20T18:00:00+00:00", 21),
        ("2026-11-22T12:00:00+00:00", 21),
        ("2026-11-28T17:59:59+00:00", 21),  # the seventh day after it
        ("2026-11-28T18:00:00+00:00", None),
    ],
)
async def test_a_rate_serves_from_its_day_for_a_week_after(database: db.Database, at: str, day: int | None) -> None:
    await take(database, "21", USD="87,45")
    async with database.reading() as connection:
        worth = await quoting.worth(connection, dt.datetime.fromisoformat(at))
    assert worth == ({"USD": messages.Rate(Decimal("87.45"), dt.date(2026, 11, day))} if day else {})


async def test_the_newest_until_today_is_given_out(database: db.Database) -> None:
    for on, value in (("23", "88"), ("21", "87"), ("22", "87,5"), ("16", "86")):
        await take(database, on, USD=value)
    async with database.reading() as connection:
        worth = await quoting.worth(connection, dt.datetime(2026, 11, 22, 9, tzinfo=dt.UTC))
    assert worth == {"USD": messages.Rate(Decimal("87.5"), TODAY)}


async def test_the_operator_sees_ages_and_what_is_missing(database: db.Database) -> None:
    await take(database, "10", TRY="2,075")
    await take(database, "22", USD="87,45", EUR="101,5076")
    await take(database, "21", RUB="1,0965")
    await take(database, "23", USD="87,5", KZT="0,1672")
    found = await quoting.listed(database, TODAY)
    assert list(quoting.lines(found, TODAY)) == [
        "EUR      101.5076  2026-11-22      today",
        "RUB        1.0965  2026-11-21      1 day",
        "TRY         2.075  2026-11-10    12 days  stale: promises are no longer counted by it",
        "USD         87.45  2026-11-22      today  87.5 from 2026-11-23 on",
        "KZT        0.1672  2026-11-23  not yet",
        "No rate of the last 7 days for KZT, TRY, KRW: what is promised in it is not counted in som.",
    ]
    assert found.missing(TODAY) == ["KZT", "TRY", "KRW"]
