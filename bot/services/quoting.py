"""Quoting: what the National Bank says other money is worth; read from its XML, looked at, kept, and given out.

The bank publishes two lists of the same shape, in `windows-1251` with decimal commas: the currencies of every day
(`XML/daily.xml`), often a day ahead, and once a week the others (`XML/weekly.xml`).
"""

from __future__ import annotations

import datetime as dt
import ipaddress
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import ROUND_HALF_EVEN, Decimal
from typing import TYPE_CHECKING, NamedTuple

import aiohttp
import defusedxml
import yarl
from defusedxml import ElementTree

from bot.channels import base, downloading
from bot.engine import messages, passage
from bot.engine.gifts import currencies
from models import db, rates

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

#: So long after its day a rate still serves: over holidays, and until the next weekly list.
GOOD_FOR = dt.timedelta(days=7)
#: A list is published before its day, before holidays several days; what lies further ahead is a slip.
_AHEAD = dt.timedelta(days=7)
#: A change by more than this part is more often a broken list than an event.
_JUMP = Decimal("0.3")
#: Bytes; a list has a few thousand.
LARGEST = 1_000_000
#: More som than this for one of anything is a slip.
_DEAREST = 1_000_000
#: The som is that old.
_FIRST = dt.date(1993, 5, 10)

_CODE = re.compile(r"[A-Z]{3}")
_DATE = re.compile(r"([0-9]{2})\.([0-9]{2})\.([0-9]{4})")
_VALUE = re.compile(r"[0-9]{1,9}(?:[.,][0-9]{1,9})?")
_NOMINALS = {str(10**power): 10**power for power in range(6)}


class Unread(Exception):
    """Nothing could be had from a list; `problems` say why, a line each."""

    def __init__(self, *problems: str) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


class Quotes(NamedTuple):
    """One list: its day, millionths of a som for one of each currency, and the currencies named without a value."""

    day: dt.date
    values: Mapping[str, int]
    empty: tuple[str, ...]


class Refused(NamedTuple):
    """A rate that was not taken, beside the one it was compared with."""

    known: rates.Rate
    new: rates.Rate


class Outcome(NamedTuple):
    """What became of a list: currencies written down, those known before, and what was refused."""

    kept: tuple[str, ...]
    known: tuple[str, ...]
    refused: tuple[Refused, ...]


# -- getting ------------------------------------------------------------------------------------------------


async def fetch(address: str) -> bytes:
    """The list at that address, over https, or over http from this machine; raises `Unread`."""
    try:
        url = yarl.URL(address)
        here = _is_loopback(url)
    except ValueError:
        raise Unread("the address cannot be read") from None

    def way(url: yarl.URL) -> tuple[yarl.URL, Mapping[str, str]]:
        # Whoever answers from outside may not point into this machine.
        if url.user or url.password or not (url.scheme == "https" or (here and _is_loopback(url))):
            raise base.Lost("only https is asked, and http on this machine")
        return url, {}

    try:
        async with aiohttp.ClientSession() as session:
            return await downloading.whole(session, url, way, LARGEST)
    except (base.Unreachable, base.Lost) as error:
        raise Unread(f"the list could not be fetched: {error}") from None


def _is_loopback(url: yarl.URL) -> bool:
    if url.scheme != "http" or not url.host:
        return False
    try:
        return ipaddress.ip_address(url.host).is_loopback
    except ValueError:
        return url.host == "localhost"


# -- reading ------------------------------------------------------------------------------------------------


def read(content: bytes, today: dt.date) -> Quotes:
    """The list in these bytes; raises `Unread` with all that is wrong with it, for half a list is not believed."""
    if len(content) > LARGEST:
        raise Unread(f"it is longer than {LARGEST:,} bytes")
    try:
        root: Element = ElementTree.fromstring(content, forbid_dtd=True)
    except defusedxml.DefusedXmlException:
        raise Unread("it declares a document type: a web page, perhaps, and no list of rates") from None
    except (ElementTree.ParseError, ValueError, LookupError):
        raise Unread("it is not XML from beginning to end") from None
    if root.tag != "CurrencyRates":
        raise Unread("it is no list of the National Bank: that begins with <CurrencyRates>")
    said: list[str] = []
    day = _day(root.get("Date", ""), today, said)
    values: dict[str, int] = {}
    empty: list[str] = []
    for each in root.iter("Currency"):
        code = each.get("ISOCode", "").strip()
        if not _CODE.fullmatch(code) or code == "KGS":
            said.append(f"ISOCode: {code[:20]!r} names no other money than the som")
        elif code in values or code in empty:
            said.append(f"{code} stands in it twice")
        elif (value := _value(each, code, said)) is not None:
            values[code] = value
        else:
            empty.append(code)
    if not values and not said:
        said.append("there is not one rate in it")
    if said or day is None:
        raise Unread(*said)
    return Quotes(day, values, tuple(empty))


def _day(text: str, today: dt.date, said: list[str]) -> dt.date | None:
    found = _DATE.fullmatch(text.strip())
    try:
        day = dt.date(int(found[3]), int(found[2]), int(found[1])) if found else None
    except ValueError:
        day = None
    if day is None:
        said.append(f"Date: {text[:20]!r} is no date like 22.11.2026")
    elif not _FIRST <= day <= today + _AHEAD:
        said.append(f"Date: {day} lies too far {'ahead' if day > today else 'back'}")
    return day


