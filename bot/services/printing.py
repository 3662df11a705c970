"""Printing: receipts, monthly accounts and the hand-over, as pages to print and sign; black on white, without script.

No name stands on them but one that is given when a receipt is printed.
"""

from __future__ import annotations

import datetime as dt
import functools
from collections.abc import Callable, Sequence
from decimal import Decimal
from pathlib import Path
from typing import NamedTuple

import jinja2

from bot import wording
from bot.engine import form, giving, messages
from bot.engine.gifts import also
from bot.engine.messages import phrase
from bot.engine.pledging import accounts, events, ledger
from bot.engine.pledging import spending as book
from bot.services import booking, campaigning, publishing, spending, steering
from models import counting, db
from models import ledger as kept

_TEMPLATES = Path(__file__).resolve().parents[1] / "templates"
_environment = jinja2.Environment(
    loader=jinja2.FileSystemLoader(_TEMPLATES), autoescape=True, trim_blocks=True, lstrip_blocks=True
)
#: A pledge of which nothing was ever sent is in no account.
_MOVED = frozenset({"sent", "acknowledged", "received"})
#: Before any campaign.
_EVER = dt.date(2000, 1, 1)


class NoReceipt(Exception):
    """There is none to print; the text says why."""


class Sheet(NamedTuple):
    """A campaign with all that an account is made of, from one moment."""

    campaign: messages.Campaign
    plan: campaigning.Plan
    #: Pledges of which something came or is on the way, the oldest first; and the receipts of those nobody promised.
    promises: list[messages.Promise]
    pledges: list[accounts.Pledge]
    items: book.Items


async def sheet(database: db.Database, library: publishing.Library, name: str) -> Sheet:
    """All of a campaign; raises `steering.NoSuchCampaign` and `spending.Broken`."""
    async with database.reading() as connection:
        await counting.snapshot(connection)
        catalogue = await library.catalogue(connection)
        if name not in catalogue.campaigns:
            raise steering.NoSuchCampaign(name)
        receipts = await kept.receipts(connection, name)
        promises, pledges = [], []
        async for row in kept.every(connection, name):
            if any(event.step in _MOVED for event in row.events):
                for promise in booking.promises([row]):
                    promises.append(promise)
                    pledges.append(_pledge(promise, row, receipts.get(row.id, 0)))
        items = await spending.items(connection, name)
    return Sheet(catalogue.campaigns[name], catalogue.plans[name], promises, pledges, items)


def _pledge(promise: messages.Promise, row: kept.Pledge, receipt: int) -> accounts.Pledge:
    offer = promise.offer
    worth = giving.worth(offer, promise.rate)
    # Money without a rate is accounted for by itself.
    value = functools.partial(giving.in_som, worth=worth or Decimal(1))
    happened = [events.read(events.Row(*event)) for event in row.events]
    return accounts.Pledge(row.code, receipt, offer.need, offer.unit, "KGS" if worth else offer.unit, value, happened)


# -- receipts --------------------------------------------------------------------------------------------------------


def receipt(sheet: Sheet, which: str, voice: wording.Voice, name: str = "") -> str:
    """The receipt of that number or code, in both languages; raises `NoReceipt`."""
    wanted = which.strip().upper()
    found = [
        (promise, pledge)
        for promise, pledge in zip(sheet.promises, sheet.pledges, strict=True)
        if wanted in (pledge.code, str(pledge.receipt) if pledge.receipt else "")
    ]
    if not found:
        raise NoReceipt("nothing that came has that number or code")
    promise, pledge = found[0]
    standing = promise.standing
    if not standing.received:
        raise NoReceipt("nothing was received of it yet, or all of it was given back")
    came = [event.at for event in pledge.events if event.step in (events.Step.RECEIVED, events.Step.CORRECTED)]
    campaign, unit = sheet.campaign, promise.offer.unit
    lines: list[messages.Line] = [
        phrase("Ashar: {title}", title=campaign.title),
        phrase("Received by: {holder}", holder=campaign.holder),
        *([phrase("From: {name}", name=name)] if name else []),
        phrase("Received: {what}", what=_said(campaign, pledge.need, standing.received, unit)),
        *_in_som(pledge, standing),
        *_fee(campaign, pledge, standing),
        phrase("Day: {date}", date=accounts.day(max(came))),
        *([] if pledge.receipt else [phrase("Code: {code}", code=pledge.code)]),
        phrase("Thank you!"),
    ]
    treasurer, second, stamp = _offices(sheet.plan)
    two = any(event.step in ledger.SIGNED_AS for event in pledge.events)
    offices = [treasurer, second, stamp] if two else [treasurer, stamp]
    heading = phrase("Receipt № {number}", number=pledge.receipt) if pledge.receipt else phrase("Receipt")
    parts = [
        (
            language,
            voice.say(heading, language),
            [voice.say(line, language) for line in lines],
            [voice.say(line, language) for line in offices],
        )
        for language in form.LANGUAGES
    ]
    return _page("receipt.html", "", size="A5", title=voice.say(heading, form.LANGUAGES[0]), parts=parts)


