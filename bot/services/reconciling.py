"""Reconciling: a bank's statement, read by the columns that the campaign names, matched, shown, and booked once.

The file is read and forgotten. Of a line that is booked a keyed hash is kept, so that the same line, in this file or in
the next that overlaps it, is never booked twice.
"""

from __future__ import annotations

import csv
import dataclasses
import datetime as dt
import io
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from decimal import Decimal
from typing import NamedTuple

from bot.engine import giving, messages
from bot.engine.pledging import deciding, events, statements, wishes
from bot.services import booking, campaigning, publishing, steering
from models import courses, db, ledger, maturing, sealing, spending, turns

#: Bytes and lines of a file: years of a village's account.
LARGEST, MOST_LINES = 5_000_000, 20_000
#: Above the table banks write whose account it is; so far down the headings are looked for.
_PREAMBLE = 40
_ENCODINGS = ("utf-8-sig", "cp1251")
_SEPARATORS = ";,\t"


class Unread(Exception):
    """Nothing could be had from a file; the text says why."""


class Bad(NamedTuple):
    """A line that cannot be read: its number, and what is wrong with it."""

    number: int
    why: str


class Statement(NamedTuple):
    """What stands in a file: what came in, what cannot be read, and how many lines are of what went out."""

    lines: list[statements.Line]
    #: Of each line, by its number: what tells it apart from all others.
    marks: Mapping[int, str]
    bad: list[Bad]
    out: int


class Taken(NamedTuple):
    """A line that was booked: its match, and whether it waits for the second signature."""

    match: statements.Match
    waits: bool


class Found(NamedTuple):
    """A file against the ledger. Of `matches`, `booked` are the numbers of lines that were booked before."""

    statement: Statement
    matches: list[statements.Match]
    booked: frozenset[int]


class Choice(NamedTuple):
    """What the treasurer says of lines in doubt, by their numbers: what is missing was the way's cost; it is a part."""

    kept: frozenset[int] = frozenset()
    part: frozenset[int] = frozenset()


# -- reading ---------------------------------------------------------------------------------------------------------


def read(content: bytes, columns: Mapping[str, str]) -> Statement:
    """The file by the names of its columns; raises `Unread`."""
    if len(content) > LARGEST:
        raise Unread(f"it is longer than {LARGEST:,} bytes; export fewer months")
    if not columns:
        raise Unread("the campaign's file names no columns; write “statement:” as flows/suu.campaign.yaml does")
    text = _text(content)
    for separator in _SEPARATORS:
        rows = _rows(text, separator)
        for number, cells in rows:
            found = [cell.strip().casefold() for cell in cells]
            if all(name.casefold() in found for name in columns.values()):
                places = {key: found.index(name.casefold()) for key, name in columns.items()}
                return _lines(rows, places, len(cells), number, separator)
            if number > _PREAMBLE:
                break
    names = ", ".join(f"“{name}”" for name in columns.values())
    raise Unread(f"no line in it has the columns {names}; are they named so in this bank's file?")


def _text(content: bytes) -> str:
    if b"\0" in content:
        raise Unread("it is no text: export it as CSV")
    for encoding in _ENCODINGS:
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise Unread("its letters can be read neither as UTF-8 nor as Windows-1251")


def _rows(text: str, separator: str) -> Iterator[tuple[int, list[str]]]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator)
    while True:
        try:
            cells = next(reader, None)
        except csv.Error as error:
            raise Unread(f"line {reader.line_num}: {error}") from None
        if cells is None:
            return
        yield reader.line_num, cells


def _lines(
    rows: Iterator[tuple[int, list[str]]], places: Mapping[str, int], width: int, last: int, separator: str
) -> Statement:
    lines: list[statements.Line] = []
    marks: dict[int, str] = {}
    bad: list[Bad] = []
    alike: Counter[str] = Counter()
    out = 0
    for number, cells in rows:
        begin, last = last + 1, number
        if not any(cell.strip() for cell in cells):
            continue
        if len(lines) + len(bad) + out >= MOST_LINES:
            raise Unread(f"it has more than {MOST_LINES:,} lines; export fewer months")
        if any(_is_row(line, places["date"], separator) for cell in cells for line in cell.splitlines()[1:]):
            bad.append(Bad(number, f"lines {begin} to {number} stand within a quotation mark; take it out of the file"))
            continue
        if len(cells) <= max(places.values()) or len(cells) > width + 1:
            bad.append(Bad(number, f"it has {len(cells)} cells under {width} headings"))
            continue
        picked = {key: " ".join(cells[place].split()) for key, place in places.items()}
        line = _line(number, picked)
        if isinstance(line, Bad):
            bad.append(line)
        elif line.amount <= 0:
            out += 1
        else:
            mark = "\t".join([line.day.isoformat(), f"{line.amount:f}", *(picked[key] for key in sorted(picked))])
            # Two alike in one file are two transfers; in two files they are one.
            alike[mark] += 1
            marks[number] = f"{mark}\t{alike[mark]}"
            lines.append(line)
    return Statement(lines, marks, bad, out)


