"""From the ledger to rows of an export: the pledges of one campaign, and their steps as a table of their own."""

from __future__ import annotations

import datetime as dt
from collections.abc import AsyncGenerator
from decimal import Decimal

from bot.engine import codebook, form, records, table
from bot.engine.pledging import ledger as book
from bot.services import booking, publishing, steering, writing
from models import courses, db, pledges, rates, sealing

#: What each row begins with.
LEAD = ("pledge", "campaign", "version", "state", "offered", "changed")
_EVENT = "event"
_VERSION = "1"

_Kinds = dict[str, form.Kind]
_AMOUNT, _TEXT, _DATE = form.Kind.DECIMAL, form.Kind.TEXT, form.Kind.DATE
_MAIN: _Kinds = {
    "code": _TEXT,
    "need": _TEXT,
    "unit": _TEXT,
    "promised": _AMOUNT,
    "received": _AMOUNT,
    "on_the_way": _AMOUNT,
    "fee": _AMOUNT,
    "som": _AMOUNT,
    "rate": _AMOUNT,
    "rate_on": _DATE,
    "due": _DATE,
    "country": _TEXT,
    "place": _TEXT,
    "receipt_number": form.Kind.INTEGER,
    "name": _TEXT,
}
_STEPS: _Kinds = {
    "step": _TEXT,
    "quantity": _AMOUNT,
    "step_fee": _AMOUNT,
    "step_due": _DATE,
    "by": _TEXT,
    "hand": _TEXT,
    "at": _TEXT,
}
#: What may name a person: the name they want shown, and who signed.
_PERSONAL = frozenset({"name", "hand"})


def _form(campaign: str, title: form.Text, *, exact: bool) -> form.Form:
    """Pledges in the shape in which responses are written. `exact` keeps amounts as they are written, as texts."""

    def question(name: str, kind: form.Kind, repeats: tuple[str, ...] = ()) -> form.Question:
        shown = _TEXT if exact and kind is _AMOUNT else kind
        return form.Question(name, shown, {}, groups=repeats, repeats=repeats, personal=name in _PERSONAL)

    body = tuple(question(name, kind) for name, kind in _MAIN.items())
    steps = tuple(question(name, kind, (_EVENT,)) for name, kind in _STEPS.items())
    return form.Form(campaign, title, (*body, form.Group(_EVENT, steps, repeat=True)), version=_VERSION)


class Source:
    """The pledges of one campaign, whatever became of them."""

    def __init__(
        self,
        database: db.Database,
        seal: sealing.Seal,
        campaign: str,
        title: form.Text,
        layout: table.Layout,
        *,
        exact: bool = False,
    ) -> None:
        made = _form(campaign, title, exact=exact)
        self.forms, self.layout = {_VERSION: made}, layout
        self.book = codebook.joined([made])
        self._database, self._seal, self._campaign = database, seal, campaign

    async def total(self) -> int:
        """How many pledges there will be."""
        async with self._database.reading() as connection:
            return await pledges.count(connection, self._campaign)

    async def published(self) -> tuple[dt.datetime, dt.datetime]:
        """When the campaign was published first, and changed last."""
        async with self._database.reading() as connection:
            past = (await courses.history(connection, [self._campaign]))[self._campaign]
        return past[0].at, past[-1].at

    def identity(self) -> bytes:
        """32 bytes that stay the same for this campaign in this house, and are no other's."""
        return self._seal.hash("export-campaign", self._campaign)

    async def pages(self, size: int, *, ahead: int = 1, answered: bool = False) -> AsyncGenerator[writing.Page, None]:
        """All of them in the order of their ids, so many at once; `answered` adds nothing, for each step has its time,
        and `ahead` nothing, for pledges are few.

        Raises `sealing.Unreadable` if a name was sealed with a lost key.
        """
        last = ""
        while True:
            async with self._database.reading() as connection:
                found = await pledges.page(connection, self._campaign, last, size)
            if not found:
                return
            last = found[-1].pledge.id
            yield writing.Page(len(found), map(self._row, found))

    def _row(self, kept: pledges.Kept) -> records.Response:
        pledge = kept.pledge
        folded = booking.fold(pledge)
        # A broken one is still told of: its rows are its truth.
        standing = book.Standing() if isinstance(folded, book.Broken) else folded
        begun, changed = (_moment(each.at) for each in (pledge.events[0], pledge.events[-1]))
        opaque = self._seal.hash("export-pledge", pledge.id)[:8].hex()
        texts = {
            "code": pledge.code,
            "need": pledge.need,
            "unit": pledge.unit,
            "promised": _plain(standing.promised),
            "received": _plain(standing.received),
            "on_the_way": _plain(standing.on_the_way),
            "fee": _plain(standing.fee),
            "som": "" if pledge.som is None else _plain(Decimal(pledge.som) / 100),
            "rate": "" if pledge.rate is None else _plain(Decimal(pledge.rate) / rates.ONE),
            "rate_on": _day(pledge.rate_on),
            "due": _day(pledge.due_on),
            "country": kept.country,
            "place": kept.place,
            "receipt_number": "" if kept.receipt_number is None else str(kept.receipt_number),
            "name": self._seal.open("pledge", kept.sealed) if kept.sealed and self.layout.personal else "",
        }
        for number, event in enumerate(pledge.events, 1):
            each = {
                "step": event.step,
                "quantity": _plain(Decimal(event.quantity) / 100),
                "step_fee": _plain(Decimal(event.fee) / 100),
                "step_due": _day(event.due),
                "by": event.actor,
                "hand": event.hand,
                "at": _moment(event.at),
            }
            texts |= {form.key(name, (number,)): text for name, text in each.items()}
        lead = (opaque, pledge.campaign, pledge.version, pledge.state, begun, changed)
        return records.Response(_VERSION, lead, (), {key: text for key, text in texts.items() if text})


async def collect(
    database: db.Database,
    seal: sealing.Seal,
    library: publishing.Library,
    name: str,
    layout: table.Layout,
    *,
    exact: bool = False,
) -> Source:
    """The pledges of the campaign of that name; raises `steering.NoSuchCampaign`."""
    async with database.reading() as connection:
        known = (await library.catalogue(connection)).campaigns
    if name not in known:
        raise steering.NoSuchCampaign(name)
    return Source(database, seal, name, known[name].title, layout, exact=exact)


def _plain(number: Decimal) -> str:
    text = f"{number:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def _day(day: dt.date | None) -> str:
    return day.isoformat() if day else ""


def _moment(at: dt.datetime) -> str:
    return f"{at.astimezone(dt.UTC):%Y-%m-%dT%H:%M:%SZ}"
