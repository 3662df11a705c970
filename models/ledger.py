"""The ledger in the database: pledges with the events that they are made of, and what they add up to."""

from __future__ import annotations

import datetime as dt
from collections.abc import AsyncIterator, Mapping, Sequence
from typing import Any, NamedTuple

import sqlalchemy as sa

from models import db, hearing, tables

Row = dict[str, Any]


class Event(NamedTuple):
    """One step of a pledge; quantities in hundredths."""

    step: str
    quantity: int
    at: dt.datetime
    actor: str
    #: Whose signature it was, where one signs: the id of a role.
    hand: str
    fee: int
    due: dt.date | None


class Pledge(NamedTuple):
    """One pledge with its events, oldest first. `quantity` and `som` in hundredths, `rate` in millionths of a som."""

    id: str
    respondent_id: str | None
    campaign: str
    version: str
    need: str
    unit: str
    quantity: int
    #: What it was worth in som when it was promised; None where no rate was known.
    som: int | None
    rate: int | None
    rate_on: dt.date | None
    code: str
    state: str
    due_on: dt.date | None
    #: The name shown with it, sealed, and whose that is.
    sealed: bytes | None
    shown: str | None
    #: Whoever recorded it for its giver.
    recorder_id: str | None
    events: tuple[Event, ...]


#: What of a row is the pledge's own.
_COLUMNS = len(Pledge._fields) - 1

#: (campaign, need, unit, stage), and what is kept of it: hundredths, hundredths of a som, pledges, and how many of
#: these are of money without a rate.
Key = tuple[str, str, str, str]
Sums = tuple[int, int, int, int]
_SUMS = ("quantity", "som", "pledges", "unvalued")


class Total(NamedTuple):
    """What the pledges of one unit come to in one stage; hundredths."""

    need: str
    unit: str
    stage: str
    quantity: int
    som: int
    pledges: int
    unvalued: int = 0


async def of(connection: db.Connection, people: Sequence[str]) -> list[Pledge]:
    """What these people have promised, taken back and given, the oldest first."""
    if not people:
        return []
    return await meant(connection, tables.pledge.c.respondent_id.in_(people))


async def named(connection: db.Connection, ids: Sequence[str]) -> list[Pledge]:
    """These pledges."""
    return await meant(connection, tables.pledge.c.id.in_(ids)) if ids else []


async def meant(connection: db.Connection, which: sa.ColumnElement[bool]) -> list[Pledge]:
    """The pledges of which that is true, the oldest first."""
    pledge, event, vouching = tables.pledge, tables.pledge_event, tables.vouching
    # One statement, so that pledges and their events come from one moment.
    rows = await connection.execute(
        sa.select(
            pledge.c.id,
            pledge.c.respondent_id,
            pledge.c.campaign_name,
            pledge.c.campaign_version,
            pledge.c.need,
            pledge.c.unit,
            pledge.c.quantity,
            pledge.c.som,
            pledge.c.rate,
            pledge.c.rate_on,
            pledge.c.code,
            pledge.c.state,
            pledge.c.due_on,
            pledge.c.sealed,
            pledge.c.shown,
            vouching.c.respondent_id,
            event.c.step,
            event.c.quantity,
            event.c.at,
            event.c.actor,
            event.c.hand,
            event.c.fee,
            event.c.due_on,
        )
        .join(event, event.c.pledge_id == pledge.c.id)
        .outerjoin(vouching, vouching.c.pledge_id == pledge.c.id)
        .where(which)
        .order_by(event.c.id)
    )
    found: dict[str, tuple[Any, list[Event]]] = {}
    for row in rows:
        plain = tuple(row)
        found.setdefault(plain[0], (plain[:_COLUMNS], []))[1].append(Event(*plain[_COLUMNS:]))
    return [Pledge._make((*columns, tuple(steps))) for columns, steps in found.values()]


class Name(NamedTuple):
    """A name that is shown with a gift, sealed, and whose it is."""

    shown: str
    sealed: bytes


async def names(connection: db.Connection, states: Sequence[str]) -> dict[str, list[Name]]:
    """Campaign -> the names shown now with its pledges in these states, each giver's but once."""
    pledge = tables.pledge
    rows = await connection.execute(
        sa.select(pledge.c.campaign_name, pledge.c.respondent_id, pledge.c.shown, pledge.c.sealed)
        .where(pledge.c.state.in_(states), pledge.c.sealed.is_not(None), pledge.c.respondent_id.is_not(None))
        .order_by(pledge.c.id)
    )
    found: dict[str, dict[str, Name]] = {}
    for campaign, giver, shown, sealed in rows:
        # All that one person promised to it bears one name.
        found.setdefault(campaign, {})[giver] = Name(shown or "person", sealed)
    return {campaign: list(each.values()) for campaign, each in found.items()}


async def rename(connection: db.Connection, rows: Sequence[Row]) -> None:
    """Other names shown with pledges (`of`, `shown`, `sealed`), or none any more."""
    if rows:
        pledge = tables.pledge
        await connection.execute(sa.update(pledge).where(pledge.c.id == sa.bindparam("of")), list(rows))


async def value(connection: db.Connection, rows: Sequence[Row]) -> None:
    """What pledges are worth by which rate (`of`, `som`, `rate`, `rate_on`), where none was known when they came."""
    if rows:
        pledge = tables.pledge
        await connection.execute(sa.update(pledge).where(pledge.c.id == sa.bindparam("of")), list(rows))


class Standing(NamedTuple):
    """Where a campaign stands, and what is promised to it and has come."""

    state: str
    totals: list[Total]