def _in_som(pledge: accounts.Pledge, standing: ledger.Standing) -> list[messages.Line]:
    if pledge.unit == pledge.pot:
        return []
    som = messages.Quantity(pledge.value(standing.received), currency=pledge.pot)
    return [phrase("By the rate of the day it was promised: {som}", som=som)]


def _fee(campaign: messages.Campaign, pledge: accounts.Pledge, standing: ledger.Standing) -> list[messages.Line]:
    fee = _said(campaign, pledge.need, standing.fee, pledge.unit)
    return [phrase("Transfer and exchange cost: {what}", what=fee)] if standing.fee else []


# -- accounts --------------------------------------------------------------------------------------------------------


def account(sheet: Sheet, span: accounts.Span, voice: wording.Voice, language: str, today: dt.date) -> str:
    """The account of these days, to print and sign."""
    lines: list[messages.Line] = [phrase("From {first} to {last}", first=span.first, last=span.last)]
    if span.last >= today:
        lines.append(phrase("These days are not over: this is how it stands on {date}.", date=today))
    return _account(sheet, span, voice, language, phrase("Account of gifts"), lines, [], _offices(sheet.plan))


def handover(sheet: Sheet, voice: wording.Voice, language: str, today: dt.date) -> str:
    """The account of all days, what is in hand and what waits, to be signed by whoever goes and whoever comes."""
    span = accounts.Span(_EVER, today)
    lines = [phrase("As it stands on {date}", date=today)]
    offices: list[messages.Line] = [
        phrase("Handed over by (name, signature):"),
        phrase("Taken over by (name, signature):"),
    ]
    offices += _offices(sheet.plan)[1:]
    return _account(sheet, span, voice, language, phrase("Hand-over of the accounts"), lines, _waits(sheet), offices)


_Say = Callable[[messages.Line], str]
_Rows = list[tuple[messages.Line, messages.Quantity]]
Waiting = list[tuple[messages.Line, _Rows]]


def _waits(sheet: Sheet) -> Waiting:
    """What the next treasurer will have to do with: by code, never by name."""
    moving: _Rows = []
    unsigned: _Rows = []
    for promise in sheet.promises:
        offer, waiting = promise.offer, promise.standing.proposal
        if waiting:
            unsigned.append((_only(promise.code), _said(sheet.campaign, offer.need, waiting.quantity, offer.unit)))
        elif promise.standing.on_the_way:
            moving.append(
                (_only(promise.code), _said(sheet.campaign, offer.need, promise.standing.on_the_way, offer.unit))
            )
    for item in book.listed(sheet.items):
        if item.state in (book.State.WAITING, book.State.LEAVING):
            entry = item.entry
            quantity = _said(sheet.campaign, entry.need, entry.quantity, entry.unit)
            unsigned.append((phrase("Spending № {number}", number=entry.number), quantity))
    headed: Waiting = [
        (phrase("On the way, by their givers' word:"), moving),
        (phrase("Waiting for the second signature:"), unsigned),
    ]
    return [(heading, rows) for heading, rows in headed if rows]