def _value(each: Element, code: str, said: list[str]) -> int | None:
    """Millionths of a som for one; None where the list names the currency and gives no value."""
    nominal, value = (
        " ".join((part.text or "").strip() for part in each.findall(name)) for name in ("Nominal", "Value")
    )
    if nominal not in _NOMINALS:
        said.append(f"{code}: {nominal[:20]!r} is no Nominal; 1, 10, 100 are")
    elif value and not _VALUE.fullmatch(value):
        said.append(f"{code}: {value[:20]!r} is no Value like 87,4500")
    elif not value or not (number := Decimal(value.replace(",", "."))):
        return None
    elif (one := _millionths(number / _NOMINALS[nominal])) and one <= _DEAREST * rates.ONE:
        return one
    else:
        said.append(f"{code}: {value} for {nominal} is out of all measure")
    return 0


def _millionths(value: Decimal) -> int:
    return int((value * rates.ONE).to_integral_value(ROUND_HALF_EVEN))


# -- keeping ------------------------------------------------------------------------------------------------


async def take(database: db.Database, quotes: Quotes, *, accept: bool = False) -> Outcome:
    """Write a list down; what is hard to believe only with `accept`. The same list again changes nothing."""
    kept, known, refused = [], [], []
    async with database.transaction() as connection:
        near = await rates.neighbours(connection, quotes.day)
        for currency, value in sorted(quotes.values.items()):
            new, old = rates.Rate(currency, quotes.day, value), near.get(currency)
            if old == new:
                known.append(currency)
            elif old and not accept and (old.day == new.day or abs(new.value - old.value) > old.value * _JUMP):
                refused.append(Refused(old, new))
            else:
                kept.append(new)
        await rates.keep(connection, kept)
    return Outcome(tuple(each.currency for each in kept), tuple(known), tuple(refused))


# -- giving out ---------------------------------------------------------------------------------------------


def day(at: dt.datetime) -> dt.date:
    """The day of the National Bank's at that instant."""
    return at.astimezone(passage.KYRGYZ_TIME).date()


async def worth(connection: db.Connection, at: dt.datetime) -> dict[str, messages.Rate]:
    """Currency -> its rate on that day, or the newest that is not stale; what has none is not in it."""
    today = day(at)
    return {
        each.currency: messages.Rate(Decimal(each.value) / rates.ONE, each.day)
        for each in await rates.newest(connection, today, today - GOOD_FOR)
    }


def worths(quotes: Quotes) -> dict[str, messages.Rate]:
    """The rates of one list alone, whatever else is known."""
    return {
        currency: messages.Rate(Decimal(value) / rates.ONE, quotes.day) for currency, value in quotes.values.items()
    }


class Listed(NamedTuple):
    """What is known: the newest rates until today, and the newest at all."""

    now: Sequence[rates.Rate]
    ahead: Sequence[rates.Rate]

    def missing(self, today: dt.date) -> list[str]:
        """Currencies that can be promised here and have no rate now."""
        good = {each.currency for each in self.now if today - each.day <= GOOD_FOR}
        return [currency for currency in currencies.TAKEN if currency != "KGS" and currency not in good]


async def listed(database: db.Database, today: dt.date) -> Listed:
    """The newest rate of each currency."""
    async with database.reading() as connection:
        return await known(connection, today)


async def known(connection: db.Connection, today: dt.date) -> Listed:
    """The same, where a transaction is open."""
    return Listed(await rates.newest(connection, today), await rates.newest(connection, dt.date.max))


def lines(found: Listed, today: dt.date) -> Iterator[str]:
    """The list for the operator: a line a currency, then what is missing."""
    ahead = {each.currency: each for each in found.ahead if each.day > today}
    for each in found.now:
        age = (today - each.day).days
        said = f"{each.currency}  {plain(each.value):>12}  {each.day}  {_age(age):>9}"
        said += "  stale: promises are no longer counted by it" if today - each.day > GOOD_FOR else ""
        later = ahead.pop(each.currency, None)
        yield said + (f"  {plain(later.value)} from {later.day} on" if later else "")
    for each in ahead.values():
        yield f"{each.currency}  {plain(each.value):>12}  {each.day}  not yet"
    yield from unknown(found.missing(today))


def unknown(missing: Iterable[str]) -> Iterator[str]:
    """What follows from rates that are missing."""
    if names := ", ".join(missing):
        yield f"No rate of the last {GOOD_FOR.days} days for {names}: what is promised in it is not counted in som."


def refusal(refused: Refused) -> str:
    """Why one was not taken."""
    known, new = refused
    if known.day == new.day:
        return (
            f"{new.currency}: {plain(new.value)} for {new.day}, and {plain(known.value)} is known; --accept replaces it"
        )
    change = Decimal(abs(new.value - known.value) * 100) / known.value
    return (
        f"{new.currency}: {plain(new.value)} for {new.day} is {change:.0f} % away from {plain(known.value)} "
        f"of {known.day}; --accept takes it"
    )


def plain(value: int) -> str:
    """Som for one, without zeros at the end."""
    return f"{(Decimal(value) / rates.ONE).normalize():f}"


def _age(days: int) -> str:
    return {0: "today", 1: "1 day"}.get(days, f"{days} days")
