"""Pledges of one campaign, a page at a time, with what lies on their row beside the ledger; one held to be changed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import sqlalchemy as sa

from models import db, ledger, tables

_pledge, _respondent, _contact = tables.pledge, tables.respondent, tables.contact


class Kept(NamedTuple):
    """One pledge with its events, and what else its row holds; `sealed` is the name its giver wants shown."""

    pledge: ledger.Pledge
    sealed: bytes | None
    country: str
    place: str
    receipt_number: int | None


class State(NamedTuple):
    """What tells that pledges are no longer what they were: the newest event, and how many are unlinked."""

    newest: int
    unlinked: int


async def page(connection: db.Connection, campaign: str, after: str, size: int) -> list[Kept]:
    """So many pledges of the campaign after that id, by id."""
    rows = await connection.execute(
        sa.select(_pledge.c.id, _pledge.c.sealed, _pledge.c.country, _pledge.c.place, _pledge.c.receipt_number)
        .where(_pledge.c.campaign_name == campaign, _pledge.c.id > after)
        .order_by(_pledge.c.id)
        .limit(size)
    )
    beside = {row.id: tuple(row)[1:] for row in rows}
    found = {each.id: each for each in await ledger.named(connection, list(beside))}
    return [Kept(found[name], *more) for name, more in beside.items() if name in found]


async def count(connection: db.Connection, campaign: str) -> int:
    """How many there are, in whatever state."""
    number = await connection.scalar(
        sa.select(sa.func.count()).select_from(_pledge).where(_pledge.c.campaign_name == campaign)
    )
    return int(number or 0)


async def state(connection: db.Connection, campaign: str) -> State:
    """As it is now. The newest event is that of any campaign: to know it costs nothing."""
    newest = await connection.scalar(sa.select(sa.func.max(tables.pledge_event.c.id)))
    unlinked = await connection.scalar(
        sa.select(sa.func.count())
        .select_from(_pledge)
        .where(_pledge.c.campaign_name == campaign, _pledge.c.respondent_id.is_(None))
    )
    return State(int(newest or 0), int(unlinked or 0))


async def hold(connection: db.Connection, code: str) -> str | None:
    """Lock the pledge of that code, its giver's contact before it as everybody does; its id, None if there is none."""
    found = await connection.execute(
        sa.select(_pledge.c.id, _respondent.c.contact_id)
        .outerjoin(_respondent, _respondent.c.id == _pledge.c.respondent_id)
        .where(_pledge.c.code == code)
    )
    row = found.first()
    if row is None:
        return None
    if row.contact_id:
        await connection.execute(
            sa.select(_contact.c.id).where(_contact.c.id == row.contact_id).with_for_update(key_share=True)
        )
    await connection.execute(sa.select(_pledge.c.id).where(_pledge.c.id == row.id).with_for_update(key_share=True))
    return str(row.id)


async def kept(connection: db.Connection, ids: Sequence[str]) -> list[Kept]:
    """These pledges."""
    rows = await connection.execute(
        sa.select(_pledge.c.id, _pledge.c.sealed, _pledge.c.country, _pledge.c.place, _pledge.c.receipt_number).where(
            _pledge.c.id.in_(ids)
        )
    )
    beside = {row.id: tuple(row)[1:] for row in rows}
    return [Kept(each, *beside[each.id]) for each in await ledger.named(connection, ids)]
