"""Rates: what the National Bank says that other money is worth, day by day, and which days' rates pledges stand at."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import NamedTuple

import sqlalchemy as sa

from models import db, tables

#: One som, in the unit in which rates are kept.
ONE = 1_000_000


class Rate(NamedTuple):
    """Millionths of a som for one unit of the currency, on a day."""

    currency: str
    day: dt.date
    value: int


class Span(NamedTuple):
    """The first and the last day whose rates the pledges to one need stand at."""

    first: dt.date
    last: dt.date


async def newest(connection: db.Connection, until: dt.date, since: dt.date | None = None) -> list[Rate]:
    """The newest rate of each currency of these days, both of them included, by currency."""
    rate = tables.rate
    days = rate.c.day.between(since or dt.date.min, until)
    last = sa.select(rate.c.currency, sa.func.max(rate.c.day).label("day")).where(days).group_by(rate.c.currency)
    newest_ = last.subquery()
    found = await connection.execute(
        sa.select(rate.c.currency, rate.c.day, rate.c.value)
        .join(newest_, (newest_.c.currency == rate.c.currency) & (newest_.c.day == rate.c.day))
        .order_by(rate.c.currency)
    )
    return [Rate(*row) for row in found]


async def neighbours(connection: db.Connection, day: dt.date) -> dict[str, Rate]:
    """Currency -> the rate to compare one of that day with: its own, else the last before it, else the next after."""
    rate = tables.rate
    after = sa.select(rate.c.currency, sa.func.min(rate.c.day).label("day")).group_by(rate.c.currency)
    later = after.where(rate.c.day > day).subquery()
    found = await connection.execute(
        sa.select(rate.c.currency, rate.c.day, rate.c.value).join(
            later, (later.c.currency == rate.c.currency) & (later.c.day == rate.c.day)
        )
    )
    near = {row.currency: Rate(*row) for row in found}
    return near | {known.currency: known for known in await newest(connection, day)}


async def keep(connection: db.Connection, rates: Sequence[Rate]) -> None:
    """Write these down, instead of what is known of the same currency and day."""
    if rates:
        statement = db.insert(connection, tables.rate)
        await connection.execute(
            statement.on_conflict_do_update(
                index_elements=["day", "currency"], set_={"value": statement.excluded["value"]}
            ),
            [each._asdict() for each in sorted(rates)],
        )


async def spans(connection: db.Connection, states: Sequence[str]) -> dict[tuple[str, str], Span]:
    """(campaign, need) -> whose days' rates its pledges in these states stand at."""
    pledge, total = tables.pledge, tables.ledger_total
    pairs = sa.select(total.c.campaign_name, total.c.need).where(total.c.pledges > 0).distinct().subquery()

    # Each end by itself, so that the index gives it without reading all that lies between.
    def end(order: sa.ColumnElement[dt.date]) -> sa.ScalarSelect[dt.date]:
        of = (pledge.c.campaign_name == pairs.c.campaign_name) & (pledge.c.need == pairs.c.need)
        days = sa.select(pledge.c.rate_on).where(of, pledge.c.rate_on.is_not(None), pledge.c.state.in_(states))
        return days.order_by(order).limit(1).scalar_subquery()

    ends = end(pledge.c.rate_on.asc()), end(pledge.c.rate_on.desc())
    found = await connection.execute(sa.select(pairs.c.campaign_name, pairs.c.need, *ends))
    return {(campaign, need): Span(first, last) for campaign, need, first, last in found if first}