_total = tables.ledger_total
# One statement for every group of messages, built once.
_STANDING = (
    sa.select(
        tables.campaign.c.name,
        tables.campaign.c.state,
        _total.c.need,
        _total.c.unit,
        _total.c.stage,
        _total.c.quantity,
        _total.c.som,
        _total.c.pledges,
        _total.c.unvalued,
    )
    .outerjoin(_total, sa.and_(_total.c.campaign_name == tables.campaign.c.name, _total.c.pledges > 0))
    .order_by(tables.campaign.c.name, _total.c.need, _total.c.unit, _total.c.stage)
)


async def standing(connection: db.Connection) -> dict[str, Standing]:
    """Every campaign there is, by its name."""
    found: dict[str, Standing] = {}
    for campaign, state, *row in await connection.execute(_STANDING):
        stands = found.setdefault(campaign, Standing(state, []))
        if row[0] is not None:
            stands.totals.append(Total(*row))
    return found


async def totals(connection: db.Connection) -> dict[str, list[Total]]:
    """Campaign -> what is promised to it and has come, for every campaign there is."""
    return {name: stands.totals for name, stands in (await standing(connection)).items()}


async def hold(connection: db.Connection, seen: Mapping[str, int]) -> None:
    """Lock these pledges, in order, before anything happens to them.

    Raises `db.Outdated` where one has not so many events any more as it was decided upon.
    """
    if not seen:
        return
    pledge, event = tables.pledge, tables.pledge_event
    ids = sorted(seen)
    # NO KEY: whoever only refers to the pledge need not wait.
    await connection.execute(
        sa.select(pledge.c.id).where(pledge.c.id.in_(ids)).order_by(pledge.c.id).with_for_update(key_share=True)
    )
    counted = (
        sa.select(event.c.pledge_id, sa.func.count()).where(event.c.pledge_id.in_(ids)).group_by(event.c.pledge_id)
    )
    if {row[0]: row[1] for row in await connection.execute(counted)} != dict(seen):
        raise db.Outdated


async def write(
    connection: db.Connection, pledges: Sequence[Row], states: Sequence[Row], events: Sequence[Row]
) -> None:
    """New pledges, others' new states (`of`, `state`, `due_on`), and the events that made them so.

    Whoever gives them is looked at soon, for there may be something to tell, or to be reminded of.
    """
    pledge = tables.pledge
    if pledges:
        await connection.execute(sa.insert(pledge), pledges)
    if states:
        # In order, as everybody locks them.
        rows = sorted(states, key=lambda row: str(row["of"]))
        await connection.execute(sa.update(pledge).where(pledge.c.id == sa.bindparam("of")), rows)
    if events:
        await connection.execute(sa.insert(tables.pledge_event), events)
        await hearing.wake(connection, {row["pledge_id"] for row in events}, max(row["at"] for row in events))


_KEY = ("campaign_name", "need", "unit", "stage")


async def add(connection: db.Connection, changed: Mapping[Key, Sequence[int]]) -> None:
    """Add to the totals, in sorted order."""
    rows = _rows({key: by for key, by in changed.items() if any(by)})
    if rows:
        table = tables.ledger_total
        total = db.insert(connection, table)
        added = {name: table.c[name] + total.excluded[name] for name in _SUMS}
        await connection.execute(total.on_conflict_do_update(index_elements=list(_KEY), set_=added), rows)


async def receipts(connection: db.Connection, campaign: str) -> dict[str, int]:
    """Pledge -> the number of its receipt, of the gifts that nobody had promised."""
    pledge = tables.pledge
    mine = pledge.c.campaign_name == campaign, pledge.c.receipt_number.is_not(None)
    found = sa.select(pledge.c.id, pledge.c.receipt_number).where(*mine)
    return {row.id: row.receipt_number for row in await connection.execute(found)}


# -- all of it ---------------------------------------------------------------------------------------------

#: Pledges read at once: their events with them.
_BATCH = 1000


async def every(connection: db.Connection, campaign: str = "") -> AsyncIterator[Pledge]:
    """Every pledge there is, or every one to a campaign, in constant memory."""
    pledge, last = tables.pledge, ""
    theirs = pledge.c.campaign_name == campaign if campaign else sa.true()
    while True:
        found = sa.select(pledge.c.id).where(pledge.c.id > last, theirs).order_by(pledge.c.id).limit(_BATCH)
        ids = list(await connection.scalars(found))
        if not ids:
            return
        for each in await meant(connection, sa.and_(pledge.c.id.between(ids[0], ids[-1]), theirs)):
            yield each
        last = ids[-1]


async def all_totals(connection: db.Connection) -> dict[Key, Sums]:
    """Every total that is not nothing."""
    rows = await connection.execute(sa.select(tables.ledger_total))
    kept: dict[Key, Sums] = {
        (row.campaign_name, row.need, row.unit, row.stage): (row.quantity, row.som, row.pledges, row.unvalued)
        for row in rows
    }
    return {key: sums for key, sums in kept.items() if any(sums)}


async def replace(connection: db.Connection, right: Mapping[Key, Sums]) -> None:
    """Put these totals in the place of all there are."""
    table = tables.ledger_total
    await connection.execute(sa.delete(table))
    if rows := _rows(right):
        await connection.execute(sa.insert(table), rows)


def _rows(totals: Mapping[Key, Sequence[int]]) -> list[Row]:
    names = (*_KEY, *_SUMS)
    return [dict(zip(names, (*key, *by), strict=True)) for key, by in sorted(totals.items())]