def _account(
    sheet: Sheet,
    span: accounts.Span,
    voice: wording.Voice,
    language: str,
    title: messages.Line,
    lines: Sequence[messages.Line],
    waiting: Waiting,
    offices: Sequence[messages.Line],
) -> str:
    def say(line: messages.Line) -> str:
        return voice.say(line, language)

    campaign = sheet.campaign
    about = [phrase("Ashar: {title}", title=campaign.title), phrase("Held by: {holder}", holder=campaign.holder)]
    made = accounts.account(sheet.pledges, sheet.items, span)
    return _page(
        "account.html",
        language,
        size="A4",
        title=say(title),
        lines=[
            say(line) for line in (*about, *lines, *([] if made else [phrase("Nothing came and nothing was spent.")]))
        ],
        needs=[_need(campaign, each, say) for each in made],
        waiting=[
            (say(heading), [(say(name), say(_only(amount))) for name, amount in rows]) for heading, rows in waiting
        ],
        signatures=[say(line) for line in offices],
    )


def _need(campaign: messages.Campaign, made: accounts.Account, say: _Say) -> dict[str, object]:
    def amount(value: Decimal, unit: str = made.unit) -> str:
        return say(_only(_said(campaign, made.need, value, unit)))

    def row(moved: accounts.Movement) -> list[str]:
        other = amount(moved.quantity, moved.unit) if moved.unit != made.unit else ""
        note = say(messages.Written(moved.what)) if moved.what else other
        return [say(_only(moved.day)), moved.reference, note, amount(moved.amount)]

    need = also.of(campaign, made.need)
    sums = [
        (phrase("There was"), made.opening),
        (phrase("Came"), accounts.total(made.received)),
        (phrase("Corrected"), accounts.total(made.corrected)),
        (phrase("Given back"), accounts.total(made.returned)),
        (phrase("Was spent"), accounts.total(made.spent)),
    ]
    always = (sums[0], sums[1], sums[4])
    shown = [each for each in sums if each in always or each[1]]
    came = [phrase("Day"), phrase("Code or number"), phrase("In its own money"), phrase("How much")]
    went = [phrase("Day"), phrase("Number"), phrase("What for"), phrase("How much")]
    lists = (
        (phrase("What came:"), came, made.received),
        (phrase("What was corrected:"), came, made.corrected),
        (phrase("What was given back:"), came, made.returned),
        (phrase("What it was spent on:"), went, made.spent),
    )
    fees = phrase(
        "Transfer and exchange cost {what}: that never came, and the promises count as kept.",
        what=_said(campaign, made.need, made.fees, made.unit),
    )
    return {
        "label": say(messages.Written(need.label)) if need else made.need,
        "sums": [(say(name), amount(value)) for name, value in (*shown, (phrase("There is"), made.closing))],
        "lists": [
            (say(name), [say(each) for each in columns], [row(each) for each in moved])
            for name, columns, moved in lists
            if moved
        ],
        "note": say(fees) if made.fees else "",
    }


# -- words -----------------------------------------------------------------------------------------------------------


def _said(campaign: messages.Campaign, need: str, amount: Decimal, unit: str) -> messages.Quantity:
    # Two, and not two and no hundredths: the words after them are others.
    return giving.quantity(campaign, messages.Offer(need, amount.normalize() + 0, unit))


def _only(what: object) -> messages.Line:
    """A quantity or a day by itself."""
    return messages.Written(dict.fromkeys(form.LANGUAGES, "${what}"), {"what": what})


def _offices(plan: campaigning.Plan) -> list[messages.Line]:
    """The lines for two signatures, by office, and the stamp."""
    return [
        phrase("Signature ({office}):", office=plan.treasurer) if plan.treasurer else phrase("Treasurer:"),
        phrase("Signature ({office}):", office=plan.signatory) if plan.signatory else phrase("Second signature:"),
        phrase("Stamp:"),
    ]


def _page(template: str, language: str, **names: object) -> str:
    return _environment.get_template(template).render(language=language, **names)