def _is_row(text: str, place: int, separator: str) -> bool:
    """Whether a line within a cell is another transfer's, up to its day at least."""
    cells = text.split(separator)
    return len(cells) > max(place, 1) and statements.day(cells[place].strip(' "')) is not None


def _line(number: int, cells: Mapping[str, str]) -> statements.Line | Bad:
    amount, day = statements.amount(cells["amount"]), statements.day(cells["date"])
    if amount is None and not cells["amount"]:
        # Of what went out many banks write the sum in a column of its own.
        amount = Decimal(0)
    if amount is None:
        return Bad(number, f"{cells['amount'][:30]!r} is no amount, or could be two")
    if day is None:
        return Bad(number, f"{cells['date'][:30]!r} is no day")
    currency = cells.get("currency", "").upper() or "KGS"
    return statements.Line(number, day, amount, _CURRENCIES.get(currency, currency), cells["comment"])


#: As banks here write currencies, beside their codes.
_CURRENCIES = {"СОМ": "KGS", "417": "KGS", "RUR": "RUB", "643": "RUB", "840": "USD", "978": "EUR", "398": "KZT"}


# -- matching --------------------------------------------------------------------------------------------------------


async def compare(
    database: db.Database, seal: sealing.Seal, library: publishing.Library, name: str, content: bytes
) -> Found:
    """What a file would bring; nothing is written. Raises `Unread` and `steering.NoSuchCampaign`."""
    async with database.reading() as connection:
        plan = (await _campaign(connection, library, name))[1]
        statement = read(content, plan.statement)
        return (await _found(connection, seal, name, statement))[0]


async def book(
    database: db.Database,
    seal: sealing.Seal,
    library: publishing.Library,
    name: str,
    shown: Found,
    choice: Choice,
    role: events.Role,
    hand: str,
    at: dt.datetime,
) -> tuple[list[Taken], list[Bad]]:
    """Book what was shown as sure and what the treasurer chose of the rest, where it still is so behind the locks.

    Gives back what was received, or waits for a second signature; and which lines were refused.
    """
    statement, known = shown.statement, {match.line.number: match for match in shown.matches}
    async with database.reading() as connection:
        _, ids = await _found(connection, seal, name, statement)
        ripe = await spending.ripe(connection, ids)
    writes, taken, refused, done = turns.Writes(), list[Taken](), list[Bad](), list[int]()
    async with database.transaction() as connection:
        campaign, plan = await _campaign(connection, library, name)
        await courses.hold(connection, name)
        held = set(await maturing.hold(connection, ripe))
        standing = (await booking.standing(connection, {name: campaign}))[name]
        found, ids = await _found(connection, seal, name, statement)
        promises = {each.code: each for each in booking.promises(await ledger.named(connection, sorted(ids)))}
        for match in _chosen(found, choice):
            promise, number = promises[match.code], match.line.number
            if match != known.get(number) or promise.id not in held:
                refused.append(Bad(number, "its pledge changes just now; look at the file once more"))
                continue
            fee = statements.fee(match) if match.is_sure or number in choice.kept else Decimal(0)
            wish = wishes.Wish(events.Step.RECEIVED, match.quantity, fee)
            terms = bounded(standing, plan, promise)
            decided = deciding.decide(promise.standing, wish, wishes.Actor(role, hand), terms, at)
            if isinstance(decided, wishes.Refusal):
                refused.append(Bad(number, _REFUSED.get(decided.reason, f"the ledger says {decided.reason}")))
                continue
            booking.step(writes, promise, decided)
            # Two parts of one promise in one file follow each other.
            promises[match.code] = giving.stepped(promise, decided)
            taken.append(Taken(match, decided[-1].step is events.Step.ACKNOWLEDGED))
            done.append(number)
        await spending.book(connection, name, [_hash(seal, name, statement.marks[each]) for each in done], at)
        await ledger.write(connection, writes.pledges, writes.pledge_states, writes.pledge_events)
        await ledger.add(connection, writes.ledger_totals)
    return taken, refused


