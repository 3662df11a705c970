"""Spending: what was spent, signed for or taken back, written down with its picture; never more than there is.

Gifts account for it (`accounting.py`): the oldest received as far as they can be held in the commit of the spending
itself, so that none of them is given back meanwhile, and the others right after it.
"""

from __future__ import annotations

import asyncio
import datetime as dt
import json
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from typing import NamedTuple

from bot.engine import passage
from bot.engine.pledging import events
from bot.engine.pledging import spending as book
from bot.engine.pledging.totals import Stage
from bot.services import accounting, campaigning, publishing, steering
from models import courses, db, files, hearing, ledger, maturing, media, turns
from models import spending as kept

#: What `picturing.clean` makes of any picture.
_MIME = "image/jpeg"


class Unclean(Exception):
    """The picture cannot be taken; the text is a short word for why."""


class Broken(Exception):
    """A campaign's rows of spending cannot be folded; the text says which and why."""


class Left(NamedTuple):
    """Why nothing was written, and what there was to be spent, in which unit."""

    reason: book.Reason
    left: Decimal = Decimal(0)
    unit: str = ""


class Wanted(NamedTuple):
    """What somebody wants written as spent; `photo` is a picture as it comes from a camera."""

    need: str
    quantity: Decimal
    day: dt.date
    what: Mapping[str, str]
    photo: bytes = b""


class Stores(NamedTuple):
    """What a command that writes spending needs."""

    database: db.Database
    library: publishing.Library
    files: files.Files


# -- reading ---------------------------------------------------------------------------------------------------------


def entry(row: kept.Row) -> book.Entry:
    """A row as the engine knows it; ValueError when its step or role is none of ours."""
    return book.Entry(
        number=row.number,
        step=book.Step(row.step),
        need=row.need,
        unit=row.unit,
        quantity=Decimal(row.quantity) / 100,
        day=row.day,
        what=json.loads(row.what),
        by=events.Role(row.actor),
        hand=row.hand,
        at=row.at,
        about=row.about,
        photo=row.photo or "",
        mime=row.mime or "",
    )


def _row(made: book.Entry) -> kept.Row:
    return kept.Row(
        number=made.number,
        step=made.step.value,
        about=made.about,
        need=made.need,
        unit=made.unit,
        quantity=int(made.quantity * 100),
        day=made.day,
        what=json.dumps(dict(made.what), ensure_ascii=False, sort_keys=True),
        photo=made.photo or None,
        mime=made.mime or None,
        actor=made.by.value,
        hand=made.hand,
        at=made.at,
    )


def fold(rows: Sequence[kept.Row]) -> book.Items | book.Broken:
    """What a campaign's rows come to."""
    read: list[book.Entry] = []
    for row in rows:
        try:
            read.append(entry(row))
        except ValueError:
            before = book.fold(read)
            return before if isinstance(before, book.Broken) else book.Broken(row.number, "no such step or role")
    return book.fold(read)


async def items(connection: db.Connection, name: str) -> book.Items:
    """What was spent in a campaign; raises `Broken`."""
    return (await _read(connection, name))[1]


async def _read(connection: db.Connection, name: str) -> tuple[list[book.Entry], book.Items]:
    rows = (await kept.rows(connection, [name]))[name]
    folded = fold(rows)
    if isinstance(folded, book.Broken):
        raise Broken(f"{name}: row {folded.number} of what was spent cannot be: {folded.why}")
    return [entry(row) for row in rows], folded


def today(at: dt.datetime) -> dt.date:
    """The day it is in Kyrgyzstan."""
    return at.astimezone(passage.KYRGYZ_TIME).date()


async def _picture(stores: Stores, content: bytes) -> files.Draft:
    # Here, for its import takes a while, and most spending has no picture.
    from bot.services import picturing

    try:
        return await asyncio.to_thread(lambda: stores.files.draft(picturing.clean(content)))
    except picturing.Unclean as error:
        raise Unclean(str(error)) from None


# -- writing ---------------------------------------------------------------------------------------------------------


class _Now(NamedTuple):
    """A campaign's accounts at the moment of writing, when nobody else changes them."""

    items: book.Items
    plan: campaigning.Plan
    pot: accounting.Pot
    totals: Sequence[ledger.Total]
    began: dt.date

    @property
    def received(self) -> Decimal:
        """What came into the pot."""
        return accounting.sums(self.totals, self.pot)[Stage.RECEIVED]


_Make = Callable[[_Now], book.Entry | book.Reason]


