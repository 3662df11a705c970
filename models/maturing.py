"""Which pledges time has come to, and holding them while the clock makes its steps."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Sequence
from typing import NamedTuple

import sqlalchemy as sa

from models import db, tables

_pledge, _respondent, _contact = tables.pledge, tables.respondent, tables.contact


class Search(NamedTuple):
    """Pledges of a campaign in one of these states, whose day is not after `until`; None: all."""

    campaign: str
    states: Collection[str]
    until: dt.date | None
    #: Whether those without a day of their own are meant too.
    undated: bool


class Ripe(NamedTuple):
    """A pledge, and whoever holds the phone of its giver; None where nobody does any more."""

    id: str
    contact_id: str | None


async def find(connection: db.Connection, searches: Sequence[Search], after: str, limit: int) -> list[Ripe]:
    """The next pledges that are looked for, by their ids; nothing is held."""
    if not searches:
        return []
    rows = await connection.execute(
        sa.select(_pledge.c.id, _respondent.c.contact_id)
        .outerjoin(_respondent, _respondent.c.id == _pledge.c.respondent_id)
        .where(_pledge.c.id > after, sa.or_(*map(_meant, searches)))
        .order_by(_pledge.c.id)
        .limit(limit)
    )
    return [Ripe(*row) for row in rows]


async def unvalued(connection: db.Connection, after: str, limit: int) -> list[Ripe]:
    """The next pledges of money that no rate was known for, by their ids; nothing is held."""
    rows = await connection.execute(
        sa.select(_pledge.c.id, _respondent.c.contact_id)
        .outerjoin(_respondent, _respondent.c.id == _pledge.c.respondent_id)
        # Of anything but money, the unit is the need itself.
        .where(_pledge.c.id > after, _pledge.c.som.is_(None), _pledge.c.unit != _pledge.c.need)
        .order_by(_pledge.c.id)
        .limit(limit)
    )
    return [Ripe(*row) for row in rows]


def _meant(search: Search) -> sa.ColumnElement[bool]:
    which = [_pledge.c.campaign_name == search.campaign, _pledge.c.state.in_(sorted(search.states))]
    if search.until is not None:
        dated = _pledge.c.due_on <= search.until
        which.append(sa.or_(dated, _pledge.c.due_on.is_(None)) if search.undated else dated)
    return sa.and_(*which)


async def hold(connection: db.Connection, ripe: Sequence[Ripe]) -> list[str]:
    """Lock contacts, then pledges, in order; the pledges that are held now. Whoever talks with us is left alone.

    What is skipped, because its giver writes just now or another process has it, is found again in the next round.
    """
    people = sorted({each.contact_id for each in ripe if each.contact_id})
    held: set[str | None] = {None}
    if people:
        contacts = sa.select(_contact.c.id).where(_contact.c.id.in_(people)).order_by(_contact.c.id)
        held |= set(await connection.scalars(contacts.with_for_update(key_share=True, skip_locked=True)))
    free = [each.id for each in ripe if each.contact_id in held]
    pledges = sa.select(_pledge.c.id).where(_pledge.c.id.in_(free)).order_by(_pledge.c.id)
    return list(await connection.scalars(pledges.with_for_update(key_share=True, skip_locked=True)))