_REFUSED = {
    wishes.Reason.ABSURD: "that is out of all measure for this pledge",
    wishes.Reason.SECOND_SIGNATURE: "the pledge waits for a second signature",
}


def bounded(campaign: messages.Campaign, plan: campaigning.Plan, promise: messages.Promise) -> wishes.Terms:
    """What the campaign says of a receipt: above its sum, by the pledge's own rate, two sign."""
    terms, worth = giving.terms(campaign, promise.offer, promise.rate), giving.worth(promise.offer, promise.rate)
    above = plan.second_signature_above
    return dataclasses.replace(terms, second_signature_above=above / worth if above is not None and worth else None)


def _chosen(found: Found, choice: Choice) -> Iterator[statements.Match]:
    named = choice.kept | choice.part
    for match in found.matches:
        if match.line.number not in found.booked and (
            match.is_sure or (match.line.number in named and match.may_be_taken)
        ):
            yield match


async def _campaign(
    connection: db.Connection, library: publishing.Library, name: str
) -> tuple[messages.Campaign, campaigning.Plan]:
    catalogue = await library.catalogue(connection)
    if name not in catalogue.campaigns:
        raise steering.NoSuchCampaign(name)
    return catalogue.campaigns[name], catalogue.plans[name]


async def _found(
    connection: db.Connection, seal: sealing.Seal, name: str, statement: Statement
) -> tuple[Found, Collection[str]]:
    """The file against the ledger, and the ids of the pledges whose codes stand in it."""
    hashes = {number: _hash(seal, name, mark) for number, mark in statement.marks.items()}
    booked = await spending.booked(connection, name, set(hashes.values()))
    known = await spending.codes(connection, name)
    fresh = [line for line in statement.lines if hashes[line.number] not in booked]
    ids = {known[code] for line in fresh for codes in statements.codes(line.comment, known)[:2] for code in codes}
    pledges = {each.code: _pledge(each) for each in booking.promises(await ledger.named(connection, sorted(ids)))}
    matches = statements.match_all(fresh, pledges)
    old = frozenset(number for number, each in hashes.items() if each in booked)
    return Found(statement, matches, old), ids


def _pledge(promise: messages.Promise) -> statements.Pledge:
    offer = promise.offer
    worth = giving.worth(offer, promise.rate)
    return statements.Pledge(promise.code, offer.unit, giving.is_money(offer), promise.standing, worth)


def _hash(seal: sealing.Seal, name: str, mark: str) -> bytes:
    return seal.hash("statement", f"{name}\t{mark}")


# -- words -----------------------------------------------------------------------------------------------------------

#: What is said of a line in doubt.
DOUBTS: Mapping[statements.Doubt, str] = {
    statements.Doubt.UNKNOWN_CODE: "no pledge of this campaign has that code",
    statements.Doubt.SEVERAL_CODES: "several codes in one transfer; enter each by hand",
    statements.Doubt.WITHIN: "the code stands within a longer word; is it meant?",
    statements.Doubt.ALREADY_RECEIVED: "already received",
    statements.Doubt.LET_GO: "the pledge was taken back, lapsed or given back",
    statements.Doubt.LESS: "less than is awaited: a fee, or a part?",
    statements.Doubt.MORE: "more than is awaited",
    statements.Doubt.OTHER_MONEY: "promised in other money",
    statements.Doubt.NO_MONEY: "the pledge is not of money",
    statements.Doubt.WAITS: "the pledge waits for a second signature",
    statements.Doubt.TWICE: "several lines are for this pledge",
}


def lines(found: Found) -> Sequence[tuple[str, ...]]:
    """A table of what a file would bring: the sure, the doubtful, the unmatched; without the senders' words."""
    rows = [("LINE", "DAY", "AMOUNT", "CODE", "WHAT")]
    for match in sorted(found.matches, key=lambda each: (not each.is_sure, not each.code, each.line.number)):
        line = match.line
        what = "matches" if match.is_sure else "; ".join(DOUBTS[each] for each in match.doubts) or "no code in it"
        if statements.Doubt.LESS in match.doubts or statements.Doubt.MORE in match.doubts:
            what += f" ({match.quantity:f} of {match.awaited:f})"
        amount = f"{line.amount:f} {line.currency}"
        rows.append((str(line.number), line.day.isoformat(), amount, match.code or "-", what))
    return rows