async def spend(stores: Stores, name: str, wanted: Wanted, hand: book.Hand) -> book.Entry | Left:
    """Write down what was spent. Raises `steering.NoSuchCampaign`, `Unclean`, `Broken`."""
    picture = await _picture(stores, wanted.photo) if wanted.photo else None

    def made(now: _Now) -> book.Entry | book.Reason:
        photo, mime = (picture.hash, _MIME) if picture else ("", "")
        wish = book.Wish(now.pot.need, now.pot.unit, wanted.quantity, wanted.day, wanted.what, photo, mime)
        above, days = now.plan.second_signature_above, (now.began, today(hand.at))
        return book.spend(now.items, wish, hand, received=now.received, above=above, days=days)

    try:
        return await _write(stores, name, wanted.need, hand, made, picture)
    finally:
        if picture:
            await asyncio.to_thread(picture.path.unlink, missing_ok=True)


async def sign(stores: Stores, name: str, number: int, hand: book.Hand) -> book.Entry | Left:
    """Sign second, under a spending or its taking back. Raises as `spend`."""

    def made(now: _Now) -> book.Entry | book.Reason:
        return book.sign(now.items, number, hand, received=now.received)

    return await _about(stores, name, number, hand, made)


async def undo(stores: Stores, name: str, number: int, hand: book.Hand, why: Mapping[str, str]) -> book.Entry | Left:
    """Take a spending back. Raises as `spend`."""
    return await _about(stores, name, number, hand, lambda now: book.undo(now.items, number, hand, why))


async def decline(stores: Stores, name: str, number: int, hand: book.Hand) -> book.Entry | Left:
    """Do not take a spending back after all. Raises as `spend`."""
    return await _about(stores, name, number, hand, lambda now: book.decline(now.items, number, hand))


async def _about(stores: Stores, name: str, number: int, hand: book.Hand, make: _Make) -> book.Entry | Left:
    async with stores.database.reading() as connection:
        if name not in (await stores.library.catalogue(connection)).campaigns:
            raise steering.NoSuchCampaign(name)
        item = (await items(connection, name)).get(number)
    if item is None:
        return Left(book.Reason.NO_SUCH_NUMBER)
    return await _write(stores, name, item.entry.need, hand, make, None)


async def _write(
    stores: Stores, name: str, need: str, hand: book.Hand, make: _Make, picture: files.Draft | None
) -> book.Entry | Left:
    async with stores.database.reading() as connection:
        gifts = await kept.gifts(connection, name, need, accounting.BATCH)
    writes = turns.Writes()
    async with stores.database.transaction() as connection:
        if picture:
            await media.hold(connection, picture.hash)
        catalogue = await stores.library.catalogue(connection)
        if name not in catalogue.campaigns:
            raise steering.NoSuchCampaign(name)
        campaign = catalogue.campaigns[name]
        pot = accounting.pot(campaign, need)
        if pot is None:
            return Left(book.Reason.NO_SUCH_NEED)
        # As everybody locks: the campaign, its pledges, those who hear of it, and the totals last.
        await courses.hold(connection, name)
        held = await maturing.hold(connection, [gift.ripe for gift in gifts])
        await hearing.wake_givers(connection, name, hand.at)
        await kept.hold_totals(connection, name, need)
        past = await courses.history(connection, [name])
        totals = (await ledger.totals(connection))[name]
        entries, known = await _read(connection, name)
        now = _Now(known, catalogue.plans[name], pot, totals, today(past[name][0].at))
        made = make(now)
        if isinstance(made, book.Reason):
            return Left(made, book.left(known, *pot, now.received), pot.unit)
        await kept.add(connection, name, _row(made))
        after = book.fold([*entries, made])
        if isinstance(after, book.Broken):
            # It was decided by the same rules on the same rows.
            raise AssertionError(after)
        change = book.spent(after, *pot) - book.spent(known, *pot)
        if change:
            accounting.count(writes, name, pot, change, 1 if change > 0 else -1)
        # In the order in which they came, not in that of their ids.
        ordered = [gift.ripe.id for gift in gifts if gift.ripe.id in held]
        found = accounting.sums(totals, pot, change)
        await accounting.level(connection, writes, campaign, pot, found, ordered, hand.at)
        await ledger.write(connection, writes.pledges, writes.pledge_states, writes.pledge_events)
        await ledger.add(connection, writes.ledger_totals)
        if picture:
            # Before the commit: no row ever names a file that is not there.
            await asyncio.to_thread(stores.files.shelve, picture)
    await accounting.settle(stores.database, stores.library, hand.at)
    return made
