"""Spending in the database: its rows, the gifts that account for it, and the lines of statements that were booked."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Sequence
from typing import NamedTuple

import sqlalchemy as sa

from models import db, maturing, tables

_spending, _pledge, _event, _total = tables.spending, tables.pledge, tables.pledge_event, tables.ledger_total


class Row(NamedTuple):
    """One row of `spending`, as `engine.pledging.spending.Entry`; `quantity` in hundredths, `what` as JSON."""

    number: int
    step: str
    about: int
    need: str
    unit: str
    quantity: int
    day: dt.date
    what: str
    photo: str | None
    mime: str | None
    actor: str
    hand: str
    at: dt.datetime


async def rows(connection: db.Connection, campaigns: Collection[str]) -> dict[str, list[Row]]:
    """Campaign -> its rows in order."""
    found: dict[str, list[Row]] = {name: [] for name in campaigns}
    columns = [_spending.c[name] for name in Row._fields]
    mine = sa.select(_spending.c.campaign_name, *columns).where(_spending.c.campaign_name.in_(sorted(found)))
    for name, *row in await connection.execute(mine.order_by(_spending.c.campaign_name, _spending.c.number)):
        found[name].append(Row(*row))
    return found


async def add(connection: db.Connection, campaign: str, row: Row) -> None:
    """One row more; the campaign must be held, so that its number is free."""
    await connection.execute(sa.insert(_spending).values(campaign_name=campaign, **row._asdict()))


async def campaigns(connection: db.Connection) -> list[str]:
    """The campaigns of which something was written as spent."""
    return sorted(await connection.scalars(sa.select(_spending.c.campaign_name).distinct()))


# -- what accounts for it --------------------------------------------------------------------------------------------


async def hold_totals(connection: db.Connection, campaign: str, need: str) -> None:
    """Nobody changes what was received for that need until the end of this transaction. Taken last of all."""
    mine = sa.select(_total.c.stage).where(_total.c.campaign_name == campaign, _total.c.need == need)
    await connection.execute(mine.order_by(_total.c.unit, _total.c.stage).with_for_update())


class Gift(NamedTuple):
    """A pledge of which something was received, for whoever accounts for it; `first` rises with the day it came."""

    first: int
    ripe: maturing.Ripe


async def gifts(
    connection: db.Connection, campaign: str, need: str, limit: int, after: int = 0, *, newest: bool = False
) -> list[Gift]:
    """Of the gifts of one need those after that place, the oldest received first, or else the newest.

    What is wholly accounted for is left out where the oldest are asked for.
    """
    first = sa.func.min(_event.c.id)
    found = (
        sa.select(first, _pledge.c.id, tables.respondent.c.contact_id)
        .select_from(_pledge)
        .join(_event, _event.c.pledge_id == _pledge.c.id)
        .outerjoin(tables.respondent, tables.respondent.c.id == _pledge.c.respondent_id)
        .where(_pledge.c.campaign_name == campaign, _pledge.c.need == need, _event.c.step == "received")
        .group_by(_pledge.c.id, tables.respondent.c.contact_id)
        .limit(limit)
    )
    if newest:
        found = found.order_by(first.desc())
        found = found.having(first < after) if after else found
    else:
        found = found.where(_pledge.c.state != "accounted").having(first > after).order_by(first)
    return [Gift(place, maturing.Ripe(*ripe)) for place, *ripe in await connection.execute(found)]


# -- lines of statements ---------------------------------------------------------------------------------------------


async def booked(connection: db.Connection, campaign: str, hashes: Collection[bytes]) -> set[bytes]:
    """Those of the lines that are in the ledger."""
    line, wanted, found = tables.statement_line, sorted(hashes), set[bytes]()
    for begin in range(0, len(wanted), _AT_ONCE):
        mine = sa.select(line.c.line_hash).where(
            line.c.campaign_name == campaign, line.c.line_hash.in_(wanted[begin : begin + _AT_ONCE])
        )
        found |= set(await connection.scalars(mine))
    return found


#: Parameters of one statement; databases take some ten thousand.
_AT_ONCE = 1000


async def book(connection: db.Connection, campaign: str, hashes: Sequence[bytes], at: dt.datetime) -> None:
    """These lines are in the ledger from now on."""
    if hashes:
        rows = [{"campaign_name": campaign, "line_hash": each, "at": at} for each in sorted(hashes)]
        await connection.execute(sa.insert(tables.statement_line), rows)


async def codes(connection: db.Connection, campaign: str) -> dict[str, str]:
    """Reference code -> pledge, of all of a campaign."""
    found = sa.select(_pledge.c.code, _pledge.c.id).where(_pledge.c.campaign_name == campaign)
    return {row.code: row.id for row in await connection.execute(found)}


async def ripe(connection: db.Connection, ids: Collection[str]) -> list[maturing.Ripe]:
    """These pledges, and whoever holds the phone of each giver."""
    found = (
        sa.select(_pledge.c.id, tables.respondent.c.contact_id)
        .outerjoin(tables.respondent, tables.respondent.c.id == _pledge.c.respondent_id)
        .where(_pledge.c.id.in_(sorted(ids)))
    )
    return [maturing.Ripe(*row) for row in await connection.execute(found)]
